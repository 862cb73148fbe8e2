#!/usr/bin/env python3
"""Does the web application work in a real browser against the real server? Runs `npm run e2e` (Playwright in Debian's
Chromium, desktop and phone size) in server/web and ends with `N passed, N failed`."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

WEB = Path(__file__).resolve().parent.parent.parent / "server" / "web"


def failures(suite, trail=()):
    trail = (*trail, suite.get("title", ""))
    for spec in suite.get("specs", []):
        if not spec["ok"]:
            messages = [e.get("message", "") for t in spec["tests"] for r in t["results"] for e in r.get("errors", [])]
            yield " › ".join([*trail, spec["title"]]), messages
    for inner in suite.get("suites", []):
        yield from failures(inner, trail)


def main():
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        environment = {**os.environ, "PLAYWRIGHT_JSON_OUTPUT_NAME": str(report)}
        done = subprocess.run(["npm", "run", "--silent", "e2e", "--", "--reporter=json"], cwd=WEB, env=environment,
                              capture_output=True, text=True, check=False)
        if not report.exists():
            print(done.stdout[-4000:], done.stderr[-4000:])
            print("0 passed, 1 failed")
            return 1
        result = json.loads(report.read_text())
    for suite in result["suites"]:
        for title, messages in failures(suite):
            print(title, *messages, sep="\n  ")
    for error in result.get("errors", []):
        print(error.get("message", error))
    passed, failed = result["stats"]["expected"], result["stats"]["unexpected"] + result["stats"]["flaky"] + len(
        result.get("errors", []))
    if passed == 0:
        failed += 1
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
