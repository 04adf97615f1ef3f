#!/usr/bin/env python3
"""The example of a document, and whether it still prints what the document shows.

    example_of.py source DOCUMENT             prints the first block of C++ with a main()
    example_of.py check DOCUMENT PROGRAM      runs it; compares with the block after the example

Numbers differ from machine to machine, so each is compared as "a number"; a line for a node may
repeat."""

import re
import subprocess
import sys


def blocks(path):
    """(language, text) of each fenced block."""
    with open(path, encoding="utf-8") as document:
        return re.findall(r"^```(\w*)\n(.*?)^```$", document.read(), re.MULTILINE | re.DOTALL)


def example(path):
    found = blocks(path)
    for at, (language, text) in enumerate(found):
        if language == "cpp" and "int main()" in text:
            return text, found[at + 1][1]
    sys.exit(f"{path}: no example with a main()")


def shape(text):
    """Lines with numbers and outcomes masked; a line that looks like the one before is dropped."""
    lines = []
    for line in re.sub(r"\d+", "N", text).splitlines():
        line = re.sub(r"^(node N: N bytes), \w+$", r"\1, OUTCOME", line)
        if not lines or lines[-1] != line:
            lines.append(line)
    return lines


def main():
    source, shown = example(sys.argv[2])
    if sys.argv[1] == "source":
        print(source, end="")
        return 0
    run = subprocess.run([sys.argv[3]], capture_output=True, text=True, check=False)
    print(run.stdout, run.stderr, sep="", end="")
    if run.returncode:
        print(f"the example ended with {run.returncode}")
        return 1
    if shape(run.stdout) != shape(shown):
        print(f"{sys.argv[2]} shows something else:\n{shown}")
        return 1
    owned = re.search(r"owns (\d+) bytes, its resource charged (\d+)", run.stdout)
    if owned and owned[1] != owned[2]:
        print("the example's container is not charged to the byte")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
