"""Texts to measure with: rows of id, source, date, title, body from a TSV file or the .txt files of a folder. More rows than
there are get put together from the sentences of others, with a fixed seed, so that words keep their frequencies."""

import json
import random
import re
from itertools import islice
from pathlib import Path

HAN = re.compile(r"[一-鿿]{9,}")
KINDS = ("notice", "decision", "report", "reply", "minutes", "regulation")
PERIODS = ("Y", "D30", "D10")


def _given(source):
    source = Path(source)
    if source.is_dir():
        for path in sorted(source.rglob("*.txt")):
            body = path.read_text(encoding="utf-8", errors="replace")
            yield str(path), path.parent.name, "20200101", path.stem, " ".join(body.split())
        return
    with open(source, encoding="utf-8") as lines:
        for line in lines:
            columns = line.rstrip("\n").split("\t")
            if len(columns) >= 5:
                yield tuple(" ".join(column.split()) for column in columns[:5])


def rows_of(source, count=None):
    """Lists of five texts each; none holds a tab or the end of a line."""
    rows = []
    for row in islice(_given(source), count):
        rows.append(row)
        yield row
    if not rows or count is None or len(rows) >= count:
        return
    chosen = random.Random(1)
    sentences = [sentence for row in rows for sentence in re.findall(r"[^。；]+[。；]?", row[4])]
    for number in range(len(rows), count):
        _, source_name, date, title, body = rows[chosen.randrange(len(rows))]
        size = len(body)
        made = ""
        while len(made) < size:
            made += sentences[chosen.randrange(len(sentences))]
        yield f"M{number:07}", source_name, date, title, made


def phrases_of(rows, count, shortest=3, longest=8, seed=2):
    """Pieces of Han characters, cut from the bodies of rows."""
    chosen = random.Random(seed)
    phrases = []
    while len(phrases) < count:
        runs = HAN.findall(rows[chosen.randrange(len(rows))][4])
        if runs:
            run, size = chosen.choice(runs), chosen.randint(shortest, longest)
            at = chosen.randrange(len(run) - size + 1)
            phrases.append(run[at:at + size])
    return phrases


def write_rows(rows, file):
    with open(file, "w", encoding="utf-8") as out:
        for row in rows:
            out.write("\t".join(row) + "\n")


def write_files(rows, folder):
    """A text file each, title and body, a thousand in a folder."""
    for number, row in enumerate(rows):
        path = folder / f"{number // 1000:04}" / f"{number:07}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{row[3]}\n{row[4]}\n", encoding="utf-8")


def write_records(rows, file):
    """Records of the type item as `lantai import` takes them, one a line, with values for facets and every access level."""
    with open(file, "w", encoding="utf-8") as out:
        for number, (_, source, date, title, body) in enumerate(rows):
            fields = {"title": title[:300] or "无题", "abstract": body[:20_000], "responsible": [source[:100]],
                      "fiscal_year": max(1949, int(date[:4])), "document_type": KINDS[number % 6], "retention": PERIODS[number % 3],
                      "access_level": "restricted" if number % 10 == 0 else "internal" if number % 3 == 0 else "public"}
            out.write(json.dumps({"type": "item", "fields": fields}, ensure_ascii=False) + "\n")
