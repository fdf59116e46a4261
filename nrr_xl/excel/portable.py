"""A workbook that shows its numbers without the add-in: the rates as named formulas, the rest as values."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import nrr_xl.functions.catalogue  # noqa: F401 - declares them
from nrr_xl.excel.desk import Desk, patiently
from nrr_xl.functions.values import error_text, flatten
from nrr_xl.functions.worksheet import FUNCTIONS
from nrr_xl.workbook.lambdas import lambda_names

# Excel's number for links to other workbooks.
WORKBOOKS = 1
# An add-in's file before a function or a name, as Excel writes it where the add-in is not loaded.
_FILE = re.compile(r"(?:'[^']*nrr_xl\w*\.xlam'|\[?nrr_xl\w*\.xlam\]?)!", re.IGNORECASE)
_CALL = re.compile(rf"(?<![\w.])({'|'.join(sorted(FUNCTIONS, key=len, reverse=True))})\(", re.IGNORECASE)


class Converted(NamedTuple):
    """How many formulas were bound to names and turned into values, and what still calls the add-in."""

    entered: int
    values: int
    left: tuple[str, ...]


def make_portable(desk: Desk) -> Converted:
    """Convert an open workbook, and save it where it has a file."""
    names = {name.name: name.formula for name in lambda_names() if name.name in FUNCTIONS} if desk.knows_lambda else {}
    sheets = patiently(lambda: list(desk.workbook.Worksheets))
    called = set().union(*(calls(formula) for sheet in sheets for _, formula in _formulas(sheet)))
    for name in sorted(called & set(names)):
        patiently(lambda name=name: desk.workbook.Names.Add(name, shown_formula(names[name])))
    entered = values = 0
    for sheet in sheets:
        for cell, formula in list(_formulas(sheet)):
            if calls(formula) <= set(names) and _entered(cell, formula):
                entered += 1
            else:
                _freeze(cell)
                values += 1
    for link in patiently(lambda: desk.workbook.LinkSources(WORKBOOKS)) or ():
        if _FILE.search(re.split(r"[/\\]", link)[-1] + "!"):
            patiently(lambda link=link: desk.workbook.BreakLink(link, WORKBOOKS))
    if desk.path:
        patiently(lambda: desk.workbook.Save())
    return Converted(entered, values, tuple(_left(desk, set(names))))


def shown_formula(stored: str) -> str:
    """A formula as Excel shows it, from the form in which a file stores it.

    >>> shown_formula("=_xlfn.LAMBDA(_xlpm.a,_xlop.b,_xlpm.a-IF(_xlfn.ISOMITTED(_xlpm.b),0,_xlpm.b))")
    '=LAMBDA(a,[b],a-IF(ISOMITTED(b),0,b))'
    """
    return re.sub(r"_xlop\.(\w+)", r"[\1]", stored).replace("_xlfn.", "").replace("_xlpm.", "")


def calls(formula: object) -> set[str]:
    """The add-in's functions that a formula calls.

    >>> sorted(calls('=IF(A1>0,NRR(A1),"GRR(1)")+MY.LTV(2)+xNRR(1)')), calls("NRR(1)")
    (['NRR'], set())
    """
    if not isinstance(formula, str) or not formula.startswith("="):
        return set()
    return {found[1].upper() for found in _CALL.finditer(re.sub(r'"[^"]*"', '""', formula))}


def _formulas(sheet: Any) -> Iterator[tuple[Any, str]]:
    """Each cell of a sheet whose formula calls the add-in, and that formula."""
    area = patiently(lambda: sheet.UsedRange)
    formulas, (_, width) = flatten(patiently(lambda: area.Formula))
    for position, formula in enumerate(formulas):
        if calls(formula):
            yield area.Cells(position // width + 1, position % width + 1), formula


def _entered(cell: Any, formula: str) -> bool:
    """Enter a formula anew, so that its functions are the workbook's names; False where the cell then shows less."""
    before = patiently(lambda: cell.Value2)
    plain = _FILE.sub("", formula)
    if cell.HasArray:
        area = cell.CurrentArray
        patiently(lambda: setattr(area, "FormulaArray", plain))
    else:
        patiently(lambda: setattr(cell, "Formula2", plain))
    after = patiently(lambda: cell.Value2)
    if error_text(after) and not error_text(before):
        patiently(lambda: setattr(cell, "Value2", _plain(before)))
        return False
    return True


def _freeze(cell: Any) -> None:
    """Turn a formula, with all that it spills, into values."""

    def area() -> Any:
        if cell.HasArray:
            return cell.CurrentArray
        # An Excel before 365 has no spilling, nor a word for it.
        return cell.SpillingToRange if getattr(cell, "HasSpill", False) else cell

    spilled = patiently(area)
    values = patiently(lambda: spilled.Value2)
    patiently(lambda: spilled.ClearContents())
    patiently(lambda: setattr(spilled, "Value2", _plain(values)))


def _plain(values: Any) -> Any:
    """Values to write back: errors by their names, and texts that Excel would take for a formula marked as text."""
    cells, (_, width) = flatten(values)
    plain = [
        error_text(cell) or (f"'{cell}" if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@") else cell)
        for cell in cells
    ]
    return tuple(tuple(plain[i : i + width]) for i in range(0, len(plain), width))


def _left(desk: Desk, names: set[str]) -> Iterator[str]:
    """What still needs the add-in: cells by their addresses, and defined names."""
    for sheet in patiently(lambda: list(desk.workbook.Worksheets)):
        for cell, formula in _formulas(sheet):
            if _FILE.search(formula) or not calls(formula) <= names:
                yield f"{sheet.Name}!{cell.Address.replace('$', '')}"
    for name in patiently(lambda: list(desk.workbook.Names)):
        formula = patiently(lambda name=name: name.RefersTo)
        if name.Name.upper() not in names and (_FILE.search(formula) or calls(formula) - names):
            yield f"the name {name.Name}"
