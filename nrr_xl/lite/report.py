"""The report in the open workbook, through xlwings' object model: the main sheets, as values marked as such."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from nrr_xl._version import __version__
from nrr_xl.errors import InputError

if TYPE_CHECKING:
    from nrr_xl.workbook.plain import PlainCell

# The sheets of the report that stand for themselves without formulas, by their names there.
SHEETS = ("Summary", "Bridge", "Trend", "Segments", "Cohorts", "Methods", "Movers", "Data quality", "Definitions")
MARK = "Written by nrr_xl"
SETTINGS_SHEET = "Settings"


def write_report_into(book: Any) -> list[str]:
    """Analyse the sheet in front and write the report's main sheets into the same workbook; the sheets' names.

    A sheet that this wrote before is written anew; a sheet of the same name that is the user's own is left alone.

    Raises
    ------
    InputError
        If the sheet cannot be read without errors.
    """
    from nrr_xl.excel.macros import analysed, understood
    from nrr_xl.workbook.plain import plain_sheets

    source = book.sheets.active
    names = [sheet.name for sheet in book.sheets]
    settings = _rows(book.sheets[SETTINGS_SHEET]) if SETTINGS_SHEET in names else []
    if source.name == SETTINGS_SHEET or _is_ours(source):
        raise InputError("Go to the sheet with the revenue rows first.")
    found, options = understood(_grid(source), settings)
    analysis = analysed(found, options, found.source)
    mark = (
        f"{MARK} {__version__} from the sheet {source.name}: {analysis.opening_period} to {analysis.closing_period}."
        " Values: they do not follow later changes; run Build report again."
    )
    written = []
    for name, cells in plain_sheets(analysis, SHEETS, **options["write"]):
        sheet = _place(book, f"NRR {name}")
        _write(sheet, mark, cells)
        written.append(sheet.name)
    return written


def _rows(sheet: Any) -> list[list[Any]]:
    rows: list[list[Any]] = sheet.used_range.options(ndim=2, err_to_str=True).value
    return rows


def _grid(sheet: Any) -> Any:
    from nrr_xl.revenue.files.grid import grid_of_columns

    area = sheet.used_range
    columns = [list(column) for column in zip(*_rows(sheet), strict=True)]
    return grid_of_columns(sheet.name, columns, origin=(area.row - 1, area.column - 1))


def _is_ours(sheet: Any) -> bool:
    return str(sheet.range("A1").value or "").startswith(MARK)


def _place(book: Any, name: str) -> Any:
    """The sheet of a name, emptied if this wrote it before; a new one under a free name otherwise."""
    sheets = {sheet.name: sheet for sheet in book.sheets}
    count, free = 1, name
    while free in sheets and not _is_ours(sheets[free]):
        count += 1
        free = f"{name} {count}"
    if free in sheets:
        sheets[free].clear()
        return sheets[free]
    return book.sheets.add(free, after=book.sheets[-1])


def _write(sheet: Any, mark: str, rows: list[list[PlainCell]]) -> None:
    """Write cells below the mark: values in one block, number formats and bold in runs along each row."""
    top = 3
    sheet.range("A1").value = mark
    if not rows:
        return
    block = sheet.range((top, 1), (top + len(rows) - 1, len(rows[0])))
    block.value = [[shown(cell.value) for cell in row] for row in rows]
    for place, row in enumerate(rows, top):
        column = 1
        for (code, bold), run in groupby(row, key=lambda cell: (cell.number_format, cell.bold)):
            cells = list(run)
            if any(cell.value is not None for cell in cells):
                area = sheet.range((place, column), (place, column + len(cells) - 1))
                if code != "General":
                    area.number_format = code
                if bold:
                    area.font.bold = True
            column += len(cells)
    sheet.autofit("columns")


def shown(value: Any) -> Any:
    """A value as Excel is to take it: a text after an apostrophe, so that it never becomes a formula or a date.

    >>> shown("=1+1"), shown(1.5), shown(None)
    ("'=1+1", 1.5, None)
    """
    return f"'{value}" if isinstance(value, str) and value else value
