"""Periods over products in two header rows: each product counts once, totals and plans beside them not at all."""

import random

import numpy as np
import pytest

from nrr_xl.errors import InputError
from nrr_xl.revenue.read import read

from .sheets.board import outcome
from .sheets.book import Book, Rows, Sheet, book, mon, sheet

NAMES = ("Core", "Plus", "Analytics")


def two_rows(made: Book, labels: tuple[str, ...] = NAMES, total: str = "{} Total", repeat: bool = False) -> Rows:
    """Each month's MRR in parts under `labels`, with a column of the month's total if it has a header."""
    rng, top, lower = random.Random(7), ["Customer", "Region"], [None, None]
    for month in map(mon, made.months):
        top += [month if at == 0 or repeat else None for at in range(len(labels))]
        top += [total.format(month)] if total else []
        lower += [*labels] + ([None] if total else [])
    rows: Rows = [["MRR by product"], [], top, lower]
    for who, amounts in enumerate(made.mrr):
        row = [made.names[who], made.regions[who]]
        for amount in amounts:
            parts = [round(amount * rng.random() / len(labels), 2) for _ in labels[1:]]
            parts = [round(amount - sum(parts), 2), *parts]
            row += [part or None for part in parts] + ([amount or None] if total else [])
        rows.append(row)
    return rows


def every():
    for seed, form in enumerate(("xlsx", "csv")):
        made = book(700 + seed)
        for name, rows in (
            ("with totals", two_rows(made)),
            ("without totals", two_rows(made, total="")),
            ("months repeated", two_rows(made, repeat=True)),
            ("two products", two_rows(made, ("Base", "Support"))),
            ("total first words", two_rows(made, total="Total {}")),
        ):
            yield sheet(f"{form}, {name}", rows, made, form=form)
        rows = two_rows(made)
        rows[2].append("Grand Total")
        for row in rows[4:]:
            row.append(round(sum(cell or 0 for cell in row[5::4]), 2))
        yield sheet(f"{form}, grand total", rows, made, form=form)
        rows = two_rows(made)
        sums = (round(sum(row[at] or 0 for row in rows[4:]), 2) for at in range(2, len(rows[2])))
        rows.append(["Total", None, *sums])
        yield sheet(f"{form}, total row", rows, made, form=form)


@pytest.mark.parametrize("made", list(every()), ids=lambda made: made.name)
def test_products_below_periods_count_once(made: Sheet):
    assert outcome(made) == ("exact", "")


def read_rows(tmp_path, rows: Rows):
    path = tmp_path / "rows.csv"
    path.write_text("\n".join(",".join("" if cell is None else str(cell) for cell in row) for row in rows), "utf-8")
    return read(path)


def test_it_is_told_at_the_top_with_the_sum_of_the_totals_and_products_are_a_segment(tmp_path):
    made = book(710)
    cube = read_rows(tmp_path, two_rows(made))
    told = {problem.code: problem for problem in cube.problems}
    assert told["over-products"].severity == "warning" and told["over-products"].cell == "C3"
    assert f"left out: {sum(map(sum, made.mrr)):,.2f}" in told["over-products"].action
    assert "equal no sum" not in told["over-products"].action
    assert set(cube.segments["Product"].values) == set(NAMES)


def test_totals_that_equal_no_sum_are_counted(tmp_path):
    rows = two_rows(book(711))
    rows[4][5] = 1.0
    told = {problem.code: problem for problem in read_rows(tmp_path, rows).problems}
    assert "1 of them equal no sum of products" in told["over-products"].action


def test_planned_amounts_below_periods_are_left_out(tmp_path):
    rows = [["Customer", "Jan-24", "", "Feb-24", ""], ["", *["Actual", "Budget"] * 2]]
    rows += [["a", 1, 2, 3, 4], ["b", 5, 6, 7, 8]]
    cube = read_rows(tmp_path, rows)
    assert cube.amounts.tolist() == [[1, 3], [5, 7]]
    assert "Planned amounts are left out: 20.00" in next(p.action for p in cube.problems if p.code == "over-products")


BESIDE = {
    "New Churn MRR": "MRR",
    "MRR Users": "MRR",
    "Users MRR": "MRR",
    "Actual Budget PY": "Actual",
    "PY Actual": "Actual",
    "Plan Ist Abw": "Ist",
    "Units Price Revenue": "Revenue",
    "Opening New Churn Closing": "Closing",
    "ARR MRR": "MRR",
    "Gross Tax Net": "Net",
    "Cost Revenue Margin": "Revenue",
}
ASKED = ("EUR USD", "New Churn", "Gross Net", "Billed Recognized", "Billings Revenue Bookings Sales")


