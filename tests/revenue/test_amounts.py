"""Amounts and dates written as text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nrr_xl.revenue.cells.amounts import parse_amount
from nrr_xl.revenue.cells.dates import Doubtful, When, parse_date


@pytest.mark.parametrize(
    ("text", "value", "decimal", "currency"),
    [
        ("12.5", 12.5, ".", ""),
        ("-3", -3, "", ""),
        ("1,25", 1.25, ",", ""),
        ("$1,200.50", 1200.5, ".", "USD"),
        ("1 200,50 EUR", 1200.5, ",", "EUR"),
        ("1.200,50 €", 1200.5, ",", "EUR"),
        ("1'200.50", 1200.5, ".", ""),
        ("12,34,567.00", 1234567, ".", ""),
        ("1.234.567", 1234567, ",", ""),
        ("(150.00)", -150, ".", ""),
        ("($150.00)", -150, ".", "USD"),
        ("150-", -150, "", ""),
        ("−150", -150, "", ""),
        ("$-5", -5, "", "USD"),
        ("1.2k", 1200, ".", ""),
        ("3.4M", 3_400_000, ".", ""),
        ("€ 12k", 12_000, "", "EUR"),
        ("kEUR 5", 5_000, "", "EUR"),
        ("US$ 5", 5, "", "USD"),
        ("1e5", 100_000, "", ""),
        ("0.123", 0.123, ".", ""),
        (".5", 0.5, ".", ""),
    ],
)
def test_an_amount_is_read(text, value, decimal, currency):
    written = parse_amount(text)
    assert (written.decimal, written.currency) == (decimal, currency)
    assert written.value(decimal or ".") == value


@pytest.mark.parametrize("text", ["1.234", "1,234", "12.345", "999,999", "1.234k"])
def test_an_amount_that_could_be_two_is_doubtful(text):
    assert parse_amount(text).decimal == "?"
    assert parse_amount(text).value(".") != parse_amount(text).value(",")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-",
        "abc",
        "12%",
        "12 abc",
        "--5",
        "(5",
        "5)",
        "1.2345.6",
        "1,2,3",
        "12 34",
        "5 10",
        "m 5",
        "1e99",
        "5 EUR USD",
        "()",
    ],
)
def test_what_writes_no_amount_is_none(text):
    assert parse_amount(text) is None


@given(st.integers(-(10**12), 10**12), st.sampled_from([(",", "."), (".", ","), (" ", ","), ("'", ".")]))
def test_every_amount_in_cents_comes_back(cents, marks):
    group, decimal = marks
    text = f"{cents / 100:,.2f}".translate(str.maketrans({",": group, ".": decimal}))
    assert parse_amount(text).value(decimal) == float(f"{cents / 100:.2f}")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-01-31", When(24288, 1, 31)),
        ("2024-01-31T23:59:59Z", When(24288, 1, 31)),
        ("20240131", When(24288, 1, 31)),
        ("31 January 2024", When(24288, 1, 31)),
        ("Jan 31, 2024", When(24288, 1, 31)),
        ("31-Jan-24", When(24288, 1, 31)),
        ("Jan-24", When(24288)),
        ("01/2024", When(24288)),
        ("202401", When(24288)),
        ("45292", When(24288, 1, 1)),
        ("2024-W05", When(24289, 1, 1)),
        ("Q3 2024", When(24296, 3)),
        ("2024Q3", When(24296, 3)),
        ("FY24", When(24299, 12)),
        ("2024", When(24299, 12)),
        ("31/01/2024", Doubtful(31, 1, 2024)),
        ("31.01.24", Doubtful(31, 1, 2024)),
    ],
)
def test_a_date_is_read(text, expected):
    assert parse_date(text) == expected


@pytest.mark.parametrize(
    "text", ["", "soon", "2024-13-01", "2024-02-30", "Q5 2024", "2024-W60", "12", "Acme 24", "1.5"]
)
def test_what_names_no_date_is_none(text):
    assert parse_date(text) is None
