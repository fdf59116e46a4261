"""Amounts that are no level of their period: snapshots, changes, sums since the start of the year, invoices."""

from __future__ import annotations

import re

import numpy as np

from nrr_xl.errors import InputError
from nrr_xl.records import struct
from nrr_xl.revenue.cells.arrays import all_apart, distinct, median, stable_order
from nrr_xl.revenue.cells.columns import read_texts
from nrr_xl.revenue.cells.months import folded
from nrr_xl.revenue.clean.body import Body
from nrr_xl.revenue.clean.cadence import ask_rare, spread_invoices
from nrr_xl.revenue.clean.flow import Flow
from nrr_xl.revenue.clean.pairs import distinct_pairs
from nrr_xl.revenue.clean.values import says
from nrr_xl.revenue.cube.rows import Labels
from nrr_xl.revenue.cube.units import HALF_CENT
from nrr_xl.revenue.table.meanings import meanings
from nrr_xl.revenue.table.table import column_title
from nrr_xl.revenue.vocabulary import words

# Headers over the number of a row's version, and what may stand beside such a word.
_VERSIONS = frozenset("revision rev version ver versie revisione wersja versao revizja".split())
_OF_VERSION = _VERSIONS | {"no", "number", "nr", "num", "id", "row", "record", "data"}
# A movement of 2 % or more is a rise; so many of a year's steps must rise for a sum since its start.
RISE, RISING = 1.02, 0.7
# From this share of rises on, without a fall, amounts are running totals; so often sums begin anew in the next year.
ALWAYS, ANEW = 0.9, 0.5
# What a customer's amounts have grown to at the end, as totals of this many months have and few levels do.
MANYFOLD = 3.0
# Of so few customers two days in a single month are no snapshots.
FEW = 10


@struct()
class Levels:
    """Amounts of months: `at` (n,) positions in the flow they come from, `month` month numbers, `amount`.

    Of spread invoices `invoiced` is what was invoiced in each of these months. Where amounts are `added` up or taken
    apart, the quantities and the usage of their rows are of no month.
    """

    at: np.ndarray
    month: np.ndarray
    amount: np.ndarray
    invoiced: np.ndarray | None = None
    added: bool = False


def as_levels(body: Body, flow: Flow, header: str) -> Levels | None:
    """The levels that amounts make, or None where they are levels already (or nobody can tell).

    `header` is what the sheet calls the amounts.
    """
    kind, said = body.reading.rows_are, set(meanings(header))
    if not flow.amount.size:
        return None
    spreads = body.reading.spread not in (None, "no")
    if spreads and (flow.step > 1 or kind):
        what = "are quarters or years already" if flow.step > 1 else f"are {kind} by --rows-are"
        raise InputError(f"The amounts {what}, so that they cannot be spread. Remove --spread.")
    if spreads:
        months = spread_invoices(body, flow)
        return months and Levels(*months)
    if kind == "levels":
        return None
    if kind is None and "rolling" in said:
        flow.note(body, "rolling-sums", slice(0, 1))
        return None
    if kind in (None, "snapshots") and (latest := _latest_versions(body, flow)) is not None:
        if kind is None:
            told = "Rows stand there in several versions of the same customer and period"
            flow.note(body, "snapshots", slice(0, 1), message=told)
            return None
        return Levels(latest, flow.month[latest], flow.amount[latest])
    if kind == "changes" or (kind is None and _are_changes(body, said, flow)):
        return _summed(body, flow)
    if kind == "ytd":
        return _differences(body, flow)
    if flow.day.any() and flow.step == 1 and kind in ("snapshots", None):
        level = bool(said & {"mrr", "arr", "standing", "recurring"})
        taken = _last_snapshots(body, flow, level, kind == "snapshots")
        if taken is not None:
            return Levels(taken, flow.month[taken], flow.amount[taken])
    if kind is None and (_asks_ytd(body, flow, said) or _asks_changes(body, flow, said)):
        return None
    if flow.step == 1 and not said & {"mrr", "arr", "monthly"}:
        months = spread_invoices(body, flow)
        return months and Levels(*months)
    if kind is None:
        ask_rare(body, flow)
    return None


