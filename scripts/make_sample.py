"""Make templates/sample_revenue.xlsx: three years of monthly recurring revenue of an invented software company.

Run `python scripts/make_sample.py`; the same script always makes the same file. About 150 customers in four regions on
four plans. Most of it is drawn from a seeded generator; the cases that an analyst has to explain are written by hand:
one customer with over a tenth of the revenue, returns after a gap, a month without an invoice, a merger that looks
like a churn and a new customer, and twice the churn in EMEA in the last year.
"""

from __future__ import annotations

import sys
from bisect import bisect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import accumulate
from pathlib import Path
from random import Random

import xlsxwriter

TARGET = Path(__file__).resolve().parent.parent / "templates" / "sample_revenue.xlsx"
SEED = 1185  # chosen among many for a last year worth a discussion: NRR 107 %, GRR 89 %, EMEA losing twice as much
FIRST_YEAR, MONTHS = 2022, 36
LAST_YEAR_STARTS = 24  # months are counted from 0, January 2022

PLANS = ("Starter", "Growth", "Business", "Enterprise")
SEAT_PRICE = {"Starter": 25.0, "Growth": 45.0, "Business": 70.0, "Enterprise": 95.0}
TYPICAL_SEATS = {"Starter": 12, "Growth": 30, "Business": 70, "Enterprise": 160}
PRICE_RISE = 0.03  # each January, for customers of the year before

REGIONS = {  # share of customers, legal forms
    "North America": (0.38, ("Inc.", "LLC", "Corp.")),
    "EMEA": (0.32, ("GmbH", "Ltd", "S.A.", "B.V.", "AB")),
    "APAC": (0.18, ("Pty Ltd", "K.K.", "Pte. Ltd.")),
    "LATAM": (0.12, ("S.A. de C.V.", "Ltda.")),
}
CUSTOMERS_AT_START, CUSTOMERS = 88, 146

# What can happen to a customer in a month, as probabilities.
CHURN, EMEA_CHURN_LAST_YEAR = 0.0055, 0.0130
MORE_SEATS, FEWER_SEATS, UPGRADE, DOWNGRADE = 0.055, 0.010, 0.008, 0.004

NAMES = """
Alder Amberline Anchorage Aspen Atlas Aurelia Bayside Beacon Birchwood Bluefin Bramble Brightwater Calder Cascade Cedar
Cinder Clearpath Cobalt Copperfield Coral Crestview Cypress Dovetail Driftwood Eastgate Elmstone Ember Evergreen Fairway
Falcon Fernhill Foxglove Granite Greyfriars Halcyon Harbor Hawthorn Hazel Helix Heron Highland Hollis Indigo Ironbridge
Ivory Jasper Juniper Kestrel Keystone Kingfisher Lakeland Larkspur Linden Lodestar Longview Lumen Magnolia Mapleton
Marlin Meridian Millbrook Monarch Moorland Nimbus Northgate Oakfield Onyx Opaline Orchard Osprey Palisade Pinnacle
Plumtree Quarry Ravenna Redwood Ridgeway Rosewood Rowan Saffron Sandpiper Sequoia Silverlake Solace Sparrow Sterling
Stonegate Summit Sycamore Tamarack Tidewater Timberline Topaz Trellis Umber Vantage Verdant Vista Walnut Waverley
Westbrook Whitecliff Wildrose Willow Windmere Wren Yarrow Zephyr
""".split()
TRADES = """
Analytics Logistics Health Foods Robotics Legal Media Energy Labs Capital Insurance Travel Retail Software Biotech
Freight Security Education Payments Interiors
""".split()


@dataclass(frozen=True)
class Account:
    """A customer in one month."""

    customer: str
    region: str
    plan: str
    seats: int
    price: float  # of one seat

    @property
    def mrr(self) -> float:
        """The month's recurring revenue, in whole cents."""
        return round(self.seats * self.price, 2)

    def on_plan(self, step: int) -> Account:
        """The same customer some plans up or down, as far as there are any."""
        place = min(max(PLANS.index(self.plan) + step, 0), len(PLANS) - 1)
        plan = PLANS[place]
        return replace(self, plan=plan, price=round(self.price * SEAT_PRICE[plan] / SEAT_PRICE[self.plan], 2))


Row = tuple[int, Account]  # month from 0, the account in it


