#!/usr/bin/env python3
"""What does clang-tidy find? Runs the checks of .clang-tidy over every C++ source of the product (not the tests), two at a
time and behind whatever else the machine does, and remembers in build/tidy what it found clean, by the content of the source
and of every header of this tree that the compiler read for it. Ends with `N passed, N failed`, one file a test."""

import hashlib
import json
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent.parent
BUILD = TOP / "build" / "release"
CLEAN = TOP / "build" / "tidy"
PRODUCT = ("storage", "metadata-schema", "indexer", "server", "tools")


def read_by_the_compiler():
    """Object → the files that the last compilation of it read."""
    told = subprocess.run(["ninja", "-C", BUILD, "-t", "deps"], capture_output=True, text=True, check=True).stdout
    found, current = {}, []
    for line in told.splitlines():
        if line.startswith("    "):
            current.append(Path(os.path.normpath(BUILD / line.strip())))
        elif ": #deps" in line:
            current = found.setdefault(line.split(": #deps")[0], [])
    return found


def main():
    commands = json.loads((BUILD / "compile_commands.json").read_text())
    product = {p for folder in PRODUCT for p in (TOP / folder).rglob("*.cc")}
    read = read_by_the_compiler()
    sources = {Path(c["file"]): read.get(re.search(r" -o (\S+)", c["command"])[1], []) for c in commands if Path(c["file"]) in product}
    rules = hashlib.sha256((TOP / ".clang-tidy").read_bytes())
    CLEAN.mkdir(parents=True, exist_ok=True)

    def check(source):
        state = rules.copy()
        for file in sorted({source, *sources[source]}):
            if file.is_relative_to(TOP):
                state.update(str(file.relative_to(TOP)).encode() + file.read_bytes())
        mark = CLEAN / state.hexdigest()
        if mark.exists():
            return True, ""
        done = subprocess.run(["nice", "-n", "19", "clang-tidy-14", "-p", BUILD, "--quiet",
                               "--extra-arg=-Wno-unknown-warning-option", source],
                              capture_output=True, text=True, check=False)
        if done.returncode == 0:
            mark.touch()
        return done.returncode == 0, done.stdout

    failed = 0
    with ThreadPoolExecutor(2) as pool:
        for source, (clean, output) in zip(sorted(sources), pool.map(check, sorted(sources))):
            if not clean:
                failed += 1
                print(f"{source.relative_to(TOP)}:\n{output}", flush=True)
    print(f"{len(sources) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
