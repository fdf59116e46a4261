"""The one use case: every retention number of a cube, computed once and kept together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from functools import partial
from typing import Any, cast

import numpy as np
import pandas as pd

from nrr_xl.files import AnyPath
from nrr_xl.metrics import RATES, annualise
from nrr_xl.options import takes_options
from nrr_xl.retention import bands, drivers, flags, reconcile
from nrr_xl.retention.benchmarks import own_or_packaged, standing
from nrr_xl.retention.bridge import (
    FREQS,
    annualised_trend,
    bridge,
    bridge_by_segment,
    trend,
    window_bridge,
)
from nrr_xl.retention.checks import Check, addition_checks, bridge_checks, cohort_check, method_checks, mix_check
from nrr_xl.retention.cohorts import MEASURES, Triangle, cohorts
from nrr_xl.retention.flags import Flag
from nrr_xl.retention.frames import CohortTable, cohort_table, methods_frame, reconciliation_frame, stacked
from nrr_xl.retention.lines import BRIDGE_LINES, COUNTS, LINES
from nrr_xl.retention.methods import methods
from nrr_xl.retention.outlook import lifetime_value, outlook
from nrr_xl.retention.plain import to_dict
from nrr_xl.retention.presets import method_of
from nrr_xl.retention.products import holdings, price_and_volume, product_split
from nrr_xl.retention.segments import chosen, mix_and_rate, segment_bridge, size_bridge
from nrr_xl.retention.sensitivity import sensitivity
from nrr_xl.retention.settings import Settings
from nrr_xl.retention.windows import Window, coarser, period_ends, unit_of, window
from nrr_xl.revenue.cube.build import RevenueCube, fill_gaps


@dataclass(frozen=True, slots=True, eq=False)
class Analysis:
    """Every number of a report, computed once; frames are tidy and indexed from 0, rates fractions, losses positive.

    `bridge`, `rates` and `customers` are the window's, point to point. A frame's columns are those of the function
    that computes it, named in brackets.
    """

    cube: RevenueCube
    settings: Settings
    months: int
    opening: int
    closing: int
    bridge: dict[str, float]
    rates: dict[str, float]
    customers: dict[str, int]
    # key, label, numerator, denominator, rate, reason, warning
    methods: pd.DataFrame
    # method, kind (start, step, end, undefined), line, numerator, denominator
    reconciliations: pd.DataFrame
    # case, choice, nrr, grr, change (in points of NRR: 1.5 = 1.5 %), note [sensitivity.sensitivity]
    sensitivity: pd.DataFrame
    # by month, quarter, year and ytd: period, from, months, BRIDGE_LINES, COUNTS, RATES [bridge.bridge]
    bridges: dict[str, pd.DataFrame]
    # by "window" and by the settings' freq: period, from, SPLIT_LINES; empty where no row carries a product
    # [products.product_split]
    product_split: dict[str, pd.DataFrame]
    # likewise PRICE_LINES; empty where no row carries a quantity [products.price_and_volume]
    price_volume: dict[str, pd.DataFrame]
    # period, nrr, grr, logo_retention, churn_rate over the window's months [bridge.trend]
    trend: pd.DataFrame
    # the same over a month and a quarter, annualised [bridge.annualised_trend]
    annualised_trends: dict[str, pd.DataFrame]
    # by segment: value, BRIDGE_LINES, COUNTS, RATES [segments.segment_bridge, size_bridge]
    segments: dict[str, pd.DataFrame]
    size_bands: pd.DataFrame
    # by segment and period: period, from, months, value, then as above; by quarter unless the settings' freq says
    # otherwise [bridge.bridge_by_segment]
    segment_bridges: dict[str, pd.DataFrame]
    # segment, value, weight_before, weight, nrr_before, nrr, mix, rate [segments.mix_and_rate]
    mix_rate: pd.DataFrame
    cohorts: dict[str, CohortTable]
    # by line of the bridge: customer, opening, closing, change, share [drivers.movers]
    movers: dict[str, pd.DataFrame]
    concentration: dict[str, float]
    # customer, amount, periods_declining, peak, change, drop [drivers.accounts_at_risk]
    risk: pd.DataFrame
    flags: tuple[Flag, ...]
    # metric, rate, scheme, label, source: how NRR and GRR read in every scheme [bands.readings]
    bands: pd.DataFrame
    # the columns of the benchmark file, company, difference, percentile, standing [benchmarks.standing]
    benchmarks: pd.DataFrame
    # months, grr_only, low, central, high, one_point [outlook.outlook]
    outlook: pd.DataFrame
    # amount_per_customer, churn_rate, gross_margin, ltv [outlook.lifetime_value]
    lifetime_value: dict[str, float]
    checks: tuple[Check, ...]

    @property
    def opening_period(self) -> str:
        return self.cube.periods.keys[self.opening]

    @property
    def closing_period(self) -> str:
        return self.cube.periods.keys[self.closing]

    @property
    def headline(self) -> dict:
        """The row of `methods` that the settings' method or preset names."""
        key, _ = method_of(self.settings.method)
        return self.methods.set_index("key", drop=False).loc[key].to_dict()

    @property
    def periods(self) -> pd.DataFrame:
        """The bridges period on period, in the frequency of the settings (by default the cube's own)."""
        return self.bridges[_freq(self.cube, self.settings)]

    def to_dict(self) -> dict:
        """The analysis as plain data for JSON: undefined is None, periods are "YYYY-MM"."""
        return to_dict(self)


