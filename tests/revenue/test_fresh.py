"""Sheets written against the reader, of kinds that finance teams have: one of eight, the others with `-m slow`."""

import pytest

from .sheets import doubts, systems, words
from .sheets.board import outcome

SHEETS = [made for part in (systems, doubts, words) for made in part.every()]
AS_EXPECTED = {"exact": {"exact"}, "mend": {"exact", "mended"}}
EACH = 8
MARKED = [pytest.param(made, marks=[] if at % EACH == 0 else pytest.mark.slow) for at, made in enumerate(SHEETS)]


def test_there_are_sheets_enough():
    assert len(SHEETS) >= 300


@pytest.mark.parametrize("made", MARKED, ids=lambda made: made.name)
def test_sheet(made):
    came, why = outcome(made)
    assert came in AS_EXPECTED[made.expect], why
