"""Doubts about amounts and periods that stop nothing: duplicates, negatives, zeros, gaps, unfinished periods."""

from __future__ import annotations

import numpy as np

from nrr_xl.periods import month_number
from nrr_xl.revenue.cells.arrays import all_apart
from nrr_xl.revenue.cells.columns import read_amounts
from nrr_xl.revenue.cells.months import folded
from nrr_xl.revenue.clean.body import Body, Reading
from nrr_xl.revenue.clean.choice import column_said
from nrr_xl.revenue.cube.complete import last_complete, looks_incomplete, usual_customers
from nrr_xl.revenue.cube.rows import RevenueRows
from nrr_xl.revenue.cube.units import HALF_CENT
from nrr_xl.revenue.findings import Findings
from nrr_xl.revenue.table.table import column_title
from nrr_xl.revenue.vocabulary import of_refunds, vocabulary, words

# So many rows that stand there twice are asked about where they stand together, or are such a share of all.
MANY_TWICE, SHARE_TWICE = 5, 0.2
# From this share of at least so many amounts on, negative ones are no exceptions.
NEARLY_ALL, FEW_AMOUNTS = 0.8, 6


def say_amounts(body: Body, columns: np.ndarray, values: np.ndarray) -> None:
    """Note negative and zero amounts among the used ones, (columns, rows) with NaN elsewhere.

    Where nearly all are negative it is asked whether they are those of a ledger's credit side.
    """
    scale = body.reading.scale
    turned = scale is not None and scale < 0
    below = values > 0 if turned else values < 0
    row, column = np.nonzero(below.T)
    filled = np.count_nonzero(np.nan_to_num(values))
    if scale is None and filled >= FEW_AMOUNTS and row.size >= NEARLY_ALL * filled:
        total, address = (
            float(np.nansum(values)),
            body.grid.address(int(row[0]) + body.table.first, int(columns[column[0]])),
        )
        body.findings.say("amounts-negative", cell=address, value=f"{row.size} of {filled}", amount=total)
        return
    body.findings.cells("negative-amount", row + body.table.first, columns[column], values[column, row])
    zero = np.argwhere((values == 0).T)
    if len(zero):
        first = body.grid.address(int(zero[0, 0]) + body.table.first, int(columns[zero[0, 1]]))
        body.findings.say("zero-amount", cell=first, value=f"{len(zero)} cell(s)")


def say_counted(body: Body, *titles: str) -> None:
    """Ask about amounts that their header or a title calls a count or an average, as a pivot does by itself."""
    for title in titles:
        said = " ".join(folded(title).split())
        if said.startswith(tuple(vocabulary()["words"]["counted"])) and body.reading.rows_are != "levels":
            row = max(body.table.header[0], 0)
            where = [
                body.grid.address(at, column)
                for at in range(max(row - 5, 0), row + 1)
                for column in range(body.grid.columns)
                if body.grid.text(at, column) == title
            ]
            body.findings.say("amounts-counted", cell=where[0] if where else "", value=title)


def say_nobody(body: Body, nobody: np.ndarray, wrong: np.ndarray, column: int, values: np.ndarray) -> None:
    """Note amounts without a customer, (rows,); many blanks in a column that has names are one question."""
    body.note("customer-error-cell", np.flatnonzero(nobody & wrong), column, values[nobody & wrong])
    rows = np.flatnonzero(nobody & ~wrong)
    body.note("customer-missing", rows, column, values[rows])


def refunds(body: Body, valid: np.ndarray, values: np.ndarray) -> np.ndarray:
    """What a column beside the amounts says was paid back of each, (rows,): told, and asked where it is more than they.

    Nothing where the amounts are net or the user spoke of the column.
    """
    table, reading, none = body.table, body.reading, np.zeros(values.size)
    columns = [column for column in (*table.unused, *table.segments) if of_refunds(table.names.get(column, ""))]
    said = {column_said(table, text.partition("=")[0]) for text in (*reading.only, *reading.exclude)}
    if not columns or said & set(columns) or "net" in words(folded(table.names[table.roles["amount"]])):
        return none
    for column in columns:
        back = np.abs(read_amounts(body.grid, [column], body.span, Findings(body.grid), reading.decimal).values[0])
        back = np.where(valid, np.nan_to_num(back), 0.0)
        rows = np.flatnonzero(back > 0)
        if not rows.size:
            continue
        title, address = column_title(table, column), body.grid.address(int(rows[0]) + table.first, column)
        if (back[rows] <= values[rows] + HALF_CENT).all():
            how = f'Taken off; --only "{title}=*" counts the amounts in full.'
            body.findings.say("refunds-taken-off", cell=address, value=title, amount=-float(back.sum()), action=how)
            return back
        body.findings.say(
            "values-unclear",
            f"{title} says that more was paid back than the amounts beside it",
            address,
            amount=float(back.sum()),
            action=f'Count all amounts in full with --only "{title}=*", or name a column of net amounts with --amount.',
        )
        return none
    return none


