"""One sheet of the template while it is written: cells by address, formulas with their values, formats by role."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

import numpy as np
from xlsxwriter.utility import xl_cell_to_rowcol

from nrr_xl.workbook import status
from nrr_xl.workbook.frame import HEAD_ROWS, Report
from nrr_xl.workbook.template.style import Styles


def serial(day: dt.date) -> int:
    """A date as the number Excel keeps it as.

    >>> serial(dt.date(2024, 1, 1))
    45292
    """
    return day.toordinal() - dt.date(1899, 12, 30).toordinal()


class Page:
    """A worksheet with the house's print set-up; losses are passed as the negative numbers they are shown as."""

    def __init__(self, report: Report, styles: Styles, key: str, *, working: bool = False) -> None:
        page = report.pages[key]
        self.name = page.name
        self.styles = styles
        self._report, self._page, self._key = report, page, key
        # Formulas above this, a status line among them, are not counted.
        page.held.below = 0 if working else HEAD_ROWS
        self.sheet = page.sheet
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
            row, col = xl_cell_to_rowcol(address)
            self._page.held.add(row, col, value, role=role)
            self.sheet.write_number(address, value, self.styles[role])

    def formula(self, address: str, formula: str, value: Any, role: str = "plain") -> None:
        """A formula with the value it has; NaN is the undefined rate, #DIV/0!."""
        if isinstance(value, np.generic):
            value = value.item()
        if isinstance(value, float) and math.isnan(value):
            value = "#DIV/0!"
        self.sheet.write_formula(address, formula, self.styles[role], value)
        row, col = xl_cell_to_rowcol(address)
        self._page.held.add(row, col, 0.0, formulas=1)

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
        """The status line of every sheet, green, amber or red."""
        self.formula(address, f"={status.formula(self._report, self._key)}", self._report.state(True), "status")
        self._report.add_line(self._key, self._page, *xl_cell_to_rowcol(address))

    def mark(self, area: str) -> None:
        """Show what is not 0 as bad."""
        self.sheet.conditional_format(
            area, {"type": "cell", "criteria": "!=", "value": 0, "format": self.styles["bad"]}
        )

    def refuse(self, area: str, rule: dict[str, Any], title: str, message: str) -> None:
        """Refuse what does not fit a rule as it is typed, with a message."""
        self.sheet.data_validation(area, rule | {"error_title": title[:32], "error_message": message})
