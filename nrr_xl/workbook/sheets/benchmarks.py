"""The Benchmarks sheet: the company beside published figures, each with its date and source."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

from nrr_xl.retention.benchmarks import QUANTILES, size_of, survey_of
from nrr_xl.retention.diligence import annual_factor
from nrr_xl.workbook import formulas as fx
from nrr_xl.workbook.cells import NOT_APPLICABLE, Page
from nrr_xl.workbook.frame import HEAD_ROWS, Report
from nrr_xl.workbook.sheets.summary import Figures
from nrr_xl.workbook.texts import texts

WORDS, FACTS = texts()["benchmarks"], texts()["benchmark_facts"]
# Period, population, size and source.
PRINTED_FACTS = 4
METRICS = {"NRR": "nrr", "GRR": "grr", "LOGO": "logo_retention"}
TYPE, PUBLISHED, COMPANY, DIFFERENCE, PERCENTILE, STANDING, FITS, FIRST_FACT = range(8)
# To the right of the page, in blue: of which sizes a benchmark speaks.
LOW = FIRST_FACT + len(FACTS) + 1
HIGH = LOW + 1


def write(report: Report, shown: Figures) -> None:
    """Fill the sheet; a window of another length is stretched to a year, which is what surveys publish."""
    analysis = report.analysis
    page = report.open("benchmarks")
    page.put(HEAD_ROWS, TYPE, WORDS["type"], "header_left")
    heads = ("published", "company", "difference", "percentile")
    page.row(HEAD_ROWS, PUBLISHED, [WORDS[head] for head in heads], "header")
    page.row(HEAD_ROWS, STANDING, [WORDS["standing"], WORDS["fits"], *FACTS.values()], "header_note")
    page.row(HEAD_ROWS, LOW, [WORDS["low"], WORDS["high"]], "header")
    records = analysis.tables.benchmarks.records()
    # The quartiles of each survey that has two or more, by their rows.
    surveys: dict[tuple[Any, ...], dict[str, int]] = {}
    for row, record in enumerate(records, HEAD_ROWS + 1):
        surveys.setdefault(survey_of(record), {})[record["type"].partition(" ")[2]] = row
    values = {row: record["value"] for row, record in enumerate(records, HEAD_ROWS + 1)}
    for row, record in enumerate(records, HEAD_ROWS + 1):
        page.put(row, TYPE, record["type"], "label")
        page.put(row, PUBLISHED, record["value"], "input", "rate")
        metric = METRICS[record["type"].split(" ")[0].upper()]
        rate = shown.cell(metric, sheet=shown.sheet)
        yearly = f"IF(ISNUMBER({rate}),{fx.annualised(rate)},{fx.DASH})"
        report.write(page, row, COMPANY, yearly, record["company"], "customers", "formula", "rate")
        here, published = fx.cell(row, COMPANY), fx.cell(row, PUBLISHED)
        difference = f"IF(ISNUMBER({here}),100*({here}-{published}),{fx.DASH})"
        report.write(page, row, DIFFERENCE, difference, 100 * record["difference"], "customers", "rate", "plain_points")
        known = [(values[at], at, name) for name in QUANTILES if (at := surveys[survey_of(record)].get(name))]
        rising = len(known) > 1 and all(low[0] < high[0] for low, high in pairwise(known))
        _standing(report, page, row, record, known if rising else [])
        _fits(report, page, row, record, HEAD_ROWS + 2 + len(records))
        for col, fact in enumerate(FACTS, FIRST_FACT):
            page.put(row, col, record[fact], "note_indent")
    row = _own_sizes(report, page, shown, HEAD_ROWS + 2 + len(records))
    page.columns(28, 9.5, 11, 10, 9.5, 23, 8, 8, 24, 21, 52, 14, 13, 14)
    # What stands beyond the source is on the screen: with it the page could not be read.
    page.sheet.print_area(0, 0, row, FIRST_FACT + PRINTED_FACTS - 1)
    page.sheet.freeze_panes(HEAD_ROWS + 1, 1)
    if not report.live["customers"]:
        report.fixed.append(page.name)
    page.print_setup(report.footer, (HEAD_ROWS, HEAD_ROWS))


def _own_sizes(report: Report, page: Page, shown: Figures, row: int) -> int:
    """The company's own size: its annual amount at the closing, and that of a customer."""
    analysis = report.analysis
    factor = annual_factor(analysis.cube)
    closing, closers = (shown.cell(line, sheet=shown.sheet) for line in ("closing", "closers"))
    annual, count = factor * analysis.bridge["closing"], analysis.customers["closing"]
    for offset, (key, formula, value) in enumerate(
        (
            ("arr", f"{factor:g}*{closing}", annual),
            (
                "acv",
                f"IF(N({closers})=0,{fx.DASH},{factor:g}*{closing}/{closers})",
                annual / count if count else math.nan,
            ),
        )
    ):
        page.put(row + offset, TYPE, WORDS[key], "label")
        report.write(page, row + offset, COMPANY, formula, value, "customers", "link", "amount")
    page.put(row + 2, TYPE, WORDS["sizes"], "note")
    return row + 2


