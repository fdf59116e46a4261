"""What an analysis can say beyond its bridges: computed when asked for, since not every reader asks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from nrr_xl.retention import churned, levers, score
from nrr_xl.retention.adjust import Adjusted, adjusted, included
from nrr_xl.retention.behind import with_cells
from nrr_xl.retention.definitions import LIKE, Defined, defined, file_name, from_file, like
from nrr_xl.retention.drivers import accounts_at_risk
from nrr_xl.retention.economics import unit_economics
from nrr_xl.retention.renewals import Renewals, renewals
from nrr_xl.retention.survival import Survival, survival
from nrr_xl.retention.tables import Tabled
from nrr_xl.retention.uncertainty import FEWEST_CUSTOMERS, Interval, interval, intervals_by
from nrr_xl.retention.windows import Window

if TYPE_CHECKING:
    from nrr_xl.retention.settings import Settings
    from nrr_xl.revenue.cube.build import RevenueCube

Table = dict[str, np.ndarray[Any, Any]]


@dataclass(frozen=True, eq=False)
class Further(Tabled):
    """The window of an Analysis, and the parts that are computed on first use; each is kept."""

    cube: RevenueCube
    settings: Settings
    months: int
    opening: int
    closing: int
    bridge: dict[str, float]
    rates: dict[str, float]
    customers: dict[str, int]

    @property
    def span(self) -> Window:
        """The window."""
        return Window(self.opening, self.closing, self.months)

    @cached_property
    def definition(self) -> Defined | None:
        """The rate by the definition of the settings (a TOML file, or "like:zoom" as method); None where none is."""
        own, method = self.settings.definition, self.settings.method
        if own is None and not method.startswith(LIKE):
            return None
        if own is None:
            return defined(self.cube, self.closing, like(method), method)
        return defined(self.cube, self.closing, from_file(own), file_name(own))

    @cached_property
    def adjusted(self) -> Adjusted:
        """Reported and adjusted NRR, with the adjustments that the rows suggest [adjust.adjusted]."""
        return included(adjusted(self.cube, self.span), self.cube, self.span, self.settings.grace)

    def adjusted_with_cells(self, most: int | None = None) -> Adjusted:
        """The same, of its first `most` adjustments, each line with the cells of the source [behind.with_cells]."""
        found = self.adjusted
        return with_cells(replace(found, adjustments=found.adjustments[:most]), self.cube, self.span)

    @property
    def has_adjustments(self) -> bool:
        """Whether the rows suggest anything to adjust, or the reported rate has decided anything."""
        return self.bridge["opening"] > 0 and bool(self.adjusted.adjustments or self.adjusted.included)

    @property
    def has_intervals(self) -> bool:
        """Whether there are customers enough for an interval."""
        return self.customers["opening"] >= FEWEST_CUSTOMERS

    @cached_property
    def interval(self) -> Interval:
        """The bootstrap interval of NRR, and the customer without whom it moves most [uncertainty.interval]."""
        return interval(self.cube, self.span)

    @cached_property
    def segment_intervals(self) -> dict[str, dict[str, Interval]]:
        """The interval of each value of each segment shown."""
        return {name: intervals_by(self.cube, self.span, self.cube.segments[name]) for name in self.tables.segments}

    @cached_property
    def renewals(self) -> Renewals | None:
        """Renewals by month and the calendar ahead; None where the rows have no contract dates [renewals.renewals]."""
        return renewals(self.cube, self.opening, self.closing)

    @cached_property
    def tenure_at_churn(self) -> Table:
        """The window's churned customers by tenure: band, customers, amount, share."""
        return churned.tenure_at_churn(self.cube, self.span)

    @cached_property
    def churn_reasons(self) -> Table | None:
        """The same by reason, where a column says so: reason, customers, amount, share, involuntary."""
        return churned.reasons_for_churn(self.cube, self.span)

    @cached_property
    def risk_by_segment(self) -> dict[str, Table]:
        """The accounts at risk by segment: value, customers, amount, share of the value's closing amount."""
        rule = self.settings.risk_periods, self.settings.risk_drop
        return {
            name: churned.risk_by_segment(self.cube, self.span, self.cube.segments[name], *rule)
            for name in self.tables.segments
        }

    @cached_property
    def risk_back_test(self) -> dict[str, float]:
        """How the rule for accounts at risk would have done a window ago [churned.risk_back_test]."""
        return churned.risk_back_test(self.cube, self.span, self.settings.risk_periods, self.settings.risk_drop)

    @cached_property
    def score(self) -> Table:
        """The closing's customers with the most signals of leaving [score.score_list]."""
        rule = self.settings.risk_periods, self.settings.risk_drop, self.settings.top
        return score.score_list(self.cube, self.span, *rule)

    @cached_property
    def score_back_test(self) -> Table:
        """How the score would have done a window ago [score.score_back_test]."""
        return score.score_back_test(self.cube, self.span, self.settings.risk_periods, self.settings.risk_drop)

    @cached_property
    def survival(self) -> Survival | None:
        """The shifted beta-geometric projection of the closing's customers; None where too few were lost."""
        return survival(self.cube, self.closing)

    @cached_property
    def lever_base(self) -> levers.Base:
        """What `levers.pull` and `levers.way_to` work on."""
        found = accounts_at_risk(self.cube, self.span, self.settings.risk_periods, self.settings.risk_drop)
        return levers.base_of(self.bridge, self.cube.units.total(found["amount"]), self.months)

    @cached_property
    def unit_economics(self) -> dict[str, Any]:
        """Of the window: economics.FIGURES."""
        line = {**self.bridge, "newcomers": self.customers["new"], "closers": self.customers["closing"]}
        return self._economics({**line, "churn_rate": self.rates["churn_rate"]}, self.settings.burn)

    @cached_property
    def segment_economics(self) -> dict[str, Table]:
        """The same of each value of each segment, the value first."""
        found = {}
        for name, shown in self.tables.segments.items():
            table = {column: shown[column] for column in shown.columns}
            # Cash is not burnt by segment.
            figures = self._economics(table, None)
            size = len(table["value"])
            found[name] = {"value": table["value"]} | {
                key: np.broadcast_to(np.asarray(value, float), size) for key, value in figures.items()
            }
        return found

    def _economics(self, line: dict[str, Any], burn: float | None) -> dict[str, Any]:
        step = 12 if self.cube.unit == "ARR" else self.cube.periods.step
        given = self.settings
        return unit_economics(line, given.gross_margin, given.sales_cost, burn, self.months, step)
