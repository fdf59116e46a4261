"""What billing, accounting and CRM systems export: invoices of every cadence, contracts, snapshots, movements."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator

from .book import (
    NAMES,
    Book,
    Month,
    Rows,
    Sheet,
    Truth,
    after,
    book,
    first,
    iso,
    last,
    long_rows,
    mon,
    sheet,
    wide_rows,
)

TODAY = dt.date(2026, 11, 28)


def steady(seed: int, cadences: tuple[int, ...], months: int = 25) -> tuple[Book, tuple[int, ...]]:
    """A book whose customers keep a price for each stretch between two invoices, and each one's cadence."""
    rng = random.Random(seed)
    made = book(seed, 14, months)
    rows, every = [], []
    for who in range(14):
        cadence = cadences[who % len(cadences)]
        start = 0 if who < 9 else rng.randrange(1, 6)
        stop = months if rng.random() < 0.7 else start + cadence * max(2, (months - start) // (2 * cadence))
        price, row = float(rng.randrange(50, 900)), [0.0] * months
        for at in range(start, min(stop, months), cadence):
            for k in range(at, min(at + cadence, stop, months)):
                row[k] = price
            price = round(price * rng.choice((1, 1, 1.1, 1.2, 0.9)), 2)
        rows.append(tuple(row))
        every.append(cadence)
    return Book(NAMES[:14], made.months, tuple(rows), made.regions, made.ids), tuple(every)


def invoices(made: Book, cadence: tuple[int, ...]) -> Iterator[tuple[int, int, int, float]]:
    """(customer, month of the invoice, months paid for, amount)."""
    for who, row in enumerate(made.mrr):
        at = next((k for k, x in enumerate(row) if x), len(row))
        while at < len(row) and row[at]:
            yield who, at, cadence[who], round(row[at] * cadence[who], 2)
            at += cadence[who]


def cadences() -> Iterator[Sheet]:
    for n, (name, kinds) in enumerate(
        (
            ("annual", (12,)),
            ("quarterly", (3,)),
            ("mixed", (1, 3, 12)),
            ("half-yearly", (6,)),
            ("mostly monthly", (1, 1, 1, 3)),
        )
    ):
        made, every = steady(40 + n, kinds)
        rows: Rows = [["Customer", "Invoice date", "Amount"]]
        rows += [
            [made.names[w], first(made.months[a]), x]
            for w, a, _, x in sorted(invoices(made, every), key=lambda i: i[1])
        ]
        yield sheet(f"invoices {name}", rows, made, "mend")
        rows = [["Customer", "Invoice date", "Service start", "Service end", "Amount"]]
        for w, a, n_months, x in invoices(made, every):
            end = _plus(made.months[a], n_months) - dt.timedelta(days=1)
            rows.append([made.names[w], first(made.months[a]), first(made.months[a]), end, x])
        options = {"today": dt.date(*made.months[-1], 20)}
        yield sheet(f"invoices {name} with service dates", rows, made, options=options)
        wide: Rows = [["Customer", *map(mon, made.months)]]
        sums = {(w, a): x for w, a, _, x in invoices(made, every)}
        wide += [[name_, *(sums.get((w, a)) for a in range(len(made.months)))] for w, name_ in enumerate(made.names)]
        yield sheet(f"invoices {name}, wide", wide, made, "mend")
        rows = [["Customer", "Start", "Billing interval", "MRR", "End"]]
        kind = {1: "monthly", 3: "quarterly", 6: "semi-annual", 12: "annual"}
        rows += [
            [
                made.names[w],
                first(made.months[s]),
                kind[every[w]],
                x,
                None if e == len(made.months) else after(made.months[e - 1]),
            ]
            for w, s, e, x in made.runs()
        ]
        yield sheet(f"MRR is monthly though billed {name}", rows, made, options=options)


def _plus(month: Month, months: int) -> dt.date:
    y, m = divmod(month[0] * 12 + month[1] - 1 + months, 12)
    return dt.date(y, m + 1, 1)


def contracts() -> Iterator[Sheet]:
    made = book(50)
    day = {"today": dt.date(*made.months[-1], 20)}

    def runs(value, head, end=lambda d: d, more=lambda w: []) -> Rows:
        rows: Rows = [head]
        for w, s, e, x in made.runs():
            stop = None if e == len(made.months) else after(made.months[e - 1])
            rows.append([made.names[w], first(made.months[s]), end(stop), value(x, e - s), *more(w)])
        return rows

    yield sheet(
        "ARR by subscription", runs(lambda x, n: x * 12, ["Customer", "Start", "End", "ARR"]), made, options=day
    )
    yield sheet(
        "Annual fee",
        runs(lambda x, n: x * 12, ["Client", "Contract start", "Contract end", "Annual fee"]),
        made,
        options=day,
    )
    for word in (
        "n/a",
        "-",
        "NULL",
        "TBD",
        "Active",
        "Ongoing",
        "Present",
        "Evergreen",
        dt.date(9999, 12, 31),
        "12/31/9999",
        "unbefristet",
    ):
        rows = runs(lambda x, n: x, ["Customer", "Start date", "End date", "MRR"], lambda d, word=word: d or word)
        yield sheet(f"open end {word}", rows, made, options=day)
    rows = [["Customer", "Contract start", "Contract end", "Contract value"]]
    rows += [
        [made.names[w], first(made.months[s]), after(made.months[e - 1]), round(x * (e - s), 2)]
        for w, s, e, x in made.runs()
    ]
    yield sheet("contract value over its dates", rows, made, options=day)
    rows = [["Customer", "Contract start", "Contract end", "TCV"]]
    rows += [
        [made.names[w], first(made.months[s]), last(made.months[e - 1]), round(x * (e - s), 2)]
        for w, s, e, x in made.runs()
    ]
    yield sheet("TCV with inclusive ends", rows, made, options=day)
    rows = [["Customer", "Start", "Term (months)", "Total contract value", "End"]]
    rows += [
        [made.names[w], first(made.months[s]), e - s, round(x * (e - s), 2), after(made.months[e - 1])]
        for w, s, e, x in made.runs()
    ]
    yield sheet("TCV with a term", rows, made, options=day)
    rows = wide_rows(
        made,
        ("Customer", "Contract start", "Contract end"),
        lead=lambda w: [made.names[w], dt.date(2022, 5, 1), dt.date(2026, 1, 1)],
    )
    yield sheet("customer table with contract dates and months", rows, made)
    rows = long_rows(made)
    rows = [
        [*row, "Contract start" if n == 0 else dt.date(2022, 5, 1), "Contract end" if n == 0 else dt.date(2026, 1, 1)]
        for n, row in enumerate(rows)
    ]
    yield sheet("monthly rows with contract dates", rows, made)
    rows = [["Customer", "Month", "Revenue", "Contract start", "Contract end"], *rows[1:]]
    yield sheet("monthly revenue with contract dates", rows, made)
    yield sheet("a file of annual customers", long_rows(made), made, sheet="annual customers")


def systems() -> Iterator[Sheet]:
    made = book(51)
    cells = list(made.cells())
    who = made.names.__getitem__
    m = made.months
    rows: Rows = [
        ["Acme Inc"],
        ["Sales by Customer Detail"],
        ["January 2023 - March 2024"],
        [],
        ["", "Date", "Transaction type", "Num", "Product/Service", "Amount", "Balance"],
    ]
    for w, name in enumerate(made.names):
        rows.append([name])
        mine = [(a, x) for v, a, x in cells if v == w]
        rows += [
            ["", first(m[a]), "Invoice", 1000 + a, "Subscription", x, round(sum(y for b, y in mine if b <= a), 2)]
            for a, x in mine
        ]
        rows.append([f"Total for {name}", "", "", "", "", round(sum(x for _, x in mine), 2), None])
    rows.append(["TOTAL", "", "", "", "", round(sum(x for _, _, x in cells), 2), None])
    yield sheet("QuickBooks detail by customer", rows, made)
    rows = [
        ["Sales by Customer Summary"],
        ["Jan 2023 - Mar 2024"],
        [],
        ["", *(f"{dt.date(*k, 1):%b %Y}" for k in m), "Total"],
    ]
    rows += [
        [name, *(x or None for x in row), round(sum(row), 2)] for name, row in zip(made.names, made.mrr, strict=True)
    ]
    rows.append(["TOTAL", *(made.total(a) for a in range(len(m))), round(sum(made.truth.values()), 2)])
    yield sheet("QuickBooks summary", rows, made)
    rows = [
        ["*ContactName", "*InvoiceNumber", "*InvoiceDate", "*DueDate", "Total", "TaxTotal", "LineAmount", "Currency"]
    ]
    rows += [
        [who(w), f"INV-{n}", first(m[a]), last(m[a]), round(x * 1.2, 2), round(x * 0.2, 2), x, "GBP"]
        for n, (w, a, x) in enumerate(cells)
    ]
    yield sheet("Xero invoices, gross beside net", rows, made)
    rows = [["Type", "Date", "Document Number", "Customer/Project", "Period", "Amount (Net)", "Amount (Gross)"]]
    rows += [
        ["Invoice", first(m[a]), f"INV{n}", who(w), f"{dt.date(*m[a], 1):%b %Y}", x, round(x * 1.19, 2)]
        for n, (w, a, x) in enumerate(cells)
    ]
    rows.append(
        [
            "Overall Total",
            None,
            None,
            None,
            None,
            round(sum(x for *_, x in cells), 2),
            round(sum(round(x * 1.19, 2) for *_, x in cells), 2),
        ]
    )
    yield sheet("NetSuite lines, Overall Total", rows, made)
    rows = [
        ["BUKRS", "KUNNR", "NAME1", "BUDAT", "DMBTR", "WAERS"],
        *(["1000", 100000 + w, who(w), first(m[a]), x, "EUR"] for w, a, x in cells),
    ]
    yield sheet("SAP line items, technical names", rows, made, "mend")
    rows = [
        [
            "Company Code",
            "Customer",
            "Name 1",
            "Posting Date",
            "Document Number",
            "Amount in Local Currency",
            "Local Currency",
        ]
    ]
    rows += [["1000", 100000 + w, who(w), first(m[a]), 9000 + n, x, "EUR"] for n, (w, a, x) in enumerate(cells)]
    yield sheet("SAP line items", rows, {(who(w), iso(m[a])): x for w, a, x in cells})
    rows = [
        [
            "id",
            "Description",
            "Customer ID",
            "Customer Email",
            "Created date (UTC)",
            "Amount",
            "Amount Refunded",
            "Currency",
            "Status",
        ]
    ]
    rng = random.Random(3)
    for n, (w, a, x) in enumerate(cells):
        rows.append(
            [f"ch_{n}", "Subscription update", f"cus_{w:04d}", f"billing@{w}.example", first(m[a]), x, 0, "usd", "Paid"]
        )
        if rng.random() < 0.1:
            rows.append(
                [
                    f"ch_x{n}",
                    "Subscription update",
                    f"cus_{w:04d}",
                    f"billing@{w}.example",
                    first(m[a]),
                    x,
                    0,
                    "usd",
                    "Failed",
                ]
            )
        if rng.random() < 0.05:
            rows.append(
                [
                    f"ch_r{n}",
                    "Charge",
                    f"cus_{w:04d}",
                    f"billing@{w}.example",
                    first(m[a]),
                    50.0,
                    50.0,
                    "usd",
                    "Refunded",
                ]
            )
    yield sheet("Stripe payments", rows, {(f"billing@{w}.example", iso(m[a])): x for w, a, x in cells})
    rows = [
        [
            "Account Name",
            "Opportunity Name",
            "Stage",
            "Close Date",
            "Contract Start",
            "Contract End",
            "MRR",
            "Account Owner",
            "Probability (%)",
        ]
    ]
    for w, s, e, x in made.runs():
        rows.append(
            [
                who(w),
                f"{who(w)} - deal",
                "Closed Won",
                first(m[s]),
                first(m[s]),
                None if e == len(m) else after(m[e - 1]),
                x,
                "Jo",
                100,
            ]
        )
        if w % 3 == 0:
            rows.append([who(w), f"{who(w)} - upsell", "Closed Lost", first(m[s]), first(m[s]), None, 99.0, "Jo", 0])
            rows.append([who(w), f"{who(w)} - new", "Proposal", first(m[s]), first(m[s]), None, 77.0, "Jo", 50])
    yield sheet("Salesforce opportunities", rows, made, options={"today": dt.date(*m[-1], 20)})
    rows = [
        [
            "Customer Company",
            "Subscription Id",
            "Subscription Status",
            "Started On",
            "Cancelled On",
            "MRR",
            "Plan Id",
            "Currency Code",
        ]
    ]
    for w, s, e, x in made.runs():
        rows.append(
            [
                who(w),
                f"sub{w}{s}",
                "active" if e == len(m) else "cancelled",
                first(m[s]),
                None if e == len(m) else after(m[e - 1]),
                x,
                "pro",
                "EUR",
            ]
        )
    yield sheet("Chargebee subscriptions", rows, made, options={"today": dt.date(*m[-1], 20)})
    rows = [
        ["account_code", "account_company", "state", "activated_at", "expires_at", "unit_amount", "quantity", "mrr"]
    ]
    for w, s, e, x in made.runs():
        rows.append(
            [
                f"acc{w}",
                who(w),
                "active" if e == len(m) else "expired",
                first(m[s]),
                None if e == len(m) else after(m[e - 1]),
                x,
                1,
                x,
            ]
        )
    yield sheet("Recurly subscriptions", rows, made, options={"today": dt.date(*m[-1], 20)})
    rows = [
        ["Kundennr", "Kunde", "Belegdatum", "Netto", "MwSt", "Brutto"],
        *([w, who(w), f"01.{m[a][1]:02d}.{m[a][0]}", x, round(x * 0.19, 2), round(x * 1.19, 2)] for w, a, x in cells),
    ]
    yield sheet("German invoices, 01.02.2023", rows, made)
    rows = [
        ["Customer", "Date", "Amount", "Month"],
        *([who(w), f"{m[a][1]:02d}/{1:02d}/{m[a][0]}", x, f"{dt.date(*m[a], 1):%B}"] for w, a, x in cells),
    ]
    yield sheet("order of dates proved by a column of months", rows, made)
    rows = [
        ["Customer", "Invoice date", "Due date", "Amount"],
        *([who(w), f"01/{m[a][1]:02d}/{m[a][0]}", f"28/{m[a][1]:02d}/{m[a][0]}", x] for w, a, x in cells),
    ]
    yield sheet("order of dates proved by the due date", rows, made)


def levels() -> Iterator[Sheet]:
    made = book(52)
    cells = list(made.cells())
    m = made.months
    weekly: Rows = [["Snapshot date", "Customer", "MRR"]]
    for a, month in enumerate(m):
        for day in (7, 14, 21, 28):
            weekly += [[dt.date(*month, day), made.names[w], x] for w, b, x in cells if b == a]
    yield sheet("weekly snapshots of MRR", weekly, made)
    yield sheet("weekly snapshots of Amount", [["Date", "Customer", "Amount"], *weekly[1:]], made, "mend")
    daily = [[row[0], row[1], row[2]] for row in weekly[1:]]
    yield sheet(
        "weekly snapshots, As of",
        [["As of", "Account", "ARR"], *([r[0], r[1], r[2] * 12] for r in daily)],
        {k: 12 * x for k, x in made.truth.items()},
    )
    for kinds in (True, False):
        moves: Rows = (
            [["Date", "Customer", "Movement type", "MRR change"]] if kinds else [["Month", "Customer", "MRR movement"]]
        )
        plus: Rows = [["Date", "Customer", "Type", "Amount"]]
        for w, row in enumerate(made.mrr):
            before = 0.0
            for a, x in enumerate(row):
                d = round(x - before, 2)
                if d:
                    kind = (
                        ("New" if not any(row[:a]) else "Reactivation")
                        if not before
                        else "Churn"
                        if not x
                        else "Expansion"
                        if d > 0
                        else "Contraction"
                    )
                    moves.append([first(m[a]), made.names[w], *([kind] if kinds else []), d])
                    plus.append([first(m[a]), made.names[w], kind, abs(d)])
                before = x
        yield sheet(f"MRR movements, kinds {kinds}", moves, made)
        if kinds:
            yield sheet("MRR movements, all positive", plus, made)
            yield sheet(
                "amounts that move, no word",
                [["Month", "Customer", "Amount"], *([r[0], r[1], r[3]] for r in moves[1:])],
                made,
                "mend",
            )
    ytd: Rows = [["Customer", *(f"{mon(x)} YTD" for x in m)]]
    for name, row in zip(made.names, made.mrr, strict=True):
        ytd.append(
            [name, *(round(sum(y for b, y in enumerate(row[: a + 1]) if m[b][0] == m[a][0]), 2) for a in range(len(m)))]
        )
    yield sheet("year to date, wide, said", ytd, made, "mend")
    yield sheet("year to date, wide, unsaid", [["Customer", *map(mon, m)], *ytd[1:]], made, "mend")
    steady_book = book(53, 14, 24)
    long: Rows = [["Customer", "Month", "Revenue YTD"]]
    for name, row in zip(steady_book.names, steady_book.mrr, strict=True):
        for a, (y, mm) in enumerate(steady_book.months):
            total = round(sum(row[a - mm + 1 : a + 1]), 2)
            if total:
                long.append([name, iso((y, mm)), total])
    yield sheet("year to date, long", long, steady_book, "mend")
    truth: Truth = {k: x for k, x in made.truth.items() if k[1] != iso(m[-1])} | {
        k: x for k, x in made.truth.items() if k[1] == iso(m[-1]) and hash(k[0]) is not None
    }
    yield sheet("levels, opening and closing columns", _opening(made), truth)


def _opening(made: Book) -> Rows:
    rows: Rows = [["Customer", "Month", "Opening MRR", "New", "Closing MRR"]]
    for w, a, x in made.cells():
        before = made.mrr[w][a - 1] if a else 0.0
        rows.append([made.names[w], iso(made.months[a]), before, round(x - before, 2), x])
    return rows


def every() -> Iterator[Sheet]:
    yield from cadences()
    yield from contracts()
    yield from systems()
    yield from levels()
