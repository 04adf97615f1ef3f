#!/usr/bin/env python3
"""System interfaces and standard-library internals stay in the files named here. That is what makes
failure injection, simulated machines and ports cheap."""

import re

import lint

# What is fenced, how it looks in code, and the files of the modules that may contain it.
FENCES = [
    ("hwloc", r"#\s*include\s*<hwloc(?:\.h|/)", {"topology/hwloc_import.cpp"}),
    (
        "a memory policy's system call",
        r"\b(?:mbind|move_pages|numa_move_pages|set_mempolicy|get_mempolicy|migrate_pages"
        r"|SYS_mbind|SYS_move_pages|SYS_set_mempolicy\w*|SYS_get_mempolicy|__NR_\w+)\b\s*[(,]"
        r"|#\s*include\s*<numa(?:if)?\.h>",
        {"alloc/numa_calls.cpp"},
    ),
    (
        "a mapping's system call",
        r"(?<![\w.>])(?:::)?(?:mmap64|mmap|munmap|mremap|madvise|process_madvise|mincore|mlock|mprotect)\s*\("
        r"|#\s*include\s*<sys/mman\.h>",
        {"alloc/mapping_calls.cpp"},
    ),
    ("a path of /proc or /sys", r"\"/(?:proc|sys)\b", {"topology/procfs.cpp"}),
    (
        "a name inside a standard library",
        r"\b(?:_M_\w+|_Rb_tree\w*|_Hash_node\w*|_List_node\w*|_Fwd_list_node\w*|_Sp_counted\w*"
        r"|__detail|__tree_node\w*|__hash_node\w*|__list_node\w*|__node\w*|__shared_\w+)\b",
        {"accounting/libstdcxx.hpp", "accounting/libcxx.hpp"},
    ),
]


def check(tree):
    findings = []
    for path in tree.paths(lint.CODE, lint.MODULES):
        for number, line in tree.code_lines(path):
            for what, pattern, allowed in FENCES:
                if path not in allowed and re.search(pattern, line):
                    where = " or ".join(sorted(allowed))
                    findings.append(lint.finding(path, number, f"{what} belongs in {where}"))
    return findings


PLANTED = [
    ({"topology/hwloc_import.cpp": "#include <hwloc.h>\n"}, []),
    ({"topology/machine.cpp": "#include <hwloc.h>\n"}, ["topology/machine.cpp:1"]),
    ({"alloc/a.cpp": "#include <hwloc/glibc-sched.h>\n"}, ["alloc/a.cpp:1"]),
    ({"alloc/numa_calls.cpp": "long r = ::syscall(SYS_mbind, p);\n"}, []),
    ({"alloc/a.cpp": "\nlong r = mbind(p, n);\n"}, ["alloc/a.cpp:2"]),
    ({"topology/a.cpp": "#include <numaif.h>\n"}, ["topology/a.cpp:1"]),
    ({"topology/a.cpp": "syscall(SYS_get_mempolicy, 0);\n"}, ["topology/a.cpp:1"]),
    ({"alloc/a.cpp": "calls.mbind(p); // mbind(p)\n"}, ["alloc/a.cpp:1"]),
    ({"alloc/mapping_calls.cpp": "void* p = ::mmap(nullptr, n);\n"}, []),
    ({"alloc/a.cpp": "void* p = ::mmap(nullptr, n);\n"}, ["alloc/a.cpp:1"]),
    ({"alloc/a.cpp": "calls.madvise(p);\n"}, []),
    ({"topology/procfs.cpp": 'auto p = "/proc/self/status";\n'}, []),
    ({"alloc/a.cpp": 'auto p = "/sys/devices";\n'}, ["alloc/a.cpp:1"]),
    ({"accounting/libstdcxx.hpp": "using n = std::_Rb_tree_node<int>;\n"}, []),
    ({"accounting/a.hpp": "sizeof(std::__detail::_Hash_node<int, true>)\n"}, ["accounting/a.hpp:1"]),
    ({"tests/a.cpp": 'auto p = "/proc/self/smaps";\n'}, []),
]

if __name__ == "__main__":
    lint.main(check, PLANTED)
