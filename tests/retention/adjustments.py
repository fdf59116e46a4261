"""Rows in which every kind of adjustment happens once; a person added up what each is worth (TRUTH)."""

from __future__ import annotations

import pandas as pd

import nrr_xl
from nrr_xl.retention.analysis import Analysis

# Who, from which month to which (from 0: October 2023), and how much a month; 2024-01 is month 3, 2025-01 month 15.
MONTHLY = (
    ("Base", 0, 15, 100.0),
    ("Setup", 0, 15, 50.0),
    ("Euro", 0, 15, 100.0),
    ("Old name", 0, 8, 80.0),
    ("New name", 9, 15, 80.0),
    ("Halden", 0, 8, 200.0),
    ("Norden", 9, 15, 200.0),
    ("Acme Ltd", 0, 7, 60.0),
    ("ACME Limited", 8, 15, 90.0),
    ("Gap", 0, 2, 40.0),
    ("Gap", 4, 15, 40.0),
    ("Dup Inc", 0, 15, 30.0),
    ("Dup, Incorporated", 6, 15, 20.0),
)
# The opening customers pay 720 at the opening, 510 at the closing.
REPORTED = (510.0, 720.0)
# Halden goes on as Norden (+200), Acme Ltd as ACME Limited (+90), the gap had 40 at both ends.
ADJUSTED = (840.0, 760.0)
# One line decided the other way: its label, whom it names first, and what then stands over what.
TRUTH = {
    ("Taken over by another customer", "Halden"): (640.0, 760.0),
    ("Renamed", "Acme Ltd"): (750.0, 760.0),
    ("Gap around the opening filled", "Gap"): (800.0, 720.0),
    ("Held twice under names that look alike", "Dup Inc"): (860.0, 760.0),
    # Yearly is invoiced 1,200 and 1,800 in January for the year: 100 and 150 a month.
    ("Invoices spread over their months", "Yearly"): (2490.0, 1860.0),
    # Setup pays 500 once in January 2025.
    ("One-time revenue left out", "Setup"): (1340.0, 760.0),
    # A euro was 1.00 dollar at the opening and is 1.20 at the closing.
    ("Constant exchange rates", "Euro"): (860.0, 760.0),
    # The map sends Old name to New name.
    ("Customers joined by the map", "New name"): (760.0, 760.0),
}


def month(number: int) -> str:
    at = 9 + number
    return f"{2023 + at // 12}-{at % 12 + 1:02d}"


def analysed(dated: bool = True) -> Analysis:
    """The rows, read with every option that decides something, from January 2024 to January 2025.

    Without `dated` rates a euro is one dollar throughout, so that nothing else changes.
    """
    rows = [
        (who, month(at), amount, 1, "Subscription", "EUR" if who == "Euro" else "USD")
        for who, first, last, amount in MONTHLY
        for at in range(first, last + 1)
    ]
    rows += [("Yearly", month(at), amount, 12, "Subscription", "USD") for at, amount in ((3, 1200.0), (15, 1800.0))]
    rows.append(("Setup", month(15), 500.0, 1, "One-time", "USD"))
    sheet = pd.DataFrame(rows, columns=["Customer", "Month", "Invoice", "Term", "Type", "Currency"])
    euro = {month(at): 1.2 if at == 15 else 1.0 for at in range(16)}
    rates = {"EUR": euro, "USD": 1.0} if dated else None
    cube = nrr_xl.read(sheet, spread="term", rates=rates, customer_map={"Old name": "New name"}, no_currency=not dated)
    return nrr_xl.analyse(cube, months=12)
