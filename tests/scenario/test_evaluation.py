"""`lantai eval` tells of judged queries what TREC's definitions give, computed here once more from what it found."""

import collections
import itertools
import json
import math
import random
import unittest

from lantai_server import Installation
from test_figures import passages
from trec_measures import expected

DOCUMENTS = {
    "D1": "关于秋季运动会报名的通知",
    "D2": "秋季运动会成绩公告：三年级总分第一",
    "D3": "关于图书馆开放时间的通知",
    "D4": "图书馆采购图书的请示",
    "D5": "秋季学期校历",
    "D6": "食堂卫生检查情况通报",
}
QUERIES = {"1": "秋季运动会", "2": "图书馆", "3": "食堂卫生", "4": "没有人判断过的问题", "5": "只有不相关判断"}
JUDGED = {"1": {"D1": 2, "D2": 1, "D5": 0}, "2": {"D3": 1, "D4": 2, "D6": 1}, "3": {"D6": 1}, "5": {"D1": 0}}


class Evaluation(unittest.TestCase):
    def setUp(self):
        self.place = Installation()
        self.addCleanup(self.place.remove)
        rows = [{"type": "item", "fields": {"title": f"文件{number}"}, "files": [{"name": f"{name}.txt", "text": text}]}
                for number, (name, text) in enumerate(DOCUMENTS.items())]
        self.write("docs.jsonl", "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))
        self.place.run("import", str(self.place.folder / "docs.jsonl"))
        self.queries = self.write("queries.tsv", "\ufeff" + "".join(f"{number}\t{text}\r\n" for number, text in QUERIES.items()))
        self.judgements = self.write("qrels.txt", "".join(
            f"{query} 0 {document} {judgement}\n" for query, documents in JUDGED.items() for document, judgement in documents.items()))

    def write(self, name, text):
        path = self.place.folder / name
        path.write_text(text, "utf-8", newline="")
        return str(path)

    def test_measures_are_those_of_what_was_found(self):
        run = self.place.folder / "run.txt"
        done = self.place.run("eval", "--queries", self.queries, "--qrels", self.judgements, "--cutoffs", "1,3",
                              "--run", str(run), "--format", "json")
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        said = json.loads(done.stdout)
        found = {number: [] for number in QUERIES}
        for line in run.read_text("utf-8").splitlines():
            number, _, document, rank, _, _ = line.split()
            found[number].append(document)
            self.assertEqual(int(rank), len(found[number]))
        self.assertEqual(set(found["1"][:2]), {"D1", "D2"})
        self.assertEqual(found["3"][0], "D6")
        counted = [number for number, documents in JUDGED.items() if any(gain > 0 for gain in documents.values())]
        self.assertEqual(said["queries"], len(counted))
        for cutoff in (1, 3):
            single = [expected(found[number], JUDGED[number], cutoff) for number in counted]
            for measure in single[0]:
                self.assertAlmostEqual(said[measure], sum(one[measure] for one in single) / len(single), 9, measure)
        self.assertGreater(said["latency_ms"]["p99"], 0)

    def test_records_are_known_by_a_field_when_it_is_named(self):
        judgements = self.write("by_title.txt", "3 0 文件5 1\n")
        done = self.place.run("eval", "--queries", self.queries, "--qrels", judgements, "--id", "title", "--format", "json")
        self.assertEqual(json.loads(done.stdout)["mrr"], 1)

    def test_it_is_said_why_a_record_is_found_or_not(self):
        hit = json.loads(self.place.run("search", "--format", "json", "食堂卫生").stdout.decode().splitlines()[0])
        said = lambda *words: self.place.run("explain", hit["record"], *words).stdout.decode().splitlines()
        self.assertEqual(said("食堂卫生"), ["It is found"])
        self.assertEqual(said('"图书馆"'), ["It does not have “图书馆”"])
        self.assertEqual(said("食堂", "NOT", "卫生"), ["It has what the query excludes: 卫生"])
        done = self.place.run("explain", "item/none", "食堂", check=False)
        self.assertEqual(done.returncode, 4)

    def test_what_is_not_understood_is_named(self):
        wrong = self.write("wrong.txt", "1 0 D1 1\n2 0 D2\n")
        done = self.place.run("eval", "--queries", self.queries, "--qrels", wrong, check=False)
        self.assertEqual(done.returncode, 2)
        self.assertIn("line 2", done.stderr.decode())
        done = self.place.run("eval", "--queries", str(self.place.folder / "missing"), "--qrels", self.judgements, check=False)
        self.assertEqual(done.returncode, 4)



def pairs_of(text):
    return collections.Counter(text[at:at + 2] for at in range(len(text) - 1) if all("\u4e00" <= one <= "\u9fff" for one in text[at:at + 2]))


class PlainBm25:
    """Over pairs of characters, every one optional: k1 1.2, b 0.75."""

    def __init__(self, documents):
        counted = {name: pairs_of(text) for name, text in documents.items()}
        average = sum(counts.total() for counts in counted.values()) / len(counted)
        self.postings = collections.defaultdict(dict)
        for name, counts in counted.items():
            norm = 1.2 * (0.25 + 0.75 * counts.total() / average)
            for pair, count in counts.items():
                self.postings[pair][name] = count / (count + norm)
        self.documents = len(documents)

    def ranked(self, text):
        scores = collections.Counter()
        for pair in pairs_of(text):
            found = self.postings.get(pair, {})
            weight = math.log(1 + (self.documents - len(found) + 0.5) / (len(found) + 0.5))
            for name, share in found.items():
                scores[name] += weight * share
        return [name for name, _ in scores.most_common(10)]


class Ranking(unittest.TestCase):
    """Three words of a passage among five of another's: as a sentence with the marks that pasted ones have, in two pieces, as a question."""

    def test_sentences_and_questions_rank_no_worse_than_by_plain_bm25(self):
        chosen = random.Random(21)
        place = Installation()
        self.addCleanup(place.remove)
        documents = {row[0]: row[4] for row in itertools.islice(passages(), 8_000)}
        names = list(documents)
        queries = {}
        for number in range(600):
            wanted, other = chosen.sample(names, 2)
            parts = [text[at:at + 3] for text, count in ((documents[wanted], 3), (documents[other], 5))
                     for at in chosen.sample(range(len(text) - 4), count)]
            chosen.shuffle(parts)
            asked = "".join(parts).replace("，", "").replace("。", "")
            queries[f"Q{number}"] = (wanted, ("（二）{}的", "什么是{}", "关于“" + asked[:3] + "”的{}", asked[:9] + " {}")[number % 4].format(
                asked[3:] if number % 4 == 2 else asked[9:] if number % 4 == 3 else asked))
        write = lambda name, lines: (place.folder / name).write_text("".join(lines), "utf-8")
        write("docs.jsonl", (json.dumps({"type": "item", "fields": {"title": "文"}, "files": [{"name": f"{name}.txt", "text": text}]},
                                        ensure_ascii=False) + "\n" for name, text in documents.items()))
        write("queries.tsv", (f"{query}\t{text}\n" for query, (_, text) in queries.items()))
        write("qrels.txt", (f"{query} 0 {wanted} 1\n" for query, (wanted, _) in queries.items()))
        place.run("import", str(place.folder / "docs.jsonl"))
        done = place.run("eval", "--queries", str(place.folder / "queries.tsv"), "--qrels", str(place.folder / "qrels.txt"), "--cutoffs", "10",
                         "--depth", "10", "--format", "json")
        plain = PlainBm25(documents)
        best = sum(expected(plain.ranked(text), {wanted: 1}, 10)["ndcg@10"] for wanted, text in queries.values()) / len(queries)
        self.assertTrue(0.3 < best < 0.95, best)
        self.assertGreaterEqual(json.loads(done.stdout)["ndcg@10"], 0.98 * best)


if __name__ == "__main__":
    unittest.main()
