"""The tables beside the rows: what passes as one, what is said of its use, and what its name means."""

from datetime import date

import openpyxl
import pytest

from nrr_xl.errors import InputError
from nrr_xl.periods import Periods, iso_month
from nrr_xl.revenue.cube.lookups import beside_ledger, ledger
from nrr_xl.revenue.read import read


@pytest.fixture
def rows(tmp_path):
    (tmp_path / "rows.csv").write_text("Customer,Month,Currency,MRR\na,2024-01,EUR,10\nb,2024-01,USD,5\n")
    return tmp_path


def amounts_of(path, **options) -> dict:
    cube = read(path, **options)
    return dict(zip(cube.customers, cube.amounts.tolist(), strict=True))


def told(cube) -> dict[str, str]:
    return {problem.code: problem.message for problem in cube.problems}


@pytest.mark.parametrize(
    "text",
    [
        "Customer,Month,Currency,MRR\na,2024-01,EUR,10\n",
        "Customer,New MRR,Month\na,1,2024-01\n",
        "Name,Amount to pay\na,1\n",
        "a,b\nc,d\n",
    ],
)
def test_a_sheet_without_the_headers_of_a_map_is_none(rows, text):
    (rows / "map.csv").write_text(text)
    with pytest.raises(InputError, match="needs the headers from and to"):
        read(rows / "rows.csv", customer_map=rows / "map.csv", rates={"EUR": 1.5, "USD": 1})


@pytest.mark.parametrize("header", ["from,to", "Old name,New name", "Customer,Parent", "Alias,Canonical name"])
def test_headers_of_a_map_in_other_words(rows, header):
    (rows / "map.csv").write_text(f"{header}\nb,a\n")
    cube = read(rows / "rows.csv", customer_map=rows / "map.csv", rates={"EUR": 1.5, "USD": 1})
    assert told(cube)["map-applied"] == "The customer map leaves 1 of 2 customers"


@pytest.mark.parametrize("cells", [5, 6, 7])
def test_of_a_row_where_headers_are_needed_the_first_cells_are_shown(rows, cells):
    (rows / "map.csv").write_text(",".join(f"h{at}" for at in range(cells)) + "\n" + "x," * (cells - 1) + "x\n")
    with pytest.raises(InputError) as caught:
        read(rows / "rows.csv", customer_map=rows / "map.csv", rates={"EUR": 1.5, "USD": 1})
    shown = ", ".join(f"'h{at}'" for at in range(min(cells, 6))) + (", ..." if cells > 6 else "") + "."
    assert str(caught.value).endswith(f"Row 1 reads {shown}")


def test_a_currency_that_is_not_named_is_not_told_as_idle(rows):
    cube = read(rows / "rows.csv", rates={"EUR": 1.5, "GBP": 1.2})
    assert told(cube)["rates-applied"] == "Exchange rates were used for EUR (at 1.5); not for GBP"


def test_what_was_used_of_the_rates_is_told(rows):
    cube = read(rows / "rows.csv", rates={"EUR": 1.5, "USD": 1, "GBP": 1.2})
    assert told(cube)["rates-applied"] == "Exchange rates were used for EUR (at 1.5), USD; not for GBP"


def test_a_map_and_rates_that_change_nothing_are_warned_of(tmp_path):
    (tmp_path / "rows.csv").write_text("Customer,Month,MRR\na,2024-01,10\n")
    cube = read(tmp_path / "rows.csv", rates={"EUR": 1.5, "USD": 1}, customer_map={"Nobody": "a"})
    found = {problem.code: problem.severity for problem in cube.problems}
    assert found["rates-without-effect"] == found["map-without-effect"] == "warning"


@pytest.mark.parametrize("name", ["fx.csv", "rates.csv", "renames.csv", "customer map.csv"])
def test_a_file_of_one_sheet_is_rows_whatever_it_is_called(tmp_path, name):
    (tmp_path / name).write_text("Customer,Month,MRR\na,2024-01,10\nb,2024-01,5\n")
    assert read(tmp_path / name).amounts.sum() == 15


