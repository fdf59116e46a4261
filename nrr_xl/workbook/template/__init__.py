"""The template workbook: plain formulas over a table of rows, for colleagues without the add-in."""
