"""What the JSON object holds beyond design's core: every part of an analysis, and each figure with what it means."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from nrr_xl.metrics import annualise
from nrr_xl.retention import bridge, diligence
from nrr_xl.retention.figures import sheets
from nrr_xl.retention.levers import STARTS, TARGET, scenario, way_to, worth_of_a_point
from nrr_xl.retention.outlook import YEARS
from nrr_xl.retention.reading import asked
from nrr_xl.retention.table import Table

if TYPE_CHECKING:
    from nrr_xl.retention.adjust import Adjusted, Included
    from nrr_xl.retention.analysis import Analysis
    from nrr_xl.retention.survival import Survival
    from nrr_xl.retention.uncertainty import Interval

# Raised when a key changes its meaning or goes; new keys leave it.
VERSION = "2.0"
SCHEMA = "data/analysis.schema.json"


def further(analysis: Analysis) -> dict[str, Any]:
    """The parts of the JSON object beyond the core, undefined as NaN still."""
    tables, cube = analysis.tables, analysis.cube
    renewals, survival = analysis.renewals, analysis.survival
    definition = analysis.definition
    windows = Table(bridge.windows(cube, analysis.months, analysis.closing)).records()
    return {
        "version": VERSION,
        "sheets": sheets(),
        "currency": cube.currency or None,
        "unit": cube.unit,
        "account": {
            name: getattr(cube.account, name)
            for name in ("cells", "used_cells", "left_out_cells", "source_total", "used_total", "left_out_total")
        },
        "reconciliations": tables.reconciliations.records(),
        "sensitivity": tables.sensitivity.records(),
        "outlook": tables.outlook.records(),
        "lifetime_value": analysis.lifetime_value,
        "bridges": {freq: table.records() for freq, table in tables.bridges.items()},
        "annualised_trends": {name: table.records() for name, table in tables.annualised_trends.items()},
        "mix_rate": tables.mix_rate.records(),
        "size_bands": tables.size_bands.records(),
        "product_split": {name: table.records() for name, table in tables.product_split.items()},
        "price_volume": {name: table.records() for name, table in tables.price_volume.items()},
        "benchmarks": tables.benchmarks.records(),
        "bands": tables.bands.records(),
        "definition": None
        if definition is None
        else {
            "name": definition.name,
            "numerator": definition.numerator,
            "denominator": definition.denominator,
            "rate": definition.rate,
            "customers": definition.customers,
            "reason": definition.reason,
            "confirmed": definition.definition.confirmed,
            "filing": definition.definition.filing,
        },
        "adjusted": _adjusted(analysis.adjusted_with_cells()) if analysis.has_adjustments else None,
        "interval": _interval(analysis.interval) if analysis.has_intervals else None,
        "segment_intervals": {
            name: [{"value": value, **_interval(found)} for value, found in values.items()]
            for name, values in (analysis.segment_intervals.items() if analysis.has_intervals else ())
        },
        "unit_economics": analysis.unit_economics,
        "segment_economics": {name: Table(table).records() for name, table in analysis.segment_economics.items()},
        "levers": _levers(analysis) if analysis.bridge["opening"] > 0 and analysis.bridge["closing"] > 0 else None,
        "renewals": None
        if renewals is None
        else {
            "months": Table(renewals.table).records(),
            "calendar": Table(renewals.calendar).records(),
            "total": renewals.total,
            "list": Table(renewals.events).records(),
        },
        "churn": {
            "tenure": Table(analysis.tenure_at_churn).records(),
            "reasons": None if analysis.churn_reasons is None else Table(analysis.churn_reasons).records(),
            "risk_by_segment": {name: Table(table).records() for name, table in analysis.risk_by_segment.items()},
            "risk_back_test": analysis.risk_back_test,
            "score": Table(analysis.score).records(),
            "score_back_test": Table(analysis.score_back_test).records(),
        },
        "reading": asked(analysis),
        "survival": None if survival is None or not analysis.has_intervals else _survival(analysis, survival),
        "windows": windows,
        "segment_bridges": {name: table.records() for name, table in tables.segments.items()},
        "year_ago": next((row for row in windows if row["period"] == _year_ago(analysis)), None),
        "triangles": diligence.triangles(analysis),
        "snowball": diligence.snowball(analysis),
        "top_customers": diligence.top_customers(analysis),
        "vintages": diligence.vintage_table(analysis),
        "segment_trend": {name: diligence.segment_trend(analysis, name) for name in tables.segments},
        "retention_bands": diligence.bands(analysis),
        "lost": diligence.lost(analysis),
    }


def _adjusted(found: Adjusted) -> dict[str, Any]:
    return {
        "reported": found.reported,
        "adjusted": found.adjusted,
        "adjustments": [
            {**asdict(item), "label": item.label, "numerator": item.numerator, "denominator": item.denominator}
            for item in found.adjustments
        ],
        "included": [_included(item) for item in found.included],
    }


def _included(item: Included) -> dict[str, Any]:
    """A decision; of the customers in a line together their number, and no list of their names."""
    made = {**asdict(item), "label": item.label}
    del made["others"]
    return made


def _year_ago(analysis: Analysis) -> str:
    """The period a year before the closing, "" where the rows do not reach so far."""
    at = analysis.closing - 12 // analysis.cube.periods.step
    return analysis.cube.periods.keys[at] if at >= 0 else ""


def _interval(found: Interval) -> dict[str, Any]:
    low, high = found.by_formula
    return {**asdict(found), "formula_low": low, "formula_high": high}


def _survival(analysis: Analysis, found: Survival) -> dict[str, Any]:
    """The model, and by year the share of today's customers still there by it and if logo retention stayed."""
    stays = float(annualise(analysis.rates["logo_retention"], analysis.months))
    shares = [
        {"months": 12 * years, "share": share, "steady": stays**years}
        for years, share in zip(YEARS, found.shares, strict=True)
    ]
    return {**asdict(found), "shares": shares}


def _levers(analysis: Analysis) -> dict[str, Any]:
    """What levers work on, and what the sheet starts with: the scenario, the years ahead and the way to a target."""
    base = analysis.lever_base
    factor = diligence.annual_factor(analysis.cube)
    found = scenario(base, STARTS)
    yearly = {
        name: annualise(max(rate, 0.0), base.months) for name, rate in (("today", base.nrr), ("then", found["nrr"]))
    }
    worth = worth_of_a_point(base)["amount"]
    return {
        **asdict(base),
        "nrr": base.nrr,
        "inputs": STARTS,
        "points": {key: 100 * found[key] for key in STARTS},
        "scenario": {key: found[key] for key in ("nrr", "grr")},
        "ahead": [
            {
                "months": 12 * years,
                **{name: factor * base.closing * rate**years for name, rate in yearly.items()},
                "one_point": factor * float(worth[at]),
            }
            for at, years in enumerate(YEARS)
        ],
        "way": {"target": TARGET, **way_to(base, TARGET)},
    }
