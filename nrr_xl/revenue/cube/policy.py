"""The contested choices between rows and cube: one-time revenue, products, merged customers, currencies, negatives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from functools import cache
from typing import Literal

import numpy as np

from nrr_xl.errors import InputError
from nrr_xl.records import struct
from nrr_xl.revenue.cells.manytexts import spelling_key
from nrr_xl.revenue.cells.months import folded
from nrr_xl.revenue.cells.names import plainest, unused_names
from nrr_xl.revenue.cube.currency import Rates, held_on
from nrr_xl.revenue.cube.rows import Labels, RevenueRows
from nrr_xl.revenue.findings import LISTED, Findings
from nrr_xl.revenue.vocabulary import vocabulary, words


def one_time_types() -> tuple[str, ...]:
    """The types of revenue that are left out unless told otherwise."""
    return tuple(vocabulary()["words"]["one_time"])


@struct()
class Policy:
    """How rows become a cube where people differ; the defaults are domain.md's.

    `one_time` are the types of revenue left out; `level` says what counts as one customer; `customer_map` sends a
    customer's name to another's; `negatives` says what a net amount below 0 does: count as 0, or stop. The catalogue
    of options checks the values.
    """

    one_time: tuple[str, ...] = field(default_factory=one_time_types)
    level: Literal["customer", "product"] = "customer"
    customer_map: Mapping[str, str] = field(default_factory=dict)
    rates: Rates | None = None
    negatives: Literal["floor", "error"] = "floor"

    def leaves_out(self, types: Labels | None) -> np.ndarray | None:
        """Which rows are one-time revenue, (rows,), or None where none is."""
        if types is None or not self.one_time:
            return None
        phrases = tuple(words(phrase) for phrase in self.one_time)
        hit = np.array([*(is_one_time(value, phrases) for value in types.values), False])
        return hit[types.codes] if hit.any() else None

    def mapped(self, customer: Labels) -> Labels:
        """The customers after the map."""
        if not self.customer_map:
            return customer
        targets = resolve_map(self.customer_map)
        names = [targets.get(spelling_key(name), name) for name in customer.values]
        known: dict[str, int] = {}
        spelt = {spelling_key(name): name for name in sorted(names, key=plainest, reverse=True)}
        renumber = [known.setdefault(spelt[spelling_key(name)], len(known)) for name in names]
        return Labels(customer.name, tuple(known), np.array([*renumber, -1], np.int32)[customer.codes])


def is_one_time(text: str, phrases: tuple[tuple[str, ...], ...]) -> bool:
    """Whether a type names one-time revenue: one of the phrases, with nothing but words such as "fee" beside it.

    >>> phrases = (("one", "time"), ("setup",))
    >>> [is_one_time(text, phrases) for text in ("One-time fee", "Setup", "Managed setup (recurring)")]
    [True, True, False]
    """
    said = words(folded(text))
    for phrase in phrases:
        for at in range(len(said) - len(phrase) + 1):
            if said[at : at + len(phrase)] == phrase and set(said[:at] + said[at + len(phrase) :]) <= _beside():
                return True
    return False


@cache
def _beside() -> frozenset[str]:
    return frozenset(vocabulary()["words"]["beside_one_time"])


def resolve_map(customer_map: Mapping[str, str], where: str = "The customer map") -> dict[str, str]:
    """Where each name ends after following the map as far as it goes, by spelling key.

    Raises InputError, which begins with `where`, if a name comes back to itself by another.

    >>> resolve_map({"A": "B", "B": "C", "C": "C"})["a"]
    'C'
    """
    ends = {spelling_key(name): target for name, target in customer_map.items()}
    # A name sent to itself (or to another spelling of itself) is where a way ends.
    step = {name: target for name, target in ends.items() if spelling_key(target) != name}
    for name, first in step.items():
        seen, target = {name}, first
        while (key := spelling_key(target)) in step:
            if key in seen:
                raise InputError(f"{where}: {target!r} goes round in a circle. Send each name to a final one.")
            seen.add(key)
            target = step[key]
        ends[name] = target
    return ends


# So many names of a map that fits nobody are shown.
SHOWN_NAMES = 3


def tell_lookups(policy: Policy, rows: RevenueRows, findings: Findings) -> None:
    """Note what a customer map joined, which names of it nobody has, and which exchange rates were used, for how long.

    That one of them changed nothing is a warning.
    """
    if policy.customer_map:
        names = rows.customer.values
        unused, before = unused_names(policy.customer_map, names), len(names)
        for name in unused[:LISTED]:
            findings.say("map-unused", value=name)
        left = len(policy.mapped(rows.customer).values)
        told = f"The customer map leaves {left:,} of {before:,} customers"
        told += f"; {len(unused):,} of its {len(policy.customer_map):,} names are no customer's" if unused else ""
        if left < before:
            findings.say("map-applied", told)
        else:
            findings.say("map-without-effect", value=", ".join(unused[:SHOWN_NAMES]) or None)
    if policy.rates is not None:
        known = {policy.rates.to, *policy.rates.fixed, *policy.rates.dated} - {""}
        used = sorted(known & set(rows.currency.values if rows.currency else ()))
        if not used:
            return findings.say("rates-without-effect")
        idle = ", ".join(sorted(known - set(used)))
        at = [f"{code} (at {rate})" if (rate := policy.rates.said(code)) else code for code in used]
        told = f"Exchange rates were used for {', '.join(at)}"
        findings.say("rates-applied", told + (f"; not for {idle}" if idle else ""))
        for held in held_on(rows, policy.rates):
            findings.say("rate-held", value=held)
