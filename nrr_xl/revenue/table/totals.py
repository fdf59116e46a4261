"""Rows that are sums of others: found by arithmetic, and by what they are called where that proves little."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from nrr_xl.revenue.cells.arrays import distinct
from nrr_xl.revenue.files.grid import TEXT
from nrr_xl.revenue.findings import Findings
from nrr_xl.revenue.table.labels import BLANK, LIKE, MEASURE, NAMED, SUB, TOTAL, labels_of_rows
from nrr_xl.revenue.table.measures import RATE, is_company, is_measure, says_measure
from nrr_xl.revenue.table.table import Table, column_title
from nrr_xl.revenue.table.within import Within, rows_within

# A sum over so many different amounts is no accident.
TELLING = 3
# A row of flat amounts that equals the sum of all others is asked about, from so many others on.
MANY = 4
# A name for measures stands below so many customers, or more.
REPEATED = 3
# A larger share of rows without a name are no totals.
BLANKS = 0.25


def total_rows(
    table: Table,
    amounts: np.ndarray,
    findings: Findings,
    kept: np.ndarray | None = None,
    lines: np.ndarray | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Which rows are totals and which cannot be told, (rows,) each, for amounts (columns, rows) with NaN for none.

    A total equals the sum of two rows or more that stand together above or below it; totals that were found do not
    count any more, so that totals of totals are found next. Arithmetic alone is enough over at least TELLING different
    amounts; else the row must be called a total, or have no name. A row that is called a total and nothing else and
    adds up to nothing cannot be told, nor one of flat amounts that sums all others. `kept` are rows that are customers
    whatever they are called, `lines` those of a bridge, which sum each other.
    """
    present = ~np.isnan(amounts)
    filled = present.any(axis=0)
    labels = np.where(filled, labels_of_rows(table), NAMED)
    for known in (kept, lines):
        if known is not None:
            filled = filled & ~known
            labels = np.where(known, NAMED, labels)
    if np.count_nonzero(filled & (labels == BLANK)) > max(3, BLANKS * np.count_nonzero(filled)):
        # So many blanks are no totals but names that stand on the first row of a group only.
        labels = np.where(labels == BLANK, NAMED, labels)
    cents = np.round(np.where(present, amounts, 0.0) * 100).astype(np.int64)
    within = rows_within(table, amounts, cents, filled, labels)
    filled = filled & ~within.parts & ~within.sums
    measure, beyond = _measures(table, amounts, filled, labels)
    totals, doubtful = np.zeros(filled.size, bool), np.zeros(filled.size, bool)
    free = filled & ~measure
    every = cents.sum(axis=1)
    for _ in range(4):
        found, weak = _sums(cents, free & ~totals, labels)
        if not found.any() or np.count_nonzero(free & ~totals & ~found) < 2:
            doubtful |= weak
            break
        # A row that others than a total sum up with the rest is a customer, though it equals that rest.
        totals |= found
        doubtful |= weak
    if totals[doubtful].any() or (doubtful.any() and _summed_by_total(cents, totals & (labels == TOTAL), doubtful)):
        doubtful[:] = False
    totals |= _close_sums(cents, free, totals, labels)
    totals |= _block(cents, free & ~totals) | within.sums
    unsure = free & ~totals & (np.isin(labels, (SUB, TOTAL)) | doubtful | beyond | within.perhaps) & every.any()
    lines = free & ~totals & ~unsure & within.lines
    _say(table, amounts, findings, totals, unsure, measure, labels, replace(within, lines=lines))
    return totals | measure | within.parts, unsure | lines


