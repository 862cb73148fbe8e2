"""A server that is killed loses nothing it has acknowledged, and the audit log can be checked without it."""

import json
import os
import re
import signal
import subprocess
import sys
import unittest
from pathlib import Path

from lantai_server import LANTAI, PASSWORD, TOP, Installation


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

    def test_a_crash_would_write_no_secrets_and_nobody_reads_them_off_the_command_line(self):
        process = Path("/proc") / str(self.place.server.pid)
        self.assertRegex((process / "limits").read_text(), r"(?m)^Max core file size +0 +0 ")
        command = (process / "cmdline").read_bytes().decode()
        environment = (process / "environ").read_bytes().decode()
        for shown in (command, environment, (self.place.folder / "server.log").read_text()):
            self.assertNotIn(PASSWORD, shown)

    def test_the_first_logins_are_told_in_a_file_where_it_is_named(self):
        place = Installation()
        self.addCleanup(place.remove)
        told = place.folder / "first-logins"
        told.write_text("of somebody before")
        told.chmod(0o644)
        place.start("--first-logins", str(told))
        self.assertEqual(told.stat().st_mode & 0o777, 0o600)
        logins = dict(re.findall(r"user (\S+), password (\S+)", told.read_text()))
        self.assertEqual(set(logins), {"admin", "security", "auditor"})
        for login, password in logins.items():
            self.assertNotIn(password, place.said)
            place.client_with(login, password)
        self.assertIn(str(told), place.said)
        # Later starts make none, and leave the file as it is.
        before = told.read_text()
        place.stop()
        place.start("--first-logins", str(told))
        self.assertEqual(told.read_text(), before)

    def test_first_logins_that_cannot_be_told_are_not_made(self):
        place = Installation()
        self.addCleanup(place.remove)
        missing = place.folder / "none" / "first-logins"
        done = place.run("serve", "--listen", "127.0.0.1:0", "--first-logins", str(missing), check=False)
        self.assertEqual(done.returncode, 6, done.stderr)
        self.assertIn(str(missing), done.stderr.decode())
        self.assertNotIn("admin", place.run("user", "list").stdout.decode())

    def test_the_audit_log_is_verified_by_a_program_of_its_own(self):
        self.place.client("lin").call("POST", "/api/v1/records/item", {"fields": {"title": "审计样件"}})
        self.place.stop()
        exported = self.place.folder / "audit.jsonl"
        exported.write_bytes(self.place.run("audit", "export").stdout)
        verify = [sys.executable, TOP / "tools/audit_verify", exported]
        self.assertEqual(subprocess.run(verify, capture_output=True, check=False).returncode, 0)
        lines = exported.read_text("utf-8").splitlines()
        entry = json.loads(lines[-1])
        entry["actor"] = "somebody-else"
        exported.write_text("\n".join([*lines[:-1], json.dumps(entry, ensure_ascii=False)]) + "\n", "utf-8")
        self.assertNotEqual(subprocess.run(verify, capture_output=True, check=False).returncode, 0)

    def test_heads_kept_outside_show_a_log_that_lost_its_end(self):
        heads, exported = self.place.folder / "heads.jsonl", self.place.folder / "audit.jsonl"
        self.place.stop()
        self.place.start("--audit-heads", str(heads))
        self.place.client("lin").call("POST", "/api/v1/records/item", {"fields": {"title": "审计样件"}})
        self.place.stop()
        kept = [json.loads(line) for line in heads.read_text("utf-8").splitlines()]
        self.assertGreaterEqual(len(kept), 2)  # at the start and at the end
        key = self.place.run("audit", "key").stdout.decode().strip()
        self.assertEqual({head["key"] for head in kept}, {key})
        exported.write_bytes(self.place.run("audit", "export").stdout)

        def verdicts(*more):
            """Of the store's own check and of the independent one."""
            own = self.place.run("audit", "verify", "--heads", str(heads), *more, "--format", "json", check=False)
            other = subprocess.run([sys.executable, TOP / "tools/audit_verify", exported, "--heads", heads, *more], capture_output=True, check=False)
            return own.returncode, other.returncode

        self.assertEqual(verdicts(), (0, 0))
        self.assertEqual(verdicts("--key", key), (0, 0))
        self.assertEqual(verdicts("--key", "0" * 64), (7, 1))
        last = kept[-1]
        for changed in ({**last, "sequence": last["sequence"] + 1000}, {**last, "hash": "0" * 64}, {**last, "time": "2020-01-01T00:00:00.000000Z"}):
            heads.write_text(json.dumps(changed) + "\n", "utf-8")
            self.assertEqual(verdicts(), (7, 1), changed)  # the signature does not hold
        unsigned = {"sequence": last["sequence"] + 1000, "hash": last["hash"]}
        heads.write_text(json.dumps(unsigned) + "\n", "utf-8")
        self.assertEqual(verdicts(), (7, 1))
        heads.write_text(json.dumps({"sequence": last["sequence"], "hash": last["hash"]}) + "\n", "utf-8")
        self.assertEqual(verdicts(), (0, 0))
        self.assertEqual(verdicts("--key", key), (7, 1))
        heads.write_text("{}", "utf-8")
        self.assertEqual(verdicts(), (2, 2))

    def test_a_signing_key_of_its_own_and_a_head_by_hand(self):
        self.place.stop()
        secret, heads = self.place.folder / "key", self.place.folder / "heads.jsonl"
        secret.write_text("11" * 32 + "\n")
        self.place.run("audit", "head", str(heads), "--audit-key", str(secret))
        key = self.place.run("audit", "key", "--audit-key", str(secret)).stdout.decode().strip()
        self.assertNotEqual(key, self.place.run("audit", "key").stdout.decode().strip())
        self.assertEqual(self.place.run("audit", "verify", "--heads", str(heads), "--key", key).returncode, 0)
        secret.write_text("no key")
        self.assertEqual(self.place.run("audit", "key", "--audit-key", str(secret), check=False).returncode, 2)

    def test_the_doctor_names_what_is_wrong_and_what_to_do(self):
        def findings(*more, data=None):
            done = subprocess.run([LANTAI, "--data", data or self.place.data, "doctor", "--format", "json", *more], capture_output=True, check=False, timeout=60)
            found = [json.loads(line) for line in done.stdout.decode().splitlines()]
            return {one["check"]: one for one in found}, done.returncode

        healthy, _ = findings()  # beside the running service
        for check in ("data", "disk", "declarations", "sandbox", "ocr"):
            self.assertIn(healthy[check]["finding"], ("good", "warning"), healthy[check])
        self.assertEqual(healthy["data"]["finding"], "good")
        os.chmod(self.place.data, 0o755)
        opened, code = findings()
        self.assertEqual((opened["data"]["finding"], code), ("bad", 1))
        self.assertIn("chmod 700", opened["data"]["text"])
        os.chmod(self.place.data, 0o700)
        foreign = self.place.folder / "foreign"
        foreign.mkdir(mode=0o700)
        (foreign / "letter.txt").write_text("x")
        self.assertEqual(findings(data=foreign)[0]["store"]["finding"], "bad")

        def certificate(name, days):
            key, chain = self.place.folder / f"{name}.key", self.place.folder / f"{name}.pem"
            subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", str(days),
                            "-subj", "/CN=archive.example", "-keyout", key, "-out", chain], check=True, capture_output=True)
            key.chmod(0o600)
            return str(chain), str(key)

        chain, key = certificate("good", 365)
        tls = lambda chain, key: findings("--tls-certificate", chain, "--tls-key", key)[0]["tls"]["finding"]  # noqa: E731
        self.assertEqual(tls(chain, key), "good")
        self.assertEqual(tls(*certificate("soon", 5)), "warning")
        self.assertEqual(tls(chain, certificate("other", 365)[1]), "bad")
        self.assertEqual(tls(key, key), "bad")

    def test_plain_http_beyond_this_machine_is_asked_for_by_name(self):
        self.place.stop()
        refused = self.place.run("serve", "--listen", "0.0.0.0:0", check=False)
        self.assertEqual(refused.returncode, 2)
        self.assertIn(b"--plain-http", refused.stderr)


if __name__ == "__main__":
    unittest.main()
