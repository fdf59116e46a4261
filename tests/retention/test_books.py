"""Two books in which everything happens give, to nine digits and word for word, what they gave when it was looked at.

Other tests compare single numbers with an independent reference; here nothing that is told may move unseen.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.kept import assert_kept
from tests.retention.books import whole

KEPT = Path(__file__).with_name("books.json")


@pytest.fixture(scope="module")
def found():
    return whole()


@pytest.mark.parametrize("book", ["dense", "grace", "contracts", "compared", "definitions", "levers", "nearest"])
def test_nothing_told_of_a_book_moves_unseen(found, book):
    for part, told in found[book].items():
        assert_kept(KEPT, f"{book}.{part}", told)
    assert_kept(KEPT, book, ", ".join(found[book]))


def test_everything_happens_in_the_books(found):
    dense, contracts, compared = found["dense"], found["contracts"], found["compared"]
    assert all(dense["customers"].values()) and all(dense["bridge"].values())
    for part in (
        "adjusted",
        "interval",
        "survival",
        "price_volume",
        "product_split",
        "segment_intervals",
        "definition",
    ):
        assert dense[part], part
    assert dense["churn"]["reasons"] and dense["risk"] and contracts["renewals"]["total"]["late"]
    assert {row["cause"] for row in compared["changes"]} >= {
        "policy",
        "moved",
        "removed",
        "added",
        "restated",
        "window",
    }
