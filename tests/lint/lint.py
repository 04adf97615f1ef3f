"""What all lints share: a tree of files, findings in it, and a self-test on planted violations.

A lint is a file with a function check(tree) that returns findings, and with PLANTED: a list of
(files, expected) where `files` maps paths to text and `expected` lists the findings' `path:line`.
It ends with lint.main(check, PLANTED).

    LINT.py [ROOT]         checks the tree; prints file:line: reason; exit status 1 on a finding
    LINT.py --self-test    checks the lint on what is planted
"""

import pathlib
import subprocess
import sys
import tempfile

SKIPPED = 77
MODULES = ("topology", "accounting", "alloc")
CODE = (".hpp", ".cpp")


class Skip(Exception):
    """Why a lint cannot run here."""


class Tree:
    """The project's files, by path relative to its root; what git ignores is not of the tree."""

    def __init__(self, root):
        self.root = pathlib.Path(root)
        self._paths = sorted(self._list())
        self._known = frozenset(self._paths)

    def _list(self):
        listed = subprocess.run(
            ["git", "-C", self.root, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            capture_output=True,
            check=False,
        )
        if listed.returncode == 0:
            names = {name for name in listed.stdout.decode().split("\0") if name}
        else:
            names = {str(path.relative_to(self.root)) for path in self.root.rglob("*")}
        return [
            name
            for name in names
            if (self.root / name).is_file() and not name.startswith(("build/", "out/", ".git/"))
        ]

    def paths(self, suffixes=("",), under=("",)):
        """Paths that end with one of `suffixes` and begin with one of the folders `under`."""
        folders = tuple(f"{folder}/" if folder else "" for folder in under)
        return [p for p in self._paths if p.endswith(tuple(suffixes)) and p.startswith(folders)]

    def __contains__(self, path):
        return path in self._known

    def text(self, path):
        return (self.root / path).read_text(encoding="utf-8")

    def lines(self, path):
        """(number, line) from 1."""
        return enumerate(self.text(path).splitlines(), 1)

    def code_lines(self, path):
        """lines() without comments, whose words bind nobody."""
        return enumerate(without_comments(self.text(path)).splitlines(), 1)


def without_comments(text):
    """C++ text with its comments blanked; string literals and line numbers stay."""
    out, i, end = [], 0, len(text)
    while i < end:
        if text.startswith("//", i):
            stop = text.find("\n", i)
            i = end if stop < 0 else stop
        elif text.startswith("/*", i):
            stop = text.find("*/", i + 2)
            stop = end if stop < 0 else stop + 2
            out.append("\n" * text.count("\n", i, stop))
            i = stop
        elif text.startswith('R"', i):
            open_paren = text.find("(", i)
            stop = text.find(f"){text[i + 2:open_paren]}\"", open_paren)
            stop = end if stop < 0 else stop + open_paren - i
            out.append(text[i:stop])
            i = stop
        elif text[i] == '"' or (text[i] == "'" and not text[i - 1 : i].isalnum()):
            stop = i + 1
            while stop < end and text[stop] not in (text[i], "\n"):
                stop += 2 if text[stop] == "\\" else 1
            out.append(text[i : stop + 1])
            i = stop + 1
        else:
            out.append(text[i])
            i += 1
    return "".join(out)


def finding(path, line, reason):
    return (path, line, reason)


def self_test(check, planted):
    wrong = 0
    for files, expected in planted:
        with tempfile.TemporaryDirectory() as folder:
            for name, text in files.items():
                path = pathlib.Path(folder, name)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
            found = sorted(f"{path}:{line}" for path, line, _ in check(Tree(folder)))
        if found != sorted(expected):
            wrong += 1
            print(f"planted {sorted(files)}: expected {sorted(expected)}, found {found}")
    if not any(expected for _, expected in planted) or all(expected for _, expected in planted):
        wrong += 1
        print("a self-test plants both violations and a clean tree")
    return 1 if wrong else 0


def main(check, planted):
    try:
        if sys.argv[1:] == ["--self-test"]:
            sys.exit(self_test(check, planted))
        root = sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parents[2]
        findings = check(Tree(root))
    except Skip as reason:
        print(f"skipped: {reason}")
        sys.exit(SKIPPED)
    for path, line, reason in findings:
        print(f"{path}:{line}: {reason}")
    sys.exit(1 if findings else 0)
