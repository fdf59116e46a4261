# ruff: noqa: B023 (each lambda is called before the loop goes on)
"""Finance teams' books of several sheets, other tongues, and traps."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator

from .book import Rows, Sheet, first, iso, mon, sheet
from .finance_books import (
    DE,
    ES,
    FR,
    IT,
    NL,
    PL,
    PT,
    SV,
    made,
    totals,
    wide,
    with_each,
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
