"""The catalogue of lines: what a bridge consists of, who counts in which line, and how a formula computes it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal

from nrr_xl.records import struct

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]
# Arrays of customers, or one customer's numbers: the worksheet functions do without numpy.
Member = Callable[[Any, Any, Any], Any]


@struct()
class Line:
    """A line or count of a bridge.

    `sign` is that of a workbook's column, so that it sums to its closing (0 for a total at one of the ends). `member`
    says which customers count, from their amounts at the opening and closing and whether they were known by the
    opening. `formula` is native, signed, over {a} and {c}, the customers' amounts at the opening and closing, and
    {at}, the position of the opening; "" where there is none. `counted` is the key of the line's customers, `name` the
    count's in the JSON object.
    """

    label: str
    kind: Literal["amount", "count"]
    sign: int
    member: Member
    formula: str
    counted: str = ""
    name: str = ""


def _opener(before: Array, after: Array, known: Array) -> Any:
    return before > 0


def _closer(before: Array, after: Array, known: Array) -> Any:
    return after > 0


def _retained(before: Array, after: Array, known: Array) -> Any:
    return (before > 0) & (after > 0)


def _new(before: Array, after: Array, known: Array) -> Any:
    return (after > 0) & (known == 0) & ((before > 0) == 0)


def _reactivated(before: Array, after: Array, known: Array) -> Any:
    return (after > 0) & (known != 0) & ((before > 0) == 0)


def _expanded(before: Array, after: Array, known: Array) -> Any:
    return (before > 0) & (after > before)


def _contracted(before: Array, after: Array, known: Array) -> Any:
    return (after > 0) & (after < before)


def _churned(before: Array, after: Array, known: Array) -> Any:
    return (before > 0) & ((after > 0) == 0)


_BOTH = 'COUNTIFS({a},">0",{c},">0")'
# Exchange effects need the amounts by currency, so a report that has them is written as values.
_AMOUNTS = {
    "opening": Line("Opening", "amount", 0, _opener, "SUM({a})", "openers"),
    "new": Line("New", "amount", 1, _new, 'SUMIF(FirstPeriod,">"&{at},{c})', "newcomers"),
    "reactivation": Line(
        "Reactivation", "amount", 1, _reactivated, "SUMPRODUCT(({a}=0)*(FirstPeriod<={at})*{c})", "reactivated"
    ),
    "expansion": Line("Expansion", "amount", 1, _expanded, "SUMPRODUCT(({a}>0)*({c}>{a})*({c}-{a}))", "expanded"),
    "contraction": Line(
        "Contraction", "amount", -1, _contracted, "-SUMPRODUCT(({c}>0)*({c}<{a})*({a}-{c}))", "contracted"
    ),
    "churn": Line("Churn", "amount", -1, _churned, "-SUMPRODUCT(({c}=0)*{a})", "churned"),
    "fx": Line("Exchange rates", "amount", 1, _retained, "0"),
    "closing": Line("Closing", "amount", 0, _closer, "SUM({c})", "closers"),
}
_COUNTS = {
    "openers": Line("Opening customers", "count", 0, _opener, 'COUNTIF({a},">0")', name="opening"),
    "retained": Line("Retained customers", "count", 0, _retained, _BOTH, name="retained"),
    "newcomers": Line("New customers", "count", 1, _new, 'COUNTIFS(FirstPeriod,">"&{at},{c},">0")', name="new"),
    # Who was known and is here, less who never left.
    "reactivated": Line(
        "Returned customers",
        "count",
        1,
        _reactivated,
        f'COUNTIFS(FirstPeriod,"<="&{{at}},{{c}},">0")-{_BOTH}',
        name="reactivated",
    ),
    "expanded": Line("Expanded customers", "count", 0, _expanded, "SUMPRODUCT(({a}>0)*({c}>{a}))", name="expanded"),
    "contracted": Line(
        "Contracted customers", "count", 0, _contracted, "SUMPRODUCT(({c}>0)*({c}<{a}))", name="contracted"
    ),
    "churned": Line("Lost customers", "count", -1, _churned, f'{_BOTH}-COUNTIF({{a}},">0")', name="churned"),
    "closers": Line("Closing customers", "count", 0, _closer, 'COUNTIF({c},">0")', name="closing"),
}
LINES: dict[str, Line] = {**_AMOUNTS, **_COUNTS}
BRIDGE_LINES = tuple(_AMOUNTS)
COUNTS = tuple(_COUNTS)
# The lines of a bridge at one exchange rate.
CORKSCREW = tuple(key for key in BRIDGE_LINES if key != "fx")
# The lines between opening and closing that a customer can count in.
MOVEMENTS = tuple(key for key, line in _AMOUNTS.items() if line.sign and key != "fx")
LOSSES = tuple(key for key, line in LINES.items() if line.sign < 0)


def movement(before: float, after: float, known: bool = False) -> str:
    """The line of the bridge in which a customer counts.

    What `classify` says of many, of one and without numpy.

    >>> movement(0.0, 5.0, True), movement(10.0, 10.0), movement(0.0, 0.0)
    ('reactivation', 'unchanged', 'absent')
    """
    found = next((line for line in MOVEMENTS if LINES[line].member(before, after, known)), "")
    return found or ("unchanged" if before > 0 else "absent")


def classify(before: Any, after: Any, known: Any = False) -> Array:
    """The line of the bridge in which each customer counts.

    Parameters
    ----------
    before, after : array (n,)
        Amounts at the opening and at the closing, >= 0.
    known : bool or bool array (n,)
        Whether the customer had an amount before the opening.

    Returns
    -------
    array of str (n,)
        One of MOVEMENTS; "unchanged" for the same amount at both ends, "absent" for none at either.

    >>> import numpy as np
    >>> classify(np.array([0.0, 10.0, 0.0]), np.array([5.0, 0.0, 0.0])).tolist()
    ['new', 'churn', 'absent']
    """
    import numpy as np

    before, after, known = np.broadcast_arrays(before, after, known)
    members = [LINES[line].member(before, after, known) for line in MOVEMENTS]
    return np.select([*members, before > 0], [*MOVEMENTS, "unchanged"], "absent")
