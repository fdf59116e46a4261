"""Slides under way: a title, a line of facts, and native charts and tables in the theme's colours."""

from __future__ import annotations

import math
from collections.abc import Sequence
from io import BytesIO
from typing import Any

from nrr_xl.workbook.cells import safe_text
from nrr_xl.workbook.texts import texts
from nrr_xl.workbook.theme import Theme

# Inches on a slide of 13.33 x 7.5.
WIDTH, HEIGHT, EDGE, TOP = 13.333, 7.5, 0.6, 1.55
BODY_WIDTH, BODY_HEIGHT = WIDTH - 2 * EDGE, HEIGHT - TOP - 0.6
LONGEST = 250
SCALES = {"": 1.0, "k": 1e3, "m": 1e6}


def amount(value: float, magnitude: str = "") -> str:
    """An amount in the theme's magnitude, a loss in parentheses; what rounds to nothing is a dash.

    >>> amount(1234.5), amount(-1234.5, "k"), amount(0.2)
    ('1,234', '(1)', '–')
    """
    if math.isnan(value):
        return "–"
    whole = round(value / SCALES[magnitude])
    return "–" if not whole else f"({-whole:,})" if whole < 0 else f"{whole:,}"


def points(value: float) -> str:
    """A difference of rates in points.

    >>> points(0.0091), points(-0.0001)
    ('+0.9 pts', '0.0 pts')
    """
    if math.isnan(value):
        return "–"
    shown = round(100 * value, 1)
    return f"{shown:+.1f}{texts()['formats']['points']}" if shown else f"0.0{texts()['formats']['points']}"


def _shown(text: str) -> str:
    """A text as a slide can hold it; a name that fills a book is cut."""
    return "".join(letter if letter.isprintable() or letter == "\n" else " " for letter in safe_text(text))[:LONGEST]


