Option Explicit
' The buttons of the ribbon tab, each of which runs a macro of the function server.

Public Sub NrrBuildReport(Optional control As Object)
    NrrRun "build_report"
End Sub

Public Sub NrrCheckData(Optional control As Object)
    NrrRun "check_data"
End Sub

Public Sub NrrNewFromTemplate(Optional control As Object)
    NrrRun "new_from_template"
End Sub

Public Sub NrrMakePortable(Optional control As Object)
    NrrRun "make_portable"
End Sub

Public Sub NrrHelp(Optional control As Object)
    NrrRun "show_help"
End Sub

Public Sub NrrAbout(Optional control As Object)
    NrrRun "about"
End Sub

' Help texts of the function wizard can be set only once a workbook is open: right after Excel has started.
Public Sub Auto_Open()
    Application.OnTime Now, "'" & ThisWorkbook.Name & "'!NrrDescribeFunctions"
End Sub
