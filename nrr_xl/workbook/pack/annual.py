"""What an amount is in a year, and how to call it."""

from __future__ import annotations

from nrr_xl.revenue.cube.build import RevenueCube
from nrr_xl.workbook.texts import texts


def annual_factor(cube: RevenueCube) -> float:
    """By what an amount is multiplied to be a year's: amounts cover their period unless they are called ARR."""
    return 1.0 if cube.unit == "ARR" else 12 / cube.periods.step


def annual_name(cube: RevenueCube) -> str:
    """ARR where the amounts are recurring revenue by name, else the annualised amount."""
    return "ARR" if cube.unit in ("MRR", "ARR") else texts()["pack"]["annualised"]
