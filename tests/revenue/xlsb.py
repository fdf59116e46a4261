"""A minimal writer of .xlsb: just enough of the binary records of [MS-XLSB] for a sheet of texts, numbers and dates."""

from __future__ import annotations

import datetime as dt
import io
import struct
import zipfile

# Record numbers of [MS-XLSB] 2.3.2.
ROW, REAL, TEXT = 0, 5, 6
BEGIN_SHEET, END_SHEET, BEGIN_BOOK, END_BOOK = 129, 130, 131, 132
BEGIN_SHEETS, END_SHEETS, SHEET = 143, 144, 156
BEGIN_ROWS, END_ROWS, DIMENSION = 145, 146, 148
BEGIN_STYLES, END_STYLES, BEGIN_STYLED, END_STYLED, STYLE = 278, 279, 617, 618, 47
DATE_FORMAT = 14
TYPES = """<?xml version="1.0" encoding="UTF-8"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="bin" ContentType="application/vnd.ms-excel.sheet.binary.macroEnabled.main"/>
<Override PartName="/xl/worksheets/sheet1.bin" ContentType="application/vnd.ms-excel.worksheet"/>
<Override PartName="/xl/styles.bin" ContentType="application/vnd.ms-excel.styles"/>
</Types>"""
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def xlsb(rows: list[list], sheet: str = "Revenue") -> bytes:
    """A workbook of one sheet; a cell is a text, a number, a date or None."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", TYPES)
        package.writestr("_rels/.rels", _relations(("officeDocument", "xl/workbook.bin")))
        package.writestr(
            "xl/_rels/workbook.bin.rels",
            _relations(("worksheet", "worksheets/sheet1.bin"), ("styles", "styles.bin")),
        )
        package.writestr("xl/workbook.bin", _book(sheet))
        package.writestr("xl/styles.bin", _styles())
        package.writestr("xl/worksheets/sheet1.bin", _sheet(rows))
    return out.getvalue()


def _relations(*targets: tuple[str, str]) -> str:
    listed = "".join(
        f'<Relationship Id="rId{number}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, 1)
    )
    return f'<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="{RELATIONS}">{listed}</Relationships>'


def _record(number: int, data: bytes = b"") -> bytes:
    """A record: its number and its length in groups of seven bits, then its data."""
    return _sevens(number) + _sevens(len(data)) + data


def _sevens(number: int) -> bytes:
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    return bytes([*out, number])


def _string(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def _book(sheet: str) -> bytes:
    bundle = struct.pack("<II", 0, 1) + _string("rId1") + _string(sheet)
    return b"".join(
        (_record(BEGIN_BOOK), _record(BEGIN_SHEETS), _record(SHEET, bundle), _record(END_SHEETS), _record(END_BOOK))
    )


def _styles() -> bytes:
    """Two cell styles: a plain one and a date."""
    styles = [_record(STYLE, struct.pack("<HHHHHBBBB", 0, code, 0, 0, 0, 0, 0, 0, 0)) for code in (0, DATE_FORMAT)]
    listed = _record(BEGIN_STYLED, struct.pack("<I", len(styles))) + b"".join(styles) + _record(END_STYLED)
    return _record(BEGIN_STYLES) + listed + _record(END_STYLES)


def _sheet(rows: list[list]) -> bytes:
    size = struct.pack("<IIII", 0, len(rows) - 1, 0, max(map(len, rows)) - 1)
    out = [_record(BEGIN_SHEET), _record(DIMENSION, size), _record(BEGIN_ROWS)]
    for number, cells in enumerate(rows):
        out.append(_record(ROW, struct.pack("<II", number, 0) + bytes(9)))
        out += [_cell(column, cell) for column, cell in enumerate(cells) if cell is not None]
    return b"".join((*out, _record(END_ROWS), _record(END_SHEET)))


def _cell(column: int, cell) -> bytes:
    if isinstance(cell, str):
        return _record(TEXT, struct.pack("<II", column, 0) + _string(cell))
    if isinstance(cell, dt.date):
        return _record(REAL, struct.pack("<IId", column, 1, (cell - dt.date(1899, 12, 30)).days))
    return _record(REAL, struct.pack("<IId", column, 0, cell))
