"""The functions over revenue rows, through xlwings' real CallUDF, on four customers that can be added up by hand.

a grows from 100 to 150, b leaves after 100, c comes with 70, d shrinks from 50 to 20, from January 2024 to January
2025; between the two only a has an amount, in February.
"""

import datetime as dt
from decimal import Decimal

import pytest

JANUARY, FEBRUARY, NEXT_JANUARY = 45292.0, 45323.0, 45658.0
LONG = (
    (("a",), ("b",), ("d",), ("a",), ("a",), ("c",), ("d",)),
    ((JANUARY,),) * 3 + ((FEBRUARY,),) + ((NEXT_JANUARY,),) * 3,
    ((100.0,), (100.0,), (50.0,), (100.0,), (150.0,), (70.0,), (20.0,)),
)
WIDE = (
    (("a",), ("b",), ("c",), ("d",)),
    ((JANUARY, FEBRUARY, NEXT_JANUARY),),
    ((100.0, 100.0, 150.0), (100.0, None, None), (None, None, 70.0), (50.0, None, 20.0)),
)
SEGMENTS = (("E",), ("E",), ("W",), ("E",), ("E",), ("W",), ("W",))
SHAPES = pytest.mark.parametrize("rows", [LONG, WIDE], ids=["long", "wide"])


@SHAPES
@pytest.mark.parametrize(
    "function, more, expected",
    [
        ("NRR_ASOF", (NEXT_JANUARY,), 0.68),
        ("NRR_ASOF", ("2025-01",), 0.68),
        ("NRR_ASOF", ("Jan 2025", 12.0, "Survivors_Only"), 170 / 150),
        ("NRR_ASOF", (dt.datetime(2025, 1, 31), None, None), 0.68),
        ("NRR_ASOF", (Decimal("202501"),), 0.68),
        ("NRR_ASOF", ("2025-01", 13.0), "#N/A"),
        ("NRR_ASOF", ("2026-01",), "#N/A"),
        ("NRR_ASOF", (JANUARY,), "#N/A"),
        ("NRR_ASOF", (None,), "#N/A"),
        ("NRR_ASOF", ("soon",), "#VALUE!"),
        ("NRR_ASOF", ("#REF!",), "#REF!"),
        ("NRR_ASOF", (NEXT_JANUARY, 0.0), "#NUM!"),
        ("NRR_ASOF", (NEXT_JANUARY, 1.5), "#NUM!"),
        ("NRR_ASOF", (NEXT_JANUARY, 12.0, "magic"), "#NUM!"),
        ("NRR_ASOF", (NEXT_JANUARY, 12.0, "compounded"), "#DIV/0!"),
        ("NRR_ASOF", (NEXT_JANUARY, 12.0, "two_year_cohort"), "#N/A"),
        ("GRR_ASOF", (NEXT_JANUARY,), 0.48),
        ("GRR_ASOF", (JANUARY,), "#N/A"),
        # a and b are equally large; the first of them is left out.
        ("NRR_EX_TOP", (NEXT_JANUARY, 1.0), 20 / 150),
        ("NRR_EX_TOP", (NEXT_JANUARY, 3.0), "#DIV/0!"),
        ("NRR_EX_TOP", (NEXT_JANUARY, 0.0), "#NUM!"),
    ],
)
def test_a_rate_of_rows(com_server, rows, function, more, expected):
    answer = com_server.call(function, *rows, *more)
    assert answer == (pytest.approx(expected) if isinstance(expected, float) else expected)


@SHAPES
def test_a_range_of_as_of_cells_takes_one_call(com_server, rows):
    answer = com_server.call("NRR_ASOF", *rows, ((NEXT_JANUARY,), (JANUARY,), (None,), ("x",)))
    assert answer == [[pytest.approx(0.68)], ["#N/A"], ["#N/A"], ["#VALUE!"]]


@SHAPES
def test_the_trend_spills(com_server, rows):
    assert com_server.call("NRR_TREND", *rows) == [
        ["Period", "NRR", "GRR", "Logo retention"],
        ["Jan 2025", pytest.approx(0.68), pytest.approx(0.48), pytest.approx(2 / 3)],
    ]
    assert com_server.call("NRR_TREND", *rows, 24.0) == "#N/A"


@SHAPES
def test_the_methods_spill(com_server, rows):
    table = com_server.call("NRR_METHODS", *rows, NEXT_JANUARY)
    assert table[0] == ["Method", "Numerator", "Denominator", "Rate"]
    assert ["point_to_point", 170.0, 250.0, pytest.approx(0.68)] in table
    assert ["two_year_cohort", "#N/A", "#N/A", "#N/A"] in table
    assert len(table) == 11


