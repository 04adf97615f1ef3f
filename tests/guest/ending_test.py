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


# In QEMU's place: does what each line of a file says, which it takes out, and where none is left is
# QEMU. `dies` says on the console what a kernel says that the emulator's race has ended.
BROKEN_QEMU = """#!/bin/sh
read -r what < '{folder}/boots'
sed -i 1d '{folder}/boots'
case $what in
dies) echo '[    2.1] Oops: int3: 0000 [#1] PREEMPT SMP NOPTI' > '{folder}/console'; exit 0 ;;
hangs) exec sleep 1000 ;;
esac
exec '{qemu}' "$@"
"""


def name_of(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/comm").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""  # It has ended.


def guests_of(script):
    """QEMU's processes that this process's `script` started."""
    children = pathlib.Path(f"/proc/{script.pid}/task/{script.pid}/children").read_text().split()
    return [pid for pid in children if "qemu" in name_of(pid)]


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

    def boot_after(self, folder, *boots):
        """Runs a program after boots that came to nothing, as BROKEN_QEMU says."""
        stand_in = pathlib.Path(folder, "qemu-system-x86_64")
        stand_in.write_text(BROKEN_QEMU.format(folder=folder, qemu=shutil.which(stand_in.name)))
        stand_in.chmod(0o755)
        pathlib.Path(folder, "boots").write_text("".join(f"{boot}\n" for boot in boots))
        return self.run_guest(
            "--console", f"{folder}/console", "--boot-timeout", "2", "--timeout", "300",
            "--", "/bin/sh", "-c", "echo here; exit 3",
            environment={"PATH": f"{folder}:{os.environ['PATH']}"},
        )  # fmt: skip

    def test_a_kernel_that_the_emulator_broke_is_booted_again(self):
        with tempfile.TemporaryDirectory() as folder:
            run = self.boot_after(folder, "dies", "hangs")
            self.assertEqual((run.returncode, run.stdout, run.stderr), (3, b"here\n", b""))
            self.assertEqual(run.said_of_boots.count("booting again"), 2)

    def test_a_kernel_that_breaks_each_time_is_given_up(self):
        with tempfile.TemporaryDirectory() as folder:
            run = self.boot_after(folder, "hangs", "dies", "dies")
            self.assertEqual(run.returncode, 125)
            self.assertIn("int3", run.stderr.decode())

    def test_a_kernel_that_starts_is_given_the_rest_of_the_time(self):
        run = self.run_guest("--boot-timeout", "40", "--", "/bin/sleep", "45")
        self.assertEqual(run.returncode, 0)
        # Beside much other load a boot may take that long, but not twice.
        self.assertLess(run.said_of_boots.count("booting again"), 2)

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
