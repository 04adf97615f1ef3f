#!/usr/bin/env python3
"""Counts where the accesses of a node's workloads go on a machine with four memory nodes, emulated by
script/numa-guest, with nearmem and with every malloc that is here; and prints a table.

*remote*: of all loads and stores to memory that was allocated, those that left the CPU's node.
*cost*: their time, at 1 for local and distance / 10 for remote ones, over that of as many local
ones. *lines*: of 64 bytes, written by more than one CPU. All are counts, not times; they depend a
little on which thread came first. The last column is nearmem's remote share over the best of the
others'."""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
WORKLOADS = ("private", "larson", "producer-consumer", "migration", "steady", "sharing")
PEERS = ("mimalloc", "jemalloc", "gperftools")  # in place of malloc, under `new`
NODES, CPUS = 4, 8
UNAVAILABLE = 77
PROGRAM = ROOT / "build/release/bench/numa_workloads"


def contenders():
    """Names, with what each memory is called by the program and which file is loaded first."""
    found = {"nearmem": ("nearmem", None), "glibc": ("new", None)}
    listed = PROGRAM.parent / "preloads.txt"
    for line in listed.read_text().splitlines() if listed.exists() else ():
        name, file = line.split()
        if name in PEERS:
            found[name] = ("new", pathlib.Path(file))
    return found


def build():
    for preset, targets in (("release", ("numa_workloads",)), ("dev", ("guest_init", "node_meter"))):
        folder = ROOT / "build" / preset
        if not (folder / "build.ninja").exists():
            subprocess.run(["cmake", "--preset", preset], cwd=ROOT, check=True, stdout=sys.stderr)
        subprocess.run(["cmake", "--build", folder, "--target", *targets], check=True, stdout=sys.stderr)


def count(workload, memory, preload, seconds):
    """What the meter says of one run: remote_share, cost, shared_lines."""
    with tempfile.TemporaryDirectory() as folder:
        metered = pathlib.Path(folder, "metered")
        command = [
            ROOT / "script/numa-guest", "--nodes", str(NODES), "--cpus", str(CPUS),
            "--kernel-argument", "numa_balancing=disable", "--timeout", str(seconds), "--meter", metered,
        ]
        if preload:
            command += ["--file", preload, "--env", f"LD_PRELOAD=/guest/{preload.name}"]
        command += ["--", PROGRAM, workload, memory, str(NODES)]
        run = subprocess.run(command, capture_output=True, text=True, check=False)
        if run.returncode == UNAVAILABLE:
            print(run.stderr.strip(), file=sys.stderr)
            sys.exit(UNAVAILABLE)
        if run.returncode:
            said = (run.stderr or run.stdout).strip().splitlines()
            return {"failure": said[0] if said else f"exit status {run.returncode}"}
        return json.loads(metered.read_text())[0]


def cell(found):
    if "failure" in found:
        return "failed"
    return f"{100 * found['remote_share']:.2f} % {found['cost']:.3f} {found['shared_lines']}"


def over_best(row):
    own = row["nearmem"]
    peers = [each["remote_share"] for name, each in row.items() if name != "nearmem" and "failure" not in each]
    if "failure" in own or not peers or min(peers) == 0:
        return ""
    return f"{own['remote_share'] / min(peers):.2f}"


def table(results):
    names = list(next(iter(results.values())))
    lines = [
        f"| remote, cost, lines | {' | '.join(names)} | over best |",
        f"| --- |{' --- |' * (len(names) + 1)}",
    ]
    for workload, row in results.items():
        lines.append(f"| {workload} | {' | '.join(cell(row[name]) for name in names)} | {over_best(row)} |")
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", choices=WORKLOADS, default=WORKLOADS, metavar="WORKLOAD")
    parser.add_argument("--timeout", type=float, default=120, metavar="SECONDS", help="for one run (120)")
    parser.add_argument("--json", type=pathlib.Path, metavar="FILE", help="keeps all that was counted")
    asked = parser.parse_args()
    build()
    results = {}
    for workload in asked.only:
        row = results[workload] = {}
        for name, (memory, preload) in contenders().items():
            row[name] = count(workload, memory, preload, asked.timeout)
            if "failure" in row[name]:
                print(f"{workload}, {name}: {row[name]['failure']}", file=sys.stderr)
    print(table(results))
    if asked.json:
        asked.json.write_text(json.dumps(results, indent=2) + "\n")
    return 1 if any("failure" in each for row in results.values() for each in row.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
