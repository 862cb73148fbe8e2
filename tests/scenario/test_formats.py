"""Every file of tests/data/formats, made by the programs that people use, gives what a reader of it sees."""

import json
import re
import subprocess
import unittest
from concurrent.futures import ThreadPoolExecutor

from lantai_server import LANTAI, TOP

FOLDER = TOP / "tests/data/formats"


def squeezed(text):
    """Lines break where they fit, and a recognised character may have a blank beside it."""
    return re.sub(r"\s+", "", text)


def extract(name):
    done = subprocess.run([LANTAI, "--allow-incomplete-sandbox", "extract", FOLDER / name], capture_output=True, check=False, timeout=300)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


class Formats(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.expected = json.loads((FOLDER / "expected.json").read_text("utf-8"))
        with ThreadPoolExecutor(2) as pool:
            cls.said = dict(zip(cls.expected, pool.map(extract, cls.expected)))

    def test_every_file_is_expected(self):
        there = {str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*") if path.is_file()}
        self.assertEqual(there - {"make.py", "README.md", "expected.json"}, set(self.expected))

    def test_each_gives_what_a_reader_sees(self):
        for name, wanted in self.expected.items():
            with self.subTest(name):
                code, out, err = self.said[name]
                self.assertIn(code, (0, 1), err)
                self.check(json.loads(out), wanted)

    def check(self, said, wanted):
        text = "\n".join(page["text"] for page in said["pages"])
        inner = {member["path"]: "\n".join(page["text"] for page in member.get("pages", [])) for member in said["embedded"]}
        self.assertNotIn("�", text)
        for phrase in wanted.get("contains", []):
            self.assertIn(squeezed(phrase), squeezed(text))
        for phrase in wanted.get("lines", []):
            self.assertIn(phrase, text)
        for phrase in wanted.get("absent", []):
            self.assertNotIn(squeezed(phrase), squeezed(text))
        for phrase in wanted.get("anywhere", []):
            self.assertIn(squeezed(phrase), squeezed(text + "".join(inner.values())))
        places = [squeezed(text).find(squeezed(phrase)) for phrase in wanted.get("order", [])]
        self.assertEqual(places, sorted(places))
        self.assertNotIn(-1, places)
        for cells in wanted.get("cells", []):
            self.assertRegex(text, r"\s*[\t |,]\s*".join(map(re.escape, cells)))
        if "hidden" in wanted and wanted["hidden"] in text:
            self.assertIn("hidden_text", [warning["code"] for warning in said["warnings"]])
        if "pages" in wanted:
            self.assertEqual(len(said["pages"]), wanted["pages"])
        for number, phrases in wanted.get("on_page", {}).items():
            page = next(page["text"] for page in said["pages"] if page["number"] == int(number))
            for phrase in phrases:
                self.assertIn(squeezed(phrase), squeezed(page))
        for key in ("media_type", "puid", "format", "title"):
            if key in wanted:
                self.assertEqual(said[key], wanted[key])
        if "text" in wanted:
            self.assertEqual(text.strip(), wanted["text"])
        for key, value in wanted.get("metadata", {}).items():
            self.assertEqual(said["metadata"].get(key), value)
        for path, phrases in wanted.get("members", {}).items():
            self.assertIn(path, inner)
            for phrase in phrases:
                self.assertIn(phrase, inner[path])
        errors = {member["path"]: member.get("error") for member in said["embedded"]}
        for path in wanted.get("encrypted_members", []):
            self.assertEqual(errors.get(path), "encrypted")
        if "error" in wanted:
            self.assertEqual((said["error"] or {}).get("code"), wanted["error"])
        elif wanted.get("some_error"):
            self.assertTrue(said["error"] or said["warnings"] or any(errors.values()))
        elif not wanted.get("ends") and not wanted.get("encrypted_members"):
            self.assertIsNone(said["error"])


if __name__ == "__main__":
    unittest.main()
