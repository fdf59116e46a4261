"""Frames of other libraries go in, cubes and analyses show themselves in a notebook."""

from __future__ import annotations

import datetime as dt

import narwhals
import numpy as np
import pandas as pd
import pytest

import nrr_xl
from nrr_xl.errors import InputError
from nrr_xl.revenue.cube.build import RevenueCube

DATA = {
    "Customer": ["a", "a", "<b>", "<b>"],
    "Month": [dt.date(2024, 1, 1), dt.date(2024, 2, 1)] * 2,
    "MRR": [10.0, 12.5, 7.0, None],
}


def test_a_frame_of_another_library_is_read_like_a_pandas_one():
    polars = pytest.importorskip("polars")
    expected = nrr_xl.read(pd.DataFrame(DATA))
    for frame in (polars.DataFrame(DATA), polars.LazyFrame(DATA), narwhals.from_native(pd.DataFrame(DATA))):
        cube = nrr_xl.read(frame)
        assert (cube.customers, cube.periods) == (expected.customers, expected.periods)
        assert cube.amounts.tolist() == expected.amounts.tolist()


def test_an_arrow_table_is_read_too():
    arrow = pytest.importorskip("pyarrow")
    assert nrr_xl.read(arrow.table(DATA)).amounts.tolist() == nrr_xl.read(pd.DataFrame(DATA)).amounts.tolist()


@pytest.mark.parametrize("thing", [5, object(), ["a"], {"Customer": ["a"]}])
def test_what_is_no_frame_is_refused(thing):
    with pytest.raises(InputError, match="cannot be read"):
        nrr_xl.read(thing)


def test_a_cube_shows_its_totals_and_is_a_frame():
    cube = nrr_xl.read(pd.DataFrame(DATA))
    html = cube._repr_html_()
    assert "2 customers, 2 periods, MRR; no warnings" in html and "&lt;b&gt;" in html and "<b>" not in html
    frame = cube.frame
    assert frame.index.tolist() == list(cube.customers) and frame.columns.tolist() == ["2024-01", "2024-02"]
    assert frame.loc["a", "2024-02"] == 12.5
    many = RevenueCube(tuple(f"c{i:02d}" for i in range(20)), cube.periods, np.arange(40.0).reshape(20, 2))
    assert (
        many._repr_html_().count("<tr>") == 10 and ">c19<" in many._repr_html_() and ">c00<" not in many._repr_html_()
    )


def test_an_analysis_shows_its_window_and_what_it_says():
    analysis = nrr_xl.analyse(nrr_xl.read(pd.DataFrame(DATA)), months=1)
    html = analysis._repr_html_()
    assert "Jan 2024 to Feb 2024" in html and ">NRR</td>" in html and ">73.5%</td>" in html and ">-7</td>" in html
    assert all(flag.message.split("<")[0] in html for flag in analysis.flags)
