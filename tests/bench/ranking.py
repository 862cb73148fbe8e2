#!/usr/bin/env python3
"""How well are sentences, topics and questions ranked, beside Lucene's analyzers for Chinese? The judgements follow from the
texts: a sentence is taken out of its passage, which is to be found by it (`sentence`), or by a question about a clause of it
(`question`); a title without the words of its kind finds the passages under it, which do not say it (`topic`).

    tests/bench/ranking.py FILE.tsv|FOLDER… [--passages 60000] [--depth 100]

FILE: rows of id, source, date, title, body. FOLDER: pages of help, of which each heading is to find what stands under it
(`heading`, and as a question `asked`; headings.py). Lucene 8 (liblucene8-java, openjdk-17-jdk-headless) where it is installed. Prints
JSON: MRR@10, NDCG@10, recall@10 and recall@DEPTH, and for this product the latency."""

import argparse
import collections
import json
import os
import random
import re
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "scenario"))
import headings  # noqa: E402
import lucene  # noqa: E402
import texts  # noqa: E402
from trec_measures import expected  # noqa: E402

LANTAI = HERE.parent.parent / "build/release/bin/lantai"
ASKED = ("如何{}", "{}怎么办", "什么是{}", "请问{}有哪些规定", "{}吗", "为什么{}", "{}是什么意思", "关于{}应该怎样做")
OF_A_PLACE = re.compile("^.{2,8}?(省|市|自治区|自治州|自治县)")
OF_A_KIND = re.compile("条例|办法|规定|决定|实施|暂行|若干|（.*）|\\(.*\\)")


def by_title(table):
    """Bodies of at least 70 characters, by source and title."""
    found = {}
    for _, source, _, title, body in texts.rows_of(table):
        if len(body) >= 70:
            found.setdefault((source, title.split(" ")[0]), []).append(body)
    return found


def collection(table, passages):
    """Documents by name; for each kind of query its texts, and which documents are wanted."""
    chosen = random.Random(5)
    papers = list(by_title(table).items())
    chosen.shuffle(papers)
    documents, queries = {}, {kind: {} for kind in ("sentence", "topic", "question")}
    for number, ((_, title), bodies) in enumerate(papers):
        if len(documents) > passages:
            break
        names = []
        for body in bodies:
            name = f"D{len(documents)}"
            sentences = [one for one in re.split("(?<=[。；])", body) if one]
            at = chosen.randrange(len(sentences))
            taken = sentences[at].strip("。； ")
            if len(sentences) >= 3 and chosen.random() < 0.12 and 10 <= len(taken) <= 45:
                body = "".join(sentences[:at] + sentences[at + 1:])
                queries["sentence"][name] = (taken, {name})
                clause = chosen.choice([one for one in re.split("[，、：]", taken) if one])
                if 4 <= len(clause) <= 14:
                    queries["question"][name] = (chosen.choice(ASKED).format(clause), {name})
            documents[name] = body
            names.append(name)
        topic = OF_A_KIND.sub("", OF_A_PLACE.sub("", title))
        if 5 <= len(names) <= 200 and 4 <= len(topic) <= 16:
            queries["topic"][f"T{number}"] = (topic, set(names))
    return documents, queries


def measures(run, judged, depth):
    ranked = {}
    for line in run.read_text("utf-8").splitlines():
        query, _, document, *_ = line.split()
        ranked.setdefault(query, []).append(document)
    sums = collections.Counter({"mrr@10": 0, "ndcg@10": 0, "recall@10": 0, f"recall@{depth}": 0})
    for query, wanted in judged.items():
        found, judgements = ranked.get(query, []), dict.fromkeys(wanted, 1)
        near = expected(found[:10], judgements, 10)
        sums.update({"mrr@10": near["mrr"], "ndcg@10": near["ndcg@10"], "recall@10": near["recall@10"],
                     f"recall@{depth}": expected(found, judgements, depth)[f"recall@{depth}"]})
    return {name: round(value / len(judged), 4) for name, value in sums.items()}


def measured(documents, queries, depth):
    """`documents`: texts by name. `queries`: for each kind, by name what is asked and which documents are wanted."""
    result = {"documents": len(documents)}
    with tempfile.TemporaryDirectory(dir=os.environ.get("LANTAI_BENCH_DIR")) as folder:
        place = Path(folder)
        (place / "documents.tsv").write_text("".join(f"{name}\t{body}\n" for name, body in documents.items()), "utf-8")
        with (place / "documents.jsonl").open("w", encoding="utf-8") as lines:
            for name, body in documents.items():
                lines.write(json.dumps({"type": "item", "fields": {"title": "文"}, "files": [{"name": f"{name}.txt", "text": body}]}, ensure_ascii=False) + "\n")
        command = [LANTAI, "--data", place / "data", "--allow-incomplete-sandbox"]
        subprocess.run([*command, "import", place / "documents.jsonl"], check=True, capture_output=True)
        for kind, asked in queries.items():
            asked_of, judged, run = place / f"{kind}.tsv", place / f"{kind}.qrels", place / "run.txt"
            asked_of.write_text("".join(f"{query}\t{text}\n" for query, (text, _) in asked.items()), "utf-8")
            judged.write_text("".join(f"{query} 0 {name} 1\n" for query, (_, wanted) in asked.items() for name in sorted(wanted)), "utf-8")
            wanted = {query: names for query, (_, names) in asked.items()}
            done = subprocess.run([*command, "eval", "--queries", asked_of, "--qrels", judged, "--depth", str(depth), "--run", run,
                                   "--format", "json"], check=True, capture_output=True)
            result[kind] = {"queries": len(asked), "lantai": {**measures(run, wanted, depth), "latency_ms": json.loads(done.stdout)["latency_ms"]}}
            if peer := lucene.command("LuceneRank.java", "core", "analyzers-common", "analyzers-smartcn"):
                for analyzer in ("cjk", "smart"):
                    subprocess.run([*peer, analyzer, place / "documents.tsv", asked_of, run, str(depth)], check=True, capture_output=True)
                    result[kind][f"lucene {analyzer}"] = measures(run, wanted, depth)
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("source", type=Path, nargs="+")
    parser.add_argument("--passages", type=int, default=60_000)
    parser.add_argument("--depth", type=int, default=100)
    arguments = parser.parse_args()
    if arguments.source[0].is_dir():
        documents, queries = headings.collection(arguments.source)
        chosen = random.Random(9)
        queries["asked"] = {name: (chosen.choice(ASKED).format(text), wanted) for name, (text, wanted) in queries["heading"].items()}
    else:
        documents, queries = collection(arguments.source[0], arguments.passages)
    print(json.dumps(measured(documents, queries, arguments.depth), indent=2))


if __name__ == "__main__":
    main()
