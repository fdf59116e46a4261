"""The one use case: every retention number of a cube, computed once and kept together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from nrr_xl.errors import InputError
from nrr_xl.metrics import RATES, annualise
from nrr_xl.options import settled_by
from nrr_xl.retention import bands, drivers, flags, reconcile
from nrr_xl.retention.benchmarks import own_or_packaged, sizes, standing
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
from nrr_xl.retention.frames import methods_table, reconciliation_table, stacked
from nrr_xl.retention.further import Further
from nrr_xl.retention.headline import Headline, headline
from nrr_xl.retention.lines import BRIDGE_LINES, COUNTS, LINES
from nrr_xl.retention.methods import methods
from nrr_xl.retention.outlook import lifetime_value, outlook
from nrr_xl.retention.plain import to_dict
from nrr_xl.retention.presets import method_of
from nrr_xl.retention.products import holdings, price_and_volume, product_split
from nrr_xl.retention.segments import chosen, mix_and_rate, segment_bridge, size_bridge
from nrr_xl.retention.sensitivity import sensitivity
from nrr_xl.retention.settings import Settings
from nrr_xl.retention.table import Table
from nrr_xl.retention.tables import Tables
from nrr_xl.retention.windows import Window, coarser, period_ends, unit_of, window
from nrr_xl.revenue.cube.build import RevenueCube, fill_gaps
from nrr_xl.shown import shown

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class Analysis(Further):
    """Every number of a report, computed once; frames are tidy and indexed from 0, rates fractions, losses positive.

    `bridge`, `rates` and `customers` are the window's, point to point. Each table of `tables` is a DataFrame under its
    own name too (`analysis.trend`), for which pandas is loaded; nothing else here needs it. What costs more is computed
    on first use: see `Further`.
    """

    concentration: dict[str, float]
    flags: tuple[Flag, ...]
    # amount_per_customer, churn_rate, gross_margin, ltv [outlook.lifetime_value]
    lifetime_value: dict[str, float]
    checks: tuple[Check, ...]

    def __repr__(self) -> str:
        """The window, its rates and whether they hold, in a line without the name of any customer."""
        failed = sum(not check.passed for check in self.checks)
        rates = f"NRR {self.rates['nrr']:.1%}, GRR {self.rates['grr']:.1%} of {self.customers['opening']:,} customers"
        told = f"{failed} checks FAILED" if failed else "all checks passed"
        return f"<Analysis: {self.opening_period} to {self.closing_period} ({self.months} months), {rates}, {told}>"

    def _repr_html_(self) -> str:
        """The same line, and the window's bridge and rates."""
        lines = [(LINES[key].label, f"{value:,.2f}") for key, value in self.bridge.items()]
        rates = [(RATES[key].label, f"{value:.1%}") for key, value in self.rates.items() if RATES[key].kind == "rate"]
        return shown(repr(self), ("", f"{self.opening_period} to {self.closing_period}"), [*lines, *rates])

    @property
    def opening_period(self) -> str:
        return self.cube.periods.keys[self.opening]

    @property
    def closing_period(self) -> str:
        return self.cube.periods.keys[self.closing]

    @property
    def headline(self) -> Headline:
        """The row of `methods` that the settings' method or preset names, or what their definition gives."""
        return headline(self.settings.method, self.tables.methods, self.definition)

    @property
    def freq(self) -> str:
        """The frequency of the bridges period on period: the settings', by default the cube's own."""
        return _freq(self.cube, self.settings)

    @property
    def periods(self) -> pd.DataFrame:
        """The bridges period on period."""
        return self.tables.bridges[self.freq].frame

    def worded(self, words: Callable[[str], str]) -> Analysis:
        """The same analysis, with its flags in other words."""
        return replace(self, flags=tuple(replace(flag, message=words(flag.message)) for flag in self.flags))

    def to_dict(self) -> dict[str, Any]:
        """The analysis as plain data for JSON: undefined is None, periods are "YYYY-MM"."""
        return to_dict(self)


