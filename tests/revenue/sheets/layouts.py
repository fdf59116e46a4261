"""Where the table stands: fill-down, stacked, several sheets, side by side, turned, repeated headers, odd places."""

from __future__ import annotations

from collections.abc import Iterator

from .book import REGIONS, Book, Rows, Sheet, book, first, iso, long_rows, mon, sheet, wide_rows


def _by_region(made: Book) -> dict[str, list[int]]:
    found = {region: [w for w in range(len(made.names)) if made.regions[w] == region] for region in REGIONS}
    return {region: inside for region, inside in found.items() if inside}


def layouts() -> Iterator[Sheet]:
    made = book(60)
    wide = wide_rows(made)
    m = made.months
    long = long_rows(made)
    grouped: Rows = [["Customer", "Month", "MRR"]]
    for w, name in enumerate(made.names):
        mine = [(a, x) for v, a, x in made.cells() if v == w]
        grouped += [[name if k == 0 else None, iso(m[a]), x] for k, (a, x) in enumerate(mine)]
    yield sheet("names on the first row of a group", grouped, made)
    products: Rows = [["Customer", "Product", *map(mon, m)]]
    for name, row in zip(made.names, made.mrr, strict=True):
        products += [
            [name, "Core", *(round(x * 0.75, 2) or None for x in row)],
            [None, "Add-on", *(round(x - round(x * 0.75, 2), 2) or None for x in row)],
        ]
    yield sheet("names on the first row, products", products, made)
    turned: Rows = [
        ["Month", *made.names],
        *([mon(m[a]), *(row[a] or None for row in made.mrr)] for a in range(len(m))),
    ]
    yield sheet("turned on its side", turned, made)
    yield sheet(
        "turned, with totals",
        [[*turned[0], "Total"], *([*r, round(sum(x or 0 for x in r[1:]), 2)] for r in turned[1:])],
        made,
    )
    yield sheet("turned, dates", [turned[0], *([first(m[a]), *r[1:]] for a, r in enumerate(turned[1:]))], made)
    beside = [[*left, None, *right] for left, right in zip(wide[:8], [wide[0], *wide[8:15]], strict=True)]
    yield sheet("two tables side by side, other customers", beside, made, "mend")
    actual_budget = [
        [*row, None, *([row[0], *row[1:]] if n == 0 else [row[0], *(x * 1.1 if x else None for x in row[1:])])]
        for n, row in enumerate(wide)
    ]
    yield sheet("two tables side by side, budget", [["Actual", *[None] * 16, "Budget"], *actual_budget], made, "mend")
    beside = [
        [*row, None, *extra]
        for row, extra in zip(
            wide,
            [["Region", "Headcount"], *([r, 10 + n] for n, r in enumerate([*REGIONS, *[None] * 11]))],
            strict=False,
        )
    ]
    yield sheet("a lookup table beside", beside, made)
    paged: Rows = []
    for at in range(0, len(long) - 1, 40):
        paged += [long[0], *long[1 + at : 41 + at], [], [f"Page {at // 40 + 1}"]]
    yield sheet("headers repeated down the page", paged, made)
    regional: Rows = []
    for region, inside in _by_region(made).items():
        regional += [[region], wide[0], *(wide[1 + w] for w in inside), []]
    yield sheet("stacked by region under one header", regional, made)
    yield sheet(
        "stacked, budget under one header",
        [
            ["Actual"],
            *wide,
            [],
            ["Budget"],
            wide[0],
            *([r[0], *(x and round(x * 1.07, 2) for x in r[1:])] for r in wide[1:]),
        ],
        made,
        "mend",
    )
    sheets = {
        mon(m[a]): [["Customer", "MRR"], *([made.names[w], x] for w, b, x in made.cells() if b == a)]
        for a in range(len(m))
    }
    yield Sheet("a sheet a month", sheets, made.truth)
    sheets = {
        f"{m[a][0]}-{m[a][1]:02d}": [
            ["Report"],
            [],
            ["Customer", "Region", "MRR"],
            *([made.names[w], made.regions[w], x] for w, b, x in made.cells() if b == a),
        ]
        for a in range(len(m))
    }
    yield Sheet("a sheet a month, with titles", sheets, made.truth)
    sheets = {region: [wide[0], *(wide[1 + w] for w in inside)] for region, inside in _by_region(made).items()}
    yield Sheet("a sheet a region, wide", sheets, made.truth)
    sheets = {
        region: [long[0], *(r for r in long[1:] if made.names.index(r[0]) in inside)]
        for region, inside in _by_region(made).items()
    }
    yield Sheet("a sheet a region, long", sheets, made.truth)
    half = made.months.index((2024, 1))
    sheets = {"2023": [r[: half + 1] for r in wide], "2024": [[r[0], *r[half + 1 :]] for r in wide]}
    yield Sheet("a sheet a year", sheets, made.truth)
    sheets = {"EMEA": wide[:9], "APAC": [wide[0], *wide[7:]]}
    truth = dict(made.truth)
    for w in (6, 7):
        truth |= {(made.names[w], iso(m[a])): 2 * x for a, x in enumerate(made.mrr[w]) if x}
    yield Sheet("sheets that share customers", sheets, truth, "mend")
    sheets = {"Actuals": wide, "Budget": [wide[0], *([r[0], *(x and x * 1.1 for x in r[1:])] for r in wide[1:])]}
    yield Sheet("actual and budget sheets", sheets, made.truth, "mend")
    sheets = {
        "Data": long,
        "Pivot": [["Region", "Sum of MRR"], ["EMEA", 10.0], ["APAC", 20.0]],
        "Notes": [["Prepared by", "Jo"]],
    }
    yield Sheet("data, pivot and notes", sheets, made.truth)
    yield Sheet("cover sheet first", {"Cover": [["Board pack"], ["Confidential"]], "MRR": wide}, made.truth)
    currency = [
        ["Customer", "Currency", *map(mon, m)],
        *(
            [n, "EUR" if w % 2 else "USD", *(x or None for x in row)]
            for w, (n, row) in enumerate(zip(made.names, made.mrr, strict=True))
        ),
    ]
    yield sheet("currency column beside converted amounts", currency, made, "mend")
    yield sheet("titles above", [["Contoso Ltd"], ["MRR by customer"], ["as of 31 Mar 2024"], [], *wide], made)
    yield sheet("notes below", [*wide, [], ["Source: billing"], ["* restated"]], made)
    yield sheet("offset", [[], [], *([None, None, *row] for row in wide)], made)
    spaced = [[r[0], None, *r[1:7], None, *r[7:]] for r in wide]
    yield sheet("spacer columns", spaced, made)
    blank_rows = [row for r in wide for row in (r, [])]
    yield sheet("a blank row after each", blank_rows, made)
    two = [
        [None, *(x[0] if a == 0 or m[a][1] == 1 else None for a, x in enumerate(m))],
        ["Customer", *(f"{first(x):%b}" for x in m)],
        *wide[1:],
    ]
    yield sheet("year over month", two, made)
    descending = [[r[0], *reversed(r[1:])] for r in wide]
    yield sheet("newest first", descending, made)
    shuffled = [wide[0], *sorted(wide[1:], key=lambda r: str(r[0])[::-1])]
    yield sheet("csv, semicolons", shuffled, made, form="csv", options={"_delimiter": ";"})
    yield sheet("csv, tabs", long, made, form="csv", options={"_delimiter": "\t"})
    names: Rows = [["Who", "When", "How much"], *long[1:]]
    yield sheet("no known header", names, made)
    yield sheet("no header at all", long[1:], made)
    decoys: Rows = [
        [
            "Invoice no",
            "Customer since",
            "Account manager",
            "Client",
            "Seats",
            "Phone",
            "Period",
            "Tax amount",
            "Net revenue",
            "Zip",
        ]
    ]
    decoys += [
        [
            5000 + n,
            first((2020, 3)),
            f"M{w % 4}",
            made.names[w],
            3 + w,
            555000 + w,
            iso(m[a]),
            round(x * 0.2, 2),
            x,
            10000 + w,
        ]
        for n, (w, a, x) in enumerate(made.cells())
    ]
    yield sheet("decoys beside every part", decoys, made)
    partial_rows = [r for r in long[1:] if r[1] != iso(m[-1]) or made.names.index(r[0]) < 3]
    part = {k: x for k, x in made.truth.items() if k[1] != iso(m[-1]) or made.names.index(k[0]) < 3}
    yield sheet("a last month that is not complete", [long[0], *partial_rows], part)
    rows = [
        ["Customer", "Date", "MRR"],
        *([made.names[w], first(m[a]) if n else first((2224, 1)), x] for n, (w, a, x) in enumerate(made.cells())),
    ]
    less = dict(made.truth)
    del less[made.names[next(made.cells())[0]], iso(m[0])]
    yield sheet("a date of 2224", rows, less, "mend")


def every() -> Iterator[Sheet]:
    yield from layouts()
