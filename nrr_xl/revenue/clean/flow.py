"""The amounts of a table in one line, whatever its layout: whose, of which month, how much, from which cell."""

from __future__ import annotations

from typing import Any

import numpy as np

from nrr_xl.records import struct
from nrr_xl.revenue.clean.body import Body

Array = np.ndarray[Any, Any]


@struct()
class Flow:
    """Amounts (n,) that count, each with its customer's code, its month number, its day (0 where unknown) and its cell.

    `row` counts from 0 below the header; `step` are the months of a period.
    """

    who: Array
    month: Array
    day: Array
    amount: Array
    row: Array
    column: Array
    step: int = 1

    def note(self, body: Body, code: str, which: slice | Array, **words: str) -> None:
        """Note some of the amounts at their cells."""
        rows = self.row[which] + body.table.first
        body.findings.cells(code, rows, self.column[which], self.amount[which], **words)
