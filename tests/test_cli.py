"""The command line as a user meets it: what it prints, what it refuses, and its exit status."""

import json

import openpyxl
import pytest

from nrr_xl.cli import main

ROWS = """Customer,Region,Month,MRR
Acme,EMEA,2023-12,100
Acme,EMEA,2024-02,100
Acme,EMEA,2024-12,150
Bolt,APAC,2023-12,100
"""


@pytest.fixture
def rows(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rows.csv").write_text(ROWS)
    return tmp_path


def test_analyse_prints_the_rates(rows, capsys):
    assert main(["analyse", "rows.csv"]) == 0
    shown = capsys.readouterr().out
    assert "2023-12 to 2024-12 (12 months)" in shown
    assert "75.0 %" in shown and "50.0 %" in shown
    assert "(100)" in shown


def test_analyse_json_is_one_object_of_the_promised_shape(rows, capsys):
    assert main(["analyse", "rows.csv", "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert result["source"]["layout"] == "long" and result["source"]["rows"] == 4
    assert (result["opening_period"], result["closing_period"], result["months"]) == ("2023-12", "2024-12", 12)
    assert result["rates"]["nrr"] == 0.75 and result["rates"]["quick_ratio"] == 0.5
    assert result["bridge"]["churn"] == 100.0
    assert all(check["passed"] for check in result["checks"])


def test_undefined_is_null_in_json(rows, capsys):
    (rows / "new.csv").write_text("Customer,Month,MRR\nAcme,2023-12,0\nAcme,2024-12,150\n")
    assert main(["analyse", "new.csv", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["rates"]["nrr"] is None


def test_options_from_a_config_file_stand_behind_the_command_line(rows, capsys):
    (rows / "nrr.toml").write_text('months = 6\nas-of = "2024-06"\n')
    assert main(["analyse", "rows.csv", "--json", "--config", "nrr.toml", "--months", "3"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert (result["opening_period"], result["closing_period"]) == ("2024-03", "2024-06")


@pytest.mark.parametrize(
    "config, told",
    [("monts = 6", "no option --monts"), ("months = ", "not a TOML file"), (None, "cannot be read")],
)
def test_a_bad_config_file_is_named(rows, capsys, config, told):
    if config is not None:
        (rows / "nrr.toml").write_text(config)
    assert main(["analyse", "rows.csv", "--config", "nrr.toml"]) == 2
    assert told in capsys.readouterr().err


@pytest.mark.parametrize(
    "words, told",
    [
        (["--as-of", "soon"], "not a month"),
        (["--as-of", "2031-01"], "outside 2023-12 to 2024-12"),
        (["--months", "24"], "opens before the first period"),
        (["--months", "0"], "at least 1"),
        (["--grace", "-1"], "must be 0 months or more"),
    ],
)
def test_an_option_that_does_not_fit_is_refused_in_one_message(rows, capsys, words, told):
    assert main(["analyse", "rows.csv", *words]) == 2
    streams = capsys.readouterr()
    assert told in streams.err and "Traceback" not in streams.err and streams.out == ""


def test_report_writes_beside_nothing_else_and_refuses_to_overwrite(rows, capsys):
    assert main(["report", "rows.csv"]) == 0
    assert "Wrote rows_retention.xlsx" in capsys.readouterr().out
    written = (rows / "rows_retention.xlsx").read_bytes()
    assert main(["report", "rows.csv"]) == 2
    assert "exists already" in capsys.readouterr().err
    assert main(["report", "rows.csv", "--overwrite"]) == 0
    assert (rows / "rows_retention.xlsx").read_bytes() == written
    assert sorted(path.name for path in rows.iterdir()) == ["rows.csv", "rows_retention.xlsx"]


def test_demo_says_what_to_open_and_can_be_repeated(rows, capsys):
    assert main(["demo"]) == 0
    assert "sample_revenue_retention.xlsx" in capsys.readouterr().out
    assert main(["demo"]) == 0
    (rows / "sample_revenue.xlsx").write_text("mine")
    assert main(["demo"]) == 2
    assert (rows / "sample_revenue.xlsx").read_text() == "mine"


def test_a_fault_of_ours_is_one_line_and_status_1(rows, capsys, monkeypatch):
    import nrr_xl.commands

    monkeypatch.setattr(nrr_xl.commands, "summary", lambda analysis: 1 / 0)
    assert main(["analyse", "rows.csv"]) == 1
    shown = capsys.readouterr().err
    assert "a fault of ours" in shown and "Traceback" not in shown


def test_similar_names_are_suggested_beside_the_report_and_never_merged(rows, capsys):
    (rows / "twins.csv").write_text('Customer,Month,MRR\nAcme Inc,2023-12,100\n"Acme, Inc.",2024-12,150\n')
    assert main(["report", "twins.csv"]) == 0
    suggested = rows / "twins_retention_customer_map.csv"
    assert suggested.read_text("utf-8-sig").splitlines()[0] == "from,to"
    assert "0.0 %" in capsys.readouterr().out
    assert main(["report", "twins.csv", "--overwrite", "--customer-map", str(suggested)]) == 0
    assert "150.0 %" in capsys.readouterr().out


def test_an_edited_map_is_kept(rows, capsys):
    (rows / "twins.csv").write_text('Customer,Month,MRR\nAcme Inc,2023-12,100\n"Acme, Inc.",2024-12,150\n')
    suggested = rows / "twins_retention_customer_map.csv"
    suggested.write_text("from,to\n")
    assert main(["report", "twins.csv"]) == 0
    assert suggested.read_text() == "from,to\n"


def test_the_report_goes_into_an_own_workbook_or_to_a_file_of_its_own(rows, capsys):
    book = openpyxl.Workbook()
    book.active["A1"] = "mine"
    book.save(rows / "pack.xlsx")
    assert main(["report", "rows.csv", "--into", "pack.xlsx", "-o", "x.xlsx"]) == 2
    assert main(["report", "rows.csv", "--into", "pack.xlsx"]) == 0
    sheets = openpyxl.load_workbook(rows / "pack.xlsx").sheetnames
    assert sheets[0] == "Sheet" and "Summary" in sheets


def test_compare_says_why_two_sheets_differ_and_reads_a_report_as_its_source(rows, capsys):
    (rows / "later.csv").write_text(ROWS.replace("2024-12,150", "2024-12,130"))
    assert main(["compare", "rows.csv", "later.csv", "-o", "c.xlsx"]) == 0
    assert "Amounts restated" in capsys.readouterr().out
    assert openpyxl.load_workbook("c.xlsx", read_only=True).sheetnames == ["Comparison", "Changes"]
    assert main(["compare", "rows.csv", "later.csv", "--json"]) == 0
    by_source = json.loads(capsys.readouterr().out)
    restated = next(cause for cause in by_source["causes"] if cause["cause"] == "restated")
    assert restated["nrr"] == pytest.approx(-0.1) and restated["retained"] == -20.0
    assert main(["report", "rows.csv", "-o", "report.xlsx"]) == 0
    capsys.readouterr()
    assert main(["compare", "report.xlsx", "later.csv", "--json"]) == 0
    by_report = json.loads(capsys.readouterr().out)
    assert by_report["causes"] == by_source["causes"] and by_report["bridge"] == by_source["bridge"]


def test_compare_reads_the_old_sheet_by_its_own_options(rows, capsys):
    (rows / "old.toml").write_text('grace = 24\ncustomer-map = "map.csv"\n')
    (rows / "map.csv").write_text("from,to\nBolt,Acme\n")
    assert main(["compare", "rows.csv", "rows.csv", "--old-config", "old.toml", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    moved = {cause["cause"]: cause["customers"] for cause in found["causes"]}
    assert moved.pop("policy") == 2 and not any(moved.values())
    assert any("the cause policy" in note for note in found["notes"])


@pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")
def test_the_first_page_says_company_currency_and_the_day_that_was_given(rows, capsys):
    given = ["--company", "Acme Group", "--currency", "eur", "--prepared", "2024-12-31"]
    assert main(["report", "rows.csv", "-o", "r.xlsx", *given]) == 0
    sheet = openpyxl.load_workbook("r.xlsx", data_only=True)["Summary"]
    assert sheet["A2"].value.startswith("Acme Group")
    assert sheet["A3"].value == "MRR, EUR · 12 months, Dec 2023 to Dec 2024 · prepared 2024-12-31"
    assert main(["report", "rows.csv", "-o", "s.xlsx"]) == 0
    said = openpyxl.load_workbook("s.xlsx", data_only=True)["Summary"]["A3"].value
    assert "currency not said" in said and "prepared" not in said


def test_a_currency_that_is_neither_column_nor_code_is_refused(rows, capsys):
    assert main(["analyse", "rows.csv", "--currency", "Bananas"]) == 2
    (rows / "euro.csv").write_text("Customer,Month,MRR,Currency\nAcme,2023-12,1,EUR\nAcme,2024-12,1,EUR\n")
    assert main(["analyse", "euro.csv", "--currency", "USD"]) == 2
    assert "the amounts are in EUR" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["a" * 251 + ".xlsx", "nowhere/out.xlsx", "con.xlsx", "out.xls", "out", "out.xlsx "])
def test_a_place_that_cannot_be_is_refused_before_any_work_and_names_the_option(rows, capsys, name):
    (rows / "rows.csv").write_text("not looked at", "utf-8")
    assert main(["report", "rows.csv", "-o", name]) == 2
    told = capsys.readouterr().err
    assert told.startswith("nrr-xl: ") and "(-o names another place.)" in told and "\n" not in told.strip()
    (rows / "rows.csv").write_text(ROWS, "utf-8")
    assert main(["compare", "rows.csv", "rows.csv", "-o", name]) == 2
    assert "(-o names another place.)" in capsys.readouterr().err
    assert [each.name for each in rows.iterdir()] == ["rows.csv"]


def test_a_file_in_the_way_names_both_options_and_of_files_beside_the_report_as_well(rows, capsys):
    for name, more in (("there.xlsx", []), ("there.pdf", ["--pdf"]), ("there.toml", ["--save-config"])):
        (rows / name).write_text("mine", "utf-8")
        assert main(["report", "rows.csv", "-o", "there.xlsx", *more]) == 2
        told = capsys.readouterr().err
        assert f"{name} exists already" in told and "(-o names another place, --overwrite replaces it.)" in told
        (rows / name).unlink()
    (rows / "t.xlsx").write_text("mine", "utf-8")
    assert main(["template", "t.xlsx"]) == 2
    assert "(--overwrite replaces it.)" in capsys.readouterr().err


def test_a_name_with_no_room_for_the_map_of_similar_names_leaves_nothing(rows, capsys):
    text = (rows / "rows.csv").read_text("utf-8")
    (rows / "rows.csv").write_text(text + text.split("\n", 1)[1].replace("Acme", "Acme Inc"), "utf-8")
    assert main(["report", "rows.csv", "-o", "a" * 245 + ".xlsx"]) == 2
    assert "_customer_map.csv cannot be written: File name too long. (-o names" in capsys.readouterr().err
    assert [each.name for each in rows.iterdir()] == ["rows.csv"]
