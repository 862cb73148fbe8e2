"""The Debian package, installed in a root that has nothing else: it serves as its own user, and an upgrade and a removal keep the holdings."""

import json
import os
import re
import subprocess
import unittest

from debian_root import DebianRoot, newer_package, package, run
from lantai_server import TOP, Client

PASSWORD = "a passphrase for the package"


@unittest.skipUnless(os.geteuid() == 0, "a root of one's own takes root")
class Package(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.debian = DebianRoot()
        cls.addClassCleanup(cls.debian.remove)
        cls.root = cls.debian.path
        run("mount", "-t", "proc", "proc", cls.root / "proc", check=False)
        cls.addClassCleanup(run, "umount", "-l", cls.root / "proc", check=False)
        # No service manager here: nothing may be started at installation.
        policy = cls.root / "usr/sbin/policy-rc.d"
        policy.write_text("#!/bin/sh\nexit 101\n")
        policy.chmod(0o755)
        cls.inside = cls.debian.inside

    def install(self, file):
        self.debian.install(self.debian.copy(file, "tmp/lantai.deb"))

    def serve(self):
        """As the unit does, by the package's own user: (process, address)."""
        unit = (self.root / "usr/lib/systemd/system/lantai.service").read_text()
        command = re.search(r"^ExecStart=(.*)$", unit, re.M)[1].replace("$LANTAI_OPTIONS", "--listen 127.0.0.1:0 --allow-incomplete-sandbox").split()
        self.assertEqual(re.search(r"^User=(.*)$", unit, re.M)[1], "lantai")
        server = subprocess.Popen(["chroot", "--userspec=lantai:lantai", self.root, *command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.addCleanup(server.kill)
        said = ""
        for line in server.stdout:
            said += line
            if found := re.search(r"http://127\.0\.0\.1:\d+", line):
                return server, found[0]
        raise AssertionError(said)

    def stop(self, server):
        server.terminate()
        self.assertEqual(server.wait(60), 0)
        server.stdout.close()

    def test_it_is_installed_upgraded_and_removed_and_the_holdings_stay(self):
        self.install(package())
        self.assertIn("lantai", (self.root / "etc/passwd").read_text())
        data = self.root / "var/lib/lantai"
        self.assertEqual(data.stat().st_mode & 0o777, 0o700)
        self.assertNotEqual(data.stat().st_uid, 0)
        doctor = self.inside("runuser", "-u", "lantai", "--", "lantai", "--data", "/var/lib/lantai", "doctor", "--format", "json", check=False)
        found = {one["check"]: one["finding"] for one in map(json.loads, doctor.stdout.decode().splitlines())}
        self.assertIn("user", found, doctor.stderr.decode())
        for check in ("user", "data", "disk", "declarations", "web", "ocr"):
            self.assertEqual(found[check], "good", check)

        (self.root / "tmp/password").write_text(PASSWORD)
        (self.root / "tmp/password").chmod(0o644)
        self.inside("runuser", "-u", "lantai", "--", "lantai", "--data", "/var/lib/lantai", "user", "add", "lin", "--role", "archivist",
                    "--clearance", "2", "--password-file", "/tmp/password")
        server, base = self.serve()
        client = Client(base).sign_in("lin", PASSWORD)
        self.assertEqual(client.get("/").status, 200)
        made = client.call("POST", "/api/v1/records/item", {"fields": {"title": "装进软件包之前"}})
        self.assertEqual(made.status, 201)
        address = f"/api/v1/records/item/{made.json['id']}"
        self.stop(server)

        settings = self.root / "etc/default/lantai"
        settings.write_text(settings.read_text() + "# ours\n")
        self.inside("dpkg", "--force-confold", "-i", self.debian.copy(newer_package(self.debian.folder), "tmp/newer.deb"))
        self.assertIn("# ours", settings.read_text())
        server, base = self.serve()
        client = Client(base).sign_in("lin", PASSWORD)
        self.assertEqual(client.get(address).json["fields"]["title"], "装进软件包之前")
        self.stop(server)

        self.inside("apt-get", "remove", "-y", "-qq", "lantai")
        self.assertFalse((self.root / "usr/bin/lantai").exists())
        self.assertTrue((data / "FORMAT").exists())
        purged = self.inside("apt-get", "purge", "-y", "-qq", "lantai")
        self.assertIn("/var/lib/lantai are kept", purged.stderr.decode() + purged.stdout.decode())
        self.assertTrue((data / "FORMAT").exists())
        self.assertFalse(settings.exists())
        self.install(package())
        server, base = self.serve()
        self.assertEqual(Client(base).sign_in("lin", PASSWORD).get(address).status, 200)
        self.stop(server)

    def test_the_unit_confines_the_service(self):
        unit = TOP / "tools/package/lantai.service"
        judged = run("systemd-analyze", "security", "--offline=true", "--threshold=25", "--no-pager", unit, check=False)
        self.assertEqual(judged.returncode, 0, judged.stdout.decode()[-600:])


if __name__ == "__main__":
    unittest.main()
