"""Tables that a spreadsheet shows and never runs."""

import csv
import math
import stat

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from overflight.errors import OverflightError
from overflight.release.csvsafe import cell, write_table

anything = st.text(st.characters(), max_size=40)  # with control characters and lone surrogates
starts = st.sampled_from(
    ["=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠", "﹣", "\ufeff=", " ="]
)


def read(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file, strict=True))


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+cmd",
        "-cmd",
        "@SUM(A1:A9)",
        "\t=1+1",
        "\r=1+1",
        "\tplain words",
        "\rplain words",
        '=HYPERLINK("http://example.org?"&A1,"here")',
        "-",
        "--1",
        "+1-1",
        "-1,000",
        "-inf",
        "-1e5+cmd",
    ],
)
def test_what_could_start_a_formula_is_marked_as_text(text):
    assert cell(text).startswith("'")


@pytest.mark.parametrize("text", ["＝1+1", "＋1+1", "－1-a", "＠A1", "﹣a"])
def test_wide_forms_of_the_signs_count_too(text):
    assert cell(text) == f"'{text}"


@pytest.mark.parametrize(
    "text", [" =1", "\u00a0=1", "\ufeff=1", "\u200b=1", "\x00=1", "\n=1", "\x1b=1"]
)
def test_what_cannot_be_seen_before_the_sign_hides_nothing(text):
    shown = cell(text)
    assert shown.startswith("'")
    assert shown.endswith("=1")


@pytest.mark.parametrize(
    "text", ["-1", "+1", "-12.5", "-.5", "1.", "6.02e23", "-1E-9", "0", "2023", " -5 "]
)
def test_plain_numbers_stay_numbers(text):
    assert cell(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "words",
        "a=b",
        "1 - 2",
        "'quoted'",
        "Montréal",
        "气球",
        "می‌خواهم",
        "👨‍👩‍👧",
        "2023-02-01T00:00Z",
    ],
)
def test_other_text_is_left_alone(text):
    assert cell(text) == text


def test_digits_of_other_scripts_are_no_plain_number():
    assert cell("-١") == "'-١"


def test_line_breaks_become_spaces_and_control_characters_go():
    assert cell("one\r\ntwo\nthree\tfour\u2028five") == "one two three four five"
    assert cell("be\x07ep\x00\x7f\x9f") == "beep"


def test_marks_that_reorder_text_go():
    assert cell("abc\u202efdp.exe\u2066") == "abcfdp.exe"


def test_what_is_no_text_is_replaced_so_that_the_file_can_be_written():
    assert cell("a\ud800b") == "a\ufffdb"


@given(starts, anything)
@example("-", "1")
@example("=", "")
def test_no_cell_ever_starts_a_formula(start, rest):
    shown = cell(start + rest)
    assert shown.startswith("'") or (shown.isascii() and math.isfinite(float(shown)))


@given(anything)
def test_a_cell_is_one_line_of_valid_text_and_cleaning_it_again_changes_nothing(text):
    shown = cell(text)
    assert cell(shown) == shown
    assert len(shown.splitlines()) <= 1
    assert shown.encode("utf-8").decode("utf-8") == shown
    assert not any(ord(character) < 32 or 127 <= ord(character) < 160 for character in shown)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_number_survives(value):
    assert float(cell(repr(value))) == value


@given(st.lists(st.tuples(anything, anything, anything), max_size=5))
@example([('a "b"', "c,d", "'"), ("", "", "")])
def test_a_reader_gets_back_exactly_what_was_shown(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("table") / "table.csv"
    write_table(path, ("first", "second", "=third"), rows)
    shown = [[cell(text) for text in row] for row in rows]
    assert read(path) == [["first", "second", "'=third"], *shown]


def test_quotes_commas_and_line_ends_follow_the_rfc(tmp_path):
    path = tmp_path / "table.csv"
    write_table(path, ("a", "b"), [('say "no"', "1,2"), ("é", "-3")])
    assert path.read_bytes() == 'a,b\r\n"say ""no""","1,2"\r\né,-3\r\n'.encode()


def test_a_single_empty_cell_is_still_a_row(tmp_path):
    path = tmp_path / "table.csv"
    write_table(path, ("only",), [("",), ("x",)])
    assert read(path) == [["only"], [""], ["x"]]


def test_a_table_that_was_there_is_replaced_whole_and_nothing_else_is_left(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("old and much longer than what follows\n" * 100)
    write_table(path, ("a",), (row for row in [("1",)]))
    assert read(path) == [["a"], ["1"]]
    assert [file.name for file in tmp_path.iterdir()] == ["table.csv"]


def test_others_may_read_it_as_any_file_made_here(tmp_path):
    (tmp_path / "ordinary").write_text("")
    write_table(tmp_path / "table.csv", ("a",), [])
    modes = {stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("ordinary", "table.csv")}
    assert len(modes) == 1


class PowerCutError(Exception):
    """Something outside our control."""


def test_what_fails_half_way_leaves_the_old_table(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("old\n")

    def rows():
        yield ("1",)
        raise PowerCutError

    with pytest.raises(PowerCutError):
        write_table(path, ("a",), rows())
    assert path.read_text() == "old\n"
    assert [file.name for file in tmp_path.iterdir()] == ["table.csv"]


@pytest.mark.parametrize("row", [(), ("1",), ("1", "2", "3")])
def test_a_row_of_another_width_is_an_error(tmp_path, row):
    with pytest.raises(OverflightError, match=rf"row 2 of table\.csv has {len(row)} cells"):
        write_table(tmp_path / "table.csv", ("a", "b"), [("1", "2"), row])
    assert list(tmp_path.iterdir()) == []


def test_a_long_table_is_written_as_it_comes(tmp_path):
    path = tmp_path / "table.csv"
    write_table(path, ("n",), ((str(number),) for number in range(10_000)))
    assert len(read(path)) == 10_001
