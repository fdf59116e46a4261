"""Lines of the reader that mutants of earlier days left standing: each test dies when the line it guards is broken."""

from __future__ import annotations

from datetime import date

import pytest

import nrr_xl
from nrr_xl.revenue.cells.dates import bare_quarters, parse_date
from nrr_xl.revenue.read import understand


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
        # By the month of the start alone, only an inclusive end on a month's last day keeps that month.
        ("2024-03-31", "same", "2024-03"),
        ("2024-03-30", "same", "2024-02"),
    ],
)
def test_the_day_of_an_end_counts_where_it_is_inclusive(tmp_path, end, inclusive, last):
    path = tmp_path / "subscriptions.csv"
    path.write_text(
        f"Customer,Start,End,MRR\nAda,2024-01-01,{end},100\nBo,2024-01-01,2024-12-01,50\n", encoding="utf-8"
    )
    more = {"mid_month": "same"} if inclusive == "same" else {}
    cube = nrr_xl.read(path, inclusive_end=bool(inclusive), today=date(2025, 6, 1), **more)
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


CENTS = (("Ada", 100.4, 110.4, 120.4), ("Bo", 200.4, 210.4, 220.4), ("Cy", 300.3, 310.3, 320.3))
WHOLE = (("Ada", 100000, 110000, 120000), ("Bo", 200000, 210000, 220000), ("Cy", 300000, 310000, 320000))
SMALL = (("Ada", 1.15, 1.15, 1.15), ("Bo", 0.5, 0.5, 0.5), ("Cy", 3, 3, 3))


@pytest.mark.parametrize(
    ("rows", "total", "code"),
    [
        (CENTS, (601.1, 631.1, 661.1), "total-row"),
        # Rounded to whole units, of amounts with cents and of amounts that were rounded themselves.
        (CENTS, (601, 631, 661), "total-row"),
        (WHOLE, (600001, 630002, 660001), "total-row"),
        # Off by more than rounding makes, in every period or in one; and by much of so small a total.
        (CENTS, (602, 632, 662), "total-unproven"),
        (CENTS, (603, 633, 663), "total-unproven"),
        (WHOLE, (600005, 630005, 660005), "total-unproven"),
        (WHOLE, (600000, 630000, 661000), "total-unproven"),
        (SMALL, (5, 5, 5), "total-unproven"),
    ],
)
def test_a_total_may_be_off_by_rounding_and_by_no_more(tmp_path, rows, total, code):
    path = tmp_path / "wide.csv"
    lines = [("Customer", "2024-01", "2024-02", "2024-03"), *rows, ("Total", *total)]
    path.write_text("".join(",".join(map(str, line)) + "\n" for line in lines), encoding="utf-8")
    assert [problem.code for problem in understand(path).account.problems if "total" in problem.code] == [code]
