"""The Methods sheet can be sent: what each method is, who uses it, and its distance to the default in points."""

from __future__ import annotations

import math

import openpyxl
import pandas as pd
import pytest

import nrr_xl
from nrr_xl.retention.methods import METHODS
from nrr_xl.retention.nearest import nearest
from nrr_xl.retention.presets import presets, used_by
from nrr_xl.workbook.template.build import write_template

MONTHS = pd.period_range("2022-01", "2024-12", freq="M")
QUARTERS = [f"Q{quarter} {year}" for year in (2022, 2023, 2024) for quarter in (1, 2, 3, 4)]


def amounts(count: int, seed: int) -> list[list[int]]:
    """Customers that come, grow, shrink, pause and leave, by arithmetic that any book may hold."""
    return [
        [
            0
            if at < customer % 5 or (customer % 3 == 0 and at % 11 == 4) or (customer % 7 == seed and at > count - 4)
            else 100 + 7 * customer + (at * (customer % 4 - 1) * seed) % 60
            for at in range(count)
        ]
        for customer in range(24)
    ]


def segments() -> nrr_xl.RevenueCube:
    frame = pd.DataFrame(amounts(36, 2), columns=[str(month) for month in MONTHS])
    frame.insert(0, "Region", [("North", "South", "West")[at % 3] for at in range(24)])
    frame.insert(0, "Customer", [f"Firm {chr(65 + at)}{at * 37 % 91}" for at in range(24)])
    return nrr_xl.read(frame)


def quarterly() -> nrr_xl.RevenueCube:
    frame = pd.DataFrame(amounts(12, 3), columns=QUARTERS)
    frame.insert(0, "Customer", [f"Haus {chr(65 + at)}{at * 53 % 97}" for at in range(24)])
    return nrr_xl.read(frame)


def renames() -> nrr_xl.RevenueCube:
    rows = [
        (
            "Old Barn Ltd" if at == 0 and place < 30 else "New Barn Ltd" if at == 0 else f"Shop {chr(65 + at)}",
            month,
            amount,
        )
        for at, line in enumerate(amounts(36, 1))
        for place, (month, amount) in enumerate(zip(MONTHS, line, strict=True))
        if amount
    ]
    frame = pd.DataFrame(
        [(name, str(month), amount) for name, month, amount in rows], columns=["Customer", "Month", "MRR"]
    )
    return nrr_xl.read(frame, customer_map={"Old Barn Ltd": "New Barn Ltd"})


@pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")
@pytest.mark.parametrize("book", [segments, quarterly, renames])
def test_points_by_step_add_up_to_the_gap(book, tmp_path):
    analysis = nrr_xl.analyse(book())
    path = nrr_xl.write_report(analysis, tmp_path / "report.xlsx")
    rows = [row[:4] for row in openpyxl.load_workbook(path, data_only=True)["Methods"].iter_rows(values_only=True)]
    rates = {row["label"]: row["rate"] for row in analysis.tables.methods.records() if not math.isnan(row["rate"])}
    blocks = [at for at, row in enumerate(rows) if str(row[0]).startswith("From point to point to: ")]
    reached = set()
    for at in blocks:
        points, label = [], None
        for name, _, _, figure in rows[at + 2 :]:
            if name in rates:
                label = name
                break
            points.append(figure)
        assert sum(points) == pytest.approx(100 * (rates[label] - rates["Point to point"]), abs=0.01)
        reached.add(label)
    assert reached == {*rates} - {"Point to point"} and len(reached) >= 7


@pytest.mark.parametrize("book", [segments, quarterly, renames])
def test_a_rate_of_theirs_names_its_own_method(book):
    analysis = nrr_xl.analyse(book())
    for row in analysis.tables.methods.records():
        if not math.isnan(row["rate"]):
            found = nearest(analysis, row["rate"] + 1e-6)
            assert abs(found[0].points) <= 1e-3
            assert [abs(near.points) for near in found] == sorted(abs(near.points) for near in found)


@pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")
def test_each_method_has_its_words_and_its_companies(tmp_path):
    path, template = tmp_path / "report.xlsx", tmp_path / "template.xlsx"
    nrr_xl.write_report(nrr_xl.analyse(segments()), path)
    write_template(template, example=True, customers=48)
    assert_defined(path)
    assert_defined(template)


def assert_defined(path):
    rows = [row[:4] for row in openpyxl.load_workbook(path, data_only=True)["Methods"].iter_rows(values_only=True)]
    start = next(at for at, row in enumerate(rows) if row[0] == "What each method is") + 1
    rates = {row[0].removesuffix(" (the default)"): row[3] for row in rows[6 : 6 + len(METHODS)]}
    told, default = {}, rates[METHODS["point_to_point"].label]
    for label, points, words, _ in rows[start : start + len(METHODS)]:
        told[label] = words
        known = isinstance(rates[label], float)
        assert points == (pytest.approx(100 * (rates[label] - default), abs=1e-9) if known else "–"), label
    assert [*told] == [method.label for method in METHODS.values()]
    wordless = [key for key, method in METHODS.items() if not method.definition]
    assert not wordless, f"without a definition in words: {wordless}"
    assert all(told[method.label].startswith(method.definition) for method in METHODS.values())
    for preset in presets().values():
        assert preset.company in told[METHODS[preset.method].label]
    assert used_by("compounded") == () and "Used by" not in told[METHODS["compounded"].label]
