#!/usr/bin/env python3
"""Every source of a module has tests/MODULE/NAME_test.cpp named after it. A header without one is
included by a test of its module, or by a header that is, or by a source that has its own test.
Every test is named after a file that exists, or is listed here."""

import pathlib
import re

import lint

# Tests that look at several files together.
ACROSS = (
    "tests/alloc/acquisition_bound_test.cpp",
    "tests/alloc/budget_faults_test.cpp",
    "tests/alloc/budget_race_test.cpp",
    "tests/alloc/budget_slack_test.cpp",
    "tests/alloc/live_reading_test.cpp",
    "tests/alloc/machines_test.cpp",
)

FOLDERS = lint.MODULES + ("tools",)


def included_by(tree, paths):
    text = "\n".join(lint.without_comments(tree.text(path)) for path in paths)
    return set(re.findall(r"#\s*include\s*[<\"](?:nearmem/)?([\w/]+\.hpp)[>\"]", text))


def check(tree):
    findings = []
    for module in FOLDERS:
        tests = tree.paths(("_test.cpp",), (f"tests/{module}",))
        tested = {pathlib.PurePath(path).name.removesuffix("_test.cpp") for path in tests}
        files = tree.paths(lint.CODE, (module,))
        names = {pathlib.PurePath(path).stem for path in files}
        with_test = [path for path in files if pathlib.PurePath(path).stem in tested]
        included, more = set(), included_by(tree, tests + with_test)
        while more:
            included |= more
            more = included_by(tree, [path for path in more if path in files]) - included
        for path in files:
            pure = pathlib.PurePath(path)
            if pure.stem in tested or pure.stem == "main":
                continue
            if pure.suffix == ".cpp":
                wanted = f"tests/{module}/{pure.stem}_test.cpp"
                findings.append(lint.finding(path, 1, f"a source without its test {wanted}"))
            elif path not in included:
                findings.append(lint.finding(path, 1, f"a header that no test of {module} includes"))
        for path in tests:
            subject = pathlib.PurePath(path).name.removesuffix("_test.cpp")
            # arena_marks_test.cpp is a part of what arena.hpp's tests are.
            begins = any(subject == name or subject.startswith(f"{name}_") for name in names)
            if not begins and path not in ACROSS:
                findings.append(lint.finding(path, 1, f"{module} has no file {subject} to test"))
    for path in ACROSS:
        if path not in tree and "tests/lint/mirrors.py" in tree:
            findings.append(lint.finding("tests/lint/mirrors.py", 1, f"{path} is gone from ACROSS"))
    return findings


TEST = "#include <nearmem/alloc/arena.hpp>\n"
PLANTED = [
    ({"alloc/arena.hpp": "", "alloc/arena.cpp": "", "tests/alloc/arena_test.cpp": TEST}, []),
    ({"alloc/arena.cpp": TEST, "alloc/arena.hpp": ""}, ["alloc/arena.cpp:1", "alloc/arena.hpp:1"]),
    (
        {
            "alloc/arena.hpp": "#include <nearmem/alloc/marker.hpp>\n",
            "alloc/marker.hpp": "",
            "tests/alloc/arena_test.cpp": TEST,
        },
        [],
    ),
    ({"alloc/marker.hpp": ""}, ["alloc/marker.hpp:1"]),
    (
        {
            "alloc/marker.hpp": "",
            "alloc/arena.hpp": "",
            "tests/alloc/arena_test.cpp": "#include <nearmem/alloc/marker.hpp>\n",
        },
        [],
    ),
    ({"tests/alloc/arena_test.cpp": ""}, ["tests/alloc/arena_test.cpp:1"]),
    ({"alloc/arena.hpp": "", "tests/alloc/arena_test.cpp": "", "tests/alloc/arena_marks_test.cpp": ""}, []),
    ({"tools/main.cpp": ""}, []),
]

if __name__ == "__main__":
    lint.main(check, PLANTED)
