"""Dates and periods written as text or numbers; day first or month first decided once for a whole column."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence

from nrr_xl.periods import MONTH_NAMES, month_number, parse_period
from nrr_xl.records import struct
from nrr_xl.revenue.cells.months import folded, month_names, plain_period
from nrr_xl.revenue.files.grid import serial_date

# Serial numbers of 1990 to 2079, and what else a plain number may write.
SERIALS = (32874, 65745)
_YEARS = (1990, 2079)
# Seconds since 1970 of 1995 to 2050, as programs write times.
EPOCH = (788918400, 2524608000)
_MONTHS = {name.lower(): number for number, name in enumerate(MONTH_NAMES, 1)}
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[t ].*)?")
_COMPACT = re.compile(r"((?:19|20)\d\d)(\d\d)(\d\d)")
_NUMERIC = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4}|\d{2})(?:[t ,].*)?")
_DAY_MONTH = re.compile(
    r"(?:[a-z]{3,9}\.?,? )?(\d{1,2})(?:st|nd|rd|th)?[-/. ]*([a-z]{3,9})\.?[-/. ,']*(\d{4}|\d{2})(?:[t ,].*)?"
)
_MONTH_DAY = re.compile(
    r"(?:[a-z]{3,9}\.?,? )?([a-z]{3,9})\.?[-/. ]*(\d{1,2})(?:st|nd|rd|th)?[-/. ,]+(\d{4})(?:[t ,].*)?"
)
# 1Q24, T1 2024, 1. Quartal 2024, H1 2024, P01 2024, FY2024 P1, M1-2024: quarters, half-years, fiscal periods, months.
_NUMBERED = re.compile(
    r"(?:(?:fy ?|cy ?)?(?P<y1>(?:19|20)\d\d|(?<=[a-z ])\d\d(?=[-/. ])|\d\d(?=h[12]$))[-/. ]*)?"
    r"(?:(?P<n1>[1-4])[.]? ?(?P<q1>q|t|k|kv|kw|quartal|trimestre|trim|quarter|kwartal|kvartal|kwartaal)[.]?"
    r"|(?P<q2>q|qtr|t|k|kv|quartal|trimestre|trim|quarter|kwartal|kvartal|kwartaal)[. ]?(?P<n2>[1-4])"
    r"|(?P<n4>[12])[.]? ?(?:h|hj|hy|half|halbjahr|semestre|sem|semester|halfjaar|polrocze|halvar)[.]?"
    r"|(?P<h>h|hj|hy|half|s|sem|semestre|halbjahr)[. ]?(?P<n5>[12])"
    r"|(?P<m>p|m|period|per|month|mo)[. ]?(?P<n3>0?[1-9]|1[0-2]))"
    r"(?:[-/. ']*(?:fy ?|cy ?)?'?(?P<y2>(?:19|20)\d\d|\d\d))?"
)
_SHORT_FORMS = (
    re.compile(r"(?P<m>0?[1-9]|1[0-2])[-/.']{1,2}(?P<y>\d\d)"),
    re.compile(r"(?P<y>\d\d)[-/.](?P<m>0[1-9]|1[0-2])"),
    re.compile(r"(?P<m>0?[1-9]|1[0-2])(?P<y>(?:19|20)\d\d)"),
)
_DIGITS = re.compile(r"(\d\d)(\d\d)((?:19|20)\d\d)")
_FISCAL = re.compile(r"fy ?(\d{4}|\d\d)[-/. ](0[1-9]|1[0-2])|((?:19|20)\d\d)0(0[1-9]|1[0-2])")
_SIX = re.compile(r"\d{6}")
_BARE = re.compile(r"((?:19|20)\d\d)([-/. ]?)([1-4])")
_WEEK = re.compile(r"(\d{4})-?[w](\d{1,2})|w(?:eek|k)?[ -]?(\d{1,2})[-/ ,]+(\d{4})")


@struct()
class When:
    """A date or a period: `end` is the month number of its last month, `step` its months, `day` 0 where it has none."""

    end: int
    step: int = 1
    day: int = 0


@struct()
class Doubtful:
    """A date such as 01/02/2024, whose day and month cannot be told apart by itself."""

    first: int
    second: int
    year: int

    def read(self, day_first: bool) -> When | None:
        """The date with its order decided; None where there is no such day."""
        day, month = (self.first, self.second) if day_first else (self.second, self.first)
        return _when(self.year, month, day)

    @property
    def order(self) -> str:
        """ "day" or "month" where only one order gives a date or both give the same one, else "?"."""
        if self.first == self.second:
            return ""
        day, month = self.read(True), self.read(False)
        return "?" if day and month else "day" if day else "month" if month else "none"


def parse_date(text: str, fiscal_year_end: int = 12) -> When | Doubtful | None:
    """A text that writes a date or a period; None where it does not.

    >>> parse_date("2024-01-31"), parse_date("Q1 2024")
    (When(end=24288, step=1, day=31), When(end=24290, step=3, day=0))
    >>> parse_date("31/01/2024").order, parse_date("01/02/2024").order
    ('day', '?')
    """
    plain = plain_period(text)
    for length, step in (("quarter:", 3), ("year:", 12)):
        if plain.startswith(length):
            inner = parse_date(plain.removeprefix(length), fiscal_year_end)
            inner = inner.read(inner.order != "month") if isinstance(inner, Doubtful) else inner
            return inner and When(inner.end, step)
    if match := _ISO.fullmatch(plain):
        return _when(int(match[1]), int(match[2]), int(match[3]))
    if (match := _COMPACT.fullmatch(plain)) and (day := _when(int(match[1]), int(match[2]), int(match[3]))):
        return day
    if match := _DIGITS.fullmatch(plain):
        return Doubtful(int(match[1]), int(match[2]), int(match[3]))
    if match := _FISCAL.fullmatch(plain):
        # A period of a fiscal year by its number: FY2023-01, 2023001.
        return When(month_number(_year(match[1] or match[3]), fiscal_year_end) - 12 + int(match[2] or match[4]))
    if match := _NUMERIC.fullmatch(plain):
        return Doubtful(int(match[1]), int(match[2]), _year(match[3]))
    if (match := _DAY_MONTH.fullmatch(plain)) and match[2][:3] in _MONTHS and int(match[1]) <= 31:
        return _when(_year(match[3]), _MONTHS[match[2][:3]], int(match[1]))
    if (match := _MONTH_DAY.fullmatch(plain)) and match[1][:3] in _MONTHS:
        return _when(int(match[3]), _MONTHS[match[1][:3]], int(match[2]))
    if match := _NUMBERED.fullmatch(plain):
        return _numbered(match, fiscal_year_end)
    if (match := re.fullmatch(r"([a-z]{3})[-/. ]*fy[-/. ']*(\d{4}|\d\d)", plain)) and match[1] in _MONTHS:
        # A fiscal year is called after the year in which it ends.
        month = _MONTHS[match[1]]
        return When(month_number(_year(match[2]) - (month > fiscal_year_end), month))
    if match := _WEEK.fullmatch(plain):
        return _week(int(match[1] or match[4]), int(match[2] or match[3]))
    if re.fullmatch(r"\d+(\.0+)?", plain):
        return number_date(float(plain), fiscal_year_end)
    period = parse_period(plain, fiscal_year_end)
    return When(*period) if period else None


def month_of_year(name: str, year: str, fiscal_year_end: int = 12) -> When | Doubtful | None:
    """A month, period or quarter by its name or number in a year that stands beside it.

    >>> month_of_year("März", "2024") == month_of_year("3", "2024") == month_of_year("003", "2024")
    True
    """
    plain = name.strip().removesuffix("月")
    if re.fullmatch(r"[0-9]{1,2}", plain):
        return parse_date(f"{year}-{int(plain):02d}", fiscal_year_end)
    if re.fullmatch(r"0[01][0-9]", plain):  # SAP's periods of a fiscal year
        return parse_date(f"P{int(plain)} {year}", fiscal_year_end)
    return parse_date(f"{plain} {year}", fiscal_year_end)


def bare_quarters(texts: Sequence[str], fiscal_year_end: int = 12) -> list[When] | None:
    """Quarters written without a word, 20231 or 2023-1, where all texts are such and no months; else None.

    Months they would be, always the first four of several years.

    >>> bare_quarters(["20231", "20232"]) == [parse_date("Q1 2023"), parse_date("Q2 2023")], bare_quarters(["2023-1"])
    (True, None)
    """
    found = [_BARE.fullmatch(text.strip()) for text in texts]
    if not found or not all(found):
        return None
    parts = {(int(match[1]), int(match[3])) for match in found if match}
    whole = [year for year, _ in parts if {(year, quarter) for quarter in (1, 2, 3, 4)} <= parts]
    if any(match and match[2] for match in found) and len(set(whole)) < 2:
        return None
    ends = ((int(match[1]), int(match[3])) for match in found if match)
    return [When(month_number(year, fiscal_year_end) - 3 * (4 - quarter), 3) for year, quarter in ends]


def short_months(texts: Sequence[str]) -> list[When] | None:
    """Months written as 1/23, 23-01 or 012023, where all texts are such and follow without a gap; else None.

    >>> short_months(["11/23", "12/23", "1/24"]) == [parse_date(text) for text in ("2023-11", "2023-12", "2024-01")]
    True
    """
    for form in _SHORT_FORMS:
        found = [form.fullmatch(text.strip()) for text in texts]
        if len(found) >= 3 and all(found):
            ends = [month_number(_year(match["y"]), int(match["m"])) for match in found if match]
            if sorted(ends) == list(range(min(ends), max(ends) + 1)):
                return [When(end) for end in ends]
    return None


def days_of_six_digits(texts: Sequence[str]) -> list[When] | None:
    """Days written as 240131, the year first, where all texts are such and read otherwise lie in years to come.

    >>> days_of_six_digits(["230131", "240229"]) == [parse_date("2023-01-31"), parse_date("2024-02-29")]
    True
    >>> days_of_six_digits(["310123", "290224"]), days_of_six_digits(["230131", "231501"])
    (None, None)
    """
    if len(texts) < 2 or not all(_SIX.fullmatch(text.strip()) for text in texts):
        return None
    pairs = [(text.strip()[:2], text.strip()[2:4], text.strip()[4:]) for text in texts]
    found = [_when(_year(a), int(b), int(c)) for a, b, c in pairs]
    now = dt.date.today()
    latest = month_number(now.year + 1, now.month)
    days = [day for day in found if day and month_number(1990, 1) <= day.end <= latest]
    for year, month, day in ((2, 1, 0), (2, 0, 1)):
        others = [_when(_year(parts[year]), int(parts[month]), int(parts[day])) for parts in pairs]
        if all(other and month_number(1990, 1) <= other.end <= latest for other in others):
            return None
    return days if len(days) == len(texts) else None


def months_only(texts: Sequence[str]) -> bool:
    """Whether texts are months by name or number, or days such as 3112, without a year.

    >>> months_only(["January", "February"]), months_only(["1", "2", "12"]), months_only(["1", "2", "13"])
    (True, True, False)
    """
    plain = [text.strip() for text in texts]
    return (
        len(plain) > 1
        and all(re.fullmatch(r"0?[1-9]|1[0-2]", text) or folded(text).rstrip(".") in month_names() for text in plain)
    ) or (len(plain) > 1 and all(re.fullmatch(r"(?:0?[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])", text) for text in plain))


def decide_order(dates: Iterable[Doubtful]) -> bool | None:
    """Whether a column puts the day first: the order that its undoubtful dates show (the commoner of two), or None."""
    shown = [date.order for date in dates]
    days, months = shown.count("day"), shown.count("month")
    return days >= months if days or months else None


def number_date(number: float, fiscal_year_end: int = 12) -> When | None:
    """A number that writes a date: a year, YYYYMM, YYYYMMDD or a serial number; None for anything else.

    >>> number_date(202401.0), number_date(45292.0)
    (When(end=24288, step=1, day=0), When(end=24288, step=1, day=1))
    """
    whole = int(number) if abs(number) < 1e9 else 0
    if _YEARS[0] <= number <= _YEARS[1] and whole == number:
        return When(month_number(whole, fiscal_year_end), 12)
    if SERIALS[0] <= number <= SERIALS[1]:
        day = serial_date(number)
        assert isinstance(day, dt.date)
        return When(month_number(day.year, day.month), 1, day.day)
    if whole == number and _YEARS[0] <= whole // 100 <= _YEARS[1] and 1 <= whole % 100 <= 12:
        return When(month_number(whole // 100, whole % 100))
    if EPOCH[0] <= number <= EPOCH[1] or EPOCH[0] <= number / 1000 <= EPOCH[1]:
        day = serial_date(25569 + (number if number <= EPOCH[1] else number / 1000) // 86400)
        return When(month_number(day.year, day.month), 1, day.day) if not isinstance(day, float) else None
    if whole == number and _YEARS[0] <= whole // 10000 <= _YEARS[1]:
        return _when(whole // 10000, whole // 100 % 100, whole % 100)
    return None


def is_epoch(text: str) -> bool:
    """Whether digits are seconds or milliseconds since 1970, as programs write times.

    >>> is_epoch("1672531200"), is_epoch("1672531200000"), is_epoch("20230101")
    (True, True, False)
    """
    if len(text) not in (9, 10, 12, 13) or not (text.isascii() and text.isdigit()):
        return False
    return EPOCH[0] <= int(text) / (1 if len(text) <= 10 else 1000) <= EPOCH[1]


def _numbered(match: re.Match[str], fiscal_year_end: int) -> When | None:
    """A quarter or period by its number: P is a month of the fiscal year, M one of the calendar's."""
    year = match["y1"] or match["y2"]
    if not year or (match["y1"] and match["y2"]):
        return None
    if match["m"]:
        number = int(match["n3"])
        if match["m"][0] == "p":
            return When(month_number(_year(year), fiscal_year_end) - 12 + number)
        return When(month_number(_year(year), number))
    if half := match["n4"] or match["n5"]:
        return When(month_number(_year(year), fiscal_year_end) - 6 * (2 - int(half)), 6)
    quarter = int(match["n1"] or match["n2"])
    return When(month_number(_year(year), fiscal_year_end) - 3 * (4 - quarter), 3)


def _year(text: str) -> int:
    return int(text) if len(text) == 4 else 2000 + int(text) - (100 if int(text) >= 70 else 0)


def _when(year: int, month: int, day: int) -> When | None:
    try:
        dt.date(year, month, day)
    except ValueError:
        return None
    return When(month_number(year, month), 1, day)


def _week(year: int, week: int) -> When | None:
    """The ISO week as the date of its Thursday, which decides the month that a week belongs to."""
    try:
        day = dt.date.fromisocalendar(year, week, 4)
    except ValueError:
        return None
    return When(month_number(day.year, day.month), 1, day.day)
