"""Which further sheets a report has, and how each is written."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from nrr_xl.records import struct
from nrr_xl.retention.analysis import Analysis
from nrr_xl.retention.diligence import lost_customers, segment_ends
from nrr_xl.retention.diligence import vintages as found_vintages
from nrr_xl.revenue.cube.lookups import LedgerTotal
from nrr_xl.workbook.frame import Report
from nrr_xl.workbook.pack import (
    adjusted,
    bands,
    certainty,
    churn,
    economics,
    ledger,
    levers,
    movements,
    price,
    reading,
    register,
    renewals,
    segment_trend,
    snowball,
    top_customers,
    vintages,
)
from nrr_xl.workbook.sheets import bridge
from nrr_xl.workbook.sheets.customers import CustomersPlace
from nrr_xl.workbook.sheets.summary import Figures

# What every report has, where there is data for it.
BOARD = ("reading", "levers", "economics", "churn", "renewals", "adjusted", "certainty")
DILIGENCE = ("snowball", "top_customers", "vintages", "segment_trend", "bands", "register", "price", "movements")


@struct()
class Pack:
    """What was asked for beside the board's sheets."""

    name: str = "board"
    ledger: Sequence[LedgerTotal] = ()

    def keys(self, analysis: Analysis) -> list[str]:
        """The sheets that have content, in their order."""
        content: dict[str, Callable[[], bool]] = {
            "snowball": lambda: any(span.months in (3, 12) for span in bridge.spans(analysis)),
            "top_customers": lambda: bool(analysis.bridge["closing"]),
            "vintages": lambda: len(found_vintages(analysis)[0]) > 1,
            "segment_trend": lambda: bool(analysis.tables.segments) and bool(segment_ends(analysis)),
            "bands": lambda: bool(analysis.bridge["opening"]),
            "register": lambda: bool(len(lost_customers(analysis))),
            "price": lambda: price.known(analysis),
            "levers": lambda: levers.known(analysis),
            "economics": lambda: economics.known(analysis),
            "reading": lambda: reading.known(analysis),
            "churn": lambda: churn.known(analysis),
            "adjusted": lambda: adjusted.known(analysis),
            "renewals": lambda: renewals.known(analysis),
            "certainty": lambda: certainty.known(analysis),
            "movements": lambda: True,
        }
        wanted = (*BOARD, *(DILIGENCE if self.name != "board" else ()))
        return [*(key for key in wanted if content[key]()), *(("ledger",) if self.ledger else ())]

    def unsettled(self, analysis: Analysis) -> str:
        """The name of the check that fails where the rows do not tie out to the ledger, else ""."""
        return ledger.unsettled(analysis.cube, self.ledger)

    def plan(self, report: Report) -> None:
        """Know where the rows behind each figure will stand, so that figures can link to them."""
        if "movements" in report.sheets:
            report.drill = movements.Drill(report)

    def steps(self, report: Report, customers: CustomersPlace, shown: Figures) -> dict[str, Callable[[], None]]:
        """How each sheet is written; after the Bridge and the Summary, whose figures they are tied to."""

        def drill() -> None:
            assert report.drill is not None
            movements.write(report, customers, report.drill)

        return {
            "snowball": lambda: snowball.write(report, customers),
            "top_customers": lambda: top_customers.write(report, customers),
            "vintages": lambda: vintages.write(report, customers),
            "segment_trend": lambda: segment_trend.write(report, customers),
            "bands": lambda: bands.write(report, customers),
            "register": lambda: register.write(report, customers),
            "price": lambda: price.write(report),
            "reading": lambda: reading.write(report, customers, shown),
            "churn": lambda: churn.write(report, customers),
            "adjusted": lambda: adjusted.write(report, customers, shown),
            "renewals": lambda: renewals.write(report),
            "certainty": lambda: certainty.write(report, customers, shown),
            "levers": lambda: levers.write(report, customers),
            "economics": lambda: economics.write(report, customers),
            "movements": drill,
            "ledger": lambda: ledger.write(report, customers, self.ledger),
        }