def measured(labels: str, form: str) -> tuple[Rows, dict[str, list[list[float]]]]:
    """Rows with each label's amounts in every month: below the months, above them, or in one header with them."""
    said, months = labels.split(), ("Jan-24", "Feb-24", "Mar-24")
    amounts = {
        label: [[100 * w + 7 * a + 13.5 * n * (w + 1) for a in range(3)] for w in (1, 2, 3)]
        for n, label in enumerate(said)
    }
    pairs = (
        [(m, n) for n in range(len(said)) for m in range(3)]
        if form == "above"
        else [(m, n) for m in range(3) for n in range(len(said))]
    )
    if form == "one row":
        rows: Rows = [["Customer", *(f"{months[m]} {said[n]}" for m, n in pairs)]]
    else:
        one, two = [months[m] for m, _ in pairs], [said[n] for _, n in pairs]
        rows = [["", *one], ["Customer", *two]] if form == "below" else [["", *two], ["Customer", *one]]
    return [*rows, *([name, *(amounts[said[n]][w][m] for m, n in pairs)] for w, name in enumerate("abc"))], amounts


@pytest.mark.parametrize("form", ["below", "above", "one row"])
@pytest.mark.parametrize("labels", BESIDE)
def test_the_measure_that_is_revenue_is_read_and_told(tmp_path, labels, form):
    rows, amounts = measured(labels, form)
    cube = read_rows(tmp_path, rows)
    assert cube.amounts.tolist() == amounts[BESIDE[labels]]
    assert {"measure-chosen", "over-products"} & {
        p.code for p in cube.problems if p.severity == "warning"
    } or form == "one row"


@pytest.mark.parametrize("form", ["below", "above", "one row"])
@pytest.mark.parametrize("labels", ASKED)
def test_which_measure_is_asked_and_each_answer_is_read(tmp_path, labels, form):
    rows, amounts = measured(labels, form)
    with pytest.raises(InputError, match="which one is the amount is not said") as refused:
        read_rows(tmp_path, rows)
    for label in labels.split():
        assert f'--amount "{label}"' in str(refused.value)
        assert read(tmp_path / "rows.csv", columns={"amount": label}).amounts.tolist() == amounts[label]


def test_labels_whose_amounts_are_in_one_proportion_are_no_products(tmp_path):
    made = book(712)
    rows = two_rows(made, ("Alpha", "Beta"), total="")
    for row in rows[4:]:
        row[3::2] = [None if cell is None else round(cell * 1.19, 4) for cell in row[2::2]]
    with pytest.raises(InputError, match="which one is the amount"):
        read_rows(tmp_path, rows)


def apart(labels: tuple[str, ...], form: str, head: Rows | None = None, part: float = 0.0) -> tuple[Rows, Book]:
    """Rows of a book of which each label holds a part, without totals; `part` is the first one's share, 0 for any."""
    made = book(713)
    two = two_rows(made, labels, total="")
    for row in two[4:] if part else ():
        for at in range(2, len(row), 2):
            whole = (row[at] or 0) + (row[at + 1] or 0)
            row[at] = round(whole * part, 4) or None
            row[at + 1] = round(whole - (row[at] or 0), 4) or None
    if form == "one row":
        months = [mon(month) for month in made.months for _ in labels]
        top = [f"{label} {month}" for label, month in zip([*labels] * len(made.months), months, strict=True)]
        return [*(head or []), ["Customer", "Region", *top], *two[4:]], made
    return [*(head or []), *two[2:]], made


def totals_of(cube) -> list[float]:
    return np.round(cube.amounts.sum(axis=0), 2).tolist()


def sums_of(made: Book) -> list[float]:
    return [made.total(at) for at in range(len(made.months))]


@pytest.mark.parametrize("form", ["below", "one row"])
@pytest.mark.parametrize(
    "labels", [("Alpha", "Beta"), ("Uno", "Dos", "Tres"), ("Core MRR", "Plus MRR"), ("Core", "Plus")]
)
def test_labels_that_nothing_explains_are_asked_about_and_both_answers_are_read(tmp_path, labels, form):
    rows, made = apart(labels, form, part=0.6 if labels == ("Core", "Plus") else 0)
    with pytest.raises(InputError, match="--amount all") as refused:
        read_rows(tmp_path, rows)
    assert all(f'--amount "{label}"' in str(refused.value) for label in labels)
    added = read(tmp_path / "rows.csv", columns={"amount": "all"})
    assert totals_of(added) == sums_of(made)
    assert "over-products" in {p.code for p in added.problems if p.severity == "warning"}
    one = read(tmp_path / "rows.csv", columns={"amount": labels[0]})
    assert round(one.amounts.sum(), 2) == round(
        sum(sum(filter(None, row[2 :: len(labels)])) for row in rows[-len(made.names) :]), 2
    )


SAID = (
    "MRR by product line",
    "Umsatz nach Sparte",
    "Chiffre d'affaires par offre",
    "Ingresos por canal",
    "商品別売上",
    "Omzet per land",
)


