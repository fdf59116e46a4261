"""The menu's entries where the package computes: from a copy of the open document to what is to be shown or opened."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from nrr_xl.errors import InputError
from nrr_xl.excel.macros import Answer, analysed, guarded, problem_rows, understood
from nrr_xl.functions.words import SHEET


class Opened(NamedTuple):
    """An open document: a copy of it as .xlsx, the sheet in front, its own path ("" if unsaved), and a new file's."""

    copy: Path
    sheet: str
    path: str
    report: Path


def act(name: str, book: dict[str, str]) -> dict[str, Any]:
    """What an entry answers, as plain data: text, style, macro; the path to open, or rows to list."""
    opened = Opened(Path(book["copy"]), book["sheet"], book["path"], Path(book["report"]))
    shows: dict[str, Any] = {}
    answer = guarded(name, lambda: ACTIONS[name](opened, shows))
    # What was read is a copy; the user knows the document by its own name.
    text = answer.text.replace(f"{opened.copy.parent}{opened.copy.root}", "")
    return {**answer._asdict(), "text": text, **shows}


def build_report(opened: Opened, shows: dict[str, Any]) -> Answer:
    """Build the report from the sheet in front."""
    from nrr_xl.workbook.report import write_report

    found, settings = _understood(opened)
    analysis = analysed(found, settings, replace(found.source, path=opened.path, sha256=""))
    shows["open"] = str(write_report(analysis, opened.report, **settings["write"]))
    return Answer()


def check_data(opened: Opened, shows: dict[str, Any]) -> Answer:
    """List what is wrong with the sheet in front."""
    account = _understood(opened)[0].account
    used = f"{account.used_cells:,} of {account.cells:,} amounts can be used."
    if not account.problems:
        return Answer(f"Nothing to report. {used}")
    shows["rows"] = problem_rows(account)
    return Answer(f"{len(account.problems):,} findings are listed in a new document. {used}")


ACTIONS: dict[str, Callable[[Opened, dict[str, Any]], Answer]] = {
    "build_report": build_report,
    "check_data": check_data,
}


def _understood(opened: Opened) -> tuple[Any, dict[str, Any]]:
    """What was read from the sheet in front, and the options of the settings sheet."""
    from nrr_xl.revenue.files.sources import open_file

    if opened.sheet == SHEET:
        raise InputError("Go to the sheet with the revenue rows first.")
    book, _ = open_file(opened.copy)
    rows: list[list[Any]] = []
    if SHEET in book.sheets:
        grid = book.load(SHEET, None)
        rows = [[grid.value(row, column) for column in range(grid.columns)] for row in range(grid.rows)]
    found: tuple[Any, dict[str, Any]] = understood(opened.copy, rows, sheet=opened.sheet)
    return found
