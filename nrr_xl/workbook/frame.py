"""What every sheet of a report shares: the analysis, the words, the checks gathered on the way, and a sheet's head."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from nrr_xl.retention.analysis import Analysis
from nrr_xl.workbook.cells import Book, Page
from nrr_xl.workbook.formulas import cell
from nrr_xl.workbook.texts import texts

if TYPE_CHECKING:
    from nrr_xl.workbook.pack.movements import Drill
    from nrr_xl.workbook.sheets.summary import Figures

HEAD_ROWS = 5
NAVIGATION_ROW, CHECK_ROW = 2, 3
# The master check: number of failed checks and its sentence, on the Checks sheet.
MASTER = (5, 1)
MASTER_TEXT = (5, 2)
AS_REPORTED = (7, 1)
CENT = 0.01


@dataclass(frozen=True, slots=True)
class CheckLine:
    """A difference that must be 0: what it is, the formula that finds it (or none), and what Python finds."""

    name: str
    formula: str
    difference: float = 0.0


@dataclass
class Report:
    """A report under way."""

    book: Book
    analysis: Analysis
    live: dict[str, bool]
    sheets: dict[str, str] = field(default_factory=dict)
    checks: list[CheckLine] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)
    pages: dict[str, Page] = field(default_factory=dict)
    sentences: tuple[str, ...] = ()
    headlines: dict[str, str] = field(default_factory=dict)
    footer: str = ""
    # The cell of each figure of the bridge by its column's label and line; the window's stand on the Summary.
    figures: dict[tuple[str, str], str] = field(default_factory=dict)
    window_label: str = ""
    # The rows of the Movements sheet, where there is one.
    drill: Drill | None = None

    @property
    def unit(self) -> str:
        """What an amount is, for headers: "MRR, USD k"."""
        currency = self.book.theme.currency or self.analysis.cube.currency
        scale = self.book.theme.magnitude
        return ", ".join(part for part in (self.analysis.cube.unit, f"{currency} {scale}".strip()) if part)

    @property
    def passed(self) -> bool:
        """Whether every check holds as Python computed it."""
        account = self.analysis.cube.account
        counted = account.cells == account.used_cells + account.left_out_cells
        return counted and all(check.passed for check in self.analysis.checks)

    @property
    def as_reported(self) -> str:
        """The cell that is 1 while inputs and window are those of the report."""
        return cell(*AS_REPORTED, "row col", self.sheets["checks"])

    def open(self, key: str) -> Page:
        """The page of a sheet, with its title, the master check and the navigation line."""
        page = self.pages[key]
        theme, words = self.book.theme, texts()
        labels = self.analysis.cube.periods.labels
        facts = {
            "unit": self.unit,
            "months": self.analysis.months,
            "opening": labels[self.analysis.opening],
            "closing": labels[self.analysis.closing],
        }
        title = words["titles"][key].format(**facts)
        page.put(0, 0, f"{theme.company} · {title}" if theme.company else title, "title")
        page.sheet.set_row(0, 28)
        page.put(1, 0, words["subtitles"][key].format(**facts), "subtitle")
        self._master_check(page, key)
        others = [name for other, name in self.sheets.items() if other != key]
        page.navigation(NAVIGATION_ROW, others, words["navigation"]["link"])
        return page

    def add_pages(self, keys) -> None:
        """Make the sheets, in their order; they are filled in any."""
        names = texts()["sheets"]
        self.sheets = {key: names[key] for key in keys}
        self.pages = {key: self.book.page(names[key]) for key in keys}

    def check(self, name: str, formula: str, difference: float = 0.0) -> None:
        """Add a line to the Checks sheet."""
        self.checks.append(CheckLine(name, formula, difference))

    def write(self, page: Page, row: int, col: int, formula: str, value, layer: str, role="formula", kind="amount"):
        """A formula where its layer is live, else its value alone."""
        if self.live[layer]:
            page.formula(row, col, f"={formula}", value, role, kind)
        elif isinstance(value, str):
            page.put(row, col, value, role, kind)
        else:
            page.put(row, col, float(value), role, kind)

    def note_window(self, shown: Figures) -> None:
        """Note where the window's figures stand on the Summary, for what is tied to them."""
        labels, words = self.analysis.cube.periods.labels, texts()["movements_sheet"]
        opening, closing = labels[self.analysis.opening], labels[self.analysis.closing]
        self.window_label = words["window"].format(opening=opening, closing=closing)
        self.figures |= {(self.window_label, line): shown.cell(line, sheet=shown.sheet) for line in shown.values}

    def link(self, page: Page, row: int, col: int, label: str, line: str, value: str | None = None) -> None:
        """Make a figure's cell, before it is written, a link to the customers behind it on the Movements sheet."""
        if self.drill is not None and (target := self.drill.target(label, line, value)):
            page.link(row, col, target, texts()["movements_sheet"]["tip"])

    def _master_check(self, page: Page, key: str) -> None:
        words = texts()["checks"]
        state = cell(*MASTER_TEXT, "row col", self.sheets["checks"])
        self.write(page, CHECK_ROW, 0, state, words["passed" if self.passed else "failed"], "checks", "text", "general")
        for text, look in ((words["passed"], "good"), (words["failed"], "bad")):
            page.sheet.conditional_format(
                CHECK_ROW,
                0,
                CHECK_ROW,
                0,
                {"type": "cell", "criteria": "==", "value": f'"{text}"', "format": self.book.condition(look)},
            )


def first_positions(amounts: np.ndarray) -> np.ndarray:
    """Each customer's first period with an amount, counted from 1; 0 where there is none.

    >>> first_positions(np.array([[0.0, 5.0], [0.0, 0.0], [1.0, 0.0]])).tolist()
    [2, 0, 1]
    """
    active = amounts > 0
    return np.where(active.any(axis=1), active.argmax(axis=1) + 1, 0)
