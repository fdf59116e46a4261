"""Rows that count others once more: a customer's products or parts below it, or the sum above its products."""

from __future__ import annotations

import numpy as np

from nrr_xl.records import struct
from nrr_xl.revenue.files.grid import BLANK
from nrr_xl.revenue.table.labels import LIKE, NAMED
from nrr_xl.revenue.table.nested import lines_of_each, outline_sums, part_rows, product_rows
from nrr_xl.revenue.table.table import Table

# Of more rows such lines are not looked for.
MOST = 50_000


@struct()
class Within:
    """Rows of a wide table (rows,): `parts` that their customer counts, `sums` of a customer's, `lines` of each.

    `perhaps` are parts or customers: a single row that begins as a part does, in capitals as a company's name does.
    """

    parts: np.ndarray
    sums: np.ndarray
    lines: np.ndarray
    perhaps: np.ndarray


def rows_within(table: Table, amounts: np.ndarray, cents: np.ndarray, filled: np.ndarray, labels: np.ndarray) -> Within:
    """What stands within other rows, for amounts (columns, rows), NaN for none, and the same in whole cents.

    `filled` (rows,) are the rows to look at, `labels` what each is called.
    """
    found = Within(*(np.zeros(filled.size, bool) for _ in range(4)))
    rows = np.flatnonzero(filled & np.isin(labels, (NAMED, LIKE)))
    if table.layout != "wide" or not 4 <= rows.size <= MOST:
        return found
    names = table.grid.values[table.roles["customer"], table.first : table.last + 1]
    found.parts[rows[product_rows(cents, rows, names)]] = True
    texts = [table.grid.text(row + table.first, table.roles["customer"]) for row in rows.tolist()]
    parts = part_rows(amounts, rows, texts)
    named = parts.sum() == 1 and texts[int(parts.argmax())].strip()[:1].isupper()
    (found.perhaps if named else found.parts)[rows[parts]] = True
    rows = rows[~found.parts[rows]]
    beside = [*table.segments, *([table.roles["product"]] if "product" in table.roles else [])]
    if beside:
        deep = (table.grid.kinds[beside][:, rows + table.first] != BLANK).any(axis=0)
        found.sums[rows[outline_sums(cents[:, rows], names[rows], deep)]] = True
    else:
        found.lines[rows[lines_of_each(names[rows])]] = True
    return found
