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