def _latest_versions(body: Body, flow: Flow) -> np.ndarray | None:
    """The amounts of the highest version of each customer and month, where a column numbers versions of the same."""
    table = body.table
    for column in (*table.unused, *table.segments, *([table.roles["scenario"]] if "scenario" in table.roles else [])):
        said = set(words(folded(table.names.get(column, ""))))
        if not said & _VERSIONS or said - _OF_VERSION:
            continue
        labels = read_texts(body.grid, column, body.span, column_title(table, column))
        found = [
            re.fullmatch(r"(?:v|ver|version|rev|revision)?[. ]*(\d{1,3})(?:\.0)?", text.lower())
            for text in labels.values
        ]
        if len(found) < 2 or not all(found):
            continue
        number = np.array([*(int(match[1]) for match in found if match), -1])[labels.codes][flow.row]
        product = body.texts("product")
        key = flow.who * (int(flow.month.max()) + 1) + flow.month
        key = key * (len(product.values) + 1) + product.codes[flow.row] + 1 if product else key
        order = np.lexsort((number, key))
        last = np.append(key[order][1:] != key[order][:-1], True)
        top = np.repeat(number[order][last], np.diff(np.append(-1, np.flatnonzero(last))))
        behind = number[order] < top
        if behind.any():
            return np.sort(order[~behind])
    return None


def _are_changes(body: Body, said: set[str], flow: Flow) -> bool:
    """Whether amounts are changes of a level: the values of a column name movements, or the header does."""
    return _movements(body, flow) is not None or "change" in said


def _movements(body: Body, flow: Flow) -> Labels | None:
    """The column whose values name gains and losses and nothing else; None where there is none."""
    for column in (*(body.table.roles[role] for role in ("type",) if role in body.table.roles), *body.table.segments):
        labels = read_texts(body.grid, column, body.span, column_title(body.table, column))
        codes = distinct(labels.codes[flow.row]).tolist()
        kinds = [says(labels.values[code], "gain", "loss", "opening") if code >= 0 else "" for code in codes]
        if all(kinds) and {"gain", "loss"} <= set(kinds):
            return labels
    return None


def _summed(body: Body, flow: Flow) -> Levels:
    """Changes added up to the level of each month from a customer's first one on to the last month of all."""
    signed = flow.amount.copy()
    labels = _movements(body, flow) or body.texts("type")
    if labels is not None:
        loss = np.array([*(says(value, "gain", "loss") == "loss" for value in labels.values), False])[labels.codes]
        loss = loss[flow.row]
        if (signed[loss] >= 0).all():
            signed[loss] = -signed[loss]
    body.findings.say("changes-summed", amount=float(signed.sum()))
    order = np.lexsort((flow.row, flow.month, flow.who))
    who, month = flow.who[order], flow.month[order]
    total = np.cumsum(signed[order])
    begins = np.flatnonzero(np.concatenate([[True], who[1:] != who[:-1]]))
    owed = np.concatenate([[0.0], total])[begins]
    level = np.round(total - np.repeat(owed, np.diff(np.append(begins, who.size))), 6)
    last = int(month.max())
    ends = np.append(month[1:], last + flow.step)
    ends[np.append(who[1:] != who[:-1], True)] = last + flow.step
    lengths = np.maximum(ends - month, 0) // flow.step
    place = np.repeat(np.arange(order.size), lengths)
    offset = np.arange(place.size) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    return Levels(order[place], month[place] + offset * flow.step, level[place], added=True)


def _by_customer(flow: Flow) -> np.ndarray:
    """The rows by customer and month, those of one month as they stand."""
    if not flow.month.size:
        return np.zeros(0, np.int64)
    first = int(flow.month.min())
    return stable_order(flow.who.astype(np.int64) * (int(flow.month.max()) - first + 1) + flow.month - first)


