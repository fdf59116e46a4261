"""The menu's entries on LibreOffice's side: what is in front, and showing what came of it."""

from __future__ import annotations

import datetime as dt
import re
import tempfile
from pathlib import Path
from typing import Any

import uno
from com.sun.star.beans import PropertyValue

from nrr_xl.calc.engine import Engine
from nrr_xl.functions.log import log_path, record
from nrr_xl.functions.worksheet import FUNCTIONS

TITLE = "nrr_xl"
SPREADSHEET = "com.sun.star.sheet.SpreadsheetDocument"
XLSX = "Calc MS Excel 2007 XML"
# com.sun.star.sheet.CellFlags: formulas.
FORMULAS = 16
# The styles of a macro's answer (VBA's numbers) that ask, and that warn.
QUESTION, WARNING = 52, 48
YES, OK_BUTTON, YES_NO_BUTTONS = 2, 1, 3
# How Excel stores the call of a function of an add-in: with the number of a link to it.
LINKED = re.compile(rf"(?:\[\d+\]|'[^']*\.xlam'|[^\W\d]\w*\.xlam)!({'|'.join(sorted(FUNCTIONS))})\(", re.IGNORECASE)


def first_day(document: Any) -> int:
    """The day from which a document counts its dates, in days after 1899-12-30."""
    null = document.getPropertyValue("NullDate")
    return (dt.date(null.Year, null.Month, null.Day) - dt.date(1899, 12, 30)).days


def run(context: Any, engine: Engine, action: str) -> None:
    """Do what an entry says; whatever goes wrong becomes a message."""
    desktop = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
    document = desktop.getCurrentComponent()
    try:
        if action == "link_formulas":
            _tell(context, document, _link_formulas(_spreadsheet(document)))
            return
        answer = _answer(engine, action, document)
        _show(desktop, answer)
    except LookupError as missing:
        answer = {"text": str(missing.args[0]), "style": WARNING}
    except Exception as fault:
        record(action, fault)
        answer = {"text": f"{fault}\n\nThe log says more: {log_path()}", "style": WARNING}
    if answer["text"] and _tell(context, document, answer["text"], answer["style"]) and answer.get("macro"):
        run(context, engine, answer["macro"])


def _spreadsheet(document: Any) -> Any:
    if document is None or not document.supportsService(SPREADSHEET):
        raise LookupError("Open a spreadsheet first.")
    return document


def _answer(engine: Engine, action: str, document: Any) -> dict[str, Any]:
    """What the package makes of a copy of the document; the document itself stays as it is."""
    if action == "new_from_template":
        return {"text": "", "template": engine.template()}
    controller = _spreadsheet(document).getCurrentController()
    with tempfile.TemporaryDirectory(prefix="nrr_xl_") as folder:
        url = document.getURL()
        path = Path(uno.fileUrlToSystemPath(url)) if url.startswith("file:") else None
        stem = path.stem if path else "Untitled"
        copy = Path(folder) / f"{stem}.xlsx"
        document.storeToURL(uno.systemPathToFileUrl(str(copy)), _options(FilterName=XLSX))
        book = {
            "copy": str(copy),
            "sheet": controller.getActiveSheet().getName(),
            "path": str(path or ""),
            "report": str(_free_path(path.parent if path else Path(tempfile.gettempdir()) / "nrr_xl", stem)),
        }
        status = controller.getStatusIndicator()
        status.start(f"nrr_xl: {action.replace('_', ' ')}", 1)
        try:
            answer: dict[str, Any] = engine.ask("action", action, book)
        finally:
            status.end()
    return answer


def _free_path(folder: Path, stem: str) -> Path:
    """A new report's path beside the document, or in the temporary folder where that is not on this computer."""
    folder.mkdir(exist_ok=True)
    path, count = folder / f"{stem}_retention.xlsx", 1
    while path.exists():
        count += 1
        path = folder / f"{stem}_retention_{count}.xlsx"
    return path


def _show(desktop: Any, answer: dict[str, Any]) -> None:
    """Open what an answer names: a document, a new one from a template, or a list of rows."""
    for key, options in (("open", {}), ("template", {"AsTemplate": True})):
        if answer.get(key):
            url = uno.systemPathToFileUrl(answer[key])
            desktop.loadComponentFromURL(url, "_blank", 0, _options(**options))
    rows = answer.get("rows")
    if rows:
        document = desktop.loadComponentFromURL("private:factory/scalc", "_blank", 0, ())
        area = document.getSheets().getByIndex(0).getCellRangeByPosition(0, 0, len(rows[0]) - 1, len(rows) - 1)
        # Texts are set as what they are: nothing in them becomes a formula.
        area.setDataArray(tuple(tuple(map(str, row)) for row in rows))
        area.getColumns().OptimalWidth = True


def _link_formulas(document: Any) -> str:
    """Make the formulas that Excel stored with a link to its add-in call this one; say how many there were."""
    count = 0
    sheets = document.getSheets()
    for sheet in (sheets.getByIndex(place) for place in range(sheets.getCount())):
        for area in sheet.queryContentCells(FORMULAS).getRangeAddresses():
            for row in range(area.StartRow, area.EndRow + 1):
                for column in range(area.StartColumn, area.EndColumn + 1):
                    count += _linked(sheet.getCellByPosition(column, row))
    return f"{count:,} formulas from Excel call the functions of this add-in now." if count else "No formula needed it."


def _linked(cell: Any) -> bool:
    formula = cell.getFormula()
    plain = LINKED.sub(lambda match: f"{match[1].upper()}(", formula)
    if plain == formula:
        return False
    if not formula.startswith("{"):
        cell.setFormula(plain)
        return True
    cursor = cell.getSpreadsheet().createCursorByRange(cell)
    cursor.collapseToCurrentArray()
    cursor.setArrayFormula(plain.strip("{}"))
    return True


def _tell(context: Any, document: Any, text: str, style: int = 0) -> bool:
    """Show a message; whether it was answered with yes."""
    frame = document.getCurrentController().getFrame() if document is not None else None
    toolkit = context.ServiceManager.createInstanceWithContext("com.sun.star.awt.Toolkit", context)
    kind = {QUESTION: "QUERYBOX", WARNING: "WARNINGBOX"}.get(style, "INFOBOX")
    box = toolkit.createMessageBox(
        frame.getContainerWindow() if frame is not None else None,
        uno.Enum("com.sun.star.awt.MessageBoxType", kind),
        YES_NO_BUTTONS if style == QUESTION else OK_BUTTON,
        TITLE,
        text,
    )
    return bool(box.execute() == YES)


def _options(**values: Any) -> tuple[Any, ...]:
    return tuple(PropertyValue(Name=name, Value=value) for name, value in values.items())
