#!/usr/bin/env python3
"""Says what the presets' test runs came to: counts and times, why tests were skipped, and, last,
what failed with its output. Reads what script/test leaves in build/PRESET. Exit status 1 if
anything failed."""

import dataclasses
import pathlib
import re
import sys
import xml.etree.ElementTree as xml

BUILD = pathlib.Path(__file__).resolve().parent.parent / "build"


@dataclasses.dataclass
class Run:
    preset: str
    passed: int = 0
    seconds: float = 0.0
    failures: list = dataclasses.field(default_factory=list)  # (name, output)
    skips: list = dataclasses.field(default_factory=list)  # (name, reason)


def log_tail(path, lines=80):
    """The lines that say what is wrong, or the last ones."""
    if not path.is_file():
        return f"(no {path.name})"
    text = path.read_text(errors="replace").splitlines()
    first = next((i for i, line in enumerate(text) if re.search(r"\berror\b|FAILED|Error", line)), None)
    chosen = text[-lines:] if first is None else text[first : first + lines]
    return "\n".join(chosen)


def skip_reason(output):
    """GoogleTest prints `file:line: Skipped`, then the reason; other tests say it on a line."""
    found = re.search(r": Skipped\n(.+)", output)
    if found:
        return found.group(1).strip()
    lines = [line for line in output.splitlines() if line.strip()]
    return lines[-1].strip() if lines else "no reason given"


def read(preset):
    run = Run(preset)
    folder = BUILD / preset
    if (folder / "build.failed").exists():
        run.failures.append(("the build", log_tail(folder / "build.log")))
    results = folder / "tests.xml"
    if not results.is_file():
        stage = "test" if (folder / "test.log").exists() else "configure"
        run.failures.append((f"no test ran ({stage})", log_tail(folder / f"{stage}.log")))
        return run
    for case in xml.parse(results).getroot().iter("testcase"):
        name, status = case.get("name"), case.get("status")
        output = case.findtext("system-out") or ""
        run.seconds += float(case.get("time") or 0)
        if status == "run":
            run.passed += 1
        elif status in ("notrun", "disabled") and "NOT_BUILT" not in name and case.find("failure") is None:
            run.skips.append((name, skip_reason(output)))
        else:
            reason = case.find("failure")
            message = reason.get("message", "") if reason is not None else ""
            run.failures.append((name, f"{message}\n{output}".strip()))
    return run


def main():
    runs = [read(preset) for preset in sys.argv[1:]]

    reasons = {}
    for run in runs:
        for name, reason in run.skips:
            reasons.setdefault(reason, []).append(f"{run.preset}:{name}")
    if reasons:
        print("\nSkipped")
        for reason, names in sorted(reasons.items()):
            more = f" and {len(names) - 1} more" if len(names) > 1 else ""
            print(f"  {reason} ({names[0]}{more})")

    print("\npreset     passed  failed skipped  test seconds")
    for run in runs:
        print(f"{run.preset:<9} {run.passed:7} {len(run.failures):7} {len(run.skips):7} {run.seconds:13.1f}")

    for run in runs:
        for name, output in run.failures:
            print(f"\n──── {run.preset}: {name}\n{output}")

    passed, failed = sum(r.passed for r in runs), sum(len(r.failures) for r in runs)
    print(f"\n{passed} passed, {failed} failed, {sum(len(r.skips) for r in runs)} skipped")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
