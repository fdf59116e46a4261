"""The vocabulary a sheet is written in: a cell is a value or a formula with its cached value, a role, and a kind.

The role says what a cell is for (title, header, input, formula, link, total), the kind what it holds (amount, rate,
count). Only in `book` and `roles` do they become fonts, fills and borders; sheets never mention colours.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from nrr_xl.records import struct
from nrr_xl.workbook import paper
from nrr_xl.workbook.bulk import BlockSheet, Stream
from nrr_xl.workbook.held import Held
from nrr_xl.workbook.links import place_links
from nrr_xl.workbook.roles import ROLES

if TYPE_CHECKING:
    from nrr_xl.workbook.book import Book

TEXT_LIMIT = 32_767
LINK_LIMIT = 255
# The row of the links to other sheets.
LINKS = 0
# Roles of cells that head what stands below them.
HEADINGS = frozenset(("header", "header_left", "header_note", "section"))
# Roles of cells with a coloured ground.
BANDED = frozenset(role for role, look in ROLES.items() if "bg_color" in look)
# Roles of smaller letters than those of the text.
SMALL = {role: look["font_size"] for role, look in ROLES.items() if look.get("font_size", 10) < 10}
# Roles of cells that are joined with their neighbours.
ROOMY = frozenset(("tile_value", "tile_change"))
# An undefined rate, or a figure that the rows do not reach.
NOT_APPLICABLE = "–"

_UNWRITABLE = re.compile("[\ud800-\udfff\ufffe\uffff]")


def safe_text(value: Any) -> str:
    """A text as a cell can hold it: at most 32,767 UTF-16 units, nothing that XML cannot carry.

    >>> safe_text("=1+1"), len(safe_text("x" * 40_000))
    ('=1+1', 32767)
    """
    text = _UNWRITABLE.sub("\ufffd", str(value))
    if len(text) * 2 <= TEXT_LIMIT or len(text.encode("utf-16-le")) <= 2 * TEXT_LIMIT:
        return text
    head = text.encode("utf-16-le")[: 2 * (TEXT_LIMIT - 1)].decode("utf-16-le", "ignore")
    return head + "…"


def cached(value: Any) -> Any:
    """What a formula cell holds before any recalculation: Python's number; an undefined one is a dash."""
    if isinstance(value, str):
        return safe_text(value)
    value = float(value)
    return value if math.isfinite(value) else NOT_APPLICABLE


@struct()
class StreamColumn:
    """A column of many rows: texts or a float or int array, each with the formula of its row (from 0) if it has one."""

    values: Sequence[str] | np.ndarray
    role: str = "text"
    kind: str = "text"
    formula: Callable[[int], str] | None = None


