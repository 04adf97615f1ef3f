#!/usr/bin/env python3
"""clang-tidy, with the tree's .clang-tidy, over every source of the modules, the examples and the
tools: tidy.py BUILD_DIR [SOURCE...], a folder with a compile_commands.json. What
several sources say about the same header is printed once."""

import concurrent.futures
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

import lint

CLANG_TIDY = "clang-tidy-19"
FOLDERS = lint.MODULES + ("examples", "tools")
ROOT = pathlib.Path(__file__).resolve().parents[2]


def once(build):
    """A folder with a compile_commands.json that has every source of the tree once, and those
    sources: clang-tidy checks a source as often as it is compiled."""
    commands = {}
    for command in json.loads((build / "compile_commands.json").read_text()):
        file = pathlib.Path(command["directory"], command["file"]).resolve()
        if file.is_relative_to(ROOT) and file.relative_to(ROOT).parts[0] in FOLDERS:
            commands.setdefault(str(file.relative_to(ROOT)), command)
    folder = build / "tidy"
    folder.mkdir(exist_ok=True)
    (folder / "compile_commands.json").write_text(json.dumps(list(commands.values())))
    return folder, sorted(commands)


def tidy(build, source):
    run = subprocess.run(
        [CLANG_TIDY, "--quiet", "-p", build, ROOT / source], capture_output=True, text=True, check=False
    )
    if run.returncode and not run.stdout.strip():
        return [f"{source}:1: {CLANG_TIDY} failed: {run.stderr.strip()}"]
    # A diagnostic begins with path:line:column and ends before the next one.
    return [block.strip() for block in re.split(r"\n(?=/\S+:\d+:\d+: (?:error|warning))", run.stdout)]


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    if not shutil.which(CLANG_TIDY):
        print(f"skipped: {CLANG_TIDY} is not installed")
        return lint.SKIPPED
    database, sources = once(build)
    chosen = sys.argv[2:] or sources
    if not chosen:
        print(f"{build}/compile_commands.json names no source of the tree")
        return 1
    with concurrent.futures.ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        found = {block for blocks in pool.map(lambda file: tidy(database, file), chosen) for block in blocks}
    found.discard("")
    print("\n".join(sorted(found)))
    print(f"{len(chosen)} sources, {len(found)} findings")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
