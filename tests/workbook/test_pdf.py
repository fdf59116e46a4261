"""Printing where LibreOffice is missing."""

from __future__ import annotations

import pytest

from nrr_xl.errors import OutputError
from nrr_xl.workbook import pdf


def test_without_libreoffice_the_message_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setattr(pdf.shutil, "which", lambda name: None)
    with pytest.raises(OutputError, match="Install it, or print from Excel"):
        pdf.write_pdf(tmp_path / "report.xlsx")
