"""Net revenue retention from customer revenue rows: read a sheet, analyse it, write a workbook.

>>> import nrr_xl
>>> nrr_xl.nrr(500_000, 100_000, 20_000, 30_000)
1.1
"""

from __future__ import annotations

from nrr_xl._version import __version__

TYPE_CHECKING = False  # as typing's, which need not be loaded for `--help`
if TYPE_CHECKING:  # what `__getattr__` gives, for type checkers
    from typing import Any

    from nrr_xl.errors import InputError as InputError
    from nrr_xl.errors import NrrError as NrrError
    from nrr_xl.errors import OutputError as OutputError
    from nrr_xl.errors import Problem as Problem
    from nrr_xl.errors import SignError as SignError
    from nrr_xl.metrics import METRICS as METRICS
    from nrr_xl.metrics import annual_churn as annual_churn
    from nrr_xl.metrics import annualise as annualise
    from nrr_xl.metrics import burn_multiple as burn_multiple
    from nrr_xl.metrics import cac as cac
    from nrr_xl.metrics import cac_payback as cac_payback
    from nrr_xl.metrics import churn_rate as churn_rate
    from nrr_xl.metrics import compound as compound
    from nrr_xl.metrics import contraction_rate as contraction_rate
    from nrr_xl.metrics import expansion_rate as expansion_rate
    from nrr_xl.metrics import grr as grr
    from nrr_xl.metrics import grr_cohort as grr_cohort
    from nrr_xl.metrics import logo_retention as logo_retention
    from nrr_xl.metrics import ltv as ltv
    from nrr_xl.metrics import ltv_to_cac as ltv_to_cac
    from nrr_xl.metrics import magic_number as magic_number
    from nrr_xl.metrics import nrr as nrr
    from nrr_xl.metrics import nrr_cohort as nrr_cohort
    from nrr_xl.metrics import quick_ratio as quick_ratio
    from nrr_xl.metrics import renewal_rate as renewal_rate
    from nrr_xl.retention.analysis import Analysis as Analysis
    from nrr_xl.retention.analysis import analyse as analyse
    from nrr_xl.revenue.cube.build import RevenueCube as RevenueCube
    from nrr_xl.revenue.read import read as read
    from nrr_xl.workbook.report import write_report as write_report

# Names are loaded on first use: `nrr-xl --help` and the function server must not pay for pandas or XlsxWriter.
_HOME = {
    "nrr": "nrr_xl.metrics",
    "grr": "nrr_xl.metrics",
    "nrr_cohort": "nrr_xl.metrics",
    "grr_cohort": "nrr_xl.metrics",
    "logo_retention": "nrr_xl.metrics",
    "expansion_rate": "nrr_xl.metrics",
    "contraction_rate": "nrr_xl.metrics",
    "churn_rate": "nrr_xl.metrics",
    "quick_ratio": "nrr_xl.metrics",
    "compound": "nrr_xl.metrics",
    "annualise": "nrr_xl.metrics",
    "annual_churn": "nrr_xl.metrics",
    "ltv": "nrr_xl.metrics",
    "cac": "nrr_xl.metrics",
    "cac_payback": "nrr_xl.metrics",
    "ltv_to_cac": "nrr_xl.metrics",
    "magic_number": "nrr_xl.metrics",
    "burn_multiple": "nrr_xl.metrics",
    "renewal_rate": "nrr_xl.metrics",
    "METRICS": "nrr_xl.metrics",
    "read": "nrr_xl.revenue.read",
    "RevenueCube": "nrr_xl.revenue.cube.build",
    "analyse": "nrr_xl.retention.analysis",
    "Analysis": "nrr_xl.retention.analysis",
    "write_report": "nrr_xl.workbook.report",
    "Problem": "nrr_xl.errors",
    "NrrError": "nrr_xl.errors",
    "InputError": "nrr_xl.errors",
    "SignError": "nrr_xl.errors",
    "OutputError": "nrr_xl.errors",
}

# What raises or keeps messages that name options says them as keyword arguments to who calls it here.
_TELLING = ("read", "analyse", "write_report")

__all__ = ["__version__", *sorted(_HOME)]  # noqa: PLE0604 - the names are texts, by construction


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'nrr_xl' has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(_HOME[name]), name)
    if name in _TELLING:
        from nrr_xl.keywords import told_in_python

        value = told_in_python(value)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
