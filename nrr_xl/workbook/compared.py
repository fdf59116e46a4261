"""The Changes sheet of a comparison: one row for each customer and cause, and where its columns stand."""

from __future__ import annotations

from nrr_xl.retention.compare import CAUSES, Comparison
from nrr_xl.workbook import formulas as fx
from nrr_xl.workbook.book import Book
from nrr_xl.workbook.cells import Page
from nrr_xl.workbook.headers import unique_headers
from nrr_xl.workbook.texts import texts

WORDS = texts()["compare"]
SIDES = ("old", "new")
# The Changes sheet: its header row, and the columns that every comparison has.
HEADER, FIRST = 3, 4
COLUMNS = (
    *("customer", "cause", "detail", "opening_before", "closing_before", "movement_before"),
    *("opening_after", "closing_after", "movement_after", "nrr", "grr"),
)
CHECK_ROW = 2
WIDTH = 3 + len(CAUSES)


class ChangesWriter:
    """The two sheets under way: where the changes stand, and the checks gathered on the way."""

    def __init__(self, found: Comparison, book: Book, front: Page, changes: Page):
        self.found, self.book, self.front, self.changes = found, book, front, changes
        self.last = FIRST + max(len(found.changes), 1) - 1
        self.names = list(found.segments)
        # What the formulas of a change need from the front sheet: (row, column) of the old rates and the new opening.
        self.places: dict[str, tuple[int, int]] = {}
        self.checks: list[tuple[str, str]] = []

    def column(self, name: str) -> str:
        """The range of a column of the Changes sheet."""
        return fx.block(FIRST, self.index(name), self.last, self.index(name), self.changes.name)

    def index(self, name: str) -> int:
        sides = [f"{segment}_{side}" for segment in self.names for side in ("before", "after")]
        return (*COLUMNS, *sides).index(name)

    def at(self, key: str, sheet: str = "") -> str:
        return fx.cell(*self.places[key], "row col", sheet)

    # The front sheet's places are fixed before either sheet is written: facts first, then totals, then rates.
    def _plan(self) -> None:
        row = CHECK_ROW + 3 + len(self.found.notes) + (2 if self.found.notes else 0)
        for key in ("opening", "retained", "kept", "nrr", "grr"):
            for col, side in enumerate(SIDES, 1):
                self.places[f"{key}_{side}"] = (row + 5, col)
            row += 1

    def _printed(self) -> int:
        """The last column that is printed: segments only where a customer stands under another value of one."""
        last = self.index(COLUMNS[-1])
        for name in self.names:
            before, after = (self.found.changes[f"{name}_{side}"] for side in ("before", "after"))
            if ((before != after) & (before != "") & (after != "")).any():
                last = self.index(f"{name}_after")
        return last

    def write_changes(self) -> None:
        """One row for each customer and cause, its change of the rates as formulas."""
        self._plan()
        page, frame = self.changes, self.found.changes
        page.put(0, 0, WORDS["changes"], "title")
        page.sheet.set_row(0, 28)
        page.put(1, 0, WORDS["rows"], "subtitle")
        words = texts()["compare_columns"]
        heads = [words[name] for name in COLUMNS]
        heads += [words[side].format(segment=name) for name in self.names for side in ("before", "after")]
        causes, movements = texts()["compare_causes"], texts()["movements"]
        front = self.front.name
        for row, record in enumerate(frame.to_dict("records"), FIRST):
            page.put(row, 0, record["customer"], "label")
            page.put(row, 1, causes[record["cause"]], "label")
            page.put(row, 2, record["detail"], "wrapped_note")
            for side in ("before", "after"):
                for part in ("opening", "closing"):
                    page.put(row, self.index(f"{part}_{side}"), record[f"{part}_{side}"], "formula", "cents")
                page.put(row, self.index(f"movement_{side}"), movements[record[f"movement_{side}"]], "label_right")
            o0, c0, o1, c1 = (
                fx.cell(row, self.index(f"{part}_{side}"), "col")
                for side in ("before", "after")
                for part in ("opening", "closing")
            )
            tops = {"nrr": f"IF({o1}>0,{c1},0)-IF({o0}>0,{c0},0)", "grr": f"MIN({o1},{c1})-MIN({o0},{c0})"}
            for rate, top in tops.items():
                formula = f"100*({top}-{self.at(f'{rate}_old', front)}*({o1}-{o0}))/{self.at('opening_new', front)}"
                page.formula(row, self.index(rate), fx.or_dash(formula), 100 * record[rate], "formula", "plain_points")
            for name in self.names:
                for side in ("before", "after"):
                    page.put(row, self.index(f"{name}_{side}"), record[f"{name}_{side}"], "label")
        left, right = self.book.format("header_left"), self.book.format("header")
        numbers = {self.index(name) for name in COLUMNS[3:]}
        columns = [
            {"header": head, "header_format": right if col in numbers else left}
            for col, head in enumerate(unique_headers(heads))
        ]
        page.sheet.add_table(
            HEADER, 0, self.last, len(heads) - 1, {"name": "ChangedCustomers", "style": None, "columns": columns}
        )
        page.columns(23, 18, 22, *[11] * 6, 8, 8, *[12] * (2 * len(self.names)))
        page.sheet.print_area(0, 0, self.last, self._printed())
        page.sheet.freeze_panes(FIRST, 1)
        page.print_setup("", (HEADER, HEADER))
