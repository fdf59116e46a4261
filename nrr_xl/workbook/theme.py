"""The look of a workbook as data: fonts, colours, number formats, company name and logo, from one TOML file."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from nrr_xl.errors import InputError
from nrr_xl.files import AnyPath, toml_table
from nrr_xl.packaged import packaged_table
from nrr_xl.records import struct
from nrr_xl.workbook.texts import texts

MAGNITUDES = {"": "", "k": ",", "m": ",,"}


@struct()
class Theme:
    """Fonts, colours (name to "#RRGGBB") and the choices of presentation that a reader may make."""

    company: str
    logo: str
    font: str
    size: float
    colors: dict[str, str]
    currency: str
    magnitude: str
    # The day of the report as a text, "" where it is not said: never the clock's.
    prepared: str = ""

    def number_formats(self) -> dict[str, str]:
        """The number format of each kind of cell: losses in parentheses, zero as a dash."""
        scale, words = MAGNITUDES[self.magnitude], texts()["formats"]
        return {
            "text": "@",
            "general": "General",
            "amount": f'#,##0{scale}_);(#,##0{scale});"–"_)',
            "cents": '#,##0.00_);(#,##0.00);"–"_)',
            "count": '#,##0_);(#,##0);"–"_)',
            "rate": "0.0%_);(0.0%);0.0%_)",
            "share": "0%;(0%);0%",
            "index": "0.000",
            "one_decimal": '0.0_);(0.0);"–"_)',
            # What rounds to nothing is 0.0 pts, never -0.0 pts.
            "plain_points": '[>=0.05]+0.0"{0}";[<=-0.05]-0.0"{0}";0.0"{0}"'.format(words["points"]),
            "points": _change("0.0", words["points"]),
            "growth": _change("0.0%"),
            "multiple": f'0.0"{words["multiple"]}"_);(0.0"{words["multiple"]}");"–"_)',
            "multiple_change": _change("0.0", words["multiple"]),
            "count_change": _change("#,##0"),
            # The unit of the page, whatever the size.
            "headline": "#,##0.0,," if self.magnitude == "m" else f"#,##0{scale}",
            "difference": '0.00_);(0.00);"–"_)',
            "position": "0",
        }


def _change(digits: str, unit: str = "") -> str:
    """A change against a year ago, its direction as an arrow: never by colour alone."""
    words = texts()["formats"]
    amount = f'{digits}"{unit}{words["since"]}"'
    return f'▲ {amount};▼ {amount};"{words["unchanged"]}"'


def load_theme(path: AnyPath | None = None) -> Theme:
    """The package's theme, with whatever a TOML file of the same names sets again.

    Raises
    ------
    InputError
        If the file cannot be read, or names something that a theme does not have.

    >>> load_theme().colors["input"]
    '#0000FF'
    """
    parts = packaged_table("workbook/theme.toml")
    if path is not None:
        _override(parts, path)
    company, font, numbers = parts["company"], parts["font"], parts["numbers"]
    return Theme(
        company=company["name"],
        logo=company["logo"],
        font=font["name"],
        size=font["size"],
        colors=parts["colors"],
        currency=numbers["currency"],
        magnitude=numbers["magnitude"],
    )


# How the pictures begin that a workbook can hold.
PICTURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF8", b"BM")


def dressed(
    theme: Theme | AnyPath | None,
    magnitude: str | None = None,
    company: str | None = None,
    prepared: date | None = None,
) -> Theme:
    """A theme, or the one of a file, with what was given beside it."""
    look = theme if isinstance(theme, Theme) else load_theme(theme)
    return replace(
        look,
        magnitude=magnitude or look.magnitude,
        company=company or look.company,
        prepared=f"{prepared:%Y-%m-%d}" if prepared else look.prepared,
    )


def _override(parts: dict[str, Any], given: AnyPath) -> None:
    table = toml_table(given, "theme")
    path = Path(given)
    for section, values in table.items():
        if section in parts and not isinstance(values, dict):
            first = next(iter(parts[section]))
            raise InputError(f"The theme {path}: {section} is a section. Write [{section}], and under it {first} = ...")
        if section not in parts:
            raise InputError(f"The theme {path} has no section [{section}]: choose from {', '.join(parts)}.")
        for name, value in values.items():
            if name not in parts[section]:
                known = ", ".join(parts[section])
                raise InputError(f"The theme {path} sets {section}.{name}, which does not exist: choose from {known}.")
            _check(f"{section}.{name}", value, parts[section][name], path)
            parts[section][name] = value
    logo = parts["company"]["logo"]
    if logo:
        parts["company"]["logo"] = str(path.parent / logo)
        if not Path(parts["company"]["logo"]).is_file():
            raise InputError(f"The theme {path} names the logo {logo}, which is not there.")
        with open(parts["company"]["logo"], "rb") as file:
            if not file.read(8).startswith(PICTURES):
                raise InputError(f"The theme {path} names the logo {logo}, which is no PNG, JPEG, GIF or BMP picture.")


def _check(name: str, value: Any, standard: Any, path: Path) -> None:
    section, _, key = name.partition(".")
    if isinstance(standard, str) != isinstance(value, str):
        raise InputError(
            f"The theme {path} sets {name} to {value!r}: give a {'text' if isinstance(standard, str) else 'number'}."
        )
    if section == "colors" and not re.fullmatch(r"#[0-9A-Fa-f]{6}", value):
        raise InputError(f"The theme {path} sets {name} to {value!r}: give a colour as #RRGGBB.")
    if key == "magnitude" and value not in MAGNITUDES:
        raise InputError(f'The theme {path} sets {name} to {value!r}: choose "", "k" or "m".')
