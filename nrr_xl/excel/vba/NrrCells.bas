Option Explicit
' The functions of amounts over cells: what each cell is, ranges cell by cell, and rates of whole columns.
' No Declare, no #If, no other program: it runs in Excel for Windows and Mac alike.

' A cell as a number, or as its error: blanks and empty texts are `blank`, other texts and TRUE or FALSE are no numbers.
Public Function NrrNumber(ByVal cell As Variant, ByVal blank As Variant) As Variant
    If IsError(cell) Then
        NrrNumber = cell
        Exit Function
    End If
    Select Case VarType(cell)
        Case vbEmpty
            NrrNumber = blank
        Case vbDouble, vbInteger, vbLong, vbSingle, vbCurrency, vbDecimal, vbByte, 20
            NrrNumber = CDbl(cell)
        Case vbString
            NrrNumber = CVErr(2015)
            If cell = "" Then NrrNumber = blank
        Case Else
            NrrNumber = CVErr(2015)
    End Select
End Function

' TRUE or FALSE as 1 or 0, else as a number; a blank is no.
Private Function NrrFlag(ByVal cell As Variant) As Variant
    If VarType(cell) = vbBoolean Then
        NrrFlag = IIf(cell, 1#, 0#)
    Else
        NrrFlag = NrrNumber(cell, 0#)
    End If
End Function

' A rate of each position; a row, a column or a cell counts for the whole range, and a missing cell is #N/A.
Public Function NrrEach(ByVal formula As Long, ByVal blank As Variant, ByVal given As Variant) As Variant
    Dim height As Long, width As Long, row As Long, column As Long, answer() As Variant
    NrrSpread given, height, width
    If height * width = 1 Then
        NrrEach = NrrOne(formula, blank, given, 1, 1)
        Exit Function
    End If
    ReDim answer(1 To height, 1 To width)
    For row = 1 To height
        For column = 1 To width
            answer(row, column) = NrrOne(formula, blank, given, row, column)
        Next column
    Next row
    NrrEach = answer
End Function

Private Function NrrOne(ByVal formula As Long, ByVal blank As Variant, ByRef given As Variant, ByVal row As Long, ByVal column As Long) As Variant
    Dim place As Long, cell As Variant, values() As Double, negative As Boolean
    ReDim values(UBound(given))
    For place = 0 To UBound(given)
        cell = NrrNumber(NrrAt(given(place), row, column), blank)
        If IsError(cell) Then
            NrrOne = cell
            Exit Function
        End If
        values(place) = cell
        If cell < 0 Then negative = True
    Next place
    If negative Then
        NrrOne = CVErr(2036)
        Exit Function
    End If
    On Error GoTo failed
    NrrOne = NrrFinite(NrrFormula(formula, values))
    Exit Function
failed:
    NrrOne = CVErr(IIf(Err.Number = 11, 2007, 2036))
End Function

' The quotient; an error 11 where the denominator is 0, whatever the numerator is.
Public Function NrrQuotient(ByVal numerator As Double, ByVal denominator As Double) As Double
    If denominator = 0 Then Err.Raise 11
    NrrQuotient = numerator / denominator
End Function

' A number as it is; one that no cell can hold is #NUM!.
Private Function NrrFinite(ByVal value As Double) As Variant
    NrrFinite = CVErr(2036)
    If Abs(value) <= 1.79769313486231E+308 Then NrrFinite = value
End Function

' NRR_BAND: the word for each rate in a scheme of bands.
Public Function NrrBands(ByVal rates As Variant, ByVal scheme As Variant) As Variant
    NrrBands = NrrBanded(rates, scheme, False)
End Function

' NRR_ADVICE: what each rate means and what to do, in a scheme of bands.
Public Function NrrAdvised(ByVal rates As Variant, ByVal scheme As Variant) As Variant
    NrrAdvised = NrrBanded(rates, scheme, True)
End Function

Private Function NrrBanded(ByVal rates As Variant, ByVal scheme As Variant, ByVal advice As Boolean) As Variant
    Dim height As Long, width As Long, row As Long, column As Long, answer() As Variant, chosen As Variant, word As Variant
    NrrShape scheme, height, width
    If height * width > 1 Then
        NrrBanded = CVErr(2015)
        Exit Function
    End If
    chosen = NrrAt(scheme, 1, 1)
    If IsError(chosen) Then
        NrrBanded = chosen
        Exit Function
    End If
    If IsEmpty(chosen) Then chosen = ""
    chosen = LCase(Trim(CStr(chosen)))
    If chosen = "" Then chosen = "general"
    If IsError(NrrBandOf(chosen, 1#)) Then
        NrrBanded = CVErr(2036)
        Exit Function
    End If
    NrrShape rates, height, width
    ReDim answer(1 To height, 1 To width)
    For row = 1 To height
        For column = 1 To width
            word = NrrNumber(NrrAt(rates, row, column), CVErr(2042))
            If Not IsError(word) Then
                If advice Then word = NrrAdviceOf(chosen, word) Else word = NrrBandOf(chosen, word)
            End If
            answer(row, column) = word
        Next column
    Next row
    If height * width = 1 Then NrrBanded = answer(1, 1) Else NrrBanded = answer
End Function

' MOVEMENT: the line of the bridge in which each customer counts.
Public Function NrrMovements(ByVal opening As Variant, ByVal closing As Variant, ByVal wasCustomer As Variant) As Variant
    Dim height As Long, width As Long, row As Long, column As Long, answer() As Variant, given As Variant
    given = Array(opening, closing, wasCustomer)
    NrrSpread given, height, width
    ReDim answer(1 To height, 1 To width)
    For row = 1 To height
        For column = 1 To width
            answer(row, column) = NrrMovement(NrrNumber(NrrAt(opening, row, column), 0#), _
                NrrNumber(NrrAt(closing, row, column), 0#), NrrFlag(NrrAt(wasCustomer, row, column)))
        Next column
    Next row
    If height * width = 1 Then NrrMovements = answer(1, 1) Else NrrMovements = answer
End Function

Private Function NrrMovement(ByVal before As Variant, ByVal after As Variant, ByVal known As Variant) As Variant
    If IsError(before) Then
        NrrMovement = before
    ElseIf IsError(after) Then
        NrrMovement = after
    ElseIf IsError(known) Then
        NrrMovement = known
    ElseIf before < 0 Or after < 0 Then
        NrrMovement = CVErr(2036)
    ElseIf before = 0 And after = 0 Then
        NrrMovement = "absent"
    ElseIf before = 0 And known <> 0 Then
        NrrMovement = "reactivation"
    ElseIf before = 0 Then
        NrrMovement = "new"
    ElseIf after = 0 Then
        NrrMovement = "churn"
    ElseIf after > before Then
        NrrMovement = "expansion"
    ElseIf after < before Then
        NrrMovement = "contraction"
    Else
        NrrMovement = "unchanged"
    End If
End Function

Public Function NrrOfCustomers(ByVal opening As Variant, ByVal closing As Variant) As Variant
    NrrOfCustomers = NrrKept(opening, closing, "nrr")
End Function

Public Function NrrGrossOfCustomers(ByVal opening As Variant, ByVal closing As Variant) As Variant
    NrrGrossOfCustomers = NrrKept(opening, closing, "grr")
End Function

Public Function NrrLogosOfCustomers(ByVal opening As Variant, ByVal closing As Variant) As Variant
    NrrLogosOfCustomers = NrrKept(opening, closing, "logos")
End Function

' What is kept of the opening, from two columns of customers' amounts.
Private Function NrrKept(ByVal opening As Variant, ByVal closing As Variant, ByVal measure As String) As Variant
    Dim height As Long, width As Long, otherHeight As Long, otherWidth As Long, first As Long, row As Long, column As Long
    Dim before As Variant, after As Variant, start As Double, kept As Double, negative As Boolean
    NrrShape opening, height, width
    NrrShape closing, otherHeight, otherWidth
    If height <> otherHeight Or width <> otherWidth Then
        NrrKept = CVErr(2042)
        Exit Function
    End If
    On Error GoTo failed
    first = 1
    If NrrHasHeading(opening) And NrrHasHeading(closing) Then first = 2
    For row = first To height
        For column = 1 To width
            before = NrrNumber(NrrAt(opening, row, column), 0#)
            after = NrrNumber(NrrAt(closing, row, column), 0#)
            If IsError(before) Then
                NrrKept = before
                Exit Function
            End If
            If IsError(after) Then
                NrrKept = after
                Exit Function
            End If
            If before < 0 Or after < 0 Then
                negative = True
            ElseIf measure = "logos" Then
                If before > 0 Then start = start + 1
                If before > 0 And after > 0 Then kept = kept + 1
            Else
                start = start + before
                If measure = "grr" And after > before Then after = before
                If before > 0 Then kept = kept + after
            End If
        Next column
    Next row
    If negative Then
        NrrKept = CVErr(2036)
    Else
        NrrKept = NrrFinite(NrrQuotient(kept, start))
    End If
    Exit Function
failed:
    NrrKept = CVErr(IIf(Err.Number = 11, 2007, 2036))
End Function

' NRR_COMPOUND: the product of the rates; blanks are no periods.
Public Function NrrProduct(ByVal rates As Variant) As Variant
    Dim height As Long, width As Long, first As Long, row As Long, column As Long
    Dim rate As Variant, product As Double, count As Long, negative As Boolean
    product = 1
    NrrShape rates, height, width
    On Error GoTo failed
    first = 1
    If NrrHasHeading(rates) Then first = 2
    For row = first To height
        For column = 1 To width
            rate = NrrNumber(NrrAt(rates, row, column), Empty)
            If IsError(rate) Then
                NrrProduct = rate
                Exit Function
            End If
            If Not IsEmpty(rate) Then
                count = count + 1
                If rate < 0 Then negative = True Else product = product * rate
            End If
        Next column
    Next row
    If negative Then
        NrrProduct = CVErr(2036)
    ElseIf count = 0 Then
        NrrProduct = CVErr(2007)
    Else
        NrrProduct = NrrFinite(product)
    End If
    Exit Function
failed:
    NrrProduct = CVErr(2036)
End Function

' Whether the first cell of a column is a text: a heading, passed over as SUM passes it over.
Private Function NrrHasHeading(ByRef cells As Variant) As Boolean
    Dim height As Long, width As Long
    NrrShape cells, height, width
    If height > 1 And width = 1 Then NrrHasHeading = (VarType(NrrAt(cells, 1, 1)) = vbString)
End Function

' The rows and columns that all arguments together span.
Private Sub NrrSpread(ByRef given As Variant, ByRef height As Long, ByRef width As Long)
    Dim place As Long, rows As Long, columns As Long
    height = 1
    width = 1
    For place = 0 To UBound(given)
        NrrShape given(place), rows, columns
        If rows > height Then height = rows
        If columns > width Then width = columns
    Next place
End Sub

Private Sub NrrShape(ByRef cells As Variant, ByRef height As Long, ByRef width As Long)
    height = 1
    width = 1
    If Not IsArray(cells) Then Exit Sub
    If NrrDimensions(cells) = 1 Then
        width = UBound(cells) - LBound(cells) + 1
    Else
        height = UBound(cells, 1) - LBound(cells, 1) + 1
        width = UBound(cells, 2) - LBound(cells, 2) + 1
    End If
End Sub

' The cell at a position; a single row, column or cell counts for all, and beyond a range there is #N/A.
Private Function NrrAt(ByRef cells As Variant, ByVal row As Long, ByVal column As Long) As Variant
    Dim height As Long, width As Long
    If Not IsArray(cells) Then
        NrrAt = cells
        Exit Function
    End If
    NrrShape cells, height, width
    If height = 1 Then row = 1
    If width = 1 Then column = 1
    If row > height Or column > width Then
        NrrAt = CVErr(2042)
    ElseIf NrrDimensions(cells) = 1 Then
        NrrAt = cells(LBound(cells) + column - 1)
    Else
        NrrAt = cells(LBound(cells, 1) + row - 1, LBound(cells, 2) + column - 1)
    End If
End Function
