"""The template workbook: a finance team pastes rows into it and reads retention from plain formulas.

Sheets: Read me, Settings, Revenue, Report, Calculator, and the workings, Rows and Cube. No macros, no add-in, no
function newer than Excel 2010, nothing volatile. The committed templates are built here; a test builds them again.
"""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from nrr_xl.errors import InputError
from nrr_xl.files import AnyPath, written_whole
from nrr_xl.workbook.cells import Book
from nrr_xl.workbook.template import layout as at
from nrr_xl.workbook.template.calculator import calculator_sheet
from nrr_xl.workbook.template.cube import cube_sheet
from nrr_xl.workbook.template.example import example_rows
from nrr_xl.workbook.template.layout import Layout
from nrr_xl.workbook.template.macro import MACRO, vba_project
from nrr_xl.workbook.template.page import Page
from nrr_xl.workbook.template.readme import readme_sheet
from nrr_xl.workbook.template.report import report_sheet
from nrr_xl.workbook.template.revenue import revenue_sheet
from nrr_xl.workbook.template.rows import rows_sheet
from nrr_xl.workbook.template.settings import settings_sheet
from nrr_xl.workbook.template.style import Styles
from nrr_xl.workbook.template.values import Values
from nrr_xl.workbook.theme import Theme, load_theme

ENDINGS = (".xlsx", ".xltx", ".xlsm")


def write_template(
    path: AnyPath,
    *,
    customers: int = at.CUSTOMERS,
    theme: AnyPath | None = None,
    example: bool = False,
    overwrite: bool = False,
) -> None:
    """Write the template, empty or with an example of three years in it, to .xlsx, .xltx or .xlsm.

    Parameters
    ----------
    path : str or path
        Where to write; it opens as itself (.xlsx), as a new workbook (.xltx), or with a button for the add-in (.xlsm).
    customers : int
        How many customers it holds; each may have one row in each of 36 months.
    theme : path, optional
        A TOML file with fonts, colours and the company's name.
    example : bool
        Whether its table holds the example's rows; left among others, they are a failing check.

    Raises
    ------
    InputError
        If the capacity is out of reach, the ending is another, or the theme cannot be used.
    OutputError
        If the file exists and may not be overwritten, or cannot be written.
    """
    ending = Path(path).suffix.lower()
    if ending not in ENDINGS:
        raise InputError(f"{path} does not end in {', '.join(ENDINGS)}: name the template so.")
    if not at.EXAMPLE_CUSTOMERS <= customers <= at.MOST_CUSTOMERS:
        raise InputError(
            f"A template for {customers} customers cannot be made: choose {at.EXAMPLE_CUSTOMERS} to"
            f" {at.MOST_CUSTOMERS:,}."
        )
    looks = load_theme(theme)
    with written_whole(path, overwrite) as beside:
        _write(beside, Layout(customers), looks, macro=ending == ".xlsm", example=example)
        if ending == ".xltx":
            as_template(beside)


def _write(path: Path, layout: Layout, theme: Theme, macro: bool, example: bool) -> None:
    values = Values(tuple(example_rows()))
    book = Book(str(path), theme, "Net revenue retention template")
    styles = Styles(book)
    pages = {
        name: Page(book, styles, name, empty=not example, of_rows=name != at.CALCULATOR)
        for name in (at.README, at.SETTINGS, at.REVENUE, at.REPORT, at.CALCULATOR)
    }
    workings = {name: Page(book, styles, name, working=True, empty=not example) for name in (at.ROWS, at.CUBE)}
    readme_sheet(pages[at.README], layout)
    settings_sheet(pages[at.SETTINGS], layout, values)
    revenue_sheet(pages[at.REVENUE], layout, values, example)
    report_sheet(pages[at.REPORT], layout, values)
    calculator_sheet(pages[at.CALCULATOR])
    rows_sheet(workings[at.ROWS], layout, values)
    cube_sheet(workings[at.CUBE], layout, values)
    for name, formula in layout.names().items():
        book.name(name, formula)
    book.add_lambda_names()
    if macro:
        _add_button(book, pages[at.REVENUE])
    book.close()


def _add_button(book: Book, page: Page) -> None:
    """The button "Build report" beside the table, with the VBA project that it runs."""
    book.workbook.add_vba_project(io.BytesIO(vba_project()), True)
    page.sheet.insert_button("F3", {"macro": MACRO, "caption": "Build report", "width": 140, "height": 28})


def as_template(path: Path) -> None:
    """Turn a workbook into one that Excel opens as a new, unnamed workbook: one content type says so."""
    with zipfile.ZipFile(path) as package:
        parts = [(part, package.read(part)) for part in package.infolist()]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for part, content in parts:
            if part.filename == "[Content_Types].xml":
                content = content.replace(b"spreadsheetml.sheet.main+xml", b"spreadsheetml.template.main+xml")
            package.writestr(part, content)
