"""Edits that readers make to a workbook: what is typed, pasted, moved, sorted or deleted, by the place of the rows."""

from __future__ import annotations

from dataclasses import dataclass

from nrr_xl.workbook.sheets.customer_columns import FIRST_ROW, HEADER_ROW
from nrr_xl.workbook.sheets.customers import CustomersPlace
from tests.apps.cell import letters

Edit = tuple[list[tuple], list[tuple]]


@dataclass(frozen=True)
class Amounts:
    """Where a report has its customers' cells."""

    at: CustomersPlace

    def amount(self, customer: int, period: int) -> str:
        """The cell of an amount, both counted from 0."""
        return f"{letters(self.at.first_period + period + 1)}{FIRST_ROW + customer + 1}"

    def head(self, period: int) -> str:
        return f"{letters(self.at.first_period + period + 1)}{HEADER_ROW + 1}"

    def name(self, customer: int) -> str:
        return f"A{FIRST_ROW + customer + 1}"

    def segment(self, customer: int) -> str:
        return f"B{FIRST_ROW + customer + 1}"

    def rows(self, first: int, last: int, start: str = "A", end: str = "") -> str:
        end = end or letters(self.at.last_period + 1)
        return f"{start}{FIRST_ROW + first + 1}:{end}{FIRST_ROW + last + 1}"

    def months(self, first: int, last: int) -> str:
        """The amounts of some periods, with their headers."""
        one, other = letters(self.at.first_period + first + 1), letters(self.at.first_period + last + 1)
        return f"{one}{HEADER_ROW + 1}:{other}{FIRST_ROW + self.at.customers}"


