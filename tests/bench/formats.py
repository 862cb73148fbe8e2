#!/usr/bin/env python3
"""How fast is each format read, stored and indexed? Copies of tests/data/formats, no two alike, a folder a format, by this
product and, where they are installed, recollindex and omindex: as tests/bench/files.py measures.

    tests/bench/formats.py [--copies 100] [--only lantai,recoll] [--formats pdf,docx]

Prints JSON: files, pages and MB a second of each."""

import argparse
import io
import json
import shutil
import sys
import tempfile
import zipfile
from pathlib import Path

from files import ENGINES, run, size_of

FORMATS = Path(__file__).resolve().parent.parent / "data/formats"
# Name → (file, pages, share of the copies: what an office program has to convert is slower)
SAMPLES = {
    "pdf": ("document.pdf", 2, 1), "docx": ("document.docx", 1, 1), "odt": ("document.odt", 1, 1), "xlsx": ("sheet.xlsx", 2, 1),
    "pptx": ("slides.pptx", 2, 1), "html": ("document.html", 1, 1), "mail": ("letter.eml", 1, 1), "text": ("gb18030.txt", 1, 1),
    "epub": ("document.epub", 1, 1), "zip": ("pack.zip", 1, 1), "doc": ("document.doc", 2, 0.1), "rtf": ("document.rtf", 2, 0.1),
    "scan": ("line.png", 1, 0.1),
}


def another(content, number):
    """The same to read, with other bytes."""
    mark = f"copy {number}".encode()
    if not content.startswith(b"PK"):
        return content + b"\n%" + mark + b"\n"
    out = io.BytesIO(content)
    with zipfile.ZipFile(out, "a") as package:
        package.comment = mark
    return out.getvalue()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--copies", type=int, default=100)
    parser.add_argument("--cores", default="0,1")
    parser.add_argument("--only", default=",".join(ENGINES))
    parser.add_argument("--formats", default=",".join(SAMPLES))
    arguments = parser.parse_args()
    engines = {name: ENGINES[name][0] for name in arguments.only.split(",") if shutil.which(ENGINES[name][1])}
    result = {}
    for name in arguments.formats.split(","):
        file, pages, share = SAMPLES[name]
        content = (FORMATS / file).read_bytes()
        copies = max(1, round(arguments.copies * share))
        with tempfile.TemporaryDirectory() as folder:
            for number in range(copies):
                (Path(folder) / f"{number}-{file}").write_bytes(another(content, number))
            megabytes = size_of(folder) / 1e6
            result[name] = {}
            for engine, command in engines.items():
                seconds, _ = run(command, folder, arguments.cores)
                result[name][engine] = {"seconds": round(seconds, 2), "files_per_second": round(copies / seconds, 1),
                                        "pages_per_second": round(copies * pages / seconds, 1), "mb_per_second": round(megabytes / seconds, 2)}
        print(name, json.dumps(result[name]), file=sys.stderr, flush=True)
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
