#!/usr/bin/env python3
"""How long until the files of a folder are stored and can be found? This product beside recollindex and omindex, where they
are installed (Debian: recollcmd, xapian-omega), on the same files and the same cores, turn by turn.

    tests/bench/files.py FOLDER [FOLDER…] [--cores 0,1] [--rounds 1] [--only lantai,recoll,omega]

Prints JSON: for each folder its files and megabytes; for each engine the seconds, files and MB a second (medians of the
rounds), what its directory takes, and how often the others' time it is faster. This product also keeps the files themselves
and their texts; its figure ends when everything can be found."""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

LANTAI = Path(__file__).resolve().parent.parent.parent / "build/release/bin/lantai"


def size_of(folder):
    return sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file())


def lantai(folder, work):
    return [[LANTAI, "--data", work / "data", "--allow-incomplete-sandbox", "import", folder]], work / "data" / "index", {}


def recoll(folder, work):
    config = work / "recoll"
    config.mkdir()
    (config / "recoll.conf").write_text(f"topdirs = {folder}\nloglevel = 1\nidxflushmb = 100\n")
    return [["recollindex", "-c", config]], config / "xapiandb", {}


def omega(folder, work):
    return [["omindex", "--db", work / "omega", "--url", "/", folder]], work / "omega", {"XAPIAN_CJK_NGRAM": "1"}


ENGINES = {"lantai": (lantai, LANTAI), "recoll": (recoll, "recollindex"), "omega": (omega, "omindex")}


def run(engine, folder, cores):
    with tempfile.TemporaryDirectory(dir=os.environ.get("LANTAI_BENCH_DIR")) as place:
        commands, index, environment = engine(folder, Path(place))
        begin = time.monotonic()
        for command in commands:
            done = subprocess.run(["taskset", "-c", cores, *command], env={**os.environ, **environment}, capture_output=True, check=False)
            if done.returncode not in (0, 1, 2, 3):  # some files could not be read
                sys.exit(f"{command[0]} ended with {done.returncode}:\n{done.stderr.decode(errors='replace')[-2000:]}")
        return time.monotonic() - begin, size_of(index)


def installed(names):
    return {name: ENGINES[name][0] for name in names if shutil.which(ENGINES[name][1])}


def measure(folder, engines, rounds, cores):
    files = sum(path.is_file() for path in folder.rglob("*"))
    megabytes = size_of(folder) / 1e6
    runs = {name: [] for name in engines}
    for _ in range(rounds):
        for name, engine in engines.items():
            runs[name].append(run(engine, folder, cores))
    seconds = {name: statistics.median(second for second, _ in each) for name, each in runs.items()}
    return {"folder": folder.name, "files": files, "megabytes": round(megabytes, 2), "engines": {
        name: {"seconds": round(took, 2), "files_per_second": round(files / took, 1), "mb_per_second": round(megabytes / took, 2),
               "index_megabytes": round(runs[name][0][1] / 1e6, 2),
               "lantai_is_faster": round(took / seconds["lantai"], 2) if "lantai" in seconds else None}
        for name, took in seconds.items()}}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--cores", default="0,1")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--only", default=",".join(ENGINES))
    arguments = parser.parse_args()
    engines = installed(arguments.only.split(","))
    result = []
    for folder in (path.resolve() for path in arguments.folders):
        result.append(measure(folder, engines, arguments.rounds, arguments.cores))
        print(json.dumps(result[-1]), file=sys.stderr, flush=True)
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
