"""What was understood of a source, as data and as a readable table: the content of `nrr-xl check`."""

from __future__ import annotations

from typing import Any

import numpy as np

from nrr_xl.errors import Problem
from nrr_xl.revenue.cube.units import HALF_CENT
from nrr_xl.revenue.files.grid import column_letter
from nrr_xl.revenue.mending import mended_commands
from nrr_xl.revenue.table.table import Table, column_title
from nrr_xl.revenue.understood import Understood
from nrr_xl.revenue.vocabulary import of_refunds

# Examples of one cause, periods whose totals are shown, values of a column.
EXAMPLES, PERIODS, SAMPLES = 3, 13, 3


def as_data(found: Understood) -> dict[str, Any]:
    """What was understood, as plain data.

    Keys: source (path, sheet, layout, rows, sha256), table (range, header row, region), columns, unit, currency,
    periods, customers, account, totals by period, suggested_map, problems.
    """
    table, rows, account, source = found.table, found.rows, found.account, found.source
    header = table.header[1]
    cube = found.cube
    return {
        "source": source.to_dict(),
        "table": {
            "range": table.range,
            "header_row": header + table.grid.origin[0] + 1 if header >= 0 else None,
            "region": table.region,
        },
        "columns": columns(table),
        "unit": found.unit,
        "currency": cube.currency if cube else None,
        "periods": {
            "first": rows.periods.keys[0] if len(rows.periods) else None,
            "last": rows.periods.keys[-1] if len(rows.periods) else None,
            "count": len(rows.periods),
            "months_each": rows.periods.step,
        },
        "customers": len(cube.customers) if cube else len(rows.customer.values),
        "account": {
            "cells": account.cells,
            "used_cells": account.used_cells,
            "left_out_cells": account.left_out_cells,
            "source_total": account.source_total,
            "used_total": account.used_total,
            "left_out_total": account.left_out_total,
            "difference": account.difference,
        },
        "totals": dict(zip(rows.periods.keys, np.sum(cube.amounts, axis=0).tolist(), strict=True)) if cube else {},
        "suggested_map": [list(pair) for pair in found.suggested_map],
        "problems": [problem.to_dict() for problem in account.problems],
    }


def columns(table: Table) -> list[dict[str, str]]:
    """Each column's letter, header and part: a role, a period, "segment", "refunds", "not used" and so on."""
    parts = {column: role for role, column in table.roles.items()}
    parts |= {column: "period" for column in table.periods}
    parts |= {column: "segment" for column in table.segments}
    parts |= {column: "total" for column in table.summaries}
    parts |= {column: "forecast" for column in table.forecasts}
    parts |= {column: "refunds" if of_refunds(table.names.get(column, "")) else "not used" for column in table.unused}
    parts |= {column: "not understood" for column in table.undecided}
    return [
        {
            "column": column_letter(column + table.grid.origin[1]),
            "header": column_title(table, column),
            "part": part + (" (guessed)" if part in table.guessed else ""),
            "sample": _sample(table, column),
        }
        for column, part in sorted(parts.items())
    ]


def _sample(table: Table, column: int) -> str:
    """The first different values of a column."""
    seen: dict[str, None] = {}
    for row in range(table.first, min(table.first + 50, table.last + 1)):
        if text := table.grid.text(row, column).strip():
            seen[text if len(text) <= 24 else f"{text[:23]}…"] = None
        if len(seen) == SAMPLES:
            break
    return ", ".join(seen)


def as_text(found: Understood) -> str:
    """What was understood, for a terminal."""
    data = as_data(found)
    source, table, periods, account = data["source"], data["table"], data["periods"], data["account"]
    place = f"{source['sheet'] + ', ' if source['sheet'] else ''}{table['range']}"
    header = f"header in row {table['header_row']}" if table["header_row"] else "no header row"
    mark = f", {table['region']}" if table["region"] else ""
    span = f"{periods['first']} to {periods['last']} ({periods['count']})" if periods["count"] else "none"
    currency = f", {data['currency']}" if data["currency"] else ""
    lines = [
        *_pairs(
            {
                "Source": source["path"] or "the frame",
                "Table": f"{place} ({header}{mark})",
                "Layout": f"{source['layout']}, {source['rows']:,} rows",
                "Amounts": f"{data['unit']}{currency}",
                "Periods": span,
                "Customers": f"{data['customers']:,}",
            }
        ),
        *_problems(found.account.problems, ("error", "warning")),
        *(f"Try: {command}" for command in mended_commands(found.account.problems, source["path"])),
        "",
        *_columns(data["columns"]),
        "",
        *_account(account),
        *_totals(data["totals"]),
        *_problems(found.account.problems, ("info",)),
    ]
    return "\n".join(lines)


