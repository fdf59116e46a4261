"""How to call an amount of a year."""

from __future__ import annotations

from nrr_xl.revenue.cube.build import RevenueCube
from nrr_xl.workbook.texts import texts


def annual_name(cube: RevenueCube) -> str:
    """ARR where the amounts are recurring revenue by name, else the annualised amount."""
    return "ARR" if cube.unit in ("MRR", "ARR") else texts()["pack"]["annualised"]
