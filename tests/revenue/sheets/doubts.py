"""Rows that measure, flags, rows pasted twice, pivots, statuses, document types and books of several sheets."""

from __future__ import annotations

import datetime as dt
import itertools
import random

from .book import REGIONS, Sheet, book, iso, last, long_rows, mon, sheet, wide_rows

D = dt.date


def day(made):
    return {"today": D(made.months[-1][0], made.months[-1][1], 25)}


def de(x):
    return f"{x:,.2f}".replace(",", "_").replace(".", ",").replace("_", ".")


seed = iter(range(4000, 9000))


def B(**k):
    return book(next(seed), **k)


def every():
    # KPI rows under a wide table
    for nm, kpis in (
        ("a", ["Total MRR", "# customers", "ARPA", "MoM growth"]),
        ("b", ["Total", "Number of customers", "Average MRR per customer", "Growth %"]),
        ("c", ["Grand Total", "Active logos", "Avg. revenue per account", "YoY growth"]),
        ("d", ["Summe", "Anzahl Kunden", "Durchschnitt je Kunde", "Wachstum ggü. Vormonat"]),
        ("e", ["Total MRR", "ARR run rate", "Customers", "Net new MRR"]),
        ("f", ["Total", "Check", "Prior month", "Memo: paying accounts"]),
        ("g", ["Total", "Headcount customers", "MRR / customer", "Delta"]),
        ("h", ["Totale", "N. clienti", "Ricavo medio", "Crescita"]),
        ("i", ["TOTAL", "Nb clients", "Panier moyen", "Croissance"]),
    ):
        b = B()
        rows = wide_rows(b)
        n = len(b.months)
        tot = [b.total(a) for a in range(n)]
        cnt = [sum(1 for r in b.mrr if r[a]) for a in range(n)]
        calc = {
            "count": cnt,
            "avg": [round(t / c, 2) for t, c in zip(tot, cnt, strict=False)],
            "growth": [None, *(round(y / x - 1, 4) for x, y in itertools.pairwise(tot))],
            "arr": [round(12 * t, 2) for t in tot],
            "net": [None, *(round(y - x, 2) for x, y in itertools.pairwise(tot))],
            "zero": [0] * n,
            "prior": [None, *tot[:-1]],
        }
        pick = {
            "a": ("count", "avg", "growth"),
            "e": ("arr", "count", "net"),
            "f": ("zero", "prior", "count"),
            "g": ("count", "avg", "net"),
        }.get(nm, ("count", "avg", "growth"))
        out = [[kpis[0], *tot], *([k, *calc[p]] for k, p in zip(kpis[1:], pick, strict=False))]
        yield sheet(f"KPI rows {nm}", [*rows, *out], b)
        yield sheet(f"KPI rows {nm} after a blank", [*rows, [], *out], b)
    b = B()
    rows = wide_rows(b)
    cnt = [sum(1 for r in b.mrr if r[a]) for a in range(len(b.months))]
    yield sheet("KPI count only, no total", [*rows, ["Paying customers", *cnt]], b)
    yield sheet("KPI count on top", [["Customer count", *cnt], *rows], b)
    # flags
    for h, vals in (
        ("Is test", ("TRUE", "FALSE")),
        ("Test account", ("Yes", "No")),
        ("Internal?", ("Y", "N")),
        ("is_demo", (True, False)),
        ("Exclude", ("x", "")),
        ("Deleted", ("1", "0")),
        ("Free account", ("Yes", "No")),
        ("Include in MRR", ("No", "Yes")),
        ("Billable", ("N", "Y")),
    ):
        b = B()
        rows = [["Customer", h, "Month", "MRR"]]
        for c, a, x in b.cells():
            rows.append([b.names[c], vals[1], iso(b.months[a]), x])
        for a in range(0, len(b.months), 2):
            rows.append(["QA Sandbox", vals[0], iso(b.months[a]), 99.0])
        yield sheet(f"flag {h}", rows, b, "exact")
        w = [
            ["Customer", h, *(mon(m) for m in b.months)],
            *([b.names[c], vals[1], *(x or None for x in r)] for c, r in enumerate(b.mrr)),
            ["QA Sandbox", vals[0], *(50.0 for _ in b.months)],
        ]
        yield sheet(f"flag wide {h}", w, b, "exact")
    # duplicates
    b = B()
    rows = long_rows(b)
    yield sheet("export twice at the end", [*rows, *rows[1:61]], b, "mend")
    yield sheet("everything twice", [*rows, *rows[1:]], b, "mend")
    yield sheet("each row doubled", [rows[0], *(r for q in rows[1:] for r in (q, q))], b, "mend")
    # nested pivots
    for nm, prods, g in (
        ("en", ["Base", "Add-on", "Support"], "Grand Total"),
        ("de", ["Basis", "Zusatz"], "Gesamtergebnis"),
        ("one", ["Platform"], "Grand Total"),
    ):
        b = B()
        rnd = random.Random(nm)
        rows = [["Row Labels" if nm != "de" else "Zeilenbeschriftungen", *(mon(m) for m in b.months)]]
        for c, r in enumerate(b.mrr):
            rows.append([b.names[c], *(x or None for x in r)])
            ps = prods if rnd.random() < 0.7 or len(prods) == 1 else prods[: rnd.randrange(1, len(prods))]
            left = list(r)
            for k, p in enumerate(ps):
                part = left if k == len(ps) - 1 else [round(x * 0.3, 2) for x in r]
                left = [round(x - y, 2) for x, y in zip(left, part, strict=False)]
                rows.append([p, *(x or None for x in part)])
        yield sheet(f"pivot with products below {nm}", [*rows, [g, *(b.total(a) for a in range(len(b.months)))]], b)
        yield sheet(f"pivot with products below {nm}, no grand total", rows, b)
    # Customer total after products
    for nm in ("Total", "total", "Ergebnis"):
        b = B()
        rnd = random.Random(5)
        rows = [["Customer", "Plan", *(mon(m) for m in b.months)]]
        for c, r in enumerate(b.mrr):
            k = rnd.choice((1, 2, 3))
            left = list(r)
            for j in range(k):
                part = left if j == k - 1 else [round(x * 0.4, 2) for x in r]
                left = [round(x - y, 2) for x, y in zip(left, part, strict=False)]
                rows.append(
                    [b.names[c] if j == 0 else None, ["Base", "Seats", "Support"][j], *(x or None for x in part)]
                )
            rows.append([f"{b.names[c]} {nm}", None, *(x or None for x in r)])
        g = {"Total": "Grand Total", "total": "Total", "Ergebnis": "Gesamtergebnis"}[nm]
        yield sheet(
            f"customer {nm} after its plans", [*rows, [g, None, *(b.total(a) for a in range(len(b.months)))]], b
        )
        yield sheet(f"customer {nm} after its plans, no grand total", rows, b)
    # Year + month columns in tongues
    for y, m, names, c, a in (
        (
            "Ejercicio",
            "Mes",
            "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre".split(),
            "Cliente",
            "Importe",
        ),
        (
            "Exercice",
            "Mois",
            "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split(),
            "Client",
            "Montant HT",
        ),
        (
            "Esercizio",
            "Mese",
            "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre".split(),
            "Cliente",
            "Importo",
        ),
        (
            "Exercício",
            "Mês",
            "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro".split(),
            "Cliente",
            "Receita",
        ),
        (
            "Geschäftsjahr",
            "Monat",
            "Januar Februar März April Mai Juni Juli August September Oktober November Dezember".split(),
            "Kunde",
            "Umsatz",
        ),
        (
            "Boekjaar",
            "Maand",
            "januari februari maart april mei juni juli augustus september oktober november december".split(),
            "Klant",
            "Omzet",
        ),
        (
            "Rok",
            "Miesiąc",
            "styczeń luty marzec kwiecień maj czerwiec lipiec sierpień wrzesień październik listopad grudzień".split(),
            "Klient",
            "Przychód",
        ),
        (
            "År",
            "Månad",
            "januari februari mars april maj juni juli augusti september oktober november december".split(),
            "Kund",
            "Intäkt",
        ),
        ("年", "月", [f"{i}月" for i in range(1, 13)], "顧客", "売上"),
        ("FY", "Period", [f"P{i:02d}" for i in range(1, 13)], "Customer", "Revenue"),
        ("Fiscal Year", "Fiscal Period", [f"{i:03d}" for i in range(1, 13)], "Customer", "Revenue"),
        ("Year", "Month No", list(range(1, 13)), "Customer", "Revenue"),
        ("Year", "Month", list("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()), "Customer", "Revenue"),
    ):
        b = B()
        yield sheet(
            f"year and month {y} {m}",
            [[c, y, m, a], *([b.names[w], b.months[k][0], names[b.months[k][1] - 1], x] for w, k, x in b.cells())],
            b,
        )
    # snapshots: quarterly/annual renewals etc
    # status columns adversarial
    for h, good, bad in (
        ("Invoice Status", ["Paid", "Sent"], ["Voided"]),
        ("Status", ["Fully Paid"], ["Cancelled invoice"]),
        ("Payment Status", ["succeeded"], ["failed"]),
        ("Order Status", ["Booked"], ["On hold"]),
        ("Rechnungsstatus", ["Bezahlt"], ["Storniert"]),
        ("Statut", ["Payée"], ["Annulée"]),
        ("Estado", ["Cobrada"], ["Anulada"]),
        ("Document status", ["Open", "Closed"], ["Draft"]),
        ("Status", ["AUTHORISED", "PAID"], ["DELETED", "VOIDED"]),
        ("Status", ["Paid", "Overdue"], ["Written off"]),
        ("Stage", ["6 - Closed Won"], ["7 - Closed Lost", "3 - Negotiation"]),
        ("Stage", ["Won"], ["Omitted"]),
        ("Deal stage", ["closedwon"], ["closedlost"]),
        ("Status", ["paid"], ["refunded"]),
    ):
        b = B()
        rows = [["Customer", h, "Date", "Amount"]]
        rnd = random.Random(h)
        for i, (c, a, x) in enumerate(b.cells()):
            rows.append([b.names[c], good[i % len(good)], last(b.months[a]), x])
            if i % 8 == 1:
                rows.append([b.names[c], rnd.choice(bad), last(b.months[a]), round(x / 2, 2)])
        yield sheet(
            f"status {h} {good[0]}/{bad[0]}", rows, b, "mend" if bad[0] in ("Cancelled invoice", "On hold") else "exact"
        )
    # doc types
    for h, good, bad, sign in (
        ("Transaction type", "Invoice", "Credit Memo", 1),
        ("Doc type", "INV", "CRN", 1),
        ("Document Type", "Invoice", "Credit Memo", -1),
        ("Type", "Sales invoice", "Sales credit note", 1),
        ("Belegart", "Rechnung", "Gutschrift", 1),
        ("Type", "charge", "refund", -1),
        ("Type", "payment", "refund", 1),
        ("Type", "ACCREC", "ACCRECCREDIT", 1),
        ("Typ", "Faktura", "Kreditfaktura", 1),
        ("Tipo", "Factura", "Abono", 1),
        ("Type", "Invoice", "Payment", -1),
        ("Type", "Invoice", "Journal", 1),
    ):
        b = B()
        rows = [["Customer", h, "Date", "Amount"]]
        t = dict(b.truth)
        for i, (c, a, x) in enumerate(b.cells()):
            rows.append([b.names[c], good, last(b.months[a]), x])
            if bad == "Payment":
                rows.append([b.names[c], bad, last(b.months[a]), -x])
            elif i % 9 == 1:
                rows.append([b.names[c], bad, last(b.months[a]), sign * 20.0])
                t[(b.names[c], iso(b.months[a]))] = round(x - 20 if bad != "Journal" else x + 20, 2)
        yield sheet(f"doc {good}/{bad} {sign}", rows, t, "mend" if bad == "Payment" else "exact")
    # currencies
    b = B()
    rows = [["Customer", "Month", "Currency", "Amount", "Amount (USD)", "FX rate"]]
    for c, a, x in b.cells():
        cur = ("USD", "EUR", "GBP")[c % 3]
        r = (1, 1.1, 1.3)[c % 3]
        rows.append([b.names[c], iso(b.months[a]), cur, round(x / r, 2), x, r])
    yield sheet("local amount and USD amount", rows, b)
    rows2 = [["Customer", "Month", "Currency", "MRR"], *([r[0], r[1], r[2], r[3]] for r in rows[1:])]
    t = {}
    for r in rows2[1:]:
        t[(r[0], r[1])] = r[3]
    yield sheet("three currencies, no rates", rows2, t, "mend")
    # client csv german
    b = B()
    rows = [
        ["Kunde", "Monat", "Umsatz"],
        *([b.names[c], f"{b.months[a][1]:02d}/{b.months[a][0]}", de(x) + " €"] for c, a, x in b.cells()),
    ]
    yield sheet("German csv", rows, b, form="csv", options={"_delimiter": ";"})
    b = B()
    rows = [
        ["Client", "Mois", "CA HT"],
        *(
            [b.names[c], f"{b.months[a][1]:02d}/{b.months[a][0]}", f"{x:,.2f}".replace(",", " ").replace(".", ",")]
            for c, a, x in b.cells()
        ),
    ]
    yield sheet("French csv", rows, b, form="csv", options={"_delimiter": ";"})
    b = B()
    rows = [
        ["Customer", "Month", "MRR"],
        *([b.names[c], mon(b.months[a]), f"(${x:,.2f})" if False else f"${x:,.2f}"] for c, a, x in b.cells()),
    ]
    yield sheet("US csv", rows, b, form="csv")
    # ids
    b = B()
    rows = [["Customer ID", "Customer", "Month", "MRR"]]
    for c, a, x in b.cells():
        rows.append([b.ids[c], b.names[c] + (" (renamed)" if a > 8 and c % 3 == 0 else ""), iso(b.months[a]), x])
    t = {
        (b.names[w] + (" (renamed)" if w % 3 == 0 and any(b.mrr[w][9:]) else ""), m): v
        for (n, m), v in b.truth.items()
        for w in [b.names.index(n)]
    }
    yield sheet("renamed under an id", rows, t)
    # sheet choice adversarial
    b = B()
    wide = wide_rows(b)
    piv = [
        ["Region", *(mon(m) for m in b.months)],
        *([r, *(b.total(a, lambda w, r=r: b.regions[w] == r) for a in range(len(b.months)))] for r in REGIONS),
    ]
    yield Sheet("summary sheet first, data second", {"Summary": [["Board pack"], [], *piv], "Data": wide}, b.truth)
    yield Sheet("chart data sheet", {"Data": wide, "Chart": piv}, b.truth)
    yield Sheet(
        "readme and data",
        {
            "Read me": [["This file holds MRR by customer"], ["Owner", "Finance"]],
            "MRR": wide,
            "Lists": [["Region"], ["EMEA"], ["APAC"]],
        },
        b.truth,
    )
    lo = long_rows(b)
    yield Sheet("data long and pivot wide", {"Pivot": [["Row Labels", *wide[0][1:]], *wide[1:]], "Data": lo}, b.truth)
    yield Sheet(
        "old and new versions",
        {
            "MRR v1": wide,
            "MRR v2": [wide[0], *([r[0], *((round(v * 1.01, 2) if v else v) for v in r[1:])] for r in wide[1:])],
        },
        b.truth,
        "mend",
    )
