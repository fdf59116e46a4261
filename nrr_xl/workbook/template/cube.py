"""The template's Cube: customers by months, the movements of each month, and each customer's window."""

from __future__ import annotations

import datetime as dt
from typing import Any

from xlsxwriter.utility import xl_col_to_name

from nrr_xl.periods import year_month
from nrr_xl.retention.bridge import rates
from nrr_xl.workbook.template import layout as at
from nrr_xl.workbook.template.layout import CUBE_FIRST, KEY_FACTOR, MONTHS, REVENUE, Layout
from nrr_xl.workbook.template.page import Page, serial
from nrr_xl.workbook.template.rows import escaped
from nrr_xl.workbook.template.values import Values


def cube_sheet(page: Page, layout: Layout, values: Values) -> None:
    """The customers by months, the movements of each month above them and each customer's window beside them."""
    page.sheet.set_column("A:A", 5)
    page.sheet.set_column("B:B", 26)
    page.sheet.set_column("C:E", 9)
    page.sheet.set_column(f"{layout.first_month}:{layout.last_month}", 9.5)
    page.sheet.set_column(f"{layout.window_column('opening')}:{layout.window_column('segment_number')}", 11)
    page.put("A1", "Cube: the amount of every customer in every month", "title")
    page.put(
        "A2", "Workings. Losses are negative. The report reads the block by month and the columns on the right.", "note"
    )
    page.sheet.freeze_panes(CUBE_FIRST - 1, at.FIRST_MONTH_COLUMN)
    page.sheet.repeat_rows(at.MONTH - 1)
    page.sheet.print_area(0, 0, CUBE_FIRST + 48, at.FIRST_MONTH_COLUMN + MONTHS - 1)
    _months(page, layout, values)
    _customers(page, layout, values)
    _windows(page, layout, values)


_LABELS = {
    3: "Months to the closing, both counted",
    4: "Position",
    at.NUMBER: "Month number",
    at.MONTH: "Month",
    at.CLOSING: "Closing amount",
    at.ACTIVE: "Customers",
    at.OPENING: "Opening",
    at.NEW: "New",
    at.REACTIVATION: "Reactivation",
    at.EXPANSION: "Expansion",
    at.CONTRACTION: "Contraction",
    at.CHURN: "Churn",
    at.FOOTS: "Check: bridge less closing",
    at.MONTH_NRR: "NRR of the month",
    at.MONTH_GRR: "GRR of the month",
    at.BACK: "Position of the window's opening",
    at.BASE: "Opening amount of the window",
    at.RETAINED: "Closing amount of its customers",
    at.KEPT: "... each at most its opening",
    at.BASE_LOGOS: "Customers at the opening",
    at.KEPT_LOGOS: "... still customers",
    at.NRR: "NRR over the window",
    at.GRR: "GRR over the window",
    at.LOGO: "Logo retention over the window",
}


