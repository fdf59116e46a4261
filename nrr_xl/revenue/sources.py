"""Files, frames and pasted text as grids of cells."""

from __future__ import annotations

import csv
import io
from itertools import zip_longest
from pathlib import Path

from nrr_xl.errors import InputError
from nrr_xl.revenue.grid import Grid, grid_of_columns

DELIMITED = frozenset((".csv", ".tsv", ".txt"))
COMPOUND_FILE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def read_file(path: Path, sheet: str | None) -> list[Grid]:
    """The sheets of a workbook or delimited file, or the one asked for."""
    if not path.exists():
        raise InputError(f"{path}: there is no such file. Check the path.")
    if path.is_dir():
        raise InputError(f"{path} is a folder. Name the workbook or CSV file in it.")
    data = path.read_bytes()
    if not data.strip():
        raise InputError(f"{path}: the file is empty. Save the revenue sheet again and retry.")
    if path.suffix.lower() in DELIMITED:
        return [delimited(decode(data), path.stem)]
    return workbook(data, path, sheet)


def workbook(data: bytes, path: Path, sheet: str | None) -> list[Grid]:
    """The sheets of a workbook of any format that calamine reads."""
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    except (CalamineError, OSError, ValueError) as error:
        if data.startswith(COMPOUND_FILE) and "EncryptedPackage".encode("utf-16-le") in data:
            raise InputError(
                f"{path}: the workbook is protected by a password. Save it without one and retry."
            ) from None
        raise InputError(
            f"{path} is no workbook that can be read ({error}). Save it as .xlsx or .csv and retry."
        ) from None
    if sheet is not None and sheet not in book.sheet_names:
        raise InputError(f"{path} has no sheet {sheet!r}. It has: {', '.join(book.sheet_names)}.")
    names = [sheet] if sheet is not None else book.sheet_names
    return [_of_rows(name, book.get_sheet_by_name(name).to_python(skip_empty_area=False)) for name in names]


def decode(data: bytes) -> str:
    """The text of a file: UTF-8 with or without a byte order mark, UTF-16, else Windows-1252."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def delimited(text: str, name: str) -> Grid:
    """Delimited text as a grid; the delimiter is the one that most lines agree on."""
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter(text)))
    return _of_rows(name, rows)


def delimiter(text: str) -> str:
    """The delimiter that splits most of the first lines, into the most even columns.

    >>> delimiter("Customer;Amount\\na;1,5\\nb;2,5\\n")
    ';'
    """
    lines = [line for line in text[:20_000].splitlines()[:50] if line.strip()]

    def evenness(mark: str) -> tuple[int, int]:
        counts = [line.count(mark) for line in lines]
        commonest = max(set(counts), key=lambda count: (counts.count(count) if count else 0, count))
        return (counts.count(commonest) if commonest else 0, commonest)

    return max("\t;,|", key=evenness) if lines else ","


def frame(data, name: str = "") -> Grid:
    """A pandas DataFrame as a grid, its column names as the header row."""
    columns = [[str(label) if not hasattr(label, "year") else label, *data[label].tolist()] for label in data.columns]
    return grid_of_columns(name, columns)


def _of_rows(name: str, rows: list[list]) -> Grid:
    return grid_of_columns(name, list(zip_longest(*rows)) or [[]])