def _measures(
    table: Table, amounts: np.ndarray, filled: np.ndarray, labels: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The rows below the customers that measure the table, and those of which nobody can tell, (rows,) each.

    Below a total of all customers each row is a measure by its name or by arithmetic, or it is asked about. Without
    such a total rows are measures from the last one upward, as long as each is one. What stands amid customers is none.
    A name that a company may have, such as Delta, proves nothing without a total above it: such a row is a measure by
    arithmetic, it is asked about where its amounts are hardly a customer's, or it is a customer (LIKE in `labels`).
    """
    measure, beyond = np.zeros(filled.size, bool), np.zeros(filled.size, bool)
    plain = filled & np.isin(labels, (NAMED, LIKE))
    rows = np.flatnonzero(filled)
    if len(amounts) < 2:
        last = np.flatnonzero(plain)
        return (labels == MEASURE) & filled & (np.arange(filled.size) > (last[-1] if last.size else -1)), beyond
    measure |= _rates_of_each(table, amounts, filled)
    measure |= _beside_totals(table, filled & ~measure, labels)
    filled, plain, rows = filled & ~measure, plain & ~measure, np.flatnonzero(filled & ~measure)
    grand = _grand_total(amounts, filled, labels)
    customers = plain & (np.arange(filled.size) < grand) if grand >= 0 else plain.copy()
    for row in rows[rows > grand][::-1].tolist():
        customers[row] = False
        if np.count_nonzero(customers) < 2:
            continue
        text = table.grid.text(row + table.first, table.roles["customer"])
        called = labels[row] in (SUB, TOTAL, BLANK)
        # Without a total above it arithmetic alone must be no accident.
        telling = grand >= 0 or distinct(amounts[~np.isnan(amounts[:, row]), row]).size >= TELLING
        named = labels[row] == MEASURE or (says_measure(text) and not called)
        company = named and grand < 0 and is_company(text)
        if (named and not company) or (telling and is_measure(amounts, customers, row)):
            measure[row] = True
        elif called:
            continue
        elif company and not _as_customer(amounts, customers, row):
            beyond[row] = True
        elif grand < 0:
            labels[row] = LIKE if company else labels[row]
            break
        else:
            beyond[row] = True
    amid = np.flatnonzero(plain & ~measure & ~beyond)
    beyond[[row for row in amid.tolist() if _only_measure(table, row)]] = True
    return measure, beyond


def _rates_of_each(table: Table, amounts: np.ndarray, filled: np.ndarray) -> np.ndarray:
    """The rows below each customer that hold its share or growth under one name for measures, (rows,)."""
    column, span = table.roles["customer"], slice(table.first, table.last + 1)
    codes = np.where(table.grid.kinds[column, span] == TEXT, table.grid.values[column, span], -1).astype(np.int64)
    texts, counts = np.unique(codes[filled & (codes >= 0)], return_counts=True)
    found = np.zeros(filled.size, bool)
    for code in texts[counts >= REPEATED].tolist():
        name, mine = table.grid.strings[code], filled & (codes == code)
        if says_measure(name) and not is_company(name) and (np.nan_to_num(np.abs(amounts[:, mine])) < RATE).all():
            found |= mine
    return found


def _beside_totals(table: Table, filled: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """The rows above all customers or right below a total whose names can only be measures, (rows,)."""
    found, after = np.zeros(filled.size, bool), True
    for row in np.flatnonzero(filled).tolist():
        said = after and labels[row] in (NAMED, LIKE, MEASURE) and _only_measure(table, row)
        found[row] = said
        after = said or labels[row] in (SUB, TOTAL)
    return found


def _only_measure(table: Table, row: int) -> bool:
    """Whether a row is called by words for measures alone, which no company has for its name."""
    text = table.grid.text(row + table.first, table.roles["customer"])
    return says_measure(text) and not is_company(text)


def _as_customer(amounts: np.ndarray, customers: np.ndarray, row: int) -> bool:
    """Whether a row has amounts as a customer has: from the first column, never below 0, and not how many there are."""
    mine = amounts[:, row]
    many = np.count_nonzero(np.nan_to_num(amounts[:, customers]), axis=1)
    return bool(mine[0] > 0 and not (mine < 0).any() and (mine != many).any())


def _grand_total(amounts: np.ndarray, filled: np.ndarray, labels: np.ndarray) -> int:
    """The last row called a total that equals, but for rounding, all customers above it; -1 without one."""
    plain = filled & np.isin(labels, (NAMED, LIKE))
    for row in np.flatnonzero(filled & (labels == TOTAL))[::-1][:6].tolist():
        above = plain & (np.arange(filled.size) < row)
        if np.count_nonzero(above) < 0.6 * np.count_nonzero(plain):
            return -1
        apart = np.abs(np.nansum(amounts[:, above], axis=1) - np.nan_to_num(amounts[:, row]))
        if np.count_nonzero(above) >= 2 and (apart <= 0.51 * np.count_nonzero(above)).all():
            return int(row)
    return -1


def _summed_by_total(cents: np.ndarray, totals: np.ndarray, doubtful: np.ndarray) -> bool:
    """Whether a row called a total counts the doubtful row as one of its own, so that it is twice as large."""
    return any((cents[:, row : row + 1] == 2 * cents[:, doubtful]).all() for row in np.flatnonzero(totals).tolist())


def _sums(cents: np.ndarray, free: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The free rows that equal the sum of free rows together right above or right below them; and the doubtful ones."""
    rows = np.flatnonzero(free)
    found, doubtful = np.zeros(free.size, bool), np.zeros(free.size, bool)
    if rows.size < 3:
        return found, doubtful
    values = cents[:, rows]
    if (
        len(values) < TELLING
        and not np.isin(labels[rows], (BLANK, SUB, TOTAL)).any()
        and (len(values) < 2 or rows.size > 1000)
    ):
        return found, doubtful
    # One number for each row's amounts, so that equal sums are found without comparing all with all (modulo 2^64).
    weights = np.random.default_rng(7).integers(1, 2**62, len(values), dtype=np.int64) | 1
    with np.errstate(over="ignore"):
        mixed = (values * weights[:, None]).sum(axis=0, dtype=np.int64)
        before = np.concatenate([[np.int64(0)], np.cumsum(mixed, dtype=np.int64)])
        above, below = before[:-1] - mixed, before[1:] + mixed
    order = np.argsort(before, kind="stable")
    ranked = before[order]
    nonzero = values.any(axis=0)
    many = np.concatenate([[0], np.cumsum(nonzero)])
    for wanted, upward in ((above, True), (below, False)):
        place = np.searchsorted(ranked, wanted)
        hits = np.flatnonzero((place < rows.size + 1) & (ranked[np.minimum(place, rows.size)] == wanted) & nonzero)
        for row in hits.tolist():
            edges = order[place[row] : np.searchsorted(ranked, wanted[row], side="right")]
            spans = (
                [(edge, row) for edge in edges[edges <= row - 2].tolist()]
                if upward
                else [(row + 1, edge) for edge in edges[edges >= row + 3].tolist()]
            )
            sizes = [int(many[b] - many[a]) for a, b in spans if many[b] - many[a] >= 2]
            if not sizes:
                continue
            at = rows[row]
            if labels[at] in (BLANK, SUB, TOTAL) or distinct(values[:, row][values[:, row] != 0]).size >= TELLING:
                found[at] = True
            elif labels[at] != LIKE and len(values) > 1 and max(sizes) == many[-1] - 1 >= MANY:
                doubtful[at] = True
    return found, doubtful


def _close_sums(cents: np.ndarray, free: np.ndarray, totals: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Rows called totals that equal a sum but for rounding, or the sum of all rows that are none."""
    found = np.zeros(free.size, bool)
    called = np.flatnonzero(free & ~totals & np.isin(labels, (SUB, TOTAL)))
    if not called.size or called.size > 0.5 * np.count_nonzero(free) + 1:
        return found
    plain = free & ~totals & ~np.isin(labels, (SUB, TOTAL))
    running = np.concatenate(
        [np.zeros((len(cents), 1), np.int64), np.cumsum(np.where(plain, cents, 0), axis=1)], axis=1
    )
    counts = np.concatenate([[0], np.cumsum(plain)])
    whole = not (cents[:, plain] % 100).any()
    known = np.flatnonzero(totals)
    for row in called.tolist():
        # Since the last total above it, found before or here.
        since = 1 + max(int(known[known < row].max(initial=-1)), int(np.flatnonzero(found[:row]).max(initial=-1)))
        for start, end in ((since, row), (0, row), (0, free.size), (row, free.size)):
            many = counts[end] - counts[start]
            own = not (cents[:, row] % 100).any()
            hair = many * (50 if whole else 0.5) + (51 if own else 1)
            off = np.abs(running[:, end] - running[:, start] - cents[:, row])
            if many >= 1 and (off <= hair).all() and off.sum() <= 0.002 * np.abs(cents[:, row]).sum() + 2 * len(cents):
                found[row] = True
                break
    return found


def _block(cents: np.ndarray, free: np.ndarray) -> np.ndarray:
    """The rows of a block at the end (or the top) that sums the others another way, such as by region."""
    rows = np.flatnonzero(free)
    found = np.zeros(free.size, bool)
    if rows.size < 8 or len(cents) < TELLING:
        return found
    values = cents[:, rows]
    whole = values.sum(axis=1)
    halves = np.flatnonzero((2 * np.cumsum(values, axis=1) == whole[:, None]).all(axis=0)) + 1
    for cut in halves.tolist():
        lower, upper = rows.size - cut, cut
        if (
            min(lower, upper) >= 2
            and distinct(whole[whole != 0]).size >= TELLING
            and max(lower, upper) > min(lower, upper)
        ):
            found[rows[cut:] if lower <= upper else rows[:cut]] = True
            return found
    return found


def _exclude(table: Table, row: int) -> str:
    """The option that leaves out all rows that are called like one."""
    customer = table.roles["customer"]
    title = column_title(table, customer)
    return f'--exclude "{title}={table.grid.text(row + table.first, customer)}"'


def _say(
    table: Table,
    amounts: np.ndarray,
    findings: Findings,
    totals: Any,
    unsure: Any,
    measure: Any,
    labels: np.ndarray,
    within: Within,
) -> None:
    """Note every row that is left out, and those that cannot be told."""
    values = np.nan_to_num(amounts).sum(axis=0)
    for code, rows in (
        ("total-row", np.flatnonzero(totals & (labels != BLANK))),
        ("total-unlabelled", np.flatnonzero(totals & (labels == BLANK))),
        ("measure-row", np.flatnonzero(measure)),
        ("product-row", np.flatnonzero(within.parts)),
        ("total-unproven", np.flatnonzero(unsure)),
        ("line-repeated", np.flatnonzero(within.lines)),
    ):
        if rows.size:
            action = ""
            if code in ("total-unproven", "line-repeated"):
                numbers = table.grid.row_numbers()[rows + table.first].tolist()
                told = ",".join(map(str, numbers[:50] if code == "total-unproven" else numbers))
                out = f"Leave it out with --drop-rows {told}"
                if code == "line-repeated":
                    out = f"Leave it out with {_exclude(table, int(rows[0]))}"
                action = f"{out}, or count it as a customer with --keep-rows {told}."
            findings.cells(code, rows + table.first, table.roles["customer"], values[rows], action=action)
    like = np.flatnonzero((labels == LIKE) & ~totals)
    if like.size:
        column = table.roles["customer"]
        codes = table.grid.values[column, like + table.first]
        _, first = np.unique(codes, return_index=True)
        findings.cells("total-like-name", like[np.sort(first)] + table.first, column)
