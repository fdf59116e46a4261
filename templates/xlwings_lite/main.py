"""nrr_xl in xlwings Lite: paste this into its main.py, and requirements.txt into its requirements.txt."""

import xlwings as xw
from xlwings import script

from nrr_xl.lite.functions import declare
from nrr_xl.lite.report import write_report_into

# =NRR(500000, 100000, 20000, 30000) and all the others.
declare(globals())


@script
def build_report(book: xw.Book):
    """Build the report of the sheet in front in sheets of this workbook."""
    write_report_into(book)
