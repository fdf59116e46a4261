"""What the words of a header mean, in ten languages: known phrases of headers.toml, and compounds of them."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from nrr_xl.packaged import packaged_table
from nrr_xl.revenue.cells.months import folded
from nrr_xl.revenue.vocabulary import currency_codes

# What most cells below a header are: numbers and days, of which a whole sheet may be texts.
_WORDLESS = re.compile(r"[0-9.,:/ -]*")
_LINKS = ("s", "n", "en", "e", "t", "es", "er")


@cache
def _lexicon() -> tuple[dict[str, str], int]:
    """Each word or phrase with its meaning, and the words of the longest phrase."""
    known: dict[str, str] = {}
    for meaning, listed in packaged_table("revenue/table/headers.toml").items():
        for phrase in listed.replace("\n", " ").split(","):
            known.setdefault(" ".join(folded(phrase).split()), meaning)
    for code in currency_codes():
        known.setdefault(code.lower(), "filler")
    return known, max(phrase.count(" ") for phrase in known) + 1


def _cjk(word: str) -> bool:
    """Whether a word holds Chinese or Japanese letters; no pattern, since one of so many letters is slow to make."""
    return not word.isascii() and any("\u3040" <= sign <= "\u30ff" or "\u4e00" <= sign <= "\u9fff" for sign in word)


@lru_cache(maxsize=8192)
def meanings(text: str) -> tuple[str, ...]:
    """What the words of a header mean, "?" for one that is not known.

    >>> meanings("Customer name"), meanings("Kundennummer"), meanings("Rechnungsdatum"), meanings("顧客名")
    (('customer', 'name'), ('customer', 'identifier'), ('bill', 'date'), ('customer', 'name'))
    """
    if len(text) > 80:
        return ("?",)
    if _WORDLESS.fullmatch(text) and "000" not in text:
        return ()
    if text.strip().lower() == "do":
        return ("finish",)  # Polish "to"; elsewhere it is "of the".
    known, longest = _lexicon()
    plain = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text)
    said = re.findall(r"[^\W_]+|[#º°]", folded(plain))
    if len(said) > 1 and said[-1] == "do":
        return (*meanings(" ".join(said[:-1])), "finish")  # Polish as well
    # CamelCase splits words, but a name such as "SoldTo" is known as a whole as well.
    found: list[str] = []
    at = 0
    while at < len(said):
        for length in range(min(longest, len(said) - at), 0, -1):
            phrase = " ".join(said[at : at + length])
            if phrase in known:
                found.append(known[phrase])
                at += length
                break
        else:
            found += _compound(said[at])
            at += 1
    return tuple(found)


def _compound(word: str) -> list[str]:
    """The meanings of a compound's parts; "?" where it is none, nothing for a number."""
    if word.isdigit():
        return []
    parts = _parts(word, 3) if len(word) >= 5 or _cjk(word) else None
    return parts or ["?"]


@lru_cache(maxsize=8192)
def _parts(word: str, depth: int) -> list[str] | None:
    known, _ = _lexicon()
    if word in known:
        return [known[word]]
    if not depth:
        return None
    least = 1 if _cjk(word) else 3
    for cut in range(len(word) - 1, least - 1, -1):
        head = word[:cut]
        stem = next(
            (
                known[s]
                for s in (head, *(head[: -len(link)] for link in _LINKS if head.endswith(link)))
                if s in known and len(s) >= least
            ),
            None,
        )
        if stem and (len(word) - cut >= least or word[cut:] in ("id", "no", "nr")):
            rest = _parts(word[cut:], depth - 1)
            if rest:
                return [stem, *rest]
    return None