@SHAPES
def test_the_bridge_spills_and_foots(com_server, rows):
    table = com_server.call("ARR_BRIDGE", *rows, "Year")
    assert table == [
        ["Period", "Opening", "New", "Reactivation", "Expansion", "Contraction", "Churn", "Closing"],
        ["FY2025", 0.0, 70.0, 170.0, 0.0, 0.0, 0.0, 240.0],
    ]
    monthly = com_server.call("ARR_BRIDGE", *rows)
    assert monthly[1] == ["Feb 2024", 250.0, 0.0, 0.0, 0.0, 0.0, 150.0, 100.0]
    for _, opening, new, reactivation, expansion, contraction, churn, closing in monthly[1:]:
        assert opening + new + reactivation + expansion - contraction - churn == closing
    assert com_server.call("ARR_BRIDGE", *rows, "weekly") == "#NUM!"


@SHAPES
def test_the_triangle_spills_blank_beyond_what_is_reached(com_server, rows):
    table = com_server.call("COHORT_TABLE", *rows, "logos")
    assert table[0][:4] == ["Cohort", "Customers", 0.0, 1.0]
    assert table[1][:4] == ["before Jan 2024", 3.0, 1.0, pytest.approx(1 / 3)]
    assert table[1][-1] == pytest.approx(2 / 3)
    assert table[2][:4] == ["Jan 2025", 1.0, 1.0, ""]
    assert com_server.call("COHORT_TABLE", *rows, "euros") == "#NUM!"


def test_the_segments_spill_with_their_total(com_server):
    table = com_server.call("NRR_SEGMENT", *LONG, SEGMENTS, NEXT_JANUARY)
    assert table[0][0] == "Segment"
    assert table[1][:8] == ["E", 200.0, 0.0, 0.0, 50.0, 0.0, 100.0, 150.0]
    assert table[2][:8] == ["W", 50.0, 70.0, 0.0, 0.0, 30.0, 0.0, 90.0]
    assert table[3][:8] == ["Total", 250.0, 70.0, 0.0, 50.0, 30.0, 100.0, 240.0]
    assert table[3][8] == pytest.approx(0.68)
    of_customers = (("E",), ("E",), ("W",), ("W",))
    assert com_server.call("NRR_SEGMENT", *WIDE, of_customers, NEXT_JANUARY) == table
    assert com_server.call("NRR_SEGMENT", *WIDE, (("E",),), NEXT_JANUARY) == "#N/A"


@SHAPES
def test_the_movers_spill_largest_first(com_server, rows):
    head, *lines = com_server.call("TOP_MOVERS", *rows, NEXT_JANUARY, 3.0)
    assert head == ["Customer", "Movement", "Opening", "Closing", "Change"]
    assert lines == [
        ["b", "churn", 100.0, 0.0, -100.0],
        ["c", "new", 0.0, 70.0, 70.0],
        ["a", "expansion", 100.0, 150.0, 50.0],
    ]


def test_the_check_names_the_row_of_the_range(com_server):
    customers, periods, _ = LONG
    amounts = ((100.0,), ("lots",), (-5.0,), (None,), (1.0,), (-2146826281,), (1.0,))
    head, *lines = com_server.call("REVENUE_CHECK", customers, periods, amounts)
    assert head == ["Severity", "Problem", "Row", "Value", "Message", "Action"]
    assert {(line[0], line[2], line[3]) for line in lines} >= {("error", 2.0, "lots"), ("error", 6.0, "#DIV/0!")}
    sound = (("a",), ("b",)) * 2, ((JANUARY,),) * 2 + ((FEBRUARY,),) * 2, ((1.0,),) * 4
    assert com_server.call("REVENUE_CHECK", *sound)[1][0] == "ok"


@pytest.mark.parametrize(
    "arguments, expected",
    [
        ((0.0, 5.0), "new"),
        ((0.0, 5.0, True), "reactivation"),
        ((0.0, 5.0, ((False,),)), "new"),
        ((5.0, 7.0), "expansion"),
        ((5.0, 3.0), "contraction"),
        ((5.0, None), "churn"),
        ((5.0, 5.0), "unchanged"),
        ((None, None), "absent"),
        ((-1.0, 5.0), "#NUM!"),
        (("x", 5.0), "#VALUE!"),
        ((1.0, 5.0, "perhaps"), "#VALUE!"),
        ((((0.0,), (5.0,), (-1.0,)), ((1.0,), (0.0,), (1.0,))), [["new"], ["churn"], ["#NUM!"]]),
        ((((0.0,), (5.0,)), 5.0), [["new"], ["unchanged"]]),
        ((((0.0,), (5.0,)), ((1.0,),) * 3), [["new"], ["contraction"], ["#N/A"]]),
        (
            (((0.0,), (5.0,)), ((1.0,), (2.0,)), ((True,), (False,), (True,))),
            [["reactivation"], ["contraction"], ["#N/A"]],
        ),
    ],
)
def test_the_movement_of_customers(com_server, arguments, expected):
    assert com_server.call("MOVEMENT", *arguments) == expected


