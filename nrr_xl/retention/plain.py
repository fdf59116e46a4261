"""An analysis as plain data, in the shape of the JSON object that `nrr-xl analyse --json` prints."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from nrr_xl.retention.figures import absent, figures
from nrr_xl.retention.lines import BRIDGE_LINES
from nrr_xl.retention.whole import further

if TYPE_CHECKING:
    from nrr_xl.retention.analysis import Analysis
    from nrr_xl.retention.checks import Check
    from nrr_xl.retention.compare import Comparison
    from nrr_xl.retention.settings import Settings

RATE_KEYS = ("nrr", "grr", "logo_retention")
SEGMENT_KEYS = ("value", "opening", "expansion", "contraction", "churn", "closing", *RATE_KEYS)
MOVER_KEYS = ("expansion", "contraction", "churn", "new")
CONCENTRATION_KEYS = (
    *("top_1", "top_5", "top_10", "hhi"),
    *("nrr_without_top_1", "nrr_without_top_5", "nrr_without_top_10"),
)
RISK_KEYS = ("customer", "amount", "periods_declining", "change")


def to_dict(analysis: Analysis) -> dict[str, Any]:
    """The analysis as texts, numbers, lists and dicts: undefined is None, periods are "YYYY-MM"."""
    tables = analysis.tables
    found: dict[str, Any] = {
        "source": analysis.cube.source.to_dict(),
        "opening_period": analysis.opening_period,
        "closing_period": analysis.closing_period,
        "months": analysis.months,
        "method": analysis.settings.method,
        "headline": analysis.headline,
        "settings": _settings(analysis.settings, analysis.closing_period),
        "bridge": analysis.bridge,
        "rates": analysis.rates,
        "customers": analysis.customers,
        "methods": {
            row["key"]: {name: row[name] for name in ("numerator", "denominator", "rate")}
            for row in tables.methods.records()
        },
        "periods": tables.bridges[analysis.freq].records(("period", *BRIDGE_LINES, *RATE_KEYS)),
        "trend": tables.trend.records(("period", *RATE_KEYS)),
        "segments": {name: frame.records(SEGMENT_KEYS) for name, frame in tables.segments.items()},
        "cohorts": {
            measure: {cohort: _reached(shares) for cohort, shares in zip(table.cohorts, table.shares, strict=True)}
            for measure, table in analysis.triangles.items()
        },
        "movers": {line: tables.movers[line].records() for line in MOVER_KEYS},
        "concentration": {key: analysis.concentration[key] for key in CONCENTRATION_KEYS},
        "risk": tables.risk.records(RISK_KEYS),
        "flags": [{"code": flag.code, "message": flag.message} for flag in analysis.flags],
        "problems": [problem.to_dict() for problem in analysis.cube.problems],
        "checks": _checks(analysis.checks),
        **further(analysis),
    }
    yearly = "ARR" if analysis.cube.unit in ("MRR", "ARR") else f"annualised {analysis.cube.unit}"
    money = {"money": analysis.cube.unit, "yearly": yearly}
    called = {row["key"]: row["label"] for row in tables.methods.records()}
    named = {key: f"{analysis.cube.currency} {name}".strip() for key, name in money.items()}
    found["figures"] = figures(found, named, (analysis.opening_period, analysis.closing_period), called)
    found["absent"] = absent(found)
    whole: dict[str, Any] = plain(found)
    return whole


def _settings(settings: Settings, closing: str) -> dict[str, Any]:
    """The options of the analysis, the closing as it was found; of benchmarks given as rows, their number."""
    own = settings.benchmarks
    told = own if own is None or isinstance(own, str) else f"{len(own)} rows" if isinstance(own, Sequence) else str(own)
    held = {name: getattr(settings, name) for name in settings.__dataclass_fields__}
    return held | {"as_of": closing, "benchmarks": told}


def _checks(checks: Iterable[Check]) -> list[dict[str, Any]]:
    return [{"name": check.name, "difference": check.difference, "passed": check.passed} for check in checks]


def plain(value: Any) -> Any:
    """Numbers, texts, lists and dicts only, as JSON wants them."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not np.isfinite(value):
        return None
    return value


def _reached(shares: np.ndarray) -> list[float]:
    """A cohort's shares up to the last age that it has reached."""
    known = np.flatnonzero(~np.isnan(shares))
    return shares[: known[-1] + 1].tolist() if known.size else []


def comparison_to_dict(found: Comparison) -> dict[str, Any]:
    """A comparison as plain data: rates and their changes are fractions, losses positive, undefined is None."""
    made: dict[str, Any] = plain(
        {
            **{
                side: {
                    "name": reading.name,
                    "opening_period": reading.cube.periods.keys[reading.span.opening],
                    "closing_period": reading.cube.periods.keys[reading.span.closing],
                    "months": reading.span.months,
                    "unit": reading.cube.unit,
                    "currency": reading.cube.currency,
                    "customers": len(reading.cube.customers),
                    "options": dict(reading.choices),
                    **{rate: values[at] for rate, values in found.rates.items()},
                }
                for at, (side, reading) in enumerate((("old", found.old), ("new", found.new)))
            },
            "notes": list(found.notes),
            "causes": found.causes.to_dict("records"),
            "bridge": found.lines.to_dict("records"),
            "segments": {name: frame.to_dict("records") for name, frame in found.segments.items()},
            "renamed": [
                {"from": rename.name, "to": rename.to, "reason": rename.reason, "exact": rename.exact}
                for rename in found.renamed
            ],
            "changes": found.changes.to_dict("records"),
            "checks": _checks(found.checks),
        }
    )
    return made
