"""One cell's XML as XlsxWriter writes it, in a quarter of the time: no attribute of it needs to be looked through.

It leans on the tuples that XlsxWriter keeps its cells as, and on its list of functions that make a formula spill. Tests
hold every kind of cell against XlsxWriter's own.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, partial
from html import escape as escaped
from typing import Any

from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import (
    CellBlankTuple,
    CellFormulaTuple,
    CellNumberTuple,
    CellStringTuple,
    re_dynamic_function,
)

# What `xml.sax.saxutils` gives, whose import brings the whole of the network.
escape = partial(escaped, quote=False)
# What XlsxWriter takes for errors where they are a formula's value.
ERRORS = frozenset(("#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!"))
# How the functions end whose formulas spill over several cells, and are written in another way: few others end so.
_SPILLING = frozenset(name[-3:] for name in re.findall(r"\\b([A-Z]+)\\\(", re_dynamic_function.pattern))
letters = cache(xl_col_to_name)


def formula_cell(formula: str, look: Any, value: Any) -> Any:
    """A formula's cell as XlsxWriter keeps it; None for one that it should look at itself.

    >>> formula_cell("=A1+1", None, 2.0).formula, formula_cell("=UNIQUE(A1:A9)", None, 2.0)
    ('A1+1', None)
    """
    formula = formula.removeprefix("=")
    if formula[:1] in ("", "{"):
        return None
    if not _SPILLING.isdisjoint([part[-3:] for part in formula.split("(")]) and re_dynamic_function.search(formula):
        return None
    return CellFormulaTuple(formula, look, value)


def cell_xml(row: int, col: int, cell: Any) -> str | None:
    """The cell's element, or None where it is of a kind that is rarely written, or has no format of its own."""
    inside = _INSIDE.get(cell.__class__)
    if inside is None or not cell.format:
        return None
    return f'<c r="{letters(col)}{row + 1}" s="{cell.format._get_xf_index()}"{inside(cell)}'


def _formula(cell: Any) -> str:
    value, kind = cell.value, ""
    if isinstance(value, bool):
        value, kind = int(value), ' t="b"'
    elif isinstance(value, str):
        kind = (' t="e"' if value in ERRORS else ' t="str"') if value else ""
        value = escape(value)
    return f"{kind}><f>{escape(cell.formula)}</f><v>{value}</v></c>"


_INSIDE: dict[type, Callable[[Any], str]] = {
    CellFormulaTuple: _formula,
    CellStringTuple: lambda cell: f' t="s"><v>{cell.string}</v></c>',
    CellNumberTuple: lambda cell: f"><v>{cell.number:.16G}</v></c>",
    CellBlankTuple: lambda cell: "/>",
}
