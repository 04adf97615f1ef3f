#!/usr/bin/env python3
"""C++ is formatted as .clang-format says, by clang-format-19; text has no trailing blanks, no tabs
and ends with one newline."""

import pathlib
import re
import shutil
import subprocess

import lint

CLANG_FORMAT = "clang-format-19"
STYLE = pathlib.Path(__file__).parents[2] / ".clang-format"
TEXT = lint.CODE + (".py", ".sh", ".cmake", ".txt", ".md", ".json", ".in")


def check_text(tree):
    findings = []
    for path in tree.paths(TEXT) + tree.paths(under=("script",), suffixes=("run", "test", "bootstrap", "bench")):
        text = tree.text(path)
        for number, line in enumerate(text.split("\n"), 1):
            if line != line.rstrip():
                findings.append(lint.finding(path, number, "blanks at the end of the line"))
            elif "\t" in line:
                findings.append(lint.finding(path, number, "a tab"))
        if text and (not text.endswith("\n") or text.endswith("\n\n")):
            findings.append(lint.finding(path, text.count("\n"), "the file ends with one newline"))
    return findings


def check(tree):
    if not shutil.which(CLANG_FORMAT):
        raise lint.Skip(f"{CLANG_FORMAT} is not installed")
    findings = check_text(tree)
    paths = tree.paths(lint.CODE)
    if not paths:
        return findings
    run = subprocess.run(
        [CLANG_FORMAT, f"--style=file:{STYLE}", "--dry-run", "--Werror", *paths],
        cwd=tree.root,
        capture_output=True,
        text=True,
        check=False,
    )
    seen = set()
    for path, number in re.findall(r"^(\S+?):(\d+):\d+: error: ", run.stderr, re.MULTILINE):
        if path not in seen:  # one finding a file: the remedy is one command a file
            findings.append(lint.finding(path, int(number), f"run {CLANG_FORMAT} -i on it"))
        seen.add(path)
    if run.returncode and not seen:
        findings.append(lint.finding(".clang-format", 1, run.stderr.strip().splitlines()[0]))
    return findings


PLANTED = [
    ({"alloc/a.cpp": "int a = 1;\n", "docs/a.md": "a\n"}, []),
    ({"alloc/a.cpp": "int x;\nint  a ;\n"}, ["alloc/a.cpp:2"]),
    ({"docs/a.md": "a \n"}, ["docs/a.md:1"]),
    ({"docs/a.md": "a\n\tb\n"}, ["docs/a.md:2"]),
    ({"docs/a.md": "a\nb"}, ["docs/a.md:1"]),
]

if __name__ == "__main__":
    lint.main(check, PLANTED)
