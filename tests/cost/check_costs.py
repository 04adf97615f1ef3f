#!/usr/bin/env python3
"""Counts the instructions and conditional branches of the hot paths under callgrind, net of the
loop around them, and fails where one costs more than costs.json says.

    check_costs.py PROGRAM COSTS COMPILER [--write]

COSTS holds, for each path, the agreed limit for g++ and what each compiler makes of it today. --write
replaces the numbers of COMPILER; do that when one has become smaller, or with a reason. Exit status
77 where valgrind is absent."""

import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ITERATIONS = 10_000


def count(program):
    """{path: (instructions, branches)} as callgrind dumped them, loop included, per iteration."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            ["valgrind", "--tool=callgrind", "--branch-sim=yes", "--quiet",
             f"--callgrind-out-file={folder}/out", program],
            check=True,
        )
        counted = {}
        for part in pathlib.Path(folder).glob("out.*"):
            text = part.read_text()
            name = re.search(r"^desc: Trigger: Client Request: (\w+)$", text, re.MULTILINE)
            events = re.search(r"^events: (.*)$", text, re.MULTILINE)
            totals = re.search(r"^totals: (.*)$", text, re.MULTILINE)
            if name:
                numbers = dict(zip(events[1].split(), map(int, totals[1].split())))
                counted[name[1]] = (numbers["Ir"] // ITERATIONS, numbers.get("Bc", 0) // ITERATIONS)
        return counted


def main():
    program, file, compiler = sys.argv[1:4]
    if not shutil.which("valgrind"):
        print("skipped: valgrind is not here")
        return 77
    counted = count(program)
    loop = counted.pop("loop")
    costs = json.loads(pathlib.Path(file).read_text())
    failed = False
    print(f"{'path':40} {'limit':>6} {'was':>6} {'is':>6} branches")
    for name, total in counted.items():
        instructions, branches = (total[0] - loop[0], total[1] - loop[1])
        known = costs.setdefault(name, {"limit": instructions})
        was = known.get(compiler)
        is_worse = compiler == "GNU" and instructions > known["limit"]
        if was:
            is_worse |= instructions > was["instructions"] or branches > was["branches"]
        elif "--write" not in sys.argv:
            print(f"{name} has no count for {compiler}")
        failed |= is_worse
        known[compiler] = {"instructions": instructions, "branches": branches}
        print(f"{name:40} {known['limit']:6} {was['instructions'] if was else '':>6} "
              f"{instructions:6} {branches:8}{'   WORSE' if is_worse else ''}")
    for name in costs.keys() - counted.keys():
        print(f"{name} was not counted")
        failed = True
    if "--write" in sys.argv:
        pathlib.Path(file).write_text(json.dumps(costs, indent=2) + "\n")
        return 0
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
