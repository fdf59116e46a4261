"""Excel on macOS and the web, by xlwings Lite: the same worksheet functions, and the report in the open workbook."""
