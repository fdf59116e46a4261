"""What a diligence asks for beside the bridge: vintages, size and tenure bands, the largest customers, yearly terms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from nrr_xl.metrics import REMAINS, annualise, left_of, ratio
from nrr_xl.periods import FREQUENCIES, iso_month, period_end
from nrr_xl.records import struct
from nrr_xl.retention.bridge import rates
from nrr_xl.retention.cohorts import MEASURES, Triangle, cohorts
from nrr_xl.retention.lines import BRIDGE_LINES, COUNTS, LOSSES, MOVEMENTS, classify
from nrr_xl.retention.movements import at_both_ends, movements
from nrr_xl.retention.windows import coarser, period_ends, unit_of

if TYPE_CHECKING:
    from nrr_xl.retention.analysis import Analysis
    from nrr_xl.revenue.cube.build import RevenueCube

Array = np.ndarray[Any, Any]
# Lower limits of the bands: a year's amount in the currency, and months since the first amount.
SIZES = (0.0, 10_000.0, 25_000.0, 50_000.0, 100_000.0, 250_000.0, 1_000_000.0)
TENURES = (0.0, 12.0, 24.0, 36.0, 60.0)
LARGEST = 20
TOPS = (1, 5, 10, 20)
# Finer cohorts than so many are joined to quarters, then to years, so that a page can be read.
MOST_VINTAGES = 12
# So many columns of periods can be read across a page.
MOST_PERIODS, MOST_ENDS = 12, 8
# Beyond so many months a triangle by month says less than one by quarter.
MONTHLY = 18
# So many lost customers are printed, and listed in the JSON object.
LOST_LINES, LISTED_LOSSES = tuple(line for line in MOVEMENTS[::-1] if line in LOSSES), 200


def annual_factor(cube: RevenueCube) -> float:
    """By what an amount is multiplied to be a year's: amounts cover their period unless they are called ARR."""
    return 1.0 if cube.unit == "ARR" else 12 / cube.periods.step


def first_positions(amounts: Array) -> Array:
    """Each customer's first period with an amount, counted from 1; 0 where there is none.

    >>> first_positions(np.array([[0.0, 5.0], [0.0, 0.0], [1.0, 0.0]])).tolist()
    [2, 0, 1]
    """
    active = amounts > 0
    return np.where(active.any(axis=1), active.argmax(axis=1) + 1, 0)


@struct(eq=False)
class Vintage:
    """Customers whose first amount came after position `after` up to `to` (from 1), measured from period end `base`.

    `end` is the month number in which their period (of a `freq`) ends, None of those who were there from the rows'
    first period on. `amounts` and `kept` are their amounts at each end from the base on, the latter without any growth
    over the start.
    """

    freq: str
    end: int | None
    after: int
    to: int
    base: int
    amounts: Array
    kept: Array


def vintages(analysis: Analysis) -> tuple[list[Vintage], list[int], str]:
    """The cohorts that hold someone, the positions of all period ends (from 1), and their frequency."""
    cube = analysis.cube
    names = coarser(cube)
    freq = next((name for name in names if len(period_ends(cube, analysis.closing, name)) <= MOST_VINTAGES), names[-1])
    ends = [int(at) + 1 for at in period_ends(cube, analysis.closing, freq)]
    first, axis = first_positions(cube.amounts), cube.periods
    # Who was there from the first period on came at a time that the rows do not know: a cohort apart.
    edges: list[tuple[int | None, int, int, int]] = [(None, 0, 1, 0)]
    for number, end in enumerate(ends):
        whole = period_end(axis.ends[end - 1], FREQUENCIES[freq], axis.fiscal_year_end)
        edges.append((whole, max(ends[number - 1] if number else 0, 1), end, number))
    found = []
    for whole_end, after, to, number in edges:
        mine = (first > after) & (first <= to)
        if after < to and mine.any():
            amounts = cube.amounts[mine][:, [end - 1 for end in ends[number:]]]
            kept = np.minimum(amounts, amounts[:, :1])
            found.append(Vintage(freq, whole_end, after, to, ends[number], amounts.sum(axis=0), kept.sum(axis=0)))
    return found, ends, freq


