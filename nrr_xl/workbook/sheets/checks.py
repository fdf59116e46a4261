"""The Checks sheet: every difference that must be 0, and the status line that stands on each sheet."""

from __future__ import annotations

import math
from itertools import groupby

import numpy as np

from nrr_xl.workbook import formulas as fx
from nrr_xl.workbook import paper, status
from nrr_xl.workbook.cells import Page
from nrr_xl.workbook.feed import Feed
from nrr_xl.workbook.frame import COUNT, HEAD_ROWS, Report
from nrr_xl.workbook.held import HEADS, summed
from nrr_xl.workbook.texts import texts

WORDS = texts()["checks"]
HEADER_ROW = status.OTHERS[0] + 1
FIRST_ROW = HEADER_ROW + 1
# So many periods are weighed in one formula, which stays short enough to be read.
MOST_WEIGHED = 4
NAME, DIFFERENCE, FAILS, ALIKE, SAME, ENTERED = range(6)
# The kind of the checks that a sheet holds what was written.
WHOLE = "whole"
# So many differences are held against what they may be off by in one formula, for the same reason.
MOST_TOLERANCES = 60
# Sheets of many rows that are written at once, and those whose charts have gaps.
IN_BULK, WITH_GAPS = ("customers",), ("trend", "cohorts")
# Sheets whose blue numbers are published elsewhere or limits of what is said: others are a change of the report.
PUBLISHED = ("benchmarks", "reading")
# Sheets with cells that are there to be typed over, so that their numbers are held against what was written only while
# these are.
WITH_INPUTS = ("summary", "movers", "bands", "ledger", "levers", "economics", "adjusted")


def write(report: Report) -> None:
    """Fill the sheet from the checks that the other sheets have added."""
    page = report.open("checks")
    entered = _count_formulas(report)
    for check in report.analysis.checks:
        if not check.passed:
            report.check(WORDS["as_computed"].format(name=check.name), repr(check.difference), check.difference, COUNT)
    if report.live["checks"]:
        _count_own(report, page)
    last = FIRST_ROW + len(report.checks) - 1
    fails = fx.block(FIRST_ROW, FAILS, last, FAILS)
    failed = sum(line.failed for line in report.checks)
    page.put(status.FAILING[0], NAME, WORDS["failing"], "label_total")
    report.write(page, *status.FAILING, f"ROWS({fails})-COUNTIF({fails},0)", failed, "checks", "total", "count")
    page.put(status.WARNINGS[0], NAME, WORDS["warnings"], "label")
    if report.live["checks"]:
        page.put(status.OTHERS[0], NAME, WORDS["others"], "label")
        report.write(page, *status.OTHERS, status.others(report), 0.0, "checks", "formula", "count")
    if report.feed:
        noticed = report.feed.notices
        report.write(page, *status.WARNINGS, noticed, float(bool(report.feed.told)), "checks", "formula", "count")
        _state_of_fed(report, report.feed, page, fails)
    else:
        page.put(*status.WARNINGS, report.warnings, "formula", "count")
        page.put(status.AS_REPORTED[0], NAME, WORDS["as_reported"], "label")
        signatures = _signatures(report)
        block = fx.block(FIRST_ROW, SAME, FIRST_ROW + len(signatures) - 1, SAME)
        unchanged = f"IF(COUNTIF({block},1)={len(signatures)},1,0)"
        report.write(page, *status.AS_REPORTED, unchanged, 1.0, "checks", "formula", "position")
        own = [fx.cell(*status.FAILING, "row col"), fx.cell(*status.AS_REPORTED, "row col"), block]
        if report.live["checks"]:
            page.row(HEADER_ROW, SAME, [WORDS["same"], WORDS["entered"]], "header")
            for col, conditions in ((SAME, signatures), (ENTERED, entered)):
                for row, condition in enumerate(conditions, FIRST_ROW):
                    report.write(page, row, col, f"IF({condition},1,0)", 1.0, "checks", "working", "position")
            if entered:
                own.append(_entered(0, len(entered)))
        counted = "+".join(map(fx.is_formula, own))
        _state(report, page, fails, failed, f"{counted}={len(signatures) + len(entered) + 2}")
    page.put(HEADER_ROW, NAME, WORDS["check"], "header_left")
    page.row(HEADER_ROW, DIFFERENCE, [WORDS["difference"], WORDS["fails"]], "header")
    for row, line in enumerate(report.checks, FIRST_ROW):
        page.put(row, NAME, line.name, "label")
        report.write(page, row, DIFFERENCE, line.formula, line.difference, "checks", "formula", "difference")
        difference = fx.cell(row, DIFFERENCE, "col")
        fails_here = f"IF(ISNUMBER({difference}),IF(ABS({difference})<={line.tolerance!r},0,1),1)"
        report.write(page, row, FAILS, fails_here, float(line.failed), "checks", "formula", "count")
    page.sheet.conditional_format(
        FIRST_ROW,
        FAILS,
        last,
        FAILS,
        {"type": "cell", "criteria": "!=", "value": 0, "format": report.book.condition("bad")},
    )
    _fold(report, page)
    page.columns(68, 12, 8, 34, 24, 24)
    page.sheet.print_area(0, 0, last, ALIKE)
    page.sheet.freeze_panes(FIRST_ROW, 0)
    page.print_setup(report.footer, (HEADER_ROW, HEADER_ROW), papers=paper.HIGH)


