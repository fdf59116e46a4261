Option Explicit
' Windows under the host module: xlwings' DLL, where the installation lies, the clock, and the message box. The
' installation is at one fixed place, whatever workbook is open: a workbook can never choose which program runs.

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
Private loaded As Boolean

' Loads the DLL, once; what is missing where it cannot be, "" where it can.
Public Function NrrMissing() As String
    Dim path As String
    If loaded Then Exit Function
    path = NrrVenv() & "\" & DLL_NAME
    loaded = (LoadLibraryW(StrPtr(path)) <> 0)
    If Not loaded Then NrrMissing = path
End Function

' Finds the server of a class, or starts one by a command; False, and why, where there is none.
Public Function NrrActivate(ByVal command As String, ByRef found As Variant) As Boolean
    NrrActivate = (XLPyDLLActivateAuto(found, Replace(command, "{venv}", NrrAnsi(NrrVenv())), ACTIVATE) = 0)
End Function

Public Function NrrAskServer(ByVal server As Object, ByVal name As String, ByVal arguments As Variant) As Variant
    NrrAskServer = server.CallUDF(NRR_FUNCTIONS_MODULE, name, arguments)
End Function

Public Function NrrRunServer(ByVal server As Object, ByVal macro As String) As Variant
    NrrRunServer = server.RunMacro(macro, Application)
End Function

Public Function NrrClock() As Date
    NrrClock = Now
End Function

Public Function NrrAsk(ByVal text As String, ByVal style As Long) As Long
    NrrAsk = MsgBox(text, style, "nrr_xl")
End Function

Private Function NrrVenv() As String
    Dim folder As String, length As Long
    folder = String(1024, vbNullChar)
    length = GetEnvironmentVariableW(StrPtr("LOCALAPPDATA"), StrPtr(folder), 1024)
    NrrVenv = Left(folder, length) & "\nrr_xl\venv"
End Function

' The DLL takes commands in the system's code page: a path that does not fit into it goes by its short name.
Private Function NrrAnsi(ByVal path As String) As String
    Dim shortPath As String, length As Long
    NrrAnsi = path
    If StrConv(StrConv(path, vbFromUnicode), vbUnicode) = path Then Exit Function
    shortPath = String(1024, vbNullChar)
    length = GetShortPathNameW(StrPtr(path), StrPtr(shortPath), 1024)
    If length > 0 And length < 1024 Then NrrAnsi = Left(shortPath, length)
End Function
