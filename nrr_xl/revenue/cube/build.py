"""The customer x period cube of amounts that every number is computed from, built from rows under a policy."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from nrr_xl.errors import InputError, Problem
from nrr_xl.periods import Periods
from nrr_xl.records import struct
from nrr_xl.revenue.cells.arrays import distinct
from nrr_xl.revenue.cube.currency import CurrencyLayer, conversion, converted, layers
from nrr_xl.revenue.cube.policy import Policy
from nrr_xl.revenue.cube.rows import Account, Labels, RevenueRows, Source
from nrr_xl.revenue.cube.units import Units, units_of
from nrr_xl.revenue.findings import LISTED, problem
from nrr_xl.shown import shown

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import ArrayLike, NDArray

BLANK = "(blank)"


@struct()
class Segment:
    """A text attribute of customers, per period where it changes.

    `codes` is (customers,) or (customers, periods): the position in `values`, -1 where the customer has no amount.
    """

    name: str
    values: tuple[str, ...]
    codes: np.ndarray

    def at(self, period: int) -> np.ndarray:
        """Each customer's code in a period."""
        return self.codes if self.codes.ndim == 1 else self.codes[:, period]


@dataclass(frozen=True)
class RevenueCube:
    """Amounts of every customer in every period, >= 0, with where they come from.

    `amounts` is float64 (customers, periods) in one currency; `units` says in which whole units they are counted, so
    that sums are exact (amounts given without units are brought to theirs). `negatives` is (periods,), what was netted
    below 0 and counts as 0 (a positive magnitude). `unit` is the amounts' name, such as "MRR" or "ARR". `fx` holds the
    amounts by currency where exchange rates change over time, and is empty otherwise. `suggested_map` are pairs of
    names that may be one customer; they are never joined unasked.
    """

    customers: tuple[str, ...]
    periods: Periods
    amounts: NDArray[np.float64]
    segments: Mapping[str, Segment] = field(default_factory=dict)
    negatives: np.ndarray | None = None
    unit: str = "MRR"
    currency: str = ""
    source: Source = field(default_factory=Source)
    account: Account = field(default_factory=Account)
    rows: RevenueRows | None = None
    policy: Policy = field(default_factory=Policy)
    fx: tuple[CurrencyLayer, ...] = ()
    suggested_map: tuple[tuple[str, str], ...] = ()
    # Always there once a cube is made: without any, `__post_init__` finds the amounts' own.
    units: Units = field(default=None)  # type: ignore[assignment]

    def __repr__(self) -> str:
        """What it is in a line, without the name of any customer."""
        name = " ".join(part for part in (self.currency, self.unit) if part)
        span = f"{self.periods.keys[0]} to {self.periods.keys[-1]}" if len(self.periods) else "no periods"
        told = f"<RevenueCube: {len(self.customers):,} customers, {span} ({len(self.periods)} periods), {name}"
        return told + (f", {len(self.problems)} problems>" if self.problems else ">")

    def _repr_html_(self) -> str:
        """The same line, and how many customers paid how much in each of the last twelve periods."""
        counts, totals = (self.amounts > 0).sum(axis=0).tolist(), self.amounts.sum(axis=0).tolist()
        rows = [
            (label, f"{count:,}", f"{total:,.2f}")
            for label, count, total in zip(self.periods.labels, counts, totals, strict=True)
        ]
        return shown(repr(self), ("Period", "Customers", self.unit), rows[-12:])

    @property
    def frame(self) -> pd.DataFrame:
        """The amounts as a pandas DataFrame: a row for each customer, a column "YYYY-MM" for each period.

        >>> cube = RevenueCube(("a", "b"), Periods(24288, 2), np.array([[100, 150], [100, 0.0]]))
        >>> float(cube.frame.loc["a", "2024-02"])
        150.0
        """
        import pandas as pd

        index = pd.Index(self.customers, name="customer")
        return pd.DataFrame(self.amounts, index=index, columns=pd.Index(self.periods.keys, name="period"))

    def __post_init__(self) -> None:
        if self.units is None:
            units = units_of(np.asarray(self.amounts, dtype=float))
            object.__setattr__(self, "units", units)
            object.__setattr__(self, "amounts", units.amounts(units.settled(units.whole(self.amounts))))

    @cached_property
    def whole(self) -> np.ndarray:
        """The amounts as whole units."""
        return self.units.whole(self.amounts)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Everything the reader has to say about the source."""
        return self.account.problems

    def worded(self, words: Callable[[str], str]) -> RevenueCube:
        """The same cube, with what there is to say about its source in other words."""
        problems = tuple(problem.worded(words) for problem in self.problems)
        return self if problems == self.problems else replace(self, account=replace(self.account, problems=problems))

    def restated(self, opening: ArrayLike, closing: ArrayLike, block: slice = slice(None)) -> np.ndarray:
        """Closing amounts at the opening's exchange rates, (customers, pairs) for a block of customers.

        The difference to ``amounts[block][:, closing]`` is the exchange effect, which is no customer's doing.

        >>> layer = CurrencyLayer("EUR", np.array([0]), np.array([[100.0, 100.0]]), np.array([1.1, 1.0]))
        >>> cube = RevenueCube(("a",), Periods(24288, 2), np.array([[110.0, 100.0]]), fx=(layer,))
        >>> cube.restated([0], [1]).tolist()
        [[110.0]]
        """
        opening, closing = np.asarray(opening), np.asarray(closing)
        if not self.fx:
            return self.amounts[block][:, closing]
        start, stop, _ = block.indices(len(self.customers))
        total = converted(self.fx, self.units, closing, opening, start, stop)
        return self.units.amounts(np.maximum(total, 0))


def build_cube(
    rows: RevenueRows,
    policy: Policy | None = None,
    source: Source | None = None,
    account: Account | None = None,
    unit: str = "MRR",
) -> RevenueCube:
    """Sum the rows to one amount per customer and period, under a policy.

    A sum below 0 counts as 0 for retention and stays visible in `negatives`. The rows stay as they are in
    ``cube.rows``, so that a cube can be built again under another policy.

    Raises
    ------
    InputError
        If there are no amounts, currencies are mixed without a rate for each, or a net amount is negative and the
        policy says that this is an error.
    """
    policy = policy or Policy()
    account = account or Account()
    kept, customer = kept_rows(rows, policy)
    periods = rows.periods
    if not len(kept) or not customer.values:
        raise InputError("There are no amounts to analyse.", account.problems)
    shape = (len(customer.values), len(periods))
    currency, rates = conversion(kept, policy.rates)
    units = units_of(kept.amounts, currency, 1.0 if rates is None else float(np.nanmax(rates)))
    held, hairs = layers(kept, customer, rates, shape, units)
    every = np.arange(shape[1])
    whole = converted(held, units, every, every, 0, shape[0])
    below = units.amounts(np.minimum(whole, 0))
    notes = _negative_nets(below, customer.values, periods, policy)
    cell = customer.codes.astype(np.int64) * shape[1] + kept.period
    return RevenueCube(
        customers=customer.values,
        periods=periods,
        amounts=units.amounts(np.maximum(whole, 0)),
        segments={column.name: _segment(column, cell, kept.amounts, *shape) for column in kept.segments},
        negatives=units.amounts(np.abs(np.minimum(whole, 0).sum(axis=0))),
        unit=unit,
        currency=currency,
        source=source or Source(),
        account=replace(account, problems=(*account.problems, *hairs, *notes)),
        rows=rows,
        policy=policy,
        fx=held if policy.rates and not policy.rates.constant else (),
        units=units,
    )


def kept_rows(rows: RevenueRows, policy: Policy) -> tuple[RevenueRows, Labels]:
    """The rows that count under a policy, and what each one's customer is: its code is its place in the cube.

    Customers and the texts of segments stand in the order of their texts, whatever the order of the rows.
    """
    one_time = policy.leaves_out(rows.type)
    kept = rows if one_time is None else _where(rows, ~one_time)
    kept = replace(kept, segments=tuple(labels.in_order() for labels in kept.segments))
    return kept, counted_as(kept, policy).compact().in_order()


def counted_as(rows: RevenueRows, policy: Policy) -> Labels:
    """What each row's customer is under a policy, in no order of its own."""
    return _level(policy.mapped(rows.customer), rows.product, policy.level)