def _months(page: Page, layout: Layout, values: Values) -> None:
    """The block by month: one formula along each row."""
    last = layout.cube_last
    for row, text in _LABELS.items():
        page.put(f"B{row}", text, "header" if row == at.MONTH else "work")
    for letter in "ACDE":
        page.put(f"{letter}{at.MONTH}", None, "header")
    steps, trailing = values.steps, values.trailing
    step_rates, trailing_rates = rates(steps), rates(trailing)
    closing = values.cube.amounts.sum(axis=0)
    active = (values.cube.amounts > 0).sum(axis=0)
    months = f"${layout.first_month}{{}}:${layout.last_month}{{}}"
    amounts, logos = (months.format(f"${row}", f"${row}") for row in (at.CLOSING, at.ACTIVE))
    for place in range(MONTHS):
        this, before = xl_col_to_name(at.FIRST_MONTH_COLUMN + place), xl_col_to_name(at.FIRST_MONTH_COLUMN + place - 1)
        now = f"{this}${CUBE_FIRST}:{this}${last}"
        was = f"{before}${CUBE_FIRST}:{before}${last}"
        number = values.cube_number + place
        year, month = year_month(number)

        def put(row: int, formula: str, value: Any, role: str = "work_count", this: int = this) -> None:
            page.formula(f"{this}{row}", formula, value, role)

        put(3, f"=COLUMNS({this}3:${layout.last_month}3)", MONTHS - place)
        put(4, f"=COLUMNS(${layout.first_month}4:{this}4)", place + 1)
        put(at.NUMBER, f"=CubeNumber+{this}4-1", number)
        date = f'=IF({this}{at.NUMBER}>0,DATE(INT({this}{at.NUMBER}/12),MOD({this}{at.NUMBER},12)+1,1),"")'
        put(at.MONTH, date, serial(dt.date(year, month, 1)), "header_month")
        put(at.CLOSING, f"=SUM({now})", closing[place], "work_money")
        put(at.ACTIVE, f'=COUNTIF({now},">0")', active[place])
        if place:
            at_step = place - 1
            known = f"CubeFirstActive>={before}$3"
            flows = {
                at.OPENING: (f"={before}{at.CLOSING}", steps.opening),
                at.NEW: (f"=SUMPRODUCT(({was}=0)*(CubeFirstActive<{before}$3)*{now})", steps.new),
                at.REACTIVATION: (f"=SUMPRODUCT(({was}=0)*({known})*{now})", steps.reactivation),
                at.EXPANSION: (f"=SUMPRODUCT(({was}>0)*({now}>{was})*({now}-{was}))", steps.expansion),
                at.CONTRACTION: (f"=SUMPRODUCT(({now}>0)*({now}<{was})*({now}-{was}))", -steps.contraction),
                at.CHURN: (f"=-SUMPRODUCT(({now}=0)*{was})", -steps.churn),
            }
            for row, (formula, series) in flows.items():
                put(row, formula, series[at_step, 0], "work_money")
            put(at.FOOTS, f"=SUM({this}{at.OPENING}:{this}{at.CHURN})-{this}{at.CLOSING}", 0, "work_money")
            lost = f"{this}{at.CONTRACTION}+{this}{at.CHURN}"
            net = f"=({this}{at.OPENING}+{this}{at.EXPANSION}+{lost})/{this}{at.OPENING}"
            put(at.MONTH_NRR, net, step_rates["nrr"][at_step, 0], "work_rate")
            gross = f"=({this}{at.OPENING}+{lost})/{this}{at.OPENING}"
            put(at.MONTH_GRR, gross, step_rates["grr"][at_step, 0], "work_rate")
        back = f"{this}${at.BACK}"
        reaches = f"AND({this}4>WindowMonths,{this}{at.NUMBER}-WindowMonths>=FirstNumber)"
        window = at.WINDOW_MONTHS
        trail = place - window if place >= window else None
        put(at.BACK, f'=IF({reaches},{this}4-WindowMonths,"")', "" if trail is None else trail + 1)
        then = f"INDEX(CubeAmounts,0,{back})"
        trend = {
            at.BASE: (f"INDEX({amounts},{back})", trailing.opening, "work_money"),
            at.RETAINED: (
                f"SUMPRODUCT(({then}>0)*{now})",
                trailing.opening + trailing.expansion - trailing.contraction - trailing.churn,
                "work_money",
            ),
            at.KEPT: (
                f"SUMPRODUCT(({now}<{then})*{now}+({now}>={then})*{then})",
                trailing.opening - trailing.contraction - trailing.churn,
                "work_money",
            ),
            at.BASE_LOGOS: (f"INDEX({logos},{back})", trailing.openers, "work_count"),
            at.KEPT_LOGOS: (f"SUMPRODUCT(({then}>0)*({now}>0))", trailing.retained, "work_count"),
            at.NRR: (f"{this}{at.RETAINED}/{this}{at.BASE}", trailing_rates["nrr"], "work_rate"),
            at.GRR: (f"{this}{at.KEPT}/{this}{at.BASE}", trailing_rates["grr"], "work_rate"),
            at.LOGO: (f"{this}{at.KEPT_LOGOS}/{this}{at.BASE_LOGOS}", trailing_rates["logo_retention"], "work_rate"),
        }
        for row, (formula, series, role) in trend.items():
            put(row, f'=IF({back}="","",{formula})', "" if trail is None else series[trail, 0], role)


