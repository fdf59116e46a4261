"""Rows that are no customers' revenue: totals in every position, ids against names, statuses, scenarios, measures."""

from __future__ import annotations

import random
from collections.abc import Iterator

from .book import REGIONS, Book, Rows, Sheet, book, first, iso, last, long_rows, mon, sheet, wide_rows

ASKED = ("values-decided",)


def _sums(made: Book, label: str, inside=lambda who: True, lead: int = 1) -> list:
    return [label, *[None] * (lead - 1), *(made.total(at, inside) for at in range(len(made.months)))]


def totals() -> Iterator[Sheet]:
    made = book(21)
    head, *body = wide_rows(made)
    yield sheet("total without a name", [head, *body, _sums(made, "")], made)
    yield sheet("total named by nothing known", [head, *body, _sums(made, "Alle zusammen")], made)
    yield sheet("total of everything, company's name", [head, *body, _sums(made, "Contoso Inc")], made)
    yield sheet("total above the first customer", [head, _sums(made, "All"), *body], made)
    yield sheet("total above the header", [_sums(made, "Total"), head, *body], made)
    rounded = ["Total", *(float(round(made.total(at))) for at in range(len(made.months)))]
    yield sheet("total rounded to whole", [head, *body, rounded], made)
    counts = ["Customers", *(sum(1 for row in made.mrr if row[at]) for at in range(len(made.months)))]
    growth = ["Growth", None, *(round(made.total(a) / made.total(a - 1) - 1, 4) for a in range(1, len(made.months)))]
    average = ["Average MRR", *(round(made.total(a) / counts[a + 1], 2) for a in range(len(made.months)))]
    yield sheet("total, count and growth rows", [head, *body, _sums(made, "Total MRR"), counts, growth, average], made)
    yield sheet("count row without total", [head, *body, [], ["# customers", *counts[1:]]], made)
    arr = ["ARR", *(round(12 * made.total(at), 2) for at in range(len(made.months)))]
    yield sheet("total and ARR row", [head, *body, _sums(made, "MRR"), arr], made)
    yield sheet("stale total", [head, *body, ["Total", *(x + 1000 for x in _sums(made, "")[1:])]], made, "mend")
    groups: Rows = [head]
    plain: Rows = [["Region", *head]]
    outline: Rows = [["Region", *head]]
    for region in REGIONS:
        inside = [who for who in range(len(made.names)) if made.regions[who] == region]
        is_in = inside.__contains__
        if not inside:
            continue
        groups += [_sums(made, region, is_in), *(body[who] for who in inside)]
        plain += [*([region, *body[who]] for who in inside), [f"{region} Total", *_sums(made, "", is_in)]]
        outline += [[region, *_sums(made, "", is_in)], *(["", *body[who]] for who in inside)]
    yield sheet(
        "pivot, compact, grand total", [["Row Labels", *head[1:]], *groups[1:], _sums(made, "Grand Total")], made
    )
    yield sheet(
        "pivot, compact, German",
        [["Zeilenbeschriftungen", *head[1:]], *groups[1:], _sums(made, "Gesamtergebnis")],
        made,
    )
    yield sheet("pivot, compact, no grand total", groups, made)
    yield sheet("pivot, tabular, subtotals", [*plain, ["Grand Total", *_sums(made, "")]], made)
    yield sheet("pivot, outline", [*outline, ["Grand Total", *_sums(made, "")]], made)
    below = [head]
    for region in REGIONS:
        inside = [who for who in range(len(made.names)) if made.regions[who] == region]
        if inside:
            below += [*(body[who] for who in inside), _sums(made, f"Total {region}", inside.__contains__)]
    yield sheet("subtotals below, Total REGION, no region column", [*below, _sums(made, "Total")], made)
    block = [_sums(made, region, lambda who, region=region: made.regions[who] == region) for region in REGIONS]
    yield sheet("block by region at the end", [head, *body, [], *block], made)
    yield sheet(
        "block by region at the end with total", [head, *body, _sums(made, "Total"), [], ["By region"], *block], made
    )
    yield sheet(
        "total column", [[*head, "Total"], *([*row, round(sum(x or 0 for x in row[1:]), 2)] for row in body)], made
    )
    yield sheet(
        "total column, Spanish",
        [[*head, "Suma"], *([*row, round(sum(x or 0 for x in row[1:]), 2)] for row in body)],
        made,
    )
    quarter = [
        [*head[:4], "Q1 2023", *head[4:]],
        *([*row[:4], round(sum(x or 0 for x in row[1:4]), 2), *row[4:]] for row in body),
    ]
    yield sheet("quarter column among months", quarter, made)
    long = long_rows(made)
    yield sheet("long with a grand total", [*long, ["Grand Total", "", round(sum(made.truth.values()), 2)]], made)
    monthly: Rows = [long[0]]
    for at, month in enumerate(made.months):
        monthly += [row for row in long[1:] if row[1] == iso(month)] + [["Total", iso(month), made.total(at)]]
    yield sheet("long with a total a month", monthly, made)
    everybody = [[("All customers" if row[0] == "Total" else row[0]), *row[1:]] for row in monthly]
    yield sheet("long with All customers a month", everybody, made)
    netsuite = [*long, ["Overall Total", None, round(sum(made.truth.values()), 2)]]
    yield sheet("long, NetSuite's Overall Total", netsuite, made)
    flat = Book(
        made.names[:6],
        made.months,
        tuple((p,) * 15 for p in (100.0, 100.0, 200.0, 50.0, 50.0, 500.0)),
        made.regions[:6],
        made.ids[:6],
    )
    yield sheet("flat prices that add up", wide_rows(flat), flat, "mend")
    yield sheet("flat prices that add up, with total", [*wide_rows(flat), _sums(flat, "Total")], flat)
    yield sheet("two equal customers", wide_rows(book(22, 2, 13)), book(22, 2, 13))


