"""What readers do to a filled template: its figures are the truth of the rows that stand there, or there are none."""

from __future__ import annotations

import re

import numpy as np
import pytest

from nrr_xl.periods import Periods
from nrr_xl.retention.analysis import analyse
from nrr_xl.revenue.cube.build import RevenueCube
from nrr_xl.workbook.fill import fill
from nrr_xl.workbook.parts import Parts
from nrr_xl.workbook.template.build import write_template
from nrr_xl.workbook.template.table import find_table
from tests.apps.template import CUSTOMERS, LINES, LOSSES, PASSED, TILES, amount, serial, status
from tests.workbook import cubes

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")
TOP, SHEET, FIRST_MONTH = 7, "Revenue", (2022, 1)
# In the default run; the others take as long again and again.
QUICK = (
    "an amount raised",
    "a date as text",
    "rows sorted by amount",
    "a row deleted",
    "a total below",
    "another's name from a web page",
)


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    """A template filled with twelve customers over 16 months, and how many rows it has."""
    folder = tmp_path_factory.mktemp("filled")
    cube = cubes.ordinary(12, 16, 3)
    write_template(folder / "template.xlsx", customers=CUSTOMERS)
    rows = fill(folder / "template.xlsx", cube, folder / "filled.xlsx", company="Acme")
    book = Parts.read(folder / "filled.xlsx")
    assert find_table(book, folder / "filled.xlsx").top == TOP - 1
    return folder / "filled.xlsx", TOP + rows - 1


def edits(last: int) -> dict:
    """Every edit by what it is: rows' operations, then cells that are set; `last` is the last row of the table."""

    def typed(*changes: tuple) -> tuple:
        return [], [(SHEET, *change) for change in changes]

    def settings(*changes: tuple) -> tuple:
        return [], [("Settings", *change) for change in changes]

    def rows(*operations: tuple) -> tuple:
        return [(name, SHEET, *rest) for name, *rest in operations], []

    return {
        "nothing": ([], []),
        "an amount raised": typed((f"C{last}", 987654.0)),
        "an amount of the first month": typed((f"C{TOP}", 0.01)),
        "an amount taken out": typed((f"C{last}", None)),
        "an amount below 0": typed((f"C{last}", -5.0)),
        "an amount as text": typed((f"C{last}", "1,200")),
        "an error for an amount": typed((f"C{last}", "=1/0")),
        "a formula for an amount": typed((f"C{last}", "=2*321")),
        "a truth for an amount": typed((f"C{last}", "=TRUE()")),
        "a huge amount": typed((f"C{last}", 1e15)),
        "a renamed customer": typed((f"A{last}", "Somebody else")),
        "another's name": typed((f"A{last}", "Customer 00000")),
        "another's name in capitals": typed((f"A{last}", "CUSTOMER  00000 ")),
        "another's name from a web page": typed((f"A{last}", "\u00a0Customer\u00a000000")),
        "a name taken out": typed((f"A{last}", None)),
        "a number for a name": typed((f"A{last}", 12.0)),
        "a date as text": typed((f"B{last}", "2023-04")),
        "a date as a day": typed((f"B{last}", serial(2023, 4) + 20)),
        "a date taken out": typed((f"B{last}", None)),
        "a month to come": typed((f"B{last}", serial(2040, 1))),
        "a month long ago": typed((f"B{TOP}", serial(2012, 1))),
        "a year for a date": typed((f"B{last}", 2023.0)),
        "a segment taken out": typed((f"D{last}", None)),
        "a segment of its own": typed((f"D{last}", "Atlantis")),
        "a row below": typed((f"A{last + 1}", "New Ltd"), (f"B{last + 1}", serial(2023, 4)), (f"C{last + 1}", 50.0)),
        "a row below, one left free": typed(
            (f"A{last + 2}", "New Ltd"), (f"B{last + 2}", serial(2023, 4)), (f"C{last + 2}", 50.0)
        ),
        "a month more": typed((f"A{last + 1}", "New Ltd"), (f"B{last + 1}", serial(2023, 5)), (f"C{last + 1}", 5.0)),
        "a total below": typed(
            (f"A{last + 1}", "Total"), (f"B{last + 1}", serial(2023, 4)), (f"C{last + 1}", f"=SUM(C{TOP}:C{last})")
        ),
        "a total without a name": typed((f"C{last + 1}", f"=SUM(C{TOP}:C{last})")),
        "a row repeated": rows(("copy", f"A{last}:D{last}", f"A{last + 1}")),
        "a block pasted twice": rows(("copy", f"A{TOP}:D{last}", f"A{last + 1}")),
        "a row deleted": rows(("delete", f"A{TOP + 3}:D{TOP + 3}")),
        "the first row deleted": rows(("delete", f"A{TOP}:D{TOP}")),
        "a row inserted": rows(("insert", f"A{TOP + 3}:D{TOP + 3}")),
        "rows inserted above the table": rows(("insert", "A3:D4")),
        "rows sorted by amount": rows(("sort", f"A{TOP}:D{last}", 2, False)),
        "names sorted alone": rows(("sort", f"A{TOP}:A{last}", 0, False)),
        "amounts sorted alone": rows(("sort", f"C{TOP}:C{last}", 0, True)),
        "rows moved down": rows(("move", f"A{last}:D{last}", f"A{last + 5}")),
        "amounts moved aside": rows(("move", f"C{last}:C{last}", f"H{last}")),
        "a column inserted": rows(("insert column", "B1:B1")),
        "the segments deleted": rows(("delete column", "D1:D1")),
        "the amounts deleted": rows(("delete column", "C1:C1")),
        "a row hidden": rows(("hide", f"A{TOP}:D{TOP}")),
        "a closing before": settings(("C9", serial(2023, 2))),
        "a closing within the month": settings(("C9", serial(2023, 3) + 11)),
        "a closing as text": settings(("C9", "Mar 2023")),
        "a window of 6": settings(("C10", 6.0)),
        "a window of 15": settings(("C10", 15.0)),
        "a window beyond the rows": settings(("C10", 16.0)),
        "a window of half a month": settings(("C10", 1.5)),
        "a window of text": settings(("C10", "12")),
    }


