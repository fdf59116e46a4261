"""Files, frames and pasted text as grids of cells."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

from nrr_xl.errors import InputError
from nrr_xl.revenue.files.archive import check_archive
from nrr_xl.revenue.files.grid import Grid, grid_of_columns
from nrr_xl.revenue.files.package import NotAnXlsx, Package, Region
from nrr_xl.revenue.files.sheet import sheet_grid

DELIMITED = frozenset((".csv", ".tsv", ".txt"))
COMPOUND_FILE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@dataclass(frozen=True, slots=True)
class Book:
    """A file's sheets, each turned into a grid when it is asked for, and the Tables and names over them.

    `load(name, head)` gives the whole grid of a sheet or its first rows only.
    """

    path: str
    sheets: tuple[str, ...]
    hidden: tuple[str, ...]
    regions: tuple[Region, ...]
    load: Callable[[str, int | None], Grid]


def open_file(path: Path, progress: Callable[[float], None] | None = None) -> tuple[Book, bytes]:
    """A workbook or delimited file, and its bytes.

    Raises
    ------
    InputError
        If there is no such file, or it is none that can be read.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise InputError(f"{path}: there is no such file. Check the path.") from None
    except IsADirectoryError:
        raise InputError(f"{path} is a folder. Name the workbook or CSV file in it.") from None
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}.") from None
    if not data.strip():
        raise InputError(f"{path}: the file is empty. Save the revenue sheet again and retry.")
    if path.suffix.lower() in DELIMITED:
        return text_book(decode(data), str(path), path.stem), data
    if path.suffix.lower() == ".parquet":
        return parquet(data, str(path), path.stem), data
    return workbook(data, str(path), progress), data


def parquet(data: bytes, path: str, name: str) -> Book:
    """A Parquet file as a book of one sheet; it takes pyarrow, which is not installed with this package."""
    import pandas as pd

    try:
        grid = frame(pd.read_parquet(io.BytesIO(data)), name)
    except ImportError:
        raise InputError(f"{path}: reading Parquet takes pyarrow. Install it, or save the rows as .csv.") from None
    except (OSError, ValueError) as error:
        raise InputError(f"{path} is no Parquet file that can be read ({error}).") from None
    return Book(path, (name,), (), (), lambda sheet, head: grid)


def pasted(data: bytes) -> Book:
    """Text from the clipboard or another program, as a book of one sheet."""
    if not data.strip():
        raise InputError("There is nothing to read. Paste the revenue rows, headers included, and end with Ctrl-D.")
    return text_book(decode(data), "-", "pasted")


def text_book(text: str, path: str, name: str) -> Book:
    """Delimited text as a book of one sheet."""
    grid = delimited(text, name)
    return Book(path, (name,), (), (), lambda sheet, head: grid)


def workbook(data: bytes, path: str, progress: Callable[[float], None] | None = None) -> Book:
    """A workbook: .xlsx by our own reader, the other formats by calamine."""
    try:
        package = Package(data, path)
    except NotAnXlsx:
        return _by_calamine(data, path)
    parts = {sheet.name: sheet for sheet in package.sheets}
    if not parts:
        raise InputError(f"{path} holds no worksheet. Add the revenue rows to one and retry.")
    return Book(
        path,
        tuple(parts),
        tuple(name for name, sheet in parts.items() if not sheet.visible),
        package.regions,
        lambda name, head: sheet_grid(package, parts[name], head, progress if head is None else None),
    )


def _by_calamine(data: bytes, path: str) -> Book:
    from python_calamine import CalamineWorkbook, SheetVisibleEnum

    if data.startswith(COMPOUND_FILE) and "EncryptedPackage".encode("utf-16-le") in data:
        raise InputError(f"{path}: the workbook is protected by a password. Save it without one and retry.")
    check_archive(data, path)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        names = tuple(book.sheet_names)
        hidden = tuple(sheet.name for sheet in book.sheets_metadata if sheet.visible != SheetVisibleEnum.Visible)
    except Exception as error:
        # calamine has an error class for each format, and damaged bytes can raise any of them.
        raise _no_workbook(path, error) from None
    if not names:
        raise InputError(f"{path} holds no worksheet. Add the revenue rows to one and retry.")

    def load(name: str, head: int | None) -> Grid:
        try:
            rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        except Exception as error:
            raise _no_workbook(path, error) from None
        return _of_rows(name, rows)

    return Book(path, names, hidden, (), load)


def _no_workbook(path: str, error: Exception) -> InputError:
    if "assword" in str(error):
        return InputError(f"{path}: the workbook is protected by a password. Save it without one and retry.")
    return InputError(f"{path} is no workbook that can be read ({error}). Save it as .xlsx or .csv and retry.")


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
    return grid_of_columns(
        name, [[label, *data.iloc[:, position].tolist()] for position, label in enumerate(data.columns)]
    )


def _of_rows(name: str, rows: list[list]) -> Grid:
    return grid_of_columns(name, list(zip_longest(*rows, fillvalue="")) or [[]])
