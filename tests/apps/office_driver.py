"""The LibreOffice side of `office.py`: starts soffice and answers requests, one JSON object a line.

Runs under the system's Python, the one that has LibreOffice's `uno` module; standard library otherwise.
Usage: office_driver.py PROFILE_FOLDER [EXTENSION.oxt ...]. Every request names its workbook:

    {"path", "rows": [[operation, sheet, area, ...], ...], "set": [[sheet, address, value], ...], "alone": null,
     "formulas_only": false, "only": null, "save": null, "pdf": null, "macros": false, "dispatch": null}

`rows` are done before anything is set (`change_rows`): rows inserted, deleted or sorted, an area copied or moved. With
`alone`, a cell's [sheet, address], `set` is a list of such lists: each is made, looked at in that cell, and taken back;
the answer is then {"seen": [text, ...]}. `only` names the sheets whose cells are wanted.
`dispatch` is a command that is given to the open document, as a menu would; the cells are then those of every document
that is open afterwards, with its address before the sheet's name where it is another one. Values set are numbers,
texts, formulas (texts that begin with "=") or null, which empties the cell. The answer is
{"cells": [[sheet, address, formula, value, error], ...]} or {"fault": text}.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import traceback
import uuid

import uno
from cell import letters  # beside this file
from com.sun.star.beans import PropertyValue
from com.sun.star.connection import NoConnectException
from com.sun.star.sheet.FormulaResult import ERROR
from com.sun.star.table import TableSortField

START_SECONDS = 60
FORMULAS = 16  # com.sun.star.sheet.CellFlags.FORMULA
ALWAYS_EXECUTE_NO_WARN = 4  # com.sun.star.document.MacroExecMode
XLSX = "Calc MS Excel 2007 XML"
PDF = "calc_pdf_Export"
# LibreOffice's error numbers that Excel has a name for; any other stays "Err:NNN", as LibreOffice shows it.
ERRORS = {503: "#NUM!", 519: "#VALUE!", 521: "#NULL!", 524: "#REF!", 525: "#NAME?", 532: "#DIV/0!", 32767: "#N/A"}


def start(profile: str, extensions: list[str]) -> tuple[subprocess.Popen, object]:
    """Start soffice on its own profile; return the process and its desktop."""
    user = f"-env:UserInstallation={uno.systemPathToFileUrl(profile)}"
    for extension in extensions:
        # unopkg refuses to run as root; in a user namespace of its own it does not know that it is.
        alone = ["unshare", "-U"] if os.geteuid() == 0 else []
        subprocess.run([*alone, "unopkg", "add", "-f", "-s", extension, user], check=True, stdout=subprocess.DEVNULL)
    pipe = f"nrr{uuid.uuid4().hex}"
    flags = ["--headless", "--norestore", "--nologo", "--nodefault", "--nofirststartwizard"]
    process = subprocess.Popen(
        ["soffice", user, *flags, f"--accept=pipe,name={pipe};urp;"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            context = resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
            return process, context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
        except NoConnectException:
            if time.monotonic() > deadline:
                process.kill()
                raise
            time.sleep(0.1)


def options(**values) -> tuple:
    """LibreOffice's form of keyword arguments."""
    return tuple(PropertyValue(Name=name, Value=value) for name, value in values.items())


def set_cell(document, sheet: str, address: str, value) -> None:
    """Put a number, a text, a formula or nothing (None) into a cell."""
    cell = document.Sheets.getByName(sheet).getCellRangeByName(address)
    if isinstance(value, str) and value.startswith("="):
        cell.setFormula(value)
    elif isinstance(value, str) or value is None:
        cell.setString(value or "")
    else:
        cell.setValue(value)


