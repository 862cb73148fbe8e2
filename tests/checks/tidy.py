#!/usr/bin/env python3
"""What does clang-tidy find? Runs the checks of .clang-tidy over every C++ source of the product (not the tests), two at a
time, and remembers in build/tidy what it found clean, by the content of the source and of every header of the tree. Ends
with `N passed, N failed`, one file a test."""

import hashlib
import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent.parent
BUILD = TOP / "build" / "release"
CLEAN = TOP / "build" / "tidy"


def main():
    commands = json.loads((BUILD / "compile_commands.json").read_text())
    sources = sorted({Path(c["file"]) for c in commands} & set(
        p for folder in ("storage", "metadata-schema", "indexer", "server", "tools") for p in (TOP / folder).rglob("*.cc")))
    headers = hashlib.sha256((TOP / ".clang-tidy").read_bytes())
    for header in sorted(p for folder in ("storage", "metadata-schema", "indexer", "server", "tools")
                         for p in (TOP / folder).rglob("*.h") if "node_modules" not in p.parts):
        headers.update(header.read_bytes())
    CLEAN.mkdir(parents=True, exist_ok=True)

    def check(source):
        mark = CLEAN / hashlib.sha256(headers.digest() + str(source.relative_to(TOP)).encode() + source.read_bytes()).hexdigest()
        if mark.exists():
            return True, ""
        done = subprocess.run(["clang-tidy-14", "-p", BUILD, "--quiet", "--extra-arg=-Wno-unknown-warning-option", source],
                              capture_output=True, text=True, check=False)
        if done.returncode == 0:
            mark.touch()
        return done.returncode == 0, done.stdout

    failed = 0
    with ThreadPoolExecutor(2) as pool:
        for source, (clean, output) in zip(sources, pool.map(check, sources)):
            if not clean:
                failed += 1
                print(f"{source.relative_to(TOP)}:\n{output}")
    print(f"{len(sources) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
