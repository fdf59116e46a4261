"""Short formulas over the Customers sheet: references, quoting, and the flows of a pair of periods.

`Amounts` is the block of the cube, `FirstPeriod` the column with each customer's first period; a period is addressed by
its position through INDEX, so that one formula serves a whole row and follows the window.
"""

from __future__ import annotations

from xlsxwriter.utility import quote_sheetname, xl_range_abs, xl_rowcol_to_cell

from nrr_xl.retention.lines import LINES

AMOUNTS = "Amounts"
FIRST = "FirstPeriod"
AS_OF = "AsOf"
MONTHS = "WindowMonths"
PERIOD_MONTHS = "MonthsPerPeriod"
OPENING = "OpeningPosition"
CLOSING = "ClosingPosition"
DASH = '"–"'


def cell(row: int, col: int, fixed: str = "", sheet: str = "") -> str:
    """An address; `fixed` holds "row" or "col" or both where a $ belongs.

    >>> cell(4, 2), cell(4, 2, "row"), cell(4, 2, "row col", "Data quality")
    ('C5', 'C$5', "'Data quality'!$C$5")
    """
    address = xl_rowcol_to_cell(row, col, row_abs="row" in fixed, col_abs="col" in fixed)
    return f"{quote_sheetname(sheet)}!{address}" if sheet else address


def block(row: int, col: int, last_row: int, last_col: int, sheet: str = "") -> str:
    """A range with $ throughout.

    >>> block(5, 0, 9, 0, "Customers")
    'Customers!$A$6:$A$10'
    """
    area = xl_range_abs(row, col, last_row, last_col)
    return f"{quote_sheetname(sheet)}!{area}" if sheet else area


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
