#!/usr/bin/env python3
"""What does clang-tidy find? Runs the checks of .clang-tidy over every C++ source of the product (not the tests), two at a
time and behind whatever else the machine does, and remembers in the user's cache what it found clean, by the content of the
source and of every header of this tree that the compiler read for it, wherever the tree lies. Ends with `N passed, N failed`, one file a test, and one for the way of looking.

Sources of one target are looked at together, as one translation unit, because most of the time goes into the headers they
share; a unit that is not clean, or in which two sources use one name for different things, is looked at again in halves."""

import functools
import hashlib
import json
import os
import re
import shlex
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent.parent
BUILD = TOP / "build" / "release"
CLEAN = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "lantai" / "tidy"
PRODUCT = ("storage", "metadata-schema", "indexer", "server", "tools")
TOGETHER = 24  # sources in one unit at most
# g++'s precompiled headers mean nothing to clang; what the object is called depends on the source.
NOT_FOR_CLANG = re.compile(r" (-Winvalid-pch|-fpch-preprocess|-include \S*cmake_pch\.hxx|-o \S+ -c \S+)")
OF_A_UNIT = ["-Wno-unknown-warning-option", "-Wno-unused-private-field"]
# The analyser takes most of the time, and most of that on the last paths of long functions; .clang-tidy cannot tell it to stop.
OF_THE_ANALYSER = ["-Xclang", "-analyzer-config", "-Xclang", "max-nodes=20000"]


@functools.cache
def included_names(file):
    return re.findall(r'(?m)^\s*#\s*include\s+["<]([^">]+)[">]', file.read_text("utf-8"))


@functools.cache
def found_in(folders, name):
    places = (os.path.normpath(os.path.join(folder, name)) for folder in folders if folder.is_relative_to(TOP))
    return next((Path(place) for place in places if os.path.isfile(place)), None)


def read_with(source, folders):
    """The files of this tree that a compiler reads for a source: itself, and what is included, by whatever is included."""
    found, waiting = set(), [source]
    while waiting:
        file = waiting.pop()
        if file in found:
            continue
        found.add(file)
        waiting += filter(None, (found_in((file.parent, *folders), name) for name in included_names(file)))
    return found


def compiled():
    """(source, command) of what the compiler is given; of sources that are compiled together, one by one."""
    for entry in json.loads((BUILD / "compile_commands.json").read_text()):
        file = Path(entry["file"])
        together = re.findall(r'(?m)^#include "(.+)"', file.read_text()) if "/Unity/" in entry["file"] else [file]
        yield from ((Path(source), entry["command"]) for source in together)


def sources():
    """(source, compiler arguments, files read for it) of the product."""
    product = {p for folder in PRODUCT for p in (TOP / folder).rglob("*.cc")}
    for source, command in compiled():
        if source in product:
            compiler = re.search(r"\+\+\S* ", command).end() - 1  # before it: what launches it
            arguments = NOT_FOR_CLANG.sub("", command[compiler:])
            yield source, arguments, read_with(source, tuple(Path(f) for f in re.findall(r" -I(\S+)", arguments)))


def mark(arguments, files):
    """The file that exists when this content was found clean."""
    state = hashlib.sha256((TOP / ".clang-tidy").read_bytes() + Path(__file__).read_bytes() + arguments.replace(str(TOP), "").encode())
    for file in sorted(files):
        state.update(str(file.relative_to(TOP)).encode() + file.read_bytes())
    return CLEAN / state.hexdigest()


def names_of(source):
    """What a source defines for itself: the names that formatted code defines at the beginning of a line."""
    return set(re.findall(r"(?m)^[A-Za-z][^\n(={;]*?(?<!::)\b(\w+)\s*[(={;\[]", source.read_text("utf-8")))


def units(waiting):
    """Sources with the same arguments and no name in common, put together: (arguments, sources)."""
    found = []
    for source, arguments in waiting:
        names = names_of(source)
        for unit in found:
            if unit[0] == arguments and len(unit[1]) < TOGETHER and not names & unit[2]:
                break
        else:
            unit = (arguments, [], set())
            found.append(unit)
        unit[1].append(source)
        unit[2].update(names)
    return [unit[:2] for unit in found]


def tidy(arguments, together):
    """What is wrong with each of these sources: yields (source, text), no text where nothing is."""
    # The analyser looks into what a unit includes only if the unit is called so.
    unit = BUILD / f"UnifiedSource-{hashlib.sha256(''.join(map(str, together)).encode()).hexdigest()[:16]}.cc"
    unit.write_text("".join(f'#include "{source}"\n' for source in together))
    file, less = (unit, ["--checks=-bugprone-suspicious-include"]) if len(together) > 1 else (together[0], [])
    done = subprocess.run(["nice", "-n", "19", "clang-tidy-14", f"--config-file={TOP / '.clang-tidy'}", "--quiet", *less, file,
                           "--", *shlex.split(arguments), *OF_A_UNIT, *OF_THE_ANALYSER], cwd=BUILD, capture_output=True, text=True, check=False)
    unit.unlink()
    if done.returncode == 0 or len(together) == 1:
        yield from ((source, done.stdout if done.returncode else "") for source in together)
        return
    for half in (together[::2], together[1::2]):
        yield from tidy(arguments, half)


def sees_into_units():
    """Is a leak found in a source that is looked at together with another?"""
    with tempfile.TemporaryDirectory() as folder:
        product = Path(folder) / PRODUCT[0]
        product.mkdir()
        leaking, clean = product / "leaking.cc", product / "clean.cc"
        leaking.write_text("int* leak(bool b) {\n  int* p = new int(3);\n  return b ? nullptr : p;\n}\n")
        clean.write_text("int clean() { return 1; }\n")
        return [bool(complaint) for _, complaint in tidy("-std=c++20", [leaking, clean])] == [True, False]


def main():
    CLEAN.mkdir(parents=True, exist_ok=True)
    checked = sorted(sources())
    marks = {source: mark(arguments, files) for source, arguments, files in checked}
    waiting = [(source, arguments) for source, arguments, _ in checked if not marks[source].exists()]
    failed = 0 if sees_into_units() else 1
    if failed:
        print("a leak in a unit of two sources is not found")
    with ThreadPoolExecutor(2) as pool:
        for results in pool.map(lambda unit: list(tidy(*unit)), units(waiting)):
            for source, complaint in results:
                if complaint:
                    failed += 1
                    print(f"{source.relative_to(TOP)}:\n{complaint}", flush=True)
                else:
                    marks[source].touch()
    print(f"{len(checked) + 1 - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