def _fold(report: Report, page: Page) -> None:
    """Lines of a kind under the first of them, which says how many they are, and is coloured where one fails."""
    row = FIRST_ROW
    for kind, group in groupby(report.checks, lambda line: line.kind):
        lines = list(group)
        first, row = row, row + len(lines)
        if not kind or len(lines) == 1 or any(line.failed for line in lines):
            continue
        page.helpers(first + 1, row - 1)
        page.sheet.set_row(first, None, None, {"collapsed": True})
        page.put(first, ALIKE, WORDS["alike" if len(lines) > 2 else "alike_one"].format(count=len(lines) - 1), "note")
        fails = fx.block(first, FAILS, row - 1, FAILS)
        rule = {"type": "formula", "criteria": f"=SUM({fails})<>0", "format": report.book.condition("bad")}
        page.sheet.conditional_format(first, NAME, first, ALIKE, rule)
    page.sheet.outline_settings(symbols_below=False)


def _count_formulas(report: Report) -> list[str]:
    """On every sheet as many formulas as were written, and, as reported, the same numbers and no error.

    Returns what holds while the cells that are there to be typed over were not, in the order of its cells.
    """
    entered: list[str] = []
    if not report.live["checks"]:
        return entered
    for key, page in report.pages.items():
        if key == "checks":
            continue
        held = page.held
        area = fx.block(min(HEAD_ROWS, held.below), 0, *held.last, page.name)
        if held.formulas + held.heads:
            name = WORDS["formulas"].format(sheet=page.name)
            found = fx.is_formula(area) if held.formulas else "0"
            if held.heads:
                found += "+" + fx.is_formula(fx.block(HEADS[0], 0, HEADS[-1], 0, page.name))
            report.check(name, f"{found}-{held.formulas + held.heads}", 0.0, COUNT, WHOLE)
        if held.constants:
            areas = summed(held.constants, page.name)
            name = WORDS["constants"].format(sheet=page.name)
            report.check(name, f"{areas}-{math.fsum(held.constants.values())!r}", 0.0, 1e-6, WHOLE)
        if key not in IN_BULK and report.feed is None and held.numbers:
            same = f"{report.as_reported}=1"
            # What is there to be typed over may be: then the numbers are others.
            if key in WITH_INPUTS and (inputs := held.entered(page.name)):
                same = f"AND({same},MIN({_entered(len(entered), len(inputs))})=1)"
                entered += inputs
            formula = f"IF({same},{held.changed(area, key in WITH_GAPS)},0)"
            report.check(WORDS["same_sum"].format(sheet=page.name), formula, 0.0, held.noise, WHOLE)
    return entered


def _entered(start: int, count: int) -> str:
    """The cells of some of the conditions that an input is what was written."""
    return fx.block(FIRST_ROW + start, ENTERED, FIRST_ROW + start + count - 1, ENTERED)


def _count_own(report: Report, page: Page) -> None:
    """Add what this sheet says of itself: what is beyond its tolerance fails, and every formula is there."""
    checks = report.checks
    for start in range(0, len(checks), MOST_TOLERANCES):
        part = checks[start : start + MOST_TOLERANCES]
        differences, fails = (
            fx.block(FIRST_ROW + start, col, FIRST_ROW + start + len(part) - 1, col) for col in (DIFFERENCE, FAILS)
        )
        allowed = ";".join(f"{line.tolerance!r}" for line in part)
        report.check(WORDS["verdicts"], f"SUMPRODUCT(({fails}=0)*(ABS({differences})>{{{allowed}}}))", 0.0, COUNT)
    # Counted last and alone, since a count of formulas may not count itself.
    area = fx.block(FIRST_ROW, DIFFERENCE, FIRST_ROW + len(checks) - 1, FAILS)
    found, heads = fx.is_formula(area), page.held.heads
    if heads:
        found += "+" + fx.is_formula(fx.block(HEADS[0], 0, HEADS[-1], 0))
    report.check(WORDS["formulas"].format(sheet=page.name), f"{found}-{2 * len(checks) + heads}")


