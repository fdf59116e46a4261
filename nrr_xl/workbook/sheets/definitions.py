"""The Definitions sheet: what every figure means, the settings, the source file, and how to read the workbook."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

from nrr_xl._version import __version__
from nrr_xl.workbook.frame import HEAD_ROWS, Report
from nrr_xl.workbook.texts import texts


def _options(chosen) -> str:
    """The options of a settings object, in words: "grace 0, top 10"."""
    given = {field.name: getattr(chosen, field.name) for field in fields(chosen)}
    shown = []
    for name, value in given.items():
        if value is None or (not isinstance(value, int | float) and not value):
            continue
        if isinstance(value, tuple):
            value = " / ".join(map(str, value))
        elif not isinstance(value, str | int | float):
            value = "given"
        shown.append(f"{name.replace('_', ' ')} {value}")
    return ", ".join(shown)


def write(report: Report) -> None:
    """Fill the sheet."""
    analysis, source = report.analysis, report.analysis.cube.source
    page = report.open("definitions")
    step = analysis.cube.periods.step
    settings = [
        ("Method", "Point to point: the closing amount of the opening customers / their opening amount"),
        ("Window", f"{analysis.months} months, {analysis.opening_period} to {analysis.closing_period}"),
        ("Periods", f"{len(analysis.cube.periods)} of {step} month{'s' if step > 1 else ''}"),
        ("Amounts", report.unit),
        ("Options", _options(analysis.settings)),
        ("Policy", _options(analysis.cube.policy)),
        ("Made with", f"nrr_xl {__version__}"),
    ]
    origin = [
        ("File", Path(source.path).name or "rows given in memory"),
        ("Sheet", source.sheet or "–"),
        ("Layout", source.layout),
        ("Rows", f"{source.rows:,}"),
        ("SHA-256", source.sha256 or "–"),
    ]
    row = HEAD_ROWS
    for title, lines in (
        ("Meanings", list(texts()["meanings"].items())),
        ("How to read", list(texts()["reading"].items())),
        ("Settings", settings),
        ("Source", origin),
        ("Formulas and values", report.notes),
    ):
        if not lines:
            continue
        page.put(row, 0, title, "section")
        page.put(row, 1, None, "section")
        for offset, (name, text) in enumerate(lines, 1):
            page.put(row + offset, 0, name, "label_top")
            page.put(row + offset, 1, text, "wrapped")
        row += len(lines) + 2
    page.columns(22, 110)
    page.print_setup(report.footer, pages_tall=1)
