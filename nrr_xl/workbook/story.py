"""What the report says in words, from the analysis and its flags: three sentences and the charts' titles."""

from __future__ import annotations

import math

import numpy as np

from nrr_xl.retention.analysis import Analysis
from nrr_xl.workbook.texts import texts

SENTENCES = 3
STEADY = 0.005
WORDS = texts()["story"]


def sentences(analysis: Analysis) -> tuple[str, ...]:
    """The three sentences that matter: the result, then what the flags found, then the largest movement."""
    return (result(analysis), *(flag.message for flag in analysis.flags), *_movers(analysis))[:SENTENCES]


def result(analysis: Analysis) -> str:
    """NRR and GRR of the window in plain words."""
    nrr, grr = analysis.rates["nrr"], analysis.rates["grr"]
    labels = analysis.cube.periods.labels
    opened, closed = labels[analysis.opening], labels[analysis.closing]
    if math.isnan(nrr):
        return WORDS["nobody"].format(opening=opened, closing=closed)
    verdict = "as_much" if abs(nrr - 1) < STEADY / 10 else "more" if nrr >= 1 else "less"
    text = WORDS[verdict].format(opening=opened, closing=closed, change=abs(nrr - 1), nrr=nrr, grr=grr)
    asked = analysis.headline
    if asked["key"] != "point_to_point":
        text += " " + WORDS["undefined_method" if asked["reason"] else "method"].format(**asked)
    return text


def headlines(analysis: Analysis) -> dict[str, str]:
    """The finding that each chart's title states."""
    return {
        "bridge": _bridge(analysis),
        "trend": _trend(analysis),
        "segments": _segments(analysis),
        "cohorts": _cohorts(analysis),
    }


def _bridge(analysis: Analysis) -> str:
    line = analysis.bridge
    gained, lost = line["expansion"], line["contraction"] + line["churn"]
    if not line["opening"]:
        return WORDS["all_new"]
    share, shed = gained / line["opening"], lost / line["opening"]
    return WORDS["outgrows" if gained > lost else "falls_short"].format(gained=share, lost=shed)


def _trend(analysis: Analysis) -> str:
    now, year = analysis.rates["nrr"], 12 // analysis.cube.periods.step
    past = analysis.tables.trend["nrr"]
    if math.isnan(now):
        return WORDS["undefined"]
    if len(past) <= year or math.isnan(past[-1 - year]):
        return WORDS["is"].format(nrr=now)
    change = now - past[-1 - year]
    if abs(change) < STEADY:
        return WORDS["held"].format(nrr=now)
    return WORDS["rose" if change > 0 else "fell"].format(nrr=now, cause=_cause(analysis, change))


def _cause(analysis: Analysis, change: float) -> str:
    """The value of a segment that moved NRR most, where it explains at least half of the change."""
    moved = analysis.tables.mix_rate
    effect = (moved["mix"] + moved["rate"]) / change if len(moved) else np.zeros(0)
    if not np.isfinite(effect).any():
        return ""
    top = int(np.nanargmax(effect))
    if effect[top] < 0.5:
        return ""
    return " " + WORDS["cause"].format(**moved.records()[top])


def _segments(analysis: Analysis) -> str:
    for name, table in analysis.tables.segments.items():
        known = [row for row in table.records(("value", "nrr")) if not math.isnan(row["nrr"])]
        if len(known) > 1:
            best, worst = (choose(known, key=lambda row: row["nrr"]) for choose in (max, min))
            return WORDS["segments"].format(
                segment=name, worst=worst["value"], low=worst["nrr"], best=best["value"], high=best["nrr"]
            )
    return WORDS["no_segments"]


def _cohorts(analysis: Analysis) -> str:
    table = analysis.triangles["revenue"]
    age = table.compared_at
    if not age or math.isnan(table.average[age]):
        return WORDS["no_cohorts"]
    unit = texts()["units" if age > 1 else "unit"][table.freq]
    return WORDS["cohorts"].format(age=age, unit=unit, share=table.average[age])


def _movers(analysis: Analysis) -> list[str]:
    """The largest gain and the largest loss, for a report with few flags."""
    found = []
    for line in ("churn", "expansion"):
        if rows := analysis.tables.movers[line].records():
            first = rows[0]
            found.append(WORDS[f"largest_{line}"].format(customer=first["customer"], share=first["share"]))
    return found
