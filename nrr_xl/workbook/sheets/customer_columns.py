"""What the Customers sheet says of every customer: its movement in the window, what puts it at risk, and look-ups."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from nrr_xl.retention.diligence import first_positions
from nrr_xl.retention.drivers import falls_in_a_row
from nrr_xl.retention.movements import at_both_ends
from nrr_xl.revenue.cube.build import RevenueCube
from nrr_xl.workbook import formulas as fx
from nrr_xl.workbook.cells import Page, StreamColumn, safe_text
from nrr_xl.workbook.feed import Feed
from nrr_xl.workbook.frame import COUNT, HEAD_ROWS, Report, last_positions
from nrr_xl.workbook.sheets.history import segment_texts
from nrr_xl.workbook.texts import texts

if TYPE_CHECKING:
    from nrr_xl.workbook.sheets.customers import CustomersPlace

TOTAL_ROW, END_ROW, POSITION_ROW, LABEL_ROW, HEADER_ROW, FIRST_ROW = range(HEAD_ROWS, HEAD_ROWS + 6)
WINDOW = ("first", "opening", "closing", "change", "movement")
# What only the accounts at risk and the tenure of who left stand on, folded away.
RISK = ("peak", "falls", "stake", "last")
# Columns of counts and positions; the others hold amounts, but for the movement.
COUNTED = ("first", "falls", "last", "again", "number", "before", "counted")
# Columns of values: a customer's number, how many a row stands for, and its texts as written, so that changes are seen.
TYPED = ("number", "counted", "written")
BETWEEN, COMPARED_SIGNS = "|", 200
WORDS, HEADERS = texts()["customers"], texts()["customer_columns"]


def movement_texts(opening: np.ndarray, closing: np.ndarray, first: np.ndarray, at: int) -> np.ndarray:
    """What each customer did between two amounts, in words; `at` is the opening's position, counted from 1."""
    words = texts()["movements"]
    known = (first > 0) & (first <= at)
    cases = [
        ((opening > 0) & (closing == 0), "churn"),
        ((opening > 0) & (closing > opening), "expansion"),
        ((opening > 0) & (closing < opening), "contraction"),
        (opening > 0, "unchanged"),
        (closing == 0, "absent"),
        (known, "reactivation"),
    ]
    return np.select([case for case, _ in cases], [words[word] for _, word in cases], words["new"])


def window_columns(report: Report, at: CustomersPlace) -> list[StreamColumn]:
    """What each customer did in the window, what puts it at risk, and what tells one row from another."""
    analysis, amounts, chosen = report.listed, report.listed.cube.amounts, report.analysis.settings
    first = first_positions(amounts)
    opening, closing, _ = at_both_ends(analysis.cube, analysis.opening, analysis.closing)
    if report.listing:
        opening, closing = report.listing.ends
    peak = amounts[:, analysis.opening : analysis.closing + 1].max(axis=1)
    falls = falls_in_a_row(amounts[:, : analysis.closing + 1])
    lost = np.where(peak > 0, (peak - closing) / np.where(peak > 0, peak, 1.0), 0.0)
    counted = Counter(map(spelt, analysis.cube.customers))
    values: dict[str, Any] = {
        "first": first,
        "opening": opening,
        "closing": closing,
        "change": closing - opening,
        "movement": movement_texts(opening, closing, first, analysis.opening + 1).tolist(),
        "peak": peak,
        "falls": falls,
        "stake": np.where((falls >= chosen.risk_periods) | (lost.round(12) > chosen.risk_drop), closing, 0.0),
        "last": last_positions(amounts[:, : analysis.closing + 1]),
        "again": np.array([counted[spelt(name)] for name in analysis.cube.customers]),
        "number": np.arange(1, at.customers + 1),
        "before": np.zeros(at.customers),
        "counted": report.listing.counted if report.listing else np.ones(at.customers),
        "written": texts_as_written(analysis.cube, at.numbered),
    }
    live = report.live["customers"]
    own = partial(looked_up_in, at, report.feed.before) if report.feed else None
    return [
        StreamColumn(
            at.arranged(values[name]),
            "working" if name in at.folded else "formula",
            {"movement": "general", "written": "general", **dict.fromkeys(COUNTED, "position")}.get(name, "amount"),
            None if name in TYPED or not live else own if name == "before" else partial(_formula, at, name),
        )
        for name in at.window
    ]


def watch(report: Report, at: CustomersPlace, columns: Sequence[StreamColumn]) -> None:
    """Have these columns held against what was written: sums of numbers, counts of movements.

    Columns of values are part of what is as reported; those of formulas are checked while all is as reported.
    """
    for name, column in zip(at.window, columns, strict=True):
        area, live = at.of(name), report.live["customers"]
        if name == "written" or (live and name in TYPED):
            continue
        if name == "movement":
            counts = sorted(Counter(column.values).items())
            found = [f'COUNTIF({area},"{word}")={count}' for word, count in counts]
        else:
            total = float(np.asarray(column.values, float).sum())
            found = [f"ABS(SUM({area})-{total!r})<={max(1e-9, 1e-11 * abs(total))!r}"]
        if not live:
            report.signatures += found
        elif report.live["checks"]:
            held = f"IF(AND({','.join(found)}),0,1)"
            text = WORDS["check_column"].format(column=HEADERS[name])
            report.check(text, f"IF({report.as_reported}=1,{held},0)", 0.0, COUNT, "columns")


