"""What a notebook's user tries: showing things, frames of any library, bytes, open files, dates, other endings."""

import ast
import datetime as dt
import io
from pathlib import Path

import pandas as pd
import polars as pl
import pytest

import nrr_xl

COLUMNS = {
    "Customer": ["Acme Secret", "Acme Secret", "Bolt", "Bolt"],
    "Month": [dt.date(2023, 12, 1), dt.date(2024, 12, 1)] * 2,
    "MRR": [100.0, 150.0, 100.0, 0.0],
}
TEXT = "Customer,Month,MRR\nAcme Secret,2023-12,100\nAcme Secret,2024-12,150\nBolt,2023-12,100\nBolt,2024-12,0\n"


@pytest.fixture(scope="module")
def analysis():
    return nrr_xl.analyse(nrr_xl.read(pd.DataFrame(COLUMNS)), as_of=dt.date(2024, 12, 31))


def test_showing_is_short_and_names_no_customer(analysis):
    for shown in (analysis, analysis.cube):
        for text in (repr(shown), shown._repr_html_()):
            assert len(text) < 300 and "Secret" not in text and "2023-12 to 2024-12" in text
    assert "NRR 75.0%" in repr(analysis) and "2 customers" in repr(analysis.cube)


@pytest.mark.parametrize(
    "source",
    [
        pl.DataFrame(COLUMNS),
        TEXT.encode(),
        io.BytesIO(TEXT.encode()),
        io.StringIO(TEXT),
    ],
    ids=["polars", "bytes", "open file", "open text"],
)
def test_what_one_would_try_is_read(source, analysis):
    assert nrr_xl.read(source).amounts.tolist() == analysis.cube.amounts.tolist()


def test_an_open_workbook_is_read(templates):
    path = templates / "sample_revenue.xlsx"
    with path.open("rb") as file:
        opened = nrr_xl.read(file)
    assert opened.amounts.tolist() == nrr_xl.read(path).amounts.tolist()
    assert opened.source.path == str(path)
    assert nrr_xl.read(path.read_bytes()).source.sha256 == opened.source.sha256


def test_what_is_no_source_is_said():
    with pytest.raises(nrr_xl.InputError, match=r"A int cannot be read\. Give a path, bytes, an open file"):
        nrr_xl.read(3)


def test_a_misspelt_keyword_is_pythons_error(analysis):
    with pytest.raises(TypeError, match="monts"):
        nrr_xl.analyse(analysis.cube, monts=3)


def test_a_column_given_for_a_part_that_there_is_not_is_refused():
    """It hid the column of customers, and the segment was taken for them: four customers for 153."""
    with pytest.raises(nrr_xl.InputError, match=r"no part 'customr'\. Did you mean 'customer'\?"):
        nrr_xl.read(pd.DataFrame(COLUMNS), columns={"customr": "Customer"})


def test_what_is_not_read_yet_is_said():
    with pytest.raises(nrr_xl.InputError, match=r"A DataFrame is no cube\. Read it first: nrr_xl\.read"):
        nrr_xl.analyse(pd.DataFrame(COLUMNS))


def test_a_report_refuses_other_endings(analysis, tmp_path):
    with pytest.raises(nrr_xl.OutputError, match=r"does not end in \.xlsx"):
        nrr_xl.write_report(analysis, tmp_path / "out.pdf")


def test_type_checkers_see_the_same_names_as_users():
    tree = ast.parse(Path(nrr_xl.__file__).read_text("utf-8"))
    typed = {
        (alias.name, node.module)
        for block in tree.body
        if isinstance(block, ast.If)
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if alias.asname  # a name imported without `as` is the module's own, which type checkers do not export
    }
    assert typed == set(nrr_xl._HOME.items())
    assert (Path(nrr_xl.__file__).parent / "py.typed").exists()
