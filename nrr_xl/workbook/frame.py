"""What every sheet of a report shares: the analysis, the words, the checks gathered on the way, and a sheet's head."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from nrr_xl.records import struct
from nrr_xl.retention.analysis import Analysis
from nrr_xl.retention.checks import TOLERANCE
from nrr_xl.workbook import formulas as fx
from nrr_xl.workbook import paper, status
from nrr_xl.workbook.book import Book
from nrr_xl.workbook.cells import Page
from nrr_xl.workbook.formulas import cell
from nrr_xl.workbook.held import HEADS
from nrr_xl.workbook.texts import texts

if TYPE_CHECKING:
    from nrr_xl.workbook.feed import Feed
    from nrr_xl.workbook.pack.movements import Drill
    from nrr_xl.workbook.sheets.rest import Listing
    from nrr_xl.workbook.sheets.summary import Figures

# The links to other sheets stand above what is printed; then the title and the line below it.
HEAD_ROWS = 5
TITLE_ROW, SUBTITLE_ROW = HEADS
# So many characters may stand beside a link.
LONGEST_TIP = 255
MONEY, COUNT, RATE = (TOLERANCE[kind] for kind in ("money", "count", "rate"))


@struct()
class CheckLine:
    """A difference that must be 0: its name, the formula that finds it, what Python finds, how far off it may be."""

    name: str
    formula: str
    difference: float = 0.0
    tolerance: float = MONEY
    # Lines of one kind that follow each other are folded under the first of them.
    kind: str = ""

    @property
    def failed(self) -> bool:
        return not abs(self.difference) <= self.tolerance


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
    # The cell of each sheet's status line.
    lines: dict[str, str] = field(default_factory=dict)
    # The parts that say what they said when the report was written, whatever is changed since.
    fixed: list[str] = field(default_factory=list)
    footer: str = ""
    # Whether what only a diligence reads is left out in print.
    brief: bool = False
    # So many rows of a long list are printed.
    printed: int = 200
    # Each period's total and position, and further conditions that hold while nothing was changed.
    totals: str = ""
    positions: str = ""
    signatures: list[str] = field(default_factory=list)
    # Each customer's place on Customers from 0, where they do not stand in the rows' own order.
    ranks: np.ndarray | None = None
    # The cell of each figure of the bridge by its column's label and line; the window's stand on the Summary.
    figures: dict[tuple[str, str], str] = field(default_factory=dict)
    window_label: str = ""
    # The rows of the Movements sheet, where there is one.
    drill: Drill | None = None
    # What a template's report stands on; a report of its own rows has none.
    feed: Feed | None = None
    # The check that is known to fail before its sheet is written, "" where there is none.
    unsettled: str = ""
    # The rows of Customers where they are fewer than the customers.
    listing: Listing | None = None

    @property
    def listed(self) -> Analysis:
        """The analysis with the rows of the Customers sheet for its customers."""
        return self.listing.analysis if self.listing else self.analysis

    @property
    def totals_layer(self) -> str:
        """The layer of the sums over the rows of Customers: live even where the rows of many are values."""
        return "checks" if self.listing else "customers"

    @property
    def unit(self) -> str:
        """What an amount is, for headers: "MRR, USD k"."""
        return self._unit_in(self.book.theme.magnitude)

    def _unit_in(self, scale: str) -> str:
        currency = self.book.theme.currency or self.analysis.cube.currency
        return ", ".join(part for part in (self.analysis.cube.unit, f"{currency} {scale}".strip()) if part)

    @property
    def in_full(self) -> str:
        """What a head says of amounts that are as they are where the others are in thousands or millions."""
        return texts()["front"]["in_full"] if self.book.theme.magnitude else ""

    @property
    def unit_told(self) -> fx.Said | str:
        """The unit for a sentence: a template's follows its settings."""
        return self.feed.unit if self.feed else self.unit

    @property
    def begin(self) -> int:
        """The position (from 0) of the first period that the rows reach."""
        return self.feed.begin if self.feed else 0

    @property
    def passed(self) -> bool:
        """Whether every check holds as Python computed it."""
        account = self.analysis.cube.account
        counted = account.cells == account.used_cells + account.left_out_cells
        return counted and not self.unsettled and all(check.passed for check in self.analysis.checks)

    @property
    def warnings(self) -> int:
        """How many warnings and errors the reader had."""
        return sum(problem.severity != "info" for problem in self.analysis.cube.problems)

    @property
    def as_reported(self) -> str:
        """The cell that is 1 while inputs and window are those of the report."""
        return cell(*status.AS_REPORTED, "row col", self.sheets["checks"])

    @property
    def written(self) -> str:
        """For which window a part that does not follow was written."""
        return texts()["live"]["written"].format(**self._window())

    def facts(self) -> dict[str, fx.Said | str]:
        """What the heads of sheets tell: the unit, and the window as it is chosen."""
        window = self._window()
        if not self.live["customers"]:
            return {"unit": self.unit_told, **self._front(), **window}
        names = {"months": fx.MONTHS, "opening": fx.OPENS, "closing": fx.CLOSES}
        names["s"] = f'IF({fx.MONTHS}=1,"","s")'
        return {"unit": self.unit_told, **self._front(), **{key: (name, window[key]) for key, name in names.items()}}

    def _front(self) -> dict[str, fx.Said | str]:
        """What the first page says beside the window: that the currency is not known, and when it was prepared."""
        words, theme = texts()["front"], self.book.theme
        if self.feed:
            return {"currency": self.feed.no_currency, "prepared": "", "exact": self.unit_told}
        known = theme.currency or self.analysis.cube.currency
        prepared = words["prepared"].format(day=theme.prepared) if theme.prepared else ""
        # Sheets to the cent are in full, whatever the others are shown in.
        exact = self._unit_in("")
        return {"currency": "" if known else words["no_currency"], "prepared": prepared, "exact": exact}

    def _window(self) -> dict[str, str]:
        labels = self.analysis.cube.periods.labels
        opening, closing = labels[self.analysis.opening], labels[self.analysis.closing]
        months = self.analysis.months
        return {"months": str(months), "s": "" if months == 1 else "s", "opening": opening, "closing": closing}

    def open(self, key: str) -> Page:
        """The page of a sheet, with its title, the master check and the navigation line."""
        page = self.pages[key]
        page.held.below = HEAD_ROWS
        company, words = self.book.theme.company, texts()
        title = words["titles"][key]
        if self.feed:
            said = fx.told(f"{{company}}{title}", {**self.facts(), "company": self.feed.title})
        else:
            said = fx.told(f"{company} · {title}" if company else title, self.facts())
        self.say(page, TITLE_ROW, 0, said, "title")
        page.sheet.set_row(TITLE_ROW, 28)
        subtitles = words["subtitles"] | (words["subtitles_here"] if self.feed else {})
        told = subtitles["customers_summed" if self.listing and key == "customers" else key]
        self.say(page, SUBTITLE_ROW, 0, fx.told(told, self.facts()), "subtitle")
        self.write(page, status.ROW, 0, status.formula(self, key), self.state(self.passed), "checks", "text", "general")
        self.add_line(key, page, status.ROW, 0)
        others = [name for other, name in self.sheets.items() if other != key]
        page.navigation(others, words["navigation"]["link"])
        return page

    def add_pages(self, keys: Iterable[str]) -> None:
        """Make the sheets, in their order; they are filled in any."""
        names = texts()["sheets"]
        self.sheets = {key: names[key] for key in keys}
        self.pages = {key: self.book.page(names[key]) for key in keys}
        for page in self.pages.values() if self.feed else ():
            page.held.constants = {}

    def check(self, name: str, formula: str, difference: float = 0.0, tolerance: float = MONEY, kind: str = "") -> None:
        """Add a line to the Checks sheet."""
        self.checks.append(CheckLine(name, formula, difference, tolerance, kind))

    def write(
        self,
        page: Page,
        row: int,
        col: int,
        formula: str,
        value: Any,
        layer: str,
        role: str = "formula",
        kind: str = "amount",
    ) -> None:
        """A formula where its layer is live, else its value alone; what is undefined is a dash.

        The formula itself says when that is (`formulas.rate`): hiding every error would hide a wrong one.
        """
        if not isinstance(value, str) and not math.isfinite(value):
            value = fx.UNDEFINED
        if self.live[layer]:
            page.formula(row, col, f"={formula}", value, role, kind)
        elif isinstance(value, str):
            page.put(row, col, value, role, kind)
        else:
            page.put(row, col, float(value), role, kind)

    def say(
        self,
        page: Page,
        row: int,
        col: int,
        said: fx.Said,
        role: str = "text",
        kind: str = "general",
        layer: str = "customers",
    ) -> None:
        """A sentence as a formula, where anything in it may change."""
        formula, value = said
        if formula == fx.quoted(value):
            page.put(row, col, value, role)
        else:
            self.write(page, row, col, formula, value, layer, role, kind)

    def say_as_written(self, page: Page, row: int, col: int, text: str, role: str = "label") -> None:
        """A text with figures of the report as it was written, which gives way once anything was changed."""
        gone = texts()["live"]["no_longer"]
        formula = f"IF({self.as_reported}=1,{fx.quoted_long(text)},{fx.quoted(gone)})"
        self.write(page, row, col, formula, text, "checks", role, "general")

    def unless_refused(self, formula: str, instead: str = '""') -> str:
        """A name's formula, which in a template says something else while its rows are refused."""
        return f"IF({self.feed.broken[0]},{instead},{formula})" if self.feed else formula

    def hide_unused(self, page: Page, rows: tuple[int, int], cols: tuple[int, int], unused: str) -> None:
        """In a template, show nothing of a block's cells where a condition says that the rows do not reach them."""
        if self.feed:
            rule = {"type": "formula", "criteria": f"={unused}", "format": self.book.condition("unused")}
            page.sheet.conditional_format(rows[0], cols[0], rows[1], cols[1], rule | {"stop_if_true": True})

    def blank_refused(self, keys: Iterable[str]) -> None:
        """In a template, show nothing of what has no figure while its rows are refused: the status line says why."""
        refused = self.feed.broken[0] if self.feed else "FALSE"
        for page in map(self.pages.__getitem__, keys):
            last, right = page.sheet.dim_rowmax or 0, page.sheet.dim_colmax or 0
            seen = paper.area(page.sheet)[3]
            banded = sorted({row for row, col in page.marks.banded if col <= seen})
            areas = [(row, row, "refused_band") for row in banded]
            for first, end, look in (*areas, (HEAD_ROWS, last, "refused")):
                criteria = f"=AND({refused},ISERROR({cell(first, 0)}))"
                rule = {"type": "formula", "criteria": criteria, "format": self.book.condition(look)}
                page.sheet.conditional_format(first, 0, end, right, rule)

    def note_window(self, shown: Figures) -> None:
        """Note where the window's figures stand on the Summary, for what is tied to them."""
        labels, words = self.analysis.cube.periods.labels, texts()["movements_sheet"]
        opening, closing = labels[self.analysis.opening], labels[self.analysis.closing]
        self.window_label = words["window"].format(opening=opening, closing=closing)
        self.figures |= {(self.window_label, line): shown.cell(line, sheet=shown.sheet) for line in shown.values}

    def link(
        self, page: Page, row: int, col: int, label: str, line: str, value: str | None = None, tip: str = ""
    ) -> None:
        """Make a figure's cell, before it is written, a link to the customers behind it on the Movements sheet."""
        if self.drill is not None and (target := self.drill.target(label, line, value)):
            page.link(row, col, target, (tip or texts()["movements_sheet"]["tip"])[:LONGEST_TIP])

    def add_line(self, key: str, page: Page, row: int, col: int) -> None:
        """Colour a sheet's status line, and have it watched."""
        if self.live["checks"]:
            self.lines[key] = cell(row, col, "row col", page.name)
            status.colour(self.book, page, row, col)

    def state(self, passed: bool) -> str:
        """The status line as Python has it."""
        words = texts()["checks"]
        if self.feed and self.feed.told:
            return words["noticed"].format(what=self.feed.told)
        if not self.live["checks"]:
            return words["values_passed" if passed else "values_failed"]
        if not passed:
            return words["failed"].format(name=next((line.name for line in self.checks if line.failed), self.unsettled))
        warned = words["warned" if self.warnings > 1 else "warned_once"].format(count=self.warnings)
        return words["passed"] + (warned if self.warnings else "")


def last_positions(amounts: np.ndarray) -> np.ndarray:
    """Each customer's last period with an amount, counted from 1; 0 where there is none.

    >>> last_positions(np.array([[5.0, 5.0, 0.0], [0.0, 0.0, 0.0]])).tolist()
    [2, 0]
    """
    active = amounts > 0
    return np.where(active.any(axis=1), active.shape[1] - active[:, ::-1].argmax(axis=1), 0)
