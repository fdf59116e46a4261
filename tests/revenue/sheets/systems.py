"""Exports of billing systems, quarters and half-years, terms, bridges and the headers of months."""

from __future__ import annotations

import datetime as dt
import random

from .book import NAMES, after, book, first, iso, last, mon, sheet, wide_rows

D = dt.date


def day(made):
    return {"today": D(made.months[-1][0], made.months[-1][1], 25)}


def de(x):
    return f"{x:,.2f}".replace(",", "_").replace(".", ",").replace("_", ".")


def fr(x):
    return f"{x:,.2f}".replace(",", "\u202f").replace(".", ",")


def us(x):
    return f"${x:,.2f}"


def dmy(m, d=1):
    return f"{d:02d}.{m[1]:02d}.{m[0]}"


def every():
    n = 0
    seed = iter(range(1000, 3000))

    def B(**k):
        return book(next(seed), **k)

    # ---------- systems
    b = B()
    w = b.names
    rows = [
        ["Deal Name", "Associated Company", "Deal Stage", "Pipeline", "Close Date", "Amount", "Deal Owner", "Deal ID"]
    ]
    for i, (c, a, x) in enumerate(b.cells()):
        rows.append(
            [f"{w[c]} - renewal {i}", w[c], "Closed Won", "Sales Pipeline", last(b.months[a]), x, "Jo", 9000000 + i]
        )
        if i % 8 == 0:
            rows.append(
                [
                    f"{w[c]} - upsell {i}",
                    w[c],
                    random.Random(i).choice(
                        [
                            "Closed Lost",
                            "Contract Sent",
                            "Appointment Scheduled",
                            "Presentation Scheduled",
                            "Decision Maker Bought-In",
                        ]
                    ),
                    "Sales Pipeline",
                    last(b.months[a]),
                    777.0,
                    "Jo",
                    9900000 + i,
                ]
            )
    yield sheet("HubSpot deals", rows, b)
    b = B()
    w = b.names
    rows = [
        [
            "id",
            "Description",
            "Seller Message",
            "Created date (UTC)",
            "Amount",
            "Amount Refunded",
            "Currency",
            "Converted Amount",
            "Converted Amount Refunded",
            "Fee",
            "Status",
            "Customer Email",
            "Customer ID",
            "Captured",
        ]
    ]
    for i, (c, a, x) in enumerate(b.cells()):
        e = w[c].lower().replace(" ", "").replace("&", "").replace("'", "") + "@x.example"
        rows.append(
            [
                f"ch_{i}",
                "Subscription update",
                "Payment complete.",
                f"{b.months[a][0]}-{b.months[a][1]:02d}-03 10:11",
                x,
                0,
                "usd",
                x,
                0,
                round(x * 0.03, 2),
                "Paid",
                e,
                f"cus_{c}",
                True,
            ]
        )
        if i % 9 == 0:
            rows.append(
                [
                    f"ch_x{i}",
                    "Subscription update",
                    "The bank declined.",
                    f"{b.months[a][0]}-{b.months[a][1]:02d}-03 10:09",
                    x,
                    0,
                    "usd",
                    x,
                    0,
                    0,
                    "Failed",
                    e,
                    f"cus_{c}",
                    False,
                ]
            )
    emails = [n.lower().replace(" ", "").replace("&", "").replace("'", "") + "@x.example" for n in w]
    yield sheet("Stripe payments, failed ones", rows, {(emails[w.index(k[0])], k[1]): v for k, v in b.truth.items()})
    b = B()
    w = b.names
    rows = [["Type", "Date", "Num", "Customer", "Memo", "Account", "Amount"]]
    t = dict(b.truth)
    for i, (c, a, x) in enumerate(b.cells()):
        rows.append(["Invoice", last(b.months[a]), 1000 + i, w[c], "Subscription", "4000 Sales", x])
        if i % 10 == 0:
            rows.append(["Credit Memo", last(b.months[a]), 9000 + i, w[c], "Goodwill", "4000 Sales", -10.0])
            t[(w[c], iso(b.months[a]))] = round(x - 10, 2)
    yield sheet("QuickBooks transactions with negative credit memos", rows, t)
    b = B()
    w = b.names
    rows = [
        [
            "Invoice Partner Display Name",
            "Number",
            "Invoice/Bill Date",
            "Due Date",
            "Untaxed Amount Signed",
            "Tax Signed",
            "Total Signed",
            "Status",
            "Payment Status",
        ]
    ]
    for i, (c, a, x) in enumerate(b.cells()):
        rows.append(
            [
                w[c],
                f"INV/{i}",
                first(b.months[a]),
                last(b.months[a]),
                x,
                round(x * 0.2, 2),
                round(x * 1.2, 2),
                "Posted",
                "Paid",
            ]
        )
        if i % 12 == 0:
            rows.append([w[c], "/", first(b.months[a]), None, x, round(x * 0.2, 2), round(x * 1.2, 2), "Draft", ""])
    yield sheet("Odoo invoices", rows, b)
    b = B()
    w = b.names
    rows = [["KUNNR", "NAME1", "BUDAT", "BLART", "SHKZG", "DMBTR", "WAERS", "XBLNR"]]
    t = dict(b.truth)
    for i, (c, a, x) in enumerate(b.cells()):
        rows.append(
            [f"{100000 + c:010d}", w[c], f"{b.months[a][0]}{b.months[a][1]:02d}05", "RV", "S", x, "EUR", f"90{i:06d}"]
        )
        if i % 10 == 3:
            rows.append(
                [
                    f"{100000 + c:010d}",
                    w[c],
                    f"{b.months[a][0]}{b.months[a][1]:02d}15",
                    "DG",
                    "H",
                    12.5,
                    "EUR",
                    f"91{i:06d}",
                ]
            )
            t[(w[c], iso(b.months[a]))] = round(x - 12.5, 2)
    yield sheet("SAP lines, SHKZG S and H", rows, t, "mend")
    b = B()
    w = b.names
    rows = [
        [
            "Umsatz (ohne Soll/Haben-Kz)",
            "Soll/Haben-Kennzeichen",
            "Konto",
            "Gegenkonto (ohne BU-Schlüssel)",
            "Belegdatum",
            "Belegfeld 1",
            "Buchungstext",
        ]
    ]
    t = dict(b.truth)
    for i, (c, a, x) in enumerate(b.cells()):
        rows.append([de(x), "S", 10000 + c, 8400, dmy(b.months[a], 28 if b.months[a][1] == 2 else 30), f"RE{i}", w[c]])
    yield sheet("DATEV postings", rows, {(str(10000 + w.index(who)), when): x for (who, when), x in b.truth.items()})
    b = B()
    w = b.names
    rows = [["Customer", "Posting Date", "Document No.", "Debit Amount", "Credit Amount"]]
    t = dict(b.truth)
    for i, (c, a, x) in enumerate(b.cells()):
        rows.append([w[c], last(b.months[a]), f"SI{i}", None, x])
        if i % 11 == 0:
            rows.append([w[c], last(b.months[a]), f"CM{i}", 15.0, None])
            t[(w[c], iso(b.months[a]))] = round(x - 15, 2)
    yield sheet("debit and credit columns", rows, t, "mend")
    b = B()
    w = b.names
    rows = [["Customer", "Posting Date", "Document No.", "Amount", "Dr/Cr"]]
    t = dict(b.truth)
    for i, (c, a, x) in enumerate(b.cells()):
        rows.append([w[c], last(b.months[a]), f"SI{i}", x, "Dr"])
        if i % 11 == 0:
            rows.append([w[c], last(b.months[a]), f"CM{i}", 15.0, "Cr"])
            t[(w[c], iso(b.months[a]))] = round(x - 15, 2)
    yield sheet("Dr/Cr column", rows, t, "mend")
    b = B()
    w = b.names
    rows = [
        [
            "Account Name",
            "Subscription Number",
            "Rate Plan Charge Name",
            "Charge Type",
            "Effective Start Date",
            "Effective End Date",
            "MRR",
            "TCV",
        ]
    ]
    for c, s, e, x in b.runs():
        rows.append(
            [
                w[c],
                f"A-S{c:05d}",
                "Platform",
                "Recurring",
                first(b.months[s]),
                after(b.months[e - 1]) if e < len(b.months) else D(2029, 1, 1),
                x,
                round(x * (e - s), 2),
            ]
        )
    yield sheet("Zuora charges", rows, b, options=day(b))
    b = B()
    w = b.names
    rows = [
        [
            "Account Name",
            "Invoice Number",
            "Invoice Date",
            "Service Start Date",
            "Service End Date",
            "Charge Name",
            "Charge Amount",
            "Tax Amount",
        ]
    ]
    for i, (c, a, x) in enumerate(b.cells()):
        rows.append(
            [w[c], f"INV{i:06d}", first(b.months[a]), first(b.months[a]), last(b.months[a]), "Platform fee", x, 0]
        )
    yield sheet("Zuora invoice items, monthly", rows, b, options=day(b))
    b = B()
    w = b.names
    rows = [
        [
            "subscription_id",
            "customer_company",
            "plan_name",
            "mrr",
            "currency_code",
            "started_at",
            "cancelled_at",
            "status",
        ]
    ]
    for c, s, e, x in b.runs():
        open_ = e == len(b.months)
        rows.append(
            [
                f"sub_{c}_{s}",
                w[c],
                "Growth",
                round(x * 100),
                "USD",
                f"{first(b.months[s])}T00:00:00Z",
                "" if open_ else f"{after(b.months[e - 1])}T00:00:00Z",
                "active" if open_ else "cancelled",
            ]
        )
    yield sheet(
        "Chargebee subs, mrr in cents unsaid", rows, {k: round(v * 100, 0) for k, v in b.truth.items()}, options=day(b)
    )
    b = B()
    w = b.names
    rows = [
        [
            "Account Code",
            "Company",
            "Plan",
            "Unit Amount",
            "Quantity",
            "Total Recurring Amount",
            "Interval Unit",
            "Activated At",
            "Canceled At",
            "Expires At",
            "State",
        ]
    ]
    for c, s, e, x in b.runs():
        open_ = e == len(b.months)
        rows.append(
            [
                f"acc{c}",
                w[c],
                "gold",
                round(x / 2, 4),
                2,
                x,
                "months",
                first(b.months[s]),
                None if open_ else last(b.months[e - 1]),
                None if open_ else after(b.months[e - 1]),
                "active" if open_ else "expired",
            ]
        )
    yield sheet("Recurly subscriptions, canceled and expires", rows, b, "mend", options=day(b))
    # Baremetrics, ProfitWell
    b = B()
    w = b.names
    rows = [["Customer", "Email", "Plan", "Event", "MRR Change", "Date"]]
    for c, row in enumerate(b.mrr):
        prev = 0
        for a, x in enumerate(row):
            if x != prev:
                ev = (
                    "New"
                    if prev == 0 and not any(row[:a])
                    else "Reactivation"
                    if prev == 0
                    else "Churn"
                    if x == 0
                    else "Upgrade"
                    if x > prev
                    else "Downgrade"
                )
                rows.append([w[c], f"a{c}@x.example", "Pro", ev, round(x - prev, 2), first(b.months[a])])
            prev = x
    yield sheet("Baremetrics events", rows, b, options=day(b))
    b = B()
    w = b.names
    rows = [["Customer", "Date", "Amount", "Note"]]
    for c, row in enumerate(b.mrr):
        prev = 0
        for a, x in enumerate(row):
            if x != prev:
                rows.append([w[c], first(b.months[a]), round(x - prev, 2), "see CRM"])
            prev = x
    # wide movements
    b = B()
    w = b.names
    rows = [["Customer", *(mon(m) for m in b.months)]]
    for c, row in enumerate(b.mrr):
        rows.append([w[c], *((round(x - p, 2) or None) for x, p in zip(row, (0, *row), strict=False))])
    yield sheet("wide movements, no word", rows, b, "mend")
    yield sheet("wide movements, title MRR movements", [["MRR movements by customer"], [], *rows], b, "mend")
    yield sheet("wide movements, title Net new MRR", [["Net new MRR"], [], *rows], b, "mend")
    b = B(customers=10)
    w = b.names
    rows = [["Customer", "Movement", *(mon(m) for m in b.months)]]
    for c, row in enumerate(b.mrr):
        mv = {k: [None] * len(row) for k in ("New", "Expansion", "Contraction", "Churn")}
        prev = 0
        for a, x in enumerate(row):
            if x != prev:
                mv["New" if prev == 0 else "Churn" if x == 0 else "Expansion" if x > prev else "Contraction"][a] = (
                    round(x - prev, 2)
                )
            prev = x
        for k, v in mv.items():
            if any(v):
                rows.append([w[c], k, *v])
    yield sheet("wide movements by type", rows, b)
    rows = [[r[0], r[1], *((abs(v) if isinstance(v, float) else v) for v in r[2:])] for r in rows]
    yield sheet("wide movements by type, unsigned", rows, b)
    # bridge per customer: opening, new, exp, contr, churn, closing by month long
    b = B()
    w = b.names
    rows = [["Customer", "Month", "Opening MRR", "New", "Expansion", "Contraction", "Churn", "Closing MRR"]]
    for c, row in enumerate(b.mrr):
        prev = 0
        for a, x in enumerate(row):
            d = round(x - prev, 2)
            if x or prev:
                rows.append(
                    [
                        w[c],
                        first(b.months[a]),
                        prev,
                        d if prev == 0 else 0,
                        d if prev and x > prev else 0,
                        d if prev and 0 < x < prev else 0,
                        d if x == 0 else 0,
                        x,
                    ]
                )
            prev = x
    yield sheet("bridge by customer and month", rows, b)
    # child accounts under a parent (indented)
    b = B(customers=9)
    w = b.names
    # ---------- half years
    months = 4
    for nm, fmt in (
        ("H1 2023", lambda y, h: f"H{h} {y}"),
        ("2023H1", lambda y, h: f"{y}H{h}"),
        ("1H23", lambda y, h: f"{h}H{y % 100}"),
        ("H1-23", lambda y, h: f"H{h}-{y % 100}"),
        ("H1 FY23", lambda y, h: f"H{h} FY{y % 100}"),
    ):
        rnd = random.Random(nm)
        per = [(y, h) for y in (2022, 2023, 2024) for h in (1, 2)]
        vals = {n: [float(rnd.randrange(100, 900)) if rnd.random() < 0.85 else 0 for _ in per] for n in NAMES[:9]}
        t = {(n, f"{y}-{6 * h:02d}"): x for n, v in vals.items() for (y, h), x in zip(per, v, strict=False) if x}
        yield sheet(
            f"half-years wide {nm}",
            [["Customer", *(fmt(*p) for p in per)], *([n, *(x or None for x in v)] for n, v in vals.items())],
            t,
        )
        yield sheet(
            f"half-years long {nm}",
            [
                ["Customer", "Period", "Revenue"],
                *([n, fmt(*p), x] for n, v in vals.items() for p, x in zip(per, v, strict=False) if x),
            ],
            t,
        )
    for nm, fmt in (
        ("20231", lambda y, q: y * 10 + q),
        ("2023-1", lambda y, q: f"{y}-{q}"),
        ("23Q1", lambda y, q: f"{y % 100}Q{q}"),
        ("Q1'23", lambda y, q: f"Q{q}'{y % 100}"),
        ("CY23 Q1", lambda y, q: f"CY{y % 100} Q{q}"),
        ("Q1 FY2023", lambda y, q: f"Q{q} FY{y}"),
        ("2023.Q1", lambda y, q: f"{y}.Q{q}"),
        ("Qtr 1 2023", lambda y, q: f"Qtr {q} {y}"),
        ("2023/Q1", lambda y, q: f"{y}/Q{q}"),
        ("1. Quartal 2023", lambda y, q: f"{q}. Quartal {y}"),
        ("T1-2023", lambda y, q: f"T{q}-{y}"),
        ("First quarter 2023", lambda y, q: f"{['First', 'Second', 'Third', 'Fourth'][q - 1]} quarter {y}"),
        ("3 months to 31 Mar 2023", lambda y, q: f"3 months to {['31 Mar', '30 Jun', '30 Sep', '31 Dec'][q - 1]} {y}"),
        ("Jan-Mar 2023", lambda y, q: f"{['Jan-Mar', 'Apr-Jun', 'Jul-Sep', 'Oct-Dec'][q - 1]} {y}"),
        ("Q1.23", lambda y, q: f"Q{q}.{y % 100}"),
        ("I kw. 2023", lambda y, q: f"{['I', 'II', 'III', 'IV'][q - 1]} kw. {y}"),
        ("I trim. 2023", lambda y, q: f"{['I', 'II', 'III', 'IV'][q - 1]} trim. {y}"),
        ("2023年第1四半期", lambda y, q: f"{y}年第{q}四半期"),
        ("K1 2023", lambda y, q: f"K{q} 2023".replace("2023", str(y))),
    ):
        rnd = random.Random(nm)
        per = [(y, q) for y in (2022, 2023, 2024) for q in (1, 2, 3, 4)]
        vals = {n: [float(rnd.randrange(100, 900)) if rnd.random() < 0.85 else 0 for _ in per] for n in NAMES[:9]}
        t = {(n, f"{y}-{3 * q:02d}"): x for n, v in vals.items() for (y, q), x in zip(per, v, strict=False) if x}
        yield sheet(
            f"quarters wide {nm}",
            [["Customer", *(fmt(*p) for p in per)], *([n, *(x or None for x in v)] for n, v in vals.items())],
            t,
            "mend" if nm in ("20231", "2023-1") else "exact",
        )
        yield sheet(
            f"quarters long {nm}",
            [
                ["Customer", "Quarter", "Revenue"],
                *([n, fmt(*p), x] for n, v in vals.items() for p, x in zip(per, v, strict=False) if x),
            ],
            t,
            "mend" if nm in ("20231", "2023-1") else "exact",
        )
    # ---------- terms
    for nm, tf, af, hd in (
        ("Term (months)", lambda k: k, lambda x, k: round(x * k, 2), ("Start date", "Term (months)", "TCV")),
        ("12 months ARR", lambda k: f"{k} months", lambda x, k: round(x * 12, 2), ("Start Date", "Term", "ARR")),
        (
            "years ACV",
            lambda k: f"{k // 12} year{'s' if k > 12 else ''}",
            lambda x, k: round(x * 12, 2),
            ("Contract Start", "Contract Term", "ACV"),
        ),
        ("yrs MRR", lambda k: f"{k // 12} yrs", lambda x, k: x, ("Subscription Start", "Subscription Term", "MRR")),
        ("annual", lambda k: {12: "Annual", 24: "2 Years"}[k], lambda x, k: x, ("Start", "Term", "MRR")),
        ("Laufzeit", lambda k: f"{k} Monate", lambda x, k: x, ("Vertragsbeginn", "Laufzeit", "Monatsbetrag")),
        ("durée", lambda k: f"{k} mois", lambda x, k: x, ("Date de début", "Durée", "MRR")),
        ("12M", lambda k: f"{k}M", lambda x, k: round(x * k, 2), ("Start", "Term", "Total Contract Value")),
        ("years col", lambda k: k // 12, lambda x, k: round(x * k, 2), ("Start", "Term (years)", "Contract value")),
    ):
        rnd = random.Random(nm)
        t = {}
        rows = [["Customer", *hd]]
        months = [(2022 + i // 12, i % 12 + 1) for i in range(36)]
        now = D(2024, 12, 15)
        for n in NAMES[:10]:
            s = rnd.randrange(0, 12)
            x = float(rnd.randrange(50, 400))
            while s < 36:
                k = rnd.choice((12, 24))
                rows.append([n, first(months[s]), tf(k), af(x, k)])
                for j in range(s, min(s + k, 36)):
                    t[(n, iso(months[j]))] = x
                s += k
                if rnd.random() < 0.3:
                    break
                x = round(x * rnd.choice((1, 1.1, 0.9)), 0)
        yield sheet(f"start and term {nm}", rows, t, "exact", options={"today": now})
    # half layouts with titles etc
    b = B()
    w = b.names
    rows = wide_rows(b, ("Customer", "Region"), lead=lambda c: [w[c], b.regions[c]])
    tot = ["Total", "", *(b.total(a) for a in range(len(b.months)))]
    yield sheet(
        "title, units, totals, footer",
        [
            ["Acme Software Inc."],
            ["MRR by customer"],
            ["USD, unaudited"],
            [],
            *rows,
            tot,
            [],
            ["Source: billing system"],
            ["Prepared by: Finance, 2024-04-02"],
        ],
        b,
    )
    r3 = [
        [r[0], r[1], *((None if v is None else round(v / 1000, 6)) for v in r[2:])] if i else r
        for i, r in enumerate(rows)
    ]
    yield sheet("in thousands in the title", [["MRR by customer (USD in thousands)"], [], *r3], b)
    yield sheet("$000s", [["$000s"], *r3], b)
    yield sheet(
        "k€ header", [["Client", "Region", *r3[0][2:]], *r3[1:]], {k: round(v / 1000, 6) for k, v in b.truth.items()}
    )
    pc = [[*r, ("% growth" if i == 0 else 0.05)] for i, r in enumerate(rows)]
    yield sheet("percent column at the end", pc, b)
    rk = [[("Rank" if i == 0 else i), *r] for i, r in enumerate(rows)]
    yield sheet("rank first", rk, b)
    tt = [[*r, ("LTM" if i == 0 else round(sum(v or 0 for v in r[-12:]), 2))] for i, r in enumerate(rows)]
    yield sheet("LTM column", tt, b)
    tt = [
        [*r[:2], ("CAGR" if i == 0 else 0.1), *r[2:], ("YoY %" if i == 0 else 0.2), ("Comment" if i == 0 else "ok")]
        for i, r in enumerate(rows)
    ]
    yield sheet("CAGR, YoY, comment", tt, b)
    # average column, max col
    tt = [
        [
            *r,
            ("Average" if i == 0 else round(sum(v or 0 for v in r[2:]) / len(r[2:]), 2)),
            ("Max" if i == 0 else max(v or 0 for v in r[2:])),
        ]
        for i, r in enumerate(rows)
    ]
    yield sheet("average and max columns", tt, b)
    # two-row header, units
    h1 = ["", "", *(f"{m[0]}" if m[1] == 1 or i == 0 else "" for i, m in enumerate(b.months))]
    h2 = ["Customer", "Region", *(f"{first(m):%B}" for m in b.months)]
    yield sheet("years over month names", [h1, h2, *rows[1:]], b)
    h1 = ["", "", *(m[0] for m in b.months)]
    h2 = ["Customer", "Region", *(m[1] for m in b.months)]
    yield sheet("years over month numbers", [h1, h2, *rows[1:]], b)
    h1 = ["", "", *("Actual" for m in b.months)]
    yield sheet("Actual over months", [h1, *rows], b)
    h3 = ["", "", *("USD" for m in b.months)]
    yield sheet("units under the months", [rows[0], h3, *rows[1:]], b)
    # date header as datetime strings
    yield sheet(
        "headers with time", [["Customer", "Region", *(f"{first(m)} 00:00:00" for m in b.months)], *rows[1:]], b
    )
    yield sheet(
        "headers end of month US", [["Customer", "Region", *(f"{last(m):%m/%d/%Y}" for m in b.months)], *rows[1:]], b
    )
    yield sheet(
        "headers MRR_2023_01", [["Customer", "Region", *(f"MRR_{m[0]}_{m[1]:02d}" for m in b.months)], *rows[1:]], b
    )
    yield sheet(
        "headers mrr202301", [["Customer", "Region", *(f"mrr{m[0]}{m[1]:02d}" for m in b.months)], *rows[1:]], b
    )
    yield sheet("headers M01 2023", [["Customer", "Region", *(f"M{m[1]:02d} {m[0]}" for m in b.months)], *rows[1:]], b)
    yield sheet("headers 01.2023", [["Kunde", "Region", *(f"{m[1]:02d}.{m[0]}" for m in b.months)], *rows[1:]], b)
    yield sheet(
        "headers P1 FY23", [["Customer", "Region", *(f"P{m[1]} FY{m[0] % 100}" for m in b.months)], *rows[1:]], b
    )
    yield sheet("headers 1/23", [["Customer", "Region", *(f"{m[1]}/{m[0] % 100}" for m in b.months)], *rows[1:]], b)
    yield sheet(
        "headers Jan 23 Actual", [["Customer", "Region", *(f"{first(m):%b %y} Actual" for m in b.months)], *rows[1:]], b
    )
    yield sheet(
        "headers Sum of Jan-23",
        [["Row Labels", "Region", *(f"Sum of {first(m):%b-%y}" for m in b.months)], *rows[1:]],
        b,
    )
    yield sheet(
        "headers ARR Jan 23", [["Customer", "Region", *(f"ARR {first(m):%b %y}" for m in b.months)], *rows[1:]], b
    )
    yield sheet(
        "headers Jan '23", [["Customer", "Region", *(f"{first(m):%b} '{m[0] % 100}" for m in b.months)], *rows[1:]], b
    )
    yield sheet(
        "headers 2023-Jan", [["Customer", "Region", *(f"{m[0]}-{first(m):%b}" for m in b.months)], *rows[1:]], b
    )
    yield sheet("headers 31-Jan-23", [["Customer", "Region", *(f"{last(m):%d-%b-%y}" for m in b.months)], *rows[1:]], b)
    yield sheet(
        "headers EOM Jan 23", [["Customer", "Region", *(f"EOM {first(m):%b %y}" for m in b.months)], *rows[1:]], b
    )
    yield sheet(
        "headers as numbers 202301", [["Customer", "Region", *(m[0] * 100 + m[1] for m in b.months)], *rows[1:]], b
    )
    yield sheet(
        "headers January 2023 MRR (USD)",
        [["Customer", "Region", *(f"{first(m):%B %Y} MRR (USD)" for m in b.months)], *rows[1:]],
        b,
    )
