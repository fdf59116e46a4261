"""Made sheets of many dialects: what comes of each is known before it is read; none may be silently wrong."""

import pytest

from .sheets.board import outcome
from .sheets.recipes import every_sheet

SHEETS = list(every_sheet())
AS_EXPECTED = {"exact": {"exact"}, "mend": {"exact", "mended"}, "told": {"exact", "told"}}


def test_there_are_sheets_enough_and_each_has_a_name_of_its_own():
    assert len({made.name for made in SHEETS}) == len(SHEETS) >= 350


@pytest.mark.parametrize("made", SHEETS, ids=lambda made: made.name)
def test_sheet(made):
    came, why = outcome(made)
    assert came in AS_EXPECTED[made.expect], why
