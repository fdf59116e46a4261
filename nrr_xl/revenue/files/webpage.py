"""Tables of a web page, which many systems save under the name of an .xls: their cells as grids."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from html.parser import HTMLParser
from itertools import zip_longest

from nrr_xl.errors import InputError
from nrr_xl.revenue.files.budget import COLUMNS, OBJECT_CELLS, refuse_over
from nrr_xl.revenue.files.encodings import decode
from nrr_xl.revenue.files.grid import Grid, grid_of_columns

_BEGINS = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|meta|style|table|div)\b", re.I | re.S
)
_CELLS, _COMMENTS = re.compile(r"<t[dh](?=[\s>/])", re.IGNORECASE), re.compile(r"<!--.*?-->", re.DOTALL)


def is_webpage(data: bytes) -> bool:
    """Whether bytes begin as a web page does.

    >>> is_webpage(b"<html><body><table>"), is_webpage(b"PK\\x03\\x04"), is_webpage(b"Customer,Month")
    (True, False, False)
    """
    head = data[:4096].removeprefix(b"\xef\xbb\xbf")
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        head = head[2:].replace(b"\0", b"")
    return bool(_BEGINS.match(head))


def webpage_sheets(data: bytes, path: str) -> tuple[tuple[str, ...], Callable[[str], Grid]]:
    """The names of the tables of two rows or more, and a function that gives one as a grid.

    Raises
    ------
    InputError
        If there is none, it holds more than the budget allows, or a second count finds other cells.
    """
    text, _ = decode(data)
    reader = _Tables(path)
    reader.feed(text)
    reader.close()
    if reader.cells != len(_CELLS.findall(_COMMENTS.sub("", text))):
        raise InputError(
            f"{path}: a second count of the web page that it is finds other cells than were read. Open it in Excel,"
            " save it as .xlsx and retry."
        )
    tables = [rows for rows in reader.tables if len(rows) > 1]
    if not tables:
        raise InputError(f"{path} is a web page without a table. Export the rows again, as .csv or .xlsx, and retry.")
    grids = {}
    for number, rows in enumerate(tables, 1):
        name = f"Table {number}"
        refuse_over(path, "columns", max(map(len, rows)), COLUMNS)
        grids[name] = grid_of_columns(name, list(zip_longest(*rows, fillvalue=None)) or [[]])
    return tuple(grids), grids.__getitem__


class _Tables(HTMLParser):
    """Collects the rows of every table; one inside another's cell is a part of its text."""

    def __init__(self, path: str):
        super().__init__(convert_charrefs=True)
        self.path, self.cells, self.depth, self.area = path, 0, 0, 0
        self.tables: list[list[list[str | float | None]]] = []
        self.below: dict[int, tuple[int, str | float | None]] = {}
        self.said: list[str] | None = None
        self.facts: dict[str, str | None] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self.depth += 1
            if self.depth == 1:
                self.tables.append([])
                self.below = {}
        elif tag in ("td", "th"):
            self.cells += 1
            if self.depth == 1:
                self._end()
                self.said, self.facts = [], dict(attrs)
        elif tag == "tr" and self.depth == 1:
            self._end()
            self.tables[-1].append([])
        elif tag in ("br", "p", "div") and self.said:
            self.said.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag == "table":
            if self.depth == 1:
                self._end()
            self.depth = max(self.depth - 1, 0)
        elif tag in ("td", "th", "tr") and self.depth == 1:
            self._end()

    def handle_data(self, data: str) -> None:
        if self.said is not None:
            self.said.append(data)

    def _end(self) -> None:
        """Put the cell that has ended into its row, behind those that reach down from above."""
        if self.said is None:
            return
        value: str | float | None = " ".join("".join(self.said).split()) or None
        # Excel's own pages say the number beside what is shown of it.
        with suppress(ValueError):
            value = float(self.facts.get("x:num") or "")
        self.said = None
        rows = self.tables[-1]
        if not rows:
            rows.append([])
        row = rows[-1]
        self._reach_down(row)
        across, down = _span(self.facts, "colspan"), _span(self.facts, "rowspan")
        self.area += across
        refuse_over(self.path, "cells", self.area, OBJECT_CELLS)
        for offset in range(across):
            shown = value if offset == 0 else None
            if down > 1:
                self.below[len(row)] = (down - 1, shown)
            row.append(shown)

    def _reach_down(self, row: list[str | float | None]) -> None:
        while len(row) in self.below:
            left, value = self.below.pop(len(row))
            if left > 1:
                self.below[len(row)] = (left - 1, value)
            row.append(value)


def _span(facts: dict[str, str | None], name: str) -> int:
    text = facts.get(name) or ""
    return min(max(int(text), 1), COLUMNS) if text.isascii() and text.isdigit() and len(text) < 6 else 1
