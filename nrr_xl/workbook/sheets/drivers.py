"""What stands behind the window's result, as tables of values below the segments: size, mix, products, price."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from nrr_xl.metrics import ratio
from nrr_xl.retention.lines import LOSSES
from nrr_xl.workbook.cells import Page
from nrr_xl.workbook.frame import MONEY, Report
from nrr_xl.workbook.texts import texts

if TYPE_CHECKING:
    from nrr_xl.workbook.sheets.segments import Columns

WORDS, MIX, PARTS = texts()["drivers"], texts()["mix"], texts()["parts"]
CHANGES = ("mix", "rate")
LOST = ("downsell", "downgrade")
MOST_MIX = 24


def write(report: Report, page: Page, columns: Columns, top: int) -> tuple[int, int]:
    """Write the tables from a row on, as values; where the narrow ones among them begin, and the row after all."""
    shown, start = (
        {
            key: WORDS[key].format(written=report.written, in_full=report.in_full)
            for key in ("size", "products", "price")
        },
        top,
    )
    if len(report.analysis.tables.size_bands) > 1:
        top = _size_bands(report, page, columns, top, shown["size"])
    narrow = top
    if len(report.analysis.tables.mix_rate) and not long_mix(report):
        top = _mix(report, page, top)
    tables = report.analysis.tables
    split, price = (found.get("window") for found in (tables.product_split, tables.price_volume))
    if split is not None:
        losses = {name: -1.0 for name in LOST}
        top = _parts(report, page, top, shown["products"], split.records()[0], losses)
    if price is not None:
        top = _parts(report, page, top, shown["price"], price.records()[0], {})
    if top > start or long_mix(report):
        report.fixed.append(WORDS["part"])
    return narrow, top


def long_mix(report: Report) -> bool:
    """Whether the table of shares has so many rows that it stands below all else, where no board reads it."""
    return len(report.analysis.tables.mix_rate) > MOST_MIX


def write_long_mix(report: Report, page: Page, top: int) -> int:
    """Write the long table of shares; the row after its last."""
    return _mix(report, page, top) - 1


def _size_bands(report: Report, page: Page, columns: Columns, top: int, title: str) -> int:
    words = texts()
    names = words["lines"] | words["counts"] | words["rates"]
    page.put(top, 0, title, "header_left")
    for line, col in columns.all.items():
        page.put(top, col, names[line], "header")
    page.sheet.set_row(top, 28)
    row = top
    for row, record in enumerate(report.analysis.tables.size_bands.records(), top + 1):
        page.put(row, 0, record["value"], "label")
        for line, col in columns.all.items():
            value = -record[line] if line in LOSSES else record[line]
            page.put(row, col, float(value), "rate" if line in columns.rates else "formula", columns.kind(line))
    return row + 2


def _mix(report: Report, page: Page, top: int) -> int:
    """Why NRR moved against a year ago: shares shifted between values, or the values' own rates changed."""
    frame = report.analysis.tables.mix_rate
    page.put(top, 0, WORDS["mix"].format(written=report.written), "header_left")
    page.row(top, 1, ["", *MIX.values()], "header")
    row = top
    for row, record in enumerate(frame.records(), top + 1):
        page.put(row, 0, WORDS["value"].format(segment=record["segment"], value=record["value"]), "label")
        for col, name in enumerate(MIX, 2):
            kind, factor = ("plain_points", 100) if name in CHANGES else ("rate", 1)
            page.put(row, col, factor * record[name], "rate", kind)
    return row + 2


def _parts(report: Report, page: Page, top: int, title: str, record: Mapping[str, Any], signs: dict[str, float]) -> int:
    page.put(top, 0, title, "header_left")
    page.row(top, 1, ["", report.unit, WORDS["of_opening"]], "header")
    row, opening = top, report.analysis.bridge["opening"]
    for name, text in PARTS.items():
        if name in record and (abs(record[name]) > MONEY or name != "unallocated"):
            row += 1
            page.put(row, 0, text, "label")
            amount = float(record[name]) * signs.get(name, 1.0)
            page.put(row, 2, amount, "formula", "amount")
            page.put(row, 3, float(ratio(amount, opening)), "rate", "rate")
    return row + 2
