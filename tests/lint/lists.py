#!/usr/bin/env python3
"""Every source, header and test stands in the CMakeLists.txt of its folder (or of a folder above
it), the lists are in alphabetical order, and the umbrella header names every header of the
modules that users include."""

import pathlib
import re

import lint

FOLDERS = lint.MODULES + ("examples", "tools", "bench", "tests")
# Not lists' business: these are compiled by a test of their own.
ELSEWHERE = ("tests/install/consumer/", "tests/accounting/uncovered_type.cpp")
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


UMBRELLA = "nearmem.hpp"
INCLUDE = re.compile(r"#\s*include\s*<nearmem/([\w/]+\.hpp)>")
# Headers of libraries that nearmem itself does not need: who includes these is an option.
OPTIONAL = re.compile(r"#\s*include\s*<(?:absl|boost|tsl)/")


def reachable(tree, begin):
    """Headers that including those of `begin` brings along, themselves included."""
    seen, waiting = set(), [path for path in begin if path in tree]
    while waiting:
        path = waiting.pop()
        if path not in seen:
            seen.add(path)
            waiting += [name for name in INCLUDE.findall(tree.text(path)) if name in tree]
    return seen


def check_installed(tree):
    findings = []
    if UMBRELLA not in tree:
        return findings
    headers = tree.paths((".hpp",), lint.MODULES)
    options = [p for p in headers if "/compat/" in p or OPTIONAL.search(tree.text(p))]
    public = reachable(tree, [UMBRELLA, *options])
    for module in lint.MODULES:
        path = f"{module}/CMakeLists.txt"
        for kind, number, name in installed_lists(tree, path):
            if kind == "HEADERS" and f"{module}/{name}" not in public:
                reason = f"{name} is private: not reached from {UMBRELLA}"
                findings.append(lint.finding(path, number, reason))
            elif kind != "HEADERS" and f"{module}/{name}" in public:
                findings.append(lint.finding(path, number, f"{name} is reached from {UMBRELLA}"))
    return findings


def installed_lists(tree, path):
    """(kind, line, name) of the headers that a module's nearmem_module() lists."""
    kind = None
    for number, line in tree.lines(path) if path in tree else ():
        word = line.strip()
        if word in ("HEADERS", "PRIVATE_HEADERS", "SOURCES"):
            kind = word
        elif kind and word.endswith(".hpp"):
            yield kind, number, word


def check(tree):
    findings = check_installed(tree)
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
USES_B = {"nearmem.hpp": "#include <nearmem/alloc/a.hpp>\n", "alloc/b.hpp": "", "alloc/a.cpp": ""}
INCLUDES_B = "#include <nearmem/alloc/b.hpp>\n"
PLANTED = [
    ({**USES_B, "alloc/CMakeLists.txt": LIST, "alloc/a.hpp": INCLUDES_B}, []),
    ({**USES_B, "alloc/CMakeLists.txt": LIST, "alloc/a.hpp": ""}, ["alloc/CMakeLists.txt:4"]),
    (
        {
            **USES_B,
            "alloc/CMakeLists.txt": LIST.replace("    b.hpp", "  PRIVATE_HEADERS\n    b.hpp"),
            "alloc/a.hpp": INCLUDES_B,
        },
        ["alloc/CMakeLists.txt:5"],
    ),
    (
        {**USES_B, "alloc/CMakeLists.txt": LIST, "alloc/a.hpp": "", "alloc/b.hpp": "#include <boost/x.hpp>\n"},
        [],
    ),
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
