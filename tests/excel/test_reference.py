"""docs/functions.md says what the functions do: it is made from them, and its examples are worked."""

import pytest

from nrr_xl.excel import functions, reference
from nrr_xl.functions.worksheet import FUNCTIONS

# The functions that design promises, with their required and optional arguments.
PROMISED = {
    "NRR": (1, 4),
    "GRR": (1, 3),
    "EXPANSION_RATE": (2, 2),
    "CONTRACTION_RATE": (2, 2),
    "CHURN_RATE": (2, 2),
    "QUICK_RATIO": (4, 4),
    "NRR_COMPOUND": (1, 1),
    "NRR_ANNUALIZE": (2, 2),
    "ANNUAL_CHURN": (1, 1),
    "NRR_BAND": (1, 2),
    "NRR_ADVICE": (1, 2),
    "LTV": (3, 3),
    "CAC": (2, 2),
    "CAC_PAYBACK": (3, 3),
    "LTV_TO_CAC": (2, 2),
    "MAGIC_NUMBER": (3, 3),
    "BURN_MULTIPLE": (3, 3),
    "RENEWAL_RATE": (2, 2),
    "NRR_COHORT": (2, 2),
    "GRR_COHORT": (2, 2),
    "LOGO_RETENTION": (2, 2),
    "MOVEMENT": (2, 3),
    # Over rows all but the customers may be left out, since a key of NRR_ROWS stands for the others.
    "NRR_ASOF": (1, 6),
    "GRR_ASOF": (1, 5),
    "NRR_TREND": (1, 4),
    "NRR_METHODS": (1, 4),
    "ARR_BRIDGE": (1, 4),
    "COHORT_TABLE": (1, 5),
    "NRR_SEGMENT": (1, 5),
    "TOP_MOVERS": (1, 5),
    "NRR_EX_TOP": (1, 5),
    "REVENUE_CHECK": (1, 3),
    "NRR_ROWS": (3, 4),
}


def worked(formula: str):
    """What a formula of literals gives, as Excel would hand its arguments over."""
    name, inside = formula.lstrip("=").rstrip(")").split("(", 1)
    arguments = [_literal(text) for text in inside.split(",")]
    rows = getattr(functions, name)(*arguments)
    return rows[0][0] if len(rows) == 1 == len(rows[0]) else [list(row) for row in rows]


def _literal(text: str):
    if text.startswith("{"):
        return tuple((float(cell),) for cell in text.strip("{}").split(";"))
    if text in ("TRUE", "FALSE"):
        return text == "TRUE"
    return text.strip('"') if text.startswith('"') else float(text)


def test_the_functions_are_those_promised():
    unsaid = FUNCTIONS.keys() - PROMISED.keys()
    assert not unsaid, f"PROMISED of this file lacks {sorted(unsaid)}"
    assert {name: (f.required, len(f.arguments)) for name, f in FUNCTIONS.items()} == PROMISED


@pytest.mark.parametrize(
    "formula, result", [pair for examples in reference.EXAMPLES.values() for pair in examples], ids=str
)
def test_an_example_of_the_page(formula, result):
    found = worked(formula)
    assert found == (pytest.approx(result) if isinstance(result, float) else result)


def test_the_page_is_made_from_the_functions(root):
    committed = (root / "docs" / "functions.md").read_text(encoding="utf-8")
    assert committed == reference.page(), "Run scripts/build_files.py: it makes docs/functions.md"


def test_the_page_is_written_where_it_is_asked_for(tmp_path, capsys):
    assert reference.main([str(tmp_path / "page.md")]) == 0
    assert f"{len(PROMISED)} functions" in capsys.readouterr().out


def test_what_may_be_left_out_says_what_holds_then():
    """But for amounts, of which the page says so once, and the rows that a key stands for."""
    rows = {"periods", "amounts", "segments"}
    for function in FUNCTIONS.values():
        for name, text in list(function.arguments.items())[function.required :]:
            told = "default" in text or "without" in text or text.endswith("as a positive amount")
            assert told or name in rows, (function.name, name)
