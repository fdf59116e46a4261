"""Two books made by rule in which everything happens, and all that is told of them."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from itertools import product
from typing import Any

import pandas as pd

import nrr_xl
from nrr_xl.errors import InputError
from nrr_xl.retention import levers
from nrr_xl.retention.analysis import Analysis
from nrr_xl.retention.compare import Side, compare
from nrr_xl.retention.definitions import COHORTS, MEASURES, MINIMUMS, WEIGHTS, Average, Definition, defined, definitions
from nrr_xl.retention.nearest import nearest
from nrr_xl.retention.plain import comparison_to_dict
from nrr_xl.retention.windows import Window
from nrr_xl.revenue.cube.build import RevenueCube, fill_gaps

REASONS = ("Price", "Card declined", "Competitor", "", "Insolvency")
CURRENCIES = ("USD", "EUR", "GBP")
RATES = {
    "USD": 1,
    "EUR": {"2022-01": 1.1, "2023-02": 1.05, "2024-01": 1.2, "2024-09": 1.15},
    "GBP": {"2022-01": 1.3, "2024-07": 1.25},
}
MONTHS = 36


def _name(number: int, month: int) -> str:
    # One name goes on under another, in the same amounts.
    return "Customer 07 Holding" if number == 7 and month >= 30 else f"Customer {number:02d}"


def dense(later: bool = False) -> RevenueCube:
    """Forty-five customers over 36 months in three currencies, in thousands: every amount is below or about 1.

    `later` is the same book as it was read a month after: one restated, one removed, one added, one moved, one renamed.
    """
    rows = []
    for number in range(45 + later):
        if later and number == 5:
            continue
        start = 0 if number % 3 else (number * 5) % 22
        stop = 23 + number % 12 if number % 4 == 1 else MONTHS
        gap = (number % 11) + 15 if number % 6 == 2 else -1
        price = 0.21 + 0.013 * number + (0.5 if number % 15 == 0 else 0.0)
        reason = REASONS[number // 4 % len(REASONS)] if stop < MONTHS else ""
        for month in range(start, stop):
            if gap <= month <= gap + number % 4:
                continue
            seats = 20 + number if stop == MONTHS or month < stop - 4 else (20 + number) // 2
            seats += 3 * (number % 5 == 3 and month > 24)
            raised = 1.04 if number % 7 == 4 and month > 26 else 1.0
            fallen = 1 - 0.06 * max(month - 31, 0) if number % 9 == 8 else 1.0
            amount = round(price * seats / (20 + number) * raised * fallen, 4) + 0.02 * (later and number == 3)
            region = ("EMEA", "APAC", "LATAM")[
                (number + (number % 10 == 6 and month > 27) + (later and number == 4)) % 3
            ]
            name = "Kunde 09" if later and number == 9 else _name(number, month)
            when = date(2022 + month // 12, month % 12 + 1, 1)
            about = (CURRENCIES[number % 5 % 3], region, reason)
            rows.append((name, when, amount, seats, "Core", "Recurring", *about))
            if number % 8 == 3 and month > 20:
                rows.append((name, when, 0.055, 2, "Extra", "Recurring", *about))
            if number % 8 == 5 and month == start + 1:
                rows.append((name, when, 0.4, 1, "Core", "Setup fee", *about))
    heads = ["Customer", "Month", "MRR", "Seats", "Product", "Type", "Currency", "Region", "Churn reason"]
    return nrr_xl.read(pd.DataFrame(rows, columns=heads), rates=RATES)


def contracts() -> RevenueCube:
    """Contracts with a start and an end, renewed early, late, dearer, cheaper, in parts or not at all."""
    rows = []
    for number in range(12):
        at, price = (number * 2) % 9, 90.0 + 35 * number
        for turn in range(1 if number in (2, 9) else 3):
            length = (12, 12, 6, 13)[number % 4]
            first, last = date(2022 + at // 12, at % 12 + 1, 1), at + length
            end = pd.Timestamp(2022 + last // 12, last % 12 + 1, 1) - pd.Timedelta(days=1)
            rows.append((f"Client {number:02d}", first, end.date(), price, ("North", "South")[number % 2]))
            if number % 5 == 0:
                rows.append((f"Client {number:02d}", first, end.date(), 12.5, ("North", "South")[number % 2]))
            at = last + (0, 0, 1, 0, -1, 2, 0, 3)[(number + turn) % 8]
            price = round(price * (1, 1.03, 0.8, 1.25)[(number + turn) % 4], 2)
    # The smallest amounts that there are: one cent counts as a customer.
    for name, first, last, price in (
        ("Cent", "2022-01-01", "2025-06-30", 0.01),
        ("Cents", "2022-01-01", "2023-10-31", 0.01),
        ("Cents", "2023-11-01", "2025-06-30", 0.02),
        ("Gone", "2022-01-01", "2024-02-29", 0.01),
        ("Late", "2024-01-01", "2025-06-30", 0.01),
    ):
        rows.append((name, date.fromisoformat(first), date.fromisoformat(last), price, "South"))
    return nrr_xl.read(pd.DataFrame(rows, columns=["Customer", "Start", "End", "MRR", "Territory"]))


def whole() -> dict[str, dict[str, Any]]:
    """The JSON of each book but for the reader's problems, and its comparison, definitions and levers."""
    made, dated = dense(), contracts()
    analyses = {
        "dense": nrr_xl.analyse(made, method="like:datadog", sales_cost=9.5, burn=3.25, gross_margin=0.8, top=5),
        "grace": nrr_xl.analyse(made, months=6, grace=2, freq="quarter", cohort_freq="quarter", as_of="2024-10"),
        "contracts": nrr_xl.analyse(dated, as_of="2024-06", size_edges=[150, 300], annualise_from="window"),
    }
    found = {name: _told(analysis.to_dict()) for name, analysis in analyses.items()}
    sides = [Side("old", made, Window(21, 33, 12)), Side("new", dense(later=True), Window(22, 34, 12), {"grace": "1"})]
    found["compared"] = comparison_to_dict(compare(*sides, same_policy=fill_gaps(made, 3)))
    found["definitions"] = _definitions(made, 35) | {f"{k} (contracts)": v for k, v in _definitions(dated, 29).items()}
    found["levers"] = _levers(analyses["dense"])
    found["nearest"] = {str(rate): [asdict(near) for near in nearest(analyses["dense"], rate)] for rate in (0.7, 0.9)}
    return found


