"""Which layers of a report are live formulas, and which are values since recalculating them would take too long."""

from __future__ import annotations

from nrr_xl.retention.analysis import Analysis


def layers(analysis: Analysis, values: bool) -> tuple[dict[str, bool], list[str]]:
    """Whether each layer is live, and what to say about those that are not."""
    names = ("customers", "bridge", "trend", "cohorts", "segments", "methods")
    return dict.fromkeys(names, not values), []
