"""How much a recalculation has to look at, counted in the formulas and not timed: the cells that they name."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

from tests.apps import cached
from tests.apps.cell import box

# What a report's formulas look at for each amount, however many customers it has: what grew with their square would
# pass it at once (the sample 2,800, the others 3,340 and less).
LOOKS = 4_000

_RANGE = re.compile(r"\$?[A-Z]{1,3}\$?\d+:\$?[A-Z]{1,3}\$?\d+")
_WORD = re.compile(r"\b[A-Za-z_][A-Za-z0-9_.]*\b(?!\()")


def size(area: str) -> int:
    """The cells of a range that a formula may walk.

    >>> size("$B$2:C4")
    6
    """
    left, top, right, bottom = box(area.replace("$", ""))
    cells = (right - left + 1) * (bottom - top + 1)
    # The rest of a whole sheet is only ever pointed into (INDEX), never walked.
    return cells if cells < 10**9 else 0


def looks(path: str | Path) -> int:
    """The cells of all ranges in all formulas, those of defined names too; each range counts as often as it stands."""
    book = zipfile.ZipFile(path).read("xl/workbook.xml").decode()
    whole = {name: _walked(area) for name, area in re.findall(r'<definedName name="([^"]+)"[^>]*>([^<]*)<', book)}
    return sum(
        _walked(cell.formula) + sum(whole.get(word, 0) for word in _WORD.findall(cell.formula))
        for cell in cached.formula_cells(path).values()
    )


def _walked(formula: str) -> int:
    return sum(map(size, _RANGE.findall(formula)))
