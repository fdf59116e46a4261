"""The list that collects a reading's doubts, each with its cell and amount."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from nrr_xl.errors import Problem
from nrr_xl.revenue.codes import CODES
from nrr_xl.revenue.files.grid import Grid, column_letter

# So many cells of one code are listed one by one; the rest is one problem with their number and amount.
LISTED = 200
# Cells of so few rows that the rows may as well be left out, and what such cells can be.
FEW = 50
# Of more, up to this share of the rows, it may be gone on without them.
SHARE = 0.1
BY_ROW = frozenset(
    (
        *("date-unreadable", "date-missing", "date-mixed", "period-mixed", "date-outside", "end-before-start"),
        *("amount-unreadable", "amount-percent", "amount-error-cell", "amount-boolean", "amount-date"),
        *(
            "amount-too-large",
            "interval-unknown",
            "term-missing",
            "value-unending",
            "customer-missing",
            "customer-error-cell",
        ),
        *("currency-missing", "decimal-mixed"),
    )
)
_ORDER = {"error": 0, "warning": 1, "info": 2}


def problem(code: str, message: str = "", action: str = "", **facts: Any) -> Problem:
    """A problem of a known code, with its own severity, message and action unless others are given."""
    kind = CODES[code]
    return Problem(kind.severity, code, message or kind.message, action or kind.action, **facts)


def by_gravity(problems: Sequence[Problem]) -> tuple[Problem, ...]:
    """Errors first, then warnings, then infos, each in the order given."""
    return tuple(sorted(problems, key=lambda problem: _ORDER[problem.severity]))


class Findings:
    """Collects what a reading finds in one grid."""

    def __init__(self, grid: Grid):
        self.grid = grid
        self._problems: list[Problem] = []

    def say(
        self,
        code: str,
        message: str = "",
        cell: str = "",
        value: Any = None,
        amount: float | None = None,
        action: str = "",
    ) -> None:
        """Note one thing about the sheet as a whole, or about one address."""
        sheet, _, cell = cell.rpartition("!") if self.grid.pieces else (self.grid.sheet, "", cell)
        facts = {"sheet": sheet or self.grid.sheet, "cell": cell, "value": value, "amount": amount}
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
        if code in BY_ROW and not action and rows.size <= FEW:
            numbers = ",".join(str(number) for number in sorted(set(self.grid.row_numbers()[rows].tolist())))
            which = "row" if rows.size == 1 else "rows"
            action = f"{CODES[code].action.rstrip('.')}; or leave the {which} out with --drop-rows {numbers}."
        elif code in BY_ROW and not action and rows.size <= SHARE * self.grid.rows:
            action = f"{CODES[code].action.rstrip('.')}; or go on without these cells with --accept-errors."
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

    def decided(self, code: str, rows: np.ndarray, columns: np.ndarray, how: str) -> None:
        """Note a choice made once for all cells that could be read two ways: how many, where, and how they are read."""
        letters = [column_letter(int(column) + self.grid.origin[1]) for column in (columns.min(), columns.max())]
        where = f"column {letters[0]}" if letters[0] == letters[1] else f"columns {letters[0]} to {letters[1]}"
        first = np.lexsort((columns, rows))[0]
        row, column = int(rows[first]), int(columns[first])
        message = f"{CODES[code].message} ({rows.size} in {where})"
        self.say(code, message, self.grid.address(row, column), self.grid.value(row, column), action=how)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All of them, the gravest first, each severity in the order of finding."""
        return by_gravity(self._problems)
