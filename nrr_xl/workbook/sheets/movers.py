"""The Movers sheet: the customers that moved the result, how much hangs on a few of them, and who is at risk."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np

from nrr_xl.records import struct
from nrr_xl.retention.lines import LOSSES
from nrr_xl.retention.movements import at_both_ends
from nrr_xl.workbook import formulas as fx
from nrr_xl.workbook.cells import Page
from nrr_xl.workbook.frame import HEAD_ROWS, Report
from nrr_xl.workbook.sheets.customers import CustomersPlace
from nrr_xl.workbook.sheets.summary import Figures
from nrr_xl.workbook.story import Fact
from nrr_xl.workbook.texts import texts

WORDS = texts()["movers"]
TOPS = (1, 5, 10, 20)
WIDTH = 8
# A list's columns: what is said of a customer, then, folded away, by what it is ranked and its place on Customers.
NAME, BEFORE, AFTER, CHANGE, SHARE, SIZE, PLACE = range(7)
LISTS = ("churn", "contraction", "expansion", "new", "reactivation")
# Of sizes that differ by less than this many decimals none is larger: they are the same amount, computed twice.
DECIMALS = 6
LOW_ROW = 12.75


@struct()
class MoversPlace:
    """Where the lists stand: the head of each, and how many customers it holds."""

    sheet: str
    tops: dict[str, tuple[int, int]]
    length: int

    def first(self, line: str, column: int) -> str:
        """A cell of the first customer in a list."""
        row, left = self.tops[line]
        return fx.cell(row + 1, left + column, "row col", self.sheet)


def place(report: Report) -> MoversPlace:
    """Two lists side by side, after the concentration; below them the accounts at risk."""
    length = min(report.analysis.settings.top, len(report.analysis.cube.customers))
    start, each = HEAD_ROWS + len(TOPS) + 3, length + 2
    tops = {"churn": (start, 0), "expansion": (HEAD_ROWS, WIDTH)}
    tops |= {"contraction": (start + each, 0), "new": (HEAD_ROWS + each, WIDTH)}
    tops |= {"reactivation": (HEAD_ROWS + 2 * each, WIDTH), "risk": (start + 2 * each, 0)}
    return MoversPlace(report.sheets["movers"], tops, length)


def define_names(report: Report, at: MoversPlace) -> None:
    """The limits that put an account at risk."""
    row, left = at.tops["risk"]
    last = row + at.length + 1
    for offset, (name, key) in enumerate(((fx.RISK_FALLS, "risk_falls"), (fx.RISK_DROP, "risk_drop")), 1):
        where = "=" + fx.cell(last + offset, left + 1, "row col", at.sheet)
        report.book.name(name, where, WORDS[key])


def write(report: Report, customers: CustomersPlace, at: MoversPlace, shown: Figures) -> None:
    """Fill the sheet and add its checks."""
    lines, page = texts()["lines"], report.open("movers")
    _concentration(report, page, customers, HEAD_ROWS)
    for line in LISTS:
        title = WORDS["largest"].format(line=lines[line].lower())
        _list(report, page, customers, at, line, title, shown)
    bottom = _risk(report, page, customers, at)
    if report.feed is None:
        _flags(report, page, bottom + 2)
    for side in (0, WIDTH):
        page.sheet.set_column(side, side, 34)
        page.sheet.set_column(side + 1, side + 4, 13.5)
        page.sheet.set_column(side + SIZE, side + PLACE, 6, None, {"level": 1, "hidden": True})
        page.sheet.set_column(side + PLACE + 1, side + PLACE + 1, 3)
    if not report.live["customers"]:
        report.fixed.append(page.name)
    # Lists stand side by side, so that no row parts them well: lower rows keep them on one page.
    page.sheet.set_default_row(LOW_ROW)
    page.print_setup(report.footer, one_page=True)


def _ranked(
    report: Report, page: Page, row: int, first: int, left: int, sizes: str, found: tuple[float, int] | None
) -> str:
    """Write the next largest size and the place on Customers where it stands; the cell of the place.

    Of equal sizes the one further up comes first: the search goes on after the place of the one before.
    """
    rank = f"ROWS({fx.cell(first, left, 'row')}:{fx.cell(row, left)})"
    size, place = fx.cell(row, left + SIZE), fx.cell(row, left + PLACE)
    above, before = fx.cell(row - 1, left + SIZE), fx.cell(row - 1, left + PLACE)
    start = "0" if row == first else f"IF({above}={size},{before},0)"
    value, position = found if found else (0.0, fx.UNDEFINED)
    largest_left = f"IF({rank}>ROWS({fx.FIRST}),0,SUMPRODUCT(LARGE({sizes},{rank})))"
    report.write(page, row, left + SIZE, largest_left, value, "customers", "working", "amount")
    places = f"(ROW({fx.FIRST})-ROW(INDEX({fx.FIRST},1))+1>{start})"
    match = f"IF({size}>0,MATCH(1,INDEX(({sizes}={size})*{places},0),0),{fx.DASH})"
    report.write(page, row, left + PLACE, match, position, "customers", "working", "position")
    return place


def _list(
    report: Report, page: Page, customers: CustomersPlace, at: MoversPlace, line: str, title: str, shown: Any
) -> None:
    top, left = at.tops[line]
    _heads(page, top, left, title, ("opening", "closing", "change", "share"))
    records, names = report.analysis.tables.movers[line].records(), report.analysis.cube.customers
    word, sign = texts()["movements"][line], "-" if line in LOSSES else ""
    changes, movement = customers.of("change"), customers.of("movement")
    sizes = f'(({movement}="{word}")*ROUND({sign}{changes},{DECIMALS}))'
    places, (before, after) = _places(report, line)
    for offset, row in enumerate(range(top + 1, top + 1 + at.length)):
        known = offset < len(records)
        position = places[offset] if known else 0
        change = float(after[position] - before[position])
        ranked = (round(abs(change), DECIMALS), customers.rank(position) + 1) if known else None
        place = _ranked(report, page, row, top + 1, left, sizes, ranked)
        held = f"ISNUMBER({place})"
        values: dict[int, float | str] = {NAME: names[position] if known else fx.UNDEFINED}
        columns = {
            NAME: customers.names,
            BEFORE: customers.of("opening"),
            AFTER: customers.of("closing"),
            CHANGE: changes,
        }
        whole = report.analysis.bridge[line]
        shown_here = (float(before[position]), float(after[position]), change, abs(change) / whole if whole else 0.0)
        for col, value in zip((BEFORE, AFTER, CHANGE, SHARE), shown_here, strict=True):
            values[col] = value if known else fx.UNDEFINED
        for col, source in columns.items():
            role, kind = ("label", "general") if col == NAME else ("formula", "amount")
            formula = f"IF({held},INDEX({source},{place}),{fx.DASH})"
            report.write(page, row, left + col, formula, values[col], "customers", role, kind)
        total = shown.cell(line, sheet=shown.sheet)
        share = f"IF({held},{fx.cell(row, left + CHANGE)}/{total},{fx.DASH})"
        report.write(page, row, left + SHARE, share, values[SHARE], "customers", "formula", "rate")
    page.bars(top + 1, left + SHARE, top + at.length, left + SHARE)
    _leave_empty(report, page, at, top, left)


def _leave_empty(report: Report, page: Page, at: MoversPlace, top: int, left: int) -> None:
    """Show no dashes in the rows that a list does not reach, but for one where it is empty."""
    rule = {
        "type": "formula",
        "criteria": f"={fx.cell(top + 2, left, 'col')}={fx.DASH}",
        "format": report.book.condition("unused"),
    }
    page.sheet.conditional_format(top + 2, left, top + at.length, left + SHARE, rule)


def _places(report: Report, line: str) -> tuple[list[int], tuple[np.ndarray, np.ndarray]]:
    """The customers (from 0) of a list in its order: by size, then by place on the sheet; both amounts of all."""
    analysis = report.analysis
    before, after, known = at_both_ends(analysis.cube, analysis.opening, analysis.closing)
    was, stays = before > 0, after > 0
    members = {
        "expansion": was & stays & (after > before),
        "contraction": was & stays & (after < before),
        "churn": was & ~stays,
        "new": stays & ~known,
        "reactivation": stays & known & ~was,
    }
    size = np.where(members[line], np.abs(after - before).round(DECIMALS), 0.0)
    found: list[int] = np.lexsort((np.arange(len(size)) if report.ranks is None else report.ranks, -size)).tolist()
    return found, (before, after)


def _risk(report: Report, page: Page, customers: CustomersPlace, at: MoversPlace) -> int:
    """The accounts at risk by what is at stake, and the two limits that may be set; the last row."""
    top, left = at.tops["risk"]
    analysis, records = report.analysis, report.analysis.tables.risk.records()
    _heads(page, top, left, WORDS["risk"], ("closing", "falls", "from_peak", "lost"))
    where = {name: customers.rank(number) for number, name in enumerate(analysis.cube.customers)}
    stake, peak, closing = (customers.of(name) for name in ("stake", "peak", "closing"))
    for offset, row in enumerate(range(top + 1, top + 1 + at.length)):
        known = offset < len(records)
        record = records[offset] if known else {}
        ranked = (float(record["amount"]), where[record["customer"]] + 1) if known else None
        place = _ranked(report, page, row, top + 1, left, stake, ranked)
        change = f"INDEX({closing},{place})-INDEX({peak},{place})"
        columns = (
            (NAME, f"INDEX({customers.names},{place})", "customer", "label", "general"),
            (BEFORE, f"INDEX({closing},{place})", "amount", "formula", "amount"),
            (AFTER, f"INDEX({customers.of('falls')},{place})", "periods_declining", "formula", "count"),
            (CHANGE, change, "change", "formula", "amount"),
            (SHARE, f"-({change})/INDEX({peak},{place})", "drop", "formula", "rate"),
        )
        for col, formula, name, role, kind in columns:
            value = record[name] if known else fx.UNDEFINED
            shown = f"IF(ISNUMBER({place}),{formula},{fx.DASH})"
            report.write(page, row, left + col, shown, value, "customers", role, kind)
    _leave_empty(report, page, at, top, left)
    row = top + at.length + 2
    for offset, (key, value, kind) in enumerate(
        (
            ("risk_falls", analysis.settings.risk_periods, "position"),
            ("risk_drop", analysis.settings.risk_drop, "share"),
        )
    ):
        page.put(row + offset, left, WORDS[key], "note")
        page.put(row + offset, left + 1, value, "input", kind)
    return row + 1


def _flags(report: Report, page: Page, top: int) -> None:
    """What the analysis flagged when the report was written."""
    if not report.analysis.flags:
        return
    page.put(top, 0, WORDS["flags"].format(written=report.written), "header_left")
    page.sheet.set_row(top, 2 * LOW_ROW)  # The heading takes two lines, and rows of this sheet do not grow.
    for row, flag in enumerate(report.analysis.flags, top + 1):
        report.say_as_written(page, row, 0, flag.message)
    report.fixed.append(WORDS["flags_part"])


def _heads(page: Page, top: int, left: int, title: str, heads: Iterable[str]) -> None:
    page.put(top, left, title, "header_left")
    page.row(top, left + 1, [WORDS[head] for head in heads], "header")


def _concentration(report: Report, page: Page, customers: CustomersPlace, top: int) -> None:
    """Shares of the largest customers, and NRR without the largest at the opening."""
    found, count_all = report.analysis.concentration, len(report.analysis.cube.customers)
    opening, closing = customers.of("opening"), customers.of("closing")
    _heads(page, top, 0, WORDS["concentration"], ("of_closing", "without", "limit", "equal"))
    row = top
    for count in TOPS:
        row += 1
        page.put(row, 0, WORDS["top_1" if count == 1 else "top"].format(count=count), "label")
        # LARGE knows no rank beyond the last customer.
        share = fx.rate(f"SUM({closing})", f"SUMPRODUCT(LARGE({closing},{fx.ranks(count)}))/SUM({closing})")
        report.write(page, row, 1, share, found[f"top_{count}"], "customers", "rate", "rate")
        without = found.get(f"nrr_without_top_{count}")
        if without is not None:
            _without(report, page, row, (opening, closing), min(count, count_all), without)
    row += 1
    page.put(row, 0, WORDS["hhi"], "label")
    hhi = fx.rate(f"SUM({closing})", f"SUMSQ({closing})/SUM({closing})^2")
    report.write(page, row, 1, hhi, found["hhi"], "customers", "rate", "index")


def _without(report: Report, page: Page, row: int, ends: tuple[str, str], count: int, value: float) -> None:
    """NRR without so many customers of the largest opening; of equal ones those of the larger closing go first.

    Beside it stand the smallest opening among them, and how many of just that size are left out.
    """
    opening, closing = ends
    analysis = report.analysis
    before, _, _ = at_both_ends(analysis.cube, analysis.opening, analysis.closing)
    smallest = float(np.sort(before)[::-1][count - 1])
    limit, equal = fx.cell(row, 3), fx.cell(row, 4)
    report.write(
        page, row, 3, f"LARGE({opening},MIN({count},ROWS({fx.FIRST})))", smallest, "customers", "working", "amount"
    )
    taken = f"MIN({count},ROWS({fx.FIRST}))-SUMPRODUCT(--({opening}>{limit}))"
    report.write(page, row, 4, taken, count - int((before > smallest).sum()), "customers", "working", "count")
    base = f"SUMPRODUCT(({opening}<={limit})*{opening})-{equal}*{limit}"
    gone = f"SUMPRODUCT(LARGE(({opening}={limit})*{closing},{fx.ranks(equal)}))"
    kept = f"SUMPRODUCT(({opening}>0)*({opening}<={limit})*{closing})"
    formula = f"IF(ROUND({base},6)<=0,{fx.DASH},({kept}-{gone})/({base}))"
    report.write(page, row, 2, formula, value, "customers", "rate", "rate")


def largest(report: Report, at: MoversPlace, line: str) -> tuple[fx.Said, Fact]:
    """The first customer of a list, and its share of the line, for a sentence."""
    records = report.analysis.tables.movers[line].records()
    name = report.analysis.cube.customers[_places(report, line)[0][0]] if records else fx.UNDEFINED
    share = float(records[0]["share"]) if records else math.nan
    return (at.first(line, NAME), name), Fact(at.first(line, SHARE), share)
