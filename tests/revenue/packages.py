"""Workbooks with one part changed, and the rows that they hold."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import xlsxwriter

from nrr_xl.revenue.read import read

FILES = Path(__file__).with_name("files")
ROWS = [
    ["Customer", "Month", "MRR"],
    ["Acme & Söhne <1>", "2024-01", 10.5],
    ["b", "2024-01", 5.0],
    ["b", "2024-02", 0.25],
]
CUBE = {"Acme & Söhne <1>": [10.5, 0.0], "b": [5.0, 0.25]}


def cube_of(path, **options) -> dict:
    cube = read(path, **options)
    return dict(zip(cube.customers, cube.amounts.tolist(), strict=True))


def plain_book(**options) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, options)
    sheet = book.add_worksheet()
    for row, cells in enumerate(ROWS):
        sheet.write_row(row, 0, cells)
    book.close()
    return out.getvalue()


def with_part(data: bytes, name: str, change) -> bytes:
    """A package with one part changed by a function of its text."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for item in source.namelist():
            part = source.read(item)
            target.writestr(item, change(part.decode()).encode() if item == name else part)
    return out.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
