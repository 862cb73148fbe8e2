#!/usr/bin/env python3
"""Is what is promised of speed and size kept, at full size and beside the others? Runs the other benchmarks of this folder one after the
other, holds what they tell against the aims below, prints a table, and ends with status 1 when an aim is missed or a peer is not installed.
Takes about an hour on two cores, which do nothing else meanwhile.

    tests/bench/promised.py FILE.tsv [--rows 1000000] [--minutes 10] [--only texts,growth,records,files,office] [--json FILE]

FILE: rows of id, source, date, title, body, as for lantai-bench. Peers: see lantai-bench, files.py and office.py."""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
TOP = HERE.parent.parent
sys.path.insert(0, str(HERE))
import texts  # noqa: E402

BUILD = TOP / "build/release"
MISSING = float("nan")  # of no aim kept


def told(*command):
    done = subprocess.run([str(part) for part in command], stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout)


class Promises:
    def __init__(self):
        self.kept = []

    def at_least(self, what, aim, value):
        self.add(what, f"≥ {aim}", value, value >= aim)

    def at_most(self, what, aim, value):
        self.add(what, f"≤ {aim}", value, value <= aim)

    def add(self, what, aim, value, kept):
        self.kept.append({"figure": what, "aim": aim, "measured": value, "kept": bool(kept)})
        print(f"| {what} | {aim} | {value:.3g} | {'kept' if kept else 'MISSED'} |", flush=True)


def searched(source, rows, place, *more):
    file = place / "searched.json"
    subprocess.run([HERE / "lantai-bench", source, "--rows", str(rows), "--json", file, *more], stdout=sys.stderr, check=True)
    return json.loads(file.read_text())["engines"]


def of_texts(options, place, promises):
    engines = searched(options.source, options.rows, place, "--rebuild", "--only", "lantai,xapian,groonga,lucene")
    ours = engines["lantai"]

    def times(peer, figure):
        """How many times the peer's figure ours is."""
        return ours[figure] / engines[peer][figure] if peer in engines else MISSING

    promises.at_least("texts searchable, times Xapian's n-grams", 3.7, times("xapian", "MB/s"))
    promises.at_most("index beside the text", 1.3, ours["index/text"])
    promises.at_least("built again, of the speed of building", 0.9, ours["rebuild MB/s"] / ours["MB/s"])
    for kind in ("phrase", "and"):
        for share in ("p50", "p99"):
            promises.at_most(f"{kind}, {share}, of Groonga's", 1, times("groonga", f"{kind} {share} ms"))
            promises.at_most(f"{kind}, {share}, of Lucene's", 2.5, times("lucene", f"{kind} {share} ms"))
    for matches in ("a_common_word", "all"):
        promises.at_least(f"two facets of {matches}, times as fast as Xapian's spies", 15, 1 / times("xapian", f"facets_of_{matches} p50 ms"))


def of_growth(options, place, promises):
    """Of texts of the same kind: the few are taken out of the many at equal distances."""
    rows = list(texts.rows_of(options.source, options.rows))
    speeds = []
    for count in (10_000, 100_000, options.rows):
        part = place / "part.tsv"
        texts.write_rows(rows[::max(1, options.rows // count)], part)
        speeds.append(searched(part, count, place, "--only", "lantai")["lantai"]["documents/s"])
    promises.at_least(f"texts a second at {options.rows:,}, of those at 10,000 or 100,000", 0.8, speeds[-1] / max(speeds))


def of_records(options, place, promises):
    rows = list(texts.rows_of(options.source, options.rows))
    texts.write_records(rows, place / "records.ndjson")
    phrases = texts.phrases_of(rows, 4_000, seed=5)
    (place / "phrases.tsv").write_text("".join(f'"{phrase}"\n' for phrase in phrases), encoding="utf-8")
    del rows
    data = place / "data"
    started = subprocess.Popen([BUILD / "bin/lantai", "--data", data, "--allow-incomplete-sandbox", "import", place / "records.ndjson"],
                               stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(started.pid, 0)
    started.returncode = os.waitstatus_to_exitcode(status)
    promises.at_most("memory while records are imported, GiB", 2, usage.ru_maxrss / 2**20)
    runs = [told(BUILD / "bench/bench_http", TOP / "metadata-schema", BUILD / "bin/lantai-extract-worker", "--data", data, "--queries",
                 place / "phrases.tsv", "--rounds", 1, "--requests", 500) for _ in range(3)]

    def served(kind, figure):
        return statistics.median(one[kind][figure] for one in runs)

    # How fast the machine is by itself: what is promised of it was told of one that gives 42,000.
    print(f"/healthz answers {served('healthz', 'requests_per_second'):,.0f} a second", file=sys.stderr)
    promises.at_least(f"searches a second over HTTP, {runs[0]['records']:,} records", 2_000, served("search", "requests_per_second"))
    promises.at_most("p99 of these, ms", 15, served("search", "p99_ms"))
    promises.at_most("p99 with six facets, ms", 20, served("search_with_6_facets", "p99_ms"))
    promises.at_most("p95 under a clearance, of the administrator's", 1.3, served("search", "p95_ms") / served("search_seeing_everything", "p95_ms"))
    fresh = told(sys.executable, HERE / "freshness.py", "--data", data, "--minutes", options.minutes)
    promises.at_least("records saved a second meanwhile", 195, fresh["saved_per_second"])
    promises.at_most(f"a saved record is found, p99 of {options.minutes} minutes, ms", 200, fresh["findable_ms"]["p99"])
    promises.at_most("errors of anybody meanwhile", 0, fresh["problems"])


def of_engines(measured, promises, what):
    for peer in ("recoll", "omega"):
        promises.at_least(f"{what}, times {peer}'s", 4, measured["engines"].get(peer, {}).get("lantai_is_faster", MISSING))


def of_files(options, place, promises):
    folder = place / "texts"
    texts.write_files(texts.rows_of(options.source, 20_000), folder)
    of_engines(told(sys.executable, HERE / "files.py", folder, "--rounds", 3)[0], promises, "text files searchable")


def of_office(options, place, promises):
    for measured in told(sys.executable, HERE / "office.py", options.source, "--copies", 4):
        of_engines(measured, promises, f"{measured['folder']} files searchable")


PARTS = {"texts": of_texts, "growth": of_growth, "records": of_records, "files": of_files, "office": of_office}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("source", type=Path)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--only", default=",".join(PARTS))
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    promises = Promises()
    for part in options.only.split(","):
        with tempfile.TemporaryDirectory(dir=os.environ.get("LANTAI_BENCH_DIR")) as place:
            PARTS[part](options, Path(place), promises)
    if options.json:
        options.json.write_text(json.dumps(promises.kept, indent=1, ensure_ascii=False))
    sys.exit(0 if promises.kept and all(one["kept"] for one in promises.kept) else 1)


if __name__ == "__main__":
    main()
