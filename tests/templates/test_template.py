"""The template workbook: committed as built, sound in itself, and the same numbers as the analysis of its rows."""

from __future__ import annotations

import datetime as dt
import random
import re
import shutil
import zipfile
from pathlib import Path

import openpyxl
import pytest

from nrr_xl.errors import InputError, OutputError
from nrr_xl.metrics import METRICS
from nrr_xl.workbook.template import calculator as template_calculator
from nrr_xl.workbook.template import layout as template_layout
from nrr_xl.workbook.template.build import as_template, write_filled, write_template
from nrr_xl.workbook.template.emptied import NO_TITLE, without_values
from nrr_xl.workbook.template.example import example_rows
from nrr_xl.workbook.template.values import Values
from nrr_xl.workbook.texts import texts
from nrr_xl.workbook.theme import load_theme

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")
KINDS = ("xlsx", "xltx", "xlsm")
PASSED = texts()["checks"]["passed"]
NO_ROWS = texts()["checks"]["broken"].format(what=texts()["template_check_messages"]["rows"])
# Functions of Excel 2013 and LibreOffice that the template may use. TODAY alone is volatile; no OFFSET, no INDIRECT.
FUNCTIONS = set(
    "ABS AND CHOOSE COLUMNS COUNT COUNTA COUNTBLANK COUNTIF COUNTIFS DATE EXACT FIXED IF IFERROR INDEX INT ISBLANK"
    " ISFORMULA ISNUMBER LARGE LEFT LEN MATCH MAX MEDIAN MIN MOD MONTH N NA NOT OR PRODUCT ROUND ROUNDUP ROW ROWS SIGN"
    " SMALL STDEV SUBSTITUTE SUM SUMIF SUMIFS SUMPRODUCT SUMSQ TODAY TRIM YEAR".split()
)


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Path:
    """The empty .xlsx in its full size, built once."""
    path = tmp_path_factory.mktemp("built") / "template.xlsx"
    write_template(path)
    return path


@pytest.fixture(scope="module")
def built_example(tmp_path_factory) -> Path:
    """The filled .xlsx in its full size, built once."""
    path = tmp_path_factory.mktemp("built") / "example.xlsx"
    write_template(path, example=True)
    return path


@pytest.fixture(scope="module")
def parts(built_example) -> dict[str, str]:
    """The XML of the filled .xlsx by part."""
    with zipfile.ZipFile(built_example) as package:
        return {name: package.read(name).decode() for name in package.namelist()}


def test_the_committed_template_is_what_the_code_builds(built, templates):
    assert built.read_bytes() == (templates / "nrr_template.xlsx").read_bytes()


def test_the_committed_xltx_is_the_xlsx_as_a_template(built, templates, tmp_path):
    path = tmp_path / "built.xltx"
    shutil.copy(built, path)
    as_template(path)
    assert path.read_bytes() == (templates / "nrr_template.xltx").read_bytes()


def test_an_xltx_is_made_so(tmp_path):
    write_template(tmp_path / "small.xltx", customers=48)
    write_template(tmp_path / "small.xlsx", customers=48)
    as_template(tmp_path / "small.xlsx")
    assert (tmp_path / "small.xltx").read_bytes() == (tmp_path / "small.xlsx").read_bytes()


def test_the_committed_xlsm_is_what_the_code_builds(templates, tmp_path):
    pytest.importorskip("pyopenvba")
    write_template(tmp_path / "built.xlsm")
    assert (tmp_path / "built.xlsm").read_bytes() == (templates / "nrr_template.xlsm").read_bytes()


def test_the_committed_example_is_what_the_code_builds(built_example, templates):
    assert built_example.read_bytes() == (templates / "nrr_template_example.xlsx").read_bytes()


