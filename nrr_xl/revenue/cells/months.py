"""Names of months in a dozen languages, and the many ways to write a period, brought to the few that dates.py reads."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from nrr_xl.periods import MONTH_NAMES

# From January to December; the first three letters or the whole name, and what is written in between.
_NAMES = """
january jan januar januari janvier janv enero ene gennaio gen janeiro styczen stycznia sty leden ledna ocak tammikuu
february feb februar februari fevrier fevr fev febrero febbraio fevereiro luty lutego lut unor unora subat helmikuu
march mar marz maerz mrz mars marzo marco maart mrt maa marzec marca brezen brezna mart marts maaliskuu
april apr avril avr abril abr aprile kwiecien kwietnia kwi duben dubna nisan huhtikuu
may mai mayo maggio mag maio mei maj maja kveten kvetna mayis mayıs toukokuu
june jun juni juin junio giugno giu junho czerwiec czerwca cze cerven cervna haziran kesakuu
july jul juli juillet juil juill julio luglio lug julho lipiec lipca lip cervenec cervence temmuz heinakuu
august aug aout agosto ago augustus augusti sierpien sierpnia sie srpen srpna agustos elokuu
september sep sept septembre septiembre settembre set setembro wrzesien wrzesnia wrz zari eylul syyskuu
october oct oktober okt octobre octubre ottobre ott outubro out pazdziernik pazdziernika paz rijen rijna ekim lokakuu
november nov novembre noviembre novembro listopad listopada lis listopadu kasim kasım marraskuu
december dec dezember dez decembre diciembre dic dicembre dezembro grudzien grudnia gru prosinec prosince desember aralik aralık joulukuu
"""  # noqa: E501
_JAPANESE = re.compile(  # and Korean
    r"(\d{4})\s*(?:年度?|년도?)(?:\s*(\d{1,2})\s*(?:月(?:度|分)?|월분?)(?:\s*(\d{1,2})\s*(?:日|일))?)?"
)
_JAPANESE_PART = re.compile(r"(\d{4})\s*年(?:度)?\s*(第?([1-4])四半期|([上下])(?:半期|期))")
_WORD = re.compile(r"[^\W\d_]+\.?")
_ORDINALS = {
    **{"i": 1, "ii": 2, "iii": 3, "iv": 4, "first": 1, "second": 2, "third": 3, "fourth": 4, "1st": 1, "2nd": 2},
    **{"3rd": 3, "4th": 4, "erstes": 1, "zweites": 2, "drittes": 3, "viertes": 4, "premier": 1, "deuxieme": 2},
    **{"primer": 1, "segundo": 2, "primo": 1, "secondo": 2, "primeiro": 1, "forsta": 1, "andra": 2},
}
_ORDINAL = re.compile(
    rf"^({'|'.join(_ORDINALS)})[. ]*(?:fiscal )?"
    r"(quarter|quartal|q|kw|kwartal|trim|trimestre|kvartal|kwartaal|half|halbjahr|semestre|sem|polrocze|halvar)\b"
)
_ENDED = re.compile(
    r"^(?:sum of |count of |summe von |as of |as at )?"
    r"(?:(?P<long>(?:fiscal )?year|fy|12 months|twelve months|quarter|three months|3 months)"
    r"|(?:the )?(?:one |1 )?month|mo|period|week)?"
    r"[ -]?(?:ended|ending|end|to|e)[: ]+(?=\S)"
)
_SUM = re.compile(r"^(?:sum of |summe von |somme de |suma de |somma di |soma de |som van |suma z |summa av |合計 / ?)")
# What stands behind a period to say that it is no actual; "B" alone is a budget, "E" and "F" are to come.
FORECAST = re.compile(
    r"(?<=\d)\s?[efb]$|\b(?:forecast|fcst|budget|bud|tgt|target|aop|plan|est|estimate|estimated|proj|projected|prognose|soll|outlook|presupuesto"
    r"|presup|prevision|previsionnel|preventivo|previsto|orcado|orcamento|begroting|budzet|prognoza|prognos)\b\.?"
)
_ACTUAL = re.compile(
    r"(?<=\d)\s?a$|\b(?:actuals?|act|ist|real|reel|reels|reales|effettivo|consuntivo|realizado|werkelijk|rzeczywiste|utfall|restated|closed|audited|unaudited)\b\.?"
)


@cache
def month_names() -> dict[str, str]:
    """Each name without accents, and the English three letters that it stands for."""
    lines = [line.split() for line in _NAMES.strip().splitlines()]
    return {name: MONTH_NAMES[at].lower() for at, line in enumerate(lines) for name in line}


def folded(text: str) -> str:
    """A text in lower case, without accents, full-width forms as plain ones.

    >>> folded("Début du Contrat"), folded("Wartość"), folded("Größe")
    ('debut du contrat', 'wartosc', 'grosse')
    """
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKD", text.replace("ł", "l").replace("Ł", "L").replace("ø", "o").casefold())
    return unicodedata.normalize("NFC", "".join(c for c in plain if unicodedata.combining(c) not in (202, 220, 230)))


def plain_period(text: str) -> str:
    """A date or period as written, in English and without the words around it.

    >>> plain_period("Januar 2024"), plain_period("févr.-24"), plain_period("Month ended 31 Dec 2024")
    ('jan 2024', 'feb-24', '31 dec 2024')
    >>> plain_period("Jan-24A"), plain_period("2024年3月"), plain_period("Jan 1 - Jan 31, 2024")
    ('jan-24', '2024-03', 'jan 31, 2024')
    """
    plain = " ".join(folded(text).replace("\u2019", "'").split())
    if match := _JAPANESE_PART.fullmatch(plain):
        year, part, count, half = match.groups()
        plain = f"{year} {'q' + count if count else 'h' + ('1' if half == '上' else '2')}" if part else plain
    if match := _JAPANESE.search(plain):
        year, month, day = match.groups()
        whole = year + (f"-{int(month):02d}" if month else "") + (f"-{int(day):02d}" if day else "")
        plain = whole if not plain.replace(match[0], "").strip() else plain.replace(match[0], f"{whole} ").strip()
    names = month_names()
    plain = _WORD.sub(lambda word: names.get(word[0].rstrip("."), word[0]), plain)
    plain = re.sub(r"(?<=\d) (?:de|di|do|del|of) (?=[a-z])|(?<=[a-z]) (?:de|di|do|del|of) (?=\d)", " ", plain)
    plain = FORECAST.sub("", _ACTUAL.sub("", _SUM.sub("", plain))).strip(" -()")
    plain = _ORDINAL.sub(lambda match: f"{_ORDINALS[match[1]]} {match[2]}", plain)
    if match := re.fullmatch(r"0(\d\d)[./-](\d{4})", plain):
        return f"{match[1]}.{match[2]}"  # SAP's periods, such as 001.2024
    if match := re.fullmatch(r"([a-z]{3}) 0?1(?:, ?\d{4})? ?(?:-|–|—|to|through) ?(([a-z]{3}) \d\d?,? ?\d{4})", plain):
        return match[2] if match[1] == match[3] else _several(match[1], match[2])
    if match := re.fullmatch(r"([a-z]{3}) ?(?:-|–) ?([a-z]{3}) ?,?'?(\d{4}|\d\d)", plain):
        return _several(match[1], f"{match[2]} {match[3]}")
    if match := _ENDED.match(plain):
        rest = plain[match.end() :]
        return (
            rest
            if not match["long"]
            else f"{'year' if re.search('year|fy|12|twelve', match['long']) else 'quarter'}:{rest}"
        )
    return plain


def _several(first: str, last: str) -> str:
    """A stretch of months by its first and last: a quarter or a year, else nothing that is known."""
    order = [name.lower() for name in MONTH_NAMES]
    length = (order.index(last[:3]) - order.index(first)) % 12 + 1 if {first, last[:3]} <= set(order) else 0
    return {1: last, 3: f"quarter:{last}", 12: f"year:{last}"}.get(length, "")
