"""From the analysis to a workbook of native formulas."""
