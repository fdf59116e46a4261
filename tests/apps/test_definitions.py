"""A company's definition on the Methods sheet: native formulas give what was worked by hand, and follow the window."""

from __future__ import annotations

import pytest

import nrr_xl
from nrr_xl.workbook.report import write_report
from tests.apps import cached, lint
from tests.retention.test_definitions import BY_HAND, golden

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")
QUICK = ("zoom", "twilio", "hubspot", "posthog_gross")
EARLIER = "2025-12"


@pytest.mark.parametrize(
    "name", [name if name in QUICK else pytest.param(name, marks=pytest.mark.slow) for name in BY_HAND]
)
def test_a_definition_is_a_row_of_formulas_that_follows_the_window(name, tmp_path, office):
    cube, method = golden(), f"like:{name}"
    analysis = nrr_xl.analyse(cube, method=method)
    path = write_report(analysis, tmp_path / "report.xlsx")
    assert lint.findings(path) == []
    after = office.recalculate(path, formulas_only=True)
    assert after.faults == [] and cached.differences(path, after.cells) == [] and after.value("Checks", "B6") == 0
    assert after.value("Methods", "D17") == pytest.approx(BY_HAND[name], rel=1e-12)
    sentences = " ".join(
        str(after.value("Summary", f"A{row}")) for row in range(13, 16) if ("Summary", f"A{row}") in after.cells
    )
    assert analysis.headline["label"] in sentences
    moved = office.recalculate(path, [("Summary", "B6", "Dec 2025")], formulas_only=True)
    there = nrr_xl.analyse(cube, method=method, as_of=EARLIER).headline
    assert moved.value("Methods", "D17") == (pytest.approx(there["rate"]) if not there["reason"] else "–")


def test_a_population_by_a_segment_that_changes_is_told_as_written(tmp_path, office):
    analysis = nrr_xl.analyse(nrr_xl.read("templates/sample_revenue.xlsx"), method="like:zoom")
    path = write_report(analysis, tmp_path / "report.xlsx")
    after = office.recalculate(path, [("Summary", "E6", 6)], formulas_only=True)
    assert "the definition asked for" in str(after.value("Summary", "A4"))
