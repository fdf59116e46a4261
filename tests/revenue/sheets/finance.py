# ruff: noqa: B023 (each lambda is called before the loop goes on)
"""Layouts of finance teams, several twists at a time: each sheet's truth is the book that it was written from."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from .billing import invoices, steady
from .book import Book, Month, Rows, Sheet, after, book, first, iso, last, mon, sheet

WORLD = (
    "Brückner Stahl GmbH",
    "Ateliers Moreau SA",
    "Łódzkie Zakłady Sp. z o.o.",
    "Acme Corporation",
    "Fjord Teknik AB",
    "日本サンプル株式会社",
    "Gruppo Rinaldi S.p.A.",
    "Van Dijk Logistics B.V.",
    "Hernández e Hijos",
    "Northwind Traders",
    "Companhia Lisboa Lda",
    "Zenith Labs Inc.",
    "Okafor & Partners",
    "Blue Harbor LLC",
    "Kowalska Design",
    "Summit Health",
)
SEEDS = itertools.count(9000)
DE = "Januar Februar März April Mai Juni Juli August September Oktober November Dezember".split()
FR = "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split()
ES = "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre".split()
IT = "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre".split()
PT = "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro".split()
NL = "januari februari maart april mei juni juli augustus september oktober november december".split()
PL = "styczeń luty marzec kwiecień maj czerwiec lipiec sierpień wrzesień październik listopad grudzień".split()
SV = "januari februari mars april maj juni juli augusti september oktober november december".split()


def made(**facts: Any) -> Book:
    """A random book under names of many countries."""
    found = book(next(SEEDS), **facts)
    return replace(found, names=WORLD[: len(found.names)])


def european(x: float) -> str:
    return f"{x:,.2f}".replace(",", "_").replace(".", ",").replace("_", ".")


def day(b: Book) -> dict[str, Any]:
    return {"today": dt.date(*b.months[-1], 25)}


def wide(
    b: Book, lead: list[Any], head: Callable[[Month], Any] = mon, cell: Callable[[float], Any] | None = None
) -> Rows:
    cell = cell or (lambda x: x or None)
    return [
        [*lead, *(head(m) for m in b.months)],
        *([b.names[w], *([None] * (len(lead) - 1)), *(cell(x) for x in row)] for w, row in enumerate(b.mrr)),
    ]


def totals(b: Book) -> list[float]:
    return [b.total(a) for a in range(len(b.months))]


def with_each(b: Book, what: Callable[[int, int, float], list[Any]]) -> list[list[Any]]:
    return [what(w, a, x) for w, a, x in b.cells()]


def every() -> Iterator[Sheet]:
    """All of them."""
    for part in (grids, plans, lists, ledgers, contracts, marks, texts, books, tongues, traps):
        yield from part()


def grids() -> Iterator[Sheet]:
    """Wide tables with what stands around and between the months."""
    b = made(cents=False)
    rows: Rows = [
        ["Umsatzübersicht in TEUR"],
        [],
        ["Zeilenbeschriftungen", *(f"{DE[m[1] - 1][:3]} {m[0] % 100}" for m in b.months), "Gesamtergebnis"],
    ]
    for region in sorted(set(b.regions)):
        mine = [w for w in range(len(b.names)) if b.regions[w] == region]
        sums = [sum(b.mrr[w][a] for w in mine) for a in range(len(b.months))]
        rows.append([region, *sums, sum(sums)])
        rows += [["   " + b.names[w], *(x or None for x in b.mrr[w]), sum(b.mrr[w])] for w in mine]
    rows.append(["Gesamtergebnis", *totals(b), sum(totals(b))])
    yield sheet("German pivot in thousands", rows, {k: v * 1000 for k, v in b.truth.items()})

    b = made()
    rows = wide(b, ["Customer"])
    months = [f"{mon((b.months[-1][0], k))} F" for k in range(b.months[-1][1] + 1, min(b.months[-1][1] + 4, 13))]
    rows = [[*rows[0], *months], *([*row, *(77.0 for _ in months)] for row in rows[1:])]
    yield sheet("forecast columns marked F", rows, b)
    b = made()
    rows = wide(b, ["Customer"], lambda m: f"{mon(m)} Actual")
    rows = [[*rows[0], "Apr-24 Forecast", "May-24 Budget"], *([*row, 55.0, 66.0] for row in rows[1:])]
    yield sheet("actual, forecast, budget behind the months", rows, b)

    for names, gap in (
        (("Actual", "Budget"), 2),
        (("Actual", "Budget", "Variance"), 3),
        (("Ist", "Plan", "Abw."), 3),
        (("Réel", "Budget", "Écart"), 3),
        (("Real", "Presupuesto"), 2),
    ):
        b = made(months=13)
        tops = [c for m in b.months for c in (mon(m), *([None] * (gap - 1)))]
        rows = [[None, *tops], ["Customer", *(names * len(b.months))]]
        for w, row in enumerate(b.mrr):
            cells = [c for x in row for c in (x or None, 100.0, round(x - 100.0, 2))[:gap]]
            rows.append([b.names[w], *cells])
        yield sheet(f"{names[0]} beside {names[1]}, {gap} columns a month", rows, b)

    b = made(months=15)
    head, body = ["Customer"], [[n] for n in b.names]
    for a, m in enumerate(b.months):
        head.append(mon(m))
        for w, row in enumerate(b.mrr):
            body[w].append(row[a] or None)
        if m[1] == 12 or a == len(b.months) - 1:
            back = [k for k in range(a + 1) if b.months[k][0] == m[0]]
            head += [f"FY{m[0] % 100} Total" if m[1] == 12 else f"YTD {m[0]}", "Avg", "YoY %"]
            for w, row in enumerate(b.mrr):
                part = [row[k] for k in back]
                body[w] += [round(sum(part), 2), round(sum(part) / len(part), 2), 0.12]
    yield sheet("totals, averages and growth after each year", [head, *body], b)
    b = made(months=15)
    rows = wide(b, ["Customer"])
    rows = [
        [*rows[0], "LTM", "Average", "CAGR", "Trend", "Rank"],
        *(
            [*row, round(sum(b.mrr[n][-12:]), 2), round(sum(b.mrr[n]) / 15, 2), 0.2, "up", n + 1]
            for n, row in enumerate(rows[1:])
        ),
    ]
    yield sheet("LTM, average, CAGR, trend and rank at the end", rows, b)

    b = made(months=15)
    rows = wide(b, ["Customer"])
    rows = [[*rows[0][:1], "Opening balance", *rows[0][1:]], *([row[0], 50.0, *row[1:]] for row in rows[1:])]
    yield sheet("an opening balance before the months", rows, b)
    b = made(months=13, start=(2023, 1))
    rows = wide(b, ["Customer"])
    rows = [[*rows[0][:13], "P13 Adjustments", *rows[0][13:]], *([*row[:13], 11.0, *row[13:]] for row in rows[1:])]
    yield sheet("a thirteenth period of adjustments", rows, b)

    b = made(months=15)
    head = ["Customer", *(m[0] if m[1] == 1 or k == 0 else None for k, m in enumerate(b.months))]
    rows = [head, [None, *(f"{first(m):%b}" for m in b.months)], *wide(b, ["Customer"])[1:], ["Total", *totals(b)]]
    yield sheet("years above months, the customer's header above", rows, b)
    b = made(months=15)
    head = [None, *(f"FY {m[0]}" if m[1] == 1 or k == 0 else None for k, m in enumerate(b.months))]
    rows = [
        ["Net revenue by account"],
        [],
        head,
        ["Account", *(f"{m[1]:02d}" for m in b.months)],
        *wide(b, ["Customer"])[1:],
    ]
    yield sheet("fiscal years above month numbers", rows, b)

    b = made(months=15)
    kpi = [["MRR total", *totals(b)], ["Customers", *(sum(1 for r in b.mrr if r[a]) for a in range(15))], []]
    rows = [["Dashboard", *(mon(m) for m in b.months)], *kpi, *wide(b, ["Customer"])]
    yield sheet("a block of measures with its own months above", rows, b)
    b = made(months=15)
    rows = [
        ["As of", dt.date(2024, 3, 31)],
        ["Currency", "EUR"],
        ["Prepared by", "Jo"],
        ["Version", 3],
        [],
        *wide(b, ["Customer"]),
    ]
    yield sheet("facts in two columns above", rows, b)
    b = made(months=15)
    rows = [
        *wide(b, ["Customer"]),
        ["Total", *totals(b)],
        [],
        ["Source: billing export of 2024-04-02"],
        ["* excludes one-time fees"],
        ["Prepared 2024"],
        ["Check", 0],
    ]
    yield sheet("notes and a check under the table", rows, b)

    b = made(months=15)
    turned = [
        ["Month", *b.names, "Total"],
        *([iso(m), *(row[a] or None for row in b.mrr), b.total(a)] for a, m in enumerate(b.months)),
    ]
    turned.append(["Total", *(round(sum(row), 2) for row in b.mrr), round(sum(totals(b)), 2)])
    yield sheet("turned, with totals on both sides", turned, b)
    b = made(months=15)
    turned = [
        ["", *b.names],
        ["Region", *b.regions],
        ["Owner", *("Jo" for _ in b.names)],
        *([mon(m), *(row[a] or None for row in b.mrr)] for a, m in enumerate(b.months)),
    ]
    yield sheet("turned, with attributes above", turned, b, "mend")

    b = made(months=3)
    yield sheet("three months", wide(b, ["Customer"]), b)
    b = made(customers=1, months=15)
    yield sheet("one customer", wide(b, ["Customer"]), b)
    b = made(customers=2, months=15)
    yield sheet("two customers and a total", [*wide(b, ["Customer"]), ["Total", *totals(b)]], b)
    b = made(months=15)
    rows = wide(b, ["Customer"])
    rows.append(["Credit balance Ltd", *(-5.0 for _ in b.months)])
    yield sheet("a customer of negative amounts", rows, b)
    b = made(months=15)
    rows = [[None, None, *rows[0][1:]] if n == 0 else [n, *row] for n, row in enumerate(wide(b, ["Customer"]))]
    rows[0] = ["#", "Account name", *(mon(m) for m in b.months)]
    yield sheet("a running number first", rows, b)
    b = made(months=15)
    left = wide(b, ["Customer"])
    right = [["Customer", "Headcount", "Country"], *([n, 10 + k, "DE"] for k, n in enumerate(b.names))]
    yield sheet(
        "another table beside it", [[*one, None, *other] for one, other in zip(left, right, strict=True)], b, "mend"
    )
    b = made(customers=16, months=15)
    left = wide(b, ["Customer"])
    half = [[*left[0], None, *left[0]], *([*one, None, *other] for one, other in zip(left[1:9], left[9:], strict=True))]
    yield sheet("customers split over two tables side by side", half, b, "mend")
    b = made(months=15)
    arr = wide(b, ["Customer"], cell=lambda x: round(12 * x, 2) or None)
    yield sheet("MRR above, ARR below, one header", [["MRR"], *wide(b, ["Customer"]), [], ["ARR"], *arr], b, "mend")
    b = made(months=15)
    seats = wide(b, ["Customer"], cell=lambda x: 7)
    yield sheet("MRR above, seats below", [["MRR"], *wide(b, ["Customer"]), [], ["Seats"], *seats], b, "mend")
    b = made(months=16, start=(2022, 7))
    names = [f"FY{(m[0] + (m[1] > 6)) % 100} P{(m[1] + 5) % 12 + 1:02d}" for m in b.months]
    yield sheet(
        "fiscal periods FY23 P01 from July",
        [["Customer", *names], *wide(b, ["C"])[1:]],
        b,
        options={"fiscal_year_end": 6},
    )
    b = made(months=15)
    rows = wide(b, ["Customer"], lambda m: dt.datetime(m[0], m[1], 1))
    yield sheet("month headers as dates", rows, b)
    for label, head in (
        ("month ended", lambda m: f"Month ended {last(m):%d %b %Y}"),
        ("apostrophe", lambda m: f"{first(m):%b} '{m[0] % 100}"),
        ("dd-Mon-yy", lambda m: f"{last(m):%d-%b-%y}"),
        ("yyyy/mm", lambda m: f"{m[0]}/{m[1]:02d}"),
        ("mm.yyyy", lambda m: f"{m[1]:02d}.{m[0]}"),
        ("M01 2024", lambda m: f"M{m[1]:02d} {m[0]}"),
        ("japanese", lambda m: f"{m[0]}年{m[1]}月"),
        ("MRR Jan 2024", lambda m: f"MRR {first(m):%b %Y}"),
        ("January 2024 MRR (USD)", lambda m: f"{first(m):%B %Y} MRR (USD)"),
        ("mrr_2024_01", lambda m: f"mrr_{m[0]}_{m[1]:02d}"),
        ("us date", lambda m: f"{m[1]}/{last(m).day}/{m[0] % 100}"),
        ("Jan/24", lambda m: f"{first(m):%b}/{m[0] % 100}"),
        ("2024-Jan", lambda m: f"{m[0]}-{first(m):%b}"),
        ("JAN2024", lambda m: f"{first(m):%b%Y}".upper()),
    ):
        b = made(months=15)
        yield sheet(f"headers {label}", wide(b, ["Customer"], head), b)


def plans() -> Iterator[Sheet]:
    """Rows of several measures, scenarios and movements for each customer."""
    for column, names, expect in (
        ("Metric", ("MRR", "Deferred revenue", "Bookings"), "mend"),
        ("KPI", ("MRR", "ARR"), "mend"),
        ("Measure", ("Recurring revenue", "Headcount"), "mend"),
        ("Type", ("Committed", "Usage"), "mend"),
        ("Scenario", ("Actual", "Budget"), "exact"),
        ("Version", ("Actuals", "Forecast v3"), "exact"),
        ("Category", ("Actual", "Prior year"), "mend"),
    ):
        b = made(months=14)
        rows: Rows = [["Customer", column, *(mon(m) for m in b.months)]]
        for w, row in enumerate(b.mrr):
            for n, name in enumerate(names):
                rows.append(
                    [b.names[w], name, *(x or None if n == 0 else round(x * (0.3 + n), 2) or None for x in row)]
                )
        yield sheet(f"rows of {column}: {', '.join(names)}", rows, b, expect)
    b = made(months=14)
    rows = [["Customer", "Line", *(mon(m) for m in b.months)]]
    for w, row in enumerate(b.mrr):
        before = [0.0, *row[:-1]]
        new = [x if not y else 0.0 for x, y in zip(row, before, strict=True)]
        up = [max(round(x - y, 2), 0.0) if x and y else 0.0 for x, y in zip(row, before, strict=True)]
        down = [min(round(x - y, 2), 0.0) if x and y else 0.0 for x, y in zip(row, before, strict=True)]
        gone = [-y if y and not x else 0.0 for x, y in zip(row, before, strict=True)]
        for name, cells in (
            ("Opening ARR", before),
            ("New", new),
            ("Expansion", up),
            ("Contraction", down),
            ("Churn", gone),
            ("Closing ARR", row),
        ):
            rows.append([b.names[w], name, *cells])
    yield sheet("a bridge for each customer", rows, b, "mend")
    b = made(months=14)
    rows = [["Customer", "Month", "Opening MRR", "New", "Expansion", "Contraction", "Churn", "Closing MRR"]]
    for w, row in enumerate(b.mrr):
        for a, x in enumerate(row):
            y = row[a - 1] if a else 0.0
            if x or y:
                rows.append(
                    [
                        b.names[w],
                        iso(b.months[a]),
                        y,
                        x if x and not y else 0,
                        max(x - y, 0) if x and y else 0,
                        min(x - y, 0) if x and y else 0,
                        -y if not x else 0,
                        x,
                    ]
                )
    yield sheet("a bridge in columns", rows, b, "mend")
    b = made(months=14)
    rows = [["account_name", "event_date", "movement_type", "mrr_change"]]
    for w, row in enumerate(b.mrr):
        seen = False
        for a, x in enumerate(row):
            y = row[a - 1] if a else 0.0
            if round(x - y, 2):
                kind = (
                    "churn"
                    if not x
                    else "reactivation"
                    if seen and not y
                    else "new"
                    if not y
                    else "expansion"
                    if x > y
                    else "contraction"
                )
                rows.append([b.names[w], last(b.months[a]), kind, round(x - y, 2)])
                seen = True
    yield sheet("movements with signs and types", rows, b)
    b = made(months=14)
    rows = [["Customer", "Date", "MRR", "Status"]]
    for w, a, x in b.cells():
        for d in (7, 14, 21, 28):
            rows.append([b.names[w], dt.date(*b.months[a], d), x, "Active"])
    yield sheet("weekly snapshots with a status", rows, b, "mend")
    b = made(months=14)
    rows = [["Parent", "Customer", *(mon(m) for m in b.months)]]
    for w, row in enumerate(b.mrr):
        rows.append([("Holding A", "Holding B", "Holding C")[w % 3], b.names[w], *(x or None for x in row)])
    yield sheet("a column of parents", rows, b)
    b = made(customers=9, months=14)
    rows = [["Customer", *(mon(m) for m in b.months)]]
    for p in range(3):
        mine = [w for w in range(9) if w % 3 == p]
        rows.append([f"Group {'ABC'[p]}", *(round(sum(b.mrr[w][a] for w in mine), 2) or None for a in range(14))])
        rows += [["    " + b.names[w], *(x or None for x in b.mrr[w])] for w in mine]
    yield sheet("parents above their children", rows, b)
    b = made(customers=9, months=14)
    rows = [["Customer", "Parent account", *(mon(m) for m in b.months)]]
    for p in range(3):
        mine = [w for w in range(9) if w % 3 == p]
        name = f"Group {'ABC'[p]}"
        rows.append([name, None, *(round(sum(b.mrr[w][a] for w in mine), 2) or None for a in range(14))])
        rows += [[b.names[w], name, *(x or None for x in b.mrr[w])] for w in mine]
    yield sheet("a row a parent and a row a child, with a parent column", rows, b)
    b = made(customers=9, months=14)
    rows = [["Customer", "Parent account", "Month", "MRR"]]
    for w, a, x in b.cells():
        rows.append([b.names[w], f"Group {'ABC'[w % 3]}", iso(b.months[a]), x])
    for p, a in itertools.product(range(3), range(14)):
        rows.append(
            [f"Group {'ABC'[p]}", None, iso(b.months[a]), round(sum(b.mrr[w][a] for w in range(9) if w % 3 == p), 2)]
        )
    yield sheet("parents' sums among the rows, long", rows, b, "mend")


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
            else last(_later(known.months[a], n - 1)),
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


def _later(m: Month, by: int) -> Month:
    at = m[0] * 12 + m[1] - 1 + by
    return at // 12, at % 12 + 1


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


def books() -> Iterator[Sheet]:
    """Several sheets that belong together, and some that do not."""
    b = made(months=6)
    pages: dict[str, Rows] = {}
    for a, m in enumerate(b.months):
        order = [0, 1, 2] if a % 2 == 0 else [2, 0, 1]
        head, body = (
            ["Customer", "Region", "MRR"],
            [[b.names[w], b.regions[w], row[a]] for w, row in enumerate(b.mrr) if row[a]],
        )
        pages[f"{first(m):%B %Y}"] = [[r[k] for k in order] for r in (head, *body)]
    yield Sheet("a sheet a month, columns in other orders", pages, b.truth, "mend")
    b = made(months=14)
    pages = {
        "Read me": [["This workbook holds revenue."], ["Owner", "Jo"]],
        "Lookup": [["Code", "Name"], *([c, n] for c, n in zip(b.ids, b.names, strict=True))],
        "Revenue": wide(b, ["Customer"]),
    }
    yield Sheet("a cover and a lookup before the rows", pages, b.truth)
    b = made(months=14)
    pages = {
        "Summary": [
            ["Metric", *(mon(m) for m in b.months)],
            ["MRR", *totals(b)],
            ["Customers", *(9 for _ in b.months)],
        ],
        "Detail": wide(b, ["Customer"]),
    }
    yield Sheet("a summary before the detail", pages, b.truth)
    b = made(months=14)
    cut = [w for w in range(14) if b.regions[w] == "EMEA"]
    rest = [w for w in range(14) if w not in cut]

    def page(of: list[int]) -> Rows:
        return [["Customer", *(mon(m) for m in b.months)], *([b.names[w], *(x or None for x in b.mrr[w])] for w in of)]

    yield Sheet("a sheet a region", {"EMEA": page(cut), "Rest of world": page(rest)}, b.truth, "mend")
    b = made(months=14)
    old = wide(b, ["Customer"], cell=lambda x: round(0.9 * x, 2) or None)
    yield Sheet("actual and budget on two sheets", {"Budget": old, "Actual": wide(b, ["Customer"])}, b.truth, "mend")


def tongues() -> Iterator[Sheet]:
    """One list in ten languages, each with decoys beside the amount."""
    for label, head, months, decoys in (
        ("de", ["Debitor", "Leistungsmonat", "Nettoumsatz"], DE, ["Rechnungsnr.", "MwSt."]),
        ("fr", ["Raison sociale", "Période", "Montant HT"], FR, ["N° facture", "TVA"]),
        ("es", ["Razón social", "Mes", "Importe neto"], ES, ["N.º factura", "IVA"]),
        ("it", ["Ragione sociale", "Mese", "Imponibile"], IT, ["Num. fattura", "IVA"]),
        ("pt", ["Razão social", "Mês", "Valor líquido"], PT, ["Nº fatura", "IVA"]),
        ("nl", ["Klantnaam", "Maand", "Netto bedrag"], NL, ["Factuurnr.", "Btw"]),
        ("pl", ["Nazwa klienta", "Miesiąc", "Kwota netto"], PL, ["Nr faktury", "VAT"]),
        ("sv", ["Kundnamn", "Månad", "Nettobelopp"], SV, ["Fakturanr", "Moms"]),
    ):
        b = made()
        rows: Rows = [[head[0], decoys[0], head[1], head[2], decoys[1]]]
        rows += with_each(
            b,
            lambda w, a, x: [
                b.names[w],
                7000 + 20 * w + a,
                f"{months[b.months[a][1] - 1]} {b.months[a][0]}",
                x,
                round(x * 0.2, 2),
            ],
        )
        yield sheet(f"list in {label}", rows, b)
        cut = 9 if label == "fr" else 3
        rows = wide(b, [head[0]], lambda m, months=months, cut=cut: f"{months[m[1] - 1][:cut]} {m[0]}")
        yield sheet(f"wide in {label}, short months", rows, b)
    b = made()
    rows = [["取引先名", "請求番号", "計上月", "売上金額", "消費税"]]
    rows += with_each(
        b, lambda w, a, x: [b.names[w], 7000 + a, f"{b.months[a][0]}年{b.months[a][1]}月", x, round(x * 0.1, 2)]
    )
    yield sheet("list in ja", rows, b)


def traps() -> Iterator[Sheet]:
    """Columns that decide without saying so."""
    b = made()
    rows: Rows = [["Customer", "Customer type", "Month", "MRR"]]
    rows += with_each(b, lambda w, a, x: [b.names[w], "External", iso(b.months[a]), x])
    rows += [
        [f"Subsidiary {w}", "Intercompany", iso(b.months[a]), 99.0] for w, a in itertools.product(range(3), range(15))
    ]
    yield sheet("external and intercompany", rows, b, "mend")
    for title in ("deleted_at", "Voided on", "Archived", "storniert am"):
        b = made()
        rows = [
            ["Customer", "Month", "MRR", title],
            *with_each(b, lambda w, a, x: [b.names[w], iso(b.months[a]), x, None]),
        ]
        rows += [[b.names[w], iso(b.months[2]), 77.0, dt.date(2024, 5, 6)] for w in range(0, 14, 3)]
        yield sheet(f"rows with a date of {title}", rows, b, "mend")
    for title, name in (("Revision", lambda n: n), ("Version", lambda n: f"v{n}"), ("Rev.", lambda n: float(n))):
        b = made()
        rows = [["Customer", "Month", title, "MRR"]]
        for w, a, x in b.cells():
            if (w + a) % 3 == 0:
                rows.append([b.names[w], iso(b.months[a]), name(1), round(0.8 * x, 2)])
            rows.append([b.names[w], iso(b.months[a]), name(2), x])
        yield sheet(f"two of {title}", rows, b, "mend")
    b = made()
    rows = [["Customer", "Metric", *(mon(m) for m in b.months)]]
    for w, row in enumerate(b.mrr):
        rows.append([b.names[w], "Revenue", *(x or None for x in row)])
        rows.append([b.names[w], "COGS", *(round(0.3 * x, 2) or None for x in row)])
        rows.append([b.names[w], "Gross profit", *(round(x - round(0.3 * x, 2), 2) or None for x in row)])
    yield sheet("revenue, cost and profit, one chosen", rows, b, options={"only": ["Metric=Revenue"]})
    yield sheet("revenue, cost and profit", rows, b, "mend")
    b = made()
    rows = [["Customer", "Date", "MRR"]]
    for n, (w, a, x) in enumerate(b.cells()):
        d = dt.date(*b.months[a], 1 + (7 * n) % 28)
        rows.append([b.names[w], dt.date(d.year, d.day, d.month) if d.day <= 12 else f"{d:%d/%m/%Y}", x])
    yield sheet("day and month exchanged by a spreadsheet", rows, b)
    b = made()
    rows = [["Customer", *(h for m in b.months for h in (f"{mon(m)} Act", f"{mon(m)} Bud"))]]
    rows += [[b.names[w], *(v for x in row for v in (x or None, 50.0))] for w, row in enumerate(b.mrr)]
    yield sheet("Act and Bud columns", rows, b)
    b = made()
    rows = [["Customer", "Invoice date", "Amount due", "Amount paid"]]
    rows += with_each(b, lambda w, a, x: [b.names[w], first(b.months[a]), x, x if (w + a) % 5 else 0.0])
    yield sheet("due and paid", rows, b, "mend", mend={"amount": "Amount due"})
