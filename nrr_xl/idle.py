"""Options that were given and changed nothing: said, since whoever gave them thinks that they did."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nrr_xl.errors import NrrError
from nrr_xl.options import Option, of_stage, option

if TYPE_CHECKING:
    from nrr_xl.retention.analysis import Analysis
    from nrr_xl.revenue.cube.build import RevenueCube

# Options that only subscriptions have a use for.
_SUBSCRIPTIONS = ("start", "end", "term", "interval", "inclusive_end", "mid_month", "amount_per")
# These hold a choice fast against what a later day or sheet would have it be: to change nothing now is their purpose.
PINS = ("as_of", "today")
# Sources of so many rows are read again without an option to see what it does.
ROWS_LOOKED_AT_TWICE = 20_000


def idle(arguments: Namespace, analysis: Analysis) -> list[str]:
    """One line for each option of a command line that had nothing to act on, and why."""
    why = _reasons(analysis)
    return [f"{each.long} changed nothing: {why[each.name]}." for each in _given(arguments) if each.name in why]


def unchanged(
    arguments: Namespace, analysis: Analysis, again: Callable[[Namespace], Analysis], most: int = ROWS_LOOKED_AT_TWICE
) -> list[str]:
    """The options, by their names on the command line, without which everything would be as it is.

    They are found by leaving each out in turn, where the source can be read once more and is not large. What merely
    confirms a choice that would be made anyway is among them.
    """
    rows = analysis.cube.rows
    if rows is None or len(rows) > most or not Path(arguments.input).is_file():
        return []
    known = _reasons(analysis)
    asked = [each for each in _given(arguments) if each.name not in known and each.name not in PINS]
    before = _everything(analysis) if asked else ()  # costs as much as the analysis
    found = []
    for each in asked:
        try:
            after = again(Namespace(**vars(arguments) | {each.name: None}))
        except NrrError:
            continue
        if _everything(after) == before:
            found.append(each.long)
    return found


def _given(arguments: Namespace) -> list[Option]:
    """The options of reading and analysis that were given, but to say what holds anyway."""
    held = vars(arguments)
    stages = of_stage("read", "analyse")
    return [each for each in stages if held.get(each.name) not in (None, option(each.name).default)]


def _reasons(analysis: Analysis) -> dict[str, str]:
    """Why an option has nothing to act on, by the option's keyword."""
    cube, rows = analysis.cube, analysis.cube.rows
    codes = {problem.code for problem in cube.problems}
    severities = {problem.severity for problem in cube.problems}
    why: dict[str, str] = {}
    if cube.source.layout != "subscriptions":
        why |= dict.fromkeys(_SUBSCRIPTIONS, f"the rows are {cube.source.layout}, not subscriptions")
    if rows is not None and rows.product is None and cube.policy.level == "product":
        why["level"] = "the rows name no product"
    for name in ("quantity", "usage") if rows is not None else ():
        if (found := getattr(rows, name)) is None or (found != found).all():
            why[name] = _of_no_period(cube, found is not None)
    if "one-time" not in codes:
        why["one_time"] = "no row is of such a type"
    if "gap-filled" not in codes:
        why["grace"] = "no gap is as short"
    if "error" not in severities:
        why["accept_errors"] = "there are no errors"
    if analysis.headline["key"] != "annualised":
        why["annualise_from"] = f"the headline's method is {analysis.headline['key']}"
    return why


def _of_no_period(cube: RevenueCube, read: bool) -> str:
    """Why a column of quantities or of usage says nothing of any period."""
    if read:
        return "no row that counts has a number there"
    if cube.source.layout == "wide":
        return "the rows are wide, so that one number stands beside many periods"
    return "the amounts are changes or sums of the year, and so may be the numbers beside them"


def _everything(analysis: Analysis) -> tuple[Any, ...]:
    """All that a reader of the report is shown but its settings, to be compared."""
    told = {key: value for key, value in analysis.to_dict().items() if key != "settings"}
    tables = {each.name: _records(getattr(analysis.tables, each.name)) for each in fields(analysis.tables)}
    cube = analysis.cube
    return cube.customers, cube.amounts.tobytes(), tuple(cube.segments), json.dumps([told, tables], default=str)


def _records(table: Any) -> Any:
    return {key: _records(each) for key, each in table.items()} if isinstance(table, dict) else table.records()
