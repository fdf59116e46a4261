"""The page of worksheet functions in docs/, from the functions themselves: ``python -m nrr_xl.excel.reference``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import nrr_xl.functions.catalogue  # noqa: F401 - declares them
from nrr_xl.functions.worksheet import FUNCTIONS, WorksheetFunction

DEFAULT = Path(__file__).parents[2] / "docs" / "functions.md"
# One worked example of each function of amounts; {..;..} is a column, a text that starts with # an error.
EXAMPLES: dict[str, list[tuple[str, Any]]] = {
    "NRR": [
        ("=NRR(500000,100000,20000,30000)", 1.1),
        ("=NRR({100;0},{20;5})", [[1.2], ["#DIV/0!"]]),
        ("=NRR(100,-5)", "#NUM!"),
    ],
    "GRR": [("=GRR(100,10,10)", 0.8)],
    "EXPANSION_RATE": [("=EXPANSION_RATE(500000,100000)", 0.2)],
    "CONTRACTION_RATE": [("=CONTRACTION_RATE(500000,20000)", 0.04)],
    "CHURN_RATE": [("=CHURN_RATE(500000,30000)", 0.06)],
    "QUICK_RATIO": [("=QUICK_RATIO(300,100,40,60)", 4.0)],
    "NRR_COMPOUND": [("=NRR_COMPOUND({1.02;0.99;1.01})", 1.019898)],
    "NRR_ANNUALIZE": [("=NRR_ANNUALIZE(0.99,1)", 0.886384871)],
    "ANNUAL_CHURN": [("=ANNUAL_CHURN(0.02)", 0.215283276)],
    "NRR_BAND": [("=NRR_BAND(1.1)", "good"), ('=NRR_BAND(0.85,"salesforce")', "needs work")],
    "NRR_ADVICE": [
        ('=NRR_ADVICE(0.7,"salesforce")', "Retention first, expansion later: stop the losses before selling more."),
    ],
    "LTV": [("=LTV(100,0.8,0.02)", 4000.0)],
    "CAC": [("=CAC(60000,12)", 5000.0)],
    "CAC_PAYBACK": [("=CAC_PAYBACK(5000,500,0.8)", 12.5)],
    "LTV_TO_CAC": [("=LTV_TO_CAC(15000,5000)", 3.0)],
    "MAGIC_NUMBER": [("=MAGIC_NUMBER(4000000,4600000,500000)", 1.2)],
    "BURN_MULTIPLE": [("=BURN_MULTIPLE(900000,4000000,4600000)", 1.5)],
    "RENEWAL_RATE": [("=RENEWAL_RATE(200000,250000)", 0.8)],
    "NRR_COHORT": [("=NRR_COHORT({100;100;0},{150;0;70})", 0.75)],
    "GRR_COHORT": [("=GRR_COHORT({100;100;0},{150;0;70})", 0.5)],
    "LOGO_RETENTION": [("=LOGO_RETENTION({100;100;0},{150;0;70})", 0.5)],
    "MOVEMENT": [("=MOVEMENT(0,70)", "new"), ("=MOVEMENT(0,70,TRUE)", "reactivation"), ("=MOVEMENT(100,0)", "churn")],
}
_HEAD = """# Worksheet functions

Made from the functions themselves by `python -m nrr_xl.excel.reference`; a test compares the two and works every
example.

Rates are fractions: 1.1 is 110 %; format the cell as a percentage. Losses go in as positive amounts. A single cell
gives a single result; ranges give a range, in one call for the whole column, which is much faster than a formula in
each row. A whole column such as `A:A` is cut to the used range.

The functions of amounts (those without `customers`) need nothing but Excel. The LAMBDA names of the template and of
each report have the same names and give the same answers; `tests/cases` holds Python, VBA, LAMBDA names, formulas and
Calc to one table of some 6,000 calls.

| In a cell | Means |
|---|---|
| blank, `""` or omitted amount | 0; a blank rate or as-of period is missing: `#N/A`, in `NRR_COMPOUND` no period |
| a heading: texts in the first row of whole columns (`NRR_COHORT`, `NRR_COMPOUND`, ...) | passed over, as `SUM` does |
| `#DIV/0!` | the base is 0, so the rate is undefined; never 0, never blank |
| `#NUM!` | an amount of the wrong sign, an option that there is not, or a number too large for a cell |
| `#N/A` | no cell beside the others' (as in Excel's own formulas), columns of two lengths, a period without rows |
| `#VALUE!` | any other text, also a number written as text; TRUE or FALSE for a number; no Python for rows |
| any other error | an input holds that error |

In a range each cell answers for itself: one bad cell leaves the results beside it as they are. A row, a column or a
single cell beside a range counts for all of it.

`customers`, `periods` and `amounts` are three columns of rows (with or without their headings), or a column of
customers, a row of periods and the block of amounts between them. Rows with errors give `#VALUE!`; `REVENUE_CHECK`
says what is wrong with them, and the log that `nrr-xl doctor` names says why. A range is read once for all functions
that use it, until its content changes. `as_of` as a range of periods, too, takes one call for all of them.
"""


def page() -> str:
    """The page as Markdown."""
    return "\n".join([_HEAD, *(_section(FUNCTIONS[name]) for name in sorted(FUNCTIONS))])


def _section(function: WorksheetFunction) -> str:
    optional = list(function.arguments)[function.required :]
    lines = [f"## {function.name}", "", f"`={function.usage}`", "", function.description, ""]
    lines += [f"- `{name}`{' (optional)' * (name in optional)}: {text}" for name, text in function.arguments.items()]
    examples = EXAMPLES.get(function.name, [])
    lines += ["", *(f"`{formula}` gives {_shown(result)}." + "  " for formula, result in examples)] if examples else []
    return "\n".join(line.rstrip(" ") if not line.endswith(".  ") else line for line in lines) + "\n"


def _shown(result: Any) -> str:
    if isinstance(result, list):
        return ", ".join(_shown(cell) for row in result for cell in row)
    return f"`{result}`"


def main(arguments: list[str]) -> int:
    """Write the page to the given file, by default to its place in docs/."""
    path = Path(arguments[0]) if arguments else DEFAULT
    path.write_text(page(), encoding="utf-8")
    print(f"{path}: {len(FUNCTIONS)} functions")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
