"""How to read the rates: the questions that the figures ask, when to look at which rate, and published cases."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from nrr_xl.metrics import ratio
from nrr_xl.packaged import packaged_table
from nrr_xl.records import struct

if TYPE_CHECKING:
    from nrr_xl.retention.analysis import Analysis

NAN = float("nan")
ABOVE, BELOW = "above", "below"


@struct()
class Question:
    """A question and the figure that raises it: one `above` or `below` (`asks`) its limit."""

    key: str
    figure: str
    asks: str
    limit: float
    question: str
    source: str

    def raised_by(self, value: float) -> bool:
        """Whether a figure raises it; an undefined one raises nothing.

        >>> questions()["stagnation"].raised_by(0.01), questions()["stagnation"].raised_by(float("nan"))
        (True, False)
        """
        return value > self.limit if self.asks == ABOVE else value < self.limit


@cache
def guide() -> dict[str, Any]:
    """The reading guide's texts as data, each with its source; the letters are those of `sources`."""
    return packaged_table("retention/data/reading.toml")


@cache
def questions() -> dict[str, Question]:
    """Every question by its key, in the order of asking."""
    return {key: Question(key, **entry) for key, entry in guide()["questions"].items()}


def figures(analysis: Analysis) -> dict[str, float]:
    """The figure of each question, by its key, as a fraction (`new_business` a multiple); NaN where it says nothing.

    >>> import numpy as np
    >>> from nrr_xl.periods import Periods
    >>> from nrr_xl.retention.analysis import analyse
    >>> from nrr_xl.revenue.cube.build import RevenueCube
    >>> cube = RevenueCube(("a", "b"), Periods(24288, 2), np.array([[100, 60], [50, 0.0]]))
    >>> found = figures(analyse(cube, months=1))
    >>> found["downgrades"], found["stagnation"], found["falling"]
    (0.4444444444444444, 0.0, nan)
    """
    rates, line = analysis.rates, analysis.bridge
    nrr, grr = rates["nrr"], rates["grr"]
    tenure = analysis.tenure_at_churn["amount"]
    without = analysis.concentration.get("nrr_without_top_1", NAN)
    first = next(iter(analysis.tables.segments.values()), None)
    known = [] if first is None else [rate for rate in first["nrr"] if rate == rate]
    trend, back = analysis.tables.trend["nrr"], 12 // analysis.cube.periods.step
    before = float(trend[-1 - back]) if len(trend) > back else NAN
    return {
        "early_churn": float(ratio(float(tenure[0]), float(tenure.sum()))),
        "masked_churn": grr if nrr >= 1 else NAN,
        "stagnation": rates["expansion_rate"],
        "one_customer": abs(without - nrr),
        "one_segment": float(max(known) - min(known)) if len(known) > 1 else NAN,
        "at_risk": float(ratio(analysis.lever_base.at_risk, line["closing"])),
        "small_leave": grr - rates["logo_retention"],
        "downgrades": float(ratio(line["contraction"], line["contraction"] + line["churn"])),
        "new_business": float(ratio(line["new"], line["expansion"])) if nrr < 1 else NAN,
        "falling": before - nrr,
    }


def asked(analysis: Analysis) -> list[dict[str, Any]]:
    """Every question: key, figure, value, asks, limit, asked, question, source."""
    found = figures(analysis)
    return [
        {
            "key": key,
            "figure": each.figure,
            "value": found[key],
            "asks": each.asks,
            "limit": each.limit,
            "asked": each.raised_by(found[key]),
            "question": each.question,
            "source": each.source,
        }
        for key, each in questions().items()
    ]
