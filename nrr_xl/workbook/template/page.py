"""One sheet of the template while it is written: cells by address, formulas with their values, formats by role."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

import numpy as np

from nrr_xl.workbook.cells import Book
from nrr_xl.workbook.template.layout import NO_ROWS, PASSED
from nrr_xl.workbook.template.style import AXIS_MONTH, Styles


def serial(day: dt.date) -> int:
    """A date as the number Excel keeps it as.

    >>> serial(dt.date(2024, 1, 1))
    45292
    """
    return day.toordinal() - dt.date(1899, 12, 30).toordinal()


class Page:
    """A worksheet with the house's print set-up; losses are passed as the negative numbers they are shown as."""

    def __init__(
        self,
        book: Book,
        styles: Styles,
        name: str,
        *,
        working: bool = False,
        empty: bool = False,
        of_rows: bool = True,
    ) -> None:
        """`empty` says that the template holds no rows, `of_rows` that the sheet's formulas would show nothing then."""
        self.name = name
        self.empty, self._of_rows = empty, of_rows
        self.styles = styles
        self._workbook = book.workbook
        self.sheet = book.page(name).sheet
        # XlsxWriter looks into every formula for thirty functions newer than any used here: two thirds of the time.
        self.sheet._prepare_formula = lambda formula, *_: formula.removeprefix("=")  # type: ignore[method-assign]
        self.sheet.hide_gridlines(2)
        self.sheet.set_tab_color(styles.color("rule" if working else "accent"))
        self.sheet.set_landscape()
        self.sheet.set_paper(9)
        self.sheet.fit_to_pages(1, 0)
        self.sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        self.sheet.set_footer("&L&8&F – &A&R&8Page &P of &N")

    def put(self, address: str, value: Any, role: str = "plain") -> None:
        """A constant; text is written as text whatever it begins with."""
        if value is None:
            self.sheet.write_blank(address, None, self.styles[role])
        elif isinstance(value, str):
            self.sheet.write_string(address, value, self.styles[role])
        elif hasattr(value, "year"):
            self.sheet.write_datetime(address, value, self.styles[role])
        else:
            self.sheet.write_number(address, value, self.styles[role])

    def formula(self, address: str, formula: str, value: Any, role: str = "plain") -> None:
        """A formula with the value it has; NaN is the undefined rate, #DIV/0!; without rows there is none."""
        if self.empty:
            value = NO_ROWS if isinstance(value, str) and value == PASSED else "" if self._of_rows else value
        if isinstance(value, np.generic):
            value = value.item()
        if isinstance(value, float) and math.isnan(value):
            value = "#DIV/0!"
        self.sheet.write_formula(address, formula, self.styles[role], value)

    def title(self, text: str, subtitle: str) -> None:
        self.put("B1", text, "title")
        self.sheet.set_row(0, 28)
        self.put("B2", subtitle, "subtitle")

    def section(self, text: str, row: int, first: str, last: str) -> None:
        """A heading with a rule under it, from one column to another."""
        for number in range(ord(first), ord(last) + 1):
            self.put(f"{chr(number)}{row}", text if number == ord(first) else None, "section")

    def widths(self, **columns: float) -> None:
        """Column widths by "A" or "C_N" for a run of columns."""
        for letters, width in columns.items():
            first, _, last = letters.partition("_")
            self.sheet.set_column(f"{first}:{last or first}", width)

    def status(self, address: str) -> None:
        """Colour a cell that shows the status: green when all checks passed, amber with a notice, red otherwise."""
        failed = {"type": "formula", "criteria": "=MasterCheck<>0", "format": self.styles["bad"]}
        notice = {"type": "formula", "criteria": "=NoticesFound<>0", "format": self.styles["warn"]}
        passed = {
            "type": "formula",
            "criteria": "=AND(MasterCheck=0,NoticesFound=0)",
            "format": self.styles["good"],
        }
        self.sheet.conditional_format(address, failed | {"stop_if_true": True})
        self.sheet.conditional_format(address, notice)
        self.sheet.conditional_format(address, passed)

    def chart(self, kind: dict[str, Any]) -> Any:
        """A chart of the workbook, to be placed when its series are in."""
        return self._workbook.add_chart(kind)

    def place(
        self, chart: Any, title: str, address: str, *, columns: int, rows: int, axis: str, legend: bool = True
    ) -> None:
        """Put a chart over a block of cells, in the template's type and colours."""
        small = {"name": self.styles.theme.font, "size": 9, "color": self.styles.color("muted")}
        line = {"color": self.styles.color("rule")}
        chart.set_title({"name": title, "name_font": {**small, "size": 10, "bold": True}, "overlay": False})
        chart.set_x_axis({"num_font": small, "line": line, "label_position": "low", "num_format": AXIS_MONTH})
        chart.set_y_axis(
            {
                "num_font": small,
                "num_format": axis,
                "line": {"none": True},
                "major_gridlines": {"visible": True, "line": line},
            }
        )
        chart.set_legend({"position": "bottom", "font": small} if legend else {"none": True})
        chart.set_chartarea({"border": {"none": True}})
        chart.set_size({"width": 79 * columns + (140 if address.startswith("B") else 0), "height": 20 * rows})
        self.sheet.insert_chart(address, chart, {"object_position": 2, "description": title})
