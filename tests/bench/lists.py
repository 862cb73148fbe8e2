#!/usr/bin/env python3
"""How much longer does a page of a list take for somebody who sees little of it? Records of 50 departments; people who see all of
them, half, a tenth and a fiftieth ask in turn for the first page of 50, newest and oldest first and by an indexed field.

    tests/bench/lists.py [--records 20000] [--rounds 30]

Prints JSON: the milliseconds of who sees everything (median), and how many times as long the others waited."""

import argparse
import json
import statistics
import sys
import time
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(TOP / "tests" / "scenario"))
sys.path.insert(0, str(TOP / "tests" / "bench"))
from freshness import Caller  # noqa: E402
from lantai_server import Installation  # noqa: E402

DEPARTMENTS = 50
PEOPLE = {"all": None, "half": 25, "tenth": 5, "fiftieth": 1}  # departments they see
LISTS = {"oldest_first": "", "newest_first": "&descending=1", "by_year": "&order=fiscal_year"}


def prepared(lantai, records):
    """Callers by the name of who calls, on a store with that many records."""
    lantai.add_chief("chief")
    for name in PEOPLE:
        lantai.add_user(name, "staff", 2)
    tokens = {name: lantai.token(name) for name in PEOPLE}
    lines = [{"type": "department", "fields": {"name": f"部门{number:02}"}} for number in range(DEPARTMENTS)]
    lines += [{"type": "item", "fields": {"title": f"关于工作的通知{number}", "fiscal_year": 1950 + number % 70, "access_level": "internal",
                                          "department": f"部门{number * 7 % DEPARTMENTS:02}"}} for number in range(records)]
    source = lantai.folder / "records.jsonl"
    source.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
    lantai.run("import", source)
    lantai.start("--no-access-log")
    chief = lantai.client("chief")
    departments = {one["fields"]["name"]: one["id"] for one in chief.get("/api/v1/records/department", limit=DEPARTMENTS).json["records"]}
    accounts = {one["login"]: one["id"] for one in chief.get("/api/v1/accounts").json["accounts"]}
    for name, count in PEOPLE.items():
        if count:
            seen = [departments[f"部门{number:02}"] for number in range(count)]
            changed = chief.call("PATCH", f"/api/v1/accounts/{accounts[name]}", {"departments": seen, "scope": "own"})
            assert changed.status == 200, changed.body
    return {name: Caller(lantai.base, token) for name, token in tokens.items()}


def waited(caller, query):
    begun = time.perf_counter()
    status, _, body = caller.call("GET", "/api/v1/records/item?limit=50" + query)
    took = time.perf_counter() - begun
    assert status == 200 and len(json.loads(body)["records"]) == 50, (status, body[:300])
    return took * 1000


def measured(callers, rounds):
    result = {}
    for kind, query in LISTS.items():
        times = {name: [] for name in callers}
        for _ in range(rounds):
            for name, caller in callers.items():
                times[name].append(waited(caller, query))
        medians = {name: statistics.median(each[1:]) for name, each in times.items()}  # the first made what is remembered
        result[kind] = {"all_ms": round(medians["all"], 2)} | {name: round(medians[name] / medians["all"], 2) for name in callers if name != "all"}
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--records", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=30)
    options = parser.parse_args()
    lantai = Installation()
    try:
        print(json.dumps(measured(prepared(lantai, options.records), options.rounds), indent=2))
    finally:
        lantai.remove()


if __name__ == "__main__":
    main()
