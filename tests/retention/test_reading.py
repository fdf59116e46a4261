"""Bands, flags, benchmarks and outlook: what the numbers are said to mean."""

from __future__ import annotations

import math

import numpy as np
import pytest

from nrr_xl.cli import main
from nrr_xl.errors import InputError
from nrr_xl.periods import Periods
from nrr_xl.retention.analysis import analyse
from nrr_xl.retention.bands import band, floor, readings
from nrr_xl.retention.benchmarks import COLUMNS, packaged, parse, size_of, standing
from nrr_xl.retention.outlook import lifetime_value, outlook
from nrr_xl.revenue.cube.build import RevenueCube, Segment


@pytest.mark.parametrize(
    ("scheme", "rate", "label"),
    [
        ("general", 1.2, "top"),
        ("general", 1.1999, "good"),
        ("general", 1.0, "below par"),
        ("kpi_depot", 1.2, "healthy"),
        ("kpi_depot", 1.2001, "exceptional"),
        ("kpi_depot", 1.0, "healthy"),
        ("kpi_depot", 0.99, "warning"),
        ("salesforce", 1.0, "solid"),
        ("salesforce", 0.999, "needs work"),
        ("salesforce", 0.8, "needs work"),
        ("salesforce", 0.79, "trouble"),
        ("salesforce", -0.5, "trouble"),
    ],
)
def test_bands_hold_their_limits(scheme, rate, label):
    assert band(rate, scheme).label == label


def test_an_undefined_rate_has_no_band_and_grr_has_its_own():
    assert band(math.nan) is None
    assert readings({"nrr": math.nan, "grr": 0.96})["label"] == ["top quarter"]
    assert floor() == 0.82
    with pytest.raises(InputError, match="bands is 'best'"):
        band(1.0, "best")


def row(**cells) -> str:
    entry = {"value": "101", "unit": "%", "type": "NRR median", "source": "own", **cells}
    return ",".join(entry.get(column, "") for column in COLUMNS)


def test_the_packaged_benchmarks_are_dated_and_sourced():
    entries = packaged()
    assert len(entries) == 32
    assert all(entry["time period"] and entry["source"] and 0.5 < entry["value"] < 1.5 for entry in entries)


@pytest.mark.parametrize(
    ("nrr", "percentile", "words"),
    [
        (0.96, 25.0, "between p25 and median"),
        (1.01, 50.0, "between median and p75"),
        (1.09, 75.0, "between median and p75"),
        (0.985, 37.5, "between p25 and median"),
        (0.95, math.nan, "below p25"),
        (1.2, math.nan, "above p75"),
        (math.nan, math.nan, "undefined"),
    ],
)
def test_a_company_stands_between_the_quartiles(nrr, percentile, words):
    found = standing({"nrr": nrr, "grr": 0.9, "logo_retention": 0.9}, packaged())
    assert found["percentile"][:3] == pytest.approx([percentile] * 3, nan_ok=True)
    assert found["standing"][:3] == [words] * 3
    assert found["company"][3] == 0.9


def test_a_lone_figure_says_above_or_below():
    entries = parse("\n".join([",".join(COLUMNS), row(), row(value="0.9", unit="fraction", type="Logo median")]))
    found = standing({"nrr": 1.05, "grr": 0.9, "logo_retention": 0.8}, entries)
    assert found["standing"] == ["above median", "below median"]
    assert found["difference"] == pytest.approx([0.04, -0.1])


@pytest.mark.parametrize(
    ("cells", "cell", "message"),
    [
        ({"value": "many"}, "A2", "no number"),
        ({"value": "nan"}, "A2", "no number"),
        ({"unit": "points"}, "B2", "unit is unknown"),
        ({"type": "ARR median"}, "C2", "begin with a metric"),
    ],
)
def test_a_benchmark_row_that_cannot_be_used_is_named(cells, cell, message):
    with pytest.raises(InputError, match=message) as caught:
        parse("\n".join([",".join(COLUMNS), row(**cells), row()]), "own.csv")
    assert [(p.sheet, p.cell) for p in caught.value.problems] == [("own.csv", cell)]


def test_a_benchmark_file_without_its_columns_is_refused():
    with pytest.raises(InputError, match="the benchmarks lack the column 'unit'"):
        parse("value,type\n1,NRR", "own.csv")
    with pytest.raises(InputError, match="lack the column 'value'"):
        parse("")


def test_the_command_line_takes_an_own_benchmark_file(tmp_path, capsys):
    rows = tmp_path / "rows.csv"
    rows.write_text("Customer,Month,MRR\nAcme,2024-01,100\nAcme,2024-02,150\n")
    own = tmp_path / "own.csv"
    own.write_text("\n".join([",".join(COLUMNS), row(unit="points")]))
    command = ["analyse", str(rows), "--months", "1", "--benchmarks"]
    assert main([*command, str(own)]) == 2
    assert "own.csv!B2: The unit is unknown: 'points'" in capsys.readouterr().err
    assert main([*command, str(tmp_path / "none.csv")]) == 2
    assert "cannot be read" in capsys.readouterr().err
    own.write_text("\n".join([",".join(COLUMNS), row()]))
    assert main([*command, str(own)]) == 0


def test_the_outlook_is_compounding_and_nothing_else():
    found = outlook(1000.0, 1.1, 0.8, np.array([1.0, 1.1, 1.2]))
    assert found["months"].tolist() == [12, 24, 36]
    assert found["central"] == pytest.approx([1100, 1210, 1331])
    assert found["grr_only"] == pytest.approx([800, 640, 512])
    assert found["low"] == pytest.approx([1000, 1000, 1000]) and found["high"][0] == pytest.approx(1200)
    assert found["one_point"] == pytest.approx([10, 1000 * (1.11**2 - 1.1**2), 1000 * (1.11**3 - 1.1**3)])
    half = outlook(1000.0, 1.1, 0.8, np.array([]), months=6)
    assert half["central"][0] == pytest.approx(1210) and np.isnan(half["low"]).all()
    assert np.isnan(outlook(1000.0, math.nan, math.nan, np.array([1.0]))["central"]).all()


