#!/usr/bin/env python3
"""Links in documents lead somewhere, and no text names a folder of one machine or marks work as
unfinished."""

import pathlib
import re
import urllib.parse

import lint

LINK = re.compile(r"\[[^\]\n]*\]\(([^)\s]+)\)")
# Split, so that this file does not find itself.
PLACES = re.compile("/" + r"(?:work|root|farm|home)/|/" + r"tmp/(?:bash|w/)")
UNFINISHED = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|X" + r"XX|HA" + r"CK)\b")
BINARY = (".png", ".raw", ".gz", ".xz", ".dat")


def anchors(text):
    """The anchors that GitHub gives to a document's headings."""
    found = set()
    for heading in re.findall(r"^#+ +(.+?)\s*$", text, re.MULTILINE):
        plain = re.sub(r"[^\w\- ]", "", heading.lower())
        found.add(plain.replace(" ", "-"))
    return found


def without_code(text):
    """Fenced blocks and inline code blanked: what is in them is not a link."""
    text = re.sub(r"^```.*?^```", lambda m: "\n" * m[0].count("\n"), text, flags=re.M | re.S)
    return re.sub(r"`[^`\n]*`", "", text)


def check_links(tree, path):
    findings = []
    folder = pathlib.PurePath(path).parent
    for number, line in enumerate(without_code(tree.text(path)).splitlines(), 1):
        for target in LINK.findall(line):
            if re.match(r"[a-z]+:", target):
                continue
            file, _, anchor = target.partition("#")
            linked = tree.root / folder / urllib.parse.unquote(file) if file else tree.root / path
            if not linked.exists() or not linked.resolve().is_relative_to(tree.root.resolve()):
                findings.append(lint.finding(path, number, f"{target} leads nowhere"))
            elif anchor and linked.suffix == ".md" and anchor not in anchors(linked.read_text()):
                findings.append(lint.finding(path, number, f"no heading for {target}"))
    return findings


def check(tree):
    findings = []
    for path in tree.paths((".md",)):
        findings += check_links(tree, path)
    for path in tree.paths():
        if path.endswith(BINARY):
            continue
        for number, line in tree.lines(path):
            if PLACES.search(line):
                findings.append(lint.finding(path, number, "names a folder of one machine"))
            if UNFINISHED.search(line):
                findings.append(lint.finding(path, number, "marks unfinished work"))
    return findings


PLANTED = [
    ({"a.md": "# Some words, here\n[a](docs/b.md#the-end) [w](https://x.y/z) [s](#some-words-here)\n",
      "docs/b.md": "## The end\n[up](../a.md)\n"}, []),
    ({"a.md": "\n[a](b.md)\n"}, ["a.md:2"]),
    ({"a.md": "`[a](b.md)`\n"}, []),
    ({"a.md": "[a](b.md#nothing)\n", "b.md": "# Something\n"}, ["a.md:1"]),
    ({"a.cpp": "// see /" + "work/main\n"}, ["a.cpp:1"]),
    ({"a.cpp": "\n// TO" + "DO\n"}, ["a.cpp:2"]),
]

if __name__ == "__main__":
    lint.main(check, PLANTED)
