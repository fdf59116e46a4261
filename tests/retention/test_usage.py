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
