"""The report's sheets added to, or refreshed in, a workbook that the analyst already has.

The report is written as usual and its sheets are then carried over by openpyxl. All else of the workbook stays as it
was: what openpyxl would lose on the way is found beforehand (`losses`), and such a workbook is refused.
"""

from __future__ import annotations

import re
import tempfile
import warnings
from collections.abc import Mapping
from copy import copy
from datetime import date
from pathlib import Path
from typing import Any

from nrr_xl.errors import OutputError
from nrr_xl.files import AnyPath, written_whole
from nrr_xl.retention.analysis import Analysis
from nrr_xl.revenue.files.archive import reason
from nrr_xl.revenue.files.edited import check_edited
from nrr_xl.workbook.book import CALCULATION
from nrr_xl.workbook.cells import LINKS
from nrr_xl.workbook.losses import losses
from nrr_xl.workbook.recached import Values, formula_values, put_back
from nrr_xl.workbook.report import write_report
from nrr_xl.workbook.sheets.rest import is_summed_up
from nrr_xl.workbook.theme import Theme, dressed

# A sheet-level name by which a later run knows the sheets of ours that it may replace.
MARK = "nrr_xl_report"


def write_into(
    analysis: Analysis,
    path: AnyPath,
    *,
    values: bool = False,
    theme: Theme | AnyPath | None = None,
    magnitude: str | None = None,
    company: str | None = None,
    prepared: date | None = None,
    pack: str = "board",
    ledger: AnyPath | Mapping[str, float] | None = None,
) -> Path:
    """Add the report's sheets to an existing .xlsx or .xlsm, or refresh those of an earlier run.

    The formulas of the report, and those that were there, keep their values. Excel calculates all anew when it opens
    the file only where a formula of the analyst's own has no value, or may look at the report's sheets.

    Raises
    ------
    OutputError
        If the file is no workbook, holds what would be lost, or has a sheet or name of its own that is in the way.
    """
    path = Path(path)
    if is_summed_up(analysis, None):
        raise OutputError(f"There are {len(analysis.cube.customers):,} customers. Write a report of its own.")
    as_read = None
    if path.exists():
        as_read = path.stat()
        check_edited(path)
    target = _opened(path)
    found, own_values = _seen(path)
    if found:
        listed = "\n".join(f"  {line}" for line in found)
        raise OutputError(
            f"{path} is left as it is, since adding sheets would lose:\n{listed}\nWrite a report of its own."
        )
    with tempfile.TemporaryDirectory() as folder:
        beside = Path(folder) / "report.xlsx"
        look = dressed(theme, magnitude, company, prepared)
        source = _opened(write_report(analysis, beside, values=values, theme=look, pack=pack, ledger=ledger))
        held = [own_values, formula_values(beside)]
    places = _make_room(path, target, source)
    anew = _looked_at(target, source, own_values)
    for name in source.sheetnames:
        _carry(source[name], target.create_sheet(name, places.get(name)))
    for name, defined in source.defined_names.items():
        target.defined_names[name] = copy(defined)
    target.calculation.fullCalcOnLoad = anew or None
    target.calculation.calcId = max(CALCULATION, target.calculation.calcId or 0)
    with written_whole(path, overwrite=True, as_read=as_read) as beside:
        target.save(beside)
        put_back(beside, held)
    return path


def _opened(path: Path) -> Any:
    import openpyxl

    try:
        with warnings.catch_warnings():
            # Of what openpyxl warns about, `losses` says which part matters.
            warnings.simplefilter("ignore", UserWarning)
            return openpyxl.load_workbook(path, keep_vba=path.suffix.lower() == ".xlsm", rich_text=True)
    except FileNotFoundError:
        raise OutputError(f"{path} does not exist. Name a workbook to add the sheets to.") from None
    except Exception as error:
        raise OutputError(f"{path} cannot be read as an .xlsx workbook{reason(error)}.") from None


def _seen(path: Path) -> tuple[list[str], Any]:
    """What adding sheets to a workbook would lose, and the values of its formulas."""
    try:
        return losses(path), formula_values(path)
    except (OSError, MemoryError):
        raise
    except Exception as error:
        # A workbook that openpyxl has opened may still be none that it can write: one without any sheet, for one.
        raise OutputError(
            f"{path} is damaged: it cannot be saved as it is{reason(error)}. Open it in Excel, save it again and retry."
        ) from None


