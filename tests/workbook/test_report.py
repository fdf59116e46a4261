"""The report's file as other readers see it: sheets, names, values, determinism, and what is refused."""

from __future__ import annotations

import hashlib
import math
import re
import zipfile
from dataclasses import replace

import numpy as np
import openpyxl
import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

import nrr_xl
from nrr_xl.errors import OutputError, Problem
from nrr_xl.metrics import METRICS
from nrr_xl.revenue.cube.currency import CurrencyLayer
from nrr_xl.revenue.cube.rows import Account
from nrr_xl.workbook import live
from nrr_xl.workbook.lambdas import lambda_names
from nrr_xl.workbook.report import write_report
from nrr_xl.workbook.sheets.waterfall import _floating
from nrr_xl.workbook.theme import load_theme
from tests.workbook import cubes
from tests.workbook.test_into import picture

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")


@pytest.fixture(scope="module")
def analysis():
    return nrr_xl.analyse(cubes.ordinary())


@pytest.fixture(scope="module")
def path(analysis, tmp_path_factory):
    return write_report(analysis, tmp_path_factory.mktemp("report") / "report.xlsx")


def cells(path, sheet):
    """Every row of a sheet as its cached values."""
    book = openpyxl.load_workbook(path, data_only=True, read_only=True)
    rows = [list(row) for row in book[sheet].iter_rows(values_only=True)]
    book.close()
    return rows


def below(rows, label, offset=1):
    """The value at an offset to the right of a label."""
    for row in rows:
        for col, value in enumerate(row):
            if value == label:
                return row[col + offset]
    raise AssertionError(f"{label} is not on the sheet")


def test_sheets_with_content_stand_in_their_order(path):
    assert openpyxl.load_workbook(path, read_only=True).sheetnames == [
        "Summary",
        "Bridge",
        "Trend",
        "Cohorts",
        "Segments",
        "Movers",
        "Methods",
        "Benchmarks",
        "Reading guide",
        "Levers",
        "Unit economics",
        "Churn",
        "Adjusted NRR",
        "Certainty",
        "Customers",
        "Data quality",
        "Checks",
        "Definitions",
    ]


def test_sheets_without_content_are_left_out(tmp_path):
    analysis = nrr_xl.analyse(cubes.cube([[100.0] * 13]))
    names = openpyxl.load_workbook(write_report(analysis, tmp_path / "one.xlsx"), read_only=True).sheetnames
    assert not {"Segments", "Cohorts"} & set(names)


def test_the_summary_shows_pythons_figures(analysis, path):
    rows = cells(path, "Summary")
    for label, rate in (("NRR", "nrr"), ("GRR", "grr"), ("Logo retention", "logo_retention")):
        assert below(rows[15:], label) == pytest.approx(analysis.rates[rate], rel=1e-12)
    assert below(rows[15:], "Churn") == pytest.approx(-analysis.bridge["churn"], rel=1e-12)


def test_other_readers_see_the_same_cached_values(path):
    by_openpyxl = cells(path, "Trend")
    by_calamine = CalamineWorkbook.from_path(str(path)).get_sheet_by_name("Trend").to_python(skip_empty_area=False)
    by_pandas = pd.read_excel(path, sheet_name="Trend", header=None, engine="calamine")
    numbers = [
        (r, c, value)
        for r, row in enumerate(by_openpyxl)
        for c, value in enumerate(row)
        if isinstance(value, int | float) and not isinstance(value, bool)
    ]
    assert len(numbers) > 300
    for r, c, value in numbers:
        assert by_calamine[r][c] == pytest.approx(value)
        assert float(by_pandas.iat[r, c]) == pytest.approx(value)


