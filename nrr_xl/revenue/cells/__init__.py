"""Cells to values: amounts, dates and names as they are written, whole columns at once."""
