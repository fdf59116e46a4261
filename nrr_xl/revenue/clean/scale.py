"""Amounts in thousands, millions or cents: by an option, a header, or a title above the table."""

from __future__ import annotations

import re
from functools import cache

from nrr_xl.revenue.cells.months import folded
from nrr_xl.revenue.clean.body import Body
from nrr_xl.revenue.clean.titles import titles_above
from nrr_xl.revenue.table.table import Table, column_title
from nrr_xl.revenue.vocabulary import currency_codes

# What every text that says a scale holds: the patterns themselves, of all currencies, take long to make.
_PERHAPS = {
    1e3: re.compile(
        r"000|thousand|tausend|tsd|millier|miles|migliaia|milhares|duizend|tys|tusental|tkr|千|k\b|\bk|\bt[a-z]{3}\b"
    ),
    1e6: re.compile(
        r"mill|milion|milhoes|miljo|mio|mln|mn\b|m\b|\bm(?:m|us\$|[$€£¥])|\bm[a-z]{3}\b|\([a-z]{3} ?m|百万"
    ),
}
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
    perhaps = [scale for scale, hint in _PERHAPS.items() if hint.search(plain)]
    return next((scale for scale in perhaps if _patterns()[scale].search(plain)), 0.0)


@cache
def _patterns() -> dict[float, re.Pattern[str]]:
    """What says thousands, and what millions."""
    codes = "|".join(sorted(code.lower() for code in currency_codes()))
    sign = rf"(?:us\$|[$€£¥]|{codes})"
    thousands = (
        rf"\b(?:in|en|w|i|/) ?(?:{sign} ?)?(?:thousands?|tausend|tsd\.?|milliers|miles|migliaia|milhares|duizenden"
        r"|tys\.?|tusental|k)\b"
        rf"|\((?:{sign} ?)?(?:thousands?|k|tsd\.?|'?000s?|tsek|tkr)(?: ?{sign})?\)"
        rf"|\b(?:{sign}) ?(?:thousands?|k|tsd\.?|'?000s?)(?![\w'])|(?<!\w)[$€£] ?(?:k|000s?)(?!\w)"
        rf"|\b[kt](?:{codes})\b|\b(?:thousands|tsd\. ?eur|teur|tusd|tchf|tgbp)\b|(?<![\d.,])'000s?\b|\b000s\b"
        r"|千円|千ドル"
    )
    millions = (
        rf"\b(?:in|en|w|i|/) ?(?:{sign} ?)?(?:millions?|mio\.?|mln\.?|mn|millionen|millones|milioni|milhoes"
        r"|miljoenen|miljoner|m)\b"
        rf"|\((?:{sign} ?)?(?:millions?|mm?|mio\.?|mln|mn)(?: ?{sign})?\)"
        rf"|\b(?:{sign}) ?(?:millions?|mm|m|mio\.?|mln|mn)(?!\w)|(?<!\w)[$€£] ?(?:mm|m|mn|million)(?!\w)"
        rf"|\bm(?:{codes})\b|\b(?:millions|meur|musd)\b|百万円"
    )
    return {1e3: re.compile(thousands), 1e6: re.compile(millions)}


def _titles(table: Table) -> list[tuple[str, str]]:
    """What may say a scale: the amounts' header, the titles above, the headers of columns without a part."""
    grid = table.grid
    columns = [table.roles["amount"]] if "amount" in table.roles else sorted(table.periods)[:1]
    said = [(column_title(table, column), grid.address(max(table.header[1], 0), column)) for column in columns]
    said.append((table.names[table.roles["customer"]], grid.address(max(table.header[1], 0), table.roles["customer"])))
    return said + titles_above(table)
