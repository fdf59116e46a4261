"""The template workbook: committed as built, sound in itself, and the same numbers as the analysis of its rows."""

from __future__ import annotations

import re
import zipfile

import openpyxl
import pytest

from nrr_xl.errors import InputError, OutputError
from nrr_xl.metrics import METRICS
from nrr_xl.retention.analysis import analyse
from nrr_xl.retention.bridge import rates
from nrr_xl.workbook.template import calculator as template_calculator
from nrr_xl.workbook.template import layout as template_layout
from nrr_xl.workbook.template.build import write_template
from nrr_xl.workbook.template.example import example_rows
from nrr_xl.workbook.template.layout import NO_ROWS, PASSED
from nrr_xl.workbook.template.values import Values

KINDS = ("xlsx", "xltx", "xlsm")
# Functions of Excel 2010 and LibreOffice that the template may use; nothing volatile, no OFFSET, no INDIRECT.
FUNCTIONS = set(
    "ABS AND COLUMNS COUNTA COUNTBLANK COUNTIF COUNTIFS DATE FIXED IF IFERROR INDEX INT ISBLANK ISNUMBER LEN MATCH"
    " MAX MEDIAN MIN MOD MONTH N NA OR PRODUCT ROUND ROW ROWS SMALL SUBSTITUTE SUM SUMIF"
    " SUMIFS SUMPRODUCT TRIM YEAR".split()
)


@pytest.fixture(scope="module")
def parts(tmp_path_factory) -> dict[str, str]:
    """The XML of the filled .xlsx by part."""
    path = tmp_path_factory.mktemp("parts") / "template.xlsx"
    write_template(path, example=True)
    with zipfile.ZipFile(path) as package:
        return {name: package.read(name).decode() for name in package.namelist()}


@pytest.mark.parametrize("kind", KINDS)
def test_the_committed_template_is_what_the_code_builds(kind, templates, tmp_path):
    if kind == "xlsm":
        pytest.importorskip("pyopenvba")
    built = tmp_path / f"built.{kind}"
    write_template(built)
    assert built.read_bytes() == (templates / f"nrr_template.{kind}").read_bytes()


def test_the_committed_example_is_what_the_code_builds(templates, tmp_path):
    write_template(tmp_path / "built.xlsx", example=True)
    assert (tmp_path / "built.xlsx").read_bytes() == (templates / "nrr_template_example.xlsx").read_bytes()


def test_an_empty_template_shows_no_numbers_and_says_what_to_do(tmp_path):
    """Before anything calculates too: a preview must not show another company's retention."""
    write_template(tmp_path / "empty.xlsx", customers=48)
    book = openpyxl.load_workbook(tmp_path / "empty.xlsx", data_only=True)
    assert book["Revenue"].tables["RevenueRows"].ref == "A6:D7"
    for name in ("Read me", "Revenue", "Report"):
        shown = [cell.value for row in book[name].iter_rows() for cell in row]
        assert NO_ROWS in shown and PASSED not in shown
    report = [cell.value for row in book["Report"].iter_rows() for cell in row]
    assert not [value for value in report if isinstance(value, int | float)]
    assert book["Report"]["B6"].value in (None, "")


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
        for sheet in (2, 4, 5, 6, 7):
            part = f"xl/worksheets/sheet{sheet}.xml"
            without_name = re.sub(rb'<sheetPr codeName="[^"]*">', b"<sheetPr>", macro.read(part))
            assert without_name == plain.read(part)
        assert b"NrrTemplateBuildReport" in macro.read("xl/drawings/vmlDrawing1.vml")


def test_the_macro_is_the_source_in_the_repository(templates, tmp_path):
    openvba = pytest.importorskip("pyopenvba")
    from nrr_xl.workbook.template.macro import MODULE, macro_source

    with openvba.ExcelFile(templates / "nrr_template.xlsm") as workbook:
        assert macro_source().strip() in workbook.vba_project().get_module(MODULE).source


def test_the_example_is_interesting_enough_to_learn_from():
    values = Values(tuple(example_rows()))
    window = values.window
    for flow in ("new", "reactivation", "expansion", "contraction", "churn"):
        assert getattr(window, flow)[0, 0] > 0
    assert values.customers == template_layout.EXAMPLE_CUSTOMERS


def test_the_values_are_those_of_the_analysis():
    values = Values(tuple(example_rows()))
    analysis = analyse(values.cube)
    here = {name: float(series[0, 0]) for name, series in rates(values.window).items()}
    assert here == {name: analysis.rates[name] for name in here}
    assert analysis.trend["nrr"].to_numpy()[-12:] == pytest.approx(rates(values.trailing)["nrr"][-12:, 0])


def test_the_calculator_shows_every_rate_of_the_catalogue():
    shown = {*template_calculator.FLOW_RATES, *template_calculator.CUSTOMER_RATES, "compound"}
    assert shown | set(template_calculator.SINGLES) == set(METRICS)


@pytest.mark.parametrize("case", template_calculator.WORKED, ids=lambda case: case[0])
def test_worked_examples_come_out_as_published(case):
    _, start, expansion, contraction, churn, net, gross, _ = case
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
        assert red.read("xl/worksheets/sheet7.xml") == standard.read("xl/worksheets/sheet7.xml").replace(
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
