"""The retention workbook: an Analysis in, a live .xlsx file out."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from nrr_xl.files import written_whole
from nrr_xl.retention.analysis import Analysis
from nrr_xl.workbook.cells import Book
from nrr_xl.workbook.frame import Report
from nrr_xl.workbook.sheets import bridge, checks, customers, definitions, summary, trend
from nrr_xl.workbook.theme import Theme, load_theme

SHEETS = ("summary", "bridge", "trend", "customers", "checks", "definitions")


def write_report(
    analysis: Analysis,
    path: str | os.PathLike,
    *,
    overwrite: bool = False,
    theme: Theme | None = None,
    progress: Callable[[str, float], None] | None = None,
) -> Path:
    """Write the retention workbook of an analysis.

    Parameters
    ----------
    analysis : Analysis
    path : str or path
        Where to write; the file appears whole or not at all.
    overwrite : bool
        Whether an existing file may be replaced.
    theme : Theme, optional
        The look; `load_theme("brand.toml")` reads one.
    progress : callable, optional
        Called with what is being done and the share done, 0 to 1.

    Raises
    ------
    OutputError
        If the file exists, its folder is missing, or it is open in Excel.
    """
    tell = progress or (lambda text, share: None)
    with written_whole(path, overwrite) as beside:
        book = Book(str(beside), theme or load_theme(), "Net revenue retention")
        report = Report(book, analysis, live={"customers": True, "bridge": True, "trend": True})
        _fill(report, tell)
        tell("Packing the workbook", 0.9)
        book.close()
    return Path(path)


def _fill(report: Report, tell: Callable[[str, float], None]) -> None:
    report.add_pages(SHEETS)
    analysis = report.analysis
    report.footer = "Checks: all pass" if all(check.passed for check in analysis.checks) else "Checks: see Checks"
    report.sentences = sentences(analysis)
    cube_at, trend_at = customers.place(report), trend.place(report)
    report.period_labels = cube_at.labels
    customers.define_names(report, cube_at)
    summary.define_names(report)
    report.book.add_lambda_names()
    for share, text, write in (
        (0.1, "Writing customers", lambda: customers.write(report, cube_at)),
        (0.6, "Writing the bridge", lambda: bridge.write(report)),
        (0.7, "Writing the trend", lambda: trend.write(report, trend_at)),
        (0.8, "Writing the summary", lambda: summary.write(report, cube_at, trend_at)),
        (0.85, "Writing the checks", lambda: checks.write(report)),
        (0.88, "Writing the definitions", lambda: definitions.write(report)),
    ):
        tell(text, share)
        write()


def sentences(analysis: Analysis) -> tuple[str, ...]:
    """The three sentences that matter."""
    return (f"NRR is {analysis.rates['nrr']:.1%}.",)
