"""The macros over a stand-in for Excel's object model: what is read, what is written, and what is left as it was."""

import datetime as dt
import hashlib
import zipfile
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.table import Table
from stand_in import Excel

from nrr_xl.excel import desk, macros
from nrr_xl.excel.settings import settings_of

ROWS = [
    ("Customer", "Month", "MRR"),
    ("a", dt.date(2024, 1, 31), 100),
    ("b", dt.date(2024, 1, 31), 100),
    ("d", dt.date(2024, 1, 31), 50),
    ("a", dt.date(2024, 2, 29), 100),
    ("a", dt.date(2025, 1, 31), 150),
    ("c", dt.date(2025, 1, 31), 70),
    ("d", dt.date(2025, 1, 31), 20),
]


@pytest.fixture(autouse=True)
def state(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


@pytest.fixture
def saved(tmp_path):
    """A maker of workbooks with revenue rows at a cell of their sheet."""

    def save(rows=ROWS, top=1, left=1, settings=(), epoch=None) -> Path:
        book = openpyxl.Workbook()
        book.epoch = epoch or book.epoch
        sheet = book.active
        sheet.title = "Revenue"
        for row, cells in enumerate(rows, top):
            for column, value in enumerate(cells, left):
                sheet.cell(row, column, value)
        if settings:
            extra = book.create_sheet("Settings")
            for line in settings:
                extra.append(line)
        path = tmp_path / "books" / "march.xlsx"
        path.parent.mkdir(exist_ok=True)
        book.save(path)
        return path

    return save


@pytest.fixture
def written(monkeypatch):
    """The analyses that reports were asked for."""
    analyses = []
    original = macros.write_analysis

    def write(analysis, path, tell):
        analyses.append(analysis)
        return original(analysis, path, tell)

    monkeypatch.setattr(macros, "write_analysis", write)
    return analyses


def test_a_click_writes_a_report_beside_the_workbook_and_opens_it(saved, written):
    path = saved()
    before = hashlib.sha256(path.read_bytes()).digest()
    excel = Excel(path)
    assert macros.build_report(excel) == macros.Answer()
    report = path.with_name("march_retention.xlsx")
    assert [book.FullName for book in excel.opened] == [str(report)]
    assert zipfile.is_zipfile(report)
    (analysis,) = written
    assert analysis.rates["nrr"] == pytest.approx(0.68)
    assert analysis.cube.source.path == str(path)
    assert hashlib.sha256(path.read_bytes()).digest() == before


def test_excel_is_left_as_it_was_and_says_what_is_done(saved):
    excel = Excel(saved())
    macros.build_report(excel)
    assert (excel.ScreenUpdating, excel.Calculation, excel.StatusBar) == (True, -4105, False)
    assert any("Reading Revenue" in str(text) for text in excel.said)
    assert any("Opening the report" in str(text) for text in excel.said)


def test_a_second_click_makes_another_file(saved):
    path = saved()
    excel = Excel(path)
    macros.build_report(excel)
    first = path.with_name("march_retention.xlsx").read_bytes()
    macros.build_report(excel)
    assert path.with_name("march_retention.xlsx").read_bytes() == first
    assert path.with_name("march_retention_2.xlsx").exists()


def test_the_table_under_the_cursor_is_read_and_not_its_neighbours(saved, written):
    notes = [("", "", "note"), ("Total", "everything", 10_000)]
    path = saved(ROWS + notes, top=3, left=2)
    book = openpyxl.load_workbook(path)
    book.active.add_table(Table(displayName="Rows", ref=f"B3:D{2 + len(ROWS)}"))
    book.save(path)
    macros.build_report(Excel(path, cursor="C5"))
    assert written[0].cube.amounts.sum() == 590


def test_the_region_around_the_cursor_is_read(saved, written):
    path = saved(top=3, left=2)
    book = openpyxl.load_workbook(path)
    book.active["G20"] = "far away"
    book.save(path)
    macros.build_report(Excel(path, cursor="C5"))
    assert written[0].cube.amounts.sum() == 590


def test_from_an_empty_cell_the_sheet_is_read(saved, written):
    macros.build_report(Excel(saved(top=3, left=2), cursor="J40"))
    assert written[0].cube.amounts.sum() == 590


@pytest.mark.parametrize(
    "settings, offer, then",
    [
        ((), "Add the sheet Settings to this workbook, to say so there?", "add_settings"),
        ([("Months", 12)], "Open the list of all findings?", "check_data"),
    ],
)
def test_problems_are_shown_with_their_cells_and_the_offer_of_what_mends_them(saved, settings, offer, then):
    rows = [*ROWS, ("e", dt.date(2025, 1, 31), "lots"), ("f", dt.date(2025, 1, 31), "#DIV/0!")]
    excel = Excel(saved(rows, top=3, left=2, settings=settings))
    answer = macros.build_report(excel)
    assert (answer.style, answer.macro) == (macros.QUESTION, then)
    assert "Revenue!D11" in answer.text and "Revenue!D12" in answer.text
    assert '"Drop rows" (sheet Settings) = 11' in answer.text
    assert answer.text.endswith(offer)
    assert not excel.opened
    assert (excel.ScreenUpdating, excel.Calculation, excel.StatusBar) == (True, -4105, False)


def test_the_list_of_findings_holds_text_and_no_formula(saved):
    rows = [*ROWS, ("=cmd|x", dt.date(2025, 1, 31), "lots")]
    excel = Excel(saved(rows))
    answer = macros.check_data(excel)
    assert "findings are listed" in answer.text
    sheet = excel.opened[0].book.active
    assert [cell.value for cell in sheet[1]][:3] == ["Severity", "Sheet", "Cell"]
    assert ("error", "Revenue", "C9", "lots") in [tuple(row[:4]) for row in sheet.iter_rows(values_only=True)]
    assert {cell.number_format for row in sheet.iter_rows() for cell in row} == {"@"}


def test_sound_data_needs_no_list(saved):
    again = [(customer, dt.date(2024, 2, 29), amount) for customer, _, amount in ROWS[1:3]]
    excel = Excel(saved([*ROWS[:3], *again]))
    assert "Nothing to report. 4 of 4 amounts can be used." in macros.check_data(excel).text
    assert not excel.opened


def test_a_wide_sheet_with_dates_for_headings(saved, written):
    wide = [
        ("Client", dt.date(2024, 1, 1), dt.date(2025, 1, 1)),
        ("a", 100, 150),
        ("b", 100, None),
        ("c", None, 70),
        ("d", 50, 20),
    ]
    macros.build_report(Excel(saved(wide)))
    assert written[0].rates["nrr"] == pytest.approx(0.68)


def test_a_workbook_that_counts_from_1904(saved, written):
    from openpyxl.utils.datetime import CALENDAR_MAC_1904

    path = saved(epoch=CALENDAR_MAC_1904)
    excel = Excel(path)
    # What Value2 gives there: days since 1904.
    sheet = excel.ActiveWorkbook.book.active
    for row in range(2, 9):
        sheet.cell(row, 2).value = (sheet.cell(row, 2).value.date() - dt.date(1904, 1, 1)).days
        sheet.cell(row, 2).number_format = "d mmm yyyy"
    macros.build_report(excel)
    assert (written[0].opening_period, written[0].closing_period) == ("2024-01", "2025-01")


def test_the_settings_sheet_is_followed(saved, written):
    settings = [("Settings",), ("As of:", None, dt.date(2025, 1, 1)), ("Months", 6), ("Method", "survivors_only")]
    macros.build_report(Excel(saved(settings=settings)))
    assert (written[0].months, written[0].settings.method) == (6, "survivors_only")


def test_a_setting_that_cannot_be_is_said(saved):
    answer = macros.build_report(Excel(saved(settings=[("Months", "many")])))
    assert "The setting 'Months' cannot be this: 'many'" in answer.text


def test_settings_by_name_and_by_the_templates_labels():
    rows = [["Closing month", None, 45657.0], ["Window, months", 24.0], ["Segments", "Region, Plan"], ["Company", "X"]]
    assert settings_of(rows)["analyse"] == {"as_of": "2024-12", "months": 24, "segments": ("Region", "Plan")}


def test_a_busy_excel_is_tried_again(saved, monkeypatch):
    excel = Excel(saved())
    excel.busy_calls = 2
    assert macros.build_report(excel) == macros.Answer()


def test_an_excel_that_stays_busy_is_said(saved, monkeypatch):
    monkeypatch.setattr(desk, "BUSY_SECONDS", 0.2)
    excel = Excel(saved())
    excel.busy_calls = 1000
    answer = macros.build_report(excel)
    assert answer.style == macros.WARNING
    assert "Excel is busy" in answer.text


def test_no_workbook_and_no_rows_are_said(tmp_path):
    assert macros.build_report(Excel()).text.startswith("No workbook is open for editing.")
    path = tmp_path / "empty.xlsx"
    openpyxl.Workbook().save(path)
    assert "holds no revenue table" in macros.build_report(Excel(path)).text


def test_a_fault_of_ours_is_one_line_and_a_log(saved, monkeypatch, tmp_path):
    monkeypatch.setattr(macros, "write_analysis", lambda *_: 1 / 0)
    excel = Excel(saved())
    answer = macros.build_report(excel)
    assert answer.text.startswith("Something went wrong") and str(tmp_path / "state") in answer.text
    assert "ZeroDivisionError" in (tmp_path / "state" / "nrr_xl" / "nrr_xl.log").read_text(encoding="utf-8")
    assert (excel.ScreenUpdating, excel.Calculation, excel.StatusBar) == (True, -4105, False)


def test_a_large_sheet_is_read_in_chunks(saved, monkeypatch, written):
    monkeypatch.setattr(desk, "CHUNK_CELLS", 6)
    macros.build_report(Excel(saved()))
    assert written[0].cube.amounts.sum() == 590


def test_help_lists_every_function():
    from nrr_xl.functions.worksheet import FUNCTIONS

    excel = Excel()
    macros.show_help(excel)
    column = [cell.value for cell in excel.opened[0].book.active["A"]]
    assert len(column) == len(FUNCTIONS) + 1
    assert "NRR(start, [expansion], [contraction], [churn])" in column


def test_about_tells_where_the_log_is(tmp_path):
    assert str(tmp_path / "state" / "nrr_xl" / "nrr_xl.log") in macros.about(Excel()).text


def test_every_button_has_a_macro():
    assert set(macros.MACROS) == {
        "build_report",
        "check_data",
        "add_settings",
        "new_from_template",
        "make_portable",
        "show_help",
        "about",
    }
