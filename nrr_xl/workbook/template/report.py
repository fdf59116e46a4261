"""The template's Report: rates, the window's bridge, the trailing trend, the bridge by month, and segments."""

from __future__ import annotations

import datetime as dt

import numpy as np
from xlsxwriter.utility import xl_col_to_name

from nrr_xl.metrics import METRICS
from nrr_xl.periods import year_month
from nrr_xl.retention.bridge import rates
from nrr_xl.workbook.template import layout as at
from nrr_xl.workbook.template.layout import CUBE, LOSSES, MONTHS, PASSED, REPORT_MONTHS, REPORT_ROWS, Layout
from nrr_xl.workbook.template.page import Page, serial
from nrr_xl.workbook.template.segments import segments_block
from nrr_xl.workbook.template.values import Values

LINES = ("Opening", "New", "Reactivation", "Expansion", "Contraction", "Churn", "Closing")
_ARGUMENTS = ("start", "new", "reactivation", "expansion", "contraction", "churn")


def report_sheet(page: Page, layout: Layout, values: Values) -> None:
    """Two printed pages: the window and its trend, then months and segments."""
    page.widths(A=2, B=31, C_N=10.6, O=3, P_T=10)
    page.sheet.print_area(0, 0, REPORT_ROWS["total"] - 1, 13)
    page.sheet.set_h_pagebreaks([REPORT_ROWS["monthly"] - 3])
    page.sheet.freeze_panes(3, 2)
    _head(page, values)
    _tiles(page, values)
    _bridge(page, layout, values)
    _trend(page, layout, values)
    _monthly(page, layout, values)
    segments_block(page, layout, values)
    page.sheet.conditional_format(f"B4:N{REPORT_ROWS['total']}", {"type": "errors", "format": page.styles["undefined"]})


def _head(page: Page, values: Values) -> None:
    page.put("B1", "Net revenue retention", "title")
    page.sheet.set_row(0, 28)
    page.formula(
        "B2",
        '=Company&IF(Company="",""," · ")&Unit&IF(Currency="",""," in "&Currency)',
        "Example Ltd · MRR in USD",
        "subtitle",
    )
    opening = values.closing_number - at.WINDOW_MONTHS
    page.formula("B3", "=StatusText", PASSED, "status")
    page.status("B3")
    row = at.SETTING_ROWS
    page.put("K2", "Opening", "note")
    page.formula("L2", f"={at.SETTINGS}!$D${row['OpeningNumber']}", _month_serial(opening), "window_month")
    page.put("M2", "Closing", "note")
    page.formula(
        "N2", f"={at.SETTINGS}!$D${row['ClosingNumber']}", _month_serial(values.closing_number), "window_month"
    )


def _month_serial(number: int) -> int:
    year, month = year_month(number)
    return serial(dt.date(year, month, 1))


def _tiles(page: Page, values: Values) -> None:
    """The window's rates, each from the bridge below."""
    bridge = {name: f"$C${REPORT_ROWS['bridge'] + place}" for place, name in enumerate(_ARGUMENTS)}
    # Losses stand as negatives in the bridge, and as positive magnitudes in the catalogue's expressions.
    arguments = bridge | {name: f"(-{bridge[name]})" for name in LOSSES}
    logos = f"$E${REPORT_ROWS['bridge']}"
    tiles = {
        "nrr": ("B", "B", METRICS["nrr"].excel),
        "grr": ("C", "D", METRICS["grr"].excel),
        "logo_retention": ("E", "F", f"({logos}+$E${REPORT_ROWS['bridge'] + 5})/{logos}"),
        "expansion_rate": ("G", "H", METRICS["expansion_rate"].excel),
        "contraction_rate": ("I", "J", METRICS["contraction_rate"].excel),
        "churn_rate": ("K", "L", METRICS["churn_rate"].excel),
        "quick_ratio": ("M", "N", METRICS["quick_ratio"].excel),
    }
    window = rates(values.window)
    page.sheet.set_row(5, 30)
    for name, (first, last, expression) in tiles.items():
        role = "tile_multiple" if name == "quick_ratio" else "tile_rate"
        page.put(f"{first}5", METRICS[name].label, "tile_label")
        page.formula(f"{first}6", "=" + expression.format(**arguments), window[name][0, 0], role)
        if last != first:
            page.put(f"{last}5", None, "tile_label")
            page.put(f"{last}6", None, role)


