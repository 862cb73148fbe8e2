#!/usr/bin/env python3
"""Are the web application's unit tests green, and is its first load small? Runs `npm run unit` and `npm run size` in
server/web and ends with `N passed, N failed`."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

WEB = Path(__file__).resolve().parent.parent.parent / "server" / "web"


def main():
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        unit = subprocess.run(["npm", "run", "--silent", "unit", "--", "--reporter=json", f"--outputFile={report}"], cwd=WEB,
                              capture_output=True, text=True, check=False)
        if not report.exists():
            print(unit.stdout, unit.stderr)
            print("0 passed, 1 failed")
            return 1
        result = json.loads(report.read_text())
    for file in result["testResults"]:
        for case in file["assertionResults"]:
            if case["status"] == "failed":
                print(file["name"], case["fullName"], *case["failureMessages"], sep="\n  ")
        if file["status"] == "failed" and not file["assertionResults"]:
            print(file["name"], file.get("message", ""))
    passed, failed = result["numPassedTests"], result["numFailedTests"] + result.get("numFailedTestSuites", 0) * (
        result["numFailedTests"] == 0)
    size = subprocess.run(["npm", "run", "--silent", "size"], cwd=WEB, capture_output=True, text=True, check=False)
    print(size.stdout, size.stderr)
    passed, failed = (passed + 1, failed) if size.returncode == 0 else (passed, failed + 1)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
