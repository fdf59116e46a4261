"""Which rows a column's values leave out, ask about or turn into credits: statuses, scenarios, flags, types, sides."""

from __future__ import annotations

import re

import numpy as np

from nrr_xl.revenue.cells.arrays import distinct
from nrr_xl.revenue.cells.months import folded
from nrr_xl.revenue.clean.pairs import distinct_pairs
from nrr_xl.revenue.clean.values import Array, Column, plain_value, says
from nrr_xl.revenue.table.sides import SMALL, side_of
from nrr_xl.revenue.vocabulary import words

_NEVER = {"never", "plan", "no"}
# Words of headers under which a status is a document's: a closed invoice is a paid one.
_DOCUMENTS = {
    "invoice",
    "document",
    "doc",
    "order",
    "bill",
    "billing",
    "payment",
    "rechnung",
    "beleg",
    "facture",
    "factura",
    "fattura",
}
# Words of headers under which single letters say debit or credit.
# What stands behind a scenario's name: "Forecast v3", "Budget 2024".
_VERSION = re.compile(r"[ _-]*(?:v|ver|version|rev|no)?\.? ?#?\d[\d.]*$", re.IGNORECASE)
# The rate that stands with a tax: "VAT 19%".
_RATE = re.compile(r"[ @(]*\b\d+([.,]\d+)? ?%\)?")
_SIDES = {"shkzg", "sh", "dc", "crdr", "drcr", "indicator", "kennzeichen", "kz", "side", "sign", "seite"}


def judge(column: Column, role: str, ended: Array | None) -> None:
    """Decide by what a column's values say; `role` is its part, "" for none, `ended` where a row has its own end."""
    values, used = column.labels.values, column.used
    if kind := _tells_revenue(column):
        return _by_flag(column, kind, ended)
    if _tells_sides(column) and (column.amounts[column.present] >= 0).all():
        return _by_side(column)
    inverted = role == "flag" and bool(set(plain_value(column.labels.name).split()) & {"non", "one", "nonrecurring"})
    # A type such as Settled tells of payments, each of which may have a row for all that happens to it.
    events = role == "type" and any(says(values[code], "settled") for code in used)
    role = "status" if events else role
    said = {code: _kind(role, values[code], inverted) for code in used}
    if events:
        said |= {code: "credit" for code in used if says(values[code], "undone")}
        said |= {code: "reserved" for code in used if says(values[code], "reserved")}
    if role == "status" and set(words(folded(column.labels.name))) & _DOCUMENTS:
        said = {code: "counts" if plain_value(values[code]) == "closed" else kind for code, kind in said.items()}
    found = set(said.values())
    if role != "status" and _pays(column, said):
        return None
    if found & {"standing", "opening"} and found & {"gain", "loss"}:
        return _by_closing(column, said)
    if role == "" and not found >= {"plan", "actual"} and not found & {"never", "credit", "usage", "aside", "extra"}:
        return None
    if "extra" in found and role != "type":
        # An industry or a product may be called so as well: lines stand beside others of the same customers.
        said = {
            code: "" if kind == "extra" and not _beside_others(column, code) else kind for code, kind in said.items()
        }
        found = set(said.values())
        if not found - {""}:
            return None
    if "aside" in found:
        said = _aside(column, said)
        found = set(said.values())
    if "credit" in found:
        credits = [code for code in used if said[code] == "credit"]
        if (column.amounts[column.mine(credits)] >= 0).all() and len(found) > 1 and "loss" not in found:
            count = int(column.mine(credits).sum())
            column.take_off("credit-sign", credits, f"Credits with a positive sign in {count} row(s)")
    if role == "scenario" and "actual" in found and "" in found and _alternatives(column):
        said = {code: kind or "alternative" for code, kind in said.items()}
    if role == "scenario" and len(used) > 1 and "actual" not in found:
        if "plan" in found and found != {"plan"}:
            said = {code: "plan" if kind == "plan" else "actual" for code, kind in said.items()}
        elif _alternatives(column):
            said = dict.fromkeys(used, "alternative")
    won = any(plain_value(values[code]).endswith("won") for code in used)
    drop = [code for code in used if said[code] in _NEVER or (won and not said[code])]
    ask = [code for code in used if code not in drop and _doubtful(column, code, said[code], ended)]
    if len(drop) == len(used):
        ask, drop = (drop, []) if found <= _NEVER and role != "" else ([], [])
    if ask and all(said[code] == "alternative" for code in ask):
        column.ask(ask, f"Choose one: {', or '.join(column.option('--only', ask[:8]))}; or count all with {column.all}")
    elif ask:
        # A column that an option speaks of decides nothing more by itself, so the option names what it would leave out.
        ways = " ".join(column.option("--exclude", [*ask, *drop]))
        column.ask(ask, f"Leave them out with {ways}, or count them with {column.all}")
    unknown = [code for code in used if not said[code]] if found & {*_NEVER, "counts"} else []
    how = "Left out where so marked; --only or --exclude COLUMN=VALUE decides otherwise."
    if drop:
        column.leave(drop, how)
    elif role == "status" and _unpaid(column):
        how = "All of them count, the unpaid ones too; --exclude COLUMN=VALUE leaves them out."
        column.findings.say("values-decided", column.listing(), column.address(column.used), amount=0.0, action=how)
    elif unknown and role in ("status", "scenario"):
        column.findings.say("values-decided", column.listing(), column.address(unknown), amount=0.0, action=how)
    return None


