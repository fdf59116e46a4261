"""What makes Excel offer to repair a file, as far as the Open XML SDK's validator does not see it.

Each rule is a small generator over a `Package`; `findings` runs them all. The limits are Microsoft's "Excel
specifications and limits"; most rules are known from files that Excel complained about.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from itertools import combinations
from pathlib import Path
from xml.etree.ElementTree import Element

from tests.apps import lint_formulas
from tests.apps.cell import box, position
from tests.apps.package import MAIN, RELATION_ID, Package, Sheet

LONGEST_TEXT = 32767
LONGEST_SHEET_NAME = 31
LONGEST_LIST = LONGEST_COMMENT = LONGEST_FOOTER = 255
MOST_HYPERLINKS = 65_530
VALIDATION_LIMITS = {"promptTitle": 32, "errorTitle": 32, "prompt": 255, "error": 255}
LOOKS_LIKE_ADDRESS = re.compile(r"\$?[A-Z]{1,3}\$?\d{1,7}|R\d*C\d*|R\d*|C\d*", re.IGNORECASE)
FORMAT_SECTION = re.compile(
    r"black|blue|cyan|green|magenta|red|white|yellow|color ?\d+|h+|m+|s+|[<>=]+-?[\d.]+(e[+-]?\d+)?|\$[^\]]*|dbnum\d",
    re.IGNORECASE,
)
CONTENT_TYPES = "[Content_Types].xml"

Rule = Callable[[Package], Iterator[str]]
Box = tuple[int, int, int, int]


def findings(path: str | Path) -> list[str]:
    """Everything in a workbook file that Excel would complain about, as readable lines; [] if nothing."""
    package = Package(path)
    if broken := list(well_formed(package)):
        return broken  # the other rules need every part
    return [line for rule in RULES for line in rule(package)]


def well_formed(package: Package) -> Iterator[str]:
    """Every XML part parses, and no part is there twice."""
    for part, reason in package.broken.items():
        yield f"{part}: not well-formed: {reason}"
    for part in sorted({entry for entry in package.entries if package.entries.count(entry) > 1}):
        yield f"{part}: stands in the package twice"


def content_types(package: Package) -> Iterator[str]:
    """Every part has a content type, and every content type a part."""
    types = package.xml[CONTENT_TYPES]
    named = {each.get("PartName").lstrip("/") for each in types if each.tag.endswith("Override")}
    by_extension = {each.get("Extension").lower() for each in types if each.tag.endswith("Default")}
    for part in sorted(named - package.names):
        yield f"{part}: has a content type but is not in the package"
    for part in sorted(package.names - named - {CONTENT_TYPES}):
        extension = part.rsplit(".", 1)[-1].lower()
        if not part.endswith("/") and (extension == "xml" or extension not in by_extension):
            yield f"{part}: has no content type"


def relations(package: Package) -> Iterator[str]:
    """Relations lead to parts that are there, and no id stands twice."""
    for part, tree in package.xml.items():
        if part.endswith(".rels"):
            ids = [relation.get("Id") for relation in tree]
            yield from (f"{part}: relation id {each} stands twice" for each in sorted(_repeated(ids)))
    for (part, _), target in package.targets.items():
        if target not in package.names:
            yield f"{part}: leads to {target}, which is not in the package"


def sheet_names(package: Package) -> Iterator[str]:
    """At most 31 characters, none of []:*?/\\, no apostrophe at an end, not "History", unique whatever the case."""
    for name in package.sheet_names:
        illegal = re.search(r"[\[\]:*?/\\]", name) or name.startswith("'") or name.endswith("'")
        if not name or illegal or len(name) > LONGEST_SHEET_NAME or name.lower() == "history":
            yield f"illegal sheet name {name!r}"
    for name in sorted(_repeated([name.lower() for name in package.sheet_names])):
        yield f"sheet name {name!r} stands twice"


def number_formats(package: Package) -> Iterator[str]:
    """A number format has closed quotes, known [sections], at most four parts and 255 characters."""
    styles = package.xml.get("xl/styles.xml")
    for element in () if styles is None else styles.iter(f"{MAIN}numFmt"):
        code = element.get("formatCode")
        bare = re.sub(r'"[^"]*"|\\.', "", code)
        unclosed = '"' in bare or bare.count("[") != bare.count("]")
        unknown = [each for each in re.findall(r"\[([^\]]*)\]", bare) if not FORMAT_SECTION.fullmatch(each)]
        if unclosed or unknown or len(code) > 255 or bare.count(";") > 3:
            yield f"bad number format {code!r}"


def defined_names(package: Package) -> Iterator[str]:
    """A defined name is legal, unique within its sheet or the workbook, and refers to a sound formula."""
    keys = [(name.get("name").lower(), name.get("localSheetId")) for name in package.defined_names]
    yield from (f"defined name {name} stands twice" for name, _ in sorted(_repeated(keys), key=str))
    for element in package.defined_names:
        name, formula = element.get("name"), element.text or ""
        if not name.startswith("_xlnm.") and not _legal_name(name):
            yield f"illegal defined name {name}"
        if len(element.get("comment", "")) > LONGEST_COMMENT:
            yield f"defined name {name}: comment longer than {LONGEST_COMMENT}"
        if "#REF!" in formula:
            yield f"defined name {name}: refers to #REF!"
        # A name's formula is evaluated as an array by nature.
        for finding in lint_formulas.findings(formula, is_array=True, has_metadata=True):
            yield f"defined name {name}: {finding}"


def order(package: Package) -> Iterator[str]:
    """Rows stand in order, and cells in order within their row."""
    for sheet in package.sheets:
        last_row = 0
        for row in sheet.xml.iter(f"{MAIN}row"):
            number, last_column = int(row.get("r", last_row + 1)), 0
            if number <= last_row:
                yield f"{sheet.name}: row {number} is out of order"
            last_row = number
            for cell in row.iter(f"{MAIN}c"):
                column, own_row = position(cell.get("r"))
                if own_row != number or column <= last_column:
                    yield f"{sheet.name}!{cell.get('r')}: the cell is out of order"
                last_column = column


def cell_values(package: Package) -> Iterator[str]:
    """Styles and shared strings exist, numbers are finite, texts are short enough."""
    for sheet in package.sheets:
        for cell in sheet.cells:
            if cell.style >= package.style_count:
                yield f"{cell.place}: style {cell.style} does not exist"
            if cell.kind == "s" and cell.text is None:
                yield f"{cell.place}: shared string {cell.raw} does not exist"
            if cell.kind == "n" and cell.raw and not _is_finite(cell.raw):
                yield f"{cell.place}: {cell.raw!r} is no number"
            if cell.text is not None and len(cell.text) > LONGEST_TEXT:
                yield f"{cell.place}: text longer than {LONGEST_TEXT}"


def formulas(package: Package) -> Iterator[str]:
    """Formulas of cells and of conditional formats are as a file must hold them."""
    for sheet in package.sheets:
        for cell in sheet.cells:
            if cell.formula:
                for finding in lint_formulas.findings(cell.formula, cell.is_array, cell.has_metadata):
                    yield f"{cell.place}: {finding}: {cell.formula[:80]}"
        for rule in sheet.xml.iter(f"{MAIN}cfRule"):
            for formula in rule.iter(f"{MAIN}formula"):
                for finding in lint_formulas.findings(formula.text or "", is_array=True, has_metadata=True):
                    yield f"{sheet.name}: conditional format: {finding}: {formula.text[:80]}"


def merges(package: Package) -> Iterator[str]:
    """Merged ranges overlap neither each other nor a table."""
    for sheet in package.sheets:
        merged = _merged(sheet)
        for a, b in combinations(merged, 2):
            if _overlap(box(a), box(b)):
                yield f"{sheet.name}: merged ranges {a} and {b} overlap"
        for table in package.tables(sheet):
            for area in merged:
                if _overlap(box(area), box(table.get("ref"))):
                    yield f"{sheet.name}: merged range {area} lies in table {table.get('displayName')}"


def data_validations(package: Package) -> Iterator[str]:
    """Lists written out and the texts shown to the user keep to Excel's lengths."""
    for sheet in package.sheets:
        for validation in sheet.xml.iter(f"{MAIN}dataValidation"):
            listed = validation.findtext(f"{MAIN}formula1") or ""
            if listed.startswith('"') and len(listed) - 2 > LONGEST_LIST:
                yield f"{sheet.name}: validation list longer than {LONGEST_LIST} characters"
            for attribute, limit in VALIDATION_LIMITS.items():
                if len(validation.get(attribute, "")) > limit:
                    yield f"{sheet.name}: validation {attribute} longer than {limit} characters"


