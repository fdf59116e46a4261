"""Finance teams' wide tables: what stands around and between the months, plans beside actuals."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator

from .book import Rows, Sheet, first, iso, last, mon, sheet
from .finance_books import (
    DE,
    made,
    totals,
    wide,
)


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
