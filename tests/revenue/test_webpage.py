"""A web page saved as .xls, as many systems export one, is read like a sheet, or refused in a line."""

import pytest

from nrr_xl.errors import InputError
from nrr_xl.revenue.files import webpage
from nrr_xl.revenue.read import read

ROWS = "".join(
    f"<tr><td rowspan=2>{name}</td><td>2024-01</td><td>{price}.50&nbsp;€</td></tr>\n"
    f"<tr><td>2024-02</td><td x:num='{price + 1}'>{price + 1} €</td></tr>\n"
    for name, price in (("Müller &amp; Söhne", 10), ("Beta<br>Foods", 20), ("Gamma", 30))
)
PAGE = f"""<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head><meta charset="utf-8"></head><body>
<table><tr><td>Report</td></tr></table><!-- <td> -->
<table border=1><tr><th>Customer<th>Month</th><th>MRR</th></tr>
{ROWS}<tr><td colspan=2>Total</td><td>124.50 €</td></tr></table></body></html>"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_page_is_read(tmp_path, encoding):
    path = tmp_path / "report.xls"
    path.write_bytes(PAGE.encode(encoding))
    cube = read(path)
    assert cube.customers == ("Beta Foods", "Gamma", "Müller & Söhne")
    assert cube.amounts.tolist() == [[20.5, 21.0], [30.5, 31.0], [10.5, 11.0]]
    assert "total-row" in {problem.code for problem in cube.problems}


@pytest.mark.parametrize("page", ["<html><body>Login</body></html>", "<html><table><tr><td>a</td></tr></table></html>"])
def test_a_page_without_a_table_says_so(tmp_path, page):
    path = tmp_path / "report.xls"
    path.write_text(page)
    with pytest.raises(InputError, match=r"web page without a table.*\.csv or \.xlsx"):
        read(path)


def test_a_cell_that_is_lost_is_noticed(tmp_path, monkeypatch):
    path = tmp_path / "report.xls"
    path.write_text(PAGE)
    start = webpage._Tables.handle_starttag
    monkeypatch.setattr(
        webpage._Tables, "handle_starttag", lambda self, tag, attrs: tag == "th" or start(self, tag, attrs)
    )
    with pytest.raises(InputError, match="second count"):
        read(path)