def identity() -> Iterator[Sheet]:
    made = book(23)
    heads = (
        "Customer ID",
        "Account ID",
        "Customer No.",
        "UID",
        "Domain",
        "VAT number",
        "Kundennummer",
        "client_id",
        "Debitor Nr.",
        "Account Number",
    )
    for at, name in enumerate(heads):
        rows: Rows = [[name, "Customer", "Month", "MRR"]]
        renamed = {2: "Beta Foods Group", 5: "Foxtrot", 7: "Lux Hotels"}
        for who, when, x in made.cells():
            label = renamed.get(who, made.names[who]) if when >= 9 else made.names[who]
            rows.append([made.ids[who], label, iso(made.months[when]), x])
        names = [renamed.get(who, name) for who, name in enumerate(made.names)]
        latest = {}
        for who, when, _ in made.cells():
            latest[who] = names[who] if when >= 9 else made.names[who]
        truth = {(latest[who], iso(made.months[when])): x for who, when, x in made.cells()}
        if at % 2:
            rows = [[row[1], *row[2:], row[0]] for row in rows]
        yield sheet(f"renamed under {name}", rows, truth)
    twins = [[f"10{who}", "Acme Ltd" if who in (0, 1) else made.names[who], *row] for who, row in enumerate(made.mrr)]
    rows = [
        ["Account ID", "Account Name", *map(mon, made.months)],
        *([x or None if isinstance(x, float) else x for x in row] for row in twins),
    ]
    truth = {
        (f"Acme Ltd (10{who})" if who in (0, 1) else made.names[who], iso(made.months[a])): x
        for who, a, x in made.cells()
    }
    yield sheet("two ids with one name, wide", rows, truth)
    rows = [["Invoice ID", "Customer", "Month", "MRR"]]
    rows += [[f"INV-{n}", made.names[w], iso(made.months[a]), x] for n, (w, a, x) in enumerate(made.cells())]
    yield sheet("an invoice id is no customer", rows, made)
    rows = [["ID", "Customer", "Month", "MRR"]]
    rows += [[n, made.names[w], iso(made.months[a]), x] for n, (w, a, x) in enumerate(made.cells())]
    yield sheet("a row's id is no customer", rows, made)
    rows = [
        ["Parent Account", "Account", "Month", "MRR"],
        *([REGIONS[w % 3] + " Holding", made.names[w], iso(made.months[a]), x] for w, a, x in made.cells()),
    ]
    yield sheet("child accounts under a parent", rows, made)
    rows = [["Customer ID", "Month", "MRR"], *([made.ids[w], iso(made.months[a]), x] for w, a, x in made.cells())]
    yield sheet("only an id", rows, {(made.ids[w], iso(made.months[a])): x for w, a, x in made.cells()})
    rows = [["Customer ID", "Month", "MRR"], *([1000 + w, iso(made.months[a]), x] for w, a, x in made.cells())]
    yield sheet("only a number as id", rows, {(str(1000 + w), iso(made.months[a])): x for w, a, x in made.cells()})


