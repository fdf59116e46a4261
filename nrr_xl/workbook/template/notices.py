"""What may be right in the template's rows but is told at the top of every sheet, on its Settings."""

from __future__ import annotations

from nrr_xl.revenue.cube import complete
from nrr_xl.workbook.template import layout as at
from nrr_xl.workbook.template.layout import Layout
from nrr_xl.workbook.template.page import Page

HEADERS = {"B": "header", "C": "header_right", "D": "header_right", "E": "header_note"}


def notices_block(page: Page, layout: Layout) -> None:
    """What may be right but is told at the top of every sheet, in place of "passed"."""
    first, row = at.NOTICES_FIRST, at.SETTING_ROWS
    page.section("To be looked at", first - 2, "B", "E")
    for letter, text in zip("BCDE", ("Notice", "How many", "Told", "What it is"), strict=True):
        page.put(f"{letter}{first - 1}", text, HEADERS[letter])
    active = layout.month_row(at.ACTIVE)
    here = f"INDEX({active},COLUMNS(CubeAmounts))"
    before = f"INDEX({active},COLUMNS(CubeAmounts)-{complete.BEFORE}):INDEX({active},COLUMNS(CubeAmounts)-1)"
    usual, missing = f"MEDIAN({before})", complete.MISSING
    fewer = f"AND({here}<{complete.SHARE}*{usual},{usual}-{here}>={missing})"
    gap = f"AND(INDEX({active},COLUMNS(CubeAmounts)-1)=0,FirstNumber<ClosingNumber)"
    closing = layout.cube_range("closing")
    alone = f'AND(COUNTIF({closing},">0")>2,ABS(2*MAX({closing})-SUM({closing}))<0.005)'
    notices = (
        (
            "Rows that repeat a customer and month",
            "=IF(InputChecks=0,Duplicates,0)",
            '" rows repeat a customer and month and were added up: see that nothing was pasted twice."',
        ),
        (
            "Customers at the closing, if far fewer than usual or after an empty month",
            f"=IF(InputChecks=0,IF(OR({fewer},{gap}),MAX(1,{here}),0),0)",
            f'" customers at the closing, "&IF({gap},"after a month without any","far fewer than before")'
            '&": an unfinished month, or a date to come?"',
        ),
        (
            "Rows named like a total",
            "=IF(InputChecks=0,SUMPRODUCT(COUNTIF(RowCustomerKeys,TotalNames)),0)",
            '" rows are named like a total: leave out totals, or the amounts count twice."',
        ),
        (
            "A customer that is as much as all others together",
            f"=IF(InputChecks=0,IF({alone},1,0),0)",
            '" customer has as much as all others together at the closing: a total row?"',
        ),
    )
    assert len(notices) == at.NOTICES
    for place, (text, formula, message) in enumerate(notices):
        line = first + place
        page.put(f"B{line}", text, "label")
        page.formula(f"C{line}", formula, 0, "count")
        page.formula(f"D{line}", f"=IF(ISNUMBER(C{line}),IF(C{line}=0,0,1),1)", 0, "count")
        page.formula(f"E{line}", f'=IF(D{line}=0,"",C{line}&{message})', "", "note")
    page.put(f"B{row['NoticesFound']}", "Notices in all", "label_total")
    page.formula(f"C{row['NoticesFound']}", f"=SUM(D{first}:D{first + at.NOTICES - 1})", 0, "count_total")
