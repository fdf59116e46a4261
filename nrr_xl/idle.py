"""Options that were given and changed nothing: said, since whoever gave them thinks that they did."""

from __future__ import annotations

from argparse import Namespace
from typing import TYPE_CHECKING

from nrr_xl.options import of_stage, option

if TYPE_CHECKING:
    from nrr_xl.retention.analysis import Analysis

# Options that only subscriptions have a use for.
_SUBSCRIPTIONS = ("start", "end", "term", "interval", "inclusive_end", "mid_month", "amount_per")


def idle(arguments: Namespace, analysis: Analysis) -> list[str]:
    """One line for each option of a command line that changed nothing, and why."""
    cube, rows = analysis.cube, analysis.cube.rows
    codes = {problem.code for problem in cube.problems}
    severities = {problem.severity for problem in cube.problems}
    why: dict[str, str] = {}
    if cube.source.layout != "subscriptions":
        why |= dict.fromkeys(_SUBSCRIPTIONS, f"the rows are {cube.source.layout}, not subscriptions")
    if rows is not None and rows.product is None and cube.policy.level == "product":
        why["level"] = "the rows name no product"
    if "one-time" not in codes:
        why["one_time"] = "no row is of such a type"
    if "gap-filled" not in codes:
        why["grace"] = "no gap is as short"
    if "error" not in severities:
        why["accept_errors"] = "there are no errors"
    if analysis.headline["key"] != "annualised":
        why["annualise_from"] = f"the headline's method is {analysis.headline['key']}"
    given = [each for each in of_stage("read", "analyse") if getattr(arguments, each.name, None) not in (None, False)]
    return [
        f"{each.long} changed nothing: {why[each.name]}."
        for each in given
        if each.name in why and getattr(arguments, each.name) != option(each.name).default
    ]
