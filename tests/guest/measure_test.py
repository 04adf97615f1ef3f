#!/usr/bin/env python3
"""On a machine with four nodes `nearmem measure` has a cell for every two of them, and what it times
for the cell of node c and node m are accesses from c's CPUs to m's memory, counted by --meter.

A small share goes elsewhere: some twenty accesses a pass to read the clock, and in bandwidths,
of millions, what starts and joins threads."""

import json
import pathlib
import sys
import tempfile

import script_test

plugin, program = sys.argv[3:5]
NODES = 4
MOST_NODES = 8  # as in measure_program.cpp
FIRST_PHASE = {"latency": 0, "bandwidth": MOST_NODES**2}
MOST_A_PASS = 40  # to read the clock
MOST_SHARE = 0.01


class Measuring(script_test.ScriptTest):
    def cells(self):
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder, "metered")
            run = self.run_guest(
                "--nodes", str(NODES), "--cpus", "8", "--kernel-argument", "numa_balancing=disable",
                "--meter", str(file), "--meter-plugin", plugin, "--", program,
            )
            self.assertEqual((run.returncode, run.stderr), (0, b""))
            phases = json.loads(file.read_text())
        cells, self.passes = {}, {}
        for phase in phases:
            counts = cells.setdefault(phase["phase"], {})
            self.passes[phase["phase"]] = self.passes.get(phase["phase"], 0) + 1
            for each in phase["matrix"]:
                ends = (each["cpu_node"], each["memory_node"])
                counts[ends] = counts.get(ends, 0) + each["loads"] + each["stores"]
        return cells

    def test_every_cell_is_timed_from_its_node_to_its_node(self):
        cells = self.cells()
        for matrix, first in FIRST_PHASE.items():
            numbers = {first + MOST_NODES * c + m: (c, m) for c in range(NODES) for m in range(NODES)}
            found = {number for number in cells if first <= number < first + MOST_NODES**2}
            self.assertEqual(found, set(numbers), matrix)
            for number, ends in numbers.items():
                counts = cells[number]
                elsewhere = sum(counts.values()) - counts.get(ends, 0)
                self.assertGreater(counts.get(ends, 0), 250, (matrix, ends))
                most = MOST_A_PASS * self.passes[number] + MOST_SHARE * counts[ends]
                self.assertLessEqual(elsewhere, most, (matrix, ends, counts))


if __name__ == "__main__":
    script_test.main()
