"""Every surface on the same cases: what is asked of each, what each may answer otherwise, and the page that says so."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.cases import Case, cases, same

# Why a surface answers otherwise than the table, by a letter; each such answer is asserted as well.
DIFFERENCES = {
    "a": "TRUE and FALSE count as 1 and 0, as everywhere in Calc: to an add-in it hands the number alone",
    "b": "an error in a range shows Err:504, whichever it is: Calc then does not call the add-in at all",
    "c": "of errors in several arguments the last is shown, in Excel the first: Calc takes them from the last to the "
    "first and does not call the add-in",
    "d": "a lone blank cell arrives as 0: as a rate or a word such as a method a lone 0 then counts as blank, "
    "elsewhere a blank counts as 0, which no period, window or number of customers is",
    "e": "IronCalc, which stands in for Excel here, gives #DIV/0! for a power that no number can hold; Excel's #NUM! "
    "is on the checklist",
}
NOT_THERE = "-"


@dataclass
class Surface:
    """The answers of a surface by a case's name, and what it may answer otherwise, with the letter of the reason."""

    name: str
    answers: dict[str, object]
    otherwise: dict[str, tuple[object, str]] = field(default_factory=dict)

    def expected(self, case: Case) -> tuple[object, str]:
        return self.otherwise.get(case.name, (case.expected, ""))

    def wrong(self, asked) -> list[str]:
        """The cases with neither the table's answer nor the one that a known difference gives."""
        return [
            f"{self.name} {case.name} {case.arguments}: {self.answers[case.name]!r}, not {self.expected(case)[0]!r}"
            for case in asked
            if case.name in self.answers and not same(self.answers[case.name], self.expected(case)[0])
        ]

    def told(self, asked) -> str:
        """What the page says of one function's cases."""
        found = [case for case in asked if case.name in self.answers]
        if not found:
            return NOT_THERE
        letters = sorted({self.expected(case)[1] for case in found} - {""})
        left = len(asked) - len(found)
        return "same" + f" but {' '.join(letters)}" * bool(letters) + " (single cells)" * bool(left)

    def counted(self, asked) -> str:
        """What the printed table says: cases answered as the table has them, of those asked."""
        found = [case for case in asked if case.name in self.answers]
        as_excel = sum(same(self.answers[case.name], case.expected) for case in found)
        return f"{as_excel}/{len(found)}" if found else NOT_THERE


def by_function(asked) -> dict[str, list[Case]]:
    """The cases of each function, by name."""
    found: dict[str, list[Case]] = {}
    for case in asked:
        found.setdefault(case.function, []).append(case)
    return dict(sorted(found.items()))


def printed(surfaces: list[Surface], asked) -> str:
    """Surface x function x cases, with the counts, for a terminal."""
    lines = [["function", *(surface.name for surface in surfaces)]]
    lines += [[name, *(each.counted(of_it) for each in surfaces)] for name, of_it in by_function(asked).items()]
    widths = [max(len(line[place]) for line in lines) for place in range(len(lines[0]))]
    return "\n".join("  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)) for line in lines)


def page(surfaces: list[Surface], asked) -> str:
    """docs/surfaces.md."""
    rows = [
        f"| `{name}` | " + " | ".join(surface.told(of_it) for surface in surfaces) + " |"
        for name, of_it in by_function(asked).items()
    ]
    used = {letter for each in surfaces for case in asked for letter in each.expected(case)[1]}
    reasons = [f"- **{letter}**: {text}." for letter, text in DIFFERENCES.items() if letter in used]
    return PAGE.format(
        head="| Function | " + " | ".join(surface.name for surface in surfaces) + " |",
        rule="|---" * (len(surfaces) + 1) + "|",
        rows="\n".join(rows),
        reasons="\n".join(reasons),
        thousands=len(cases()) // 1000,
    )


PAGE = """# One function, every surface

Made by `NRR_XL_WRITE_SURFACES=1 .venv/bin/pytest tests/apps/test_parity.py`; without that the same test compares. It
asks every surface the same {thousands},000 and more calls of the functions of amounts (good numbers, blanks, texts,
TRUE, dates, currency, every error, ranges of all shapes, headings; `tests/cases`, with answers worked out by a slow
second hand) and calls of the functions over rows. "same" is the table's answer to every case, to 12 digits, with the
same errors.

{head}
{rule}
{rows}

`-`: the surface has no such function. VBA, named formulas and native formulas are there for functions of amounts; those
over rows need Python. "single cells": the other cases need numpy.

What is not the same is asserted too, exactly:

{reasons}

| Surface | What ran | What did not |
|---|---|---|
| Python | the worksheet functions themselves | |
| xlwings (COM) | xlwings' own `CallUDF` and converters, over a stub of pywin32 | Excel; the true one under Wine only |
| VBA | the add-in's modules, run by LibreOffice | Excel's own VBA |
| formula, LAMBDA | IronCalc | Excel; LibreOffice 25.2 has no LAMBDA |
| Calc | LibreOffice 25.2 with the extension, on a workbook as Excel writes it | Windows, macOS |
| Lite | the adapter in CPython, over a stand-in for xlwings | xlwings Lite itself, Excel on macOS and the web |
| Lite, Pyodide | the adapter in Pyodide, the browser's Python, under Node | numpy and pandas there |
"""
