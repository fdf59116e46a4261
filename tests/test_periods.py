"""Periods: every month of every fiscal year against a count by hand, and names that are read back."""

from __future__ import annotations

import pytest

from nrr_xl.errors import InputError
from nrr_xl.periods import (
    MONTH_NAMES,
    Periods,
    iso_month,
    month_number,
    parse_as_of,
    parse_period,
    period_end,
    period_label,
    year_month,
)


def _named_by_hand(year: int, month: int, step: int, fiscal_year_end: int) -> tuple[str, tuple[int, int]]:
    """The period of a month, found by walking through its fiscal year: its name and the (year, month) of its end."""
    if step == 1:
        return f"{MONTH_NAMES[month - 1]} {year}", (year, month)
    for fiscal_year in (year, year + 1):
        walked = []
        at = (fiscal_year - 1, fiscal_year_end)
        for _ in range(12):
            at = (at[0] + 1, 1) if at[1] == 12 else (at[0], at[1] + 1)
            walked.append(at)
        assert walked[-1] == (fiscal_year, fiscal_year_end)
        if (year, month) in walked:
            number = walked.index((year, month)) // step
            name = {3: f"Q{number + 1} ", 6: f"H{number + 1} ", 12: "FY"}[step]
            return f"{name}{fiscal_year}", walked[(number + 1) * step - 1]
    raise AssertionError("a month lies in no fiscal year")


@pytest.mark.parametrize("fiscal_year_end", range(1, 13))
@pytest.mark.parametrize("step", [1, 3, 6, 12])
def test_every_period_of_every_fiscal_year_is_named_as_by_hand(step, fiscal_year_end):
    for year, month in [(year, month) for year in (2023, 2024) for month in range(1, 13)]:
        name, end = _named_by_hand(year, month, step, fiscal_year_end)
        found = period_end(month_number(year, month), step, fiscal_year_end)
        assert year_month(found) == end
        assert period_label(found, step, fiscal_year_end) == name


@pytest.mark.parametrize("fiscal_year_end", range(1, 13))
@pytest.mark.parametrize("step", [1, 3, 12])
def test_a_period_reads_back_from_its_own_name(step, fiscal_year_end):
    axis = Periods(period_end(month_number(2023, 5), step, fiscal_year_end), 9, step, fiscal_year_end)
    assert [parse_period(label, fiscal_year_end) for label in axis.labels] == [(end, step) for end in axis.ends]
    assert axis.keys == tuple(iso_month(end) for end in axis.ends)
    assert len(set(axis.labels)) == len(axis) == 9


@pytest.mark.parametrize("fiscal_year_end", [1, 6, 9, 12])
@pytest.mark.parametrize("step", [1, 3, 6, 12])
def test_each_month_lies_in_the_period_that_holds_it_and_none_outside(step, fiscal_year_end):
    axis = Periods(period_end(month_number(2023, 5), step, fiscal_year_end), 4, step, fiscal_year_end)
    for position, end in enumerate(axis.ends):
        assert [axis.index(month) for month in range(end - step + 1, end + 1)] == [position] * step
    for outside in (axis.first - step, axis.ends[-1] + 1):
        with pytest.raises(IndexError, match=f"{iso_month(outside)} is outside {axis.keys[0]} to {axis.keys[-1]}"):
            axis.index(outside)


def test_an_as_of_is_a_month_however_it_is_written():
    assert [iso_month(parse_as_of(text)) for text in ("2024-01", " 2024-12 ", "2024-1", "2024-06-30")] == [
        *("2024-01", "2024-12", "2024-01", "2024-06")
    ]
    for text in ("2024-00", "2024-13", "24-01", "Jan 2024", "2024", "2024-01-01-01", ""):
        with pytest.raises(InputError, match=f"^as of {text!r} is not a month. Write it as YYYY-MM, for example"):
            parse_as_of(text)
