"""Which labels that stand with each period count: products, actual amounts, one measure of revenue, or a question."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np

from nrr_xl.errors import InputError
from nrr_xl.records import struct
from nrr_xl.revenue.cells.months import folded
from nrr_xl.revenue.findings import problem
from nrr_xl.revenue.table.adding import proportional, sum_of_others
from nrr_xl.revenue.table.headers import role_ranks
from nrr_xl.revenue.table.meanings import meanings
from nrr_xl.revenue.table.measures import says_measure
from nrr_xl.revenue.table.periods import is_forecast
from nrr_xl.revenue.vocabulary import currency_codes, vocabulary, words

Array = np.ndarray[Any, Any]
# What a product's name may mean besides nothing known: anything else measures something.
_NAMES = frozenset({"?", "filler", "product", "company", "bill", "contract", "recurring", "name", "entity", "deal"})
# A header of revenue is sure of itself up to this rank, and no rival from the next one on.
_SURE, _FAINT = 18, 24
# What --amount says where all labels add up, and what their words may measure if they do.
ALL = "all"
_MEASURED = frozenset(
    {"mrr", "arr", "money", "tcv", "net", "gross", "tax", "vat", "total", "opening", "standing", "change"}
)


@cache
def _actual() -> frozenset[str]:
    """Words of labels of what came to be, beside plans."""
    return frozenset(vocabulary()["words"]["actual"])


@cache
def flows() -> frozenset[str]:
    """Words of labels that are no level of revenue: movements, comparisons, earlier years, counts, states."""
    return frozenset(vocabulary()["words"]["no_level"])


@struct()
class Kept:
    """The labels that count; `planned`: others are plans or earlier years, `units`: what prices are times.

    `whole` is the label that has all others once more.
    """

    labels: tuple[str, ...]
    planned: bool = False
    measured: bool = False
    units: str | None = None
    whole: str | None = None


def kept_labels(amounts: Mapping[str, Array], wanted: str | None, where: str, *, proved: bool, said: bool) -> Kept:
    """Which labels count, of the amounts (periods times rows,) of each.

    `wanted` is what the amount was said to be, `where` the labels' first cell. `proved`: columns of totals are the sums
    of all labels; `said`: words say that these are parts of one amount.

    Raises
    ------
    InputError
        Where several could be meant; it names the option that says which.
    """
    labels = list(amounts)
    named = [label for label in labels if wanted and folded(label).strip() == folded(wanted).strip()]
    if named:
        return Kept((named[0],), measured=True)
    if wanted and folded(wanted).strip() == ALL:
        return Kept(tuple(labels))
    spoken = {label: set(words(folded(label))) for label in labels}
    planned = [label for label in labels if is_forecast(label) or "budget" in meanings(label)]
    actual = [label for label in labels if spoken[label] & _actual() and label not in planned]
    if (planned or actual) and len(planned) < len(labels):
        beside = [label for label in labels if label not in (*planned, *actual)]
        if len(actual) == 1 and all(_no_level(label, spoken[label]) for label in beside):
            return Kept((actual[0],), planned=True)
        rest = [label for label in beside if not _no_level(label, spoken[label])]
        if not actual and len(rest) == 1:
            return Kept((rest[0],), planned=True)
        raise _asked(actual or rest or labels, labels, where)
    whole = sum_of_others(amounts)
    parts = [label for label in labels if label != whole]
    products = all(_may_be_product(label, spoken[label]) for label in parts)
    if whole and products and not _flowing(whole) and not proportional(amounts[label] for label in parts):
        return Kept(tuple(parts), whole=whole)
    if all(_may_be_product(label, spoken[label]) for label in labels):
        if proved or (said and not proportional(amounts.values())):
            return Kept(tuple(labels))
        raise _asked(labels, labels, where, adding=True)
    if proved and _alike(labels):
        return Kept(tuple(labels))
    return _measure(labels, spoken, where)


def _alike(labels: list[str]) -> bool:
    """Whether labels measure the same by their words: revenue twice, not revenue and seats or net and gross."""
    kinds = {frozenset(meanings(label)) & _MEASURED for label in labels}
    return len(kinds) == 1 and kinds < {frozenset({"mrr"}), frozenset({"arr"}), frozenset({"money"})}


def _flowing(label: str) -> bool:
    return bool({*words(folded(label))} & flows() - {"closing", "ending", "end"})


def _may_be_product(label: str, said: set[str]) -> bool:
    strange = label.upper() in currency_codes() or says_measure(label) or said & flows()
    return set(meanings(label)) <= _NAMES and not strange


def _no_level(label: str, said: set[str]) -> bool:
    """Whether a label beside actual amounts says that it is a comparison, a share or an earlier year."""
    return (
        bool(said & flows()) or says_measure(label) or "%" in label or {"change", "cost", "tax"} >= {*meanings(label)}
    )


def _measure(labels: list[str], said: Mapping[str, set[str]], where: str) -> Kept:
    """The one label that is revenue beside others that are none."""
    ranks = {label: role_ranks(label).get("amount", 99) for label in labels if not said[label] & (flows() - {"paid"})}
    found = sorted((rank, label) for label, rank in ranks.items() if rank < 99)
    gone = {"churn", "churned", "lost", "cancelled", "canceled"}
    closing = [label for label in labels if set(meanings(label)) & {"standing", "finish"} and not said[label] & gone]
    opening = [label for label in labels if set(meanings(label)) & {"opening", "start"}]
    if len(closing) == 1 and opening:
        return Kept((closing[0],), measured=True)
    sure = [label for rank, label in found if rank <= _FAINT]
    recurring = [label for label in sure if {"mrr"} & {*meanings(label)}]
    annual = [label for label in sure if {"arr"} & {*meanings(label)}]
    if len(recurring) == 1 and len(sure) == 1 + len(annual):
        return Kept((recurring[0],), measured=True)
    if len(sure) == 1 and found[0][0] <= _SURE:
        return Kept((sure[0],), measured=True)
    net = [label for label in sure if "net" in meanings(label)]
    gross = [label for label in sure if "gross" in meanings(label)]
    taxed = any({"tax", "vat"} & {*meanings(label)} for label in labels)
    if taxed and len(net) == 1 and len(sure) == 1 + len(gross):
        return Kept((net[0],), measured=True)
    price = [label for label in labels if "unit_price" in meanings(label) or said[label] & {"price", "preis", "prix"}]
    units = [label for label in labels if "count" in meanings(label) or said[label] & {"units", "qty", "volume"}]
    if not sure and len(price) == 1 == len(units) and len(labels) == 2:
        return Kept((price[0],), measured=True, units=units[0])
    raise _asked(sure or labels, labels, where, adding=sure == labels and _alike(labels))


def _asked(likely: list[str], labels: list[str], where: str, adding: bool = False) -> InputError:
    order = [*likely, *(label for label in labels if label not in likely)]
    ways = ", or ".join(f'--amount "{label}"' for label in order)
    first = "Add them up with --amount all, or say" if adding else "Say"
    action = f"{first} which one is the amount with {ways}."
    sheet, _, cell = where.rpartition("!")
    asked = problem("measure-unclear", sheet=sheet, cell=cell, value=" / ".join(labels), action=action)
    return InputError(
        f"{len(labels)} columns stand with each period, and which one is the amount is not said.", [asked]
    )
