"""Over TLS: whoever comes without it is led there, and is told to come so by themselves."""

import http.client
import re
import ssl
import unittest

from certificates import make_certificates
from lantai_server import Installation


class Transport(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.place = Installation()
        cls.place.add_chief("chief")
        cls.certificates = make_certificates(cls.place.folder / "tls")
        cls.place.start("--tls-certificate", str(cls.certificates / "cert.pem"), "--tls-key", str(cls.certificates / "key.pem"),
                        "--redirect-from", "0", "--host", "localhost")
        cls.secure_port = int(cls.place.base.rsplit(":", 1)[1])
        cls.plain_port = int(re.search(r"port (\d+) leads there", cls.place.server.stdout.readline())[1])

    @classmethod
    def tearDownClass(cls):
        cls.place.remove()

    def plain(self, method, path, host, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.plain_port, timeout=30)
        connection.request(method, path, body=body, headers={"Host": host})
        answer = connection.getresponse()
        answer.read()
        connection.close()
        return answer.status, answer.getheader("Location"), answer.getheader("Set-Cookie")

    def test_whoever_comes_without_tls_is_led_there_and_gets_nothing_else(self):
        there = f"https://localhost:{self.secure_port}"
        self.assertEqual(self.plain("GET", "/records/item?q=%E6%A1%A3&x=1", "localhost"), (308, there + "/records/item?q=%E6%A1%A3&x=1", None))
        self.assertEqual(self.plain("POST", "/api/v1/session", "LOCALHOST:80", b'{"login":"chief","password":"x"}'), (308, there + "/api/v1/session", None))
        self.assertEqual(self.plain("GET", "//evil.test/", "localhost")[1], there + "//evil.test/")  # a path of ours
        for host in ("evil.test", "evil.test/", "local host", ""):
            self.assertEqual(self.plain("GET", "/", host)[:2], (400, None), host)

    def test_where_it_is_led_it_is_answered_and_told_to_come_so_next_time(self):
        context = ssl.create_default_context(cafile=str(self.certificates / "ca.pem"))
        connection = http.client.HTTPSConnection("localhost", self.secure_port, timeout=30, context=context)
        connection.request("GET", "/healthz")
        answer = connection.getresponse()
        self.assertEqual(answer.status, 200)
        self.assertIn("max-age=31536000", answer.getheader("Strict-Transport-Security"))
        connection.close()


if __name__ == "__main__":
    unittest.main()
