#!/usr/bin/env python3
"""Do 200 people at work at once get along? Starts the real server on a store of its own, signs everybody in, and lets each search, read,
edit and upload, with a pause to think in between, for some minutes. Prints one JSON object: errors, latency of each kind, and what the
server held of memory and descriptors along the way.

usage: load.py [--users 200] [--seconds 300] [--think 1.0] [--records 5000]
"""
import argparse
import asyncio
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent.parent
LANTAI = TOP / "build/release/bin/lantai"
PASSWORD = "a passphrase for the load"
WORDS = "放假 通知 会议 纪要 招生 合同 维修 运动会 安全 经费 教学 科研 后勤 基建 人事 财务 图书 实验 档案 宿舍".split()
MIX = (("search", 55), ("read", 25), ("edit", 10), ("upload", 10))


class Person:
    """One browser: a connection, a cookie, a record of its own."""

    def __init__(self, host, port, number):
        self.host, self.port, self.number = host, port, number
        self.reader = self.writer = None
        self.headers, self.seen, self.own = {}, [], None

    async def ask(self, method, path, body=b"", headers=None):
        for attempt in (1, 2):
            if self.writer is None:
                self.reader, self.writer = await asyncio.open_connection(self.host, self.port)
            lines = [f"{method} {path} HTTP/1.1", f"Host: {self.host}:{self.port}", f"Content-Length: {len(body)}"]
            lines += [f"{name}: {value}" for name, value in {**self.headers, **(headers or {})}.items()]
            try:
                self.writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
                head = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                break
            except (ConnectionError, asyncio.IncompleteReadError):
                self.writer.close()
                self.writer = None  # an idle connection was closed: a browser opens another
                if attempt == 2:
                    raise
        size = re.search(r"(?i)\r\ncontent-length: *(\d+)", head)
        content = await self.reader.readexactly(int(size[1])) if size else b""
        self.cookie = re.search(r"(?i)\r\nset-cookie: *(lantai_session=[^;]+)", head)
        return int(head.split()[1]), content

    async def ask_json(self, method, path, body, **headers):
        return await self.ask(method, path, json.dumps(body).encode(), {"Content-Type": "application/json", **headers})

    async def sign_in(self):
        while True:
            status, content = await self.ask_json("POST", "/api/v1/session", {"login": f"u{self.number}", "password": PASSWORD})
            if status not in (429, 503):  # everybody signs in at once, from one address
                break
            await asyncio.sleep(1)
        assert status == 200, content
        self.headers = {"Cookie": self.cookie[1], "X-CSRF-Token": json.loads(content)["csrf_token"]}

    async def search(self):
        query = "".join(random.sample(WORDS, random.choice((1, 1, 2))))
        status, content = await self.ask("GET", "/api/v1/search?limit=20&facet=fiscal_year&facet=access_level&q=" + "".join(f"%{byte:02X}" for byte in query.encode()))
        if status == 200:
            self.seen = [f"{hit['type']}/{hit['id']}" for hit in json.loads(content)["hits"]] or self.seen
        return status

    async def read(self):
        if not self.seen:
            return await self.search()
        return (await self.ask("GET", "/api/v1/records/" + random.choice(self.seen)))[0]

    async def edit(self):
        if self.own is None:
            status, content = await self.ask_json("POST", "/api/v1/records/item", {"fields": {"title": f"{random.choice(WORDS)}工作记录 {self.number}", "fiscal_year": 2024}})
            if status == 201:
                self.own = json.loads(content)["id"]
            return status
        change = {"fields": {"notes": f"{random.choice(WORDS)} {time.time()}"}}
        return (await self.ask_json("PATCH", f"/api/v1/records/item/{self.own}", change, **{"If-Match": "*"}))[0]

    async def upload(self):
        if self.own is None:
            return await self.edit()
        text = (f"关于{random.choice(WORDS)}的附件，第 {random.random()} 份。" * 50).encode()
        return (await self.ask("POST", f"/api/v1/records/item/{self.own}/files", text, {
            "Content-Type": "text/plain", "Content-Disposition": "attachment; filename=\"note.txt\"", "If-Match": "*"}))[0]

    async def work(self, until, think, done):
        while time.monotonic() < until:
            kind = random.choices([name for name, _ in MIX], [share for _, share in MIX])[0]
            begun = time.perf_counter()
            try:
                status = await getattr(self, kind)()
            except Exception as error:  # noqa: BLE001: whatever it is, it is a failure of the server
                status = repr(error)
            done.append((kind, status, (time.perf_counter() - begun) * 1000))
            await asyncio.sleep(random.expovariate(1 / think))


