"""The charts of a report, native and editable, in the theme's colours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nrr_xl.workbook.cells import Book, Page

SIZE = {"width": 620, "height": 320}


@dataclass(frozen=True, slots=True)
class ChartText:
    """A chart's title, which states the finding, and the text for those who cannot see it."""

    title: str
    description: str


@dataclass(frozen=True, slots=True)
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

    def font(self, size: float = 9, color: str = "ink", bold: bool = False) -> dict:
        return {"name": self.book.theme.font, "size": size, "color": self.colors[color], "bold": bold}

    def place(self, page: Page, row: int, col: int, chart, text: ChartText, **size) -> None:
        """Set what all charts share and put one on a page."""
        chart.set_title({"name": text.title, "name_font": self.font(11, "ink", True)})
        chart.set_chartarea({"border": {"none": True}, "fill": {"none": True}})
        chart.set_plotarea({"fill": {"none": True}})
        chart.set_size({**SIZE, **size})
        page.sheet.insert_chart(row, col, chart, {"description": text.description, "object_position": 1})

    def lines(self, categories: str, series: Sequence[tuple[str, str, str, str]], number_format: str, low=None):
        """A line chart; a series is its name, its values, its colour and its dash."""
        chart = self.book.workbook.add_chart({"type": "line"})
        for name, values, color, dash in series:
            chart.add_series(
                {
                    "name": name,
                    "categories": categories,
                    "values": values,
                    "line": {
                        "color": self.colors[color],
                        "width": 2.25 if dash == "solid" else 1.25,
                        "dash_type": dash,
                    },
                }
            )
        chart.set_legend({"position": "bottom", "font": self.font()})
        chart.set_x_axis({"num_font": self.font(), "line": {"color": self.colors["rule"]}, "label_position": "low"})
        chart.set_y_axis(
            {
                "num_format": number_format,
                "num_font": self.font(),
                "line": {"none": True},
                "major_gridlines": {"visible": True, "line": {"color": self.colors["rule"], "width": 0.5}},
                **({} if low is None else {"min": low}),
            }
        )
        return chart

    def waterfall(self, categories: str, parts: dict[str, str], steps: Sequence[Step]):
        """A bridge as floating columns: an invisible base, totals, gains and losses, and a line from each to the next.

        `parts` names the ranges "base", "total", "rise" and "fall" of all steps. The line that runs from a step to the
        next carries the step's label, since a label that is a series' name follows its cell in every program.
        """
        chart = self.book.workbook.add_chart({"type": "column", "subtype": "stacked"})
        for part, color in (("base", None), ("total", "accent"), ("rise", "rising"), ("fall", "falling")):
            fill = {"color": self.colors[color]} if color else {"none": True}
            chart.add_series(
                {
                    "name": part,
                    "categories": categories,
                    "values": parts[part],
                    "gap": 40,
                    "fill": fill,
                    "border": {"none": True},
                }
            )
        lines = self.book.workbook.add_chart({"type": "line"})
        for number, step in enumerate(steps):
            after = [{"delete": True} if number + 1 == place else None for place in range(len(steps))]
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
                        "custom": after,
                    },
                }
            )
        chart.combine(lines)
        chart.set_legend({"none": True})
        chart.set_x_axis({"num_font": self.font(), "line": {"color": self.colors["rule"]}, "label_position": "low"})
        chart.set_y_axis({"visible": False, "major_gridlines": {"visible": False}})
        return chart
