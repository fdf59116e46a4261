"""The Bands sheet: retention by fixed size bands and by tenure; their limits are inputs, and all of it follows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from nrr_xl.metrics import REMAINS, ratio
from nrr_xl.retention.diligence import SIZES, TENURES, annual_factor, first_positions, remaining
from nrr_xl.retention.movements import at_both_ends
from nrr_xl.workbook import formulas as fx
from nrr_xl.workbook.cells import Page
from nrr_xl.workbook.frame import HEAD_ROWS, Report
from nrr_xl.workbook.pack.annual import annual_name
from nrr_xl.workbook.sheets.customers import CustomersPlace
from nrr_xl.workbook.texts import texts

WORDS = texts()["bands_sheet"]
COLUMNS = ("over", "up_to", "openers", "stayed", "opening", "retained", "kept", "nrr", "grr", "logo_retention", "share")
NAME, OVER, UP_TO, OPENERS, STAYED, OPENING, RETAINED, KEPT, NRR, GRR, LOGOS, SHARE = range(12)
TIES = {"opening": OPENING, "openers": OPENERS}


def write(report: Report, customers: CustomersPlace) -> None:
    """Fill the sheet and add its checks."""
    page = report.open("bands")
    analysis, cube = report.analysis, report.analysis.cube
    before, after, _ = at_both_ends(cube, analysis.opening, analysis.closing)
    factor, opening = annual_factor(cube), customers.column(customers.window["opening"])
    size = f"{factor:g}*{opening}" if factor != 1 else opening
    since = customers.column(customers.window["first"])
    age = f"({fx.OPENING}-{since})*{fx.PERIOD_MONTHS}"
    born = first_positions(cube.amounts)
    tenure = (analysis.opening + 1 - born) * cube.periods.step
    top = HEAD_ROWS
    money = ", ".join(part for part in (annual_name(cube), cube.currency or report.book.theme.currency) if part)
    # The limits are typed in full, whatever the amounts beside them are shown in.
    money += report.in_full
    title = WORDS["size"].format(unit=money)
    top = _table(report, page, customers, top, title, SIZES, size, factor * before, (before, after)) + 2
    last = _table(report, page, customers, top, WORDS["tenure"], TENURES, age, tenure.astype(float), (before, after))
    page.columns(26, 11, 11, 11, 11, 12, 12, 12, 9, 9, 10, 9)
    page.sheet.freeze_panes(HEAD_ROWS, 1)
    page.sheet.print_area(0, 0, last, SHARE)
    page.print_setup(report.footer, one_page=True)


def _table(
    report: Report,
    page: Page,
    customers: CustomersPlace,
    top: int,
    title: str,
    edges: Sequence[float],
    measure: str,
    values: np.ndarray,
    ends: tuple[np.ndarray, np.ndarray],
) -> int:
    """One table of bands; a customer belongs where `over < measure <= up to`, and the first band has no lower end."""
    before, after = ends
    names = texts()["rates"]
    page.put(top, NAME, title, "header_left")
    page.row(top, OVER, [WORDS.get(key) or names[key] for key in COLUMNS], "header")
    page.sheet.set_row(top, 30)
    opening, closing = (customers.column(customers.window[name]) for name in ("opening", "closing"))
    first, count = top + 1, len(edges)
    for at, low in enumerate(edges):
        row = first + at
        high = edges[at + 1] if at + 1 < count else np.inf
        over, up_to = fx.cell(row, OVER, "col"), fx.cell(row, UP_TO, "col")
        low_text, high_text = (f'TEXT({place},"#,##0")' for place in (over, up_to))
        middle = f'{low_text}&"{WORDS["dash"]}"&{high_text}'
        upper_end = f'IF({up_to}="","{WORDS["above"]}"&{low_text},{middle})'
        label = f'IF({over}=0,"{WORDS["to"]}"&{high_text},{upper_end})'
        said = (
            f"{WORDS['to']}{high:,.0f}"
            if not at
            else f"{WORDS['above']}{low:,.0f}"
            if high == np.inf
            else f"{low:,.0f}{WORDS['dash']}{high:,.0f}"
        )
        report.write(page, row, NAME, label, said, "customers", "label", "general")
        page.put(row, OVER, low, "input", "count")
        if high == np.inf:
            page.put(row, UP_TO, "", "formula", "position")
        else:
            report.write(page, row, UP_TO, fx.cell(row + 1, OVER), high, "customers", "formula", "count")
        inside = (values > (low if at else -np.inf)) & (values <= high) & (before > 0)
        lower = f"({measure}>{over})*" if at else ""
        upper = f"({measure}<={up_to})*" if high != np.inf else ""
        mine = f"{lower}{upper}({opening}>0)"
        _figures(report, page, row, mine, (opening, closing), before[inside], after[inside])
    last, total = first + count - 1, first + count
    page.put(total, NAME, texts()["segments"]["total"], "label_total")
    page.row(total, OVER, [None, None], "label_total")
    held = before > 0
    sums = _sums(before[held], after[held])
    for col, value in sums.items():
        formula = f"SUM({fx.cell(first, col)}:{fx.cell(last, col)})"
        kind = "count" if col in (OPENERS, STAYED) else "amount"
        report.write(page, total, col, formula, value, "customers", "total", kind)
    _rates(report, page, total, sums, "total")
    for row in range(first, total + 1):
        whole = fx.cell(total, OPENING, "row col")
        share = fx.rate(whole, f"{fx.cell(row, OPENING)}/{whole}")
        value = _opening_of(values, before, edges, row - first) if row < total else float(before.sum())
        role = "total" if row == total else "rate"
        report.write(page, row, SHARE, share, float(ratio(value, before.sum())), "customers", role, "rate")
    page.grey_undefined(first, NRR, total, SHARE)
    for line, col in TIES.items():
        whole = {"opening": f"SUM({opening})", "openers": f'COUNTIF({opening},">0")'}[line]
        if report.listing:
            whole = report.figures[report.window_label, line]
        report.check(
            WORDS["check"].format(title=title, line=(texts()["lines"] | texts()["counts"])[line].lower()),
            f"{fx.cell(total, col, 'row col', page.name)}-{whole}",
        )
    limits = fx.block(first, OVER, last, OVER, page.name)
    weighed = f"SUMPRODUCT((ROW({limits})-{first})*{limits})"
    report.signatures.append(f"{weighed}={sum(place * edge for place, edge in enumerate(edges, 1))!r}")
    rising = fx.block(first, OVER, last - 1, OVER, page.name), fx.block(first + 1, OVER, last, OVER, page.name)
    report.check(WORDS["rising"].format(title=title), f"SUMPRODUCT(--({rising[0]}>={rising[1]}))")
    return total


def _opening_of(values: np.ndarray, before: np.ndarray, edges: Sequence[float], at: int) -> float:
    high = edges[at + 1] if at + 1 < len(edges) else np.inf
    return float(before[(values > (edges[at] if at else -np.inf)) & (values <= high)].sum())


def _sums(before: np.ndarray, after: np.ndarray) -> dict[int, float]:
    places = {key: col for col, key in enumerate(COLUMNS, 1)}
    return {places[key]: value for key, value in remaining(before, after).items()}


def _figures(
    report: Report, page: Page, row: int, mine: str, ends: tuple[str, str], before: np.ndarray, after: np.ndarray
) -> None:
    opening, closing = ends
    formulas: Mapping[int, str] = {
        OPENERS: f"SUMPRODUCT({mine})",
        STAYED: f"SUMPRODUCT({mine}*({closing}>0))",
        OPENING: f"SUMPRODUCT({mine}*{opening})",
        RETAINED: f"SUMPRODUCT({mine}*{closing})",
        KEPT: f"SUMPRODUCT({mine}*(({closing}<{opening})*{closing}+({closing}>={opening})*{opening}))",
    }
    sums = _sums(before, after)
    for col, formula in formulas.items():
        kind = "count" if col in (OPENERS, STAYED) else "amount"
        # A single comparison is TRUE or FALSE, which SUMPRODUCT does not count.
        formula = formula.replace(f"SUMPRODUCT({mine})", f"SUMPRODUCT(1*{mine})")
        report.write(page, row, col, formula, sums[col], "customers", "formula", kind)
    _rates(report, page, row, sums, "rate")


def _rates(report: Report, page: Page, row: int, sums: Mapping[int, float], role: str) -> None:
    places = {key: col for col, key in enumerate(COLUMNS, 1)}
    for rate, (left, base) in REMAINS.items():
        value = float(ratio(sums[places[left]], sums[places[base]]))
        formula = fx.share_left(rate, lambda key: fx.cell(row, places[key]))
        report.write(page, row, places[rate], formula, value, "customers", role, "rate")
