"""Filling a restyled template: the table grows, the rest stays, and what would be lost is refused."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from dataclasses import replace
from html import unescape

import numpy as np
import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.chart import BarChart, Reference
from openpyxl.drawing.image import Image
from openpyxl.styles import Font
from openpyxl.worksheet.formula import ArrayFormula
from openpyxl.worksheet.table import Table

from nrr_xl.cli import main
from nrr_xl.errors import InputError, OutputError
from nrr_xl.periods import Periods, month_number
from nrr_xl.retention.analysis import analyse
from nrr_xl.revenue.cube.build import RevenueCube, Segment
from nrr_xl.workbook.fill import fill
from nrr_xl.workbook.template import refreshed
from nrr_xl.workbook.template.build import write_template
from nrr_xl.workbook.template.example import EXAMPLE

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")


def cube(customers: int = 3, months: int = 15) -> RevenueCube:
    """A small cube, one customer of which leaves, with a name that looks like a formula."""
    amounts = np.full((customers, months), 100.0)
    amounts[1, 10:] = 0
    names = ("=SUM(A1)", "Birch*", *(f"Customer {n}" for n in range(2, customers)))
    region = Segment("Region", ("North", "South"), np.arange(customers) % 2)
    return RevenueCube(names, Periods(month_number(2023, 1), months), amounts, {"Region": region})


@pytest.fixture
def valued():
    """Asked for by tests of the values that formulas carry."""


@pytest.fixture(autouse=True)
def unvalued(request, monkeypatch):
    """What does not look at the values does not compute them, which takes longer than all the rest."""
    if "valued" not in request.fixturenames:
        monkeypatch.setattr(refreshed, "_made", lambda *_: None)


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    path = tmp_path_factory.mktemp("template") / "template.xlsx"
    write_template(path, example=True, customers=48)
    return path


@pytest.fixture(scope="module")
def restyled(template, tmp_path_factory):
    """The template as a finance team would have it: a logo, a chart, a sheet of its own, other fonts."""
    pillow = pytest.importorskip("PIL.Image")
    folder = tmp_path_factory.mktemp("restyled")
    logo = io.BytesIO()
    pillow.new("RGB", (60, 20), "navy").save(logo, "png")
    book = load_workbook(template, rich_text=True)
    report = book["Summary"]
    report["A2"].font = Font(name="Georgia", size=24, color="990000")
    report.add_image(Image(logo), "H1")
    for cell in book["Revenue"]["C"][6:]:
        cell.number_format = "#,##0.0000"
    own = book.create_sheet("Board")
    own["A1"] = "=Summary!A9"
    chart = BarChart()
    chart.title = "Board chart"
    chart.add_data(Reference(report, min_col=3, min_row=10, max_row=16))
    own.add_chart(chart, "C3")
    own.page_setup.orientation = "portrait"
    own.print_area = "A1:H30"
    path = folder / "restyled.xlsx"
    book.save(path)
    return path


def test_the_rows_go_in_and_the_table_ends_with_them(template, tmp_path):
    out = tmp_path / "out.xlsx"
    assert fill(template, cube(), out) == 40
    sheet = load_workbook(out)["Revenue"]
    assert sheet.tables["RevenueRows"].ref == "A6:D46"
    rows = [[cell.value for cell in row] for row in sheet["A7:D46"]]
    assert rows[0] == ["=SUM(A1)", dt.datetime(2023, 1, 1), 100, "North"]
    assert sum(row[2] for row in rows) == 4000
    assert all(cell.value is None for row in sheet["A47:D1400"] for cell in row), "no row of the example is left"


def test_a_name_that_looks_like_a_formula_is_text(template, tmp_path):
    out = tmp_path / "out.xlsx"
    fill(template, cube(), out)
    with zipfile.ZipFile(out) as package:
        sheet = package.read("xl/worksheets/sheet3.xml").decode()
    assert re.search(r'<c r="A7"[^>]* t="(s|inlineStr)"', sheet)
    assert "SUM(A1)</f>" not in sheet


def test_the_restyled_template_keeps_its_looks(restyled, tmp_path):
    out = tmp_path / "out.xlsx"
    fill(restyled, cube(), out)
    before, after = load_workbook(restyled, rich_text=True), load_workbook(out, rich_text=True)
    assert after.sheetnames == before.sheetnames
    assert repr(after["Summary"]["A2"].font) == repr(before["Summary"]["A2"].font)
    assert len(after["Summary"]._images) == 1
    assert [len(sheet._charts) for sheet in after] == [len(sheet._charts) for sheet in before]
    assert after["Board"].print_area == before["Board"].print_area
    assert after["Board"].page_setup.orientation == "portrait"
    assert dict(after.defined_names) == dict(before.defined_names)
    assert after["Revenue"]["C46"].number_format == "#,##0.0000"
    # The example's company and currency are not those of the rows, which name none: these two cells alone are emptied.
    for address, fact in (("C6", EXAMPLE["company"]), ("C7", EXAMPLE["currency"])):
        assert before["Settings"][address].value == fact
        before["Settings"][address].value = None
    for name in before.sheetnames:
        old, new = before[name], after[name]
        assert str(new.data_validations.dataValidation) == str(old.data_validations.dataValidation)
        assert len(new.conditional_formatting) == len(old.conditional_formatting)
        assert new.freeze_panes == old.freeze_panes
        assert new.oddFooter.left.text == old.oddFooter.left.text
        if name != "Revenue":
            assert [[str(cell.value) for cell in row] for row in new] == [[str(c.value) for c in row] for row in old]


def test_new_rows_look_like_the_first(template, tmp_path):
    out = tmp_path / "out.xlsx"
    fill(template, cube(48, 36), out)
    sheet = load_workbook(out)["Revenue"]
    last = 6 + 48 * 36 - 26
    assert sheet.tables["RevenueRows"].ref == f"A6:D{last}"
    assert sheet.cell(last, 2).number_format == sheet.cell(7, 2).number_format
    assert repr(sheet.cell(last, 3).font) == repr(sheet.cell(7, 3).font)
    assert sheet.print_area.endswith(f"$D${last}")


def test_the_same_input_gives_the_same_bytes(template, tmp_path, valued):
    outs = [tmp_path / "one.xlsx", tmp_path / "two.xlsx"]
    for out in outs:
        fill(template, cube(), out)
    assert outs[0].read_bytes() == outs[1].read_bytes()


def test_the_chosen_segment_goes_in(template, tmp_path):
    wide = cube()
    plan = Segment("Plan", ("Basic",), np.zeros(3, int))
    out = tmp_path / "out.xlsx"
    both = RevenueCube(wide.customers, wide.periods, wide.amounts, {**wide.segments, "Plan": plan})
    fill(template, both, out, segment="Plan")
    assert load_workbook(out)["Revenue"]["D7"].value == "Basic"


def test_a_calculated_column_is_filled_down(template, tmp_path):
    book = load_workbook(template)
    sheet = book["Revenue"]
    table = sheet.tables["RevenueRows"]
    last = table.ref.split("D")[1]
    del sheet.tables["RevenueRows"]
    grown = Table(displayName="RevenueRows", ref=f"A6:E{last}")
    grown._initialise_columns()
    for column, name in zip(grown.tableColumns, ("Customer", "Month", "Amount", "Segment", "ARR"), strict=True):
        column.name = name
    from openpyxl.worksheet.table import TableFormula

    grown.tableColumns[4].calculatedColumnFormula = TableFormula(attr_text="RevenueRows[[#This Row],[Amount]]*12")
    sheet["E6"] = "ARR"
    sheet.add_table(grown)
    path, out = tmp_path / "arr.xlsx", tmp_path / "out.xlsx"
    book.save(path)
    fill(path, cube(), out)
    filled = load_workbook(out)["Revenue"]
    assert filled["E46"].value == "=RevenueRows[[#This Row],[Amount]]*12"
    assert filled["E47"].value is None


def test_what_cannot_be_filled_is_refused(template, tmp_path):
    out = tmp_path / "out.xlsx"
    plain = tmp_path / "plain.xlsx"
    Workbook().save(plain)
    text = tmp_path / "text.xlsx"
    text.write_text("no workbook")
    quarterly = RevenueCube(("a",), Periods(month_number(2023, 3), 4, 3), np.ones((1, 4)))
    for source, rows, options, says in (
        (plain, cube(), {}, "no such table"),
        (text, cube(), {}, "not a workbook"),
        (tmp_path / "absent.xlsx", cube(), {}, "does not exist"),
        (template, quarterly, {}, "by quarter"),
        (template, cube(), {"segment": "Country"}, "no segment 'Country': choose from Region"),
        (template, cube(49, 2), {}, "holds 48 customers, but there are 49.*--customers 49"),
        (template, cube(48, 60), {}, "holds 1,728 rows"),
    ):
        with pytest.raises(InputError, match=says):
            fill(source, rows, out, **options)
        assert not out.exists()
    with pytest.raises(InputError, match="must end in"):
        fill(template, cube(), tmp_path / "out.xlsm")
    out.write_bytes(b"mine")
    with pytest.raises(OutputError, match="exists already"):
        fill(template, cube(), out)


def test_cells_below_the_table_are_not_run_over(template, tmp_path):
    book = load_workbook(template)
    book["Revenue"]["B1300"] = "signed off by finance"
    path = tmp_path / "noted.xlsx"
    book.save(path)
    with pytest.raises(InputError, match="Revenue!B1300 stands in the way"):
        fill(path, cube(48, 36), tmp_path / "out.xlsx")


SHAPE = b'<d:wsDr xmlns:d="urn:d"><d:sp macro=""/></d:wsDr>'
SPARKLINE = b'<worksheet xmlns:x14="urn:x14"><x14:sparkline/></worksheet>'


@pytest.mark.parametrize(
    ("part", "content"),
    [
        ("xl/slicers/slicer1.xml", b"<slicers/>"),
        ("xl/threadedComments/threadedComment1.xml", b"<a/>"),
        ("xl/drawings/drawing99.xml", SHAPE),
        ("xl/worksheets/sheet99.xml", SPARKLINE),
    ],
)
def test_what_is_not_of_the_rows_stays_byte_for_byte(part, content, template, tmp_path):
    path, out = tmp_path / "rich.xlsx", tmp_path / "out.xlsx"
    path.write_bytes(template.read_bytes())
    with zipfile.ZipFile(path, "a") as package:
        package.writestr(part, content)
    fill(path, cube(), out)
    with zipfile.ZipFile(path) as before, zipfile.ZipFile(out) as after:
        assert after.read(part) == content
        for name in before.namelist():
            if not re.match(r"xl/(worksheets/sheet|tables/|charts/|workbook.xml)", name):
                assert after.read(name) == before.read(name), name


def test_filled_formulas_carry_values_and_nothing_is_calculated_on_opening(template, tmp_path, valued):
    out = tmp_path / "out.xlsx"
    fill(template, cube(), out, company="Acme")
    values = load_workbook(out, data_only=True)
    analysis = analyse(cube())
    assert values["Summary"]["A9"].value == pytest.approx(analysis.rates["nrr"])
    assert values["Summary"]["A2"].value.startswith("Acme · ")
    with zipfile.ZipFile(out) as package:
        assert b"fullCalcOnLoad" not in package.read("xl/workbook.xml")
        charts = [package.read(name) for name in package.namelist() if name.startswith("xl/charts/chart")]
    assert charts and not any(b"numCache>" in chart for chart in charts), "no chart shows the rows before"
    held = [re.findall(rb"<c:f>([^<]*)</c:f><c:strCache>.*?<c:v>([^<]*)</c:v>", chart) for chart in charts]
    for ((cell, title),) in held:
        sheet, _, address = cell.decode().rpartition("!")
        assert unescape(title.decode()) == values[sheet][address.replace("$", "")].value


@pytest.mark.parametrize("change", ["a formula", "a number", "a formula beside", "the window"])
def test_values_that_cannot_be_known_are_taken_out(change, template, tmp_path, valued):
    book, out = load_workbook(template), tmp_path / "out.xlsx"
    if change == "a formula":
        book["Trend"]["A30"] = "=1"
    elif change == "a number":
        movers = book["Movers"]
        row = next(row for row in range(1, 99) if str(movers.cell(row, 1).value).startswith("At risk from"))
        movers.cell(row, 2).value = 5
    elif change == "the window":
        book["Settings"]["C10"] = 30
    else:
        book.create_sheet("Board")["A1"] = "=Summary!A9"
    path = tmp_path / "changed.xlsx"
    book.save(path)
    fill(path, cube(), out)
    values = load_workbook(out, data_only=True)
    known = change == "a formula beside"
    assert (values["Summary"]["A9"].value is not None) == known
    assert "Board" not in values.sheetnames or values["Board"]["A1"].value is None
    with zipfile.ZipFile(out) as package:
        assert b'fullCalcOnLoad="1"' in package.read("xl/workbook.xml")


def test_array_formulas_of_the_owners_stay(template, tmp_path):
    book = load_workbook(template)
    book["Summary"]["B90"] = ArrayFormula("B90:B91", "=C10:C11*2")
    path, out = tmp_path / "array.xlsx", tmp_path / "out.xlsx"
    book.save(path)
    fill(path, cube(), out)
    assert load_workbook(out)["Summary"]["B90"].value.text == "=C10:C11*2"


def test_the_monthly_pack_is_one_command(templates, template, tmp_path, capsys):
    rows = tmp_path / "rows.csv"
    rows.write_text("Customer,Month,MRR\nAcme,2024-01-31,10\nBirch,2024-01-31,20\nAcme,2024-02-29,12\n")
    out = tmp_path / "pack.xlsx"
    assert main(["fill", str(template), str(rows), "-o", str(out)]) == 0
    assert "with 3 rows of 2 customers" in capsys.readouterr().out
    assert load_workbook(out)["Revenue"]["A7"].value == "Acme"
    assert main(["fill", str(template), str(rows), "-o", str(out)]) == 2
    assert "exists already" in capsys.readouterr().err


def test_the_template_command(tmp_path, capsys):
    out = tmp_path / "t.xlsx"
    assert main(["template", str(out), "--customers", "60"]) == 0
    assert "60 customers" in zipfile.ZipFile(out).read("xl/sharedStrings.xml").decode()
    assert main(["template", str(out)]) == 2
    assert "exists already" in capsys.readouterr().err


def test_company_and_currency_are_those_of_the_rows(tmp_path):
    example = tmp_path / "example.xlsx"
    write_template(example, customers=48, example=True)
    euros = replace(cube(), currency="EUR")
    for company, currency, options in (("Acme", "EUR", {"company": "Acme"}), (None, "EUR", {})):
        out = tmp_path / f"{company}.xlsx"
        fill(example, euros, out, **options)
        sheet = load_workbook(out)["Settings"]
        assert (sheet["C6"].value, sheet["C7"].value) == (company, currency)
    again = tmp_path / "again.xlsx"
    fill(tmp_path / "Acme.xlsx", cube(), again)
    assert load_workbook(again)["Settings"]["C6"].value == "Acme", "what was typed stays"