def _where(rows: RevenueRows, kept: np.ndarray) -> RevenueRows:
    """Some of the rows."""

    def part(labels: Labels) -> Labels:
        return Labels(labels.name, labels.values, labels.codes[kept])

    return replace(
        rows,
        customer=part(rows.customer).compact(),
        period=rows.period[kept],
        amounts=rows.amounts[kept],
        segments=tuple(part(labels) for labels in rows.segments),
        product=rows.product and part(rows.product),
        type=rows.type and part(rows.type),
        currency=rows.currency and part(rows.currency),
        quantity=None if rows.quantity is None else rows.quantity[kept],
        usage=None if rows.usage is None else rows.usage[kept],
        invoiced=None if rows.invoiced is None else rows.invoiced[kept],
        # Of all rows alone: where they stand is asked of `RevenueCube.rows`.
        cells=None,
    )


def _level(customer: Labels, product: Labels | None, level: str) -> Labels:
    """What counts as one customer: the customer, or each of its products apart."""
    if level == "customer":
        return customer
    if product is None:
        raise InputError("Level product needs a product column, and there is none. Name it with --product.")
    pair = customer.codes.astype(np.int64) * (len(product.values) + 1) + product.codes + 1
    names = [
        f"{customer.values[at]} / {product.values[what - 1]}" if what else customer.values[at]
        for at, what in (divmod(code, len(product.values) + 1) for code in distinct(pair).tolist())
    ]
    return Labels(customer.name, tuple(names), np.unique(pair, return_inverse=True)[1].astype(np.int32))


