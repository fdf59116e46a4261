"""Ordinary user code for type checkers: mypy (in CI) finds nothing in it, and no Any where a type is meant."""

import datetime as dt
from pathlib import Path
from typing import assert_type

import nrr_xl


def monthly(path: Path, day: dt.date) -> float:
    """Read, analyse, write, and look at what a notebook would look at."""
    cube = assert_type(nrr_xl.read(path, columns={"customer": "Client"}, fiscal_year_end=3), nrr_xl.RevenueCube)
    analysis = assert_type(nrr_xl.analyse(cube, months=12, as_of=day, segments=["Region"]), nrr_xl.Analysis)
    written = assert_type(nrr_xl.write_report(analysis, "out.xlsx", overwrite=True, theme="brand.toml"), Path)
    print(written, [problem.message for problem in cube.problems], analysis.opening_period, analysis.checks[0].passed)
    return assert_type(analysis.rates["nrr"], float)


def refused(path: str) -> list[str]:
    """What cannot be read says why."""
    try:
        nrr_xl.read(path)
    except nrr_xl.InputError as error:
        return [str(problem) for problem in error.problems]
    return []
