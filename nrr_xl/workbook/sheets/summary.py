"""The Summary: six tiles, three sentences, the waterfall, the trend and the window in numbers, on one page."""

from __future__ import annotations

from nrr_xl.records import struct
from nrr_xl.retention.bridge import rates
from nrr_xl.retention.movements import movements
from nrr_xl.workbook import formulas as fx
from nrr_xl.workbook import story
from nrr_xl.workbook.cells import NOT_APPLICABLE, Page
from nrr_xl.workbook.charts import Charts
from nrr_xl.workbook.frame import HEAD_ROWS, TITLE_ROW, Report
from nrr_xl.workbook.sheets import summary_checks, tiles, waterfall
from nrr_xl.workbook.sheets.bridge import WHOLES, lines_of, signed
from nrr_xl.workbook.sheets.customer_columns import LABEL_ROW, WINDOW
from nrr_xl.workbook.sheets.customers import CustomersPlace
from nrr_xl.workbook.sheets.trend import COUNTS, FIRST_ROW, RATES, TrendPlace, kind_of, lowest_rate
from nrr_xl.workbook.texts import texts

WORDS, NAMES = texts()["summary"], texts()["setting_names"]
AS_OF, MONTHS = (HEAD_ROWS, 1), (HEAD_ROWS, 4)
TILE_ROW = HEAD_ROWS + 2
SENTENCE_ROW = TILE_ROW + 5
CHART_ROW = SENTENCE_ROW + 4
TABLE_ROW = CHART_ROW + 11
LAST_COL = 11
# Of a label and a figure, which with the height of the rows between the parts leave the sheet on one small page.
WIDTHS, GAP = (9, 15), 8
WORK, NOW, AGO = 13, 14, 15
# The positions of the window, in the workings to the right of the page.
MONTH_ROW, CLOSING_ROW, OPENING_ROW, STEP_ROW, BEGIN_ROW, AGO_ROW, NAME_ROW = range(HEAD_ROWS + 1, HEAD_ROWS + 8)
FIGURES_ROW = NAME_ROW + 1
# The charts' titles stand beside them.
TITLES = (HEAD_ROWS + 1, AGO + 2)


@struct()
class Figures:
    """Every line, count and rate of the window and of the one a year before, and the row where each stands."""

    values: dict[str, tuple[float, float | str]]
    sheet: str

    def row(self, line: str) -> int:
        return FIGURES_ROW + 1 + list(self.values).index(line)

    def cell(self, line: str, col: int = NOW, sheet: str = "") -> str:
        return fx.cell(self.row(line), col, "row col", sheet)

    def ago(self, line: str) -> str:
        """The cell of a line a year before."""
        return self.cell(line, AGO)

    @property
    def last_row(self) -> int:
        return FIGURES_ROW + len(self.values)

    def fact(self, line: str, col: int = NOW) -> story.Fact:
        """A figure for a sentence."""
        return story.Fact(self.cell(line, col, self.sheet), self.values[line][0 if col == NOW else 1])


def figures(report: Report) -> Figures:
    """The figures as Python has them."""
    analysis = report.analysis
    year, back = 12 // analysis.cube.periods.step, analysis.closing - analysis.opening
    closings = [at for at in (analysis.closing, analysis.closing - year) if at >= back + report.begin]
    flows = movements(analysis.cube, [at - back for at in closings], closings)
    found = {line: signed(flows, line) for line in (*lines_of(analysis), *COUNTS)}
    found |= {rate: values[:, 0] for rate, values in rates(flows).items() if rate in RATES}
    values = {line: (both[0], both[1] if len(closings) > 1 else NOT_APPLICABLE) for line, both in found.items()}
    return Figures(values, report.sheets["summary"])


def titles(report: Report) -> story.Story:
    """Where the charts' titles will stand."""
    return story.Story(report.sheets["summary"], *TITLES)


