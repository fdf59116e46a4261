"""Files, frames and pasted text as grids of cells."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from nrr_xl.errors import InputError, Problem
from nrr_xl.revenue.files.delimited import Dialect, delimited
from nrr_xl.revenue.files.foreign import foreign_sheets
from nrr_xl.revenue.files.grid import Grid, grid_of_columns
from nrr_xl.revenue.files.opening import file_bytes
from nrr_xl.revenue.files.package import NotAnXlsx, Package, Region
from nrr_xl.revenue.files.sheet import sheet_grid

DELIMITED = frozenset((".csv", ".tsv", ".txt"))


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
        names, hidden, load = foreign_sheets(data, path)
        return Book(path, names, hidden, (), lambda name, head: load(name))
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


def frame(data, name: str = "") -> Grid:
    """A pandas DataFrame as a grid, its column names as the header row."""
    return grid_of_columns(
        name, [[label, *data.iloc[:, position].tolist()] for position, label in enumerate(data.columns)]
    )
