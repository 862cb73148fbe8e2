"""How does a scenario talk to Lantai? Starts the real programs on a fresh store and speaks HTTP as a client would."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import urllib.error
import urllib.parse
import urllib.request
from http.cookiejar import CookieJar
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent.parent
LANTAI = TOP / "build" / "release" / "bin" / "lantai"
PASSWORD = "correct-horse-电池"


def free_port(candidates=(0,)):
    """The first of these that nobody listens on here; 0: any."""
    for port in candidates:
        with socket.socket() as asked:
            try:
                asked.bind(("127.0.0.1", port))
                return asked.getsockname()[1]
            except OSError:
                continue
    raise AssertionError("no port is free")


class Reply:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def json(self):
        return json.loads(self.body)


class Client:
    """One signed-in browser: keeps the cookie and sends the CSRF token."""

    def __init__(self, base):
        self.base, self.csrf = base, ""
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))

    def call(self, method, path, body=None, headers=None):
        data, sent = body, dict(headers or {})
        if body is not None and not isinstance(body, bytes):
            data = json.dumps(body).encode()
            sent.setdefault("Content-Type", "application/json")
        if self.csrf:
            sent["X-CSRF-Token"] = self.csrf
        request = urllib.request.Request(self.base + path, data, sent, method=method)
        try:
            with self.opener.open(request, timeout=120) as answer:
                return Reply(answer.status, answer.headers, answer.read())
        except urllib.error.HTTPError as error:
            return Reply(error.code, error.headers, error.read())

    def get(self, path, **query):
        pairs = [(k, v) for k, values in query.items() for v in (values if isinstance(values, list) else [values])]
        text = urllib.parse.urlencode(pairs)
        return self.call("GET", path + ("?" + text if text else ""))

    def sign_in(self, login, password=PASSWORD):
        reply = self.call("POST", "/api/v1/session", {"login": login, "password": password})
        assert reply.status == 200, (reply.status, reply.body)
        self.csrf = reply.json["csrf_token"]
        return self

    def search(self, query, **more):
        reply = self.get("/api/v1/search", q=query, **more)
        assert reply.status == 200, (reply.status, reply.body)
        return reply.json


class Installation:
    """A store in a temporary folder, the command line on it, and a server that can be started, stopped and killed."""

    def __init__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="lantai-scenario-"))
        self.data = self.folder / "data"
        self.server, self.base = None, None

    def run(self, *arguments, check=True, environment=None):
        done = subprocess.run([LANTAI, "--data", self.data, *arguments], capture_output=True, check=False, timeout=600,
                              env={**os.environ, "LANG": "en_US.UTF-8", **(environment or {})})
        if check and done.returncode != 0:
            raise AssertionError(f"{arguments}: {done.returncode}\n{done.stdout.decode()}\n{done.stderr.decode()}")
        return done

    def through_server(self, *arguments, token="", check=True):
        """The command line as a client of the running server."""
        done = subprocess.run([LANTAI, "--server", self.base, *arguments], capture_output=True, check=False, timeout=120,
                              env={**os.environ, "LANG": "en_US.UTF-8", "LANTAI_TOKEN": token})
        if check and done.returncode != 0:
            raise AssertionError(f"{arguments}: {done.returncode}\n{done.stdout.decode()}\n{done.stderr.decode()}")
        return done

    def token(self, login):
        return self.run("user", "token", login, "--format", "json").stdout.decode().strip()

    def add_user(self, login, role, clearance):
        self.run("user", "add", login, "--role", role, "--clearance", str(clearance), "--password-file", self._password_file())

    def add_chief(self, login):
        """Somebody who is everything at once, as in a small office that says so."""
        self.run("policy", "set", "--combine-officers", "on")
        roles = [part for role in ("administrator", "security_officer", "auditor", "archivist") for part in ("--role", role)]
        self.run("user", "add", login, *roles, "--clearance", "2", "--password-file", self._password_file())

    def _password_file(self):
        path = self.folder / "password"
        if not path.exists():
            path.write_text(PASSWORD)
            path.chmod(0o600)
        return path

    def start(self, *arguments):
        self.log = open(self.folder / "server.log", "ab")
        self.server = subprocess.Popen([LANTAI, "--data", self.data, "--lang", "en", "serve", "--listen", "127.0.0.1:0", *arguments],
                                       stdout=subprocess.PIPE, stderr=self.log, text=True)
        self.said = ""
        for line in self.server.stdout:
            self.said += line
            found = re.search(r"https?://127\.0\.0\.1:\d+", line)
            if found:
                self.base = found[0]
                return self
        raise AssertionError("the server ended: " + (self.folder / "server.log").read_text())

    def client(self, login):
        return self.client_with(login, PASSWORD)

    def client_with(self, login, password):
        return Client(self.base).sign_in(login, password)

    def stop(self, sign=signal.SIGTERM):
        if self.server:
            self.server.send_signal(sign)
            code = self.server.wait(60)
            self.server.stdout.close()
            self.log.close()
            self.server = None
            return code
        return 0

    def remove(self):
        self.stop(signal.SIGKILL)
        shutil.rmtree(self.folder, ignore_errors=True)
