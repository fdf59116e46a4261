"""The example in the template's Revenue sheet: an invented company's customers over three years, always the same."""

from __future__ import annotations

import datetime as dt
import random

from nrr_xl.periods import month_number, year_month

Row = tuple[str, dt.date, float, str | None]

# What the example says where a company's own words belong.
EXAMPLE = {"company": "Example Ltd", "currency": "USD"}
# The day after its last month, on which none of its rows is of a month to come.
EXAMPLE_DAY = dt.date(2025, 1, 1)
FIRST, MONTHS = month_number(2022, 1), 36
SEGMENTS = ("Enterprise", "Mid-market", "Small business", "Public sector")
_NAMES = (
    "Alder Alpine Amber Anchor Apex Aspen Atlas Beacon Birch Bluebird Boreal Bridge Cedar Cobalt Compass Coral Crest"
    " Delta Drift Ember Falcon Fern Fjord Flint Garnet Glacier Harbor Hazel Heron Iris Juniper Keystone Lantern Larch"
    " Linden Lumen Maple Meadow Merlin Nimbus Northstar Oakline Onyx Opal Orchid Osprey Pebble Pinecone"
).split()
_KINDS = ("Foods", "Health", "Labs", "Logistics", "Media", "Retail", "Systems", "Energy")


def example_customers() -> tuple[str, ...]:
    """The names of the example's customers."""
    return tuple(f"{name} {_KINDS[place * 3 % 8]}" for place, name in enumerate(_NAMES))


def example_rows() -> list[Row]:
    """Rows (customer, first day of the month, monthly amount, segment), in order of month and customer.

    >>> rows = example_rows()
    >>> len({row[0] for row in rows}), rows[0][1:]
    (48, (datetime.date(2022, 1, 1), 4200.0, 'Enterprise'))
    """
    chance = random.Random(2024)  # noqa: S311 - an example, the same each time
    rows: list[tuple[int, int, Row]] = []
    for place, customer in enumerate(example_customers()):
        segment = SEGMENTS[place % 4]
        start = 0 if place < 26 else 1 + int(chance.random() * 31)
        amount = round((4200, 1600, 420, 2400)[place % 4] * (1 if place == 0 else 0.6 + chance.random()), -1)
        leaves = 6 + int(chance.random() * 75) if place % 3 == 1 else MONTHS
        away = range(21, 25) if place in (10, 22) else range(0)
        for month in range(start, min(MONTHS, max(leaves, start + 5))):
            if month > start and (month - start + place) % 6 == 0:
                move = chance.random()
                amount = round(amount * (1.22 if move < 0.42 else 0.82 if move > 0.87 else 1.0), -1)
            if month not in away:
                year, number = year_month(FIRST + month)
                rows.append((month, place, (customer, dt.date(year, number, 1), float(amount), segment)))
    return [row for _, _, row in sorted(rows, key=lambda each: each[:2])]


def marks() -> list[tuple[str, int, float]]:
    """The first and the last row of each of the example's customers: its name, month and amount."""
    found: dict[str, list[tuple[str, int, float]]] = {}
    for customer, day, amount, _ in example_rows():
        found.setdefault(customer, []).append((customer, month_number(day.year, day.month), amount))
    return [row for each in found.values() for row in (each[0], each[-1])]
