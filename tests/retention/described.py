"""Rows with a churn reason and seats, made by rule, for what only such rows can show."""

from __future__ import annotations

import pandas as pd

import nrr_xl
from nrr_xl.revenue.cube.build import RevenueCube

REASONS = ("Price", "Card declined", "Competitor", "", "Insolvency")
MONTHS = 27


def described() -> RevenueCube:
    """Forty customers over 27 months: every fifth leaves in the last year, some after three months, for a reason."""
    rows = []
    for number in range(40):
        start = 0 if number % 3 == 0 else (number * 7) % 15 if number % 10 != 4 else 12
        stop = 16 + number % 10 if number % 5 == 0 else 15 if number % 10 == 4 else MONTHS
        reason = REASONS[number % len(REASONS) if number % 5 else number // 5 % len(REASONS)] if stop < MONTHS else ""
        seats = 20 + number
        for month in range(start, stop):
            # Seats fall before a customer leaves.
            used = seats if stop == MONTHS or month < stop - 4 else seats // 2
            amount = 100.0 + 10 * number + (25.0 if number % 4 == 1 and month > 20 else 0.0)
            when = f"{2023 + month // 12}-{month % 12 + 1:02d}-01"
            region = ("EMEA", "APAC", "LATAM")[number % 3]
            rows.append((f"Customer {number:02d}", when, amount, used, region, reason))
    columns = ["Customer", "Month", "MRR", "Seats", "Region", "Churn reason"]
    return nrr_xl.read(pd.DataFrame(rows, columns=columns))
