#!/usr/bin/env python3
"""Includes point downwards, topology <- accounting <- alloc, and have one spelling:
<nearmem/module/file.hpp> for the library's headers, "folder/file.hpp" from the root of the tree or
a neighbour's name for what is built on top of it."""

import re

import lint

LEVEL = {module: level for level, module in enumerate(lint.MODULES)}
INCLUDE = re.compile(r"\s*#\s*include\s*([<\"])([^>\"]+)[>\"]")


def check(tree):
    findings = []
    for path in tree.paths(lint.CODE):
        folder = path.split("/")[0]
        for number, line in tree.code_lines(path):
            include = INCLUDE.match(line)
            if not include:
                continue
            quote, name = include.groups()
            parts = name.split("/")
            if ".." in parts:
                findings.append(lint.finding(path, number, f"{name}: an include climbs with .."))
            if parts[0] == "nearmem":
                module = parts[1] if len(parts) > 2 else None
                if quote == '"':
                    findings.append(lint.finding(path, number, f"spell it <{name}>"))
                if module and module not in LEVEL:
                    findings.append(lint.finding(path, number, f"{module} is not a module"))
                elif "/".join(parts[1:]) not in tree:
                    findings.append(lint.finding(path, number, f"no file {'/'.join(parts[1:])}"))
                if folder not in LEVEL:
                    continue
                if module is None:
                    reason = "the umbrella is for users; a module includes what it needs"
                    findings.append(lint.finding(path, number, reason))
                elif LEVEL.get(module, -1) > LEVEL[folder]:
                    findings.append(lint.finding(path, number, f"{folder} may not include {module}"))
            elif folder in LEVEL and quote == '"':
                findings.append(lint.finding(path, number, f'spell it <nearmem/...>, not "{name}"'))
            elif parts[0] in LEVEL and len(parts) > 1:
                findings.append(lint.finding(path, number, f"spell it <nearmem/{name}>"))
    return findings


HEADER = {"topology/node.hpp": "", "accounting/usage.hpp": "", "alloc/arena.hpp": "", "nearmem.hpp": ""}
PLANTED = [
    ({**HEADER, "alloc/slab.cpp": "#include <nearmem/alloc/arena.hpp>\n#include <nearmem/topology/node.hpp>\n"}, []),
    ({**HEADER, "accounting/a.hpp": "\n#include <nearmem/alloc/arena.hpp>\n"}, ["accounting/a.hpp:2"]),
    ({**HEADER, "topology/a.hpp": "#  include <nearmem/accounting/usage.hpp>\n"}, ["topology/a.hpp:1"]),
    ({**HEADER, "topology/a.hpp": "// #include <nearmem/alloc/arena.hpp>\n"}, []),
    ({**HEADER, "alloc/a.cpp": '#include "arena.hpp"\n'}, ["alloc/a.cpp:1"]),
    ({**HEADER, "alloc/a.cpp": "#include <nearmem/nearmem.hpp>\n"}, ["alloc/a.cpp:1"]),
    ({**HEADER, "tools/a.cpp": "#include <nearmem/nearmem.hpp>\n"}, []),
    ({**HEADER, "tools/a.cpp": '#include "alloc/arena.hpp"\n'}, ["tools/a.cpp:1"]),
    ({**HEADER, "tests/a.cpp": '#include "nearmem/alloc/arena.hpp"\n'}, ["tests/a.cpp:1"]),
    ({**HEADER, "tests/a.cpp": "#include <nearmem/alloc/gone.hpp>\n"}, ["tests/a.cpp:1"]),
    ({**HEADER, "bench/a.cpp": '#include "../tools/b.hpp"\n'}, ["bench/a.cpp:1"]),
]

if __name__ == "__main__":
    lint.main(check, PLANTED)
