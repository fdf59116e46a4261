"""Customers' names: one customer for spellings that differ in case or white space; likely doubles are suggested."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from nrr_xl.revenue.cells.manytexts import closed_up, likeness, perhaps_alike, spelling_key, spelling_keys
from nrr_xl.revenue.cube.rows import Labels
from nrr_xl.revenue.findings import Findings
from nrr_xl.revenue.vocabulary import vocabulary


def same_spelling(labels: Labels, counted: np.ndarray, findings: Findings, column: int, first_row: int) -> Labels:
    """The labels with spellings that differ only in case or white space joined under the commonest of them.

    Of spellings that are equally common `plainest` chooses, so that the order of rows decides nothing.
    """
    keys = spelling_keys(labels.values)
    if len(set(keys)) == len(keys):
        return labels
    spelt: dict[str, list[int]] = {}
    for code, key in enumerate(keys):
        spelt.setdefault(key, []).append(code)
    first = np.full(len(labels.values), -1, np.int64)
    places = np.flatnonzero(counted & (labels.codes >= 0))[::-1]
    first[labels.codes[places]] = places
    count = np.bincount(labels.codes[places], minlength=len(labels.values))
    target = np.empty(len(labels.values) + 1, np.int32)
    target[-1] = -1
    for codes in spelt.values():
        chosen = min(codes, key=lambda code: (-count[code], *plainest(labels.values[code])))
        target[codes] = chosen
        for other in sorted(code for code in codes if code != chosen and count[code]):
            findings.say(
                "customer-spelling",
                f"{labels.values[other]!r} is {labels.values[chosen]!r} in another spelling",
                findings.grid.address(int(first[other]) + first_row, column),
                labels.values[other],
            )
    return Labels(labels.name, labels.values, target[labels.codes])


def plainest(name: str) -> tuple[int, str]:
    """The order of spellings of one name: those with most words in the usual capitals first, then by their text.

    >>> min(["ACME Inc", "acme inc", "Acme Inc"], key=plainest)
    'Acme Inc'
    """
    return -sum(word == word.capitalize() for word in name.split()), name


def similar_names(names: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Pairs (from, to) of names that differ only in punctuation, accents, spaces, word order or legal form.

    >>> similar_names(["Acme Inc", "Beta", "Acme, Inc.", "Bêta GmbH"])
    (('Acme, Inc.', 'Acme Inc'), ('Bêta GmbH', 'Beta'))
    >>> similar_names(["Zeta Holding", "Theta|Tau", "ZetaHolding", "Theta Tau"])
    (('Theta Tau', 'Theta|Tau'), ('ZetaHolding', 'Zeta Holding'))
    """
    first: dict[str, str] = {}
    pairs: dict[str, str] = {}
    forms = frozenset(vocabulary()["words"]["legal_forms"])
    for name in (names[at] for at in perhaps_alike(names, forms)):
        known = first.setdefault(likeness(name, forms), name)
        if known != name:
            pairs[name] = known
    closed = closed_up(names)
    if len(set(closed)) < len(closed):
        first = {}
        for name, key in zip(names, closed, strict=True):
            known = first.setdefault(key, name) if key else name
            if known != name:
                pairs.setdefault(name, known)
    return tuple(pairs.items())


def unused_names(customer_map: Mapping[str, str], names: Sequence[str]) -> tuple[str, ...]:
    """The names of a customer map that are no customer's."""
    if not customer_map:
        return ()
    known = {spelling_key(name) for name in names}
    return tuple(name for name in customer_map if spelling_key(name) not in known)
