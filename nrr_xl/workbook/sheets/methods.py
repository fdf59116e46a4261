"""The Methods sheet: every definition of NRR side by side, each reconciled to the default, and what choices change."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from typing import Any

import numpy as np

from nrr_xl.records import struct
from nrr_xl.retention.analysis import Analysis
from nrr_xl.retention.methods import METHODS, step_rates
from nrr_xl.retention.movements import movements
from nrr_xl.retention.presets import method_of, used_by
from nrr_xl.workbook import formulas as fx
from nrr_xl.workbook.cells import NOT_APPLICABLE, Page
from nrr_xl.workbook.frame import HEAD_ROWS, MONEY, RATE, Report
from nrr_xl.workbook.sheets import definition
from nrr_xl.workbook.sheets.bridge import BridgePlace
from nrr_xl.workbook.sheets.customers import CustomersPlace
from nrr_xl.workbook.sheets.summary import Figures
from nrr_xl.workbook.sheets.trend import TrendPlace
from nrr_xl.workbook.story import Fact
from nrr_xl.workbook.texts import texts

DEFAULT = "point_to_point"
WORDS = texts()["methods"]
FRACTION = ("numerator", "denominator", "nrr")
NUMERATOR, DENOMINATOR, NRR, NOTE = range(1, 5)
FIRST_ROW = HEAD_ROWS + 1
# What single periods and first periods add to the methods, to the right of the page.
WORK = NOTE + 2
STEPS = ("opening", "expansion", "contraction", "churn", "nrr", "first", "later")


@struct()
class MethodsPlace:
    """Where each method and the workings stand."""

    sheet: str
    periods: int

    def row(self, key: str) -> int:
        # A definition that is none of the methods stands under them.
        return FIRST_ROW + (list(METHODS).index(key) if key in METHODS else len(METHODS))

    def cell(self, key: str, col: int) -> str:
        return fx.cell(self.row(key), col, "row col", self.sheet)

    def column(self, step: str) -> str:
        """The range of a working, one row for each period."""
        col = WORK + 1 + STEPS.index(step)
        return fx.block(FIRST_ROW, col, FIRST_ROW + self.periods - 1, col, self.sheet)

    def inside(self, step: str) -> str:
        """A working of the periods inside the window."""
        column = self.column(step)
        return f"INDEX({column},{fx.OPENING}+1):INDEX({column},{fx.CLOSING})"


def place(report: Report) -> MethodsPlace:
    """Where the sheet will have its rows."""
    return MethodsPlace(report.sheets["methods"], len(report.analysis.cube.periods))


def headline(report: Report, at: MethodsPlace) -> tuple[str, Fact] | None:
    """The method that was asked for, if it is not the default: its label and its rate."""
    asked = report.analysis.headline
    if asked["key"] == DEFAULT:
        return None
    return asked["label"], Fact(at.cell(asked["key"], NRR), asked["rate"])


def write(
    report: Report,
    at: MethodsPlace,
    customers: CustomersPlace,
    bridge: BridgePlace,
    trend: TrendPlace,
    shown: Figures,
) -> None:
    """Fill the sheet and add its checks."""
    page = report.open("methods")
    _workings(report, page, at, bridge)
    top = _methods(report, page, at, trend)
    if report.analysis.definition is not None:
        definition.write(report, page, customers, top, (NUMERATOR, DENOMINATOR, NRR, NOTE), WORK + len(STEPS) + 2)
        top += 1
    last = top = _meanings(report, page, at, top + 1)
    if report.feed is None:
        top = _sensitivity(report, page, top + 1)
        last = _reconciliations(report, page, top + 1)
        # A board's pages end with the choices: each method's steps are a page more, on the screen.
        last = top if report.brief else last
        report.fixed.append(WORDS["part"])
    page.columns(46, 12, 12, 11, 67)
    page.sheet.set_column(WORK, WORK + len(STEPS), 12)
    page.sheet.print_area(0, 0, last, NOTE)
    if not report.live["methods"]:
        report.fixed.append(page.name)
    page.print_setup(report.footer)
    if report.live["methods"]:
        rate = at.cell(DEFAULT, NRR)
        there = shown.cell("nrr", sheet=shown.sheet)
        report.check(WORDS["default_check"], f"IF({rate}={there},0,{rate}-{there})", 0.0, RATE)
        ends = at.cell(DEFAULT, NUMERATOR), at.cell("closed_cohort_flows", NUMERATOR)
        report.check(WORDS["flows_check"], f"IF({ends[0]}={ends[1]},0,{ends[0]}-{ends[1]})", 0.0, MONEY)


def _workings(report: Report, page: Page, at: MethodsPlace, bridge: BridgePlace) -> None:
    """Each period's own movements, from the Bridge, and what the customers who came then paid a window later."""
    analysis, words = report.analysis, texts()
    step = analysis.cube.periods.step
    lines = words["lines"] | words["rates"] | {key: WORDS[key] for key in ("first", "later")}
    page.row(HEAD_ROWS, WORK, [words["trend"]["period"], *(lines[name] for name in STEPS)], "header")
    found = _step_values(analysis, report.begin)
    back = f"({fx.CLOSING}-{fx.OPENING})"
    for position in range(at.periods):
        row = FIRST_ROW + position
        here = fx.cell(row, WORK, "col")
        counted = f"ROWS({fx.cell(FIRST_ROW, 0, 'row')}:{fx.cell(row, 0)})"
        report.write(page, row, WORK, counted, position + 1, "methods", "working", "position")
        came = f"SUMIF({fx.FIRST},{here},INDEX({fx.AMOUNTS},0,{here}))"
        later = f"SUMIF({fx.FIRST},{here},INDEX({fx.AMOUNTS},0,{here}+{back}))"
        formulas = {
            **{name: bridge.step(name, position, step) if position else fx.DASH for name in STEPS[:5]},
            "first": f"IF({here}<={fx.OPENING},{came},{fx.DASH})",
            "later": f"IF({here}<={fx.OPENING},{later},{fx.DASH})",
        }
        for col, name in enumerate(STEPS, WORK + 1):
            kind = "rate" if name == "nrr" else "amount"
            report.write(page, row, col, formulas[name], found[name][position], "methods", "working", kind)


