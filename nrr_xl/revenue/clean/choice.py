"""Which rows are revenue: by the user's --only and --exclude, and by what the table's own columns say."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from nrr_xl.errors import InputError, did_you_mean
from nrr_xl.revenue.cells.columns import read_texts
from nrr_xl.revenue.cells.months import folded
from nrr_xl.revenue.clean.judged import is_bridge, judge
from nrr_xl.revenue.clean.stems import alike, by_stem
from nrr_xl.revenue.clean.values import Choice, Column, plain_value
from nrr_xl.revenue.cube.policy import is_one_time
from nrr_xl.revenue.files.grid import column_index
from nrr_xl.revenue.findings import Findings
from nrr_xl.revenue.table.contents import SAMPLE
from nrr_xl.revenue.table.table import Table, column_title
from nrr_xl.revenue.vocabulary import words

# Words of headers over the date at which a row was undone, and of headers over something else.
_UNDONE = frozenset(
    "deleted voided void refunded reversed archived removed storniert storno geloscht supprime annule eliminado anulado"
    " annullato eliminato verwijderd usuniety makulerad writeoff".split()
)
_NO_DATES = frozenset("amount amounts sum total value by reason user status betrag montant importe".split())
# Headers that say why a customer left ("Reason for leaving", "Kündigungsgrund"): "Payment failed" there is no payment.
_REASON = ("reason", "grund", "motif", "motivo", "raison")
_LEFT = (
    "leav",
    "churn",
    "lost",
    "loss",
    "exit",
    "attrition",
    "terminat",
    "kundig",
    "abgang",
    "resili",
    "depart",
    "baja",
)
# Of documents they say why one was undone; of subscriptions why a customer left.
_CANCELLED = ("cancel", "disdetta", "abbandono")
# Columns of so many different texts are looked at for what their values say, whatever their header.
FEW = 15


def choose(
    table: Table,
    present: np.ndarray,
    values: np.ndarray,
    findings: Findings,
    only: Sequence[str],
    exclude: Sequence[str],
    one_time: Sequence[str],
    customer: np.ndarray,
    ended: np.ndarray | None,
) -> Choice:
    """Which rows with an amount count, for each row's total amount `values` and customer's code (rows,).

    `ended` (rows,) says where a row has an end of its own, None where rows have none. Every column that decided is
    listed with each value's count and sum.
    """
    rows = Choice(np.zeros(present.size, bool), np.zeros(present.size, bool), np.zeros(present.size, bool))

    def column_at(at: int) -> Column:
        labels = read_texts(table.grid, at, slice(table.first, table.last + 1), column_title(table, at))
        return Column(table, at, labels, present & ~rows.out, values, customer, findings, rows)

    spoken = _by_options(table, only, exclude, column_at)
    phrases = tuple(words(folded(phrase)) for phrase in one_time)
    for role, at in _columns(table):
        if at in spoken:
            continue
        column = column_at(at)
        if len(column.labels.values) > FEW and (kinds := by_stem(column.labels)):
            column = replace(column, labels=kinds)
        texts = column.labels.values
        if not 0 < len(texts) <= (60 if role or at == table.roles.get("product") else FEW):
            continue
        once = [] if role == "type" else [code for code, text in enumerate(texts) if is_one_time(text, phrases)]
        if 0 < len(once) < len(texts):
            column.leave(once, f"Left out where so marked, as one-time revenue; {column.all} counts them.")
        else:
            judge(column, role, ended)
    _ask_marked(table, spoken, column_at, rows)
    return rows


def left_by_user(table: Table, only: Sequence[str], exclude: Sequence[str], values: np.ndarray) -> np.ndarray | None:
    """Which rows the user's options leave out, (rows,), without a word; None where there are no such options."""
    if not only and not exclude:
        return None
    rows = Choice(np.zeros(values.size, bool), np.zeros(values.size, bool), np.zeros(values.size, bool))
    silent, every = Findings(table.grid), np.ones(values.size, bool)

    def column_at(at: int) -> Column:
        labels = read_texts(table.grid, at, slice(table.first, table.last + 1), column_title(table, at))
        return Column(table, at, labels, every & ~rows.out, values, labels.codes, silent, rows)

    _by_options(table, only, exclude, column_at)
    return rows.out


def _ask_marked(table: Table, spoken: set[int], column_at: Callable[[int], Column], rows: Choice) -> None:
    """Ask about rows with a date at which they were deleted, voided or the like."""
    for at in (*table.unused, *table.segments):
        said = set(words(folded(table.names.get(at, ""))))
        if at in spoken or not said & _UNDONE or said & _NO_DATES:
            continue
        column = column_at(at)
        marked = column.present & (column.labels.codes >= 0)
        dated = [code for code in column.used if any(c.isdigit() for c in column.labels.values[code])]
        if len(dated) == len(column.used) and 0 < np.count_nonzero(marked) < np.count_nonzero(column.present):
            title = column.labels.name
            column.findings.say(
                "values-unclear",
                f"{title} is filled in {np.count_nonzero(marked)} row(s)",
                column.address(column.used),
                amount=float(column.amounts[marked].sum()),
                action=f'Leave them out with --only "{title}=(blank)", or count them with {column.all}.',
            )
            rows.asked[:] |= marked


