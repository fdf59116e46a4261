"""The template workbook: a finance team pastes rows into it and reads retention from plain formulas.

It is the report over looked-up amounts: only Read me, Settings, Revenue, Calculator and the workings, Rows, are its
own. No macros, no add-in, no function newer than Excel 2013. A test builds the committed templates again.
"""

from __future__ import annotations

import io
from pathlib import Path

from nrr_xl.errors import InputError
from nrr_xl.files import AnyPath, written_whole
from nrr_xl.retention.lines import LINES
from nrr_xl.workbook import formulas as fx
from nrr_xl.workbook.book import Book
from nrr_xl.workbook.feed import Feed
from nrr_xl.workbook.frame import COUNT, Report
from nrr_xl.workbook.pack.sheets import Pack
from nrr_xl.workbook.report import Places, fill_sheets
from nrr_xl.workbook.template import layout as at
from nrr_xl.workbook.template.calculator import calculator_sheet
from nrr_xl.workbook.template.emptied import rewrite, without_values
from nrr_xl.workbook.template.example import EXAMPLE, EXAMPLE_DAY, example_rows
from nrr_xl.workbook.template.layout import KEYS, Layout
from nrr_xl.workbook.template.macro import MACRO, vba_project
from nrr_xl.workbook.template.notices import notices
from nrr_xl.workbook.template.page import Page
from nrr_xl.workbook.template.readme import readme_sheet
from nrr_xl.workbook.template.revenue import revenue_sheet
from nrr_xl.workbook.template.rows import rows_sheet
from nrr_xl.workbook.template.settings import settings_sheet
from nrr_xl.workbook.template.style import Styles
from nrr_xl.workbook.template.values import Values
from nrr_xl.workbook.texts import texts
from nrr_xl.workbook.theme import Theme, load_theme

# The sheets that only a template has, and the layers of a report, all of which are formulas here.
OWN = ("readme", "settings", "revenue", "calculator", "rows")
LAYERS = ("customers", "segments", "trend", "cohorts", "bridge", "methods", "checks")
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
    company, currency = (EXAMPLE["company"], EXAMPLE["currency"]) if example else ("", "")
    values = Values(tuple(example_rows()), customers, company=company, currency=currency, today=EXAMPLE_DAY)
    with written_whole(path, overwrite) as beside:
        write_filled(beside, Layout(customers), looks, values, macro=ending == ".xlsm", example=example)
        if not example:
            without_values(beside)
        if ending == ".xltx":
            as_template(beside)


def write_filled(
    path: Path, layout: Layout, theme: Theme, values: Values, macro: bool = False, example: bool = True
) -> None:
    """Write a template with its formulas' values; without the example its table is empty."""
    book = Book(str(path), theme, texts()["readme"]["title"])
    report = Report(book, values.analysis, dict.fromkeys(LAYERS, True), feed=feed(values))
    report.add_pages(KEYS)
    at = Places.of(report)
    words = texts()["template"]
    report.check(words["settled"], "InputChecks", 0.0, COUNT)
    report.check(words["report"], f"SUM({fx.AMOUNTS})-AmountsInCube")
    styles = Styles(book)
    pages = {key: Page(report, styles, key, working=key == "rows") for key in OWN}
    readme_sheet(pages["readme"], layout)
    settings_sheet(pages["settings"], layout, values, LINES["openers"].formula.replace("{a}", fx.period("{at}")))
    revenue_sheet(pages["revenue"], layout, values, example)
    calculator_sheet(pages["calculator"])
    rows_sheet(pages["rows"], layout, values, at.customers)
    # Last, since what stands on the sheets before is counted.
    fill_sheets(report, at, Pack(), lambda text, share: None)
    report.blank_refused(key for key in KEYS if key not in ("readme", "revenue", "calculator"))
    pages["readme"].sheet.activate()
    pages["readme"].sheet.set_first_sheet()
    for name, formula in layout.names().items():
        book.name(name, formula)
    if macro:
        _add_button(book, pages["revenue"])
    book.workbook.calc_on_load = not example
    book.close()


def feed(values: Values) -> Feed:
    """What the report stands on: names of the Settings and Rows sheets."""
    words, number = texts()["template"], "{number}"
    currency = fx.told(words["in_currency"], {"currency": ("Currency", values.currency)})
    company = fx.told(words["titled"], {"company": ("Company", values.company)})
    known, named, none = bool(values.currency), bool(values.company), ('""', "")
    unit = {"unit": ("Unit", values.unit), "currency": fx.chosen('Currency=""', not known, none, currency)}
    unknown = fx.told(texts()["front"]["no_currency"], {})
    told = [text for text in notices(values) if text]
    return Feed(
        begin=values.begin,
        first="MAX(1,FirstNumber-CubeNumber+1)",
        first_end="CubeNumber",
        closing="IF(InputChecks=0,ClosingNumber,NA())",
        customer=f"INDEX(CustomerNames,{number})",
        segment=f"INDEX(CustomerSegments,{number})",
        before=f"INDEX(CustomersBefore,{number})",
        amount=f"IF(InputChecks>0,NA(),IF({number}>CustomersFound,0,"
        f"MAX(0,IFERROR(INDEX(RowTotals,MATCH({number}*KeyFactor+{{end}},RowKeys,0)),0))))",
        value=f'IF({number}>MAX(SegmentsSoFar),"",INDEX(SegmentNames,MATCH({number},SegmentNumbers,0)))',
        title=fx.chosen('Company=""', not named, none, company),
        unit=fx.told("{unit}{currency}", unit),
        no_currency=fx.chosen('Currency=""', not known, unknown, none),
        broken=("InputChecks>0", "InputText"),
        noticed=("NoticesFound>0", "NoticeText"),
        notices="NoticesFound",
        told=told[0] if told else "",
    )


def _add_button(book: Book, page: Page) -> None:
    """The button "Build report" beside the table, with the VBA project that it runs."""
    book.workbook.add_vba_project(io.BytesIO(vba_project()), True)
    caption = texts()["revenue"]["button"]
    page.sheet.insert_button("F3", {"macro": MACRO, "caption": caption, "width": 140, "height": 28})


def as_template(path: Path) -> None:
    """Turn a workbook into one that Excel opens as a new, unnamed workbook: one content type says so."""
    book, new = b"spreadsheetml.sheet.main+xml", b"spreadsheetml.template.main+xml"
    rewrite(path, {"[Content_Types].xml": lambda part: part.replace(book, new)})
