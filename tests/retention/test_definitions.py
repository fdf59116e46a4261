"""Companies' own definitions against a cube worked by hand, and own ones from a file."""

from __future__ import annotations

import math

import numpy as np
import pytest

from nrr_xl.errors import InputError
from nrr_xl.periods import Periods
from nrr_xl.retention.analysis import analyse
from nrr_xl.retention.definitions import Average, Definition, defined, definitions, from_file, like, made
from nrr_xl.revenue.cube.build import RevenueCube, Segment

MONTHS = 27
A = [1000.0] * 14 + [1200.0] * 13
B = [500.0] * 20 + [0.0] * 7
C = [4.0] * MONTHS
D = [0.0] * 13 + [2000.0] * 12 + [2400.0] * 2


def golden(**fields) -> RevenueCube:
    plan = Segment("Plan", ("Enterprise", "SMB"), np.array([0, 1, 1, 0]))
    return RevenueCube(("A", "B", "C", "D"), Periods(24288, MONTHS), np.array([A, B, C, D]), {"Plan": plan}, **fields)


# Of the opening in month 14 (counted from 0): A 1200, B 500, C 4, D 2000; at the closing A 1200, C 4, D 2400.
BY_HAND = {
    "pagerduty": 3604 / 3704,
    "okta": 3604 / 3704,
    "workday": 3204 / 3704,
    "zoom": 3600 / 3200,
    "posthog": 3600 / 3700,
    "posthog_gross": 3200 / 3700,
    # The quarter of months 12 to 14: A 3200, B 1500, C 12, D 4000; of months 24 to 26: A 3600, C 12, D 6800.
    "bill": 10_412 / 8712,
    # Without C, which pays less than 5; then the quarters a quarter, two and three earlier.
    "twilio": (10_400 / 8700 + 3600 / 4500 + 4600 / 4500 + 5100 / 4500) / 4,
    # Months 3 to 14 against 15 to 26. A 12,200 to 14,400, B 6,000 to 2,500, C 48 to 48; D is not there in month 3.
    "snowflake": 16_948 / 18_248,
    "zscaler": (16_948 + 24_800) / (18_248 + 4000),
    # The closings of months 15 to 26; D counts at the last two alone.
    "datadog": (14_400 + 2500 + 48 + 4800) / (18_248 + 4000),
    "elastic": (14_400 + 2500 + 48 + 4800) / (18_248 + 4000),
    "hubspot": (41_748 / 41_848) ** 12,
}


@pytest.mark.parametrize("name", definitions())
def test_a_companys_definition_gives_what_was_worked_by_hand(name):
    found = defined(golden(), MONTHS - 1, definitions()[name], name)
    assert found.rate == pytest.approx(BY_HAND[name], rel=1e-12), found
    assert found.reason == ""


def test_every_quoted_definition_has_its_filing_and_says_how_far_it_is_confirmed():
    assert set(definitions()) == set(BY_HAND)
    for found in definitions().values():
        assert found.company and found.filing and found.wording
        assert found.confirmed in ("yes", "partly", "no") and bool(found.note) == (found.confirmed != "yes")


def test_like_a_company_is_the_headline():
    analysis = analyse(golden(), method="like:zoom")
    assert analysis.headline["rate"] == 3600 / 3200 and analysis.headline["label"] == "Zoom"
    assert analysis.rates["nrr"] == 3604 / 3704
    assert analyse(golden()).definition is None


def test_an_own_definition_is_read_from_a_file(tmp_path):
    path = tmp_path / "ours.toml"
    path.write_text('company = "Ours"\nlag = 3\ncohort = "both_ends"\npopulation = "smb"\ncolumn = "Plan"\n')
    own = from_file(path)
    assert own == Definition(lag=3, cohort="both_ends", population=("smb",), column="Plan", company="Ours")
    analysis = analyse(golden(), definition=path)
    assert (analysis.headline["label"], analysis.headline["rate"]) == ("Ours", 1.0)


def test_an_annual_amount_is_not_multiplied_for_its_minimum():
    least = Definition(minimum=1000.0, minimum_of="year")
    assert defined(golden(), MONTHS - 1, least).customers == 3
    assert defined(golden(unit="ARR"), MONTHS - 1, least).customers == 2


def test_what_the_rows_do_not_reach_has_a_reason():
    found = defined(golden(), 20, definitions()["twilio"])
    assert math.isnan(found.rate) and found.reason == "needs 24 months, the rows have 21"
    years = RevenueCube(("a",), Periods(24299, 3, 12), np.ones((1, 3)))
    assert defined(years, 2, definitions()["bill"]).reason == "its measure needs rows of 3 months or finer"
    assert defined(golden(), MONTHS - 1, Definition(minimum=1e9)).reason == "no opening amount"
    equal = Definition(average=Average(count=2, every=1, weights="equal"))
    one, two = (defined(golden(), at, Definition()).rate for at in (MONTHS - 2, MONTHS - 1))
    assert defined(golden(), MONTHS - 1, equal).rate == pytest.approx((one + two) / 2)


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ({"lags": 12}, "Did you mean 'lag'"),
        ({"lag": 0}, "lag is 0"),
        ({"lag": "12"}, "lag is '12'"),
        ({"measure": "month"}, "choose one of point, quarter, year"),
        ({"cohort": "all"}, "cohort is 'all'"),
        ({"average": {"count": 2, "weight": "amount"}}, "average is a table"),
        ({"average": {"weights": "none"}}, "weights is 'none'"),
        ({"minimum": -1}, "minimum is -1"),
        ({"minimum_of": "month"}, "minimum_of is 'month'"),
    ],
)
def test_a_definition_that_cannot_be_used_says_why(entry, told):
    with pytest.raises(InputError, match=told):
        made(entry, "ours.toml")


def test_nobody_of_a_population_and_no_such_company_are_refused(tmp_path):
    bare = RevenueCube(("a",), Periods(24288, 13), np.ones((1, 13)))
    with pytest.raises(InputError, match="no segment column has the text"):
        defined(bare, 12, definitions()["zoom"])
    with pytest.raises(InputError, match="column is 'Plans', which is no segment column"):
        defined(golden(), MONTHS - 1, Definition(population=("SMB",), column="Plans"))
    with pytest.raises(InputError, match="Did you mean 'zoom'"):
        like("like:zoon")
    with pytest.raises(InputError, match="cannot be read"):
        from_file(tmp_path / "none.toml")
    (tmp_path / "broken.toml").write_text("lag =")
    with pytest.raises(InputError, match="not a TOML file"):
        from_file(tmp_path / "broken.toml")


def test_both_ends_are_those_who_pay_at_both_be_it_a_cent():
    amounts = np.array([[100.0, 110.0], [50.0, 0.0], [0.0, 70.0], [0.01, 0.01]])
    cube = RevenueCube(("stays", "leaves", "comes", "a cent"), Periods(24288, 2, 12), amounts)
    both = defined(cube, 1, Definition(measure="year", cohort="both_ends"))
    assert (both.rate, both.customers) == (11001 / 10001, 2)
    active = defined(cube, 1, Definition(measure="year"))
    assert (active.rate, active.customers) == (11001 / 15001, 3)
    first = defined(cube, 1, Definition(measure="year", cohort="first_period"))
    assert (first.rate, first.customers) == (11001 / 15001, 3)
