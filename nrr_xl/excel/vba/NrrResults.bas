Option Explicit
' What goes to a function server and comes back: days counted from 1900, and error texts as error cells.

' An argument of dates. A workbook may count its days from 1904; Range.Value then tells which cells show dates.
Public Function NrrDates(Optional ByRef given As Variant) As Variant
    Dim from1904 As Boolean
    If IsMissing(given) Then Exit Function
    NrrDates = NrrArgument(given)
    If Not IsObject(given) Then Exit Function
    On Error Resume Next
    from1904 = given.Worksheet.Parent.Date1904
    On Error GoTo 0
    If from1904 And Not IsError(NrrDates) And Not IsEmpty(NrrDates) Then NrrDates = NrrFrom1900(NrrDates, NrrUsed(given).Value)
End Function

' Numbers, with those that are shown as dates counted from 1900; years and months written as numbers stay.
Public Function NrrFrom1900(ByVal days As Variant, ByVal shown As Variant) As Variant
    Dim row As Long, column As Long
    If Not IsArray(days) Then
        If VarType(shown) = vbDate Then days = CDbl(shown)
    Else
        For row = LBound(days, 1) To UBound(days, 1)
            For column = LBound(days, 2) To UBound(days, 2)
                If VarType(shown(row, column)) = vbDate Then days(row, column) = CDbl(shown(row, column))
            Next column
        Next row
    End If
    NrrFrom1900 = days
End Function

' One value, or an array of one or two dimensions.
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