def of_report(
    names: tuple[str, ...], segments: tuple[str, ...], labels: tuple[str, ...], cells: Amounts
) -> dict[str, Edit]:
    """Edits of a report's Customers sheet and window, by what they are: rows' operations, then cells that are set."""
    last, customers = len(labels) - 1, len(names)
    sheet = "Customers"
    far, end = letters(cells.at.last_period + 2), letters(cells.at.last_period + 1)
    start = letters(cells.at.first_period + 1)

    def typed(*changes: tuple) -> Edit:
        return [], [(sheet, *change) for change in changes]

    def window(*changes: tuple) -> Edit:
        return [], [("Summary", *change) for change in changes]

    edits = {
        "an amount raised": typed((cells.amount(0, last), 987.0)),
        "an amount of a middle period": typed((cells.amount(0, last // 2), 987.0)),
        "an amount taken out": typed((cells.amount(0, last), None)),
        "an amount of 0": typed((cells.amount(0, last), 0.0)),
        "an amount below 0": typed((cells.amount(0, last), -5.0)),
        "an amount as text": typed((cells.amount(0, last), "1,200")),
        "an amount as text with a currency": typed((cells.amount(0, 0), "€ 12")),
        "a blank text": typed((cells.amount(0, last), " ")),
        "an error for an amount": typed((cells.amount(0, last), "=1/0")),
        "an n/a for an amount": typed((cells.amount(0, 0), "=NA()")),
        "a formula for an amount": typed((cells.amount(0, last), "=2*321")),
        "a truth for an amount": typed((cells.amount(0, last), "=TRUE()")),
        "a huge amount": typed((cells.amount(0, last), 1e15)),
        "a cent": typed((cells.amount(0, last), "=" + cells.amount(0, max(last - 1, 0)) + "+0.01")),
        "two amounts that keep the total": typed((cells.amount(0, last), 10.0), (cells.amount(1, last), 20.0)),
        "a renamed customer": typed((cells.name(0), "Somebody else")),
        "a customer renamed to another": typed((cells.name(0), names[1])),
        "a customer renamed to another in capitals": typed((cells.name(0), names[1].upper() + " ")),
        "a name taken out": typed((cells.name(0), None)),
        "two names swapped": typed((cells.name(0), names[1]), (cells.name(1), names[0])),
        "a number for a name": typed((cells.name(0), 12.0)),
        "a header as another month": typed((cells.head(last), "Jul 2031")),
        "two headers swapped": typed((cells.head(last), labels[last - 1]), (cells.head(last - 1), labels[last])),
        "a header taken out": typed((cells.head(last), None)),
        "a customer below": typed((f"A{FIRST_ROW + customers + 1}", "New Ltd"), (cells.amount(customers, last), 50.0)),
        "a customer below, one row left free": typed((cells.amount(customers + 1, last), 50.0)),
        "an amount to the right": typed((f"{far}{FIRST_ROW + 1}", 50.0)),
        "a total below": typed(
            (cells.amount(customers, last), f"=SUM({end}{FIRST_ROW + 1}:{end}{FIRST_ROW + customers})")
        ),
        "a month to the right": ([("copy", sheet, cells.months(last, last), f"{far}{HEADER_ROW + 1}")], []),
        "a column between months": ([("insert column", sheet, cells.months(last, last))], []),
        "a month deleted": ([("delete column", sheet, cells.months(last, last))], []),
        "a middle month deleted": ([("delete column", sheet, cells.months(last // 2, last // 2))], []),
        "the first month deleted": ([("delete column", sheet, cells.months(0, 0))], []),
        "a customer deleted": ([("delete", sheet, cells.rows(0, 0))], []),
        "the last customer deleted": ([("delete", sheet, cells.rows(customers - 1, customers - 1))], []),
        "a row inserted": ([("insert", sheet, cells.rows(1, 1))], []),
        "rows swapped by cut and paste": (
            [
                ("move", sheet, cells.rows(0, 0, start), f"{start}{FIRST_ROW + customers + 31}"),
                ("move", sheet, cells.rows(1, 1, start), f"{start}{FIRST_ROW + 1}"),
                ("move", sheet, cells.rows(customers + 30, customers + 30, start), f"{start}{FIRST_ROW + 2}"),
            ],
            [],
        ),
        "a block of amounts moved": ([("move", sheet, cells.rows(0, 0, end), f"{far}{FIRST_ROW + 1}")], []),
        "a block of amounts moved down": ([("move", sheet, cells.rows(0, 0, start), f"{start}{FIRST_ROW + 2}")], []),
        "the amounts of a customer copied to another": (
            [("copy", sheet, cells.rows(0, 0, start), f"{start}{FIRST_ROW + 2}")],
            [],
        ),
        "sorted by name downwards": ([("sort", sheet, cells.rows(0, customers - 1), 0, False)], []),
        "sorted by the last amount": ([("sort", sheet, cells.rows(0, customers - 1), cells.at.last_period, True)], []),
        "amounts sorted without names": ([("sort", sheet, cells.rows(0, customers - 1, start), 0, True)], []),
        "names sorted without amounts": ([("sort", sheet, cells.rows(0, customers - 1, "A", "A"), 0, False)], []),
        "rows hidden by a filter": ([("hide", sheet, cells.rows(0, 0))], []),
        "a closing before": window(("B6", labels[last - 1])),
        "a closing as a date": window(("B6", 44896.0)),
        "a closing as ISO text": window(("B6", "2022-06")),
        "a closing that is none": window(("B6", "whenever")),
        "a closing taken out": window(("B6", None)),
        "the first period as closing": window(("B6", labels[0])),
        "a window of 1": window(("E6", 1.0)),
        "a window of 3": window(("E6", 3.0)),
        "a window of half a month": window(("E6", 1.5)),
        "a window below 0": window(("E6", -12.0)),
        "a window of text": window(("E6", "12 months")),
        "a window taken out": window(("E6", None)),
    }
    if segments:
        edits |= {
            "a segment of its own": typed((cells.segment(0), "Atlantis")),
            "a segment taken out": typed((cells.segment(0), None)),
            "a segment in capitals": typed((cells.segment(0), segments[0].swapcase())),
            "two segments swapped": typed((cells.segment(0), segments[-1]), (cells.segment(1), segments[0])),
        }
    return edits
