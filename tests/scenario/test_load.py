"""Many people at work at once, for a short while: nothing fails, and the server lets go of what it held. The figures of docs/performance.md
are of 200 people for five minutes."""

import json
import subprocess
import sys
import unittest

from lantai_server import TOP

USERS, SECONDS = 80, 30


class Load(unittest.TestCase):
    def test_people_at_work_get_along_and_nothing_is_held_for_ever(self):
        done = subprocess.run([sys.executable, TOP / "tests/bench/load.py", "--users", str(USERS), "--seconds", str(SECONDS), "--records", "500"],
                              capture_output=True, check=False, timeout=300)
        self.assertEqual(done.returncode, 0, done.stderr.decode()[-2000:])
        told = json.loads(done.stdout)
        self.assertEqual(told["errors"], {})
        self.assertGreater(told["requests"], USERS * SECONDS // 4)
        for kind in ("search", "read", "edit", "upload"):
            self.assertGreater(told[kind]["requests"], 0, kind)
        held = told["held"][1:]
        half = len(held) // 2
        before, after = held[:half], held[half:]
        self.assertLessEqual(max(one["descriptors"] for one in after), max(one["descriptors"] for one in before) + 20, held)
        self.assertLess(max(one["memory_mib"] for one in after), 300, held)


if __name__ == "__main__":
    unittest.main()
