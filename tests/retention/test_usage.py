"""A column of usage: a signal of risk beside the quantity, in no figure of revenue; reasons for leaving mark no row."""

from __future__ import annotations

import json

import openpyxl
import pandas as pd
import pytest

import nrr_xl
from nrr_xl import cli
from nrr_xl.retention.score import signals

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")
MONTHS = [f"2024-{month:02d}" for month in range(1, 13)]
LOGINS = {
    "Quiet": [100.0] * 11 + [10.0],
    "Steady": [100.0] * 12,
    "Unknown": [100.0] * 11 + [float("nan")],
    "Idle": [50.0] * 10 + [0.0, 0.0],
}


def frame() -> pd.DataFrame:
    rows = [(name, month, 500.0, 20, logins[at]) for name, logins in LOGINS.items() for at, month in enumerate(MONTHS)]
    return pd.DataFrame(rows, columns=["Customer", "Month", "MRR", "Seats", "Logins"])


def test_usage_is_a_signal_beside_the_quantity_and_no_figure_of_revenue(tmp_path, capsys):
    plain, cube = nrr_xl.read(frame()), nrr_xl.read(frame(), columns={"usage": "Logins"})
    assert cube.amounts.tolist() == plain.amounts.tolist()
    found = signals(cube, 11, 11, 3, 0.25)
    assert {name for name, shows in zip(cube.customers, found["usage"].tolist(), strict=True) if shows} == {
        "Quiet",
        "Idle",
    }
    assert not found["quantity"].any() and "usage" not in signals(plain, 11, 11, 3, 0.25)
    analysis = nrr_xl.analyse(cube, months=6)
    assert analysis.score["customer"].tolist() == ["Idle", "Quiet"]
    path = nrr_xl.write_report(analysis, tmp_path / "report.xlsx", pack="diligence")
    cells = [v for row in openpyxl.load_workbook(path)["Churn"].iter_rows(values_only=True) for v in row]
    assert "Less used" in cells and "Fewer seats" in cells
    frame().to_csv(tmp_path / "rows.csv", index=False)
    assert cli.main(["analyse", str(tmp_path / "rows.csv"), "--usage", "Logins", "--months", "6", "--json"]) == 0
    out, err = capsys.readouterr()
    told = json.loads(out)
    assert [row["usage"] for row in told["churn"]["score"]] == [True, True] and "changed nothing" not in err


@pytest.mark.parametrize("header", ["Reason for leaving", "Churn reason", "Kündigungsgrund"])
def test_a_reason_for_leaving_leaves_no_row_out(header):
    rows = [
        ("Ann", "2023-01-01", "2023-12-31", 100.0, "Payment failed"),
        ("Bob", "2023-01-01", "2024-12-31", 50.0, ""),
        ("Cid", "2023-01-01", "2023-06-30", 70.0, "Never used"),
        ("Dee", "2023-01-01", "2024-12-31", 60.0, "Duplicate"),
    ]
    sheet = pd.DataFrame(rows, columns=["Customer", "Start date", "End date", "MRR", header])
    cube = nrr_xl.read(sheet, today="2024-12-31")
    assert cube.amounts[:, 0].tolist() == [100.0, 50.0, 70.0, 60.0]


def test_the_quantity_of_a_subscription_holds_in_each_of_its_months(tmp_path, capsys):
    """Ann's 10 seats at 100 become 12 at 125: 200 by volume, 300 by price; worked by hand."""
    rows = [
        ("Ann", "2023-01-01", "2024-01-01", 1000.0, 10),
        ("Ann", "2024-01-01", None, 1500.0, 12),
        ("Bob", "2023-01-01", None, 500.0, 5),
        ("Cid", "2023-01-01", "2024-06-01", 300.0, 3),
    ]
    sheet = pd.DataFrame(rows, columns=["Customer", "Start", "End", "MRR", "Units held"])
    found = nrr_xl.analyse(nrr_xl.read(sheet, columns={"quantity": "Units held"}, today="2024-12-31"), as_of="2024-12")
    window = found.tables.price_volume["window"].records()[0]
    assert (window["price"], window["volume"], window["unallocated"]) == (300.0, 200.0, 0.0)
    assert found.rates["nrr"] == pytest.approx(2000 / 1800)
    sheet.to_csv(tmp_path / "rows.csv", index=False)
    told = cli.main(["analyse", str(tmp_path / "rows.csv"), "--quantity", "Units held", "--today", "2024-12-31"])
    assert told == 0 and "--quantity" not in capsys.readouterr().err


def quantities(months, amounts, seats, **options):
    rows = pd.DataFrame({"Customer": "Ann", "Month": months, "MRR": amounts, "Seats": seats})
    return nrr_xl.read(rows, columns={"quantity": "Seats"}, **options).rows


def test_a_quantity_follows_its_row_where_rows_are_sorted_repeated_or_left_out():
    """A row before another one of an earlier month, invoices of a year, and snapshots: each with its own seats."""
    spread = quantities(["2024-01", "2023-01"], [2400.0, 1200.0], [20, 10], spread="cadence")
    assert {(per, count) for per, count in zip(spread.amounts.tolist(), spread.quantity.tolist(), strict=True)} == {
        (100.0, 10.0),
        (200.0, 20.0),
    }
    days = ["2024-01-05", "2024-01-25", "2024-02-25"]
    taken = quantities(days, [10.0, 20.0, 30.0], [1, 2, 3], rows_are="snapshots")
    assert (taken.amounts.tolist(), taken.quantity.tolist()) == ([20.0, 30.0], [2.0, 3.0])
    # Sums of the year stand in another order than their rows; whether seats are such sums nobody says.
    assert quantities(["2024-02", "2024-01"], [30.0, 10.0], [2, 1], rows_are="ytd").quantity is None


@pytest.mark.parametrize(
    ("sheet", "asked", "why"),
    [
        ("Customer,Seats,2023-01,2023-02,2024-01,2024-02\na,5,1,2,3,4\nb,6,1,2,3,4\n", (), "the rows are wide"),
        ("Customer,Month,MRR,Units\na,2023-01,1,x\na,2024-01,2,y\n", (), "no row that counts has a number there"),
        (
            "Customer,Month,MRR,Seats\na,2023-01,1,1\na,2024-01,2,2\n",
            ("--rows-are", "changes"),
            "the amounts are changes or sums of the year",
        ),
    ],
)
def test_a_quantity_that_is_asked_for_and_says_nothing_is_told(tmp_path, capsys, sheet, asked, why):
    (tmp_path / "rows.csv").write_text(sheet, "utf-8")
    column = next(name for name in ("Seats", "Units") if name in sheet)
    done = cli.main(["analyse", str(tmp_path / "rows.csv"), "--quantity", column, *asked, "--months", "12"])
    err = capsys.readouterr().err
    assert done == 0, err
    assert f"--quantity changed nothing: {why}" in err
