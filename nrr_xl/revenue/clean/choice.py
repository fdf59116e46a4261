"""Which rows are revenue: by the user's --only and --exclude, and by status, stage, scenario, flag and type columns."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np

from nrr_xl.errors import InputError, did_you_mean
from nrr_xl.revenue.cells.columns import read_texts
from nrr_xl.revenue.cells.months import folded
from nrr_xl.revenue.clean.pairs import distinct_pairs
from nrr_xl.revenue.cube.policy import is_one_time
from nrr_xl.revenue.cube.rows import Labels
from nrr_xl.revenue.files.grid import column_index
from nrr_xl.revenue.findings import Findings
from nrr_xl.revenue.table.layout import Table, column_title
from nrr_xl.revenue.vocabulary import words

# Columns of so many different texts are looked at for what their values say, whatever their header.
FEW = 15


@dataclass(frozen=True, slots=True)
class Choice:
    """What the rows' own columns say: `out` rows that do not count, `asked` that cannot be told, `minus` credits."""

    out: np.ndarray
    asked: np.ndarray
    minus: np.ndarray


@cache
def _kinds() -> dict[str, str]:
    """What each known value says; the first kind that lists it wins within its column's kinds."""
    text = resources.files("nrr_xl.revenue.clean").joinpath("values.toml").read_text("utf-8")
    return {
        f"{kind}:{_plain(phrase)}": kind
        for kind, listed in tomllib.loads(text).items()
        for phrase in listed.replace("\n", " ").split(",")
    }


def _plain(text: str) -> str:
    return " ".join(folded(text).replace("_", " ").replace("-", " ").split())


def says(text: str, *kinds: str) -> str:
    """Which of some kinds a value is, "" for none.

    >>> says("Closed Lost", "counts", "never"), says("Budget", "actual", "plan"), says("Tier 1", "counts", "never")
    ('never', 'plan', '')
    """
    plain = _plain(text)
    return next((kind for kind in kinds if f"{kind}:{plain}" in _kinds()), "")


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
    spoken = _by_options(table, present, values, findings, only, exclude, rows)
    span = slice(table.first, table.last + 1)
    for role, column in _columns(table):
        if column in spoken:
            continue
        labels = read_texts(table.grid, column, span, column_title(table, column))
        if not 0 < len(labels.values) <= (FEW if role == "" else 60):
            continue
        if role != "type":
            phrases = tuple(words(folded(phrase)) for phrase in one_time)
            once = [code for code, value in enumerate(labels.values) if is_one_time(value, phrases)]
            if 0 < len(once) < len(labels.values):
                _drop_once(table, column, labels, once, present & ~rows.out, values, findings, rows)
                continue
        _by_column(table, role, column, labels, present & ~rows.out, values, findings, rows, customer, ended)
    return rows


def _drop_once(
    table: Table,
    column: int,
    labels: Labels,
    once: list[int],
    present: np.ndarray,
    values: np.ndarray,
    findings: Findings,
    rows: Choice,
) -> None:
    """Leave out the rows of which a column that is no type says that they are one-time revenue."""
    out = np.isin(labels.codes, once) & present
    if not out.any():
        return
    rows.out[:] |= out
    used = np.unique(labels.codes[present & (labels.codes >= 0)]).tolist()
    first = table.grid.address(int(np.flatnonzero(out)[0]) + table.first, column)
    how = f'Left out where so marked, as one-time revenue; --only "{labels.name}=*" counts them.'
    listed = f"{labels.name}: {_listing(labels, used, present, values, once)}"
    findings.say("values-decided", listed, first, amount=float(values[out].sum()), action=how)


def _columns(table: Table) -> list[tuple[str, int]]:
    named = [(role, table.roles[role]) for role in ("scenario", "status", "flag", "type") if role in table.roles]
    product = [("", table.roles["product"])] if "product" in table.roles else []
    return [*named, *(("", column) for column in table.segments), *product]