def _step_values(analysis: Analysis, begin: int) -> dict[str, list[Any]]:
    """What the workings hold, as Python has it: a dash before the second period with rows and after the closing."""
    cube, count = analysis.cube, len(analysis.cube.periods)
    found: dict[str, list[Any]] = {name: [NOT_APPLICABLE] * count for name in STEPS}
    if analysis.closing > begin:
        closings = np.arange(begin + 1, analysis.closing + 1)
        flows = movements(cube, closings - 1, closings)
        rates = step_rates(flows)
        for name, sign in (("opening", 1), ("expansion", 1), ("contraction", -1), ("churn", -1)):
            found[name][begin + 1 : analysis.closing + 1] = (sign * getattr(flows, name)[:, 0]).tolist()
        found["nrr"][begin + 1 : analysis.closing + 1] = rates[:, 0].tolist() if rates.ndim > 1 else rates.tolist()
    back, active = analysis.closing - analysis.opening, cube.amounts > 0
    first = np.where(active.any(axis=1), active.argmax(axis=1), count)
    for position in range(analysis.opening + 1):
        mine = cube.amounts[first == position]
        found["first"][position] = float(mine[:, position].sum())
        found["later"][position] = float(mine[:, position + back].sum())
    return found


def _formulas(report: Report, at: MethodsPlace, trend: TrendPlace) -> dict[str, tuple[str, str, str]]:
    """Of each method the periods that it needs, its numerator and its denominator."""
    step = report.analysis.cube.periods.step
    _, annualise_from = method_of(report.analysis.settings.method, report.analysis.settings.annualise_from)
    before, after = fx.period(fx.OPENING), fx.period(fx.CLOSING)
    back, base = f"({fx.CLOSING}-{fx.OPENING})", f"SUM({before})"
    window, inside = f"{back}+1", at.inside
    moved = "+".join(f"SUM({inside(name)})" for name in ("expansion", "contraction", "churn"))
    kept_inside = f"(SUM({inside('opening')})+{moved})"
    if annualise_from == "closing":
        one = f"INDEX({at.column('nrr')},{fx.CLOSING})"
    else:
        one = f"{kept_inside}/SUM({inside('opening')})"

    def last_year(line: str) -> str:
        column = trend.column(line)
        return f"SUM(INDEX({column},{fx.CLOSING}-{12 // step - 1}):INDEX({column},{fx.CLOSING}))"

    def ends(end: str) -> str:
        return "(" + "+".join(fx.period(f"{end}-{n}" if n else end) for n in range(max(3 // step, 1))) + ")"

    start = f"{fx.OPENING}-{back}+1"

    def year(first: str, last: str) -> str:
        return f"SUMPRODUCT(({fx.period(start)}>0)*({fx.period(first)}:{fx.period(last)}))"

    trailing = "+".join(last_year(line) for line in ("opening", "expansion", "contraction", "churn"))
    opened, closed = ends(fx.OPENING), ends(fx.CLOSING)
    compound = f"IF(COUNT({inside('nrr')})={back},{base}*PRODUCT({inside('nrr')}),{fx.DASH})"
    return {
        "point_to_point": (window, f'SUMIF({before},">0",{after})', base),
        "summed_flows": (window, f"{base}+{moved}", base),
        "closed_cohort_flows": (window, f"{base}+SUMPRODUCT(({before}>0)*({after}-{before}))", base),
        "compounded": (window, compound, base),
        "annualised": (
            "2" if annualise_from == "closing" else window,
            f"IF(ISNUMBER({one}),{base}*{fx.annualised(one, fx.PERIOD_MONTHS)},{fx.DASH})",
            base,
        ),
        "trailing_average": (f"{back}+{12 // step}", trailing, last_year("opening")),
        "quarter_cohort": (
            f"{back}+{max(3 // step, 1)}",
            f"SUMPRODUCT(({opened}>0)*{closed})",
            f"SUMPRODUCT({opened})",
        ),
        "two_year_cohort": (
            f"2*{back}",
            year(f"{fx.OPENING}+1", fx.CLOSING),
            year(start, fx.OPENING),
        ),
        "survivors_only": (window, f'SUMIF({before},">0",{after})', f'SUMIF({after},">0",{before})'),
        "acquisition_cohort": (
            window,
            f"SUM(INDEX({at.column('later')},1):INDEX({at.column('later')},{fx.OPENING}))",
            f"SUM(INDEX({at.column('first')},1):INDEX({at.column('first')},{fx.OPENING}))",
        ),
    }


def _methods(report: Report, page: Page, at: MethodsPlace, trend: TrendPlace) -> int:
    page.put(HEAD_ROWS, 0, WORDS["method"], "header_left")
    page.row(HEAD_ROWS, 1, [WORDS[part] for part in FRACTION], "header")
    page.put(HEAD_ROWS, NOTE, WORDS["note"], "header_note")
    formulas, step = _formulas(report, at, trend), report.analysis.cube.periods.step
    row = HEAD_ROWS
    for row, record in enumerate(report.analysis.tables.methods.records(), FIRST_ROW):
        key, default = record["key"], record["key"] == DEFAULT
        label = WORDS["default"].format(label=record["label"]) if default else record["label"]
        page.put(row, 0, label, "strong" if default else "label")
        role = "total" if default else "rate"
        if key == "quarter_cohort" and step > 3:
            page.row(row, 1, [NOT_APPLICABLE] * len(FRACTION), "formula")
            page.put(row, NOTE, record["reason"], "note_indent")
            continue
        if key not in formulas:  # a method whose worksheet formula is not written: its figures, marked
            for column, name in ((NUMERATOR, "numerator"), (DENOMINATOR, "denominator"), (NRR, "rate")):
                value = fx.UNDEFINED if record["reason"] else record[name]
                page.put(row, column, value, "formula", "rate" if column == NRR else "amount")
            page.put(row, NOTE, report.written, "note_indent")
            continue
        needs, above, below = formulas[key]
        has = f"({fx.CLOSING}-{fx.BEGIN}+1)"
        numerator, denominator, rate = (fx.cell(row, col) for col in (NUMERATOR, DENOMINATOR, NRR))
        known = not record["reason"]
        values = [record[name] if known else fx.UNDEFINED for name in ("numerator", "denominator", "rate")]
        reach = f"IF({has}<{needs},{fx.DASH},{below})"
        if not known and not record["reason"].startswith("needs"):
            values[1] = 0.0 if record["reason"] == "no opening amount" else record["denominator"]
        report.write(page, row, DENOMINATOR, reach, values[1], "methods", "formula", "amount")
        report.write(page, row, NUMERATOR, fx.rate(denominator, above), values[0], "methods", "formula", "amount")
        shown = f"IF(ISNUMBER({numerator}),{numerator}/{denominator},{fx.DASH})"
        report.write(page, row, NRR, shown, values[2], "methods", role, "rate")
        _note(report, page, row, record, has, needs, (denominator, rate))
    page.bars(FIRST_ROW, NRR, row, NRR)
    return row + 1


def _note(
    report: Report, page: Page, row: int, record: Mapping[str, Any], has: str, needs: str, at: tuple[str, str]
) -> None:
    """Why a method has no rate, else what is to be known about it."""
    denominator, rate = at
    short = fx.told(
        WORDS["too_short"], {"needs": (f"({needs})*{fx.PERIOD_MONTHS}", ""), "has": (f"{has}*{fx.PERIOD_MONTHS}", "")}
    )
    gap = f"IF(ISNUMBER({rate}),{fx.quoted(record['warning'] or '')},{fx.quoted(WORDS['no_amount_inside'])})"
    base = f"IF(N({denominator})=0,{fx.quoted(WORDS['no_opening'])},{gap})"
    note = f"IF({has}<{needs},{short[0]},{base})"
    report.write(
        page, row, NOTE, note, record["reason"] or record["warning"] or "", "methods", "note_indent", "general"
    )


def _meanings(report: Report, page: Page, at: MethodsPlace, top: int) -> int:
    """How far each method is from the default, what it is in words, and which companies' presets name it."""
    page.put(top, 0, WORDS["meaning"], "header_left")
    page.row(top, 1, [WORDS["gap"], *[""] * (NRR - 1)], "header")
    rates = {record["key"]: record["rate"] for record in report.analysis.tables.methods.records()}
    start, row = at.cell(DEFAULT, NRR), top
    for row, (key, method) in enumerate(METHODS.items(), top + 1):
        users = WORDS["used_by"].format(companies=", ".join(used_by(key))) if used_by(key) else ""
        page.put(row, 0, method.label, "label")
        rate = at.cell(key, NRR)
        gap = f"IF(AND(ISNUMBER({rate}),ISNUMBER({start})),100*({rate}-{start}),{fx.DASH})"
        apart = 100 * (rates[key] - rates[DEFAULT])
        report.write(page, row, 1, gap, apart, "methods", "formula", "plain_points")
        page.put(row, 2, f"{method.definition} {users}".strip(), "note_indent")
    return row + 1


def _sensitivity(report: Report, page: Page, top: int) -> int:
    frame = report.analysis.tables.sensitivity
    if not len(frame):
        return top
    page.put(top, 0, WORDS["choice"].format(written=report.written), "header_left")
    page.row(top, 1, [WORDS[head] for head in ("nrr", "grr", "points")], "header")
    page.put(top, NOTE, WORDS["note"], "header_note")
    row = top
    for row, record in enumerate(frame.records(), top + 1):
        page.put(row, 0, WORDS["case"].format(case=record["case"], choice=record["choice"]), "label")
        for col, name in ((1, "nrr"), (2, "grr")):
            page.put(row, col, record[name], "rate", "rate")
        page.put(row, 3, record["change"], "rate", "plain_points")
        page.put(row, NOTE, record["note"] or "", "note_indent")
    return row + 1


def _reconciliations(report: Report, page: Page, top: int) -> int:
    """From the default's fraction to each method's, as written; the steps add up, and the last row is returned."""
    tables = report.analysis.tables
    labels = {record["key"]: record["label"] for record in tables.methods.records()}
    row = top
    for method, lines in groupby(tables.reconciliations.records(), key=lambda record: record["method"]):
        steps = [record for record in lines if record["kind"] != "undefined"]
        if not steps or method == DEFAULT:
            continue
        title = WORDS["reconciled"].format(label=labels[method], written=report.written)
        page.put(row, 0, title, "header_left")
        page.row(row, 1, [WORDS[part] for part in (*FRACTION[:2], "nrr_or_points")], "header")
        first, before = row + 1, float("nan")
        for row, record in enumerate(steps, first):
            ends = record["kind"] != "step"
            page.put(row, 0, record["line"], "label_total" if ends else "label_indent")
            for col, name in ((1, "numerator"), (2, "denominator")):
                if record["kind"] == "end":
                    formula = f"SUM({fx.cell(first, col)}:{fx.cell(row - 1, col)})"
                    report.write(page, row, col, formula, record[name], "methods", "total", "amount")
                else:
                    page.put(row, col, record[name], "total" if ends else "formula", "amount")
            if ends:
                above, below = record["numerator"], record["denominator"]
            else:
                above, below = above + record["numerator"], below + record["denominator"]
            rate = above / below if below else float("nan")
            if not ends:
                points = f"IFERROR(100*({_run(first, row)}-{_run(first, row - 1)}),{fx.DASH})"
                report.write(page, row, 3, points, 100 * (rate - before), "methods", "formula", "plain_points")
            before = rate
            if ends:
                formula = fx.rate(fx.cell(row, 2), f"{fx.cell(row, 1)}/{fx.cell(row, 2)}")
                report.write(page, row, 3, formula, rate, "methods", "total", "rate")
        row += 2
    return row


def _run(first: int, last: int) -> str:
    """The rate that the lines from the default's to one of its steps add up to."""
    above, below = (f"SUM({fx.cell(first, col)}:{fx.cell(last, col)})" for col in (NUMERATOR, DENOMINATOR))
    return f"{above}/{below}"
