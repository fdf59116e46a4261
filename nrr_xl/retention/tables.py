"""The tables of an analysis: plain arrays each, and as DataFrames under their names for who asks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from nrr_xl.records import struct
from nrr_xl.retention.cohorts import Triangle
from nrr_xl.retention.frames import CohortTable, cohort_table
from nrr_xl.retention.table import Table

if TYPE_CHECKING:
    import pandas as pd


@struct(eq=False)
class Tables:
    """The tables of an analysis as plain arrays; the columns are those of the function named in brackets."""

    # key, label, numerator, denominator, rate, reason, warning
    methods: Table
    # method, kind (start, step, end, undefined), line, numerator, denominator
    reconciliations: Table
    # case, choice, nrr, grr, change (in points of NRR: 1.5 = 1.5 %), note [sensitivity.sensitivity]
    sensitivity: Table
    # by month, quarter, year and ytd: period, from, months, BRIDGE_LINES, COUNTS, RATES [bridge.bridge]
    bridges: dict[str, Table]
    # by "window" and by the settings' freq: period, from, SPLIT_LINES; empty where no row carries a product
    # [products.product_split]
    product_split: dict[str, Table]
    # likewise PRICE_LINES; empty where no row carries a quantity [products.price_and_volume]
    price_volume: dict[str, Table]
    # period, nrr, grr, logo_retention, churn_rate over the window's months [bridge.trend]
    trend: Table
    # the same over a month and a quarter, annualised [bridge.annualised_trend]
    annualised_trends: dict[str, Table]
    # by segment: value, BRIDGE_LINES, COUNTS, RATES [segments.segment_bridge, size_bridge]
    segments: dict[str, Table]
    size_bands: Table
    # by segment and period: period, from, months, value, then as above; by quarter unless the settings' freq says
    # otherwise [bridge.bridge_by_segment]
    segment_bridges: dict[str, Table]
    # segment, value, weight_before, weight, nrr_before, nrr, mix, rate [segments.mix_and_rate]
    mix_rate: Table
    # by line of the bridge: customer, opening, closing, change, share [drivers.movers]
    movers: dict[str, Table]
    # customer, amount, periods_declining, peak, change, drop [drivers.accounts_at_risk]
    risk: Table
    # metric, rate, scheme, label, source: how NRR and GRR read in every scheme [bands.readings]
    bands: Table
    # the columns of the benchmark file, company, difference, percentile, standing, fits [benchmarks.standing]
    benchmarks: Table
    # months, grr_only, low, central, high, one_point [outlook.outlook]
    outlook: Table


def _frame(name: str) -> pd.DataFrame:
    """A table as a DataFrame, made when it is asked for; type checkers are told what the property gives."""
    made = property(lambda tabled: getattr(tabled.tables, name).frame, doc=f"`tables.{name}` as a DataFrame.")
    return cast("pd.DataFrame", made)


def _frames(name: str) -> dict[str, pd.DataFrame]:
    """Several tables as DataFrames by their names."""

    def made(tabled: Tabled) -> dict[str, pd.DataFrame]:
        return {key: table.frame for key, table in getattr(tabled.tables, name).items()}

    return cast("dict[str, pd.DataFrame]", property(made, doc=f"`tables.{name}` as DataFrames."))


@dataclass(frozen=True, eq=False)
class Tabled:
    """What holds tables and cohort triangles, each a DataFrame under its name."""

    tables: Tables
    triangles: dict[str, Triangle]

    methods = _frame("methods")
    reconciliations = _frame("reconciliations")
    sensitivity = _frame("sensitivity")
    bridges = _frames("bridges")
    product_split = _frames("product_split")
    price_volume = _frames("price_volume")
    trend = _frame("trend")
    annualised_trends = _frames("annualised_trends")
    segments = _frames("segments")
    size_bands = _frame("size_bands")
    segment_bridges = _frames("segment_bridges")
    mix_rate = _frame("mix_rate")
    movers = _frames("movers")
    risk = _frame("risk")
    bands = _frame("bands")
    benchmarks = _frame("benchmarks")
    outlook = _frame("outlook")

    @property
    def cohorts(self) -> dict[str, CohortTable]:
        """The cohort triangles as frames."""
        return {name: cohort_table(found) for name, found in self.triangles.items()}
