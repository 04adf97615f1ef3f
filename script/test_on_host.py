#!/usr/bin/env python3
"""script/test --host: the programs that the tests run in guests, run on this machine itself, if it has
several memory nodes; and a report of what it is and what came of it, to be attached to an issue.

Nothing here fills a node, nor changes any setting of the machine."""

import datetime
import pathlib
import platform
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = ROOT / "build/dev"
REPORT = ROOT / "build/host-report.md"
NODES = pathlib.Path("/sys/devices/system/node")
SUITES = (
    "guest_machine.*",
    "guest_placement.*",
    "guest_resource/*",
    "guest_residency/*",
    "guest_inherited_policy.*",
    "guest_refused_calls.*",
)
FILL_A_NODE = ("*full_node*",)
TARGETS = ("guest_tests", "nearmem_command")


def complain(reason):
    print(f"script/test --host: {reason}", file=sys.stderr)
    return 1


def text_of(path):
    try:
        return path.read_text().strip()
    except OSError:
        return ""


def numbers(text):
    """A list as the kernel spells it."""
    members = []
    for part in filter(None, text.split(",")):
        first, _, last = part.partition("-")
        members += range(int(first), int(last or first) + 1)
    return members


def gibibytes(node):
    found = re.search(r"MemTotal:\s+(\d+) kB", text_of(NODES / f"node{node}/meminfo"))
    return int(found[1]) / (1 << 20) if found else 0.0


def output_of(*command):
    """Standard output of a command, or its complaint."""
    try:
        run = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError as reason:
        return str(reason)
    return run.stdout.strip() or run.stderr.strip()


def processor():
    found = re.search(r"^model name\s*:\s*(.+)$", text_of(pathlib.Path("/proc/cpuinfo")), re.MULTILINE)
    return found[1] if found else platform.machine()


def describe(nodes):
    lines = ["| node | GiB | CPUs | distances |", "| --- | --- | --- | --- |"]
    for node in nodes:
        folder = NODES / f"node{node}"
        lines.append(
            f"| {node} | {gibibytes(node):.1f} | {text_of(folder / 'cpulist') or 'none'} "
            f"| {text_of(folder / 'distance')} |"
        )
    return lines


def build():
    if not (BUILD / "build.ninja").exists():
        subprocess.run(["cmake", "--preset", "dev"], cwd=ROOT, check=True, stdout=sys.stderr)
    subprocess.run(["cmake", "--build", BUILD, "--target", *TARGETS], check=True, stdout=sys.stderr)


def run_tests():
    """Exit status and what was printed."""
    chosen = f"--gtest_filter={':'.join(SUITES)}-{':'.join(FILL_A_NODE)}"
    program = BUILD / "tests/guest/guest_tests"
    run = subprocess.run(
        [program, chosen], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", check=False
    )
    return run.returncode, run.stdout


def report(nodes, status, output):
    passed = len(re.findall(r"^\[       OK \]", output, re.MULTILINE))
    failed = sorted(set(re.findall(r"^\[  FAILED  \] ([a-z]\S+?),?(?: |$)", output, re.MULTILINE)))
    balancing = text_of(pathlib.Path("/proc/sys/kernel/numa_balancing")) or "unknown"
    huge_pages = text_of(pathlib.Path("/sys/kernel/mm/transparent_hugepage/enabled")) or "unknown"
    lines = [
        "# nearmem on a machine with several memory nodes",
        "",
        f"- {datetime.date.today()}, commit {output_of('git', '-C', str(ROOT), 'rev-parse', '--short', 'HEAD')}",
        f"- {processor()}, Linux {platform.release()}, C library {' '.join(platform.libc_ver())}",
        f"- numa_balancing {balancing}, transparent huge pages {huge_pages}",
        "",
        *describe(nodes),
        "",
        f"{passed} tests passed, {len(failed)} failed, exit status {status}.",
        *(f"- {name}" for name in failed),
        "",
        "## nearmem doctor",
        "",
        "```",
        output_of(str(BUILD / "tools/nearmem"), "doctor"),
        "```",
    ]
    if status != 0:
        lines += ["", "## The tests' output", "", "```", output.strip(), "```"]
    REPORT.write_text("\n".join(lines) + "\n")
    return passed, failed


def main():
    nodes = numbers(text_of(NODES / "has_memory"))
    if len(nodes) < 2:
        return complain(
            "this machine has one memory node; `ctest --preset full -L guest` runs these tests in emulated machines"
        )
    try:
        build()
    except subprocess.CalledProcessError:
        return complain("the build failed; its output is above")
    status, output = run_tests()
    passed, failed = report(nodes, status, output)
    print(f"{passed} tests passed, {len(failed)} failed; attach {REPORT.relative_to(ROOT)} to an issue")
    return 1 if status else 0


if __name__ == "__main__":
    sys.exit(main())
