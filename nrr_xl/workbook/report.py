"""The retention workbook: an Analysis in, a live .xlsx file out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from nrr_xl.errors import OutputError
from nrr_xl.files import AnyPath, written_whole
from nrr_xl.options import takes_options
from nrr_xl.retention.analysis import Analysis
from nrr_xl.revenue.cube.lookups import ledger as ledger_totals
from nrr_xl.workbook import live, story
from nrr_xl.workbook.cells import Book
from nrr_xl.workbook.frame import Report
from nrr_xl.workbook.pack.sheets import Pack
from nrr_xl.workbook.sheets import (
    benchmarks,
    bridge,
    checks,
    cohorts,
    customers,
    definitions,
    methods,
    movers,
    quality,
    segments,
    summary,
    trend,
)
from nrr_xl.workbook.texts import texts
from nrr_xl.workbook.theme import Theme, load_theme

Progress = Callable[[str, float], None]


@takes_options("write")
def write_report(
    analysis: Analysis,
    path: AnyPath,
    *,
    overwrite: bool = False,
    values: bool = False,
    theme: Theme | AnyPath | None = None,
    magnitude: str | None = None,
    pack: str = "board",
    ledger: AnyPath | Mapping[str, float] | None = None,
    progress: Progress | None = None,
) -> Path:
    """Write the retention workbook of an analysis.

    Parameters
    ----------
    analysis : Analysis
    path : str or path
        Where to write, ending in .xlsx; the file appears whole or not at all.
    overwrite : bool
        Whether an existing file may be replaced.
    values : bool
        Whether to write the figures as values alone, without formulas.
    theme : Theme or path, optional
        The look, or the TOML file that says it.
    pack : "board", "diligence" or "full"
        How many sheets: the board's; those and the sheets of a diligence; or all there are.
    ledger : path or mapping, optional
        A ledger's total of each period (headers period and amount), to which the rows' totals are tied out.
    magnitude : "k" or "m", optional
        Whether amounts are shown in thousands or millions.
    progress : callable, optional
        Called with what is being done and the share done, 0 to 1.

    Raises
    ------
    OutputError
        If the file exists, its ending is another, its folder is missing, or it is open in Excel.
    """
    tell = progress or (lambda text, share: None)
    if Path(path).suffix.lower() != ".xlsx":
        raise OutputError(f"{path} does not end in .xlsx, the one kind of workbook that a report is written as.")
    look = theme if isinstance(theme, Theme) else load_theme(theme)
    look = replace(look, magnitude=magnitude) if magnitude else look
    totals = () if ledger is None else ledger_totals(ledger, analysis.cube.periods.fiscal_year_end)
    with written_whole(path, overwrite, _inputs(analysis)) as beside:
        book = Book(str(beside), look, texts()["titles"]["summary"])
        _fill(book, analysis, values, tell, Pack(pack, totals))
        tell("Packing the workbook", 0.9)
        book.close()
    return Path(path)


def _inputs(analysis: Analysis) -> tuple[str, ...]:
    source = analysis.cube.source.path
    return (source,) if source else ()


def _fill(book: Book, analysis: Analysis, values: bool, tell: Progress, pack: Pack) -> None:
    layers, notes = live.layers(analysis, values)
    report = Report(book, analysis, layers, notes=notes)
    report.add_pages(_sheets(analysis, pack))
    report.footer = texts()["checks"]["footer_passed" if report.passed else "footer_failed"]
    report.sentences, report.headlines = story.sentences(analysis), story.headlines(analysis)
    cube_at, trend_at, shown = customers.place(report), trend.place(report), summary.figures(report)
    report.note_window(shown)
    pack.plan(report)
    customers.define_names(report, cube_at)
    summary.define_names(report)
    book.add_lambda_names()
    steps: dict[str, Callable[[], None]] = {
        "customers": lambda: customers.write(report, cube_at),
        "bridge": lambda: bridge.write(report, cube_at),
        "trend": lambda: trend.write(report, trend_at),
        "cohorts": lambda: cohorts.write(report),
        "segments": lambda: segments.write(report, cube_at),
        "movers": lambda: movers.write(report, cube_at),
        "methods": lambda: methods.write(report),
        "benchmarks": lambda: benchmarks.write(report, shown),
        "quality": lambda: quality.write(report),
        **pack.steps(report, cube_at),
        "summary": lambda: summary.write(report, cube_at, trend_at),
        "checks": lambda: checks.write(report),
        "definitions": lambda: definitions.write(report),
    }
    wanted = [key for key in steps if key in report.sheets]
    for number, key in enumerate(wanted):
        tell(f"Writing {report.sheets[key]}", 0.9 * number / len(wanted))
        steps[key]()


def _sheets(analysis: Analysis, pack: Pack) -> list[str]:
    """The sheets that have content, in their order."""
    content = {
        "segments": bool(analysis.tables.segments) or len(analysis.tables.size_bands) > 1,
        "movers": any(len(table) for table in analysis.tables.movers.values()) or bool(len(analysis.tables.risk)),
        "benchmarks": bool(len(analysis.tables.benchmarks)),
        "cohorts": any(len(found.shares) > 1 for found in analysis.triangles.values()),
        "quality": bool(analysis.cube.account.cells or analysis.cube.problems),
    }
    order = (
        "summary",
        "bridge",
        "trend",
        "cohorts",
        "segments",
        "movers",
        "methods",
        "benchmarks",
        *pack.keys(analysis),
        "customers",
        "quality",
        "checks",
        "definitions",
    )
    return [key for key in order if content.get(key, True)]
