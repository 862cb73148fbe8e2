"""The Debian package, installed in a root that has nothing else: it serves as its own user, and an upgrade and a removal keep the holdings."""

import json
import os
import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from lantai_server import TOP, Client

SUITE = "bookworm"
PASSWORD = "a passphrase for the package"


def mirror():
    """Where this machine gets its packages from."""
    for source in [Path("/etc/apt/sources.list"), *sorted(Path("/etc/apt/sources.list.d").glob("*"))]:
        text = source.read_text() if source.is_file() else ""
        found = re.search(r"(?m)^(?:URIs:|deb(?: \[[^]]*\])?) *(https?://\S+/debian)/?(?:\s|$)", text)
        if found:
            return found[1]
    return "http://deb.debian.org/debian"


def run(*command, check=True, **more):
    done = subprocess.run(command, capture_output=True, check=False, timeout=900, **more)
    if check and done.returncode != 0:
        raise AssertionError(f"{command}: {done.returncode}\n{done.stdout.decode()[-3000:]}\n{done.stderr.decode()[-3000:]}")
    return done


@unittest.skipUnless(os.geteuid() == 0, "a root of one's own takes root")
class Package(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        # What tools/package/build does with what has been built.
        run("cpack", "--config", "CPackConfig.cmake", cwd=TOP / "build/release")
        cls.package = max((TOP / "build/release/package").glob("lantai_*.deb"), key=lambda one: one.stat().st_mtime)
        cls.folder = Path(tempfile.mkdtemp(prefix="lantai-package-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)
        cls.root = cls.folder / "root"
        run("debootstrap", "--variant=minbase", SUITE, cls.root, mirror())
        run("mount", "-t", "proc", "proc", cls.root / "proc", check=False)
        cls.addClassCleanup(run, "umount", "-l", cls.root / "proc", check=False)
        shutil.copy("/etc/resolv.conf", cls.root / "etc/resolv.conf")
        # What a fresh system would fetch from the mirror, with the machine's own way to it.
        for conf in Path("/etc/apt/apt.conf.d").glob("*"):
            shutil.copy(conf, cls.root / "etc/apt/apt.conf.d")
        # No service manager here: nothing may be started at installation.
        policy = cls.root / "usr/sbin/policy-rc.d"
        policy.write_text("#!/bin/sh\nexit 101\n")
        policy.chmod(0o755)

    @classmethod
    def inside(cls, *command, check=True):
        environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND": "noninteractive", "LANG": "C.UTF-8"}
        return run("chroot", cls.root, *command, check=check, env=environment)

    def install(self, package):
        shutil.copy(package, self.root / "tmp/lantai.deb")
        self.inside("apt-get", "update", "-qq")
        self.inside("apt-get", "install", "-y", "-qq", "--no-install-recommends", "--allow-downgrades", "/tmp/lantai.deb")

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

    def newer(self):
        """The same package under a later version."""
        unpacked = self.folder / "unpacked"
        run("dpkg-deb", "-R", self.package, unpacked)
        control = unpacked / "DEBIAN/control"
        control.write_text(re.sub(r"(?m)^Version: .*$", "Version: 99.0", control.read_text()))
        run("dpkg-deb", "-b", unpacked, self.folder / "newer.deb")
        return self.folder / "newer.deb"

    def test_it_is_installed_upgraded_and_removed_and_the_holdings_stay(self):
        self.install(self.package)
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
        shutil.copy(self.newer(), self.root / "tmp/newer.deb")
        self.inside("dpkg", "--force-confold", "-i", "/tmp/newer.deb")
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
        self.install(self.package)
        server, base = self.serve()
        self.assertEqual(Client(base).sign_in("lin", PASSWORD).get(address).status, 200)
        self.stop(server)

    def test_the_unit_confines_the_service(self):
        unit = TOP / "tools/package/lantai.service"
        judged = run("systemd-analyze", "security", "--offline=true", "--threshold=25", "--no-pager", unit, check=False)
        self.assertEqual(judged.returncode, 0, judged.stdout.decode()[-600:])


if __name__ == "__main__":
    unittest.main()
