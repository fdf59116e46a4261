Option Explicit
' A function server's answer as cells: error texts become error cells.

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