def held(pid):
    """Its own memory, and pages of files that it has mapped, which the system takes back when it needs them."""
    status = Path(f"/proc/{pid}/status").read_text()
    size = lambda name: int(re.search(rf"{name}:\s+(\d+)", status)[1]) // 1024  # noqa: E731
    return {"memory_mib": size("RssAnon"), "mapped_mib": size("RssFile"), "descriptors": len(os.listdir(f"/proc/{pid}/fd"))}


def prepare(folder, arguments):
    password = folder / "password"
    password.write_text(PASSWORD)
    run = lambda *command: subprocess.run([LANTAI, "--data", folder / "data", *command], check=True, capture_output=True)  # noqa: E731
    rows = folder / "rows.jsonl"
    with rows.open("w", encoding="utf-8") as out:
        for number in range(arguments.records):
            words = random.sample(WORDS, 4)
            fields = {"title": f"关于{words[0]}{words[1]}的{words[2]}", "notes": "".join(random.choices(WORDS, k=60)), "fiscal_year": 2000 + number % 24,
                      "access_level": random.choice(("public", "internal"))}
            out.write(json.dumps({"type": "item", "key": str(number), "fields": fields}, ensure_ascii=False) + "\n")
    run("import", rows)
    run("policy", "set", "--combine-officers", "on")
    run("user", "add", "chief", "--role", "administrator", "--role", "security_officer", "--role", "archivist", "--clearance", "2", "--password-file", password)
    return run("user", "token", "chief", "--format", "json").stdout.decode().strip()


async def load(host, port, pid, token, arguments):
    chief = Person(host, port, "chief")
    chief.headers = {"Authorization": "Bearer " + token}
    for number in range(arguments.users):
        body = {"login": f"u{number}", "name": f"u{number}", "roles": ["archivist"], "clearance": 1, "password": PASSWORD, "must_change_password": False}
        status, content = await chief.ask_json("POST", "/api/v1/accounts", body)
        assert status == 201, content
    people = [Person(host, port, number) for number in range(arguments.users)]
    await asyncio.gather(*(person.sign_in() for person in people))
    done, samples, begun = [], [], time.monotonic()

    async def watch():
        while True:
            samples.append({"second": round(time.monotonic() - begun), **held(pid)})
            await asyncio.sleep(10)

    watching = asyncio.create_task(watch())
    await asyncio.gather(*(person.work(begun + arguments.seconds, arguments.think, done) for person in people))
    watching.cancel()
    samples.append({"second": round(time.monotonic() - begun), **held(pid)})
    result = {"users": arguments.users, "seconds": arguments.seconds, "requests": len(done), "requests_per_second": round(len(done) / arguments.seconds, 1), "errors": {}}
    for kind, status, _ in done:
        if not (isinstance(status, int) and 200 <= status < 300):
            key = f"{kind} {status}"
            result["errors"][key] = result["errors"].get(key, 0) + 1
    for kind, _ in MIX:
        times = sorted(taken for one, _, taken in done if one == kind)
        result[kind] = {"requests": len(times), **{f"p{share}_ms": round(times[min(len(times) - 1, len(times) * share // 100)], 1) for share in (50, 95, 99)}}
    result["held"] = samples
    return result


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--users", type=int, default=200)
    parser.add_argument("--seconds", type=int, default=300)
    parser.add_argument("--think", type=float, default=1.0, help="seconds between two requests of one person, on average")
    parser.add_argument("--records", type=int, default=5000)
    arguments = parser.parse_args()
    random.seed(1)
    with tempfile.TemporaryDirectory(prefix="lantai-load-") as folder:
        token = prepare(Path(folder), arguments)
        server = subprocess.Popen([LANTAI, "--data", f"{folder}/data", "--lang", "en", "serve", "--listen", "127.0.0.1:0", "--no-access-log"], stdout=subprocess.PIPE, text=True)
        try:
            for line in server.stdout:
                if found := re.search(r"http://([\d.]+):(\d+)", line):
                    break
            result = asyncio.run(load(found[1], int(found[2]), server.pid, token, arguments))
        finally:
            server.terminate()
            server.wait(60)
    print(json.dumps(result, indent=2))
    return 1 if result["errors"] else 0


sys.exit(main())
