"""The repair-prompt and #NAME? rules about the text of a formula."""

from __future__ import annotations

import re
from collections.abc import Iterator

LONGEST = 8192
LONGEST_LITERAL = 255
# Functions younger than the file format: in a file each must carry the prefix _xlfn.
FUTURE = frozenset(
    """
    ANCHORARRAY ARRAYTOTEXT BYCOL BYROW CHOOSECOLS CHOOSEROWS CONCAT DAYS DROP EXPAND FILTER FORECAST.LINEAR
    FORMULATEXT GROUPBY HSTACK IFNA IFS IMAGE ISFORMULA ISOMITTED LAMBDA LET MAKEARRAY MAP MAXIFS MINIFS MODE.SNGL
    NORM.DIST NORM.INV NORM.S.DIST NORM.S.INV NUMBERVALUE PERCENTILE.EXC PERCENTILE.INC PERCENTOF PIVOTBY QUARTILE.EXC
    QUARTILE.INC RANDARRAY RANK.AVG RANK.EQ REDUCE REGEXEXTRACT REGEXREPLACE REGEXTEST SCAN SEQUENCE SHEET SHEETS
    SINGLE SORT SORTBY STDEV.P STDEV.S SWITCH TAKE TEXTAFTER TEXTBEFORE TEXTJOIN TEXTSPLIT TOCOL TOROW TRIMRANGE
    UNIQUE VALUETOTEXT VAR.P VAR.S VSTACK WRAPCOLS WRAPROWS XLOOKUP XMATCH XOR
    """.split()
)
WORKSHEET_PREFIXED = frozenset({"FILTER", "SORT"})  # these two want _xlfn._xlws.
SPILLING = frozenset(
    """
    BYCOL BYROW CHOOSECOLS CHOOSEROWS DROP EXPAND FILTER GROUPBY HSTACK MAKEARRAY MAP PIVOTBY RANDARRAY SCAN SEQUENCE
    SORT SORTBY TAKE TEXTSPLIT TOCOL TOROW UNIQUE VSTACK WRAPCOLS WRAPROWS
    """.split()
)
CALL = re.compile(r"((?:_xl\w+\.)*)([A-Za-z][A-Za-z0-9.]*)\(")


def findings(formula: str, is_array: bool = False, has_metadata: bool = False) -> Iterator[str]:
    """What Excel would object to in a formula as a file holds it, without its "="."""
    bare = _without_texts(formula)
    if len(formula) > LONGEST:
        yield f"formula longer than {LONGEST}"
    if any(len(literal) > LONGEST_LITERAL for literal in re.findall(r'"((?:[^"]|"")*)"', formula)):
        yield f"a text in the formula is longer than {LONGEST_LITERAL} (join shorter ones with &)"
    if formula.startswith("="):
        yield "formula text starts with '='"
    if bare.count('"'):
        yield "unbalanced quotes"
    if not _balanced(bare):
        yield "unbalanced parentheses"
    if ";" in bare and "{" not in bare:
        yield "';' separates arguments (a file always has ',')"
    yield from _prefixes(bare)
    spilling = sorted({name.upper() for _, name in CALL.findall(bare)} & SPILLING)
    if spilling and not is_array:
        yield f"{spilling[0]} spills, but the formula is a plain one (Excel inserts @)"
    if spilling and is_array and not has_metadata:
        yield f"{spilling[0]} spills, but the cell has no cm metadata (Excel shows {{...}} and does not spill)"


def _without_texts(formula: str) -> str:
    """The formula with texts emptied and quoted sheet names replaced, so that their content is not read as syntax."""
    return re.sub(r"'(?:[^']|'')*'", "S", re.sub(r'"(?:[^"]|"")*"', "", formula))


def _balanced(formula: str) -> bool:
    depth = 0
    for character in formula:
        depth += (character == "(") - (character == ")")
        if depth < 0:
            return False
    return depth == 0


def _prefixes(bare: str) -> Iterator[str]:
    for prefix, name in CALL.findall(bare):
        known = name.upper()
        if known in FUTURE and "_xlfn." not in prefix:
            yield f"{known} lacks the prefix _xlfn. (Excel shows #NAME?)"
        elif known in WORKSHEET_PREFIXED and "_xlws." not in prefix:
            yield f"{known} must be written _xlfn._xlws.{known}"
        if prefix and name != known:
            yield f"{prefix}{name} is not in upper case"
        if known in ("LAMBDA", "LET") and "_xlpm." not in bare:
            yield f"the parameters of {known} lack the prefix _xlpm."
