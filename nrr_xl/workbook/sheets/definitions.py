"""The Definitions sheet: what every figure means, the settings, the source file, and how to read the workbook."""

from __future__ import annotations

import os
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING

from nrr_xl._version import __version__
from nrr_xl.workbook.cells import NOT_APPLICABLE
from nrr_xl.workbook.frame import HEAD_ROWS, Report
from nrr_xl.workbook.texts import texts

if TYPE_CHECKING:
    from nrr_xl.retention.settings import Settings
    from nrr_xl.revenue.cube.policy import Policy

FILES = ("definition", "benchmarks")
WORDS, LINES = texts()["definitions"], texts()["definition_lines"]


def options_in_words(chosen: Settings | Policy) -> str:
    """The options of a settings object, in words: "grace 0, top 10"."""
    given = {field.name: getattr(chosen, field.name) for field in fields(chosen)}
    shown = []
    for name, value in given.items():
        if value is None or (not isinstance(value, int | float) and not value):
            continue
        if name in FILES and isinstance(value, str | os.PathLike):
            value = Path(value).name  # Its folder is not the same for everybody who makes the report.
        elif isinstance(value, tuple) and value == getattr(type(chosen)(), name):
            value = WORDS["usual"]
        elif isinstance(value, tuple):
            value = " / ".join(map(str, value))
        elif not isinstance(value, str | int | float):
            value = WORDS["given"]
        shown.append(f"{name.replace('_', ' ')} {value}")
    return ", ".join(shown)


def _as_written(report: Report) -> list[tuple[str, str]]:
    """The parts that are no formulas: they need the rows, or compare with what the workbook does not hold."""
    if not report.fixed:
        return []
    cube = report.analysis.cube
    told = {"total": f"{cube.amounts.sum():,.2f}", "source": Path(cube.source.path).name or WORDS["in_memory"]}
    text = WORDS["why"].format(parts="; ".join(report.fixed), written=report.written, **told)
    return [(WORDS["as_written"], text)]


def write(report: Report) -> None:
    """Fill the sheet."""
    page = report.open("definitions")
    meanings, reading = list(texts()["meanings"].items()), texts()["reading"]
    if report.feed:
        blocks = [(WORDS["meanings"], meanings), (WORDS["reading"], list((reading | texts()["reading_here"]).items()))]
    else:
        blocks = [(WORDS["meanings"], meanings), (WORDS["reading"], list(reading.items())), *_of_this(report)]
    row = HEAD_ROWS
    for title, lines in blocks:
        if not lines:
            continue
        page.put(row, 0, title, "section")
        page.put(row, 1, None, "section")
        for offset, (name, text) in enumerate(lines, 1):
            page.put(row + offset, 0, name, "label_top")
            page.put(row + offset, 1, text, "wrapped")
        row += len(lines) + 2
    page.columns(22, 110)
    page.print_setup(report.footer, one_page=True)


def _of_this(report: Report) -> list[tuple[str, list[tuple[str, str]]]]:
    """How this report was made, from what, and what in it is no formula."""
    analysis, source = report.analysis, report.analysis.cube.source
    step = analysis.cube.periods.step
    window = WORDS["window"].format(
        months=analysis.months, opening=analysis.opening_period, closing=analysis.closing_period
    )
    periods = WORDS["periods" if step > 1 else "months"]
    # The closing month that holds, asked for or not: a report made again from its config is the same file.
    settings = [
        (LINES["method"], WORDS["method"]),
        (LINES["window"], window),
        (LINES["periods"], periods.format(count=len(analysis.cube.periods), step=step)),
        (LINES["amounts"], report.unit),
        (LINES["options"], options_in_words(replace(analysis.settings, as_of=analysis.closing_period))),
        (LINES["policy"], options_in_words(analysis.cube.policy)),
        (LINES["made_with"], WORDS["made_with"].format(version=__version__)),
    ]
    origin = [
        (LINES["file"], Path(source.path).name or WORDS["in_memory"]),
        (LINES["sheet"], source.sheet or NOT_APPLICABLE),
        (LINES["layout"], source.layout),
        (LINES["rows"], f"{source.rows:,}"),
        (LINES["sha256"], source.sha256 or NOT_APPLICABLE),
    ]
    return [
        (WORDS["settings"], settings),
        (WORDS["source"], origin),
        (WORDS["notes"], [*report.notes, *_as_written(report)]),
    ]
