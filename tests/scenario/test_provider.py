"""Signing in at a sign-in provider: OpenID Connect's code flow with PKCE against a small provider that checks what it is sent."""

import base64
import hashlib
import http.client
import http.server
import json
import secrets
import ssl
import subprocess
import threading
import time
import unittest
import urllib.parse

from certificates import make_certificates, openssl
from lantai_server import Client, Installation

CLIENT, SECRET = "lantai & co", "s3cret/with+signs"


def encoded(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Key:
    def __init__(self, folder, kind):
        self.kind, self.id, self.path = kind, secrets.token_hex(4), folder / f"{secrets.token_hex(4)}.pem"
        if kind == "RS256":
            openssl("genrsa", "-out", self.path, "2048")
        else:
            openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", self.path)

    def public(self):
        if self.kind == "RS256":
            modulus = bytes.fromhex(openssl("rsa", "-in", self.path, "-noout", "-modulus").decode().strip().split("=")[1])
            return {"kty": "RSA", "kid": self.id, "use": "sig", "n": encoded(modulus), "e": "AQAB"}
        point = openssl("ec", "-in", self.path, "-pubout", "-outform", "DER")[-64:]
        return {"kty": "EC", "crv": "P-256", "kid": self.id, "use": "sig", "x": encoded(point[:32]), "y": encoded(point[32:])}

    def sign(self, data):
        signature = openssl("dgst", "-sha256", "-sign", self.path, given=data)
        if self.kind == "RS256":
            return signature
        numbers, at = b"", 2  # SEQUENCE { INTEGER r, INTEGER s } as r and s of 32 bytes
        for _ in range(2):
            length = signature[at + 1]
            numbers += signature[at + 2:at + 2 + length].lstrip(b"\0").rjust(32, b"\0")
            at += 2 + length
        return numbers


class Provider:
    """Says yes to everybody it is told to; `change` alters the claims, the header or the token of the next sign-in."""

    def __init__(self, folder):
        self.folder = folder
        certificates = make_certificates(folder / "tls")
        self.key = Key(folder, "RS256")
        self.published, self.codes, self.faults = [self.key], {}, []
        provider = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def log_message(self, *_):
                pass

            def answer(self, body, status=200):
                data = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def do_GET(self):
                base = provider.issuer
                if self.path == "/school/.well-known/openid-configuration":
                    self.answer({"issuer": base, "authorization_endpoint": base + "/authorize?tenant=1", "token_endpoint": base + "/token",
                                 "jwks_uri": base + "/keys"})
                elif self.path == "/school/keys":
                    self.answer({"keys": [key.public() for key in provider.published]})
                else:
                    self.answer({}, 404)

            def do_POST(self):
                form = dict(urllib.parse.parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode()))
                self.answer(*provider.token(form, self.headers))

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificates / "cert.pem", certificates / "key.pem")
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.ca = certificates / "ca.pem"
        self.issuer = f"https://localhost:{self.server.server_address[1]}/school"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def authorise(self, address, subject, login, change=None):
        """What happens in the browser at the provider: gives code and state."""
        parts = urllib.parse.urlsplit(address)
        asked = dict(urllib.parse.parse_qsl(parts.query))
        assert parts.path == "/school/authorize" and asked["tenant"] == "1", address
        assert asked["response_type"] == "code" and asked["client_id"] == CLIENT and "openid" in asked["scope"].split(), asked
        assert asked["code_challenge_method"] == "S256" and len(asked["nonce"]) >= 16 and len(asked["state"]) >= 16, asked
        code = secrets.token_urlsafe(16)
        self.codes[code] = (asked, subject, login, change or {})
        return code, asked["state"]

    def token(self, form, headers):
        pair = base64.b64decode(headers.get("Authorization", "").removeprefix("Basic ")).decode()
        client, _, secret = pair.partition(":")
        if (urllib.parse.unquote(client), urllib.parse.unquote(secret)) != (CLIENT, SECRET):
            return {"error": "invalid_client"}, 401
        asked, subject, login, change = self.codes.pop(form["code"], (None, None, None, None))
        if asked is None or form["redirect_uri"] != asked["redirect_uri"]:
            return {"error": "invalid_grant"}, 400
        if encoded(hashlib.sha256(form["code_verifier"].encode()).digest()) != asked["code_challenge"]:
            return {"error": "invalid_grant"}, 400
        now = int(time.time())
        claims = {"iss": self.issuer, "sub": subject, "aud": CLIENT, "exp": now + 300, "iat": now, "auth_time": now, "nonce": asked["nonce"],
                  "preferred_username": login, "name": f"某 {login}", **change.get("claims", {})}
        claims = {name: value for name, value in claims.items() if value is not None}
        key = change.get("key", self.key)
        header = {"alg": key.kind, "kid": key.id, **change.get("header", {})}
        header = {name: value for name, value in header.items() if value is not None}
        signed = encoded(json.dumps(header).encode()) + "." + encoded(json.dumps(claims).encode())
        token = signed + "." + encoded(change["sign"](signed.encode()) if "sign" in change else key.sign(signed.encode()))
        return {"access_token": "x", "token_type": "Bearer", "id_token": change.get("token", lambda whole: whole)(token)}, 200