def page_setup(package: Package) -> Iterator[str]:
    """Headers and footers keep to Excel's length; column widths are given once for each column."""
    for sheet in package.sheets:
        for part in sheet.xml.iterfind(f"{MAIN}headerFooter/*"):
            if len(part.text or "") > LONGEST_FOOTER:
                yield f"{sheet.name}: {part.tag.removeprefix(MAIN)} longer than {LONGEST_FOOTER} characters"
        last = 0
        for columns in sheet.xml.iter(f"{MAIN}col"):
            if int(columns.get("min")) <= last:
                yield f"{sheet.name}: column {columns.get('min')} has two widths"
            last = int(columns.get("max"))


def hyperlinks(package: Package) -> Iterator[str]:
    """Links inside the workbook lead to sheets that exist; a sheet has no more of them than Excel takes."""
    for sheet in package.sheets:
        links = list(sheet.xml.iter(f"{MAIN}hyperlink"))
        if len(links) > MOST_HYPERLINKS:
            yield f"{sheet.name}: {len(links)} hyperlinks, and Excel takes {MOST_HYPERLINKS}"
        for link in links:
            if package.leads_out(sheet.part, link.get(RELATION_ID)):
                continue  # its place is on a sheet of another file
            yield from _no_sheet(package, f"{sheet.name}!{link.get('ref')}", link.get("location", ""))
    for part, tree in package.xml.items():
        if part.endswith(".rels"):
            for relation in tree:
                if relation.get("Target").startswith("#"):
                    yield from _no_sheet(package, part, relation.get("Target")[1:])


