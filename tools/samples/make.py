#!/usr/bin/env python3
"""Which papers does a new installation show? About 300 files of an invented school, with known content.

    make.py FOLDER

writes FOLDER/files/… , FOLDER/holdings.jsonl (what `lantai import` takes in: fonds, departments, then items with their
fields and files) and FOLDER/expected.jsonl (one line a passage: `{"phrase", "title", "file", "page", "level"}`, for the
tests). The same program gives the same papers on every machine, but for the pixels of scanned pages.
"""

import json
import random
import sys
from pathlib import Path

import content
import writers

# kind → how many
PLAN = [("docx", 84), ("pdf", 44), ("txt", 36), ("gb18030", 20), ("html", 22), ("xlsx", 26), ("pptx", 14), ("ofd", 12),
        ("big5", 10), ("traditional-pdf", 6), ("utf-16", 4), ("photo", 8), ("scan-png", 4), ("scan-jpg", 2),
        ("scan-pdf", 2), ("zip", 2), ("yearbook", 1), ("contract", 8)]
DOCUMENT_TYPES = ["通知", "纪要", "报告", "请示", "批复", "函", "意见", "通报"]
RETENTION = ["Y", "D30", "D10"]


class Holdings:
    def __init__(self, folder):
        self.folder, self.files = folder, folder / "files"
        self.files.mkdir(parents=True, exist_ok=True)
        self.records, self.expected = [], []
        self.random = random.Random(20150601)
        self.numbers = {}

    def item(self, number, kind, title, file, **fields):
        year = 2015 + number % 9
        code, department = content.DEPARTMENTS[number % len(content.DEPARTMENTS)]
        document_type = next((t for t in DOCUMENT_TYPES if title.endswith(t)), None)
        level = "restricted" if number % 29 == 0 else "internal" if number % 7 == 0 else "public"
        values = {
            "title": title, "fonds_code": content.FONDS, "fiscal_year": year, "retention": RETENTION[number % 3],
            "organisation": code, "class_code": "ZP" if kind == "photo" else "WS", "department": department,
            "responsible": [content.SCHOOL if number % 2 else department],
            "date": f"{year}-{1 + number % 12:02}-{1 + number % 28:02}", "access_level": level, "source": "import",
        }
        if document_type:
            values["document_type"] = document_type
        if number % 2 and document_type:
            self.numbers[year] = self.numbers.get(year, 0) + 1
            values["document_number"] = f"清实校办〔{year}〕{self.numbers[year]}号"
        values.update(fields)
        self.records.append({"type": "item", "key": f"sample-{number:04}", "fields": values,
                             "files": [{"name": Path(file).name, "path": f"files/{file}"}]})
        return level

    def expect(self, phrase, title, file, page, level):
        self.expected.append({"phrase": phrase, "title": title, "file": Path(file).name, "page": page, "level": level})

    def path(self, name):
        path = self.files / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return path


def page_with(pages, phrase):
    """The page on which a phrase begins, lines being joined as a reader would."""
    text, starts = "", []
    for lines in pages:
        starts.append(len(text))
        text += "".join(lines)
    at = text.index(phrase)
    return max(i for i, start in enumerate(starts, 1) if start <= at)