def _unpaid(column: Column) -> bool:
    """Whether unpaid amounts stand beside payments made: an unpaid invoice is revenue, an unpaid payment is none."""
    return all(any(says(column.labels.values[code], kind) for code in column.used) for kind in ("settled", "due"))


def _tells_revenue(column: Column) -> str:
    """Whether a column of yes and no says which rows are no revenue: "flag_out" where yes does, else where no."""
    kinds = {says(column.labels.values[code], "yes", "no") for code in column.used}
    if not kinds <= {"yes", "no"} or not kinds:
        return ""
    header = [
        word for word in words(folded(column.labels.name)) if word not in ("is", "account", "customer", "in", "mrr")
    ]
    for kind in ("flag_out", "flag_in", "flag_live"):
        if any(says(text, kind) for text in (*header, " ".join(header))):
            return kind
    return ""


def _by_flag(column: Column, kind: str, ended: Array | None) -> None:
    """Leave out the rows that a column of yes and no calls no revenue; ask about those not active without an end."""
    wanted = "yes" if kind == "flag_out" else "no"
    drop = [code for code in column.used if says(column.labels.values[code], "yes", "no") == wanted]
    if kind == "flag_live":
        if drop := [code for code in drop if _doubtful(column, code, "ended", ended)]:
            column.ask(
                drop, f"Leave them out with {column.option('--exclude', drop)[0]}, or count them with {column.all}"
            )
    elif kind == "flag_in" and not drop and (column.present & (column.labels.codes < 0)).any():
        column.ask(
            column.used, f"Count these alone with {column.option('--only', column.used)[0]}, or all with {column.all}"
        )
    elif drop and (len(drop) < len(column.used) or (column.present & (column.labels.codes < 0)).any()):
        column.leave(drop, f"Left out where so marked; {column.all} counts them.")


def _pays(column: Column, said: dict[int, str]) -> bool:
    """Whether payments stand beside the invoices that they pay; they are left out."""
    values = column.labels.values
    paid = [code for code in column.used if says(values[code], "payment")]
    if not paid or not any(says(values[code], "document") for code in column.used):
        return False
    credits = [code for code in column.used if said[code] == "credit"]
    if credits and (column.amounts[column.mine(credits)] >= 0).all():
        column.take_off(
            "credit-sign", credits, f"Credits with a positive sign in {int(column.mine(credits).sum())} row(s)"
        )
    column.leave(paid, f"Payments of invoices that count already are left out; {column.all} counts them.")
    return True


def _doubtful(column: Column, code: int, kind: str, ended: Array | None) -> bool:
    """Whether rows of a value could be meant or not."""
    if kind in ("alternative", "usage", "aside", "extra", "reserved"):
        return len(column.used) > 1
    return kind == "ended" and not _history(column, code, ended)


def _by_closing(column: Column, said: dict[int, str]) -> None:
    """Of a bridge's rows, from opening to closing, count the closings; one opening a customer is its first change."""
    closing = [code for code in column.used if said[code] == "standing"]
    if closing:
        drop = [code for code in column.used if code not in closing]
        how = f'--only "{column.labels.name}=VALUE" chooses another line.'
        return column.leave(drop, f"A bridge from opening to closing, of which the closings count; {how}")
    opening = [code for code in column.used if said[code] == "opening"]
    mine = column.mine(opening)
    if column.table.layout == "wide" or distinct(column.customer[mine]).size < np.count_nonzero(mine):
        column.ask(
            opening,
            f"Leave them out with {' '.join(column.option('--exclude', opening))}, or count them with {column.all}",
        )
    return None


