"""Short formulas over the Customers sheet: references, quoting, sentences, and the flows of a pair of periods.

`Amounts` is the block of the cube, `FirstPeriod` the column with each customer's first period; a period is addressed by
its position through INDEX, so that one formula serves a whole row and follows the window.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from functools import cache

from xlsxwriter.utility import quote_sheetname, xl_col_to_name, xl_range_abs

from nrr_xl.metrics import METRICS, RATES, REMAINS
from nrr_xl.periods import MONTH_NAMES
from nrr_xl.retention.lines import LINES, LOSSES

AMOUNTS = "Amounts"
FIRST = "FirstPeriod"
AS_OF = "AsOf"
MONTHS = "WindowMonths"
PERIOD_MONTHS = "MonthsPerPeriod"
OPENING = "OpeningPosition"
CLOSING = "ClosingPosition"
# The first position that holds rows: 1, but in a template that was given fewer periods than it has room for.
BEGIN = "FirstPosition"
LABELS = "PeriodLabels"
ENDS = "PeriodEnds"
# What puts an account at risk.
RISK_FALLS, RISK_DROP = "RiskFalls", "RiskDrop"
OPENS, CLOSES = "OpeningPeriod", "ClosingPeriod"
DASH = '"–"'
UNDEFINED = "–"

# A formula without its =, and what Python has for it.
Said = tuple[str, str]
# Of the tens of thousands of addresses in a report nearly all have the same few columns and sheets.
_letters, _sheet = cache(xl_col_to_name), cache(quote_sheetname)


def cell(row: int, col: int, fixed: str = "", sheet: str = "") -> str:
    """An address; `fixed` holds "row" or "col" or both where a $ belongs.

    >>> cell(4, 2), cell(4, 2, "row"), cell(4, 2, "row col", "Data quality")
    ('C5', 'C$5', "'Data quality'!$C$5")
    """
    address = f"{'$' * ('col' in fixed)}{_letters(col)}{'$' * ('row' in fixed)}{row + 1}"
    return f"{_sheet(sheet)}!{address}" if sheet else address


def block(row: int, col: int, last_row: int, last_col: int, sheet: str = "") -> str:
    """A range with $ throughout.

    >>> block(5, 0, 9, 0, "Customers")
    'Customers!$A$6:$A$10'
    """
    area = xl_range_abs(row, col, last_row, last_col)
    return f"{_sheet(sheet)}!{area}" if sheet else area


def period(position: str) -> str:
    """The column of amounts at a position.

    >>> period("C$5")
    'INDEX(Amounts,0,C$5)'
    """
    return f"INDEX({AMOUNTS},0,{position})"


def flow(line: str, opening: str, closing: str) -> str:
    """The formula, without its =, of a bridge's line or count between two positions.

    >>> flow("opening", "C$5", "C$6")
    'SUM(INDEX(Amounts,0,C$5))'
    """
    return LINES[line].formula.format(a=period(opening), c=period(closing), at=opening)


def rate_of(key: str, at: Callable[[str], str]) -> str:
    """A rate of the catalogue over the cells of a bridge's lines, where losses are negative.

    >>> rate_of("churn_rate", {"opening": "C6", "churn": "C9"}.get)
    'IF(N(C6)=0,"–",-C9/C6)'
    """
    found = RATES[key]
    return rate(")+N(".join(at(line) for line in found.base), found.formula(at, LOSSES))


def share_left(key: str, at: Callable[[str], str]) -> str:
    """A rate of the catalogue over the cells of what is left of an opening, which the sheet shows.

    >>> share_left("grr", {"opening": "F7", "kept": "H7"}.get)
    'IF(N(F7)=0,"–",H7/F7)'
    """
    left, base = map(at, REMAINS[key])
    return rate(base, f"{left}/{base}")


def annualised(rate: str, months: str = MONTHS) -> str:
    """A rate of some months as a year's.

    >>> annualised("C6")
    'MAX(C6,0)^(12/WindowMonths)'
    """
    return METRICS["annualise"].excel.format(rate=f"MAX({rate},0)", months=months)


def rate(base: str, formula: str) -> str:
    """A rate that is a dash where its base is 0 or stands for nothing.

    >>> rate("C6", "(C6-C9)/C6")
    'IF(N(C6)=0,"–",(C6-C9)/C6)'
    """
    return f"IF(N({base})=0,{DASH},{formula})"


def ranks(count: int | str) -> str:
    """The ranks from 1 to a count, at most as many as there are customers by now, for `LARGE` inside SUMPRODUCT.

    >>> ranks(5)
    'ROW(INDEX(FirstPeriod,1):INDEX(FirstPeriod,MIN(5,ROWS(FirstPeriod))))-ROW(INDEX(FirstPeriod,1))+1'
    """
    start = f"INDEX({FIRST},1)"
    return f"ROW({start}:INDEX({FIRST},MIN({count},ROWS({FIRST}))))-ROW({start})+1"


def or_dash(formula: str) -> str:
    """A formula that is a dash where it is undefined, or stands on a dash.

    >>> or_dash("C6/C5")
    '=IFERROR(C6/C5,"–")'
    """
    return f"=IFERROR({formula},{DASH})"


def quoted(text: str) -> str:
    """A text as a formula writes it.

    >>> quoted('a "b" c')
    '"a ""b"" c"'
    """
    return '"' + text.replace('"', '""') + '"'


def quoted_long(text: str) -> str:
    """A text of any length as a formula writes it, whose single texts hold at most 255 characters.

    >>> quoted_long("a" * 241).count("&")
    1
    """
    return "&".join(quoted(text[start : start + 240]) for start in range(0, len(text), 240)) or '""'


def told(template: str, facts: Mapping[str, Said | str]) -> Said:
    """A sentence as a formula: the template's words joined with its facts, each a formula with its text, or a text.

    >>> told("NRR {nrr} in {period}", {"nrr": ("A1", "99 %"), "period": "May"})
    ('"NRR "&A1&" in May"', 'NRR 99 % in May')
    """
    parts: list[str] = []
    words = ""
    for place, piece in enumerate(re.split(r"\{(\w+)\}", template)):
        fact = facts[piece] if place % 2 else piece
        if isinstance(fact, str):
            words += fact
            continue
        if words:
            parts.append(quoted(words))
        parts.append(fact[0])
        words = ""
    if words or not parts:
        parts.append(quoted(words))
    value = re.sub(r"\{(\w+)\}", lambda m: f if isinstance(f := facts[m[1]], str) else f[1], template)
    return "&".join(parts), value


def chosen(condition: str, holds: bool, yes: Said, no: Said) -> Said:
    """One of two sentences, by a condition and whether it holds."""
    return f"IF({condition},{yes[0]},{no[0]})", (yes if holds else no)[1]


def percent(cell_of: str, value: float | str, digits: int = 1) -> Said:
    """A defined fraction in percent, as words.

    >>> percent("A1", 0.98765)
    ('FIXED(100*A1,1)&"%"', '98.8%')
    """
    text = UNDEFINED if isinstance(value, str) or math.isnan(value) else fixed(100 * value, digits) + "%"
    return f'FIXED(100*{cell_of},{digits})&"%"', text


def number(cell_of: str, value: float) -> Said:
    """A whole number as words."""
    return cell_of, f"{value:g}"


def fixed(value: float, digits: int) -> str:
    """A number as FIXED writes it: halves are rounded away from 0, as a spreadsheet does.

    >>> fixed(-1234.5, 0)
    '-1,235'
    """
    # A spreadsheet rounds what it would show, which has 15 digits.
    shown = Decimal(f"{value:.15g}").quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    return f"{shown if shown else abs(shown):,}"


def period_label(end: str, step: int, fiscal_year_end: int = 12) -> str:
    """The formula of a period's name, given the formula of its last month's number (`periods.period_label`).

    >>> period_label("C6", 12)
    '"FY"&INT(C6/12)'
    """
    if step == 1:
        names = ",".join(f'"{name}"' for name in MONTH_NAMES)
        return f'CHOOSE(MOD({end},12)+1,{names})&" "&INT({end}/12)'
    # A month after the fiscal year's end belongs to the next one.
    year = f"INT(({end}+{12 - fiscal_year_end})/12)" if fiscal_year_end < 12 else f"INT({end}/12)"
    if step == 12:
        return f'"FY"&{year}'
    name, count = ("Q", 4) if step == 3 else ("H", 2)
    return f'"{name}"&{count}-INT(MOD({fiscal_year_end - 1}-MOD({end},12),12)/{step})&" "&{year}'


def is_formula(area: str) -> str:
    """How many cells of a range hold a formula."""
    return f"SUMPRODUCT(--_xlfn.ISFORMULA({area}))"
