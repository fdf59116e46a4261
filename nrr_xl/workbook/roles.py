"""What each role of a cell looks like, as format properties; a colour is named as the theme names it."""

from __future__ import annotations

from typing import Any

_TOTAL = {"bold": True, "top": 1, "top_color": "rule"}
_RIGHT = {"align": "right"}
_TILE = {"bg_color": "band", "align": "left", "indent": 1, "left": 5, "left_color": "paper"}

# Format properties of each role; a colour is named as the theme names it.
ROLES: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 18, "font_color": "accent"},
    "subtitle": {"font_color": "muted", "font_size": 11},
    "nav": {"font_color": "accent", "font_size": 9, "underline": 1, "align": "left", "valign": "top"},
    "section": {"bold": True, "font_size": 12, "font_color": "accent", "bottom": 1, "bottom_color": "rule"},
    "header": {
        "bold": True,
        "bg_color": "band",
        "bottom": 1,
        "bottom_color": "accent",
        "align": "right",
        "text_wrap": True,
    },
    "header_note": {"bold": True, "bg_color": "band", "bottom": 1, "bottom_color": "accent", "indent": 1},
    "header_left": {"bold": True, "bg_color": "band", "bottom": 1, "bottom_color": "accent", "text_wrap": True},
    "label": {},
    "strong": {"bold": True},
    "label_indent": {"indent": 1},
    "label_total": _TOTAL,
    "label_right": {"align": "right", "indent": 1, "font_color": "muted"},
    "text": {"align": "left"},
    "wrapped": {"text_wrap": True, "valign": "top"},
    "label_top": {"valign": "top"},
    "wrapped_indent": {"text_wrap": True, "valign": "top", "indent": 1},
    "wrapped_note": {"font_color": "muted", "font_size": 9, "indent": 1, "text_wrap": True, "valign": "top"},
    "input_top": {"font_color": "input", "valign": "top"},
    "figure_top": {"valign": "top", **_RIGHT},
    "rate_top": {"italic": True, "valign": "top", **_RIGHT},
    "link_top": {"font_color": "link", "valign": "top", **_RIGHT},
    "note": {"font_color": "muted", "font_size": 9},
    "note_indent": {"font_color": "muted", "font_size": 9, "indent": 1},
    "input": {"font_color": "input"},
    "setting": {"font_color": "input", "bg_color": "band", "border": 1, "border_color": "rule", "align": "center"},
    "formula": _RIGHT,
    "link": {"font_color": "link", **_RIGHT},
    "total": {**_TOTAL, **_RIGHT},
    "rate": {"italic": True, **_RIGHT},
    "working": {"font_color": "muted", "font_size": 9, **_RIGHT},
    "check": {"bold": True, "align": "center"},
    "sentence": {"text_wrap": True, "valign": "top", "font_size": 11},
    "tile_label": {
        "bg_color": "band",
        "font_color": "muted",
        "font_size": 9,
        "indent": 1,
        "top": 2,
        "top_color": "accent",
    },
    "tile_value": {"bg_color": "band", "bold": True, "font_size": 20, "align": "left", "indent": 1},
    "tile_change": {"bg_color": "band", "font_size": 9, "align": "left", "indent": 1},
    "tile_note": {"bg_color": "band", "font_color": "muted", "font_size": 9, "indent": 1, "align": "left"},
}

# Conditional looks, likewise by name.
CONDITIONS: dict[str, dict[str, Any]] = {
    "undefined": {"font_color": "muted"},
    "unused": {"num_format": ";;;"},
    # No number format hides an error, but the colour of its ground does.
    "refused": {"font_color": "paper"},
    "refused_band": {"font_color": "band"},
    "good": {"font_color": "good"},
    "warn": {"font_color": "warn", "bold": True},
    "bad": {"font_color": "bad", "bold": True},
}
