"""A start and a term without an end: the term gives the end or is asked about, and so is a bare amount beside it."""

from datetime import date

import pytest

from nrr_xl.errors import InputError
from nrr_xl.revenue.files.grid import grid_of_columns
from nrr_xl.revenue.read import read

TODAY = date(2024, 12, 20)
STARTS = ["2023-01-01", "2023-03-01", "2024-01-01"]


def contracts(term: str, terms: list, amount: str, amounts: list, *columns: list):
    cells = [["Customer", *"abc"], ["Start date", *STARTS], [term, *terms], [amount, *amounts]]
    return grid_of_columns("contracts", [*cells, *columns])


def amounts_of(source, **options) -> list:
    cube = read(source, today=TODAY, **options)
    return cube.amounts[:, [0, 2, 12, 23]].tolist()


ENDED = [[100, 100, 0, 0], [0, 200, 200, 200], [0, 0, 300, 300]]


@pytest.mark.parametrize(
    ("term", "terms"),
    [
        ("Term (months)", [12, 24, 12]),
        ("Term", ["12 months", "24 months", "12 Months"]),
        ("Contract term", ["1 year", "2 yrs", "annual"]),
        ("Term (years)", [1, 2, 1]),
        ("Subscription term", ["12M", "24M", "1Y"]),
        ("Laufzeit", ["12 Monate", "2 Jahre", "1 Jahr"]),
        ("Durée", ["12 mois", "2 ans", "1 an"]),
        ("契約期間", ["12ヶ月", "2年", "1年"]),
    ],
)
def test_the_term_gives_the_end(term, terms):
    for amount, times in (("MRR", (1, 1, 1)), ("ARR", (12, 12, 12)), ("TCV", (12, 24, 12))):
        source = contracts(term, terms, amount, [100 * times[0], 200 * times[1], 300 * times[2]])
        if term == "契約期間":
            source = contracts("Term", terms, amount, [100 * times[0], 200 * times[1], 300 * times[2]])
        assert amounts_of(source) == ENDED
        told = {problem.code: problem.severity for problem in read(source, today=TODAY).problems}
        assert told["ends-by-term"] == "warning"


def test_terms_that_renew_themselves_go_on():
    assert amounts_of(contracts("Term", ["M2M", "24 months", "evergreen"], "MRR", [100, 200, 300])) == [
        [100, 100, 100, 100],
        [0, 200, 200, 200],
        [0, 0, 300, 300],
    ]


def test_end_none_takes_all_as_still_active():
    source = contracts("Term (months)", [12, 24, 12], "MRR", [100, 200, 300])
    assert amounts_of(source, columns={"end": "none"})[0] == [100, 100, 100, 100]


@pytest.mark.parametrize("column", [["Status", *["Active"] * 3], ["Auto-renew", *["Yes"] * 3]])
def test_active_rows_of_which_the_term_has_passed_are_asked_about(column):
    source = contracts("Term (months)", [10, 24, 12], "MRR", [100, 200, 300], column)
    with pytest.raises(InputError, match="--end term") as refused:
        read(source, today=TODAY)
    assert "--end none" in str(refused.value)
    assert amounts_of(source, columns={"end": "none"})[0] == [100, 100, 100, 100]
    assert amounts_of(source, columns={"end": "term"})[0] == [100, 100, 0, 0]


@pytest.mark.parametrize(("per", "first"), [("month", 1200), ("year", 100), ("term", 100)])
def test_a_bare_amount_beside_a_term_is_asked_about(per, first):
    source = contracts("Term (months)", [12, 24, 12], "Amount", [1200, 4800, 3600])
    with pytest.raises(InputError, match=f"--amount-per {per}"):
        read(source, today=TODAY)
    assert amounts_of(source, amount_per=per)[0][0] == first


def test_a_contract_value_ends_with_its_term_where_its_end_is_blank():
    source = contracts("Term (months)", [12, 24, 12], "TCV", [1200, 4800, 3600], ["End date", "2024-01-01", "", ""])
    assert amounts_of(source) == ENDED


