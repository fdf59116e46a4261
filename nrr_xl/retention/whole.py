"""What the JSON object holds beyond design's core: every part of an analysis, and each figure with what it means."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from nrr_xl.metrics import METRICS, RATES
from nrr_xl.retention.economics import FIGURES
from nrr_xl.retention.levers import worth_of_a_point
from nrr_xl.retention.lines import BRIDGE_LINES, COUNTS, LINES
from nrr_xl.retention.reading import asked
from nrr_xl.retention.table import Table

if TYPE_CHECKING:
    from nrr_xl.retention.analysis import Analysis

# Raised when a key changes its meaning or goes; new keys leave it.
VERSION = "1.0"
SCHEMA = "data/analysis.schema.json"
UNITS = {"rate": "fraction", "multiple": "multiple", "months": "months", "count": "customers"}
# The sheet of the workbook that shows each part.
SHEETS = {
    "bridge": "Summary",
    "rates": "Summary",
    "customers": "Summary",
    "headline": "Summary",
    "methods": "Methods",
    "reconciliations": "Methods",
    "sensitivity": "Methods",
    "periods": "Bridge",
    "trend": "Trend",
    "outlook": "Trend",
    "segments": "Segments",
    "size_bands": "Segments",
    "mix_rate": "Segments",
    "product_split": "Segments",
    "price_volume": "Segments",
    "cohorts": "Cohorts",
    "movers": "Movers",
    "concentration": "Movers",
    "risk": "Movers",
    "flags": "Movers",
    "benchmarks": "Benchmarks",
    "bands": "Summary",
    "problems": "Data quality",
    "account": "Data quality",
    "checks": "Checks",
    "reading": "Reading guide",
    "churn": "Churn",
    "adjusted": "Adjusted NRR",
    "renewals": "Renewals",
    "interval": "Certainty",
    "segment_intervals": "Certainty",
    "survival": "Certainty",
    "levers": "Levers",
    "unit_economics": "Unit economics",
    "segment_economics": "Unit economics",
    "lifetime_value": "Unit economics",
}


def further(analysis: Analysis) -> dict[str, Any]:
    """The parts of the JSON object beyond the core, undefined as NaN still."""
    tables, cube = analysis.tables, analysis.cube
    renewals, survival = analysis.renewals, analysis.survival
    base = analysis.lever_base
    definition = analysis.definition
    adjusted = analysis.adjusted
    return {
        "version": VERSION,
        "figures": figures(analysis),
        "sheets": SHEETS,
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
        "adjusted": {
            "reported": adjusted.reported,
            "adjusted": adjusted.adjusted,
            "adjustments": [
                {**asdict(item), "label": item.label, "numerator": item.numerator, "denominator": item.denominator}
                for item in adjusted.adjustments
            ],
            "included": [{**asdict(item), "label": item.label} for item in adjusted.included],
        },
        "interval": asdict(analysis.interval),
        "segment_intervals": {
            name: [{"value": value, **asdict(found)} for value, found in values.items()]
            for name, values in analysis.segment_intervals.items()
        },
        "unit_economics": analysis.unit_economics,
        "segment_economics": {name: Table(table).records() for name, table in analysis.segment_economics.items()},
        "levers": {**asdict(base), "nrr": base.nrr, "one_point": Table(worth_of_a_point(base)).records()},
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
        "survival": None if survival is None else asdict(survival),
    }


def figures(analysis: Analysis) -> list[dict[str, Any]]:
    """The figures of the window one by one: key, label, value, unit, period, sheet."""
    period = f"{analysis.opening_period} to {analysis.closing_period}"
    money = f"{analysis.cube.currency} {analysis.cube.unit}".strip()
    ends = {"opening": analysis.opening_period, "closing": analysis.closing_period}
    ends |= {"openers": analysis.opening_period, "closers": analysis.closing_period}

    def told(key: str, label: str, value: Any, unit: str, sheet: str, when: str = period) -> dict[str, Any]:
        return {"key": key, "label": label, "value": value, "unit": unit, "period": when, "sheet": sheet}

    found = [
        told(f"bridge.{key}", LINES[key].label, analysis.bridge[key], money, SHEETS["bridge"], ends.get(key, period))
        for key in BRIDGE_LINES
    ]
    found += [
        told(
            f"customers.{LINES[key].name}",
            LINES[key].label,
            analysis.customers[LINES[key].name],
            UNITS["count"],
            SHEETS["customers"],
            ends.get(key, period),
        )
        for key in COUNTS
    ]
    found += [
        told(f"rates.{key}", rate.label, analysis.rates[key], UNITS[rate.kind], SHEETS["rates"])
        for key, rate in RATES.items()
    ]
    head = analysis.headline
    found.append(told("headline", head["label"], head["rate"], UNITS["rate"], SHEETS["headline"]))
    for key in FIGURES:
        metric = METRICS.get(key)
        label = metric.label if metric else "Monthly amount of a new customer"
        unit = UNITS.get(metric.kind, money) if metric else money
        found.append(told(f"unit_economics.{key}", label, analysis.unit_economics[key], unit, SHEETS["unit_economics"]))
    span = analysis.interval
    for key, label, value in (("low", "NRR, low end", span.low), ("high", "NRR, high end", span.high)):
        found.append(
            told(
                f"interval.{key}", f"{label} of the {span.level:.0%} interval", value, UNITS["rate"], SHEETS["interval"]
            )
        )
    found.append(told("adjusted", "Adjusted NRR", analysis.adjusted.adjusted, UNITS["rate"], SHEETS["adjusted"]))
    return found
