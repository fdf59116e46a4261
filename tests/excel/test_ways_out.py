"""No dead ends in Excel: each message has a way on that Excel has, and each place a report can go to is said."""

import ast
import datetime as dt
import re

import openpyxl
import pytest
from stand_in import Excel
from test_macros import ROWS, saved, state  # noqa: F401 - fixtures

from nrr_xl.excel import macros
from nrr_xl.excel.addin import ADDINS
from nrr_xl.excel.settings import settings_of, settings_rows
from nrr_xl.functions.words import SHEET, excel_words, names_a_setting, settable, unworded
from nrr_xl.options import option

OPTION = re.compile(r"--[a-z]")
# Texts that never reach Excel: of the command line itself, and of programs that are started.
COMMAND_LINE = ("cli.py", "commands", "console.py", "excel/install.py", "excel/doctor.py", "calc/", "workbook/pdf.py")
AMBIGUOUS = [("Customer", "Date", "Amount"), ("a", "01/02/2024", 10), ("a", "02/03/2024", 10), ("b", "01/02/2024", 5)]


def messages(root):
    """Every text of the package that names an option, with the file that holds it."""
    for path in sorted((root / "nrr_xl").rglob("*.py")):
        name = path.relative_to(root / "nrr_xl").as_posix()
        if not name.startswith(COMMAND_LINE):
            tree = ast.parse(path.read_text("utf-8"))
            ours = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
            for node in ast.walk(tree):
                text = getattr(node, "value", None) if isinstance(node, ast.Constant) and id(node) not in ours else None
                if isinstance(text, str) and OPTION.search(text):
                    yield name, text


def test_no_text_that_excel_shows_holds_an_option_of_the_command_line(root):
    found = list(messages(root))
    assert len(found) > 10
    assert not [(name, text) for name, text in found if OPTION.search(excel_words(text))]
    assert not [(name, text, unworded(text)) for name, text in found if unworded(text)]
    for addin in ADDINS:
        for name, source in addin.modules().items():
            assert not re.search(r'"[^"\n]*--[a-z]', source), name


def test_a_message_that_an_option_mends_names_a_row_of_the_settings_sheet():
    rows = {row[0] for row in settings_rows()}
    for text in ("Say which with --decimal . or --decimal ,", "Name it with --customer.", "Give --amount-per."):
        worded = excel_words(text)
        assert names_a_setting(worded)
        assert set(re.findall(r'"([^"]+)" \(sheet', worded)) <= rows


def test_the_settings_sheet_has_every_setting_and_lists_to_choose_from(saved):  # noqa: F811
    excel = Excel(saved())
    answer = macros.add_settings(excel)
    sheet = excel.ActiveWorkbook.book[SHEET]
    names = [row[0].value for row in sheet.iter_rows(min_row=2)]
    assert len(names) == len(settable()) and {"Method", "Decimal", "Customer column", "Day first"} <= set(names)
    rules = {str(rule.sqref): rule.formula1 for rule in sheet.data_validations.dataValidation}
    for row in sheet.iter_rows(min_row=2):
        choices = [cell.value for cell in row[3:] if cell.value]
        if choices:
            first, last = row[3].coordinate, row[2 + len(choices)].coordinate
            wanted = "=" + ":".join(re.sub(r"([A-Z]+)(\d+)", r"$\1$\2", each) for each in (first, last))
            assert rules[row[1].coordinate] == wanted
        else:
            assert row[1].coordinate not in rules
    method = next(row for row in sheet.iter_rows(min_row=2) if row[0].value == "Method")
    assert tuple(cell.value for cell in method[3:] if cell.value) == option("method").values()
    assert "column Value" in answer.text
    assert "already" in macros.add_settings(excel).text


def test_an_untouched_settings_sheet_decides_nothing_and_a_filled_one_is_read():
    rows = settings_rows()
    assert settings_of(rows) == {"read": {}, "analyse": {}, "write": {}}
    filled = {"Decimal": ",", "Day first": "yes", "As of": "2024-12", "Customer column": "Client"}
    given = [[row[0], filled.get(row[0], row[1]), *row[2:]] for row in rows]
    assert settings_of(given) == {
        "read": {"columns": {"customer": "Client"}, "decimal": ",", "day_first": True},
        "analyse": {"as_of": "2024-12"},
        "write": {},
    }


def test_what_a_setting_mends_offers_the_sheet_and_then_is_mended_by_it(saved):  # noqa: F811
    excel = Excel(saved(AMBIGUOUS))
    answer = macros.build_report(excel)
    assert (answer.style, answer.macro) == (macros.QUESTION, "add_settings")
    assert '"Day first" (sheet Settings)' in answer.text and not OPTION.search(answer.text)
    book = excel.ActiveWorkbook.book
    macros.add_settings(excel)
    for row in book[SHEET].iter_rows():
        row[1].value = {"Day first": "yes", "Months": "1"}.get(row[0].value, row[1].value)
    assert not macros.build_report(excel).macro and excel.opened


