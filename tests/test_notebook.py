"""What a notebook's user tries: showing things, frames of any library, bytes, open files, dates, other endings."""

import ast
import csv
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
        for text, most in ((repr(shown), 300), (shown._repr_html_(), 3000)):
            assert len(text) < most and "Secret" not in text and "2023-12 to 2024-12" in text
    assert "NRR 75.0%" in repr(analysis) and "2 customers" in repr(analysis.cube)


def test_a_notebook_shows_the_bridge_and_the_last_twelve_periods(analysis):
    shown = analysis._repr_html_()
    for cells in (
        ("Opening", "200.00"),
        ("Expansion", "50.00"),
        ("Churn", "100.00"),
        ("NRR", "75.0%"),
        ("GRR", "50.0%"),
    ):
        assert "".join(f"<td>{cell}</td>" for cell in cells) in shown, cells
    periods = analysis.cube._repr_html_()
    assert periods.count("<tr>") == 1 + 12 and "Dec 2023" not in periods
    assert "<td>Jan 2024</td><td>0</td><td>0.00</td>" in periods
    assert "<td>Dec 2024</td><td>1</td><td>150.00</td>" in periods


def test_a_cube_is_a_frame_of_customers_and_periods(analysis):
    frame = analysis.cube.frame
    assert frame.shape == (2, 13) and (frame.index.name, frame.columns.name) == ("customer", "period")
    assert frame.loc["Acme Secret", "2024-12"] == 150.0
    assert nrr_xl.read(frame).amounts.tolist() == analysis.cube.amounts.tolist()


FRAME = pd.DataFrame(COLUMNS)
TRIED = {
    "polars": pl.DataFrame(COLUMNS),
    "lazy": pl.DataFrame(COLUMNS).lazy(),
    "arrow": pl.DataFrame(COLUMNS).to_arrow(),
    "arrow's piece": pl.DataFrame(COLUMNS).to_arrow().to_batches()[0],
    "bytes": TEXT.encode(),
    "open file": io.BytesIO(TEXT.encode()),
    "open text": io.StringIO(TEXT),
    "a dict of columns": COLUMNS,
    "dicts": FRAME.to_dict("records"),
    "a generator of dicts": (row for row in FRAME.to_dict("records")),
    "csv's reader": csv.reader(io.StringIO(TEXT)),
    "csv's dicts": csv.DictReader(io.StringIO(TEXT)),
    "lists": [list(COLUMNS), *FRAME.to_numpy().tolist()],
    "named tuples": list(FRAME.itertuples(index=False)),
    "numpy's records": FRAME.to_records(index=False),
    "a frame with an index": FRAME.set_index("Customer"),
    "a frame with an index of two": FRAME.set_index(["Customer", "Month"]),
    "a grouped sum": FRAME.groupby(["Customer", "Month"])["MRR"].sum(),
    "periods": FRAME.assign(Month=pd.PeriodIndex(pd.to_datetime(FRAME["Month"]), freq="M")),
    "a time zone": FRAME.assign(Month=pd.to_datetime(FRAME["Month"]).dt.tz_localize("UTC")),
}


@pytest.mark.parametrize("source", TRIED.values(), ids=TRIED)
def test_what_one_would_try_is_read(source, analysis):
    assert nrr_xl.read(source).amounts.tolist() == analysis.cube.amounts.tolist()


def test_a_pivot_is_read_with_its_index():
    """What pandas' pivot gives: customers in the index, and one level of columns too many for some calls."""
    for values in ("MRR", ["MRR"]):
        cube = nrr_xl.read(FRAME.pivot_table(index="Customer", columns="Month", values=values))
        assert (cube.customers, cube.amounts.tolist()) == (("Acme Secret", "Bolt"), [[100.0, 150.0], [100.0, 0.0]])


REFUSED = {
    "nothing": (
        None,
        r"of the type NoneType, which cannot be read\. Give a path, bytes, an open file, a DataFrame, or",
    ),
    "a number": (3, "of the type int, which cannot be read"),
    "a list of paths": (["a.csv", "b.csv"], "of the type list"),
    "a list of frames": ([FRAME, FRAME], "of the type list"),
    "a list of nothing": ([], "of the type list"),
    "all sheets of pandas": ({"Sheet1": FRAME}, "a dict of frames. Give one of them"),
    "one row": ({"Customer": "Acme", "MRR": 5}, "give each a list, all of the same length"),
    "a column": (FRAME["MRR"], "A Series without names in its index is one column"),
    "two levels": (pd.concat({"a": FRAME, "b": FRAME}, axis=1), "names of 2 levels"),
    "no bytes": (b"", "holds nothing"),
    "rows as a text": (TEXT, r"no path\. Rows that are a text are read as io\.StringIO"),
    "no path": ("", "No input is named"),
    "an address": ("https://example.com/rows.csv", "on the web, where nothing is read from"),
}


