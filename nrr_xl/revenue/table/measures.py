"""Rows below the customers that measure the table and are none: counts, averages, growth, run rates of its total."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from nrr_xl.revenue.cells.months import folded
from nrr_xl.revenue.vocabulary import vocabulary

Array = np.ndarray[Any, Any]
# Rows of rates are told from amounts by their size: growth of more than a thousand per cent a period is none.
RATE = 10.0
# Amounts below this are near many others by a cent.
SMALL = 10.0


def says_measure(text: str) -> bool:
    """Whether a row's name is made of words for measures only.

    >>> says_measure("# customers"), says_measure("MoM growth %"), says_measure("Avg. revenue per account")
    (True, True, True)
    >>> says_measure("Growth Partners"), says_measure("Customer")
    (False, False)
    """
    said = re.findall(r"[^\W_]+|[#%Øø]", folded(text))
    core, beside = vocabulary()["measures"]["core"], vocabulary()["measures"]["beside"]
    return bool(set(said) & set(core)) and set(said) <= {*core, *beside}


def is_company(text: str) -> bool:
    """Whether a name made of words for measures may be a company's as well.

    >>> is_company("Délta"), is_company("Media Control"), is_company("Delta %"), is_company("MoM growth")
    (True, True, False, False)
    """
    said = re.findall(r"[^\W_]+|[#%Øø]", folded(text))
    return bool(said) and set(said) <= set(vocabulary()["measures"]["companies"])


def is_measure(amounts: Array, customers: Array, row: int) -> bool:
    """Whether a row follows from the customers' rows by arithmetic alone, for amounts (columns, rows), NaN for none.

    It does where in every column with an amount it is the number of customers, the total for each of them, the total's
    growth, change, multiple or last value, or 0; `customers` (rows,) are those that count.
    """
    there = ~np.isnan(amounts[:, row])
    mine = amounts[there, row]
    if mine.size < 2:
        return False
    plain = np.where(customers, np.nan_to_num(amounts), 0.0)
    total, count = plain.sum(axis=1), np.count_nonzero(plain, axis=1).astype(float)
    before, count_before = (np.concatenate([[np.nan], each[:-1]]) for each in (total, count))
    with np.errstate(divide="ignore", invalid="ignore"):
        known = [count, total / count, total - before, before, count - count_before]
        known += [12 * total, total / 12, 4 * total, np.zeros_like(total)]
        rates = [total / before - 1, total / before, 100 * (total / before - 1), count / count_before - 1]
    # Of amounts of a few cents a hair of one cent proves nothing: those are to agree but for their own rounding.
    cents = 0.011 if np.abs(mine).max() >= SMALL else 0.0051
    hair = 0.51 if (mine == np.round(mine)).all() else cents
    rate_hair = 0.0051 if np.abs(mine).max() < RATE else 0.51
    return any(_near(mine, each[there], hair) for each in known) or any(
        _near(mine, each[there], rate_hair) for each in rates
    )


def _near(mine: Array, other: Array, hair: float) -> bool:
    """Whether amounts are others, where those are known, but for rounding."""
    known = np.isfinite(other)
    return bool(known.sum() >= max(2, known.size - 2) and (np.abs(mine[known] - other[known]) <= hair).all())