@pytest.mark.parametrize(
    "customers, periods, amounts, expected",
    [
        # Whole columns come with their headings.
        ((("Customer",), *LONG[0]), (("Month",), *LONG[1]), (("MRR",), *LONG[2]), 0.68),
        (LONG[0], LONG[1], LONG[2][:5], "#N/A"),
        (LONG[0], (LONG[1],), LONG[2], "#N/A"),
        ((LONG[0],), LONG[1], LONG[2], "#N/A"),
        (LONG[0], LONG[1], (("lots",), *LONG[2][1:]), "#VALUE!"),
        (LONG[0], LONG[1], ((True,), *LONG[2][1:]), "#VALUE!"),
        (LONG[0], LONG[1], ((-2146826259,), *LONG[2][1:]), "#NAME?"),
        ((("#N/A",), *LONG[0][1:]), LONG[1], LONG[2], "#N/A"),
        (LONG[0], (("soon",), *LONG[1][1:]), LONG[2], "#VALUE!"),
        ("a", JANUARY, 5.0, "#N/A"),
        (((None,),) * 7, ((None,),) * 7, ((None,),) * 7, "#VALUE!"),
    ],
)
def test_ranges_that_do_not_fit_are_error_cells(com_server, customers, periods, amounts, expected):
    answer = com_server.call("NRR_ASOF", customers, periods, amounts, NEXT_JANUARY)
    assert answer == (pytest.approx(expected) if isinstance(expected, float) else expected)


def test_why_a_range_cannot_be_read_is_in_the_log(com_server):
    assert com_server.call("NRR_ASOF", LONG[0], LONG[1], (("mystery",), *LONG[2][1:]), NEXT_JANUARY) == "#VALUE!"
    log = com_server.log.read_text(encoding="utf-8")
    assert "error amount-unreadable C1" in log and "mystery" not in log


@SHAPES
def test_a_key_stands_for_its_rows(com_server, rows):
    key = com_server.call("NRR_ROWS", *rows)
    left_out = (None, None)
    for function, more in (
        ("NRR_ASOF", (NEXT_JANUARY, 12.0, "survivors_only")),
        ("GRR_ASOF", ("2025-01",)),
        ("NRR_TREND", ()),
        ("NRR_METHODS", ("2025-01",)),
        ("ARR_BRIDGE", ("year",)),
        ("COHORT_TABLE", ("logos",)),
        ("TOP_MOVERS", (NEXT_JANUARY, 3.0)),
        ("NRR_EX_TOP", (NEXT_JANUARY, 1.0)),
        ("REVENUE_CHECK", ()),
    ):
        assert com_server.call(function, key, *left_out, *more) == com_server.call(function, *rows, *more), function


def test_a_key_is_of_the_very_rows_and_segments(com_server):
    key, again = com_server.call("NRR_ROWS", *LONG), com_server.call("NRR_ROWS", *LONG)
    changed = (*LONG[:2], (*LONG[2][:-1], (21.0,)))
    segments = tuple((each,) for each in "EEWEEWW")
    with_segments = com_server.call("NRR_ROWS", *LONG, segments)
    assert key == again and len({key, with_segments, com_server.call("NRR_ROWS", *changed)}) == 3
    assert com_server.call("NRR_SEGMENT", with_segments, None, None, None, NEXT_JANUARY) == com_server.call(
        "NRR_SEGMENT", *LONG, segments, NEXT_JANUARY
    )
    assert com_server.call("NRR_SEGMENT", key, None, None, None, NEXT_JANUARY) == "#N/A"
    assert com_server.call("NRR_ASOF", key, LONG[1], None, NEXT_JANUARY) == "#VALUE!"
    assert com_server.call("NRR_ASOF", f"NRR_ROWS:{'0' * 32}", None, None, NEXT_JANUARY) == "#REF!"
    assert com_server.call("NRR_ROWS", LONG[0], LONG[1], LONG[2][:3]) == "#N/A"
    assert com_server.call("NRR_ROWS", LONG[0], LONG[1], (("lots",), *LONG[2][1:])) == "#VALUE!"
    assert com_server.call("NRR_ASOF", LONG[0]) == "#N/A"