def define_names(report: Report) -> None:
    """The names of the window's settings."""
    sheet = report.sheets["summary"]
    # A template has its own cells for what may be chosen.
    asked = () if report.feed else ((fx.AS_OF, *AS_OF, NAMES["as_of"]), (fx.MONTHS, *MONTHS, NAMES["months"]))
    for name, row, col, comment in (
        *asked,
        (fx.CLOSING, CLOSING_ROW, NOW, NAMES["closing"]),
        (fx.OPENING, OPENING_ROW, NOW, NAMES["opening"]),
        (fx.PERIOD_MONTHS, STEP_ROW, NOW, NAMES["step"]),
        (fx.BEGIN, BEGIN_ROW, NOW, NAMES["begin"]),
        (fx.OPENS, NAME_ROW, NOW, NAMES["opens"]),
        (fx.CLOSES, NAME_ROW, AGO, NAMES["closes"]),
    ):
        report.book.name(name, "=" + fx.cell(row, col, "row col", sheet), comment)


def write(report: Report, customers: CustomersPlace, trend: TrendPlace, shown: Figures, said: Said) -> None:
    """Fill the sheet and add its checks."""
    page = report.open("summary")
    # A figure stands in every second column, which is wide enough for one in another currency.
    for col in range(LAST_COL + 1):
        page.sheet.set_column(col, col, WIDTHS[col % 2])
    for row in (HEAD_ROWS - 1, HEAD_ROWS + 1, TILE_ROW + 4):
        page.sheet.set_row_pixels(row, GAP)
    page.sheet.set_column(LAST_COL + 1, LAST_COL + 1, 3)
    page.sheet.set_column(WORK, WORK, 22)
    page.sheet.set_column(WORK + 1, WORK + 16, 11)
    _settings(report, page, customers)
    _workings(report, page, trend, shown)
    _window_figures(report, page, customers, trend, shown)
    tiles.write(report, page, shown, TILE_ROW, (shown.last_row + 14, WORK))
    for row, sentence in enumerate(said.sentences, SENTENCE_ROW):
        page.merge(row, 0, row, LAST_COL, "sentence")
        bullet = fx.told(WORDS["sentence"], {"sentence": sentence})
        # Without a window there is nothing to say.
        bullet = fx.chosen(f"ISNUMBER({fx.OPENING})", True, bullet, ('""', ""))
        report.say(page, row, 0, bullet, "sentence")
        page.sheet.set_row(row, 17)
    for row, title in enumerate(said.titles.values(), TITLES[0]):
        title = fx.chosen(f"ISNUMBER({fx.OPENING})", True, title, ('""', ""))
        report.say(page, row, TITLES[1], title, "note")
    told, charts = titles(report), Charts(report.book)
    chart = waterfall.chart(report, charts, page, shown.last_row + 2, WORK, shown)
    described = texts()["waterfall"]["described"]
    charts.place(page, CHART_ROW, 0, chart, told.title("bridge"), described, width=530, height=216)
    _trend(report, charts, page, trend, told)
    _table(report, page, trend, shown)
    page.sheet.print_area(0, 0, TABLE_ROW + len(trend.lines), LAST_COL)
    page.print_setup(report.footer, one_page=True)
    page.sheet.activate()
    if report.book.theme.logo:
        page.image(TITLE_ROW, LAST_COL - 1, report.book.theme.logo, report.book.theme.company or WORDS["logo"])
    if not report.live["customers"]:
        report.fixed.append(shown.sheet)
    summary_checks.add(report, trend, shown, TILE_ROW)


def _settings(report: Report, page: Page, customers: CustomersPlace) -> None:
    analysis, row = report.analysis, HEAD_ROWS
    labels = analysis.cube.periods.labels
    live = report.live["customers"]
    page.put(row, 0, WORDS["as_of"], "label_right")
    page.put(row, 3, WORDS["months"], "label_right")
    if report.feed:
        report.write(page, *AS_OF, fx.CLOSES, labels[analysis.closing], "customers", "link", "general")
        report.write(page, *MONTHS, fx.MONTHS, analysis.months, "customers", "link", "position")
    else:
        page.put(*AS_OF, labels[analysis.closing], "setting" if live else "text", "general")
        page.put(*MONTHS, analysis.months, "setting" if live else "text", "position")
    page.put(row, 6, WORDS["opening_period"], "label_right")
    report.write(page, row, 7, fx.OPENS, labels[analysis.opening], "customers", "link", "general")
    if not live or report.feed:
        return
    page.put(row, 8, WORDS["hint"], "note_indent")
    # A list to choose from; a date or another spelling of the month may be typed as well.
    page.sheet.data_validation(
        *AS_OF,
        *AS_OF,
        {
            "validate": "list",
            "source": "=" + customers.across(LABEL_ROW),
            "error_type": "information",
            "show_error": False,
        },
    )
    page.sheet.data_validation(
        *MONTHS,
        *MONTHS,
        {
            "validate": "custom",
            "value": f"=AND({fx.MONTHS}>=1,MOD({fx.MONTHS},{fx.PERIOD_MONTHS})=0)",
            "error_title": WORDS["refused"],
            "error_message": WORDS["refusal"],
        },
    )


