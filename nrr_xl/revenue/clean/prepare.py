"""A table made ready to be read: merged cells and names filled down, repeated headers blanked, what is hidden noted."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from nrr_xl.revenue.cells.columns import read_amounts
from nrr_xl.revenue.cells.manytexts import spelling_key, spelt_so
from nrr_xl.revenue.clean.body import Reading
from nrr_xl.revenue.clean.heads import customers_above
from nrr_xl.revenue.files.grid import BLANK, NUMBER, TEXT, Grid, column_letter
from nrr_xl.revenue.findings import Findings
from nrr_xl.revenue.table.labels import BLANK as NO_NAME
from nrr_xl.revenue.table.labels import labels_of_rows
from nrr_xl.revenue.table.sides import SMALL
from nrr_xl.revenue.table.table import Table, column_title

# From this share of the rows with amounts on, blank customers are names that stand on the first row of a group only.
GROUPED = 0.3
# From this share of equal rows on, what stands under a repeated header is the table once more.
AGAIN = 0.5


def prepare(table: Table, findings: Findings, reading: Reading) -> Table:
    """The table with merged cells filled down and repeated header rows blanked; what is hidden is noted."""
    if table.contra is not None:
        table = _net_of_contra(table, table.contra, findings, reading.decimal)
    grid = _merged(table, findings)
    customer = table.roles["customer"]
    repeated = _repeated(table, grid)
    if repeated.size:
        findings.cells("repeated-header", repeated, customer)
        kinds = grid.kinds.copy()
        kinds[:, repeated] = BLANK
        grid = replace(grid, kinds=kinds)
        _again(table, grid, repeated, findings)
    grid = _names_down(table, grid, findings, reading.fill_down)
    if hidden := [row for row in grid.hidden_rows if table.first <= row <= table.last]:
        findings.say("hidden-rows", cell=grid.address(hidden[0], customer), value=f"{len(hidden)} row(s)")
    used = {*table.roles.values(), *table.periods, *table.segments}
    for column in grid.hidden_columns:
        if column in used:
            findings.say(
                "hidden-columns", cell=grid.address(table.header[1], column), value=column_title(table, column)
            )
    return customers_above(replace(table, grid=grid), findings)


def _net_of_contra(table: Table, contra: int, findings: Findings, decimal: str | None) -> Table:
    """The table with the amounts of the smaller of two sides, debit and credit, taken from those of the other."""
    grid, span, amount = table.grid, slice(table.first, table.last + 1), table.roles["amount"]
    sides = read_amounts(grid, [amount, contra], span, Findings(grid), decimal).values
    rows = np.flatnonzero(np.nan_to_num(sides[1]) != 0)
    if not rows.size:
        return table
    both = np.count_nonzero(np.nan_to_num(sides) != 0)
    titles = column_title(table, amount), column_title(table, contra)
    address = grid.address(int(rows[0]) + table.first, contra)
    if rows.size > SMALL * both:
        ways = ", or ".join(f'--amount "{title}"' for title in titles)
        findings.say("sides-unclear", cell=address, value=titles[1], action=f"Say which counts with {ways}.")
        return table
    net = np.nan_to_num(sides[0][rows]) - sides[1][rows]
    findings.say("side-taken-off", cell=address, value=titles[1], amount=-float(sides[1][rows].sum()))
    kinds, values = grid.kinds.copy(), grid.values.copy()
    kinds[amount, rows + table.first], values[amount, rows + table.first] = NUMBER, net
    return replace(table, grid=replace(grid, kinds=kinds, values=values))


def _merged(table: Table, findings: Findings) -> Grid:
    """The grid with cells that are merged over several rows filled down."""
    grid = table.grid
    amounts = set(table.periods) | {table.roles.get("amount", -1)}
    downward = [
        corners
        for corners in grid.merges
        if corners[2] > corners[0] >= table.first
        and corners[2] <= table.last
        and corners[1] == corners[3]
        and corners[1] not in amounts
        and grid.kinds[corners[1], corners[0]] != BLANK
    ]
    if not downward:
        return grid
    kinds, values = grid.kinds.copy(), grid.values.copy()
    for top, column, bottom, _ in downward:
        kinds[column, top : bottom + 1] = kinds[column, top]
        values[column, top : bottom + 1] = values[column, top]
        findings.cells("merged-cells", [top], column)
    return replace(grid, kinds=kinds, values=values)


def _repeated(table: Table, grid: Grid) -> np.ndarray:
    """The rows that hold the header once more: the customer's, and every other header that the row has a cell for."""
    customer, span = table.roles["customer"], slice(table.first, table.last + 1)
    title = spelling_key(table.names.get(customer, ""))
    length = range(len(title), len(title) + 20)
    alike = [at for at in spelt_so(grid.strings, [title]).get(title, []) if len(grid.strings[at]) in length]
    if not alike:
        return np.zeros(0, np.int64)
    same = np.zeros(len(grid.strings), bool)
    same[alike] = True
    cells = np.flatnonzero(grid.kinds[customer, span] == TEXT) + table.first
    found = cells[same[grid.values[customer, cells].astype(np.int64)]].tolist()
    others = [column for column in (*table.roles.values(), *list(table.periods)[:3]) if column != customer]
    header = table.header[1]

    def repeats(row: int) -> bool:
        return any(
            grid.kinds[column, row] and spelling_key(grid.text(row, column)) == spelling_key(grid.text(header, column))
            for column in others
        )

    return np.array([row for row in found if repeats(row)], np.int64)


