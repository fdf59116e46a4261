"""The tables of an analysis as tidy frames."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from nrr_xl.retention.cohorts import Triangle
from nrr_xl.retention.methods import METHODS, Result
from nrr_xl.retention.reconcile import Reconciliation


@dataclass(frozen=True, slots=True, eq=False)
class CohortTable:
    """A cohort triangle as frames: one row per cohort ("YYYY-MM"), one column per age in periods, NaN beyond.

    `amounts` holds amounts or numbers of customers, `shares` those of age 0, `average` (by age) the weighted average.
    `best` and `worst` are cohorts at the age `compared_at`, None where fewer than two reach it; `half_life` is an age
    in periods, NaN where the average never falls to one half.
    """

    freq: str
    amounts: pd.DataFrame
    shares: pd.DataFrame
    average: pd.Series
    best: str | None
    worst: str | None
    compared_at: int
    half_life: float


def cohort_table(found: Triangle) -> CohortTable:
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
    )


def methods_frame(results: Mapping[str, Result]) -> pd.DataFrame:
    names = ("key", "label", "numerator", "denominator", "rate", "reason")
    rows = [{**{n: getattr(r, n) for n in names}, "warning": METHODS[r.key].warning} for r in results.values()]
    return pd.DataFrame(rows)


def reconciliation_frame(found: Mapping[str, Reconciliation]) -> pd.DataFrame:
    rows = []
    for key, item in found.items():
        if item.reason:
            rows.append((key, "undefined", item.reason, np.nan, np.nan))
            continue
        rows.append((key, "start", item.start.label, item.start.numerator, item.start.denominator))
        rows += [(key, "step", step.line, step.numerator, step.denominator) for step in item.steps]
        rows.append((key, "end", item.end.label, item.end.numerator, item.end.denominator))
    return pd.DataFrame(rows, columns=["method", "kind", "line", "numerator", "denominator"])


def stacked(tables: Mapping[str, Mapping]) -> pd.DataFrame:
    """Tables of several segments under each other, the segment's name in the first column."""
    columns = ["segment", "value", "weight_before", "weight", "nrr_before", "nrr", "mix", "rate"]
    frames = [pd.DataFrame({"segment": name, **table}) for name, table in tables.items() if len(table["value"])]
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=columns)
