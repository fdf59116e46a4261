"""What the report says in words: sentences and the charts' titles as formulas, true for whatever window is chosen."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from nrr_xl.records import struct
from nrr_xl.retention.bands import floor
from nrr_xl.retention.table import Table
from nrr_xl.workbook import formulas as fx
from nrr_xl.workbook.formulas import Said
from nrr_xl.workbook.texts import texts

STEADY = 0.005
YEAR = 12
WORDS = texts()["story"]
TITLES = ("bridge", "trend", "segments", "cohorts")


@struct()
class Story:
    """Where the titles of charts stand: one below the other from a cell on."""

    sheet: str
    row: int
    col: int

    def title(self, chart: str) -> str:
        """The formula of the cell with a chart's title."""
        return "=" + fx.cell(self.row + TITLES.index(chart), self.col, "row col", self.sheet)


@struct()
class Fact:
    """A figure of the window: its cell, and what Python has for it; undefined is a text or NaN."""

    cell: str
    value: float | str

    @property
    def known(self) -> bool:
        return not isinstance(self.value, str) and not math.isnan(self.value)

    @property
    def number(self) -> float:
        """The value, and 0 of an undefined one, which is then said in no sentence."""
        return float(self.value) if self.known else 0.0

    def percent(self, digits: int = 1) -> Said:
        return fx.percent(self.cell, self.value, digits)


def result(nrr: Fact, grr: Fact, window: Mapping[str, Said | str]) -> Said:
    """NRR and GRR of the window in plain words."""
    change = nrr.number - 1
    moved = fx.percent(f"ABS({nrr.cell}-1)", abs(change))
    facts = {**window, "nrr": nrr.percent(), "grr": grr.percent(), "change": moved}
    differs = fx.chosen(f"{nrr.cell}>1", change > 0, fx.told(WORDS["more"], facts), fx.told(WORDS["less"], facts))
    same = fx.told(WORDS["as_much"], facts)
    found = fx.chosen(f"ABS({nrr.cell}-1)<{STEADY / 10}", abs(change) < STEADY / 10, same, differs)
    return fx.chosen(f"ISNUMBER({nrr.cell})", nrr.known, found, fx.told(WORDS["nobody"], window))


def method(label: str, rate: Fact) -> Said:
    """What the method that was asked for says, if it is another one than the default."""
    undefined = fx.told(WORDS["undefined_method"], {"label": label})
    found = fx.told(WORDS["method"], {"label": label, "rate": rate.percent()})
    return fx.chosen(f"ISNUMBER({rate.cell})", rate.known, found, undefined)


def balance(figures: Mapping[str, Fact]) -> Said:
    """Expansion against losses; losses are negative."""
    base, gain = figures["opening"], figures["expansion"]
    lost = Fact(f"({figures['contraction'].cell}+{figures['churn'].cell})", _lost(figures))
    share = {"gained": gain.number / base.number, "lost": -lost.number / base.number} if base.number else {}
    facts = {
        "gained": fx.percent(f"({gain.cell}/{base.cell})", share.get("gained", 0.0)),
        "lost": fx.percent(f"(-{lost.cell}/{base.cell})", share.get("lost", 0.0)),
    }
    wins = gain.number > -lost.number
    found = fx.chosen(
        f"{gain.cell}>-{lost.cell}", wins, fx.told(WORDS["outgrows"], facts), fx.told(WORDS["falls_short"], facts)
    )
    none = fx.told(WORDS["all_new"], {})
    return fx.chosen(f"N({base.cell})=0", not base.number, none, found)


def _lost(figures: Mapping[str, Fact]) -> float:
    return figures["contraction"].number + figures["churn"].number


def masked(nrr: Fact, grr: Fact, months: int) -> Said:
    """That expansion hides losses, over a year: GRR below the lowest quartile while NRR holds."""
    limit = floor()
    facts: dict[str, Said | str] = {"grr": grr.percent(), "floor": fx.fixed(100 * limit, 0) + "%"}
    both = nrr.known and grr.known and months == YEAR and nrr.number >= 1 and grr.number < limit
    condition = f"AND({fx.MONTHS}={YEAR},N({nrr.cell})>=1,N({grr.cell})<{limit})"
    return fx.chosen(condition, both, fx.told(WORDS["masked"], facts), ('""', ""))


def largest(line: str, customer: Said, share: Fact) -> Said:
    """The customer that moved a line most, where there is one."""
    found = fx.told(WORDS[f"largest_{line}"], {"customer": customer, "share": share.percent(0)})
    return fx.chosen(f"ISNUMBER({share.cell})", share.known, found, fx.told(WORDS[f"no_{line}"], {}))


