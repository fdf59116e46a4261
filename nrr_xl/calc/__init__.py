"""The LibreOffice Calc add-in: the same worksheet functions, and the ribbon's buttons as a menu."""
