"""The tables beside the rows: what passes as one, what is said of its use, and what its name means."""

import pytest

from nrr_xl.errors import InputError
from nrr_xl.revenue.read import read


@pytest.fixture
def rows(tmp_path):
    (tmp_path / "rows.csv").write_text("Customer,Month,Currency,MRR\na,2024-01,EUR,10\nb,2024-01,USD,5\n")
    return tmp_path


def told(cube) -> dict[str, str]:
    return {problem.code: problem.message for problem in cube.problems}


@pytest.mark.parametrize(
    "text",
    [
        "Customer,Month,Currency,MRR\na,2024-01,EUR,10\n",
        "Customer,New MRR,Month\na,1,2024-01\n",
        "Name,Amount to pay\na,1\n",
        "a,b\nc,d\n",
    ],
)
def test_a_sheet_without_the_headers_of_a_map_is_none(rows, text):
    (rows / "map.csv").write_text(text)
    with pytest.raises(InputError, match="needs the headers from and to"):
        read(rows / "rows.csv", customer_map=rows / "map.csv", rates={"EUR": 1.5, "USD": 1})


@pytest.mark.parametrize("header", ["from,to", "Old name,New name", "Customer,Parent", "Alias,Canonical name"])
def test_headers_of_a_map_in_other_words(rows, header):
    (rows / "map.csv").write_text(f"{header}\nb,a\n")
    cube = read(rows / "rows.csv", customer_map=rows / "map.csv", rates={"EUR": 1.5, "USD": 1})
    assert told(cube)["map-applied"] == "The customer map leaves 1 of 2 customers"


def test_what_was_used_of_the_rates_is_told(rows):
    cube = read(rows / "rows.csv", rates={"EUR": 1.5, "USD": 1, "GBP": 1.2})
    assert told(cube)["rates-applied"] == "Exchange rates were used for EUR (at 1.5), USD; not for GBP"


def test_a_map_and_rates_that_change_nothing_are_warned_of(tmp_path):
    (tmp_path / "rows.csv").write_text("Customer,Month,MRR\na,2024-01,10\n")
    cube = read(tmp_path / "rows.csv", rates={"EUR": 1.5, "USD": 1}, customer_map={"Nobody": "a"})
    found = {problem.code: problem.severity for problem in cube.problems}
    assert found["rates-without-effect"] == found["map-without-effect"] == "warning"


@pytest.mark.parametrize("name", ["fx.csv", "rates.csv", "renames.csv", "customer map.csv"])
def test_a_file_of_one_sheet_is_rows_whatever_it_is_called(tmp_path, name):
    (tmp_path / name).write_text("Customer,Month,MRR\na,2024-01,10\nb,2024-01,5\n")
    assert read(tmp_path / name).amounts.sum() == 15
