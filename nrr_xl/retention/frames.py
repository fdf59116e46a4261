"""The tables of an analysis: what its functions give, put into the order that frames and sheets show."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from nrr_xl.records import struct
from nrr_xl.retention.cohorts import Triangle
from nrr_xl.retention.methods import METHODS, Result
from nrr_xl.retention.reconcile import Reconciliation
from nrr_xl.retention.table import Table

if TYPE_CHECKING:
    import pandas as pd


@struct(eq=False)
class CohortTable:
    """A cohort triangle as frames: one row per cohort ("YYYY-MM"), one column per age in periods, NaN beyond.

    `amounts` holds amounts or numbers of customers, `shares` those of age 0, `average` (by age) the weighted average.
    `best` and `worst` are cohorts at the age `compared_at`, None where fewer than two reach it; `half_life` is an age
    in periods, NaN where the average never falls to one half. With `first_unknown` the first row is who was there in
    the rows' first period, which no average or comparison counts.
    """

    freq: str
    amounts: pd.DataFrame
    shares: pd.DataFrame
    average: pd.Series
    best: str | None
    worst: str | None
    compared_at: int
    half_life: float
    first_unknown: bool


def cohort_table(found: Triangle) -> CohortTable:
    """A cohort triangle as frames."""
    import pandas as pd

    ages = range(found.totals.shape[1])
    index = pd.Index(found.cohorts, name="cohort")
    return CohortTable(
        freq=found.freq,
        amounts=pd.DataFrame(found.totals, index=index, columns=ages),
        shares=pd.DataFrame(found.shares, index=index, columns=ages),
        average=pd.Series(found.average, index=ages),
        best=found.best,
        worst=found.worst,
        compared_at=found.compared_at,
        half_life=found.half_life,
        first_unknown=found.first_unknown,
    )


def methods_table(results: Mapping[str, Result]) -> Table:
    """Every method's result in a row."""
    names = ("key", "label", "numerator", "denominator", "rate", "reason")
    rows = [{**{n: getattr(r, n) for n in names}, "warning": METHODS[r.key].warning} for r in results.values()]
    return Table.of_rows(rows)


def reconciliation_table(found: Mapping[str, Reconciliation]) -> Table:
    """From the default's fraction to each method's, a step in a row."""
    rows = []
    for key, item in found.items():
        if item.reason:
            rows.append((key, "undefined", item.reason, np.nan, np.nan))
            continue
        rows.append((key, "start", item.start.label, item.start.numerator, item.start.denominator))
        rows += [(key, "step", step.line, step.numerator, step.denominator) for step in item.steps]
        rows.append((key, "end", item.end.label, item.end.numerator, item.end.denominator))
    names = ("method", "kind", "line", "numerator", "denominator")
    return Table.of_rows([dict(zip(names, row, strict=True)) for row in rows], names)


def stacked(tables: Mapping[str, Mapping[str, Any]]) -> Table:
    """Tables of several segments under each other, the segment's name in the first column."""
    names = ("value", "weight_before", "weight", "nrr_before", "nrr", "mix", "rate")
    filled = {name: table for name, table in tables.items() if len(table["value"])}
    columns: dict[str, Any] = {"segment": [name for name, table in filled.items() for _ in table["value"]]}
    for name in names:
        columns[name] = [value for table in filled.values() for value in np.asarray(table[name]).tolist()]
    return Table(columns)
