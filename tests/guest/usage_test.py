#!/usr/bin/env python3
"""script/numa-guest understands what it is asked, or says in one line why not. No guest is booted."""

import subprocess
import sys

import script_test

BAD_USAGE = [
    ("no program:", []),
    ("no program no_such_program", ["--", "no_such_program"]),
    ("the program comes after --", ["true"]),
    ("unrecognized arguments: --node", ["--node", "2", "--", "true"]),
    ("invalid int value", ["--nodes", "two", "--", "true"]),
    ("at least one node", ["--nodes", "0", "--", "true"]),
    ("none numbered 64", ["--nodes", "65", "--", "true"]),
    ("cannot be spread evenly", ["--cpus", "3", "--", "true"]),
    ("is not a list of sizes", ["--memory", "12", "--", "true"]),
    ("3 sizes for 2 nodes", ["--memory", "256M,1G,1G", "--", "true"]),
    ("2 rows of as many", ["--dist", "10,20", "--", "true"]),
    ("2 rows of as many", ["--dist", "10,20/20", "--", "true"]),
    ("2 rows of as many", ["--dist", "10,x/20,10", "--", "true"]),
    ("10 to itself", ["--dist", "10,20/20,11", "--", "true"]),
    ("10 to itself", ["--dist", "10,10/20,10", "--", "true"]),
    ("there is no node 2", ["--memory-only", "2", "--", "true"]),
    ("is not a list", ["--memory-only", "1-0", "--", "true"]),
    ("must be otherwise", ["--memory-only", "0-1", "--", "true"]),
    ("must be otherwise", ["--cpu-only", "0-1", "--", "true"]),
    ("without CPUs and without memory", ["--memory-only", "1", "--cpu-only", "1", "--", "true"]),
    ("a node 0, and that has CPUs", ["--memory-only", "0", "--", "true"]),
    ("a node 0, and that has CPUs", ["--sparse", "1,2", "--", "true"]),
    ("--sparse names 2 nodes", ["--sparse", "0,2", "--nodes", "3", "--", "true"]),
    ("is not CPUNODE:NODE", ["--hmat", "0:0:80", "--", "true"]),
    ("node 1 needs CPUs", ["--memory-only", "1", "--hmat", "1:0:80:1000", "--", "true"]),
    ("not with holes", ["--sparse", "--hmat", "--", "true"]),
    ("there is no node 2", ["--cpuset-nodes", "1-2", "--", "true"]),
    ("the guest has 2 CPUs", ["--cpuset-cpus", "2", "--", "true"]),
    ("an absolute path", ["--set", "a=b", "--", "true"]),
    ("is not FILE=TEXT", ["--set", "/proc/sys/a", "--", "true"]),
    ("is not NAME=VALUE", ["--env", "NAME", "--", "true"]),
    ("no file /no/such/file", ["--file", "/no/such/file", "--", "true"]),
    ("no file /no/such/file", ["--kernel", "/no/such/file", "--", "true"]),
    ("seconds are no time", ["--timeout", "0", "--", "true"]),
    ("--fetch runs no program", ["--fetch", "--", "true"]),
]


class Usage(script_test.ScriptTest):
    def test_bad_usage_is_status_2_and_one_line(self):
        for reason, arguments in BAD_USAGE:
            with self.subTest(arguments=arguments):
                run = self.run_script(*arguments)
                self.assertEqual(run.returncode, 2)
                self.assertEqual(run.stdout, b"")
                lines = run.stderr.decode().splitlines()
                self.assertEqual(len(lines), 1, lines)
                self.assertTrue(lines[0].startswith("numa-guest: "), lines)
                self.assertIn(reason, lines[0])

    def test_help_says_every_option(self):
        run = self.run_script("--help")
        self.assertEqual((run.returncode, run.stderr), (0, b""))
        for option in ("--nodes", "--cpus", "--dist", "--memory-only", "--cpuless", "--hmat", "--sparse", "--timeout"):
            self.assertIn(option, run.stdout.decode())

    def test_without_qemu_it_says_so(self):
        # A PATH without QEMU has no python3 either.
        command = [sys.executable, *self.command("--", "/bin/true")]
        for fail_on_skip, status in (("0", 77), ("1", 1)):
            environment = {"PATH": "/nowhere", "NEARMEM_TEST_FAIL_ON_SKIP": fail_on_skip}
            run = subprocess.run(command, env=environment, capture_output=True, check=False)
            self.assertEqual(run.returncode, status)
            self.assertIn("no qemu-system-x86_64 here", run.stderr.decode())


if __name__ == "__main__":
    script_test.main()
