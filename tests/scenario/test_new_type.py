"""Adding a record type is what docs/recipes/add-a-record-type.md says: it then lives its whole life over HTTP and in search.
Every type of the schema does the same."""

import json
import re
import unittest

from lantai_server import TOP, Installation

RECORDS = "/api/v1/records/"
RECIPE = TOP / "docs" / "recipes" / "add-a-record-type.md"


def write_recipe(folder):
    """The YAML of the recipe, where the recipe says it goes."""
    blocks = [re.sub(r"(?m)^   ", "", block) for block in re.findall(r"```yaml\n(.*?)```", RECIPE.read_text("utf-8"), re.S)]
    names = ("types/key.yaml", "vocabularies/key_state.yaml", "vocabularies/role.yaml", "types/item.yaml")
    for name, text in zip(names, blocks, strict=True):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")


def match(version):
    return {"If-Match": f'"{version}"'}


class NewType(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.place = Installation()
        write_recipe(cls.place.folder / "more")
        cls.place.add_user("lin", "archivist", 2)
        cls.place.add_chief("adm")
        cls.place.start("--schema", str(cls.place.folder / "more"))
        cls.archivist, cls.chief = cls.place.client("lin"), cls.place.client("adm")
        cls.schema = cls.chief.get("/api/v1/schema").json
        cls.made = 0

    @classmethod
    def tearDownClass(cls):
        cls.place.remove()

    def make(self, kind, fields, client=None):
        reply = (client or self.chief).call("POST", RECORDS + kind, {"fields": fields})
        self.assertEqual(reply.status, 201, (kind, fields, reply.body))
        return reply

    def test_the_recipe_makes_a_type_that_is_listed_searched_and_described(self):
        made = self.make("key", {"name": "档案室钥匙"}, self.archivist)
        self.assertEqual(made.json["fields"]["state"], "kept")
        listed = self.archivist.get(RECORDS + "key", **{"where[state]": "在库"}).json["records"]
        self.assertIn(made.json["id"], [one["id"] for one in listed])
        found = self.archivist.search("档案室钥匙", wait=made.headers["X-Change-Position"], facet="state")
        self.assertEqual([hit["title"] for hit in found["hits"] if not hit["partial"]], ["档案室钥匙"])
        facets = {facet["field"]: facet["values"] for facet in found["facets"]}
        self.assertEqual([(one["value"], one["count"]) for one in facets["state"]], [("kept", 1)])
        self.assertEqual({one["name"]: one["label"] for one in self.schema["types"]}["key"], "钥匙")
        lent = self.archivist.call("POST", RECORDS + "key", {"fields": {"name": "借出的", "state": "借出"}})
        self.assertEqual((lent.status, lent.json["errors"][0]["field"]), (422, "holder"))

    def test_a_role_of_ones_own_may_what_the_types_say(self):
        item = self.make("item", {"title": "图书管理员可看"}).json
        account = {"login": "shu", "name": "舒", "clearance": 1, "password": "a shelf of many books"}
        unknown = self.chief.call("POST", "/api/v1/accounts", account | {"roles": ["emperor"]})
        self.assertEqual((unknown.status, unknown.json["message_id"]), (400, "auth.unknown_role"))
        made = self.chief.call("POST", "/api/v1/accounts", account | {"roles": ["librarian"]})
        self.assertEqual(made.status, 201, made.body)
        self.chief.call("PATCH", f"/api/v1/accounts/{made.json['id']}", {"must_change_password": False})
        librarian = self.place.client_with("shu", account["password"])
        self.assertEqual(librarian.get(f"{RECORDS}item/{item['id']}").status, 200)
        self.assertEqual(librarian.call("POST", RECORDS + "item", {"fields": {"title": "不行"}}).status, 403)
        self.assertEqual(librarian.call("PATCH", f"{RECORDS}item/{item['id']}", {"fields": {"title": "不行"}}, match(1)).status, 403)
        self.assertEqual(librarian.call("POST", RECORDS + "key", {"fields": {"name": "不行"}}).status, 403)
        roles = {one["code"]: one["label"] for one in self.schema["vocabularies"]["role"]["terms"]}
        self.assertEqual(roles["librarian"], "图书管理员")

    def test_a_record_of_the_new_type_goes_out_and_comes_in_again(self):
        person = self.make("person", {"name": "欧阳静"}).json
        self.make("key", {"name": "库房钥匙", "state": "lent", "holder": person["id"]})
        csv = self.chief.get(RECORDS + "key/export", format="csv", labels="1").body.decode()
        head, *rows = csv.removeprefix("\ufeff").split("\r\n")
        row = next(one for one in rows if "库房钥匙" in one).replace("库房钥匙", "库房备用钥匙").replace(person["id"], "欧阳静")
        sheet = (head + "\r\n" + row + "\r\n").encode()
        for query, status in (("?dry_run=1", "planned"), ("", "created"), ("", "failed")):
            reply = self.archivist.call("POST", RECORDS + "key/import" + query, sheet, {"Content-Type": "text/csv"})
            self.assertEqual([one["status"] for one in reply.json["rows"]], [status], reply.body)
        again = self.archivist.get(RECORDS + "key", **{"where[name]": "库房备用钥匙"}).json["records"][0]
        self.assertEqual((again["fields"]["state"], again["fields"]["holder"]), ("lent", person["id"]))

    def test_every_type_lives_its_whole_life_over_http(self):
        for kind in self.schema["types"]:
            with self.subTest(type=kind["name"]):
                self.live(kind)

    def live(self, kind):
        client, base = self.chief, RECORDS + kind["name"]
        made = self.make(kind["name"], self.fields_of(kind)).json
        path = f"{base}/{made['id']}"
        self.assertEqual(client.get(path).json["fields"], made["fields"])
        title = kind["title_field"]
        changed = client.call("PATCH", path, {"fields": {title: "改名" + made["id"][-6:]}}, match(1))
        self.assertEqual((changed.status, changed.json["version"]), (200, 2), changed.body)
        self.assertEqual(client.call("PATCH", path, {"fields": {title: "晚了"}}, match(1)).status, 412)
        self.assertEqual(client.call("PATCH", path, {"fields": {title: {"an": "object"}}}, match(2)).status, 422)
        self.assertEqual(client.call("POST", base, {"fields": {"no_such_field": 1}}).status, 422)
        self.assertIn(made["id"], [one["id"] for one in client.get(base, limit=1000).json["records"]])
        exported = client.get(base + "/export", format="jsonl").body.decode().splitlines()
        self.assertIn(made["id"], [json.loads(line)["id"] for line in exported])
        self.assertEqual(client.call("DELETE", path, headers=match(1)).status, 412)
        self.assertEqual(client.call("DELETE", path, headers=match(2)).status, 204)
        self.assertEqual(client.get(path).status, 404)
        # The field of a title is in the history also when the record is gone, for who may still see it.
        versions = client.get(path + "/history").json["versions"]
        self.assertEqual([(one["version"], one["operation"]) for one in versions],
                         [(3, "delete"), (2, "update"), (1, "create")])
        self.assertEqual([one["field"] for one in versions[1]["differences"]], [title])

    def fields_of(self, kind):
        """What is required, made from the declaration alone."""
        return {field["name"]: self.value_of(field) for field in kind["fields"] if field["required"]}

    def value_of(self, field):
        type(self).made += 1
        if field["kind"] == "term":
            return self.schema["vocabularies"][field["vocabulary"]]["terms"][0]["code"]
        if field["kind"] == "link":
            target = next(one for one in self.schema["types"] if one["name"] == field["target"])
            return self.make(target["name"], self.fields_of(target)).json["id"]
        simple = {"integer": 1, "decimal": "1.5", "boolean": True, "date": "2021-03-05", "timestamp": "2021-03-05T08:30:00Z"}
        return simple.get(field["kind"], f"文{self.made}")


if __name__ == "__main__":
    unittest.main()
