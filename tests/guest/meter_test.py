#!/usr/bin/env python3
"""script/numa-guest --meter counts every access, and knows from which node to which it goes."""

import json
import pathlib
import sys
import tempfile

import script_test

LINES = 1024  # as in metered_program.cpp
plugin, program = sys.argv[3:5]


class Metering(script_test.ScriptTest):
    def meter(self, *arguments):
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder, "metered")
            run = self.run_guest("--meter", str(file), "--meter-plugin", plugin, *arguments)
            self.assertEqual((run.returncode, run.stderr), (0, b""))
            return json.loads(file.read_text())

    def matrix(self, phase):
        return {(e["cpu_node"], e["memory_node"]): (e["loads"], e["stores"]) for e in phase["matrix"]}

    def test_every_access_is_counted_where_it_goes(self):
        hmat = ",".join(f"{node}:{node}:80:20000" for node in range(4))
        distances = "10,16,22,28/16,10,28,22/22,28,10,16/28,22,16,10"
        local, remote, packed, padded = self.meter(
            "--nodes", "4", "--cpus", "8", "--dist", distances, "--hmat", hmat, "--", program
        )
        self.assertEqual([phase["phase"] for phase in (local, remote, packed, padded)], [1, 2, 3, 4])
        self.assertEqual(self.matrix(local), {(n, n): (LINES, LINES) for n in range(4)})
        self.assertEqual((local["remote_share"], local["cost"]), (0, 1))
        self.assertEqual(self.matrix(remote), {(n, (n + 1) % 4): (LINES, 0) for n in range(4)})
        self.assertEqual(remote["remote_share"], 1)
        # 16, 28, 16 and 28 from one to the next.
        self.assertAlmostEqual(remote["cost"], (1.6 + 2.8 + 1.6 + 2.8) / 4)
        self.assertEqual(self.matrix(packed), {(n, 0): (0, 100) for n in range(4)})
        self.assertEqual(self.matrix(packed), self.matrix(padded))
        self.assertEqual((packed["shared_lines"], padded["shared_lines"]), (1, 0))
        self.assertEqual([phase["shared_lines"] for phase in (local, remote)], [0, 0])

    def test_a_program_without_marks_is_counted_whole(self):
        (whole,) = self.meter("--", "/bin/true")
        self.assertEqual(whole["phase"], 0)
        self.assertGreater(whole["accesses"], 1000)
        self.assertEqual(whole["unknown"], 0)


if __name__ == "__main__":
    script_test.main()
