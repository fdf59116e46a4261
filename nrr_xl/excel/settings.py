"""The settings sheet of a workbook: the options of the catalogue by their names or the template's labels."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from nrr_xl.errors import InputError, Problem, did_you_mean
from nrr_xl.functions.words import NOT_HERE, STAGES, label, settable
from nrr_xl.options import Option
from nrr_xl.revenue.cells.dates import When, number_date, parse_date

HEAD = ["Setting", "Value", "What it decides", "May be"]
YES_NO = ("yes", "no")


def settings_rows() -> list[list[str]]:
    """The rows of a new Settings sheet: its head, then each setting with no value, its help and its choices."""
    rows = [HEAD]
    for option in settable():
        default = option.otherwise or (str(option.default) if option.default is not None else "")
        choices = YES_NO if option.type == "flag" else option.values()
        help_text = option.help + (f"; {default} where blank" if default and option.type != "flag" else "")
        rows.append([label(option), "", help_text[:1].upper() + help_text[1:], *choices])
    return rows


def settings_of(rows: list[list[Any]]) -> dict[str, dict[str, Any]]:
    """The options of `read`, `analyse` and `write_report`, by stage, that the rows of a settings sheet give.

    In each row the first text is a setting's name and the next cell with content its value. Below a header that says
    "Setting" and "Value", as the template's, only the rows down to the next empty one count, with that column's values.
    Rows whose first text is no setting (titles, notes, a template's other inputs) say nothing, unless it is nearly
    one; a setting without a value is left out.

    Raises
    ------
    InputError
        If a value is not what its setting takes, or a setting's name is misspelt.

    >>> settings_of([["Months", 12.0], ["As of", "2024-12"], ["Customer column", None, "Client"]])
    {'read': {'columns': {'customer': 'Client'}}, 'analyse': {'months': 12, 'as_of': '2024-12'}, 'write': {}}
    """
    found: dict[str, dict[str, Any]] = {stage: {} for stage in STAGES}
    columns: dict[str, str] = {}
    problems = []
    known = {_plain(each): option for option in settable() for each in option.labels}
    for name, value in _pairs(rows):
        plain = _plain(name)
        option = known.get(plain)
        if option is None:
            if plain not in NOT_HERE and (hint := did_you_mean(plain, known, 0.82)):
                problems.append(Problem("error", "setting", "No setting is called this", hint.strip(), value=name))
            continue
        try:
            read = option.read(_as_given(option, value))
        except InputError as wrong:
            told = f"The setting {name!r} cannot be this"
            problems.append(Problem("error", "setting", told, str(wrong), sheet="Settings", value=value))
            continue
        if option.type == "column":
            columns[option.name] = read
        else:
            found[option.stage][option.name] = read
    if problems:
        raise InputError("The Settings sheet cannot be used.", problems)
    if columns:
        found["read"] = {"columns": columns} | found["read"]
    return found


def _pairs(rows: list[list[Any]]) -> Iterator[tuple[str, Any]]:
    """Each setting's name and value, as they stand."""
    filled = [[(at, cell) for at, cell in enumerate(row) if cell is not None and cell != ""] for row in rows]
    plain = [[(at, _plain(cell)) for at, cell in row if isinstance(cell, str)] for row in filled]
    for top, texts in enumerate(plain):
        if [text for _, text in texts[:2]] == ["setting", "value"]:
            (name_at, _), (value_at, _) = texts[:2]
            for row in filled[top + 1 :]:
                if not row:
                    return
                held = dict(row)
                if isinstance(held.get(name_at), str) and value_at in held:
                    yield held[name_at], held[value_at]
            return
    for row in filled:
        if len(row) > 1 and isinstance(row[0][1], str):
            yield row[0][1], row[1][1]


def _plain(label: str) -> str:
    """A label without its capitals, its colon, and with spaces for the marks of an option's name."""
    return " ".join(label.strip().rstrip(":").lower().replace("_", " ").replace("-", " ").split())


def _as_given(option: Option, value: Any) -> Any:
    """A cell as the catalogue reads it: names parted by commas, and a date, a serial number or a text as a month."""
    if option.many and isinstance(value, str):
        return [name for name in value.split(",") if name.strip()]
    if option.type != "month":
        return value
    if isinstance(value, str):
        when = parse_date(value.strip())
    elif isinstance(value, int | float):
        when = number_date(float(value))
    else:
        return value
    return f"{when.end // 12:04d}-{when.end % 12 + 1:02d}" if isinstance(when, When) else value
