"""Messages of the package in a spreadsheet's words: for an option of the command line, a row of the Settings sheet."""

from __future__ import annotations

import re

from nrr_xl.options import Option, of_stage, options

SHEET = "Settings"
STAGES = ("read", "analyse", "write")
# What a macro decides itself: it reads the sheet in front of the user, and its report is a new file.
NOT_HERE = ("overwrite", "sheet")
_NAMED = re.compile(r"--([a-z]+(?:-[a-z]+)*)((?: [A-Z][A-Z.]+\b)?)")
# What Excel has other words for, since a macro decides it itself.
ELSEWHERE = {
    "sheet": "by a click in that sheet before the button",
    "overwrite": "a new name",
    "output": "the workbook's place",
    "into": "a sheet of this workbook",
    "config": f"the sheet {SHEET}",
    "json": "the button Check data",
    "customers": "a larger template",
}


def settable() -> tuple[Option, ...]:
    """The options that a Settings sheet may give, in the catalogue's order."""
    return tuple(option for option in of_stage(*STAGES) if option.name not in NOT_HERE)


def label(option: Option) -> str:
    """An option's name on the Settings sheet.

    >>> [label(option) for option in settable()[:3]]
    ['Layout', 'Customer column', 'Date column']
    """
    return option.labels[0].capitalize()


def excel_words(text: str) -> str:
    """A message without options of the command line.

    >>> print(excel_words("Say which with --decimal . or --decimal ,"))
    Say which with "Decimal" (sheet Settings) = . or "Decimal" (sheet Settings) = ,
    >>> print(excel_words("Say which with --day-first or --month-first."))
    Say which with "Day first" (sheet Settings) = yes or "Day first" (sheet Settings) = no.
    >>> print(excel_words('Give --spread service or --only "Paid=yes".'))
    Give "Spread" (sheet Settings) = service or "Only" (sheet Settings) = "Paid=yes".
    >>> print(excel_words("Read one with --range A1:C9."))
    Read one with "Range" (sheet Settings) = A1:C9.
    >>> print(excel_words("Not read: choose it with --sheet."))
    Not read: choose it by a click in that sheet before the button.
    """
    text = re.sub(r"\bwith (?=--sheet\b)", "", text)
    return _NAMED.sub(_worded, text)


def names_a_setting(text: str) -> bool:
    """Whether a message in Excel's words is mended by a row of the Settings sheet."""
    return f"(sheet {SHEET})" in text


def _worded(found: re.Match[str]) -> str:
    name, value = found[1].replace("-", "_"), found[2]
    for option in settable():
        if name in (option.name, option.flag.replace("-", "_")):
            return _row(option, " = yes" if option.type == "flag" else _value(found, option) if not value else "")
        if option.off and name == option.off.replace("-", "_"):
            return _row(option, " = no")
    return ELSEWHERE.get(found[1], f"the command line's {found[1].replace('-', ' ')}")


def _value(found: re.Match[str], option: Option) -> str:
    """The sign of equality where a value follows the option, such as ".", "month" or a text in quotation marks."""
    after = found.string[found.end() :]
    word = re.match(r" ([a-z_-]+)", after)
    chosen = word is not None and word[1] in option.values()
    return " =" if chosen or re.match(r" (?:[.,](?= |$)|[\d\"']|[A-Z]+\d*:[A-Z])", after) else ""


def _row(option: Option, value: str) -> str:
    return f'"{label(option)}" (sheet {SHEET}){value}'


def unworded(text: str) -> list[str]:
    """The options in a message that are no option of the package: a misspelt one would reach a reader.

    >>> unworded("with --decimal or --decimals")
    ['decimals']
    """
    known = {part.replace("_", "-") for each in options() for part in (each.name, each.flag, each.off) if part}
    return [found[1] for found in _NAMED.finditer(text) if found[1] not in known | set(ELSEWHERE)]
