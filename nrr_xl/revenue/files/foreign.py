"""Workbooks of other formats (.xls, .xlsb, .ods), read by calamine within the budget and proven by a second count."""

from __future__ import annotations

import datetime as dt
import io
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import zip_longest
from typing import Any

from nrr_xl.errors import InputError
from nrr_xl.revenue.files.archive import check_archive, reason
from nrr_xl.revenue.files.binary import xls_tallies, xlsb_tallies
from nrr_xl.revenue.files.budget import OBJECT_CELLS, refuse_over, refuse_sparse
from nrr_xl.revenue.files.grid import Grid, column_letter, grid_of_columns
from nrr_xl.revenue.files.opendocument import ods_tallies
from nrr_xl.revenue.files.tally import Tally

COMPOUND_FILE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def foreign_sheets(data: bytes, path: str) -> tuple[tuple[str, ...], tuple[str, ...], Callable[[str], Grid]]:
    """The names of the sheets, of the hidden ones, and a function that loads a sheet by its name.

    Raises
    ------
    InputError
        If it is no workbook, is protected, holds more than the budget allows, or a second count finds other cells.
    """
    if data.startswith(COMPOUND_FILE) and "EncryptedPackage".encode("utf-16-le") in data:
        raise InputError(f"{path}: the workbook is protected by a password. Save it without one and retry.")
    check_archive(data, path)
    tallies = _tallies(data, path)
    for tally in tallies:
        # calamine makes a block of the cells, however few of them hold something.
        area = tally.rows * tally.columns
        where = f"a cell at {column_letter(max(tally.columns - 1, 0))}{tally.rows}"
        refuse_sparse(path, where, area, tally.cells, tally.columns)
        refuse_over(path, "cells", max(tally.cells, area), OBJECT_CELLS)
    with _plain_errors(path):
        from python_calamine import CalamineWorkbook, SheetVisibleEnum

        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        names = tuple(book.sheet_names)
        hidden = tuple(sheet.name for sheet in book.sheets_metadata if sheet.visible != SheetVisibleEnum.Visible)
    if not names:
        raise InputError(f"{path} holds no worksheet. Add the revenue rows to one and retry.")

    def load(name: str) -> Grid:
        with _plain_errors(path):
            rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        width = max(map(len, rows), default=0)
        refuse_over(path, "cells", len(rows) * width, OBJECT_CELLS)
        times = sum(isinstance(cell, dt.time | dt.timedelta) for row in rows for cell in row)
        grid = grid_of_columns(name, list(zip_longest(*rows, fillvalue="")) or [[]])
        if tallies and not any(tally.agrees(grid, times) for tally in tallies):
            raise InputError(
                f"{path}, sheet {name!r}: a second count of the file finds other cells or amounts than were read."
                " Open it in the program that wrote it, save it as .xlsx and retry."
            )
        return grid

    return names, hidden, load


def _tallies(data: bytes, path: str) -> list[Tally]:
    """The second count of every sheet; none where the bytes are of no kind that is known.

    It comes first, since calamine itself does not survive a cell far outside or a claim of billions of cells.
    """
    if data.startswith(COMPOUND_FILE):
        count = xls_tallies
    elif b"xl/workbook.bin" in data:
        count = xlsb_tallies
    elif b"content.xml" in data:
        count = ods_tallies
    else:
        return []
    try:
        return count(data)
    except MemoryError:
        raise
    except Exception as error:
        # Damaged bytes can raise anything here.
        raise no_workbook(path, error) from None


@contextmanager
def _plain_errors(path: str) -> Iterator[None]:
    """Turn whatever calamine raises into one line, and keep what it prints of a panic away from the terminal."""
    spare = _silenced()
    try:
        yield
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException as error:
        # calamine has an error class for each format; its panics are no Exception at all.
        raise no_workbook(path, error) from None
    finally:
        if spare is not None:
            os.dup2(spare, 2)
            os.close(spare)


def _silenced() -> int | None:
    """Send standard error, where there is one, to nowhere; returns where it went before."""
    try:
        spare = os.dup(2)
        nowhere = os.open(os.devnull, os.O_WRONLY)
    except OSError:
        return None
    os.dup2(nowhere, 2)
    os.close(nowhere)
    return spare


def no_workbook(path: str, error: Any) -> InputError:
    """The refusal of bytes that are no workbook."""
    if "assword" in str(error):
        return InputError(f"{path}: the workbook is protected by a password. Save it without one and retry.")
    return InputError(f"{path} is no workbook that can be read{reason(error)}. Save it as .xlsx or .csv and retry.")
