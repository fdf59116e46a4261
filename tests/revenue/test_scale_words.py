"""What is looked for before the patterns of scales are made: no text that says a scale is without it."""

import random

from nrr_xl.revenue.clean import scale

PIECES = (
    "in |en |w |i |/|us$|$|€|£| |(|)|thousand|thousands|tausend|tsd|tsd.|milliers|miles|migliaia|milhares|duizenden"
    "|tys.|tusental|k|'000|000s|000|tsek|tkr|m|mm|mn|mio.|mln|million|millones|milioni|milhoes|miljoenen|miljoner|meur|musd"
    "|teur|t|千円|千ドル|百万円|mrr|month|usd|eur|sek|chf|."
).split("|")


def test_no_text_that_says_a_scale_is_passed_over():
    random.seed(7)
    found = 0
    for _ in range(30_000):
        text = "".join(random.choices(PIECES, k=random.randint(1, 5)))
        for worth, pattern in scale._patterns().items():
            if pattern.search(text):
                found += 1
                assert scale._PERHAPS[worth].search(text), text
    assert found > 5_000


def test_usual_headers_need_no_pattern():
    scale._patterns.cache_clear()
    assert [scale.said_scale(text) for text in ("Customer", "Month", "MRR", "Segment", "2024-01")] == [0.0] * 5
    assert not scale._patterns.cache_info().currsize
