"""What the tests of script/numa-guest share: running it, and skipping where it says that it cannot."""

import os
import re
import subprocess
import sys
import unittest

SKIPPED = 77
# Some boots under emulation come to nothing; that they are tried again is not what these tests ask.
BOOTED_AGAIN = re.compile(rb"numa-guest: [^\n]*booting again\n")


class ScriptTest(unittest.TestCase):
    script = init = None

    def command(self, *arguments):
        return [self.script, "--init", self.init, *arguments]

    def run_guest(self, *arguments, environment=None, **more):
        """For tests that boot: the status 77 means that no test of this file can run. What was said
        of boots that came to nothing is in `said_of_boots`, the rest in `stderr`."""
        # Longer than the default, as others may be at work here.
        run = self.run_script("--init", self.init, "--timeout", "400", *arguments, environment=environment, **more)
        if run.returncode == SKIPPED:
            print(run.stderr.decode().strip())
            sys.stdout.flush()
            os._exit(SKIPPED)
        run.said_of_boots = b"".join(BOOTED_AGAIN.findall(run.stderr)).decode()
        run.stderr = BOOTED_AGAIN.sub(b"", run.stderr)
        return run

    def run_script(self, *arguments, environment=None, **more):
        merged = {**os.environ, **(environment or {})}
        return subprocess.run([self.script, *arguments], capture_output=True, check=False, env=merged, **more)


def main():
    """FILE_test.py SCRIPT INIT"""
    ScriptTest.script, ScriptTest.init = sys.argv[1:3]
    unittest.main(argv=sys.argv[:1])