def vintage_table(analysis: Analysis) -> dict[str, Any]:
    """Of each vintage and age: `cohort` ("YYYY-MM", "" of unknown age), `age`, `amount`, and shares `net`, `gross`."""
    found, _, freq = vintages(analysis)
    rows = []
    for each in found:
        name = "" if each.end is None else iso_month(each.end)
        for age, (amount, kept) in enumerate(zip(each.amounts.tolist(), each.kept.tolist(), strict=True)):
            shares = {"net": ratio(amount, each.amounts[0]), "gross": ratio(kept, each.amounts[0])}
            rows.append({"cohort": name, "age": age, "amount": amount, **shares})
    return {"freq": freq, "rows": rows}


def banded(before: Array, after: Array, measure: Array, limits: Sequence[float]) -> list[dict[str, float]]:
    """Retention by bands of a measure of the opening customers: one belongs where `over` < measure <= `up_to`.

    The first band has no lower end, the last no upper one (`up_to` is infinite). Each has `openers`, `stayed`,
    `opening`, `retained`, `kept`, the rates of REMAINS and its `share` of the opening.

    >>> found = banded(np.array([10.0, 30.0]), np.array([15.0, 0.0]), np.array([10.0, 30.0]), (0.0, 20.0))
    >>> [(band["opening"], band["nrr"]) for band in found]
    [(10.0, 1.5), (30.0, 0.0)]
    """
    found = []
    for at, low in enumerate(limits):
        high = limits[at + 1] if at + 1 < len(limits) else np.inf
        inside = (measure > (low if at else -np.inf)) & (measure <= high) & (before > 0)
        sums = remaining(before[inside], after[inside])
        rates = {rate: float(ratio(sums[left], sums[base])) for rate, (left, base) in REMAINS.items()}
        found.append(
            {"over": low, "up_to": high, **sums, **rates, "share": float(ratio(sums["opening"], before.sum()))}
        )
    return found


def remaining(before: Array, after: Array) -> dict[str, float]:
    """What is left of opening customers: `openers`, `stayed`, `opening`, `retained`, `kept`."""
    return {
        "openers": float(len(before)),
        "stayed": float((after > 0).sum()),
        "opening": float(before.sum()),
        "retained": float(after.sum()),
        "kept": float(np.minimum(before, after).sum()),
    }


def bands(analysis: Analysis) -> dict[str, list[dict[str, float]]]:
    """`size` and `tenure` bands of the window's opening customers, by SIZES and TENURES."""
    cube = analysis.cube
    before, after, _ = at_both_ends(cube, analysis.opening, analysis.closing)
    tenure = (analysis.opening + 1 - first_positions(cube.amounts)) * cube.periods.step
    return {
        "size": banded(before, after, annual_factor(cube) * before, SIZES),
        "tenure": banded(before, after, tenure.astype(float), TENURES),
    }


def listed_customers(analysis: Analysis) -> Array:
    """The positions of the LARGEST customers at the closing, the largest first."""
    at_closing = analysis.cube.amounts[:, analysis.closing]
    found: Array = np.lexsort((np.arange(len(at_closing)), -at_closing))[:LARGEST]
    return found[at_closing[found] > 0]


def shown_ends(analysis: Analysis) -> list[int]:
    """The positions of the last quarter ends (or year ends), the closing last."""
    cube = analysis.cube
    freq = "quarter" if "quarter" in coarser(cube) else "year"
    return [int(at) for at in period_ends(cube, analysis.closing, freq)[-MOST_ENDS:]]


