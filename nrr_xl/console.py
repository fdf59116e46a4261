"""What the command line shows: a progress bar, and the numbers as text."""

from __future__ import annotations

import contextlib
import json
import math
import os
import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from nrr_xl.files import named_refusal
from nrr_xl.metrics import METRICS
from nrr_xl.retention.lines import LOSSES

if TYPE_CHECKING:
    from nrr_xl.errors import Problem
    from nrr_xl.retention.analysis import Analysis
    from nrr_xl.retention.compare import Comparison
    from nrr_xl.retention.headline import Headline
    from nrr_xl.retention.nearest import Near

SHOWN = ("nrr", "grr", "logo_retention", "quick_ratio")
# What a table beside the rows did is told with the numbers.
APPLIED = ("map-applied", "rates-applied")


def silence_stdout() -> None:
    """Let nothing more be written to a standard output that does not take it."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def json_text(data: Any) -> str:
    """Data as a JSON text that the terminal's encoding can hold."""
    plain = not (sys.stdout.encoding or "").lower().startswith("utf")
    return json.dumps(data, ensure_ascii=plain, indent=2)


def plain_words(fault: BaseException | None) -> str:
    """What the machine refused, found in a fault or in what led to it; "" where it is none of these."""
    seen: set[int] = set()
    while fault is not None and id(fault) not in seen:
        seen.add(id(fault))
        for each in (fault, *(arg for arg in fault.args if isinstance(arg, OSError))):
            if isinstance(each, OSError) and each.strerror:
                where = f"{each.filename}: " if each.filename else ""
                return f"{where}{each.strerror}. Nothing was left half written."
        if words := named_refusal(fault):
            return f"{words}. Nothing was left half written."
        if isinstance(fault, RecursionError):
            return "a file is nested too deeply to be read."
        fault = fault.__cause__ or fault.__context__
    return ""


class Progress:
    """A bar on a terminal, shown only once the work has taken a second; call it with a step and a fraction done."""

    def __init__(self) -> None:
        self._bar = None
        if sys.stderr.isatty():
            from tqdm import tqdm

            # The bar does give the terminal orders.
            self._bar = tqdm(
                file=sys.__stderr__, total=100, delay=1, leave=False, bar_format="{desc:<28} {percentage:3.0f}%|{bar}|"
            )

    def __call__(self, step: str, fraction: float) -> None:
        if self._bar is None:
            return
        self._bar.set_description_str(step, refresh=False)
        self._bar.update(min(100.0, 100 * fraction) - self._bar.n)

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.close()


def summary(analysis: Analysis) -> str:
    """The window's rates and bridge, the checks and the count of problems, for a terminal.

    Losses are shown in parentheses, as in the workbook, so that the bridge sums to its closing.
    """
    unit = analysis.cube.unit
    lines = [f"{analysis.opening_period} to {analysis.closing_period} ({analysis.months} months), {unit}", ""]
    for name in SHOWN:
        lines.append(f"  {METRICS[name].label:<26}{_rate(name, analysis.rates[name]):>18}")
    lines += [*_headline(analysis.headline), ""]
    for name, amount in analysis.bridge.items():
        if name != "fx" or amount:
            lines.append(f"  {name.capitalize():<26}{_amount(-amount if name in LOSSES else amount):>18}")
    failed = [check.name for check in analysis.checks if not check.passed]
    lines += ["", f"Checks: {'all passed' if not failed else 'FAILED: ' + '; '.join(failed)}"]
    lines += [f"{each.message}." for each in analysis.cube.problems if each.code in APPLIED]
    if problems := analysis.cube.problems:
        counted = {s: sum(p.severity == s for p in problems) for s in ("error", "warning", "info")}
        told = ", ".join(f"{n} of severity {severity}" for severity, n in counted.items() if n)
        lines.append(f"Problems: {told}; `nrr-xl check` lists them")
    return "\n".join(lines)


def _headline(chosen: Headline) -> list[str]:
    """NRR by the method that was asked for, where it is not the default one that the rates above are by."""
    if chosen["key"] == "point_to_point":
        return []
    told = [f"  NRR by method {chosen['key']}: {_rate('nrr', chosen['rate'])} ({chosen['label']})"]
    return told + [f"    {text}" for text in (chosen["reason"], chosen["warning"]) if text]


def _rate(name: str, value: float) -> str:
    if math.isnan(value):
        return "undefined"
    return f"{value:.1f}x" if name == "quick_ratio" else f"{100 * value:.1f} %"


def _amount(value: float) -> str:
    whole = round(value)
    return f"({-whole:,})" if whole < 0 else f"{whole:,} "


def comparison_summary(found: Comparison) -> str:
    """The rates of both readings and the points of each cause, for a terminal."""
    from nrr_xl.workbook.texts import texts

    names, lines = texts()["compare_causes"], [f"{found.old.name} against {found.new.name}", ""]
    lines += [f"  {note}" for note in found.notes] + ([""] if found.notes else [])
    for rate, (before, after) in found.rates.items():
        lines.append(f"  {METRICS[rate].label:<26}{_rate(rate, before):>12}{_rate(rate, after):>12}")
    lines += ["", f"  {'Cause':<26}{'NRR, pts':>12}{'GRR, pts':>12}{'customers':>12}"]
    for row in found.causes.to_dict("records"):
        if row["customers"]:
            points = "".join(f"{_points(row[rate]):>12}" for rate in ("nrr", "grr"))
            lines.append(f"  {names[row['cause']]:<26}{points}{row['customers']:>12,}")
    if not any(found.causes["customers"]):
        lines.append("  none: no amount of either window differs")
    failed = [check.name for check in found.checks if not check.passed]
    return "\n".join([*lines, "", f"Checks: {'all passed' if not failed else 'FAILED: ' + '; '.join(failed)}"])


def _points(value: float) -> str:
    if math.isnan(value):
        return "undefined"
    return f"{round(100 * value, 2) + 0.0:+.2f}"


def warnings_of(problems: Iterable[Problem]) -> list[str]:
    """The warnings, one line for each kind: the first with its place and reason, and how many more there are."""
    kinds: dict[str, list[Problem]] = {}
    for problem in problems:
        if problem.severity == "warning":
            kinds.setdefault(problem.code, []).append(problem)
    return [
        str(found[0])
        + (f" ({_more(found):,} more like it{_sum(found)}; `nrr-xl check` lists them)" if found[1:] else "")
        for found in kinds.values()
    ]


def _more(found: list[Problem]) -> int:
    return sum(problem.cells for problem in found) - 1


def _sum(found: list[Problem]) -> str:
    amounts = [problem.amount for problem in found if problem.amount is not None]
    return f", {sum(amounts):,.2f} in all" if amounts else ""


def nearest_summary(found: Sequence[Near], theirs: float) -> str:
    """The definitions that come nearest to somebody else's rate, for a terminal."""
    lines = ["", f"Nearest to their {_rate('nrr', theirs)}:"]
    for near in found:
        used = f"; used by {', '.join(near.used_by)}" if near.used_by else ""
        off = "the same" if not near.points else f"{near.points:+.2f} points off"
        lines.append(f"  {_rate('nrr', near.rate):>8}  {near.definition}, {off}{used}")
    return "\n".join(lines)
