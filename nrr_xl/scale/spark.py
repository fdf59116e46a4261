"""The same on Spark: one shuffle by customer, the kernel on each partition, a few kilobytes of sums to the driver."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from nrr_xl.errors import InputError
from nrr_xl.options import option
from nrr_xl.periods import parse_as_of
from nrr_xl.scale.part import parts_of, unpacked
from nrr_xl.scale.result import ScaledAnalysis, finish
from nrr_xl.scale.shape import SAMPLE_ROWS, Columns, Facts, columns_of, refuse
from nrr_xl.scale.sql import WHOLE


def analyse_spark(
    frame: Any,
    *,
    months: int = 12,
    as_of: str | None = None,
    columns: Mapping[str, str] | None = None,
    partitions: int | None = None,
) -> ScaledAnalysis:
    """Retention of a Spark DataFrame with a customer, a date and a recurring amount column.

    Parameters
    ----------
    frame : pyspark.sql.DataFrame
    months, as_of
        As in `nrr_xl.analyse`.
    columns : mapping, optional
        The columns by their part: customer, date, amount.
    partitions : int, optional
        Into how many parts the customers are shuffled; Spark's own setting by default. A part's rows must fit into the
        memory of one worker.

    Raises
    ------
    InputError
        If the rows are not plain recurring amounts.
    """
    where = "The Spark frame"
    months = option("months").read(months)
    as_of = as_of if as_of is None else option("as_of").read(as_of)
    named = columns_of(frame.limit(SAMPLE_ROWS).toArrow(), where, columns)
    facts = _facts(frame, named)
    refuse(facts, where, months)
    if as_of is not None and not facts.months[0] <= parse_as_of(as_of) <= facts.months[-1]:
        raise InputError(f"as_of is {as_of!r}, which the rows do not cover.")
    periods = facts.months[-1] - facts.months[0] + 1
    by_customer = _cents(frame, named).repartition(*([partitions] if partitions else []), "customer")
    kernel = _kernel(facts.months[0], periods, months)
    packed = by_customer.mapInArrow(kernel, "part binary").toArrow().column(0)
    return finish((unpacked(each.as_py()) for each in packed), facts, where, months, as_of)


def _cents(frame: Any, named: Columns) -> Any:
    """Customer, month and whole hundredths of the rows with an amount."""
    from pyspark.sql import functions as f

    amount, date = f.col(_name(named.amount)).cast("double"), f.col(_name(named.date))
    return frame.where(amount.isNotNull() & ~f.isnan(amount)).select(
        f.col(_name(named.customer)).cast("string").alias("customer"),
        (f.year(date) * 12 + f.month(date) - 1).cast("bigint").alias("month"),
        f.rint(amount * 100).cast("bigint").alias("units"),
    )


def _facts(frame: Any, named: Columns) -> Facts:
    """What one pass over the rows says."""
    from pyspark.sql import functions as f

    customer, date = f.col(_name(named.customer)), f.col(_name(named.date))
    amount = f.col(_name(named.amount)).cast("double")
    cents = amount * 100
    there = amount.isNotNull() & ~f.isnan(amount)
    finite = there & (f.abs(amount) != float("inf"))
    whole = f.rint(cents).cast("decimal(38,0)")

    def times(which: Any) -> Any:
        return f.count(f.when(which, 1))

    row = frame.agg(
        f.count(f.lit(1)),
        times(there),
        times(there & (customer.isNull() | (f.trim(customer.cast("string")) == ""))),
        times(there & date.isNull()),
        times(there & ~finite),
        times(finite & (f.abs(cents - f.rint(cents)) > WHOLE * f.abs(cents))),
        times(there & (amount < 0)),
        f.coalesce(f.sum(f.when(finite, whole)), f.lit(0)),
        f.coalesce(f.sum(f.when(finite, f.abs(whole))), f.lit(0)),
        f.count_distinct(f.when(there, f.to_date(date))),
        f.collect_set(f.when(there & date.isNotNull(), f.year(date) * 12 + f.month(date) - 1)),
    ).first()
    return Facts.of(row)


def _kernel(first: int, periods: int, months: int) -> Callable[[Iterator[Any]], Iterator[Any]]:
    """What a worker does with the rows of its customers: one packed part for each block of them."""

    def run(batches: Iterator[Any]) -> Iterator[Any]:
        import pyarrow as pa

        for part in parts_of(batches, first, periods, months):
            yield pa.RecordBatch.from_pydict({"part": [part.packed()]})

    return run


def _name(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"
