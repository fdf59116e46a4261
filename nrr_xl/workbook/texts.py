"""The words of a report, from one file, so that they can be translated."""

from __future__ import annotations

from functools import cache

from nrr_xl.packaged import packaged_table


@cache
def texts() -> dict[str, dict[str, str]]:
    """The report's words by section and key.

    >>> texts()["lines"]["churn"]
    'Churn'
    """
    return packaged_table("workbook/texts.toml")