def statuses() -> Iterator[Sheet]:
    made = book(24)
    rng = random.Random(5)

    def mixed(
        head: str, good: str, bad: tuple[str, ...], share: float = 0.1, amount: str = "Amount", more=None
    ) -> Rows:
        rows: Rows = [["Customer", "Invoice date", head, amount]]
        for who, at, x in made.cells():
            rows.append([made.names[who], last(made.months[at]), good, x])
            if rng.random() < share:
                rows.append(
                    [made.names[who], last(made.months[at]), rng.choice(bad), round(x * rng.uniform(0.4, 1.4), 2)]
                )
        return rows

    for head, good, bad in (
        ("Status", "Paid", ("Void", "Draft")),
        ("Stage", "Closed Won", ("Closed Lost", "Negotiation", "Qualification")),
        ("Invoice status", "Posted", ("Cancelled invoice draft", "Draft")),
        ("Scenario", "Actual", ("Budget",)),
        ("Version", "Actual", ("Forecast", "Budget")),
        ("Data type", "Ist", ("Plan",)),
        ("Szenario", "Ist", ("Budget", "Forecast")),
        ("Recurring?", "Yes", ("No",)),
        ("Is recurring", True, (False,)),
        ("Recurring", "Y", ("N",)),
        ("One-time", "No", ("Yes",)),
        ("Payment status", "succeeded", ("failed",)),
        ("Estado", "Pagada", ("Anulada",)),
        ("Statut", "Payée", ("Annulée", "Brouillon")),
        ("Act/Bud", "Actual", ("Budget",)),
        ("State", "posted", ("draft",)),
        ("Type", "Recurring", ("One-time", "Setup fee")),
        ("Revenue type", "Subscription", ("Professional services", "One-off")),
    ):
        if head == "Invoice status":
            bad = ("Draft", "Voided")
        yield sheet(f"rows by {head}: {bad[0]}", mixed(head, good, bad), made)
    yield sheet("Cancelled invoices", mixed("Status", "Paid", ("Cancelled",)), made, "mend")
    rows: Rows = [["Customer", "Month", "Version", "MRR"]]
    for version, factor in (("v1", 1.0), ("v2", 1.03)):
        rows += [[made.names[w], iso(made.months[a]), version, round(x * factor, 2)] for w, a, x in made.cells()]
    yield sheet("two versions", rows, made, "mend")
    credit: Rows = [["Customer", "Date", "Document type", "Amount"]]
    truth = made.truth
    for n, (who, at, x) in enumerate(made.cells()):
        credit.append([made.names[who], first(made.months[at]), "Invoice", x])
        if n % 17 == 3:
            back = round(x * 0.3, 2)
            credit.append([made.names[who], first(made.months[at]), "Credit note", back])
            truth = {**truth, (made.names[who], iso(made.months[at])): x - back}
    yield sheet("credit notes with a positive sign", credit, truth)
    negative = [[*row[:3], -row[3] if row[2] == "Credit note" else row[3]] for row in credit[1:]]
    yield sheet("credit notes with a negative sign", [credit[0], *negative], truth)
    rows = [["Customer", "Status", *map(mon, made.months)]]
    rows += [
        [made.names[w], "Active" if made.mrr[w][-1] else "Churned", *(x or None for x in made.mrr[w])]
        for w in range(len(made.names))
    ]
    yield sheet("wide with a customer's status", rows, made)
    rows = [["Customer", "Month", "Status", "MRR"]]
    rows += [
        [made.names[w], iso(made.months[a]), "Active" if made.mrr[w][-1] else "Cancelled", x]
        for w, a, x in made.cells()
    ]
    yield sheet("long with a customer's status", rows, made)
    both = [["Customer", "Scenario", *map(mon, made.months)]]
    for name, row in zip(made.names, made.mrr, strict=True):
        both += [[name, "Actual", *(x or None for x in row)], [name, "Budget", *(x * 1.1 or None for x in row)]]
    yield sheet("wide, actual and budget rows", both, made)
    yield sheet("wide, actual and budget columns", _beside(made, "Actual", "Budget"), made)
    yield sheet(
        "wide, forecast columns at the end", _forecast(made), {k: x for k, x in made.truth.items() if k[1] <= "2023-12"}
    )


def _beside(made: Book, one: str, other: str) -> Rows:
    rows: Rows = [["Customer", *(f"{mon(m)} {what}" for m in made.months for what in (one, other))]]
    for name, row in zip(made.names, made.mrr, strict=True):
        rows.append([name, *(y or None for x in row for y in (x, round(x * 1.1, 2)))])
    return rows


def _forecast(made: Book) -> Rows:
    return [["Customer", *(mon(m) + ("E" if m > (2023, 12) else "A") for m in made.months)], *wide_rows(made)[1:]]


def every() -> Iterator[Sheet]:
    yield from totals()
    yield from identity()
    yield from statuses()
