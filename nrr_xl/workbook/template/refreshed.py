"""The values that a filled template's formulas come to, written into it where they can be known.

They are known where every formula and every number of the report's sheets is as the template was made: then a template
is written anew with the rows, and its values are carried over. Else the formulas have none, and are calculated when the
workbook is opened.
"""

from __future__ import annotations

import datetime as dt
import re
import tempfile
from collections.abc import Sequence
from html import unescape
from pathlib import Path

from nrr_xl.errors import InputError
from nrr_xl.periods import month_number
from nrr_xl.workbook.parts import Held, Parts, held, with_values
from nrr_xl.workbook.template.build import write_filled
from nrr_xl.workbook.template.emptied import NO_TITLE, titled
from nrr_xl.workbook.template.example import Row
from nrr_xl.workbook.template.layout import NAMES, Layout
from nrr_xl.workbook.template.values import Values
from nrr_xl.workbook.theme import load_theme

# Their numbers are the owners' own.
TYPED = ("settings", "revenue", "calculator")
_CACHE = re.compile(rb"(<c:f>[^<\[]*</c:f>)\s*<c:(num|str)Cache>.*?</c:\2Cache>", re.DOTALL)
_CALCULATION = re.compile(rb"<calcPr\b([^>]*?)(/>|>\s*</calcPr>)")
_POWER = re.compile(r"(?<![\w.$])(?:\d+(?:\.\d+)?[eE][-+]?\d+|0\.0{4,}\d+)")
_FIRST_DAY = dt.date(1899, 12, 30)


def refresh(book: Parts, lines: Sequence[Row], customers: int) -> None:
    """Write the formulas' values for the new rows, or take those of the old rows out."""
    made = _made(book, lines, customers)
    known = made is not None and _alike(book, made)
    left, values = False, dict[str, dict[str, Held]]()
    for sheet, part in book.sheets.items():
        old = held(book.content[part])
        new = held(made.content[made.sheets[sheet]]) if known and made is not None and sheet in made.sheets else {}
        if sheet == NAMES["calculator"] and new:
            new = _calculator(old, new)
        left = left or any(cell.formula is not None and address not in new for address, cell in old.items())
        book.content[part] = with_values(book.content[part], new)
        values[sheet] = new
    for name, content in book.content.items():
        if name.startswith("xl/charts/chart"):
            book.content[name] = titled(_CACHE.sub(rb"\1", content), lambda cell: _said(values, cell))
    _calculated(book, on_opening=left)


def _said(values: dict[str, dict[str, Held]], reference: bytes) -> bytes:
    """The text of a cell whose reference is a chart's title, while it is known."""
    sheet, _, address = reference.decode().rpartition("!")
    cell = values.get(sheet.strip("'"), {}).get(address.replace("$", ""))
    return cell.value if cell and cell.kind == b"str" and cell.value else NO_TITLE


def _calculator(old: dict[str, Held], new: dict[str, Held]) -> dict[str, Held]:
    """The values of a Calculator: what was typed into it stands on no row, but its status line does."""
    typed = [address for address, cell in new.items() if cell.formula is None and cell.kind == b"n"]
    if all(address in old and old[address].value == new[address].value for address in typed):
        return new
    state = NAMES["checks"].encode()
    return {
        address: new[address] if state in (cell.formula or b"") else cell
        for address, cell in old.items()
        if cell.value and address in new
    }


def _made(book: Parts, lines: Sequence[Row], customers: int) -> Parts | None:
    """A template of the same size with the new rows in it; None if it could not show what the workbook will."""
    names = book.names()
    if "CustomerNames" not in names or not lines:
        return None
    first, last = map(int, re.findall(r"\d+", names["CustomerNames"])[-2:])
    values = _values(book, lines, last - first + 1)
    if values is None or not values.plain:
        return None
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "made.xlsx"
        try:
            write_filled(path, Layout(values.capacity), load_theme(None), values)
        except InputError:
            # The window or the closing month does not fit the rows, which the workbook will say.
            return None
        return Parts.read(path)


def _values(book: Parts, lines: Sequence[Row], capacity: int) -> Values | None:
    """The rows under the workbook's own settings."""
    said = {name: book.place(name) for name in ("Company", "Currency", "Unit", "ClosingWanted", "WindowMonths")}
    text = {name: book.text(*place) if place else "" for name, place in said.items()}
    try:
        window = int(text["WindowMonths"])
        wanted = _FIRST_DAY + dt.timedelta(days=float(text["ClosingWanted"])) if text["ClosingWanted"] else None
    except (ValueError, OverflowError):
        return None
    closing = month_number(wanted.year, wanted.month) if wanted else None
    facts = text["Company"], text["Currency"], text["Unit"]
    return Values(tuple(lines), capacity, closing, window, *facts)


def _alike(book: Parts, made: Parts) -> bool:
    """Whether the workbook has all formulas of a fresh template, and no other number or name beside them."""
    rows = NAMES["rows"]
    theirs, ours = book.texts(), made.texts()
    for sheet, part in made.sheets.items():
        if sheet not in book.sheets:
            return False
        new, old = held(made.content[part]), held(book.content[book.sheets[sheet]])
        key = next(key for key, name in NAMES.items() if name == sheet)
        for address, cell in new.items():
            was = old.get(address)
            if cell.formula is not None:
                if was is None or was.formula is None or _same(was.formula) != _same(cell.formula):
                    return False
                continue
            if key in TYPED or (cell.kind == b"s" and sheet != rows):
                continue
            if was is None or was.formula is not None or _plain(was, theirs) != _plain(cell, ours):
                return False
        if sheet in (NAMES["customers"], rows) and len(old) != len(new):
            return False
    return True


def _plain(cell: Held, texts: list[str]) -> str | float:
    if cell.kind == b"s":
        return texts[int(cell.value)]
    return float(cell.value) if cell.kind == b"n" and cell.value else _read(cell.value)


def _read(written: bytes) -> str:
    """A text out of XML, however its signs are written there."""
    return unescape(written.decode())


def _same(formula: bytes) -> str:
    """A formula with its small numbers as they read: Excel writes 1e-09 as 1.0000000000000001E-9."""
    return _POWER.sub(lambda match: repr(float(match[0])), _read(formula))


def _calculated(book: Parts, on_opening: bool) -> None:
    """Whether the program that opens the workbook shall calculate it at once."""
    part = "xl/workbook.xml"
    found = _CALCULATION.search(book.content[part])
    kept = re.sub(rb'\sfullCalcOnLoad="[^"]*"', b"", found[1]) if found else b""
    asked = b"<calcPr" + kept + (b' fullCalcOnLoad="1"/>' if on_opening else b"/>")
    if found:
        book.content[part] = book.content[part].replace(found[0], asked)
    elif on_opening:
        after = b"</definedNames>" if b"</definedNames>" in book.content[part] else b"</sheets>"
        book.content[part] = book.content[part].replace(after, after + asked)
