"""What stands beside the revenue and looks like it: amounts of one kind, taxes and shipping, counts, copies of rows."""

import random
import shlex

import numpy as np
import pytest

from nrr_xl.cli import main
from nrr_xl.errors import InputError
from nrr_xl.revenue.read import read

from .sheets.book import Rows, book, iso, mon


def read_rows(tmp_path, rows: Rows, **options):
    path = tmp_path / "rows.csv"
    path.write_text("\n".join(",".join("" if cell is None else str(cell) for cell in row) for row in rows), "utf-8")
    return read(path, **options)


def parted(*names: str, whole: bool = False) -> tuple[Rows, list[float], list[float]]:
    """Long rows whose MRR stands in two parts, with the sum where wanted; each month's first part and sum."""
    made, rng = book(801), random.Random(3)
    rows: Rows = [["Account", "Month", *names]]
    first, total = [0.0] * len(made.months), [0.0] * len(made.months)
    for who, at, amount in made.cells():
        part = round(amount * rng.uniform(0.2, 0.8), 2)
        first[at] += part
        total[at] += amount
        rest = [round(amount - part, 2)] + ([amount] if whole else [])
        rows.append([made.names[who], iso(made.months[at]), part, *rest])
    return rows, first, total


PAIRS = (
    ("Base MRR", "Add-on MRR"),
    ("CMRR", "Live MRR"),
    ("Committed ARR", "ARR"),
    ("Services revenue", "Subscription revenue"),
    ("Umsatz Lizenzen", "Umsatz Wartung"),
    ("MRR", "Restated MRR"),
    ("CA plateforme", "CA options"),
    ("Amount due", "Amount paid"),
)


@pytest.mark.parametrize("names", PAIRS)
def test_two_amounts_of_one_kind_are_asked_about_and_each_answer_is_read(tmp_path, names):
    rows, first, _ = parted(*names)
    with pytest.raises(InputError, match="may be the amount") as refused:
        read_rows(tmp_path, rows)
    assert all(f'Try: nrr-xl check {tmp_path / "rows.csv"} --amount "{name}"' in str(refused.value) for name in names)
    cube = read(tmp_path / "rows.csv", columns={"amount": names[0]})
    assert np.allclose(cube.amounts.sum(axis=0), first)


@pytest.mark.parametrize(
    "names",
    [
        ("Base MRR", "Add-on MRR", "Total MRR"),
        ("MRR licences", "MRR support", "MRR"),
        ("Revenue A", "Revenue B", "Total"),
    ],
)
def test_the_one_that_is_the_sum_of_the_others_is_read(tmp_path, names):
    rows, _, total = parted(*names, whole=True)
    cube = read_rows(tmp_path, rows)
    assert np.allclose(cube.amounts.sum(axis=0), total)
    rows[1][-1] += 5
    with pytest.raises(InputError, match="may be the amount"):
        read_rows(tmp_path, rows)


@pytest.mark.parametrize("other", ["Prior MRR", "MRR change", "Budget MRR", "Seats", "Discount amount", "New MRR"])
def test_amounts_that_words_tell_apart_are_not_asked_about(tmp_path, other):
    rows, first, _ = parted("MRR", other)
    assert np.allclose(read_rows(tmp_path, rows).amounts.sum(axis=0), first)


def test_amounts_in_one_proportion_are_not_asked_about_unless_one_is_nothing_where_the_other_is_not(tmp_path):
    rows, first, _ = parted("Amount due", "Amount paid")
    for row in rows[1:]:
        row[3] = row[2]
    assert np.allclose(read_rows(tmp_path, rows).amounts.sum(axis=0), first)
    for row in rows[1:40]:
        row[3] = 0
    with pytest.raises(InputError, match="may be the amount"):
        read_rows(tmp_path, rows)


def with_lines(header: str, value: str, amount: float = 0.19) -> Rows:
    made = book(802)
    rows: Rows = [["Customer", "Month", header, "Amount"]]
    for who, at, paid in made.cells():
        rows.append([made.names[who], iso(made.months[at]), "Subscription", paid])
        rows.append([made.names[who], iso(made.months[at]), value, round(paid * amount, 2)])
    return rows