def change_rows(document, operation: str, sheet: str, area: str, *rest) -> None:
    """Insert, delete or hide an area's rows or columns, sort it by a column (from 0), or copy or move it elsewhere."""
    page = document.Sheets.getByName(sheet)
    block = page.getCellRangeByName(area)
    where = block.RangeAddress
    if operation == "insert":
        page.Rows.insertByIndex(where.StartRow, where.EndRow - where.StartRow + 1)
    elif operation == "delete":
        page.Rows.removeByIndex(where.StartRow, where.EndRow - where.StartRow + 1)
    elif operation == "insert column":
        page.Columns.insertByIndex(where.StartColumn, where.EndColumn - where.StartColumn + 1)
    elif operation == "delete column":
        page.Columns.removeByIndex(where.StartColumn, where.EndColumn - where.StartColumn + 1)
    elif operation == "sort":
        column, ascending = rest
        field = TableSortField(Field=column, IsAscending=ascending)
        fields = uno.Any("[]com.sun.star.table.TableSortField", (field,))
        block.sort(options(SortFields=fields, ContainsHeader=False))
    elif operation == "copy":
        page.copyRange(page.getCellRangeByName(rest[0]).CellAddress, where)
    elif operation == "move":
        page.moveRange(page.getCellRangeByName(rest[0]).CellAddress, where)
    elif operation == "hide":
        block.Rows.IsVisible = False
    else:
        raise ValueError(operation)


def each_alone(document, edits: list, seen_at: list[str]) -> list[str]:
    """What a cell says after each edit alone, each a list of cells that are set."""
    told = document.Sheets.getByName(seen_at[0]).getCellRangeByName(seen_at[1])
    seen = []
    for changes in edits:
        before = []
        for sheet, address, value in changes:
            cell = document.Sheets.getByName(sheet).getCellRangeByName(address)
            before.append((cell, cell.Type.value, cell.getString(), cell.getValue(), cell.getFormula()))
            set_cell(document, sheet, address, value)
        document.calculate()
        seen.append(told.getString())
        for cell, kind, text, number, formula in reversed(before):
            if kind == "FORMULA":
                cell.setFormula(formula)
            elif kind == "VALUE":
                cell.setValue(number)
            else:
                cell.setString(text)
    document.calculate()
    return [*seen, told.getString()]


def dump(sheet, formulas_only: bool) -> list[list]:
    """Every cell with content: sheet, address, formula, value, error."""
    with_formulas = sheet.queryContentCells(FORMULAS).getRangeAddresses()
    if formulas_only:
        areas = with_formulas
    else:
        cursor = sheet.createCursor()
        cursor.gotoEndOfUsedArea(False)
        end = cursor.RangeAddress
        areas = [sheet.getCellRangeByPosition(0, 0, end.EndColumn, end.EndRow).RangeAddress]
    errors = {}
    for area in sheet.queryFormulaCells(ERROR).getRangeAddresses():
        for row in range(area.StartRow, area.EndRow + 1):
            for column in range(area.StartColumn, area.EndColumn + 1):
                number = sheet.getCellByPosition(column, row).getError()
                errors[column, row] = ERRORS.get(number, f"Err:{number}")
    formula_at = {
        (column, row)
        for area in with_formulas
        for row in range(area.StartRow, area.EndRow + 1)
        for column in range(area.StartColumn, area.EndColumn + 1)
    }
    found, name = [], sheet.Name  # asked once: every question crosses to the office's process
    for area in areas:
        block = sheet.getCellRangeByPosition(area.StartColumn, area.StartRow, area.EndColumn, area.EndRow)
        rows = zip(block.getFormulaArray(), block.getDataArray(), strict=True)
        for row, (formulas, values) in enumerate(rows, area.StartRow):
            for column, (formula, value) in enumerate(zip(formulas, values, strict=True), area.StartColumn):
                has_formula = (column, row) in formula_at
                if not has_formula and value == "":
                    continue
                error = errors.get((column, row), "")
                text = formula.strip("{}").lstrip("=") if has_formula else ""
                found.append([name, f"{letters(column + 1)}{row + 1}", text, None if error else value, error])
    return found