class Page:
    """One sheet: cells go in by row and column (from 0), value or formula, role and kind."""

    def __init__(self, book: Book, sheet: BlockSheet):
        self.book = book
        self.sheet = sheet
        self.name = sheet.get_name()
        # What stands on the page, for the checks that nothing is typed over.
        self.held = Held()
        self.marks = paper.Marks(size=book.theme.size)
        self._links: tuple[list[str], str] | None = None

    def put(self, row: int, col: int, value: Any, role: str = "text", kind: str = "text") -> None:
        """Write a value: text as text whatever it starts with, an undefined number as a dash."""
        look = self.book.format(role, kind)
        self._mark(row, col, role, value, kind)
        if value is None or value == "":
            self.held.add(row, col, None, role=role)
            self.sheet.write_blank(row, col, None, look)
        elif isinstance(value, str):
            value = safe_text(value)
            self.held.add(row, col, value, role=role)
            self.sheet.write_string(row, col, value, look)
        elif math.isfinite(value):
            self.held.add(row, col, value, role=role)
            self.sheet.write_number(row, col, value, look)
        else:
            self.sheet.write_string(row, col, NOT_APPLICABLE, look)

    def formula(
        self, row: int, col: int, formula: str, value: Any, role: str = "formula", kind: str = "amount"
    ) -> None:
        """Write a formula with the value Python has for it."""
        value = cached(value)
        self.held.add(row, col, value, formulas=1)
        self._mark(row, col, role, value, kind)
        self.sheet.write_result(row, col, formula, self.book.format(role, kind), value)

    def _mark(self, row: int, col: int, role: str, value: Any, kind: str) -> None:
        """Note that a row holds something, for how the sheet is printed, and the numbers that a column has room for."""
        self.marks.rows.add(row)
        if role in BANDED:
            self.marks.banded.add((row, col))
        if role in HEADINGS:
            self.marks.headings.add(row)
        elif role in paper.HEAD_LETTERS:
            self.marks.head = max(self.marks.head, len(str(value)) * paper.HEAD_LETTERS[role])
        if role in SMALL:
            self.marks.small[row, col] = SMALL[role]
        if isinstance(value, str) and ROLES[role].get("text_wrap"):
            self.marks.wrapped.append((row, col, len(value)))
        elif kind in paper.WHOLE_NUMBERS and isinstance(value, int | float) and role not in ROOMY:
            least, most = self.marks.spread.get((col, kind), (0.0, 0.0))
            if not least <= value <= most:
                self.marks.spread[col, kind] = min(least, value), max(most, value)

    def row(self, row: int, col: int, values: Iterable[Any], role: str = "text", kind: str = "text") -> None:
        """Write values side by side."""
        for offset, value in enumerate(values):
            self.put(row, col + offset, value, role, kind)

    def column(self, row: int, col: int, values: Iterable[Any], role: str = "text", kind: str = "text") -> None:
        """Write values one below the other."""
        for offset, value in enumerate(values):
            self.put(row + offset, col, value, role, kind)

    def numbers(self, row: int, col: int, block: Any, role: str = "input", kind: str = "amount") -> None:
        """Write a float array (rows, columns) in bulk."""
        self.sheet.write_numbers(row, col, block, self.book.format(role, kind))
        self.marks.rows.update(range(row, row + len(block)))

    def stream(self, row: int, columns: Sequence[StreamColumn], col: int, block: Any) -> None:
        """Write rows from one on in bulk: columns from the first, then input amounts (rows, columns) from `col`.

        Nothing else may stand in these rows or below them.
        """
        streams = []
        for at, column in enumerate(columns):
            values = column.values
            if isinstance(values[0], str):
                # What a cell cannot hold is looked for in all of them at once.
                doubtful = _UNWRITABLE.search("".join(values)) or max(map(len, values)) * 2 > TEXT_LIMIT
                values = [safe_text(text) for text in values] if doubtful else values
            if column.role in SMALL:
                self.marks.small[row, at] = SMALL[column.role]
            streams.append(Stream(at, values, self.book.format(column.role, column.kind), column.formula))
        self.sheet.stream(row, streams, col, block, self.book.format("input", "amount"))
        self.marks.rows.update(range(row, row + len(block)))

    def navigation(self, sheets: list[str], description: str) -> None:
        """Links to other sheets above all else, placed when the columns are set (see `place_links`)."""
        self._links = (sheets, description)

    def source_link(self, row: int, col: int, path: str, sheet: str, address: str) -> None:
        """Write a cell's address as a link into another workbook, which is looked for in this one's folder."""
        place = "'" + sheet.replace("'", "''") + "'!" + address
        target = f"external:{Path(path).name}#{place}"
        look = self.book.format("nav")
        if len(target) > LINK_LIMIT or self.sheet.write_url(row, col, target, look, address) != 0:
            self.put(row, col, address, "label")

    def helpers(self, row: int, last_row: int) -> None:
        """Fold rows away that only formulas need: a click shows them, and they are not printed."""
        for number in range(row, last_row + 1):
            self.sheet.set_row(number, None, None, {"level": 1, "hidden": True})

    def helper_columns(self, first: int, last: int, width: float) -> None:
        """Fold columns away that only formulas need, likewise."""
        self.sheet.set_column(first, last, width, None, {"level": 1, "hidden": True})

    def link(self, row: int, col: int, target: str, tip: str) -> None:
        """Make a cell that is written next a link to a place in this workbook, given as "internal:'Sheet'!A1:B9"."""
        self.sheet.write_url(row, col, target, None, " ", tip)

    def columns(self, *widths: float) -> None:
        """Set the widths of the first columns, in characters."""
        for col, width in enumerate(widths):
            self.sheet.set_column(col, col, width)

    def merge(self, row: int, col: int, last_row: int, last_col: int, role: str, kind: str = "text") -> None:
        """Join a block of cells; what is then written to its first one stands across it."""
        self.sheet.merge_range(row, col, last_row, last_col, "", self.book.format(role, kind))

    def grey_undefined(self, row: int, col: int, last_row: int, last_col: int) -> None:
        """Show the errors of undefined rates in grey."""
        self.sheet.conditional_format(
            row, col, last_row, last_col, {"type": "errors", "format": self.book.condition("undefined")}
        )

    def bars(self, row: int, col: int, last_row: int, last_col: int) -> None:
        """Lay light bars over rates, so that they compare at a glance."""
        look = {"type": "data_bar", "bar_color": self.book.theme.colors["accent_soft"], "bar_solid": True}
        bounds = {"min_type": "num", "min_value": 0, "bar_border_color": self.book.theme.colors["accent_soft"]}
        self.sheet.conditional_format(row, col, last_row, last_col, {**look, **bounds})

    def heat(self, row: int, col: int, last_row: int, last_col: int) -> None:
        """Colour shares from light to dark in one hue: readable in grey, and without telling red from green."""
        colors = self.book.theme.colors
        self.sheet.conditional_format(
            row,
            col,
            last_row,
            last_col,
            {
                "type": "3_color_scale",
                "min_color": colors["ramp_low"],
                "mid_color": colors["ramp_middle"],
                "max_color": colors["ramp_high"],
                # The same colour means the same share in every workbook.
                "min_type": "num",
                "min_value": 0.5,
                "mid_type": "num",
                "mid_value": 1.0,
                "max_type": "num",
                "max_value": 1.5,
            },
        )

    def widen(self) -> None:
        """Give columns the room that their numbers and the title need, once they and the printed area are set."""
        scale = paper.MAGNITUDES[self.book.theme.magnitude]
        paper.widen(self.sheet, self.marks, scale, self.book.theme.size)
        paper.hold_title(self.sheet, self.marks)

    def print_setup(
        self,
        footer: str,
        header_rows: tuple[int, int] | None = None,
        *,
        one_page: bool = False,
        papers: Sequence[paper.Paper] = paper.WIDE,
    ) -> None:
        """On paper: header rows repeated; file, a text and page x of y in the footer; on one page where it can be read.

        The columns and the printed area must be set by now.
        """
        sheet = self.sheet
        self.widen()
        if self._links:
            place_links(self.sheet, LINKS, *self._links, self.book.theme)
            # They are for the screen.
            top, left, bottom, right = paper.area(sheet)
            sheet.print_area(max(top, LINKS + 1), left, bottom, right)
        paper.lay_out(sheet, self.marks, papers, header_rows, one_page)
        sheet.set_footer(f"&L&8&F · &A&C&8{footer.replace('&', '&&')}&R&8Page &P of &N", {"scale_with_doc": False})
        if header_rows:
            sheet.repeat_rows(*header_rows)
        sheet.hide_gridlines(2)

    def image(self, row: int, col: int, path: str | Path, description: str) -> None:
        """Place a picture, at most as high as the title."""
        self.sheet.insert_image(row, col, str(path), {"description": description, "object_position": 2})