class Browser:
    """Keeps cookies by name, follows nothing by itself."""

    def __init__(self, base):
        self.host, self.cookies = base.removeprefix("http://"), {}

    def get(self, path):
        connection = http.client.HTTPConnection(self.host, timeout=60)
        connection.request("GET", path, headers={"Cookie": "; ".join(f"{n}={v}" for n, v in self.cookies.items())})
        answer = connection.getresponse()
        body = answer.read().decode()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.split(";")[0]
                if "Max-Age=0" in value:
                    del self.cookies[key]
        connection.close()
        return answer, body


class ProviderTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.place = Installation()
        cls.place.add_chief("chief")
        cls.place.run("user", "add", "wang", "--role", "staff", "--clearance", "1", "--signs-in-by", "provider")
        cls.provider = Provider(cls.place.folder)
        secret = cls.place.folder / "client-secret"
        secret.write_text(SECRET + "\n")
        cls.options = ["--oidc", cls.provider.issuer, "--oidc-client", CLIENT, "--oidc-secret-file", str(secret), "--oidc-ca", str(cls.provider.ca),
                       "--public-url", "http://127.0.0.1:1/", "--oidc-name", "统一身份认证", "--make-accounts"]
        cls.place.start(*cls.options)

    @classmethod
    def tearDownClass(cls):
        cls.provider.server.shutdown()
        cls.provider.server.server_close()
        cls.place.remove()

    def browser(self):
        return Browser(self.place.base)

    def there(self, browser, query=""):
        answer, _ = browser.get("/api/v1/session/provider" + query)
        self.assertEqual(answer.status, 303)
        return answer.getheader("Location")

    def back(self, browser, code, state):
        return browser.get("/api/v1/session/provider/callback?" + urllib.parse.urlencode({"code": code, "state": state, "iss": self.provider.issuer}))

    def signed_in(self, browser, subject, login, change=None, query=""):
        """Where the page goes on, and the session's answer or nothing."""
        answer, body = self.back(browser, *self.provider.authorise(self.there(browser, query), subject, login, change))
        self.assertEqual(answer.status, 200, body)
        session, text = browser.get("/api/v1/session")
        return body, json.loads(text) if session.status == 200 else None

    def test_who_comes_back_from_the_provider_is_signed_in(self):
        browser = self.browser()
        page, session = self.signed_in(browser, "s-wang", "wang", query="?next=/records/item%3Fa%3D1%26b%3D2")
        self.assertIn('content="0;url=/records/item?a=1&amp;b=2"', page)
        self.assertEqual((session["account"]["login"], session["account"]["roles"], session["verified"]), ("wang", ["staff"], True))
        self.assertNotIn("lantai_provider", browser.cookies)
        ways = json.loads(self.browser().get("/api/v1/session/ways")[1])
        self.assertEqual(ways, {"directory": False, "provider": "统一身份认证"})

    def test_it_is_known_again_by_its_subject_and_not_by_its_name(self):
        _, first = self.signed_in(self.browser(), "s-renamed", "before")
        _, again = self.signed_in(self.browser(), "s-renamed", "after")
        self.assertEqual(again["account"]["id"], first["account"]["id"])
        self.assertEqual((first["account"]["roles"], first["account"]["name"], first["account"]["signs_in_by"]), ([], "某 before", "provider"))
        # The name of an account that another person came to first, or that signs in otherwise, opens it to nobody.
        for subject, login in (("s-other", "before"), ("s-thief", "chief")):
            page, session = self.signed_in(self.browser(), subject, login)
            self.assertIsNone(session)
            self.assertIn("/login?refused=auth.no_account", page)

    def test_only_a_token_that_holds_is_taken(self):
        now = int(time.time())
        other = Key(self.place.folder, "RS256")
        public = openssl("rsa", "-in", self.provider.key.path, "-pubout")

        def with_hmac(data):
            return subprocess.run(["openssl", "dgst", "-sha256", "-mac", "HMAC", "-macopt", "hexkey:" + public.hex(), "-binary"], input=data,
                                  capture_output=True, check=True).stdout

        wrong = {
            "another issuer": {"claims": {"iss": self.provider.issuer + "/other"}},
            "for another client": {"claims": {"aud": "somebody"}},
            "for several, not saying for whom": {"claims": {"aud": [CLIENT, "somebody"]}},
            "given to another": {"claims": {"aud": [CLIENT, "somebody"], "azp": "somebody"}},
            "over": {"claims": {"exp": now - 600}},
            "without an end": {"claims": {"exp": None}},
            "of the future": {"claims": {"iat": now + 3600}},
            "of another sign-in": {"claims": {"nonce": "another"}},
            "without a nonce": {"claims": {"nonce": None}},
            "of nobody": {"claims": {"sub": ""}},
            "signed by a stranger": {"key": other},
            "signed by a stranger who borrows the key's name": {"key": other, "header": {"kid": self.provider.key.id}},
            "not signed": {"header": {"alg": "none"}, "sign": lambda _: b""},
            "signed with the public key as a secret": {"header": {"alg": "HS256"}, "sign": with_hmac},
            "changed on the way": {"token": lambda whole: whole.replace(".", ".e", 1)},
            "no token": {"token": lambda _: "hello"},
            "too long": {"token": lambda _: "x" * 100_000},
        }
        for what, change in wrong.items():
            with self.subTest(what):
                page, session = self.signed_in(self.browser(), "s-wrong", "wrong", change)
                self.assertIsNone(session)
                self.assertIn("/login?refused=auth.provider_refused", page)
        good = {
            "several, and for us": {"claims": {"aud": [CLIENT, "somebody"], "azp": CLIENT}},
            "a clock that differs a little": {"claims": {"iat": now + 60, "exp": now - 60}},
            "without a key's name": {"header": {"kid": None}},
        }
        for what, change in good.items():
            with self.subTest(what):
                self.assertIsNotNone(self.signed_in(self.browser(), "s-good", "good", change)[1])

    def test_an_elliptic_key_that_appears_later_is_taken(self):
        fresh = Key(self.place.folder, "ES256")
        self.provider.published.append(fresh)
        self.place.stop()
        self.place.start(*self.options)
        self.assertIsNotNone(self.signed_in(self.browser(), "s-ec", "elliptic", {"key": fresh})[1])

    def test_the_answer_belongs_to_the_browser_that_asked_and_is_good_once(self):
        browser, other = self.browser(), self.browser()
        code, state = self.provider.authorise(self.there(browser), "s-mine", "mine")
        # Somebody else's browser, with or without a sign-in of its own under way.
        self.assertIn("refused=auth.provider_refused", self.back(other, code, state)[1])
        code, state = self.provider.authorise(self.there(browser), "s-mine", "mine")
        self.there(other)
        self.assertIn("refused=auth.provider_refused", self.back(other, code, state)[1])
        self.assertIn("refused=auth.provider_refused", self.back(browser, code, "0" * 32)[1])
        code, state = self.provider.authorise(self.there(browser), "s-mine", "mine")
        note = browser.cookies["lantai_provider"]
        self.assertIn("0;url=/", self.back(browser, code, state)[1])
        browser.cookies = {"lantai_provider": note}
        self.assertIn("refused=auth.provider_refused", self.back(browser, code, state)[1])
        browser.cookies = {"lantai_provider": note[:-4] + "AAAA"}
        code, state = self.provider.authorise(self.there(self.browser()), "s-mine", "mine")
        self.assertIn("refused=auth.provider_refused", self.back(browser, code, state)[1])
        # What a person who gave up comes back with.
        answer, body = browser.get("/api/v1/session/provider/callback?error=access_denied&state=" + state)
        self.assertEqual(answer.status, 200)
        self.assertIn("refused=auth.provider_refused", body)

    def test_one_comes_back_to_a_page_of_ours_only(self):
        for evil in ("https://evil.test/", "//evil.test", "/\\evil.test", "javascript:alert(1)", '/"><script>'):
            page, session = self.signed_in(self.browser(), "s-next", "next", query="?next=" + urllib.parse.quote(evil))
            self.assertIsNotNone(session)
            self.assertNotIn("evil.test", page)
            self.assertNotIn("<script", page)

    def test_before_a_grave_act_one_shows_again_who_one_is(self):
        browser = self.browser()
        address = self.there(browser, "?verify=1")
        asked = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(address).query))
        self.assertEqual((asked["prompt"], asked["max_age"]), ("login", "0"))
        stale = {"claims": {"auth_time": int(time.time()) - 3600}}
        page, session = self.signed_in(self.browser(), "s-grave", "grave", stale, query="?verify=1")
        self.assertIsNone(session)
        self.assertIn("refused=auth.provider_refused", page)
        # Signed in long ago over there: signed in here, but not for grave acts.
        _, session = self.signed_in(self.browser(), "s-grave", "grave", stale)
        self.assertFalse(session["verified"])

    def test_no_password_of_ours_opens_it(self):
        chief = Client(self.place.base).sign_in("chief")
        accounts = {one["login"]: one for one in chief.get("/api/v1/accounts").json["accounts"]}
        self.assertEqual(Client(self.place.base).call("POST", "/api/v1/session", {"login": "wang", "password": ""}).status, 401)
        refused = chief.call("PATCH", f"/api/v1/accounts/{accounts['wang']['id']}", {"password": "a good password here"})
        self.assertEqual(refused.json["message_id"], "auth.password_elsewhere")

    def test_no_secret_is_written_down(self):
        self.signed_in(self.browser(), "s-log", "log")
        log = (self.place.folder / "server.log").read_text()
        self.assertNotIn(SECRET, log)
        self.assertNotIn("code=", log)


class NoProvider(unittest.TestCase):
    def test_a_server_without_one_says_so(self):
        place = Installation()
        place.add_chief("chief")
        place.start()
        try:
            answer, body = Browser(place.base).get("/api/v1/session/provider")
            self.assertEqual((answer.status, json.loads(body)["message_id"]), (404, "auth.no_provider"))
            self.assertEqual(json.loads(Browser(place.base).get("/api/v1/session/ways")[1]), {"directory": False, "provider": None})
        finally:
            place.remove()

    def test_a_provider_that_is_not_encrypted_or_away_is_refused(self):
        place = Installation()
        place.add_chief("chief")
        common = ["--oidc-client", CLIENT, "--public-url", "https://archive.test"]
        refused = place.run("serve", "--listen", "127.0.0.1:0", "--oidc", "http://id.school.test", *common, check=False)
        self.assertNotEqual(refused.returncode, 0)
        place.start("--oidc", "https://127.0.0.1:1/none", *common)
        try:
            answer, body = Browser(place.base).get("/api/v1/session/provider")
            self.assertEqual((answer.status, json.loads(body)["message_id"]), (503, "auth.provider_unavailable"))
        finally:
            place.remove()


if __name__ == "__main__":
    unittest.main()