def _workings(report: Report, page: Page, trend: TrendPlace, shown: Figures) -> None:
    """The positions of the window, from a period's name, a date in it, or its month as 2024-06."""
    analysis = report.analysis
    axis, labels = analysis.cube.periods, analysis.cube.periods.labels
    page.put(HEAD_ROWS, WORK, WORDS["workings"], "section")
    month, closing, step = (fx.cell(row, NOW, "row col") for row in (MONTH_ROW, CLOSING_ROW, STEP_ROW))
    typed = f'DATEVALUE(LEFT(TRIM({fx.AS_OF}),7)&"-01")'
    named = f"INDEX({fx.ENDS},MATCH(TRIM({fx.AS_OF}),{fx.LABELS},0))"
    back = f"{closing}-{fx.MONTHS}/{step}"

    def month_of(date: str) -> str:
        return f"12*YEAR({date})+MONTH({date})-1"

    # A window that opens before the first period shows #N/A throughout, rather than some other window's figures.
    outside = f"OR({month}<=INDEX({fx.ENDS},1)-{step},{month}>MAX({fx.ENDS}))"
    unfit = f"OR({back}<{fx.cell(BEGIN_ROW, NOW, 'row col')},{back}<>INT({back}),{fx.MONTHS}<1)"
    asked = f"IF(ISNUMBER({fx.AS_OF}),{month_of(fx.AS_OF)},IFERROR({named},{month_of(typed)}))"
    first = f"INDEX({report.positions},1)"
    length = f"INDEX({fx.ENDS},2)-INDEX({fx.ENDS},1)" if len(axis) > 1 else f"{axis.step}"
    for row, label, formula, value in (
        (
            MONTH_ROW,
            WORDS["as_of_month"],
            report.feed.closing if report.feed else asked,
            axis.ends[analysis.closing],
        ),
        (
            CLOSING_ROW,
            WORDS["closing_position"],
            f"IF({outside},NA(),MATCH(TRUE,INDEX({fx.ENDS}>={month},0),0))",
            analysis.closing + 1,
        ),
        (OPENING_ROW, WORDS["opening_position"], f"IF({unfit},NA(),{back})", analysis.opening + 1),
        (STEP_ROW, WORDS["step"], length, axis.step),
        (BEGIN_ROW, WORDS["begin"], report.feed.first if report.feed else first, report.begin + 1),
        (AGO_ROW, WORDS["year_before"], f"{closing}-12/{step}", analysis.closing + 1 - 12 // axis.step),
    ):
        page.put(row, WORK, label, "note")
        report.write(page, row, NOW, formula, value, "customers", "working", "position")
    page.put(NAME_ROW, WORK, WORDS["names"], "note")
    opens = f'IF(ISNUMBER({fx.OPENING}),INDEX({fx.LABELS},{fx.OPENING}),"{WORDS["too_early"]}")'
    closes = f'IF(ISNUMBER({fx.CLOSING}),INDEX({fx.LABELS},{fx.CLOSING}),"{WORDS["outside"]}")'
    for col, formula, at in ((NOW, opens, analysis.opening), (AGO, closes, analysis.closing)):
        named = report.unless_refused(formula, fx.DASH)
        report.write(page, NAME_ROW, col, named, labels[at], "customers", "working", "general")


def _window_figures(report: Report, page: Page, customers: CustomersPlace, trend: TrendPlace, shown: Figures) -> None:
    """Every figure of the window beside that of a year ago, which is looked up on the Trend sheet."""
    analysis, words = report.analysis, texts()
    step, ago = analysis.cube.periods.step, fx.cell(AGO_ROW, NOW, "row col")
    page.row(FIGURES_ROW, WORK, ["", WORDS["window"], WORDS["year_before"]], "header")
    names = words["lines"] | words["counts"] | words["rates"]
    formulas = _window_formulas(report, customers, shown)
    as_reported = f'AND({fx.CLOSES}="{analysis.cube.periods.labels[analysis.closing]}",{fx.MONTHS}={analysis.months})'
    for line, (now, before) in shown.values.items():
        row, column, kind = shown.row(line), trend.column(line), kind_of(line)
        page.put(row, WORK, names[line], "note")
        report.write(page, row, NOW, formulas[line], now, "customers", "working", kind)
        if report.live["trend"]:
            formula = f"IF({ago}>0,INDEX({column},{ago}),{fx.DASH})"
        else:
            # A Trend of values knows the reported window only.
            position = analysis.closing + 1 - 12 // step
            formula = f"IF({as_reported},INDEX({column},{position}),{fx.DASH})" if position > 0 else fx.DASH
        report.write(page, row, AGO, formula, before, "customers", "working", kind)


def _window_formulas(report: Report, customers: CustomersPlace, shown: Figures) -> dict[str, str]:
    """Each line, count and rate of the window, from what the Customers sheet says of every customer."""
    words = texts()["movements"]
    opening, closing, change, movement = (customers.of(name) for name in WINDOW[1:])
    found = {line: f'SUMIF({movement},"{words[line]}",{change})' for line in lines_of(report.analysis) if line in words}
    found |= {
        "openers": f'COUNTIF({opening},">0")',
        "churned": f'-COUNTIF({movement},"{words["churn"]}")',
        "closers": f'COUNTIF({closing},">0")',
    }
    # What counts, counts past errors: without a window there is no figure.
    found = {line: f"IF(ISNUMBER({fx.OPENING}),{formula},NA())" for line, formula in found.items()}
    found |= {"opening": f"SUM({opening})", "closing": f"SUM({closing})", "fx": "0"}
    return found | {rate: fx.rate_of(rate, shown.cell) for rate in RATES}


def _trend(report: Report, charts: Charts, page: Page, trend: TrendPlace, told: story.Story) -> None:
    names = texts()["rates"] | texts()["charts"]
    chart = charts.rates(
        trend.drawn(0),
        (
            (names["nrr"], trend.drawn(1), "accent", "solid"),
            (names["grr"], trend.drawn(2), "second", "solid"),
            (names["whole"], trend.drawn(4), "muted", "square_dot"),
        ),
        lowest_rate(report),
        trend.periods - trend.back,
    )
    charts.place(page, CHART_ROW, 6, chart, told.title("trend"), WORDS["described"], width=530, height=216)


def _table(report: Report, page: Page, trend: TrendPlace, shown: Figures) -> None:
    """The window's bridge beside that of a year before, each line with the run of its past windows."""
    words, sheet = texts()["lines"], page.sheet
    heads = {5: WORDS["share"], 7: WORDS["year_before"], 9: WORDS["share"], LAST_COL: WORDS["past"]}
    for col in range(LAST_COL + 1):
        page.put(TABLE_ROW, col, heads.get(col), "header")
    page.put(TABLE_ROW, 0, WORDS["the_window"], "header_left")
    report.say(page, TABLE_ROW, 3, fx.told("{unit}", report.facts()), "header")
    for row, line in enumerate(trend.lines, TABLE_ROW + 1):
        whole = line in WHOLES
        page.put(row, 0, words[line], "label_total" if whole else "label_indent")
        for col in range(1, LAST_COL + 1):
            page.put(row, col, None, "label_total" if whole else "label")
        role = "total" if whole else "formula"
        for col, source, which in ((3, NOW, 0), (7, AGO, 1)):
            here, base = shown.cell(line, source), shown.cell("opening", source)
            value, start = shown.values[line][which], shown.values["opening"][which]
            report.write(page, row, col, here, value, "customers", role, "amount")
            share = value if isinstance(value, str) else value / float(start) if start else fx.UNDEFINED
            formula = fx.rate(base, f"{here}/{base}")
            report.write(page, row, col + 2, formula, share, "customers", role, "rate")
        past = trend.columns[line]
        first = FIRST_ROW + trend.back
        sheet.add_sparkline(
            row,
            LAST_COL,
            {
                "range": fx.block(first, past, trend.last_row, past, trend.sheet),
                "series_color": report.book.theme.colors["accent"],
            },
        )


@struct()
class Said:
    """The sentences under the tiles, and the titles of the charts by name."""

    sentences: tuple[fx.Said, ...]
    titles: dict[str, fx.Said]
