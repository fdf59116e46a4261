"""Ordinary user code: mypy and pyright (in CI) find nothing in it, and no Any where a type is meant."""

import datetime as dt
import io
from pathlib import Path
from typing import assert_type

import numpy as np
from numpy.typing import NDArray

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
    print(
        assert_type(analysis.customers["opening"], int),
        analysis.to_dict()["rates"],
        assert_type(nrr_xl.nrr(100, 10), float) + 1,
    )
    told = [f"{flag.code}: {flag.message}" for flag in analysis.flags]
    return [*names, *told, *(check.name for check in analysis.checks if not check.passed)]


def in_memory(rows: list[dict[str, object]]) -> bytes:
    """Plain rows in, a workbook's bytes out."""
    cube = nrr_xl.read(rows, only={"Region": ["EMEA"]}, drop_rows=[5, 7])
    memory = io.BytesIO()
    nrr_xl.write_report(nrr_xl.analyse(cube, as_of=dt.date(2024, 12, 31)), memory)
    return memory.getvalue()


def refused(path: str) -> list[str]:
    """What cannot be read says why."""
    try:
        nrr_xl.read(path)
    except nrr_xl.InputError as error:
        return [str(problem) for problem in error.problems]
    return []


def rates_alone(opening: NDArray[np.float64], closing: list[float]) -> float:
    """Numbers give a float, arrays and lists an array, whatever stands beside them."""
    each = assert_type(nrr_xl.nrr(opening, 10, churn=[5.0, 2.0]), NDArray[np.float64])
    print(
        assert_type(nrr_xl.grr([100, 200], 10), NDArray[np.float64]), assert_type(nrr_xl.ltv(100.0, 0.8, 0.02), float)
    )
    print(assert_type(nrr_xl.annualise(1.01, 1), float), assert_type(nrr_xl.compound(closing), float))
    whole = assert_type(nrr_xl.nrr_cohort(opening, closing), float)
    return whole + assert_type(nrr_xl.quick_ratio(300, 100, 40, 60), float) + float(each.sum())


def asked_for(cube: nrr_xl.RevenueCube) -> str:
    """The headline by its fields, and the amounts as an array of floats."""
    head = nrr_xl.analyse(cube, method="like:datadog").headline
    text = f"{assert_type(head['label'], str)}: {assert_type(head['rate'], float):.1%}"
    return text + str(assert_type(cube.amounts, NDArray[np.float64]).sum()) + assert_type(cube.currency, str)
