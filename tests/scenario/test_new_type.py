"""Adding a record type is one YAML file: it is then stored, listed, searched and served."""

import unittest

from lantai_server import Installation

BADGE = """\
type: badge
label: [胸牌, 胸牌, Badge]
plural: [胸牌, 胸牌, Badges]
title_field: holder
fields:
  holder: {label: [持有人, 持有人, Holder], required: true, max: 50, searchable: true, indexed: true}
  purpose: {label: [用途, 用途, Purpose], kind: long_text, searchable: true}
permissions:
  read: [administrator, archivist, staff, reader]
  create: [administrator, archivist]
  update: [administrator, archivist]
  remove: [administrator]
  export: [administrator]
list_columns: [holder, purpose]
form:
  - {label: [胸牌, 胸牌, Badge], fields: [holder, purpose]}
"""


class NewType(unittest.TestCase):
    def setUp(self):
        self.place = Installation()
        more = self.place.folder / "more"
        (more / "types").mkdir(parents=True)
        (more / "types" / "badge.yaml").write_text(BADGE, "utf-8")
        self.place.add_user("lin", "archivist", 2)
        self.place.start("--schema", str(more))
        self.client = self.place.client("lin")

    def tearDown(self):
        self.place.remove()

    def test_it_is_stored_listed_searched_and_described(self):
        made = self.client.call("POST", "/api/v1/records/badge", {"fields": {"holder": "欧阳静", "purpose": "接待校友返校"}})
        self.assertEqual(made.status, 201, made.body)
        self.assertEqual([r["fields"]["holder"] for r in self.client.get("/api/v1/records/badge").json["records"]], ["欧阳静"])
        position = self.client.get("/api/v1/changes", since=0).json["position"]
        found = self.client.search("校友返校", wait=position)
        self.assertEqual([h["title"] for h in found["hits"]], ["欧阳静"])
        types = {t["name"]: t["label"] for t in self.client.get("/api/v1/schema").json["types"]}
        self.assertEqual(types["badge"], "胸牌")
        refused = self.client.call("POST", "/api/v1/records/badge", {"fields": {"purpose": "无人"}})
        self.assertEqual((refused.status, refused.json["errors"][0]["field"]), (422, "holder"))


if __name__ == "__main__":
    unittest.main()
