# ruff: noqa: B023 (each lambda is called before the loop goes on)
"""Finance teams' contracts, and how they mark and write things."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

from .book import Book, Month, Rows, Sheet, after, first, iso, last, sheet
from .finance_books import (
    day,
    european,
    made,
    wide,
    with_each,
)


def contracts() -> Iterator[Sheet]:
    """Subscriptions with starts, ends and terms."""

    def runs(b: Book, what: Callable[[int, Month, Month | None, float], list[Any]]) -> Rows:
        return [what(w, b.months[s], None if e == len(b.months) else b.months[e - 1], x) for w, s, e, x in b.runs()]

    for word in (
        "still active",
        "Active",
        "Current",
        "ongoing",
        "(open)",
        "",
        "n/a",
        "evergreen",
        "Present",
        "no end date",
        "laufend",
        "en cours",
    ):
        b = made()
        rows = [
            ["Customer", "Start date", "End date", "MRR"],
            *runs(b, lambda w, s, e, x: [b.names[w], first(s), word if e is None else last(e), x]),
        ]
        yield sheet(f"open end: {word or 'blank'}", rows, b, options=day(b))
    b = made()
    rows = [
        ["Account", "Plan", "Contract start", "Contract end", "ACV"],
        *runs(b, lambda w, s, e, x: [b.names[w], "Pro", first(s), None if e is None else last(e), round(12 * x, 2)]),
    ]
    yield sheet("ACV with ends", rows, b, options=day(b))
    b = made()
    rows = [
        ["Account", "Effective Start Date", "Effective End Date", "MRR", "TCV", "Status"],
        *runs(
            b,
            lambda w, s, e, x: [
                b.names[w],
                first(s),
                None if e is None else after(e),
                x,
                round(12 * x, 2),
                "Active" if e is None else "Cancelled",
            ],
        ),
    ]
    yield sheet("Zuora subscriptions", rows, b, options=day(b))
    b = made()
    rows = [
        ["company", "state", "activated_at", "canceled_at", "plan", "unit_amount", "quantity"],
        *runs(
            b,
            lambda w, s, e, x: [
                b.names[w],
                "active" if e is None else "expired",
                first(s),
                None if e is None else after(e),
                "Pro",
                round(x / 5, 6),
                5,
            ],
        ),
    ]
    yield sheet("unit amount times quantity", rows, b, options=day(b))
    b = made()
    rows = [
        ["Customer", "From", "To", "Monthly fee", "Billing"],
        *runs(
            b,
            lambda w, s, e, x: [
                b.names[w],
                first(s),
                None if e is None else last(e),
                x,
                ("annual", "monthly", "quarterly")[w % 3],
            ],
        ),
    ]
    yield sheet("a monthly fee billed otherwise", rows, b, options=day(b))
    b = made()
    rows = [
        ["Customer", "Start", "End", "Amount", "Billing period"],
        *runs(
            b,
            lambda w, s, e, x: [
                b.names[w],
                first(s),
                None if e is None else last(e),
                round(x * (12, 1, 3)[w % 3], 2),
                ("annual", "monthly", "quarterly")[w % 3],
            ],
        ),
    ]
    yield sheet("an amount a billing period", rows, b, "exact", options=day(b))
    b = made()
    rows = [
        ["Kunde", "Vertragsbeginn", "Vertragsende", "Monatlicher Betrag"],
        *runs(
            b,
            lambda w, s, e, x: [
                b.names[w],
                f"{first(s):%d.%m.%Y}",
                "unbefristet" if e is None else f"{last(e):%d.%m.%Y}",
                european(x) + " €",
            ],
        ),
    ]
    yield sheet("Vertragsbeginn und Vertragsende", rows, b, options=day(b))
    b = made()
    rows = [
        ["Client", "Début", "Fin", "Abonnement mensuel"],
        *runs(
            b,
            lambda w, s, e, x: [
                b.names[w],
                f"{first(s):%d/%m/%Y}",
                "en cours" if e is None else f"{last(e):%d/%m/%Y}",
                x,
            ],
        ),
    ]
    yield sheet("Début, Fin, Abonnement mensuel", rows, b, options=day(b))
    b = made()
    rows = [
        ["Customer", "Start", "End", "Amount"],
        *runs(b, lambda w, s, e, x: [b.names[w], first(s), None if e is None else last(e), x]),
    ]
    yield sheet("a bare amount with starts and ends", rows, b, options=day(b))


def marks() -> Iterator[Sheet]:
    """Amounts as texts, in many notations."""
    for label, money in (
        ("Swiss", lambda x: f"{x:,.2f}".replace(",", "'")),
        ("Swiss round", lambda x: f"CHF {x:,.2f}".replace(",", "’")),
        ("French", lambda x: f"{x:,.2f} €".replace(",", "\u202f").replace(".", ",")),
        ("crowns", lambda x: f"{x:,.2f} kr".replace(",", "\xa0").replace(".", ",")),
        ("zloty", lambda x: f"{x:,.2f} zł".replace(",", " ").replace(".", ",")),
        ("real", lambda x: "R$ " + european(x)),
        ("Indian", lambda x: f"Rs. {x:,.2f}"),
        ("a month", lambda x: f"${x:,.2f}/mo"),
        ("per month", lambda x: f"USD {x:,.2f} per month"),
        ("euro a month", lambda x: european(x) + " € / Monat"),
        ("accountant's zero", lambda x: f" {x:,.2f} "),
        ("trailing currency", lambda x: f"{x:,.2f} USD"),
        ("quoted", lambda x: f"'{x:.2f}"),
        ("yen sign", lambda x: f"¥{x:,.2f}"),
    ):
        b = made()
        rows = wide(b, ["Customer"], cell=lambda x, money=money: money(x) if x else " - ")
        yield sheet(f"amounts {label}, wide", rows, b)
        rows = [
            ["Customer", "Month", "MRR"],
            *with_each(b, lambda w, a, x, money=money: [b.names[w], iso(b.months[a]), money(x)]),
        ]
        yield sheet(f"amounts {label}, long", rows, b)


def texts() -> Iterator[Sheet]:
    """Rows in delimited text and long lists with odd dates."""
    for mark in (";", "\t", "|"):
        b = made()
        rows = [
            ["Customer", "Month", "MRR"],
            *with_each(b, lambda w, a, x: [b.names[w], iso(b.months[a]), european(x) if mark == ";" else f"{x:.2f}"]),
        ]
        yield sheet(f"text with {mark!r}", rows, b, form="csv", options={"_delimiter": mark})
    for label, when in (
        ("20240131", lambda m: int(f"{last(m):%Y%m%d}")),
        ("202401", lambda m: m[0] * 100 + m[1]),
        ("serial", lambda m: (last(m) - dt.date(1899, 12, 30)).days),
        ("31-Jan-24", lambda m: f"{last(m):%d-%b-%y}"),
        ("Jan 31, 2024", lambda m: f"{last(m):%b %d, %Y}"),
        ("31 January 2024", lambda m: f"{last(m):%d %B %Y}"),
        ("2024M01", lambda m: f"{m[0]}M{m[1]:02d}"),
        ("01.2024", lambda m: f"{m[1]:02d}.{m[0]}"),
        ("time", lambda m: f"{last(m):%Y-%m-%d} 23:59:59"),
        ("zone", lambda m: f"{last(m):%Y-%m-%d}T23:59:59+00:00"),
        ("weekday", lambda m: f"{last(m):%A, %d %B %Y}"),
        ("am", lambda m: f"{last(m):%m/%d/%Y} 12:00 AM"),
    ):
        b = made()
        yield sheet(
            f"dates {label}",
            [["Customer", "Date", "MRR"], *with_each(b, lambda w, a, x, when=when: [b.names[w], when(b.months[a]), x])],
            b,
        )
    b = made()
    yield sheet(
        "year and month columns",
        [
            ["Customer", "Year", "Month", "MRR"],
            *with_each(b, lambda w, a, x: [b.names[w], b.months[a][0], b.months[a][1], x]),
        ],
        b,
    )
    b = made()
    yield sheet(
        "year and month names",
        [
            ["Customer", "FY", "Month", "MRR"],
            *with_each(b, lambda w, a, x: [b.names[w], b.months[a][0], f"{first(b.months[a]):%B}", x]),
        ],
        b,
    )
