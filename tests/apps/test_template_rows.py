"""Rows pasted into the template: what may be wrong with them is told, what cannot be used shows no number."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from nrr_xl.periods import Periods
from nrr_xl.revenue.cube.build import RevenueCube
from nrr_xl.workbook.fill import fill
from tests.apps.template import (
    FIRST,
    PASSED,
    amount,
    recalculated,
    refused,
    serial,
    setting,
    status,
)

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")


def test_rows_pasted_over_the_beginning_of_the_example_are_told(template, office):
    """What is left of the example below them would count as customers of theirs."""
    pasted = [("Revenue", f"A{row}", f"Customer {row % 30}") for row in range(7, 397)]
    after = recalculated(office, template, pasted)
    (row,) = (cell for (sheet, cell), held in after.cells.items() if held.value == "No row of the example among others")
    assert after.value("Settings", row.replace("B", "D")) == 1
    refused(after, "Rows of the example are still among yours")


@pytest.fixture(scope="module")
def single(template, tmp_path_factory):
    """The template with one row in it, the 7th of the Revenue sheet."""
    path = tmp_path_factory.mktemp("single") / "single.xlsx"
    fill(template, RevenueCube(("Alder",), Periods(FIRST, 1), np.ones((1, 1))), path)
    return path


def test_months_that_are_all_texts_are_told_as_such(single, office):
    """That there are no rows would be untrue to who has just pasted some."""
    refused(recalculated(office, single, [("Revenue", "B7", "05.2024")]), "Row 7 of the Revenue sheet cannot be used")


def told(after) -> str:
    """The line at the top, which is not green where the numbers stand beside a notice."""
    assert status(after) == after.value("Revenue", "A4") == after.value("Read me", "B3")
    assert status(after).startswith("△") and amount(after, "closing") > 0
    return status(after)


HAZARDS = {
    "repeated": "1 row repeats a customer and month",
    "a date to come": "1 customer at the closing, after a month without any",
    "an unfinished month": "1 customer at the closing, far fewer than before",
    "the year to come": "rows are of months that are yet to come",
    "a total row": "called like a total",
    "a total of a region": "called like a total",
    "as much as all others": "as much as all others",
}


def hazard_rows(single, office, name):
    """Three customers over seven months, with one thing wrong in the last."""
    year = [serial(2023, 12), *(serial(2024, month) for month in range(7, 13))]
    rows = [
        (who, month, amount) for month in year for who, amount in (("Alder", 10.0), ("Birch", 20.0), ("Cedar", 40.0))
    ]
    if name == "repeated":
        rows.append(("alder", year[-1], 10.0))
    elif name == "a date to come":
        rows[-1] = ("Cedar", serial(2031, 12), 40.0)
    elif name == "an unfinished month":
        del rows[-2:]
    elif name == "the year to come":
        ahead = dt.date.today().year + 1
        rows = [
            (who, serial(ahead - (month == year[0]), 12 if month == year[0] else 6 + at), amount)
            for at, month in enumerate(year)
            for who, amount in (("Alder", 10.0), ("Birch", 20.0))
        ]
    elif name == "a total of a region":
        rows[-1] = ("EMEA Total", year[-1], 40.0)
    elif name == "a total row":
        rows[-1] = ("TOTAL", year[-1], 40.0)
    elif name == "as much as all others":
        rows[-1] = ("Everything", year[-1], 30.0)
    return recalculated(office, single, rows_of(*rows), formulas_only=True)


@pytest.mark.parametrize("name", HAZARDS)
def test_what_may_be_wrong_is_told_and_never_green(name, single, office):
    assert HAZARDS[name] in told(hazard_rows(single, office, name))


def test_without_a_hazard_all_checks_pass(single, office):
    assert status(hazard_rows(single, office, "none")) == PASSED


def rows_of(*rows):
    """Changes that write rows (customer, month, amount) into the Revenue sheet."""
    return [
        ("Revenue", f"{letter}{number}", value)
        for number, row in enumerate(rows, 7)
        for letter, value in zip("ABC", row, strict=True)
    ]


def test_no_rows(single, office):
    refused(recalculated(office, single, rows_of((None, None, None))), "Paste rows into the Revenue sheet")


def test_one_row_reaches_no_window(single, office):
    refused(recalculated(office, single), "The window opens before the first month")


@pytest.mark.parametrize(
    ("cell", "value"),
    [("A9", "  "), ("B9", "2022-01"), ("B9", 202201.0), ("C9", "n/a"), ("C9", "=1/0")],
)
def test_a_row_that_cannot_be_used_is_named(cell, value, template, office):
    refused(
        recalculated(office, template, [("Revenue", cell, value)], formulas_only=True), "Row 9 of the Revenue sheet"
    )


def test_repeated_rows_are_summed_and_credits_netted(single, office):
    """Customer and month twice, in other spelling, cancelling out, and below zero."""
    december, year_before = serial(2024, 12), serial(2023, 12)
    changes = rows_of(
        ("Alder", year_before, 0.1),
        ("alder ", year_before, 0.2),
        ("Alder", december, 0.4),
        ("Birch", year_before, 100.0),
        ("Birch", december, 0.3),
        ("Birch", december, -0.1),
        ("Birch", december, -0.2),
        ("Cedar", year_before, 50.0),
        ("Cedar", december, 20.0),
        ("Cedar", december, -30.0),
    )
    after = recalculated(office, single, changes)
    assert "repeat a customer and month" in told(after)
    assert amount(after, "opening") == pytest.approx(150.3)
    assert amount(after, "expansion") == pytest.approx(0.1)
    assert amount(after, "churn") == pytest.approx(-150.0)
    assert after.value("Summary", "E9") == pytest.approx(1 / 3), "Birch nets to exactly nothing and is no customer"
    assert setting(after, "AmountsNegative") == pytest.approx(-10)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ([("Settings", "C10", 37)], "Set the window"),
        ([("Settings", "C10", "twelve")], "Set the window"),
        ([("Settings", "C9", serial(2025, 6))], "Set the closing month"),
        ([("Settings", "C9", "Dec 2024")], "Set the closing month"),
    ],
)
def test_impossible_settings_show_no_numbers(changes, says, template, office):
    refused(recalculated(office, template, changes, formulas_only=True), says)


def test_customers_from_before_the_cube_are_not_new(single, office):
    """A row of 2020 makes the return in 2024 a reactivation, though the Cube begins in 2022."""
    changes = rows_of(
        ("Alder", serial(2023, 12), 100.0),
        ("Alder", serial(2024, 11), 100.0),
        ("Alder", serial(2024, 12), 100.0),
        ("Zenith", serial(2020, 5), 70.0),
        ("Zenith", serial(2024, 12), 90.0),
    )
    after = recalculated(office, single, changes)
    assert "after a month without any" not in status(after)
    assert [amount(after, line) for line in ("opening", "new", "reactivation")] == [100, 0, 90]
    assert setting(after, "AmountsEarlier") == 70


TYPED_OVER = {
    "an outcome of the settings": ("Settings", "C17"),
    "a month of the settings": ("Settings", "D17"),
    "a verdict on the rows": ("Settings", "D35"),
    "customers of the months before": ("Settings", "C64"),
    "a row's number": ("Rows", "A9"),
    "a row's total": ("Rows", "K9"),
    "the line at 100 % of a chart": ("Trend", "X27"),
    "a figure of the calculator": ("Calculator", "H8"),
    "a published figure of the calculator": ("Calculator", "H66"),
    "the count of notices": ("Checks", "B7"),
    "a title": ("Definitions", "A2"),
    "the status line of a sheet of its own": ("Settings", "B3"),
    "the status line of a sheet of the report": ("Trend", "A4"),
}


def test_no_figure_of_a_template_is_typed_over_under_a_tick(template, office):
    edits = [[(sheet, address, 0.5)] for sheet, address in TYPED_OVER.values()]
    seen = office.each_alone(template, edits, ("Summary", "A4"))
    assert [name for name, line in zip(TYPED_OVER, seen, strict=False) if not line.startswith("✗")] == []
    assert seen[-1] == PASSED
