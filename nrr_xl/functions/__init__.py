"""The worksheet functions, whichever spreadsheet calls them: declared once, over the calculation modules."""