def _bridge(page: Page, layout: Layout, values: Values) -> None:
    first = REPORT_ROWS["bridge"]
    closing = REPORT_ROWS["closing"]
    page.section("Bridge of the window", first - 2, "B", "E")
    for letter, text in zip("BCDE", ("", "Amount", "of opening", "Customers"), strict=True):
        page.put(f"{letter}{first - 1}", text, "header" if letter == "B" else "header_right")
    flows = values.window
    counts = (
        flows.openers,
        flows.newcomers,
        flows.reactivated,
        flows.expanded,
        flows.contracted,
        -flows.churned,
        flows.closers,
    )
    opening = flows.opening[0, 0]
    for place, name in enumerate(at.FLOWS):
        row = first + place
        amount = getattr(flows, name)[0, 0] * (-1 if name in LOSSES else 1)
        sign = "-" if name == "churn" else ""
        page.put(f"B{row}", LINES[place], "label")
        page.formula(f"C{row}", f"=SUM({layout.cube_range(name)})", amount, "link_money")
        page.formula(f"D{row}", f"=C{row}/$C${first}", amount / opening, "rate")
        criterion = '"<0"' if name in LOSSES else '">0"'
        count = at.gated(f"{sign}COUNTIF({layout.cube_range(name)},{criterion})")
        page.formula(f"E{row}", count, counts[place][0, 0], "link_count")
    amount = flows.closing[0, 0]
    page.put(f"B{closing}", LINES[-1], "label_total")
    page.formula(f"C{closing}", f"=SUM(C{first}:C{closing - 1})", amount, "money_total")
    page.formula(f"D{closing}", f"=C{closing}/$C${first}", amount / opening, "rate_total")
    # Expanded and contracted customers are customers of the opening already.
    members = f"=E{first}+E{first + 1}+E{first + 2}+E{first + 5}"
    page.formula(f"E{closing}", members, counts[-1][0, 0], "count_total")
    _waterfall(page, values)


def _waterfall(page: Page, values: Values) -> None:
    """A stacked column chart; its steps stand beside the print area."""
    first, closing = REPORT_ROWS["bridge"], REPORT_ROWS["closing"]
    page.put(f"P{first - 2}", "Workings of the chart", "work")
    for letter, text in zip("PQRS", ("Base", "Total", "Gain", "Loss"), strict=True):
        page.put(f"{letter}{first - 1}", text, "work")
    flows = values.window
    amounts = [getattr(flows, name)[0, 0] * (-1 if name in LOSSES else 1) for name in at.FLOWS]
    running = np.cumsum(amounts)
    for place in range(len(LINES)):
        row = first + place
        total = place in (0, len(LINES) - 1)
        if total:
            amount = flows.closing[0, 0] if place else amounts[0]
            cells = (("0", 0), (f"C{row}", amount), ("0", 0), ("0", 0))
        else:
            amount = amounts[place]
            base = f"SUM(C${first}:C{row - 1})"
            cells = (
                (f"MIN({base},SUM(C${first}:C{row}))", min(running[place - 1], running[place])),
                ("0", 0),
                (f"MAX(0,C{row})", max(0, amount)),
                (f"MAX(0,-C{row})", max(0, -amount)),
            )
        for letter, (formula, value) in zip("PQRS", cells, strict=True):
            page.formula(f"{letter}{row}", f"={formula}", value, "work_money")
    chart = page.chart({"type": "column", "subtype": "stacked"})
    looks = ((None, "P"), ("accent", "Q"), ("rising", "R"), ("falling", "S"))
    for color, letter in looks:
        chart.add_series(
            {
                "name": f"={at.REPORT}!${letter}${first - 1}",
                "categories": f"={at.REPORT}!$B${first}:$B${closing}",
                "values": f"={at.REPORT}!${letter}${first}:${letter}${closing}",
                "fill": {"color": page.styles.color(color)} if color else {"none": True},
                "border": {"none": True},
                "gap": 40,
            }
        )
    page.place(chart, "Opening to closing", f"G{first - 2}", columns=8, rows=10, axis=MONEY_AXIS, legend=False)


MONEY_AXIS = "#,##0"
RATE_AXIS = "0%"


def _header_months(page: Page, row: int, values: Values) -> None:
    page.put(f"B{row}", "Month", "header")
    for place in range(REPORT_MONTHS):
        letter = xl_col_to_name(2 + place)
        position = f"{letter}${REPORT_ROWS['positions']}"
        number = values.closing_number - REPORT_MONTHS + 1 + place
        page.formula(
            f"{letter}{row}",
            f"=INDEX({CUBE}!$F${at.MONTH}:${xl_col_to_name(at.FIRST_MONTH_COLUMN + MONTHS - 1)}${at.MONTH},{position})",
            _month_serial(number),
            "header_month",
        )


