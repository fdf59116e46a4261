"""Every part of an analysis beside the same numbers by pandas groupby, on 100,000 customers x 60 months.

Ours works on the dense cube; theirs on long rows with one merge or groupby for each question, as a notebook would.
`bridge` and `methods` do the same on both sides; `all of it` has no counterpart.
"""

from __future__ import annotations

import data
import numpy as np
from harness import main

SIZES = {"10,000 x 36": (10_000, 36), "100,000 x 60": (100_000, 60)}


def cube(case):
    from nrr_xl.periods import Periods, month_number
    from nrr_xl.revenue.cube.build import RevenueCube, Segment

    customers, months = SIZES[case]
    amounts = data.matrix(customers, months)
    segment = Segment("Segment", tuple(data.SEGMENTS.tolist()), np.arange(customers) % len(data.SEGMENTS))
    names = tuple(f"Customer {number:07d}" for number in range(customers))
    return RevenueCube(names, Periods(month_number(2020, 1), months), amounts, {"Segment": segment})


def long_rows(case):
    import pandas as pd

    customers, months = SIZES[case]
    amounts = data.matrix(customers, months)
    customer, month = amounts.nonzero()
    frame = pd.DataFrame({"customer": customer, "month": month, "amount": amounts[customer, month]})
    return frame.assign(segment=data.SEGMENTS[customer % len(data.SEGMENTS)]), months - 1


def ours(question):
    def prepare(case):
        found = cube(case)
        closing = len(found.periods) - 1
        return lambda: _QUESTIONS[question](found, closing)

    return prepare


def _bridge(found, closing):
    from nrr_xl.retention.bridge import bridge

    return round(bridge(found, closing, "month")["churn"].sum(), 2)


def _trend(found, closing):
    from nrr_xl.retention.bridge import trend

    return round(trend(found, 12, closing)["nrr"].sum(), 6)


def _cohorts(found, closing):
    from nrr_xl.retention.cohorts import cohorts

    return round(float(np.nansum(cohorts(found, closing).totals)), 2)


def _segments(found, closing):
    from nrr_xl.retention.segments import segment_bridge
    from nrr_xl.retention.windows import Window

    return round(segment_bridge(found, Window(closing - 12, closing, 12), found.segments["Segment"])["nrr"].sum(), 6)


def _methods(found, closing):
    from nrr_xl.retention.methods import methods

    return round(sum(result.rate for key, result in methods(found, closing).items() if key in PANDAS_METHODS), 6)


def _everything(found, closing):
    from nrr_xl.retention.analysis import analyse

    return round(analyse(found).rates["nrr"], 6)


PANDAS_METHODS = ("point_to_point", "summed_flows", "compounded", "survivors_only", "trailing_average")
_QUESTIONS = {
    "bridge": _bridge,
    "trend": _trend,
    "cohorts": _cohorts,
    "segments": _segments,
    "methods": _methods,
    "all of it": _everything,
}


def theirs(question):
    def prepare(case):
        frame, closing = long_rows(case)
        return lambda: question(frame, closing)

    return prepare


def pairs(frame, back):
    """Every customer's amount now and `back` months before, where it has either."""
    before = frame.assign(month=frame["month"] + back)
    both = frame.merge(before, on=["customer", "month"], how="outer", suffixes=("", "_before"))
    return both.fillna({"amount": 0.0, "amount_before": 0.0})


def pandas_bridge(frame, closing):
    both = pairs(frame, 1)
    both = both[both["month"].between(1, closing)]
    first = frame.groupby("customer")["month"].min()
    both["known"] = both["customer"].map(first) < both["month"]
    change = both["amount"] - both["amount_before"]
    stays, was = both["amount"] > 0, both["amount_before"] > 0
    both["line"] = np.select(
        [was & ~stays, ~was & both["known"], ~was, change > 0],
        ["churn", "reactivation", "new", "expansion"],
        "contraction",
    )
    table = change.abs().groupby([both["month"], both["line"]]).sum().unstack(fill_value=0.0)
    return round(table["churn"].sum(), 2)


def pandas_trend(frame, closing):
    both = pairs(frame, 12)
    both = both[both["month"].between(12, closing) & (both["amount_before"] > 0)]
    sums = both.groupby("month")[["amount", "amount_before"]].sum()
    return round((sums["amount"] / sums["amount_before"]).sum(), 6)


def pandas_cohorts(frame, closing):
    first = frame.groupby("customer")["month"].transform("min")
    table = frame.assign(cohort=first, age=frame["month"] - first).pivot_table(
        index="cohort", columns="age", values="amount", aggfunc="sum"
    )
    return round(float(np.nansum(table)), 2)


def pandas_segments(frame, closing):
    ends = frame[frame["month"].isin([closing - 12, closing])]
    both = ends.pivot_table(index=["segment", "customer"], columns="month", values="amount", fill_value=0.0)
    kept = both[both[closing - 12] > 0].groupby("segment").sum()
    return round((kept[closing] / kept[closing - 12]).sum(), 6)


def pandas_methods(frame, closing):
    opening = closing - 12
    both = pairs(frame, 12)
    window = both[(both["month"] == closing) & (both["amount_before"] > 0)]
    start = window["amount_before"].sum()
    found = [window["amount"].sum() / start]
    steps = pairs(frame, 1)
    steps = steps[steps["month"].between(opening + 1, closing) & (steps["amount_before"] > 0)]
    found.append((start + (steps["amount"] - steps["amount_before"]).sum()) / start)
    monthly = steps.groupby("month")[["amount", "amount_before"]].sum()
    found.append((monthly["amount"] / monthly["amount_before"]).prod())
    stayed = window[window["amount"] > 0]
    found.append(stayed["amount"].sum() / stayed["amount_before"].sum())
    year = both[both["month"].between(closing - 11, closing) & (both["amount_before"] > 0)]
    found.append(year["amount"].sum() / year["amount_before"].sum())
    return round(sum(found), 6)


_PANDAS = {
    "bridge": pandas_bridge,
    "trend": pandas_trend,
    "cohorts": pandas_cohorts,
    "segments": pandas_segments,
    "methods": pandas_methods,
}

if __name__ == "__main__":
    alternatives = {}
    for name in _QUESTIONS:
        alternatives[f"{name}: nrr_xl"] = ours(name)
        if name in _PANDAS:
            alternatives[f"{name}: pandas"] = theirs(_PANDAS[name])
    main(alternatives, cases=list(SIZES), base="all of it: nrr_xl")
