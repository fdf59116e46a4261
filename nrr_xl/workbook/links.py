"""The row of links to other sheets: small boxes, since cells would have to fit the columns of every sheet.

They are for the screen: the printed area begins below them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nrr_xl.workbook import paper
from nrr_xl.workbook.theme import Theme

# The least width that links are set in, and the height of a line of them, in pixels.
WIDTH, HEIGHT = 560, 20


def place_links(sheet: Any, row: int, names: Sequence[str], description: str, theme: Theme) -> None:
    """Place links to sheets in a row, in as many lines as the printed width needs, once the columns are set.

    `description` says of each `{sheet}` where it leads, for who cannot see it.
    """
    _, first, _, last = paper.area(sheet)
    room = max(paper.width(sheet, first, last), WIDTH)
    left, line = 2, 0
    for name in names:
        # The letters m and w are wider than the others.
        width = 24 + round(5.6 * len(name) + 3 * sum(map(name.lower().count, "mw")))
        if left > 2 and left + width > room:
            left, line = 2, line + 1
        sheet.insert_textbox(
            row,
            0,
            name,
            {
                "x_offset": left,
                "y_offset": 1 + HEIGHT * line,
                "width": width,
                "height": 18,
                "object_position": 3,
                "url": f"internal:'{name}'!A1",
                "description": description.format(sheet=name),
                "font": {"name": theme.font, "size": 9, "color": theme.colors["accent"]},
                "align": {"vertical": "middle", "horizontal": "center"},
                "fill": {"color": theme.colors["band"]},
                "line": {"none": True},
            },
        )
        left += width + 4
    sheet.set_row_pixels(row, HEIGHT * (line + 1) + 2)