def _customers(page: Page, layout: Layout, values: Values) -> None:
    headers = ("No.", "Customer", "", "First active, months to the closing", "Months active before the Cube")
    for number, text in enumerate(headers):
        page.put(f"{xl_col_to_name(number)}{at.CUBE_HEADER}", text, "header")
    for place in range(MONTHS):
        this = xl_col_to_name(at.FIRST_MONTH_COLUMN + place)
        value = values.cube_number + place
        year, month = year_month(value)
        page.formula(
            f"{this}{at.CUBE_HEADER}",
            f"={this}{at.MONTH}",
            serial(dt.date(year, month, 1)),
            "header_month",
        )
    page.sheet.set_row(at.CUBE_HEADER - 1, 42)
    first, last = layout.first_month, layout.last_month
    first_active = values.first_active()
    for place in range(layout.customers):
        row = CUBE_FIRST + place
        known = place < values.customers
        page.put(f"A{row}", place + 1, "work")
        page.formula(
            f"B{row}",
            f'=IF($A{row}>CustomersFound,"",INDEX(RowCustomerKeys,MATCH($A{row},RowCustomers,0)))',
            values.customer.values[place] if known else "",
            "work",
        )
        page.formula(
            f"D{row}",
            f"=IF(E{row}>0,COLUMNS({first}$3:{last}$3)+1,"
            f"SUMPRODUCT(MAX(({first}{row}:{last}{row}>0)*{first}$3:{last}$3)))",
            first_active[place] if known else 0,
            "work_count",
        )
        page.formula(
            f"E{row}",
            f'=COUNTIFS(RowCustomers,$A{row},RowMonths,"<"&CubeNumber,RowTotals,">0")',
            0,
            "work_count",
        )
        amounts = values.cube.amounts[place] if known else [0] * MONTHS
        for month in range(MONTHS):
            this = xl_col_to_name(at.FIRST_MONTH_COLUMN + month)
            page.formula(
                f"{this}{row}",
                f"=IF($A{row}>CustomersFound,0,"
                f"MAX(0,IFERROR(INDEX(RowTotals,MATCH($A{row}*KeyFactor+{this}${at.NUMBER},RowKeys,0)),0)))",
                amounts[month],
                "work_money",
            )


