"""Months whose year stands elsewhere, and marks of what is planned beside the headers: no month is lost or added."""

import pytest

import nrr_xl
from nrr_xl.errors import InputError

from .sheets.board import outcome
from .sheets.book import Book, Rows, Sheet, book, first, sheet

WORDS = {
    "en": "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(),
    "long": "January February March April May June July August September October November December".split(),
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember".split(),
    "fr": "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.".split(),
}


def wide(made: Book, *heads: list, back: bool = False, more=lambda who: []) -> Rows:
    return [
        *heads,
        *(
            [name, *(row[::-1] if back else row), *more(who)]
            for who, (name, row) in enumerate(zip(made.names, made.mrr, strict=True))
        ),
    ]


def once(made: Book, said: list[str], form: str = "{y} {m}", at_end: bool = False) -> list[str]:
    """Each month by its name, and its year with the first (or the last) of each year only."""
    edges = {}
    for place, (year, _) in enumerate(made.months):
        edges[year] = place if at_end else edges.get(year, place)
    return [
        form.format(y=y, m=said[m - 1]) if edges[y] == place else said[m - 1]
        for place, (y, m) in enumerate(made.months)
    ]


def years_apart(made: Book, below: bool, each: bool) -> list[list]:
    """The names of months in one row, the years in the row above or below."""
    years = [y if each or place == 0 or m == 1 else None for place, (y, m) in enumerate(made.months)]
    months = ["Customer", *(WORDS["en"][m - 1] for _, m in made.months)]
    return [months, [None, *years]] if below else [[None, *years], months]


def pivot(made: Book) -> Rows:
    """A pivot of years over months, with a total of each year, of each customer's rows and of all."""
    top, lower = ["Sum of MRR", None], ["Customer", "Plan"]
    places: list[list[int]] = []
    for place, (year, month) in enumerate(made.months):
        if place == 0 or month == 1:
            places.append([])
        top.append(f"{year}" if len(places[-1]) == 0 else None)
        lower.append(WORDS["en"][month - 1])
        places[-1].append(place)
        if month == 12 or place == len(made.months) - 1:
            top.append(f"{year} Total")
            lower.append(None)

    def line(amounts):
        return [cell for year in places for cell in (*(amounts[at] for at in year), sum(amounts[at] for at in year))]

    rows: Rows = [[*top, "Grand Total"], [*lower, None]]
    for name, row in zip(made.names, made.mrr, strict=True):
        base = [round(amount * 0.6, 2) for amount in row]
        plus = [round(amount - part, 2) for amount, part in zip(row, base, strict=True)]
        rows += [[name, "Base", *line(base), sum(base)], [None, "Plus", *line(plus), sum(plus)]]
        rows += [[f"{name} Total", None, *line(row), sum(row)]]
    sums = [sum(row[at] for row in made.mrr) for at in range(len(made.months))]
    return [*rows, ["Grand Total", None, *line(sums), sum(sums)]]


def planned(made: Book, mark: str, place: str) -> Rows:
    """Two planned months after the actual ones; the row above or below the headers says which they are."""
    dates = [first(month) for month in made.months]
    coming = [(dates[-1].replace(year=dates[-1].year + 1, month=month)) for month in (11, 12)]
    count = len(made.months)
    each = [None, *["Actual" if mark != "F" else "A"] * count, mark, mark]
    some = [None, "Actual", *[None] * (count - 1), mark, None]
    alone = [None, *[None] * count, mark, None]
    heads = [["Customer", *dates, *coming]]
    heads = [*heads, each] if place == "below" else [some if place == "first" else alone, *heads]
    return wide(made, *heads, more=lambda who: [made.mrr[who][-1] + 900, made.mrr[who][-1] + 1000])


def every():
    made = book(900, months=17, start=(2023, 8))
    for name, said in WORDS.items():
        yield sheet(f"{name}, year once", wide(made, ["Customer", *once(made, said)]), made)
        yield sheet(f"{name}, year once behind", wide(made, ["Kunde", *once(made, said, "{m} {y}")]), made, form="csv")
    yield sheet("year with the last", wide(made, ["Customer", *once(made, WORDS["en"], "{m}-{y}", True)]), made)
    back = Book(made.names, made.months[::-1], made.mrr, made.regions, made.ids)
    yield sheet("newest first", wide(made, ["Customer", *once(back, WORDS["en"])], back=True), made)
    for below in (False, True):
        for each in (False, True):
            name = f"years {'below' if below else 'above'}, {'each' if each else 'once'}"
            yield sheet(name, wide(made, *years_apart(made, below, each)), made)
    made = book(901, months=24)
    yield sheet("pivot", pivot(made), made, "mend", mend={"fill_down": True})
    labels = [None, *(f"P{m}" for _, m in made.months)]
    yield sheet("labels below", wide(made, ["Customer", *map(first, made.months)], labels), made)
    for mark in ("Forecast", "Budget", "Prognose", "Outlook", "F"):
        for place in ("first", "alone", "below") if mark != "F" else ("below",):
            yield sheet(f"{mark} {place}", planned(book(902, months=14), mark, place), book(902, months=14))


@pytest.mark.parametrize("made", list(every()), ids=lambda made: made.name)
def test_the_months_are_those_that_came_to_be(made: Sheet):
    assert outcome(made) in (("exact", ""), ("mended", "")) if made.expect == "mend" else outcome(made) == ("exact", "")


def test_quarters_run_on_as_months_do(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text("Customer,2023 Q3,Q4,Q1,Q2\na,1,2,3,4\nb,5,6,7,8\n", "utf-8")
    cube = nrr_xl.read(path)
    assert cube.periods.labels == ("Q3 2023", "Q4 2023", "Q1 2024", "Q2 2024")


@pytest.mark.parametrize(
    "heads", ["Jan 2023,Feb,Jan", "2023 Jan,Feb,2022 Mar", "Jan 2023,Mar,Feb,Apr", "Nov 2023,Feb,Mar"]
)
def test_a_month_that_could_be_of_several_years_is_asked_about(tmp_path, heads):
    path = tmp_path / "rows.csv"
    values = ",".join(str(at) for at in range(1, 2 + heads.count(",")))
    path.write_text(f"Customer,{heads}\na,{values}\nb,{values}\n", "utf-8")
    with pytest.raises(InputError, match=r"header that names none"):
        nrr_xl.read(path)
