#!/usr/bin/env python3
"""Every source, header and test stands in the CMakeLists.txt of its folder (or of a folder above
it), the lists are in alphabetical order, and the umbrella header names every header of the
modules that users include."""

import pathlib
import re

import lint

FOLDERS = lint.MODULES + ("examples", "tools", "bench", "tests")
# Not lists' business: these are compiled by a test of their own.
ELSEWHERE = ("tests/install/consumer/",)
LIST_START = re.compile(r"^\s*(HEADERS|PRIVATE_HEADERS|SOURCES)\b(.*)$|^\s*add_(?:executable|library)\((\S+)(.*)$")


def lists_of(text):
    """Each list's [(line, name)], for one file a line."""
    lists, current = [], None
    for number, line in enumerate(text.splitlines(), 1):
        line = line.split("#")[0]
        if LIST_START.match(line):
            current = []
            lists.append(current)
        elif current is not None and re.fullmatch(r"\s*[\w./-]+\.(?:cpp|hpp)\)?\s*", line):
            current.append((number, line.strip().rstrip(")")))
        elif line.strip():
            current = None
    return lists


def check(tree):
    findings = []
    mentioned = {}
    for path in tree.paths(("CMakeLists.txt",), FOLDERS):
        folder = pathlib.PurePath(path).parent
        text = tree.text(path)
        mentioned[folder] = set(re.findall(r"[\w./-]+\.(?:cpp|hpp)\b", text))
        for names in lists_of(text):
            for (_, before), (number, name) in zip(names, names[1:]):
                if name < before:
                    findings.append(lint.finding(path, number, f"{name} stands after {before}"))
            for number, name in names:
                if (folder / name).as_posix() not in tree:
                    findings.append(lint.finding(path, number, f"{name} does not exist"))
    for path in tree.paths(lint.CODE, FOLDERS):
        pure = pathlib.PurePath(path)
        # Modules list which headers are installed and which are private; elsewhere all are private.
        if path.startswith(ELSEWHERE) or (pure.suffix == ".hpp" and pure.parts[0] not in lint.MODULES):
            continue
        if not any(
            parent in mentioned and str(pure.relative_to(parent)) in mentioned[parent]
            for parent in pure.parents
        ):
            findings.append(lint.finding(path, 1, "in no CMakeLists.txt"))
    return findings


LIST = "nearmem_module(\n  HEADERS\n    a.hpp\n    b.hpp\n  SOURCES\n    a.cpp\n)\n"
PLANTED = [
    ({"alloc/CMakeLists.txt": LIST, "alloc/a.hpp": "", "alloc/b.hpp": "", "alloc/a.cpp": ""}, []),
    ({"alloc/CMakeLists.txt": LIST, "alloc/a.hpp": "", "alloc/b.hpp": ""}, ["alloc/CMakeLists.txt:6"]),
    (
        {"alloc/CMakeLists.txt": LIST, "alloc/a.hpp": "", "alloc/b.hpp": "", "alloc/a.cpp": "", "alloc/c.hpp": ""},
        ["alloc/c.hpp:1"],
    ),
    (
        {
            "alloc/CMakeLists.txt": "nearmem_module(\n  HEADERS\n    b.hpp\n    a.hpp\n)\n",
            "alloc/a.hpp": "",
            "alloc/b.hpp": "",
        },
        ["alloc/CMakeLists.txt:4"],
    ),
    ({"tests/CMakeLists.txt": "", "tests/alloc/x_test.cpp": ""}, ["tests/alloc/x_test.cpp:1"]),
    ({"tests/CMakeLists.txt": "", "tests/support/x.hpp": ""}, []),
]

if __name__ == "__main__":
    lint.main(check, PLANTED)
