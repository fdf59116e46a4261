"""A workbook's package, read and changed part by part: what is not changed stays as it is, byte for byte."""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from xml.etree import ElementTree

from xlsxwriter.utility import xl_cell_to_rowcol, xl_col_to_name

from nrr_xl.records import struct
from nrr_xl.workbook.cells import safe_text
from nrr_xl.workbook.onecell import escape

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_LINKED = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_FIXED = (1980, 1, 1, 0, 0, 0)
_DATA = re.compile(rb"<sheetData\s*/>|<sheetData>(.*?)</sheetData>", re.DOTALL)
_ROW = re.compile(rb"<row\b([^>]*?)(?:/>|>(.*?)</row>)", re.DOTALL)
_CELL = re.compile(rb"<c\b([^>]*?)(?:/>|>(.*?)</c>)", re.DOTALL)
_NUMBER, _ADDRESS, _STYLE = re.compile(rb'\br="(\d+)"'), re.compile(rb'\br="([A-Z]+\d+)"'), re.compile(rb'\bs="(\d+)"')
_TYPE = re.compile(rb'\st="(\w+)"')
_PARTS = re.compile(rb"<f\b[^>]*?(?:/>|>(?P<f>[^<]*)</f>)|<v>(?P<v>[^<]*)</v>|<t\b[^>]*>(?P<t>[^<]*)</t>")
_COLUMN = re.compile(rb"<col\b[^>]*?/>")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


@struct()
class Held:
    """What a cell of a sheet's XML holds: its type, its formula (None without one) and its value, as written."""

    kind: bytes
    formula: bytes | None
    value: bytes


@dataclass
class Parts:
    """The parts of a workbook by their names."""

    content: dict[str, bytes]
    # Each worksheet's part by its name.
    sheets: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path) -> Parts:
        """All parts of a file; an error of zipfile's or the parser's where it is no workbook."""
        with zipfile.ZipFile(path) as package:
            parts = {name: package.read(name) for name in package.namelist() if not name.endswith("/")}
        found = cls(parts)
        targets = dict(found.related("xl/workbook.xml"))
        for sheet in found.tree("xl/workbook.xml").iter(f"{MAIN}sheet"):
            part = targets.get(sheet.get(_LINKED) or "", "")
            if "/worksheets/" in part:
                found.sheets[sheet.get("name") or ""] = part
        return found

    def write(self, path: Path) -> None:
        """The package as a file; the same parts give the same bytes."""
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
            for name, content in self.content.items():
                package.writestr(zipfile.ZipInfo(name, _FIXED), content, zipfile.ZIP_DEFLATED)

    def tree(self, part: str) -> ElementTree.Element:
        return ElementTree.fromstring(self.content[part])  # noqa: S314 - expat fetches nothing and bounds entities

    def related(self, part: str) -> Iterator[tuple[str, str]]:
        """The identifier and the part of each relation of a part."""
        folder, name = posixpath.split(part)
        relations = f"{folder}/_rels/{name}.rels"
        for relation in self.tree(relations) if relations in self.content else ():
            target = relation.get("Target") or ""
            yield relation.get("Id") or "", _joined(folder, target)

    def names(self) -> dict[str, str]:
        """What each of the workbook's names stands for."""
        tree = self.tree("xl/workbook.xml")
        return {name.get("name") or "": name.text or "" for name in tree.iter(f"{MAIN}definedName")}

    def place(self, name: str) -> tuple[str, int, int] | None:
        """The sheet, row (from 1) and column (from 0) of the cell that a name stands for."""
        sheet, _, address = self.names().get(name, "").rpartition("!")
        sheet = sheet.strip("'").replace("''", "'")
        if sheet not in self.sheets or not re.fullmatch(r"\$?[A-Z]+\$?\d+", address):
            return None
        row, col = xl_cell_to_rowcol(address.replace("$", ""))
        return sheet, row + 1, col

    def text(self, sheet: str, row: int, col: int) -> str:
        """What a cell that holds no formula says, as text."""
        cell = held(self.content[self.sheets[sheet]]).get(f"{xl_col_to_name(col)}{row}")
        if cell is None:
            return ""
        return self.texts()[int(cell.value)] if cell.kind == b"s" else unescape(cell.value.decode())

    def texts(self) -> list[str]:
        """The shared texts by their number."""
        part = "xl/sharedStrings.xml"
        items = self.tree(part).iter(f"{MAIN}si") if part in self.content else ()
        return ["".join(text.text or "" for text in item.iter(f"{MAIN}t")) for item in items]

    def without(self, part: str) -> None:
        """Drop a part of the workbook and what names it."""
        if self.content.pop(part, None) is None:
            return
        name = re.escape(posixpath.basename(part).encode())
        for holder, element in (("[Content_Types].xml", b"Override"), ("xl/_rels/workbook.xml.rels", b"Relationship")):
            pattern = rb"<" + element + rb"\b[^>]*" + name + rb'"[^>]*?(?:/>|></' + element + rb">)"
            self.content[holder] = re.sub(pattern, b"", self.content[holder])


def _joined(folder: str, target: str) -> str:
    return target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))