def _pairs(values: dict[str, str]) -> list[str]:
    return [f"{name:<11}{value}" for name, value in values.items()]


def _columns(parts: list[dict[str, str]]) -> list[str]:
    """The columns; a run of periods is one line."""
    rows = [("Column", "Part", "Header", "Values")]
    run: list[dict[str, str]] = []

    def close() -> None:
        if run:
            first, last = run[0], run[-1]
            letters = first["column"] if len(run) == 1 else f"{first['column']}:{last['column']}"
            part = "period" if len(run) == 1 else f"{len(run)} periods"
            header = first["header"] if len(run) == 1 else f"{first['header']} ... {last['header']}"
            rows.append((letters, part, header, first["sample"]))
            run.clear()

    for each in parts:
        if each["part"] == "period":
            run.append(each)
            continue
        close()
        rows.append((each["column"], each["part"], each["header"], each["sample"]))
    close()
    # A long header moves the values of all rows, so that they still stand under one another.
    width = max(24, min(48, 2 + max(len(header) for _, _, header, _ in rows)))
    return [f"{letters:<11}{part:<20}{header:<{width - 1}} {values}".rstrip() for letters, part, header, values in rows]


def _account(account: dict[str, Any]) -> list[str]:
    """The account of every amount, which must leave no difference."""
    lines = [f"{'Account':<11}{'cells':>12}{'amount':>20}"]
    for name, cells, total in (
        ("source", account["cells"], account["source_total"]),
        ("used", account["used_cells"], account["used_total"]),
        ("left out", account["left_out_cells"], account["left_out_total"]),
    ):
        lines.append(f"  {name:<9}{cells:>12,}{total:>20,.2f}")
    difference = account["difference"]
    lines.append(
        f"  {'check':<9}{'':>12}{'0, adds up' if abs(difference) < HALF_CENT else f'{difference:,.2f} OFF':>20}"
    )
    return lines


def _problems(problems: tuple[Problem, ...], severities: tuple[str, ...]) -> list[str]:
    """The problems of some severities by cause, each with its count, its sum and examples."""
    lines: list[str] = []
    for severity in severities:
        same = [problem for problem in problems if problem.severity == severity]
        if same:
            lines += ["", _TITLES[severity]]
        for code in dict.fromkeys(problem.code for problem in same):
            lines += _cause([problem for problem in same if problem.code == code])
    return lines


_TITLES = {"error": "In the way", "warning": "What decided the result", "info": "Also noted"}


def _cause(same: list[Problem]) -> list[str]:
    """One cause: a single problem in full, of several their number, their sum and examples."""
    first = same[0]
    if len(same) == 1:
        return [f"  {first.code:<20}{first}"]
    amounts = [problem.amount for problem in same if problem.amount is not None]
    total = f", {sum(amounts):,.2f} in all" if amounts else ""
    count = sum(problem.cells for problem in same)
    lines = [f"  {first.code:<20}{count} times{total}: {first.message}. {first.action}".rstrip()]
    for problem in same[:EXAMPLES]:
        where = "!".join(part for part in (problem.sheet, problem.cell) if part)
        amount = "" if problem.amount is None else f" ({problem.amount:,.2f})"
        what = problem.message if problem.value is None else problem.value
        lines.append(f"{'':<22}{where + ': ' if where else ''}{what}{amount}")
    if len(same) > EXAMPLES:
        lines.append(f"{'':<22}... and {count - EXAMPLES} more; --json lists all")
    return lines


def _totals(totals: dict[str, float]) -> list[str]:
    """The total of each period, the last ones."""
    if not totals:
        return []
    shown = list(totals.items())[-PERIODS:]
    left = len(totals) - len(shown)
    rows = [f"  {key:<9}{'':>12}{amount:>20,.2f}" for key, amount in shown]
    return ["", f"{'Totals':<11}{'':>12}{'amount':>20}", *([f"  ... {left} periods before"] if left else []), *rows]
