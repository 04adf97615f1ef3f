#!/usr/bin/env python3
"""script/numa-guest always ends, and QEMU with it."""

import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time

import script_test

FOREVER = ("/bin/sh", "-c", "while :; do :; done")


# In QEMU's place: says on the console what a kernel says that the emulator's race has ended, as often
# as a file has lines, and takes one of them each time; then it is QEMU.
LOSING_QEMU = """#!/bin/sh
if [ -s '{folder}/losses' ]; then
  sed -i 1d '{folder}/losses'
  echo '[    2.1] Oops: int3: 0000 [#1] PREEMPT SMP NOPTI' > '{folder}/console'
  exit 0
fi
exec '{qemu}' "$@"
"""


def guests_of(script):
    """QEMU's processes that this process's `script` started."""
    children = pathlib.Path(f"/proc/{script.pid}/task/{script.pid}/children").read_text().split()
    return [pid for pid in children if "qemu" in pathlib.Path(f"/proc/{pid}/comm").read_text()]


class Ending(script_test.ScriptTest):
    def test_a_signal_that_ends_the_program_is_the_status(self):
        run = self.run_guest("--", "/bin/sh", "-c", "kill -6 $$")
        self.assertEqual((run.returncode, run.stderr), (128 + 6, b""))

    def test_time_is_limited(self):
        begin = time.monotonic()
        run = self.run_guest("--timeout", "1", "--", *FOREVER)
        self.assertEqual(run.returncode, 124)
        self.assertIn("numa-guest: not done after 1 s", run.stderr.decode())
        self.assertLess(time.monotonic() - begin, 400)

    def test_a_kernel_that_dies_is_not_waited_for(self):
        with tempfile.TemporaryDirectory() as folder:
            console = pathlib.Path(folder, "console")
            run = self.run_guest(
                "--kernel-argument", "rdinit=/none", "--kernel-argument", "root=/dev/none",
                "--console", str(console), "--", "/bin/true",
            )  # fmt: skip
            self.assertEqual(run.returncode, 125)
            self.assertIn("Kernel panic", run.stderr.decode())
            self.assertIn("Kernel panic", console.read_text())

    def boot_with_losses(self, folder, count):
        """Runs a program after that many boots which the emulator's race ended."""
        stand_in = pathlib.Path(folder, "qemu-system-x86_64")
        stand_in.write_text(LOSING_QEMU.format(folder=folder, qemu=shutil.which(stand_in.name)))
        stand_in.chmod(0o755)
        pathlib.Path(folder, "losses").write_text("lost\n" * count)
        return self.run_guest(
            "--console", f"{folder}/console", "--", "/bin/sh", "-c", "echo here; exit 3",
            environment={"PATH": f"{folder}:{os.environ['PATH']}"},
        )  # fmt: skip

    def test_a_kernel_that_the_emulator_broke_is_booted_again(self):
        with tempfile.TemporaryDirectory() as folder:
            run = self.boot_with_losses(folder, 2)
            self.assertEqual((run.returncode, run.stdout), (3, b"here\n"))
            self.assertEqual(run.stderr.decode().count("booting again"), 2)

    def test_a_kernel_that_breaks_each_time_is_given_up(self):
        with tempfile.TemporaryDirectory() as folder:
            run = self.boot_with_losses(folder, 3)
            self.assertEqual(run.returncode, 125)
            self.assertIn("int3", run.stderr.decode())

    def test_what_ends_the_script_ends_the_guest(self):
        for number in (signal.SIGTERM, signal.SIGKILL):
            with self.subTest(signal=number):
                script = subprocess.Popen(self.command("--", *FOREVER), stderr=subprocess.DEVNULL)
                while script.poll() is None and not guests_of(script):
                    time.sleep(0.05)
                (guest,) = guests_of(script)
                script.send_signal(number)
                script.wait()
                for _ in range(2000):
                    if not pathlib.Path(f"/proc/{guest}").exists():
                        break
                    time.sleep(0.05)
                self.assertFalse(pathlib.Path(f"/proc/{guest}").exists())


if __name__ == "__main__":
    script_test.main()
