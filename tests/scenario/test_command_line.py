"""The command line does what docs/operations.md says: on a store, through a running server, and when it is killed."""

import base64
import hashlib
import hmac
import json
import os
import pty
import random
import re
import shutil
import signal
import struct
import subprocess
import sys
import tarfile
import time
import unittest
import zipfile
import zlib

from lantai_server import LANTAI, TOP, Client, Installation

sys.path.insert(0, str(TOP / "tools/samples"))
from writers import write_raw_zip, write_scanned_pdf  # noqa: E402

HIT_FIELDS = ["rank", "score", "record", "title", "file", "page", "snippet"]
IMPORT_FIELDS = ["path", "record", "status", "media_type", "error"]
DONE, SOME_FAILED, USAGE, LOCKED, NOT_FOUND, REFUSED, UNAVAILABLE, DAMAGED = range(8)


def lines(done):
    return [json.loads(line) for line in done.stdout.decode().splitlines()]


def write(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def make_papers(folder):
    """A bit of everything that an import takes."""
    write(folder / "papers/通知.txt", "关于秋季运动会的通知")
    write(folder / "papers/里/旧文.txt", "关于调整作息时间的函".encode("gb18030"))
    write(folder / "papers/.hidden", "x")
    with zipfile.ZipFile(folder / "packed.zip", "w") as packed:
        packed.writestr("会议/纪要.txt", "党政联席会议纪要原文")
        packed.writestr("照片说明.txt", "校庆合影说明文字")
    write(folder / "scans/a.txt", "固定资产清查报告正文")
    write(folder / "scans/b.txt", "图书采购合同正文")
    write(folder / "目录.csv", "题名,年度,保管期限,文件,备用\n固定资产清查报告,2018,永久,a.txt,x\n图书采购合同,2019,定期30年,b.txt,\n"
                               "没有文件的一行,2020,,c.txt,\n年度写错的一行,二〇二〇,,,\n")
    write(folder / "outside/附件.txt", "教职工体检安排附件")
    rows = [{"type": "department", "key": "d1", "fields": {"name": "教务处"}},
            {"type": "item", "key": "i1", "fields": {"title": "体检安排", "department": "教务处"},
             "files": [{"path": "outside/附件.txt"}, {"name": "正文.txt", "text": "定于周五体检"}]},
            {"type": "item", "key": "i2", "fields": {"title": "绝对路径"}, "files": [{"path": str(folder / "outside/附件.txt")}]},
            {"type": "item", "fields": {"titel": "没有这个字段"}}]
    write(folder / "list.jsonl", "\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\n这不是JSON\n")
    return ["papers", "packed.zip", "目录.csv", "scans", "list.jsonl"]


class WithPapers(unittest.TestCase):
    def setUp(self):
        self.place = Installation()
        self.folder = self.place.folder / "in"
        self.sources = [str(self.folder / name) for name in make_papers(self.folder)]

    def tearDown(self):
        self.place.remove()

    def check_parts(self, run):
        query = ("search", "清查 正文", "--filter", "fiscal_year=2018..2019")
        told = {hit["title"]: (hit.get("partial", False), hit.get("missing", [])) for hit in lines(run(*query, "--format", "json"))}
        self.assertEqual(told, {"固定资产清查报告": (False, []), "图书采购合同": (True, ["清查"])})
        self.assertEqual([hit["title"] for hit in lines(run(*query, "--format", "json", "--all-words"))], ["固定资产清查报告"])
        shown = run("--lang", "zh-Hans", *query).stdout.decode()
        self.assertIn("不含：清查", shown)
        self.assertIn("共 1 条，另有 1 条只含一部分词语", shown)

    def count(self, kind):
        return json.loads(self.place.run("stats", "--format", "json").stdout)["records"][kind]

    def check_report(self, told):
        """What make_papers is, whichever way it came in."""
        by_end = {}
        for line in told:
            self.assertEqual(list(line), IMPORT_FIELDS)
            by_end[re.split(r"/(?=[^/]*$)", line["path"])[-1]] = line
        for name in ("通知.txt", "旧文.txt", "纪要.txt", "照片说明.txt", "目录.csv#2", "目录.csv#3", "list.jsonl#1",
                     "list.jsonl#2", "list.jsonl#3"):
            self.assertEqual((name, by_end[name]["status"], by_end[name]["error"]), (name, self.good, ""))
        for name, reason in (("目录.csv#4", "c.txt"), ("目录.csv#5", "Year"), ("list.jsonl#4", "titel"), ("list.jsonl#5", "JSON")):
            self.assertEqual((name, by_end[name]["status"]), (name, "failed"))
            self.assertIn(reason, by_end[name]["error"])
        self.assertEqual(by_end[".hidden"]["status"], "skipped")
        self.assertIn("备用", by_end["目录.csv#1"]["error"])
        self.assertEqual(len(told), 15)
        return by_end


class OnAStore(WithPapers):
    def test_everything_comes_in_is_found_and_a_second_run_changes_nothing(self):
        dry = self.place.run("import", "--dry-run", "--format", "json", *self.sources, check=False)
        self.assertEqual(dry.returncode, SOME_FAILED)
        self.good = "planned"
        self.check_report(lines(dry))
        self.assertFalse(self.place.data.exists(), "a dry run made a store")
        readable = self.place.run("import", "--dry-run", *self.sources, check=False).stdout.decode()
        self.assertIn("nothing was stored", readable)
        self.assertIn("planned\t", readable)

        done = self.place.run("import", "--format", "json", *self.sources, check=False)
        self.assertEqual(done.returncode, SOME_FAILED)
        self.assertEqual(self.place.data.stat().st_mode & 0o777, 0o700)
        self.good = "created"
        first = self.check_report(lines(done))
        self.assertEqual((self.count("item"), self.count("department")), (8, 1))

        hit = lines(self.place.run("search", "--format", "json", '"党政联席会议纪要"'))[0]
        self.assertEqual(list(hit), HIT_FIELDS)
        self.assertEqual((hit["rank"], hit["record"], hit["file"], hit["page"]), (1, first["纪要.txt"]["record"], "纪要.txt", 1))
        self.assertIn("党政联席会议纪要", hit["snippet"])
        self.assertEqual(len(lines(self.place.run("search", "--format", "json", '"附件"', "--limit", "1"))), 1)
        found = lines(self.place.run("search", "--format", "json", "正文", "--filter", "fiscal_year=2018..2019", "--facet", "fiscal_year"))
        self.assertEqual([h["title"] for h in found if "rank" in h and h["record"].startswith("item/")].count("固定资产清查报告"), 1)
        facets = {v["value"]: v["count"] for v in found[-1]["facets"]["fiscal_year"]}
        self.assertEqual((found[-1]["summary"], facets), (True, {"2018": 1, "2019": 1}))
        self.assertEqual([h["title"] for h in lines(self.place.run("search", "--format", "json", "固定资产", "--filter", "retention=永久"))
                          if h["title"] == "固定资产清查报告"], ["固定资产清查报告"])

        self.check_parts(self.place.run)
        called = lines(self.place.run("search", "--format", "json", "--filter", "保管期限=永久", "--filter", "年度=2018..2019", "--facet", "年度"))
        self.assertEqual([h["title"] for h in called if "rank" in h], ["固定资产清查报告"])
        self.assertEqual(called[-1]["facets"], {"fiscal_year": [{"value": "2018", "count": 1}]})
        wrong = self.place.run("search", "x", "--filter", "没有的字段=1", check=False)
        self.assertEqual(wrong.returncode, USAGE)
        self.assertIn("没有的字段", wrong.stderr.decode())

        again = self.place.run("import", "--format", "json", *self.sources, check=False)
        self.good = "unchanged"
        second = self.check_report(lines(again))
        self.assertEqual({k: v["record"] for k, v in first.items()}, {k: v["record"] for k, v in second.items()})
        self.assertEqual((self.count("item"), self.count("department")), (8, 1))

        write(self.folder / "papers/通知.txt", "关于秋季运动会改期的通知")
        changed = lines(self.place.run("import", "--format", "json", str(self.folder / "papers")))
        self.assertEqual({line["path"].split("/")[-1]: line["status"] for line in changed},
                         {"通知.txt": "updated", "旧文.txt": "unchanged", ".hidden": "skipped"})
        self.assertEqual(len(lines(self.place.run("search", "--format", "json", '"运动会改期"'))), 1)

    def test_an_export_is_taken_in_again_by_another_store(self):
        self.place.run("import", "--no-wait", *self.sources, check=False)
        copy = self.place.folder / "copy"
        self.place.run("export", "--files", str(copy / "files"), "--to", str(copy / "all.jsonl"), check=False)
        self.assertFalse((copy / "all.jsonl").exists())  # a folder that is not there is not made
        copy.mkdir()
        self.place.run("export", "--files", str(copy / "files"), "--to", str(copy / "all.jsonl"))
        exported = [json.loads(line) for line in (copy / "all.jsonl").read_text("utf-8").splitlines()]
        self.assertEqual(len(exported), 9)
        for record in exported:
            for file in record.get("files", []):
                with open(file["path"], "rb") as bytes_:
                    self.assertEqual(hashlib.sha256(bytes_.read()).hexdigest(), file["sha256"])
        self.place.data = self.place.folder / "other"
        told = lines(self.place.run("import", "--format", "json", str(copy / "all.jsonl")))
        self.assertEqual({line["status"] for line in told}, {"created"})
        # Under its new id, the department is still the one the item belongs to.
        item = lines(self.place.run("search", "--format", "json", '"教务处"', "--type", "item"))
        self.assertEqual([hit["title"] for hit in item], ["体检安排"])
        self.assertEqual(len(lines(self.place.run("search", "--format", "json", '"党政联席会议纪要"'))), 1)

    def test_it_waits_for_the_index_unless_told_not_to(self):
        self.place.run("import", "--no-wait", *self.sources, check=False)
        # Whatever was left unread then is waited for now.
        self.assertEqual(len(lines(self.place.run("search", "--format", "json", '"党政联席会议纪要"'))), 1)
        self.place.run("search", "--no-wait", '"党政联席会议纪要"')

    def test_the_index_is_derived_and_counted(self):
        self.place.run("import", *self.sources, check=False)
        shutil.rmtree(self.place.data / "index")
        self.assertEqual(len(lines(self.place.run("search", "--format", "json", '"党政联席会议纪要"'))), 1)
        self.assertIn("9 documents", self.place.run("reindex").stdout.decode())
        self.assertIn("9 documents", self.place.run("reindex", "--failed-texts").stdout.decode())
        stats = json.loads(self.place.run("stats", "--format", "json").stdout)
        self.assertEqual((stats["records"]["item"], stats["index"]["documents"], stats["extraction"]["failed"]), (8, 9, 0))
        self.assertEqual(stats["index"]["position"], stats["position"])
        self.assertIn("records/item\t8", self.place.run("stats").stdout.decode())

    def test_a_file_without_text_is_stored_and_said_so(self):
        bad = write(self.folder / "坏.pdf", b"%PDF-1.7\nnothing of a PDF")
        done = self.place.run("import", "--format", "json", str(bad))
        line = lines(done)[0]
        self.assertEqual(line["status"], "created")
        self.assertNotEqual(line["error"], "")
        listed = lines(self.place.run("stats", "--failed", "--format", "json"))
        self.assertEqual([(one["record"], one["error"]["code"]) for one in listed], [(line["record"], "damaged")])
        self.assertIn(line["record"], self.place.run("stats", "--failed").stdout.decode())

    def test_members_of_a_container_that_gave_no_text_are_said(self):
        packed = self.folder / "包.zip"
        with zipfile.ZipFile(packed, "w") as made:
            made.writestr("好.txt", "正文")
            made.writestr("坏.pdf", "%PDF-1.7\nnothing of a PDF")
        folder = write(self.folder / "folder/另.txt", "另一件").parent
        packed.rename(folder / packed.name)  # in a folder an archive is one item
        told = {line["path"].split("/")[-1]: line for line in lines(self.place.run("import", "--format", "json", str(folder)))}
        self.assertEqual((told["包.zip"]["status"], told["另.txt"]["error"]), ("created", ""))
        self.assertIn("坏.pdf", told["包.zip"]["error"])


class OnATerminal(WithPapers):
    def test_progress_is_one_line_that_is_gone_at_the_end_and_never_in_a_file(self):
        many = [write(self.folder / f"many/{n}.txt", f"第{n}份通知") for n in range(64)]
        ours, theirs = pty.openpty()
        command = [LANTAI, "--data", self.place.data, "--lang", "zh-Hans", "import", self.folder / "many"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=theirs) as importing:
            os.close(theirs)
            shown = b""
            try:
                while piece := os.read(ours, 65536):
                    shown += piece
            except OSError:  # how Linux says that the other side has closed
                pass
            told = importing.stdout.read().decode()
        os.close(ours)
        self.assertEqual(importing.returncode, DONE)
        bars = re.findall(r"\[(#* *)\] [^\r]*?(\d+)\D+(\d+)", shown.decode())
        self.assertEqual({(len(bar), int(total)) for bar, _, total in bars}, {(30, len(many))})
        counts = [int(done) for _, done, _ in bars]
        self.assertEqual(counts, sorted(counts))
        self.assertEqual(counts[-1], len(many))
        self.assertTrue(shown.endswith(b"\r\x1b[K"), shown[-80:])
        self.assertNotIn("\x1b", told)
        again = self.place.run("import", str(self.folder / "many"))
        self.assertNotIn(b"\x1b", again.stdout + again.stderr)


class Extraction(unittest.TestCase):
    def test_it_prints_one_object_for_each_file(self):
        with_ = Installation()
        try:
            text = write(with_.folder / "函.txt", "关于调整作息时间的函".encode("gb18030"))
            done = subprocess.run([LANTAI, "extract", text, text], capture_output=True, check=True, timeout=60)
            objects = lines(done)
            self.assertEqual(len(objects), 2)
            self.assertEqual(sorted(objects[0]), sorted(["media_type", "format", "puid", "evidence", "title", "metadata", "pages", "embedded", "warnings", "error"]))
            self.assertEqual((objects[0]["pages"][0]["number"], objects[0]["pages"][0]["text"].strip(), objects[0]["error"]),
                             (1, "关于调整作息时间的函", None))
            packed = with_.folder / "z.zip"
            with zipfile.ZipFile(packed, "w") as zipped:
                zipped.writestr("名.txt", "内文")
            member = lines(subprocess.run([LANTAI, "extract", packed], capture_output=True, check=True, timeout=60))[0]["embedded"][0]
            self.assertEqual((member["path"], member["raw_name_hex"], member["size"]), ("名.txt", "名.txt".encode().hex(), 6))
            gone = subprocess.run([LANTAI, "extract", with_.folder / "none"], capture_output=True, check=False, timeout=60)
            self.assertEqual(gone.returncode, NOT_FOUND)
        finally:
            with_.remove()

    def test_the_name_as_it_stands_is_kept_beside_the_name_that_is_shown(self):
        place = Installation()
        try:
            long = "教务处/" + "通知" * 60 + ".txt"
            for form, encoding in ((tarfile.PAX_FORMAT, "utf-8"), (tarfile.GNU_FORMAT, "utf-8"), (tarfile.GNU_FORMAT, "gb18030")):
                path = place.folder / f"{form}-{encoding}.tar"
                with tarfile.open(path, "w", format=form, encoding=encoding) as packed:
                    packed.addfile(tarfile.TarInfo(long))
                self.assertEqual(self.names_in(path), [(long, long.encode(encoding))])
            # The second byte of 功 in Big5 is that of a backslash, and does not divide.
            for raw, shown in (("教务\\通知.txt".encode("gb18030"), "教务/通知.txt"),
                               ("成功\\許功蓋紀錄.txt".encode("big5"), "成功/許功蓋紀錄.txt")):
                self.assertEqual(self.names_in(self.zip_with_name(place.folder / "b.zip", raw)), [(shown, raw)])
            # A name in Unicode beside the old one (APPNOTE 4.6.9) is the member's name, unless it belongs to another one.
            old, name = "教务通知.txt".encode("gb18030"), "教务處通知.txt"
            for about, expected in ((old, (name, name.encode())), (b"renamed.txt", ("教务通知.txt", old))):
                unicode_path = struct.pack("<BI", 1, zlib.crc32(about)) + name.encode()
                extra = struct.pack("<HH", 0x7075, len(unicode_path)) + unicode_path
                self.assertEqual(self.names_in(self.zip_with_name(place.folder / "u.zip", old, extra)), [expected])
        finally:
            place.remove()

    @staticmethod
    def names_in(path):
        members = lines(subprocess.run([LANTAI, "extract", path], capture_output=True, check=True, timeout=60))[0]["embedded"]
        return [(member["path"], bytes.fromhex(member["raw_name_hex"])) for member in members]

    @staticmethod
    def zip_with_name(path, raw, extra=b""):
        write_raw_zip(path, [(raw, b"")], extra)
        return path

    def test_what_is_no_file_is_said_and_the_others_are_read(self):
        place = Installation()
        try:
            text = write(place.folder / "函.txt", "关于调整作息时间的函")
            os.mkfifo(place.folder / "pipe")
            done = subprocess.run([LANTAI, "extract", place.folder, place.folder / "pipe", "/dev/zero", text],
                                  capture_output=True, check=False, timeout=60)
            self.assertEqual(done.returncode, NOT_FOUND)
            self.assertEqual([one["pages"][0]["text"] for one in lines(done)], ["关于调整作息时间的函"])
            self.assertEqual(done.stderr.decode().count("lantai: "), 3)
        finally:
            place.remove()

    def test_it_says_what_the_server_stores(self):
        place = Installation()
        try:
            place.add_chief("chief")
            sources = [write(place.folder / "in/旧文.txt", "第一页\f第二页".encode("gb18030"))]
            with zipfile.ZipFile(place.folder / "in/包.zip", "w") as packed:
                packed.writestr("名.txt", "内文")
            sources.append(place.folder / "in/包.zip")
            told = {line["path"].split("/")[-1]: line["record"] for line in
                    lines(place.run("import", "--format", "json", str(place.folder / "in")))}
            place.start()
            client = place.client("chief")
            for source in sources:
                printed = lines(subprocess.run([LANTAI, "extract", source], capture_output=True, check=True, timeout=60))[0]
                stored = client.get(f"/api/v1/records/{told[source.name]}/files/1/text").json
                self.assertEqual([(p["number"], p["text"]) for p in printed["pages"]],
                                 [(p["number"], p["text"]) for p in stored["pages"]])
                self.assertEqual([(m["path"], [p["text"] for p in m.get("pages", [])]) for m in printed["embedded"]],
                                 [(m["path"], [p["text"] for p in m["pages"]]) for m in stored["embedded"]])
        finally:
            place.remove()


class Stopped(unittest.TestCase):
    def test_a_server_told_to_stop_while_it_reads_stops_at_once_and_blames_no_file(self):
        place = Installation()
        try:
            scan = place.folder / "扫描.pdf"
            paragraphs = [f"第{n}段关于做好毕业证书发放工作的通知" + "各部门应当认真核对学生名单" * 30 for n in range(10)]
            write_scanned_pdf(scan, "扫描", paragraphs, 150)
            place.run("import", "--no-wait", str(scan))
            for _ in range(4):
                place.start()
                begun = time.monotonic()
                self.assertEqual(place.stop(), 0)
                self.assertLess(time.monotonic() - begun, 20)
            self.assertEqual(json.loads(place.run("stats", "--format", "json").stdout)["extraction"]["failed"], 0)
            self.assertEqual(len(lines(place.run("search", "--format", "json", '"毕业证书发放"'))), 1)
        finally:
            place.remove()


class Killed(unittest.TestCase):
    FILES, ROWS, ROUNDS = 300, 100, 7

    def test_an_import_killed_at_any_moment_is_finished_by_the_next(self):
        seed = int(os.environ.get("LANTAI_SEED") or random.randrange(1 << 32))
        print(f"seed {seed}", flush=True)
        chance = random.Random(seed)
        place = Installation()
        try:
            folder = place.folder / "in"
            for number in range(self.FILES):
                write(folder / f"文件/{number % 7}/{number}.txt", f"第{number}份文件，" + "正文" * chance.randrange(1, 2000))
            write(folder / "rows.jsonl", "".join(
                json.dumps({"fields": {"title": f"登记{number}"}, "files": [{"name": "t.txt", "text": f"登记正文{number}"}]},
                           ensure_ascii=False) + "\n" for number in range(self.ROWS)))
            sources = [str(folder / "文件"), str(folder / "rows.jsonl")]
            killed, latest = 0, 0.9
            for _ in range(self.ROUNDS):
                running = subprocess.Popen([LANTAI, "--data", place.data, "import", "--format", "json", "--no-wait", *sources],
                                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                try:
                    running.wait(chance.uniform(0.02, latest))
                    latest /= 2  # it was done sooner
                except subprocess.TimeoutExpired:
                    running.send_signal(signal.SIGKILL)
                    running.wait()
                    killed += 1
            self.assertGreater(killed, 0)
            told = lines(place.run("import", "--format", "json", *sources))
            self.assertEqual(len(told), self.FILES + self.ROWS)
            self.assertEqual({line["status"] for line in told} - {"created", "unchanged"}, set())
            exported = lines(place.run("export", "--type", "item"))
            titles = sorted(record["fields"]["title"] for record in exported)
            self.assertEqual(titles, sorted([str(n) for n in range(self.FILES)] + [f"登记{n}" for n in range(self.ROWS)]))
            self.assertEqual({len(record["files"]) for record in exported}, {1})
            self.assertEqual(json.loads(place.run("verify", "--format", "json").stdout)["ok"], True)
            last = chance.randrange(self.FILES)
            self.assertEqual([h["title"] for h in lines(place.run("search", "--format", "json", f'"第{last}份文件"'))], [str(last)])
        finally:
            place.remove()


class Damage(unittest.TestCase):
    """Real bytes of the store's files are turned."""

    def setUp(self):
        self.place = Installation()
        self.content = b"\n".join(hashlib.sha256(str(n).encode()).hexdigest().encode() for n in range(5000))
        self.place.run("import", str(write(self.place.folder / "大.txt", self.content)))
        self.place.run("stats")  # opening writes what the log held to tables
        self.assertEqual(self.place.run("verify").returncode, DONE)

    def tearDown(self):
        self.place.remove()

    @staticmethod
    def flip(path, offset):
        with open(path, "r+b") as file:
            file.seek(offset)
            byte = file.read(1)[0]
            file.seek(offset)
            file.write(bytes([byte ^ 0x10]))

    def test_a_bit_in_a_file_is_named_and_never_served(self):
        pack = max((self.place.data / "packs").iterdir(), key=lambda p: p.stat().st_size)
        at = pack.read_bytes().find(self.content[100_000:100_064])
        self.assertGreater(at, 0, "the bytes are not found in the pack as they are")
        self.flip(pack, at)
        done = self.place.run("verify", "--format", "json", check=False)
        self.assertEqual(done.returncode, DAMAGED)
        report = json.loads(done.stdout)
        self.assertFalse(report["ok"])
        self.assertIn(hashlib.sha256(self.content).hexdigest(), [one["digest"] for one in report["damage"]])
        readable = self.place.run("verify", check=False)
        self.assertIn(hashlib.sha256(self.content).hexdigest(), readable.stdout.decode())
        written = self.place.folder / "files"
        done = self.place.run("export", "--files", str(written), check=False)
        self.assertEqual(done.returncode, DAMAGED)
        # The record is written all the same, without the file's path, and the file is named.
        files = [file for line in done.stdout.splitlines() for file in json.loads(line).get("files", [])]
        self.assertEqual([("大.txt", False)], [(file["name"], "path" in file) for file in files])
        self.assertIn("大.txt", done.stderr.decode())

    def test_the_same_bytes_uploaded_again_heal_it(self):
        pack = max((self.place.data / "packs").iterdir(), key=lambda p: p.stat().st_size)
        self.flip(pack, pack.read_bytes().find(self.content[100_000:100_064]))
        self.place.add_user("lin", "archivist", 2)
        self.place.start()
        client = self.place.client("lin")
        record = client.call("POST", "/api/v1/records/item", {"fields": {"title": "再次上传"}}).json["id"]
        path = f"/api/v1/records/item/{record}/files"
        headers = {"Content-Type": "text/plain", "If-Match": "*"}
        self.assertEqual(client.call("POST", path + "?name=a.txt", self.content, headers).status, 201)
        self.assertEqual(client.get(path + "/1").body, self.content)
        self.place.stop()
        self.assertEqual(self.place.run("verify").returncode, DONE)

    def test_a_bit_in_a_table_is_named(self):
        tables = sorted((self.place.data / "db").glob("*.sst"))
        self.assertNotEqual(tables, [])
        for table in tables:
            if not table.exists():
                continue  # what it held is in another one by now
            whole = table.read_bytes()
            self.flip(table, 20)  # in its first data block
            done = self.place.run("verify", check=False)
            self.assertEqual(done.returncode, DAMAGED, (table.name, done.stdout, done.stderr))
            report = self.place.run("verify", "--format", "json", check=False)
            self.assertFalse(json.loads(report.stdout)["ok"])
            self.assertIn(table.name, (done.stdout + done.stderr).decode())
            self.assertTrue(table.exists(), "a damaged table was thrown away")
            table.write_bytes(whole)
        self.assertEqual(self.place.run("verify").returncode, DONE)

    def test_an_export_gives_what_can_still_be_read_and_names_the_rest(self):
        for n in range(300):
            write(self.place.folder / f"many/{n}.txt", f"第{n}份通知")
        self.place.run("import", str(self.place.folder / "many"))
        self.place.run("stats")
        whole = self.titles_of(self.place.run("export", "--type", "item"))
        self.assertEqual(len(whole), 301)
        in_part = 0
        table = max((self.place.data / "db").glob("*.sst"), key=lambda path: path.stat().st_size)
        for sixteenth in range(16):
            kept = shutil.copytree(self.place.data, self.place.folder / "kept")
            self.flip(table, 20 + table.stat().st_size * sixteenth // 16)
            done = self.place.run("export", "--type", "item", check=False)
            shutil.rmtree(self.place.data)
            kept.rename(self.place.data)
            got = self.titles_of(done)
            if done.returncode == DONE:
                self.assertEqual(got, whole)
                continue
            self.assertEqual(done.returncode, DAMAGED)
            self.assertIn(table.name, done.stderr.decode())
            self.assertLessEqual(got.items(), whole.items())
            if got:  # not even its own settings can be read where nothing is written
                in_part += got != whole
                for left_out in set(whole) - set(got):
                    self.assertIn(left_out, done.stderr.decode())
        self.assertGreater(in_part, 0)

    @staticmethod
    def titles_of(done):
        return {line["key"]: line["fields"]["title"] for line in lines(done)}


class ThroughAServer(WithPapers):
    def setUp(self):
        super().setUp()
        self.place.add_user("lin", "archivist", 2)
        self.place.add_chief("chief")
        self.place.add_user("guest", "reader", 0)
        self.tokens = {login: self.place.token(login) for login in ("lin", "chief", "guest")}
        self.place.start()

    def remote(self, *arguments, login="lin", check=True):
        return self.place.through_server(*arguments, token=self.tokens.get(login, login), check=check)

    def test_import_search_and_export_do_what_they_do_on_a_store(self):
        dry = self.remote("import", "--dry-run", "--format", "json", *self.sources, check=False)
        self.good = "planned"
        self.check_report(lines(dry))
        self.assertEqual(lines(self.remote("search", "--format", "json", "")), [])
        done = self.remote("import", "--format", "json", *self.sources, check=False)
        self.assertEqual((done.returncode, done.stderr), (SOME_FAILED, b""))
        self.good = "created"
        first = self.check_report(lines(done))
        hit = lines(self.remote("search", "--format", "json", '"党政联席会议纪要"'))[0]
        self.assertEqual(list(hit), HIT_FIELDS)
        self.assertEqual((hit["rank"], hit["record"], hit["file"], hit["page"]), (1, first["纪要.txt"]["record"], "纪要.txt", 1))
        found = lines(self.remote("search", "--format", "json", "--limit", "1", "--filter", "fiscal_year=2018..2019", "--facet", "fiscal_year", ""))
        self.assertEqual((len(found), found[-1]["total"]), (2, 2))
        self.check_parts(self.remote)
        again = self.remote("import", "--format", "json", *self.sources, check=False)
        self.good = "unchanged"
        self.check_report(lines(again))

        both = write(self.folder / "second/通知.txt", "同名的另一份")
        self.assertEqual([line["status"] for line in lines(self.remote("import", "--format", "json", str(both), str(self.folder / "papers/通知.txt"),
                                                                       "--set", "fiscal_year=2021"))], ["created", "created"])
        bad = write(self.folder / "坏.pdf", b"%PDF-1.7\nnothing of a PDF")
        told = lines(self.remote("import", "--format", "json", str(bad), str(self.folder / "none")  , check=False))
        self.assertEqual(sorted((line["status"], line["error"] != "") for line in told), [("created", True), ("failed", True)])

        copy = self.place.folder / "copy"
        remote = lines(self.remote("export", "--files", str(copy), login="chief"))
        for record in remote:
            for file in record.get("files", []):
                with open(file.pop("path"), "rb") as bytes_:
                    self.assertEqual(hashlib.sha256(bytes_.read()).hexdigest(), file["sha256"])
        self.place.stop()
        self.assertEqual(remote, lines(self.place.run("export")))

    def test_what_works_only_on_the_store_says_so(self):
        for command in (["verify"], ["reindex"], ["serve"], ["audit", "export"]):
            done = self.remote(*command, check=False)
            self.assertEqual((command, done.returncode), (command, USAGE))
            self.assertIn("only on the store itself", done.stderr.decode())
        stats = json.loads(self.remote("stats", "--format", "json").stdout)
        self.assertTrue({"position", "store", "index", "extraction"} <= set(stats))

    def test_accounts_are_kept_through_the_server_too(self):
        secret = write(self.place.folder / "secret", "another good passphrase\n")
        self.remote("user", "add", "wang", "--role", "staff", "--clearance", "internal", "--password-file", str(secret), login="chief")
        self.remote("user", "set", "wang", "--name", "王小明", login="chief")
        listed = {one["login"]: one for one in lines(self.remote("user", "list", "--format", "json", login="chief"))}
        self.assertEqual((listed["wang"]["name"], listed["wang"]["roles"], listed["wang"]["clearance"]), ("王小明", ["staff"], 1))
        made_up = self.remote("user", "password", "wang", login="chief").stdout.decode().split()[-1]
        reply = self.place.client_with("wang", made_up)
        self.assertEqual(reply.get("/api/v1/records/item").json["message_id"], "auth.must_change_password")
        token = self.remote("user", "token", "lin", "--format", "json").stdout.decode().strip()
        self.remote("search", "x", login=token)
        self.assertEqual(self.remote("user", "token", "lin", login="chief", check=False).returncode, REFUSED)
        self.assertEqual(self.remote("user", "list", login="lin", check=False).returncode, REFUSED)
        self.assertEqual(self.remote("user", "set", "nobody", "--name", "x", login="chief", check=False).returncode, NOT_FOUND)

    def test_the_policy_of_the_office_is_shown_and_changed(self):
        shown = lambda done: json.loads(done.stdout)  # noqa: E731
        before = shown(self.remote("policy", "show", login="chief"))
        self.assertEqual((before["officers_combined"], before["second_factor_roles"]), (True, []))
        changed = self.remote("policy", "set", "--second-factor", "staff", "--second-factor", "reader", "--password-days", "90", login="chief")
        self.assertEqual(shown(changed), {**before, "second_factor_roles": ["reader", "staff"], "password_days": 90})
        guest = self.place.client("guest")
        self.assertEqual(guest.get("/api/v1/records/item").json["message_id"], "auth.second_factor_required")
        self.remote("policy", "set", "--second-factor", "none", login="chief")
        self.assertEqual(guest.get("/api/v1/records/item").status, 200)
        refused = self.remote("policy", "set", "--combine-officers", "off", login="chief", check=False)
        self.assertNotEqual(refused.returncode, 0)
        self.assertIn("chief", refused.stderr.decode())
        self.assertEqual(self.remote("policy", "set", "--password-characters", "3", login="chief", check=False).returncode, USAGE)
        self.assertEqual(self.remote("policy", "show", login="lin", check=False).returncode, REFUSED)
        self.place.stop()
        self.assertEqual(shown(self.place.run("policy", "show")), {**before, "password_days": 90})

    def test_a_new_office_has_three_officers_of_whom_none_sees_everything(self):
        place = Installation()
        try:
            place.start()
            logins = dict(re.findall(r"user (\S+), password (\S+)", place.said))
            self.assertEqual(sorted(logins), ["admin", "auditor", "security"])
            may = {}
            for login, password in logins.items():
                client = place.client_with(login, password)
                self.assertEqual(client.call("PUT", "/api/v1/session/password", {"old": password, "new": f"passphrase of {login}"}).status, 204)
                client = place.client_with(login, f"passphrase of {login}")
                may[login] = [client.get(path).status for path in
                              ("/api/v1/records/item", "/api/v1/audit", "/api/v1/accounts", "/api/v1/security-policy")]
            self.assertEqual(may, {"admin": [403, 403, 200, 200], "security": [403, 403, 200, 200], "auditor": [403, 200, 200, 200]})
        finally:
            place.remove()

    def test_who_lost_the_second_factor_signs_in_again(self):
        password = "a passphrase of Zhao"
        secret = write(self.place.folder / "secret of zhao", password + "\n")
        self.remote("user", "add", "zhao", "--role", "staff", "--password-file", str(secret), login="chief")
        zhao = self.place.client_with("zhao", password)
        path = "/api/v1/session/second-factor"
        key = base64.b32decode(zhao.call("POST", path, {"password": password}).json["secret"])
        mac = hmac.new(key, struct.pack(">Q", int(time.time()) // 30), hashlib.sha1).digest()  # RFC 6238
        code = struct.unpack_from(">I", mac, mac[19] & 15)[0] % 2**31 % 10**6
        self.assertEqual(zhao.call("PUT", path, {"code": f"{code:06}"}).status, 200)
        signed_in = lambda: Client(self.place.base).call("POST", "/api/v1/session", {"login": "zhao", "password": password})  # noqa: E731
        self.assertEqual(signed_in().json["message_id"], "auth.code_required")
        self.assertEqual(self.remote("user", "set", "zhao", "--no-second-factor", login="lin", check=False).returncode, REFUSED)
        self.remote("user", "set", "zhao", "--no-second-factor", login="chief")
        self.assertEqual(signed_in().status, 200)

    def test_each_exit_code_is_as_documented(self):
        operations = (TOP / "docs/operations.md").read_text("utf-8")
        documented = {int(code) for code in re.findall(r"(?m)^\| (\d+) \| ", operations)}
        self.assertEqual(documented, {0, 1, 2, 3, 4, 5, 6, 7, 70})
        local = lambda *a: self.place.run(*a, check=False)  # noqa: E731
        self.assertRegex(local("--version").stdout.decode(), r"^lantai \d+\.\d+\.\d+\n$")
        locked = local("stats")
        self.assertEqual(locked.returncode, LOCKED)
        self.assertIn("in use by another process", locked.stderr.decode())
        for command in (["import", str(self.folder)], ["search", "x"], ["verify"], ["user", "list"], ["export"], ["reindex"]):
            self.assertEqual((command, local(*command).returncode), (command, LOCKED))
        self.assertEqual(self.remote("search", "x", login="no such token", check=False).returncode, REFUSED)
        self.assertEqual(self.remote("import", self.sources[0], login="guest", check=False).returncode, REFUSED)
        self.place.stop()
        self.assertEqual(self.remote("search", "x", check=False).returncode, UNAVAILABLE)
        for wrong in (["frobnicate"], ["search", "--limit", "many"], ["import"], ["search", "--filter", "x", "q"], ["search", "--strict", '("']):
            self.assertEqual((wrong, local(*wrong).returncode), (wrong, USAGE))
        self.assertEqual(local("user", "set", "nobody", "--name", "x").returncode, NOT_FOUND)
        self.assertEqual(local("import", str(self.folder / "none")).returncode, SOME_FAILED)
        self.place.data = self.place.folder / "no store"
        missing = local("search", "x")
        self.assertEqual(missing.returncode, NOT_FOUND)
        self.assertIn("no store", missing.stderr.decode())
        write(self.place.folder / "no folder", "a file")
        self.place.data = self.place.folder / "no folder" / "data"
        self.assertEqual(local("import", self.sources[0]).returncode, UNAVAILABLE)
        self.assertEqual(subprocess.run([LANTAI, "stats"], capture_output=True, check=False, timeout=60).returncode, USAGE)
        self.assertEqual(subprocess.run([LANTAI, "--help"], capture_output=True, check=False, timeout=60).returncode, DONE)


if __name__ == "__main__":
    unittest.main()