def _tells_sides(column: Column) -> bool:
    """Whether a column says debit or credit of each row; single letters do so under a header that speaks of it."""
    texts = [column.labels.values[code] for code in column.used]
    if len(texts) != 2 or {side_of(text) for text in texts} != {"debit", "credit"}:
        return False
    header = words(folded(column.labels.name))
    return all(len(text) > 1 for text in texts) or any(side_of(word) or word in _SIDES for word in header)


def _by_side(column: Column) -> None:
    """Take off the rows of the smaller side, debit or credit; ask which one counts where it is no handful."""
    small, large = sorted(column.used, key=lambda code: int(column.counts[code]))
    if column.counts[small] <= SMALL * column.present.sum():
        return column.take_off("side-taken-off", [small])
    ways = ", or ".join(column.option("--only", [large, small]))
    return column.ask([small], f"Count one side with {ways}, or count both with {column.all}")


def _kind(role: str, value: str, inverted: bool) -> str:
    if role == "flag":
        kind = says(value, "yes", "no")
        return {"yes": "no", "no": "yes"}.get(kind, kind) if inverted else kind
    if role == "scenario":
        return says(_VERSION.sub("", value), "actual", "plan")
    if role == "status":
        return says(value, "counts", "never", "ended", "credit", "plan", "actual", within=True)
    if role == "type":
        lines = ("standing", "opening", "usage", "credit", "plan", "actual", "gain", "loss", "aside", "extra")
        return says(_RATE.sub("", value), *lines, within=True)
    # A column that no header makes one of these is believed only where its words leave no doubt.
    kinds = ("standing", "opening", "usage", "aside", "never", "plan", "actual", "credit", "counts", "gain", "loss")
    kind = says(value, *kinds) or says(_RATE.sub("", value), "extra") or ("usage" if _of_usage(value) else "")
    return kind if len(plain_value(value)) > 2 or kind == "extra" else ""


def _of_usage(value: str) -> bool:
    """Whether the last word of a value says that a line is for what was used up: "API overage", "SMS usage"."""
    last = plain_value(value).split()[-1:]
    return len(plain_value(value).split()) > 1 and bool(last) and says(last[0], "usage") == "usage"


def _aside(column: Column, said: dict[int, str]) -> dict[int, str]:
    """What no customer pays for is left out where its counterpart, such as Production, stands beside; else asked."""
    values = column.labels.values
    if any(says(values[code], "genuine") for code in column.used):
        return {code: "never" if kind == "aside" else kind for code, kind in said.items()}
    # A value that is no revenue by itself, such as a demo, stays so.
    return {code: "never" if kind == "aside" and says(values[code], "never") else kind for code, kind in said.items()}


def is_bridge(column: Column) -> bool:
    """Whether a column's values name the lines of a bridge, from opening over gains and losses to closing."""
    kinds = {says(column.labels.values[code], "standing", "opening", "gain", "loss") for code in column.used}
    return bool(kinds & {"standing", "opening"} and kinds & {"gain", "loss"})


def _alternatives(column: Column) -> bool:
    """Whether the same customers stand under several values, so that these tell of the same revenue again."""
    said = column.present & (column.labels.codes >= 0) & (column.customer >= 0)
    who, _, _ = distinct_pairs(column.customer[said], column.labels.codes[said])
    _, counts = np.unique(who, return_counts=True)
    return bool(np.mean(counts > 1) > 0.5)


def _beside_others(column: Column, code: int) -> bool:
    """Whether most customers with rows of a value have rows of others too."""
    others = distinct(column.customer[column.present & (column.labels.codes != code)])
    return bool(np.isin(distinct(column.customer[column.mine([code])]), others).mean() > 0.5)


def _history(column: Column, code: int, ended: Array | None) -> bool:
    """Whether rows marked as ended tell of the time before: they have an end, or all of a customer's rows say so."""
    mine = column.mine([code])
    if ended is not None:
        return bool(ended[mine].all())
    others = distinct(column.customer[column.present & (column.labels.codes != code)])
    return not np.isin(column.customer[mine], others).any()
