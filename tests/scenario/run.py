#!/usr/bin/env python3
"""Runs every scenario in this folder, or the named ones, and ends with `N passed, N failed`."""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))


def main():
    loader = unittest.TestLoader()
    suite = loader.loadTestsFromNames(sys.argv[1:]) if sys.argv[1:] else loader.discover(str(Path(__file__).parent))
    result = unittest.TextTestRunner(verbosity=2 if sys.argv[1:] else 1).run(suite)
    failed = len(result.failures) + len(result.errors)
    print(f"{max(result.testsRun - failed, 0)} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
