#!/usr/bin/env python3
"""Which tests are there, and what did they say? Runs every part, prints what failed, and ends with
`N passed, N failed`; exit status 0 only when nothing failed and every part ran at least one test.

Parts: `checks` (format, layers, texts), `tidy`, one per C++ test program, `scenario`, `web` (unit tests, size), `browser`.
C++ programs run two at a time, and so do scenarios; the rest one after another. The analysis, `tidy`, takes what processor
time they all leave.
"""

import argparse
import concurrent.futures
import os
import re
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass, field
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
BUILD = TOP / "build" / "release"
LIMIT = 3000  # seconds a part may take; the analysis has what the others leave


@dataclass
class Outcome:
    name: str
    passed: int = 0
    failed: int = 0
    output: str = ""
    seconds: float = 0.0
    notes: list = field(default_factory=list)


def run(command, cwd=TOP, env=None):
    try:
        done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, timeout=LIMIT, check=False)
        return done.returncode, (done.stdout + done.stderr).decode("utf-8", "replace")
    except subprocess.TimeoutExpired as late:
        return 124, (late.stdout or b"").decode("utf-8", "replace") + f"\nno end within {LIMIT} s"


def boost(program):
    outcome = Outcome(program.name.removeprefix("test_"))
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        status, outcome.output = run([program, "--report_level=short", "--report_format=XML",
                                      f"--report_sink={report}", "--log_level=error"])
        try:
            suite = ElementTree.parse(report).getroot().find("TestSuite")
            outcome.passed = int(suite.get("test_cases_passed")) + int(suite.get("test_cases_passed_with_warnings", 0))
            outcome.failed = int(suite.get("test_cases_failed"))  # the aborted ones among them
        except (OSError, ElementTree.ParseError, AttributeError):
            outcome.failed = 1
            outcome.output += f"\nended with status {status} before its report"
    if status != 0 and outcome.failed == 0:
        outcome.failed = 1
    return outcome


def counted(name, command, pattern, cwd=TOP):
    """A runner that prints its own counts; `pattern` has the groups passed and failed, the last match counts."""
    outcome = Outcome(name)
    status, outcome.output = run(command, cwd)
    found = list(re.finditer(pattern, outcome.output))
    if found:
        outcome.passed = int(found[-1]["passed"] or 0)
        outcome.failed = int(found[-1]["failed"] or 0)
    if status != 0 and outcome.failed == 0:
        outcome.failed = 1
    return outcome


PLAIN = r"(?m)^(?P<passed>\d+) passed, (?P<failed>\d+) failed"


def parts():
    """Name → function, in running order; C++ programs first."""
    found = {}
    for program in sorted((BUILD / "tests").glob("test_*")):
        if os.access(program, os.X_OK) and program.is_file():
            found[program.name.removeprefix("test_")] = lambda p=program: boost(p)
    programs = set(found)
    found["checks"] = lambda: counted("checks", [sys.executable, "tests/checks/run.py"], PLAIN)
    found["tidy"] = lambda: counted("tidy", [sys.executable, "tests/checks/tidy.py"], PLAIN)
    found["scenario"] = lambda: counted("scenario", [sys.executable, "tests/scenario/run.py"], PLAIN)
    if (TOP / "server/web/package.json").exists():
        found["web"] = lambda: counted("web", [sys.executable, "tests/checks/web.py"], PLAIN)
        found["browser"] = lambda: counted("browser", [sys.executable, "tests/checks/browser.py"], PLAIN)
    return found, programs


def timed(function):
    start = time.monotonic()
    outcome = function()
    outcome.seconds = time.monotonic() - start
    return outcome


def tell(outcome):
    if outcome.passed + outcome.failed == 0:
        outcome.failed = 1
        outcome.output += "\nno test ran"
    word = "ok    " if outcome.failed == 0 else "FAILED"
    print(f"{word} {outcome.name:28} {outcome.passed:5} passed {outcome.failed:3} failed  {outcome.seconds:6.1f} s", flush=True)
    if outcome.failed:
        print("\n".join("    " + line for line in outcome.output.splitlines()[-80:]), flush=True)


def main():
    parser = argparse.ArgumentParser(description="runs the tests of the release build")
    parser.add_argument("names", nargs="*", help="only these parts")
    parser.add_argument("--list", action="store_true", help="name the parts")
    arguments = parser.parse_args()
    found, programs = parts()
    if arguments.list:
        print("\n".join(found))
        return 0
    wanted = [n for n in found if not arguments.names or any(n.startswith(name) for name in arguments.names)]
    outcomes = []
    with concurrent.futures.ThreadPoolExecutor(1) as behind, concurrent.futures.ThreadPoolExecutor(2) as pool:
        tidy = [behind.submit(timed, found["tidy"])] if "tidy" in wanted else []
        for done in concurrent.futures.as_completed([pool.submit(timed, found[n]) for n in wanted if n in programs]):
            outcomes.append(done.result())
            tell(outcomes[-1])
        for name in wanted:
            if name not in programs and name != "tidy":
                outcomes.append(timed(found[name]))
                tell(outcomes[-1])
        for done in tidy:
            outcomes.append(done.result())
            tell(outcomes[-1])
    passed, failed = sum(o.passed for o in outcomes), sum(o.failed for o in outcomes)
    if passed == 0:
        failed += 1
    print(f"{passed} passed, {failed} failed")
    return 0 if failed == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
