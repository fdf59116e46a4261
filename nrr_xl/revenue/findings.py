"""Every doubt a reading can raise, by code, and the list that collects them with their cells and amounts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nrr_xl.errors import Problem, Severity
from nrr_xl.revenue.grid import Grid

# So many cells of one code are listed one by one; the rest is one problem with their number and amount.
LISTED = 200
_ORDER = {"error": 0, "warning": 1, "info": 2}


@dataclass(frozen=True, slots=True)
class Code:
    """A kind of problem: how grave it is, what it says, and what was or should be done."""

    severity: Severity
    message: str
    action: str = ""


CODES: dict[str, Code] = {
    "amount-unreadable": Code("error", "The amount cannot be read", "Write a number, or leave the cell blank."),
    "amount-percent": Code("error", "A percentage is no amount", "Write the amount itself."),
    "amount-error-cell": Code("error", "The amount is an error value", "Mend the formula in the source."),
    "amount-boolean": Code("error", "A true or false is no amount", "Write a number, or leave the cell blank."),
    "amount-date": Code("error", "A date stands where an amount should", "Write a number, or leave the cell blank."),
    "decimal-ambiguous": Code(
        "error",
        "The decimal sign cannot be told: the amounts can be read with a point or with a comma",
        "Say which with --decimal . or --decimal ,",
    ),
    "decimal-mixed": Code(
        "error", "The amount is written with another decimal sign than the column", "Write the column in one way."
    ),
    "customer-missing": Code("error", "An amount without a customer", "Fill in the customer."),
    "customer-error-cell": Code("error", "The customer is an error value", "Mend the formula in the source."),
    "date-missing": Code("error", "An amount without a date", "Fill in the date."),
    "date-unreadable": Code("error", "The date cannot be read", "Write it as YYYY-MM-DD or YYYY-MM."),
    "date-ambiguous": Code(
        "error", "Day and month cannot be told apart in this column", "Say which with --day-first or --month-first."
    ),
    "date-mixed": Code(
        "error", "The date has day and month in another order than the column", "Write the column in one way."
    ),
    "period-mixed": Code(
        "error", "The date names a period of another length than the column", "Use one kind of period in a column."
    ),
    "total-row": Code("info", "A total row: it equals the rows it sums", "Left out."),
    "total-unlabelled": Code("warning", "A row without a customer that equals the sum of the rows above", "Left out."),
    "total-unproven": Code("warning", "Labelled a total, but it equals no sum of rows", "Kept as a customer."),
    "customer-spelling": Code("info", "Spelt in several ways that differ in case or white space only", "Joined."),
    "row-without-amount": Code("info", "A row without an amount", "Left out."),
    "negative-amount": Code("warning", "A negative amount", "Netted within its customer and period."),
    "duplicate-row": Code("warning", "Exactly the same as an earlier row", "Kept: remove it if it is no second sale."),
    "one-time": Code("info", "One-time revenue", "Left out."),
    "negative-net": Code("warning", "A customer's net amount in a period is below 0", "Counts as 0 for retention."),
    "currency-mixed": Code("error", "Several currencies and no exchange rates", "Give a rates table with --rates."),
    "rate-missing": Code("error", "The rates table has no rate", "Add it to the rates table."),
    "gap-filled": Code("info", "A gap within the grace", "Filled with the last amount before it."),
}


def problem(code: str, message: str = "", action: str = "", **facts) -> Problem:
    """A problem of a known code, with its own severity, message and action unless others are given."""
    kind = CODES[code]
    return Problem(kind.severity, code, message or kind.message, action or kind.action, **facts)


class Findings:
    """Collects what a reading finds in one grid."""

    def __init__(self, grid: Grid):
        self.grid = grid
        self._problems: list[Problem] = []

    def say(self, code: str, message: str = "", cell: str = "", value=None, amount=None, action: str = "") -> None:
        """Note one thing about the sheet as a whole, or about one address."""
        facts = {"sheet": self.grid.sheet, "cell": cell, "value": value, "amount": amount}
        self._problems.append(problem(code, message, action, **facts))

    def cells(
        self,
        code: str,
        rows: Sequence[int] | np.ndarray,
        columns: int | Sequence[int] | np.ndarray,
        amounts: Sequence[float] | np.ndarray | None = None,
        message: str = "",
        action: str = "",
    ) -> None:
        """Note cells, each with its amount if it carries one; beyond `LISTED` of them the rest is summed up."""
        rows = np.asarray(rows, dtype=np.int64)
        if not rows.size:
            return
        columns = np.broadcast_to(np.asarray(columns, dtype=np.int64), rows.shape)
        for position in range(min(rows.size, LISTED)):
            row, column = int(rows[position]), int(columns[position])
            amount = None if amounts is None else float(amounts[position])
            self.say(
                code,
                message,
                self.grid.address(row, column),
                self.grid.value(row, column),
                None if amount is None or amount != amount else amount,
                action,
            )
        if rows.size > LISTED:
            rest = rows.size - LISTED
            first, last = (self.grid.address(int(rows[i]), int(columns[i])) for i in (LISTED, -1))
            kind = CODES[code]
            self.say(
                code,
                f"{message or kind.message} (and {rest} more like it from {first} to {last})",
                first,
                None,
                None if amounts is None else float(np.nansum(np.asarray(amounts, float)[LISTED:])),
                action,
            )

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All of them, the gravest first, each severity in the order of finding."""
        return tuple(sorted(self._problems, key=lambda problem: _ORDER[problem.severity]))

    @property
    def errors(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if problem.severity == "error")
