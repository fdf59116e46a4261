"""The values that a workbook's file carries for its formulas, and how they differ from a recalculation.

They are read straight from the XML: this is what previews, Protected View and other programs show.
"""

from __future__ import annotations

import math
import posixpath
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

from tests.apps.cell import Cell, Cells, box, letters

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
# Below this, two numbers are the same number: a difference of money far under a cent, a check that came out as 1e-12.
FLOOR = 1e-9


def formula_cells(path: str | Path) -> Cells:
    """Every cell that a formula fills, with its cached value; for an array formula, every cell of its range."""
    cells: Cells = {}
    with zipfile.ZipFile(path) as package:
        for sheet, part in sheet_parts(package):
            with package.open(part) as stream:
                cells.update(((sheet, address), cell) for address, cell in _of_sheet(stream))
    return cells


def differences(path: str | Path, recalculated: Cells, rel: float = 1e-9) -> list[str]:
    """Where a workbook's cached formula values differ from `recalculated`, as readable lines; [] if nowhere.

    Numbers may differ by `rel` of the larger one (or by less than FLOOR), texts and errors not at all. A formula that
    only one side has is a difference.
    """
    cached = formula_cells(path)
    computed = {place: cell for place, cell in recalculated.items() if cell.formula}
    lines = []
    for sheet, address in cached.keys() | computed.keys():
        was, now = cached.get((sheet, address)), computed.get((sheet, address))
        if was is None or now is None:
            side = "file" if now is None else "recalculation"
            lines.append(f"{sheet}!{address}: only the {side} has a formula (={(was or now).formula})")
        elif not same(was, now, rel):
            lines.append(f"{sheet}!{address}: cached {was}, recalculated {now} (={was.formula})")
    return sorted(lines)


def same(a: Cell, b: Cell, rel: float) -> bool:
    """Whether two cells show the same; an empty text and no value look the same in a cell."""
    if a.error or b.error:
        return a.error == b.error
    if isinstance(a.value, float) and isinstance(b.value, float):
        return math.isclose(a.value, b.value, rel_tol=rel, abs_tol=FLOOR)
    return ("" if a.value is None else a.value) == ("" if b.value is None else b.value)


def sheet_parts(package: zipfile.ZipFile) -> list[tuple[str, str]]:
    """The worksheets of a package in their order: name and part."""
    relations = ElementTree.fromstring(package.read("xl/_rels/workbook.xml.rels"))
    target = {relation.get("Id"): relation.get("Target") for relation in relations}
    workbook = ElementTree.fromstring(package.read("xl/workbook.xml"))
    found = []
    for sheet in workbook.iter(f"{MAIN}sheet"):
        part = target[sheet.get(RELATION)]
        part = part.lstrip("/") if part.startswith("/") else posixpath.normpath(posixpath.join("xl", part))
        if "/worksheets/" in part:  # a chart sheet has no cells
            found.append((sheet.get("name"), part))
    return found


def _of_sheet(stream) -> Iterator[tuple[str, Cell]]:
    formulas: dict[str, str] = {}  # by address; an array formula stands for every cell of its range
    for _, element in ElementTree.iterparse(stream):
        if element.tag == f"{MAIN}row":
            element.clear()
        if element.tag != f"{MAIN}c":
            continue
        address = element.get("r")
        formula = element.find(f"{MAIN}f")
        if formula is not None and formula.get("t") == "array":
            formulas.update(dict.fromkeys(_addresses(formula.get("ref")), formula.text))
        if formula is not None:
            formulas.setdefault(address, formula.text or "")
        if address in formulas:
            yield address, _cell(formulas[address], element.get("t", "n"), element.findtext(f"{MAIN}v"))


def _cell(formula: str, kind: str, value: str | None) -> Cell:
    if kind == "e":
        return Cell(formula, None, value)
    if kind == "str":
        return Cell(formula, re.sub("_x([0-9A-Fa-f]{4})_", lambda code: chr(int(code[1], 16)), value or ""))
    return Cell(formula, float(value) if value else None)


def _addresses(area: str) -> Iterator[str]:
    left, top, right, bottom = box(area)
    for row in range(top, bottom + 1):
        for column in range(left, right + 1):
            yield f"{letters(column)}{row}"
