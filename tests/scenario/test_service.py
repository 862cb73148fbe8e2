"""The package's unit under a real service manager, in a booted system of its own: what confines the service keeps nothing from working."""

import json
import os
import re
import ssl
import time
import unittest
import urllib.request

from certificates import make_certificates
from debian_root import DebianRoot, newer_package, package
from lantai_server import TOP, Client, free_port

PASSWORD = "a passphrase for the service"
FORMATS = TOP / "tests/data/formats"
DATA = ["runuser", "-u", "lantai", "--", "lantai", "--data", "/var/lib/lantai"]


@unittest.skipUnless(os.geteuid() == 0, "a system of one's own takes root")
class Service(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.debian = DebianRoot()
        cls.addClassCleanup(cls.debian.remove)
        cls.debian.install("systemd", "systemd-sysv", "dbus")
        if hindrance := cls.debian.boot():
            raise unittest.SkipTest(f"this machine boots no system within it: {hindrance}")
        cls.inside = cls.debian.inside
        cls.port = free_port()
        cls.base = f"http://127.0.0.1:{cls.port}"
        cls.settings = cls.debian.path / "etc/default/lantai"

    def set_options(self, options):
        self.settings.write_text(f'LANTAI_OPTIONS="{options} --audit-heads /var/log/lantai/audit-heads.jsonl"\n')

    def property(self, name):
        return self.inside("systemctl", "show", "--property", name, "--value", "lantai").stdout.decode().strip()

    def wait_for(self, what, fulfilled):
        until = time.monotonic() + 120
        while not fulfilled():
            if time.monotonic() > until:
                raise AssertionError(f"{what}\n{self.journal()[-3000:]}")

    def journal(self):
        return self.inside("journalctl", "--unit", "lantai", "--no-pager").stdout.decode()

    def client(self):
        return Client(self.base).sign_in("lin", PASSWORD)

    def test_it_starts_reads_files_comes_back_and_goes(self):
        self.set_options(f"--listen 127.0.0.1:{self.port}")
        self.debian.install(self.debian.copy(package(), "root/lantai.deb"))
        self.assertEqual(self.property("ActiveState"), "active", self.journal())
        self.assertEqual(self.property("UnitFileState"), "enabled")
        self.assertEqual(Client(self.base).get("/healthz").status, 200)

        # The first logins are for whoever administers this machine, not for all who may read its journal.
        logins = self.debian.path / "var/lib/lantai/first-logins"
        self.assertEqual(logins.stat().st_mode & 0o777, 0o600)
        passwords = dict(re.findall(r"user (\w+), password (\w+)", logins.read_text()))
        self.assertEqual(set(passwords), {"admin", "security", "auditor"})
        for login, password in passwords.items():
            self.assertNotIn(password, self.journal())
            self.assertTrue(Client(self.base).sign_in(login, password).csrf)

        self.inside("systemctl", "stop", "lantai")
        self.assertEqual((self.property("Result"), self.property("ExecMainStatus")), ("success", "0"), self.journal())
        (self.debian.path / "var/tmp/password").write_text(PASSWORD)
        (self.debian.path / "var/tmp/password").chmod(0o644)
        self.inside(*DATA, "user", "add", "lin", "--role", "archivist", "--clearance", "2", "--password-file", "/var/tmp/password")
        self.inside("systemctl", "start", "lantai")

        # Said to be started, it answers; what reads files can do so under everything that confines it.
        client = self.client()
        made = client.call("POST", "/api/v1/records/item", {"fields": {"title": "服务单元"}})
        address = f"/api/v1/records/item/{made.json['id']}"
        for name in ("document.docx", "scanned.pdf", "pack.7z", "line.heic"):
            added = client.call("POST", f"{address}/files?name={name}", (FORMATS / name).read_bytes(), {"Content-Type": "application/octet-stream"})
            self.assertEqual(added.status, 201)
        found = client.search('"第一中学关于做好校庆筹备工作的通知"', wait=added.headers["X-Change-Position"])
        self.assertEqual([hit["id"] for hit in found["hits"]], [made.json["id"]])
        for number in range(1, 5):
            text = client.get(f"{address}/files/{number}/text").json
            self.assertEqual(text["state"], "done", (number, text, self.journal()[-2000:]))

        # Killed, it is started again by itself.
        before = self.property("MainPID")
        self.inside("systemctl", "kill", "--signal=KILL", "lantai")
        self.wait_for("it was not started again", lambda: self.property("MainPID") not in ("0", before) and self.property("ActiveState") == "active")
        self.assertEqual(self.client().get(address).status, 200)

        # Ports below 1024 are open to it, and a key that only root can read is handed to it as a credential.
        certificates = make_certificates(self.debian.path / "etc/lantai")
        (certificates / "key.pem").chmod(0o600)
        added = self.debian.path / "etc/systemd/system/lantai.service.d"
        added.mkdir(parents=True)
        (added / "key.conf").write_text("[Service]\nLoadCredential=key.pem:/etc/lantai/key.pem\n")
        self.inside("systemctl", "daemon-reload")
        secure = free_port([443, *range(700, 1000)])
        self.set_options(f"--listen 127.0.0.1:{secure} --tls-certificate /etc/lantai/cert.pem --tls-key /run/credentials/lantai.service/key.pem")
        self.inside("systemctl", "restart", "lantai")
        trust = ssl.create_default_context(cafile=str(certificates / "ca.pem"))
        with urllib.request.urlopen(f"https://127.0.0.1:{secure}/healthz", context=trust, timeout=30) as answer:
            self.assertEqual(answer.status, 200)
        heads = (self.debian.path / "var/log/lantai/audit-heads.jsonl").read_text().splitlines()
        self.assertGreater(json.loads(heads[-1])["sequence"], 0)

        # An upgrade starts the new one; a removal ends it and leaves what it kept.
        self.set_options(f"--listen 127.0.0.1:{self.port}")
        before = self.property("MainPID")
        self.debian.install(self.debian.copy(newer_package(self.debian.folder), "root/newer.deb"))
        self.assertNotIn(self.property("MainPID"), ("0", before))
        self.assertEqual(self.client().get(address).json["fields"]["title"], "服务单元")
        self.inside("apt-get", "remove", "-y", "-qq", "lantai")
        self.assertNotEqual(self.inside("systemctl", "is-active", "lantai", check=False).returncode, 0)
        self.assertTrue((self.debian.path / "var/lib/lantai/FORMAT").exists())

    def test_wrong_options_are_said_and_not_tried_for_ever(self):
        self.set_options("--listen nowhere")
        self.debian.install(self.debian.copy(package(), "root/lantai.deb"))
        self.inside("systemctl", "reset-failed", "lantai", check=False)
        self.assertNotEqual(self.inside("systemctl", "restart", "lantai", check=False).returncode, 0)
        self.assertEqual(self.property("NRestarts"), "0")
        self.assertIn("--listen needs ADDRESS:PORT", self.journal())


if __name__ == "__main__":
    unittest.main()
