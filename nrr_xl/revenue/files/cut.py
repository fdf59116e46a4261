"""Whether delimited text ends in the midst of a row, as a download that was broken off does."""

from __future__ import annotations

import re

from nrr_xl.errors import Problem
from nrr_xl.revenue.findings import problem

# So much of the end is looked at, and so many rows above the last one.
TAIL, ABOVE = 65_536, 20
_DECIMALS = re.compile(r"-?\d[\d.,' ]*[.,](\d+)")
_NUMBER = re.compile(r"-?[\d.,' ]*")


def cut_off(tail: str, mark: str) -> tuple[Problem, ...]:
    """What is said of a text by its end: its last line is no whole row.

    It has no line end, and fewer cells than the row above; or as many, of which the last is a number without the
    decimals that all above it have.

    >>> [len(cut_off(text, ",")) for text in ("a,1.50\\nb,2.50\\nc,3.5", "a,1.50\\nb,2.50\\nc", "a,1\\nb,2\\nc,3")]
    [1, 1, 0]
    """
    if not tail or tail[-1] in "\r\n" or '"' in tail[-4_096:]:
        return ()
    *above, last = [line for line in tail.splitlines() if line.strip()][-ABOVE - 1 :]
    if not above or not last.strip():
        return ()
    if last.count(mark) < above[-1].count(mark):
        return (problem("text-cut", value=last[:40]),)
    *ends, cell = (line.rpartition(mark)[2].strip() for line in (*above, last))
    numbers = [end for end in ends if _NUMBER.fullmatch(end)]
    digits = [_decimals(end) for end in numbers]
    if len(digits) < 2 or not cell or not _NUMBER.fullmatch(cell) or _decimals(cell) >= min(digits):
        return ()
    return (problem("text-cut", value=last[:40]),)


def _decimals(number: str) -> int:
    found = _DECIMALS.fullmatch(number)
    return len(found[1]) if found else 0
