"""The board's pages as slides: one for each page, with charts and tables that PowerPoint can edit."""

from __future__ import annotations

import io
import math
import re
import zipfile
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import numpy as np

from nrr_xl.errors import InputError
from nrr_xl.files import AnyPath, written_whole
from nrr_xl.periods import FREQUENCIES, month_number, period_label
from nrr_xl.retention.analysis import Analysis
from nrr_xl.retention.cohorts import Triangle
from nrr_xl.retention.lines import LOSSES
from nrr_xl.workbook import deck
from nrr_xl.workbook.sheets.bridge import WHOLES, lines_of, spans
from nrr_xl.workbook.texts import texts
from nrr_xl.workbook.theme import Theme, dressed

WORDS = texts()["slides"]
# What still fits on a slide and can be read at the back of a room.
MOST_ROWS, MOST_COLUMNS = 13, 9
FIXED_DATE = (2000, 1, 1, 0, 0, 0)
_TIME = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*(</dcterms:)")


def write_slides(
    analysis: Analysis,
    path: AnyPath,
    *,
    overwrite: bool = False,
    theme: Theme | AnyPath | None = None,
    magnitude: str | None = None,
    company: str | None = None,
    prepared: date | None = None,
) -> Path:
    """Write the board's pages as a .pptx; the file appears whole or not at all, the same bytes for the same input.

    Raises InputError where python-pptx is not installed, OutputError where the file cannot be written.
    """
    try:
        import pptx
    except ImportError:
        raise InputError("Slides need python-pptx: pip install python-pptx.") from None
    look = dressed(theme, magnitude, company, prepared)
    with written_whole(path, overwrite) as beside:
        made = deck.Deck(pptx.Presentation(), look, _facts(analysis, look))
        for page in (_summary, _bridge, _trend, _cohorts, _segments, _movers, _methods, _benchmarks):
            page(made, analysis)
        held = io.BytesIO()
        made.save(held)
        beside.write_bytes(settled(held.getvalue()))
    return Path(path)


