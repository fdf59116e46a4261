"""The Definitions sheet: what every figure means, the settings, the source file, and how to read the workbook."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

from nrr_xl._version import __version__
from nrr_xl.workbook.frame import HEAD_ROWS, Report

MEANINGS = (
    ("Opening, closing", "Total amount of the first and of the last period of a window."),
    ("New", "Closing amount of a customer that had none in any period up to and including the opening."),
    ("Reactivation", "Closing amount of a customer that had none at the opening, but did before. Outside NRR."),
    ("Expansion", "Growth of a customer present at both ends."),
    ("Contraction", "Shrinkage of a customer present at both ends."),
    ("Churn", "Opening amount of a customer with none at the closing."),
    ("NRR", "(opening + expansion - contraction - churn) / opening: what the opening customers pay at the end."),
    ("GRR", "(opening - contraction - churn) / opening: the same before any expansion; never above 100 %."),
    ("Logo retention", "Opening customers that are still customers at the closing / opening customers."),
    ("Quick ratio", "(new + reactivation + expansion) / (contraction + churn)."),
    ("#DIV/0!", "A rate of a zero base is undefined. It is neither 0 nor 100 %."),
    ("–", "In an amount: zero. In a rate: the rows do not reach back so far."),
)
READING = (
    ("Blue", "An input: it may be typed over, and everything follows."),
    ("Black", "A formula."),
    ("Green", "A figure that comes from another sheet unchanged."),
    ("(1,000)", "A negative number: an amount lost."),
    (
        "As of, window",
        "Two blue cells on the Summary: its figures, the Trend, the Segments and the concentration follow.",
    ),
)


def _options(chosen) -> str:
    """The options of a settings object, in words: "grace 0, top 10"."""
    given = {field.name: getattr(chosen, field.name) for field in fields(chosen)}
    shown = {name: value for name, value in given.items() if value is not None and value != () and value != ""}
    simple = {name: value if isinstance(value, str | int | float | tuple) else "given" for name, value in shown.items()}
    return ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in simple.items())


def write(report: Report) -> None:
    """Fill the sheet."""
    analysis, source = report.analysis, report.analysis.cube.source
    page = report.open("definitions", "What the figures mean and where they come from")
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
        ("Meanings", MEANINGS),
        ("How to read", READING),
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
