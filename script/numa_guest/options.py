"""What a guest is asked for on the command line."""

import argparse
import os
import pathlib
import shutil
import sys

from numa_guest import machine

UNAVAILABLE = 77  # what ctest and automake take for 'skipped'
DIED = 125
TIMED_OUT = 124

DESCRIPTION = """\
Boots a Linux with the memory nodes asked for, under QEMU's software emulation, runs PROGRAM with its
shared libraries in it as root, and brings back its output and exit status. The guest has no disk, no
network and a time limit. Needs no root; `script/bootstrap guest` installs what it takes."""

EPILOG = f"""\
LIST is 0, 0-2 or 0,2. Nodes are named by their numbers, with holes if --sparse makes any.

  numa-guest --nodes 4 --cpus 8 --dist 10,16,22,28/16,10,28,22/22,28,10,16/28,22,16,10 -- ./program
  numa-guest --nodes 2 --memory-only 1 --hmat 0:0:80:20000,0:1:250:8000 -- ./program

exit status: PROGRAM's, or 128 + N if signal N ended it; {TIMED_OUT} if the time was up; {DIED} if the guest
ended without a status (the end of its console is printed); 2 for bad usage; {UNAVAILABLE} if there is no
QEMU or no guest kernel here (1 with NEARMEM_TEST_FAIL_ON_SKIP=1). A line that begins with
`numa-guest:` on standard error says which."""


class Unavailable(Exception):
    """Why no guest can run here."""


def status_where_unavailable():
    return 1 if os.environ.get("NEARMEM_TEST_FAIL_ON_SKIP") == "1" else UNAVAILABLE


class Parser(argparse.ArgumentParser):
    def error(self, message):
        print(f"numa-guest: {message}", file=sys.stderr)
        sys.exit(2)


def pair(separator, what):
    def split(text):
        name, found, value = text.partition(separator)
        if not name or not found:
            raise argparse.ArgumentTypeError(f"{text!r} is not {what}")
        return name, value

    return split


def build_parser():
    parser = Parser(
        prog="numa-guest",
        usage="numa-guest [OPTION...] -- PROGRAM [ARGUMENT...]",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    shape = parser.add_argument_group("the machine")
    shape.add_argument("--nodes", type=int, metavar="N", help="nodes (2, or as many as --sparse names)")
    shape.add_argument("--cpus", type=int, metavar="N", help="CPUs, spread evenly over the nodes that have any (one each)")
    shape.add_argument("--memory", metavar="SIZES", help="each node's, as 256M or 256M,1G (1G in all, 128M at least)")
    shape.add_argument("--dist", metavar="ROWS", help="distances from each node to each, as 10,21/31,10")
    shape.add_argument(
        "--memory-only", "--cpuless", nargs="?", const="last", metavar="LIST",
        help="nodes without CPUs, as CXL memory is (the last)",
    )
    shape.add_argument("--cpu-only", metavar="LIST", help="nodes without memory")
    shape.add_argument(
        "--sparse", nargs="?", const="even", metavar="LIST",
        help="the nodes' numbers, with holes between them (0,2,4,...)",
    )
    shape.add_argument(
        "--hmat", nargs="?", const="auto", metavar="TABLE",
        help="memory attributes as CPUNODE:NODE:NANOSECONDS:MEGABYTES_PER_SECOND,... "
        "(from the distances: 10 ns and 200000 MB/s at distance 1)",
    )
    run = parser.add_argument_group("the run")
    run.add_argument("--cpuset-nodes", metavar="LIST", help="the program's cgroup allows only these nodes")
    run.add_argument("--cpuset-cpus", metavar="LIST", help="the program's cgroup allows only these CPUs")
    run.add_argument(
        "--set", action="append", default=[], type=pair("=", "FILE=TEXT"), metavar="FILE=TEXT",
        help="written before the program starts, as /proc/sys/kernel/numa_balancing=0",
    )
    run.add_argument("--kernel-argument", action="append", default=[], metavar="WORD")
    run.add_argument("--env", action="append", default=[], type=pair("=", "NAME=VALUE"), metavar="NAME=VALUE")
    run.add_argument("--file", action="append", default=[], metavar="PATH", help="copied beside the program")
    run.add_argument("--timeout", type=float, default=120, metavar="SECONDS", help="for all of it (120)")
    run.add_argument(
        "--boot-timeout", type=float, default=120, metavar="SECONDS",
        help="for the kernel to start the program; then it is booted again, twice at most (120)",
    )
    run.add_argument("--console", type=pathlib.Path, metavar="FILE", help="keeps what the guest's kernel said")
    run.add_argument(
        "--meter", nargs="?", const="-", type=pathlib.Path, metavar="FILE",
        help="counts accesses by node of the CPU and of the memory, into FILE as JSON (a table on standard output)",
    )
    files = parser.add_argument_group("what it is made of")
    files.add_argument("--kernel", type=pathlib.Path, metavar="FILE", help="(the one that --fetch left)")
    files.add_argument("--newer-kernel", action="store_true", help="Linux 6.12, which --fetch left too, instead of 6.1")
    files.add_argument("--init", type=pathlib.Path, metavar="FILE", help="(the newest build/*/tests/guest/guest_init)")
    files.add_argument("--meter-plugin", type=pathlib.Path, metavar="FILE", help="(the newest node_meter.so there)")
    files.add_argument("--fetch", action="store_true", help="fetches Debian's kernels once, from apt's package lists")
    parser.add_argument("command", nargs="*", help=argparse.SUPPRESS)
    return parser


def parse(arguments):
    """The options, with `machine` built of them and `command` found; ends the process on bad usage."""
    parser = build_parser()
    own, command = arguments, []
    if "--" in arguments:
        cut = arguments.index("--")
        own, command = arguments[:cut], arguments[cut + 1 :]
    asked = parser.parse_args(own)
    if asked.command:
        parser.error(f"the program comes after --, not {asked.command[0]!r}")
    if asked.fetch:
        if command:
            parser.error("--fetch runs no program")
        return asked
    if not command:
        parser.error("no program: numa-guest [OPTION...] -- PROGRAM [ARGUMENT...]")
    found = shutil.which(command[0])
    if not found:
        parser.error(f"no program {command[0]}")
    asked.command = [pathlib.Path(found).absolute(), *command[1:]]
    for name, seconds in (("timeout", asked.timeout), ("boot-timeout", asked.boot_timeout)):
        if not seconds > 0:
            parser.error(f"--{name}: {seconds:g} seconds are no time")
    asked.file = [pathlib.Path(name) for name in asked.file]
    for path in [*asked.file, *(p for p in (asked.kernel, asked.init, asked.meter_plugin) if p)]:
        if not path.is_file():
            parser.error(f"no file {path}")
    if any(not name.startswith("/") for name, _ in asked.set):
        parser.error("--set: an absolute path is needed")
    try:
        asked.machine = machine.Machine(asked)
        if asked.meter and asked.machine.ghosts():
            parser.error("--meter: not with holes, and memory-only nodes must have the last numbers")
        nodes, cpus = asked.cpuset_nodes, asked.cpuset_cpus
        if nodes is not None:
            asked.machine.require_nodes(machine.numbers(nodes, "--cpuset-nodes"), "--cpuset-nodes")
        if cpus is not None and max(machine.numbers(cpus, "--cpuset-cpus")) >= asked.machine.cpus:
            parser.error(f"--cpuset-cpus: the guest has {asked.machine.cpus} CPUs")
    except machine.Malformed as reason:
        parser.error(str(reason))
    return asked