def _by_options(
    table: Table,
    present: np.ndarray,
    values: np.ndarray,
    findings: Findings,
    only: Sequence[str],
    exclude: Sequence[str],
    rows: Choice,
) -> set[int]:
    """Leave out what the user says; the columns that were spoken of."""
    wanted: dict[int, list[str]] = {}
    span, spoken = slice(table.first, table.last + 1), set()
    for text, kept in [*((text, True) for text in only), *((text, False) for text in exclude)]:
        name, _, value = text.partition("=")
        column = column_said(table, name)
        spoken.add(column)
        labels = read_texts(table.grid, column, span, column_title(table, column))
        known = {_plain(each): each for each in labels.values}
        if value.strip() == "*" and kept:
            continue
        if _plain(value) not in known and value.strip() not in ("", "(blank)"):
            shown = ", ".join(labels.values[:12])
            raise InputError(
                f"--{'only' if kept else 'exclude'} {text!r}: no row has that value. {name.strip()} holds: {shown}."
                + did_you_mean(value.strip(), labels.values)
            )
        if kept:
            wanted.setdefault(column, []).append(_plain(value))
        else:
            _leave(table, column, labels, {_plain(value)}, present, values, findings, rows)
    for column, allowed in wanted.items():
        labels = read_texts(table.grid, column, span, column_title(table, column))
        others = {_plain(each) for each in (*labels.values, "")} - {"" if v == "(blank)" else v for v in allowed}
        _leave(table, column, labels, others, present, values, findings, rows)
    return spoken


def _leave(
    table: Table,
    column: int,
    labels: Labels,
    names: set[str],
    present: np.ndarray,
    values: np.ndarray,
    findings: Findings,
    rows: Choice,
) -> None:
    hit = np.array([*(_plain(each) in names for each in labels.values), bool(names & {"", "(blank)"})])
    out = hit[labels.codes] & present & ~rows.out
    rows.out[:] |= hit[labels.codes]
    if out.any():
        first = table.grid.address(int(np.flatnonzero(out)[0]) + table.first, column)
        findings.say(
            "rows-excluded",
            f"{int(out.sum())} row(s) left out by {labels.name}",
            first,
            amount=float(values[out].sum()),
        )


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


def _by_column(
    table: Table,
    role: str,
    column: int,
    labels: Labels,
    present: np.ndarray,
    values: np.ndarray,
    findings: Findings,
    rows: Choice,
    customer: np.ndarray,
    ended: np.ndarray | None,
) -> None:
    """Decide by what a column's values say."""
    counts = np.bincount(labels.codes[present] + 1, minlength=len(labels.values) + 1)[1:]
    used = [code for code in range(len(labels.values)) if counts[code]]
    inverted = role == "flag" and bool(set(_plain(labels.name).split()) & {"non", "one", "nonrecurring"})
    said = {code: _kind(role, labels.values[code], inverted) for code in used}
    found = set(said.values())
    if role == "" and not (found & {"plan"} and found & {"actual"}) and not found & {"never", "credit", "usage"}:
        return
    if "credit" in found:
        credit = np.isin(labels.codes, [code for code in used if said[code] == "credit"]) & present
        if (values[credit] >= 0).all() and len(found) > 1 and "loss" not in found:
            rows.minus[:] |= credit
            first = table.grid.address(int(np.flatnonzero(credit)[0]) + table.first, column)
            findings.say(
                "credit-sign",
                f"Credits with a positive sign in {int(credit.sum())} row(s)",
                first,
                labels.name,
                -float(values[credit].sum()),
            )
    if "plan" in found and "actual" not in found and len(used) > 1 and role == "scenario" and found != {"plan"}:
        for code in used:
            said[code] = said[code] if said[code] == "plan" else "actual"
    elif role == "scenario" and len(used) > 1 and not found & {"actual"} and _alternatives(labels, present, customer):
        said = dict.fromkeys(used, "alternative")
    won = any(_plain(labels.values[code]).endswith("won") for code in used)
    drop, ask = [], []
    for code in used:
        kind = said[code]
        if kind in ("never", "plan", "no") or (won and not kind):
            drop.append(code)
        elif (kind in ("alternative", "usage") and len(used) > 1) or (
            kind == "ended" and not _history(labels, code, present, customer, ended)
        ):
            ask.append(code)
    if len(drop) == len(used):
        ask, drop = (drop, []) if found <= {"never", "plan", "no"} and role != "" else ([], [])
    unknown = [code for code in used if not said[code]] if found & {"never", "plan", "no", "counts"} else []
    if ask:
        rows.asked[:] |= np.isin(labels.codes, ask) & present
        _ask(table, column, labels, ask, used, counts, present, values, findings, said)
    if drop:
        rows.out[:] |= np.isin(labels.codes, drop)
    if drop or (unknown and role in ("status", "scenario")):
        listed = _listing(labels, used, present, values, drop)
        first = table.grid.address(
            int(np.flatnonzero(present & np.isin(labels.codes, drop or unknown))[0]) + table.first, column
        )
        out = float(values[present & np.isin(labels.codes, drop)].sum())
        how = "Left out where so marked; --only or --exclude COLUMN=VALUE decides otherwise."
        findings.say("values-decided", f"{labels.name}: {listed}", first, amount=out, action=how)


