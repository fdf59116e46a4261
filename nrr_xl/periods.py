"""Months, quarters, half-years and years with a fiscal year end: how they are counted, named and read from headers."""

from __future__ import annotations

import datetime as dt
import re
from functools import lru_cache

from nrr_xl.errors import InputError
from nrr_xl.records import struct

FREQUENCIES = {"month": 1, "quarter": 3, "half-year": 6, "year": 12}
MONTH_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def month_number(year: int, month: int) -> int:
    """Months counted from year 0, so that a month is one integer and a window a difference.

    >>> month_number(2024, 1) - month_number(2023, 12)
    1
    """
    return year * 12 + month - 1


def year_month(number: int) -> tuple[int, int]:
    """The year and month of a month number.

    >>> year_month(month_number(2024, 12))
    (2024, 12)
    """
    return number // 12, number % 12 + 1


def iso_month(number: int) -> str:
    """A month number as "YYYY-MM".

    >>> iso_month(month_number(2024, 3))
    '2024-03'
    """
    year, month = year_month(number)
    return f"{year:04d}-{month:02d}"


def period_end(month: int, step: int, fiscal_year_end: int = 12) -> int:
    """The last month of the period of `step` months (1, 3, 6 or 12) in which a month number lies.

    >>> iso_month(period_end(month_number(2024, 4), 3))
    '2024-06'
    >>> iso_month(period_end(month_number(2024, 4), 12, fiscal_year_end=3))
    '2025-03'
    """
    return month + (fiscal_year_end - 1 - month) % step


@struct()
class Periods:
    """A run of consecutive periods, each known by its last month.

    `first` is the month number of the first period's last month, `step` the months in a period (1, 3, 6 or 12).

    >>> axis = Periods(month_number(2024, 3), 2, step=3)
    >>> axis.labels, axis.keys
    (('Q1 2024', 'Q2 2024'), ('2024-03', '2024-06'))
    """

    first: int
    count: int
    step: int = 1
    fiscal_year_end: int = 12

    def __len__(self) -> int:
        return self.count

    @property
    def ends(self) -> range:
        """The month number of each period's last month."""
        return range(self.first, self.first + self.count * self.step, self.step)

    @property
    def keys(self) -> tuple[str, ...]:
        """Each period as "YYYY-MM" of its last month, as the JSON object has it."""
        return _keys(self.first, self.count, self.step)

    @property
    def labels(self) -> tuple[str, ...]:
        """Each period as a reader writes it: "Jan 2024", "Q1 2024", "H1 2024", "FY2024"."""
        return _labels(self.first, self.count, self.step, self.fiscal_year_end)

    def label(self, end: int) -> str:
        """The name of the period that ends with a month number."""
        return period_label(end, self.step, self.fiscal_year_end)

    def index(self, month: int) -> int:
        """The position of the period in which a month number lies; IndexError outside the run."""
        position, rest = divmod(period_end(month, self.step, self.fiscal_year_end) - self.first, self.step)
        if rest or not 0 <= position < self.count:
            raise IndexError(f"{iso_month(month)} is outside {self.keys[0]} to {self.keys[-1]}")
        return position


# A report asks for the names of the same few runs thousands of times.
@lru_cache(maxsize=64)
def _keys(first: int, count: int, step: int) -> tuple[str, ...]:
    return tuple(iso_month(first + at * step) for at in range(count))


@lru_cache(maxsize=64)
def _labels(first: int, count: int, step: int, fiscal_year_end: int) -> tuple[str, ...]:
    return tuple(period_label(first + at * step, step, fiscal_year_end) for at in range(count))


def period_label(end: int, step: int, fiscal_year_end: int = 12) -> str:
    """The name of the period of `step` months that ends with a month number.

    >>> period_label(month_number(2024, 6), 3), period_label(month_number(2024, 6), 12, 6)
    ('Q2 2024', 'FY2024')
    """
    year, month = year_month(end)
    if step == 1:
        return f"{MONTH_NAMES[month - 1]} {year}"
    fiscal_year = year + (month > fiscal_year_end)
    if step == 12:
        return f"FY{fiscal_year}"
    left = ((fiscal_year_end - month) % 12) // step
    return f"{'Q' if step == 3 else 'H'}{12 // step - left} {fiscal_year}"


def parse_as_of(text: str) -> int:
    """The month number of "YYYY-MM" (or "YYYY-MM-DD"), as options give it."""
    match = re.fullmatch(r"(\d{4})-(\d{1,2})(-\d{1,2})?", text.strip())
    if not match or not 1 <= int(match[2]) <= 12:
        raise InputError(f"as of {text!r} is not a month. Write it as YYYY-MM, for example 2024-12.")
    return month_number(int(match[1]), int(match[2]))


_LONG_MONTH_NAMES = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
MONTH_WORDS = {
    **{name.lower(): i for i, name in enumerate(MONTH_NAMES, 1)},
    **{name: i for i, name in enumerate(_LONG_MONTH_NAMES, 1)},
    "sept": 9,
}
_FULL_YEAR = r"(?:19|20)\d\d"


def parse_period(value: object, fiscal_year_end: int = 12) -> tuple[int, int] | None:
    """A header that names a period, as (month number of its last month, months in it); None for anything else.

    >>> [parse_period(text) == (month_number(2024, 1), 1) for text in ("Jan-24", "2024-01", "01/2024", "January 2024")]
    [True, True, True, True]
    >>> parse_period("Q1 2024") == (month_number(2024, 3), 3), parse_period("FY2024") == (month_number(2024, 12), 12)
    (True, True)
    >>> parse_period("Region") is None
    True
    """
    if isinstance(value, dt.date):
        return month_number(value.year, value.month), 1
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = re.sub(r"\s+", " ", str(value).strip().lower()) if isinstance(value, str | int) else ""
    if match := re.fullmatch(rf"(?:fy|cy|year)[ -]?'?({_FULL_YEAR}|\d\d)|({_FULL_YEAR})", text):
        return month_number(_year(match[1] or match[2]), fiscal_year_end), 12
    if match := re.fullmatch(rf"({_FULL_YEAR})[-/. _m]?(\d\d?)(?:[-/.]\d\d?(?:[t ][\d:.]+)?)?", text):
        return _month(match[1], match[2])
    if match := re.fullmatch(rf"(\d\d?)[-/. ]({_FULL_YEAR})", text):
        return _month(match[2], match[1])
    if match := re.fullmatch(rf"([a-z]+)\.?[-/. ,']*({_FULL_YEAR}|\d\d)", text):
        return _month(match[2], MONTH_WORDS.get(match[1], 0))
    if match := re.fullmatch(rf"({_FULL_YEAR}|\d\d)[-/. ]?([a-z]+)", text):
        return _month(match[1], MONTH_WORDS.get(match[2], 0))
    if match := re.fullmatch(
        rf"(?:fy ?)?({_FULL_YEAR}|\d\d)?[-/. ]?q([1-4])[-/. ']*(?:fy ?)?({_FULL_YEAR}|\d\d)?", text
    ):
        year = match[1] or match[3]
        if year and not (match[1] and match[3]):
            year_end = month_number(_year(year), fiscal_year_end)
            return year_end - 3 * (4 - int(match[2])), 3
        return None
    return None


def _year(text: str) -> int:
    return int(text) if len(text) == 4 else 2000 + int(text) - (100 if int(text) >= 70 else 0)


def _month(year: str, month: str | int) -> tuple[int, int] | None:
    return (month_number(_year(year), int(month)), 1) if 1 <= int(month) <= 12 else None