def _windows(page: Page, layout: Layout, values: Values) -> None:
    """Each customer's movement over the window, and its segment."""
    titles = {
        "opening": "Opening",
        "closing": "Closing",
        "known": "Customer by the opening",
        "new": "New",
        "reactivation": "Reactivation",
        "expansion": "Expansion",
        "contraction": "Contraction",
        "churn": "Churn",
        "kept": "Kept of the opening",
        "segment_row": "Row with the segment",
        "segment": "Segment",
        "segment_first": "Segment's first customer",
        "segments_so_far": "Segments so far",
        "segment_number": "Segment number",
    }
    letter = {name: layout.window_column(name) for name in titles}
    for name, text in titles.items():
        page.put(f"{letter[name]}{at.CUBE_HEADER}", text, "header")
    months = f"${layout.first_month}{{0}}:${layout.last_month}{{0}}"
    at_row = {name: f"{here}{{0}}" for name, here in letter.items()}
    opening, closing = at_row["opening"], at_row["closing"]
    segments = f"${letter['segment']}${CUBE_FIRST}:${letter['segment']}${layout.cube_last}"
    so_far = f"${letter['segments_so_far']}${CUBE_FIRST}:${letter['segments_so_far']}${layout.cube_last}"
    source = f"TRIM(INDEX({REVENUE}!$D:$D,{at_row['segment_row']}))"
    formulas = {
        "opening": f"=INDEX({months},OpeningPosition)",
        "closing": f"=INDEX({months},OpeningPosition+WindowMonths)",
        "known": f"=IF($D{{0}}>COLUMNS({months})-OpeningPosition,1,0)",
        "new": f"=IF(AND({opening}=0,{at_row['known']}=0),{closing},0)",
        "reactivation": f"=IF(AND({opening}=0,{at_row['known']}=1),{closing},0)",
        "expansion": f"=IF({opening}>0,MAX(0,{closing}-{opening}),0)",
        "contraction": f"=IF({closing}>0,MIN(0,{closing}-{opening}),0)",
        "churn": f"=IF({closing}=0,-{opening},0)",
        "kept": f"=MIN({opening},{closing})",
        "segment_row": f"=IF({opening}+{closing}=0,0,HeaderRow+MATCH("
        f"$A{{0}}*KeyFactor+IF({opening}>0,OpeningNumber,ClosingNumber),RowKeys,0))",
        "segment": f'=IF({at_row["segment_row"]}=0,"",IF({source}="","(blank)",{source}))',
        "segment_first": f'=IF({at_row["segment"]}="",0,MATCH({escaped(at_row["segment"])},{segments},0))',
        "segments_so_far": f"=N({letter['segments_so_far']}{{1}})+({at_row['segment_first']}=$A{{0}})",
        "segment_number": f"=IF({at_row['segment_first']}=0,0,INDEX({so_far},{at_row['segment_first']}))",
    }
    cached = _window_values(layout, values)
    for place in range(layout.customers):
        row = CUBE_FIRST + place
        for name, formula in formulas.items():
            role = "work" if name == "segment" else "work_money" if name in at.MONEY_COLUMNS else "work_count"
            page.formula(f"{letter[name]}{row}", formula.format(row, row - 1), cached[name][place], role)


def _window_values(layout: Layout, values: Values) -> dict[str, list[Any]]:
    """The columns of `_windows`, a value for each customer the template can hold."""
    cube, count = values.cube, values.customers
    segment = cube.segments["Segment"]
    cached: dict[str, list[Any]] = {name: [] for name in (*at.WINDOW, *at.SEGMENT_COLUMNS)}
    numbers: dict[str, int] = {}
    firsts: dict[str, int] = {}
    keys = values.keys.tolist()
    first_active = values.first_active()
    for place in range(layout.customers):
        opening, closing = (cube.amounts[place, [values.opening, MONTHS - 1]].tolist()) if place < count else (0, 0)
        known = int(place < count and first_active[place] > MONTHS - values.opening - 1)
        present = opening + closing > 0
        text = segment.values[segment.codes[place]] if present else ""
        if present:
            numbers.setdefault(text, len(numbers) + 1)
            firsts.setdefault(text, place + 1)
        month = values.closing_number if opening == 0 else values.closing_number - at.WINDOW_MONTHS
        line = {
            "opening": opening,
            "closing": closing,
            "known": known,
            "new": closing if opening == 0 and not known else 0,
            "reactivation": closing if opening == 0 and known else 0,
            "expansion": max(0, closing - opening) if opening > 0 else 0,
            "contraction": min(0, closing - opening) if closing > 0 else 0,
            "churn": -opening if closing == 0 else 0,
            "kept": min(opening, closing),
            "segment_row": at.TABLE_HEADER + keys.index((place + 1) * KEY_FACTOR + month) + 1 if present else 0,
            "segment": text,
            "segment_first": firsts.get(text, 0),
            "segments_so_far": len(numbers),
            "segment_number": numbers.get(text, 0),
        }
        for name, value in line.items():
            cached[name].append(value)
    return cached
