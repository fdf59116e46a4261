Option Explicit
' The arguments of a worksheet function as plain values. No Declare and no #If in here: it runs wherever VBA does.

' A range as its Value2 (currency and dates as plain numbers); what is omitted or blank is Empty.
Public Function NrrArgument(Optional ByRef given As Variant) As Variant
    Dim cells As Object
    NrrArgument = Empty
    If IsMissing(given) Then Exit Function
    If Not IsObject(given) Then
        NrrArgument = given
        Exit Function
    End If
    If given.Areas.Count > 1 Then
        NrrArgument = CVErr(2023)
        Exit Function
    End If
    Set cells = NrrUsed(given)
    If Not cells Is Nothing Then NrrArgument = cells.Value2
End Function

' A range, of whole columns or rows only the part that is used; Nothing where none is.
Public Function NrrUsed(ByVal given As Object) As Object
    Set NrrUsed = given
    If given.Rows.Count = given.Worksheet.Rows.Count Or given.Columns.Count = given.Worksheet.Columns.Count Then
        Set NrrUsed = Application.Intersect(given, given.Worksheet.UsedRange)
    End If
End Function

' How many dimensions an array has: a row of constants comes with one.
Public Function NrrDimensions(ByRef values As Variant) As Long
    Dim upper As Long
    NrrDimensions = 1
    On Error GoTo counted
    upper = UBound(values, 2)
    NrrDimensions = 2
counted:
End Function
