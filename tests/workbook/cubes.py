"""Cubes that reports are tried on: an ordinary one of any size, and the awkward ones."""

from __future__ import annotations

import numpy as np

from nrr_xl.periods import Periods, month_number
from nrr_xl.revenue.cube.build import RevenueCube, Segment
from nrr_xl.revenue.cube.rows import Account, Source

HELL = (
    '=HYPERLINK("http://example.org","click")',
    "+1+1",
    "-2",
    "@SUM(A1)",
    "\tTab\x07bell",
    "line\nbreak",
    "_x0041_ literal escape",
    "شركة الاختبار",
    "🚀 Rocket 👩‍👩‍👧 Ltd",
    "<b>&amp;</b>",
    'O\'Brien "quoted" *?~',
    "x" * 40_000,
    "1234",
    "TRUE",
    "#DIV/0!",
    "  spaces  ",
)


def cube(amounts, segments=None, names=None, first=(2022, 1), step=1, **fields) -> RevenueCube:
    """A cube of given amounts from a first month on; `segments` maps a name to each customer's text."""
    amounts = np.asarray(amounts, float)
    names = names or tuple(f"Customer {number:05d}" for number in range(len(amounts)))
    found = {}
    for name, texts in (segments or {}).items():
        values, codes = np.unique(np.asarray(texts, dtype=object), return_inverse=True)
        found[name] = Segment(name, tuple(values), codes.astype(np.int32))
    total, cells = float(amounts.sum()), int((amounts > 0).sum())
    return RevenueCube(
        tuple(names),
        Periods(month_number(*first) + step - 1, amounts.shape[1], step),
        amounts,
        found,
        currency="USD",
        source=Source("rows.xlsx", "Revenue", "wide", len(amounts), "ab" * 32),
        account=Account(total, total, 0.0, cells, cells, 0),
        **fields,
    )


def ordinary(customers: int = 40, periods: int = 30, seed: int = 7) -> RevenueCube:
    """Whole cents; growth, shrinkage, churn, gaps, arrivals."""
    rng = np.random.default_rng(seed)
    start = rng.integers(-periods, periods, customers).clip(0)
    life = rng.geometric(1 / 40, customers)
    month = np.arange(periods)
    there = (month >= start[:, None]) & (month < (start + life)[:, None])
    there &= rng.random((customers, periods)) > 0.01
    there[np.arange(customers), np.minimum(start, periods - 1)] = True
    factor = 1 + rng.choice([0.0, 0.1, -0.05], (customers, periods), p=[0.9, 0.07, 0.03]).cumsum(axis=1).clip(-0.8)
    amounts = np.where(there, (rng.lognormal(7, 1, customers)[:, None] * factor).round(2), 0.0)
    regions = rng.choice(["EMEA", "Americas", "APAC"], customers)
    return cube(amounts, {"Region": regions, "Plan": rng.choice(["Pro", "pro", "Basic"], customers)})


def awkward() -> dict[str, tuple[RevenueCube, int]]:
    """Cubes that break careless reports, each with the months of its window."""
    rng = np.random.default_rng(5)
    many = (rng.lognormal(5, 1, (400, 14))).round(2)
    return {
        "tiny": (cube([[100, 150], [100, 0], [0, 70.0]], {"Region": ["A", "B", "A"]}), 1),
        "all churned": (cube([[100.0] * 6 + [0] * 7, [50.0] * 3 + [0] * 10], {"Region": ["A", "B"]}), 12),
        "zero opening": (cube([[0] * 12 + [100.0], [0] * 13], {"Region": ["A", "B"]}), 12),
        "one customer": (cube([[100.0] * 13]), 12),
        "200 segments": (cube(many, {"Team": [f"Team {i % 200}" for i in range(400)], "Size": ["L", "S"] * 200}), 12),
        "names from hell": (
            cube(
                np.tile([[100.0, 120.0, 0.0, 90.0]], (len(HELL), 1)) * np.arange(1, len(HELL) + 1)[:, None],
                {"=Segment *?": HELL, "customer": ["a*", "A*"] * (len(HELL) // 2)},
                HELL,
            ),
            3,
        ),
        "quarters": (cube(rng.lognormal(5, 1, (12, 9)).round(2), {"Region": ["A", "B"] * 6}, step=3), 12),
        "years": (cube(rng.lognormal(5, 1, (12, 4)).round(2), {"Region": ["A", "B"] * 6}, step=12), 12),
    }
