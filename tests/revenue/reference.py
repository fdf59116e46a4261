"""A second hand for the cube: rows to amounts, slowly, by loops over fractions and dicts, sharing no code with it.

A row is a dict of who, at, cents, product, type, currency, region; amounts are fractions, undefined is None.
"""

from __future__ import annotations

from fractions import Fraction
from statistics import median


def end_of(name, pairs):
    """Where a name ends after following a map as far as it goes, whatever the case of its letters."""
    held = {key.lower(): target for key, target in pairs.items()}
    while name.lower() in held and held[name.lower()].lower() != name.lower():
        name = held[name.lower()]
    return name


def counted(rows, left_out=(), pairs=None, by_product=False):
    """The rows that count, each with the name of what counts as its customer."""
    found = []
    for row in rows:
        if row["type"] in left_out:
            continue
        name = end_of(row["who"], pairs or {})
        if by_product:
            name = f"{name} / {row['product']}" if row["product"] else name
        found.append(row | {"name": name})
    return found


def rate(rates, currency, month):
    """A rate of a month: the last one that holds by then."""
    held = rates[currency]
    if not isinstance(held, dict):
        return Fraction(str(held))
    began = [when for when in sorted(held) if when <= month]
    return Fraction(str(held[began[-1]])) if began else None


def nets(rows, ends, rates, of=None):
    """Each customer's amount in each period, below 0 too, at the rates of a period or of those in `of`."""
    found = {}
    for row in rows:
        at = ends[row["at"] if of is None else of[row["at"]]]
        by = Fraction(1) if rates is None else rate(rates, row["currency"], at)
        found.setdefault(row["name"], [Fraction(0)] * len(ends))[row["at"]] += Fraction(row["cents"], 100) * by
    return {name: found[name] for name in sorted(found, key=lambda name: (name.lower(), name))}


def texts(rows, count, part):
    """Each customer's text in each period: that of the largest amount, of equal ones the first; None without a row."""
    best = {}
    for row in rows:
        text = row[part]
        order = (bool(text), row["cents"] if text else 0, [-ord(sign) for sign in text.lower()])
        key = row["name"], row["at"]
        if key not in best or order > best[key][0]:
            best[key] = order, text or "(blank)"
    return {name: [best.get((name, at), (0, None))[1] for at in range(count)] for name in {row["name"] for row in rows}}


def gaps(amounts, longest):
    """The positions of gaps of at most so many periods, each with the position that it is filled from."""
    found, last = {}, None
    for at, amount in enumerate(amounts):
        if amount > 0:
            if last is not None and at - last - 1 <= longest:
                found |= {gap: last for gap in range(last + 1, at)}
            last = at
    return found


def settled(whole, half, hair):
    """One customer's units in which those that lie close together are the earliest of them, and crumbs nothing."""
    whole = [0 if abs(each) < half else each for each in whole]
    groups = []
    for at in sorted(range(len(whole)), key=lambda at: (whole[at], at)):
        lowest = whole[groups[-1][0]] if groups else None
        if groups and whole[at] - lowest < half and whole[at] - lowest <= hair * abs(lowest):
            groups[-1].append(at)
        else:
            groups.append([at])
    for group in groups:
        for at, value in zip(group, [whole[min(group)]] * len(group), strict=True):
            whole[at] = value
    return whole


def usual(active, at):
    """How many customers usually had an amount in the six periods before one."""
    before = [count for count in active[max(0, at - 6) : at] if count]
    return median(before) if before else 0


def incomplete(active, at):
    return usual(active, at) >= 3 and active[at] < 0.8 * usual(active, at) and usual(active, at) - active[at] >= 2


def closes(active):
    """The last position on which a window may close."""
    for at in range(len(active) - 1, 0, -1):
        if usual(active, at) < 6 or active[at] >= usual(active, at) / 2:
            return at
    return len(active) - 1


def heirs(names, amounts):
    """Pairs of customers of which one may be the other."""
    found = []
    stays = {who: [at for at, amount in enumerate(row) if amount > 0] for who, row in enumerate(amounts) if any(row)}
    for left, mine in stays.items():
        if mine[-1] == len(amounts[0]) - 1:
            continue
        paid = amounts[left][mine[-1]]
        near = [
            other
            for other, theirs in stays.items()
            if theirs[0] > 0
            and theirs[0] - mine[-1] in (1, 2)
            and abs(amounts[other][theirs[0]] - paid) <= 0.05 * paid
            and other != left
        ]
        alike = [other for other in near if set(names[left].split()) & set(names[other].split())]
        same = [other for other in near if abs(amounts[other][stays[other][0]] - paid) < 0.005]
        payers = sum(any(abs(amount - paid) < 0.005 for amount in row) for row in amounts)
        if len(alike) == 1:
            found.append((left, alike[0]))
        elif len(same) == 1 and payers == 2:
            found.append((left, same[0]))
    came = [other for _, other in found]
    return [pair for pair in found if came.count(pair[1]) == 1]