def test_two_columns_of_ends_that_differ_are_asked_about():
    ends = [["Contract end", "2024-01-01", "2025-03-01", "2025-01-01"], ["Churn date", "2023-07-01", "", ""]]
    source = grid_of_columns("c", [["Customer", *"abc"], ["Start date", *STARTS], *ends, ["MRR", 100, 200, 300]])
    with pytest.raises(InputError, match='--end "Churn date"') as refused:
        read(source, today=TODAY)
    assert '--end "Contract end"' in str(refused.value)
    assert amounts_of(source, columns={"end": "Contract end"}) == ENDED
    assert amounts_of(source, columns={"end": "Churn date"})[1:] == [[0, 200, 200, 200], [0, 0, 300, 300]]


def test_the_end_of_a_running_term_gives_way_to_the_date_of_cancellation():
    ends = [["Current term end", "2023-02-01", "2024-05-01", "2024-06-01"], ["Cancelled at", "2024-01-01", "", ""]]
    source = grid_of_columns("c", [["Customer", *"abc"], ["Start date", *STARTS], *ends, ["MRR", 100, 200, 300]])
    assert amounts_of(source) == ENDED


ENDS = ["End date", "2023-12-31", "2025-02-28", "2024-12-31"]


@pytest.mark.parametrize(("per", "first"), [("month", 1200), ("year", 100), ("term", 100)])
@pytest.mark.parametrize("header", ["Amount", "Value", "Betrag", "Fee"])
def test_a_bare_amount_beside_an_end_in_every_row_is_asked_about(header, per, first):
    cells = [["Customer", *"abc"], ["Start date", *STARTS], ENDS, [header, 1200, 4800, 3600]]
    with pytest.raises(InputError, match=f"--amount-per {per}"):
        read(grid_of_columns("contracts", cells), today=TODAY)
    assert amounts_of(grid_of_columns("contracts", cells), amount_per=per)[0][0] == first
    # A row that goes on has no term: the amounts are monthly, which is told.
    cells[2] = ["End date", None, "2025-02-28", None]
    told = {problem.code for problem in read(grid_of_columns("contracts", cells), today=TODAY).problems}
    assert "amount-per" in told


def found_of(header: str, *columns: list, **options):
    cells = [["Customer", *"abc"], ["Start date", *STARTS], [header, 1200, 4800, 3600], *columns]
    cube = read(grid_of_columns("contracts", cells), today=TODAY, **options)
    return cube.amounts.max(axis=1).tolist(), {problem.code: problem for problem in cube.problems}


def test_amounts_divided_by_their_interval_are_told_with_their_sums():
    intervals = ["Billing interval", "monthly", "yearly", "quarterly"]
    amounts, told = found_of("Amount", intervals)
    assert amounts == [1200, 400, 1200]
    found = told["interval-divided"]
    assert (found.severity, found.cell, found.amount) == ("warning", "C3", 9600)
    for part in ("2 of 3", "9,600.00 before, 2,800.00 after", "4,800.00 / 12 is 400.00"):
        assert part in found.message
    amounts, told = found_of("Amount", intervals, amount_per="month")
    assert amounts == [1200, 4800, 3600] and "interval-divided" not in told
    assert "interval-divided" not in found_of("MRR", intervals)[1]
    assert "interval-divided" not in found_of("Amount", ["Billing interval", *["monthly"] * 3])[1]


@pytest.mark.parametrize("header", ["TCV", "Contract value", "Deal value", "Total amount"])
def test_amounts_divided_by_their_term_are_told_with_their_sums(header):
    amounts, told = found_of(header, ENDS)
    assert amounts == [100, 200, 300]
    found = told["term-divided"]
    assert found.severity == "warning" and "9,600.00 before, 600.00 after" in found.message
    assert "term-divided" not in found_of(header, ENDS, amount_per="term")[1]


def test_amounts_divided_by_their_header_are_noted():
    assert found_of("ARR", ENDS)[1]["amount-divided"].severity == "info"
    assert "amount-divided" not in found_of("MRR", ENDS)[1]