LINES = (
    ("Line type", "VAT"),
    ("Line type", "VAT 19%"),
    ("Category", "Shipping"),
    ("Entity Type", "tax"),
    ("Positionsart", "MwSt"),
    ("Type de ligne", "TVA"),
    ("Tipo", "IVA 21%"),
    ("Tipo riga", "Spedizione"),
    ("Tipo", "Imposto"),
    ("Soort", "BTW"),
    ("Rodzaj", "Podatek"),
    ("Typ", "Moms"),
    ("種別", "消費税"),
    ("種別", "送料"),
    ("Item", "Freight"),
    ("Product", "Sales tax"),
    ("Line", "Rounding"),
    ("Item", "Late fee"),
    ("Item", "Pass-through costs"),
    ("Artikel", "Versandkosten"),
    ("Type", "Deposit"),
    ("Charge type", "Interest"),
    ("Item", "Surcharge"),
)


@pytest.mark.parametrize(("header", "value"), LINES)
def test_lines_of_an_invoice_that_are_no_revenue_are_asked_about(tmp_path, header, value):
    rows = with_lines(header, value)
    with pytest.raises(InputError, match=f'--exclude "{header}={value}"'):
        read_rows(tmp_path, rows)
    cube = read(tmp_path / "rows.csv", exclude=[f"{header}={value}"])
    made = book(802)
    assert np.allclose(cube.amounts.sum(axis=0), [made.total(at) for at in range(len(made.months))])


def test_an_industry_or_a_product_of_such_a_name_is_no_line_of_an_invoice(tmp_path):
    made = book(803)
    for header in ("Industry", "Product"):
        rows: Rows = [["Customer", "Month", header, "MRR"]]
        rows += [
            [made.names[w], iso(made.months[at]), ("Shipping", "Software", "Tax")[w % 3], x]
            for w, at, x in made.cells()
        ]
        assert np.isclose(read_rows(tmp_path, rows).amounts.sum(), sum(x for *_, x in made.cells()))


def test_a_row_that_stands_twice_in_a_wide_table_is_asked_about_but_not_two_products_or_one_month(tmp_path):
    rows: Rows = [["Customer", "2024-01", "2024-02", "2024-03"], ["a", 10, 10, 10], ["a", 10, 10, 10], ["b", 5, 5, 7]]
    with pytest.raises(InputError, match="--drop-rows twice"):
        read_rows(tmp_path, rows)
    assert read(tmp_path / "rows.csv", drop_rows="twice").amounts.tolist() == [[10, 10, 10], [5, 5, 7]]
    assert read(tmp_path / "rows.csv", keep_rows="twice").amounts.tolist() == [[20, 20, 20], [5, 5, 7]]
    products = [[row[0], name, *row[1:]] for row, name in zip(rows, ("Product", "Core", "Plus", "Core"), strict=True)]
    assert read_rows(tmp_path, products).amounts.tolist() == [[20, 20, 20], [5, 5, 7]]
    rows[1:3] = [["a", 10, None, None], ["a", 10, None, None]]
    assert read_rows(tmp_path, rows).amounts.tolist() == [[20, 0, 0], [5, 5, 7]]


COUNTED = (
    "Count of Invoice",
    "Anzahl von Rechnung",
    "Nombre de Facture",
    "Cuenta de Factura",
    "Conteggio di Fattura",
    "Aantal van Factuur",
    "データの個数 / 請求書",
    "Average of MRR",
)


@pytest.mark.parametrize("title", COUNTED)
def test_counts_and_averages_of_a_pivot_are_asked_about(tmp_path, title):
    rows: Rows = [[title, "Column Labels", None], ["Row Labels", "2024-01", "2024-02"], ["a", 1, 1], ["b", 1, 2]]
    with pytest.raises(InputError, match="count or an average"):
        read_rows(tmp_path, rows)
    assert read(tmp_path / "rows.csv", rows_are="levels").amounts.tolist() == [[1, 1], [1, 2]]


@pytest.mark.parametrize(
    "header",
    ["api_calls", "Requests", "Logins", "Active users", "GB", "Messages", "Usage", "Nutzer", "Sessions", "回数"],
)
def test_usage_is_no_amount(tmp_path, header):
    made = book(805)
    rows: Rows = [
        ["customer", "month", header],
        *([made.names[w], iso(made.months[at]), x] for w, at, x in made.cells()),
    ]
    with pytest.raises(InputError, match="holds no revenue table"):
        read_rows(tmp_path, rows)


