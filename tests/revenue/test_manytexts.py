"""What is asked of all texts at once is what is asked of each: on names made of everything that parts or joins them."""

from __future__ import annotations

import random
import re

import pytest

from nrr_xl.revenue.cells import manytexts
from nrr_xl.revenue.cells.months import folded
from nrr_xl.revenue.cells.names import similar_names
from nrr_xl.revenue.vocabulary import vocabulary

PARTS = (
    *("Acme", "acme", " Inc", "Inc.", "GmbH", " ", "  ", "Bêta", "beta", "&", "-", "O'Brien", "S.A.", "SA", "co", "x1"),
    *("ﬁne", "fine", "ß", "ss", "\n", "é", "e\u0301", "", "中国", "\u0308", "İ", "Total ", "all", "mrr", "12", "21"),
)


def made(seed: int) -> list[str]:
    rng = random.Random(seed)
    pieces = [part for part in PARTS if seed % 2 or part != "\n"]
    if seed % 3 == 0:
        pieces = [part for part in pieces if part.isascii()]
    return list(dict.fromkeys("".join(rng.choices(pieces, k=rng.randint(0, 5))) for _ in range(rng.randint(0, 30))))


@pytest.mark.parametrize("start", range(0, 600, 100))
def test_all_at_once_is_one_by_one(start, monkeypatch):
    forms = frozenset(vocabulary()["words"]["legal_forms"])
    pattern = re.compile(r"(?:all|total)|^\W*(?:mrr)\W*$", re.MULTILINE)
    for seed in range(start, start + 100):
        monkeypatch.setattr(manytexts, "_PIECE", 7 if seed % 5 == 0 else 100_000)
        names = made(seed)
        first: dict[str, str] = {}
        pairs = [
            (name, known)
            for name in names
            if (known := first.setdefault(manytexts.likeness(name, forms), name)) != name
        ]
        first = {}
        for name in names:
            closed = "".join(c for c in name.casefold() if re.fullmatch("[^\\W_]", c))
            known = first.setdefault(closed, name) if closed else name
            if known != name and name not in dict(pairs):
                pairs.append((name, known))
        assert similar_names(names) == tuple(pairs)
        assert manytexts.spelling_keys(names) == [manytexts.spelling_key(name) for name in names]
        assert manytexts.casefolded(names) == [name.casefold() for name in names]
        assert manytexts.lowered(names, folded) == [folded(name) for name in names]
        assert manytexts.all_tidy(names) == all(" ".join(n.split()) == n and n.isprintable() for n in names)
        found = manytexts.lines_with(pattern, names)
        assert {at for at, name in enumerate(names) if pattern.search(name)} <= set(found)
