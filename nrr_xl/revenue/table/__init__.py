"""Cells to a table: where the rows stand, how they are laid out, what each column and each total row is."""
