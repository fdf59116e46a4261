"""The host module's control flow, run by LibreOffice's VBA: a stand-in takes the place of xlwings' DLL and the server.

Each story is a sheet's worth of steps in one call; what it did is told as a line: `find` and `start` for the DLL,
`call` for a function, `tell` for a message box, and what the cells then show.
"""

import pytest

from nrr_xl.excel.addin import HOST, build_addin

# `world` says what is there: no DLL, a server that runs, a start that fails, a started server that does not answer.
STAND_IN = """Option Explicit
Public world As String
Public story As String
Public seconds As Long
Private current As Object

Public Function NrrMissing() As String
    If world = "no dll" Then NrrMissing = "the.dll"
End Function

Public Function NrrActivate(ByVal command As String, ByRef found As Variant) As Boolean
    Dim server As New Collection
    If InStr(command, "python") = 0 Then
        story = story & " find"
        NrrActivate = (world = "runs" Or world = "dead class")
        If world = "dead class" Then server.Add "dead"
    Else
        story = story & " start" & Right(command, 1)
        NrrActivate = (world <> "start fails")
        found = "why it failed"
        If world = "silent" Then server.Add "dead"
    End If
    If NrrActivate Then Set found = server
    Set current = server
End Function

Public Function NrrAskServer(ByVal server As Object, ByVal name As String, ByVal arguments As Variant) As Variant
    If server.Count > 0 Then Err.Raise 1001, "server", "no answer"
    If name = "BROKEN" Then Err.Raise 1002, "server", "this function alone"
    If arguments(0) <> 1# Then story = story & " call"
    NrrAskServer = arguments(0)
End Function

Public Function NrrRunServer(ByVal server As Object, ByVal macro As String) As Variant
    story = story & " run:" & macro
    NrrRunServer = Array(IIf(macro = "question", "Well?", ""), 52, "check_data")
    If macro = "breaks" Then Err.Raise 1003, "server", "it broke"
End Function

Public Function NrrClock() As Date
    NrrClock = DateSerial(2026, 1, 1) + seconds / 86400
End Function

Public Function NrrAsk(ByVal text As String, ByVal style As Long) As Long
    Dim first As Variant
    first = Split(text, Chr(10))
    story = story & " tell:" & first(0)
    NrrAsk = IIf(style = 52, 6, 1)
End Function

Public Function NRRSTORY(ByVal steps As String) As String
    Dim parts As Variant, words As Variant, place As Long
    story = ""
    parts = Split(steps, ";")
    For place = 0 To UBound(parts)
        words = Split(parts(place), ":")
        Select Case words(0)
            Case "world": world = words(1)
            Case "wait": seconds = seconds + CLng(words(1))
            Case "dies": current.Add "dead"
            Case "cell": StoryCell "NRR_ASOF"
            Case "broken": StoryCell "BROKEN"
            Case "click": NrrRun words(1)
        End Select
    Next place
    NRRSTORY = Trim(story)
End Function

Private Sub StoryCell(ByVal name As String)
    Dim shown As Variant
    shown = NrrCall(name, Array(7#))
    If IsError(shown) Then story = story & " " & CStr(shown) Else story = story & " =" & shown
End Sub
"""
MISSING = "tell:nrr_xl is not installed for this user, or not wholly: the.dll cannot be loaded."
FAILED = "tell:The function server did not start."
SILENT = "tell:The function server starts, but does not answer: no answer"
BAD = "Error 2015"
STORIES = {
    "a server that runs is found, once": ("world:runs;cell;cell", "find call =7 call =7"),
    "none runs: one is started, once": ("world:starts;cell;cell", "find start1 call =7 call =7"),
    "a class that a dead server left behind": ("world:dead class;cell", "find start1 call =7"),
    "a server that died is replaced without a word": (
        "world:starts;cell;dies;cell;cell",
        "find start1 call =7 find start2 call =7 call =7",
    ),
    "not installed: one message, the cells show the error, nothing is started": (
        "world:no dll;cell;cell;cell",
        f"{MISSING} {BAD} {BAD} {BAD}",
    ),
    "a start that fails is not tried again at once": (
        "world:start fails;cell;cell;cell",
        f"find start1 {FAILED} {BAD} {BAD} {BAD}",
    ),
    "after the pause it is tried again, without another message": (
        "world:start fails;cell;wait:61;cell;cell",
        f"find start1 {FAILED} {BAD} find start2 {BAD} {BAD}",
    ),
    "after the pause a mended installation works": (
        "world:start fails;cell;world:starts;cell;wait:61;cell",
        f"find start1 {FAILED} {BAD} {BAD} find start2 call =7",
    ),
    "a start that works but calls that fail: two starts, one message, then a pause": (
        "world:silent;cell;cell;cell",
        f"find start1 find start2 {SILENT} {BAD} {BAD} {BAD}",
    ),
    "one function that fails leaves the server and the others alone": (
        "world:starts;cell;broken;broken;cell",
        f"find start1 call =7 {BAD} {BAD} call =7",
    ),
    "a click starts the server and runs its macro": ("world:starts;click:build_report", "find start1 run:build_report"),
    "a question that is answered with yes runs the next macro": (
        "world:runs;click:question",
        "find run:question tell:Well? run:check_data",
    ),
    "a click does not wait for the pause": (
        "world:start fails;cell;world:starts;click:about",
        f"find start1 {FAILED} {BAD} find start2 run:about",
    ),
    "a click says each time what is missing": ("world:no dll;click:about;click:about", f"{MISSING} {MISSING}"),
    "a macro that ends its server says so": (
        "world:runs;click:breaks;click:about",
        "find run:breaks tell:The function server stopped while it worked: it broke find run:about",
    ),
}


@pytest.mark.parametrize("title", STORIES)
def test_a_story_of_the_host(office, tmp_path, title):
    steps, expected = STORIES[title]
    path = tmp_path / "host.xlsm"
    path.write_bytes(build_addin(HOST, ".xlsm", {"NrrLibrary": STAND_IN}))
    after = office.recalculate(path, [("Sheet1", "A1", steps), ("Sheet1", "B1", "=NRRSTORY(A1)")], macros=True)
    assert after.value("Sheet1", "B1") == expected