@settled_by("analyse", Settings)
def analyse(cube: RevenueCube, settings: Settings) -> Analysis:
    """Compute every retention number of a cube; the options are the fields of Settings, which says what each does.

    Raises InputError if an option is not usable or the window does not fit the cube's periods.

    >>> from nrr_xl.periods import Periods
    >>> cube = RevenueCube(("a", "b", "c"), Periods(24288, 2), np.array([[100, 150], [100, 0], [0, 70.0]]))
    >>> analysis = analyse(cube, months=1)
    >>> analysis.rates["nrr"], analysis.rates["grr"], analysis.bridge["new"]
    (0.75, 0.5, 70.0)
    """
    if not isinstance(cube, RevenueCube):
        raise InputError(f"A {type(cube).__name__} is no cube. Read it first: nrr_xl.read gives one.")
    as_of = cast("str | None", settings.as_of)  # the catalogue has made a text of a date
    _, annualise_from = method_of(settings.method, settings.annualise_from)
    span = window(cube, settings.months, as_of)
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
        tables=Tables(
            methods=methods_table(results),
            reconciliations=reconciliation_table(reconciled),
            sensitivity=Table.of_rows([asdict(choice) for choice in choices]),
            bridges={freq: Table(table) for freq, table in bridges.items()},
            product_split=_by_pairs(cube, span, settings, partial(product_split, held=held)),
            price_volume=_by_pairs(cube, span, settings, partial(price_and_volume, held=held)),
            trend=Table(trailing),
            annualised_trends={name: Table(annualised_trend(cube, n, span.closing)) for name, n in shorter.items()},
            segments={name: Table(table) for name, table in by_segment.items()},
            size_bands=Table(by_size),
            segment_bridges={
                name: Table(bridge_by_segment(cube, found, span.closing, settings.freq or _quarters(cube)))
                for name, found in texts.items()
            },
            mix_rate=stacked(mixes),
            movers={name: Table(table) for name, table in drivers.movers(cube, span, settings.top).items()},
            risk=Table({name: values[: settings.top] for name, values in at_risk.items()}),
            bands=_table(bands.readings(line, settings.scheme)),
            benchmarks=_table(standing(_yearly(line, settings.months), known, sizes(cube, line))),
            outlook=_table(outlook(line["closing"], line["nrr"], line["grr"], trailing["nrr"], settings.months)),
        ),
        triangles=triangles,
        concentration=drivers.concentration(cube, span),
        flags=(
            *flags.rate_flags(line),
            *flags.customer_flag(cube, span, line["nrr"]),
            *flags.segment_flags(by_segment, line),
            *flags.closing_flag(cube, span.closing, as_of),
            *flags.period_flag(cube, span.closing),
            *flags.risk_flag(at_risk["amount"], line["closing"]),
            *flags.method_flag(results, settings.months),
            *(flags.column_flags(cube) if settings.segments is None else ()),
        ),
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


def _table(found: Mapping[str, Any] | Sequence[Mapping[str, Any]]) -> Table:
    """Columns, or rows of one kind, as a table."""
    return Table(found) if isinstance(found, Mapping) else Table.of_rows(found)


def _freq(cube: RevenueCube, settings: Settings) -> str:
    return settings.freq or unit_of(cube.periods.step)


def _two_years(line: Mapping[str, Any], trailing: Mapping[str, Any], cube: RevenueCube) -> tuple[float, float]:
    """NRR now and one year earlier."""
    back = 12 // cube.periods.step
    return line["nrr"], trailing["nrr"][-1 - back] if len(trailing["nrr"]) > back else float("nan")


def _quarters(cube: RevenueCube) -> str:
    return "quarter" if "quarter" in coarser(cube) else "year"


def _by_pairs(cube: RevenueCube, span: Window, settings: Settings, split: Callable[..., Any]) -> dict[str, Table]:
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
            frames[name] = Table({"period": keys[closing], "from": keys[opening], **lines})
    return frames


def _yearly(line: Mapping[str, Any], months: int) -> dict[str, float]:
    """The window's rates as a year's, which is what surveys publish."""
    return {name: annualise(max(line[name], 0.0), months) for name in ("nrr", "grr", "logo_retention")}


def _customers(line: Mapping[str, Any]) -> dict[str, int]:
    """The window's counts under the JSON object's names."""
    return {LINES[count].name: line[count] for count in COUNTS}


def _cohorts(cube: RevenueCube, span: Window, settings: Settings, measure: str) -> Triangle:
    return cohorts(cube, span.closing, measure, settings.cohort_freq, settings.months)
