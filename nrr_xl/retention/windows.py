"""Which periods a question is about: the window's two ends, and the ends of months, quarters and years."""

from __future__ import annotations

import numpy as np

from nrr_xl.errors import InputError
from nrr_xl.periods import FREQUENCIES, parse_as_of, period_end
from nrr_xl.records import struct
from nrr_xl.revenue.cube.build import RevenueCube
from nrr_xl.revenue.cube.complete import last_complete


@struct()
class Window:
    """Positions of the opening and of the closing period in a cube, `months` apart."""

    opening: int
    closing: int
    months: int

    @property
    def back(self) -> int:
        """Its length in periods of the cube."""
        return self.closing - self.opening


def window(cube: RevenueCube, months: int = 12, as_of: str | None = None) -> Window:
    """The window of `months` that closes in the period of `as_of` ("YYYY-MM"; the last complete one by default).

    Raises InputError where it does not fit the cube's periods.
    """
    closing = closing_position(cube, as_of)
    back = periods_back(cube, months)
    if closing < back:
        raise InputError(
            f"A window of {months} months up to {cube.periods.keys[closing]} opens before the first period,"
            f" {cube.periods.keys[0]}. Choose fewer months or a later as-of."
        )
    return Window(closing - back, closing, months)


def closing_position(cube: RevenueCube, as_of: str | None = None) -> int:
    """The position of the period in which `as_of` lies; the last complete one by default."""
    if as_of is None:
        return last_complete((cube.amounts > 0).sum(axis=0))
    try:
        return cube.periods.index(parse_as_of(as_of))
    except IndexError as outside:
        raise InputError(f"The as-of month {outside}. Choose a month that the rows cover.") from None


def periods_back(cube: RevenueCube, months: int) -> int:
    """How many periods of the cube `months` are; InputError where they are not a whole number."""
    step = cube.periods.step
    if months < 1 or months % step:
        raise InputError(
            f"months is {months}, but the rows are by {unit_of(step)}: choose a multiple of {step}, at least {step}."
        )
    return months // step


def period_ends(cube: RevenueCube, closing: int, freq: str | None = None) -> np.ndarray:
    """The positions at which months, quarters or years end, up to `closing`, which ends the one that is running.

    Without a frequency it is the cube's own. Fiscal years and their quarters follow the cube's fiscal year end.

    >>> from nrr_xl.periods import Periods, month_number
    >>> cube = RevenueCube(("a",), Periods(month_number(2024, 1), 8), np.ones((1, 8)))
    >>> period_ends(cube, 7, "quarter").tolist()
    [2, 5, 7]
    """
    freq = freq or unit_of(cube.periods.step)
    if freq not in FREQUENCIES:
        raise InputError(f"freq is {freq!r}. Choose one of {', '.join(FREQUENCIES)}.")
    step, axis = FREQUENCIES[freq], cube.periods
    if step < axis.step:
        raise InputError(f"freq is {freq!r}, but the rows are by {unit_of(axis.step)}.")
    ends = axis.ends[: closing + 1]
    return np.array(
        [i for i, end in enumerate(ends) if period_end(end, step, axis.fiscal_year_end) == end or i == closing]
    )


def year_opening(cube: RevenueCube, closing: int) -> int | None:
    """The position of the last period of the fiscal year before `closing`'s; None where the rows start later."""
    axis = cube.periods
    last = period_end(axis.ends[closing], 12, axis.fiscal_year_end) - 12
    return (last - axis.first) // axis.step if last >= axis.first else None


def coarser(cube: RevenueCube) -> tuple[str, ...]:
    """The frequencies in which a cube can be read, its own first; half-years only where they are its own."""
    own = cube.periods.step
    return tuple(name for name, step in FREQUENCIES.items() if step >= own and step in (own, 3, 12))


def unit_of(step: int) -> str:
    """The name of a period of `step` months."""
    return next(name for name, length in FREQUENCIES.items() if length == step)
