"""The use case as a caller meets it: the JSON object, the options, what is undefined and what is refused."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import numpy as np
import pytest

from nrr_xl.cli import main
from nrr_xl.errors import InputError
from nrr_xl.metrics import RATES
from nrr_xl.periods import Periods, month_number
from nrr_xl.retention.analysis import analyse
from nrr_xl.retention.lines import BRIDGE_LINES, COUNTS
from nrr_xl.retention.methods import METHODS
from nrr_xl.retention.presets import presets
from nrr_xl.revenue.cube.build import RevenueCube, Segment

RATE_KEYS = {"nrr", "grr", "logo_retention"}


def company(customers: int = 60, periods: int = 40, first: int = month_number(2021, 2), step: int = 1) -> RevenueCube:
    """A company with growth, churn, gaps and three segment columns, one of them too wide for a segment."""
    random = np.random.default_rng(11)
    amounts = np.round(
        random.lognormal(5, 1, (customers, 1)) * np.cumprod(random.normal(1.01, 0.05, (customers, periods)), 1), 2
    )
    start = random.integers(-20, periods - 5, (customers, 1))
    place = np.arange(periods)
    amounts *= (place >= start) & (place < start + random.geometric(0.03, (customers, 1)) + 2)
    amounts[random.random(amounts.shape) < 0.02] = 0.0
    return RevenueCube(
        customers=tuple(f"Customer {i}" for i in range(customers)),
        periods=Periods(first, periods, step),
        amounts=amounts,
        segments={
            "Region": Segment("Region", ("EMEA", "APAC"), random.integers(0, 2, customers)),
            "Plan": Segment("Plan", ("S", "M", "L"), np.where(amounts > 0, random.integers(0, 3, amounts.shape), -1)),
            "Owner": Segment("Owner", tuple(f"owner {i}" for i in range(60)), np.arange(customers) % 60),
        },
    )


@pytest.fixture(scope="module")
def analysis():
    return analyse(company())


def test_the_json_object_has_exactly_its_keys(analysis):
    found = json.loads(json.dumps(analysis.to_dict(), allow_nan=False))
    core = [
        *("source", "opening_period", "closing_period", "months", "method", "headline", "settings", "bridge", "rates"),
        *("customers", "methods", "periods", "trend", "segments", "cohorts", "movers", "concentration", "risk"),
        *("flags", "problems", "checks"),
    ]
    assert list(found)[: len(core)] == core
    assert set(found["source"]) == {"path", "sheet", "layout", "rows", "sha256"}
    assert (found["opening_period"], found["closing_period"], found["months"]) == ("2023-05", "2024-05", 12)
    assert tuple(found["bridge"]) == BRIDGE_LINES
    assert set(found["rates"]) == set(RATES)
    assert set(found["customers"]) == {
        *("opening", "retained", "new", "reactivated", "expanded", "contracted", "churned", "closing")
    }
    assert set(found["methods"]) == set(METHODS)
    assert all(set(method) == {"numerator", "denominator", "rate"} for method in found["methods"].values())
    assert all(set(row) == {"period", *BRIDGE_LINES, *RATE_KEYS} for row in found["periods"])
    assert all(set(row) == {"period", *RATE_KEYS} for row in found["trend"])
    assert set(found["segments"]) == {"Region", "Plan"}
    lines = {"value", "opening", "expansion", "contraction", "churn", "closing", *RATE_KEYS}
    assert all(set(row) == lines for rows in found["segments"].values() for row in rows)
    assert set(found["cohorts"]) == {"revenue", "logos"}
    assert all(row[0] == 1.0 for table in found["cohorts"].values() for row in table.values())
    assert len(found["cohorts"]["revenue"]["2021-02"]) == 40
    assert set(found["movers"]) == {"expansion", "contraction", "churn", "new"}
    assert set(found["concentration"]) == {
        *("top_1", "top_5", "top_10", "hhi", "nrr_without_top_1", "nrr_without_top_5", "nrr_without_top_10")
    }
    assert all(set(row) == {"customer", "amount", "periods_declining", "change"} for row in found["risk"])
    assert all(set(flag) == {"code", "message"} for flag in found["flags"])
    assert found["checks"] and all(set(check) == {"name", "difference", "passed"} for check in found["checks"])
    assert all(check["passed"] for check in found["checks"])


def test_its_parts_agree_with_each_other(analysis):
    last, trend = analysis.periods.iloc[-1], analysis.trend.iloc[-1]
    assert analysis.bridge["closing"] == pytest.approx(last["closing"])
    assert trend["nrr"] == analysis.rates["nrr"] == analysis.headline["rate"]
    assert analysis.methods.set_index("key")["rate"]["closed_cohort_flows"] == pytest.approx(analysis.rates["nrr"])
    for frame in (*analysis.segments.values(), analysis.size_bands):
        assert frame["closing"].sum() == pytest.approx(analysis.bridge["closing"])
        assert frame["openers"].sum() == analysis.customers["opening"]
    average = analysis.trend.iloc[-12:]
    weights = [analysis.bridges["month"].set_index("period")["closing"][_back(period)] for period in average["period"]]
    weighted = np.average(average["nrr"], weights=weights)
    assert analysis.methods.set_index("key")["rate"]["trailing_average"] == pytest.approx(weighted)
    for table in analysis.cohorts.values():
        assert table.shares.shape == table.amounts.shape and list(table.average.index) == list(table.shares.columns)
        assert table.best != table.worst and table.compared_at == 12


def _back(period: str) -> str:
    year, month = period.split("-")
    return f"{int(year) - 1}-{month}"


def test_segments_have_a_bridge_for_every_quarter(analysis):
    quarters = analysis.bridges["quarter"]
    for frame in analysis.segment_bridges.values():
        totals = frame.groupby("period", sort=True)[["opening", "churn", "closing"]].sum()
        np.testing.assert_allclose(totals, quarters.set_index("period")[["opening", "churn", "closing"]])


def test_shorter_windows_are_stretched_to_a_year_by_compounding(analysis):
    month, quarter = analysis.annualised_trends["month"], analysis.annualised_trends["quarter"]
    monthly = analysis.bridges["month"]
    np.testing.assert_allclose(month["nrr"], monthly["nrr"] ** 12)
    np.testing.assert_allclose(month["churn_rate"], 1 - (1 - monthly["churn_rate"]) ** 12)
    quarterly = analyse(company(), months=3).trend
    np.testing.assert_allclose(quarter["grr"], quarterly["grr"] ** 4)
    assert list(quarter["period"]) == list(quarterly["period"])


def test_an_annual_amount_is_not_multiplied_to_a_year_again(analysis):
    arr = analyse(replace(company(), unit="ARR")).lifetime_value
    assert analysis.lifetime_value["amount_per_customer"] == pytest.approx(12 * arr["amount_per_customer"])


def test_the_same_rows_give_the_same_analysis(analysis):
    assert json.dumps(analyse(company()).to_dict()) == json.dumps(analysis.to_dict())


def test_as_of_is_an_analysis_of_the_rows_up_to_there():
    whole = company()
    cut = replace(
        whole,
        amounts=whole.amounts[:, :30],
        periods=replace(whole.periods, count=30),
        segments={
            **whole.segments,
            "Plan": replace(whole.segments["Plan"], codes=whole.segments["Plan"].codes[:, :30]),
        },
    )
    one, two = analyse(whole, as_of="2023-07").to_dict(), analyse(cut).to_dict()
    assert one == two


@pytest.mark.parametrize(
    ("freq", "rows", "first"), [("month", 39, "2021-03"), ("quarter", 13, "2021-06"), ("year", 3, "2022-12")]
)
def test_periods_follow_the_frequency(freq, rows, first):
    frame = analyse(company(), freq=freq).periods
    assert (len(frame), frame["period"].iloc[0], frame["period"].iloc[-1]) == (rows, first, "2024-05")
    assert set(frame.columns) == {"period", "from", "months", *BRIDGE_LINES, *COUNTS, *RATES}


def test_the_year_to_date_opens_at_the_last_fiscal_year_end():
    whole = company()
    cube = replace(whole, periods=replace(whole.periods, fiscal_year_end=3))
    table = analyse(cube).bridges["ytd"]
    assert (table["from"] == "2024-03").all() and table["period"].tolist() == ["2024-04", "2024-05"]
    assert analyse(company(periods=6, first=month_number(2024, 1)), months=3).bridges["ytd"].empty


@pytest.mark.parametrize("step", [3, 12])
def test_quarters_and_years_are_analysed_as_they_are(step):
    analysis = analyse(company(periods=9, first=month_number(2015, 12), step=step))
    assert set(analysis.bridges) == ({"quarter", "year", "ytd"} if step == 3 else {"year", "ytd"})
    assert set(analysis.annualised_trends) == ({"quarter"} if step == 3 else set())
    reasons = analysis.methods.set_index("key")["reason"]
    assert reasons["quarter_cohort"] == ("" if step == 3 else "needs rows by month or quarter")
    assert all(check.passed for check in analysis.checks)


def test_what_the_rows_do_not_reach_has_a_reason():
    methods = analyse(company(periods=14)).methods.set_index("key")
    reasons = {key: reason for key, reason in methods["reason"].items() if reason}
    assert reasons == {
        "trailing_average": "needs 24 months, the rows have 14",
        "quarter_cohort": "needs 15 months, the rows have 14",
        "two_year_cohort": "needs 24 months, the rows have 14",
    }
    assert methods.loc[list(reasons), "rate"].isna().all()


@pytest.mark.parametrize(
    "amounts",
    [[[0.0, 5.0]], [[5.0, 0.0]], [[5.0, 5.0]], [[5.0, 0.0], [0.0, 7.0]], [[0.0, 0.0]]],
    ids=["won", "all churned", "one customer", "swapped", "nothing"],
)
def test_tiny_companies(amounts):
    amounts = np.array(amounts)
    cube = RevenueCube(tuple(f"c{i}" for i in range(len(amounts))), Periods(24288, 2), amounts)
    analysis = analyse(cube, months=1)
    found = analysis.to_dict()
    json.dumps(found, allow_nan=False)
    opening = amounts[:, 0].sum()
    assert (found["rates"]["nrr"] is None) == (opening == 0)
    assert ("no_opening" in {flag.code for flag in analysis.flags}) == (opening == 0)
    assert analysis.methods.set_index("key")["reason"]["point_to_point"] == ("" if opening else "no opening amount")
    assert all(check.passed for check in analysis.checks)


def test_presets_choose_the_method_of_the_headline():
    for name, preset in presets().items():
        headline = analyse(company(), method=name).headline
        assert headline["key"] == preset.method and not math.isnan(headline["rate"])
        assert preset.confirmed in ("yes", "partly", "no") and preset.source and preset.definition


def test_the_command_line_names_the_method_that_was_asked_for(tmp_path, capsys):
    rows = tmp_path / "rows.csv"
    rows.write_text("Customer,Month,MRR\nA,2024-01,100\nA,2024-02,150\nB,2024-01,100\n")
    assert main(["analyse", str(rows), "--months", "1", "--method", "figma"]) == 0
    told = capsys.readouterr().out
    assert "NRR by method survivors_only: 150.0 % (Survivors only)\n    Hides churn" in told
    assert main(["analyse", str(rows), "--months", "1", "--method", "snowflake"]) == 0
    assert "NRR by method two_year_cohort: 75.0 %" in capsys.readouterr().out
    assert main(["analyse", str(rows), "--months", "1", "--method", "datadog"]) == 0
    assert "undefined" in (told := capsys.readouterr().out) and "needs 13 months, the rows have 2" in told
    assert main(["analyse", str(rows), "--months", "1"]) == 0
    assert "method" not in capsys.readouterr().out


def test_annualised_takes_the_closing_month_or_the_mean_of_the_window():
    closing, mean = (analyse(company(), method=name).headline["rate"] for name in ("annualised", "hubspot_2014"))
    months = analyse(company()).periods.iloc[-12:]
    assert closing == pytest.approx(months["nrr"].iloc[-1] ** 12)
    assert mean == pytest.approx(np.average(months["nrr"], weights=months["opening"]) ** 12)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"months": 0}, "months is 0, but the rows are by month: choose a multiple of 1, at least 1"),
        ({"months": 48}, "opens before the first period, 2021-02"),
        ({"as_of": "2030-01"}, "2030-01 is outside 2021-02 to 2024-05"),
        ({"as_of": "January"}, "Write it as YYYY-MM"),
        ({"freq": "week"}, "freq is 'week'. Choose one of month, quarter, year"),
        ({"cohort_freq": "week"}, "freq is 'week'"),
        ({"method": "magic"}, "method is 'magic'. Choose one of point_to_point"),
        ({"annualise_from": "magic"}, "annualise_from is 'magic'. Choose one of closing, window"),
        ({"segments": ["Country"]}, "no segment column 'Country'. The source has: Region, Plan, Owner"),
        ({"size_edges": [10, 5]}, "must be above 0 and rise"),
        ({"top": 0}, "top is 0"),
        ({"scheme": "magic"}, "scheme is 'magic'. Choose one of general, kpi_depot, salesforce"),
    ],
)
def test_an_option_that_cannot_be_used_is_one_clear_error(options, message):
    with pytest.raises(InputError, match=message.replace(".", r"\.")):
        analyse(company(), **options)


def test_months_must_be_whole_periods():
    with pytest.raises(InputError, match="the rows are by quarter: choose a multiple of 3"):
        analyse(company(periods=9, first=month_number(2015, 12), step=3), months=10)


def test_a_wide_column_is_a_segment_when_asked_for():
    assert set(analyse(company(), segments=["Owner"]).segments) == {"Owner"}
    flags = {flag.code: flag.message for flag in analyse(company()).flags}
    assert flags["segment_left_out"].startswith("Owner has 60 values")
