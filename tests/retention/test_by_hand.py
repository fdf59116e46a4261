"""Figures of every part beyond NRR, recomputed from the rows in plain loops that share no code with the package.

On the sample, and on a shuffled file of 90 made customers. Interval: Cochran's ratio estimate, and an own bootstrap.
"""

from __future__ import annotations

import csv
import math
import random
from collections import defaultdict
from itertools import pairwise

import openpyxl
import pytest

import nrr_xl

MARGIN, COST = 0.8, 900_000.0
TENURES = ((-1, 6), (6, 12), (12, 24), (24, 36), (36, 10**9))


def sample(root, tmp_path):
    path = root / "templates" / "sample_revenue.xlsx"
    head, *rows = openpyxl.load_workbook(path)["Revenue"].iter_rows(values_only=True)
    return path, [dict(zip(head, row, strict=True)) for row in rows], ("Region", "Plan"), "2024-12"


def made(root, tmp_path):
    draw, rows = random.Random(77), []
    for number in range(90):
        first, amount = draw.choice([0] * 5 + list(range(1, 38))), float(draw.randint(20, 900))
        kind = draw.choice(["North", "South", "West"]), draw.choice(["Pro", "Lite"])
        for month in range(first, min(first + draw.choice([4, 9, 15, 30, 60, 60, 60]), 40)):
            if draw.random() < 0.06:
                amount = round(amount * draw.choice([1.3, 1.1, 0.8, 0.6]), 2)
            if draw.random() > 0.01:
                when = f"{2021 + (month + 5) // 12}-{(month + 5) % 12 + 1:02d}-01"
                rows.append((when, f"Firm {number:03d}", *kind, amount))
    draw.shuffle(rows)
    head = ("Month", "Customer", "Area", "Tariff", "MRR")
    path = tmp_path / "made.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([head, *rows])
    return path, [dict(zip(head, row, strict=True)) for row in rows], ("Area", "Tariff"), "2024-09"


class Book:
    """Amounts by customer and month, and who did what between the opening `o` and the closing `c`."""

    def __init__(self, rows, names, closing):
        self.c = number(closing)
        self.o = self.c - 12
        self.of, self.kind = defaultdict(dict), {}
        for row in rows:
            who, month = row["Customer"], number(str(row["Month"]))
            self.of[who][month] = self.of[who].get(month, 0.0) + row["MRR"]
            self.kind[who, month] = {name: row[name] for name in names}
        self.start = min(month for paid in self.of.values() for month in paid)
        self.openers = [who for who in self.of if self.at(who, self.o) > 0]
        self.lost = [who for who in self.openers if not self.at(who, self.c)]
        came = [who for who in self.of if not self.at(who, self.o) and self.at(who, self.c)]
        self.new = [who for who in came if min(self.of[who]) > self.o]
        self.back = [who for who in came if min(self.of[who]) < self.o]
        moves = [self.at(who, self.c) - self.at(who, self.o) for who in self.openers if who not in self.lost]
        self.line = {
            "opening": self.total(self.openers, self.o),
            "new": self.total(self.new, self.c),
            "reactivation": self.total(self.back, self.c),
            "expansion": sum(move for move in moves if move > 0),
            "contraction": -sum(move for move in moves if move < 0),
            "churn": self.total(self.lost, self.o),
            "closing": self.total(self.of, self.c),
        }
        self.kept = self.total(self.openers, self.c)
        self.nrr = self.kept / self.line["opening"]

    def at(self, who, month):
        return self.of[who].get(month, 0.0)

    def total(self, whom, month):
        return sum(self.at(who, month) for who in whom)

    def at_risk(self):
        """Customers whose amount fell three months in a row, or is a quarter below the window's peak."""
        found = []
        for who in self.of:
            last = [self.at(who, month) for month in range(self.c - 3, self.c + 1)]
            falls = all(later < earlier for earlier, later in pairwise(last))
            peak = max(self.at(who, month) for month in range(self.o, self.c + 1))
            if last[-1] and (falls or 1 - last[-1] / peak > 0.25):
                found.append(who)
        return found

    def tenures(self):
        """Customers and opening amounts lost by months since the first amount; None for those before the rows."""
        found = defaultdict(lambda: [0, 0.0])
        for who in self.lost:
            gone = max(month for month in self.of[who] if month < self.c) + 1
            age = gone - min(self.of[who])
            band = next((at for at, (low, high) in enumerate(TENURES) if low < age <= high), None)
            found[None if min(self.of[who]) == self.start else band][0] += 1
            found[None if min(self.of[who]) == self.start else band][1] += self.at(who, self.o)
        return found

    def ratio(self, whom, then, now):
        return self.total(whom, now) / self.total(whom, then)

    def over(self, whom, months):
        return sum(self.at(who, month) for who in whom for month in months)


def number(text):
    return int(text[:4]) * 12 + int(text[5:7]) - 1


@pytest.fixture(scope="module", params=[sample, made], ids=["sample", "made"])
def both(request, root, tmp_path_factory):
    path, rows, names, closing = request.param(root, tmp_path_factory.mktemp("rows"))
    analysis = nrr_xl.analyse(nrr_xl.read(path), as_of=closing, gross_margin=MARGIN, sales_cost=COST)
    return Book(rows, names, closing), analysis.to_dict(), names