def test_bridge_columns_are_pythons_bridges(analysis, path):
    rows = cells(path, "Bridge")
    header = next(row for row in rows if row[0] and str(row[0]).startswith("MRR, USD") and row[1])
    lines = {row[0]: row for row in rows}
    label = {key: text for key, text in zip(analysis.cube.periods.keys, analysis.cube.periods.labels, strict=True)}
    for record in analysis.bridges["month"].to_dict("records"):
        col = header.index(label[record["period"]])
        assert lines["Closing"][col] == pytest.approx(record["closing"], rel=1e-12)
        assert lines["Contraction"][col] == pytest.approx(-record["contraction"], rel=1e-12)
        assert lines["NRR"][col] == pytest.approx(record["nrr"], rel=1e-12)
    years = [text for text in header if str(text).startswith("FY")]
    assert len(years) == len(analysis.bridges["year"])


def test_every_chart_and_link_box_has_a_text_for_who_cannot_see_it(path):
    with zipfile.ZipFile(path) as package:
        drawings = [package.read(name).decode() for name in package.namelist() if "drawings/drawing" in name]
    named = re.findall(r"<xdr:cNvPr ([^>]*)", "".join(drawings))
    assert len(named) > 100
    assert all('descr="' in attributes for attributes in named)


def test_same_analysis_same_bytes(analysis, path, tmp_path):
    again = write_report(analysis, tmp_path / "again.xlsx")
    assert hashlib.sha256(again.read_bytes()).digest() == hashlib.sha256(path.read_bytes()).digest()


def test_nothing_volatile_no_arrays_and_short_formulas(path):
    book = openpyxl.load_workbook(path)
    found = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    formulas = [cell.value for cell in found]
    assert len(formulas) > 1_500
    assert all(isinstance(text, str) for text in formulas), "an array formula"
    # Of functions newer than Excel 2010 only one, of 2013, which counts the formulas.
    joined = "\n".join(formulas).replace("_xlfn.ISFORMULA(", "")
    for banned in ("OFFSET(", "INDIRECT(", "NOW(", "TODAY(", "RAND", "_xlfn", "LET(", "XLOOKUP("):
        assert banned not in joined
    # But for sentences, the master check, and the interval of a rate, which keeps its steps in one cell.
    long = [cell for cell in found if len(cell.value) > 420 and cell.parent.title != "Certainty"]
    assert all('"' in cell.value for cell in long) and len(long) <= 8
    assert max(map(len, formulas)) < 1_200


