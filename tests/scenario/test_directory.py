"""Signing in with the password of the school's directory: a real slapd, over TLS."""

import shutil
import socket
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

from certificates import make_certificates
from lantai_server import PASSWORD, Client, Installation, free_port

SUFFIX = "dc=school,dc=test"
READER = f"cn=reader,{SUFFIX}"
READER_PASSWORD = "the reader's own"
PEOPLE = {"wang": "王的 directory pass", "li": "li's directory pass"}


class Slapd:
    def __init__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="lantai-slapd-"))
        self.certificates = make_certificates(self.folder / "tls")
        (self.folder / "db").mkdir()
        self.tls_port, self.plain_port = free_port(), free_port()
        self.config = self.folder / "slapd.conf"
        self.config.write_text(f"""
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
pidfile {self.folder}/pid
modulepath /usr/lib/ldap
moduleload back_mdb
TLSCACertificateFile {self.certificates}/ca.pem
TLSCertificateFile {self.certificates}/cert.pem
TLSCertificateKeyFile {self.certificates}/key.pem
security simple_bind=128
database mdb
suffix "{SUFFIX}"
rootdn "{READER}"
rootpw "{READER_PASSWORD}"
directory {self.folder}/db
""")
        people = f"dn: {SUFFIX}\nobjectClass: organization\nobjectClass: dcObject\no: School\ndc: school\n\n"
        for uid, password in PEOPLE.items():
            people += (f"dn: uid={uid},{SUFFIX}\nobjectClass: inetOrgPerson\nuid: {uid}\ncn: Person {uid}\nsn: {uid}\n"
                       f"userPassword: {password}\n\n")
        # One uid twice: it is not known who is meant.
        for number in (1, 2):
            people += (f"dn: cn=twin{number},{SUFFIX}\nobjectClass: inetOrgPerson\nuid: twin\ncn: twin{number}\nsn: twin\n"
                       "userPassword: twin pass of both\n\n")
        subprocess.run(["/usr/sbin/slapadd", "-f", self.config], input=people.encode(), check=True, capture_output=True, timeout=60)
        self.process = None
        self.start()

    def start(self):
        self.process = subprocess.Popen(["/usr/sbin/slapd", "-f", self.config, "-d", "0", "-h",
                                         f"ldaps://127.0.0.1:{self.tls_port} ldap://127.0.0.1:{self.plain_port}"],
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 30
        while True:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.plain_port)) == 0:
                    return
            assert time.monotonic() < deadline and self.process.poll() is None, "slapd does not start"

    def stop(self):
        self.process.terminate()
        self.process.wait(30)

    def set_password(self, uid, password):
        change = f"dn: uid={uid},{SUFFIX}\nchangetype: modify\nreplace: userPassword\nuserPassword: {password}\n"
        subprocess.run(["ldapmodify", "-H", f"ldaps://127.0.0.1:{self.tls_port}", "-D", READER, "-w", READER_PASSWORD], input=change.encode(),
                       check=True, capture_output=True, timeout=30, env={"LDAPTLS_CACERT": str(self.certificates / "ca.pem"), "PATH": "/usr/bin"})


class DirectoryTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.slapd = Slapd()
        cls.place = Installation()
        cls.place.add_chief("chief")
        cls.place.run("user", "add", "wang", "--role", "staff", "--clearance", "1", "--signs-in-by", "directory")
        cls.secret = cls.place.folder / "reader-password"
        cls.secret.write_text(READER_PASSWORD + "\n")
        cls.place.start(*cls.options())

    @classmethod
    def options(cls, url=None, ca=None):
        return ["--ldap", url or f"ldaps://127.0.0.1:{cls.slapd.tls_port}", "--ldap-base", SUFFIX, "--ldap-reader", READER,
                "--ldap-password-file", str(cls.secret), "--ldap-ca", str(ca or cls.slapd.certificates / "ca.pem"), "--make-accounts"]

    @classmethod
    def tearDownClass(cls):
        cls.place.remove()
        cls.slapd.stop()
        shutil.rmtree(cls.slapd.folder, ignore_errors=True)

    def asked(self, login, password):
        return Client(self.place.base).call("POST", "/api/v1/session", {"login": login, "password": password})

    def test_the_directory_s_password_signs_in_and_no_other(self):
        self.assertEqual(self.asked("wang", PEOPLE["wang"]).json["account"]["roles"], ["staff"])
        for password in ("wrong", "", PASSWORD, PEOPLE["li"]):
            self.assertEqual(self.asked("wang", password).status, 401, password)
        # What would be a pattern or the end of a filter is part of a name nobody has; who is twice is nobody.
        for login in ("*", "w*", "wang)(uid=*", "wang\\2a", "nobody"):
            self.assertEqual(self.asked(login, PEOPLE["wang"]).status, 401, login)
        self.assertEqual(self.asked("twin", "twin pass of both").status, 401)

    def test_whoever_it_knows_gets_an_account_without_rights(self):
        first = self.asked("li", PEOPLE["li"])
        self.assertEqual(first.status, 200, first.body)
        account = first.json["account"]
        self.assertEqual((account["name"], account["roles"], account["signs_in_by"], account["clearance"]), ("Person li", [], "directory", 0))
        self.assertEqual(self.asked("li", PEOPLE["li"]).json["account"]["id"], account["id"])
        client = Client(self.place.base).sign_in("li", PEOPLE["li"])
        self.assertEqual(client.get("/api/v1/records/item").status, 403)

    def test_the_password_is_changed_there_and_not_here(self):
        client = Client(self.place.base).sign_in("wang", PEOPLE["wang"])
        refused = client.call("PUT", "/api/v1/session/password", {"old": PEOPLE["wang"], "new": "another good password"})
        self.assertEqual(refused.json["message_id"], "auth.password_elsewhere")
        chief = Client(self.place.base).sign_in("chief")
        account = client.get("/api/v1/session").json["account"]["id"]
        refused = chief.call("PATCH", f"/api/v1/accounts/{account}", {"password": "another good password"})
        self.assertEqual(refused.json["message_id"], "auth.password_elsewhere")
        # A grave act takes the directory's password.
        wrong = client.call("POST", "/api/v1/session/verification", {"password": "wrong"})
        self.assertEqual(wrong.json["errors"][0]["field"], "password")
        self.assertEqual(client.call("POST", "/api/v1/session/verification", {"password": PEOPLE["wang"]}).status, 204)
        self.slapd.set_password("wang", "another one there")
        self.assertEqual(self.asked("wang", PEOPLE["wang"]).status, 401)
        self.assertEqual(self.asked("wang", "another one there").status, 200)
        self.slapd.set_password("wang", PEOPLE["wang"])

    def test_an_account_moves_between_here_and_there(self):
        chief = Client(self.place.base).sign_in("chief")
        made = chief.call("POST", "/api/v1/accounts", {"login": "mover", "name": "m", "roles": ["staff"], "password": "a good password here",
                                                       "must_change_password": False})
        path = f"/api/v1/accounts/{made.json['id']}"
        own = Client(self.place.base).sign_in("mover", "a good password here")
        self.assertEqual(chief.call("PATCH", path, {"signs_in_by": "directory"}).status, 200)
        self.assertEqual(own.get("/api/v1/session").status, 401)  # its sessions have ended
        self.assertEqual(self.asked("mover", "a good password here").status, 401)
        self.assertEqual(chief.call("PATCH", path, {"signs_in_by": "password"}).json["errors"][0]["field"], "password")
        self.assertEqual(chief.call("PATCH", path, {"signs_in_by": "password", "password": "a new one for here"}).status, 200)
        self.assertEqual(self.asked("mover", "a new one for here").status, 200)

    def test_without_the_directory_accounts_kept_here_go_on(self):
        self.slapd.stop()
        try:
            refused = self.asked("wang", PEOPLE["wang"])
            self.assertEqual((refused.status, refused.json["message_id"]), (503, "auth.directory_unavailable"))
            self.assertEqual(self.asked("chief", PASSWORD).status, 200)
        finally:
            self.slapd.start()
        self.assertEqual(self.asked("wang", PEOPLE["wang"]).status, 200)

    def test_tls_is_begun_and_a_stranger_s_certificate_refused(self):
        stranger = make_certificates(self.place.folder / "stranger")
        plain = f"ldap://127.0.0.1:{self.slapd.plain_port}"
        self.place.stop()
        try:
            self.place.start(*self.options(url=plain))
            self.assertEqual(self.asked("wang", PEOPLE["wang"]).status, 200)
            self.place.stop()
            for url in (None, plain):
                self.place.start(*self.options(url=url, ca=stranger / "ca.pem"))
                self.assertEqual(self.asked("wang", PEOPLE["wang"]).status, 503)
                self.place.stop()
            # The directory itself takes no password in the clear (security simple_bind=128), and says so.
            self.place.start(*self.options(url=plain), "--ldap-plain")
            self.assertEqual(self.asked("wang", PEOPLE["wang"]).status, 503)
            self.place.stop()
        finally:
            self.place.start(*self.options())

    def test_no_password_is_written_down(self):
        self.asked("wang", PEOPLE["wang"])
        self.asked("li", "wrong but secret")
        log = (self.place.folder / "server.log").read_bytes()
        entries = Client(self.place.base).sign_in("chief").get("/api/v1/audit/export", format="csv").body
        self.assertIn(b"session.open", entries)
        for secret in (*PEOPLE.values(), "wrong but secret", READER_PASSWORD):
            self.assertNotIn(secret.encode(), log)
            self.assertNotIn(secret.encode(), entries)
        arguments = Path(f"/proc/{self.place.server.pid}/cmdline").read_bytes()
        self.assertNotIn(READER_PASSWORD.encode(), arguments)


if __name__ == "__main__":
    unittest.main()
