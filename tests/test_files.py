"""Files appear whole or not at all, and never in the place of another unasked."""

import pytest

from nrr_xl.errors import OutputError
from nrr_xl.files import written_whole


def test_a_failed_write_leaves_nothing_behind(tmp_path):
    with pytest.raises(ZeroDivisionError), written_whole(tmp_path / "out.txt") as beside:
        beside.write_text("half")
        1 / 0  # noqa: B018
    assert list(tmp_path.iterdir()) == []


def test_a_failed_overwrite_keeps_the_old_file(tmp_path):
    target = tmp_path / "out.txt"
    target.write_text("old")
    with pytest.raises(ZeroDivisionError), written_whole(target, overwrite=True) as beside:
        beside.write_text("half")
        1 / 0  # noqa: B018
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("out.txt", "old")]


def test_an_existing_file_is_refused_before_any_work(tmp_path):
    target = tmp_path / "out.txt"
    target.write_text("old")
    with pytest.raises(OutputError, match="exists already"), written_whole(target):
        raise AssertionError("the block must not run")
    assert target.read_text() == "old"


def test_overwriting_keeps_the_permissions(tmp_path):
    target = tmp_path / "out.txt"
    target.write_text("old")
    target.chmod(0o640)
    with written_whole(target, overwrite=True) as beside:
        beside.write_text("new")
    assert (target.read_text(), target.stat().st_mode & 0o777) == ("new", 0o640)


@pytest.mark.parametrize("place, told", [("missing/out.txt", "is not a folder"), ("", "is a folder")])
def test_a_place_that_cannot_be_written_is_named(tmp_path, place, told):
    with pytest.raises(OutputError, match=told), written_whole(tmp_path / place):
        raise AssertionError("the block must not run")


@pytest.mark.parametrize("name", ["con.xlsx", "Aux.2024.xlsx", "lpt1.xlsx", "out.xlsx.", "out.xlsx "])
def test_a_name_that_windows_cannot_hold_is_refused_everywhere(tmp_path, name):
    with (
        pytest.raises(OutputError, match=r"Windows can hold no file of that name\. Choose another"),
        written_whole(tmp_path / name),
    ):
        pass
    assert not list(tmp_path.iterdir())
    with written_whole(tmp_path / "console.xlsx") as beside:
        beside.write_text("x")
