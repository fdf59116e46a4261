"""Dates, amounts and layouts as finance teams write them."""

from __future__ import annotations

import datetime as dt

from .book import REGIONS, Sheet, after, book, first, iso, last, long_rows, mon, sheet, wide_rows

D = dt.date


def day(made):
    return {"today": D(made.months[-1][0], made.months[-1][1], 25)}


def de(x):
    return f"{x:,.2f}".replace(",", "_").replace(".", ",").replace("_", ".")


seed = iter(range(14000, 19000))


def B(**k):
    return book(next(seed), **k)


def every():
    def L(head, f, b, name, expect="exact", **k):
        return sheet(name, [head, *(f(i, c, a, x, b) for i, (c, a, x) in enumerate(b.cells()))], b, expect, **k)

    def n(b, c):
        return b.names[c]

    b = B()
    yield L(
        [
            "Internal ID",
            "Date",
            "Document Number",
            "Name",
            "Main Line Name",
            "Amount (Net)",
            "Amount (Tax)",
            "Amount (Gross)",
        ],
        lambda i, c, a, x, b: [
            9000 + i,
            last(b.months[a]),
            f"INV{i}",
            n(b, c),
            n(b, c),
            x,
            round(x * 0.2, 2),
            round(x * 1.2, 2),
        ],
        b,
        "NetSuite saved search",
    )
    b = B()
    t = dict(b.truth)
    rows = [["Type", "Account Ref", "Name", "Date", "Ref", "Net Amount", "Tax Amount"]]
    for i, (c, a, x) in enumerate(b.cells()):
        rows.append(["SI", f"ACC{c:03d}", n(b, c), last(b.months[a]), i, x, round(x * 0.2, 2)])
        if i % 10 == 2:
            rows.append(["SC", f"ACC{c:03d}", n(b, c), last(b.months[a]), 7000 + i, 30.0, 6.0])
            t[(n(b, c), iso(b.months[a]))] = round(x - 30, 2)
    yield sheet("Sage SI and SC", rows, t)
    b = B()
    yield L(
        ["Kundnr", "Kundnamn", "Fakturadatum", "Fakturanr", "Belopp exkl. moms", "Moms", "Totalt"],
        lambda i, c, a, x, b: [
            100 + c,
            n(b, c),
            last(b.months[a]),
            5000 + i,
            x,
            round(x * 0.25, 2),
            round(x * 1.25, 2),
        ],
        b,
        "Fortnox",
    )
    b = B()
    yield L(
        ["Relatie", "Boekjaar", "Periode", "Omschrijving", "Bedrag excl. btw"],
        lambda i, c, a, x, b: [n(b, c), b.months[a][0], b.months[a][1], "abonnement", x],
        b,
        "Exact",
    )
    b = B()
    yield L(
        ["Rechnungsnummer", "Rechnungsdatum", "Leistungsdatum", "Kunde", "Netto", "USt", "Brutto", "Status"],
        lambda i, c, a, x, b: [
            f"RE-{i}",
            last(b.months[a]),
            first(b.months[a]),
            n(b, c),
            x,
            round(x * 0.19, 2),
            round(x * 1.19, 2),
            "bezahlt",
        ],
        b,
        "Lexware",
    )
    b = B()
    yield L(
        ["Numéro", "Date", "Client", "Total HT", "TVA", "Total TTC", "Statut"],
        lambda i, c, a, x, b: [f"F{i}", last(b.months[a]), n(b, c), x, round(x * 0.2, 2), round(x * 1.2, 2), "Payée"],
        b,
        "Pennylane",
    )
    b = B()
    yield L(
        ["Invoice ID", "Customer Name", "Invoice Date", "Status", "SubTotal", "Tax Total", "Total", "Balance"],
        lambda i, c, a, x, b: [
            f"Z{i}",
            n(b, c),
            last(b.months[a]),
            "Closed",
            x,
            round(x * 0.1, 2),
            round(x * 1.1, 2),
            0,
        ],
        b,
        "Zoho invoices",
    )
    b = B()
    yield L(
        ["Client Name", "Invoice #", "Date Issued", "Line Total", "Item Name"],
        lambda i, c, a, x, b: [n(b, c), i, last(b.months[a]), x, "Plan"],
        b,
        "FreshBooks",
    )
    b = B()
    yield L(
        [
            "Deal - Title",
            "Deal - Organization",
            "Deal - Status",
            "Deal - Won time",
            "Deal - Value",
            "Deal - Currency of Value",
        ],
        lambda i, c, a, x, b: [f"deal {i}", n(b, c), "Won", f"{last(b.months[a])} 10:00:00", x, "EUR"],
        b,
        "Pipedrive",
    )
    b = B()
    yield L(
        [
            "transaction_id",
            "created_at",
            "customer_email",
            "customer_name",
            "net_amount",
            "fee",
            "tax",
            "payout_amount",
        ],
        lambda i, c, a, x, b: [
            f"t{i}",
            f"{last(b.months[a])}T10:00:00.000Z",
            "x@y.example",
            n(b, c),
            x,
            1.0,
            2.0,
            x - 3,
        ],
        b,
        "Paddle",
    )
    # layouts
    b = B()
    h = ["Customer", *(mon(m) for m in b.months)]
    rows = [h]
    for r in REGIONS:
        rows.append([r])
        rows += [[n(b, c), *(x or None for x in row)] for c, row in enumerate(b.mrr) if b.regions[c] == r]
    yield sheet("region names on rows of their own", rows, b)
    rows = [h]
    for r in REGIONS:
        ins = [c for c in range(14) if b.regions[c] == r]
        rows.append([r])
        rows += [["   " + n(b, c), *(x or None for x in b.mrr[c])] for c in ins]
        rows.append([f"Total {r}", *(b.total(a, lambda w, r=r: b.regions[w] == r) for a in range(len(b.months)))])
        rows.append([])
    rows.append(["Grand total", *(b.total(a) for a in range(len(b.months)))])
    yield sheet("regions, indents, totals, grand total", rows, b)
    b = B()
    w = wide_rows(b)
    yield sheet("footers", [*w, [], ["Generated on 2024-04-01 10:00"], ["Page 1 of 1"], ["* restated"]], b)
    yield sheet("header with line breaks", [["Customer", *(f"MRR\n{mon(m)}" for m in b.months)], *w[1:]], b)
    yield sheet(
        "header Jan newline 2023", [["Customer\nname", *(f"{first(m):%b}\n{m[0]}" for m in b.months)], *w[1:]], b
    )
    yield sheet("dashes for zero", [w[0], *([r[0], *("-" if v is None else v for v in r[1:])] for r in w[1:])], b)
    yield sheet(
        "accounting texts",
        [w[0], *([r[0], *(" $ -   " if v is None else f" $ {v:,.2f} " for v in r[1:])] for r in w[1:])],
        b,
    )
    yield sheet(
        "texts with nbsp",
        [w[0], *([r[0], *("" if v is None else f"{v:,.2f}".replace(",", "\u00a0") for v in r[1:])] for r in w[1:])],
        b,
    )
    yield sheet("zeros for blanks", [w[0], *([r[0], *(0 if v is None else v for v in r[1:])] for r in w[1:])], b)
    yield sheet("total under header", [w[0], ["Total", *(b.total(a) for a in range(len(b.months)))], *w[1:]], b)
    yield sheet(
        "MoM % columns between",
        [
            ["Customer", *(q for m in b.months for q in (mon(m), "% chg"))],
            *([r[0], *(q for v in r[1:] for q in (v, 0.01))] for r in w[1:]),
        ],
        b,
    )
    yield sheet(
        "customer since and cohort",
        [
            ["Customer", "Cohort", "Customer since", *w[0][1:]],
            *([r[0], "2022-Q3", D(2022, 8, 1 + i), *r[1:]] for i, r in enumerate(w[1:])),
        ],
        b,
    )
    yield sheet(
        "ID, group, owner, name",
        [
            ["Account ID", "Customer group", "Account owner", "Account name", *w[0][1:]],
            *([b.ids[i], "G" + str(i % 3), "Jo", r[0], *r[1:]] for i, r in enumerate(w[1:])),
        ],
        b,
    )
    yield sheet(
        "quarter totals among months",
        [
            [
                "Customer",
                *(q for m in b.months for q in ([mon(m), f"Q{m[1] // 3} {m[0]}"] if m[1] % 3 == 0 else [mon(m)])),
            ],
            *(
                [
                    r[0],
                    *(
                        q
                        for m, v, k in zip(b.months, r[1:], range(99), strict=False)
                        for q in ([v, round(sum(b.mrr[i][max(0, k - 2) : k + 1]), 2)] if m[1] % 3 == 0 else [v])
                    ),
                ]
                for i, r in enumerate(w[1:])
            ),
        ],
        b,
    )
    yield sheet(
        "year totals among months",
        [
            ["Customer", *(q for m in b.months for q in ([mon(m), f"FY{m[0]}"] if m[1] == 12 else [mon(m)]))],
            *(
                [
                    r[0],
                    *(
                        q
                        for m, v, k in zip(b.months, r[1:], range(99), strict=False)
                        for q in ([v, round(sum(b.mrr[i][k - 11 : k + 1]), 2)] if m[1] == 12 else [v])
                    ),
                ]
                for i, r in enumerate(w[1:])
            ),
        ],
        b,
    )
    yield sheet(
        "notes column with numbers", [[*w[0], "Notes", "Next step"], *([*r, "PO 4711", "call"] for r in w[1:])], b
    )
    yield sheet(
        "current MRR and ARR columns after",
        [[*w[0], "Current MRR", "Current ARR"], *([*r, r[-1], (r[-1] or 0) * 12] for r in w[1:])],
        b,
    )
    yield sheet(
        "ARR and seats before months",
        [["Customer", "ARR", "Seats", *w[0][1:]], *([r[0], (r[-1] or 0) * 12, 5, *r[1:]] for r in w[1:])],
        b,
    )
    yield sheet("MRR wide, blank header customer", [["", *w[0][1:]], *w[1:]], b)
    yield sheet(
        "blank top-left with total", [["", *w[0][1:]], *w[1:], ["", *(b.total(a) for a in range(len(b.months)))]], b
    )
    yield sheet("two blank columns first", [[None, None, *r] for r in w], b)
    # weeks and days
    # dates
    b = B()
    for nm, f in (
        ("ISO with Z", lambda m: f"{last(m)}T00:00:00.000Z"),
        ("dotted time", lambda m: f"{last(m):%d.%m.%Y} 00:00:00"),
        ("US long", lambda m: f"{last(m):%b %d, %Y}, 5:00 PM"),
        ("RFC", lambda m: f"{last(m):%a, %d %b %Y}"),
        ("UTC", lambda m: f"{last(m)} 23:59:59 UTC"),
        ("compact", lambda m: f"{last(m):%Y%m%d}"),
        ("d-Mon-yyyy h", lambda m: f"{last(m):%d-%b-%Y} 10:00"),
        ("slash ymd", lambda m: f"{last(m):%Y/%m/%d}"),
        ("full", lambda m: f"{last(m):%A, %B %d, %Y}"),
        ("m/d/yy", lambda m: f"{last(m).month}/{last(m).day}/{m[0] % 100}"),
        ("unix", lambda m: int(dt.datetime(m[0], m[1], 15, tzinfo=dt.UTC).timestamp())),
        ("unix ms", lambda m: int(dt.datetime(m[0], m[1], 15, tzinfo=dt.UTC).timestamp() * 1000)),
        ("offset", lambda m: f"{last(m)}T10:00:00+02:00"),
        ("period range", lambda m: f"{first(m):%d.%m.%Y} - {last(m):%d.%m.%Y}"),
        ("range en", lambda m: f"{first(m):%b %d} – {last(m):%b %d, %Y}"),
        ("month year words", lambda m: f"{first(m):%B} of {m[0]}"),
        ("FY month", lambda m: f"{first(m):%b} FY{m[0] % 100}"),
        ("yyyymm num", lambda m: m[0] * 100 + m[1]),
        ("mm-yyyy", lambda m: f"{m[1]:02d}-{m[0]}"),
        ("Mmm/yy", lambda m: f"{first(m):%b}/{m[0] % 100}"),
        ("MMYYYY", lambda m: f"{m[1]:02d}{m[0]}"),
        ("yy-mm", lambda m: f"{m[0] % 100}-{m[1]:02d}"),
        ("mmm", lambda m: f"{first(m):%b}.{m[0]}"),
        ("m/y", lambda m: f"{m[1]}/{m[0] % 100}"),
    ):
        yield L(
            ["Customer", "Date", "MRR"],
            lambda i, c, a, x, b, f=f: [n(b, c), f(b.months[a]), x],
            b,
            f"date {nm}",
            "mend" if nm in ("unix", "unix ms", "yyyy-mm-00", "MMYYYY", "yy-mm") else "exact",
        )
    # amounts
    for nm, f, _k in (
        ("USD 1,200.00", lambda x: f"USD {x:,.2f}", {}),
        ("1.200,00 EUR", lambda x: de(x) + " EUR", {}),
        ("1'200.00", lambda x: f"{x:,.2f}".replace(",", "'"), {}),
        ("1 200,00 zł", lambda x: f"{x:,.2f}".replace(",", " ").replace(".", ",") + " zł", {}),
        ("kr", lambda x: f"{x:,.2f}".replace(",", " ").replace(".", ",") + " kr", {}),
        ("R$", lambda x: "R$ " + de(x), {}),
        ("¥ full-width", lambda x: f"¥{x:,.2f}", {}),
        ("£1,200.00", lambda x: f"£{x:,.2f}", {}),
        ("1,200.00-", lambda x: f"{x:,.2f}", {}),
        ("CHF 1’200.–", lambda x: f"CHF {x:,.2f}".replace(",", "’"), {}),
        ("$1.2k mixed", lambda x: f"${x:,.2f}", {}),
        ("plain text", lambda x: f"{x:.2f}", {}),
        ("comma text", lambda x: f"{x:.2f}".replace(".", ","), {}),
        ("quoted spaces", lambda x: f"  {x:.2f}  ", {}),
        ("US$", lambda x: f"US${x:,.2f}", {}),
        ("€ in front", lambda x: f"€ {de(x)}", {}),
        ("+sign", lambda x: f"+{x:.2f}", {}),
        ("1,20,000.00 Indian", lambda x: "₹" + f"{x:,.2f}", {}),
    ):
        b = B()
        yield L(
            ["Customer", "Month", "MRR"],
            lambda i, c, a, x, b, f=f: [n(b, c), iso(b.months[a]), f(x)],
            b,
            f"amount {nm}",
        )
    # ARR
    b = B()
    yield sheet(
        "long MRR and ARR columns",
        [
            ["Customer", "Month", "ARR", "MRR"],
            *([n(b, c), iso(b.months[a]), round(x * 12, 2), x] for c, a, x in b.cells()),
        ],
        b,
    )
    b = B()
    yield sheet(
        "list, discount, net",
        [
            ["Customer", "Month", "List price", "Discount", "Net price"],
            *([n(b, c), iso(b.months[a]), round(x * 1.25, 2), round(x * 0.25, 2), x] for c, a, x in b.cells()),
        ],
        b,
    )
    b = B()
    yield sheet(
        "unit price and seats, no total",
        [
            ["Customer", "Month", "Seats", "Price per seat"],
            *([n(b, c), iso(b.months[a]), 4, round(x / 4, 4)] for c, a, x in b.cells()),
        ],
        b,
        "mend",
    )
    b = B()
    yield sheet(
        "unit price, quantity, amount",
        [
            ["Customer", "Month", "Quantity", "Unit price", "Amount"],
            *([n(b, c), iso(b.months[a]), 4, round(x / 4, 4), x] for c, a, x in b.cells()),
        ],
        b,
    )
    b = B()
    yield sheet(
        "qty and rate only",
        [
            ["Customer", "Month", "Qty", "Rate"],
            *([n(b, c), iso(b.months[a]), 4, round(x / 4, 4)] for c, a, x in b.cells()),
        ],
        b,
        "mend",
    )
    b = B()
    yield sheet(
        "invoice, due and paid dates",
        [
            ["Invoice date", "Due date", "Paid date", "Customer", "Amount"],
            *(
                [
                    last(b.months[a]),
                    after(b.months[a]) + dt.timedelta(days=20),
                    after(b.months[a]) + dt.timedelta(days=25),
                    n(b, c),
                    x,
                ]
                for c, a, x in b.cells()
            ),
        ],
        b,
    )
    b = B()
    yield sheet(
        "QuickBooks groups, balance",
        [
            ["", "Date", "Transaction Type", "Num", "Amount", "Balance"],
            *(
                r
                for c, row in enumerate(b.mrr)
                for r in (
                    [[n(b, c)]]
                    + [
                        [None, last(b.months[a]), "Invoice", i, x, round(sum(row[: a + 1]), 2)]
                        for i, (a, x) in enumerate(enumerate(row))
                        if x
                    ]
                    + [[f"Total for {n(b, c)}", None, None, None, round(sum(row), 2)]]
                )
            ),
            ["TOTAL", None, None, None, round(sum(map(sum, b.mrr)), 2)],
        ],
        b,
    )
    # subs variants
    b = B()
    yield sheet(
        "subs ACV start end",
        [
            ["Customer", "Start", "End", "ACV"],
            *(
                [n(b, c), first(b.months[s]), after(b.months[e - 1]) if e < len(b.months) else None, round(x * 12, 2)]
                for c, s, e, x in b.runs()
            ),
        ],
        b,
        options=day(b),
    )
    b = B()
    yield sheet(
        "subs monthly price and billing",
        [
            ["Account", "Plan", "Billing frequency", "Monthly price", "Start date", "End date"],
            *(
                [
                    n(b, c),
                    "Pro",
                    "Annual",
                    x,
                    first(b.months[s]),
                    after(b.months[e - 1]) if e < len(b.months) else "Ongoing",
                ]
                for c, s, e, x in b.runs()
            ),
        ],
        b,
        options=day(b),
    )
    b = B()
    yield sheet(
        "subs current term end and cancelled",
        [
            ["Customer", "Subscription start", "Current term end", "Cancelled on", "MRR", "Status"],
            *(
                [
                    n(b, c),
                    first(b.months[s]),
                    D(2030, 1, 1),
                    after(b.months[e - 1]) if e < len(b.months) else None,
                    x,
                    "Active" if e == len(b.months) else "Cancelled",
                ]
                for c, s, e, x in b.runs()
            ),
        ],
        b,
        options=day(b),
    )
    b = B()
    yield sheet(
        "subs quarterly price",
        [
            ["Customer", "From", "To", "Quarterly fee"],
            *(
                [n(b, c), first(b.months[s]), after(b.months[e - 1]) if e < len(b.months) else None, round(3 * x, 2)]
                for c, s, e, x in b.runs()
            ),
        ],
        b,
        options=day(b),
    )
    b = B()
    yield sheet(
        "subs yearly interval",
        [
            ["Customer", "From", "To", "Fee", "Interval"],
            *(
                [
                    n(b, c),
                    first(b.months[s]),
                    after(b.months[e - 1]) if e < len(b.months) else None,
                    round(12 * x, 2),
                    "yearly",
                ]
                for c, s, e, x in b.runs()
            ),
        ],
        b,
        options=day(b),
    )
    b = B()
    yield sheet(
        "subs German",
        [
            ["Kunde", "Vertragsbeginn", "Vertragsende", "Jahresbetrag"],
            *(
                [
                    n(b, c),
                    first(b.months[s]),
                    after(b.months[e - 1]) if e < len(b.months) else "unbefristet",
                    round(12 * x, 2),
                ]
                for c, s, e, x in b.runs()
            ),
        ],
        b,
        options=day(b),
    )
    b = B()
    yield sheet(
        "subs French",
        [
            ["Client", "Date de début", "Date de fin", "Montant mensuel"],
            *(
                [n(b, c), first(b.months[s]), after(b.months[e - 1]) if e < len(b.months) else "en cours", x]
                for c, s, e, x in b.runs()
            ),
        ],
        b,
        options=day(b),
    )
    b = B()
    yield sheet(
        "subs inclusive ends, said",
        [
            ["Customer", "Start", "Last day", "MRR"],
            *(
                [n(b, c), first(b.months[s]), last(b.months[e - 1]) if e < len(b.months) else None, x]
                for c, s, e, x in b.runs()
            ),
        ],
        b,
        options=day(b),
    )
    # parent child
    b = B()
    rows = [["Parent account", "Account", "Month", "MRR"]]
    for c, a, x in b.cells():
        rows.append([f"Group {c % 5}", n(b, c), iso(b.months[a]), x])
    yield sheet("parent and account", rows, b)
    b = B(customers=12)
    rows = [["Customer", *(mon(m) for m in b.months)]]
    for g in range(4):
        kids = [c for c in range(12) if c % 4 == g]
        rows.append([f"Group {g}", *(b.total(a, lambda w, g=g: w % 4 == g) for a in range(len(b.months)))])
        rows += [["  " + n(b, c), *(x or None for x in b.mrr[c])] for c in kids]
    yield sheet("groups above children, same column", rows, b)
    # mixed sheets
    b = B()
    lo = long_rows(b)
    for _k in (3,):
        parts = {f"{r}": [lo[0], *(q for q in lo[1:] if b.regions[b.names.index(q[0])] == r)] for r in REGIONS}
        yield Sheet("a sheet a region, long", parts, b.truth)
    w = wide_rows(b)
    yield Sheet(
        "MRR and seats sheets",
        {"MRR": w, "Seats": [w[0], *([r[0], *(5 if v else None for v in r[1:])] for r in w[1:])]},
        b.truth,
    )
    yield Sheet(
        "MRR and logo sheets",
        {"Logos": [w[0], *([r[0], *(1 if v else 0 for v in r[1:])] for r in w[1:])], "MRR": w},
        b.truth,
    )
    yield Sheet(
        "MRR and ARR sheets",
        {"ARR": [w[0], *([r[0], *(round(v * 12, 2) if v else None for v in r[1:])] for r in w[1:])], "MRR": w},
        b.truth,
        "mend",
    )
    yield Sheet(
        "actuals and budget sheets",
        {"Budget": [w[0], *([r[0], *(round(v * 1.1, 2) if v else None for v in r[1:])] for r in w[1:])], "Actuals": w},
        b.truth,
    )