def test_the_list_of_findings_is_in_excels_words(saved):  # noqa: F811
    excel = Excel(saved(AMBIGUOUS))
    macros.check_data(excel)
    texts = [str(cell.value) for book in excel.opened for row in book.book.active.iter_rows() for cell in row]
    assert not [text for text in texts if OPTION.search(text)]


def test_a_click_on_the_settings_sheet_says_where_to_click(saved):  # noqa: F811
    excel = Excel(saved(settings=[["Months", 12]]))
    excel.ActiveWorkbook.book.active = excel.ActiveWorkbook.book[SHEET]
    assert "Go to the sheet with the revenue rows" in macros.build_report(excel).text


def test_a_chart_sheet_in_front_is_said(saved):  # noqa: F811
    excel = Excel(saved())
    excel.ActiveWorkbook.front = type("Chart", (), {"Name": "Chart1"})()
    answer = macros.build_report(excel)
    assert answer.text.startswith("The sheet Chart1 in front is a chart") and answer.style == macros.WARNING


def test_an_excel_without_a_workbook_has_a_way_on():
    for name in ("build_report", "check_data", "make_portable", "add_settings"):
        assert "Enable Editing" in macros.MACROS[name](Excel()).text


@pytest.mark.parametrize(
    "folder, why",
    [
        ("", "was never saved"),
        ("https://example.sharepoint.com/sites/finance", "on OneDrive or SharePoint"),
        ("C:\\gone", "nothing can be written into C:\\gone"),
    ],
)
def test_without_a_folder_the_report_is_open_and_not_saved_and_that_is_said(saved, folder, why):  # noqa: F811
    excel = Excel(saved())
    excel.ActiveWorkbook.Path = folder
    answer = macros.build_report(excel)
    assert "open and not yet saved" in answer.text and why in answer.text
    (report,) = excel.opened
    assert report.Path == "" and "Summary" in report.book.sheetnames


def test_a_read_only_folder_is_no_dead_end(saved, monkeypatch):  # noqa: F811
    from nrr_xl.excel import desk

    def refused(dir):
        raise PermissionError("read-only")

    monkeypatch.setattr(desk.tempfile, "TemporaryFile", refused)
    excel = Excel(saved())
    assert "nothing can be written into" in macros.build_report(excel).text
    assert excel.opened[0].Path == ""


def test_a_report_that_excel_does_not_open_is_not_lost(saved):  # noqa: F811
    path = saved()
    moved = path.rename(path.with_name("refused.xlsx"))
    answer = macros.build_report(Excel(moved))
    assert "was written, but Excel did not open it" in answer.text
    assert moved.with_name("refused_retention.xlsx").exists()


def test_hidden_rows_and_columns_are_told_as_the_file_reader_tells_them(saved, tmp_path):  # noqa: F811
    import nrr_xl

    path = saved([(*row, "note") for row in ROWS])
    book = openpyxl.load_workbook(path)
    for row in (3, 4, 7):
        book.active.row_dimensions[row].hidden = True
    book.active.column_dimensions["D"].hidden = True
    book.save(path)
    excel = Excel(path)
    macros.check_data(excel)
    listed = [tuple(row[1:5]) for row in excel.opened[0].book.active.iter_rows(values_only=True)]
    from_file = [
        (each.sheet, each.cell, str(each.value), each.message)
        for each in nrr_xl.read(path).account.problems
        if each.code.startswith("hidden")
    ]
    assert len(from_file) == 2 and set(from_file) <= set(listed)


def with_formulas(path, formulas):
    book = openpyxl.load_workbook(path)
    for address, formula in formulas.items():
        book.active[address] = formula
    book.save(path)
    return Excel(path)


def test_the_portable_copy_calls_no_add_in(saved):  # noqa: F811
    path = saved()
    rows = '=TOP_MOVERS(A:A,B:B,C:C,"2025-01")'
    mixed = '=IF(NRR(A2)>0,NRR_ASOF(A:A,B:B,C:C,"2025-01"),"GRR(1)")'
    linked = "='C:\\Users\\a\\nrr_xl.xlam'!GRR(100,5)"
    excel = with_formulas(path, {"H1": "=NRR(100,20)", "H2": rows, "H3": mixed, "H4": linked, "H5": '="NRR(1)"'})
    answer = macros.make_portable(excel)
    (copy,) = excel.opened
    assert copy.FullName == str(path.with_name("march_portable.xlsx")) and copy.saved
    assert set(copy.names) == {"NRR", "GRR"}
    assert copy.names["NRR"].startswith("=LAMBDA(start,[expansion],[contraction],[churn],")
    assert not any("_xl" in formula for formula in copy.names.values())
    sheet = copy.book.active
    assert [sheet[f"H{row}"].value for row in range(1, 6)] == ["=NRR(100,20)", 1.0, 1.0, "=GRR(100,5)", '="NRR(1)"']
    assert excel.entered == ["=NRR(100,20)", "=GRR(100,5)"]
    assert "2 formulas use named formulas" in answer.text and "2 are values" in answer.text


