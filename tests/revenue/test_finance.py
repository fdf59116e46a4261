"""Layouts of finance teams with several twists each: every second sheet, all of them with `-m slow`."""

import pytest

from .sheets import finance
from .sheets.board import outcome

SHEETS = list(finance.every())
AS_EXPECTED = {"exact": {"exact"}, "mend": {"exact", "mended"}, "told": {"exact", "told"}}
MARKED = [pytest.param(made, marks=[] if at % 4 == 0 else pytest.mark.slow) for at, made in enumerate(SHEETS)]


def test_there_are_sheets_enough_and_each_has_a_name_of_its_own():
    assert len({made.name for made in SHEETS}) == len(SHEETS) >= 170


@pytest.mark.parametrize("made", MARKED, ids=lambda made: made.name)
def test_sheet(made):
    came, why = outcome(made)
    assert came in AS_EXPECTED[made.expect], why
