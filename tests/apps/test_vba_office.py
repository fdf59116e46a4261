"""The generated wrappers and the conversion module, run by LibreOffice's VBA with a stand-in for the host module."""

import pytest

from nrr_xl.excel.addin import build_addin

# Says what it was given, or answers with what a server might.
STAND_IN = """Option Explicit
Public Function NrrCall(ByVal name As String, ByVal arguments As Variant) As Variant
    NrrCall = NrrResult(Answer(name, arguments))
End Function

Private Function Answer(ByVal name As String, ByVal arguments As Variant) As Variant
    Dim first As Variant, cells(1, 1) As Variant
    first = arguments(0)
    Answer = name & " " & (UBound(arguments) + 1)
    If name = "NRR_COHORT" Then
        cells(0, 0) = 1.5
        cells(0, 1) = "#N/A"
        cells(1, 0) = "#hash"
        cells(1, 1) = "text"
        Answer = cells
    ElseIf name = "GRR_COHORT" Then
        Answer = Array(2.5, "#DIV/0!")
    ElseIf name = "CHURN_RATE" Then
        Answer = arguments(1)
    ElseIf IsArray(first) Then
        Answer = Answer & ": " & UBound(first, 1) & " x " & UBound(first, 2) & ", first " & first(1, 1)
    ElseIf IsEmpty(first) Then
        Answer = Answer & ": empty"
    ElseIf IsError(first) Then
        Answer = Answer & ": error"
    Else
        Answer = Answer & ": " & first & IIf(IsEmpty(arguments(1)), ", then empty", ", then " & arguments(1))
    End If
End Function

Public Sub NrrRun(ByVal macro As String)
End Sub
"""
CASES = {
    "=NRR(100)": "NRR 4: 100, then empty",
    "=NRR(100;20)": "NRR 4: 100, then 20",
    "=NRR(A1)": "NRR 4: 7, then empty",
    "=NRR(A9)": "NRR 4: empty",
    "=NRR(A1:B2)": "NRR 4: 2 x 2, first 7",
    "=GRR(A1;A1;A1)": "GRR 3: 7, then 7",
    # LibreOffice shows a CVErr as this text, Excel as the error itself.
    '=CHURN_RATE(1;"#DIV/0!")': "Error 2007",
    '=CHURN_RATE(1;"#N/A")': "Error 2042",
    '=CHURN_RATE(1;"#SPILL!")': "Error 2045",
    '=CHURN_RATE(1;"#no error")': "#no error",
    '=CHURN_RATE(1;"plain")': "plain",
    "=CHURN_RATE(1;2.5)": 2.5,
    "=SUM(IFERROR(NRR_COHORT(A1;A1);0))": 1.5,
    # A whole column is cut to the used range, which ends with this cell.
    "=NRR(A:A)": "NRR 4: 14 x 1, first 7",
}


@pytest.fixture(scope="module")
def shown(office, tmp_path_factory):
    """What each case's cell shows."""
    path = tmp_path_factory.mktemp("vba") / "nrr_xl.xlsm"
    path.write_bytes(build_addin(".xlsm", {"NrrHost": STAND_IN}))
    cells = [("Sheet1", "A1", 7.0), ("Sheet1", "B2", 8.0), ("Sheet1", "A3", 9.0)]
    addresses = {case: f"C{row}" for row, case in enumerate(CASES, 1)}
    after = office.recalculate(
        path, [*cells, *(("Sheet1", address, case) for case, address in addresses.items())], macros=True
    )
    return {case: after.cells["Sheet1", address] for case, address in addresses.items()}


@pytest.mark.parametrize("case, expected", CASES.items())
def test_a_wrapper_passes_values_on_and_maps_errors(shown, case, expected):
    cell = shown[case]
    assert (cell.error or cell.value) == expected
