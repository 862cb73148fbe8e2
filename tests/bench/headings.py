"""Judged queries that people wrote: each heading of a help page finds what stands under it, where it is not said. Reads
LibreOffice's help in HTML (Debian: libreoffice-help-zh-cn) and GNOME's pages (gnome-user-docs, help/zh_CN)."""

import html
import re

HAN = re.compile(r"[\u4e00-\u9fff]")


def _plain(markup):
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", markup))).strip()


def _of_html(page):
    shown = re.search(r'<div id="DisplayArea".*', page, re.S)
    text = re.sub(r"<(script|style).*?</\1>", " ", shown.group(0) if shown else page, flags=re.S)
    parts = re.split(r"(<h[1-4][^>]*>.*?</h[1-4]>)", text, flags=re.S)
    return list(zip(parts[1::2], parts[2::2]))


def _of_mallard(page):
    text = re.sub(r"<info>.*?</info>", " ", page, flags=re.S)
    title = re.search(r"<title[^>]*>(.*?)</title>", text, re.S)
    return [(title.group(1), text[:title.start()] + text[title.end():])] if title else []


def collection(folders):
    documents, wanted = {}, {}
    for folder in folders:
        for path in sorted(path for path in folder.rglob("*") if path.suffix in (".html", ".page")):
            page = path.read_text(encoding="utf-8", errors="replace")
            for heading, body in (_of_html if path.suffix == ".html" else _of_mallard)(page):
                heading, body = _plain(heading).strip(" 。:：?？"), _plain(body)
                if len(HAN.findall(heading)) < 4 or len(heading) > 40 or len(HAN.findall(body)) < 50:
                    continue
                name = f"D{len(documents)}"
                documents[name] = body.replace(heading, " ")[:3000]
                wanted.setdefault(heading, set()).add(name)
    few = sorted((heading, names) for heading, names in wanted.items() if len(names) <= 3)
    return documents, {"heading": {f"Q{number}": query for number, query in enumerate(few)}}