def _negative_nets(below: np.ndarray, customers: Sequence[str], periods: Periods, policy: Policy) -> list[Problem]:
    """A problem for each customer and period with a net amount below 0."""
    places = np.argwhere(below < 0)
    if not len(places):
        return []
    labels = periods.labels
    notes = [
        problem("negative-net", value=f"{customers[row]}, {labels[at]}", amount=float(below[row, at]))
        for row, at in places[:LISTED].tolist()
    ]
    if len(places) > LISTED:
        rest = tuple(places[LISTED:].T)
        notes.append(problem("negative-net", value=f"and {len(places) - LISTED} more", amount=float(below[rest].sum())))
    if policy.negatives == "error":
        raise InputError("There are negative net amounts.", notes)
    return notes


def _segment(column: Labels, cell: np.ndarray, amounts: np.ndarray, customers: int, periods: int) -> Segment:
    """Spread a text column over the cube.

    Where the rows of a cell have several texts that of the row with the largest amount decides, of equal amounts the
    first text; a blank never overrides a text.
    """
    codes = np.full(customers * periods, -1, np.int32)
    filled = np.flatnonzero(column.codes >= 0)
    codes[cell[filled]] = column.codes[filled]
    several = np.zeros(codes.size, bool)
    several[cell[filled[codes[cell[filled]] != column.codes[filled]]]] = True
    rows = filled[several[cell[filled]]]
    # The last one written stays: the largest amount, and of equal ones the lowest code.
    rows = rows[np.lexsort((-column.codes[rows], amounts[rows]))]
    codes[cell[rows]] = column.codes[rows]
    values = column.values
    blank = np.zeros(customers * periods, bool)
    blank[cell] = True
    blank &= codes < 0
    if blank.any():
        codes[blank], values = len(values), (*values, BLANK)
    grid = codes.reshape(customers, periods)
    highest = grid.max(axis=1)
    constant = ((grid == highest[:, None]) | (grid < 0)).all()
    return Segment(column.name, values, highest if constant else grid)


def fill_gaps(cube: RevenueCube, grace: int) -> RevenueCube:
    """The cube with every gap of at most `grace` months filled with the last amount before it, each one logged.

    >>> cube = RevenueCube(("a",), Periods(24288, 4), np.array([[5.0, 0.0, 0.0, 7.0]]))
    >>> fill_gaps(cube, 2).amounts.tolist()
    [[5.0, 5.0, 5.0, 7.0]]
    """
    if grace < 0:
        raise InputError(f"grace is {grace}, but must be 0 months or more.")
    longest = grace // cube.periods.step
    active = cube.amounts > 0
    if not longest or active.all():
        return cube
    position = np.arange(len(cube.periods))
    before = np.maximum.accumulate(np.where(active, position, -1), axis=1)
    after = np.minimum.accumulate(np.where(active, position, position.size)[:, ::-1], axis=1)[:, ::-1]
    gap = ~active & (before >= 0) & (after < position.size) & (after - before - 1 <= longest)
    if not gap.any():
        return cube
    last = np.where(gap, before, position)

    def carried(values: np.ndarray, last: np.ndarray) -> np.ndarray:
        return np.take_along_axis(values, last, axis=1)

    amounts = carried(cube.amounts, last)
    fx = tuple(replace(layer, local=carried(layer.local, last[layer.holders])) for layer in cube.fx)
    if fx:
        # A filled amount is the last one in its own currency, at the gap's own rate.
        total = converted(fx, cube.units, position, position, 0, len(cube.customers))
        amounts = np.where(gap, cube.units.amounts(np.maximum(total, 0)), amounts)
    segments = {
        name: segment if segment.codes.ndim == 1 else replace(segment, codes=carried(segment.codes, last))
        for name, segment in cube.segments.items()
    }
    starts = np.argwhere(gap & (last == position - 1))
    labels = cube.periods.labels
    notes = [
        problem(
            "gap-filled",
            value=f"{cube.customers[row]}, {labels[at]}",
            amount=float(amounts[row, at]),
        )
        for row, at in starts[:LISTED].tolist()
    ]
    if len(starts) > LISTED:
        notes.append(problem("gap-filled", value=f"and {len(starts) - LISTED} more gaps"))
    account = replace(cube.account, problems=(*cube.account.problems, *notes))
    return replace(cube, amounts=amounts, segments=segments, fx=fx, account=account)
