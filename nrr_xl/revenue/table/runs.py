"""Headers that name a month or a quarter without its year, which runs on from the ones beside them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import pairwise

from nrr_xl.periods import MONTH_WORDS, year_month
from nrr_xl.revenue.cells.dates import When
from nrr_xl.revenue.cells.months import plain_period

_QUARTER = re.compile(r"(?:q|t|kw)([1-4])|([1-4])[qt]|([1-4])\. ?(?:quartal|quarter|trimestre|kwartal)")


@lru_cache(maxsize=8192)
def bare_period(text: str) -> tuple[int, int] | None:
    """The number and the months of a month or a quarter that is named without a year; None for anything else.

    >>> bare_period("Feb"), bare_period("März"), bare_period("Q3"), bare_period("Feb 2024"), bare_period("Plan")
    ((2, 1), (3, 1), (3, 3), None, None)
    """
    if not 1 < len(text) <= 12:
        return None
    plain = plain_period(text)
    if plain in MONTH_WORDS:
        return MONTH_WORDS[plain], 1
    quarter = _QUARTER.fullmatch(plain)
    return (int(next(filter(None, quarter.groups()))), 3) if quarter else None


def run_on(names: Mapping[int, str], dated: Mapping[int, When], fiscal_year_end: int) -> dict[int, When]:
    """The periods of the columns that name no year, as they run on from dated ones: 2023 Jan, Feb, Mar, ...

    Nothing where they could be of several years: two of one period, or a run that turns round.
    """
    found: dict[int, When] = {}
    for step in (1, 3) if dated else ():
        known = {at: when for at, when in dated.items() if when.step == step}
        bare = {
            at: said[0]
            for at, name in names.items()
            if at not in dated and (said := bare_period(name)) and said[1] == step
        }
        if known and bare:
            found |= _run(bare, known, step, fiscal_year_end)
    return found


def _run(bare: Mapping[int, int], dated: Mapping[int, When], step: int, fiscal_year_end: int) -> dict[int, When]:
    """The periods of one length that run on."""
    numbers = {at: _number(dated[at], fiscal_year_end) if at in dated else bare[at] for at in sorted({*bare, *dated})}
    order = list(numbers)
    most = 12 // step
    following = [(numbers[b] - numbers[a]) % most for a, b in pairwise(order)]
    onward = 1 if following.count(1) >= following.count(most - 1) else -1
    first = next(place for place, at in enumerate(order) if at in dated)
    found = _follow(order[first:], numbers, dated, step, onward)
    before = _follow(order[first::-1], numbers, dated, step, -onward)
    if found is None or before is None:
        return {}
    found |= before
    ends = [when.end for when in {**dated, **found}.values()]
    return found if len(set(ends)) == len(ends) else {}


def _number(when: When, fiscal_year_end: int) -> int:
    """Which month of the year a period is, or which quarter of the fiscal year."""
    month = year_month(when.end)[1]
    return month if when.step == 1 else 4 - (fiscal_year_end - month) % 12 // 3


def _follow(
    order: Sequence[int], numbers: Mapping[int, int], dated: Mapping[int, When], step: int, onward: int
) -> dict[int, When] | None:
    """The periods from a dated one on, each within the year of the one before it or the very next; None where not."""
    found: dict[int, When] = {}
    most, end = 12 // step, dated[order[0]].end
    for last, at in pairwise(order):
        apart = (numbers[at] - numbers[last]) * onward
        if at in dated:
            if (dated[at].end - end) * onward <= 0:
                return None
            end = dated[at].end
            continue
        if apart <= 0:
            apart += most
            if apart != 1:
                return None
        end += apart * step * onward
        found[at] = When(end, step)
    return found
