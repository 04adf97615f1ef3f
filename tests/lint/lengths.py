#!/usr/bin/env python3
"""No source, header, test or script is longer than 400 lines: a file is one noun."""

import lint

LIMIT = 400
SUFFIXES = lint.CODE + (".py", ".sh", ".cmake", "CMakeLists.txt")


def check(tree):
    findings = []
    for path in tree.paths(SUFFIXES) + tree.paths(under=("script",)):
        lines = sum(1 for _ in tree.lines(path))
        if lines > LIMIT:
            findings.append(lint.finding(path, LIMIT + 1, f"{lines} lines; {LIMIT} are the limit"))
    return findings


PLANTED = [
    ({"alloc/a.cpp": "\n" * LIMIT, "docs/a.md": "\n" * 1000}, []),
    ({"alloc/a.cpp": "\n" * (LIMIT + 1)}, [f"alloc/a.cpp:{LIMIT + 1}"]),
    ({"script/run": "\n" * (LIMIT + 1)}, [f"script/run:{LIMIT + 1}"]),
]

if __name__ == "__main__":
    lint.main(check, PLANTED)
