#!/usr/bin/env python3
"""Do searches suffer while scanned pages are read? A server with the given texts answers one client that searches in turn,
first idle, then while a batch of scanned pages that was just uploaded goes through OCR on every core.

    tests/bench/search_beside_ocr.py FILE.tsv [--rows 20000] [--pages 24] [--searches 1500]

FILE.tsv: rows of id, source, date, title, body. Prints JSON: latency in milliseconds idle and beside OCR (median, 99th
percentile), their ratio, and the pages read a second meanwhile."""

import argparse
import json
import random
import statistics
import sys
import time
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(TOP / "tests" / "scenario"), str(TOP / "tools" / "samples"), str(TOP / "tests" / "bench")]
from lantai_server import Installation  # noqa: E402
import texts  # noqa: E402
import writers  # noqa: E402


PAUSE = 0.04  # from one search to the next: the server holds a client to so many requests a second


def searches(client, phrases, count, until=lambda: True):
    times = []
    for i in range(count):
        begin = time.perf_counter()
        client.search(phrases[i % len(phrases)])
        times.append((time.perf_counter() - begin) * 1000)
        time.sleep(max(0.0, PAUSE - (time.perf_counter() - begin)))
        if not until():
            break
    times.sort()
    return {"searches": len(times), "p50": round(statistics.median(times), 2), "p99": round(times[int(len(times) * 0.99)], 2)}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", type=Path)
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--pages", type=int, default=24)
    parser.add_argument("--searches", type=int, default=800)
    options = parser.parse_args()
    rows = list(texts.rows_of(options.file, options.rows))
    bodies = [body for *_, body in rows if len(body) > 40]
    chosen = random.Random(1)
    phrases = texts.phrases_of(rows, 500, 2, 6)
    lantai = Installation()
    try:
        holdings = lantai.folder / "holdings.jsonl"
        texts.write_records(rows, holdings)
        lantai.run("import", holdings)
        lantai.add_user("reader", "archivist", 3)
        lantai.start()
        client = lantai.client("reader")
        searches(client, phrases, 100)
        idle = searches(client, phrases, options.searches)
        folder = lantai.folder / "scans"
        folder.mkdir()
        for i in range(options.pages):
            paragraphs = [chosen.choice(bodies)[:400] for _ in range(4)]
            writers.write_scanned_pdf(folder / f"{i}.pdf", f"扫描件{i}", paragraphs, 200)
        for path in sorted(folder.iterdir()):
            made = client.call("POST", "/api/v1/records/item", {"fields": {"title": path.stem}}).json
            reply = client.call("POST", f"/api/v1/records/item/{made['id']}/files", path.read_bytes(),
                                {"Content-Type": "application/pdf", "Content-Disposition": f"attachment; filename={path.name}"})
            assert reply.status == 201, reply.body
        begin, waiting = time.monotonic(), [1]

        def still_reading():
            if time.monotonic() - still_reading.asked > 1:
                still_reading.asked = time.monotonic()
                waiting[0] = client.get("/readyz").json["extraction"]["waiting"]
            return waiting[0] > 0

        still_reading.asked = time.monotonic()
        beside = searches(client, phrases, 1_000_000, still_reading)
        seconds = time.monotonic() - begin
        print(json.dumps({"rows": len(rows), "idle_ms": idle, "beside_ocr_ms": beside, "p99_ratio": round(beside["p99"] / idle["p99"], 2),
                          "p50_ratio": round(beside["p50"] / idle["p50"], 2), "scanned_files": options.pages, "ocr_seconds": round(seconds, 1)}, indent=1))
    finally:
        lantai.remove()


if __name__ == "__main__":
    main()
