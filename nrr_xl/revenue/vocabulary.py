"""The words that headers, amounts and totals are known by: the data file synonyms.toml, loaded once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from nrr_xl.packaged import packaged_table

_REFUNDS, _NO_SUMS = {"refund", "refunds", "refunded"}, {"date", "id", "reason", "status", "by", "count", "policy"}


@cache
def vocabulary() -> Mapping[str, Any]:
    """The data file as it stands."""
    return packaged_table("revenue/synonyms.toml")


@cache
def currency_codes() -> frozenset[str]:
    """The ISO codes of currencies that amounts may carry."""
    return frozenset(vocabulary()["words"]["currencies"].split())


def words(text: str) -> tuple[str, ...]:
    """A text's words in lower case, split at punctuation, underscores and capitals.

    >>> words("customerName"), words("MRR (USD)"), words("Invoice_Date")
    (('customer', 'name'), ('mrr', 'usd'), ('invoice', 'date'))
    """
    return tuple(re.findall(r"[^\W_]+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text).lower()))


def of_refunds(header: str) -> bool:
    """Whether a column says what was paid back of the amounts beside it.

    >>> of_refunds("Amount Refunded"), of_refunds("Refund date")
    (True, False)
    """
    said = set(words(header))
    return bool(said & _REFUNDS) and not said & _NO_SUMS


@cache
def unpaid_texts() -> frozenset[str]:
    """Texts in place of an amount by which a customer had left, or had not begun."""
    return frozenset(vocabulary()["words"]["unpaid"])


@cache
def blank_texts() -> frozenset[str]:
    """Texts that stand for no amount."""
    return frozenset(vocabulary()["words"]["blank_amount"])