def say_empty(body: Body, empty: np.ndarray) -> None:
    """Note rows that hold something but no amount."""
    columns = sorted({*body.table.roles.values(), *body.table.segments, *body.table.periods})
    filled = (body.grid.kinds[columns, body.span] != 0).any(axis=0)
    rows = np.flatnonzero(empty & filled)
    for row in rows[:20].tolist():
        column = next(c for c in columns if body.grid.kinds[c, row + body.table.first])
        body.note("row-without-amount", np.array([row]), column)
    if rows.size > 20:
        first = body.grid.address(int(rows[20]) + body.table.first, columns[0])
        body.findings.say("row-without-amount", f"{rows.size - 20} more rows without an amount", first)


def say_one_time(body: Body, valid: np.ndarray, values: np.ndarray, column: int) -> np.ndarray:
    """Which rows are one-time revenue, noted by type with their total."""
    one_time = body.one_time()
    if one_time is None:
        return np.zeros(valid.size, bool)
    types = body.texts("type")
    assert types is not None
    for code, name in enumerate(types.values):
        rows = np.flatnonzero(valid & one_time & (types.codes == code))
        if rows.size:
            address = body.grid.address(int(rows[0]) + body.table.first, body.table.roles["type"])
            total = float(values[rows].sum())
            body.findings.say("one-time", f"One-time revenue in {rows.size} row(s)", address, name, total)
    return one_time


def duplicates(
    body: Body, valid: np.ndarray, who: np.ndarray, month: np.ndarray, amounts: np.ndarray, few: bool = True
) -> np.ndarray:
    """Which rows are cell for cell the same as an earlier one and left out, (rows,): told, or asked about.

    Rows that are the same have one customer `who` and one `month` (rows,); with `few` a handful is told, not asked.
    """
    none = np.zeros(valid.size, bool)
    if all_apart(who[valid], month[valid]):
        return none
    columns = [c for c in range(body.grid.columns) if body.grid.kinds[c, body.span].any()]
    rows = np.flatnonzero(valid)
    mixed = np.zeros(rows.size, np.uint64)
    for column in columns:
        cells = np.ascontiguousarray(body.grid.values[column, body.span][rows]).view(np.uint64)
        mixed = (mixed ^ cells) * np.uint64(0x9E3779B97F4A7C15)
        mixed ^= (mixed >> np.uint64(29)) + body.grid.kinds[column, body.span][rows]
    ordered = np.sort(mixed)
    if not (ordered[1:] == ordered[:-1]).any():
        return none
    order = np.argsort(mixed, kind="stable")
    again = np.flatnonzero(mixed[order][1:] == mixed[order][:-1])
    first, second = rows[order[again]] + body.table.first, rows[order[again + 1]] + body.table.first
    same = np.ones(again.size, bool)
    for column in columns:
        same &= body.grid.kinds[column, first] == body.grid.kinds[column, second]
        same &= body.grid.values[column, first] == body.grid.values[column, second]
    found = np.sort(second[same])
    column, count = body.table.roles["customer"], int(np.count_nonzero(same))
    message = f"Exactly the same as an earlier row, in {count} row(s)"
    if few and (count < MANY_TWICE or (not _in_a_run(found) and count < SHARE_TWICE * rows.size)):
        body.findings.cells("duplicate-row", found[:1], column, message=message)
    elif body.reading.duplicates is None:
        body.findings.cells("rows-twice", found[:1], column, message=message)
    if body.reading.duplicates == "drop":
        none[found - body.table.first] = True
        left = float(amounts[found - body.table.first].sum())
        body.findings.say("rows-excluded", message, amount=left)
    return none


def _in_a_run(found: np.ndarray) -> bool:
    """Whether most of the rows stand together, as a copy of others does."""
    return bool(np.mean(np.diff(found) == 1) >= 0.8)


def say_periods(rows: RevenueRows, findings: Findings, reading: Reading) -> None:
    """Note periods with no amount at all, a last period that looks unfinished, and periods to come."""
    count = len(rows.periods)
    if not count or not len(rows):
        return
    active = rows.amounts != 0
    present = np.zeros((count, len(rows.customer.values)), bool)
    present[rows.period[active], rows.customer.codes[active]] = True
    customers = np.count_nonzero(present, axis=1)
    labels = rows.periods.labels
    inside = np.flatnonzero(customers)
    if not inside.size:
        return
    empty = [position for position in range(inside[0], inside[-1]) if not customers[position]]
    if empty:
        findings.say("period-missing", value=", ".join(labels[position] for position in empty[:12]))
    closing = last_complete(customers)
    if looks_incomplete(customers, count - 1):
        keys = rows.periods.keys
        shut = f"The window closes in {labels[closing]}: --as-of {keys[-1]} closes it in the last one."
        findings.say(
            "period-incomplete",
            f"{labels[-1]} has {customers[-1]} customers, the periods before it"
            f" {usual_customers(customers, count - 1):g}",
            value=labels[-1],
            action=shut if closing < count - 1 else "",
        )
    now = month_number(reading.today.year, reading.today.month)
    future = [label for label, end in zip(labels, rows.periods.ends, strict=True) if end - rows.periods.step + 1 > now]
    if future:
        findings.say("period-future", value=", ".join(future[:12]))