def test_an_empty_template_shows_no_numbers_and_says_what_to_do(tmp_path):
    """Before anything calculates too: a preview must not show another company's retention."""
    write_template(tmp_path / "empty.xlsx", customers=48)
    book = openpyxl.load_workbook(tmp_path / "empty.xlsx", data_only=True)
    assert book["Revenue"].tables["RevenueRows"].ref == "A6:D7"
    formulas = openpyxl.load_workbook(tmp_path / "empty.xlsx")
    for sheet in book:
        shown = [cell.value for row in sheet.iter_rows() for cell in row]
        assert NO_ROWS in shown or sheet.title == "Rows"
        assert PASSED not in shown
        if sheet.title == "Calculator":
            continue
        computed = [cell for row in formulas[sheet.title].iter_rows() for cell in row if cell.data_type == "f"]
        values = {book[sheet.title][cell.coordinate].value for cell in computed}
        assert values <= {None, "", NO_ROWS}, sheet.title
    with zipfile.ZipFile(tmp_path / "empty.xlsx") as package:
        charts = [package.read(name) for name in package.namelist() if name.startswith("xl/charts/chart")]
        assert b'fullCalcOnLoad="1"' in package.read("xl/workbook.xml")
    held = [text for chart in charts for text in re.findall(rb"<c:(?:num|str)Cache>.*?</c:(?:num|str)Cache>", chart)]
    # A title that is told to be nothing, or LibreOffice shows "Chart Title".
    assert held and {re.sub(rb"<[^>]*>", b"", text) for text in held} == {NO_TITLE}
    # No error is seen while the rows are refused.
    for name in ("Settings", "Summary", "Trend", "Cohorts", "Segments", "Movers", "Methods", "Benchmarks", "Customers"):
        rules = [rule.formula for area in formulas[name].conditional_formatting for rule in area.rules]
        assert any(rule == ["AND(InputChecks>0,ISERROR(A6))"] for rule in rules), name


