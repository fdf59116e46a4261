"""A new method touches one file and its docs: it is reconciled, shown and chosen without a word elsewhere."""

from __future__ import annotations

import openpyxl
import pytest

import nrr_xl
from nrr_xl.options import option
from nrr_xl.retention.methods import METHODS, Method, survivors_only
from tests.workbook import cubes


def test_help_names_the_methods_without_importing_them():
    assert option("method").values()[: len(METHODS)] == tuple(METHODS)


@pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")
def test_a_method_that_only_its_own_file_knows(monkeypatch, tmp_path):
    monkeypatch.setitem(METHODS, "tried_out", Method("Tried out", lambda seen: seen.back + 1, survivors_only))
    analysis = nrr_xl.analyse(cubes.ordinary())
    rates = {row["key"]: row["rate"] for row in analysis.tables.methods.records()}
    assert rates["tried_out"] == rates["survivors_only"] != rates["point_to_point"]
    assert all(check.passed for check in analysis.checks)
    steps = analysis.reconciliations[analysis.reconciliations["method"] == "tried_out"]
    assert steps["line"].tolist()[1:-1] == ["Tried out in place of point to point"]
    sheet = openpyxl.load_workbook(nrr_xl.write_report(analysis, tmp_path / "report.xlsx"))["Methods"]
    row = next(row for row in sheet.iter_rows(values_only=True) if row[0] == "Tried out")
    assert row[3] == pytest.approx(rates["tried_out"]) and row[4].startswith("as written")
