"""More customers than are listed: the largest ones, and the others as rows by segment value and kind of movement.

Customers of one movement add up to a row of that movement: what left does not net what came, so that in the report's
window every line of the bridge, of all customers and of each segment, is the sum of the rows.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from nrr_xl.errors import OutputError
from nrr_xl.files import AnyPath
from nrr_xl.records import struct
from nrr_xl.retention.analysis import Analysis
from nrr_xl.retention.diligence import first_positions
from nrr_xl.retention.lines import MOVEMENTS
from nrr_xl.retention.movements import at_both_ends
from nrr_xl.revenue.cube.build import BLANK, RevenueCube, Segment
from nrr_xl.workbook.frame import COUNT, MONEY, Report
from nrr_xl.workbook.sheets.customer_columns import FIRST_ROW, WINDOW, movement_texts
from nrr_xl.workbook.sheets.history import segment_codes
from nrr_xl.workbook.texts import texts

if TYPE_CHECKING:
    from nrr_xl.workbook.sheets.customers import CustomersPlace

WORDS = texts()["customers"]
ENDING = ".customers.parquet"
MOST_CUSTOMERS = 1_048_576 - FIRST_ROW


@struct(eq=False)
class Listing:
    """The rows of the Customers sheet where they are fewer than the customers.

    `analysis` is the report's with a cube that has a row for each of the sheet's; `counted` is how many customers each
    stands for, `rows` the row (from 0) of each of the report's customers; `ends` are the rows' amounts at the window's
    opening and closing, both at the opening's exchange rates.
    """

    analysis: Analysis
    counted: np.ndarray
    rows: np.ndarray
    ends: tuple[np.ndarray, np.ndarray]


def is_summed_up(analysis: Analysis, most: int | None) -> bool:
    """Whether a report does not list every customer."""
    return len(analysis.cube.customers) > (most or MOST_CUSTOMERS)


def listing(analysis: Analysis, most: int | None) -> Listing | None:
    """The largest customers and the rows of the others, at most so many in all; None where all are listed.

    Raises
    ------
    OutputError
        If the segments have so many values that the rows of the others leave no room for customers.
    """
    if not is_summed_up(analysis, most):
        return None
    cube, most = analysis.cube, most or MOST_CUSTOMERS
    count = len(cube.customers)
    codes = {name: segment_codes(analysis, name) for name in cube.segments}
    opening, closing, _ = at_both_ends(cube, analysis.opening, analysis.closing)
    movement = movement_texts(opening, closing, first_positions(cube.amounts), analysis.opening + 1)
    # A customer's group: its movement and its value of each segment, as one number.
    group = np.unique(movement, return_inverse=True)[1].astype(np.int64)
    for name, mine in codes.items():
        group = group * (len(cube.segments[name].values) + 1) + mine + 1
    room = most - len(np.unique(group))
    if room < most // 2:
        raise OutputError(
            f"{count:,} customers do not fit into {most:,} rows: the rows of those that are not listed alone would be"
            f" {most - room:,}, one for each movement and combination of segments. List more, or read fewer segments."
        )
    size = np.argsort(-cube.amounts.max(axis=1), kind="stable")
    chosen = np.sort(size[:room])
    chosen = chosen[np.argsort(-cube.amounts[chosen, analysis.closing], kind="stable")]
    others = np.ones(count, bool)
    others[chosen] = False
    _, first, inverse = np.unique(group[others], return_index=True, return_inverse=True)
    rows = np.empty(count, np.int64)
    rows[chosen] = np.arange(room)
    rows[others] = room + inverse
    shown = np.concatenate([chosen, np.flatnonzero(others)[first]])
    counted = np.bincount(rows, minlength=len(shown))
    segments = {name: Segment(name, segment.values, codes[name][shown]) for name, segment in cube.segments.items()}
    names = [cube.customers[at] for at in chosen.tolist()]
    for row, at in enumerate(shown[room:].tolist(), room):
        parts = [
            segment.values[code] if (code := codes[name][at]) >= 0 else BLANK for name, segment in segments.items()
        ]
        names.append(WORDS["others"].format(count=int(counted[row]), parts=", ".join([*parts, str(movement[at])])))
    amounts = np.stack([_added(cube, each, rows, len(names)) for each in cube.amounts.T], axis=1)
    ends = (_added(cube, opening, rows, len(names)), _added(cube, closing, rows, len(names)))
    summed = replace(
        cube, customers=tuple(names), amounts=amounts, segments=segments, rows=None, fx=(), suggested_map=()
    )
    return Listing(replace(analysis, cube=summed), counted, rows, ends)


def _added(cube: RevenueCube, amounts: np.ndarray, rows: np.ndarray, count: int) -> np.ndarray:
    """What the customers of each row add up to, exactly."""
    whole = cube.units.whole(amounts)
    total = np.zeros(count, whole.dtype)
    np.add.at(total, rows, whole)
    return cube.units.amounts(total)


def check(report: Report, at: CustomersPlace) -> None:
    """The rows, those of many among them, lead to the Summary's lines and counts."""
    words, names = texts()["movements"], texts()["lines"] | texts()["counts"]
    opening, closing, change, movement, counted = (at.of(each) for each in (*WINDOW[1:], "counted"))
    found = {line: f'SUMIF({movement},"{words[line]}",{change})' for line in MOVEMENTS}
    found |= {"opening": f"SUM({opening})", "closing": f"SUM({at.column(at.first_period + report.analysis.closing)})"}
    counts = {
        "openers": f'SUMIF({opening},">0",{counted})',
        "churned": f'-SUMIF({movement},"{words["churn"]}",{counted})',
        "closers": f'SUMIF({closing},">0",{counted})',
    }
    for line, formula in (found | counts).items():
        there = report.figures[report.window_label, line]
        report.check(
            WORDS["check_others"].format(line=names[line]), f"{formula}-{there}", 0.0, MONEY if line in found else COUNT
        )
    report.check(WORDS["check_counted"], f"SUM({counted})-{len(report.analysis.cube.customers)}", 0.0, COUNT)


def beside(path: AnyPath) -> Path:
    """Where the full list of a report stands.

    >>> beside("reports/may.xlsx").name
    'may.customers.parquet'
    """
    return Path(path).with_suffix(ENDING)


def write_all(analysis: Analysis, path: Path) -> None:
    """Every customer's amount in every period as Parquet, a column for each segment and each period.

    Raises OutputError where pyarrow is not installed.
    """
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError:
        raise OutputError(
            "The customers that a sheet does not hold are written as Parquet, which takes pyarrow: pip install pyarrow."
        ) from None
    cube = analysis.cube
    columns = {WORDS["customer"]: pa.array(cube.customers, pa.string())}
    for name, segment in cube.segments.items():
        values = pa.array([*segment.values, None], pa.string())
        columns[name] = values.take(pa.array(segment_codes(analysis, name) % len(values)))
    for at, key in enumerate(cube.periods.keys):
        columns[key] = pa.array(cube.amounts[:, at])
    pq.write_table(pa.table(columns), path)
