"""Files, frames and pasted text as grids of cells."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from nrr_xl.errors import InputError, Problem
from nrr_xl.records import struct
from nrr_xl.revenue.files.delimited import Dialect, delimited
from nrr_xl.revenue.files.foreign import foreign_sheets
from nrr_xl.revenue.files.grid import Grid
from nrr_xl.revenue.files.opening import file_bytes, inflated
from nrr_xl.revenue.files.package import NotAnXlsx, Package, Region
from nrr_xl.revenue.files.sheet import sheet_grid
from nrr_xl.revenue.files.stores import store_grids

# So many cells of sheets read as a whole are kept for the next time.
KEPT = 20_000_000
DELIMITED = frozenset((".csv", ".tsv", ".txt"))


@struct()
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
    name = path.name
    if name.lower().endswith(".gz"):
        data, name = inflated(data, str(path)), name[:-3]
    if name.lower().endswith(tuple(DELIMITED)):
        return text_book(data, str(path), Path(name).stem, dialect), data
    return workbook(data, str(path), progress), data


def open_store(source: str) -> tuple[Book, str]:
    """Parquet or a database as a book whose tables are its sheets, and a digest of its bytes."""
    path, names, load, digest = store_grids(source)
    grids: dict[str, Grid] = {}

    def loaded(name: str, head: int | None) -> Grid:
        if name not in grids:
            grids.clear()
            grids[name] = load(name)
        return grids[name]

    if not names:
        raise InputError(f"{path} holds no table. Check the address.")
    return Book(path, names, (), (), loaded), digest


def text_book(data: bytes, path: str, name: str, dialect: Dialect | None = None) -> Book:
    """Delimited text as a book of one sheet."""
    grid, notes = delimited(data, path, name, dialect)
    return Book(path, (name,), (), (), lambda sheet, head: grid, notes)


def workbook(data: bytes, path: str, progress: Callable[[float], None] | None = None) -> Book:
    """A workbook: .xlsx by our own reader, the other formats by calamine."""
    try:
        package = Package(data, path)
    except NotAnXlsx:
        from nrr_xl.revenue.files.webpage import is_webpage, webpage_sheets

        if is_webpage(data):
            tables, table = webpage_sheets(data, path)
            return Book(path, tables, (), (), lambda name, head: table(name))
        names, unseen, sheet = foreign_sheets(data, path)
        return Book(path, names, unseen, (), lambda name, head: sheet(name))
    parts = {sheet.name: sheet for sheet in package.sheets}
    if not parts:
        raise InputError(f"{path} holds no worksheet. Add the revenue rows to one and retry.")
    whole: dict[str, Grid] = {}

    def load(name: str, head: int | None) -> Grid:
        # A sheet is asked for more than once while its table is chosen.
        if head is not None and name not in whole:
            return sheet_grid(package, parts[name], head)
        if name not in whole:
            if sum(grid.kinds.size for grid in whole.values()) > KEPT:
                whole.clear()
            whole[name] = sheet_grid(package, parts[name], None, progress)
        return whole[name]

    hidden = tuple(name for name, sheet in parts.items() if not sheet.visible)
    return Book(path, tuple(parts), hidden, package.regions, load)
