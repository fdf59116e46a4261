"""Amounts that are no level of their period: snapshots, changes, sums since the start of the year, invoices."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nrr_xl.periods import Periods
from nrr_xl.revenue.cells.columns import Dates
from nrr_xl.revenue.clean.body import Body, Currencies, spread, take
from nrr_xl.revenue.clean.cadence import spread_invoices
from nrr_xl.revenue.clean.choice import says
from nrr_xl.revenue.cube.rows import Labels, RevenueRows
from nrr_xl.revenue.table.headers import meanings


@dataclass(frozen=True, slots=True)
class Levels:
    """Amounts of months made from source rows: `place` (n,) the source row, `month` its month number, `amount`."""

    place: np.ndarray
    month: np.ndarray
    amount: np.ndarray
    step: int = 1

    def rows(self, body: Body, customer: Labels, money: Currencies) -> RevenueRows:
        """The rows that the amounts make."""
        kept, inverse = np.unique(self.place, return_inverse=True)
        first = int(self.month.min()) if self.month.size else 0
        count = (int(self.month.max()) - first) // self.step + 1 if self.month.size else 0
        currency = money.of(np.zeros_like(kept), kept)
        return RevenueRows(
            customer=spread(take(customer, kept), inverse),
            periods=Periods(first, count, self.step, body.reading.fiscal_year_end),
            period=((self.month - first) // self.step).astype(np.int32),
            amounts=self.amount,
            currency=currency and spread(currency, inverse),
            **body.attributes(kept, inverse),
        )


def as_levels(body: Body, customer: Labels, dates: Dates, amounts: np.ndarray, used: np.ndarray) -> Levels | None:
    """The levels that a long table's amounts make, or None where they are levels already (or nobody can tell)."""
    kept = np.flatnonzero(used)
    kind = body.reading.rows_are
    if not kept.size or kind == "levels":
        return None
    name = body.table.names[body.table.roles["amount"]]
    said = set(meanings(name))
    if kind == "changes" or (kind is None and _are_changes(body, said, kept, amounts)):
        return _summed(body, customer, dates, amounts, kept)
    if kind == "ytd":
        return _differences(body, customer, dates, amounts, kept)
    level = bool(said & {"mrr", "arr", "standing", "recurring"})
    if dates.day.any() and dates.step == 1 and (kind == "snapshots" or kind is None):
        taken = _last_snapshots(body, customer, dates, kept, level, asked=kind == "snapshots")
        if taken is not None:
            return (
                taken
                if not isinstance(taken, np.ndarray)
                else Levels(taken, dates.end[taken].astype(np.int64), amounts[taken])
            )
    if kind is None and _ytd(body, customer, dates, amounts, kept):
        return None
    if dates.step == 1 and not (said & {"mrr", "arr", "monthly"}):
        months = spread_invoices(body, customer, dates, amounts, kept)
        return months and Levels(*months)
    return None


def _are_changes(body: Body, said: set[str], kept: np.ndarray, amounts: np.ndarray) -> bool:
    """Whether amounts are changes of a level: types name movements, or the header says so and some are negative."""
    labels = body.texts("type")
    if labels is not None:
        used = np.unique(labels.codes[kept])
        kinds = [says(labels.values[code], "gain", "loss") for code in used.tolist() if code >= 0]
        if kinds and all(kinds) and {"gain", "loss"} <= set(kinds):
            return True
    return "change" in said


