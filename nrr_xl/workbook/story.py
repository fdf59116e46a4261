"""What the report says in words, from the analysis and its flags: three sentences and the charts' titles."""

from __future__ import annotations

import math

from nrr_xl.retention.analysis import Analysis

SENTENCES = 3
STEADY = 0.005


def sentences(analysis: Analysis) -> tuple[str, ...]:
    """The three sentences that matter: the result, then what the flags found, then the largest movement."""
    return (result(analysis), *(flag.message for flag in analysis.flags), *_movers(analysis))[:SENTENCES]


def result(analysis: Analysis) -> str:
    """NRR and GRR of the window in plain words."""
    nrr, grr = analysis.rates["nrr"], analysis.rates["grr"]
    labels = analysis.cube.periods.labels
    opened, closed = labels[analysis.opening], labels[analysis.closing]
    if math.isnan(nrr):
        return f"Nobody had an amount in {opened}, so retention up to {closed} is undefined."
    change = f"{abs(nrr - 1):.1%} {'more' if nrr >= 1 else 'less'}" if abs(nrr - 1) >= STEADY / 10 else "as much"
    text = f"The customers of {opened} pay {change} in {closed}: NRR {nrr:.1%}, GRR {grr:.1%}."
    asked = analysis.headline
    if asked["key"] != "point_to_point":
        text += f" {asked['label']}: {asked['rate']:.1%}." if not asked["reason"] else f" {asked['label']}: undefined."
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
        return "Everything at the closing was won in the window"
    share, shed = gained / line["opening"], lost / line["opening"]
    verb = "outgrows" if gained > lost else "falls short of"
    return f"Expansion of {share:.1%} {verb} losses of {shed:.1%}"


def _trend(analysis: Analysis) -> str:
    now, year = analysis.rates["nrr"], 12 // analysis.cube.periods.step
    past = analysis.trend["nrr"]
    if math.isnan(now):
        return "NRR is undefined"
    if len(past) <= year or math.isnan(past.iloc[-1 - year]):
        return f"NRR is {now:.1%}"
    change = now - past.iloc[-1 - year]
    if abs(change) < STEADY:
        return f"NRR held at {now:.1%}"
    return f"NRR {'rose' if change > 0 else 'fell'} to {now:.1%}{_cause(analysis, change)}"


def _cause(analysis: Analysis, change: float) -> str:
    """The value of a segment that moved NRR most, where it explains at least half of the change."""
    moved = analysis.mix_rate
    if moved.empty:
        return ""
    effect = (moved["mix"] + moved["rate"]) / change
    top = effect.idxmax()
    if effect[top] < 0.5:
        return ""
    row = moved.loc[top]
    return f" as {row['value']} went from {row['nrr_before']:.0%} to {row['nrr']:.0%}"


def _segments(analysis: Analysis) -> str:
    for name, frame in analysis.segments.items():
        known = frame.dropna(subset="nrr")
        if len(known) > 1:
            best, worst = known.loc[known["nrr"].idxmax()], known.loc[known["nrr"].idxmin()]
            return (
                f"By {name}, NRR runs from {worst['nrr']:.0%} ({worst['value']}) to {best['nrr']:.0%} ({best['value']})"
            )
    return "NRR and GRR by segment"


def _cohorts(analysis: Analysis) -> str:
    table = analysis.cohorts["revenue"]
    age = table.compared_at
    if not age or math.isnan(table.average[age]):
        return "What cohorts keep as they age"
    after = f"{age} {table.freq}{'s' if age > 1 else ''}"
    return f"{after} after their start, cohorts pay {table.average[age]:.0%} of what they began with"


def _movers(analysis: Analysis) -> list[str]:
    """The largest gain and the largest loss, for a report with few flags."""
    found = []
    for line, words in (("churn", "The largest loss is"), ("expansion", "The largest expansion is")):
        frame = analysis.movers[line]
        if len(frame):
            first = frame.iloc[0]
            found.append(f"{words} {first['customer']}: {first['share']:.0%} of all {line}.")
    return found
