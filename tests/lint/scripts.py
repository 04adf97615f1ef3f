#!/usr/bin/env python3
"""Shell scripts name bash in their first line, stop at errors, parse, and may be executed."""

import os
import subprocess

import lint


def is_shell(tree, path):
    return path.endswith(".sh") or (
        "." not in path.split("/")[-1] and tree.text(path).startswith("#!") and "sh" in tree.text(path).split("\n")[0]
    )


def check(tree):
    findings = []
    candidates = tree.paths((".sh",)) + tree.paths(under=("script", ".ci"))
    for path in sorted(set(candidates)):
        if not is_shell(tree, path):
            continue
        lines = tree.text(path).splitlines()
        if lines[:1] != ["#!/usr/bin/env bash"]:
            findings.append(lint.finding(path, 1, "begins with #!/usr/bin/env bash"))
        if "set -euo pipefail" not in lines:
            findings.append(lint.finding(path, 2, "lacks set -euo pipefail"))
        if not os.access(tree.root / path, os.X_OK):
            findings.append(lint.finding(path, 1, "is not executable"))
        parsed = subprocess.run(
            ["bash", "-n", tree.root / path], capture_output=True, text=True, check=False
        )
        if parsed.returncode:
            findings.append(lint.finding(path, 1, parsed.stderr.strip().splitlines()[0]))
    return findings


GOOD = "#!/usr/bin/env bash\nset -euo pipefail\n"
# Planted files are not executable, so that finding is always among the expected.
PLANTED = [
    ({"script/a.py": "x = 1\n"}, []),
    ({"script/a": GOOD}, ["script/a:1"]),
    ({"script/a": "#!/bin/sh\nset -euo pipefail\n"}, ["script/a:1", "script/a:1"]),
    ({"script/a": "#!/usr/bin/env bash\n"}, ["script/a:1", "script/a:2"]),
    ({"tests/a.sh": GOOD + "if true; then\n"}, ["tests/a.sh:1", "tests/a.sh:1"]),
]

if __name__ == "__main__":
    lint.main(check, PLANTED)
