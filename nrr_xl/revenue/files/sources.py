"""Files, frames and pasted text as grids of cells."""

from __future__ import annotations

import glob
import hashlib
import os
from collections.abc import Callable
from pathlib import Path

from nrr_xl.errors import InputError, Problem
from nrr_xl.records import struct
from nrr_xl.revenue.files.budget import FILE_BYTES, refuse_over
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
    `together` says that the sheets are files of a folder, which are one table unless the user names some.
    """

    path: str
    sheets: tuple[str, ...]
    hidden: tuple[str, ...]
    regions: tuple[Region, ...]
    load: Callable[[str, int | None], Grid]
    notes: tuple[Problem, ...] = ()
    together: bool = False


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


def text_files(source: str) -> list[Path]:
    """The delimited files, packed ones too, of a folder or of a glob; none where a source is neither.

    Raises
    ------
    InputError
        If a folder holds Parquet beside them.
    """
    path = Path(source)
    if path.is_dir():
        found = sorted(each for each in path.rglob("*") if each.is_file() and not each.name.startswith("."))
        texts = [each for each in found if _is_text(each.name)]
        others = [each for each in found if each.name.lower().endswith(".parquet")]
        if texts and others:
            raise InputError(
                f"{source} holds {others[0].name} beside {texts[0].name}. Give a folder or glob of one kind."
            )
        return texts
    if any(sign in source for sign in "*?[") and _is_text(source) and not path.exists():
        return sorted(Path(each) for each in glob.glob(source, recursive=True))
    return []


def _is_text(name: str) -> bool:
    return name.lower().removesuffix(".gz").endswith((".csv", ".tsv"))


def open_texts(files: list[Path], source: str, dialect: Dialect | None = None) -> tuple[Book, str]:
    """Delimited files as a book, each file a sheet called after it, and a digest of all bytes."""
    digest, total, notes = hashlib.sha256(), 0, list[Problem]()
    grids: dict[str, Grid] = {}
    root = Path(source) if Path(source).is_dir() else Path(os.path.commonpath([path.parent for path in files]))
    for path in files:
        data = file_bytes(path)
        name = path.relative_to(root).as_posix()
        if name.lower().endswith(".gz"):
            data, name = inflated(data, str(path)), name[:-3]
        total += len(data)
        refuse_over(source, "bytes", total, FILE_BYTES, "Read fewer files at a time.")
        digest.update(data)
        sheet = name[:-4]
        if sheet in grids:
            raise InputError(f"{source} holds {name} twice, packed and as it is or as .csv and .tsv. Take one away.")
        grids[sheet], told = delimited(data, str(path), sheet, dialect)
        notes += told
    return Book(source, tuple(grids), (), (), lambda name, head: grids[name], tuple(notes), True), digest.hexdigest()


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
