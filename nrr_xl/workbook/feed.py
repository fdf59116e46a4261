"""What a template's report stands on in place of values: formulas over pasted rows, and what they come to."""

from __future__ import annotations

from nrr_xl.records import struct
from nrr_xl.workbook.formulas import Said

# Rows of the Segments sheet that a template has for values by name; one more holds all the others.
SEGMENTS = 12


@struct()
class Feed:
    """The formulas, without their =, of a report whose customers and amounts are looked up.

    `customer`, `segment`, `before` and `amount` are of one customer: {number} is the cell of its number (from 1) and
    {end} that of a period's month number; `before` is 1 where it had an amount before the first period. `begin` is the
    position (from 0) of the first period that the rows reach. `broken` and `noticed` are conditions, each with the cell
    that says what it is about; what is broken shows no number at all.
    """

    begin: int
    first: str
    first_end: str
    closing: str
    customer: str
    segment: str
    before: str
    amount: str
    # A value's name by its number (from 1), {number}; the name of all the others is a text.
    value: str
    title: Said
    unit: Said
    no_currency: Said
    broken: tuple[str, str]
    noticed: tuple[str, str]
    # How many things are to be looked at, and what is told of the first, "" of none.
    notices: str
    told: str
