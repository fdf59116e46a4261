"""The package's data files: what is kept of a parsed one is used for that very text alone."""

import marshal
import subprocess
import sys

import pytest

from nrr_xl import packaged
from nrr_xl.packaged import packaged_table


@pytest.fixture
def beside(tmp_path, monkeypatch):
    """A folder in place of the package's, with one data file."""
    monkeypatch.setattr(packaged, "HERE", tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    (tmp_path / "words.toml").write_text('[a]\nname = "one"\n')
    return tmp_path


def kept(folder):
    (found,) = (folder / "__pycache__").iterdir()
    return found


def test_what_was_parsed_is_kept_and_used_while_the_text_is_the_same(beside):
    assert packaged_table("words.toml") == {"a": {"name": "one"}}
    held = kept(beside).read_bytes()
    # It is read, not parsed anew: another table under the same mark is the one that comes.
    kept(beside).write_bytes(held[:8] + marshal.dumps({"a": {"name": "kept"}}))
    assert packaged_table("words.toml") == {"a": {"name": "kept"}}
    # Of the same length and time, another text is another table.
    (beside / "words.toml").write_text('[a]\nname = "two"\n')
    assert packaged_table("words.toml") == {"a": {"name": "two"}}
    assert packaged_table("words.toml") == {"a": {"name": "two"}}


@pytest.mark.parametrize("length", [0, 4, 8, 12])
def test_a_kept_table_that_was_cut_short_is_parsed_anew(beside, length):
    packaged_table("words.toml")
    kept(beside).write_bytes(kept(beside).read_bytes()[:length])
    assert packaged_table("words.toml") == {"a": {"name": "one"}}


def test_a_folder_that_takes_no_files_is_no_fault(beside):
    (beside / "__pycache__").write_text("a file where the folder would be")
    assert packaged_table("words.toml") == {"a": {"name": "one"}}


def test_a_caller_may_change_what_it_got(beside):
    packaged_table("words.toml")["a"]["name"] = "mine"
    assert packaged_table("words.toml") == {"a": {"name": "one"}}


def test_a_command_in_a_process_of_its_own_tells_all_and_ends_with_its_status(tmp_path):
    (tmp_path / "rows.csv").write_text("Customer,2024-01,2024-02\nA,100,120\nB,50,0\n")
    for words, status, said in (
        (["--version"], 0, "nrr-xl"),
        (["analyse", "none.csv"], 2, "none.csv"),
        (["analyse", "rows.csv", "--months", "1", "--json"], 0, '"closing"'),
    ):
        done = subprocess.run([sys.executable, "-m", "nrr_xl", *words], capture_output=True, text=True, cwd=tmp_path)
        assert (done.returncode, said in done.stdout + done.stderr) == (status, True), done
