"""Who sees a fiftieth of what there is waits for a page of a list hardly longer than who sees all of it."""

import sys
import unittest

from lantai_server import TOP, Installation

sys.path.insert(0, str(TOP / "tests" / "bench"))
import lists  # noqa: E402


class Lists(unittest.TestCase):
    def test_a_list_costs_who_sees_little_hardly_more(self):
        place = Installation()
        self.addCleanup(place.remove)
        for order, found in lists.measured(lists.prepared(place, 5000), 25).items():
            for who in ("half", "tenth", "fiftieth"):
                self.assertLess(found[who], 1.3, (order, found))


if __name__ == "__main__":
    unittest.main()