def texts_as_written(cube: RevenueCube, numbered: bool) -> list[str]:
    """Each customer's number if it has one, its name, and values of the segments that do not change over time."""
    columns: list[Sequence[str]] = [cube.customers]
    for segment in cube.segments.values():
        if segment.codes.ndim == 1:
            columns.append([segment.values[code] if code >= 0 else "" for code in segment.codes])
    if numbered:
        columns.insert(0, [str(number) for number in range(1, len(cube.customers) + 1)])
    return [BETWEEN.join(safe_text(text)[:COMPARED_SIGNS] for text in each) for each in zip(*columns, strict=True)]


def _formula(at: CustomersPlace, name: str, row: int) -> str:
    """The formula of one of these columns in a row."""
    columns, words = at.window, texts()["movements"]
    line = f"{fx.cell(row, at.first_period, 'col')}:{fx.cell(row, at.last_period, 'col')}"
    f, o, c, d, _, p, n = (fx.cell(row, columns[each], "col") for each in (*WINDOW, *RISK[:2]))
    arrived = f'IF({c}=0,"{words["absent"]}",IF({f}<={fx.OPENING},"{words["reactivation"]}","{words["new"]}"))'
    stayed = f'IF({d}>0,"{words["expansion"]}",IF({d}<0,"{words["contraction"]}","{words["unchanged"]}"))'
    left = f'IF({c}=0,"{words["churn"]}",{stayed})'
    names = fx.block(FIRST_ROW, 0, at.last_row, 0)
    positions = fx.block(POSITION_ROW, at.first_period, POSITION_ROW, at.last_period)
    first = f"IF(SUM({line})=0,0,MATCH(TRUE,INDEX({line}>0,0),0))"
    if at.fed:
        # Who had an amount before the first period was a customer by then.
        first = f"IF({fx.cell(row, columns['before'], 'col')}>0,1,{first})"
    return {
        "first": first,
        "opening": f"N(INDEX({line},{fx.OPENING}))",
        "closing": f"N(INDEX({line},{fx.CLOSING}))",
        "change": f"{c}-{o}",
        "movement": f"IF({o}=0,{arrived},{left})",
        "peak": f"MAX(INDEX({line},{fx.OPENING}):INDEX({line},{fx.CLOSING}))",
        "falls": _falls(at, row),
        "stake": f"IF(OR({n}>={fx.RISK_FALLS},IF({p}>0,ROUND(({p}-{c})/{p},12),0)>{fx.RISK_DROP}),{c},0)",
        "last": f"SUMPRODUCT(MAX(({line}>0)*({positions}<={fx.CLOSING})*{positions}))",
        "again": f"SUMPRODUCT(--EXACT(UPPER(TRIM({names})),UPPER(TRIM({fx.cell(row, 0, 'col')}))))",
    }[name]


def _falls(at: CustomersPlace, row: int) -> str:
    """How many periods the amount has fallen in a row: back from the closing to the last one that did not fall."""
    if at.periods < 2:
        return "0"

    def ranged(row: int, start: int, end: int, fixed: str) -> str:
        return f"{fx.cell(row, start, fixed)}:{fx.cell(row, end, fixed)}"

    first, last = at.first_period, at.last_period
    here, before = ranged(row, first + 1, last, "col"), ranged(row, first, last - 1, "col")
    position = ranged(POSITION_ROW, first + 1, last, "row col")
    return f"{fx.CLOSING}-SUMPRODUCT(MAX(({position}<={fx.CLOSING})*({here}>={before})*{position},1))"


def looked_up(report: Report, feed: Feed, page: Page, at: CustomersPlace) -> None:
    """Customers, segments and amounts as a template looks them up, with the heads that a Table would have."""
    cube = report.analysis.cube
    heads = [WORDS["customer"], *at.segments, *(HEADERS[name] for name in at.window)]
    for col, name in enumerate(heads):
        page.put(HEADER_ROW, col, name, "header_left" if col <= len(at.segments) else "header")
    for offset, label in enumerate(cube.periods.labels):
        col = at.first_period + offset
        report.write(page, HEADER_ROW, col, fx.cell(LABEL_ROW, col), label, "customers", "header", "general")
    columns = [StreamColumn(cube.customers, "label", "general", partial(looked_up_in, at, feed.customer))]
    for name in at.segments:
        found = segment_texts(report.analysis, name)
        columns.append(StreamColumn(found, "label", "general", partial(looked_up_in, at, feed.segment)))
    columns += window_columns(report, at)
    for offset in range(at.periods):
        amount = partial(looked_up_in, at, feed.amount, col=at.first_period + offset)
        columns.append(StreamColumn(cube.amounts[:, offset], "link", "amount", amount))
    for row in range(FIRST_ROW, at.last_row + 1):
        for col, column in enumerate(columns):
            value = column.values[row - FIRST_ROW]
            if column.formula:
                report.write(page, row, col, column.formula(row), value, "customers", column.role, column.kind)
            else:
                page.put(row, col, value, column.role, column.kind)


def looked_up_in(at: CustomersPlace, formula: str, row: int, col: int = 0) -> str:
    """A formula of the feed in a row, for the period that stands over a column."""
    return formula.format(number=fx.cell(row, at.window["number"], "col"), end=fx.cell(END_ROW, col, "row"))


def check_looked_up(report: Report, at: CustomersPlace) -> None:
    """A template's amounts are formulas; that none of them is typed over is counted for every sheet."""
    report.check(WORDS["check_numbers"], f"COUNTA({fx.AMOUNTS})-COUNT({fx.AMOUNTS})", 0.0, COUNT)
    report.check(WORDS["check_negatives"], f'COUNTIF({fx.AMOUNTS},"<0")', 0.0, COUNT)


def spelt(name: str) -> str:
    """A name as TRIM and UPPER leave it."""
    return " ".join(part for part in name.split(" ") if part).upper()
