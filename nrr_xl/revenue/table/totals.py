"""Total rows, found by what they are called and by arithmetic together."""

from __future__ import annotations

import re

import numpy as np

from nrr_xl.revenue.cells.columns import Amounts, read_amounts
from nrr_xl.revenue.clean.body import Body, account_of
from nrr_xl.revenue.cube.rows import Account
from nrr_xl.revenue.files.grid import TEXT
from nrr_xl.revenue.findings import Findings
from nrr_xl.revenue.table.layout import Table, column_title
from nrr_xl.revenue.vocabulary import vocabulary, words


def total_rows(table: Table, amounts: np.ndarray, findings: Findings) -> np.ndarray:
    """Which rows are totals, (rows,), for amounts (columns, rows) with NaN where there is none.

    A row called a total is one when it equals the rows since the last total, or all rows that are none; so is a row
    without a customer or a name that does. A row only called so is kept, with a warning.
    """
    present = ~np.isnan(amounts)
    labelled = _labelled(table) & present.any(axis=0)
    grid, column = table.grid, table.roles["customer"]
    bare = (grid.kinds[column, table.first : table.last + 1] == 0) & present.any(axis=0) & ~labelled
    totals = np.zeros(labelled.size, bool)
    candidates = np.flatnonzero(labelled | bare)
    if not candidates.size or candidates.size > 0.5 * np.count_nonzero(present.any(axis=0)):
        return totals
    plain = np.where(present, amounts, 0.0)
    ordinary = ~(labelled | bare)
    running = np.concatenate([np.zeros((len(plain), 1)), np.cumsum(np.where(ordinary, plain, 0.0), axis=1)], axis=1)
    counts = np.concatenate([[0], np.cumsum(ordinary & present.any(axis=0))])
    since = 0
    for row in candidates.tolist():
        wanted = plain[:, row]
        spans = ((since, row), (0, row), (0, labelled.size))
        match = any(
            counts[end] - counts[start] >= (1 if labelled[row] else 2)
            and np.allclose(running[:, end] - running[:, start], wanted, rtol=1e-9, atol=0.011)
            for start, end in spans
        )
        first_column = int(np.flatnonzero(present[:, row])[0])
        address = table.first + row
        amount = float(wanted.sum())
        shown = sorted(table.periods)[first_column] if table.periods else table.roles["amount"]
        if match:
            totals[row], since = True, row + 1
            findings.cells("total-row" if labelled[row] else "total-unlabelled", [address], shown, [amount])
        elif labelled[row]:
            findings.cells("total-unproven", [address], shown, [amount])
    return totals


def summary_columns(
    body: Body, columns: np.ndarray, read: Amounts, extra: np.ndarray, totals: np.ndarray
) -> tuple[np.ndarray, Account]:
    """Which period columns are sums of others or of another length, and the account of the extra columns.

    `read` are the amounts of the period columns, (columns, rows); `extra` are the columns headed as totals, or by a
    date of which day and month cannot be told apart.
    """
    table, values = body.table, read.values
    present = ~np.isnan(values)
    steps = np.array([table.periods[column].step for column in columns.tolist()])
    ends = np.array([table.periods[column].end for column in columns.tolist()])
    lengths, counts = np.unique(steps, return_counts=True)
    common = int(lengths[np.argmax(counts)])
    left = steps != common
    plain = np.where(present & ~totals, values, 0.0)
    for position in np.flatnonzero(left).tolist():
        inside = (steps == common) & (ends <= ends[position]) & (ends > ends[position] - steps[position])
        _say_column(body, int(columns[position]), plain[position], plain[inside].sum(axis=0) if inside.any() else None)
    seen: dict[int, int] = {}
    for position in np.flatnonzero(~left).tolist():
        if seen.setdefault(int(ends[position]), position) != position:
            left[position] = True
            body.findings.say(
                "period-twice",
                cell=body.grid.address(table.header[1], int(columns[position])),
                value=column_title(table, int(columns[position])),
                amount=float(plain[position].sum()),
            )
    if not extra.size:
        return left, Account()
    sums = read_amounts(body.grid, extra, body.span, Findings(body.grid), read.decimal).values
    for column, amounts in zip(extra.tolist(), sums, strict=True):
        if column in table.undecided:
            code = "date-ambiguous" if table.dated.day_first is None else "date-mixed"
            address, title = body.grid.address(table.header[1], column), column_title(table, column)
            body.findings.say(code, cell=address, value=title, amount=float(np.nansum(amounts)))
            continue
        _say_column(body, column, np.nan_to_num(amounts), plain[~left].sum(axis=0), totals)
    return left, account_of(sums, np.zeros(sums.shape, bool), np.zeros(sums.shape, bool))


def _say_column(body: Body, column: int, amounts: np.ndarray, expected: np.ndarray | None, totals=None) -> None:
    """Note a column that is left out: as a total where its amounts are the sums, else with a warning."""
    compared = slice(None) if totals is None else ~totals
    equal = expected is not None and np.allclose(amounts[compared], expected[compared], rtol=1e-9, atol=0.011)
    address = body.grid.address(body.table.header[1], column)
    code = "total-column" if equal else "column-left-out"
    body.findings.say(code, cell=address, value=column_title(body.table, column), amount=float(amounts.sum()))


def _labelled(table: Table) -> np.ndarray:
    """The rows of which a text cell says that they are a total."""
    grid = table.grid
    found = np.zeros(table.last + 1 - table.first, bool)
    names = [words(phrase) for phrase in vocabulary()["words"]["total"]]
    likely = re.compile("|".join({re.escape(name[0]) for name in names}), re.IGNORECASE).search
    says = np.array([likely(text) is not None and _says_total(text, names) for text in grid.strings], bool)
    if says.any():
        for column in {table.roles["customer"], *table.segments, *table.roles.values()}:
            kinds = grid.kinds[column, table.first : table.last + 1]
            texts = np.flatnonzero(kinds == TEXT)
            found[texts] |= says[grid.values[column, table.first : table.last + 1][texts].astype(np.int64)]
    return found


def _says_total(text: str, names: list[tuple[str, ...]]) -> bool:
    """Whether a text begins or ends with a word for a total."""
    if len(text) > 80:
        return False
    said = words(text)
    return any(
        said[: len(name)] == name or said[len(said) - len(name) :] == name for name in names if len(name) <= len(said)
    )