def _trend(page: Page, layout: Layout, values: Values) -> None:
    first = REPORT_ROWS["trend"]
    page.section("Retention over the window that ends in each month", first - 2, "B", "N")
    _header_months(page, REPORT_ROWS["trend_header"], values)
    trailing = rates(values.trailing)
    for place, (name, source) in enumerate((("nrr", at.NRR), ("grr", at.GRR), ("logo_retention", at.LOGO))):
        row = first + place
        page.put(f"B{row}", METRICS[name].label, "label")
        for month in range(REPORT_MONTHS):
            letter = xl_col_to_name(2 + month)
            cell = f"INDEX({layout.month_row(source)},{letter}${REPORT_ROWS['positions']})"
            value = trailing[name][len(trailing[name]) - REPORT_MONTHS + month, 0]
            page.formula(f"{letter}{row}", f'=IF({cell}="",NA(),{cell})', value, "link_rate")
    chart = page.chart({"type": "line"})
    for place, color in enumerate(("accent", "second", "rising")):
        row = first + place
        chart.add_series(
            {
                "name": f"={at.REPORT}!$B${row}",
                "categories": f"={at.REPORT}!$C${first - 1}:$N${first - 1}",
                "values": f"={at.REPORT}!$C${row}:$N${row}",
                "line": {"color": page.styles.color(color), "width": 2.25},
            }
        )
    page.place(chart, "Retention over the window", f"B{REPORT_ROWS['charts']}", columns=5, rows=11, axis=RATE_AXIS)
    _monthly_chart(page)


def _monthly(page: Page, layout: Layout, values: Values) -> None:
    first = REPORT_ROWS["monthly"]
    page.section("Bridge by month", first - 2, "B", "N")
    _header_months(page, REPORT_ROWS["monthly_header"], values)
    steps = values.steps
    rows = (
        *(
            (text, getattr(at, name.upper()), getattr(steps, name), name)
            for text, name in zip(LINES, at.FLOWS, strict=False)
        ),
        ("NRR of the month", at.MONTH_NRR, rates(steps)["nrr"], "rate"),
        ("GRR of the month", at.MONTH_GRR, rates(steps)["grr"], "rate"),
    )
    for place, (text, source, series, name) in enumerate(rows):
        row = first + place + (place >= len(at.FLOWS))
        sign = -1 if name in LOSSES else 1
        page.put(f"B{row}", text, "label")
        for month in range(REPORT_MONTHS):
            letter = xl_col_to_name(2 + month)
            value = sign * series[len(series) - REPORT_MONTHS + month, 0]
            formula = f"=INDEX({layout.month_row(source)},{letter}${REPORT_ROWS['positions']})"
            page.formula(f"{letter}{row}", formula, value, "link_rate" if name == "rate" else "link_money")
    closing = first + len(at.FLOWS)
    page.put(f"B{closing}", "Closing", "label_total")
    page.put(f"B{REPORT_ROWS['positions']}", "Workings: the month's position in the Cube", "work")
    for month in range(REPORT_MONTHS):
        letter = xl_col_to_name(2 + month)
        value = steps.closing[len(steps.closing) - REPORT_MONTHS + month, 0]
        page.formula(f"{letter}{closing}", f"=SUM({letter}{first}:{letter}{closing - 1})", value, "money_total")
        position = f"=IF(InputChecks=0,COLUMNS(CubeAmounts)-COLUMNS({letter}$1:$N$1)+1,NA())"
        page.formula(f"{letter}{REPORT_ROWS['positions']}", position, MONTHS - REPORT_MONTHS + month + 1, "work_count")


def _monthly_chart(page: Page) -> None:
    first = REPORT_ROWS["monthly"]
    chart = page.chart({"type": "column", "subtype": "stacked"})
    colors = (("accent", 1), ("second", 2), ("rising", 3), ("muted", 4), ("falling", 5))
    for color, place in colors:
        row = first + place
        chart.add_series(
            {
                "name": f"={at.REPORT}!$B${row}",
                "categories": f"={at.REPORT}!$C${first - 1}:$N${first - 1}",
                "values": f"={at.REPORT}!$C${row}:$N${row}",
                "fill": {"color": page.styles.color(color)},
                "border": {"none": True},
                "gap": 50,
            }
        )
    page.place(chart, "Movements by month", f"H{REPORT_ROWS['charts']}", columns=7, rows=11, axis=MONEY_AXIS)