def _fits(report: Report, page: Page, row: int, record: dict[str, Any], sizes: int) -> None:
    """Whether the company is of the size that a benchmark speaks of; the limits are blue."""
    found = size_of(record["company size"])
    page.put(row, LOW, found.low if found else None, "input", "amount")
    page.put(row, HIGH, found.high if found and math.isfinite(found.high) else None, "input", "amount")
    if found is None:
        page.put(row, FITS, "", "label_indent")
        return
    own = fx.cell(sizes + (found.measure == "acv"), COMPANY, "row col")
    low, high = (fx.cell(row, col, "col") for col in (LOW, HIGH))
    inside = f'AND({own}>={low},OR({high}="",{own}<{high}))'
    formula = f'IF(ISNUMBER({own}),IF({inside},"{WORDS["yes"]}","{WORDS["no"]}"),{fx.DASH})'
    said = {"yes": WORDS["yes"], "no": WORDS["no"], "": fx.UNDEFINED}[record["fits"]]
    report.write(page, row, FITS, formula, said, "customers", "label_indent", "general")


def _standing(
    report: Report, page: Page, row: int, record: dict[str, Any], known: list[tuple[float, int, str]]
) -> None:
    """Where the company stands among a survey's quartiles: by straight line between two, and in words."""
    here, published = fx.cell(row, COMPANY), fx.cell(row, PUBLISHED)
    words = {key: WORDS[key] for key in ("below", "above", "between", "at", "undefined")}
    at = [(fx.cell(place, PUBLISHED, "row"), QUANTILES[name], name) for _, place, name in known]
    statistic = record["type"].partition(" ")[2]
    if at:
        percentile, standing = fx.DASH, fx.quoted(words["above"].format(name=at[-1][2]))
        for (low, share, name), (high, more, other) in reversed(list(pairwise(at))):
            line = f"{share:g}+{more - share:g}*({here}-{low})/({high}-{low})"
            percentile = f"IF({here}<={high},{line},{percentile})"
            between = fx.quoted(words["between"].format(low=name, high=other))
            # A rate on a quartile stands between it and the next; one on the last between it and the one before.
            limit = "<=" if (high, more, other) == at[-1] else "<"
            standing = f"IF({here}{limit}{high},{between},{standing})"
        percentile = f"IF({here}<{at[0][0]},{fx.DASH},{percentile})"
        standing = f"IF({here}<{at[0][0]},{fx.quoted(words['below'].format(name=at[0][2]))},{standing})"
    else:
        percentile = fx.DASH
        above, below, same = (fx.quoted(words[key].format(name=statistic)) for key in ("above", "below", "at"))
        standing = f"IF({here}={published},{same},IF({here}>{published},{above},{below}))"
    value = NOT_APPLICABLE if math.isnan(record["percentile"]) else record["percentile"]
    if at:
        shown = f"IF(ISNUMBER({here}),{percentile},{fx.DASH})"
        report.write(page, row, PERCENTILE, shown, value, "customers", "formula", "count")
    else:
        page.put(row, PERCENTILE, value, "formula", "count")
    said = f"IF(ISNUMBER({here}),{standing},{fx.quoted(words['undefined'])})"
    report.write(page, row, STANDING, said, record["standing"], "customers", "label_indent", "general")
