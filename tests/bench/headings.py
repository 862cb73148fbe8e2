"""Judged queries that people wrote: each heading of a help page finds what stands under it, where it is not said; so does the line
that tells what a manual page is about. Reads HTML (Debian: libreoffice-help-zh-cn; gimp-help-zh-cn, kicad-doc-zh,
lilypond-doc-html-zh, debian-faq-zh-cn, debian-reference-zh-cn, maint-guide-zh-cn, debian-edu-doc-zh-cn), GNOME's pages
(gnome-user-docs, help/zh_CN) and manual pages (manpages-zh, man/zh_CN)."""

import gzip
import html
import re

HAN = re.compile(r"[\u4e00-\u9fff]")
NUMBER = re.compile(r"^(?:[0-9A-Z]{1,2}\.)+(?:\d+\.?)? +")


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


def _of_manual(page):
    name = re.search(r'\.SH\s+"?(?:名称|NAME|名字).*?\n(.*?)\n\.SH', page, re.S)
    about = name and re.split(r"\s+\\?[-—]+\s+", name.group(1).replace("\n", " "), maxsplit=1)
    if not about or len(about) < 2:
        return []
    heading = re.sub(r"^\.\w+ ", "", re.sub(r'\\f.|\\|"', "", about[1]))
    return [(heading, re.sub(r'^\.\\".*$|^\.\w+|\\f[A-Z]|\\&|\\-', "", page[name.end():], flags=re.M))]


READ = {".html": _of_html, ".page": _of_mallard, ".gz": _of_manual}


def collection(folders):
    documents, wanted = {}, {}
    for folder in folders:
        for path in sorted(path for path in folder.rglob("*") if path.suffix in READ and path.is_file() and not path.is_symlink()):
            page = (gzip.open if path.suffix == ".gz" else open)(path, "rt", encoding="utf-8", errors="replace").read()
            for heading, body in READ[path.suffix](page):
                heading, body = NUMBER.sub("", _plain(heading)).strip(" 。.:：?？"), _plain(body)
                if len(HAN.findall(heading)) < 4 or len(heading) > 40 or len(HAN.findall(body)) < 50:
                    continue
                name = f"D{len(documents)}"
                documents[name] = body.replace(heading, " ")[:3000]
                wanted.setdefault(heading, set()).add(name)
    few = sorted((heading, names) for heading, names in wanted.items() if len(names) <= 3)
    return documents, {"heading": {f"Q{number}": query for number, query in enumerate(few)}}