def test_the_parts_are_what_plain_loops_over_the_rows_give(both):
    book, told, names = both
    c, line = book.c, book.line
    assert told["bridge"] == pytest.approx({**line, "fx": 0.0})
    assert told["rates"]["nrr"] == pytest.approx(book.nrr)
    risk = book.at_risk()
    # Churn described, and what the Reading guide asks by.
    tenures = book.tenures()
    for at, row in zip((*range(len(TENURES)), None), told["churn"]["tenure"], strict=False):
        assert (row["customers"], row["amount"]) == (tenures[at][0], pytest.approx(tenures[at][1]))
    asked = {row["key"]: row["value"] for row in told["reading"]}
    assert asked["early_churn"] == pytest.approx(tenures[0][1] / line["churn"])
    assert asked["stagnation"] == pytest.approx(line["expansion"] / line["opening"])
    assert asked["at_risk"] == pytest.approx(book.total(risk, c) / line["closing"])
    assert asked["downgrades"] == pytest.approx(line["contraction"] / (line["contraction"] + line["churn"]))
    assert told["levers"]["at_risk"] == pytest.approx(book.total(risk, c))
    for name in names:
        for row in told["churn"]["risk_by_segment"][name]:
            mine = [who for who in risk if book.kind[who, c][name] == row["value"]]
            assert row["amount"] == pytest.approx(book.total(mine, c))
    # Unit economics, of the whole and by segment: a segment's share of the cost is by its new customers.
    count = sum(book.at(who, c) > 0 for who in book.of)
    lifetime = 12 * line["closing"] / count * MARGIN / (line["churn"] / line["opening"])
    assert told["lifetime_value"]["ltv"] == pytest.approx(lifetime)
    cost = COST / len(book.new)
    economics = {
        "cac": cost,
        "cac_payback": COST / (line["new"] * MARGIN),
        "ltv_to_cac": lifetime / cost,
        "magic_number": 12 * (line["closing"] - line["opening"]) / COST,
    }
    assert {key: told["unit_economics"][key] for key in economics} == pytest.approx(economics)
    for name in names:
        for row in told["segment_economics"][name]:
            mine = [who for who in book.new if book.kind[who, c][name] == row["value"]]
            if mine:
                assert row["cac_payback"] == pytest.approx(cost * len(mine) / (book.total(mine, c) * MARGIN))


def test_levers_methods_adjustments_and_intervals_are_what_plain_loops_give(both):
    book, told, _ = both
    o, c, line = book.o, book.c, book.line
    # Levers: what the sheet starts with, the years ahead, the way to the target.
    levers = told["levers"]
    pulled, opening = levers["inputs"], line["opening"]
    left = line["churn"] * (1 - pulled["churn"])
    saved = min(left, pulled["saved"] * min(levers["at_risk"] / line["closing"] * opening, left))
    more = line["expansion"] * pulled["expansion"] + line["contraction"] * pulled["contraction"]
    assert levers["scenario"]["nrr"] == pytest.approx(book.nrr + (line["churn"] - left + saved + more) / opening)
    for row in levers["ahead"]:
        years = row["months"] / 12
        assert row["today"] == pytest.approx(12 * line["closing"] * book.nrr**years)
        assert row["one_point"] == pytest.approx(12 * line["closing"] * ((book.nrr + 0.01) ** years - book.nrr**years))
    way = levers["way"]
    assert way["expansion_rise"] == pytest.approx((way["target"] - book.nrr) * opening / line["expansion"])
    # Definitions: the methods that another sum than the bridge's gives.
    stay = [who for who in book.openers if who not in book.lost]
    year = range(c - 11, c + 1)
    before = [month - 12 for month in year]
    product = math.prod(
        book.ratio([who for who in book.of if book.at(who, month)], month, month + 1) for month in range(o, c)
    )
    last = book.ratio([who for who in book.of if book.at(who, c - 1)], c - 1, c)
    quarter = [who for who in book.of if book.over([who], range(o - 2, o + 1))]
    first = [who for who in book.of if book.at(who, c - 23)]
    expected = {
        "survivors_only": book.ratio(stay, o, c),
        "compounded": product,
        "annualised": last**12,
        "quarter_cohort": book.over(quarter, range(c - 2, c + 1)) / book.over(quarter, range(o - 2, o + 1)),
        "two_year_cohort": book.over(first, year) / book.over(first, range(c - 23, c - 11)),
        "trailing_average": sum(book.at(who, month) for month in year for who in book.of if book.at(who, month - 12))
        / book.over(book.of, before),
    }
    assert {key: told["methods"][key]["rate"] for key in expected} == pytest.approx(expected)
    # Adjusted: two customers taken as one keep what the one pays.
    adjusted = told["adjusted"]
    kept = book.kept
    for each in adjusted["adjustments"]:
        if each["accepted"]:
            kept += book.at(each["other"], c)
            assert not book.at(each["customer"], c) and not book.at(each["other"], o)
    assert adjusted["adjusted"] == pytest.approx(kept / opening)
    # Uncertainty: the formula, an own bootstrap, and who moves the rate most.
    pairs = [(book.at(who, o), book.at(who, c)) for who in book.openers]
    spread = sum((now - book.nrr * then) ** 2 for then, now in pairs) / (len(pairs) - 1)
    error = math.sqrt(spread / len(pairs)) / (opening / len(pairs))
    interval, draw = told["interval"], random.Random(5)
    assert interval["formula_low"] == pytest.approx(book.nrr - 1.645 * error, abs=2e-4)
    drawn = []
    for _ in range(2000):
        chosen = draw.choices(pairs, k=len(pairs))
        drawn.append(sum(now for _, now in chosen) / sum(then for then, _ in chosen))
    drawn.sort()
    assert (interval["low"], interval["high"]) == pytest.approx((drawn[100], drawn[1900]), abs=0.015)
    without = {who: (book.kept - book.at(who, c)) / (opening - book.at(who, o)) for who in book.openers}
    assert interval["without"] == pytest.approx(max(without.values(), key=lambda rate: abs(rate - book.nrr)))