def _in_years(body: Body, flow: Flow, order: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The amounts in an order, with where the next one is of the same customer, and of the same year too."""
    who, month = flow.who[order], flow.month[order]
    year = (month - body.reading.fiscal_year_end) // 12
    return flow.amount[order], who[1:] == who[:-1], year[1:] == year[:-1]


def _differences(body: Body, flow: Flow) -> Levels:
    """What each period adds to the sum since the start of its fiscal year, or of all where none begins anew."""
    order = _by_customer(flow)
    amount, same, inside = _in_years(body, flow, order)
    turn = same & ~inside
    if turn.any() and (amount[1:] < amount[:-1])[turn].mean() < ANEW:
        inside = np.ones(inside.size, bool)
    taken = amount.copy()
    taken[1:] -= np.where(same & inside, amount[:-1], 0.0)
    body.findings.say("ytd-differences", amount=float(taken.sum()))
    return Levels(order, flow.month[order], np.round(taken, 6), added=True)


def _asks_ytd(body: Body, flow: Flow, said: set[str]) -> bool:
    """Whether amounts are called so, or only grow within every year and begin anew in the next: it is asked about."""
    amount, same, within = _in_years(body, flow, _by_customer(flow))
    inside, turn = same & within, same & ~within
    up, down = amount[1:] > amount[:-1] * RISE, amount[1:] < amount[:-1]
    enough = inside.sum() >= 12 and turn.sum() >= 3
    never_less = ~down[inside]
    if "cumulative" not in said:
        steps, risen = same.sum(), (amount[1:] > amount[:-1])[same]
        begins = np.flatnonzero(np.append(True, ~same))
        ends = np.append(begins[1:], amount.size) - 1
        grown = median(amount[ends] / np.maximum(amount[begins], HALF_CENT)) >= MANYFOLD
        always = steps >= 12 and begins.size >= 3 and not down[same].any() and risen.mean() >= ALWAYS
        if always and grown:
            told = "The amounts never fall and nearly always rise, as running totals do"
            flow.note(body, "year-to-date", slice(0, 1), message=told)
            return True
    grows = enough and up[inside].mean() >= RISING and never_less.mean() >= 0.98 and down[turn].mean() >= 0.8
    if "cumulative" not in said and not grows:
        return False
    flow.note(body, "year-to-date", slice(0, 1))
    return True


def _asks_changes(body: Body, flow: Flow, said: set[str]) -> bool:
    """Whether amounts look like changes: some below 0, few a customer, none adding up to less than nothing."""
    below = flow.amount < 0
    if said & {"mrr", "arr"} and not below.any():
        return False
    owners = distinct(flow.who[below])
    if below.sum() < 3 or owners.size < 2:
        return False
    order = _by_customer(flow)
    who, total = flow.who[order], np.cumsum(flow.amount[order])
    begins = np.flatnonzero(np.concatenate([[True], who[1:] != who[:-1]]))
    counts = np.diff(np.append(begins, who.size))
    owed = np.repeat(np.concatenate([[0.0], total])[begins], counts)
    months = (flow.month.max() - flow.month.min()) / flow.step + 1
    if (total - owed < -HALF_CENT).any():
        return False
    # Two customers or more whose changes end at nothing are telling; else it takes few changes of many months.
    ended = np.abs(total - owed)[np.append(begins[1:], who.size) - 1] < HALF_CENT
    if np.count_nonzero(ended) < 2 and (below.mean() < 0.1 or median(counts) > 0.5 * months):
        return False
    flow.note(body, "changes", slice(0, 1))
    return True


def _last_snapshots(body: Body, flow: Flow, level: bool, asked: bool) -> np.ndarray | None:
    """The amounts of each month's last snapshot where months hold several of the same customers, else None."""
    day = flow.month * 32 + flow.day
    days = np.flatnonzero(np.bincount(day - day.min())) + day.min()
    months, in_each = np.unique(days // 32, return_counts=True)
    # Where no customer has two amounts in a month there are no two snapshots of one.
    if not asked and ((in_each == 1).all() or all_apart(flow.who, flow.month)):
        return None
    # Snapshots have few days, each with most of the month's customers; invoices have many days with few.
    _, on_day, _ = distinct_pairs(flow.who, day)
    per_day = np.bincount(np.searchsorted(days, on_day), minlength=days.size)
    _, in_month, _ = distinct_pairs(flow.who, flow.month)
    months, per_month = np.unique(in_month, return_counts=True)
    share = per_day / per_month[np.searchsorted(months, days // 32)]
    several = np.repeat(in_each > 1, in_each)
    customers = distinct(flow.who).size
    # A single month with two days proves little of a few customers.
    fewest = 2 if np.count_nonzero(in_each > 1) > 1 or days.size >= 1.5 * months.size else FEW
    if not asked and not (median(share[several]) >= 0.8 and customers > fewest):
        return None
    taken = np.flatnonzero(np.isin(day, [days[days // 32 == month].max() for month in months.tolist()]))
    if asked or level:
        left = flow.amount.size - taken.size
        message = f"{days.size} snapshots in {months.size} months: {left} row(s) of earlier ones in a month left out"
        body.findings.say("snapshots-last", message)
        return taken
    flow.note(body, "snapshots", slice(0, 1))
    return None