@takes_options("analyse")
def analyse(
    cube: RevenueCube,
    *,
    months: int = 12,
    as_of: str | date | None = None,
    freq: str | None = None,
    method: str = "point_to_point",
    annualise_from: str = "closing",
    segments: Sequence[str] | None = None,
    size_edges: Sequence[float] | None = None,
    cohort_freq: str | None = None,
    grace: int = 0,
    top: int = 10,
    risk_periods: int = 3,
    risk_drop: float = 0.25,
    scheme: str = "general",
    benchmarks: AnyPath | Sequence[Mapping[str, Any]] | None = None,
    gross_margin: float = 1.0,
) -> Analysis:
    """Compute every retention number of a cube; the options are the fields of Settings, which says what each does.

    Raises InputError if an option is not usable or the window does not fit the cube's periods.

    >>> from nrr_xl.periods import Periods
    >>> cube = RevenueCube(("a", "b", "c"), Periods(24288, 2), np.array([[100, 150], [100, 0], [0, 70.0]]))
    >>> analysis = analyse(cube, months=1)
    >>> analysis.rates["nrr"], analysis.rates["grr"], analysis.bridge["new"]
    (0.75, 0.5, 70.0)
    """
    settings = Settings(
        months=months,
        as_of=cast("str | None", as_of),  # the catalogue has made a text of a date
        freq=freq,
        method=method,
        annualise_from=annualise_from,
        segments=segments,
        size_edges=size_edges,
        cohort_freq=cohort_freq,
        grace=grace,
        top=top,
        risk_periods=risk_periods,
        risk_drop=risk_drop,
        scheme=scheme,
        benchmarks=benchmarks,
        gross_margin=gross_margin,
    )
    _, annualise_from = method_of(settings.method, settings.annualise_from)
    span = window(cube, settings.months, settings.as_of)
    choices = sensitivity(cube, span, settings.grace)
    cube = fill_gaps(cube, settings.grace)
    line = window_bridge(cube, span)
    bridges = {freq: bridge(cube, span.closing, freq) for freq in (*coarser(cube), FREQS[-1])}
    trailing = trend(cube, settings.months, span.closing)
    shorter = {name: n for name, n in (("month", 1), ("quarter", 3)) if n % cube.periods.step == 0}
    texts = chosen(cube, settings.segments)
    by_segment = {name: segment_bridge(cube, span, found) for name, found in texts.items()}
    by_size = size_bridge(cube, span, settings.size_edges)
    mixes = {name: mix_and_rate(cube, span, found, 12 // cube.periods.step) for name, found in texts.items()}
    results = methods(cube, span.closing, settings.months, annualise_from=annualise_from)
    reconciled = reconcile.reconciliations(cube, span.closing, settings.months, annualise_from=annualise_from)
    at_risk = drivers.accounts_at_risk(cube, span, settings.risk_periods, settings.risk_drop)
    triangles = {name: _cohorts(cube, span, settings, name) for name in MEASURES}
    held = holdings(cube, span.opening)
    known = own_or_packaged(settings.benchmarks)
    return Analysis(
        cube=cube,
        settings=settings,
        months=settings.months,
        opening=span.opening,
        closing=span.closing,
        bridge={name: line[name] for name in BRIDGE_LINES},
        rates={name: line[name] for name in RATES},
        customers=_customers(line),
        methods=methods_frame(results),
        reconciliations=reconciliation_frame(reconciled),
        sensitivity=pd.DataFrame([asdict(choice) for choice in choices]),
        bridges={freq: pd.DataFrame(table) for freq, table in bridges.items()},
        product_split=_by_pairs(cube, span, settings, partial(product_split, held=held)),
        price_volume=_by_pairs(cube, span, settings, partial(price_and_volume, held=held)),
        trend=pd.DataFrame(trailing),
        annualised_trends={name: pd.DataFrame(annualised_trend(cube, n, span.closing)) for name, n in shorter.items()},
        segments={name: pd.DataFrame(table) for name, table in by_segment.items()},
        size_bands=pd.DataFrame(by_size),
        segment_bridges={
            name: pd.DataFrame(bridge_by_segment(cube, found, span.closing, settings.freq or _quarters(cube)))
            for name, found in texts.items()
        },
        mix_rate=stacked(mixes),
        cohorts={name: cohort_table(found) for name, found in triangles.items()},
        movers={name: pd.DataFrame(table) for name, table in drivers.movers(cube, span, settings.top).items()},
        concentration=drivers.concentration(cube, span),
        risk=pd.DataFrame(at_risk).head(settings.top),
        flags=(
            *flags.rate_flags(line),
            *flags.customer_flag(cube, span, line["nrr"]),
            *flags.segment_flags(by_segment, line),
            *flags.period_flag(cube, span.closing),
            *flags.risk_flag(at_risk["amount"], line["closing"]),
            *flags.method_flag(results, settings.months),
            *(flags.column_flags(cube) if settings.segments is None else ()),
        ),
        bands=pd.DataFrame(bands.readings(line, settings.scheme)),
        benchmarks=pd.DataFrame(standing(_yearly(line, settings.months), known)),
        outlook=pd.DataFrame(outlook(line["closing"], line["nrr"], line["grr"], trailing["nrr"], settings.months)),
        lifetime_value=lifetime_value(
            line["closing"],
            line["closers"],
            line["churn_rate"],
            settings.gross_margin,
            settings.months,
            12 if cube.unit == "ARR" else cube.periods.step,
        ),
        checks=(
            *bridge_checks(line, bridges, trailing),
            *addition_checks(line, {**by_segment, "Size band": by_size}),
            *method_checks(results, reconciled),
            *(
                check
                for name, table in mixes.items()
                for check in mix_check(name, table, *_two_years(line, trailing, cube))
            ),
            cohort_check(triangles["revenue"], line["closing"]),
            Check("Source amounts = used + left out", cube.account.difference),
        ),
    )


def _freq(cube: RevenueCube, settings: Settings) -> str:
    return settings.freq or unit_of(cube.periods.step)


def _two_years(line: Mapping, trailing: Mapping, cube: RevenueCube) -> tuple[float, float]:
    """NRR now and one year earlier."""
    back = 12 // cube.periods.step
    return line["nrr"], trailing["nrr"][-1 - back] if len(trailing["nrr"]) > back else float("nan")


def _quarters(cube: RevenueCube) -> str:
    return "quarter" if "quarter" in coarser(cube) else "year"


def _by_pairs(cube: RevenueCube, span: Window, settings: Settings, split: Callable) -> dict[str, pd.DataFrame]:
    """A split of expansion and contraction, over the window and from period to period."""
    freq = _freq(cube, settings)
    ends = period_ends(cube, span.closing, freq)
    keys = np.array(cube.periods.keys)
    frames = {}
    for name, opening, closing in (
        ("window", [span.opening], [span.closing]),
        (freq, ends[:-1], ends[1:]),
    ):
        lines = split(cube, opening, closing)
        if lines is not None:
            frames[name] = pd.DataFrame({"period": keys[closing], "from": keys[opening], **lines})
    return frames


def _yearly(line: Mapping, months: int) -> dict[str, float]:
    """The window's rates as a year's, which is what surveys publish."""
    return {name: annualise(max(line[name], 0.0), months) for name in ("nrr", "grr", "logo_retention")}


def _customers(line: Mapping) -> dict[str, int]:
    """The window's counts under the JSON object's names."""
    return {LINES[count].name: line[count] for count in COUNTS}


def _cohorts(cube: RevenueCube, span: Window, settings: Settings, measure: str) -> Triangle:
    return cohorts(cube, span.closing, measure, settings.cohort_freq, settings.months)