def test_values_only_has_no_formulas(analysis, tmp_path):
    path = write_report(analysis, tmp_path / "values.xlsx", values=True)
    book = openpyxl.load_workbook(path)
    assert not [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    assert below(cells(path, "Summary")[15:], "NRR") == pytest.approx(analysis.rates["nrr"])


def test_costly_layers_become_values_and_definitions_says_so(analysis, monkeypatch, tmp_path):
    monkeypatch.setattr(live, "SECONDS", 0.0)
    layers, notes = live.layers(analysis, values=False)
    assert layers["customers"] and not any(layers[name] for name in ("segments", "trend", "cohorts", "bridge"))
    path = write_report(analysis, tmp_path / "big.xlsx")
    assert any("40 customers x 30 periods" in str(row[1]) for row in cells(path, "Definitions"))
    assert "longer than" in notes[0][1]


def test_lambda_names_stand_in_the_workbook_with_their_comments(path):
    names = openpyxl.load_workbook(path).defined_names
    assert {rate.name for rate in lambda_names()} <= set(names)
    assert {"MOVEMENT", "NRR_BAND", "NRR_ADVICE"} < {rate.name for rate in lambda_names()}
    assert len(lambda_names()) == len(METRICS) + 3
    assert names["NRR"].comment.startswith("Net revenue retention")
    assert names["NRR"].value.startswith("_xlfn.LAMBDA(_xlpm.start,_xlop.expansion")


def test_an_existing_file_is_kept_unless_told(analysis, tmp_path):
    path = tmp_path / "mine.xlsx"
    path.write_text("mine")
    with pytest.raises(OutputError, match="exists"):
        write_report(analysis, path)
    assert path.read_text() == "mine"
    write_report(analysis, path, overwrite=True)
    assert zipfile.is_zipfile(path)


def test_a_failed_report_leaves_nothing_behind(analysis, tmp_path, monkeypatch):
    monkeypatch.setattr("nrr_xl.workbook.sheets.checks.write", lambda report: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        write_report(analysis, tmp_path / "report.xlsx")
    assert list(tmp_path.iterdir()) == []


def test_progress_is_told_and_rises(analysis, tmp_path):
    told = []
    write_report(analysis, tmp_path / "report.xlsx", progress=lambda text, share: told.append(share))
    assert len(told) > 5 and told == sorted(told) and told[0] >= 0 and told[-1] <= 1


def test_problems_are_listed_with_a_link_to_their_cell(tmp_path):
    problem = Problem("warning", "text", "The amount is text", "It was left out.", "Revenue", "C17", "=n/a", 12.5)
    account = Account(112.5, 100.0, 12.5, 2, 1, 1, (problem,))
    analysis = nrr_xl.analyse(replace(cubes.ordinary(10, 20), account=account))
    path = write_report(analysis, tmp_path / "report.xlsx")
    sheet = openpyxl.load_workbook(path)["Data quality"]
    row = next(row for row in sheet.iter_rows() if row[0].value == "warning")
    assert [row[2].value, row[3].value, row[6].value] == ["C17", "=n/a", 12.5]
    assert row[3].data_type == "s"
    assert row[2].hyperlink.target == "rows.xlsx" and row[2].hyperlink.location == "'Revenue'!C17"


@pytest.mark.parametrize("name", cubes.awkward())
def test_awkward_cubes_make_a_report(name, tmp_path):
    cube, months = cubes.awkward()[name]
    analysis = nrr_xl.analyse(cube, months=months, segments=tuple(cube.segments))
    path = write_report(analysis, tmp_path / "report.xlsx")
    rows = cells(path, "Summary")
    nrr = below(rows[15:], "NRR")
    assert nrr == ("–" if math.isnan(analysis.rates["nrr"]) else pytest.approx(analysis.rates["nrr"]))
    assert "✓ All checks pass" in [row[0] for row in rows]


def test_what_stands_behind_the_result_follows_the_segments(tmp_path):
    analysis = nrr_xl.analyse(cubes.ordinary(60, 36))
    rows = cells(write_report(analysis, tmp_path / "report.xlsx"), "Segments")
    assert len(analysis.mix_rate) and len(analysis.size_bands) > 1
    for record in analysis.mix_rate.to_dict("records"):
        shown = next(row for row in rows if row[0] == f"{record['segment']}: {record['value']}")
        assert shown[6:8] == [pytest.approx(100 * record["mix"]), pytest.approx(100 * record["rate"])]
    for record in analysis.size_bands.to_dict("records"):
        shown = next(row for row in rows if row[0] == record["value"])
        assert shown[1] == pytest.approx(record["opening"]) and shown[5] == pytest.approx(-record["contraction"])


def test_products_and_the_outlook_are_shown_where_the_rows_tell_them(templates, tmp_path):
    analysis = nrr_xl.analyse(nrr_xl.read(templates / "sample_revenue.xlsx"))
    path = write_report(analysis, tmp_path / "report.xlsx")
    split = analysis.product_split["window"].iloc[0]
    segments = cells(path, "Segments")
    assert below(segments, "Upsell: growth in a product already held", 2) == pytest.approx(split["upsell"])
    assert below(segments, "Downsell: shrinkage in a product still held", 2) == pytest.approx(-split["downsell"])
    trend = cells(path, "Trend")
    first = next(number for number, row in enumerate(trend) if row[0] == "In months") + 1
    assert [row[5] for row in trend[first : first + 3]] == pytest.approx(list(analysis.outlook["central"]))


def test_a_failing_check_is_told_before_any_recalculation(tmp_path):
    cube = cubes.ordinary(10, 20)
    lost = replace(cube, account=replace(cube.account, used_total=cube.account.used_total - 5.0))
    path = write_report(nrr_xl.analyse(lost), tmp_path / "report.xlsx")
    assert cells(path, "Summary")[3][0] == "✗ A check fails: Source amounts = used + left out"
    rows = cells(path, "Checks")
    assert below(rows, "Checks that fail") == 2
    assert below(rows, "Source amounts = used + left out") == pytest.approx(5.0)


def test_exchange_effects_stand_on_a_line_of_their_own_as_values(tmp_path):
    local = np.array([[100.0] * 12 + [120.0], [50.0] * 13])
    rates = np.linspace(1.2, 0.9, 13)
    base = cubes.cube(local * rates, {"Region": ["A", "B"]})
    cube = replace(base, fx=(CurrencyLayer("EUR", np.array([0, 1]), local, rates),))
    analysis = nrr_xl.analyse(cube)
    path = write_report(analysis, tmp_path / "fx.xlsx")
    rows = cells(path, "Summary")
    assert below(rows[15:], "Exchange rates") == pytest.approx(analysis.bridge["fx"]) != 0
    assert below(rows[15:], "Expansion") == pytest.approx(20 * 1.2)
    assert "✓ All checks pass" in [row[0] for row in rows]
    assert any("exchange rates" in str(row[1]) for row in cells(path, "Definitions"))
    difference = [row[1] for row in cells(path, "Bridge") if row[0] == "The bridge foots to its closing"]
    assert difference == [0]


def test_another_headline_method_is_told_on_the_summary(tmp_path):
    analysis = nrr_xl.analyse(cubes.ordinary(), method="survivors_only")
    rows = cells(write_report(analysis, tmp_path / "report.xlsx"), "Summary")
    wanted = f"Survivors only: {analysis.headline['rate']:.1%}."
    assert any(str(row[0]).endswith(wanted) for row in rows)


def test_brand_and_magnitude_follow_the_theme(analysis, tmp_path):
    brand = tmp_path / "brand.toml"
    (tmp_path / "logo.png").write_bytes(picture().getvalue())
    brand.write_text(
        '[company]\nname = "Acme & Söhne"\nlogo = "logo.png"\n[numbers]\nmagnitude = "k"\ncurrency = "€"\n'
    )
    path = write_report(analysis, tmp_path / "report.xlsx", theme=load_theme(brand))
    sheet = openpyxl.load_workbook(path)["Summary"]
    assert sheet["A2"].value == "Acme & Söhne · Net revenue retention"
    assert "MRR, € k" in sheet["A3"].value
    assert len(sheet._images) == 1


@pytest.mark.parametrize(("before", "after"), [(5, 8), (8, 5), (-3, 4), (4, -3), (-5, -2), (-2, -5), (0, 0)])
def test_a_floating_column_spans_from_level_to_level(before, after):
    _, (base, *moves) = _floating(False, "A1", "A2", float(before), float(after))
    above = max(base, 0) + sum(max(move, 0) for move in moves)
    under = min(base, 0) + sum(min(move, 0) for move in moves)
    assert above == max(before, after, 0)
    assert under == min(before, after, 0)
    drawn = sum(abs(move) for move in moves)
    assert drawn == abs(after - before)
    assert np.sign(sum(moves[:1]) - moves[2]) >= 0


@pytest.mark.parametrize(("periods", "last"), [(8, "Aug 2022"), (36, "Movement")])
def test_customers_print_their_amounts_where_these_stay_readable(periods, last, tmp_path):
    path = write_report(nrr_xl.analyse(cubes.ordinary(15, periods), months=3), tmp_path / "report.xlsx")
    sheet = openpyxl.load_workbook(path)["Customers"]
    edge = sheet.print_area.rpartition("$")[0].rpartition("$")[2]
    assert sheet[f"{edge}10"].value == last
    # A scale is said, since a sheet that is fitted to a page ignores its breaks; the letters here have 10 points.
    assert sheet.page_setup.fitToHeight is None and (sheet.page_setup.scale or 100) >= 80
    assert sheet.print_titles == "'Customers'!$10:$10"


def test_excel_need_not_calculate_what_is_there(path):
    with zipfile.ZipFile(path) as package:
        book = package.read("xl/workbook.xml").decode()
    assert re.search(r'<calcPr calcId="(\d+)"/>', book)[1] == "191029"
