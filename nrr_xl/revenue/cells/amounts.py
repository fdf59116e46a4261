"""Amounts written as text: currency signs, separators, parentheses, k and M; one decimal sign for a whole column."""

from __future__ import annotations

import re
from collections.abc import Iterable

from nrr_xl.records import struct
from nrr_xl.revenue.cells.months import folded
from nrr_xl.revenue.vocabulary import blank_texts, currency_codes, unpaid_texts

SIGNS = {
    **{"$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR", "₩": "KRW", "₪": "ILS", "US$": "USD", "R$": "BRL"},
    **{"A$": "AUD", "C$": "CAD", "CA$": "CAD", "AU$": "AUD", "NZ$": "NZD", "HK$": "HKD", "S$": "SGD", "MX$": "MXN"},
    **{
        "ZŁ": "PLN",
        "KČ": "CZK",
        "FT": "HUF",
        "RS": "INR",
        "RM": "MYR",
        "RP": "IDR",
        "円": "JPY",
        "元": "CNY",
        "₺": "TRY",
    },
    **{"₽": "RUB", "฿": "THB", "₫": "VND", "₱": "PHP", "FR": "CHF", "SFR": "CHF", "EURO": "EUR", "EUROS": "EUR"},
}
# Signs that several currencies have say that a number is money, and not which.
_ANY_CROWN = frozenset(("KR", "KR.", "KRONOR", "KRONER"))
POWERS = {"k": 3, "m": 6, "mn": 6, "mm": 6, "mio": 6, "b": 9, "bn": 9}
_ODD_GROUPS = re.compile(r"\d[\s\u00a0\u202f\u2009'’_]+(?!\d{3}(?!\d))\d")
# The commonest form by far, of which nothing can be doubted: three digits after the only separator are left out.
_PLAIN = re.compile(r"(-)?[0-9]{1,15}(?:([.,])(?:[0-9]{1,2}|[0-9]{4,12}))?")
_BLANKS = re.compile(r"[\s\u00a0\u202f\u2009'’_]+")
_WHOLE = re.compile(
    r"(?P<open>\()?(?P<sign>[-+])?(?P<before>[^\d.,()+-]*)(?P<inner>[-+])?(?P<number>\d[\d.,]*|[.,]\d+)(?:[eE](?P<exponent>[-+]?\d{1,3}))?"
    r"(?P<after>[^\d.,()+-]*)(?P<trail>[-+])?(?P<close>\))?"
)
_DASH, _LETTERS = re.compile(r"[^\d\-–—−]{0,4}[-–—−]{1,5}[^\d\-–—−]{0,4}"), re.compile(r"[A-Za-z]+")
_MARKS = re.compile(r"[A-Z]{1,2}\$|[^\W\d]+\.?|[^\w\s]")
# $(25.00) is ($25.00), 25.00 CR is a credit, 1'000.- and 1000,-- are whole amounts.
_OUTSIDE = re.compile(r"^([^\d()]{1,5})\((.*)\)$")
_ABBREVIATED = re.compile(r"^([A-Za-z]{2,3})\.\s*(?=\d)")
_CREDIT = re.compile(r"(?<=[\d.])\s*(cr|dr)\.?$", re.IGNORECASE)
# What an amount is of, where a month is meant: $25/mo, 25 EUR per month, 25 € / Monat.
_A_MONTH = re.compile(
    r"(?<=[\d\w.)€$£¥])(?:\s*/\s*|\s+(?:per|a|pro|par|por|al|je)\s+)(?:mo|mth|month|monat|mois|m[eê]s|mese|maand|mies|m[aå]nad|m)\.?$"
    r"|\s+(?:p\.?\s?m\.?|monthly|monatlich|mtl\.?|mensuel|mensual|mensile|mensal)$",
    re.IGNORECASE,
)
MARKED_CREDIT = re.compile(r"(?<=[\d.])\s*cr\.?$", re.IGNORECASE)
_DASHES = re.compile(r"(?<=\d)[.,](?:-|–|—){1,2}(?=$|\s|[^\d])")


@struct()
class Written:
    """An amount as written, before its decimal sign is known.

    `decimal` is "." or "," where the digits leave no doubt, "?" where they could be read both ways, "" where they
    hold no separator. `currency` is an ISO code or "".
    """

    digits: str
    sign: float
    power: int
    decimal: str
    currency: str = ""

    def value(self, decimal: str) -> float:
        """The number, read with a decimal sign."""
        thousands = "," if decimal == "." else "."
        digits = self.digits.replace(thousands, "").replace(",", ".")
        return self.sign * float(f"{digits}e{self.power}" if self.power else digits)

    def fits(self, decimal: str) -> bool:
        """Whether the digits can be read with that decimal sign."""
        return self.decimal in ("", "?", decimal)


def says_nothing(text: str) -> bool:
    """Whether a text stands for no amount: a dash, n/a, or a dash beside a currency.

    >>> says_nothing(" $ -   "), says_nothing("n/a"), says_nothing("- 5")
    (True, True, False)
    """
    plain = text.strip()
    if plain.casefold() in blank_texts():
        return True
    bare = "".join(c for c in plain if not c.isspace() and c not in "()")
    return (
        bool(_DASH.fullmatch(bare))
        and all(c in SIGNS or c in "-–—−" for c in _LETTERS.sub("", bare))
        and (not (code := "".join(_LETTERS.findall(bare))) or code.upper() in currency_codes())
    )


