Option Explicit
' The buttons of the ribbon tab. What they do is in the host add-in; where that is absent they say so.

Private Const HOST_FILE As String = "nrr_xl_host.xlam"
Private Const ABSENT As String = "This button needs the Python part of nrr_xl, which is not loaded in this Excel. On Windows, nrr_xl-setup.zip installs it." & vbLf & vbLf & "The functions of amounts (NRR, GRR, ...) work without it, and the template workbook nrr_template.xlsx makes a report without any add-in."

Public Sub NrrBuildReport(Optional control As Object)
    NrrAskHost "build_report"
End Sub

Public Sub NrrCheckData(Optional control As Object)
    NrrAskHost "check_data"
End Sub

Public Sub NrrAddSettings(Optional control As Object)
    NrrAskHost "add_settings"
End Sub

Public Sub NrrNewFromTemplate(Optional control As Object)
    NrrAskHost "new_from_template"
End Sub

Public Sub NrrMakePortable(Optional control As Object)
    NrrAskHost "make_portable"
End Sub

Public Sub NrrHelp(Optional control As Object)
    If NrrHostIsThere() Then
        NrrAskHost "show_help"
    Else
        MsgBox NrrFunctionList(), vbInformation, "nrr_xl"
    End If
End Sub

Public Sub NrrAbout(Optional control As Object)
    If NrrHostIsThere() Then
        NrrAskHost "about"
    Else
        MsgBox "nrr_xl " & NRR_VERSION & ", the functions of amounts." & vbLf & vbLf & ABSENT, vbInformation, "nrr_xl"
    End If
End Sub

Private Sub NrrAskHost(ByVal macro As String)
    If NrrHostIsThere() Then
        Application.Run "'" & HOST_FILE & "'!NrrRun", macro
    Else
        MsgBox ABSENT, vbInformation, "nrr_xl"
    End If
End Sub

' An add-in from XLSTART is no member of Workbooks' loop, but answers to its name.
Private Function NrrHostIsThere() As Boolean
    Dim found As Object
    On Error Resume Next
    Set found = Application.Workbooks(HOST_FILE)
    NrrHostIsThere = Not found Is Nothing
End Function