class Deck:
    """A presentation under way; `facts` stands below each title."""

    def __init__(self, presentation: Any, theme: Theme, facts: str):
        from pptx.util import Inches

        self.made, self.theme, self.facts = presentation, theme, facts
        self.made.slide_width, self.made.slide_height = Inches(WIDTH), Inches(HEIGHT)

    def save(self, target: BytesIO) -> None:
        """Write it, with the properties that a report has."""
        properties = self.made.core_properties
        properties.author, properties.title = self.theme.company or "nrr_xl", texts()["titles"]["summary"]
        self.made.save(target)

    def slide(self, title: str) -> Any:
        """A new slide with its title, the facts, and its number."""
        slide = self.made.slides.add_slide(self.made.slide_layouts[5])
        shape = slide.shapes.title
        self._place(shape, EDGE, 0.4, BODY_WIDTH, 0.7)
        self._write(shape.text_frame, title, 26, "accent", bold=True)
        box = slide.shapes.add_textbox(*self._inches(EDGE, 1.05, BODY_WIDTH, 0.4))
        self._write(box.text_frame, self.facts, 13, "muted")
        number = slide.shapes.add_textbox(*self._inches(WIDTH - 1.4, HEIGHT - 0.5, 0.8, 0.3))
        self._write(number.text_frame, str(len(self.made.slides)), 10, "muted", right=True)
        return slide

    def tiles(self, slide: Any, tiles: Sequence[tuple[str, str]]) -> None:
        """Figures side by side, each above its name."""
        width = BODY_WIDTH / len(tiles)
        for place, (name, value) in enumerate(tiles):
            box = slide.shapes.add_textbox(*self._inches(EDGE + place * width, TOP + 0.1, width - 0.12, 1.2))
            box.fill.solid()
            box.fill.fore_color.rgb = self._rgb("band")
            self._write(box.text_frame, value, 26, "ink", bold=True)
            self._add(box.text_frame, name, 12, "muted")

    def sentences(self, slide: Any, sentences: Sequence[str]) -> None:
        """Sentences one below the other."""
        box = slide.shapes.add_textbox(*self._inches(EDGE, TOP + 1.6, BODY_WIDTH, 3.2))
        box.text_frame.word_wrap = True
        for place, sentence in enumerate(sentences):
            write = self._add if place else self._write
            write(box.text_frame, f"•  {sentence}", 16, "ink")

    def table(self, slide: Any, heads: Sequence[str], rows: Sequence[Sequence[str]], note: str = "") -> None:
        """A table: the first column left, the others right."""
        height = min(0.36 * (len(rows) + 1), BODY_HEIGHT)
        shape = slide.shapes.add_table(len(rows) + 1, len(heads), *self._inches(EDGE, TOP, BODY_WIDTH, height))
        table = shape.table
        first = 3.6 if len(heads) > 2 else BODY_WIDTH / 2
        from pptx.util import Inches

        for col in range(len(heads)):
            table.columns[col].width = Inches(first if not col else (BODY_WIDTH - first) / (len(heads) - 1))
        for row, values in enumerate([heads, *rows]):
            for col, value in enumerate(values):
                cell = table.cell(row, col)
                cell.fill.solid()
                cell.fill.fore_color.rgb = self._rgb("paper" if row else "band")
                cell.margin_top = cell.margin_bottom = Inches(0.03)
                self._write(cell.text_frame, value, 12, "ink", bold=not row, right=bool(col))
        if note:
            box = slide.shapes.add_textbox(*self._inches(EDGE, HEIGHT - 0.55, BODY_WIDTH - 1, 0.3))
            self._write(box.text_frame, note, 11, "muted")

    def lines(self, slide: Any, categories: Sequence[str], series: Sequence[tuple[str, Sequence[float], str]]) -> None:
        """A line chart of rates; a gap where a rate is undefined."""
        from pptx.enum.chart import XL_CHART_TYPE

        chart = self._chart(slide, XL_CHART_TYPE.LINE, categories, series)
        known = [value for _, values, _ in series for value in values if not math.isnan(value)]
        chart.value_axis.minimum_scale = max(math.floor(10 * min(known, default=0.0) - 0.5) / 10, 0.0)
        for plotted, (_, _, color) in zip(chart.plots[0].series, series, strict=True):
            plotted.smooth = False
            plotted.format.line.color.rgb = self._rgb(color)

    def bars(self, slide: Any, categories: Sequence[str], series: Sequence[tuple[str, Sequence[float], str]]) -> None:
        """Bars of rates side by side, the first category on top."""
        from pptx.enum.chart import XL_CHART_TYPE
        from pptx.util import Pt

        chart = self._chart(slide, XL_CHART_TYPE.BAR_CLUSTERED, categories, series)
        chart.category_axis.reverse_order = True
        chart.value_axis.visible = False
        chart.value_axis.has_major_gridlines = False
        chart.value_axis.minimum_scale = 0
        plot = chart.plots[0]
        plot.gap_width, plot.has_data_labels = 60, True
        plot.data_labels.number_format, plot.data_labels.number_format_is_linked = "0%", False
        plot.data_labels.font.size = Pt(11)
        for plotted, (_, _, color) in zip(plot.series, series, strict=True):
            self._fill(plotted, color)

    def waterfall(self, slide: Any, steps: Sequence[tuple[str, float, bool]]) -> None:
        """A bridge as floating columns over an invisible base; a step is a name, an amount, whether it is a total."""
        from pptx.enum.chart import XL_CHART_TYPE
        from pptx.util import Pt

        level, parts = 0.0, {key: [0.0] * len(steps) for key in ("base", "total", "rise", "fall")}
        for place, (_, value, whole) in enumerate(steps):
            if whole:
                parts["total"][place] = level = value
                continue
            parts["base"][place] = min(level, level + value)
            parts["rise" if value > 0 else "fall"][place] = abs(value)
            level += value
        names = texts()["waterfall_columns"]
        colors = {"base": "", "total": "accent", "rise": "rising", "fall": "falling"}
        columns = [(names[key], values, colors[key]) for key, values in parts.items()]
        labels = [f"{name}\n{amount(value, self.theme.magnitude)}" for name, value, _ in steps]
        chart = self._chart(slide, XL_CHART_TYPE.COLUMN_STACKED, labels, columns)
        chart.has_legend = False
        chart.value_axis.visible = False
        chart.value_axis.has_major_gridlines = False
        chart.category_axis.tick_labels.font.size = Pt(13)
        chart.plots[0].gap_width, chart.plots[0].overlap = 40, 100
        for plotted, (_, _, color) in zip(chart.plots[0].series, columns, strict=True):
            if color:
                self._fill(plotted, color)
            else:
                plotted.format.fill.background()

    def _chart(
        self, slide: Any, kind: Any, categories: Sequence[str], series: Sequence[tuple[str, Sequence[float], str]]
    ) -> Any:
        from pptx.chart.data import CategoryChartData
        from pptx.enum.chart import XL_LEGEND_POSITION
        from pptx.util import Pt

        data = CategoryChartData(number_format="0.0%")
        data.categories = [_shown(category) for category in categories]
        for name, values, _ in series:
            data.add_series(_shown(name), [None if math.isnan(value) else value for value in values])
        frame = slide.shapes.add_chart(kind, *self._inches(EDGE, TOP, BODY_WIDTH, BODY_HEIGHT), data)
        chart = frame.chart
        chart.font.size, chart.font.name = Pt(12), self.theme.font
        chart.has_title = False
        chart.has_legend = True
        chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False
        chart.value_axis.tick_labels.number_format = "0%"
        chart.value_axis.tick_labels.number_format_is_linked = False
        return chart

    def _fill(self, plotted: Any, color: str) -> None:
        plotted.format.fill.solid()
        plotted.format.fill.fore_color.rgb = self._rgb(color)

    def _rgb(self, color: str) -> Any:
        from pptx.dml.color import RGBColor

        return RGBColor.from_string(self.theme.colors[color].lstrip("#").upper())

    def _inches(self, *places: float) -> list[Any]:
        from pptx.util import Inches

        return [Inches(place) for place in places]

    def _place(self, shape: Any, *places: float) -> None:
        shape.left, shape.top, shape.width, shape.height = self._inches(*places)

    def _write(
        self, frame: Any, text: str, size: float, color: str, *, bold: bool = False, right: bool = False
    ) -> None:
        self._style(frame.paragraphs[0], text, size, color, bold, right)
        frame.word_wrap = True

    def _add(self, frame: Any, text: str, size: float, color: str) -> None:
        self._style(frame.add_paragraph(), text, size, color, False, False)

    def _style(self, paragraph: Any, text: str, size: float, color: str, bold: bool, right: bool) -> None:
        from pptx.enum.text import PP_ALIGN
        from pptx.util import Pt

        paragraph.alignment = PP_ALIGN.RIGHT if right else PP_ALIGN.LEFT
        run = paragraph.add_run()
        run.text = _shown(text)
        run.font.size, run.font.bold, run.font.name = Pt(size), bold, self.theme.font
        run.font.color.rgb = self._rgb(color)
