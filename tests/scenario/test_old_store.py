"""A store that an earlier version wrote is opened, verified, found in and worked on by this one.

tests/data/store-format-1.tar.gz is such a store, without its index: a fonds, a department, two items of which one was
changed, files in UTF-8 and GB18030, one account. It is never made anew: a later format adds a sample, and this one must
go on being read."""

import json
import tarfile
import unittest

from lantai_server import TOP, Installation

DATA = TOP / "tests" / "data"
PASSWORD = "sample 口令 of 2026"  # of the account wang
HEAD = "ab1f6e6225efff627ab316c8fa9a2330236bf5adf06077250ef9ad6dee88c6db"  # of the audit log, as printed when it was made


class Format1(unittest.TestCase):
    def setUp(self):
        self.place = Installation()
        with tarfile.open(DATA / "store-format-1.tar.gz") as packed:
            packed.extractall(self.place.data)

    def tearDown(self):
        self.place.remove()

    def test_every_byte_and_the_audit_chain_are_as_they_were(self):
        told = json.loads(self.place.run("verify", "--format", "json").stdout)
        self.assertEqual((told["ok"], told["bytes"], told["damage"]), (True, 600271, []))
        self.assertEqual(told["audit"], {"entries": 13, "head": HEAD, "first_broken": None, "reason": ""})

    def test_its_records_are_what_they_were(self):
        self.assertEqual(self.place.run("export").stdout.decode(), (DATA / "store-format-1.jsonl").read_text("utf-8"))

    def test_it_is_found_in_and_worked_on(self):
        self.place.start()
        wang = self.place.client_with("wang", PASSWORD)
        position = wang.get("/readyz").json["store"]["position"]
        found = wang.search('"发放证书三百二十份"', wait=position)["hits"]
        self.assertEqual([hit["title"] for hit in found], ["关于做好毕业证书发放工作的通知"])
        self.assertEqual(wang.search("校办[2021]5号")["total"], 1)
        item = f"/api/v1/records/item/{wang.search('长文修订')['hits'][0]['record'].split('/')[-1]}"
        self.assertEqual(len(wang.get(item + "/files/1").body), 300000)
        self.assertEqual([one["version"] for one in wang.get(item + "/history").json["versions"]], [2, 1])
        changed = wang.call("PATCH", item, {"fields": {"notes": "核对无误"}}, {"If-Match": '"2"'})
        self.assertEqual(changed.status, 200, changed.body)


if __name__ == "__main__":
    unittest.main()