def test_a_template_says_nothing_of_the_rows_that_it_was_made_with(tmp_path):
    """Made of other customers, months and segments it is the same file, once the formulas' values are out."""
    chance = random.Random(1)
    rows = [
        (
            f"Customer {n}",
            dt.date(2019 + (month + 5) // 12, (month + 5) % 12 + 1, 1),
            float(chance.randint(1, 90)),
            f"S{n}",
        )
        for month in range(20)
        for n in range(30)
        if chance.random() < 0.8
    ]
    others = Values(tuple(rows), 48, window=template_layout.WINDOW_MONTHS)
    for name, values in (("example", Values(tuple(example_rows()), 48)), ("others", others)):
        path = tmp_path / f"{name}.xlsx"
        write_filled(path, template_layout.Layout(48), load_theme(None), values, example=False)
        without_values(path)
    made, again = (_content(tmp_path / f"{name}.xlsx") for name in ("example", "others"))
    assert made == again


def _content(path) -> dict[str, str]:
    """The parts of a workbook, with each shared text in its place."""
    with zipfile.ZipFile(path) as package:
        parts = {name: package.read(name).decode() for name in package.namelist()}
    shared = re.findall(r"<si>(.*?)</si>", parts.pop("xl/sharedStrings.xml"), re.DOTALL)
    place = re.compile(r'( t="s"[^>]*><v>)(\d+)<')
    return {name: place.sub(lambda match: f"{match[1]}{shared[int(match[2])]}<", part) for name, part in parts.items()}


def test_an_xltx_opens_as_a_new_workbook(templates):
    types = {}
    for kind in KINDS:
        with zipfile.ZipFile(templates / f"nrr_template.{kind}") as package:
            found = re.search(r'"/xl/workbook.xml" ContentType="([^"]+)"', package.read("[Content_Types].xml").decode())
            types[kind] = found[1]
    assert types["xlsx"].endswith("sheet.main+xml") and "macro" not in types["xlsx"]
    assert types["xltx"].endswith("template.main+xml")
    assert types["xlsm"].endswith("sheet.macroEnabled.main+xml")


def test_only_plain_functions_stand_in_cells(parts):
    used = set()
    for name, text in parts.items():
        if name.startswith("xl/worksheets/sheet"):
            formulas = set(re.findall(r"<f>([^<]*)</f>", text))
            assert "<f t=" not in text, "array formulas need special entry"
            for formula in formulas:
                formula = formula.replace("_xlfn.", "")
                used |= set(re.findall(r"([A-Z][A-Z0-9.]*)\(", re.sub(r"&quot;[^&]*&quot;|\"[^\"]*\"", "", formula)))
    assert used <= FUNCTIONS
    assert "SUMIFS" in used, "the pattern finds functions"


def test_every_formula_carries_a_value(parts):
    for name, text in parts.items():
        if name.startswith("xl/worksheets/sheet"):
            assert not re.findall(r"<f>[^<]*</f></c>", text)


def test_nothing_but_the_macro_tells_the_xlsm_from_the_xlsx(templates):
    with (
        zipfile.ZipFile(templates / "nrr_template.xlsx") as plain,
        zipfile.ZipFile(templates / "nrr_template.xlsm") as macro,
    ):
        for sheet in (2, *range(4, 17)):
            part = f"xl/worksheets/sheet{sheet}.xml"
            without_name = re.sub(rb' codeName="[^"]*"', b"", macro.read(part)).replace(b"<sheetPr/>", b"")
            assert without_name == plain.read(part)
        assert b"NrrTemplateBuildReport" in macro.read("xl/drawings/vmlDrawing1.vml")


def test_the_macro_is_the_source_in_the_repository(templates, tmp_path):
    openvba = pytest.importorskip("pyopenvba")
    from nrr_xl.workbook.template.macro import MODULE, macro_source

    with openvba.ExcelFile(templates / "nrr_template.xlsm") as workbook:
        assert macro_source().strip() in workbook.vba_project().get_module(MODULE).source


def test_the_example_is_interesting_enough_to_learn_from():
    values = Values(tuple(example_rows()), template_layout.EXAMPLE_CUSTOMERS)
    for flow in ("new", "reactivation", "expansion", "contraction", "churn"):
        assert values.analysis.bridge[flow] > 0
    assert values.customers == template_layout.EXAMPLE_CUSTOMERS


def test_the_calculator_shows_every_rate_of_the_catalogue():
    shown = {*template_calculator.FLOW_RATES, *template_calculator.CUSTOMER_RATES, "compound"}
    shown |= template_calculator.SINGLES.keys()
    assert not METRICS.keys() - shown, f"workbook/template/calculator.py lacks {sorted(METRICS.keys() - shown)}"
    assert shown <= METRICS.keys()


@pytest.mark.parametrize("case", template_calculator.WORKED)
def test_worked_examples_come_out_as_published(case):
    start, expansion, contraction, churn, net, gross = template_calculator.WORKED[case]
    assert METRICS["nrr"].function(start, expansion, contraction, churn) == pytest.approx(net)
    if gross is not None:
        assert METRICS["grr"].function(start, contraction, churn) == pytest.approx(gross)


def test_a_theme_changes_the_look_alone(tmp_path):
    theme = tmp_path / "theme.toml"
    theme.write_text('[colors]\naccent = "#AA0011"\n')
    write_template(tmp_path / "red.xlsx", example=True, customers=48, theme=theme)
    write_template(tmp_path / "standard.xlsx", example=True, customers=48)
    with zipfile.ZipFile(tmp_path / "red.xlsx") as red, zipfile.ZipFile(tmp_path / "standard.xlsx") as standard:
        assert b"FFAA0011" in red.read("xl/styles.xml")
        assert red.read("xl/worksheets/sheet16.xml") == standard.read("xl/worksheets/sheet16.xml").replace(
            b"FF17507F", b"FFAA0011"
        )


@pytest.mark.parametrize(
    ("name", "options", "refused", "says"),
    [
        ("t.xls", {}, InputError, "does not end in"),
        ("t.xlsx", {"customers": 10}, InputError, "choose 48 to 2,000"),
        ("t.xlsx", {"customers": 10_000}, InputError, "choose 48 to 2,000"),
        ("t.xlsx", {"theme": "absent.toml"}, InputError, "absent.toml"),
        ("absent/t.xlsx", {}, OutputError, "is not a folder"),
    ],
)
def test_what_cannot_be_built_is_refused(name, options, refused, says, tmp_path):
    with pytest.raises(refused, match=says):
        write_template(tmp_path / name, **options)
    assert not (tmp_path / name).exists()


def test_nothing_is_overwritten_unasked(tmp_path):
    target = tmp_path / "t.xlsx"
    target.write_bytes(b"mine")
    with pytest.raises(OutputError, match="exists already"):
        write_template(target)
    assert target.read_bytes() == b"mine"
