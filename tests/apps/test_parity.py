"""All cases through all surfaces, and docs/surfaces.md, which is made from what they answered."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from nrr_xl.calc.build import build_extension
from nrr_xl.calc.engine import ENVIRONMENT
from nrr_xl.calc.install import environment
from nrr_xl.functions.worksheet import FUNCTIONS
from tests.apps import office as libreoffice
from tests.apps import parity
from tests.apps.conftest import require
from tests.apps.parity import calc, com, lambdas, lite, vba
from tests.apps.parity.rows import row_cases
from tests.cases import cases
from tests.cases.test_python import python

PAGE = Path(__file__).parents[2] / "docs" / "surfaces.md"
ALL = (*cases(), *row_cases())
NAMES = ("Python", "xlwings (COM)", "VBA", "formula", "LAMBDA", "Calc", "Lite", "Lite, Pyodide")


@pytest.fixture(scope="module")
def surfaces(office, ironcalc, tmp_path_factory):
    """Every surface with its answers; each computes in a process of its own, so they are asked side by side."""
    require(lite.missing())
    folder = tmp_path_factory.mktemp("parity")
    named = [case for case in cases() if case.function in lambdas.KEYS]
    with ThreadPoolExecutor() as pool:
        asked = [
            pool.submit(com.answers, folder, ALL),
            pool.submit(vba.answers, office, folder, cases()),
            pool.submit(in_calc, folder),
            pool.submit(lite.in_pyodide, [case for case in cases() if not case.ranges]),
        ]
        by_name, bare = lambdas.answers(folder, named)
        in_com, in_vba, in_office, in_pyodide = (each.result() for each in asked)
    of_python = {case.name: python(case) for case in cases()} | {case.name: case.expected for case in row_cases()}
    found = (of_python, in_com, in_vba, bare, by_name, in_office, lite.in_cpython(ALL), in_pyodide)
    made = {name: parity.Surface(name, answers) for name, answers in zip(NAMES, found, strict=True)}
    for name in ("formula", "LAMBDA"):
        made[name].otherwise = {case.name: lambdas.expected(case) for case in named}
    made["Calc"].otherwise = {case.name: calc.expected(case) for case in ALL}
    return made


def in_calc(folder: Path) -> dict[str, object]:
    """The answers of a LibreOffice with the extension."""
    extension = folder / "nrr_xl.oxt"
    extension.write_bytes(build_extension({ENVIRONMENT: environment()}))
    with libreoffice.Office([extension]) as running:
        return calc.answers(running, folder, ALL)


@pytest.mark.parametrize("name", NAMES)
def test_a_surface_gives_the_same_answer_to_every_case(surfaces, name):
    assert surfaces[name].wrong(ALL) == []


def test_the_table_is_whole(surfaces):
    print(parity.printed(list(surfaces.values()), ALL))
    asked = parity.by_function(ALL)
    assert set(asked) == set(FUNCTIONS)
    everything = {name for name, surface in surfaces.items() if len(surface.answers) == len(ALL)}
    assert everything == {"Python", "xlwings (COM)", "Calc", "Lite"}
    assert len(surfaces["VBA"].answers) == len(cases())
    assert len(surfaces["LAMBDA"].answers) > 2000
    alone = [case for case in cases() if case.name in surfaces["Lite, Pyodide"].answers]
    assert {case.function for case in alone} >= {"NRR", "GRR", "NRR_BAND", "LTV", "NRR_ANNUALIZE"}


def test_the_page_says_what_was_found(surfaces):
    text = parity.page(list(surfaces.values()), ALL)
    if os.environ.get("NRR_XL_WRITE_SURFACES"):
        PAGE.write_text(text, "utf-8")
    assert PAGE.read_text("utf-8") == text