def test_a_ledger_of_a_sheet_has_years_as_numbers_and_days_as_dates(tmp_path):
    book = openpyxl.Workbook()
    for line in (("Year", "Total"), (2023, 90), (2024, 100.5)):
        book.active.append(line)
    book.save(tmp_path / "years.xlsx")
    found = ledger(tmp_path / "years.xlsx", 6)
    assert [(iso_month(total.month), total.months, total.amount, total.where) for total in found] == [
        ("2023-06", 12, 90.0, "B2"),
        ("2024-06", 12, 100.5, "B3"),
    ]
    for row, month in ((2, 2), (3, 1)):
        book.active.cell(row, 1).value = date(2024, month, 28)
    book.save(tmp_path / "days.xlsx")
    assert [(iso_month(total.month), total.months, total.amount) for total in ledger(tmp_path / "days.xlsx", 6)] == [
        ("2024-01", 1, 100.5),
        ("2024-02", 1, 90.0),
    ]


def test_of_totals_as_texts_one_tells_how_the_others_are_read(tmp_path):
    def amounts(*texts):
        lines = [f'2024-{month:02d},"{text}"' for month, text in enumerate(texts, 1)]
        (tmp_path / "gl.csv").write_text("\n".join(["Month,Total", *lines, ",", '2024-12,"7"']) + "\n")
        return [total.amount for total in ledger(tmp_path / "gl.csv")]

    assert amounts("1.234", "17,50") == [1234.0, 17.5, 7.0]
    assert amounts("1,234", "17.50") == [1234.0, 17.5, 7.0]
    assert amounts("17,50", "-3") == [17.5, -3.0, 7.0]
    # Two ways of writing in one table prove nothing of a third.
    with pytest.raises(InputError, match=r"B4: '1\.234' can be read two ways"):
        amounts("17,50", "17.50", "1.234")
    with pytest.raises(InputError, match=r"B3: the total of 2024-02 is not a number"):
        amounts("17", "none")
    with pytest.raises(InputError, match=r"B2: '1,234' can be read two ways\. Write the totals as numbers\."):
        amounts("1,234", "5")


def test_a_ledger_and_rows_side_by_side_each_with_what_the_other_lacks():
    periods = Periods(24288, 3)
    held = beside_ledger(ledger({"2024-01": 90.0, "2024-03": 7.5, "2024-06": 5.0}), periods, [100.0, 50.0, 7.5])
    assert [tuple(row.values()) for row in held] == [
        ("2024-01", 90.0, 100.0, 10.0),
        ("2024-02", None, 50.0, 50.0),
        ("2024-03", 7.5, 7.5, 0.0),
        ("2024-06", 5.0, None, -5.0),
    ]
    assert set().union(*held) == {"period", "ledger", "rows", "difference"}
    with pytest.raises(InputError, match=r"is of a longer period than the rows'\. Give one total for each month"):
        beside_ledger(ledger({"2024": 90.0}), periods, [100.0, 50.0, 7.5])


def test_a_customer_map_and_rates_stand_in_sheets_of_their_own(tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "Revenue"
    for row in (["Customer", "Month", "Currency", "MRR"], ["a", "2024-01", "EUR", 10], ["b", "2024-02", "USD", 5]):
        book.active.append(row)
    for name, rows in (
        ("Customer map", [["From", "To"], ["b", "a"]]),
        ("Rates", [["Currency", "Period", "Rate"], ["EUR", "2024-01", 2], ["USD", "2024-01", 1]]),
    ):
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(tmp_path / "book.xlsx")
    assert amounts_of(tmp_path / "book.xlsx") == {"a": [20.0, 5.0]}


def test_lookups_come_from_files_as_well(tmp_path):
    (tmp_path / "rows.csv").write_text("Customer,Month,Currency,MRR\na,2024-01,EUR,10\nb,2024-01,USD,5\n")
    (tmp_path / "map.csv").write_text("from,to\nb,a\n")
    (tmp_path / "rates.csv").write_text("currency,rate\nEUR,1.5\nUSD,1\n")
    options = {"rates": tmp_path / "rates.csv", "customer_map": tmp_path / "map.csv"}
    assert amounts_of(tmp_path / "rows.csv", **options) == {"a": [20.0]}