def held(sheet: bytes) -> dict[str, Held]:
    """What the cells of a sheet hold, by address; cells without content are left out."""
    found = {}
    for attributes, inside in _CELL.findall(_rows_of(sheet)):
        if not inside or (address := _ADDRESS.search(attributes)) is None:
            continue
        kind = _TYPE.search(attributes)
        formula, value = None, b""
        for match in _PARTS.finditer(inside):
            if match[0].startswith(b"<f"):
                # A shared formula is written once; where it is not, there is no text to compare.
                formula = match["f"] or b""
            else:
                value += match["v"] or match["t"] or b""
        found[address[1].decode()] = Held(kind[1] if kind else b"n", formula, value)
    return found


def _rows_of(sheet: bytes) -> bytes:
    found = _DATA.search(sheet)
    return (found[1] or b"") if found else b""


class Rows:
    """The rows of a sheet, of which cells can be set; a new cell looks like the one above the others, or its column."""

    def __init__(self, sheet: bytes):
        found = _DATA.search(sheet)
        if found is None:
            raise ValueError("no rows")
        self._before, self._after = sheet[: found.start()], sheet[found.end() :]
        self._rows: dict[int, tuple[bytes, dict[int, bytes]]] = {}
        for attributes, inside in _ROW.findall(found[1] or b""):
            number, cells = _NUMBER.search(attributes), {}
            for cell in _CELL.finditer(inside):
                address = _ADDRESS.search(cell[1])
                if address is None:
                    raise ValueError("cells without addresses")
                cells[xl_cell_to_rowcol(address[1].decode())[1]] = cell[0]
            if number is None:
                raise ValueError("rows without numbers")
            self._rows[int(number[1])] = (attributes, cells)
        self._looks = list(_column_looks(self._before))

    def style(self, row: int, col: int) -> bytes:
        """The number of a cell's format, that of its row or column where there is none; row from 1, column from 0."""
        attributes, cells = self._rows.get(row, (b"", {}))
        if col in cells:
            own = _STYLE.search(cells[col])
            return own[1] if own else b""
        if b"customFormat" in attributes and (own := _STYLE.search(attributes)):
            return own[1]
        return next((style for first, last, style in self._looks if first <= col <= last), b"")

    def holds(self, row: int, col: int) -> bool:
        """Whether a cell has content."""
        cell = self._rows.get(row, (b"", {}))[1].get(col, b"")
        return b"<v>" in cell or b"<f" in cell or b"<is>" in cell

    def set(self, row: int, col: int, value: str | float | bytes | None, style: bytes) -> None:
        """Write a number, a text, a formula (bytes, as XML has it) or nothing, in a format."""
        if row not in self._rows:
            self._rows[row] = (b' r="%d"' % row, {})
        address = f"{xl_col_to_name(col)}{row}".encode()
        look = b' s="' + style + b'"' if style else b""
        kind, inside = b"", b""
        if isinstance(value, bytes):
            inside = b"<f>" + value + b"</f>"
        elif isinstance(value, str):
            text = _CONTROL.sub(lambda match: f"_x{ord(match[0]):04X}_", safe_text(value))
            kind, inside = b' t="inlineStr"', b'<is><t xml:space="preserve">' + escape(text).encode() + b"</t></is>"
        elif value is not None:
            inside = b"<v>" + repr(value).removesuffix(".0").encode() + b"</v>"
        start = b'<c r="' + address + b'"' + look + kind
        self._rows[row][1][col] = start + (b">" + inside + b"</c>" if inside else b"/>")

    def sheet(self) -> bytes:
        """The sheet with its rows as they are now."""
        out = []
        for _, (attributes, cells) in sorted(self._rows.items()):
            spread = re.sub(rb'\sspans="[^"]*"', b"", attributes)
            out.append(b"<row" + spread + b">" + b"".join(cell for _, cell in sorted(cells.items())) + b"</row>")
        before = re.sub(rb"<dimension\b[^>]*?(?:/>|></dimension>)", b"", self._before)
        return before + b"<sheetData>" + b"".join(out) + b"</sheetData>" + self._after


def _column_looks(head: bytes) -> Iterator[tuple[int, int, bytes]]:
    for column in _COLUMN.findall(head):
        style = re.search(rb'\bstyle="(\d+)"', column)
        ends = (re.search(rb'\b%s="(\d+)"' % name, column) for name in (b"min", b"max"))
        first, last = (int(end[1]) - 1 if end else -1 for end in ends)
        if style:
            yield first, last, style[1]


def with_values(sheet: bytes, values: dict[str, Held] | None) -> bytes:
    """A sheet whose formulas have other values, by address; without any, or where there is none, they have none."""

    def changed(match: re.Match[bytes]) -> bytes:
        attributes, inside = match[1], match[2]
        if not inside or b"<f" not in inside:
            return match[0]
        address = _ADDRESS.search(attributes)
        new = values.get(address[1].decode()) if values and address else None
        formula = re.search(rb"<f\b[^>]*?(?:/>|>[^<]*</f>)", inside)
        if formula is None:
            return match[0]
        kept = _TYPE.sub(b"", attributes)
        if new is None:
            return b"<c" + kept + b">" + formula[0] + b"</c>"
        typed = b"" if new.kind == b"n" else b' t="' + new.kind + b'"'
        return b"<c" + kept + typed + b">" + formula[0] + b"<v>" + new.value + b"</v></c>"

    found = _DATA.search(sheet)
    if found is None or not found[1]:
        return sheet
    return sheet[: found.start(1)] + _CELL.sub(changed, found[1]) + sheet[found.end(1) :]