def month_start(month: int) -> date:
    """The first day of a month counted from January 2022."""
    return date(FIRST_YEAR + month // 12, month % 12 + 1, 1)


def drawn_accounts() -> Iterator[Row]:
    """The customers that chance made, each from a generator of its own, so that one does not move the others."""
    words = sorted(NAMES, key=lambda word: Random(f"{SEED}/{word}").random())
    taken: set[str] = set()
    for number in range(CUSTOMERS):
        rng = Random(f"{SEED}/{number}")
        account = _new_account(rng, words[number % len(words)], taken)
        month = 0 if number < CUSTOMERS_AT_START else 1 + int(rng.random() * (MONTHS - 4))
        yield from _life(rng, account, month)


def _new_account(rng: Random, word: str, taken: set[str]) -> Account:
    region, forms = _region(rng.random())
    name = ""
    while not name or name in taken:
        name = f"{word} {_pick(rng, TRADES)} {_pick(rng, forms)}"
    taken.add(name)
    plan = PLANS[int(len(PLANS) * rng.random() ** 1.5)]
    seats = max(3, round(TYPICAL_SEATS[plan] * (0.5 + rng.random())))
    return Account(name, region, plan, seats, SEAT_PRICE[plan])


def _pick(rng: Random, items: Sequence[str]) -> str:
    return items[int(len(items) * rng.random())]


def _region(draw: float) -> tuple[str, tuple[str, ...]]:
    upper = 0.0
    for region, (share, forms) in REGIONS.items():
        upper += share
        if draw < upper:
            return region, forms
    raise ValueError("the shares of the regions must add up to 1")


def _life(rng: Random, account: Account, month: int) -> Iterator[Row]:
    first = month
    while month < MONTHS:
        if month % 12 == 0 and month > first:
            account = replace(account, price=round(account.price * (1 + PRICE_RISE), 2))
        yield month, account
        emea_late = account.region == "EMEA" and month >= LAST_YEAR_STARTS - 1
        chance = rng.random() - (EMEA_CHURN_LAST_YEAR if emea_late else CHURN)
        if chance < 0:
            return
        account = _changed(rng, account)
        month += 1


def _changed(rng: Random, account: Account) -> Account:
    chance, size = rng.random(), rng.random()
    match bisect(list(accumulate((MORE_SEATS, FEWER_SEATS, UPGRADE, DOWNGRADE))), chance):
        case 0:
            return replace(account, seats=account.seats + max(1, round(account.seats * (0.08 + 0.3 * size))))
        case 1:
            return replace(account, seats=max(1, round(account.seats * (0.85 - 0.35 * size))))
        case 2:
            return account.on_plan(+1)
        case 3:
            return account.on_plan(-1)
    return account


def written_accounts() -> Iterator[Row]:
    """The customers whose stories a reader of the report should find."""
    whale = Account("Northwall Retail Group Inc.", "North America", "Enterprise", 640, 95.0)
    for month in range(MONTHS):
        yield month, replace(whale, seats=640 + 60 * (month // 9), price=round(95.0 * 1.03 ** (month // 12), 2))

    # Left and came back: after eight months before the last year, after five inside it, and smaller after a year.
    for name, region, seats, gone, back, seats_back in (
        ("Thistle Payments Ltd", "EMEA", 64, 12, 20, 64),
        ("Cormorant Travel Pty Ltd", "APAC", 48, 26, 31, 40),
        ("Marigold Foods Ltda.", "LATAM", 55, 16, 29, 38),
    ):
        account = Account(name, region, "Growth", seats, 45.0)
        yield from ((month, account) for month in range(gone))
        yield from ((month, replace(account, seats=seats_back)) for month in range(back, MONTHS))

    # One invoice is missing: no churn, but it looks like one.
    steady = Account("Hearthside Insurance LLC", "North America", "Business", 62, 70.0)
    yield from ((month, steady) for month in range(MONTHS) if month != 28)

    # Taken over in June 2024: the old name stops, the new one goes on with the same amount.
    before = Account("Halden Robotics GmbH", "EMEA", "Business", 90, 70.0)
    after = replace(before, customer="Halden Robotics (Vantor Group)")
    yield from ((month, before if month < 29 else after) for month in range(MONTHS))


def sample_rows() -> list[Row]:
    """All rows, by month and then by customer, as a billing system exports them."""
    return sorted((*drawn_accounts(), *written_accounts()), key=lambda row: (row[0], row[1].customer))


def write(path: Path) -> None:
    """Write the sample workbook."""
    rows = sample_rows()
    with xlsxwriter.Workbook(path) as book:
        # A fixed date of creation: the same rows must give the same bytes.
        book.set_properties({"title": "Sample revenue", "author": "nrr_xl", "created": datetime(2025, 1, 2)})
        month_format = book.add_format({"num_format": "mmm-yy", "align": "left"})
        money = book.add_format({"num_format": "#,##0.00"})
        sheet = book.add_worksheet("Revenue")
        columns = [{"header": header} for header in ("Customer", "Region", "Plan")]
        columns += [{"header": "Month", "format": month_format}, {"header": "MRR", "format": money}]
        data = [[a.customer, a.region, a.plan, month_start(month), a.mrr] for month, a in rows]
        sheet.add_table(
            0, 0, len(data), 4, {"name": "Revenue", "style": "Table Style Light 1", "columns": columns, "data": data}
        )
        sheet.set_column("A:A", 36)
        sheet.set_column("B:C", 15)
        sheet.set_column("D:D", 10, month_format)
        sheet.set_column("E:E", 13, money)
        sheet.freeze_panes(1, 0)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        _write_read_me(book, book.add_worksheet("Read me"))


def _write_read_me(book: xlsxwriter.Workbook, sheet) -> None:
    bold = book.add_format({"bold": True})
    sheet.set_column("A:A", 12, bold)
    sheet.set_column("B:B", 100)
    sheet.hide_gridlines(2)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    for row, (column, meaning) in enumerate(
        (
            ("Sample", "Invented monthly recurring revenue of a software company, January 2022 to December 2024."),
            ("Customer", "The paying company; one row for each customer and month with revenue."),
            ("Region", "Where the customer is: North America, EMEA, APAC or LATAM."),
            ("Plan", "The plan in that month: Starter, Growth, Business or Enterprise; customers up- and downgrade."),
            ("Month", "The first day of the month that the revenue belongs to."),
            ("MRR", "Monthly recurring revenue in US dollars; no row means no revenue in that month."),
        )
    ):
        sheet.write_row(row, 0, (column, meaning))


if __name__ == "__main__":
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else TARGET)
