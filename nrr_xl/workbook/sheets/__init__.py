"""One module per sheet of the report; each places cells and returns where the others find them."""
