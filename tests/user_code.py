"""Ordinary user code: mypy and pyright (in CI) find nothing in it, and no Any where a type is meant."""

import datetime as dt
import io
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


def looked_at(data: bytes) -> list[str]:
    """Bytes and open files, tables as frames, what the reader had to say, and the JSON object."""
    cube = nrr_xl.read(io.BytesIO(data), today=dt.date(2024, 12, 31), one_time=["setup"])
    analysis = nrr_xl.analyse(nrr_xl.read(data), as_of="2024-12", size_edges=[1, 2.5])
    names = assert_type(cube.customers, tuple[str, ...])
    shares = assert_type(analysis.bridge["churn"] / analysis.bridge["opening"], float)
    print(analysis.methods.shape, analysis.segments["Region"].columns, analysis.cohorts["revenue"].half_life, shares)
    print(assert_type(analysis.customers["opening"], int), analysis.to_dict()["rates"], nrr_xl.nrr(100, 10) + 1)
    told = [f"{flag.code}: {flag.message}" for flag in analysis.flags]
    return [*names, *told, *(check.name for check in analysis.checks if not check.passed)]


def refused(path: str) -> list[str]:
    """What cannot be read says why."""
    try:
        nrr_xl.read(path)
    except nrr_xl.InputError as error:
        return [str(problem) for problem in error.problems]
    return []
