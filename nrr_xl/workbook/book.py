"""A workbook under way: its theme, its formats by role and kind, its names, and its pages."""

from __future__ import annotations

import datetime as dt
from typing import Any

from xlsxwriter.exceptions import FileCreateError

from nrr_xl.errors import OutputError
from nrr_xl.workbook.bulk import BlockSheet, FastWorkbook
from nrr_xl.workbook.cells import Page
from nrr_xl.workbook.lambdas import lambda_names
from nrr_xl.workbook.roles import CONDITIONS, ROLES
from nrr_xl.workbook.theme import Theme

# What Excel 365 calls its calculation engine: a file of an older one is calculated anew when it is opened.
CALCULATION = 191_029

# A fixed date of making: the same input and settings give the same bytes.
CREATED = dt.datetime(2000, 1, 1)


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
