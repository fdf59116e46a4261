Option Explicit
' Finds or starts the function server, calls it, and says once what is wrong where it cannot be had.
' No Declare and no #If in here: NrrLibrary has them, and a test puts a stand-in in its place.

' After a failure no cell tries again for so long, so that a broken installation does not hold Excel up.
Private Const PAUSE_SECONDS As Long = 60

Private server As Object
Private starts As Long
Private failedAt As Date
Private failure As String
Private told As Boolean

' What the generated functions call: one worksheet function over its arguments.
Public Function NrrCall(ByVal name As String, ByVal arguments As Variant) As Variant
    Dim again As Boolean, why As String
    On Error GoTo failed
retry:
    NrrCall = NrrResult(NrrAskServer(NrrServer(), name, arguments))
    Exit Function
failed:
    NrrCall = CVErr(2015)
    why = Err.Description
    If server Is Nothing Then
        NrrTellOnce
        Exit Function
    End If
    ' A server that answers other calls is well: the fault is this call's own.
    If NrrAnswers(server) Then Exit Function
    Set server = Nothing
    If Not again Then
        again = True
        Resume retry
    End If
    NrrNote "The function server starts, but does not answer: " & why
    NrrTellOnce
End Function

' A macro of the server. Its answer: text, style of the message box, the macro that "Yes" runs.
Public Sub NrrRun(ByVal macro As String)
    Dim answer As Variant, choice As Long
    On Error GoTo failed
    If Not NrrReady() Then
        told = True
        NrrAsk failure, vbExclamation
        Exit Sub
    End If
    answer = NrrRunServer(server, macro)
    If answer(0) <> "" Then choice = NrrAsk(answer(0), answer(1))
    If choice = vbYes Then NrrRun answer(2)
    Exit Sub
failed:
    NrrAsk "The function server stopped while it worked: " & Err.Description & vbLf & vbLf & NRR_DOCTOR, vbExclamation
    Set server = Nothing
End Sub

' Whether a server answers, found or started now; a click does not wait for the pause to end.
Private Function NrrReady() As Boolean
    failure = ""
    On Error GoTo failed
    If NrrAnswers(NrrServer()) Then
        NrrReady = True
        Exit Function
    End If
    Set server = Nothing
    If NrrAnswers(NrrServer()) Then
        NrrReady = True
        Exit Function
    End If
    Set server = Nothing
    NrrNote "The function server starts, but does not answer."
failed:
End Function

Private Function NrrServer() As Object
    Dim found As Variant
    If server Is Nothing Then
        If failure <> "" Then
            If DateDiff("s", failedAt, NrrClock()) < PAUSE_SECONDS Then Err.Raise 1000, "nrr_xl", failure
        End If
        failure = ""
        If NrrMissing() <> "" Then NrrFail "nrr_xl is not installed for this user, or not wholly: " & NrrMissing() & " cannot be loaded."
        ' A server that runs already: another Excel's, or the one started at log-on. A class alone starts nothing.
        If NrrActivate(NRR_SHARED_CLASS, found) Then
            If NrrAnswers(found) Then Set server = found
        End If
        If server Is Nothing Then
            found = Empty
            starts = starts + 1
            ' Its number makes each start another command: the DLL keeps what it knows of a server by its command.
            If Not NrrActivate(Replace(NRR_COMMAND, "{start}", CStr(starts)), found) Then NrrFail "The function server did not start." & vbLf & found
            Set server = found
        End If
    End If
    Set NrrServer = server
End Function

Private Function NrrAnswers(ByVal found As Variant) As Boolean
    On Error GoTo gone
    If found Is Nothing Then Exit Function
    NrrAnswers = (NrrAskServer(found, "NRR", Array(1#)) = 1#)
gone:
End Function

Private Sub NrrFail(ByVal why As String)
    NrrNote why
    Err.Raise 1000, "nrr_xl", failure
End Sub

Private Sub NrrNote(ByVal why As String)
    failedAt = NrrClock()
    failure = why & vbLf & vbLf & NRR_DOCTOR
End Sub

' One message a session says what is wrong with the installation; the cells show #VALUE!.
Private Sub NrrTellOnce()
    If told Or failure = "" Then Exit Sub
    told = True
    NrrAsk failure, vbExclamation
End Sub
