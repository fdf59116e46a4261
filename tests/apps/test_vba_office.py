"""The add-ins' functions in cells of LibreOffice: what reaches a function, and what its cell then shows.

The host add-in runs with a stand-in for its host module, the other one as it is.
"""

import pytest

from nrr_xl.excel.addin import HOST, PURE, build_addin

# Says what it was given, or answers with what a server might.
STAND_IN = """Option Explicit
Public Function NrrCall(ByVal name As String, ByVal arguments As Variant) As Variant
    NrrCall = NrrResult(Answer(name, arguments))
End Function

Private Function Answer(ByVal name As String, ByVal arguments As Variant) As Variant
    Dim first As Variant, cells(1, 1) As Variant
    first = arguments(0)
    Answer = name & " " & (UBound(arguments) + 1)
    If name = "NRR_TREND" Then
        cells(0, 0) = 1.5
        cells(0, 1) = "#N/A"
        cells(1, 0) = "#hash"
        cells(1, 1) = "text"
        Answer = cells
    ElseIf name = "REVENUE_CHECK" Then
        Answer = arguments(1)
    ElseIf IsArray(first) Then
        Answer = Answer & ": " & UBound(first, 1) & " x " & UBound(first, 2) & ", first " & first(1, 1)
    ElseIf IsEmpty(first) Then
        Answer = Answer & ": empty"
    ElseIf IsError(first) Then
        Answer = Answer & ": error"
    Else
        Answer = Answer & ": " & first & IIf(IsEmpty(arguments(3)), ", then empty", ", then " & arguments(3))
    End If
End Function

Public Sub NrrRun(ByVal macro As String)
End Sub

' LibreOffice has no Date1904: what would come of such a workbook's cells, a date and a year.
Public Function OFDATES() As String
    Dim days(1 To 2, 1 To 1) As Variant, shown(1 To 2, 1 To 1) As Variant, found As Variant
    days(1, 1) = 43830#
    shown(1, 1) = CDate(45292)
    days(2, 1) = 2024#
    shown(2, 1) = 2024#
    found = NrrFrom1900(days, shown)
    OFDATES = found(1, 1) & " " & found(2, 1) & " " & NrrFrom1900(43830#, CDate(45292)) & " " & NrrFrom1900(5#, 5#)
End Function
"""
CASES = {
    "=ARR_BRIDGE(100;2;3)": "ARR_BRIDGE 4: 100, then empty",
    "=ARR_BRIDGE(100;2;3;20)": "ARR_BRIDGE 4: 100, then 20",
    "=ARR_BRIDGE(A1;2;3)": "ARR_BRIDGE 4: 7, then empty",
    "=ARR_BRIDGE(A9;2;3)": "ARR_BRIDGE 4: empty",
    "=ARR_BRIDGE(A1:B2;2;3)": "ARR_BRIDGE 4: 2 x 2, first 7",
    # LibreOffice shows a CVErr as this text, Excel as the error itself.
    '=REVENUE_CHECK(1;"#DIV/0!";1)': "Error 2007",
    '=REVENUE_CHECK(1;"#N/A";1)': "Error 2042",
    '=REVENUE_CHECK(1;"#SPILL!";1)': "Error 2045",
    '=REVENUE_CHECK(1;"#no error";1)': "#no error",
    '=REVENUE_CHECK(1;"plain";1)': "plain",
    "=REVENUE_CHECK(1;2.5;1)": 2.5,
    "=SUM(IFERROR(NRR_TREND(A1;A1;A1);0))": 1.5,
    "=OFDATES()": "45292 2024 45292 5",
    # A whole column is cut to the used range, which ends with this cell.
    "=ARR_BRIDGE(A:A;2;3)": "ARR_BRIDGE 4: 14 x 1, first 7",
}
OF_AMOUNTS = {
    "=NRR(500000;100000;20000;30000)": 1.1,
    "=NRR(A1;B2)": 15 / 7,
    "=NRR(A1;A9)": 1.0,
    "=NRR(A9)": "Error 2007",
    "=SUM(IFERROR(NRR(A1:A3;B1:B3);0))": 2.0,
    "=NRR_COHORT(A:A;B:B)": 0.0,
    '=NRR_BAND(1.1;"salesforce")': "solid",
    "=MOVEMENT(A1;B2)": "expansion",
    "=GRR(-1)": "Error 2036",
}


def in_cells(office, path, addin, replaced, cases):
    """What each case's cell shows."""
    path.write_bytes(build_addin(addin, ".xlsm", replaced))
    cells = [("Sheet1", "A1", 7.0), ("Sheet1", "B2", 8.0), ("Sheet1", "A3", 9.0)]
    addresses = {case: f"D{row}" for row, case in enumerate(cases, 1)}
    after = office.recalculate(
        path, [*cells, *(("Sheet1", address, case) for case, address in addresses.items())], macros=True
    )
    return {case: after.value("Sheet1", address) for case, address in addresses.items()}


@pytest.fixture(scope="module")
def shown(office, tmp_path_factory):
    folder = tmp_path_factory.mktemp("vba")
    host = in_cells(office, folder / "host.xlsm", HOST, {"NrrHost": STAND_IN}, CASES)
    return host | in_cells(office, folder / "pure.xlsm", PURE, {}, OF_AMOUNTS)


@pytest.mark.parametrize("case, expected", (CASES | OF_AMOUNTS).items())
def test_a_function_in_a_cell(shown, case, expected):
    assert shown[case] == (pytest.approx(expected) if isinstance(expected, float) else expected)
