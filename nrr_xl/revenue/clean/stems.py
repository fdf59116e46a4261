"""What many texts of a column begin with, before the month or the number that makes each of them another one."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

import numpy as np

from nrr_xl.periods import MONTH_WORDS
from nrr_xl.revenue.cells.months import folded
from nrr_xl.revenue.clean.values import plain_value
from nrr_xl.revenue.cube.rows import Labels

# Texts with so many beginnings at most are lines of a few kinds, each written for its month.
KINDS = 15
# So many texts stand for each kind at least.
EACH = 2
# The first texts, which show whether there are a few kinds at all.
SAMPLE = 200


def stem(text: str) -> str:
    """What a text begins with before its first word of a month or with a digit.

    >>> stem("SMS usage Jan 2023"), stem("Subscription fee, 01/2023"), stem("2023-01 Fee"), stem("Base plan")
    ('SMS usage', 'Subscription fee', '', 'Base plan')
    """
    kept: list[str] = []
    for word in text.split():
        bare = folded(word).strip(".,;:()[]-/'")
        if any(c.isdigit() for c in word) or bare in MONTH_WORDS:
            break
        kept.append(word)
    return " ".join(kept).rstrip(" ,;:([-/").strip()


def by_stem(labels: Labels) -> Labels | None:
    """The labels joined by their stems, each followed by "*"; None where they are not a few kinds of lines."""
    if len(labels.values) < EACH * 2 or len({stem(text) for text in labels.values[:SAMPLE]}) > KINDS:
        return None
    stems = [stem(text) for text in labels.values]
    known = {name: code for code, name in enumerate(dict.fromkeys(stems))}
    if "" in known or not 2 <= len(known) <= KINDS or EACH * len(known) > len(stems):
        return None
    codes = np.array([*(known[name] for name in stems), -1], np.int32)[labels.codes]
    return Labels(labels.name, tuple(f"{name} *" for name in known), codes)


def alike(value: str, texts: Sequence[str]) -> set[str]:
    """The plain values among texts that an option names: the value itself, or all that fit where it holds a "*".

    >>> sorted(alike("SMS usage *", ["SMS usage Jan", "SMS usage Feb", "Base"])), alike("base", ["Base"])
    (['sms usage feb', 'sms usage jan'], {'base'})
    """
    known: Collection[str] = {plain_value(text) for text in texts}
    plain = plain_value(value)
    if plain in known or "*" not in value:
        return {plain} & set(known)
    pattern = re.compile(".*".join(re.escape(plain_value(part)) for part in value.split("*")))
    return {text for text in known if pattern.fullmatch(text)}
