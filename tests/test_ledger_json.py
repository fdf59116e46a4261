"""The comparison with a ledger, in the JSON object."""

from __future__ import annotations

import json
from importlib import resources

import jsonschema

from nrr_xl import cli

ROWS = "Customer,Month,MRR\n" + "".join(
    f"{who},2024-{month:02d},{amount}\n" for who, amount in (("Ann", 100), ("Bob", 50)) for month in range(1, 7)
)


def test_a_ledger_stands_beside_the_rows_by_period(tmp_path, capsys):
    (tmp_path / "rows.csv").write_text(ROWS, "utf-8")
    (tmp_path / "gl.csv").write_text("period,amount\n2024-01,150\n2024-02,140\n2024-07,9\n", "utf-8")
    asked = ["analyse", str(tmp_path / "rows.csv"), "--months", "3", "--ledger", str(tmp_path / "gl.csv"), "--json"]
    assert cli.main([*asked, "--theirs", "1.2"]) == 0
    out, err = capsys.readouterr()
    told = json.loads(out)
    schema = json.loads(resources.files("nrr_xl.retention.data").joinpath("analysis.schema.json").read_text("utf-8"))
    jsonschema.validate(told, schema)
    found = {row["period"]: (row["ledger"], row["rows"], row["difference"]) for row in told["ledger"]}
    assert found["2024-01"] == (150.0, 150.0, 0.0) and found["2024-02"] == (140.0, 150.0, 10.0)
    assert found["2024-03"] == (None, 150.0, 150.0) and found["2024-07"] == (9.0, None, -9.0)
    assert all(row["unit"] == "MRR" and row["sheet"] == "Ledger" for row in told["ledger"])
    assert "do not tie out" in err
    assert cli.main([*asked, "--strict"]) == 2
