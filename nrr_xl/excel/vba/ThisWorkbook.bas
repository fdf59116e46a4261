Option Explicit
' The function wizard's texts can be set only while a workbook is open: that is seen here.

Private WithEvents host As Application
Private described As Boolean

Private Sub Workbook_Open()
    Set host = Application
    NrrDescribe
End Sub

Private Sub host_WorkbookActivate(ByVal book As Workbook)
    NrrDescribe
End Sub

Private Sub NrrDescribe()
    If described Or Application.ActiveWorkbook Is Nothing Then Exit Sub
    described = True
    NrrDescribeFunctions
End Sub
