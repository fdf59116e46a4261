"""What titles and headers say of amounts that are no revenue of one period: asked about, or told at the top."""

import pytest

import nrr_xl
from nrr_xl.errors import InputError

ROLLING = ["LTM revenue", "Revenue QTD", "TTM Sales", "Rolling 12 months revenue", "Umsatz letzte 12 Monate"]


@pytest.mark.parametrize("said", ROLLING)
def test_sums_over_several_periods_are_asked_about(tmp_path, said):
    long = [("Customer", "Month", said), ("a", "2024-01", "10"), ("a", "2024-02", "12"), ("b", "2024-02", "5")]
    months = ("Jan 2024", "Feb 2024")
    wide = [(said,), ("Customer", *months), ("a", "10", "12"), ("b", "", "5")]
    heads = [("Customer", *(f"{said} {month}" for month in months)), ("a", "10", "12"), ("b", "", "5")]
    for rows in (long, wide) if any(sign.isdigit() for sign in said) else (long, wide, heads):
        path = tmp_path / "rows.csv"
        path.write_text("\n".join(map(",".join, rows)), "utf-8")
        with pytest.raises(InputError, match="sums over several periods"):
            nrr_xl.read(path)
        assert nrr_xl.read(path, rows_are="levels").amounts.sum() == 27


def test_a_column_of_them_beside_months_is_left_out(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text("Customer,Jan 2024,Feb 2024,LTM,LTM Feb 2024\na,10,12,22,22\nb,5,5,10,10\n", "utf-8")
    assert nrr_xl.read(path).amounts.sum() == 32


@pytest.mark.parametrize(
    "title",
    [
        "Share of revenue by customer, %",
        "Budget 2024",
        "Revenue and cost by customer",
    ],
)
def test_a_title_over_amounts_that_are_no_revenue_is_told(tmp_path, title):
    path = tmp_path / "rows.csv"
    path.write_text(f"{title.replace(',', ' -')}\nCustomer,Jan 2024,Feb 2024\na,10,12\nb,5,5\n", "utf-8")
    assert "title-unlike" in {each.code for each in nrr_xl.read(path).problems if each.severity == "warning"}


@pytest.mark.parametrize("title", ["Hosting cost by customer", "Licensed seats per customer", "Kosten je Kunde"])
def test_a_title_that_leaves_no_doubt_is_asked_about(tmp_path, title):
    path = tmp_path / "rows.csv"
    path.write_text(f"{title}\nCustomer,Jan 2024,Feb 2024\na,10,12\nb,5,5\n", "utf-8")
    with pytest.raises(InputError, match="says that the amounts are no revenue"):
        nrr_xl.read(path)
    assert nrr_xl.read(path, rows_are="levels").amounts.sum() == 32


def test_amounts_that_add_up_to_a_hundred_in_every_period_are_asked_about(tmp_path):
    path = tmp_path / "rows.csv"
    shares = ("a,10,12,30\n", "b,20,28,20\n", "c,30,20,25\n", "d,40,40,25\n")
    path.write_text("Customer,Jan 2024,Feb 2024,Mar 2024\n" + "".join(shares), "utf-8")
    with pytest.raises(InputError, match="look like shares"):
        nrr_xl.read(path)
    assert nrr_xl.read(path, rows_are="levels").amounts.sum() == 300
    path.write_text("Customer,Jan 2024,Feb 2024,Mar 2024\na,40,40,40\nb,60,60,60\n", "utf-8")
    assert nrr_xl.read(path).amounts.sum() == 300


@pytest.mark.parametrize(
    "title", ["MRR by customer", "Revenue by plan", "Actual vs budget", "Net of 19 % VAT", "Umsatz je Kunde"]
)
def test_an_ordinary_title_is_not(tmp_path, title):
    path = tmp_path / "rows.csv"
    path.write_text(f"{title}\nCustomer,Jan 2024,Feb 2024\na,10,12\nb,5,5\n", "utf-8")
    assert "title-unlike" not in {each.code for each in nrr_xl.read(path).problems}


@pytest.mark.parametrize(
    "title",
    [
        "Actuals through Feb 2024",
        "MRR (Ist bis 02/2024)",
        "As of 29 Feb 2024",
        "Stand: 29.02.2024",
        "Utfall till och med 2024-02",
    ],
)
def test_a_title_after_which_later_periods_are_planned_is_told(tmp_path, title):
    path = tmp_path / "rows.csv"
    months = "Jan 2024,Feb 2024,Mar 2024"
    path.write_text(f"{title}\nCustomer,{months}\na,10,12,13\nb,5,5,6\n", "utf-8")
    told = [each.action for each in nrr_xl.read(path).problems if each.code == "title-planned"]
    assert len(told) == 1 and 'as_of="2024-02"' in told[0] and "1 later period" in told[0]
    path.write_text(f"{title}\nCustomer,Jan 2024,Feb 2024\na,10,12\nb,5,5\n", "utf-8")
    assert not [each for each in nrr_xl.read(path).problems if each.code == "title-planned"]


def starts(tmp_path, text: str):
    path = tmp_path / "rows.csv"
    path.write_text(text, "utf-8")
    return path


def test_rows_that_only_begin_are_prices_or_subscriptions_and_asked_about(tmp_path):
    rows = "a,2024-01-01,10\na,2024-03-01,12\nb,2024-01-01,5\nb,2024-02-01,4\nc,2024-01-01,1\n"
    path = starts(tmp_path, "Customer,Contract start,MRR\n" + rows)
    with pytest.raises(InputError, match="begin one after another and none ends"):
        nrr_xl.read(path)
    prices = nrr_xl.read(path, columns={"end": "next"}, today="2024-03-15")
    assert prices.amounts.tolist() == [[10, 10, 12], [5, 4, 4], [1, 1, 1]]
    added = nrr_xl.read(path, columns={"end": "none"}, today="2024-03-15")
    assert added.amounts.tolist() == [[10, 10, 22], [5, 9, 9], [1, 1, 1]]


def test_what_starts_together_adds_up_until_the_next(tmp_path):
    rows = "a,2024-01-01,10\na,2024-01-01,1\na,2024-03-01,12\nb,2024-01-01,5\nb,2024-02-01,4\n"
    path = starts(tmp_path, "Customer,Contract start,MRR\n" + rows)
    assert nrr_xl.read(path, columns={"end": "next"}, today="2024-03-15").amounts.tolist() == [[11, 11, 12], [5, 4, 4]]


@pytest.mark.parametrize(
    "text",
    [
        "Customer,Start,Product,MRR\na,2024-01-01,Core,10\na,2024-03-01,Plus,12\nb,2024-01-01,Core,5\nb,2024-02-01,Plus,4\n",
        "Customer,Start,End,MRR\na,2024-01-01,,10\na,2024-03-01,,12\nb,2024-01-01,2024-02-01,5\nb,2024-02-01,,4\n",
        "Customer,Start,MRR\na,2024-01-01,10\na,2024-03-01,12\nb,2024-01-01,5\nc,2024-02-01,4\n",
    ],
)
def test_other_products_ends_and_a_single_one_add_up(tmp_path, text):
    assert len(nrr_xl.read(starts(tmp_path, text), today="2024-03-15").customers) >= 2