def concentration_at(amounts: Array) -> dict[str, float]:
    """`top_1` to `top_20`: what share the largest customers have; `hhi`, the Herfindahl index. NaN without amounts."""
    ordered, total = np.sort(amounts)[::-1], amounts.sum()
    found = {f"top_{count}": float(ratio(ordered[:count].sum(), total)) for count in TOPS}
    return found | {"hhi": float(ratio((amounts**2).sum(), total**2))}


def top_customers(analysis: Analysis) -> dict[str, Any]:
    """`customers`: the largest with `since`, `tenure`, `share`, `running` (shares so far) and each end's yearly amount;
    `concentration` at each end."""
    cube, keys, factor = analysis.cube, analysis.cube.periods.keys, annual_factor(analysis.cube)
    ends, at_closing = shown_ends(analysis), cube.amounts[:, analysis.closing]
    first, running, listed = first_positions(cube.amounts), 0.0, []
    for at in listed_customers(analysis).tolist():
        share = float(at_closing[at]) / float(at_closing.sum())
        running += share
        since = {"since": keys[first[at] - 1], "tenure": (analysis.closing + 1 - first[at]) * cube.periods.step}
        amounts = {keys[end]: factor * float(cube.amounts[at, end]) for end in ends}
        listed.append({"customer": cube.customers[at], **since, "share": share, "running": running, "amounts": amounts})
    told = [{"period": keys[end], **concentration_at(cube.amounts[:, end])} for end in ends]
    return {"customers": listed, "concentration": told}


def segment_ends(analysis: Analysis) -> list[int]:
    """The last of `shown_ends` at which a window of the analysis' length closes."""
    cube, back = analysis.cube, analysis.closing - analysis.opening
    freq = "quarter" if "quarter" in coarser(cube) else "year"
    held = cube.amounts.sum(axis=0)
    ends = period_ends(cube, analysis.closing, freq)
    return [int(at) for at in ends if at >= back and held[at - back] > 0][-MOST_ENDS:]


def segment_trend(analysis: Analysis, name: str) -> list[dict[str, Any]]:
    """NRR and GRR of each value of a segment at each of `segment_ends`: `value`, `period`, amounts and rates."""
    cube, keys = analysis.cube, analysis.cube.periods.keys
    segment, back, ends = cube.segments[name], analysis.closing - analysis.opening, segment_ends(analysis)
    if not ends:
        return []
    flows = movements(cube, [at - back for at in ends], ends, segment)
    lost = flows.contraction, flows.churn
    kept, retained = left_of(flows.opening, *lost), left_of(flows.opening, *lost, flows.expansion)
    amounts = {"opening": flows.opening, "kept": kept, "retained": retained}
    rows = []
    for value in np.flatnonzero(flows.opening.sum(axis=0) > 0).tolist():
        for place, at in enumerate(ends):
            sums = {part: float(found[place, value]) for part, found in amounts.items()}
            rates = {rate: float(ratio(*(sums[part] for part in REMAINS[rate]))) for rate in ("nrr", "grr")}
            rows.append({"value": segment.values[value], "period": keys[at], "from": keys[at - back], **sums, **rates})
    return rows


def snowball(analysis: Analysis) -> dict[str, list[dict[str, Any]]]:
    """By quarter and year, the last MOST_PERIODS: the bridge in a year's terms, the amount of a customer, NRR of a
    quarter stretched to a year, and NRR and GRR over the last twelve months."""
    factor = annual_factor(analysis.cube)
    found: dict[str, list[dict[str, Any]]] = {}
    for freq in ("quarter", "year"):
        table = analysis.tables.bridges.get(freq)
        for record in [] if table is None else table.records()[-MOST_PERIODS:]:
            amounts = {line: factor * record[line] for line in BRIDGE_LINES}
            counts = {count: record[count] for count in COUNTS}
            told = {"per_customer": float(ratio(amounts["closing"], float(counts["closers"])))}
            told |= {rate: record[rate] for rate in ("nrr", "grr", "logo_retention")}
            if freq == "quarter":
                told["nrr_annualised"] = float(annualise(max(record["nrr"], 0.0), FREQUENCIES["quarter"]))
                told |= _last_year(analysis, record["period"])
            row = {"period": record["period"], "from": record["from"], **amounts, **counts, **told}
            found.setdefault(freq, []).append(row)
    return found