def _no_sheet(package: Package, place: str, location: str) -> Iterator[str]:
    sheet, bang, _ = location.rpartition("!")
    if bang and sheet.strip("'").replace("''", "'").lower() not in {name.lower() for name in package.sheet_names}:
        yield f"{place}: links to {sheet}, which is no sheet"


def table_names(package: Package) -> Iterator[str]:
    """A table's name and id are legal and unique, among defined names too."""
    tables = [table for sheet in package.sheets for table in package.tables(sheet)]
    names = [table.get("displayName") for table in tables]
    taken = [name.get("name").lower() for name in package.defined_names if name.get("localSheetId") is None]
    for name in sorted(_repeated([*taken, *(name.lower() for name in names)]) - _repeated(taken)):
        yield f"table name {name} stands twice"
    yield from (f"table id {each} stands twice" for each in sorted(_repeated([table.get("id") for table in tables])))
    yield from (f"illegal table name {name}" for name in names if not _legal_name(name) or "?" in name)


def table_shapes(package: Package) -> Iterator[str]:
    """A table's columns are as many as its range's and named as its header cells; tables do not overlap."""
    for sheet in package.sheets:
        tables = list(package.tables(sheet))
        for table in tables:
            yield from _table_columns(sheet, table)
            table_filter = table.find(f"{MAIN}autoFilter")
            if table_filter is not None and not _overlap(box(table_filter.get("ref")), box(table.get("ref"))):
                yield f"table {table.get('displayName')}: its filter lies outside of it"
        for a, b in combinations(tables, 2):
            if _overlap(box(a.get("ref")), box(b.get("ref"))):
                yield f"tables {a.get('displayName')} and {b.get('displayName')} overlap"


def _table_columns(sheet: Sheet, table: Element) -> Iterator[str]:
    name, area = table.get("displayName"), table.get("ref")
    left, top, right, _ = box(area)
    columns = [column.get("name") for column in table.iter(f"{MAIN}tableColumn")]
    if len(columns) != right - left + 1:
        yield f"table {name}: {len(columns)} columns in {area}"
    for column in sorted(_repeated([column.lower() for column in columns])):
        yield f"table {name}: column name {column!r} stands twice"
    if table.get("headerRowCount") == "0":
        return
    for offset, column in enumerate(columns):
        wanted = re.sub(r"_x([0-9A-Fa-f]{4})_", lambda code: chr(int(code[1], 16)), column)
        header = sheet.text_at.get((left + offset, top))
        if header != wanted:
            yield f"table {name}: header cell {header!r} is not the column name {wanted!r}"


def _merged(sheet: Sheet) -> list[str]:
    return [merge.get("ref") for merge in sheet.xml.iter(f"{MAIN}mergeCell")]


def _overlap(a: Box, b: Box) -> bool:
    return a[0] <= b[2] and b[0] <= a[2] and a[1] <= b[3] and b[1] <= a[3]


def _legal_name(name: str) -> bool:
    well_spelt = re.fullmatch(r"[A-Za-z_\\][\w.\\?]*", name) and len(name) <= 255
    return bool(well_spelt) and not LOOKS_LIKE_ADDRESS.fullmatch(name)


def _repeated(items: list) -> set:
    seen: set = set()
    return {item for item in items if item in seen or seen.add(item)}


def _is_finite(raw: str) -> bool:
    try:
        return math.isfinite(float(raw))
    except ValueError:
        return False


RULES: tuple[Rule, ...] = (
    content_types,
    relations,
    sheet_names,
    number_formats,
    defined_names,
    order,
    cell_values,
    formulas,
    merges,
    data_validations,
    page_setup,
    hyperlinks,
    table_names,
    table_shapes,
)
