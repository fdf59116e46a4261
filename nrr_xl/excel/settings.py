"""The settings sheet of a workbook: the command line's options by their names, or the template's labels."""

from __future__ import annotations

import datetime as dt

from nrr_xl.errors import InputError, Problem
from nrr_xl.revenue.cells.dates import When, number_date, parse_date

COLUMNS = ("customer", "date", "amount", "start", "end", "product", "currency", "type")
# The template's own labels.
LABELS = {"closing month": "as_of", "window, months": "months"}


def _text(value) -> str:
    return str(value).strip()


def _whole(value) -> int:
    if float(value) != int(float(value)):
        raise ValueError
    return int(float(value))


def _month(value) -> str:
    """A date, a serial number or a text as "YYYY-MM"."""
    if isinstance(value, dt.date):
        return f"{value:%Y-%m}"
    when = parse_date(_text(value)) if isinstance(value, str) else number_date(float(value))
    if not isinstance(when, When):
        raise ValueError
    return f"{when.end // 12:04d}-{when.end % 12 + 1:02d}"


def _names(value) -> tuple[str, ...]:
    return tuple(name.strip() for name in _text(value).split(",") if name.strip())


READING = {"decimal": _text, "layout": _text, "fiscal_year_end": _whole}
ANALYSIS = {
    "as_of": _month,
    "months": _whole,
    "freq": _text,
    "method": _text,
    "segments": _names,
    "grace": _whole,
    "scheme": _text,
}


def settings_of(rows: list[list]) -> tuple[dict, dict]:
    """The options of `read` and of `analyse` that the rows of a settings sheet give.

    In each row the first text is a setting's name and the next cell with content its value. Rows whose first text
    is no setting (titles, notes, a template's other inputs) say nothing, and a setting without a value is left out.

    Raises
    ------
    InputError
        If a value is not what its setting takes.

    >>> settings_of([["Months", 12.0], ["As of", "2024-12"], ["Customer column", None, "Client"]])
    ({'columns': {'customer': 'Client'}}, {'months': 12, 'as_of': '2024-12'})
    """
    reading, analysis, columns, problems = {}, {}, {}, []
    for row in rows:
        filled = [cell for cell in row if cell is not None and cell != ""]
        if len(filled) < 2 or not isinstance(filled[0], str):
            continue
        name, value = _setting(filled[0]), filled[1]
        try:
            if name in READING:
                reading[name] = READING[name](value)
            elif name in ANALYSIS:
                analysis[name] = ANALYSIS[name](value)
            elif name.removesuffix("_column") in COLUMNS and name.endswith("_column"):
                columns[name.removesuffix("_column")] = _text(value)
        except ValueError:
            problems.append(
                Problem("error", "setting", f"The setting {filled[0]!r} cannot be this", value=value, sheet="Settings")
            )
    if problems:
        raise InputError("The Settings sheet cannot be used.", problems)
    return ({"columns": columns} if columns else {}) | reading, analysis


def _setting(label: str) -> str:
    plain = " ".join(label.strip().rstrip(":").lower().split())
    return LABELS.get(plain) or plain.replace("-", "_").replace(" ", "_")