def _kind(role: str, value: str, inverted: bool) -> str:
    if role == "flag":
        kind = says(value, "yes", "no")
        return {"yes": "no", "no": "yes"}.get(kind, kind) if inverted else kind
    if role == "scenario":
        return says(value, "actual", "plan")
    if role == "status":
        return says(value, "counts", "never", "ended", "credit", "plan", "actual")
    if role == "type":
        return says(value, "usage", "credit", "plan", "actual", "gain", "loss")
    # A column that no header makes one of these is believed only where its words leave no doubt.
    kind = says(value, "usage", "never", "plan", "actual", "credit", "counts")
    return kind if len(_plain(value)) > 2 else ""


def _alternatives(labels: Labels, present: np.ndarray, customer: np.ndarray) -> bool:
    """Whether the same customers stand under several values, so that these tell of the same revenue again."""
    said = present & (labels.codes >= 0) & (customer >= 0)
    who, _, _ = distinct_pairs(customer[said], labels.codes[said])
    _, counts = np.unique(who, return_counts=True)
    return bool(np.mean(counts > 1) > 0.5)


def _history(labels: Labels, code: int, present: np.ndarray, customer: np.ndarray, ended: np.ndarray | None) -> bool:
    """Whether rows marked as ended tell of the time before: they have an end, or all of a customer's rows say so."""
    mine = present & (labels.codes == code)
    if ended is not None:
        return bool(ended[mine].all())
    others = np.unique(customer[present & (labels.codes != code)])
    return not np.isin(customer[mine], others).any()


def _listing(labels: Labels, used: Sequence[int], present: np.ndarray, values: np.ndarray, drop: Sequence[int]) -> str:
    parts = []
    for code in used:
        mine = present & (labels.codes == code)
        parts.append(
            f"{labels.values[code]} {int(mine.sum())} row(s) {values[mine].sum():,.2f}"
            + (" left out" if code in drop else "")
        )
    return "; ".join(parts[:20])


def _ask(
    table: Table,
    column: int,
    labels: Labels,
    ask: Sequence[int],
    used: Sequence[int],
    counts: np.ndarray,
    present: np.ndarray,
    values: np.ndarray,
    findings: Findings,
    said: Mapping[int, str],
) -> None:
    """Ask about values which could be meant or not."""
    first = table.grid.address(int(np.flatnonzero(present & np.isin(labels.codes, ask))[0]) + table.first, column)
    total = float(values[present & np.isin(labels.codes, ask)].sum())
    name = labels.name
    if all(said[code] == "alternative" for code in ask):
        way = "Choose one: " + ", or ".join(f'--only "{name}={labels.values[code]}"' for code in ask[:8])
        way += f'; or count all with --only "{name}=*"'
    else:
        way = "Leave them out with " + " ".join(f'--exclude "{name}={labels.values[code]}"' for code in ask[:8])
        way += f', or count them with --only "{name}=*"'
    findings.say(
        "values-unclear",
        f"{name}: {_listing(labels, used, present, values, [])}",
        first,
        amount=total,
        action=f"{way}.",
    )
