"""The Checks sheet: every difference that must be 0, and the status line that stands on each sheet."""

from __future__ import annotations

import numpy as np

from nrr_xl.workbook import formulas as fx
from nrr_xl.workbook.cells import HEADS, Page
from nrr_xl.workbook.feed import Feed
from nrr_xl.workbook.frame import AS_REPORTED, COUNT, HEAD_ROWS, MASTER, MASTER_TEXT, Report, colour_state
from nrr_xl.workbook.texts import texts

WORDS = texts()["checks"]
# Under the master check: the reader's warnings, then whether anything differs from the report as it was written.
WARNINGS = (HEAD_ROWS + 1, 1)
HEADER_ROW = HEAD_ROWS + 4
FIRST_ROW = HEADER_ROW + 1
# So many periods are weighed in one formula, which stays short enough to be read.
MOST_WEIGHED = 4
NAME, DIFFERENCE, FAILS, _, SAME = range(5)
# Sheets whose numbers may be typed over in places, so that their sum says nothing.
WITH_INPUTS = (
    "summary",
    "benchmarks",
    "movers",
    "customers",
    "bands",
    "ledger",
    "levers",
    "economics",
    "reading",
    "adjusted",
)


def write(report: Report) -> None:
    """Fill the sheet from the checks that the other sheets have added."""
    page = report.open("checks")
    _count_formulas(report)
    for check in report.analysis.checks:
        if not check.passed:
            report.check(WORDS["as_computed"].format(name=check.name), repr(check.difference), check.difference, COUNT)
    last = FIRST_ROW + len(report.checks)
    if report.live["checks"]:
        # Counted last and alone, since a count of formulas may not count itself.
        area = fx.block(FIRST_ROW, DIFFERENCE, last - 1, FAILS)
        report.check(WORDS["formulas"].format(sheet=page.name), f"{fx.is_formula(area)}-{2 * len(report.checks)}")
    else:
        last -= 1
    fails = fx.block(FIRST_ROW, FAILS, last, FAILS)
    failed = sum(line.failed for line in report.checks)
    page.put(MASTER[0], NAME, WORDS["failing"], "label_total")
    report.write(page, *MASTER, f"SUM({fails})", failed, "checks", "total", "count")
    page.put(WARNINGS[0], NAME, WORDS["warnings"], "label")
    if report.feed:
        report.write(page, *WARNINGS, report.feed.notices, float(bool(report.feed.told)), "checks", "formula", "count")
        _state_of_fed(report, report.feed, page, fails)
    else:
        page.put(*WARNINGS, report.warnings, "formula", "count")
        page.put(AS_REPORTED[0], NAME, WORDS["as_reported"], "label")
        signatures = _signatures(report)
        block = fx.block(FIRST_ROW, SAME, FIRST_ROW + len(signatures) - 1, SAME)
        unchanged = f"IF(COUNTIF({block},1)={len(signatures)},1,0)"
        report.write(page, *AS_REPORTED, unchanged, 1.0, "checks", "formula", "position")
        if report.live["checks"]:
            page.put(HEADER_ROW, SAME, WORDS["same"], "header")
            for row, signature in enumerate(signatures, FIRST_ROW):
                report.write(page, row, SAME, f"IF({signature},1,0)", 1.0, "checks", "working", "position")
        own = "+".join(
            fx.is_formula(area) for area in (fx.cell(*MASTER, "row col"), fx.cell(*AS_REPORTED, "row col"), block)
        )
        _state(report, page, fails, failed, f"{own}={len(signatures) + 2}")
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
    page.columns(68, 12, 12, 3, 24)
    page.sheet.print_area(0, 0, last, FAILS)
    page.sheet.freeze_panes(FIRST_ROW, 0)
    page.print_setup(report.footer, (HEADER_ROW, HEADER_ROW), long=True)


def _count_formulas(report: Report) -> None:
    """On every sheet as many formulas as were written, and, as reported, the same sum of all numbers."""
    if not report.live["checks"]:
        return
    for key, page in report.pages.items():
        if key == "checks" or not page.formulas + page.total:
            continue
        area = fx.block(HEAD_ROWS, 0, *page.last, page.name)
        if page.formulas:
            name = WORDS["formulas"].format(sheet=page.name)
            found = fx.is_formula(area)
            if page.heads:
                found += "+" + fx.is_formula(fx.block(HEADS[0], 0, HEADS[-1], 0, page.name))
            report.check(name, f"{found}-{page.formulas + page.heads}", 0.0, COUNT)
        if key not in WITH_INPUTS and report.feed is None:
            # What is below a millionth is the noise of adding up.
            tolerance = max(1e-6, 1e-12 * abs(page.total))
            formula = f'IF({report.as_reported}=1,ROUND(SUMIF({area},"<1E+300")-{page.total!r},6),0)'
            report.check(WORDS["same_sum"].format(sheet=page.name), formula, 0.0, tolerance)


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
    return [window, *same, *report.signatures]


def _state(report: Report, page: Page, fails: str, failed: int, own: str) -> None:
    """The status line: a check fails, or something was changed, or all checks pass, with the reader's warnings.

    What the line itself stands on cannot be counted among the formulas, which it would have to count itself.
    """
    warnings, unchanged = fx.cell(*WARNINGS, "row col"), fx.cell(*AS_REPORTED, "row col")
    names = fx.block(FIRST_ROW, NAME, FIRST_ROW + len(report.checks) - 1, NAME)
    intact = f"AND({own},{warnings}={report.warnings})"
    first = f"IF(SUM({fails})>0,INDEX({names},MATCH(1,{fails},0)),{fx.quoted(WORDS['own'])})"
    failing, _ = fx.told(WORDS["failed"], {"name": (first, "")})
    parts = "; ".join(report.fixed)
    changed = WORDS["changed"] + (WORDS["not_following"].format(parts=parts) if parts else WORDS["all_follow"])
    many = fx.told(WORDS["warned"], {"count": (warnings, "")})[0]
    warned = f'IF({warnings}=0,"",IF({warnings}=1,{fx.quoted(WORDS["warned_once"])},{many}))'
    passed = f"{fx.quoted(WORDS['passed'])}&{warned}"
    amber = fx.quoted_long(changed)
    state = f"IF(AND(SUM({fails})=0,{intact}),IF({unchanged}=1,{passed},{amber}),{failing})"
    report.write(page, *MASTER_TEXT, state, report.state(not failed), "checks", "text", "general")
    colour_state(report.book, page, *MASTER_TEXT)


def _failing(report: Report, fails: str) -> str:
    """That a check fails, and which one is the first."""
    names = fx.block(FIRST_ROW, NAME, FIRST_ROW + len(report.checks) - 1, NAME)
    return fx.told(WORDS["failed"], {"name": (f"INDEX({names},MATCH(1,{fails},0))", "")})[0]


def _state_of_fed(report: Report, feed: Feed, page: Page, fails: str) -> None:
    """A template's status line: what cannot be used, a check that fails, what is to be looked at, or that all pass."""
    (broken, what), (noticed, which) = feed.broken, feed.noticed
    bad, odd = (fx.told(WORDS[key], {"what": (at, "")})[0] for key, at in (("broken", what), ("noticed", which)))
    passed = f"IF({noticed},{odd},{fx.quoted(WORDS['passed'])})"
    state = f"IF({broken},{bad},IF(SUM({fails})>0,{_failing(report, fails)},{passed}))"
    report.write(page, *MASTER_TEXT, state, report.state(True), "checks", "text", "general")
    colour_state(report.book, page, *MASTER_TEXT)
