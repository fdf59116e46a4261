"""Random rows under random policies become the cube that a slow second hand makes of them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nrr_xl.errors import InputError
from nrr_xl.periods import Periods
from nrr_xl.revenue.cube.build import build_cube, fill_gaps, kept_rows
from nrr_xl.revenue.cube.currency import Rates
from nrr_xl.revenue.cube.policy import Policy
from nrr_xl.revenue.cube.rows import Labels, RevenueRows
from tests.revenue import reference

NAMES = ("Ada", "bo", "Cy", "dora", "Eve")
FEES = ("One-time fee", "setup")
RATES = {"USD": 1, "EUR": {24290: 1.1, 24293: 1.25, 24299: 0.9}, "GBP": 1.3}


@st.composite
def books(draw):
    """Rows on an axis of 2 to 9 periods: dense, with fees, credits, several texts of a cell, and blanks."""
    count, step = draw(st.integers(2, 9)), draw(st.sampled_from((1, 3)))
    one = st.fixed_dictionaries(
        {
            "who": st.sampled_from(NAMES),
            "at": st.integers(0, count - 1),
            "cents": st.one_of(st.integers(1, 400), st.integers(-30_000, 90_000)),
            "product": st.sampled_from(("", "Core", "Extra")),
            "type": st.sampled_from(("", "Recurring", "Recurring", "Usage", *FEES)),
            "currency": st.sampled_from(tuple(RATES)),
            "region": st.sampled_from(("", "North", "south", "West")),
        }
    )
    # A row of each customer in nearly each period, so that there is something to compare, and more beside.
    rows = [
        draw(one) | {"who": who, "at": at, "type": "Recurring"}
        for who in NAMES[: draw(st.integers(1, 4))]
        for at in range(count)
        if draw(st.integers(0, 3))
    ]
    return rows + draw(st.lists(one, min_size=1, max_size=8)), Periods(24290, count, step)


def rows_of(rows, periods, **more):
    def labels(part):
        return Labels.of(part, [row[part] for row in rows])

    return RevenueRows(
        customer=labels("who"),
        periods=periods,
        period=np.array([row["at"] for row in rows], np.int32),
        amounts=np.array([row["cents"] / 100 for row in rows]),
        segments=(labels("region"),),
        product=labels("product"),
        type=labels("type"),
        **more,
    )


def rates_of(rates):
    return Rates(
        "USD",
        {code: held for code, held in rates.items() if not isinstance(held, dict) and code != "USD"},
        {code: tuple(held.items()) for code, held in rates.items() if isinstance(held, dict)},
    )


MAPS = st.dictionaries(st.sampled_from([name.upper() for name in NAMES]), st.sampled_from((*NAMES, "Zoe")), max_size=3)


def circular(pairs):
    for start in pairs:
        name, steps = start, 0
        while steps <= len(pairs) and (nxt := pairs.get(name.upper())) and nxt.lower() != name.lower():
            name, steps = nxt, steps + 1
        if steps > len(pairs):
            return True
    return False


def listed(held):
    return {name: [float(amount) for amount in row] for name, row in held.items()}


@settings(max_examples=150)
@given(books(), MAPS, st.booleans(), st.sampled_from(("none", "constant", "dated")), st.integers(0, 7), st.booleans())
def test_a_cube_is_what_the_slow_way_makes_of_its_rows(book, pairs, by_product, currencies, grace, keep_fees):
    rows, periods = book
    ends, count = list(periods.ends), len(periods)
    rates = {"none": None, "constant": RATES | {"EUR": 1.1}, "dated": RATES}[currencies]
    source = rows_of(
        rows, periods, **({"currency": Labels.of("currency", [row["currency"] for row in rows])} if rates else {})
    )
    policy = Policy(
        one_time=() if keep_fees else ("one time", "setup"),
        level="product" if by_product else "customer",
        customer_map=pairs,
        rates=rates_of(rates) if rates else None,
    )
    if circular(pairs):
        with pytest.raises(InputError, match="circle"):
            build_cube(source, policy)
        return
    kept = reference.counted(rows, () if keep_fees else FEES, pairs, by_product)
    if not kept:
        with pytest.raises(InputError, match="There are no amounts to analyse"):
            build_cube(source, policy)
        return
    net = reference.nets(kept, ends, rates)
    floored = {name: [max(amount, 0) for amount in row] for name, row in net.items()}

    cube = build_cube(source, policy)
    assert dict(zip(cube.customers, cube.amounts.tolist(), strict=True)) == listed(floored)
    assert list(cube.customers) == list(net)
    assert cube.negatives.tolist() == [float(sum(max(-row[at], 0) for row in net.values())) for at in range(count)]
    assert [(each.code, each.value, each.amount) for each in cube.problems] == [
        ("negative-net", f"{name}, {periods.labels[at]}", float(amount))
        for name, row in net.items()
        for at, amount in enumerate(row)
        if amount < 0
    ]
    assert len(cube.fx) == (len({row["currency"] for row in kept}) if currencies == "dated" else 0)
    told = reference.texts(kept, count, "region")
    changes = any(len({text for text in row if text}) > 1 for row in told.values())
    assert shown(cube) == (told if changes else {name: next(filter(None, row)) for name, row in told.items()})

    # Closings at the exchange rates of the opening.
    for opening, closing in ((0, count - 1), (count - 1, 0), (count // 2, count - 1)):
        again = reference.nets(kept, ends, rates, {at: opening for at in range(count)})
        got = cube.restated([opening], [closing], slice(1, None))[:, 0].tolist()
        want = again if currencies == "dated" else net
        assert got == [float(max(row[closing], 0)) for row in list(want.values())[1:]]

    # Gaps.
    filled = fill_gaps(cube, grace)
    notes, amounts = [], {}
    for name, row in floored.items():
        gaps = reference.gaps(row, grace // periods.step)
        amounts[name] = row.copy()
        for at, source_at in gaps.items():
            if currencies == "dated":
                mine = [each | {"at": at} for each in kept if each["name"] == name and each["at"] == source_at]
                amounts[name][at] = max(reference.nets(mine, ends, rates)[name][at], 0)
            else:
                amounts[name][at] = row[source_at]
            if source_at == at - 1:
                notes.append(("gap-filled", f"{name}, {periods.labels[at]}", float(amounts[name][at])))
    assert dict(zip(filled.customers, filled.amounts.tolist(), strict=True)) == listed(amounts)
    assert [(each.code, each.value, each.amount) for each in filled.problems[len(cube.problems) :]] == notes


def shown(cube):
    """Each customer's text: one, or one of each period where some customer's changes."""
    segment = cube.segments["region"]
    return {
        name: [segment.values[code] if code >= 0 else None for code in codes.tolist()]
        if segment.codes.ndim == 2
        else segment.values[codes]
        for name, codes in zip(cube.customers, segment.codes, strict=True)
    }


@given(books())
def test_rows_that_count_keep_all_of_their_parts(book):
    rows, periods = book
    numbers = np.arange(len(rows), dtype=float)
    source = rows_of(rows, periods, quantity=numbers, usage=numbers + 0.5, invoiced=-numbers)
    kept, customer = kept_rows(source, Policy(one_time=("one time", "setup")))
    want = [at for at, row in enumerate(rows) if row["type"] not in FEES]
    assert [customer.values[code] for code in customer.codes.tolist()] == [rows[at]["who"] for at in want]
    for part in ("product", "type"):
        labels = getattr(kept, part)
        assert [labels.values[code] if code >= 0 else "" for code in labels.codes.tolist()] == [
            rows[at][part] for at in want
        ]
    assert kept.period.tolist() == [rows[at]["at"] for at in want]
    assert kept.amounts.tolist() == [rows[at]["cents"] / 100 for at in want]
    assert (kept.quantity.tolist(), kept.usage.tolist(), kept.invoiced.tolist()) == (
        want,
        [at + 0.5 for at in want],
        [-at for at in want],
    )
    everything, _ = kept_rows(source, Policy(one_time=()))
    assert len(everything) == len(rows) and everything.quantity is source.quantity
