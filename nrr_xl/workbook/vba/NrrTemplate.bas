Option Explicit
' The button of the template's Revenue sheet: the add-in's "Build report", where the add-in is loaded.

Private Const ADDIN As String = "nrr_xl.xlam"
Private Const MACRO As String = "NrrBuildReport"
Private Const WITHOUT As String = "The nrr_xl add-in is not loaded in this Excel, so there is no button to build the full report with." & vbLf & vbLf & "This workbook needs nothing: its Summary sheet already shows the numbers of your rows." & vbLf & vbLf & "For the full report, run install.ps1 from the nrr_xl download and start Excel again."

Public Sub NrrTemplateBuildReport()
    If Not NrrTemplateHasAddin() Then
        MsgBox WITHOUT, vbInformation, "nrr_xl"
        Exit Sub
    End If
    Application.Run "'" & ADDIN & "'!" & MACRO
End Sub

' An add-in from XLSTART is no member of Workbooks' loop, but answers to its name.
Private Function NrrTemplateHasAddin() As Boolean
    Dim found As Object
    On Error Resume Next
    Set found = Workbooks(ADDIN)
    NrrTemplateHasAddin = Not found Is Nothing
End Function
