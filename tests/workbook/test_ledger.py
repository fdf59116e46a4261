"""The tie-out to a ledger: what it takes, what it refuses, and that every difference is listed and red."""

from __future__ import annotations

import openpyxl
import pytest

import nrr_xl
from nrr_xl.errors import InputError
from nrr_xl.revenue.cube.lookups import ledger
from nrr_xl.workbook.report import write_report
from tests.workbook import cubes

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")


@pytest.fixture
def analysis():
    return nrr_xl.analyse(cubes.cube([[100.0] * 13, [50.25] * 13]))


def rows(path):
    book = openpyxl.load_workbook(path, data_only=True)
    found = {row[0]: row for row in book["Ledger"].iter_rows(min_row=7, values_only=True)}
    checks = {row[0]: row[1] for row in book["Checks"].iter_rows(values_only=True)}
    return found, checks["Ledger: the rows' totals are the ledger's"]


def test_every_difference_is_listed_and_none_hides_another(analysis, tmp_path):
    totals = {"2022-01": 150.25, "2022-02": 150.0, "2022-03": 150.5, "2021-12": 7.0}
    found, gap = rows(write_report(analysis, tmp_path / "r.xlsx", ledger=totals))
    assert [found[label][4] for label in ("Dec 2021", "Jan 2022", "Feb 2022", "Mar 2022")] == [-7.0, 0.0, 0.25, -0.25]
    assert found["Dec 2021"][6] == "The rows have no such period."
    assert found["Apr 2022"][6] == "The ledger says nothing of this period." and found["Apr 2022"][4] == "–"
    assert gap == pytest.approx(7.5)


def test_rows_that_do_not_tie_out_are_no_tick_on_any_sheet(analysis, tmp_path):
    book = openpyxl.load_workbook(write_report(analysis, tmp_path / "r.xlsx", ledger={"2022-01": 1.0}), data_only=True)
    told = {sheet["A4"].value for sheet in book}
    assert told == {"✗ A check fails: Ledger: the rows' totals are the ledger's"}
    assert {sheet.oddFooter.center.text for sheet in book} == {"Checks when written: see Checks"}
    values = write_report(analysis, tmp_path / "v.xlsx", ledger={"2022-01": 1.0}, values=True)
    assert all(str(sheet["A4"].value).endswith("A check failed then.") for sheet in openpyxl.load_workbook(values))


def test_a_ledger_that_agrees_is_0_throughout(analysis, tmp_path):
    totals = dict.fromkeys(analysis.cube.periods.keys, 150.25)
    _, gap = rows(write_report(analysis, tmp_path / "r.xlsx", ledger=totals))
    assert gap == 0


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("2022-01,150\n2022-02,150\n", "headers period and amount"),
        ("period,amount\n2022-01,150\n2022-01,151\n", "second total"),
        ("period,amount\nsoon,150\n", "'soon' is no period"),
        ("period,amount\n2022-01,much\n", "not a number"),
        ("period;amount\n2022-01;1.234\n", "two ways"),
        ("period,amount\n", "no totals"),
    ],
)
def test_a_ledger_that_cannot_be_read_is_refused_with_its_place(text, told, tmp_path):
    (tmp_path / "ledger.csv").write_text(text)
    with pytest.raises(InputError, match=told):
        ledger(tmp_path / "ledger.csv")


def test_amounts_are_read_as_their_column_writes_them(tmp_path):
    (tmp_path / "ledger.csv").write_text("Month;Total MRR\nJan 2022;1.234,50\nFeb 2022;1.234\n")
    assert [total.amount for total in ledger(tmp_path / "ledger.csv")] == [1234.5, 1234.0]


def test_a_quarters_total_is_not_a_months(analysis, tmp_path):
    with pytest.raises(InputError, match="a longer period than the rows"):
        write_report(analysis, tmp_path / "r.xlsx", ledger={"Q1 2022": 450.0})
    assert not (tmp_path / "r.xlsx").exists()
