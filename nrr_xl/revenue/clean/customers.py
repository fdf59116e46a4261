"""Who each row belongs to: a stable identifier where there is one, the name where there is none; the name is shown."""

from __future__ import annotations

import numpy as np

from nrr_xl.revenue.cells.arrays import distinct
from nrr_xl.revenue.cells.columns import read_texts
from nrr_xl.revenue.cells.manytexts import spelling_key
from nrr_xl.revenue.cells.names import same_spelling
from nrr_xl.revenue.clean.pairs import distinct_pairs
from nrr_xl.revenue.cube.rows import Labels
from nrr_xl.revenue.files.grid import ERROR
from nrr_xl.revenue.findings import Findings
from nrr_xl.revenue.table.meanings import meanings
from nrr_xl.revenue.table.table import Table

# Of the customers that an id joins or parts, so many are listed.
SHOWN = 20


def customers_of(table: Table, counted: np.ndarray, findings: Findings, trusted: bool) -> tuple[Labels, np.ndarray]:
    """The customer of each row, and where its cell is an error, (rows,).

    Rows are keyed on the identifier column where it tells customers apart and not rows, contracts or groups; spellings
    of a name that differ in case or white space are one. `trusted` says that the user named the identifier column.
    """
    column = table.roles["customer"]
    span = slice(table.first, table.last + 1)
    names = read_texts(table.grid, column, span, "customer")
    wrong = table.grid.kinds[column, span] == ERROR
    if wrong.any():
        names = Labels(names.name, names.values, np.where(wrong, -1, names.codes).astype(np.int32))
    names = same_spelling(names, counted, findings, column, table.first)
    if "identifier" not in table.roles:
        return names, wrong
    ids = read_texts(table.grid, table.roles["identifier"], span, "identifier")
    of_id = table.grid.kinds[table.roles["identifier"], span] == ERROR
    ids = Labels(ids.name, ids.values, np.where(of_id, -1, ids.codes).astype(np.int32))
    ids = _same_id(ids)
    both = counted & (names.codes >= 0) & (ids.codes >= 0)
    if not both.any() or not (trusted or _tells_customers(table, ids.codes[both], names.codes[both])):
        return names, wrong
    return _keyed(table, names, ids, both, counted, findings), wrong & (ids.codes < 0)


def _same_id(ids: Labels) -> Labels:
    """Ids joined that differ in case, white space or leading zeros lost to a number."""
    known: dict[str, int] = {}
    target = [known.setdefault(spelling_key(text), code) for code, text in enumerate(ids.values)]
    return Labels(ids.name, ids.values, np.array([*target, -1], np.int32)[ids.codes])


def _tells_customers(table: Table, ids: np.ndarray, names: np.ndarray) -> bool:
    """Whether ids stand for customers: about one name an id, and not a new id for every row of a name."""
    pairs, _, _ = distinct_pairs(ids, names)
    many, of_names = distinct(ids).size, distinct(names).size
    if of_names > 1.5 * many:
        return False
    said = set(meanings(table.names[table.roles["identifier"]]))
    if said & {"customer", "company", "entity", "domain", "vat"}:
        return True
    return bool(pairs.size <= 1.3 * of_names + 1)


def _keyed(
    table: Table, names: Labels, ids: Labels, both: np.ndarray, counted: np.ndarray, findings: Findings
) -> Labels:
    """Labels by id, each under its last name; a row without an id is its name's only id, else a customer by name."""
    of_ids, of_names, first = distinct_pairs(ids.codes[both], names.codes[both])
    pairs = (of_ids, of_names)
    rows = np.flatnonzero(both)
    shown = np.full(len(ids.values), -1, np.int64)
    shown[ids.codes[rows]] = names.codes[rows]
    id_of_name = np.full(len(names.values) + 1, -1, np.int64)
    per_name = np.bincount(pairs[1], minlength=len(names.values))
    single = per_name[pairs[1]] == 1
    id_of_name[pairs[1][single]] = pairs[0][single]
    shared = np.bincount(shown[shown >= 0], minlength=len(names.values)) > 1
    values = [
        "" if at < 0 else f"{names.values[at]} ({ids.values[code]})" if shared[at] else names.values[at]
        for code, at in enumerate(shown.tolist())
    ]
    codes = np.where(ids.codes >= 0, ids.codes.astype(np.int64), -1)
    by_name = counted & (codes < 0) & (names.codes >= 0)
    found = id_of_name[names.codes]
    codes = np.where(by_name, np.where(found >= 0, found, len(ids.values) + names.codes), codes)
    # An id that stands on no row with a name is shown itself.
    values = [value or ids.values[code] for code, value in enumerate(values)]
    _say(table, pairs, first, rows, names, ids, findings)
    return Labels("customer", (*values, *names.values), codes.astype(np.int32))


def _say(
    table: Table,
    pairs: tuple[np.ndarray, np.ndarray],
    first: np.ndarray,
    rows: np.ndarray,
    names: Labels,
    ids: Labels,
    findings: Findings,
) -> None:
    """List ids with several names and names with several ids."""
    column = table.roles["customer"]
    for one, other, text, what in ((0, 1, ids, "id"), (1, 0, names, "name")):
        codes, counts = np.unique(pairs[one], return_counts=True)
        several = codes[counts > 1]
        labels = names if one == 0 else ids
        for code in several[:SHOWN].tolist():
            mine = np.flatnonzero(pairs[one] == code)
            place = int(rows[first[mine].max()]) + table.first
            listed = ", ".join(labels.values[int(c)] for c in pairs[other][mine[np.argsort(first[mine])]][:6])
            message = f"One {what}, {mine.size} {'names' if one == 0 else 'ids'}: {text.values[code]}: {listed}"
            findings.say("names-of-id", message, table.grid.address(place, column))
        if several.size > SHOWN:
            findings.say(
                "names-of-id",
                f"{several.size - SHOWN} more with one {what} and several {'names' if one == 0 else 'ids'}",
            )