def truth(after, window: float, closing):
    """The analysis of the rows that stand on the sheet, read apart from the template's formulas."""
    heads = {cell.value: re.sub(r"\d", "", at) for (sheet, at), cell in after.cells.items() if sheet == SHEET}
    columns = [heads.get(name) for name in ("Customer", "Month", "Amount")]
    found: dict[tuple[str, int], float] = {}
    spelt: dict[str, str] = {}
    held = {at: cell for (sheet, at), cell in after.cells.items() if sheet == SHEET}
    header = int(re.sub(r"\D", "", next(at for at, cell in held.items() if cell.value == "Customer")))
    bottom = max(int(re.sub(r"\D", "", at)) for at in held)
    for row in range(header + 1, bottom + 1):
        name, day, number = (held.get(f"{letter}{row}") for letter in columns)
        if name is None or day is None:
            continue
        who = " ".join(str(name.value).split(" ")).strip()
        who = spelt.setdefault(" ".join(who.split()).casefold(), who)
        date = np.datetime64("1899-12-30") + np.timedelta64(int(day.value), "D")
        month = int(date.astype("datetime64[M]").astype(int)) + 1970 * 12
        found[who, month] = found.get((who, month), 0.0) + (number.value if number and number.value else 0.0)
    months = [month for _, month in found]
    names = tuple(dict.fromkeys(name for name, _ in found))
    amounts = np.zeros((len(names), max(months) - min(months) + 1))
    for (name, month), value in found.items():
        amounts[names.index(name), month - min(months)] = max(round(value, 6), 0.0)
    last = closing if closing is not None else max(months)
    as_of = f"{last // 12}-{last % 12 + 1:02}"
    return analyse(RevenueCube(names, Periods(min(months), amounts.shape[1]), amounts), months=int(window), as_of=as_of)


def wrong(after, changes) -> list[str]:
    """What the template shows beside the truth of its rows; nothing where it shows no figure."""
    line = status(after)
    if (isinstance(line, str) and line.startswith("✗")) or not isinstance(after.value("Summary", "A9"), float):
        return [] if not str(line).startswith("✓") else [f"a tick over {after.value('Summary', 'A9')}"]
    said = {address: value for sheet, address, value in changes if sheet == "Settings"}
    closing = None
    if (day := said.get("C9")) is not None:
        date = np.datetime64("1899-12-30") + np.timedelta64(int(day), "D")
        closing = int(date.astype("datetime64[M]").astype(int)) + 1970 * 12
    expected = truth(after, said.get("C10", 12.0), closing)
    found = []
    for at, rate in TILES.items():
        shown, right = after.value("Summary", at), expected.rates[rate]
        if not (shown == "–" if np.isnan(right) else shown == pytest.approx(right, rel=1e-9)):
            found.append(f"{rate}: {shown}, not {right} ({line})")
    for key in LINES:
        right = expected.bridge[key] * (-1 if key in LOSSES else 1)
        if amount(after, key) != pytest.approx(right, rel=1e-12, abs=1e-6):
            found.append(f"{key}: {amount(after, key)}, not {right} ({line})")
    return found


def all_wrong(filled, office, names=None):
    path, last = filled
    found, told = {}, {}
    for name, (rows, changes) in edits(last).items():
        if names is None or name in names:
            after = office.recalculate(path, changes, rows=rows, only=["Summary", SHEET])
            told[name] = status(after)
            if lines := wrong(after, changes):
                found[name] = lines
    return found, told


def test_every_edit_of_the_quick_ones_shows_the_truth_or_nothing(filled, office):
    found, told = all_wrong(filled, office, QUICK)
    assert found == {} and len(told) == len(QUICK)
    assert told["another's name from a web page"].startswith("△ 1 row repeats a customer")


@pytest.mark.slow
def test_every_edit_of_a_filled_template_shows_the_truth_or_nothing(filled, office):
    found, told = all_wrong(filled, office)
    assert found == {}
    assert told["nothing"] == PASSED and len(told) >= 50
    for name in ("an amount as text", "a date as text", "a window of half a month"):
        assert told[name].startswith("✗"), name
