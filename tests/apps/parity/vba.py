"""The shared table of cases through the add-in's VBA, run by LibreOffice, with the types of Excel's Value2."""

from decimal import Decimal
from pathlib import Path

from nrr_xl.excel.addin import PURE, build_addin
from nrr_xl.functions.values import ERROR_NUMBERS
from nrr_xl.functions.worksheet import FUNCTIONS
from tests.cases import OMITTED, Error

NUMBERS_OF_ERRORS = {str(number): Error(shown) for shown, number in ERROR_NUMBERS.items()}
# Cases in one cell: each cell's formula costs LibreOffice more than its case.
AT_ONCE = 100
# Unpacks cases from a text, calls the functions, and packs the answers.
HARNESS = """Option Explicit
Public Function NRRCASES(ByVal packed As String) As String
    Dim asked() As String, place As Long
    asked = Split(packed, "~")
    For place = 0 To UBound(asked)
        If place > 0 Then NRRCASES = NRRCASES & "~"
        NRRCASES = NRRCASES & CaseOf(asked(place))
    Next place
End Function

Private Function CaseOf(ByVal packed As String) As String
    Dim parts() As String, given() As Variant, place As Long
    parts = Split(packed, "|")
    ReDim given(UBound(parts))
    For place = 1 To UBound(parts)
        given(place) = CaseArgument(parts(place))
    Next place
    CaseOf = CaseAnswer(CaseCall(parts(0) & UBound(parts), given))
End Function

Private Function CaseCall(ByVal called As String, ByRef a() As Variant) As Variant
    Select Case called
{calls}
    End Select
End Function

Private Function CaseArgument(ByVal packed As String) As Variant
    Dim rows() As String, cells() As String, found() As Variant, row As Long, column As Long
    If Left(packed, 1) <> "[" Then
        CaseArgument = CaseCell(packed)
        Exit Function
    End If
    rows = Split(Mid(packed, 2), "/")
    ReDim found(1 To UBound(rows) + 1, 1 To UBound(Split(rows(0), ";")) + 1)
    For row = 0 To UBound(rows)
        cells = Split(rows(row), ";")
        For column = 0 To UBound(cells)
            found(row + 1, column + 1) = CaseCell(cells(column))
        Next column
    Next row
    CaseArgument = found
End Function

Private Function CaseCell(ByVal packed As String) As Variant
    Dim text As String
    text = Mid(packed, 2)
    Select Case Left(packed, 1)
        Case "n": CaseCell = Val(text)
        Case "s": CaseCell = text
        Case "b": CaseCell = (text = "1")
        Case "c": CaseCell = CCur(Val(text))
        Case "x": CaseCell = CVErr(CLng(text))
        Case Else: CaseCell = Empty
    End Select
End Function

Private Function CaseAnswer(ByVal answer As Variant) As String
    Dim row As Long, column As Long
    If Not IsArray(answer) Then
        CaseAnswer = CasePacked(answer)
        Exit Function
    End If
    CaseAnswer = "["
    For row = LBound(answer, 1) To UBound(answer, 1)
        If row > LBound(answer, 1) Then CaseAnswer = CaseAnswer & "/"
        For column = LBound(answer, 2) To UBound(answer, 2)
            If column > LBound(answer, 2) Then CaseAnswer = CaseAnswer & ";"
            CaseAnswer = CaseAnswer & CasePacked(answer(row, column))
        Next column
    Next row
End Function

Private Function CasePacked(ByVal cell As Variant) As String
    If IsError(cell) Then
        CasePacked = "x" & Mid(CStr(cell), 7)
    ElseIf VarType(cell) = vbString Then
        CasePacked = "s" & cell
    Else
        CasePacked = "n" & Str(cell)
    End If
End Function
"""


def harness() -> str:
    """The harness with a call of each function for each number of its arguments."""
    calls = [
        f'        Case "{name}{count}": CaseCall = {name}({", ".join(f"a({place})" for place in range(1, count + 1))})'
        for name, function in FUNCTIONS.items()
        if function.source
        for count in range(function.required, len(function.arguments) + 1)
    ]
    return HARNESS.format(calls="\n".join(calls))


def packed(argument, alone: bool = True) -> str:
    """An argument as the harness unpacks it."""
    if isinstance(argument, list):
        return "[" + "/".join(";".join(packed(cell, False) for cell in row) for row in argument)
    if isinstance(argument, Error):
        # LibreOffice takes an error that is an argument by itself for a missing one: it goes as a range of one cell.
        return f"{'[' * alone}x{ERROR_NUMBERS[argument]}"
    if isinstance(argument, bool):
        return f"b{int(argument)}"
    letter = {str: "s", float: "n", Decimal: "c", type(None): "e"}[type(argument)]
    return letter if argument is None else f"{letter}{argument}"


def unpacked(answer: str):
    """What the harness packed."""
    if answer.startswith("["):
        return [[unpacked(cell) for cell in row.split(";")] for row in answer[1:].split("/")]
    kind, text = answer[:1], answer[1:]
    return NUMBERS_OF_ERRORS[text.strip()] if kind == "x" else float(text) if kind == "n" else text


def answers(office, folder: Path, asked) -> dict[str, object]:
    """What the VBA answers to each case, run by an office."""
    path = folder / "vba.xlsm"
    path.write_bytes(build_addin(PURE, ".xlsm", {"NrrCases": harness()}))
    texts = [
        "|".join([each.function, *(packed(cell) for cell in each.arguments if cell is not OMITTED)]) for each in asked
    ]
    parts = ["~".join(texts[first : first + AT_ONCE]) for first in range(0, len(texts), AT_ONCE)]
    changes = [("Sheet1", f"A{row}", part) for row, part in enumerate(parts, 1)]
    changes += [("Sheet1", f"B{row}", f"=NRRCASES(A{row})") for row in range(1, len(parts) + 1)]
    after = office.recalculate(path, changes, macros=True)
    found = "~".join(after.value("Sheet1", f"B{row}") for row in range(1, len(parts) + 1)).split("~")
    return {case.name: unpacked(answer) for case, answer in zip(asked, found, strict=True)}
