#!/usr/bin/env python3
"""What is promised of memory on a machine with four nodes, counted by --meter over bench/numa's
workloads: a thread's own memory lies beside it, books and all, and no two threads write one line
after they have freed each other's blocks."""

import json
import pathlib
import sys
import tempfile

import script_test

plugin, program, checks = sys.argv[3:6]
# Checked builds look at every free into what all threads share of the page source, three words.
MOST_REMOTE = 0.01 if checks == "fast" else 0.04


class Locality(script_test.ScriptTest):
    def count(self, workload):
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder, "metered")
            run = self.run_guest(
                "--nodes", "4", "--cpus", "8", "--kernel-argument", "numa_balancing=disable",
                "--meter", str(file), "--meter-plugin", plugin, "--", program, workload, "nearmem", "4",
            )
            self.assertEqual((run.returncode, run.stderr), (0, b""))
            (phase,) = json.loads(file.read_text())
        self.assertGreater(phase["accesses"], 10000)
        return phase

    def test_private_blocks_and_their_books_lie_beside_their_thread(self):
        counted = self.count("private")
        self.assertLessEqual(counted["remote_share"], MOST_REMOTE)
        self.assertLessEqual(counted["cost"], 1.02 if checks == "fast" else 1 + MOST_REMOTE)

    def test_no_line_is_shared_after_frees_across_nodes(self):
        counted = self.count("sharing")
        self.assertEqual(counted["shared_lines"], 0)
        self.assertEqual(counted["remote_share"], 0)


if __name__ == "__main__":
    script_test.main()
