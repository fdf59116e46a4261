"""A book in which everything happens, as a cube under every policy: each amount, code, layer and word is kept.

Other tests compare single cells with hand-made ones; here nothing of a cube may move unseen.
"""

from __future__ import annotations

from itertools import product
from pathlib import Path

import numpy as np
import openpyxl
import pytest

from nrr_xl.errors import InputError
from nrr_xl.periods import Periods, iso_month, parse_period, period_end, period_label
from nrr_xl.revenue.cube.build import RevenueCube, build_cube, fill_gaps
from nrr_xl.revenue.cube.complete import last_complete, looks_incomplete, usual_customers
from nrr_xl.revenue.cube.currency import Rates, held_on
from nrr_xl.revenue.cube.lookups import LedgerTotal, customer_map, ledger, map_as_csv, untied
from nrr_xl.revenue.cube.policy import Policy, is_one_time, tell_lookups
from nrr_xl.revenue.cube.rate_table import exchange_rates
from nrr_xl.revenue.cube.rows import Labels, RevenueRows
from nrr_xl.revenue.cube.takeovers import take_overs
from nrr_xl.revenue.cube.units import units_of
from nrr_xl.revenue.files.grid import grid_of_columns
from nrr_xl.revenue.files.sources import open_file
from nrr_xl.revenue.findings import Findings
from tests.kept import assert_kept, told

DOORS = {"rates": exchange_rates, "map": customer_map, "ledger": ledger}
KEPT = Path(__file__).with_name("books.json")
DATED = Rates("USD", {"JPY": 0.0066, "AUD": 0.7}, {"EUR": ((24288, 1.1), (24291, 1.05), (24300, 1.2))})
FIXED = DATED.at(24292)
MAP = {"cUST 03": "Cust 04", "Cust 09": "Cust 10", "cust 10": "Cust 11", "Nobody": "Cust 01"}


