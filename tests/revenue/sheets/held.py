"""Dialects that were met only after the reader was made: each was read at first sight, then kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from .book import NAMES, REGIONS, Rows, Sheet, after, book, first, iso, last, long_rows, mon, sheet, wide_rows


def met() -> Iterator[Sheet]:
    made = book(70)
    m, cells = made.months, list(made.cells())
    who = made.names.__getitem__
    rows: Rows = [["Opportunity ID", "Account Name", "Stage", "Close Month", "Amount"]]
    for n, (w, a, x) in enumerate(cells):
        rows.append([f"006{n:05d}", who(w), "Closed Won", iso(m[a]), x])
        if n % 9 == 0:
            rows.append([f"007{n:05d}", who(w), "Closed Lost", iso(m[a]), 321.0])
    yield sheet("opportunity id first", rows, made)
    rows = [
        ["Posting period", "Document type", "Customer", "Amount"],
        *([m[a][0] * 100 + m[a][1], "RV", who(w), x] for w, a, x in cells),
    ]
    yield sheet("posting period as a number", rows, made)
    rows = [["Posting period", "Customer", "Amount"], *([f"{m[a][1]:03d}.{m[a][0]}", who(w), x] for w, a, x in cells)]
    yield sheet("SAP periods 001.2023", rows, made)
    head = [None, *("FY23" if k == 0 else "FY24" if k == 12 else None for k in range(len(m)))]
    yield sheet(
        "fiscal years over months", [head, ["Customer", *(f"{first(x):%b}" for x in m)], *wide_rows(made)[1:]], made
    )
    rows = [
        ["month_id", "account_id", "account_name", "mrr_cents"],
        *([m[a][0] * 100 + m[a][1], 77 + w, who(w), round(x * 100)] for w, a, x in cells),
    ]
    yield sheet("month_id and mrr_cents", rows, made)
    ytd: Rows = [["Customer", *(f"YTD {first(x):%b %Y}" for x in m)]]
    for name, row in zip(made.names, made.mrr, strict=True):
        ytd.append(
            [name, *(round(sum(y for b, y in enumerate(row[: a + 1]) if m[b][0] == m[a][0]), 2) for a in range(len(m)))]
        )
    yield sheet("YTD Jan 2023 columns", ytd, made, "mend")
    for what in ("One-time setup", "Set-up fee", "Implementation services", "Einmalige Einrichtung", "Onboarding fee"):
        rows = [["Customer", "Month", "Charge type", "Amount"]]
        for n, (w, a, x) in enumerate(cells):
            rows.append([who(w), iso(m[a]), "Subscription", x])
            if n % 11 == 0:
                rows.append([who(w), iso(m[a]), what, 555.0])
        if what != "Einmalige Einrichtung":
            yield sheet(f"charge type {what}", rows, made)
        rows = [
            ["Customer", "Month", "Product", "Amount"],
            *([r[0], r[1], "Platform" if r[2] == "Subscription" else r[2], r[3]] for r in rows[1:]),
        ]
        if what != "Einmalige Einrichtung":
            yield sheet(f"product {what}", rows, made)
    rows = [["Customer", "Month", "Charge type", "Amount"]]
    for n, (w, a, x) in enumerate(cells):
        rows.append([who(w), iso(m[a]), "Subscription", x])
        if n % 7 == 0:
            rows.append([who(w), iso(m[a]), "Usage overage", 44.0])
    yield sheet("usage overage", rows, made, "mend")
    rows = [
        ["Date", "Num", "Customer", "Memo", "Amount"],
        *([last(m[a]), 1000 + n, who(w), "Subscription", x] for n, (w, a, x) in enumerate(cells)),
    ]
    yield sheet("Num is a document's", rows, made)
    rows = [
        ["InvoiceNumber", "Customer Name", "InvoiceDate", "Line Amount", "Tax"],
        *([f"INV-{n}", who(w), last(m[a]), x, round(x * 0.2, 2)] for n, (w, a, x) in enumerate(cells)),
    ]
    yield sheet("InvoiceNumber is a document's", rows, made)
    two = [
        ["Contoso Ltd"],
        wide_rows(made)[0],
        *wide_rows(made)[1:8],
        [],
        ["Contoso GmbH"],
        wide_rows(made)[0],
        *wide_rows(made)[8:],
    ]
    yield sheet("two entities under one header", two, made)
    rows = [["Customer", "Plan", "Billing", "Start", "Cancelled", "Annual price"]]
    rows += [
        [who(w), "Pro", "Annual", first(m[s]), None if e == len(m) else after(m[e - 1]), round(x * 12, 2)]
        for w, s, e, x in made.runs()
    ]
    yield sheet("annual price list", rows, made, options={"today": dt.date(*m[-1], 20)})
    rows = [
        ["Cust #", "Cust Name", "Fiscal Period", "Ext Amt"],
        *([200 + w, who(w), f"{m[a][0]}-{m[a][1]:02d}", x] for w, a, x in cells),
    ]
    yield sheet("Cust # and Ext Amt", rows, made)
    rows = [
        ["Client", "Region", "Owner", "Service month", "Invoiced (EUR)"],
        *([who(w), REGIONS[w % 3], "Jo", first(m[a]), x] for w, a, x in cells),
    ]
    yield sheet("Invoiced (EUR)", rows, made)
    rows = [["Period", *NAMES[:14]], *([iso(m[a]), *(row[a] or None for row in made.mrr)] for a in range(len(m)))]
    yield sheet("turned, Period", [*rows, ["Total", *(round(sum(row), 2) for row in made.mrr)]], made)
    rows = [["Mandant", "Vertragsnr", "Von", "Bis", "Monatsbetrag"]]
    rows += [
        [who(w), f"V{w}-{s}", first(m[s]), "unbefristet" if e == len(m) else after(m[e - 1]), x]
        for w, s, e, x in made.runs()
    ]
    yield sheet("Von, Bis, Monatsbetrag", rows, made, options={"today": dt.date(*m[-1], 20)})
    rows = [["Customer", "Jan", "Feb", "Mar"], *([n, *row[:3]] for n, row in zip(made.names, made.mrr, strict=True))]
    yield Sheet("sheets of years with bare months", {"2023": _bare(made, 2023), "2024": _bare(made, 2024)}, made.truth)
    long = long_rows(made, ("Customer", "Month", "MRR"))
    yield sheet("long, newest first", [long[0], *long[:0:-1]], made)
    yield sheet("long, with blank rows between months", _spaced(long), made)
    wide = wide_rows(
        made,
        ("Customer", "Owner email", "Tier", "Customer since"),
        lead=lambda w: [who(w), f"o{w % 3}@x.example", "ABC"[w % 3], dt.date(2020, 1, 1 + w)],
    )
    yield sheet("wide with attributes", wide, made)
    eur = [["Customer", "Currency", "Month", "MRR"], *([who(w), "EUR", iso(m[a]), x] for w, a, x in cells)]
    yield sheet("one currency", eur, made)
    delta = [
        ["Customer", *(h for x in m for h in (mon(x), "Δ %"))],
        *([n, *(v for x in row for v in (x or None, 0.05))] for n, row in zip(made.names, made.mrr, strict=True)),
    ]
    yield sheet("change columns between months", delta, made)
    seats = [
        ["Customer", *(h for x in m for h in (f"{mon(x)} MRR", f"{mon(x)} Seats"))],
        *([n, *(v for x in row for v in (x or None, 7))] for n, row in zip(made.names, made.mrr, strict=True)),
    ]
    yield sheet("seats beside MRR for each month", seats, made)


def _bare(made, year: int) -> Rows:
    at = [a for a, month in enumerate(made.months) if month[0] == year]
    return [
        ["Customer", *(f"{first(made.months[a]):%b}" for a in at)],
        *([n, *(row[a] or None for a in at)] for n, row in zip(made.names, made.mrr, strict=True)),
    ]


def _spaced(long: Rows) -> Rows:
    rows: Rows = [long[0]]
    for row in long[1:]:
        rows += [[], row] if rows[-1][1:2] not in ([row[1]], ["Month"]) else [row]
    return rows


def every() -> Iterator[Sheet]:
    yield from met()
