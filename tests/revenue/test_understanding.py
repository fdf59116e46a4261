"""`nrr-xl check`: what was understood, as a table and as data."""

import json
from datetime import date

import pytest

from nrr_xl.cli import main
from nrr_xl.revenue.files.grid import grid_of_columns
from nrr_xl.revenue.read import read

ROWS = """Report
Customer;Region;Jan-24;Feb-24;Total
Acme Inc;EMEA;10,5;12;22,5
"Acme, Inc.";EMEA;;5;5
Total;;10,5;17;27,5
"""

TABLE = """\
Source     rows.csv
Table      rows, A2:E5 (header in row 2)
Layout     wide, 3 rows
Amounts    Amount
Periods    2024-01 to 2024-02 (2)
Customers  2

What decided the result
  total-row           rows!A5: A total row: it equals the rows it sums: 'Total'. Left out.

Column     Part                Header                  Values
A          customer            Customer                Acme Inc, Acme, Inc., Total
B          segment             Region                  EMEA
C:D        2 periods           Jan-24 ... Feb-24       10,5
E          total               Total                   22,5, 5, 27,5

Account           cells              amount
  source              8              110.00
  used                3               27.50
  left out            5               82.50
  check                          0, adds up

Totals                               amount
  2024-01                             10.50
  2024-02                             17.00

"""


@pytest.fixture
def rows(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rows.csv").write_text(ROWS)
    return tmp_path


def test_check_prints_what_was_understood(rows, capsys):
    assert main(["check", "rows.csv"]) == 0
    assert capsys.readouterr().out.startswith(TABLE)


def test_check_json_is_the_same_as_data(rows, capsys):
    assert main(["check", "rows.csv", "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["table"] == {"range": "A2:E5", "header_row": 2, "region": None}
    assert [column["part"] for column in data["columns"]] == ["customer", "segment", "period", "period", "total"]
    assert data["totals"] == {"2024-01": 10.5, "2024-02": 17.0}
    assert data["suggested_map"] == [["Acme, Inc.", "Acme Inc"]]
    assert data["account"]["difference"] == 0
    assert {problem["code"] for problem in data["problems"]} == {"total-row", "total-column", "name-similar"}


def test_check_of_a_sheet_with_errors_lists_them_and_says_so_by_its_status(rows, capsys):
    (rows / "bad.csv").write_text("Customer,Month,MRR\na,2024-01,10\nb,2024-01,soon\n")
    assert main(["check", "bad.csv"]) == 2
    assert "amount-unreadable" in capsys.readouterr().out
    assert main(["check", "bad.csv", "--accept-errors"]) == 0


@pytest.mark.parametrize("count", [4, 25, 250])
def test_many_errors_of_one_kind_are_one_line_with_their_number(count, rows, capsys):
    lines = "".join(f"c{number},2024-01,soon{number}\n" for number in range(count))
    (rows / "bad.csv").write_text(f"Customer,Month,MRR\na,2024-01,10\n{lines}")
    assert main(["report", "bad.csv"]) == 2
    told = capsys.readouterr().err
    assert f"bad.csv has {count} error(s), so nothing was computed." in told
    assert "bad!C3: The amount cannot be read: 'soon0'" in told and f"({count - 1} more like it)" in told
    assert told.count("cannot be read") == 1
    assert main(["check", "bad.csv"]) == 2
    assert f"amount-unreadable   {count} times: The amount cannot be read." in capsys.readouterr().out
    assert not (rows / "bad_retention.xlsx").exists()


def test_likely_doubles_are_written_as_a_map_that_can_be_given_back(rows, capsys):
    (rows / "twins.csv").write_text('Customer,Month,MRR\n=Acme Inc,2023-12,10\n"=Acme, Inc.",2024-12,12\n')
    assert main(["report", "twins.csv", "-o", "out.xlsx"]) == 0
    suggested = rows / "out_customer_map.csv"
    assert suggested.read_text("utf-8-sig") == "from,to\n\"'=Acme, Inc.\",'=Acme Inc\n"
    capsys.readouterr()
    assert main(["check", "twins.csv", "--json", "--customer-map", str(suggested)]) == 0
    assert json.loads(capsys.readouterr().out)["customers"] == 1


def test_check_prints_a_command_for_each_way_to_mend_what_stands_in_the_way(rows, capsys):
    (rows / "stale.csv").write_text("Customer,Jan-24,Feb-24\na,10,12\nb,5,6\nTotal,20,18\n")
    assert main(["check", "stale.csv"]) == 2
    told = capsys.readouterr().out
    assert "Try: nrr-xl check stale.csv --drop-rows 4\nTry: nrr-xl check stale.csv --keep-rows 4\n" in told
    assert main(["check", "stale.csv", "--drop-rows", "4"]) == 0


def test_few_errors_of_one_kind_are_told_one_by_one(rows, capsys):
    (rows / "bad.csv").write_text("Customer,Month,MRR\na,2024-01,10\n" + "b,2024-01,soon\n" * 3)
    assert main(["report", "bad.csv"]) == 2
    assert capsys.readouterr().err.count("cannot be read") == 3


def test_planned_columns_are_one_line_with_their_number_and_sum(rows, capsys):
    months = [f"{year}-{month:02d}" for year in (2023, 2024) for month in range(1, 13)]
    head = ",".join(f"{month},{month} Budget" for month in months)
    (rows / "pairs.csv").write_text(f"Customer,{head}\na{',10,1' * 24}\nb{',20,2' * 24}\n")
    assert main(["analyse", "pairs.csv"]) == 0
    told = capsys.readouterr().err
    assert told.count("planned amounts") == 1 and "(23 more like it, 72.00 in all; `nrr-xl check` lists" in told


@pytest.mark.parametrize("header", ["created", "created_at", "timestamp", "Date"])
@pytest.mark.parametrize("unit", [1, 1000])
def test_seconds_since_1970_are_dates_and_told(header, unit):
    times = [unit * (1672531203 + 2678400 * month) for month in (0, 0, 1)]  # 2023-01-01 and 2023-02-01
    rows = [["customer", "a", "b", "a"], [header, *times], ["amount", 10.0, 20.0, 30.0]]
    cube = read(grid_of_columns("s", rows), today=date(2024, 1, 1))
    assert (cube.periods.keys, cube.amounts.tolist()) == (("2023-01", "2023-02"), [[10, 30], [20, 0]])
    told = {problem.code: problem for problem in cube.problems}
    assert (told["date-epoch"].severity, told["date-epoch"].cell) == ("warning", "B2")
