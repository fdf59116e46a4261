"""Long, wide and subscription sheets in ten languages, in every form of header, date and amount."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from .book import Sheet, after, book, first, iso, last, long_rows, mon, sheet, wide_rows
from .tongues import TONGUES, japanese, money


def languages() -> Iterator[Sheet]:
    for at, tongue in enumerate(TONGUES):
        made = book(at + 10, cents=tongue.code != "ja")
        when = japanese if tongue.code == "ja" else tongue.long
        brief = japanese if tongue.code == "ja" else tongue.brief
        n = max(len(tongue.customer), len(tongue.date), len(tongue.amount))
        for i in range(min(n, 4)):
            c, d, m = (part[i % len(part)] for part in (tongue.customer, tongue.date, tongue.amount))
            rows = long_rows(made, (c, d, m), (when, brief, first, last)[i])
            rows = [[row[0], tongue.manager if r == 0 else f"P{r % 4}", *row[1:]] for r, row in enumerate(rows)]
            yield sheet(f"long {tongue.code} {i} {c}/{d}/{m}", rows, made)
        yield sheet(f"wide {tongue.code} full months", wide_rows(made, (tongue.customer[0],), when), made)
        text = money(tongue.decimal)
        rows = wide_rows(made, (tongue.customer[-1],), brief, lambda x, text=text: text(x) if x else "-")
        yield sheet(f"wide {tongue.code} short months, amounts as text", rows, made)
        for i, total in enumerate(tongue.total):
            rows = wide_rows(made, (tongue.customer[0],), when)
            sums = [total, *(made.total(k) for k in range(len(made.months)))]
            rows = [*rows, sums] if i != 1 else [rows[0], sums, *rows[1:]]
            yield sheet(f"wide {tongue.code} total {total}", rows, made)
        for i in range(2):
            head = [tongue.customer[i], tongue.start[i % len(tongue.start)], tongue.end[i % len(tongue.end)]]
            head += [tongue.amount[i]] if i else ["MRR"]
            rows = [
                [made.names[w], first(made.months[s]), None if e == len(made.months) else after(made.months[e - 1]), x]
                for w, s, e, x in made.runs()
            ]
            yield sheet(
                f"subscriptions {tongue.code} {head[1]}/{head[2]}", [head, *rows], made, options={"today": _day(made)}
            )


def _day(made) -> dt.date:
    return dt.date(*made.months[-1], 20)


def period_forms() -> Iterator[Sheet]:
    """Every way to write a month in a header or a cell."""
    forms = {
        "Jan-24A": lambda m: f"{mon(m)}A",
        "Jan 24 Actual": lambda m: f"{mon(m).replace('-', ' ')} Actual",
        "Month ended 31 Dec 2024": lambda m: f"Month ended {last(m):%d %b %Y}",
        "2024M01": lambda m: f"{m[0]}M{m[1]:02d}",
        "202401": lambda m: m[0] * 100 + m[1],
        "202401 text": lambda m: f"{m[0]}{m[1]:02d}",
        "01.2024": lambda m: f"{m[1]:02d}.{m[0]}",
        "2024/1": lambda m: f"{m[0]}/{m[1]}",
        "January '24": lambda m: f"{first(m):%B} '{m[0] % 100}",
        "31/01/2024": lambda m: f"{last(m):%d/%m/%Y}",
        "01/31/2024": lambda m: f"{last(m):%m/%d/%Y}",
        "31-Jan-24": lambda m: f"{last(m):%d-%b-%y}",
        "MRR Jan-24": lambda m: f"MRR {mon(m)}",
        "Jan-24 MRR": lambda m: f"{mon(m)} MRR",
        "mrr_2024_01": lambda m: f"mrr_{m[0]}_{m[1]:02d}",
        "Sum of Jan-24": lambda m: f"Sum of {mon(m)}",
        "date": first,
        "2024-01-31T00:00": lambda m: f"{last(m)}T00:00:00",
        "Jan 1 - Jan 31, 2024": lambda m: f"{first(m):%b} 1 - {last(m):%b} {last(m).day}, {m[0]}",
        "P01 2024": lambda m: f"P{m[1]:02d} {m[0]}",
        "2024 P1": lambda m: f"FY{m[0]} P{m[1]}",
        "M1 2024": lambda m: f"M{m[1]}-{m[0]}",
        "Jan2024": lambda m: f"{first(m):%b%Y}",
        "24-Jan": lambda m: f"{m[0] % 100}-{first(m):%b}",
        "Revenue - January 2024 (USD)": lambda m: f"Revenue - {first(m):%B %Y} (USD)",
    }
    made = book(3)
    for name, when in forms.items():
        yield sheet(f"header form {name}", wide_rows(made, when=when), made)
        if name not in (
            "Sum of Jan-24",
            "24-Jan",
            "MRR Jan-24",
            "mrr_2024_01",
            "Jan-24 MRR",
            "Revenue - January 2024 (USD)",
        ):
            yield sheet(f"cell form {name}", long_rows(made, when=when), made)
    quarter = book(4, months=8)
    for name, label in (
        ("1Q24", lambda q, y: f"{q}Q{y % 100}"),
        ("Q1'24", lambda q, y: f"Q{q}'{y % 100}"),
        ("2024-Q1", lambda q, y: f"{y}-Q{q}"),
        ("Q1 FY24", lambda q, y: f"Q{q} FY{y % 100}"),
        ("1. Quartal 2024", lambda q, y: f"{q}. Quartal {y}"),
        ("T1 2024", lambda q, y: f"T{q} {y}"),
        ("Quarter 1 2024", lambda q, y: f"Quarter {q} {y}"),
    ):
        names = [label(i % 4 + 1, 2022 + i // 4) for i in range(8)]
        rows = wide_rows(quarter)
        rows[0] = ["Customer", *names]
        truth = {
            (who, f"{2022 + i // 4}-{3 * (i % 4) + 3:02d}"): x
            for who, row in zip(quarter.names, quarter.mrr, strict=True)
            for i, x in enumerate(row)
            if x
        }
        yield sheet(f"quarters {name}", rows, truth)
    years = book(5, months=4)
    for name, label in (
        ("FY2021", "FY{}"),
        ("FYE Jun-21", "FYE Dec-{}"),
        ("2021A", "{}A"),
        ("Year ended 31 Dec 2021", "Year ended 31 Dec {}"),
    ):
        rows = wide_rows(years)
        rows[0] = ["Customer", *(label.format(y if "FYE" not in label else y % 100) for y in range(2021, 2025))]
        truth = {
            (w, f"{2021 + i}-12"): x for w, r in zip(years.names, years.mrr, strict=True) for i, x in enumerate(r) if x
        }
        yield sheet(f"years {name}", rows, truth)


def amount_forms() -> Iterator[Sheet]:
    """Every way to write an amount."""
    forms = {
        "1'000.-": lambda x: f"{int(x):,}".replace(",", "'") + ".-",
        "$(25.00)": None,
        "R$ 5": lambda x: "R$ " + money(",")(x),
        "5 kr": lambda x: f"{x:,.2f}".replace(",", " ").replace(".", ",") + " kr",
        "5 zł": lambda x: f"{x:,.2f}".replace(",", "\u00a0").replace(".", ",") + " zł",
        "Rs. 500": lambda x: f"Rs. {x:,.2f}",
        "CHF 1'200": lambda x: "CHF " + f"{x:,.2f}".replace(",", "'"),
        "EUR 1.200,50": lambda x: "EUR " + money(",")(x),
        "1,200.50 USD": lambda x: f"{x:,.2f} USD",
        "$1,200.50": lambda x: f"${x:,.2f}",
        "US$ 12": lambda x: f"US$ {x:,.2f}",
        "A$12": lambda x: f"A${x:,.2f}",
        "12.50 €": lambda x: f"{x:.2f}".replace(".", ",") + " €",
        "£12": lambda x: f"£{x:,.2f}",
        "indian": lambda x: f"₹{x:,.2f}",
        "12円": lambda x: f"{int(x):,}円",
        "1200.50 Cr": lambda x: f"{x:.2f}",
        "apostrophe ’": lambda x: f"{x:,.2f}".replace(",", "’"),
    }
    for name, text in forms.items():
        if text is None:
            continue
        whole = name in ("1'000.-", "12円")
        made = book(6, cents=not whole)
        rows = long_rows(made, ("Customer", "Month", "Revenue"), money=text)
        yield sheet(f"amounts {name}", rows, made)
    made = book(7)
    truth = {key: x for key, x in made.truth.items()}
    for name, form in (
        ("$(25.00)", "$(25.00)"),
        ("(25.00)", "(25.00)"),
        ("-$25.00", "-$25.00"),
        ("25.00-", "25.00-"),
        ("25.00 CR", "25.00 CR"),
    ):
        rows = long_rows(made, ("Customer", "Month", "Revenue"), money=lambda x: f"{x:.2f}")
        who, at, x = next(iter(made.cells()))
        rows.append([made.names[who], iso(made.months[at]), form])
        less = {**truth, (made.names[who], iso(made.months[at])): x - 25}
        yield sheet(f"credit {name}", rows, less)
    for title, factor in (
        ("in thousands", 1000),
        ("USD k", 1000),
        ("(EUR '000)", 1000),
        ("in EUR million", 1e6),
        ("$m", 1e6),
        ("TEUR", 1000),
    ):
        rows = wide_rows(made, money=lambda x, f=factor: x or None)
        scaled = {key: x * factor for key, x in truth.items()}
        yield sheet(f"scale title {title}", [[f"Revenue by customer, {title}"], [], *rows], scaled)
        rows = long_rows(made, ("Customer", "Month", f"Revenue {title}"))
        yield sheet(f"scale header {title}", rows, scaled)


def every() -> Iterator[Sheet]:
    yield from languages()
    yield from period_forms()
    yield from amount_forms()
