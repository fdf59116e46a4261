# ruff: noqa: B023 (each lambda is called before the loop goes on)
"""Finance teams' lists: one amount a row, invoices, ledgers."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator
from dataclasses import replace

from .billing import invoices, steady
from .book import Rows, Sheet, first, iso, last, sheet
from .finance_books import (
    SEEDS,
    WORLD,
    european,
    later,
    made,
    totals,
    wide,
    with_each,
)


def lists() -> Iterator[Sheet]:
    """Rows of invoices, orders and amounts from systems."""
    known, cadence = steady(next(SEEDS), (3,))
    known = replace(known, names=WORLD[:14])
    rows: Rows = [["Customer", "Invoice no.", "Invoice date", "Type", "Currency", "Net amount"]]
    for n, (w, a, _, x) in enumerate(invoices(known, cadence)):
        rows.append([known.names[w], f"RE-{n:04d}", first(known.months[a]), "Invoice", "EUR", x])
        if n % 9 == 0:
            rows.append([known.names[w], f"RE-{n:04d}b", first(known.months[a]), "Invoice", "EUR", 90.0])
            rows.append([known.names[w], f"GS-{n:04d}", first(known.months[a]), "Credit note", "EUR", -90.0])
    yield sheet("quarterly invoices and credit notes", rows, known, "mend")
    known, cadence = steady(next(SEEDS), (12, 3))
    known = replace(known, names=WORLD[:14])
    rows = [["Customer", "Invoice date", "Service from", "Service to", "Amount"]]
    rows += [
        [
            known.names[w],
            first(known.months[a]),
            first(known.months[a]),
            first(known.months[a]) + (dt.date(2024, 1, 1) - dt.date(2023, 1, 1))
            if False
            else last(later(known.months[a], n - 1)),
            x,
        ]
        for w, a, n, x in invoices(known, cadence)
    ]
    yield sheet(
        "invoices with service periods",
        rows,
        {k: v for k, v in known.truth.items()},
        "mend",
        options={"today": dt.date(*known.months[-1], 25)},
    )
    b = made()
    yield sheet(
        "quantity times price without amounts",
        [
            ["Client", "Date", "Qty", "Unit price"],
            *with_each(b, lambda w, a, x: [b.names[w], last(b.months[a]), 4, round(x / 4, 6)]),
        ],
        b,
    )
    b = made()
    yield sheet(
        "quantity, price and line total",
        [
            ["Client", "Date", "Qty", "Unit price", "Line total"],
            *with_each(b, lambda w, a, x: [b.names[w], last(b.months[a]), 4, round(x / 4, 6), x]),
        ],
        b,
    )
    b = made()
    yield sheet(
        "net, tax and gross",
        [
            ["Kunde", "Belegdatum", "Netto", "USt 19%", "Brutto"],
            *with_each(b, lambda w, a, x: [b.names[w], last(b.months[a]), x, round(x * 0.19, 2), round(x * 1.19, 2)]),
        ],
        b,
    )
    b = made()
    rows = [
        ["Customer ID", "Customer name", "Month", "MRR"],
        *with_each(
            b,
            lambda w, a, x: [
                b.ids[w],
                b.names[w] if w % 4 or a < 8 else b.names[w] + " (formerly X)",
                iso(b.months[a]),
                x,
            ],
        ),
    ]
    renamed = {
        (
            name + " (formerly X)"
            if b.names.index(name) % 4 == 0 and max(a for a, x in enumerate(b.mrr[b.names.index(name)]) if x) >= 8
            else name,
            m,
        ): v
        for (name, m), v in b.truth.items()
    }
    yield sheet("ids over renames", rows, renamed)
    for label, head in (
        ("Salesforce", ["Account ID", "Account Name", "Opportunity Name", "Close Date", "Stage", "Amount"]),
        ("NetSuite", ["Internal ID", "Customer:Job", "Document Number", "Date", "Status", "Amount (Net)"]),
        (
            "Zoho Books",
            ["Customer ID", "Customer Name", "Invoice Number", "Invoice Date", "Invoice Status", "SubTotal"],
        ),
        ("Odoo", ["Partner ID", "Partner", "Number", "Invoice Date", "Status", "Untaxed Amount"]),
    ):
        b = made()
        state = {"Salesforce": "Closed Won", "NetSuite": "Paid In Full", "Zoho Books": "Closed", "Odoo": "Posted"}[
            label
        ]
        bad = {"Salesforce": "Closed Lost", "NetSuite": "Voided", "Zoho Books": "Draft", "Odoo": "Cancelled"}[label]
        rows = [head, *with_each(b, lambda w, a, x: [b.ids[w], b.names[w], f"N-{w}-{a}", last(b.months[a]), state, x])]
        rows += [[b.ids[w], b.names[w], f"X-{w}", last(b.months[3]), bad, 500.0] for w in range(0, 14, 3)]
        yield sheet(f"{label} list with {bad}", rows, b, "mend")
    b = made()
    rows = [
        ["Customer", "Environment", "Month", "MRR"],
        *with_each(b, lambda w, a, x: [b.names[w], "Production", iso(b.months[a]), x]),
    ]
    rows += [[b.names[w], "Sandbox", iso(b.months[a]), 99.0] for w, a in itertools.product(range(0, 14, 4), range(15))]
    yield sheet("production and sandbox", rows, b, "mend")
    for column, good, bad in (
        ("Tenant type", "Customer", "Internal"),
        ("Instance", "prod", "staging"),
        ("Account kind", "Paying", "Demo"),
        ("Deal type", "Recurring", "Pilot"),
    ):
        b = made()
        rows = [
            ["Customer", column, "Month", "MRR"],
            *with_each(b, lambda w, a, x: [b.names[w], good, iso(b.months[a]), x]),
        ]
        rows += [[f"Other {w}", bad, iso(b.months[a]), 99.0] for w, a in itertools.product(range(3), range(15))]
        yield sheet(f"{column}: {good} or {bad}", rows, b, "mend")
    b = made()
    rows = [
        ["Customer", "Currency", "Amount (local)", "Amount (USD)", "Month"],
        *with_each(
            b,
            lambda w, a, x: [
                b.names[w],
                ("EUR", "USD", "GBP")[w % 3],
                round(x * (0.9, 1, 0.8)[w % 3], 2),
                x,
                iso(b.months[a]),
            ],
        ),
    ]
    yield sheet("local amounts beside dollars", rows, b)
    b = made()
    rows = [
        ["Customer", "Created (UTC)", "Amount"],
        *with_each(b, lambda w, a, x: [b.names[w], int(dt.datetime(*b.months[a], 15, tzinfo=dt.UTC).timestamp()), x]),
    ]
    yield sheet("seconds since 1970", rows, b)
    b = made()
    rows = [
        ["Customer", "created_at", "amount_cents", "currency"],
        *with_each(
            b,
            lambda w, a, x: [b.names[w], f"{b.months[a][0]}-{b.months[a][1]:02d}-15T10:11:12Z", round(x * 100), "usd"],
        ),
    ]
    yield sheet("timestamps and cents", rows, b, form="csv")
    b = made()
    rows = [
        ["Customer", "Month", "MRR", "MRR prior month", "Change"],
        *with_each(
            b,
            lambda w, a, x: [
                b.names[w],
                iso(b.months[a]),
                x,
                b.mrr[w][a - 1] if a else 0,
                round(x - (b.mrr[w][a - 1] if a else 0), 2),
            ],
        ),
    ]
    yield sheet("this month beside the one before", rows, b)
    b = made()
    rows = [
        ["Customer", "Month", "MRR", "ARR", "Seats", "Health score"],
        *with_each(b, lambda w, a, x: [b.names[w], iso(b.months[a]), x, round(12 * x, 2), 5, 80]),
    ]
    yield sheet("MRR, ARR, seats and a score", rows, b)


def ledgers() -> Iterator[Sheet]:
    """Exports of accounting systems."""
    b = made()
    rows: Rows = [
        ["Sales by Customer Detail"],
        ["January 2023 - March 2024"],
        [],
        [None, "Type", "Date", "Num", "Memo", "Amount", "Balance"],
    ]
    for w, row in enumerate(b.mrr):
        rows.append([b.names[w]])
        run = 0.0
        for a, x in enumerate(row):
            if x:
                run = round(run + x, 2)
                rows.append([None, "Invoice", last(b.months[a]), 1000 + 20 * w + a, "Plan", x, run])
        rows.append([f"Total {b.names[w]}", None, None, None, None, run, run])
    rows.append(["TOTAL", None, None, None, None, round(sum(totals(b)), 2), round(sum(totals(b)), 2)])
    yield sheet("QuickBooks sales by customer detail", rows, b, "mend")
    b = made()
    rows = [["Customer / Month", "MRR"]]
    for w, row in enumerate(b.mrr):
        rows.append([b.names[w], None])
        rows += [[iso(b.months[a]), x] for a, x in enumerate(row) if x]
    yield sheet("customers as lines above their months", rows, b)
    b = made()
    rows = [["Row Labels", "Sum of MRR"]]
    for w, row in enumerate(b.mrr):
        rows.append([b.names[w], round(sum(row), 2)])
        rows += [[f"{first(b.months[a]):%b %Y}", x] for a, x in enumerate(row) if x]
    yield sheet("a pivot of customers over months in one column", rows, b)
    yield sheet("the same with a grand total", [*rows, ["Grand Total", round(sum(totals(b)), 2)]], b)
    b = made()
    rows = [["Row Labels", "Sum of MRR"]]
    for a, m in enumerate(b.months):
        rows.append([f"{first(m):%b %Y}", b.total(a)])
        rows += [[b.names[w], row[a]] for w, row in enumerate(b.mrr) if row[a]]
    yield sheet("a pivot of months over customers in one column", [*rows, ["Grand Total", round(sum(totals(b)), 2)]], b)
    b = made()
    rows = [
        ["Date", "Account", "Customer", "Debit", "Credit"],
        *with_each(b, lambda w, a, x: [last(b.months[a]), "4000 Revenue", b.names[w], None, x]),
    ]
    rows += [[last(b.months[4]), "4000 Revenue", b.names[0], 5.0, None]]
    truth = dict(b.truth)
    if b.mrr[0][4]:
        truth[(b.names[0], iso(b.months[4]))] = round(b.mrr[0][4] - 5.0, 2)
        yield sheet("debit and credit", rows, truth)
    b = made()
    rows = [
        ["Posting date", "Customer", "Amount"],
        *with_each(b, lambda w, a, x: [last(b.months[a]), b.names[w], f"{x:,.2f} CR"]),
    ]
    yield sheet("amounts with CR behind", rows, b, "mend")
    b = made()
    rows = [["Posting date", "Customer", "Amount"], *with_each(b, lambda w, a, x: [last(b.months[a]), b.names[w], -x])]
    yield sheet("a ledger's credit side", rows, b, "mend")
    b = made()
    rows = wide(b, ["Customer"], cell=lambda x: -x or None)
    yield sheet("a ledger's credit side, wide", rows, b, "mend")
    b = made()
    rows = [
        ["Konto", "Kontobezeichnung", "Belegdatum", "Umsatz", "S/H"],
        *with_each(b, lambda w, a, x: [10000 + w, b.names[w], f"{last(b.months[a]):%d.%m.%Y}", european(x), "H"]),
    ]
    yield sheet("DATEV with S/H", rows, b)
    b = made()
    rows = [
        ["Customer", "Contract", "Month", "Revenue recognised", "Deferred revenue", "Billed"],
        *with_each(
            b,
            lambda w, a, x: [
                b.names[w],
                f"K{w}",
                iso(b.months[a]),
                x,
                round(3 * x, 2),
                0.0 if a % 3 else round(3 * x, 2),
            ],
        ),
    ]
    yield sheet("recognised, deferred and billed", rows, b)