def _told(found: dict[str, Any]) -> dict[str, Any]:
    """An object without what the reader says; of its figures the words alone, by part."""
    words: dict[str, Any] = {}
    for figure in found["figures"]:
        told = {key: held for key, held in figure.items() if key != "value"}
        words.setdefault(figure["key"].split(".")[0], []).append("|".join(map(str, told.values())))
    left = ("figures", "sheets", "problems", "version")
    return {name: part for name, part in found.items() if name not in left} | {"words": words}


def _definitions(cube: RevenueCube, closing: int) -> dict[str, Any]:
    """What every company's definition gives, and every combination of what a definition can say."""
    known = dict(definitions())
    choices = product(MEASURES, COHORTS, MINIMUMS, (False, True), (None, *WEIGHTS), (False, True))
    for measure, cohort, minimum_of, gross, weights, yearly in choices:
        average = Average() if weights is None else Average(3, 2, weights)
        own = Definition(6, measure, cohort, 0.31, minimum_of, (), "", gross, average, yearly)
        known[f"{measure} {cohort} {minimum_of} {gross} {weights} {yearly}"] = own
    known["population"] = Definition(population=("EMEA", "North"))
    found = {}
    for name, definition in known.items():
        try:
            held = defined(cube, closing, definition, name)
            found[name] = [held.numerator, held.denominator, held.rate, held.customers, held.reason]
        except InputError as error:
            found[name] = [str(error)]
    return found


def _levers(analysis: Analysis) -> dict[str, Any]:
    """Levers pulled together and alone, and the way to targets near and far."""
    base = analysis.lever_base
    pulled = {
        str(each): asdict(levers.pull(base, *each)) for each in product((0.0, 0.4), (0.0, 0.3), (0.0, 1.0), (-0.2, 0.5))
    }
    targets = (0.5, base.nrr, 0.8, 0.9, 1.0, 1.5)
    return {"pulled": pulled, "ways": {f"{target:.3f}": levers.way_to(base, target) for target in targets}}