def _again(table: Table, grid: Grid, repeated: np.ndarray, findings: Findings) -> None:
    """Refuse a table that stands once more under the header repeated: the same rows but for their amounts."""
    columns = [table.roles["customer"], *table.segments]
    columns += [table.roles[role] for role in ("date", "start", "product") if role in table.roles]
    rows = np.arange(table.first, table.last + 1)
    key = np.zeros(rows.size, np.uint64)
    for column in columns:
        cells = np.ascontiguousarray(grid.values[column, rows]).view(np.uint64) + grid.kinds[column, rows]
        key = (key ^ cells) * np.uint64(0x9E3779B97F4A7C15)
        key ^= key >> np.uint64(29)
    amounts = sorted(table.periods) or [table.roles["amount"]]
    counted = grid.kinds[amounts][:, rows].any(axis=0) & (grid.kinds[table.roles["customer"], rows] != BLANK)
    block = np.searchsorted(repeated, rows, side="right")
    tops = [max(table.header[0], 0), *repeated.tolist()]
    ends = [*(row - 1 for row in repeated.tolist()), table.last]
    for at in range(1, len(tops)):
        mine, before = counted & (block == at), counted & (block < at)
        if mine.sum() >= 2 and np.isin(key[mine], key[before]).mean() >= AGAIN:
            left, right = (column_letter(c + grid.origin[1]) for c in (min(columns + amounts), max(columns + amounts)))
            ranges = [
                f"{left}{top + grid.origin[0] + 1}:{right}{end + grid.origin[0] + 1}"
                for top, end in zip(tops, ends, strict=True)
            ]
            action = "Read one with " + ", or ".join(f"--range {text}" for text in ranges[:6])
            action += "."
            findings.say("second-table", cell=grid.address(tops[at], table.roles["customer"]), action=action)
            return


def _names_down(table: Table, grid: Grid, findings: Findings, asked: bool) -> Grid:
    """The grid with names filled down where they stand on the first row of a group only, or where the user says so."""
    customer, rows = table.roles["customer"], np.arange(table.first, table.last + 1)
    amounts = sorted(table.periods) or [table.roles["amount"]]
    counted = grid.kinds[amounts][:, rows].any(axis=0)
    blank = counted & (grid.kinds[customer, rows] == BLANK)
    beside = [c for c in (*table.segments, *table.roles.values(), *table.unused) if c not in (*amounts, customer)]
    if beside:
        # A row that holds nothing but amounts is a sum of others, and no customer's.
        blank &= grid.kinds[beside][:, rows].any(axis=0)
    elif not asked:
        return grid
    if not blank.any():
        return grid
    blank &= labels_of_rows(replace(table, grid=grid)) == NO_NAME
    named = np.flatnonzero(grid.kinds[customer, rows] != BLANK)
    grouped = blank.sum() >= max(2, GROUPED * counted.sum())
    if not blank.any() or not named.size or not (asked or grouped):
        return grid
    columns = [customer, *([table.roles["identifier"]] if "identifier" in table.roles else [])]
    kinds, values = grid.kinds.copy(), grid.values.copy()
    for column in columns:
        filled = grid.kinds[column, rows] != BLANK
        last = np.maximum.accumulate(np.where(filled, np.arange(rows.size), -1))
        target = blank & ~filled & (last >= 0)
        kinds[column, rows[target]] = grid.kinds[column, rows[last[target]]]
        values[column, rows[target]] = grid.values[column, rows[last[target]]]
    first = int(rows[np.flatnonzero(blank)[0]])
    findings.say(
        "filled-down", f"Blank customers under a name in {int(blank.sum())} row(s)", grid.address(first, customer)
    )
    return replace(grid, kinds=kinds, values=values)
