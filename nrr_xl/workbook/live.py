"""Which layers of a report are live formulas, and which are values since recalculating them would take too long."""

from __future__ import annotations

from nrr_xl.retention.analysis import Analysis
from nrr_xl.retention.diligence import shown_triangles
from nrr_xl.workbook.sheets import bridge, segments
from nrr_xl.workbook.texts import texts

# What LibreOffice 25.2 needs on one core of a small server, in microseconds for each customer
# (benchmarks/bench_report.py measures it).
PERIOD_OF_CUSTOMER, CUSTOMER = 0.02, 1.0
BRIDGE_COLUMN, TREND_ROW, COHORT_CELL, SEGMENT_CELL = 2.6, 2.2, 0.17, 0.4
SECONDS = 2.5
WORDS = texts()["live"]


def costs(analysis: Analysis) -> dict[str, float]:
    """The seconds that recalculating each layer takes, the layers that matter most first."""
    cube = analysis.cube
    triangle = shown_triangles(analysis)[0].shares
    figures = len(bridge.lines_of(analysis)) + len(segments.COUNTS)
    per_customer = {
        "customers": CUSTOMER + PERIOD_OF_CUSTOMER * len(cube.periods),
        "segments": SEGMENT_CELL * figures * sum(len(table) for table in analysis.tables.segments.values()),
        "trend": TREND_ROW * len(analysis.tables.trend),
        "cohorts": COHORT_CELL * 2 * triangle.shape[0] * (triangle.shape[1] + 1) / 2,
        "bridge": BRIDGE_COLUMN * len(bridge.spans(analysis)),
    }
    return {layer: cost * len(cube.customers) / 1e6 for layer, cost in per_customer.items()}


def layers(analysis: Analysis, values: bool, rows: int = 0) -> tuple[dict[str, bool], list[tuple[str, str]]]:
    """Whether each layer is live, and what to say on Definitions about those that are not.

    `rows` is how many rows Customers has where they are fewer than the customers, else 0.
    """
    found = costs(analysis)
    if values:
        return dict.fromkeys([*found, "methods", "checks"], False), [(WORDS["values"], WORDS["not_asked"])]
    if rows:
        # A row of many customers holds for one window alone.
        told = WORDS["summed_up"].format(customers=len(analysis.cube.customers), rows=rows)
        return dict.fromkeys([*found, "methods"], False) | {"checks": True}, [(WORDS["values"], told)]
    if analysis.cube.fx:
        return dict.fromkeys([*found, "methods"], False) | {"checks": True}, [(WORDS["values"], WORDS["dated_rates"])]
    live, left = {"methods": True, "checks": True}, SECONDS
    for layer, cost in found.items():
        # What the Summary stands on is always live.
        live[layer] = cost <= left or layer == "customers"
        left -= cost if live[layer] else 0.0
    # The methods stand on the single periods and on the past windows.
    live["methods"] = live["bridge"] and live["trend"]
    fixed = [name for layer, name in texts()["sheets"].items() if not live.get(layer, True)]
    if not fixed:
        return live, [(WORDS["live"], WORDS["all_live"])]
    note = WORDS["too_large"].format(
        sheets=", ".join(fixed),
        customers=len(analysis.cube.customers),
        periods=len(analysis.cube.periods),
        seconds=SECONDS,
    )
    return live, [(WORDS["values"], note), (WORDS["live"], WORDS["rest_live"])]