def _summed(body: Body, customer: Labels, dates: Dates, amounts: np.ndarray, kept: np.ndarray) -> Levels:
    """Changes added up to the level of each month from a customer's first one on to the last month of all."""
    signed = amounts.copy()
    labels = body.texts("type")
    if labels is not None:
        loss = np.array([*(says(value, "gain", "loss") == "loss" for value in labels.values), False])[labels.codes]
        mine = np.zeros(amounts.size, bool)
        mine[kept] = True
        if (signed[loss & mine] >= 0).all():
            signed[loss] = -signed[loss]
    body.findings.say("changes-summed", amount=float(signed[kept].sum()))
    who, month = customer.codes[kept].astype(np.int64), dates.end[kept].astype(np.int64)
    order = np.lexsort((kept, month, who))
    rows, who, month = kept[order], who[order], month[order]
    total = np.cumsum(signed[rows])
    begins = np.flatnonzero(np.concatenate([[True], who[1:] != who[:-1]]))
    owed = np.concatenate([[0.0], total])[begins]
    level = np.round(total - np.repeat(owed, np.diff(np.append(begins, who.size))), 6)
    last = int(month.max())
    ends = np.append(month[1:], last + dates.step)
    ends[np.append(who[1:] != who[:-1], True)] = last + dates.step
    lengths = np.maximum(ends - month, 0) // dates.step
    place = np.repeat(np.arange(rows.size), lengths)
    offset = np.arange(place.size) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    return Levels(rows[place], month[place] + offset * dates.step, level[place], dates.step)


def _differences(body: Body, customer: Labels, dates: Dates, amounts: np.ndarray, kept: np.ndarray) -> Levels:
    """What each period adds to the sum since the start of its fiscal year."""
    who, month = customer.codes[kept].astype(np.int64), dates.end[kept].astype(np.int64)
    order = np.lexsort((month, who))
    rows, who, month = kept[order], who[order], month[order]
    year = (month - body.reading.fiscal_year_end) // 12
    same = (who[1:] == who[:-1]) & (year[1:] == year[:-1])
    taken = amounts[rows].copy()
    taken[1:] -= np.where(same, amounts[rows][:-1], 0.0)
    body.findings.say("ytd-differences", amount=float(taken.sum()))
    return Levels(rows, month, np.round(taken, 6), dates.step)


def _ytd(body: Body, customer: Labels, dates: Dates, amounts: np.ndarray, kept: np.ndarray) -> bool:
    """Whether amounts only grow within every year and begin anew in the next: then it is asked about."""
    who, month = customer.codes[kept].astype(np.int64), dates.end[kept].astype(np.int64)
    order = np.lexsort((month, who))
    money, who, month = amounts[kept][order], who[order], month[order]
    next_of = who[1:] == who[:-1]
    year = (month - body.reading.fiscal_year_end) // 12
    inside, turn = next_of & (year[1:] == year[:-1]), next_of & (year[1:] != year[:-1])
    up = money[1:] > money[:-1] * 1.02
    if inside.sum() < 12 or turn.sum() < 3 or up[inside].mean() < 0.9 or (money[1:] < money[:-1])[turn].mean() < 0.8:
        return False
    body.note("year-to-date", kept[:1], body.table.roles["amount"], amounts[kept[:1]])
    return True


def _last_snapshots(body: Body, customer: Labels, dates: Dates, kept: np.ndarray, level: bool, asked: bool):
    """The rows of each month's last snapshot where months hold several of the same customers, else None."""
    day = dates.end[kept].astype(np.int64) * 32 + dates.day[kept]
    who = customer.codes[kept].astype(np.int64)
    months = dates.end[kept]
    days = np.unique(day)
    several = days.size >= 1.5 * np.unique(days // 32).size
    if not asked and not several:
        return None
    # Snapshots have few days, each with most of the month's customers; invoices have many days with few.
    pairs = np.unique(np.stack([who, day]), axis=1)
    per_day = np.bincount(np.searchsorted(days, pairs[1]), minlength=days.size)
    of_month = np.unique(np.stack([who, months.astype(np.int64)]), axis=1)
    month_list, per_month = np.unique(of_month[1], return_counts=True)
    share = per_day / per_month[np.searchsorted(month_list, days // 32)]
    if not asked and not (np.median(share) >= 0.8 and np.unique(who).size > 2):
        return None
    last = np.array([days[days // 32 == month].max() for month in month_list.tolist()])
    taken = kept[np.isin(day, last)]
    if asked or level:
        left = int(kept.size - taken.size)
        message = (
            f"{days.size} snapshots in {month_list.size} months: {left} row(s) of earlier ones in a month left out"
        )
        body.findings.say("snapshots-last", message)
        return taken
    body.note("snapshots", kept[:1], body.table.roles["date"])
    return None
