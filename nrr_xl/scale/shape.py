"""Which columns of a very large table are what, and whether its rows are of the one kind that can be added up blindly.

Rows that need to be understood (types, currencies, identifiers, invoices, snapshots) are refused with what to do first:
in a hundred million rows nobody looks at a doubt.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nrr_xl.errors import InputError
from nrr_xl.records import struct
from nrr_xl.revenue.cube.units import FLOATS, Units
from nrr_xl.revenue.files.columns import table_grid
from nrr_xl.revenue.table.layout import find_table
from nrr_xl.revenue.table.meanings import meanings

# Amounts are whole hundredths; finer ones are refused, so that no sum depends on a machine's order of rows.
UNITS = Units(2, 2)
LEVELS = {"mrr", "arr", "standing", "recurring"}
SAMPLE_ROWS = 1_000


@struct()
class Columns:
    """The names of the columns that are read."""

    customer: str
    date: str
    amount: str


@struct()
class Facts:
    """What one pass over all rows says of them; months are counted from year 0."""

    rows: int
    cells: int
    without_customer: int
    without_date: int
    not_finite: int
    finer: int
    negative: int
    total: int
    size: int
    days: int
    months: tuple[int, ...]

    @classmethod
    def of(cls, row: Any) -> Facts:
        """From a row of numbers in this order, the months as a list."""
        *numbers, months = row
        rows, cells, customer, date, infinite, finer, negative, total, size, days = map(int, numbers)
        listed = tuple(sorted(int(month) for month in months or ()))
        return cls(rows, cells, customer, date, infinite, finer, negative, total, size, days, listed)


def columns_of(sample: Any, where: str, columns: Mapping[str, str] | None) -> Columns:
    """The columns of a sample (an Arrow table) by the reader's own rules.

    Raises
    ------
    InputError
        If they are not the customer, date and amount of one recurring amount a row, or others say that rows differ.
    """
    grid = table_grid(sample.column_names, iter(sample.columns), sample.num_rows, where, "rows")
    table = find_table(grid, columns=dict(columns or {}), layout="long", header_row=1)
    if table is None or table.guessed or not {"customer", "date", "amount"} <= table.roles.keys():
        raise InputError(
            f"{where} has no customer, date and amount column that is told by its name"
            f" ({', '.join(sample.column_names)}). Name them with columns."
        )
    others = {role: table.names[at] for role, at in table.roles.items() if role not in ("customer", "date", "amount")}
    if others:
        listed = ", ".join(f"{name!r} ({role})" for role, name in others.items())
        raise InputError(
            f"{where} has columns that say what its rows are: {listed}. Select the rows that count and only the columns"
            " customer, date and amount first."
        )
    amount = table.names[table.roles["amount"]]
    if not set(meanings(amount)) & LEVELS:
        raise InputError(
            f"{where}: {amount!r} does not say that amounts recur. Sum them to one recurring amount a customer and"
            " month, and call the column MRR."
        )
    return Columns(table.names[table.roles["customer"]], table.names[table.roles["date"]], amount)


def refuse(facts: Facts, where: str, months: int) -> None:
    """Stop where the rows are not plain recurring amounts a month.

    Raises
    ------
    InputError
        Naming the rows that are not, and what to do.
    """
    faults = {
        "amounts without a customer": facts.without_customer,
        "amounts without a date": facts.without_date,
        "amounts that are no number": facts.not_finite,
        "amounts of more than two decimals, which must be rounded first": facts.finer,
    }
    if any(faults.values()):
        listed = ", ".join(f"{count:,} {what}" for what, count in faults.items() if count)
        raise InputError(f"{where} has {listed}. Mend or leave out these rows, and retry.")
    if not facts.cells:
        raise InputError(f"{where} holds no amounts.")
    if facts.size > FLOATS:
        raise InputError(f"{where}: the amounts add up to more than can be counted exactly. Give them in thousands.")
    if facts.days > len(facts.months):
        raise InputError(
            f"{where}: dates fall on {facts.days:,} days in {len(facts.months):,} months, so that rows may be snapshots"
            " or invoices. Sum them to one amount a customer and month, dated on the same day of each month."
        )
    if facts.negative > 0.1 * facts.cells:
        raise InputError(
            f"{where}: {facts.negative:,} amounts are below 0, as changes are. Sum them up to levels first."
        )
    first, last = facts.months[0], facts.months[-1]
    apart = [later - earlier for earlier, later in zip(facts.months, facts.months[1:], strict=False)]
    if len(apart) > 1 and all(not each % 3 for each in apart):
        raise InputError(f"{where}: the periods lie a quarter or a year apart. Only months are read at this size.")
    if last - first < months:
        raise InputError(f"A window of {months} months does not fit the {last - first + 1} months of {where}.")
