"""A workbook that shows its numbers without the add-in: the rates as named formulas, the rest as values."""

from __future__ import annotations

import re
from typing import NamedTuple

import nrr_xl.functions.catalogue  # noqa: F401 - declares them
from nrr_xl.excel.desk import Desk, patiently
from nrr_xl.functions.values import error_text, flatten
from nrr_xl.functions.worksheet import FUNCTIONS
from nrr_xl.workbook.lambdas import lambda_names


class Converted(NamedTuple):
    """How many names were put in, and how many formulas were turned into values."""

    names: int
    values: int


def make_portable(desk: Desk) -> Converted:
    """Convert an open workbook and save it."""
    named = [name for name in lambda_names() if name.name in FUNCTIONS]
    for name in named:
        patiently(lambda name=name: desk.workbook.Names.Add(name.name, shown_formula(name.formula)))
    only_here = sorted(set(FUNCTIONS) - {name.name for name in named})
    values = sum(_freeze(sheet, only_here) for sheet in patiently(lambda: list(desk.workbook.Worksheets)))
    patiently(lambda: desk.workbook.Save())
    return Converted(len(named), values)


def shown_formula(stored: str) -> str:
    """A formula as Excel shows it, from the form in which a file stores it.

    >>> shown_formula("=_xlfn.LAMBDA(_xlpm.a,_xlop.b,_xlpm.a-IF(_xlfn.ISOMITTED(_xlpm.b),0,_xlpm.b))")
    '=LAMBDA(a,[b],a-IF(ISOMITTED(b),0,b))'
    """
    return re.sub(r"_xlop\.(\w+)", r"[\1]", stored).replace("_xlfn.", "").replace("_xlpm.", "")


def _freeze(sheet, functions: list[str]) -> int:
    """Turn each formula that calls one of the functions, with all that it spills, into values; how many they were."""
    calls = re.compile(rf"\b({'|'.join(functions)})\(", re.IGNORECASE)
    area = patiently(lambda: sheet.UsedRange)
    formulas, (_, width) = flatten(patiently(lambda: area.Formula))
    count = 0
    for position, formula in enumerate(formulas):
        if isinstance(formula, str) and formula.startswith("=") and calls.search(formula):
            cell = area.Cells(position // width + 1, position % width + 1)
            spilled = patiently(lambda cell=cell: cell.SpillingToRange if cell.HasSpill else cell)
            values = patiently(lambda spilled=spilled: spilled.Value2)
            patiently(lambda cell=cell: cell.ClearContents())
            patiently(lambda spilled=spilled, values=values: setattr(spilled, "Value2", _plain(values)))
            count += 1
    return count


def _plain(values):
    """Values to write back: errors by their names, and texts that Excel would take for a formula marked as text."""
    cells, (_, width) = flatten(values)
    plain = [
        error_text(cell) or (f"'{cell}" if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@") else cell)
        for cell in cells
    ]
    return tuple(tuple(plain[i : i + width]) for i in range(0, len(plain), width))
