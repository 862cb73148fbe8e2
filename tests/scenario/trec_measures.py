"""What do TREC's measures give for a ranking and its judgements? By their definitions, apart from the product's own."""

import math


def expected(ranked, judged, cutoff):
    gains = [max(0, judged.get(one, 0)) for one in ranked]
    ideal = sorted((gain for gain in judged.values() if gain > 0), reverse=True)
    hits = [index for index, gain in enumerate(gains) if gain > 0]
    discounted = lambda values: sum(value / math.log2(rank + 2) for rank, value in enumerate(values[:cutoff]))
    within = sum(index < cutoff for index in hits)
    return {
        "map": sum((number + 1) / (index + 1) for number, index in enumerate(hits)) / len(ideal),
        "mrr": 1 / (hits[0] + 1) if hits else 0,
        f"ndcg@{cutoff}": discounted(gains) / discounted(ideal),
        f"p@{cutoff}": within / cutoff,
        f"recall@{cutoff}": within / len(ideal),
    }
