Option Explicit
' Starts the function server through xlwings' DLL and calls it. The installation is at one fixed place, whatever
' workbook is open: a workbook can never choose which program runs.

#If Win64 Then
Private Const DLL_NAME As String = "xlwings64-0.37.8.dll"
Private Declare PtrSafe Function XLPyDLLActivateAuto Lib "xlwings64-0.37.8.dll" (ByRef found As Variant, ByVal command As String, ByVal mode As Long) As Long
#Else
Private Const DLL_NAME As String = "xlwings32-0.37.8.dll"
Private Declare PtrSafe Function XLPyDLLActivateAuto Lib "xlwings32-0.37.8.dll" (ByRef found As Variant, ByVal command As String, ByVal mode As Long) As Long
#End If
Private Declare PtrSafe Function LoadLibraryW Lib "kernel32" (ByVal path As LongPtr) As LongPtr
Private Declare PtrSafe Function GetShortPathNameW Lib "kernel32" (ByVal path As LongPtr, ByVal shortPath As LongPtr, ByVal size As Long) As Long
Private Declare PtrSafe Function GetEnvironmentVariableW Lib "kernel32" (ByVal name As LongPtr, ByVal value As LongPtr, ByVal size As Long) As Long

Private Const ACTIVATE As Long = 1
' After a failed start no cell tries again for so long, so that a broken installation does not hold Excel up.
Private Const PAUSE_SECONDS As Long = 60

Private server As Object
Private dllLoaded As Boolean
Private starts As Long
Private failedAt As Date
Private failure As String
Private told As Boolean

' What the generated wrappers call: one worksheet function over its arguments.
Public Function NrrCall(ByVal name As String, ByVal arguments As Variant) As Variant
    Dim attempt As Long
    On Error GoTo failed
    NrrCall = NrrResult(NrrServer().CallUDF(NRR_FUNCTIONS_MODULE, name, arguments))
    Exit Function
failed:
    ' The first failure may be a server that was ended: forget it and start another, once.
    attempt = attempt + 1
    If attempt = 1 And Not server Is Nothing Then
        Set server = Nothing
        Resume
    End If
    NrrTellOnce
    NrrCall = CVErr(2015)
End Function

' A macro of the server. Its answer: text, style of the message box, the macro that "Yes" runs.
Public Sub NrrRun(ByVal macro As String)
    Dim answer As Variant, choice As Long
    On Error GoTo failed
    NrrCall "NRR", Array(1#)
    If server Is Nothing Then
        MsgBox failure, vbExclamation, "nrr_xl"
        Exit Sub
    End If
    answer = NrrServer().RunMacro(macro, Application)
    If answer(0) <> "" Then choice = MsgBox(answer(0), answer(1), "nrr_xl")
    If choice = vbYes Then NrrRun answer(2)
    Exit Sub
failed:
    MsgBox "The function server stopped while it worked: " & Err.Description & vbLf & vbLf & NRR_DOCTOR, vbExclamation, "nrr_xl"
    Set server = Nothing
End Sub

Private Function NrrServer() As Object
    Dim found As Variant
    If server Is Nothing Then
        If failure <> "" And DateDiff("s", failedAt, Now) < PAUSE_SECONDS Then Err.Raise 1000, "nrr_xl", failure
        failure = ""
        NrrLoadDll
        ' A server that runs already: another Excel's, or the one started at log-on. A class alone starts nothing.
        If XLPyDLLActivateAuto(found, NRR_SHARED_CLASS, ACTIVATE) = 0 Then Set server = NrrAlive(found)
        If server Is Nothing Then
            found = Empty
            starts = starts + 1
            If XLPyDLLActivateAuto(found, NrrCommand(), ACTIVATE) <> 0 Then NrrFail "The function server did not start." & vbLf & found
            Set server = found
        End If
    End If
    Set NrrServer = server
End Function

' The server that was found, if it answers; Nothing otherwise.
Private Function NrrAlive(ByVal found As Variant) As Object
    On Error GoTo gone
    If found Is Nothing Then Exit Function
    If found.CallUDF(NRR_FUNCTIONS_MODULE, "NRR", Array(1#)) = 1# Then Set NrrAlive = found
gone:
End Function

' The number of the start makes each command another one: the DLL keeps what it knows of a server by its command.
Public Function NrrCommand() As String
    NrrCommand = Replace(Replace(NRR_COMMAND, "{venv}", NrrAnsi(NrrVenv())), "{start}", CStr(starts))
End Function

Public Function NrrVenv() As String
    Dim folder As String, length As Long
    folder = String(1024, vbNullChar)
    length = GetEnvironmentVariableW(StrPtr("LOCALAPPDATA"), StrPtr(folder), 1024)
    NrrVenv = Left(folder, length) & "\nrr_xl\venv"
End Function

Private Sub NrrLoadDll()
    If dllLoaded Then Exit Sub
    If LoadLibraryW(StrPtr(NrrVenv() & "\" & DLL_NAME)) = 0 Then
        NrrFail "nrr_xl is not installed for this user, or not wholly: " & NrrVenv() & "\" & DLL_NAME & " cannot be loaded."
    End If
    dllLoaded = True
End Sub

' The DLL takes commands in the system's code page: a path that does not fit into it goes by its short name.
Private Function NrrAnsi(ByVal path As String) As String
    Dim shortPath As String, length As Long
    NrrAnsi = path
    If StrConv(StrConv(path, vbFromUnicode), vbUnicode) = path Then Exit Function
    shortPath = String(1024, vbNullChar)
    length = GetShortPathNameW(StrPtr(path), StrPtr(shortPath), 1024)
    If length > 0 And length < 1024 Then NrrAnsi = Left(shortPath, length)
End Function

Private Sub NrrFail(ByVal why As String)
    failedAt = Now
    failure = why & vbLf & vbLf & NRR_DOCTOR
    Err.Raise 1000, "nrr_xl", failure
End Sub

' One message a session says what is wrong with the installation; the cells show #VALUE!.
Private Sub NrrTellOnce()
    If told Or failure = "" Then Exit Sub
    told = True
    MsgBox failure, vbExclamation, "nrr_xl"
End Sub