def _last_year(analysis: Analysis, period: str) -> dict[str, float]:
    """`ltm_nrr` and `ltm_grr`: NRR and GRR over the twelve months up to a period; NaN where the rows do not reach."""
    at, back = analysis.cube.periods.keys.index(period), 12 // analysis.cube.periods.step
    if at < back:
        return dict.fromkeys(("ltm_nrr", "ltm_grr"), float("nan"))
    year = movements(analysis.cube, [at - back], [at])
    found = rates(year)
    return {f"ltm_{rate}": float(found[rate][0, 0]) for rate in ("nrr", "grr")}


def lost_customers(analysis: Analysis) -> Array:
    """The positions of customers that churned or contracted in the window: churn first, the largest loss first."""
    before, after, known = at_both_ends(analysis.cube, analysis.opening, analysis.closing)
    line = classify(before, after, known)
    rows = np.flatnonzero(np.isin(line, LOST_LINES))
    found: Array = rows[np.lexsort(((after - before)[rows], line[rows] != "churn"))]
    return found


def last_paid(amounts: Array, opening: int, closing: int) -> int:
    """The position of the last period of a window in which a customer, there at its opening, had an amount."""
    return int(opening + np.flatnonzero(amounts[opening : closing + 1] > 0)[-1])


def lost(analysis: Analysis) -> dict[str, Any]:
    """The first LISTED_LOSSES `customers` that churned or contracted, each with its line, tenure, amounts and share of
    the opening, and the `total` of all."""
    cube, opening = analysis.cube, analysis.opening
    before, after, _ = at_both_ends(cube, opening, analysis.closing)
    rows, first, base = lost_customers(analysis), first_positions(cube.amounts), cube.units.total(before)

    def told(ends: tuple[float, float]) -> dict[str, float]:
        gone = float(cube.units.amounts(cube.units.whole(ends[0] - ends[1])))
        return {"opening": ends[0], "closing": ends[1], "lost": gone, "share": float(ratio(gone, base))}

    listed = []
    for at in rows[:LISTED_LOSSES].tolist():
        tenure = (last_paid(cube.amounts[at], opening, analysis.closing) + 2 - first[at]) * cube.periods.step
        line = "contraction" if after[at] > 0 else "churn"
        ends = float(before[at]), float(after[at])
        listed.append({"customer": cube.customers[at], "line": line, "tenure": int(tenure), **told(ends)})
    return {"customers": listed, "total": told((cube.units.total(before[rows]), cube.units.total(after[rows])))}


def triangles(analysis: Analysis) -> dict[str, Any]:
    """The cohort tables that a page shows: by measure their `freq`, `shares` of each cohort and age, and averages."""
    found: dict[str, Any] = {}
    for table in shown_triangles(analysis):
        ages = [
            {"cohort": cohort, "age": age, "share": share, "amount": table.totals[row, age]}
            for row, cohort in enumerate(table.cohorts)
            for age, share in enumerate(table.shares[row].tolist())
            if share == share
        ]
        average = [{"age": age, "share": share} for age, share in enumerate(table.average.tolist()) if share == share]
        found[table.measure] = {"freq": table.freq, "rows": ages, "average": average}
    return found


def shown_triangles(analysis: Analysis, begin: int = 0) -> list[Triangle]:
    """The triangles of revenue and logos; by quarter where nothing else was asked and there are many months."""
    cube, asked = analysis.cube, analysis.settings.cohort_freq
    freq = asked or unit_of(cube.periods.step)
    if not asked and freq == "month" and analysis.closing >= MONTHLY:
        freq = "quarter"
    return [cohorts(cube, analysis.closing, measure, freq, analysis.months, begin) for measure in MEASURES]
