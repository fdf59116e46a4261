"""Files, frames and pasted text as grids of cells."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

from nrr_xl.errors import InputError, Problem
from nrr_xl.revenue.files.archive import check_archive
from nrr_xl.revenue.files.delimited import Dialect, delimited
from nrr_xl.revenue.files.grid import Grid, grid_of_columns
from nrr_xl.revenue.files.opening import file_bytes
from nrr_xl.revenue.files.package import NotAnXlsx, Package, Region
from nrr_xl.revenue.files.sheet import sheet_grid

DELIMITED = frozenset((".csv", ".tsv", ".txt"))
COMPOUND_FILE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@dataclass(frozen=True, slots=True)
class Book:
    """A file's sheets, each turned into a grid when it is asked for, and the Tables and names over them.

    `load(name, head)` gives the whole grid of a sheet or its first rows only; `notes` say what was odd about the bytes.
    """

    path: str
    sheets: tuple[str, ...]
    hidden: tuple[str, ...]
    regions: tuple[Region, ...]
    load: Callable[[str, int | None], Grid]
    notes: tuple[Problem, ...] = ()


def open_file(
    path: Path, progress: Callable[[float], None] | None = None, dialect: Dialect | None = None
) -> tuple[Book, bytes]:
    """A workbook or delimited file, and its bytes.

    Raises
    ------
    InputError
        If there is no such file, or it is none that can be read.
    """
    data = file_bytes(path)
    if path.suffix.lower() in DELIMITED:
        return text_book(data, str(path), path.stem, dialect), data
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


def text_book(data: bytes, path: str, name: str, dialect: Dialect | None = None) -> Book:
    """Delimited text as a book of one sheet."""
    grid, notes = delimited(data, path, name, dialect)
    return Book(path, (name,), (), (), lambda sheet, head: grid, notes)


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


def frame(data, name: str = "") -> Grid:
    """A pandas DataFrame as a grid, its column names as the header row."""
    return grid_of_columns(
        name, [[label, *data.iloc[:, position].tolist()] for position, label in enumerate(data.columns)]
    )


def _of_rows(name: str, rows: list[list]) -> Grid:
    return grid_of_columns(name, list(zip_longest(*rows, fillvalue="")) or [[]])
