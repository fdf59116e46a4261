Option Explicit
' Between cells and the function server: values are passed on as they are, and error texts become error cells.
' No Declare and no #If in here, so that LibreOffice can run it in a test.

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
    Set cells = given
    If given.Rows.Count = given.Worksheet.Rows.Count Or given.Columns.Count = given.Worksheet.Columns.Count Then
        Set cells = Application.Intersect(given, given.Worksheet.UsedRange)
        If cells Is Nothing Then Exit Function
    End If
    NrrArgument = cells.Value2
End Function

' A server's answer with its error texts as error values; one value or an array of one or two dimensions.
Public Function NrrResult(ByVal answer As Variant) As Variant
    Dim row As Long, column As Long
    If Not IsArray(answer) Then
        NrrResult = NrrCell(answer)
        Exit Function
    End If
    If NrrDimensions(answer) = 1 Then
        For column = LBound(answer) To UBound(answer)
            answer(column) = NrrCell(answer(column))
        Next column
    Else
        For row = LBound(answer, 1) To UBound(answer, 1)
            For column = LBound(answer, 2) To UBound(answer, 2)
                answer(row, column) = NrrCell(answer(row, column))
            Next column
        Next row
    End If
    NrrResult = answer
End Function

Private Function NrrCell(ByVal value As Variant) As Variant
    NrrCell = value
    If VarType(value) <> vbString Then Exit Function
    If Left(value, 1) = "#" Then NrrCell = NrrErrorOf(value)
End Function

Private Function NrrDimensions(ByRef answer As Variant) As Long
    Dim upper As Long
    NrrDimensions = 1
    On Error GoTo counted
    upper = UBound(answer, 2)
    NrrDimensions = 2
counted:
End Function
