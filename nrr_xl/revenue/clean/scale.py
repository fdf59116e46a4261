"""Amounts in thousands, millions or cents: by an option, a header, or a title above the table."""

from __future__ import annotations

import re

from nrr_xl.revenue.cells.months import folded
from nrr_xl.revenue.clean.body import Body
from nrr_xl.revenue.clean.titles import titles_above
from nrr_xl.revenue.table.layout import Table, column_title
from nrr_xl.revenue.vocabulary import currency_codes

_CODES = "|".join(sorted(code.lower() for code in currency_codes()))
_SIGN = rf"(?:us\$|[$€£¥]|{_CODES})"
_THOUSANDS = re.compile(
    rf"\b(?:in|en|w|i|/) ?(?:{_SIGN} ?)?(?:thousands?|tausend|tsd\.?|milliers|miles|migliaia|milhares|duizenden"
    r"|tys\.?|tusental|k)\b"
    rf"|\((?:{_SIGN} ?)?(?:thousands?|k|tsd\.?|'?000s?|tsek|tkr)(?: ?{_SIGN})?\)"
    rf"|\b(?:{_SIGN}) ?(?:thousands?|k|tsd\.?|'?000s?)(?![\w'])|(?<!\w)[$€£] ?(?:k|000s?)(?!\w)"
    rf"|\b[kt](?:{_CODES})\b|\b(?:thousands|tsd\. ?eur|teur|tusd|tchf|tgbp)\b|(?<![\d.,])'000s?\b|\b000s\b|千円|千ドル"
)
_MILLIONS = re.compile(
    rf"\b(?:in|en|w|i|/) ?(?:{_SIGN} ?)?(?:millions?|mio\.?|mln\.?|mn|millionen|millones|milioni|milhoes"
    r"|miljoenen|miljoner|m)\b"
    rf"|\((?:{_SIGN} ?)?(?:millions?|mm?|mio\.?|mln|mn)(?: ?{_SIGN})?\)"
    rf"|\b(?:{_SIGN}) ?(?:millions?|mm|m|mio\.?|mln|mn)(?!\w)|(?<!\w)[$€£] ?(?:mm|m|mn|million)(?!\w)"
    rf"|\bm(?:{_CODES})\b|\b(?:millions|meur|musd)\b|百万円"
)

_CENTS = re.compile(r"\b(?:in )?(?:cents|pence|ct|minor units?|centimes|centavos|centesimi|grosze|ore)\b\)?$")


def scale_of(body: Body) -> float:
    """What one unit of the amounts is worth, noted where a title or header says that it is not 1."""
    if body.reading.scale is not None:
        return body.reading.scale
    found = {scale: place for text, place in _titles(body.table) if (scale := said_scale(text))}
    if not found:
        return 1.0
    scale, place = next(iter(found.items()))
    what = {1e3: "thousands", 1e6: "millions"}.get(scale, "cents")
    if len(found) > 1:
        body.findings.say(
            "scale-unclear", cell=place, action="Say which with --scale 1, --scale 1000 or --scale 1000000."
        )
        return 1.0
    action = f"Multiplied by {scale:,g}; --scale 1 takes them as they stand."
    body.findings.say("amounts-scaled", f"The amounts are in {what}, as {place} says", place, action=action)
    return scale


def said_scale(text: str) -> float:
    """What a title or header says about the amounts' scale, 0 for nothing.

    >>> said_scale("Revenue in thousands"), said_scale("MRR (EUR '000)"), said_scale("ARR, $m")
    (1000.0, 1000.0, 1000000.0)
    >>> said_scale("Revenue by customer, USD"), said_scale("K Partners")
    (0.0, 0.0)
    """
    plain = folded(text).replace("\u2019", "'").replace("_", " ")
    if _CENTS.search(plain):
        return 0.01
    return 1e3 if _THOUSANDS.search(plain) else 1e6 if _MILLIONS.search(plain) else 0.0


def _titles(table: Table) -> list[tuple[str, str]]:
    """What may say a scale: the amounts' header, the titles above, the headers of columns without a part."""
    grid = table.grid
    columns = [table.roles["amount"]] if "amount" in table.roles else sorted(table.periods)[:1]
    said = [(column_title(table, column), grid.address(max(table.header[1], 0), column)) for column in columns]
    said.append((table.names[table.roles["customer"]], grid.address(max(table.header[1], 0), table.roles["customer"])))
    return said + titles_above(table)
