"""A server that is killed loses nothing it has acknowledged, and the audit log can be checked without it."""

import json
import signal
import subprocess
import sys
import unittest

from lantai_server import TOP, Installation


class Operations(unittest.TestCase):
    def setUp(self):
        self.place = Installation()
        self.place.add_user("lin", "archivist", 2)
        self.place.start()

    def tearDown(self):
        self.place.remove()

    def test_what_was_acknowledged_survives_a_kill_and_is_findable_again(self):
        made = []
        for round_ in range(3):
            client = self.place.client("lin")
            for number in range(10):
                reply = client.call("POST", "/api/v1/records/item", {"fields": {"title": f"断电登记第{round_}轮{number}件"}})
                self.assertEqual(reply.status, 201, reply.body)
                made.append(reply.json["id"])
            self.place.stop(signal.SIGKILL)
            self.place.start()
        client = self.place.client("lin")
        position = client.get("/api/v1/changes", since=0, limit=1).json["position"]
        found = client.search("断电登记", limit=100, wait=position)
        self.assertEqual(sorted(h["id"] for h in found["hits"]), sorted(made))

    def test_a_second_process_on_the_same_store_is_told_so(self):
        done = self.place.run("stats", check=False)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn(str(self.place.data), done.stderr.decode())

    def test_the_server_stops_cleanly_when_asked(self):
        self.assertEqual(self.place.stop(), 0)

    def test_the_audit_log_is_verified_by_a_program_of_its_own(self):
        self.place.client("lin").call("POST", "/api/v1/records/item", {"fields": {"title": "审计样件"}})
        self.place.stop()
        exported = self.place.folder / "audit.jsonl"
        exported.write_bytes(self.place.run("export", "--audit").stdout)
        verify = [sys.executable, TOP / "tools/audit_verify", exported]
        self.assertEqual(subprocess.run(verify, capture_output=True, check=False).returncode, 0)
        lines = exported.read_text("utf-8").splitlines()
        entry = json.loads(lines[-1])
        entry["actor"] = "somebody-else"
        exported.write_text("\n".join([*lines[:-1], json.dumps(entry, ensure_ascii=False)]) + "\n", "utf-8")
        self.assertNotEqual(subprocess.run(verify, capture_output=True, check=False).returncode, 0)

    def test_a_head_kept_outside_shows_a_log_that_lost_its_end(self):
        self.place.client("lin").call("POST", "/api/v1/records/item", {"fields": {"title": "审计样件"}})
        self.place.stop()
        head, exported = self.place.folder / "head.json", self.place.folder / "audit.jsonl"
        self.assertEqual(self.place.run("export", "--audit-head", str(head)).stdout, b"")
        exported.write_bytes(self.place.run("export", "--audit").stdout)
        verify = [sys.executable, TOP / "tools/audit_verify", exported, "--head", head]
        self.assertEqual(subprocess.run(verify, capture_output=True, check=False).returncode, 0)
        self.assertEqual(self.place.run("verify", "--head", str(head)).returncode, 0)
        kept = json.loads(head.read_text("utf-8"))
        for changed in ({**kept, "sequence": kept["sequence"] + 1000}, {**kept, "hash": "0" * 64}):
            head.write_text(json.dumps(changed), "utf-8")
            done = self.place.run("verify", "--head", str(head), "--format", "json", check=False)
            self.assertEqual(done.returncode, 7)
            self.assertIsNotNone(json.loads(done.stdout)["audit"]["first_broken"])
            self.assertEqual(subprocess.run(verify, capture_output=True, check=False).returncode, 1)
        head.write_text("{}", "utf-8")
        self.assertEqual(self.place.run("verify", "--head", str(head), check=False).returncode, 2)


if __name__ == "__main__":
    unittest.main()
