"""The retention workbook: an Analysis in, a live .xlsx file out."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any, overload

from nrr_xl.errors import InputError, OutputError
from nrr_xl.files import AnyPath, refuse_ending, written_whole
from nrr_xl.options import takes_options
from nrr_xl.records import struct
from nrr_xl.retention.analysis import Analysis
from nrr_xl.revenue.cube.lookups import ledger as ledger_totals
from nrr_xl.workbook import formulas as fx
from nrr_xl.workbook import live, status, story
from nrr_xl.workbook.book import Book
from nrr_xl.workbook.frame import Report
from nrr_xl.workbook.pack.sheets import DILIGENCE, Pack
from nrr_xl.workbook.sheets import (
    benchmarks,
    bridge,
    checks,
    cohort_places,
    cohorts,
    customers,
    definitions,
    history,
    methods,
    movers,
    quality,
    rest,
    segments,
    summary,
    trend,
)
from nrr_xl.workbook.texts import texts
from nrr_xl.workbook.theme import Theme, dressed

Progress = Callable[[str, float], None]


@overload
def write_report(
    analysis: Analysis,
    path: AnyPath,
    *,
    overwrite: bool = ...,
    values: bool = ...,
    theme: Theme | AnyPath | None = ...,
    magnitude: str | None = ...,
    company: str | None = ...,
    prepared: date | None = ...,
    pack: str = ...,
    ledger: Any = ...,
    most_customers: int | None = ...,
    progress: Progress | None = ...,
) -> Path: ...


@overload
def write_report(
    analysis: Analysis,
    path: IO[bytes],
    *,
    overwrite: bool = ...,
    values: bool = ...,
    theme: Theme | AnyPath | None = ...,
    magnitude: str | None = ...,
    company: str | None = ...,
    prepared: date | None = ...,
    pack: str = ...,
    ledger: Any = ...,
    most_customers: int | None = ...,
    progress: Progress | None = ...,
) -> None: ...


@takes_options("write")
def write_report(
    analysis: Analysis,
    path: AnyPath | IO[bytes],
    *,
    overwrite: bool = False,
    values: bool = False,
    theme: Theme | AnyPath | None = None,
    magnitude: str | None = None,
    company: str | None = None,
    prepared: date | None = None,
    pack: str = "board",
    ledger: Any = None,
    most_customers: int | None = None,
    progress: Progress | None = None,
) -> Path | None:
    """Write the retention workbook of an analysis.

    Parameters
    ----------
    analysis : Analysis
    path : str, path or open binary file
        Where to write, ending in .xlsx; the file appears whole or not at all. Into an open file or a BytesIO the
        finished workbook is written, and None is returned.
    overwrite : bool
        Whether an existing file may be replaced.
    values : bool
        Whether to write the figures as values alone, without formulas.
    theme : Theme or path, optional
        The look, or the TOML file that says it.
    company : str, optional
        The company's name, in place of the theme's.
    prepared : date, optional
        The day of the report, on its first page; never taken from the clock.
    pack : "board", "diligence" or "full"
        How many sheets: the board's; those and the sheets of a diligence; or all there are.
    ledger : path, mapping or frame, optional
        A ledger's total of each period (headers period and amount), to which the rows' totals are tied out.
    magnitude : "k" or "m", optional
        Whether amounts are shown in thousands or millions.
    most_customers : int, optional
        How many rows Customers may have, by default as many as a sheet holds. Of more customers the largest are listed,
        the others summed up by segment and movement, all figures are values, and `NAME.customers.parquet` beside the
        report has every customer.
    progress : callable, optional
        Called with what is being done and the share done, 0 to 1.

    Raises
    ------
    OutputError
        If the file exists, its ending is another, its folder is missing, or it is open in Excel; if customers that are
        not listed cannot be summed up in the rows that there are, or written beside the report.
    """
    if not isinstance(analysis, Analysis):
        raise InputError(f"A {type(analysis).__name__} is no analysis. Analyse a cube first: nrr_xl.analyse gives one.")
    tell = progress or (lambda text, share: None)
    if not isinstance(path, str | os.PathLike):
        if rest.is_summed_up(analysis, most_customers):
            raise OutputError("The customers that are not listed stand in a file beside the report: give a path.")
        options: Any = dict(values=values, theme=theme, magnitude=magnitude, company=company, prepared=prepared)
        options |= dict(pack=pack, ledger=ledger, progress=progress)
        _into_file(path, lambda place: write_report(analysis, place, **options))
        return None
    refuse_ending(path)
    look = dressed(theme, magnitude, company, prepared)
    totals = () if ledger is None else ledger_totals(ledger, analysis.cube.periods.fiscal_year_end)
    listing = rest.listing(analysis, most_customers)
    with ExitStack() as files:
        if listing:
            # Entered last, it takes its name first: where there is a report, what belongs to it is there.
            report_place = files.enter_context(written_whole(path, overwrite, _inputs(analysis)))
            beside = files.enter_context(written_whole(rest.beside(path), overwrite, _inputs(analysis)))
            rest.write_all(analysis, beside)
        else:
            report_place = files.enter_context(written_whole(path, overwrite, _inputs(analysis)))
        book = Book(str(report_place), look, texts()["titles"]["summary"])
        _fill(book, analysis, values, tell, Pack(pack, totals), listing)
        tell("Packing the workbook", 0.9)
        book.close()
    return Path(path)


def _into_file(file: IO[bytes], write: Callable[[Path], object]) -> None:
    """A finished workbook written into a file that somebody has opened."""
    if not callable(getattr(file, "write", None)):
        kind = type(file).__name__
        raise OutputError(f"What is given to write to is of the type {kind}. Give a path or an open file.")
    with TemporaryDirectory() as folder:
        place = Path(folder) / "report.xlsx"
        write(place)
        try:
            file.write(place.read_bytes())
        except (OSError, TypeError, ValueError) as refused:
            raise OutputError(f'The open file cannot be written ({refused}). Open it with mode "wb".') from None


def _inputs(analysis: Analysis) -> tuple[str, ...]:
    source = analysis.cube.source.path
    return (source,) if source else ()


def _fill(
    book: Book, analysis: Analysis, values: bool, tell: Progress, pack: Pack, listing: rest.Listing | None
) -> None:
    layers, notes = live.layers(analysis, values, len(listing.counted) if listing else 0)
    report = Report(book, analysis, layers, notes=notes, listing=listing)
    if pack.name == "full":
        report.printed = customers.SHEET_ROWS
    report.brief = pack.name == "board"
    report.unsettled = pack.unsettled(analysis)
    report.add_pages(_sheets(analysis, pack, report.listed))
    report.footer = texts()["checks"]["footer_passed" if report.passed else "footer_failed"]
    fill_sheets(report, Places.of(report), pack, tell)


def fill_sheets(report: Report, at: Places, pack: Pack, tell: Progress) -> None:
    """Write all of a report's sheets that it has pages for."""
    status.define_name(report)
    customers.define_names(report, at.customers)
    report.note_window(at.shown)
    pack.plan(report)
    # The closing and the customers of a pack are those of the report as written.
    report.fixed += [report.sheets[key] for key in DILIGENCE if key in report.sheets]
    summary.define_names(report)
    movers.define_names(report, at.movers)
    report.book.add_lambda_names()
    told = summary.titles(report)
    steps: dict[str, Callable[[], None]] = {
        "history": lambda: history.write(report, at.history),
        "customers": lambda: customers.write(report, at.customers, at.history),
        "bridge": lambda: bridge.write(report, at.customers, at.bridge),
        "trend": lambda: trend.write(report, at.customers, at.trend, told),
        "cohorts": lambda: cohorts.write(report, at.customers, at.cohorts, told),
        "segments": lambda: segments.write(report, at.customers, at.shown, told),
        "movers": lambda: movers.write(report, at.customers, at.movers, at.shown),
        "methods": lambda: methods.write(report, at.methods, at.customers, at.bridge, at.trend, at.shown),
        "benchmarks": lambda: benchmarks.write(report, at.shown),
        "quality": lambda: quality.write(report),
        **pack.steps(report, at.customers, at.shown),
        "summary": lambda: summary.write(report, at.customers, at.trend, at.shown, _said(report, at)),
        "definitions": lambda: definitions.write(report),
        # Last, since it counts what stands on all others.
        "checks": lambda: checks.write(report),
    }
    wanted = [key for key in steps if key in report.sheets]
    for number, key in enumerate(wanted):
        tell(f"Writing {report.sheets[key]}", 0.9 * number / len(wanted))
        steps[key]()


