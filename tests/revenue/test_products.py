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
