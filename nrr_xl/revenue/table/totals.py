"""Rows that are sums of others: found by arithmetic, and by what they are called where that proves little."""

from __future__ import annotations

import numpy as np

from nrr_xl.revenue.findings import Findings
from nrr_xl.revenue.table.labels import BLANK, LIKE, MEASURE, NAMED, SUB, TOTAL, labels_of_rows
from nrr_xl.revenue.table.layout import Table

# A sum over so many different amounts is no accident.
TELLING = 3
# A row that equals the sum of all others is a total whatever it is called, from so many others on.
MANY = 5


def total_rows(
    table: Table, amounts: np.ndarray, findings: Findings, kept: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Which rows are totals and which cannot be told, (rows,) each, for amounts (columns, rows) with NaN for none.

    A total equals the sum of two rows or more that stand together above or below it; totals that were found do not
    count any more, so that totals of totals are found next. Arithmetic alone is enough over at least TELLING different
    amounts; else the row must be called a total, or have no name. A row that is called a total and nothing else and
    adds up to nothing cannot be told. `kept` are rows that are customers whatever they are called.
    """
    present = ~np.isnan(amounts)
    filled = present.any(axis=0)
    labels = np.where(filled, labels_of_rows(table), NAMED)
    if kept is not None:
        filled = filled & ~kept
        labels = np.where(kept, NAMED, labels)
    cents = np.round(np.where(present, amounts, 0.0) * 100).astype(np.int64)
    # A row of text under the last customer that measures the table, such as NRR, is none; amid customers it is one.
    last = np.flatnonzero(filled & np.isin(labels, (NAMED, LIKE)))
    measure = (labels == MEASURE) & filled & (np.arange(filled.size) > (last[-1] if last.size else -1))
    totals = np.zeros(filled.size, bool)
    free = filled & ~measure
    for _ in range(4):
        found = _sums(cents, free & ~totals, labels, kept)
        if not found.any() or np.count_nonzero(free & ~totals & ~found) < 2:
            break
        totals |= found
    totals |= _close_sums(cents, free, totals, labels)
    totals |= _block(cents, free & ~totals, kept)
    unsure = free & ~totals & (np.isin(labels, (SUB, TOTAL)))
    _say(table, amounts, findings, totals, unsure, measure, labels)
    return totals | measure, unsure


def _sums(cents: np.ndarray, free: np.ndarray, labels: np.ndarray, kept: np.ndarray | None) -> np.ndarray:
    """The free rows that equal the sum of free rows standing together right above or right below them."""
    rows = np.flatnonzero(free)
    found = np.zeros(free.size, bool)
    if rows.size < 3:
        return found
    values = cents[:, rows]
    # One number for each row's amounts, so that equal sums are found without comparing all with all (modulo 2^64).
    weights = np.random.default_rng(7).integers(1, 2**62, len(values), dtype=np.int64) | 1
    with np.errstate(over="ignore"):
        mixed = (values * weights[:, None]).sum(axis=0, dtype=np.int64)
        before = np.concatenate([[np.int64(0)], np.cumsum(mixed, dtype=np.int64)])
        above, below = before[:-1] - mixed, before[1:] + mixed
    order = np.argsort(before, kind="stable")
    ranked = before[order]
    nonzero = values.any(axis=0)
    for at, wanted, upward in ((np.arange(rows.size), above, True), (np.arange(rows.size), below, False)):
        place = np.searchsorted(ranked, wanted)
        hits = np.flatnonzero(
            (place < ranked.size) & (ranked[np.minimum(place, ranked.size - 1)] == wanted) & nonzero[at]
        )
        for row in hits.tolist():
            edges = order[place[row] : np.searchsorted(ranked, wanted[row], side="right")]
            if upward:
                edges = edges[edges <= row - 2]
                spans = [(int(edge), row) for edge in edges]
            else:
                edges = edges[edges >= row + 3]
                spans = [(row + 1, int(edge)) for edge in edges]
            spans = [(a, b) for a, b in spans if np.count_nonzero(nonzero[a:b]) >= 2]
            if spans and _proven(values, row, spans, labels[rows[row]], rows.size):
                found[rows[row]] = True
    if kept is not None:
        found &= ~kept
    return _innermost(found, free)


def _proven(values: np.ndarray, row: int, spans: list[tuple[int, int]], label: int, count: int) -> bool:
    """Whether a sum that is met proves a total, by what the row is called and how much is summed."""
    if label in (BLANK, SUB, TOTAL):
        return True
    telling = np.unique(values[:, row][values[:, row] != 0]).size >= TELLING
    if telling:
        return True
    # Of flat amounts, a row is a total only where it sums all others, and it stands at an edge.
    whole = any(b - a == count - 1 for a, b in spans)
    return label != LIKE and whole and count > MANY and len(values) > 1


def _innermost(found: np.ndarray, free: np.ndarray) -> np.ndarray:
    """The found rows; they are taken out together, and what sums them is found next."""
    return found & free


def _close_sums(cents: np.ndarray, free: np.ndarray, totals: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Rows called totals that equal a sum but for rounding, or the sum of all rows that are none."""
    found = np.zeros(free.size, bool)
    called = np.flatnonzero(free & ~totals & np.isin(labels, (SUB, TOTAL)))
    if not called.size or called.size > 0.5 * np.count_nonzero(free):
        return found
    plain = free & ~totals & ~np.isin(labels, (SUB, TOTAL))
    running = np.concatenate(
        [np.zeros((len(cents), 1), np.int64), np.cumsum(np.where(plain, cents, 0), axis=1)], axis=1
    )
    counts = np.concatenate([[0], np.cumsum(plain)])
    whole = not (cents[:, plain] % 100).any()
    since = 0
    for row in called.tolist():
        for start, end in ((since, row), (0, row), (0, free.size), (row, free.size)):
            many = counts[end] - counts[start]
            hair = many * (50 if whole else 0.5) + 1
            off = np.abs(running[:, end] - running[:, start] - cents[:, row])
            if many >= 1 and (off <= hair).all() and off.sum() <= 0.002 * np.abs(cents[:, row]).sum() + 2 * len(cents):
                found[row], since = True, row + 1
                break
    return found


def _block(cents: np.ndarray, free: np.ndarray, kept: np.ndarray | None) -> np.ndarray:
    """The rows of a block at the end (or the top) that sums the others another way, such as by region."""
    rows = np.flatnonzero(free)
    found = np.zeros(free.size, bool)
    if rows.size < 2 * MANY or len(cents) < TELLING:
        return found
    values = cents[:, rows]
    whole = values.sum(axis=1)
    halves = np.flatnonzero((2 * np.cumsum(values, axis=1) == whole[:, None]).all(axis=0)) + 1
    for cut in halves.tolist():
        lower, upper = rows.size - cut, cut
        if (
            min(lower, upper) >= 2
            and np.unique(whole[whole != 0]).size >= TELLING
            and max(lower, upper) > min(lower, upper)
        ):
            found[rows[cut:] if lower <= upper else rows[:cut]] = True
            return found
    return found


def _say(table: Table, amounts, findings: Findings, totals, unsure, measure, labels) -> None:
    """Note every row that is left out, and those that cannot be told."""
    values = np.nan_to_num(amounts).sum(axis=0)
    for code, rows in (
        ("total-row", np.flatnonzero(totals & (labels != BLANK))),
        ("total-unlabelled", np.flatnonzero(totals & (labels == BLANK))),
        ("measure-row", np.flatnonzero(measure)),
        ("total-unproven", np.flatnonzero(unsure)),
    ):
        if rows.size:
            findings.cells(code, rows + table.first, table.roles["customer"], values[rows])
    like = np.flatnonzero((labels == LIKE) & ~totals)
    if like.size:
        column = table.roles["customer"]
        codes = table.grid.values[column, like + table.first]
        _, first = np.unique(codes, return_index=True)
        findings.cells("total-like-name", like[np.sort(first)] + table.first, column)
