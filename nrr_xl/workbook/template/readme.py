"""The template's first sheet: what to do, what it holds, and what is done in the contested cases."""

from __future__ import annotations

from nrr_xl._version import __version__
from nrr_xl.workbook.feed import SEGMENTS
from nrr_xl.workbook.template.layout import MONTHS, Layout
from nrr_xl.workbook.template.page import Page
from nrr_xl.workbook.texts import texts

# So many signs stand on one line of the page.
LINE = 125


def readme_sheet(page: Page, layout: Layout) -> None:
    """One printed page."""
    words, sheets = texts()["readme"], texts()["sheets"]
    page.widths(A=2, B=27, C=112)
    page.title(words["title"], words["subtitle"])
    page.status("B3")
    facts = {
        "customers": f"{layout.customers:,}",
        "months": MONTHS,
        "rows": f"{layout.rows:,}",
        "segments": SEGMENTS,
        "more": 2 * layout.customers,
    }
    row = 5
    for key, title in texts()["readme_blocks"].items():
        lines = {name: text.format(**facts) for name, text in texts()[f"readme_{key}"].items()}
        page.section(title, row, "B", "C")
        for place, (name, text) in enumerate(lines.items(), row + 1):
            if key == "steps":
                named = f"{place - row}  {sheets[name]}"
                page.sheet.write_url(f"B{place}", f"internal:'{sheets[name]}'!A1", page.styles["link_name"], named)
            else:
                page.put(f"B{place}", name, "body_bold")
            page.put(f"C{place}", text, "body")
            page.sheet.set_row(place - 1, 30 if len(text) > LINE else 16)
        row += len(lines) + 2
    page.put(f"B{row}", words["made_with"].format(version=__version__), "note")
    page.sheet.print_area(0, 0, row, 2)
    page.sheet.fit_to_pages(1, 1)
