"""How the template looks: the format of every role a cell can have, in the colours of a theme."""

from __future__ import annotations

from typing import Any

from nrr_xl.workbook.book import Book

MONEY = '#,##0_);(#,##0);"–"_)'
CENTS = '#,##0.00_);(#,##0.00);"–"_)'
RATE = "0.0%_);(0.0%);0.0%_)"
MULTIPLE = '0.0"x"_)'
MONTH = "mmm yyyy_)"

_RIGHT = {"align": "right"}
_LINE = {"bottom": 1, "bottom_color": "rule"}
_TOTAL = {"bold": True, "top": 1, "top_color": "ink", "bottom": 1, "bottom_color": "ink"}
_INPUT = {"font_color": "input", "bg_color": "band", "border": 1, "border_color": "rule"}
_HEADER = {"bold": True, "bg_color": "band", "bottom": 2, "bottom_color": "accent", "text_wrap": True}
_WORK = {"font_size": 9, "font_color": "muted"}

# A colour is named as the theme names it.
ROLES: dict[str, dict[str, Any]] = {
    "plain": {},
    "title": {"bold": True, "font_size": 18, "font_color": "accent"},
    "subtitle": {"font_color": "muted", "font_size": 11},
    "section": {"bold": True, "font_size": 12, "font_color": "accent"},
    "note": {"font_color": "muted", "font_size": 9, "indent": 1},
    "body": {"text_wrap": True, "valign": "top"},
    "body_bold": {"bold": True, "text_wrap": True, "valign": "top"},
    "status": {"bold": True},
    "header": _HEADER,
    "header_right": {**_HEADER, **_RIGHT, "num_format": "@_)"},
    "label": _LINE,
    "label_total": _TOTAL,
    "money": {"num_format": MONEY, **_LINE},
    "money_cents": {"num_format": CENTS, **_LINE},
    "money_total": {"num_format": MONEY, **_TOTAL},
    "count": {"num_format": MONEY, **_LINE},
    "count_total": {"num_format": MONEY, **_TOTAL},
    "rate": {"num_format": RATE, **_RIGHT, **_LINE},
    "published": {"num_format": RATE, "font_color": "muted", "italic": True, **_RIGHT, **_LINE},
    "multiple": {"num_format": MULTIPLE, **_RIGHT, **_LINE},
    "month": {"num_format": MONTH, **_RIGHT, **_LINE},
    "text": {"num_format": "0_)", **_RIGHT, **_LINE},
    "formula_text": {"font_name": "Consolas", "font_size": 9, "font_color": "muted", **_LINE},
    "work": _WORK,
    "work_money": {**_WORK, "num_format": CENTS},
    "work_count": {**_WORK, "num_format": '0;-0;"–"'},
    "work_date": {**_WORK, "num_format": "dd mmm yyyy", "align": "left"},
    "input_text": {**_INPUT, "align": "right", "num_format": "@_)"},
    "input_month": {"num_format": MONTH, **_RIGHT, **_INPUT},
    "input_count": {"num_format": "0_)", **_INPUT},
    "input_money": {"num_format": "#,##0_)", **_INPUT},
    "input_rate": {"num_format": "0.0%_)", **_INPUT},
    "header_note": {**_HEADER, "indent": 1},
    "input_label": {"font_color": "input", **_LINE},
    "link_name": {"bold": True, "font_color": "accent", "underline": 1, "valign": "top"},
    "body_line": {"bold": True, "font_color": "accent"},
    "entry_text": {"font_color": "input", "num_format": "@"},
    "entry_month": {"font_color": "input", "num_format": MONTH, **_RIGHT},
    "entry_money": {"font_color": "input", "num_format": "#,##0.00_);(#,##0.00);0.00_)"},
}
# Conditional formats lie over a cell's own and may not carry a font.
OVERLAYS: dict[str, dict[str, Any]] = {
    "bad": {"font_color": "bad", "bold": True},
}


class Styles:
    """The formats of one workbook, made once per role."""

    def __init__(self, book: Book):
        self.theme = book.theme
        self._workbook = book.workbook
        self._made: dict[str, Any] = {}

    def __getitem__(self, role: str) -> Any:
        if role not in self._made:
            own: dict[str, Any] = {
                "font_name": self.theme.font,
                "font_size": self.theme.size,
                "font_color": "ink",
                "valign": "vcenter",
            }
            look = OVERLAYS[role] if role in OVERLAYS else own | ROLES[role]
            colored = {key: self.color(value) if key.endswith("_color") else value for key, value in look.items()}
            self._made[role] = self._workbook.add_format(colored)
        return self._made[role]

    def color(self, name: str) -> str:
        """A colour of the theme, as "#RRGGBB"."""
        return self.theme.colors[name]
