"""What an analysis was asked for: the options of `analyse`, each with its default."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from nrr_xl.files import AnyPath
from nrr_xl.records import struct


@struct(kw_only=True)
class Settings:
    """The options of `analyse`.

    months : length of the window; a whole number of the cube's periods.
    as_of : "YYYY-MM" of the closing period; the last complete period by default.
    freq : "month", "quarter" or "year" of the period-on-period bridges; the cube's own by default.
    method : the headline's definition of NRR, a key of METHODS, a preset such as "figma" or a definition
        such as "like:zoom".
    definition : a TOML file with an own definition of retention (definitions.Definition), which is then the headline.
    annualise_from : what the method `annualised` annualises, the "closing" period or the "window"'s mean.
    segments : names of segment columns; by default every one that has 2 to 50 values.
    size_edges : upper limits of the size bands by opening amount; the quartiles by default.
    cohort_freq : "month", "quarter" or "year" of the cohorts; the cube's own by default.
    grace : gaps of at most so many months are filled with the last amount.
    top : how many customers a list of movers or of accounts at risk holds.
    risk_periods, risk_drop : falls in a row, or share of the window's peak lost, that put an account at risk.
    scheme : the bands in which a rate is read.
    benchmarks : own benchmarks, a CSV file, a frame or parsed rows, in place of the packaged ones.
    gross_margin : fraction of the amount that a lifetime value counts.
    sales_cost, burn : sales and marketing cost of the window, and net cash burnt in it, for the unit economics.
    """

    months: int = 12
    as_of: str | date | None = None
    freq: str | None = None
    method: str = "point_to_point"
    definition: AnyPath | None = None
    annualise_from: str = "closing"
    segments: Sequence[str] | None = None
    size_edges: Sequence[float] | None = None
    cohort_freq: str | None = None
    grace: int = 0
    top: int = 10
    risk_periods: int = 3
    risk_drop: float = 0.25
    scheme: str = "general"
    benchmarks: Any = None
    gross_margin: float = 1.0
    sales_cost: float | None = None
    burn: float | None = None