def says_none_paid(text: str) -> bool:
    """Whether a text stands for an amount of 0, since the customer had left or had not begun.

    >>> says_none_paid("Churned"), says_none_paid("gekündigt"), says_none_paid("12k"), says_none_paid("see note")
    (True, True, False, False)
    """
    return text.strip("()[]*. ")[:1].isalpha() and " ".join(folded(text).strip("()[]*. ").split()) in unpaid_texts()


def parse_amount(text: str) -> Written | None:
    """A text that writes an amount; None where it does not (a percentage does not).

    >>> parse_amount("$1,200.50").value("."), parse_amount("1 200,50 EUR").value(",")
    (1200.5, 1200.5)
    >>> parse_amount("(150.00)").value("."), parse_amount("150-").value("."), parse_amount("1.2k").value(".")
    (-150.0, -150.0, 1200.0)
    >>> parse_amount("1.234").decimal, parse_amount("12%")
    ('?', None)
    """
    if match := _PLAIN.fullmatch(text):
        return Written(text.removeprefix("-"), -1.0 if match[1] else 1.0, 0, match[2] or "")
    if _ODD_GROUPS.search(text):
        return None
    text = _ABBREVIATED.sub(r"\1 ", _A_MONTH.sub("", text.strip()))
    text = _OUTSIDE.sub(r"(\1\2)", _DASHES.sub("", text.strip()))
    if match := _CREDIT.search(text):
        text = f"-{text[: match.start()]}" if match[1].lower() == "cr" else text[: match.start()]
    match = _WHOLE.fullmatch(_BLANKS.sub("", text).replace("−", "-").replace("–", "-"))
    if not match or bool(match["open"]) != bool(match["close"]):
        return None
    signs = [mark for mark in (match["sign"], match["inner"], match["trail"], match["open"]) if mark]
    unit = _unit(match["before"], match["after"])
    decimal = _decimal(match["number"])
    power = int(match["exponent"] or 0)
    if len(signs) > 1 or unit is None or decimal is None or abs(power) > 15:
        return None
    return Written(match["number"], -1.0 if signs and signs[0] != "+" else 1.0, power + unit[0], decimal, unit[1])


def decide_decimal(amounts: Iterable[Written]) -> str:
    """The decimal sign of a column: the one its undoubtful texts show (the commoner of two), "?" where none does."""
    shown = [amount.decimal for amount in amounts]
    points, commas = shown.count("."), shown.count(",")
    if points or commas:
        return "." if points >= commas else ","
    return "?" if "?" in shown else "."


def _unit(before: str, after: str) -> tuple[int, str] | None:
    """The power of ten and the currency written around a number; None where a mark is neither."""
    power, currency = 0, ""
    behind = _MARKS.findall(after)
    for mark in _MARKS.findall(before) + behind:
        read = _mark(mark)
        # A bare k or M stands behind its number; one in front is some other letter.
        if read is None or (read[0] and (power or not (read[1] or mark in behind))) or (read[1] and currency):
            return None
        power, currency = power + read[0], currency or read[1]
    return power, currency


def _mark(mark: str) -> tuple[int, str] | None:
    """One mark as (power of ten, currency): "$", "EUR", "k" or, written as one word, "kEUR"."""
    word = mark.upper()
    if word in _ANY_CROWN:
        return 0, ""
    word = word.rstrip(".")
    mark = mark.rstrip(".")
    if code := SIGNS.get(word) or (word if word in currency_codes() else ""):
        return 0, code
    if mark.lower() in POWERS:
        return POWERS[mark.lower()], ""
    for scale, power in POWERS.items():
        if word.startswith(scale.upper()) and word[len(scale) :] in currency_codes():
            return power, word[len(scale) :]
    return None


def _decimal(number: str) -> str | None:
    """Which decimal sign the digits show: "." or ",", "?" for doubt, "" for none; None where they are no number."""
    points, commas = number.count("."), number.count(",")
    if not points and not commas:
        return ""
    if points and commas:
        last = max(number.rfind("."), number.rfind(","))
        decimal = number[last]
        whole = number[:last]
        return decimal if number.count(decimal) == 1 and _grouped(whole, "," if decimal == "." else ".") else None
    mark = "." if points else ","
    other = "," if points else "."
    if points + commas > 1:
        return other if _grouped(number, mark) else None
    before, after = number.split(mark)
    if len(after) != 3 or not before or before.startswith("0") or len(before) > 3:
        return mark
    return "?"


def _grouped(whole: str, mark: str) -> bool:
    """Whether a whole number's groups are of three digits (or, as in India, of two before the last three)."""
    first, *rest = whole.split(mark)
    if not rest:
        return first.isdigit()
    sizes = [len(group) for group in rest]
    return (
        first.isdigit()
        and len(first) <= 3
        and sizes[-1] == 3
        and all(group.isdigit() for group in rest)
        and set(sizes[:-1]) <= {sizes[0]}
        and sizes[0] in (2, 3)
    )