def _make_room(path: Path, target: Any, source: Any) -> dict[str, int]:
    """Remove the sheets of an earlier run, and return the place of each; refuse what is the analyst's own."""
    from openpyxl.workbook.defined_name import DefinedName

    known = {sheet.title.casefold(): sheet for sheet in target.worksheets + target.chartsheets}
    taken = [name for name in source.sheetnames if name.casefold() in known]
    own = [name for name in taken if MARK not in getattr(known[name.casefold()], "defined_names", {})]
    if own:
        raise OutputError(f"{path} has a sheet {own[0]!r} of its own. Rename it, or write a report of its own.")
    ours = {name for sheet in known.values() for name in getattr(sheet, "defined_names", {}) if name == MARK}
    for name, defined in source.defined_names.items():
        existing = target.defined_names.get(name)
        if existing is not None and not ours and existing.attr_text != defined.attr_text:
            raise OutputError(f"{path} has a name {name!r} of its own. Rename it, or write a report of its own.")
    places = {name: target.index(known[name.casefold()]) for name in taken}
    for sheet in [sheet for sheet in target.worksheets if MARK in sheet.defined_names]:
        target.remove(sheet)
    for sheet in source.worksheets:
        sheet.defined_names[MARK] = DefinedName(MARK, attr_text="TRUE", hidden=True)
    return places


def _looked_at(target: Any, source: Any, held: Mapping[str, Values]) -> bool:
    """Whether a formula of the analyst's own has no value, or one that the new sheets may change."""
    names = "|".join(re.escape(name) for name in (*source.sheetnames, *source.defined_names))
    # A name of ours, or what may reach any sheet: a text that becomes an address, a range of sheets.
    ours = re.compile(rf"(?<![\w.])(?:{names})(?![\w.])|INDIRECT\(|:[^!()]*!", re.IGNORECASE)
    for sheet in target.worksheets:
        known = held.get(sheet.title, {})
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    text = str(getattr(cell.value, "text", cell.value))
                    if cell.coordinate.encode() not in known or ours.search(text):
                        return True
    return False


def _carry(source: Any, target: Any) -> None:
    """Copy one sheet with all that openpyxl knows of it into another workbook."""
    styles: dict[tuple[Any, ...], object] = {}
    for row in source.iter_rows():
        for cell in row:
            if cell.value is None and not cell.has_style:
                continue
            new = target.cell(cell.row, cell.column)
            new.value = cell.value
            if cell.data_type == "s":
                new.data_type = "s"
            key = tuple(cell._style)
            if key not in styles:
                _restyle(cell, new)
                styles[key] = new._style
            new._style = copy(styles[key])
            if cell.hyperlink:
                new.hyperlink = copy(cell.hyperlink)
    for letter, dimension in source.column_dimensions.items():
        target.column_dimensions[letter] = copy(dimension)
        target.column_dimensions[letter].worksheet = target
    for number, dimension in source.row_dimensions.items():
        row = target.row_dimensions[number]
        row.height, row.hidden, row.outlineLevel = dimension.height, dimension.hidden, dimension.outlineLevel
    for area in source.merged_cells.ranges:
        target.merged_cells.add(copy(area))
    for area, rules in source.conditional_formatting._cf_rules.items():
        for rule in rules:
            target.conditional_formatting.add(str(area.sqref), rule)
    for validation in source.data_validations.dataValidation:
        target.add_data_validation(copy(validation))
    for table in source.tables.values():
        target.add_table(table)
    for chart in source._charts:
        _settle(chart)
        target.add_chart(chart)
    for image in source._images:
        target.add_image(image)
    target.defined_names = copy(source.defined_names)
    _page(source, target)


def _settle(chart: Any) -> None:
    """Say what XlsxWriter leaves out as being off, since openpyxl's way of leaving it out reads as on."""
    for part in chart._charts:
        for series in part.series:
            if part.tagname == "lineChart":
                series.smooth = False
            if series.dLbls:
                for labels in (series.dLbls, *(label for label in series.dLbls.dLbl)):
                    for flag in (
                        "showVal",
                        "showCatName",
                        "showSerName",
                        "showLegendKey",
                        "showPercent",
                        "showBubbleSize",
                    ):
                        setattr(labels, flag, bool(getattr(labels, flag)))


def _restyle(cell: Any, new: Any) -> None:
    for part in ("font", "fill", "border", "alignment", "protection"):
        setattr(new, part, copy(getattr(cell, part)))
    new.number_format = cell.number_format


def _page(source: Any, target: Any) -> None:
    """The view and the print set-up, and a link back where the navigation's boxes stood: openpyxl carries no boxes."""
    from openpyxl.worksheet.hyperlink import Hyperlink

    target.freeze_panes = source.freeze_panes
    target.sheet_view.showGridLines = source.sheet_view.showGridLines
    for part in ("page_setup", "page_margins", "sheet_properties", "HeaderFooter", "print_options"):
        setattr(target, part, copy(getattr(source, part)))
    if source.print_area:
        target.print_area = source.print_area
    if source.print_title_rows:
        target.print_title_rows = source.print_title_rows
    if source.print_title_cols:
        target.print_title_cols = source.print_title_cols
    target.row_breaks, target.col_breaks = copy(source.row_breaks), copy(source.col_breaks)
    first = source.parent.sheetnames[0]
    if source.title != first:
        back = target.cell(LINKS + 1, 1, first)
        back.hyperlink = Hyperlink(ref=back.coordinate, location=f"'{first}'!A1")
