"""What may be right in the template's rows but is told at the top of every sheet, on its Settings."""

from __future__ import annotations

from nrr_xl.revenue.cube import complete
from nrr_xl.workbook import formulas as fx
from nrr_xl.workbook.frame import MONEY
from nrr_xl.workbook.template import layout as at
from nrr_xl.workbook.template.page import Page
from nrr_xl.workbook.template.values import Values
from nrr_xl.workbook.texts import texts

HEADERS = {"B": "header", "C": "header_right", "D": "header_right", "E": "header_note"}
WORDS = texts()["settings_sheet"]


def notices_block(page: Page, values: Values, active: str) -> None:
    """What may be right but is told at the top of every sheet, in place of "all checks pass"."""
    first, row = at.NOTICES_FIRST, at.SETTING_ROWS
    page.section(WORDS["notices"], first - 2, "B", "E")
    for letter, key in zip("BCDE", ("notice", "how_many", "is_told", "is"), strict=True):
        page.put(f"{letter}{first - 1}", WORDS[key], HEADERS[letter])
    formulas, counts, said_of = _formulas(active), values.notices, _said(values)
    last = first + len(formulas) - 1
    told = [text for text in notices(values) if text]
    for place, (key, text) in enumerate(texts()["template_notices"].items(), first):
        count, said = counts[key], said_of[key]
        page.put(f"B{place}", text, "label")
        page.formula(f"C{place}", f"=IF(InputChecks=0,{formulas[key]},0)", count, "count")
        page.formula(f"D{place}", f"=IF(ISNUMBER(C{place}),IF(C{place}=0,0,1),1)", int(count > 0), "count")
        page.formula(f"E{place}", f"={said[0]}", said[1], "note")
    page.put(f"B{row['NoticesFound']}", WORDS["notices_found"], "label_total")
    page.formula(f"C{row['NoticesFound']}", f"=SUM(D{first}:D{last})", len(told), "count_total")
    page.put(f"B{row['NoticeText']}", WORDS["told"], "label")
    shown = f'=IF(NoticesFound=0,"",INDEX($E${first}:$E${last},MATCH(TRUE,INDEX($D${first}:$D${last}<>0,0),0)))'
    page.formula(f"C{row['NoticeText']}", shown, told[0] if told else "", "label")
    page.mark(f"D{first}:D{last}")
    _usual(page, values, active)


def _said(values: Values) -> dict[str, fx.Said]:
    """What is told of each thing, where it occurs."""
    one, many, found = texts()["template_notice"], texts()["template_notices_many"], {}
    for row, (key, count) in enumerate(values.notices.items(), at.NOTICES_FIRST):
        said = fx.told(many[key], {"count": fx.number(f"C{row}", count)})
        said = fx.chosen(f"C{row}=1", count == 1, fx.told(one[key], {}), said)
        found[key] = fx.chosen(f"D{row}=0", count == 0, ('""', ""), said)
    return found


def notices(values: Values) -> list[str]:
    """What is told of each thing, "" where it does not occur."""
    return [text for _, text in _said(values).values()]


def _usual(page: Page, values: Values, active: str) -> None:
    """How many customers had an amount in each of the months before the closing; months without any say nothing."""
    first, closing = at.USUAL_FIRST, values.closing_number - values.cube_number
    page.section(WORDS["usual"], first - 2, "B", "E")
    page.put(f"B{first - 1}", WORDS["month_before"], HEADERS["B"])
    page.put(f"C{first - 1}", WORDS["customers"], HEADERS["C"])
    counts = (values.amounts_by_period > 0).sum(axis=0)
    for place in range(complete.BEFORE):
        row, back = first + place, place + 1
        here = active.format(at=f"{fx.CLOSING}-{back}")
        count = int(counts[closing - back]) if closing >= back else 0
        page.put(f"B{row}", WORDS["back"].format(months=back), "label")
        formula = f'=IF({fx.CLOSING}<={back},"",IF({here}=0,"",{here}))'
        page.formula(f"C{row}", formula, count or "", "count")


def _formulas(active: str) -> dict[str, str]:
    usual = f"$C${at.USUAL_FIRST}:$C${at.USUAL_FIRST + complete.BEFORE - 1}"
    middle, here = f"MEDIAN({usual})", active.format(at=fx.CLOSING)
    before = active.format(at=f"{fx.CLOSING}-1")
    few = f"AND({middle}>={complete.FEWEST},{here}<{complete.SHARE}*{middle},{middle}-{here}>={complete.MISSING})"

    def alone(position: str) -> str:
        """Whether one customer has as much as all others together."""
        amounts = fx.period(position)
        largest = f"ABS(2*MAX({amounts})-SUM({amounts}))<{MONEY}"
        return f'IF(COUNTIF({amounts},">0")>2,IF({largest},1,0),0)'

    return {
        "repeated": "Duplicates",
        "few": f"IF(COUNT({usual})=0,0,IF({few},MAX(1,{here}),0))",
        "gap": f"IF(AND({fx.CLOSING}>1,FirstNumber<ClosingNumber),IF({before}=0,MAX(1,{here}),0),0)",
        "ahead": 'COUNTIF(RowMonths,">"&12*YEAR(TODAY())+MONTH(TODAY())-1)',
        "totals": "SIGN(SUMPRODUCT(COUNTIF(RowCustomerKeys,TotalNames)))",
        "alone": f"MAX({alone(fx.OPENING)},{alone(fx.CLOSING)})",
    }
