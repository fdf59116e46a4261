"""The Adjusted NRR sheet: from the reported rate to the adjusted one, each line accepted or not in a blue cell."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from nrr_xl.retention.adjust import Adjusted, Adjustment, Cell, Included
from nrr_xl.retention.analysis import Analysis
from nrr_xl.workbook import formulas as fx
from nrr_xl.workbook.cells import NOT_APPLICABLE, Page
from nrr_xl.workbook.charts import ROW
from nrr_xl.workbook.frame import COUNT, HEAD_ROWS, RATE, Report
from nrr_xl.workbook.sheets.customers import CustomersPlace
from nrr_xl.workbook.sheets.summary import Figures
from nrr_xl.workbook.texts import texts

WORDS = texts()["adjusted_sheet"]
KIND, CUSTOMER, OTHER, ACCEPT, OPENING, CLOSING, NUMERATOR, DENOMINATOR, POINTS, WHY, CELLS = range(11)
# To the right of the page: the amounts of both customers as they are.
BEFORE, AFTER, OTHER_BEFORE, OTHER_AFTER, AGAIN, PLACE, OTHER_PLACE = range(CELLS + 2, CELLS + 9)
# Empty lines to correct a customer by hand.
BY_HAND = 5
MOST_LINES = 60
# A board's page has room for so many lines.
PRINTED = 36
# Of an amount that many cells make up so many are named here; the JSON has more.
MOST_CELLS = 2
# The width of the cells' column, and the height of a line of small letters there in pixels.
CELLS_WIDTH, LINE = 33, 14


def known(analysis: Analysis) -> bool:
    """Whether the rows suggest anything to adjust."""
    return analysis.has_adjustments


def write(report: Report, customers: CustomersPlace, shown: Figures) -> None:
    """Fill the sheet and add its checks."""
    found = report.analysis.adjusted
    page = report.open("adjusted")
    _reported(report, page, found, shown)
    top = HEAD_ROWS + 4
    page.row(top, KIND, [WORDS[head] for head in ("kind", "customer", "other")], "header_left")
    heads = ("accept", "opening", "closing", "numerator", "denominator", "points")
    page.row(top, ACCEPT, [WORDS[head] for head in heads], "header")
    page.row(top, WHY, [WORDS["why"].format(in_full=report.in_full), WORDS["cells"]], "header_note")
    workings = ("before", "after", "other_before", "other_after", "again", "place", "other_place")
    page.row(top, BEFORE, [WORDS[head] for head in workings], "header")
    first = top + 1
    row = first
    named = report.analysis.adjusted_with_cells(MOST_LINES)
    listed = named.adjustments
    wanted = {name for item in listed for name in (item.customer, item.other)}
    names = enumerate(report.analysis.cube.customers)
    places = {name: customers.rank(at) + 1 for at, name in names if name in wanted}
    for item in listed:
        _line(report, page, customers, row, item, places)
        row += 1
    last = row + BY_HAND if report.live["customers"] else row
    for at in range(row, last):
        _line(report, page, customers, at, None, places)
    row = last
    # Without the customers' amounts as formulas nothing can be looked up for what is typed.
    if report.live["customers"]:
        _smallest(report, page, customers, row, first)
        row += 1
    for choice in named.included:
        _included(report, page, row, choice)
        row += 1
    _result(report, page, found, (first, last, row))
    page.sheet.data_validation(*(first, ACCEPT, row - 1, ACCEPT), {"validate": "list", "source": ["1", "0"]})
    page.columns(30, 23, 22, 7, 10, 10, 10, 10, 11, 35, CELLS_WIDTH)
    page.sheet.set_column(BEFORE, OTHER_PLACE, 12)
    page.sheet.freeze_panes(first, 1)
    last = min(row, first + PRINTED) if report.brief else row
    page.sheet.print_area(0, 0, last, CELLS)
    if last < row or len(listed) < len(found.adjustments):
        counts = {"listed": len(listed), "all": len(found.adjustments), "printed": last - first, "rows": row - first}
        page.put(top - 1, KIND, WORDS["left"].format(**counts), "note")
    report.fixed.append(WORDS["part"] if report.live["customers"] else page.name)
    page.print_setup(report.footer, (top, top))


def _reported(report: Report, page: Page, found: Adjusted, shown: Figures) -> None:
    """The reported rate, and its numerator and denominator from the bridge."""
    at = {line: shown.cell(line, sheet=shown.sheet) for line in ("opening", "expansion", "contraction", "churn", "nrr")}
    kept = f"{at['opening']}+{at['expansion']}+{at['contraction']}+{at['churn']}"
    page.put(HEAD_ROWS, KIND, WORDS["reported"], "strong")
    report.write(page, HEAD_ROWS, NUMERATOR, kept, found.numerator, "customers", "link", "amount")
    report.write(page, HEAD_ROWS, DENOMINATOR, at["opening"], found.denominator, "customers", "link", "amount")
    report.write(page, HEAD_ROWS, POINTS, at["nrr"], found.reported, "customers", "link", "rate")
    for row, key in ((HEAD_ROWS + 1, "sum"), (HEAD_ROWS + 2, "result")):
        page.put(row, KIND, WORDS[key], "strong" if key == "result" else "label")


def _line(
    report: Report,
    page: Page,
    customers: CustomersPlace,
    row: int,
    item: Adjustment | None,
    rows_of: Mapping[str, int],
) -> None:
    """An adjustment of one customer or two: what they should have at both ends, and what that changes."""
    page.put(row, KIND, WORDS["hand"] if item is None else item.label, "label")
    page.put(row, CUSTOMER, item.customer if item else "", "label" if item else "input")
    page.put(row, OTHER, item.other if item else "", "label" if item else "input")
    page.put(row, ACCEPT, float(item.accepted) if item else 1.0, "input", "position")
    if item:
        report.say_as_written(page, row, WHY, item.why, "note_indent")
        _cells(report, page, row, item.cells)
    else:
        page.put(row, WHY, WORDS["hand_why"], "note_indent")
    names = (CUSTOMER, PLACE, BEFORE, AFTER), (OTHER, OTHER_PLACE, OTHER_BEFORE, OTHER_AFTER)
    given = (item.customer, item.other) if item else ("", "")
    amounts = (item.before, item.after, item.other_before, item.other_after) if item else (0.0,) * 4
    for (name, at, *cols), text, pair in zip(names, given, (amounts[:2], amounts[2:]), strict=True):
        # Each name is looked for once, letter by letter, as that takes long among many customers.
        here = fx.cell(row, name, "col")
        found = f"IFERROR(MATCH(TRUE,INDEX(EXACT({customers.names},{here}),0),0),0)"
        place = f'IF({here}="",0,{found})'
        report.write(page, row, at, place, float(rows_of.get(text, 0)), "customers", "working", "position")
        where = fx.cell(row, at, "col")
        for col, which, value in zip(cols, ("opening", "closing"), pair, strict=True):
            formula = f"IF({where}=0,0,INDEX({customers.of(which)},{where}))"
            report.write(page, row, col, formula, value, "customers", "working", "amount")
    o, c, p, d = (fx.cell(row, col, "col") for col in (BEFORE, AFTER, OTHER_BEFORE, OTHER_AFTER))
    if item is None:
        page.put(row, OPENING, None, "input", "amount")
        page.put(row, CLOSING, None, "input", "amount")
    elif item.other:
        report.write(page, row, OPENING, f"{o}+{p}", item.opening, "checks")
        report.write(page, row, CLOSING, f"{c}+{d}", item.closing, "checks")
    else:
        page.put(row, OPENING, item.opening, "input", "amount")
        page.put(row, CLOSING, item.closing, "input", "amount")
    opening, closing = (fx.cell(row, col, "col") for col in (OPENING, CLOSING))
    was = f"(({o}>0)*{c}+({p}>0)*{d})"
    # A blank line by hand, or one cell of it left blank, changes nothing.
    whole = f'AND(ISNUMBER({opening}),ISNUMBER({closing}),{fx.cell(row, CUSTOMER, "col")}<>"")'
    numerator = f"IF({whole},(N({opening})>0)*N({closing})-{was},0)"
    denominator = f"IF({whole},N({opening})-({o}+{p}),0)"
    values = (item.numerator, item.denominator) if item else (0.0, 0.0)
    report.write(page, row, NUMERATOR, numerator, values[0], "checks")
    report.write(page, row, DENOMINATOR, denominator, values[1], "checks")
    _points(report, page, row, values)


def _cells(report: Report, page: Page, row: int, cells: Sequence[Cell]) -> None:
    """Where the source has the amounts, a customer after the other; each sheet is named once."""
    periods = report.analysis.cube.periods
    labels = dict(zip(periods.keys, periods.labels, strict=True))
    told, said, whose = "", "", ""
    for cell in cells:
        names = []
        for name in cell.cells[:MOST_CELLS]:
            sheet, mark, _ = name.rpartition("!")
            names.append(name.removeprefix(said) if said else name)
            said = sheet + mark
        if more := len(cell.cells) - MOST_CELLS:
            names += [WORDS["cells_more"].format(count=more)] if more > 0 else []
        parted = "" if not told else ", " if cell.customer == whose else "; "
        told += parted + WORDS["cells_of"].format(cells=" ".join(names), period=labels[cell.period])
        whose = cell.customer
    if told:
        report.say_as_written(page, row, CELLS, told, "wrapped_note")
        lines = math.ceil(len(told) / CELLS_WIDTH)
        page.sheet.set_row_pixels(row, max(ROW, LINE * lines + 6))


def _points(report: Report, page: Page, row: int, change: tuple[float, float]) -> None:
    """What the line alone would change in points."""
    found = report.analysis.adjusted
    n, d = (fx.cell(HEAD_ROWS, col, "row col") for col in (NUMERATOR, DENOMINATOR))
    more, below = fx.cell(row, NUMERATOR, "col"), fx.cell(row, DENOMINATOR, "col")
    formula = f"IF(OR({d}+{below}<=0,{d}<=0),{fx.DASH},100*(({n}+{more})/({d}+{below})-{n}/{d}))"
    base = found.denominator + change[1]
    value = 100 * ((found.numerator + change[0]) / base - found.reported) if base > 0 else float("nan")
    report.write(page, row, POINTS, formula, value, "checks", "rate", "plain_points")


def _smallest(report: Report, page: Page, customers: CustomersPlace, row: int, first: int) -> None:
    """One line for all opening customers below a smallest amount, but those that an accepted line speaks of already."""
    page.put(row, KIND, WORDS["below"], "label")
    page.put(row, CUSTOMER, WORDS["smallest"], "label")
    page.put(row, OTHER, 0.0, "input", "amount")
    page.put(row, ACCEPT, 1.0, "input", "position")
    page.put(row, WHY, WORDS["below_why"], "note_indent")
    limit = fx.cell(row, OTHER, "row col")
    opening, closing = customers.of("opening"), customers.of("closing")

    def named(weight_of: tuple[int, int]) -> str:
        accept, before, other = (fx.block(first, col, row - 1, col) for col in (ACCEPT, BEFORE, OTHER_BEFORE))
        one, two = (fx.block(first, col, row - 1, col) for col in weight_of)
        return f"SUMPRODUCT({accept}*(({before}>0)*({before}<{limit})*{one}+({other}>0)*({other}<{limit})*{two}))"

    small = f"({opening}>0)*({opening}<{limit})"
    above = f"{named((AFTER, OTHER_AFTER))}-SUMPRODUCT({small}*{closing})"
    below = f"{named((BEFORE, OTHER_BEFORE))}-SUMPRODUCT({small}*{opening})"
    report.write(page, row, NUMERATOR, above, 0.0, "customers")
    report.write(page, row, DENOMINATOR, below, 0.0, "customers")
    _points(report, page, row, (0.0, 0.0))


def _included(report: Report, page: Page, row: int, item: Included) -> None:
    """A decision that the reported rate has made already: not accepted, its effect is taken out again."""
    page.put(row, KIND, item.label, "label")
    page.put(row, CUSTOMER, item.customer or WORDS["others"].format(count=f"{item.count:,}"), "label")
    page.put(row, OTHER, WORDS["included"], "label")
    page.put(row, ACCEPT, 1.0, "input", "position")
    page.put(row, WHY, WORDS["included_why"], "note_indent")
    _cells(report, page, row, item.cells)
    for col, value in ((OPENING, item.opening), (CLOSING, item.closing)):
        page.put(row, col, value, "formula", "amount")
    accept = fx.cell(row, ACCEPT, "col")
    # In the workings: what it has added. Where it is not accepted it stands above with the opposite sign.
    for col, source, value in ((NUMERATOR, BEFORE, item.numerator), (DENOMINATOR, AFTER, item.denominator)):
        page.put(row, source, value, "working", "amount")
        report.write(page, row, col, f"({accept}-1)*{fx.cell(row, source, 'col')}", 0.0, "checks")
    _points(report, page, row, (0.0, 0.0))


def _result(report: Report, page: Page, found: Adjusted, lines_at: tuple[int, int, int]) -> None:
    """What the accepted lines add, and the adjusted rate; customers in two accepted lines are a failed check.

    `lines_at` are the first line, the end of those of one customer or two, and the end of all.
    """
    first, single, end = lines_at
    kept = [item for item in found.adjustments[:MOST_LINES] if item.accepted]
    sums = (sum(item.numerator for item in kept), sum(item.denominator for item in kept))
    cells = {}
    included = len(found.included)
    for col, value in zip((NUMERATOR, DENOMINATOR), sums, strict=True):
        accept, lines = (fx.block(first, each, end - 1 - included, each) for each in (ACCEPT, col))
        decided = f"SUM({fx.block(end - included, col, end - 1, col)})"
        summed = f"SUMPRODUCT({accept}*{lines})" if end - included > first else ""
        summed = "+".join(part for part in (summed, decided if included else "") if part)
        report.write(page, HEAD_ROWS + 1, col, summed, value, "checks")
        above = f"{fx.cell(HEAD_ROWS, col)}+{fx.cell(HEAD_ROWS + 1, col)}"
        base = found.numerator if col == NUMERATOR else found.denominator
        report.write(page, HEAD_ROWS + 2, col, above, base + value, "checks", "total")
        cells[col] = fx.cell(HEAD_ROWS + 2, col)
    rate = f"IF({cells[DENOMINATOR]}<=0,{fx.DASH},{cells[NUMERATOR]}/{cells[DENOMINATOR]})"
    value = (found.numerator + sums[0]) / (found.denominator + sums[1]) if found.denominator + sums[1] else float("nan")
    shown: float | str = value if value == value else NOT_APPLICABLE
    report.write(page, HEAD_ROWS + 2, POINTS, rate, shown, "checks", "total", "rate")
    if not report.live["checks"]:
        return
    all_of = fx.block(first, ACCEPT, end - 1, ACCEPT, page.name)
    for row in range(first, single):
        _again(report, page, row, (first, single - 1))
    for row in range(end - included, end):
        _undone(report, page, row, (first, single - 1), (end - included, end - 1))
    n, d, r = (fx.cell(HEAD_ROWS, col, "row col", page.name) for col in (NUMERATOR, DENOMINATOR, POINTS))
    report.check(WORDS["check"], f"IF(ISNUMBER({r}),{n}/{d}-{r},0)", 0.0, RATE)
    again = fx.block(first, AGAIN, end - 1, AGAIN, page.name)
    report.check(WORDS["check_twice"], f"SUM({again})", 0.0, COUNT)
    report.check(WORDS["check_accept"], f"ROWS({all_of})-COUNTIF({all_of},0)-COUNTIF({all_of},1)", 0.0, COUNT)


def _again(report: Report, page: Page, row: int, lines: tuple[int, int]) -> None:
    """What is wrong with a line: customers in another accepted line too, unknown names, half of what is needed."""
    first, last = lines
    accept = fx.block(first, ACCEPT, last, ACCEPT)
    given = f"COUNT({fx.cell(row, OPENING, 'col')}:{fx.cell(row, CLOSING, 'col')})"
    parts = []
    for col, place, blank in ((CUSTOMER, PLACE, f"N({given}>0)"), (OTHER, OTHER_PLACE, "0")):
        here = fx.cell(row, col, "col")
        found = "+".join(f"EXACT({fx.block(first, each, last, each)},{here})" for each in (CUSTOMER, OTHER))
        unknown = f"N({fx.cell(row, place, 'col')}=0)"
        parts.append(f'IF({here}="",{blank},SUMPRODUCT({accept}*({found}))-1+{unknown}+N({given}<2))')
    formula = f"IF({fx.cell(row, ACCEPT, 'col')}=1,{'+'.join(parts)},0)"
    report.write(page, row, AGAIN, formula, 0.0, "checks", "working", "position")


def _undone(report: Report, page: Page, row: int, lines: tuple[int, int], decided: tuple[int, int]) -> None:
    """Whether a decision is undone for a customer that another line changes too: each was measured by itself."""
    here, accept = fx.cell(row, CUSTOMER, "col"), fx.cell(row, ACCEPT, "col")
    first, last = lines
    others = "+".join(f"EXACT({fx.block(first, each, last, each)},{here})" for each in (CUSTOMER, OTHER))
    changed = f"SUMPRODUCT({fx.block(first, ACCEPT, last, ACCEPT)}*({others}))" if first <= last else "0"
    names, kept = (fx.block(decided[0], each, decided[1], each) for each in (CUSTOMER, ACCEPT))
    twice = f"SUMPRODUCT((1-{kept})*EXACT({names},{here}))-1"
    report.write(page, row, AGAIN, f"IF({accept}=1,0,{changed}+{twice})", 0.0, "checks", "working", "position")
