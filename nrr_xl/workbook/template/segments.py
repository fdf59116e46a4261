"""The block of the template's Report that splits the window's bridge by segment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xlsxwriter.utility import xl_col_to_name

from nrr_xl.retention.bridge import rates
from nrr_xl.workbook.template import layout as at
from nrr_xl.workbook.template.layout import LOSSES, MONTHS, REPORT_ROWS, Layout
from nrr_xl.workbook.template.page import Page
from nrr_xl.workbook.template.values import Values

if TYPE_CHECKING:
    from nrr_xl.retention.movements import Movements


def segments_block(page: Page, layout: Layout, values: Values) -> None:
    """One line per segment in the order of their first customer; what has no room is one line, so the lines add up."""
    first, others, total = REPORT_ROWS["segments"], REPORT_ROWS["others"], REPORT_ROWS["total"]
    page.section("Segments over the window", first - 2, "B", "N")
    headers = (
        "Segment",
        "Opening",
        "New",
        "Reactivation",
        "Expansion",
        "Contraction",
        "Churn",
        "Closing",
        "Customers at opening",
        "Still customers",
        "NRR",
        "GRR",
        "Logo retention",
    )
    for number, text in enumerate(headers, 1):
        page.put(f"{xl_col_to_name(number)}{first - 1}", text, "header" if number == 1 else "header_right")
    page.sheet.set_row(first - 2, 28)
    number_range, names = layout.cube_range("segment_number"), layout.cube_range("segment")
    opening_range, closing_range = layout.cube_range("opening"), layout.cube_range("closing")
    so_far = layout.cube_range("segments_so_far")
    order, groups = _segment_order(values)
    flows, window = values.by_segment, values.window
    for place in range(at.SEGMENTS):
        row = first + place
        group = order[place] if place < len(order) else None
        index = f"ROWS($B${first}:$B{row})"
        name = f'=IF({index}>MAX({so_far}),"",INDEX({names},MATCH({index},{number_range},0)))'
        page.formula(f"B{row}", name, "" if group is None else groups[group], "link_text")
        for letter, flow in zip("CDEFGH", at.FLOWS, strict=True):
            amount = 0 if group is None else getattr(flows, flow)[0, group] * (-1 if flow in LOSSES else 1)
            summed = at.gated(f"SUMIF({number_range},{index},{layout.cube_range(flow)})")
            page.formula(f"{letter}{row}", summed, amount, "link_money")
        logos = (0, 0) if group is None else (flows.openers[0, group], flows.retained[0, group])
        opened = f'{number_range},{index},{opening_range},">0"'
        page.formula(f"J{row}", at.gated(f"COUNTIFS({opened})"), logos[0], "link_count")
        stayed = at.gated(f'COUNTIFS({opened},{closing_range},">0")')
        page.formula(f"K{row}", stayed, logos[1], "link_count")
        closing = 0 if group is None else flows.closing[0, group]
        _segment_rates(page, row, closing, None if group is None else _picked(flows, group), "money", "rate")
    more = f"MAX(0,MAX({so_far})-{at.SEGMENTS})"
    page.formula(f"B{others}", f'=IF({more}=0,"",{more}&" other segments")', "", "label")
    page.put(f"B{total}", "Total", "label_total")
    bridge = REPORT_ROWS["bridge"]
    for place, letter in enumerate("CDEFGH"):
        flow = at.FLOWS[place]
        amount = getattr(window, flow)[0, 0] * (-1 if flow in LOSSES else 1)
        page.formula(f"{letter}{others}", f"={letter}{total}-SUM({letter}{first}:{letter}{others - 1})", 0, "money")
        page.formula(f"{letter}{total}", f"=$C${bridge + place}", amount, "money_total")
    base_logos = f"$E${bridge}"
    for letter, formula, value in (
        ("J", f"={base_logos}", window.openers[0, 0]),
        ("K", f"={base_logos}+$E${bridge + 5}", window.retained[0, 0]),
    ):
        page.formula(f"{letter}{others}", f"={letter}{total}-SUM({letter}{first}:{letter}{others - 1})", 0, "count")
        page.formula(f"{letter}{total}", formula, value, "count_total")
    page.sheet.conditional_format(
        f"C{first}:N{others}",
        {"type": "formula", "criteria": f'=$B{first}=""', "format": page.styles["unused"], "stop_if_true": True},
    )
    _segment_rates(page, others, 0, None, "money", "rate")
    _segment_rates(page, total, window.closing[0, 0], _picked(window, 0), "money_total", "rate_total")


def _segment_rates(page: Page, row: int, closing: float, found: dict[str, Any] | None, money: str, rate: str) -> None:
    page.formula(f"I{row}", f"=SUM(C{row}:H{row})", closing, money)
    formulas = {
        "L": ("nrr", f"(C{row}+F{row}+G{row}+H{row})/C{row}"),
        "M": ("grr", f"(C{row}+G{row}+H{row})/C{row}"),
        "N": ("logo_retention", f"K{row}/J{row}"),
    }
    for letter, (name, formula) in formulas.items():
        page.formula(f"{letter}{row}", f'=IF($B{row}="","",{formula})', found[name] if found else "", rate)


def _picked(flows: Movements, group: int) -> dict[str, float]:
    return {name: series[0, group] for name, series in rates(flows).items()}


def _segment_order(values: Values) -> tuple[list[int], tuple[str, ...]]:
    """The segments with a customer at either end of the window, by their first customer."""
    segment = values.cube.segments["Segment"]
    present = values.cube.amounts[:, [values.opening, MONTHS - 1]].any(axis=1)
    return list(dict.fromkeys(segment.codes[present].tolist())), segment.values
