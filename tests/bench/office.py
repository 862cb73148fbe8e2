#!/usr/bin/env python3
"""How fast are documents of an office program stored, read and indexed, beside recollindex and omindex? Texts of a TSV become
documents of a page or two, which LibreOffice writes in each format; copies of them, no two alike, are taken in as
tests/bench/files.py measures.

    tests/bench/office.py FILE.tsv [--documents 250] [--characters 1800] [--copies 8] [--rounds 1] [--only lantai,recoll,omega]
                          [--formats docx,odt,pdf,xlsx,html]

FILE: rows of id, source, date, title, body. Prints JSON: what files.py tells of each format, and of all together."""

import argparse
import csv
import html
import itertools
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import files
import texts
from formats import another

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools/samples"))
import writers  # noqa: E402

NAMES = ('xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" '
         'xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"')
FLAT = ('<?xml version="1.0" encoding="UTF-8"?><office:document {names} office:version="1.2" '
        'office:mimetype="application/vnd.oasis.opendocument.text"><office:styles><style:default-style style:family="paragraph">'
        '<style:text-properties style:font-name-asian="Noto Sans CJK SC" style:font-family-asian="Noto Sans CJK SC"/></style:default-style>'
        '</office:styles><office:body><office:text>{body}</office:text></office:body></office:document>')


def documents(source, characters):
    """Title and paragraphs, of rows that follow each other."""
    title, paragraphs = "", []
    for _, _, _, row_title, body in texts.rows_of(source):
        title = title or row_title
        paragraphs.append(body)
        if sum(map(len, paragraphs)) >= characters:
            yield title, paragraphs
            title, paragraphs = "", []


def write_sources(folder, all_documents):
    for number, (title, paragraphs) in enumerate(all_documents):
        lines = [html.escape(line) for line in (title, *paragraphs)]
        name = folder / f"{number:04}"
        name.with_suffix(".fodt").write_text(FLAT.format(names=NAMES, body="".join(f"<text:p>{line}</text:p>" for line in lines)), encoding="utf-8")
        writers.write_html(name.with_suffix(".html"), title, paragraphs)
        with open(name.with_suffix(".csv"), "w", encoding="utf-8", newline="") as table:
            csv.writer(table).writerows([("条", "内容", "字数"), *((i + 1, line, len(line)) for i, line in enumerate(paragraphs))])


def convert(folder, source, target, more=()):
    with tempfile.TemporaryDirectory() as home:
        subprocess.run(["soffice", "--headless", *more, "--convert-to", target, "--outdir", folder, *sorted(map(str, folder.glob(f"*.{source}")))],
                       check=True, capture_output=True, env={**os.environ, "HOME": home})


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("table", type=Path)
    parser.add_argument("--documents", type=int, default=250)
    parser.add_argument("--characters", type=int, default=1800)
    parser.add_argument("--copies", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--cores", default="0,1")
    parser.add_argument("--only", default=",".join(files.ENGINES))
    parser.add_argument("--formats", default="docx,odt,pdf,xlsx,html")
    arguments = parser.parse_args()
    engines = files.installed(arguments.only.split(","))
    result = []
    with tempfile.TemporaryDirectory(dir=os.environ.get("LANTAI_BENCH_DIR")) as place:
        made = Path(place) / "made"
        made.mkdir()
        write_sources(made, itertools.islice(documents(arguments.table, arguments.characters), arguments.documents))
        formats = arguments.formats.split(",")
        for name in formats:
            if name == "xlsx":
                convert(made, "csv", "xlsx", ["--infilter=CSV:44,34,76,1"])
            elif name != "html":
                convert(made, "fodt", name)
        for name in formats:
            folder = Path(place) / "all" / name
            folder.mkdir(parents=True)
            for file in sorted(made.glob(f"*.{name}")):
                for copy in range(arguments.copies):
                    (folder / f"{copy}-{file.name}").write_bytes(another(file.read_bytes(), copy))
            result.append(files.measure(folder, engines, arguments.rounds, arguments.cores))
            print(json.dumps(result[-1]), file=sys.stderr, flush=True)
        result.append(files.measure(Path(place) / "all", engines, arguments.rounds, arguments.cores))
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
