"""What stands behind the window's result, as tables of values below the segments: size, mix, products, price."""

from __future__ import annotations

from nrr_xl.workbook.frame import Report
from nrr_xl.workbook.sheets.bridge import LOSSES
from nrr_xl.workbook.texts import texts

WORDS, MIX, PARTS = texts()["drivers"], texts()["mix"], texts()["parts"]
CHANGES = ("mix", "rate")
LOST = ("downsell", "downgrade")
CENT = 0.005


def write(report: Report, page, columns, top: int) -> int:
    """Write the tables from a row on; the row after them."""
    if len(report.analysis.tables.size_bands) > 1:
        top = _size_bands(report, page, columns, top)
    if len(report.analysis.tables.mix_rate):
        top = _mix(report, page, top)
    split, price = (
        found.get("window") for found in (report.analysis.tables.product_split, report.analysis.tables.price_volume)
    )
    if split is not None:
        losses = {name: -1.0 for name in LOST}
        top = _parts(report, page, top, WORDS["products"], split.records()[0], losses)
    if price is not None:
        top = _parts(report, page, top, WORDS["price"], price.records()[0], {})
    return top


def _size_bands(report: Report, page, columns, top: int) -> int:
    words = texts()
    names = words["lines"] | words["counts"] | words["rates"]
    page.put(top, 0, WORDS["size"], "header_left")
    for line, col in columns.all.items():
        page.put(top, col, names[line], "header")
    page.sheet.set_row(top, 28)
    row = top
    for row, record in enumerate(report.analysis.tables.size_bands.records(), top + 1):
        page.put(row, 0, record["value"], "label")
        for line, col in columns.all.items():
            value = -record[line] if line in LOSSES else record[line]
            page.put(row, col, float(value), "rate" if line in columns.rates else "formula", columns.kind(line))
    page.grey_undefined(top + 1, columns.of("nrr"), row, columns.last)
    return row + 2


def _mix(report: Report, page, top: int) -> int:
    """Why NRR moved against a year ago: shares shifted between values, or the values' own rates changed."""
    table = report.analysis.tables.mix_rate
    page.put(top, 0, WORDS["mix"], "header_left")
    page.row(top, 1, ["", *MIX.values()], "header")
    row = top
    for row, record in enumerate(table.records(), top + 1):
        page.put(row, 0, WORDS["value"].format(segment=record["segment"], value=record["value"]), "label")
        for col, name in enumerate(MIX, 2):
            kind = "plain_rate_points" if name in CHANGES else "rate"
            page.put(row, col, record[name], "rate", kind)
    page.grey_undefined(top + 1, 2, row, 1 + len(MIX))
    return row + 2


def _parts(report: Report, page, top: int, title: str, record, signs: dict[str, float]) -> int:
    page.put(top, 0, title, "header_left")
    page.row(top, 1, ["", report.unit], "header")
    row = top
    for name, text in PARTS.items():
        if name in record and (abs(record[name]) > CENT or name != "unallocated"):
            row += 1
            page.put(row, 0, text, "label")
            page.put(row, 2, float(record[name]) * signs.get(name, 1.0), "formula", "amount")
    return row + 2
