"""The source's cells behind the lines of the adjusted NRR: where to look when a line is doubted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from nrr_xl.retention.adjust import Adjusted, Cell
from nrr_xl.retention.windows import Window
from nrr_xl.revenue.cube.build import RevenueCube, counted_as
from nrr_xl.revenue.cube.rows import Cells

# Of an amount that many rows make up so many cells are named, of a line of many customers so many amounts.
MOST_CELLS, MOST_AMOUNTS = 20, 12


def with_cells(found: Adjusted, cube: RevenueCube, span: Window) -> Adjusted:
    """The same, each line with the cells of its customers' amounts; as it is where the source has none.

    A suggested line names what each customer has at either end of the window, and where there is nothing the last
    amount before, else the first one after: where one stopped and another began. What the reported rate has decided
    already names what stands at the two ends.

    >>> import nrr_xl
    >>> found = nrr_xl.analyse(nrr_xl.read("templates/sample_revenue.xlsx")).adjusted_with_cells()
    >>> [(cell.period, cell.cells) for cell in found.adjustments[0].cells][:2]
    [('2023-12', ('Revenue!E2468',)), ('2024-05', ('Revenue!E3069',))]
    """
    if cube.rows is None or cube.rows.cells is None:
        return found
    wanted = {name for line in found.adjustments for name in (line.customer, line.other) if name}
    at = _Places(cube, cube.rows.cells, span, wanted)
    told = [
        replace(line, cells=tuple(cell for name in (line.customer, line.other) if name for cell in at.near(name)))
        for line in found.adjustments
    ]
    decided = []
    for line in found.included:
        cells: list[Cell] = []
        for name in (line.customer,) if line.customer else line.others:
            cells += at.ends(name, line.kind == "one_time") if len(cells) < MOST_AMOUNTS else ()
        decided.append(replace(line, cells=tuple(cells)))
    return replace(found, adjustments=tuple(told), included=tuple(decided))


class _Places:
    """The rows of some customers, and of all at the window's ends, by customer and period."""

    def __init__(self, cube: RevenueCube, source: Cells, span: Window, names: Iterable[str]) -> None:
        assert cube.rows is not None
        rows, customer = cube.rows, counted_as(cube.rows, cube.policy)
        self.ends_of, self.keys, self.source = (span.opening, span.closing), cube.periods.keys, source
        self.code = {name: code for code, name in enumerate(customer.values)}
        wanted = np.zeros(len(customer.values) + 1, bool)
        wanted[[self.code[name] for name in names if name in self.code]] = True
        taken = wanted[customer.codes]
        for end in self.ends_of:
            taken |= rows.period == end
        taken &= rows.amounts != 0
        at = np.flatnonzero(taken)
        at = at[np.lexsort((rows.period[at], customer.codes[at]))]
        self.bounds = np.searchsorted(customer.codes[at], np.arange(len(customer.values) + 1)).tolist()
        self.at, self.periods = at, rows.period[at]
        self.once = cube.policy.leaves_out(rows.type)

    def _of(self, name: str, once: bool) -> dict[int, list[int]]:
        """The rows of a customer by period: those that count, or those left out as one-time revenue."""
        found: dict[int, list[int]] = {}
        if (code := self.code.get(name)) is None:
            return found
        mine = slice(self.bounds[code], self.bounds[code + 1])
        for at, period in zip(self.at[mine].tolist(), self.periods[mine].tolist(), strict=True):
            if once == (self.once is not None and bool(self.once[at])):
                found.setdefault(period, []).append(at)
        return found

    def _cells(self, name: str, rows: dict[int, list[int]], periods: Iterable[int]) -> list[Cell]:
        found = []
        for period in dict.fromkeys(periods):
            cells = self.source.names(rows[period])
            more = (f"and {len(cells) - MOST_CELLS} more",) if len(cells) > MOST_CELLS else ()
            found.append(Cell(name, self.keys[period], (*cells[:MOST_CELLS], *more)))
        return found

    def near(self, name: str) -> list[Cell]:
        """What a customer has at either end, else nearest to it."""
        rows = self._of(name, False)
        found = []
        for end in self.ends_of:
            before, after = [at for at in rows if at <= end], [at for at in rows if at > end]
            found += before[-1:] or after[:1]
        return self._cells(name, rows, found)

    def ends(self, name: str, once: bool) -> list[Cell]:
        """What a customer has at the ends."""
        rows = self._of(name, once)
        return self._cells(name, rows, [end for end in self.ends_of if end in rows])