def _signatures(report: Report) -> list[str]:
    """What holds while the window and every amount are those of the report: sums that any change moves."""
    cube, labels = report.listed.cube, report.analysis.cube.periods.labels
    amounts = cube.amounts
    # Layers of values are compared with what is live, so that nothing old stays under a tick.
    window = f'AND({fx.CLOSES}="{labels[report.analysis.closing]}",{fx.MONTHS}={report.analysis.months})'
    pairs = [
        (f"SUM({fx.AMOUNTS})", float(amounts.sum())),
        (f"SUMSQ({fx.AMOUNTS})", float((amounts**2).sum())),
        (
            f"SUMPRODUCT({report.totals},{report.positions})",
            float((amounts.sum(axis=0) * range(1, amounts.shape[1] + 1)).sum()),
        ),
    ]
    # Sorted or swapped customers keep those sums. By period, as all at once would take as much memory again.
    weight = f"(ROW({fx.FIRST})-ROW(INDEX({fx.FIRST},1))+1)"
    ranks = np.arange(len(amounts)) if report.ranks is None or report.listing else report.ranks
    numbers = 1 + ranks
    for start in range(0, amounts.shape[1], MOST_WEIGHED):
        part = amounts[:, start : start + MOST_WEIGHED]
        found = "+".join(f"SUMPRODUCT({weight}*{fx.period(str(start + at))})" for at in range(1, part.shape[1] + 1))
        pairs.append((found, float((part.sum(axis=1) * numbers).sum())))
    same = [f"ABS({live}-{was!r})<={max(1e-9, 1e-11 * was)!r}" for live, was in pairs]
    pages = [report.pages[key] for key in PUBLISHED if key in report.sheets]
    published = [condition for page in pages for condition in page.held.numbers_entered(page.name)]
    return [window, *same, *report.signatures, *published]


def _state(report: Report, page: Page, fails: str, failed: int, own: str) -> None:
    """The status line: a check fails, or something was changed, or all checks pass, with the reader's warnings.

    What the line itself stands on cannot be counted among the formulas, which it would have to count itself.
    """
    warnings, unchanged = fx.cell(*status.WARNINGS, "row col"), fx.cell(*status.AS_REPORTED, "row col")
    intact = f"AND({own},{warnings}={report.warnings})"
    first = f"IF({_any(fails)},{_first(report, fails)},{fx.quoted(WORDS['own'])})"
    failing, _ = fx.told(WORDS["failed"], {"name": (first, "")})
    parts = "; ".join(report.fixed)
    changed = WORDS["changed"] + (WORDS["not_following"].format(parts=parts) if parts else WORDS["all_follow"])
    many = fx.told(WORDS["warned"], {"count": (warnings, "")})[0]
    warned = f'IF({warnings}=0,"",IF({warnings}=1,{fx.quoted(WORDS["warned_once"])},{many}))'
    passed = f"{fx.quoted(WORDS['passed'])}&{warned}"
    amber = fx.quoted_long(changed)
    state = f"IF(AND(NOT({_any(fails)}),{intact}),IF({unchanged}=1,{passed},{amber}),{failing})"
    _line(report, page, state, not failed)


def _line(report: Report, page: Page, state: str, passed: bool) -> None:
    report.write(page, *status.TEXT, state, report.state(passed), "checks", "text", "general")
    if report.live["checks"]:
        typed = f"NOT(_xlfn.ISFORMULA({fx.cell(*status.TEXT, 'row col')}))"
        status.colour(report.book, page, *status.TEXT, typed)


def _any(fails: str) -> str:
    """Whether anything but 0 stands among the verdicts."""
    return f"COUNTIF({fails},0)<ROWS({fails})"


def _first(report: Report, fails: str) -> str:
    """The name of the first check that fails."""
    names = fx.block(FIRST_ROW, NAME, FIRST_ROW + len(report.checks) - 1, NAME)
    return f"INDEX({names},MATCH(TRUE,INDEX({fails}<>0,0),0))"


def _state_of_fed(report: Report, feed: Feed, page: Page, fails: str) -> None:
    """A template's status line: what cannot be used, a check that fails, what is to be looked at, or that all pass."""
    (broken, what), (noticed, which) = feed.broken, feed.noticed
    bad, odd = (fx.told(WORDS[key], {"what": (at, "")})[0] for key, at in (("broken", what), ("noticed", which)))
    passed, own = f"IF({noticed},{odd},{fx.quoted(WORDS['passed'])})", fx.quoted(WORDS["own"])
    failing = fx.told(WORDS["failed"], {"name": (f"IF({_any(fails)},{_first(report, fails)},{own})", "")})[0]
    intact = "*".join(f"_xlfn.ISFORMULA({fx.cell(*at, 'row col')})" for at in (status.FAILING, status.WARNINGS))
    state = f"IF({broken},{bad},IF(OR({_any(fails)},{intact}=0),{failing},{passed}))"
    _line(report, page, state, True)