def trend(now: Fact, before: Fact) -> Said:
    """NRR against that of a year ago."""
    change = now.number - before.number
    facts = {"nrr": now.percent()}
    difference = f"({now.cell}-{before.cell})"
    moved = fx.chosen(f"{difference}>0", change > 0, fx.told(WORDS["rose"], facts), fx.told(WORDS["fell"], facts))
    compared = fx.chosen(f"ABS{difference}<{STEADY}", abs(change) < STEADY, fx.told(WORDS["held"], facts), moved)
    alone = fx.told(WORDS["is"], facts)
    found = fx.chosen(f"ISNUMBER({before.cell})", before.known, compared, alone)
    return fx.chosen(f"ISNUMBER({now.cell})", now.known, found, fx.told(WORDS["undefined"], {}))


def by_segment(name: str, labels: str, rates: str, table: Table) -> Said:
    """The values with the lowest and the highest NRR, where there are two or more."""
    known = [row for row in table.records(("value", "nrr")) if not math.isnan(row["nrr"])]
    none = fx.told(WORDS["no_segments"], {})
    if known:
        best, worst = (choose(known, key=lambda row: row["nrr"]) for choose in (max, min))
    else:
        best = worst = {"value": "", "nrr": 0.0}

    def value(which: str, row: Mapping[str, Any]) -> Said:
        return f"INDEX({labels},MATCH({which}({rates}),{rates},0))", row["value"]

    facts: dict[str, Said | str] = {
        "segment": name,
        "worst": value("MIN", worst),
        "low": fx.percent(f"MIN({rates})", worst["nrr"], 0),
        "best": value("MAX", best),
        "high": fx.percent(f"MAX({rates})", best["nrr"], 0),
    }
    return fx.chosen(f"COUNT({rates})>1", len(known) > 1, fx.told(WORDS["segments"], facts), none)


@struct()
class Causes:
    """What a segment's values add to NRR less 100 %, in points: where they stand, and what Python has for them.

    `cells` are the sum of all, and the places of the largest and of the next one.
    """

    segment: str
    labels: str
    points: str
    cells: tuple[str, ...]
    names: tuple[str, ...]
    values: tuple[float, ...]


def causes(found: Causes) -> Said:
    """The two largest contributions and the rest, rounded so that what is said adds up."""
    known = not any(math.isnan(value) for value in found.values)
    values = found.values if known else tuple(0.0 for _ in found.values)
    order = sorted(range(len(values)), key=lambda at: -abs(values[at]))[:2]
    total = _tenths(math.fsum(values))
    first, second = (_tenths(values[at]) for at in order)
    whole, *places = found.cells
    one, two = (f"ROUND(INDEX({found.points},{place}),1)" for place in places)
    alone = len(values) == 2
    facts: dict[str, Said | str] = {
        "segment": found.segment,
        "total": _points(f"ROUND({whole},1)", total),
        "first": (f"INDEX({found.labels},{places[0]})", found.names[order[0]] if known else ""),
        "one": _points(one, first),
        "second": (f"INDEX({found.labels},{places[1]})", found.names[order[1]] if known else ""),
        "two": _points(f"ROUND({whole},1)-{one}" if alone else two, total - first if alone else second),
        "rest": _points(f"ROUND({whole},1)-{one}-{two}", total - first - second),
    }
    said = fx.told(WORDS["causes_two" if alone else "causes"], facts)
    return fx.chosen(f"ISNUMBER({whole})", known, said, fx.told(WORDS["undefined"] + ".", {}))


def _tenths(value: float) -> float:
    return float(fx.fixed(value, 1).replace(",", ""))


def _points(formula: str, value: float) -> Said:
    """A number of points with its sign; what rounds to nothing has none."""
    rounded = f"(ROUND({formula},1)+0)"
    shown = fx.fixed(round(value, 1) + 0.0, 1)
    return f'IF({rounded}>0,"+","")&FIXED({rounded},1)&" pts"', (
        "+" if float(shown.replace(",", "")) > 0 else ""
    ) + shown + " pts"


def cohorts(age: Fact, share: Fact, unit: str) -> Said:
    """What the average cohort pays at the age at which cohorts are compared."""
    words = texts()
    named = fx.chosen(
        f"{age.cell}>1", age.number > 1, fx.told(words["units"][unit], {}), fx.told(words["unit"][unit], {})
    )
    facts = {"age": fx.number(age.cell, age.number), "unit": named, "share": share.percent(0)}
    known = age.number > 0 and share.known
    condition = f"AND({age.cell}>0,ISNUMBER({share.cell}))"
    return fx.chosen(condition, known, fx.told(WORDS["cohorts"], facts), fx.told(WORDS["no_cohorts"], {}))
