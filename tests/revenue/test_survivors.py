"""Lines of the reader that mutants of earlier days left standing: each test dies when the line it guards is broken."""

from __future__ import annotations

from datetime import date

import pytest

import nrr_xl
from nrr_xl.revenue.cells.dates import bare_quarters, parse_date


@pytest.mark.parametrize(
    ("end", "inclusive", "last"),
    [
        ("2024-03-31", False, "2024-03"),  # a day before April: March is not whole, so it counts from the next month
        ("2024-03-31", True, "2024-03"),
        ("2024-04-01", False, "2024-03"),
        ("2024-04-01", True, "2024-04"),
        ("2024-02-29", True, "2024-02"),
        ("2024-04-30", True, "2024-04"),
        ("2024-03-01", False, "2024-02"),
    ],
)
def test_the_day_of_an_end_counts_where_it_is_inclusive(tmp_path, end, inclusive, last):
    path = tmp_path / "subscriptions.csv"
    path.write_text(
        f"Customer,Start,End,MRR\nAda,2024-01-01,{end},100\nBo,2024-01-01,2024-12-01,50\n", encoding="utf-8"
    )
    cube = nrr_xl.read(path, inclusive_end=inclusive, today=date(2025, 6, 1))
    ada = cube.amounts[cube.customers.index("Ada")]
    assert [key for key, amount in zip(cube.periods.keys, ada, strict=True) if amount][-1] == last


def test_months_with_a_hyphen_are_quarters_only_where_whole_years_say_so():
    years = [f"{year}-{part}" for year in (2022, 2023) for part in (1, 2, 3, 4)]
    assert bare_quarters(years) == [parse_date(f"Q{text[-1]} {text[:4]}") for text in years]
    # One whole year may be four months of it; so may two years of which one lacks a quarter.
    assert bare_quarters(years[:4]) is None
    assert bare_quarters(years[:7]) is None
    assert bare_quarters([*years, "2024-5"]) is None
    assert bare_quarters(["20231", "20232"]) is not None
