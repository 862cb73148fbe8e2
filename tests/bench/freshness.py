#!/usr/bin/env python3
"""How soon is a saved record found while many come in? Four clients save records at a given rate, each with a word of its own;
for one in ten a reader asks for that word at once and is answered when the index has it. Two more search all the time: no
answer may be an error.

    tests/bench/freshness.py [--data DIRECTORY] [--minutes 10] [--rate 200]

DIRECTORY: an existing store, which gets some accounts and the records; else an empty one. Prints JSON: records saved a second,
milliseconds from the answer to saving to the answer that finds it (median, 99th percentile, worst), searches beside it and how many
went wrong."""

import argparse
import http.client
import json
import queue
import secrets
import statistics
import sys
import threading
import time
import urllib.parse
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(TOP / "tests" / "scenario"))
from lantai_server import Installation  # noqa: E402

WRITERS, READERS, ONE_IN = 4, 2, 10
WORDS = ("通知", "会议", "经费", "招生", "合同", "维修", "安全", "计划", "纪要", "报告")


class Caller:
    def __init__(self, base, token):
        self.address, self.token = urllib.parse.urlsplit(base).netloc, token
        self.connection = http.client.HTTPConnection(self.address, timeout=60)

    def call(self, method, path, body=None):
        headers = {"Authorization": f"Bearer {self.token}"}
        if body is not None:
            body = json.dumps(body).encode()
            headers["Content-Type"] = "application/json"
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        return answer.status, answer.headers, answer.read()


def percentile(values, share):
    values = sorted(values)
    return values[min(len(values) - 1, int(len(values) * share))]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--rate", type=float, default=200)
    options = parser.parse_args()
    lantai = Installation()
    if options.data:
        lantai.data = options.data.resolve()
    marks, delays, problems, searches, saved = queue.Queue(), [], [], [], []
    try:
        logins = [f"fresh-{secrets.token_hex(4)}" for _ in range(WRITERS + READERS + 1)]
        for login in logins:
            lantai.add_user(login, "archivist", 2)
        tokens = [lantai.token(login) for login in logins]
        lantai.start("--no-access-log")
        end = time.monotonic() + options.minutes * 60

        def write(token):
            caller, count, begin = Caller(lantai.base, token), 0, time.monotonic()
            while time.monotonic() < end:
                time.sleep(max(0.0, begin + count * WRITERS / options.rate - time.monotonic()))
                word = "w" + secrets.token_hex(6)
                title = f"关于{WORDS[count % 10]}{WORDS[count // 10 % 10]}的{WORDS[count // 100 % 10]} {word}"
                status, headers, body = caller.call("POST", "/api/v1/records/item", {"fields": {"title": title}})
                answered = time.monotonic()
                if status != 201:
                    problems.append((status, body[:200].decode(errors="replace")))
                elif count % ONE_IN == 0:
                    marks.put((word, headers["X-Change-Position"], answered))
                saved.append(answered)
                count += 1

        def look(token):
            caller = Caller(lantai.base, token)
            while True:
                mark = marks.get()
                if mark is None:
                    return
                word, position, answered = mark
                status, _, body = caller.call("GET", f"/api/v1/search?q={word}&limit=1&wait={position}")
                delays.append((time.monotonic() - answered) * 1000)
                if status != 200 or json.loads(body)["total"] != 1:
                    problems.append((status, body[:200].decode(errors="replace")))

        def search(token):
            caller, count = Caller(lantai.base, token), 0
            while time.monotonic() < end:
                begin = time.monotonic()
                text = urllib.parse.quote(WORDS[count % 10] + " " + WORDS[count // 10 % 10])
                status, _, body = caller.call("GET", f"/api/v1/search?limit=10&facet=fiscal_year&q={text}")
                searches.append((time.monotonic() - begin) * 1000)
                if status != 200:
                    problems.append((status, body[:200].decode(errors="replace")))
                count += 1
                time.sleep(0.05)

        threads = [threading.Thread(target=write, args=(token,)) for token in tokens[:WRITERS]]
        threads += [threading.Thread(target=search, args=(token,)) for token in tokens[WRITERS:WRITERS + READERS]]
        looker = threading.Thread(target=look, args=(tokens[-1],))
        for thread in [*threads, looker]:
            thread.start()
        for thread in threads:
            thread.join()
        marks.put(None)
        looker.join()
        memory = Path(f"/proc/{lantai.server.pid}/status").read_text().split("VmHWM:")[1].split()[0]
        print(json.dumps({
            "minutes": options.minutes, "saved_per_second": round(len(saved) / options.minutes / 60, 1),
            "findable_ms": {"p50": round(statistics.median(delays), 1), "p99": round(percentile(delays, 0.99), 1), "worst": round(max(delays), 1),
                            "looked": len(delays)},
            "searches_ms": {"p50": round(statistics.median(searches), 1), "p99": round(percentile(searches, 0.99), 1), "searched": len(searches)},
            "problems": len(problems), "first_problems": problems[:3], "peak_memory_megabytes": int(memory) // 1024}, ensure_ascii=False, indent=1))
    finally:
        lantai.remove()


if __name__ == "__main__":
    main()