def amended(header: str, names: tuple[str, str, str]) -> tuple[Rows, list[float]]:
    made = book(804)
    rows: Rows = [["Amendment", "Account", "Type", "Effective date", header]]
    for who, row in enumerate(made.mrr):
        for at, amount in enumerate(row):
            before = row[at - 1] if at else 0.0
            if amount != before:
                kind = names[0] if amount > before else names[1] if amount else names[2]
                rows.append([f"A-{len(rows)}", made.names[who], kind, iso(made.months[at]), round(amount - before, 2)])
    return rows, [made.total(at) for at in range(len(made.months))]


@pytest.mark.parametrize("header", ["Delta MRR", "MRR change", "MRR"])
def test_amendments_with_an_effective_date_are_changes(tmp_path, header):
    rows, totals = amended(header, ("Upsell", "Downsell", "Cancellation"))
    cube = read_rows(tmp_path, rows)
    assert np.allclose(cube.amounts.sum(axis=0), totals)
    assert "changes-summed" in {p.code for p in cube.problems}


STATEMENTS = (
    (
        "Subscription revenue",
        "Services revenue",
        "Total revenue",
        "Cost of sales",
        "Gross profit",
        "Sales and marketing",
        "EBITDA",
    ),
    ("Umsatzerlöse", "Materialaufwand", "Personalaufwand", "Abschreibungen", "Betriebsergebnis"),
    ("Chiffre d'affaires", "Achats", "Charges de personnel", "Dotations aux amortissements", "Résultat net"),
)


@pytest.mark.parametrize("lines", STATEMENTS)
def test_the_lines_of_a_profit_and_loss_statement_are_no_customers(tmp_path, lines):
    rows: Rows = [["", "2024-01", "2024-02", "2024-03"]]
    rows += [[name, 100 + 7 * n, 110 + 3 * n, 125 - n] for n, name in enumerate(lines)]
    with pytest.raises(InputError, match="profit and loss"):
        read_rows(tmp_path, rows)
    everyone = f"2-{len(lines) + 1}"
    assert read(tmp_path / "rows.csv", keep_rows=everyone).amounts.shape == (len(lines), 3)


@pytest.mark.parametrize("name", ["% of total", "YoY growth", "MoM %", "Wachstum %"])
def test_a_share_or_growth_below_every_customer_is_no_customer(tmp_path, name):
    made = book(806)
    rows: Rows = [["Customer", *map(iso, made.months)]]
    for customer, amounts in zip(made.names, made.mrr, strict=True):
        shares = [round(x / made.total(at), 4) if x else 0 for at, x in enumerate(amounts)]
        rows += [[customer, *amounts], [name, *shares]]
    cube = read_rows(tmp_path, rows)
    assert np.allclose(cube.amounts.sum(axis=0), [made.total(at) for at in range(len(made.months))])
    assert "measure-row" in {p.code for p in cube.problems}


def refused_tables() -> dict[str, Rows]:
    made = book(807)
    pairs: Rows = [["Customer", *(f"{part} {month}" for month in map(mon, made.months) for part in ("Alpha", "Beta"))]]
    long: Rows = [["Customer", "Month", "MRR", None, "Client", "Month", "MRR"]]
    for who, amounts in zip(made.names, made.mrr, strict=True):
        pairs.append(
            [who, *(cell for at, x in enumerate(amounts) for cell in (x, round(x * at / 7 + who.count("a"), 2)))]
        )
    for who, at, x in made.cells():
        month = iso(made.months[at])
        long.append([made.names[who], month, x, None, f"Other {who}", month, x + at])
    return {
        "labels": pairs,
        "beside": long,
        "kinds": parted("Base MRR", "Add-on MRR")[0],
        "lines": with_lines("Line", "VAT"),
    }


@pytest.mark.parametrize("kind", ["labels", "beside", "kinds", "lines"])
def test_each_command_that_a_refusal_prints_leads_on(tmp_path, kind, capsys):
    with pytest.raises(InputError) as refused:
        read_rows(tmp_path, refused_tables()[kind])
    tries = [line.split("nrr-xl ", 1)[1] for line in str(refused.value).splitlines() if "Try: nrr-xl " in line]
    assert len(tries) >= 2
    for command in tries:
        status = main(["analyse", *shlex.split(command)[1:]])
        told = capsys.readouterr().err
        assert status == 0 or (status == 2 and str(refused.value).splitlines()[-1] not in told), command
