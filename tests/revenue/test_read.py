"""Files, frames and their faults, from end to end."""

import numpy as np
import pandas as pd
import pytest

import nrr_xl
from nrr_xl.errors import InputError

LONG = pd.DataFrame(
    {
        "Client": ["Acme", "Beta", "acme ", "Beta"],
        "Month": ["2024-01", "2024-01", "2024-02", "2024-02"],
        "Region": ["EMEA", "APAC", "EMEA", "APAC"],
        "MRR": [100.0, 50.0, 120.0, 0.0],
    }
)
WIDE = pd.DataFrame(
    {"Client": ["Acme", "Beta"], "Region": ["EMEA", "APAC"], "Jan-24": [100.0, 50.0], "Feb-24": [120.0, 0.0]}
)
AMOUNTS = [[100.0, 120.0], [50.0, 0.0]]


@pytest.mark.parametrize("frame", [LONG, WIDE], ids=["long", "wide"])
@pytest.mark.parametrize("suffix", ["frame", ".csv", ".xlsx"])
def test_one_table_reads_the_same_from_every_source(tmp_path, frame, suffix):
    source = frame
    if suffix != "frame":
        source = tmp_path / f"revenue{suffix}"
        frame.to_csv(source, index=False) if suffix == ".csv" else frame.to_excel(source, index=False)
    cube = nrr_xl.read(source)
    assert cube.customers == ("Acme", "Beta")
    assert cube.periods.keys == ("2024-01", "2024-02")
    assert cube.amounts.tolist() == AMOUNTS
    region = cube.segments["Region"]
    assert [region.values[code] for code in region.at(0)] == ["EMEA", "APAC"]
    assert cube.account.difference == 0 and cube.account.used_total == np.sum(AMOUNTS)


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("none.xlsx", None, "no such file"),
        ("empty.xlsx", b"", "empty"),
        ("text.xlsx", b"hello", "no workbook"),
        ("empty.csv", b" \n", "empty"),
        ("words.csv", b"Title\nsome words\n", "no revenue table"),
        ("bare.csv", b"Customer,Month,MRR\n", "no revenue table"),
        ("blank.csv", b"Customer,Month,MRR\na,2024-01,\n", "no revenue table"),
    ],
)
def test_a_file_without_revenue_is_one_clear_message(tmp_path, name, content, says):
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match=says) as caught:
        nrr_xl.read(path)
    assert str(path) in str(caught.value) or "holds no revenue table" in str(caught.value)


def test_a_folder_is_refused(tmp_path):
    with pytest.raises(InputError, match="is a folder"):
        nrr_xl.read(tmp_path)


def test_the_amounts_of_another_table_on_the_sheet_are_accounted_for(tmp_path):
    path = tmp_path / "two.csv"
    path.write_text("Customer,Month,MRR\na,2024-01,10\n\nClient,Region,Jan-24,Feb-24\nx,EU,3,4\ny,EU,5,\n")
    account = nrr_xl.read(path).account
    other = next(problem for problem in account.problems if problem.code == "other-table")
    assert (other.severity, other.code, other.cell, other.amount) == ("warning", "other-table", "A4:D6", 12.0)
    assert (account.source_total, account.used_total, account.left_out_total) == (22.0, 10.0, 12.0)
    assert (account.cells, account.used_cells, account.left_out_cells) == (4, 1, 3)