@pytest.mark.parametrize(("source", "told"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_source_is_said(source, told):
    with pytest.raises(nrr_xl.InputError, match=told):
        nrr_xl.read(source)


def test_a_file_that_cannot_be_read_from_is_said(tmp_path):
    with (tmp_path / "new.csv").open("w") as file, pytest.raises(nrr_xl.InputError, match=r"new\.csv cannot be read"):
        nrr_xl.read(file)
    with pytest.raises(nrr_xl.InputError, match=r"cannot be read .*closed"):
        nrr_xl.read(file)


@pytest.mark.parametrize(
    ("option", "value", "same"),
    [
        ("customer_map", pd.DataFrame({"from": ["Bolt"], "to": ["Acme Secret"]}), {"Bolt": "Acme Secret"}),
        ("customer_map", pd.Series({"Bolt": "Acme Secret"}), {"Bolt": "Acme Secret"}),
        ("customer_map", io.StringIO("from,to\nBolt,Acme Secret\n"), {"Bolt": "Acme Secret"}),
        ("rates", pl.DataFrame({"currency": ["EUR", "USD"], "rate": [2.0, 1.0]}), {"EUR": 2.0, "USD": 1}),
        ("rates", {("EUR", "2023-12"): 2.0, ("USD", "2023-12"): 1}, {"EUR": {"2023-12": 2.0}, "USD": {"2023-12": 1}}),
        ("only", {"Customer": "Bolt"}, ["Customer=Bolt"]),
        ("exclude", {"Customer": ["Bolt", None]}, ["Customer=Bolt", "Customer=(blank)"]),
        ("drop_rows", [2, 4], "2,4"),
    ],
)
def test_an_option_takes_what_python_has(option, value, same):
    frame = FRAME.assign(Currency=["EUR", "EUR", "USD", "USD"]) if option == "rates" else FRAME
    plain = nrr_xl.read(frame, **{option: same})
    assert nrr_xl.read(frame, **{option: value}).amounts.tolist() == plain.amounts.tolist()
    assert option == "rates" or plain.amounts.tolist() != nrr_xl.read(frame).amounts.tolist()


@pytest.mark.parametrize(
    "month",
    ["2024-12-31", "Dec 2024", "12/2024", dt.datetime(2024, 12, 5), pd.Timestamp("2024-12-05"), pd.Period("2024-12")],
)
def test_a_month_is_taken_as_python_has_it(month, analysis):
    assert nrr_xl.analyse(analysis.cube, as_of=month).closing == analysis.closing


@pytest.mark.parametrize("month", [pd.NaT, "2024-12-99", "2024", "24 Dec", pd.Period("2024Q4"), 12])
def test_what_is_no_month_is_said(month, analysis):
    with pytest.raises(nrr_xl.InputError, match="which is not a month"):
        nrr_xl.analyse(analysis.cube, as_of=month)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"today": pd.NaT}, "today is NaT"),
        ({"scale": 0}, "other than 0"),
        ({"columns": ["MRR"]}, "columns is .* Give a dict"),
        ({"rates": 1.1}, "rates is of the type float"),
        ({"sheets": ["a"]}, "The input has no sheet 'a'"),
    ],
)
def test_an_option_that_is_something_else_is_said(given, told):
    with pytest.raises(nrr_xl.InputError, match=told):
        nrr_xl.read(FRAME, **given)


def test_an_open_workbook_is_read(templates):
    path = templates / "sample_revenue.xlsx"
    with path.open("rb") as file:
        opened = nrr_xl.read(file)
    assert opened.amounts.tolist() == nrr_xl.read(path).amounts.tolist()
    assert opened.source.path == str(path)
    assert nrr_xl.read(path.read_bytes()).source.sha256 == opened.source.sha256


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


def test_a_report_goes_into_an_open_file(analysis, tmp_path):
    memory, path = io.BytesIO(), nrr_xl.write_report(analysis, tmp_path / "report.xlsx")
    assert nrr_xl.write_report(analysis, memory) is None
    with (tmp_path / "opened.xlsx").open("wb") as file:
        nrr_xl.write_report(analysis, file)
    assert memory.getvalue() == path.read_bytes() == (tmp_path / "opened.xlsx").read_bytes()


def test_what_is_no_analysis_and_no_place_is_said(analysis, tmp_path):
    for given in (analysis.cube, pd.DataFrame(COLUMNS), "rows.csv", None, analysis.to_dict()):
        with pytest.raises(nrr_xl.InputError, match=r"is no analysis\. Analyse a cube first"):
            nrr_xl.write_report(given, tmp_path / "out.xlsx")
    for place in (None, 3, b"out.xlsx", "", "a\0.xlsx", io.StringIO(), ["out.xlsx"]):
        with pytest.raises(nrr_xl.OutputError, match=r"to write|cannot be written"):
            nrr_xl.write_report(analysis, place)
    for option, value in (("theme", {}), ("theme", b""), ("prepared", pd.NaT), ("ledger", 3)):
        with pytest.raises(nrr_xl.InputError, match=option):
            nrr_xl.write_report(analysis, tmp_path / "out.xlsx", **{option: value})
    assert not list(tmp_path.iterdir())


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
