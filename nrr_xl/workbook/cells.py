"""The vocabulary a sheet is written in: a cell is a value or a formula with its cached value, a role, and a kind.

The role says what a cell is for (title, header, input, formula, link, total), the kind what it holds (amount, rate,
count). Only here (and in `roles`) do they become fonts, fills and borders; sheets never mention colours.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from xlsxwriter.exceptions import FileCreateError

from nrr_xl.errors import OutputError
from nrr_xl.records import struct
from nrr_xl.workbook import paper
from nrr_xl.workbook.bulk import BlockSheet, FastWorkbook, Stream
from nrr_xl.workbook.held import Held
from nrr_xl.workbook.lambdas import lambda_names
from nrr_xl.workbook.links import place_links
from nrr_xl.workbook.roles import CONDITIONS, ROLES
from nrr_xl.workbook.theme import Theme

# What Excel 365 calls its calculation engine: a file of an older one is calculated anew when it is opened.
CALCULATION = 191_029
TEXT_LIMIT = 32_767
# A fixed date of making: the same input and settings give the same bytes.
CREATED = dt.datetime(2000, 1, 1)
LINK_LIMIT = 255
# Roles of cells that head what stands below them.
HEADINGS = frozenset(("header", "header_left", "header_note", "section"))
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


class Book:
    """A workbook under way: its theme, its formats by role and kind, and its pages.

    >>> import io
    >>> from nrr_xl.workbook.theme import load_theme
    >>> book = Book(io.BytesIO(), load_theme())
    >>> page = book.page("Report")
    >>> page.formula(0, 0, "=1+1", 2.0, kind="count")
    >>> book.close()
    """

    def __init__(self, target: Any, theme: Theme, title: str = "") -> None:
        self.theme = theme
        self.workbook = FastWorkbook(
            target,
            {
                "strings_to_numbers": False,
                "strings_to_formulas": False,
                "strings_to_urls": False,
            },
        )
        self.workbook.set_calc_mode("auto", CALCULATION)
        # Every formula has its value, so that nothing need be calculated before it is changed.
        self.workbook.calc_on_load = False
        self.workbook.set_properties({"title": title, "author": theme.company or "nrr_xl", "created": CREATED})
        self._kinds = theme.number_formats()
        self._formats: dict[tuple[Any, ...], object] = {}
        self._comments: dict[str, str] = {}
        self.workbook._write_defined_name = self._write_defined_name

    def page(self, name: str) -> Page:
        """A new sheet at the end."""
        return Page(self, self.workbook.add_worksheet(name, BlockSheet))

    def format(self, role: str, kind: str = "text") -> Any:
        """The format of a role and a kind; made once."""
        key = (role, kind)
        if key not in self._formats:
            look = {
                "font_name": self.theme.font,
                "font_size": self.theme.size,
                "font_color": "ink",
                "valign": "vcenter",
            }
            look |= ROLES[role]
            if kind != "text":
                look["num_format"] = self._kinds[kind]
            self._formats[key] = self.workbook.add_format(self._colored(look))
        return self._formats[key]

    def condition(self, name: str, shown: str = "") -> Any:
        """The format that a conditional format lays over a cell, which may show something else in its place."""
        key = ("condition", name + shown)
        if key not in self._formats:
            more = {"num_format": shown} if shown else {}
            self._formats[key] = self.workbook.add_format(self._colored(CONDITIONS[name]) | more)
        return self._formats[key]

    def name(self, name: str, formula: str, comment: str = "") -> None:
        """Define a workbook-wide name; Excel shows the comment beside it."""
        self.workbook.define_name(name, formula)
        self._comments[name] = comment

    def add_lambda_names(self) -> None:
        """Define NRR, GRR and the other scalar rates as LAMBDA names."""
        for rate in lambda_names():
            self.name(rate.name, rate.formula, rate.comment)

    def close(self) -> None:
        """Write the file.

        Raises
        ------
        OutputError
            If there is no room for it, or it cannot be written for another reason of the disk's.
        """
        try:
            self.workbook.close()
        except (FileCreateError, OSError) as error:
            cause = error.args[0] if error.args and isinstance(error.args[0], OSError) else error
            reason = getattr(cause, "strerror", None) or str(cause)
            raise OutputError(
                f"The workbook cannot be written: {reason}. Make room or choose another folder."
            ) from None

    def _colored(self, look: dict[str, Any]) -> dict[str, Any]:
        return {key: self.theme.colors[value] if key.endswith("_color") else value for key, value in look.items()}

    def _write_defined_name(self, defined_name: Any) -> None:
        """As XlsxWriter writes a name, with the comment that it has no argument for."""
        name, sheet, formula, hidden = defined_name
        attributes = [("name", name)]
        if self._comments.get(name):
            attributes.append(("comment", self._comments[name]))
        if sheet != -1:
            attributes.append(("localSheetId", sheet))
        if hidden:
            attributes.append(("hidden", 1))
        self.workbook._xml_data_element("definedName", formula, attributes)


class Page:
    """One sheet: cells go in by row and column (from 0), value or formula, role and kind."""

    def __init__(self, book: Book, sheet: BlockSheet):
        self.book = book
        self.sheet = sheet
        self.name = sheet.get_name()
        # What stands on the page, for the checks that nothing is typed over.
        self.held = Held()
        self.marks = paper.Marks()
        self._links: tuple[int, list[str], str] | None = None

    def put(self, row: int, col: int, value: Any, role: str = "text", kind: str = "text") -> None:
        """Write a value: text as text whatever it starts with, an undefined number as a dash."""
        look = self.book.format(role, kind)
        self._mark(row, col, role, value)
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
        self._mark(row, col, role, value)
        self.sheet.write_result(row, col, formula, self.book.format(role, kind), value)

    def _mark(self, row: int, col: int, role: str, value: Any) -> None:
        """Note that a row holds something, for how the sheet is printed."""
        self.marks.rows.add(row)
        if role in HEADINGS:
            self.marks.headings.add(row)
        if isinstance(value, str) and ROLES[role].get("text_wrap"):
            self.marks.wrapped.append((row, col, len(value)))

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
            streams.append(Stream(at, values, self.book.format(column.role, column.kind), column.formula))
        self.sheet.stream(row, streams, col, block, self.book.format("input", "amount"))
        self.marks.rows.update(range(row, row + len(block)))

    def navigation(self, row: int, sheets: list[str], description: str) -> None:
        """Links to other sheets in a row, placed when the columns are set (see `place_links`)."""
        self._links = (row, sheets, description)

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
        if self._links:
            place_links(self.sheet, *self._links, self.book.theme)
        paper.lay_out(sheet, self.marks, papers, header_rows, one_page)
        sheet.set_footer(f"&L&8&F · &A&C&8{footer.replace('&', '&&')}&R&8Page &P of &N", {"scale_with_doc": False})
        if header_rows:
            sheet.repeat_rows(*header_rows)
        sheet.hide_gridlines(2)

    def image(self, row: int, col: int, path: str | Path, description: str) -> None:
        """Place a picture, at most as high as the title."""
        self.sheet.insert_image(row, col, str(path), {"description": description, "object_position": 2})
