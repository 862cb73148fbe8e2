"""The personnel office's workbook: departments, people and posts come in as XLSX, tried first; sent again it corrects."""

import io
import unittest
import uuid
import zipfile
from xml.sax.saxutils import escape

from lantai_server import Installation

TYPES = """<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>
<Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>"""
RELATIONS = """<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/%s" Target="%s"/></Relationships>"""
WORKBOOK = """<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"
xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="人员" sheetId="1" r:id="r1"/></sheets></workbook>"""


def workbook(*rows):
    cells = ""
    for number, row in enumerate(rows, 1):
        cells += f'<row r="{number}">' + "".join(
            f'<c r="{chr(65 + at)}{number}" t="inlineStr"><is><t>{escape(value)}</t></is></c>' for at, value in enumerate(row)) + "</row>"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("[Content_Types].xml", TYPES)
        file.writestr("_rels/.rels", RELATIONS % ("officeDocument", "xl/workbook.xml"))
        file.writestr("xl/workbook.xml", WORKBOOK)
        file.writestr("xl/_rels/workbook.xml.rels", RELATIONS % ("worksheet", "worksheets/sheet1.xml"))
        file.writestr("xl/worksheets/sheet1.xml",
                      f'<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{cells}</sheetData></worksheet>')
    return out.getvalue()


class People(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.place = Installation()
        cls.place.add_chief("chief")
        cls.place.start()
        cls.chief = cls.place.client("chief")

    @classmethod
    def tearDownClass(cls):
        cls.place.remove()

    def sent(self, record_type, rows, dry_run):
        boundary = uuid.uuid4().hex
        fields = {"type": record_type, "dry_run": "1" if dry_run else "0", "update_by_code": "1"}
        body = "".join(f'--{boundary}\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n' for n, v in fields.items()).encode()
        body += f'--{boundary}\r\nContent-Disposition: form-data; name="table"; filename="people.xlsx"\r\n\r\n'.encode() + workbook(*rows)
        body += f"\r\n--{boundary}--\r\n".encode()
        accepted = self.chief.call("POST", "/api/v1/imports", body, {"Content-Type": f"multipart/form-data; boundary={boundary}"})
        self.assertEqual(accepted.status, 202, accepted.body)
        while True:
            state = self.chief.get("/api/v1/imports/" + accepted.json["import"]).json
            if state["state"] != "running":
                self.assertEqual(state["state"], "done", state)
                self.position = state["position"]
                return [(one["status"], one["error"]) for one in state["results"]]

    def test_departments_people_and_posts_come_in_and_are_corrected(self):
        departments = [("部门名称", "部门代码", "上级部门"), ("教务处", "JWC", ""), ("教学研究科", "JYK", "JWC")]
        self.assertEqual([status for status, _ in self.sent("department", departments, True)], ["planned", "planned"])
        self.assertEqual(self.chief.get("/api/v1/organisation").json["departments"], [])
        self.assertEqual([status for status, _ in self.sent("department", departments, False)], ["created", "created"])

        people = [("姓名", "工号", "部门", "职务", "入职日期"), ("张晓雯", "2008017", "教务处", "科员", "2008年7月1日"), ("李四", "2010001", "没有这个处", "", "")]
        tried = self.sent("person", people, True)
        self.assertEqual([status for status, _ in tried], ["planned", "failed"])
        self.assertIn("没有这个处", tried[1][1])
        people[2] = ("李四", "2010001", "JYK", "科长", "2010-07")
        self.assertEqual([status for status, _ in self.sent("person", people, False)], ["created", "created"])
        # The same sheet with one thing put right: one record changes, none is doubled.
        people[1] = ("张晓雯", "2008017", "教务处", "副处长", "2008年7月1日")
        self.assertEqual([status for status, _ in self.sent("person", people, False)], ["updated", "unchanged"])

        posts = [("职务", "姓名", "部门", "负责人", "任职日期"), ("处长", "张晓雯", "教务处", "是", "2021-03-05")]
        self.assertEqual([status for status, _ in self.sent("appointment", posts, False)], ["created"])
        heads = {}
        for day in ("2021-03-04", "2021-03-05"):
            for one in self.chief.get("/api/v1/organisation", on=day).json["departments"]:
                heads[day, one["code"]] = [head["name"] for head in one["heads"]]
        self.assertEqual(heads["2021-03-04", "JWC"], [])
        self.assertEqual(heads["2021-03-05", "JWC"], ["张晓雯"])
        self.chief.search("", wait=self.position)
        found = self.chief.get("/api/v1/completions", q="zhangxw", type="person").json["completions"]
        self.assertEqual([one["name"] for one in found], ["张晓雯"])


if __name__ == "__main__":
    unittest.main()