def settled(package: bytes) -> bytes:
    """A package, and the workbooks embedded in it, with every date fixed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for item in source.infolist():
            data = source.read(item)
            if item.filename.endswith(".xlsx"):
                data = settled(data)
            elif item.filename.endswith("core.xml"):
                data = _TIME.sub(rb"\g<1>2000-01-01T00:00:00Z\g<3>", data)
            entry = zipfile.ZipInfo(item.filename, FIXED_DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(entry, data)
    return out.getvalue()


def _facts(analysis: Analysis, theme: Theme) -> str:
    """The line below each title: company, unit and window."""
    labels, cube = analysis.cube.periods.labels, analysis.cube
    money = f"{theme.currency or cube.currency} {theme.magnitude}".strip()
    window = WORDS["window"].format(
        months=analysis.months, opening=labels[analysis.opening], closing=labels[analysis.closing]
    )
    unit = ", ".join(part for part in (cube.unit, money) if part)
    prepared = texts()["front"]["prepared"].format(day=theme.prepared).removeprefix(" · ") if theme.prepared else ""
    return " · ".join(part for part in (theme.company, unit, window, prepared) if part)


def rate(value: float) -> str:
    """A rate as a slide shows it; what is undefined is a dash.

    >>> rate(1.0666), rate(float("nan")), rate(-0.0001)
    ('106.7%', '–', '0.0%')
    """
    return "–" if math.isnan(value) else f"{round(100 * value, 1) + 0.0:.1f}%"


def _amount(made: deck.Deck) -> Callable[[float], str]:
    return lambda value: deck.amount(value, made.theme.magnitude)


def _summary(made: deck.Deck, analysis: Analysis) -> None:
    names, rates = texts()["rates"], analysis.rates
    slide = made.slide(WORDS["summary"].format(nrr=rate(rates["nrr"]), grr=rate(rates["grr"])))
    amount = _amount(made)
    tiles = [(names[key], rate(rates[key])) for key in ("nrr", "grr", "logo_retention")]
    tiles += [
        (texts()["lines"]["opening"], amount(analysis.bridge["opening"])),
        (texts()["lines"]["closing"], amount(analysis.bridge["closing"])),
        (WORDS["customers"], f"{analysis.customers['closing']:,}"),
    ]
    made.tiles(slide, tiles)
    said = [flag.message for flag in analysis.flags][:5]
    warnings = sum(problem.severity != "info" for problem in analysis.cube.problems)
    failed = [check.name for check in analysis.checks if not check.passed]
    said += [WORDS["failed"].format(names="; ".join(failed)) if failed else WORDS["passed"]]
    said += [WORDS["warnings"].format(count=warnings)] if warnings else []
    made.sentences(slide, said)


def _bridge(made: deck.Deck, analysis: Analysis) -> None:
    line, words = analysis.bridge, texts()["lines"]
    gained, lost = line["expansion"], line["contraction"] + line["churn"]
    title = WORDS["bridge"].format(gained=_amount(made)(gained), lost=_amount(made)(-lost))
    slide = made.slide(title)
    signs = {name: -1 if name in LOSSES else 1 for name in lines_of(analysis)}
    made.waterfall(slide, [(words[name], sign * line[name], name in WHOLES) for name, sign in signs.items()])
    shown = [span for span in spans(analysis) if span.months == 12][-MOST_COLUMNS + 1 :]
    frame = analysis.bridges.get("year")
    if frame is None or not shown:
        return
    heads = ["", *(span.label for span in shown)]
    records = frame.tail(len(shown)).to_dict("records")
    rows = [
        [words[name], *(_amount(made)(-r[name] if name in LOSSES else r[name]) for r in records)]
        for name in lines_of(analysis)
    ]
    rows += [[texts()["rates"][key], *(rate(record[key]) for record in records)] for key in ("nrr", "grr")]
    made.table(made.slide(WORDS["years"]), heads, rows)


def _trend(made: deck.Deck, analysis: Analysis) -> None:
    frame, labels = analysis.trend, dict(zip(analysis.cube.periods.keys, analysis.cube.periods.labels, strict=True))
    if frame.empty:
        return
    slide = made.slide(WORDS["trend"].format(months=analysis.months))
    names = texts()["rates"]
    series = [(names[key], frame[key].tolist(), color) for key, color in (("nrr", "accent"), ("grr", "second"))]
    made.lines(slide, [labels[key] for key in frame["period"]], series)


def _cohorts(made: deck.Deck, analysis: Analysis) -> None:
    from nrr_xl.retention.diligence import shown_triangles

    if all(len(table.shares) < 2 for table in analysis.cohorts.values()):
        return
    revenue, logos = shown_triangles(analysis)
    ages = list(range(len(revenue.average)))
    unit = texts()["units"][revenue.freq]
    slide = made.slide(WORDS["cohorts"].format(unit=unit))
    curves = texts()["cohort_curves"]
    looks = (("revenue", revenue, "accent"), ("logos", logos, "second"))
    series = [(curves[key], table.average.tolist(), color) for key, table, color in looks]
    made.lines(slide, [str(age) for age in ages], series)
    shown = ages[:: max(1, math.ceil(len(ages) / (MOST_COLUMNS - 1)))][: MOST_COLUMNS - 1]
    last = range(max(len(revenue.cohorts) - MOST_ROWS + 1, 0), len(revenue.cohorts))
    names = _cohort_names(analysis, revenue)
    rows = [[names[at], *(rate(s) if not np.isnan(s) else "" for s in revenue.shares[at, shown])] for at in last]
    heads = [texts()["cohorts"]["cohort"], *map(str, shown)]
    left = WORDS["more"].format(count=len(names) - len(last)) if len(names) > len(last) else ""
    made.table(made.slide(WORDS["cohort_table"].format(unit=unit)), heads, rows, left)


def _cohort_names(analysis: Analysis, table: Triangle) -> list[str]:
    """The cohorts as the workbook calls them: by the period that each began in, or that they were there before."""
    axis, step = analysis.cube.periods, FREQUENCIES[table.freq]
    ends = (month_number(*map(int, cohort.split("-"))) for cohort in table.cohorts)
    names = [period_label(end, step, axis.fiscal_year_end) for end in ends]
    if table.first_unknown:
        names[0] = texts()["cohorts"]["before"].format(period=axis.labels[0])
    return names


def _segments(made: deck.Deck, analysis: Analysis) -> None:
    names, words, amount = texts()["rates"], texts()["lines"], _amount(made)
    columns = ("opening", "expansion", "contraction", "churn", "closing")
    for name, frame in analysis.segments.items():
        shown = frame[frame["opening"] > 0].head(MOST_ROWS - 1)
        if shown.empty:
            continue
        slide = made.slide(WORDS["segment"].format(segment=name))
        bars = [(names[key], shown[key].tolist(), color) for key, color in (("nrr", "accent"), ("grr", "second"))]
        made.bars(slide, shown["value"].tolist(), bars)
        heads = [name, *(words[column] for column in columns), names["nrr"], names["grr"]]
        rows = [
            [r["value"], *(amount(-r[c] if c in LOSSES else r[c]) for c in columns), rate(r["nrr"]), rate(r["grr"])]
            for r in shown.to_dict("records")
        ]
        whole = analysis.bridge
        total = [amount(-whole[c] if c in LOSSES else whole[c]) for c in columns]
        rows.append([texts()["segments"]["total"], *total, rate(analysis.rates["nrr"]), rate(analysis.rates["grr"])])
        left = WORDS["more"].format(count=len(frame) - len(shown)) if len(frame) > len(shown) else ""
        made.table(made.slide(WORDS["segment_table"].format(segment=name)), heads, rows, left)


def _movers(made: deck.Deck, analysis: Analysis) -> None:
    amount, words = _amount(made), texts()["movers"]
    heads = ["", words["opening"], words["closing"], words["change"], words["share"]]
    for line in ("churn", "contraction", "expansion", "new"):
        frame = analysis.movers[line]
        if frame.empty:
            continue
        rows = [
            [r["customer"], amount(r["opening"]), amount(r["closing"]), amount(r["change"]), rate(r["share"])]
            for r in frame.head(MOST_ROWS - 1).to_dict("records")
        ]
        made.table(made.slide(words["largest"].format(line=texts()["lines"][line].lower())), heads, rows)


def _methods(made: deck.Deck, analysis: Analysis) -> None:
    words = texts()["methods"]
    heads = [words["method"], words["numerator"], words["denominator"], words["nrr"]]
    rows: list[Sequence[str]] = [
        [r["label"], _amount(made)(r["numerator"]), _amount(made)(r["denominator"]), rate(r["rate"])]
        for r in analysis.methods.to_dict("records")
    ]
    made.table(made.slide(texts()["titles"]["methods"]), heads, rows)


def _benchmarks(made: deck.Deck, analysis: Analysis) -> None:
    frame = analysis.benchmarks
    if frame.empty:
        return
    words, facts = texts()["benchmarks"], texts()["benchmark_facts"]
    keys = ("type", "population", "time period")
    heads = [words["type"], *(facts[key] for key in keys[1:])]
    heads += [words["published"], words["company"], words["difference"]]
    rows = [
        [*(str(r[key]) for key in keys), rate(r["value"]), rate(r["company"]), deck.points(r["difference"])]
        for r in frame.head(MOST_ROWS).to_dict("records")
    ]
    left = WORDS["more"].format(count=len(frame) - len(rows)) if len(frame) > len(rows) else ""
    made.table(made.slide(texts()["titles"]["benchmarks"]), heads, rows, left)