class Opened:
    """The workbook that was opened last: kept as it was, since the next question is often of the same file."""

    def __init__(self, desktop):
        self.desktop, self.document, self.file = desktop, None, None

    def get(self, request: dict):
        """The document of a request; None where it cannot be loaded."""
        told = os.stat(request["path"])
        file = (request["path"], told.st_mtime_ns, told.st_size)
        if file != self.file or not passes_unseen(request):
            self.close()
            arguments = {"Hidden": not request.get("dispatch")}
            if request.get("macros"):
                arguments["MacroExecutionMode"] = ALWAYS_EXECUTE_NO_WARN
            url = uno.systemPathToFileUrl(request["path"])
            self.document, self.file = self.desktop.loadComponentFromURL(url, "_blank", 0, options(**arguments)), file
        return self.document

    def close(self) -> None:
        if self.document is not None:
            self.document.close(True)
        self.document = self.file = None


def passes_unseen(request: dict) -> bool:
    """Whether a document is afterwards as it was, once the cells that were set are set back."""
    return not any(request.get(name) for name in ("rows", "save", "pdf", "macros", "dispatch"))


def answer(opened: Opened, request: dict) -> dict:
    """Open the request's workbook, change it, recalculate it, and tell what it holds."""
    document = opened.get(request)
    if document is None:
        return {"fault": f"LibreOffice cannot load {request['path']}"}
    before, done = [], False
    try:
        if request.get("alone"):
            document.calculateAll()
            return {"seen": each_alone(document, request["set"], request["alone"])}
        for change in request.get("rows", ()):
            change_rows(document, *change)
        for sheet, address, value in request.get("set", ()):
            cell = document.Sheets.getByName(sheet).getCellRangeByName(address)
            before.append((cell, cell.Type.value, cell.getString(), cell.getValue()))
            set_cell(document, sheet, address, value)
        document.calculateAll()
        for target, kind in (("save", XLSX), ("pdf", PDF)):
            if request.get(target):
                document.storeToURL(uno.systemPathToFileUrl(request[target]), options(FilterName=kind))
        if request.get("dispatch"):
            cells = after_dispatch(opened.desktop, document, request["dispatch"], request.get("only"))
            return {"cells": cells}
        only = request.get("only")
        sheets = [sheet for sheet in document.Sheets if not only or sheet.Name in only]
        cells = [cell for sheet in sheets for cell in dump(sheet, request.get("formulas_only", False))]
        # A formula would come back, but not surely to the letter.
        done = passes_unseen(request) and all(kind != "FORMULA" for _, kind, *_ in before)
        return {"cells": cells}
    finally:
        if done:
            for cell, kind, text, number in reversed(before):
                if kind == "VALUE":
                    cell.setValue(number)
                else:
                    cell.setString(text)
        else:
            opened.close()


def after_dispatch(desktop, document, command: str, only: list[str] | None) -> list[list]:
    """The cells of every open document once a command was given to one of them; the others are closed again."""
    context = uno.getComponentContext().ServiceManager
    helper = context.createInstanceWithContext("com.sun.star.frame.DispatchHelper", uno.getComponentContext())
    helper.executeDispatch(document.CurrentController.Frame, command, "", 0, ())
    cells = []
    for each in list(desktop.Components):
        place = "" if each.RuntimeUID == document.RuntimeUID else f"{each.URL}|"
        sheets = [sheet for sheet in each.Sheets if not only or sheet.Name in only]
        cells += [[f"{place}{name}", *rest] for sheet in sheets for name, *rest in dump(sheet, False)]
        if place:
            each.close(True)
    return cells


def main(profile: str, *extensions: str) -> None:
    """Serve requests until standard input ends, then end the office."""
    process, desktop = start(profile, list(extensions))
    opened = Opened(desktop)
    print(json.dumps({"ready": True}), flush=True)
    try:
        for line in sys.stdin:
            try:
                reply = answer(opened, json.loads(line))
            except Exception:  # the fault is the caller's to report; the office goes on
                reply = {"fault": traceback.format_exc()}
            print(json.dumps(reply), flush=True)
    finally:
        opened.close()
        desktop.terminate()
        process.wait(20)


if __name__ == "__main__":
    main(*sys.argv[1:])