@pytest.mark.parametrize("form", ["below", "one row"])
@pytest.mark.parametrize("title", SAID)
def test_labels_add_up_where_a_title_says_that_they_are_parts(tmp_path, title, form):
    rows, made = apart(("Alpha", "Beta"), form, [[title], []])
    assert totals_of(read_rows(tmp_path, rows)) == sums_of(made)


@pytest.mark.parametrize("form", ["below", "one row"])
@pytest.mark.parametrize("labels", [("Product A", "Product B"), ("Plan Basic", "Plan Pro"), ("Modul X", "Produkt Y")])
def test_labels_add_up_that_are_products_by_their_words(tmp_path, labels, form):
    rows, made = apart(labels, form)
    if labels[0] == "Modul X":
        with pytest.raises(InputError, match="--amount all"):
            read_rows(tmp_path, rows)
    else:
        assert totals_of(read_rows(tmp_path, rows)) == sums_of(made)


def test_a_title_proves_nothing_where_a_column_holds_the_parts_it_names_or_amounts_are_in_one_proportion(tmp_path):
    for title, part in (("Revenue by region", 0), ("Revenue by product", 0.6)):
        rows, _ = apart(("Alpha", "Beta"), "below", [[title], []], part)
        with pytest.raises(InputError, match="--amount all"):
            read_rows(tmp_path, rows)


@pytest.mark.parametrize("form", ["below", "one row"])
@pytest.mark.parametrize("whole", ["Insgesammt", "Összesen", "Total", "Sum"])
def test_a_label_that_is_the_sum_of_the_others_counts_once_in_any_language(tmp_path, whole, form):
    rows, made = apart(("Alpha", "Beta", whole), form)
    for row in rows:
        for at in range(2, len(row), 3):
            if not isinstance(row[at + 1], str) and row[0] in made.names:
                added = sum(filter(None, row[at : at + 3]))
                row[at + 2] = None
                row[at] = round(added - (row[at + 1] or 0), 2) or None
                row[at + 2] = round(added, 2) or None
    cube = read_rows(tmp_path, rows)
    assert totals_of(cube) == sums_of(made)
    assert {"over-products", "measure-chosen"} & {p.code for p in cube.problems if p.severity == "warning"}


def test_a_total_column_of_all_months_proves_that_labels_add_up(tmp_path):
    rows, made = apart(("Alpha", "Beta"), "one row", part=0.6)
    rows = [[*row, round(sum(filter(None, row[2:])), 2) if n else "Total"] for n, row in enumerate(rows)]
    assert totals_of(read_rows(tmp_path, rows)) == sums_of(made)


COUNTED = (
    "席数",
    "Sitze",
    "Sièges",
    "Asientos",
    "Postazioni",
    "Assentos",
    "Licenties",
    "Licencje",
    "Licenser",
    "Seats",
)


@pytest.mark.parametrize("counted", COUNTED)
def test_seats_beside_months_are_no_money_in_ten_languages(tmp_path, counted):
    rows = [
        ["Customer", "2024-01", f"2024-01 {counted}", "2024-02", f"2024-02 {counted}"],
        ["a", 10, 1, 12, 2],
        ["b", 5, 1, 6, 1],
    ]
    assert read_rows(tmp_path, rows).amounts.tolist() == [[10, 12], [5, 6]]
    rows[0][1], rows[0][3] = "2024-01 Revenue", "2024-02 Revenue"
    assert read_rows(tmp_path, rows).amounts.tolist() == [[10, 12], [5, 6]]


def test_prices_over_units_are_multiplied(tmp_path):
    rows, amounts = measured("Price Units", "below")
    cube = read_rows(tmp_path, rows)
    want = [
        [p * u for p, u in zip(*pair, strict=True)] for pair in zip(amounts["Price"], amounts["Units"], strict=True)
    ]
    assert np.allclose(cube.amounts, want) and "price-of-unit" in {p.code for p in cube.problems}


@pytest.mark.parametrize("header", ["Month {}", "M{}", "Monat {}", "P{:02d}", "month_{}"])
def test_months_by_number_are_refused_in_one_line(tmp_path, header):
    rows = [["Customer", *(header.format(number) for number in range(1, 25))]]
    rows += [[name, *range(1, 25)] for name in "abcdef"]
    with pytest.raises(InputError, match="Write real months into row 1") as refused:
        read_rows(tmp_path, rows)
    assert header.format(1) in str(refused.value) and len(str(refused.value).splitlines()) == 1


def test_a_price_or_a_number_of_units_that_cannot_be_read_is_told_by_its_cell(tmp_path):
    for at, cell in ((1, "B3"), (2, "B3")):
        rows, _ = measured("Price Units", "below")
        rows[2][at] = "soon"
        with pytest.raises(InputError, match=f"{cell}: The amount cannot be read"):
            read_rows(tmp_path, rows)
