"""The shared table of cases through the worksheet functions as Python has them, and the table against its own words."""

import pytest

from nrr_xl.excel import functions as worksheet
from nrr_xl.functions.worksheet import FUNCTIONS
from tests.apps.parity.rows import row_cases
from tests.cases import OMITTED, Error, cases, differs, functions, published, same


def cells(argument):
    """An argument as Excel's values arrive: an error by its name, a range as rows."""
    if isinstance(argument, list):
        return tuple(tuple(map(cells, row)) for row in argument)
    return None if argument is OMITTED else str(argument) if isinstance(argument, Error) else argument


def python(case):
    """The worksheet function's answer to a case: a cell, or rows of cells."""
    rows = getattr(worksheet, case.function)(*map(cells, case.arguments))
    return rows[0][0] if len(rows) == 1 == len(rows[0]) else [list(row) for row in rows]


def test_the_table_is_large_and_each_case_has_a_name_of_its_own():
    assert len(cases()) >= 2000
    assert len({case.name for case in cases()}) == len(cases())


def test_every_worksheet_function_is_in_a_table():
    amounts = {name for name, function in FUNCTIONS.items() if function.source}
    assert amounts <= functions().keys(), f"tests/cases/functions.toml lacks {sorted(amounts - functions().keys())}"
    rows = FUNCTIONS.keys() - amounts
    asked = {case.function for case in row_cases()}
    assert rows <= asked, f"row_cases of tests/apps/parity/rows.py lacks {sorted(rows - asked)}"


@pytest.mark.parametrize("name", functions())
def test_the_reference_gives_what_was_published_or_worked_by_hand(name):
    about = functions()[name]
    found = [case.expected for case in cases() if case.name.startswith(f"{name}: good")]
    assert len(found) == len(about["worked"])
    for answer, wanted in zip(found, about["worked"], strict=True):
        assert same(answer, wanted) or answer == pytest.approx(wanted, rel=1e-11)


@pytest.mark.parametrize("number", range(len(published())))
def test_the_reference_gives_what_a_public_page_says(number):
    vector = published()[number]
    (answer,) = [case.expected for case in cases() if case.name == f"{vector['function']}: published {number}"]
    assert answer == pytest.approx(vector["result"], abs=vector.get("tolerance", 1e-12)), vector["source"]


def test_python_gives_the_same_answer_to_every_case():
    assert not differs("Python", {case.name: python(case) for case in cases()}, cases())