def make_document(holdings, kind, number):
    random_, year = holdings.random, 2015 + number % 9
    phrase, subject = content.passage(number), content.subject(number)
    folder = f"{year}/{content.DEPARTMENTS[number % len(content.DEPARTMENTS)][1]}"
    document_type = DOCUMENT_TYPES[number % len(DOCUMENT_TYPES)]
    title = f"关于{year}年{subject}的{document_type}"
    paragraphs = content.paragraphs(random_, number, 3 + number % 5, year)
    page, file = 1, None

    if kind == "docx":
        writers.write_docx(holdings.path(file := f"{folder}/{title}-{number}.docx"), title, paragraphs)
    elif kind == "pdf":
        paragraphs = content.paragraphs(random_, number, 6 + number % 9, year)
        page = page_with(writers.pages_of(paragraphs), phrase)
        writers.write_pdf(holdings.path(file := f"{folder}/{title}-{number}.pdf"), title, paragraphs)
    elif kind in ("txt", "gb18030", "utf-16"):
        writers.write_text(holdings.path(file := f"{folder}/{title}-{number}.txt"), title, paragraphs,
                           "utf-8" if kind == "txt" else kind)
    elif kind == "html":
        writers.write_html(holdings.path(file := f"{folder}/{title}-{number}.html"), title, paragraphs,
                           "gb18030" if number % 2 else "utf-8")
    elif kind == "xlsx":
        title = f"{year}年{subject}登记表"
        rows = [["序号", "名称", "存放地点", "责任人", "数量", "备注"]]
        rows += [[i, subject, phrase if i == 5 else "校内", random_.choice(content.PEOPLE), random_.randint(1, 60), "完好"]
                 for i in range(1, 13)]
        writers.write_xlsx(holdings.path(file := f"{folder}/{title}-{number}.xlsx"), title, rows)
    elif kind == "pptx":
        title = f"{year}年{subject}工作汇报"
        writers.write_pptx(holdings.path(file := f"{folder}/{title}-{number}.pptx"), title,
                           [[title], ["一、基本情况", *paragraphs[:1]], ["二、地点", phrase], ["三、下一步打算"]])
        page = 3
    elif kind == "ofd":
        page = page_with(writers.pages_of([title, *paragraphs]), phrase)
        writers.write_ofd(holdings.path(file := f"{folder}/{title}-{number}.ofd"), title, paragraphs)
    elif kind in ("big5", "traditional-pdf"):
        phrase = content.traditional(phrase)
        title = f"{year}年兩岸學校交流紀錄（{number}）"
        paragraphs = content.traditional_paragraphs(random_, number, 4)
        if kind == "big5":
            writers.write_text(holdings.path(file := f"{folder}/{title}.txt"), title, paragraphs, "big5")
        else:
            writers.write_pdf(holdings.path(file := f"{folder}/{title}.pdf"), title, paragraphs, traditional=True)
    elif kind == "photo":
        title = f"{subject}活动照片说明（{number}）"
        paragraphs = [f"{year}年{1 + number % 12}月，师生在{phrase}合影。摄影：{random_.choice(content.PEOPLE)}。"]
        writers.write_text(holdings.path(file := f"{folder}/{title}.txt"), title, paragraphs)
    elif kind in ("scan-png", "scan-jpg"):
        kind_of_image = "png" if kind == "scan-png" else "jpeg"
        paragraphs = paragraphs[:2] + [f"具体地点为{phrase}，请提前十分钟到场。"]
        image = writers.page_images(title, paragraphs, kind_of_image)[0]
        holdings.path(file := f"{folder}/扫描件-{number}.{kind[5:]}").write_bytes(image)
    elif kind == "scan-pdf":
        paragraphs = paragraphs[:2] + [f"具体地点为{phrase}，请提前十分钟到场。"]
        writers.write_scanned_pdf(holdings.path(file := f"{folder}/扫描件-{number}.pdf"), title, paragraphs)
    elif kind == "zip":
        title = f"{year}年{subject}材料汇编"
        members = [(f"{title}/说明.txt", f"本压缩包收录{subject}材料。\r\n".encode("gb18030")),
                   (f"{title}/附件/{subject}地点.txt", f"活动地点：{phrase}。\r\n".encode("gb18030"))]
        writers.write_raw_zip(holdings.path(file := f"{folder}/{title}-{number}.zip"),
                              [(name.encode("gbk"), data) for name, data in members])
    elif kind == "yearbook":
        title = f"{content.SCHOOL}年鉴（{year}）"
        pages = []
        for page_number in range(1, 201):
            lines = writers.lines_of(content.paragraphs(random.Random(page_number), 1000 + page_number, 3, year))[:18]
            pages.append([*lines, f"年鉴第{page_number}页专记：{content.traditional('校史')}{page_number:03}号条目。"])
        pages[136][3:4] = ["\u3000\u3000本年度大事记由" + phrase + "编纂小组汇总。"]
        page = 137
        holdings.path(file := f"{folder}/{title}.pdf").write_bytes(writers.pdf_bytes(title, pages))
        phrase += "编纂小组"

    elif kind == "contract":
        title = f"{year}年{subject}服务合同（{number}）"
        write, suffix = (writers.write_docx, "docx") if number % 2 else (writers.write_pdf, "pdf")
        write(holdings.path(file := f"{folder}/{title}.{suffix}"), title, content.contract(random_, number, year))

    level = holdings.item(number, kind, title, file)
    holdings.expect(phrase, title, file, page, level)


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: make.py FOLDER")
    holdings = Holdings(Path(sys.argv[1]))
    holdings.records.append({"type": "fonds", "key": "fonds", "fields": {"code": content.FONDS, "name": content.SCHOOL, "establishing_unit": content.SCHOOL}})
    for code, name in content.DEPARTMENTS:
        holdings.records.append({"type": "department", "key": f"department-{code}", "fields": {"code": code, "name": name}})
    number = 0
    for kind, count in PLAN:
        for _ in range(count):
            number += 1
            make_document(holdings, kind, number)
    for name, lines in (("holdings.jsonl", holdings.records), ("expected.jsonl", holdings.expected)):
        text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
        (holdings.folder / name).write_text(text, encoding="utf-8")
    print(f"{number} files in {holdings.files}")


if __name__ == "__main__":
    main()
