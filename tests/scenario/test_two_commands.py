"""A newcomer runs the two commands, and both do what they say. The product has been built already when this runs."""

import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

from lantai_server import TOP, Client, free_port

RUN = TOP / "tools" / "run"
NEXT_START = 20  # seconds that a start may take when nothing is left to be made


class TwoCommands(unittest.TestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="lantai-commands-"))

    def tearDown(self):
        shutil.rmtree(self.folder, ignore_errors=True)

    def start(self, *options):
        """Starts `tools/run` and reads what it prints until it serves: (process, text, seconds)."""
        begun = time.monotonic()
        process = subprocess.Popen([RUN, *options], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                   start_new_session=True, env={**os.environ, "LANG": "en_US.UTF-8"})
        self.addCleanup(self.end, process)
        said = ""
        for line in process.stdout:
            said += line
            if re.search(r"http://127\.0\.0\.1:\d+", line):
                return process, said, time.monotonic() - begun
        raise AssertionError(said)

    def end(self, process):
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
        process.wait(60)
        process.stdout.close()

    def test_run_takes_in_the_samples_and_stops_when_it_was_only_to_check(self):
        data = f"{self.folder}/holdings/"  # as a shell completes it
        done = subprocess.run([RUN, "--check", "--data", data, "--listen", f"127.0.0.1:{free_port()}"], capture_output=True,
                              text=True, check=False, timeout=600)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("ready", done.stdout.splitlines())
        self.assertEqual(sorted(path.name for path in self.folder.iterdir()), ["holdings"])

    def test_run_prints_address_and_login_and_starts_again_within_seconds(self):
        options = ("--empty", "--data", self.folder / "holdings", "--listen", "127.0.0.1:0")
        process, said, _ = self.start(*options)
        base = re.search(r"http://127\.0\.0\.1:\d+", said)[0]
        login = re.search(r"user (\S+), password (\S+)", said)
        self.assertTrue(login, said)
        client = Client(base).sign_in(login[1], login[2])
        self.assertTrue(client.get("/api/v1/session").json["account"]["must_change_password"])
        self.end(process)
        _, again, seconds = self.start(*options)
        self.assertNotIn(login[2], again)
        self.assertLess(seconds, NEXT_START)

    def test_test_says_so_when_it_cannot_even_build(self):
        (self.folder / "tools").mkdir()
        shutil.copy(TOP / "tools" / "test", self.folder / "tools" / "test")
        build = self.folder / "tools" / "build"
        build.write_text("#!/bin/sh\necho no room >&2\nexit 4\n")
        build.chmod(0o755)
        done = subprocess.run([self.folder / "tools" / "test"], capture_output=True, text=True, check=False)
        self.assertNotEqual(done.returncode, 0)
        self.assertEqual(done.stdout.splitlines()[-1], "0 passed, 1 failed")
        self.assertIn("no room", done.stderr)


if __name__ == "__main__":
    unittest.main()