@struct()
class Places:
    """Where every sheet has its figures, known before any is written, so that each may point to the others."""

    customers: customers.CustomersPlace
    history: history.History
    bridge: bridge.BridgePlace
    trend: trend.TrendPlace
    movers: movers.MoversPlace
    methods: methods.MethodsPlace
    cohorts: list[cohort_places.Place]
    shown: summary.Figures

    @classmethod
    def of(cls, report: Report) -> Places:
        return cls(
            customers.place(report),
            history.place(report),
            bridge.place(report),
            trend.place(report),
            movers.place(report),
            methods.place(report),
            cohort_places.place(report) if "cohorts" in report.sheets else [],
            summary.figures(report),
        )


def _said(report: Report, at: Places) -> summary.Said:
    """The sentences of the Summary and the titles of the charts."""
    figures = {line: at.shown.fact(line) for line in at.shown.values}
    nrr, grr = figures["nrr"], figures["grr"]
    result = story.result(nrr, grr, report.facts())
    asked = methods.headline(report, at.methods)
    parts = {"result": result, "method": story.method(*asked) if asked else ""}
    both = {
        "balance": story.balance(figures),
        "masked": story.masked(nrr, grr, report.analysis.months),
    }
    largest = {line: story.largest(line, *movers.largest(report, at.movers, line)) for line in ("churn", "expansion")}
    join = texts()["story"]
    sentences: tuple[fx.Said, ...] = (
        fx.told(join["first"] if asked else "{result}", parts),
        fx.told(join["second"], both),
        fx.told(join["third"], largest),
    )
    found = segments.first_causes(report)
    if found is not None:
        sentences += (story.causes(found),)
    by_segment, tables = segments.first_table(report), report.analysis.tables
    none = fx.told(join["no_segments"], {})
    titles = {
        "bridge": story.balance(figures),
        "trend": story.trend(nrr, at.shown.fact("nrr", summary.AGO)),
        "segments": story.by_segment(*by_segment, tables.segments[by_segment[0]]) if by_segment else none,
        "cohorts": fx.told(join["no_cohorts"], {}),
    }
    if at.cohorts:
        place, months = at.cohorts[0], report.analysis.months
        titles["cohorts"] = story.cohorts(place.age(months), place.share(months), place.table.freq)
    return summary.Said(sentences, titles)


def _sheets(analysis: Analysis, pack: Pack, listed: Analysis) -> list[str]:
    """The sheets that have content, in their order; `listed` has the rows of Customers."""
    content = {
        "segments": bool(analysis.tables.segments) or len(analysis.tables.size_bands) > 1,
        "benchmarks": bool(len(analysis.tables.benchmarks)),
        "cohorts": any(len(table.shares) > 1 for table in analysis.triangles.values()),
        "quality": bool(analysis.cube.account.cells or analysis.cube.problems),
        "history": any(segment.codes.ndim == 2 for segment in listed.cube.segments.values()),
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
        "history",
    )
    return [key for key in order if content.get(key, True)]
