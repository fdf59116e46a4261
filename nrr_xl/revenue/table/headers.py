"""What a column's header says: its part in the calculation, by the meaning of its words in ten languages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache

from nrr_xl.revenue.cells.months import folded
from nrr_xl.revenue.table.meanings import meanings
from nrr_xl.revenue.vocabulary import currency_codes, vocabulary

ROLES = (
    "customer",
    "identifier",
    "date",
    "amount",
    "start",
    "end",
    "year",
    "term",
    "interval",
    "quantity",
    "usage",
    "product",
    "status",
    "scenario",
    "flag",
    "type",
    "currency",
)
# The rank of an identifier whose header does not say of what.
BARE = 20
# That of an end of the term that is running now.
RUNNING = 48


@lru_cache(maxsize=8192)
def role_ranks(text: str) -> Mapping[str, int]:
    """The parts a header may name, each with its rank (lower is surer).

    >>> sorted(role_ranks("MRR (USD)")), sorted(role_ranks("Account manager")), sorted(role_ranks("Kundennummer"))
    (['amount'], [], ['identifier'])
    """
    said = meanings(text)
    if not said:
        return {}
    strange = said.count("?")
    has = _plain_edges(set(said) - {"filler", "?"})
    ranks: dict[str, int] = {}
    if not has:
        if set(said) == {"filler"} and text.strip().upper() in currency_codes():
            ranks["amount"] = 40
        return ranks
    if strange <= 1 and (rank := _amount(has)) is not None:
        local = bool({*vocabulary()["words"]["local"]} & set(folded(text).replace("(", " ").replace(")", " ").split()))
        ranks["amount"] = rank + 15 * strange + 2 * local
    if strange:
        return ranks
    for role, rule in (
        ("customer", _customer),
        ("identifier", _identifier),
        ("date", _date),
        ("start", _start),
        ("end", _end),
    ):
        if (rank := rule(has)) is not None:
            ranks[role] = rank
    if has == {"recurring"}:
        ranks["flag"] = 3
    for role, (anchor, beside) in _PLAIN.items():
        if anchor in has and has - {anchor} <= beside:
            ranks[role] = 3 * len(has) - 3 if role != "type" or "change" not in has else 0
    return ranks


def _plain_edges(has: set[str]) -> set[str]:
    """What is said, without the words beside a start or an end that only say that something holds from or until then.

    "Effective" alone is a start: effective date.
    """
    if has & {"start", "finish"}:
        return has - {"effective", "valid"} - (set() if has & _MONEY else {"standing", "opening"})
    return has - {"effective"} | {"start"} if "effective" in has else has


_PLAIN: Mapping[str, tuple[str, frozenset[str]]] = {
    "year": ("year", frozenset()),
    "term": ("term", frozenset({"contract", "start", "bill", "year", "period", "count", "recurring"})),
    "interval": ("interval", frozenset({"bill", "contract", "product", "recurring", "money"})),
    "quantity": ("count", frozenset({"product", "bill"})),
    "product": ("product", frozenset({"name", "bill", "contract", "recurring", "status"} - {"status"})),
    "status": (
        "status",
        frozenset({"bill", "contract", "customer", "company", "entity", "deal", "money", "date", "finish"}),
    ),
    "scenario": ("scenario", frozenset({"budget", "money", "date", "type"})),
    "flag": ("flag", frozenset({"recurring", "bill", "money"})),
    "type": ("type", frozenset({"bill", "money", "recurring", "contract", "change", "mrr", "arr", "entity", "deal"})),
    "currency": ("currency", frozenset({"bill", "contract", "money", "identifier"})),
}


def _customer(has: set[str]) -> int | None:
    who = has & {"customer", "company", "entity", "deal"}
    if who and has <= who | {"name"} and (len(who) == 1 or "entity" not in who):
        # A deal's company is a customer rather than the deal itself.
        first = 0 if "customer" in who else 10 if "company" in who else 30
        return first + (0 if "name" in has else 4)
    if has == {"name"}:
        return 34
    if "contact" in has and has <= {"contact", "name"}:
        return 45
    if "email" in has and has <= who | {"email", "bill", "identifier"}:
        return 60
    return None


def _identifier(has: set[str]) -> int | None:
    who = has & {"customer", "company"}
    if "identifier" in has and has <= who | {"identifier", "vat"}:
        return 0 if "customer" in who else 5 if "company" in who else BARE
    if has & {"domain", "vat"} and has <= who | {"domain", "vat", "identifier"}:
        return 14
    return None


def _date(has: set[str]) -> int | None:
    beside = {"date", "period", "year", "bill", "level", "money", "recurring", "mrr", "arr", "net", "standing"}
    edge = has & {"start", "finish"}
    if "period" in has and has <= {"period", "identifier", "made", "year"}:
        return 2 if "made" not in has else 9
    if edge and "period" not in has:
        return None
    if has & {"date", "period", "level"} and has <= beside | edge:
        if "period" in has:
            return 5 if edge else 3 if "money" in has else 1 if "bill" in has else 0
        return 3 if "level" in has else 4 if has & {"money", "mrr", "arr", "recurring"} else 6 if "bill" in has else 8
    if has == {"year"}:
        return 12
    if "date" in has and has <= beside | {"made", "contract"}:
        return 40 + 5 * ("made" in has)
    return None


_ABOUT = {
    "date",
    "period",
    "contract",
    "bill",
    "recurring",
    "customer",
    "company",
    "entity",
    "deal",
    "product",
    "mrr",
    "money",
    "year",
    "term",
}


def _start(has: set[str]) -> int | None:
    if "running" in has:
        return None if "start" not in has or "finish" in has else 40
    money = set() if "date" in has else {"mrr", "money"}
    if "start" in has and "finish" not in has and has <= _ABOUT - money | {"start", "level"}:
        if "period" in has:
            return 8
        return 12 if has & {"customer", "company", "entity"} else 0 if has & {"bill", "contract"} else 2
    if "made" in has and has <= _ABOUT | {"made"} and has & {"date", "contract"}:
        return 45
    return 46 if "first" in has and has <= _ABOUT | {"first"} and has & {"date", "contract", "bill"} else None


def _end(has: set[str]) -> int | None:
    if "running" in has:
        # The end of a term that renews itself says little.
        return RUNNING if "finish" in has and "start" not in has else None
    money = set() if "date" in has else {"mrr", "money"}
    if "finish" in has and "start" not in has and has <= _ABOUT - money | {"finish"}:
        if "period" in has:
            return 8
        return 12 if has & {"customer", "company", "entity"} else 0 if has & {"bill", "contract"} else 2
    return None


_MONEY = {"money", "mrr", "arr", "recurring", "tcv"}
_BESIDE_MONEY = {
    *("monthly", "annual", "net", "gross", "total", "standing", "opening", "bill", "contract", "product", "period"),
    *("customer", "company", "level", "year", "entity", "deal", "vat", "tax"),
}


def _amount(has: set[str]) -> int | None:
    if has in ({"bill"}, {"fee"}):
        return 26
    has = has - {"fee"} | {"money"} if "fee" in has else has
    has = has - {"finish"} | {"standing"} if "finish" in has and has & {"mrr", "arr"} else has
    if has & {"tax", "vat"} and not has & {"net", "gross"}:
        return None
    if has & {"cumulative", "rolling"} and has & _MONEY and has <= _MONEY | _BESIDE_MONEY | {"cumulative", "rolling"}:
        return 34
    if "change" in has and has & _MONEY and has <= _MONEY | _BESIDE_MONEY | {"change"}:
        return 32
    if has & _MONEY:
        if not has <= _MONEY | _BESIDE_MONEY:
            return None
        later = (
            10 * ("opening" in has) - ("standing" in has) + 4 * bool(has & {"customer", "company", "entity", "product"})
        )
        if "mrr" in has:
            return 1 + later
        if "recurring" in has or "arr" in has:
            return later + (2 if "monthly" in has else 5 if "arr" in has or "annual" in has else 3)
        if "tcv" in has:
            return 13 + later
        kind = 3 if "monthly" in has else 9 if "annual" in has else 6 if "net" in has else 12 if "gross" in has else 8
        return kind + later + 3 * ("total" in has)
    if has - {"tax", "vat"} <= {"total", "net", "gross", "monthly", "annual", "contract", "bill"} and has & {
        "total",
        "net",
        "gross",
        "monthly",
        "annual",
    }:
        return 16 if "net" in has else 18 if "monthly" in has else 22
    return None


def heads_customers(text: str) -> bool:
    """Whether a text is a header for customers; quick to say no, since it is asked of customers' names as well.

    >>> heads_customers("Client name"), heads_customers("Customer 17")
    (True, False)
    """
    return len(text) < 40 and not any(c.isdigit() for c in text) and role_ranks(text).get("customer", 99) < 30


def assign_roles(
    headers: Mapping[int, str], fits: Callable[[str, int], bool] = lambda role, column: True
) -> dict[str, int]:
    """Each part's column, by the headers and by whether a column's content fits; a column has one part.

    >>> assign_roles({0: "Client", 1: "Region", 2: "Invoice date", 3: "Net sales"})
    {'customer': 0, 'date': 2, 'amount': 3}
    """
    claims = sorted(
        (rank, ROLES.index(role), column) for column, text in headers.items() for role, rank in role_ranks(text).items()
    )
    taken: dict[str, int] = {}
    for _, role, column in claims:
        if ROLES[role] not in taken and column not in taken.values() and fits(ROLES[role], column):
            taken[ROLES[role]] = column
    # A header that is sure of itself keeps its part whatever the cells hold: what cannot be read is told by cell.
    for rank, role, column in claims:
        if (
            ROLES[role] in ("amount", "date", "customer")
            and ROLES[role] not in taken
            and column not in taken.values()
            and rank <= 8
        ):
            taken[ROLES[role]] = column
    if "year" in taken and "date" not in taken:
        taken["date"] = taken.pop("year")
    if "identifier" in taken and "customer" not in taken:
        column = taken.pop("identifier")
        if role_ranks(headers[column])["identifier"] < BARE:
            taken["customer"] = column
    return dict(sorted(taken.items(), key=lambda item: ROLES.index(item[0])))


def is_summary(text: str) -> bool:
    """Whether a header names a sum or a rate over other columns, such as "Total" or "YTD"."""
    said = set(meanings(text)) - {"filler", "period", "date", "year", "money", "mrr", "arr", "recurring", "net"}
    return bool(said) and said <= {"total", "change", "cost", "budget", "cumulative", "rolling"} and "?" not in said
