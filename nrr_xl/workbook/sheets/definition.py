"""The row of a company's or one's own definition on the Methods sheet, and the rates that it is an average of."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest

from nrr_xl.retention.definitions import MEASURES, Defined, Definition
from nrr_xl.revenue.cube.build import RevenueCube
from nrr_xl.workbook import formulas as fx
from nrr_xl.workbook.cells import NOT_APPLICABLE, Page
from nrr_xl.workbook.frame import Report
from nrr_xl.workbook.sheets.customers import CustomersPlace, segment_column
from nrr_xl.workbook.texts import texts

WORDS = texts()["definition"]
COLUMNS = ("closing", "numerator", "denominator", "rate")
# An amount is compared with a smallest one to so many decimals, as a sum of decimals may be a hair off.
DECIMALS = 6
YEAR = 12


def follows(report: Report, found: Defined) -> bool:
    """Whether the row is live: a population by a segment that changes is looked up where the window opens alone."""
    segments = report.analysis.cube.segments
    fits = all(months % report.analysis.cube.periods.step == 0 for months in _months(found.definition))
    steady = all(segments[name].codes.ndim == 1 for name in _columns(report.analysis.cube, found.definition))
    return report.live["methods"] and steady and fits


def write(report: Report, page: Page, customers: CustomersPlace, row: int, cols: Sequence[int], work: int) -> None:
    """The definition's row under the methods (`cols`: numerator, denominator, rate, note), its workings from `work`."""
    found = report.analysis.definition
    assert found is not None
    live, definition = follows(report, found), found.definition
    numerator, denominator, rate, note = cols
    page.put(row, 0, WORDS["asked"].format(label=found.label), "strong")
    said = [part for part in (found.reason, definition.wording, definition.note) if part]
    confirmed = WORDS["source"].format(source=definition.filing, confirmed=definition.confirmed or WORDS["own"])
    page.put(row, note, ". ".join([*said, confirmed] if definition.filing else said), "note_indent")
    values = (found.numerator, found.denominator, found.rate)
    if not live:
        for col, value, kind in zip(cols, values, ("amount", "amount", "rate"), strict=False):
            page.put(row, col, value, "formula" if kind == "amount" else "rate", kind)
        report.fixed.append(WORDS["part"])
        return
    ranges = _parts(report, page, customers, row, work, found)
    count = definition.average.count
    whole = f"COUNT({ranges['rate']})={count}"
    for col, name, value in ((numerator, "numerator", values[0]), (denominator, "denominator", values[1])):
        summed = f"IF({whole},SUM({ranges[name]}),{fx.DASH})"
        report.write(page, row, col, summed, value if found.rate == found.rate else NOT_APPLICABLE, "methods")
    mean = f"AVERAGE({ranges['rate']})"
    if definition.average.weights == "amount":
        mean = f"SUM({ranges['numerator']})/SUM({ranges['denominator']})"
    if definition.annualise:
        mean = f"MAX({mean},0)^({YEAR}/{definition.lag})"
    report.write(page, row, rate, f"IF({whole},{mean},{fx.DASH})", found.rate, "methods", "total", "rate")


def _parts(
    report: Report, page: Page, customers: CustomersPlace, row: int, work: int, found: Defined
) -> dict[str, str]:
    """One line for each rate of the average, the last closing first; the ranges of its columns."""
    cube, definition = report.analysis.cube, found.definition
    step, count = cube.periods.step, definition.average.count
    apart = max(definition.average.every // step, 1)
    page.row(row, work, [WORDS[name] for name in COLUMNS], "header")
    first = row + 1
    known = found.rate == found.rate
    for offset, (above, below) in enumerate(
        part or (float("nan"),) * 2 for part, _ in zip_longest(found.parts, range(count))
    ):
        at = first + offset
        closing, numerator, denominator = (fx.cell(at, work + place, "col") for place in range(3))
        closes = report.analysis.closing + 1 - offset * apart
        report.write(page, at, work, f"{fx.CLOSING}-{offset * apart}", closes, "methods", "working", "position")
        top, bottom, needs = _sums(cube, customers, definition, closing)
        reached = f"IF({closing}-{needs}<{fx.BEGIN},{fx.DASH},"
        report.write(page, at, work + 1, f"{reached}{top})", above, "methods", "working")
        report.write(page, at, work + 2, f"{reached}{bottom})", below, "methods", "working")
        share = above / below if known and below else float("nan")
        divided = f"IF(N({denominator})=0,{fx.DASH},{numerator}/{denominator})"
        report.write(page, at, work + 3, divided, share, "methods", "working", "rate")
    last = first + count - 1
    return {name: fx.block(first, work + place, last, work + place) for place, name in enumerate(COLUMNS)}


def _sums(cube: RevenueCube, customers: CustomersPlace, definition: Definition, closing: str) -> tuple[str, str, int]:
    """The numerator and the denominator of one rate, and how many periods before its closing it needs."""
    step = cube.periods.step
    back, size = definition.lag // step, (MEASURES[definition.measure] or step) // step

    def summed(before: int) -> str:
        return (
            "(" + "+".join(fx.period(f"{closing}-{before + n}" if before + n else closing) for n in range(size)) + ")"
        )

    base, now = summed(back), summed(0)
    members = [f"({base}>0)"]
    if definition.cohort == "first_period":
        members = [f"({fx.period(f'{closing}-{back + size - 1}')}>0)"]
    elif definition.cohort == "both_ends":
        members.append(f"({now}>0)")
    if definition.minimum:
        year = 1.0 if cube.unit == "ARR" else YEAR / step
        times = year / size
        counted = f"{base}*{times!r}" if definition.minimum_of == "year" else fx.period(f"{closing}-{back}")
        members.append(f"(ROUND({counted},{DECIMALS})>={definition.minimum!r})")
    if definition.population:
        wanted = {text.casefold() for text in definition.population}
        held = [
            f"({customers.column(segment_column(customers, name))}={fx.quoted(value)})"
            for name in _columns(cube, definition)
            for value in cube.segments[name].values
            if value.casefold() in wanted
        ]
        members.append(f"({'+'.join(held)}>0)")
    member = "*".join(members)
    kept = f"({now}<{base})*{now}+({now}>={base})*{base}" if definition.gross else now
    return f"SUMPRODUCT({member}*({kept}))", f"SUMPRODUCT({member}*{base})", back + size - 1


def _columns(cube: RevenueCube, definition: Definition) -> list[str]:
    """The segment columns that say who is of the population."""
    if not definition.population:
        return []
    return [name for name in cube.segments if definition.column in ("", name)]


def _months(definition: Definition) -> list[int]:
    every = definition.average.every if definition.average.count > 1 else 0
    return [definition.lag, MEASURES[definition.measure], every]