def test_links_to_the_add_in_are_broken_and_others_kept(saved):  # noqa: F811
    from nrr_xl.excel.desk import Desk
    from nrr_xl.excel.portable import make_portable

    excel = with_formulas(saved(), {"H1": "=NRR(100,20)"})
    excel.ActiveWorkbook.links = [r"C:\x\nrr_xl.xlam", r"C:\x\nrr_xl_host.xlam", r"C:\x\plan.xlsx"]
    make_portable(Desk(excel))
    assert excel.ActiveWorkbook.links == [r"C:\x\plan.xlsx"]


def test_an_excel_without_lambda_gets_values(saved):  # noqa: F811
    excel = with_formulas(saved(), {"H1": "=NRR(100,20)"})
    excel.knows_lambda = False
    macros.make_portable(excel)
    assert excel.opened[0].names == {} and excel.opened[0].book.active["H1"].value == 1.0


def test_a_formula_that_does_not_bind_to_its_name_becomes_its_value(saved):  # noqa: F811
    excel = with_formulas(saved(), {"H1": "=NRR(100,20)"})
    excel.shows["=NRR(100,20)"] = -2146826259
    macros.make_portable(excel)
    assert excel.opened[0].book.active["H1"].value == 1.0


def test_what_still_calls_the_add_in_is_said(saved):  # noqa: F811
    excel = with_formulas(saved(), {"H1": "=NRR(100,20)"})
    original = excel.Workbooks.Open

    def opened(path):
        book = original(path)
        book.names["MINE"] = "=NRR_ASOF(A:A,B:B,C:C,1)"
        return book

    excel.Workbooks.Open = opened
    answer = macros.make_portable(excel)
    assert "not portable yet" in answer.text and "the name MINE" in answer.text


def test_the_report_built_in_excel_names_settings_and_no_option(saved):  # noqa: F811
    rows = [("Customer", "Month", "MRR", "Status")]
    for month in range(1, 15):
        date = dt.date(2024 + (month - 1) // 12, (month - 1) % 12 + 1, 1)
        left = 1 if month == 14 else 8
        rows += [(f"c{each}", date, 100, "Trial" if each == 7 else "active") for each in range(left)]
    excel = Excel(saved(rows))
    assert not macros.build_report(excel).text
    shown = [str(cell.value) for sheet in excel.opened[-1].book for line in sheet.iter_rows() for cell in line]
    assert not [text for text in shown if OPTION.search(text)]
    assert [text for text in shown if '"Only" (sheet Settings)' in text], "left out as trials"
    assert [text for text in shown if '"As of" (sheet Settings)' in text], "closed before the incomplete last month"


def long_rows(customers, months=13):
    """A header and rows of customers over months, each amount a little larger than the one before."""
    rows = [("Customer", "Month", "MRR")]
    for month in range(months):
        date = dt.date(2024 + month // 12, month % 12 + 1, 1)
        rows += [(name, date, 100 + each + month) for each, name in enumerate(customers)]
    return rows


def customers_of(excel):
    """The customers that the last report counts."""
    return {str(cell.value) for row in excel.opened[-1].book["Customers"].iter_rows() for cell in row}


def test_what_goes_on_below_a_blank_row_is_read_too(saved):  # noqa: F811
    rows = long_rows(["first", "second"])
    rows += [(None, None, None), ("third", dt.date(2024, 1, 1), 50), ("third", dt.date(2025, 1, 1), 70)]
    excel = Excel(saved(rows), "B3")
    assert not macros.build_report(excel).text
    assert {"first", "second", "third"} <= customers_of(excel)


def test_of_tables_side_by_side_the_one_with_the_cursor_is_meant(saved):  # noqa: F811
    left, right = long_rows(["first", "second"]), long_rows(["third", "fourth"])
    beside = [(*one, None, *other) for one, other in zip(left, right, strict=True)]
    for cursor, meant in (("B3", {"first", "second"}), ("F3", {"third", "fourth"})):
        excel = Excel(saved(beside), cursor)
        assert not macros.build_report(excel).text
        assert {"first", "second", "third", "fourth"} & customers_of(excel) == meant
    excel = Excel(saved(beside, settings=[["Range", "E1:G27"]]), "B3")
    assert not macros.build_report(excel).text and "third" in customers_of(excel)


def test_a_dated_title_above_amounts_makes_no_dates_of_them(saved):  # noqa: F811
    titled = [("Our revenue", None, dt.date(2025, 1, 31)), (None, None, None), *long_rows(["first", "second"])]
    excel = Excel(saved(titled), "B5")
    assert not macros.build_report(excel).text and {"first", "second"} <= customers_of(excel)