def bridge_rows(table: Table, columns: Sequence[int], values: np.ndarray, findings: Findings) -> np.ndarray | None:
    """The rows of a column that names the lines of a bridge, (rows,); None where no column does."""
    none = np.zeros(values.size, bool)
    for at in columns:
        labels = read_texts(table.grid, at, slice(table.first, table.last + 1), column_title(table, at))
        if 2 < len(labels.values) <= 60:
            named = labels.codes >= 0
            if is_bridge(Column(table, at, labels, named, values, labels.codes, findings, Choice(none, none, none))):
                return named
    return None


def _is_flag(table: Table, column: int) -> bool:
    """Whether a column without a part holds nothing but ones and zeros, as a flag does."""
    rows = range(table.first, min(table.first + SAMPLE, table.last + 1))
    return {table.grid.text(row, column) for row in rows} - {""} <= {"0", "1", "0.0", "1.0"}


def _columns(table: Table) -> list[tuple[str, int]]:
    named = [(role, table.roles[role]) for role in ("scenario", "status", "flag", "type") if role in table.roles]
    product = [("", table.roles["product"])] if "product" in table.roles else []
    numbers = [("", column) for column in table.unused if _is_flag(table, column)]
    segments = [("", column) for column in table.segments if not _says_why_left(table, column)]
    return [*named, *segments, *product, *numbers]


def _says_why_left(table: Table, column: int) -> bool:
    """Whether a column says why customers left: nothing there speaks of its own row."""
    header = folded(table.names.get(column, ""))
    left = (*_LEFT, *_CANCELLED) if table.layout == "subscriptions" else _LEFT
    return any(word in header for word in _REASON) and any(word in header for word in left)


def _by_options(
    table: Table, only: Sequence[str], exclude: Sequence[str], column_at: Callable[[int], Column]
) -> set[int]:
    """Leave out what the user says; the columns that were spoken of."""
    wanted: dict[int, list[str]] = {}
    spoken = set()
    for text, kept in [*((text, True) for text in only), *((text, False) for text in exclude)]:
        name, mark, value = text.partition("=")
        if not mark:
            option = "only" if kept else "exclude"
            raise InputError(f"--{option} is {text!r}. Write COLUMN=VALUE; (blank) or nothing is a cell without one.")
        at = column_said(table, name)
        spoken.add(at)
        column = column_at(at)
        if value.strip() == "*" and kept:
            continue
        named = alike(value, column.labels.values)
        if value.strip() in ("", "(blank)"):
            named |= {plain_value(value)}
        if not named:
            shown = ", ".join(column.labels.values[:12])
            raise InputError(
                f"--{'only' if kept else 'exclude'} {text!r}: no row has that value. {name.strip()} holds: {shown}."
                + did_you_mean(value.strip(), column.labels.values)
            )
        if kept:
            wanted.setdefault(at, []).extend(named)
        else:
            _exclude(column, named)
    for at, allowed in wanted.items():
        column = column_at(at)
        others = {plain_value(each) for each in (*column.labels.values, "")}
        _exclude(column, others - {"" if v == "(blank)" else v for v in allowed})
    return spoken


def _exclude(column: Column, names: set[str]) -> None:
    """Leave out the rows of some values, "" or (blank) for none, as the user said."""
    labels, rows = column.labels, column.rows
    hit = np.array([*(plain_value(each) in names for each in labels.values), bool(names & {"", "(blank)"})])
    out = hit[labels.codes] & column.present & ~rows.out
    rows.out[:] |= hit[labels.codes]
    if out.any():
        first = column.table.grid.address(int(np.flatnonzero(out)[0]) + column.table.first, column.at)
        message = f"{int(out.sum())} row(s) left out by {labels.name}"
        column.findings.say("rows-excluded", message, first, amount=float(column.amounts[out].sum()))


def column_said(table: Table, name: str) -> int:
    plain = " ".join(name.split()).casefold()
    titles = {column: table.names[column] for column in table.names if table.names[column]}
    for column, title in titles.items():
        if title.casefold() == plain:
            return column
    if (
        plain.isalpha()
        and len(plain) <= 3
        and 0 <= (at := column_index(plain.upper()) - table.grid.origin[1]) < table.grid.columns
    ):
        return at
    raise InputError(
        f"There is no column {name.strip()!r}. There are: {', '.join(titles.values())}."
        + did_you_mean(name, titles.values())
    )