def test_a_lifetime_value_is_undefined_where_nobody_churns():
    assert math.isnan(lifetime_value(1000.0, 10, 0.0)["ltv"])
    assert math.isnan(lifetime_value(0.0, 0, math.nan)["ltv"])
    quarterly = lifetime_value(3000.0, 10, 0.19, months=24, step=3)
    assert quarterly["amount_per_customer"] == 1200.0 and quarterly["churn_rate"] == pytest.approx(0.1)


def flags(amounts, months=1, segments=None, **options) -> dict[str, str]:
    amounts = np.array(amounts, dtype=float)
    names = tuple(f"c{i}" for i in range(len(amounts)))
    cube = RevenueCube(names, Periods(24288, amounts.shape[1]), amounts, segments=segments or {})
    return {flag.code: flag.message for flag in analyse(cube, months=months, **options).flags}


EVEN = [[10.0, 10.5]] * 40


def test_a_sound_company_raises_no_flag():
    assert flags(EVEN) == {}


@pytest.mark.parametrize(
    ("code", "amounts", "message"),
    [
        (
            "expansion_masks_churn",
            [[10, 0]] * 10 + [[10, 15]] * 30,
            "Expansion masks churn: NRR is 112.5%, but GRR is only 75.0%, below the 82% of the weakest quarter.",
        ),
        ("stagnation", [[10, 10.1]] * 40, "The customer base hardly grows by itself: expansion is 1.0%."),
        ("small_sample", EVEN[:5], "Only 5 customers stand behind these rates: one moves them visibly."),
        ("one_customer_carries", [*EVEN, [100, 180]], "One customer carries the result: without c40 NRR is 105.0%."),
        (
            "accounts_at_risk",
            [*EVEN, *[[10, 7]] * 5],
            "5 accounts with 7.7% of the closing amount keep falling or are far below their peak.",
        ),
        (
            "methods_differ",
            [[10, 0]] * 10 + [[10, 11.0]] * 30,
            "NRR depends on the method: from 82.5% (point to point) to 110.0% (survivors only) on the same rows.",
        ),
        ("no_opening", [[0, 5]], "There is no opening amount, so retention is undefined."),
    ],
)
def test_a_flag_says_one_sentence_with_its_numbers(code, amounts, message):
    found = flags(amounts)
    assert found[code] == message


def test_an_incomplete_last_period_is_flagged():
    amounts = np.full((40, 8), 10.0)
    amounts[25:, 7] = 0.0
    found = flags(amounts, months=3)["incomplete_last_period"]
    assert found == "2024-08 looks incomplete: 25 customers have an amount, against 40 usually."


def test_a_window_does_not_close_on_a_period_with_hardly_a_customer():
    amounts = np.full((25, 15), 10.0)
    amounts[3:, 14] = 0.0
    cube = RevenueCube(tuple(f"c{i:02d}" for i in range(25)), Periods(24288, 15), amounts)
    found = analyse(cube)
    assert (found.closing_period, found.rates["nrr"]) == ("2025-02", 1.0)
    told = {flag.code: flag.message for flag in found.flags}["closed_on_last_complete"]
    assert told.startswith("The window closes in 2025-02, the last complete period: in 2025-03 only 3 customers have")
    asked = analyse(cube, as_of="2025-03")
    assert asked.rates["nrr"] == 3 / 25 and "closed_on_last_complete" not in {flag.code for flag in asked.flags}
    # Half of them is a bad month and no unfinished one; nor are five customers enough to tell.
    amounts[:13, 14] = 10.0
    half = RevenueCube(cube.customers, cube.periods, amounts)
    assert analyse(half).closing_period == "2025-03"
    few = RevenueCube(cube.customers[:5], cube.periods, np.r_[amounts[:1], amounts[20:24]])
    assert analyse(few).closing_period == "2025-03"


def test_a_segment_that_carries_the_result_is_flagged():
    region = Segment("Region", ("EMEA", "APAC"), np.array([0] * 10 + [1] * 30))
    amounts = [[10, 16]] * 10 + [[10, 9]] * 30
    found = flags(amounts, segments={"Region": region})["one_segment_carries"]
    assert found == "One value of Region carries the result: without EMEA NRR is 90.0%."


def test_a_segment_that_weighs_on_the_result_is_said_to():
    region = Segment("Region", ("EMEA", "APAC"), np.array([0] * 10 + [1] * 30))
    amounts = [[10, 4]] * 10 + [[10, 11]] * 30
    found = flags(amounts, segments={"Region": region})["one_segment_carries"]
    assert found == "One value of Region weighs on the result: without EMEA NRR is 110.0%."


@pytest.mark.parametrize(
    ("text", "arr", "acv", "fits"),
    [
        ("ARR 3m to 20m", 3e6, 1e3, "yes"),
        ("ARR 3m to 20m", 20e6, 1e3, "no"),
        ("annual contracts below 12k", 5e6, 11_999.0, "yes"),
        ("annual contracts above 250k", 5e6, 249_999.0, "no"),
        ("annual contracts above 250k", 5e6, math.nan, ""),
    ],
)
def test_a_benchmark_is_matched_to_the_companys_own_size(text, arr, acv, fits):
    size = size_of(text)
    assert size is not None and size.fits({"arr": arr, "acv": acv}) == fits
    assert size_of("enterprise") is None
