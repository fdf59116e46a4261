"""More customers than are listed: the rows of the others keep every line exact, and all stand beside the report."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import openpyxl
import pytest

import nrr_xl
from nrr_xl.cli import main
from nrr_xl.errors import InputError, OutputError
from nrr_xl.retention.lines import MOVEMENTS
from nrr_xl.workbook.report import write_report
from nrr_xl.workbook.sheets import rest
from tests.workbook import cubes

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")


@pytest.fixture(scope="module")
def analysis():
    return nrr_xl.analyse(cubes.ordinary(700, 30))


@pytest.fixture(scope="module")
def path(analysis, tmp_path_factory):
    folder = tmp_path_factory.mktemp("rest")
    return write_report(analysis, folder / "report.xlsx", most_customers=150)


def listed(path):
    """The rows of Customers as dicts, and those of the totals by their label."""
    book = openpyxl.load_workbook(path, data_only=True, read_only=True)
    rows = list(book["Customers"].iter_rows(values_only=True))
    book.close()
    at = next(number for number, row in enumerate(rows) if row[0] == "Customer")
    return [dict(zip(rows[at], row, strict=True)) for row in rows[at + 1 :]], {row[0]: row for row in rows[:at]}


def test_the_rows_add_up_to_every_line_of_all_and_of_each_segment(analysis, path):
    rows, heads = listed(path)
    assert 140 < len(rows) <= 150 and sum("other customers" in row["Customer"] for row in rows) > 20
    assert sum(row["Customers"] for row in rows) == 700
    sums = defaultdict(float)
    for row in rows:
        change = row["Change"] * (-1 if row["Movement"] in ("contraction", "churn") else 1)
        sums["", row["Movement"]] += change
        sums["", "opening"] += row["Opening"]
        sums["", "closing"] += row["Closing"]
        for name in ("Region", "Plan"):
            for line, value in ((row["Movement"], change), ("opening", row["Opening"]), ("closing", row["Closing"])):
                sums[name + row[name], line] += value
    lines = (*MOVEMENTS, "opening", "closing")
    for line in lines:
        assert sums["", line] == pytest.approx(analysis.bridge[line], abs=0.004), line
    for name, table in analysis.tables.segments.items():
        for record in table.records():
            for line in lines:
                found = sums[name + record["value"], line]
                assert found == pytest.approx(record[line], abs=0.004), (name, record["value"], line)
    kept = sums["", "opening"] + sums["", "expansion"] - sums["", "contraction"] - sums["", "churn"]
    assert kept / sums["", "opening"] == pytest.approx(analysis.rates["nrr"], rel=1e-12)
    first = next(at for at, value in enumerate(heads["Period"]) if value == "Jan 2022")
    totals = np.array(heads["Total"][first : first + 30], float)
    assert totals == pytest.approx(analysis.cube.amounts.sum(axis=0), abs=0.004)


def test_the_largest_are_listed_and_whoever_reads_it_is_told(analysis, path):
    rows, heads = listed(path)
    names = [row["Customer"] for row in rows if row["Customers"] == 1 and "other customers" not in row["Customer"]]
    largest = np.argsort(-analysis.cube.amounts.max(axis=1), kind="stable")[: len(names)]
    assert set(names) == {analysis.cube.customers[at] for at in largest}
    assert any("summed up by segment and movement from Jun 2023 to Jun 2024" in str(label) for label in heads)
    book = openpyxl.load_workbook(path, data_only=True, read_only=True)
    said = [str(row[1]) for row in book["Definitions"].iter_rows(values_only=True) if len(row) > 1]
    book.close()
    assert any(f"of 700 customers {len(rows)} rows are listed" in text for text in said)


def test_every_customer_stands_beside_it_and_is_read_back_to_the_bit(analysis, path):
    again = nrr_xl.read(path.with_name("report.customers.parquet"), rows_are="levels")
    assert again.customers == analysis.cube.customers and (again.amounts == analysis.cube.amounts).all()
    found = nrr_xl.analyse(again)
    assert found.bridge == analysis.bridge and found.rates == analysis.rates
    for name, table in analysis.tables.segments.items():
        assert table.records() == found.tables.segments[name].records()


def test_rows_of_many_are_no_customers_to_whoever_reads_the_report(path):
    from nrr_xl.workbook.reopen import reopen

    with pytest.raises(InputError, match=r"Take report\.customers\.parquet"):
        reopen(path)
    assert "many-as-one" in {problem.code for problem in nrr_xl.read(path, sheet="Customers").problems}


def test_a_list_of_all_has_no_such_rows_and_nothing_beside_it(tmp_path):
    write_report(nrr_xl.analyse(cubes.ordinary(110)), tmp_path / "report.xlsx", most_customers=110)
    assert [each.name for each in tmp_path.iterdir()] == ["report.xlsx"]


def test_what_cannot_be_summed_up_or_written_leaves_no_file(tmp_path, monkeypatch):
    teams = [f"Team {number}" for number in range(300)]
    many = nrr_xl.analyse(cubes.cube(np.full((300, 13), 10.0), {"Team": teams}))
    with pytest.raises(OutputError, match="one for each movement and combination of segments"):
        write_report(many, tmp_path / "report.xlsx", most_customers=120)
    plain = nrr_xl.analyse(cubes.cube(np.full((300, 13), 10.0)))
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "report.customers.parquet").write_text("mine")
    with pytest.raises(OutputError, match="exists already"):
        write_report(plain, tmp_path / "kept" / "report.xlsx", most_customers=120)
    assert [each.name for each in (tmp_path / "kept").iterdir()] == ["report.customers.parquet"]

    def full(analysis, path):
        path.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(rest, "write_all", full)
    with pytest.raises(OutputError, match="No space left"):
        write_report(plain, tmp_path / "other.xlsx", most_customers=120)
    assert [each.name for each in tmp_path.iterdir()] == ["kept"]


def test_segments_that_change_are_those_of_the_window(tmp_path):
    from nrr_xl.revenue.cube.build import Segment

    made = cubes.ordinary(300, 14)
    codes = np.random.default_rng(3).integers(0, 2, made.amounts.shape).astype(np.int32)
    moving = cubes.cube(made.amounts)
    moving.segments["Tier"] = Segment("Tier", ("A", "B"), codes)
    analysis = nrr_xl.analyse(moving)
    rows, _ = listed(write_report(analysis, tmp_path / "report.xlsx", most_customers=100))
    for record in analysis.tables.segments["Tier"].records():
        mine = [row for row in rows if row["Tier"] == record["value"]]
        gone = sum(-row["Change"] for row in mine if row["Movement"] == "churn")
        assert gone == pytest.approx(record["churn"], abs=0.004)


def test_the_command_says_where_everyone_is(tmp_path, capsys):
    made = cubes.ordinary(200, 14)
    lines = ["Customer,Month,MRR"]
    for name, amounts in zip(made.customers, made.amounts, strict=True):
        lines += [f"{name},{key},{amount}" for key, amount in zip(made.periods.keys, amounts, strict=True) if amount]
    source = tmp_path / "rows.csv"
    source.write_text("\n".join(lines))
    out = tmp_path / "out.xlsx"
    assert main(["report", str(source), "-o", str(out), "--most-customers", "120"]) == 0
    assert "out.customers.parquet, which has every customer" in capsys.readouterr().out
    assert (tmp_path / "out.customers.parquet").exists()
    assert main(["report", str(source), "--into", str(out), "--most-customers", "120"]) == 2
    assert "--most-customers goes with a report of its own" in capsys.readouterr().err
