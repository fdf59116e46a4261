"""The words of a report, from one file, so that they can be translated."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files


@cache
def texts() -> dict[str, dict[str, str]]:
    """The report's words by section and key.

    >>> texts()["lines"]["churn"]
    'Churn'
    """
    return tomllib.loads(files("nrr_xl.workbook").joinpath("texts.toml").read_text("utf-8"))
