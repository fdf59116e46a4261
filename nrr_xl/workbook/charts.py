"""The charts of a report, native and editable, in the theme's colours."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from nrr_xl.records import struct
from nrr_xl.workbook.book import Book
from nrr_xl.workbook.cells import Page

# The height of a row that was not given one, in pixels.
ROW = 20
# So many points make a line that can be seen.
MANY = 4


@struct()
class Step:
    """A column of a waterfall: the cell with its label, the range of the line that leaves it, whether it is a loss."""

    label: str
    level: str
    loss: bool


class Charts:
    """Makes charts for the pages of a book."""

    def __init__(self, book: Book):
        self.book = book
        self.colors = book.theme.colors

    def font(self, size: float = 9, color: str = "ink", bold: bool = False) -> dict[str, Any]:
        return {"name": self.book.theme.font, "size": size, "color": self.colors[color], "bold": bold}

    def place(
        self, page: Page, row: int, col: int, chart: Any, title: str, description: str, width: int, height: int
    ) -> None:
        """Set what all charts share and put one on a page; the title is a text, or the formula of a cell with one."""
        chart.set_title({"name": title, "name_font": self.font(11, "ink", True)})
        chart.set_chartarea({"border": {"none": True}, "fill": {"none": True}})
        chart.set_plotarea({"fill": {"none": True}})
        chart.set_size({"width": width, "height": height})
        page.marks.charts.append((row, row + height // ROW))
        page.sheet.insert_chart(row, col, chart, {"description": description, "object_position": 1})

    def rates(
        self, categories: str, series: Sequence[tuple[str, str, str, str]], lowest: float, points: int = MANY
    ) -> Any:
        """Lines of rates; a series is its name, its values, its colour and its dash, so that none needs its colour.

        The axis begins a little below the `lowest` rate: lines, unlike columns, need no zero.
        Of a NaN Excel makes its own. Where there are few `points` each is marked: of one alone there is no line.
        """
        chart = self.book.workbook.add_chart({"type": "line"})
        for name, values, color, dash in series:
            line = {"color": self.colors[color], "width": 1 if dash == "square_dot" else 2, "dash_type": dash}
            fill = {"color": self.colors[color]}
            mark = {"type": "circle", "size": 5, "fill": fill, "border": fill}
            marked = {"marker": mark} if points < MANY and dash != "square_dot" else {}
            chart.add_series({"name": name, "categories": categories, "values": values, "line": line, **marked})
        chart.set_legend({"position": "bottom", "font": self.font()})
        # Unless it is said, a program may draw what is #N/A as 0; Excel joins the points beside it in any case.
        chart.show_blanks_as("span")
        floor = max(math.floor(lowest * 10 - 0.5) / 10, 0.0) if math.isfinite(lowest) else None
        rule = {"color": self.colors["rule"]}
        chart.set_x_axis({"num_font": self.font(), "line": rule, "label_position": "low", "interval_unit": 3})
        chart.set_y_axis(
            {
                "min": floor,
                "num_format": "0%",
                "num_font": self.font(),
                "line": {"none": True},
                "major_gridlines": {"visible": True, "line": {**rule, "width": 0.5}},
            }
        )
        return chart

    def bars(self, categories: str, series: Sequence[tuple[str, str, str]]) -> Any:
        """Bars of rates side by side, largest category first; a series is its name, its values and its colour."""
        chart = self.book.workbook.add_chart({"type": "bar"})
        for name, values, color in series:
            chart.add_series(
                {
                    "name": name,
                    "categories": categories,
                    "values": values,
                    "fill": {"color": self.colors[color]},
                    "border": {"none": True},
                    "gap": 60,
                    "data_labels": {"value": True, "num_format": "0%", "font": self.font()},
                }
            )
        chart.set_legend({"position": "bottom", "font": self.font()})
        chart.set_x_axis({"visible": False, "major_gridlines": {"visible": False}, "min": 0})
        chart.set_y_axis({"reverse": True, "num_font": self.font(), "line": {"color": self.colors["rule"]}})
        return chart

    def waterfall(self, categories: str, parts: dict[str, str], steps: Sequence[Step]) -> Any:
        """A bridge as floating columns: an invisible base, totals, gains and losses, and a line from each to the next.

        `parts` names the ranges "base", "total", "rise", "fall", "rise below" and "fall below" (zero). The line that
        runs from a step to the next carries the step's label, since a label that is a series' name follows its cell
        in every program.
        """
        chart = self.book.workbook.add_chart({"type": "column", "subtype": "stacked"})
        for part, values in parts.items():
            color = {"base": "", "total": "accent", "rise": "rising", "fall": "falling"}[part.partition(" ")[0]]
            fill = {"color": self.colors[color]} if color else {"none": True}
            chart.add_series(
                {
                    "name": part,
                    "categories": categories,
                    "values": values,
                    "gap": 40,
                    "fill": fill,
                    "border": {"none": True},
                }
            )
        lines = self.book.workbook.add_chart({"type": "line"})
        for number, step in enumerate(steps):
            lines.add_series(
                {
                    "name": step.label,
                    "categories": categories,
                    "values": step.level,
                    "line": {"color": self.colors["muted"], "width": 0.75},
                    "data_labels": {
                        "series_name": True,
                        "value": False,
                        "position": "below" if step.loss else "above",
                        "font": self.font(9, "ink", True),
                        "custom": [{"delete": True} if place == number + 1 else None for place in range(len(steps))],
                    },
                }
            )
        chart.combine(lines)
        chart.set_legend({"none": True})
        chart.set_x_axis({"num_font": self.font(), "line": {"color": self.colors["rule"]}, "label_position": "low"})
        chart.set_y_axis({"visible": False, "major_gridlines": {"visible": False}})
        return chart
