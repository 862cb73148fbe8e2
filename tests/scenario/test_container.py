"""The container file: an image is built from it and the package, and what it runs reads files and keeps them in its volume."""

import os
import re
import resource
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from debian_root import archive_of_root, package, run
from lantai_server import TOP, Client

PASSWORD = "a passphrase for the container"
DOCUMENT = TOP / "tests/data/formats/document.docx"


@unittest.skipUnless(os.geteuid() == 0, "storage of one's own takes root")
class Container(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = Path(tempfile.mkdtemp(prefix="lantai-container-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)
        cls.addClassCleanup(cls.podman, "system", "reset", "--force", check=False)
        # Under the name of the image that the file begins with, in storage that nothing else uses.
        cls.podman("import", archive_of_root(), "docker.io/library/debian:bookworm-slim")
        tried = cls.podman("run", "--rm", *cls.limits(), "docker.io/library/debian:bookworm-slim", "true", check=False)
        if tried.returncode != 0:
            raise unittest.SkipTest(f"this machine runs no containers: {tried.stderr.decode()}")
        context = cls.folder / "context"
        context.mkdir()
        shutil.copy(package(), context)
        cls.podman("build", "--network=host", "--isolation=chroot", "-f", TOP / "tools/package/Containerfile", "-t", "lantai", context)

    @classmethod
    def podman(cls, *command, check=True):
        runtime = ["--runtime", "runc"] if shutil.which("runc") else []
        return run("podman", "--root", cls.folder / "storage", "--runroot", cls.folder / "run", "--cgroup-manager", "cgroupfs", *runtime, *command,
                   check=check)

    @staticmethod
    def limits():
        """This machine may not let limits be raised."""
        own = {"nofile": resource.RLIMIT_NOFILE, "nproc": resource.RLIMIT_NPROC}
        values = {name: min(value for value in (*resource.getrlimit(which), 4096) if value > 0) for name, which in own.items()}
        return ["--network=host", *(f"--ulimit={name}={value}:{value}" for name, value in values.items())]

    def serve(self, name):
        """Its address, once it has said it."""
        self.podman("run", "--detach", "--name", name, *self.limits(), "--volume", f"{self.folder / 'data'}:/var/lib/lantai", "lantai", "serve",
                    "--listen", "127.0.0.1:0")
        self.addCleanup(self.podman, "rm", "--force", name, check=False)
        logs = subprocess.Popen(["podman", "--root", self.folder / "storage", "--runroot", self.folder / "run", "logs", "--follow", name],
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.addCleanup(logs.stdout.close)
        self.addCleanup(logs.wait)
        self.addCleanup(logs.kill)
        said = ""
        for line in logs.stdout:
            said += line
            if found := re.search(r"http://127\.0\.0\.1:\d+", line):
                return found[0]
        raise AssertionError(said)

    def test_it_serves_and_what_it_keeps_outlives_the_container(self):
        data = self.folder / "data"
        data.mkdir()
        user = self.podman("run", "--rm", *self.limits(), "--entrypoint", "id", "lantai", "-u").stdout.decode().strip()
        self.assertNotEqual(user, "0")
        os.chown(data, int(user), int(user))
        (self.folder / "password").write_text(PASSWORD)
        (self.folder / "password").chmod(0o644)
        self.podman("run", "--rm", *self.limits(), "--volume", f"{data}:/var/lib/lantai", "--volume", f"{self.folder / 'password'}:/password", "lantai",
                    "user", "add", "lin", "--role", "archivist", "--clearance", "2", "--password-file", "/password")
        client = Client(self.serve("first")).sign_in("lin", PASSWORD)
        self.assertEqual(client.get("/").status, 200)
        made = client.call("POST", "/api/v1/records/item", {"fields": {"title": "装在容器里"}})
        address = f"/api/v1/records/item/{made.json['id']}"
        added = client.call("POST", f"{address}/files?name=document.docx", DOCUMENT.read_bytes(), {"Content-Type": "application/octet-stream"})
        found = client.search('"第一中学关于做好校庆筹备工作的通知"', wait=added.headers["X-Change-Position"])
        self.assertEqual([hit["id"] for hit in found["hits"]], [made.json["id"]])
        self.podman("stop", "--time", "60", "first")
        state = self.podman("inspect", "--format", "{{.State.ExitCode}}", "first").stdout.decode().strip()
        self.assertEqual(state, "0")
        self.podman("rm", "first")
        client = Client(self.serve("second")).sign_in("lin", PASSWORD)
        self.assertEqual(client.get(f"{address}/files/1").body, DOCUMENT.read_bytes())


if __name__ == "__main__":
    unittest.main()