def made(only: str = "") -> RevenueRows:
    """Rows by rule: 24 months, three currencies, credits, one-time fees, texts that change, blanks and gaps."""
    rows = []
    for number, month in product(range(16), range(24)):
        if month < number % 5 or month > 26 - number or (number * 3 + month * 5) % 17 == 0:
            continue
        currency = only or ("USD", "EUR", "JPY")[number % 3]
        amount = round(0.4 + number * 7.35 + (month // 6) * (number % 4 - 1) * 1.25, 2)
        text = ("North", "South", "")[(number + month // 9) % 3]
        rows.append(
            (f"Cust {number:02d}", month, amount, ("Core", "")[number % 7 == 6], "Recurring", currency, text, 3.0)
        )
        if (number + month) % 6 == 0:
            rows.append((f"Cust {number:02d}", month, 2.0 + month, "Extra", "Usage", currency, "West", 1.5))
        if (number + month) % 10 == 0:
            rows.append((f"Cust {number:02d}", month, 500.0, "Core", "Setup fee", currency, text, 1.0))
        if (number * month) % 19 == 18:
            rows.append((f"Cust {number:02d}", month, -3 * amount, "Core", "Recurring", currency, text, np.nan))
    if not only:
        # A currency of which nothing is kept but where fees are.
        rows.append(("Cust 01", 3, 9.0, "Core", "Setup fee", "AUD", "North", 1.0))
    columns = list(zip(*rows, strict=True))
    return RevenueRows(
        customer=Labels.of("Customer", columns[0]),
        periods=Periods(24288, 24),
        period=np.array(columns[1], np.int32),
        amounts=np.array(columns[2], float),
        segments=(Labels.of("Region", columns[6]), Labels.of("Kind", columns[4])),
        product=Labels.of("Product", columns[3]),
        type=Labels.of("Type", columns[4]),
        currency=Labels.of("Currency", columns[5]),
        quantity=np.array(columns[7], float),
    )


def record(cube: RevenueCube) -> dict:
    """All that a cube says."""
    return {
        "said": [repr(cube), str(cube.units), cube.currency, str(cube.periods)],
        "amounts": dict(zip(cube.customers, cube.amounts.tolist(), strict=True)),
        "negatives": cube.negatives.tolist(),
        "segments": {
            name: [segment.name, *segment.values, segment.codes.tolist()] for name, segment in cube.segments.items()
        },
        "problems": [str(problem) for problem in cube.problems],
        "fx": {layer.currency: [layer.holders, layer.local.tolist(), layer.rates] for layer in cube.fx},
        "restated": cube.restated([0, 5, 22], [12, 11, 3], slice(2, 12)).tolist(),
        "rows": len(cube.rows or ()),
    }


POLICIES = {
    "constant": Policy(rates=FIXED),
    "dated": Policy(rates=DATED),
    "map": Policy(rates=DATED, customer_map=MAP),
    "product": Policy(rates=FIXED, level="product", customer_map=MAP),
    "all": Policy(rates=FIXED, one_time=()),
    "usage": Policy(rates=DATED, one_time=("usage", "setup fee")),
}


@pytest.mark.parametrize("name", POLICIES)
def test_nothing_of_a_cube_moves_unseen(name):
    cube = build_cube(made(), POLICIES[name])
    assert len(cube.customers) > 10 and cube.negatives.any() and len(cube.problems) > 3
    for part, held in record(cube).items():
        assert_kept(KEPT, f"{name}.{part}", held)
    filled = record(fill_gaps(cube, 2))
    assert filled["amounts"] != cube.amounts.tolist()
    for part, held in filled.items():
        assert_kept(KEPT, f"{name}, filled.{part}", held)


def test_one_currency_without_rates_and_what_is_refused():
    one = build_cube(made("EUR"))
    assert_kept(KEPT, "one currency", record(one))
    assert_kept(KEPT, "units of a sheet in millions", str(units_of(np.array([0.5, 0.0123, 12.5]))))
    found = {}
    for name, rows, policy in (
        ("mixed", made(), Policy()),
        ("missing", made(), Policy(rates=Rates("USD", {"EUR": 1.1}))),
        ("missing early", made(), Policy(rates=Rates("USD", {"JPY": 0.0066}, {"EUR": ((24294, 1.1),)}))),
        ("to nothing", made(), Policy(rates=Rates(fixed={"EUR": 1.1}))),
        ("negative", made("EUR"), Policy(negatives="error")),
        ("nothing left", made("EUR"), Policy(one_time=("recurring", "usage", "setup"))),
    ):
        with pytest.raises(InputError) as caught:
            build_cube(rows, policy)
        found[name] = told(caught.value)
    assert_kept(KEPT, "refused", found)


def test_what_is_told_of_maps_and_rates():
    rows, findings = made(), {}
    for name, policy in POLICIES.items():
        said = Findings(grid_of_columns("Rows", [["Customer"]]))
        tell_lookups(policy, rows, said)
        findings[name] = "\n".join(map(str, said.problems))
    said = Findings(grid_of_columns("Rows", [["Customer"]]))
    tell_lookups(Policy(customer_map={"Nobody": "Cust 01"}, rates=Rates("USD", {"CHF": 1.2})), made("EUR"), said)
    findings["idle"] = "\n".join(map(str, said.problems))
    assert_kept(KEPT, "told of lookups", findings)
    assert_kept(KEPT, "held", "\n".join(held_on(rows, DATED)))
    assert_kept(KEPT, "rates said", [DATED.said(code) for code in ("USD", "EUR", "JPY", "CHF")])
    assert_kept(KEPT, "rates at", [str(DATED.at(month)) for month in (24200, 24288, 24291, 24299, 24400)])
    phrases = (("one", "time"), ("setup",))
    texts = ("One-time", "one time fee", "Setup", "fee: setup", "setup of core", "time one", "once", "")
    assert_kept(KEPT, "one time", {text: is_one_time(text, phrases) for text in texts})


def test_units_are_those_that_amounts_are_written_in():
    books = [
        ([100.0, 99.99], "", 1.0),
        ([100.0, 99.5], "JPY", 1.0),
        ([100.0, 99.995], "KWD", 1.0),
        ([100.0, 99.99], "EUR", 1.1),
        ([1e15, 0.01], "", 1.0),
        ([4e15, 0.01], "", 1.0),
        ([9e17, 1.0], "", 1.0),
        ([1 / 3, 2 / 3, 5.0], "", 1.0),
        ([1000 / 3, 2000 / 3, 5.0], "", 1.0),
        ([0.001, 0.002, 3.5], "", 1.0),
        ([0.0012345, 4.0, 5.0], "", 1.0),
        ([1.005, 2.015, 3.025], "", 1.0),
        ([1.005, 2.0, 3.0, 4.0], "", 1.0),
        ([3.001, 2.002, 3.003, 4.004, 5.0], "", 1.0),
        ([3.25, 2.001, 3.003, 4.004], "", 1.0),
        ([0.005, 4.0, 5.0, 6.25], "", 1.0),
        ([0.0, np.nan], "ISK", 1.0),
        ([1e-9, 2e-9], "", 1.0),
        ([-5.25, 5.25], "", 2.0),
        ([1e12, 2e12], "", 1e4),
    ]
    found = []
    for amounts, currency, factor in books:
        units = units_of(np.array(amounts), currency, factor)
        whole = units.whole(np.nan_to_num(np.array(amounts)))
        found.append([str(units), units.scale, units.half, [str(each) for each in units.amounts(whole).tolist()]])
    assert_kept(KEPT, "units", {str(book): held for book, held in zip(books, found, strict=True)})
    close = np.array([[1000, 1004, 996, 1009, 3, -3, 1000], [10**6, 10**6 + 4, 10**6 - 4, 10**6 + 9, 4, 5, 6]])
    for decimals in (2, 3, 4):
        units = units_of(np.array([100.0, 99.99])).__class__(decimals, 2)
        assert_kept(KEPT, f"settled {decimals}", units.settled(close.astype(float)).tolist())


def test_periods_by_every_step_and_fiscal_year():
    found = {}
    for step, year_end in product((1, 3, 6, 12), (12, 3, 1)):
        first = period_end(24290, step, year_end)
        axis = Periods(first, 5, step, year_end)
        found[f"{step} {year_end}"] = [
            *(axis.keys + axis.labels),
            [period_label(24300 + at, step, year_end) for at in range(12)],
            [iso_month(period_end(24300 + at, step, year_end)) for at in range(12)],
            [axis.index(axis.ends[at]) for at in range(5)],
        ]
    assert_kept(KEPT, "periods", found)
    texts = [
        "2024",
        "FY24",
        "FY 2024",
        "Q1 2024",
        "2024-Q3",
        "Q4/24",
        "H1 2024",
        "2H24",
        "2024-02",
        "02/2024",
        "Feb 24",
        "5",
        "",
    ]
    read = {text: [str(parse_period(text, year_end)) for year_end in (12, 6)] for text in texts}
    assert_kept(KEPT, "periods read", read)


def test_a_last_period_is_judged_by_the_six_before_it():
    books = [
        *([40, 41, 40, 10], [4, 4, 4, 3], [3, 3, 1], [2, 2, 0], [10, 8], [10, 7], [0, 0, 5], [9, 0, 9, 4], [6, 6, 3]),
        *([6, 6, 2], [5, 5, 0], [90, 8, 8, 8, 8, 8, 8, 6], [1, 50, 50, 50, 50, 50, 50, 24, 3], [20, 20, 20, 0, 0], [7]),
    ]
    held = {str(book): [] for book in books}
    for book in books:
        active, at = np.array(book), len(book) - 1
        held[str(book)] = [usual_customers(active, at), looks_incomplete(active, at), last_complete(active)]
    assert_kept(KEPT, "complete", held)


def test_take_overs_are_those_of_equal_amounts_or_names_within_two_periods():
    names = (
        "Acme Corp",
        "Beta",
        "Acme Holding",
        "Gamma",
        "Delta",
        "Epsilon",
        "Zeta",
        "Theta",
        "Never",
        "Iota",
        "Kappa",
    )
    amounts = np.zeros((11, 8))
    amounts[9, :3], amounts[10, 3:] = 55, 55.9
    amounts[0, :3], amounts[2, 4:] = 100, 104.9
    amounts[1, :4], amounts[3, 4:] = 77.5, 77.5
    amounts[4, :2], amounts[5, 5:] = 31, 31
    amounts[6, :5], amounts[7, 6:] = 0.75, 0.754
    assert_kept(KEPT, "take-overs", "\n".join(map(str, take_overs(names, amounts))))
    for factor in (0.5, 1.06):
        changed = amounts.copy()
        changed[[2, 3, 7]] *= factor
        assert_kept(KEPT, f"take-overs {factor}", "\n".join(map(str, take_overs(names, changed))))


def test_a_ledger_ties_or_says_where_it_does_not():
    periods = Periods(24290, 3, 3)
    totals = [LedgerTotal(24290, 3, 100.0, "B2"), LedgerTotal(24293, 3, 50.01, "B3"), LedgerTotal(24299, 1, 7.5, "")]
    assert_kept(KEPT, "untied", "\n".join(untied(totals, periods, [100.01, 50.0, 9.0], 0.005)))
    assert untied(totals[:2], periods, [100.005, 50.005, 9.0], 0.0051) == []
    with pytest.raises(InputError) as caught:
        untied([LedgerTotal(24299, 12, 1.0, "B4"), LedgerTotal(24299, 12, 1.0, "")], periods, [1, 2, 3], 0.1)
    assert_kept(KEPT, "longer", told(caught.value))


TABLES = {
    "rates": ["Currency;Rate", "EUR;1,10", "USD;1", ";", "GBP;1,25"],
    "dated rates": ["ECB,,", "Ccy,FX,Month", "eur,1.1,2024-01", "EUR,1.2,Q2 2024", "EUR,1.3,2025", "USD,1,2024-01"],
    "rates of one": ["code,value", "JPY,0.0066"],
    "map": ["Old name,New name", "'=Acme,Bolt", "Cora  Ltd,Bolt", "'Dora,Eve", "-,--"],
    "ledger": ["Period,Total", "2024-01,100.5", "Q2 2024,300", ",", "2025,7"],
    "ledger by comma": ["Month;Revenue", "2024-02;1.234,50", "2024-01;17,5"],
}


@pytest.mark.parametrize("name", TABLES)
def test_a_table_beside_the_rows_is_read_whole(name, tmp_path):
    door = next(made for kind, made in DOORS.items() if kind in name)
    path = tmp_path / "side.csv"
    path.write_text("\n".join(TABLES[name]) + "\n", "utf-8")
    assert_kept(KEPT, f"beside: {name}", str(door(path)))
    # The same as sheets of a book: that of its own name is taken, whatever stands before it.
    book = openpyxl.Workbook()
    book.active.append(["Nothing", "of use"])
    sheet = book.create_sheet({"map": "Customer map"}.get(name, name.split()[0].title()) if "of" not in name else "FX")
    for line in TABLES[name] if ";" not in TABLES[name][0] else ():
        sheet.append([_typed(text) for text in line.split(",")])
    if sheet.max_row > 1 and name != "dated rates":
        book.save(tmp_path / "side.xlsx")
        assert_kept(KEPT, f"beside: {name}, sheet", str(door(tmp_path / "side.xlsx")))
        if name != "ledger":
            opened, _ = open_file(tmp_path / "side.xlsx")
            assert str(door(None, opened)) == str(door(tmp_path / "side.xlsx"))


def _typed(text: str) -> object:
    try:
        return float(text) if "." in text else text or None
    except ValueError:
        return text


def test_tables_given_from_python_are_read_whole():
    rates = {"eur": {"2024-01": 1.1, "Q3 2024": "1.2"}, "USD": 1, "JPY": 0.0066}
    assert_kept(KEPT, "beside: dict of rates", str(exchange_rates(rates)))
    assert_kept(KEPT, "beside: dict of totals", str(ledger({"2025": 7, "2024-01": 100.5, "Q2 2024": 300.0})))
    assert exchange_rates(None) is None and customer_map(None) == {}
    found = {}
    for number, given in enumerate(({"EUR": {"soon": 1.1}}, {"EUR": 0}, {"EUR": "x"}, {}, {"EUR": 1, "USD": 1})):
        with pytest.raises(InputError) as caught:
            exchange_rates(given)
        found[str(number)] = told(caught.value)
    for given in ({"soon": 1.0}, {"2024-01": "x"}, {"2024-01": True}, {"2024-01": 1, "Jan 2024": 2}, {}):
        with pytest.raises(InputError) as caught:
            ledger(given)
        found[str(given)] = told(caught.value)
    for given in ({"A": "B", "a": "C"}, {"A": ""}, {"A": "B", "B": "A"}):
        with pytest.raises(InputError) as caught:
            customer_map(given)
        found[str(given)] = told(caught.value)
    assert_kept(KEPT, "beside: refused", found)
    pairs = [("=Acme", "Acme"), ("Bolt", "+Bolt"), ("Cora, Inc", "Cora")]
    assert_kept(KEPT, "map as csv", [map_as_csv(pairs), map_as_csv([*pairs, ("a;b", "c")])])
