#!/usr/bin/env python3
"""Runs every scenario in this folder, two modules at a time, or the named ones, and ends with `N passed, N failed`."""

import concurrent.futures
import re
import subprocess
import sys
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

ALONE = ["test_two_commands", "test_figures"]  # they measure how long things take


def run_here(names):
    result = unittest.TextTestRunner(verbosity=2).run(unittest.TestLoader().loadTestsFromNames(names))
    failed = len(result.failures) + len(result.errors)
    for case, reason in result.skipped:
        print(f"skipped: {case}: {reason}")
    return max(result.testsRun - failed - len(result.skipped), 0), failed


def run_apart(name):
    done = subprocess.run([sys.executable, HERE / "run.py", name], capture_output=True, text=True, check=False)
    told = re.findall(r"(?m)^(\d+) passed, (\d+) failed$", done.stdout)
    passed, failed = map(int, told[-1]) if told else (0, 0)
    skipped = re.findall(r"(?m)^skipped: .*$", done.stdout)
    for line in skipped:
        print(line)
    if done.returncode != 0 or passed == 0 and not skipped:
        failed = max(failed, 1)
        print(done.stdout, done.stderr, sep="\n")
    return passed, failed


def run_all():
    names = [path.stem for path in sorted(HERE.glob("test_*.py")) if path.stem not in ALONE]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        counts = list(pool.map(run_apart, names))
    counts += [run_apart(name) for name in ALONE]
    return sum(passed for passed, _ in counts), sum(failed for _, failed in counts)


def main():
    passed, failed = run_here(sys.argv[1:]) if sys.argv[1:] else run_all()
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
