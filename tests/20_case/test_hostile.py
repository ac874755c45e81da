"""Every mistake comes with its place, what was found and what to do; nothing else fails."""

import os
import sys

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from overflight.case.load import FILES, load
from overflight.errors import CaseError

YAML, SIGHTINGS, STATEMENTS, SOURCES = (
    "case.yaml",
    "sightings.csv",
    "statements.csv",
    "sources.csv",
)
AS_IT_IS = (
    "2023-02-01T21:16Z,2023-02-01T21:26Z,45.71,-109.54,50 km,,,,,SE,35 deg,,,,C,,medium,,yes,,"
)

# (what is spoilt, file, as it was, as it is now, where the mistake is, words of the message)
SPOILT = [
    ("a unit missing", SIGHTINGS, "50 km", "50", "sightings.csv:2:position_sd", ["'50'", "unit"]),
    ("another unit", SIGHTINGS, "50 km", "50 hPa", "sightings.csv:2:position_sd", ["km", "hPa"]),
    ("no error at all", SIGHTINGS, "50 km", "0 km", "sightings.csv:2:position_sd", ["above zero"]),
    ("a negative error", SIGHTINGS, "50 km", "-5 km", "sightings.csv:2:position_sd", ["above"]),
    ("an endless error", SIGHTINGS, "50 km", "1e999 km", "sightings.csv:2:position_sd", ["finite"]),
    ("a naive time", SIGHTINGS, "T21:16Z", "T21:16", "sightings.csv:2:time_min", ["time zone"]),
    ("a day only", SIGHTINGS, "2023-02-01T21:16Z", "2023-02-01", "sightings.csv:2:time_min",
     ["time zone"]),
    ("no such day", SIGHTINGS, "2023-02-01T21:16Z", "2023-02-30T21:16Z",
     "sightings.csv:2:time_min", ["2023-02-30"]),
    ("a window backwards", SIGHTINGS, "T21:26Z", "T21:06Z", "sightings.csv:2:time_max", ["Swap"]),
    ("before the span", SIGHTINGS, "2023-02-01T21:16Z", "2022-02-01T21:16Z",
     "sightings.csv:2:time_min", ["before the span"]),
    ("after the span", SIGHTINGS, "2023-02-01T21:26Z", "2024-02-01T21:26Z",
     "sightings.csv:2:time_max", ["after the span"]),
    ("after the flight's end", YAML, "# flight_end_sighting: s9 ", "flight_end_sighting: s1 ",
     "sightings.csv:4:time_min", ["after the flight's end", "debris"]),
    ("an unknown source", SIGHTINGS, "s1,gazette", "s1,gazete", "sightings.csv:2:source",
     ["'gazete'", "Did you mean 'gazette'?"]),
    ("an unknown source of a claim", STATEMENTS, "c1,gazette", "c1,herald",
     "statements.csv:2:source", ["'herald'"]),
    ("an unknown source of a launch", YAML, "source: gazette", "source: herald",
     "case.yaml:32:13", ["'herald'"]),
    ("latitude 145", SIGHTINGS, "45.71", "145", "sightings.csv:2:lat_deg", ["145", "-90"]),
    ("latitude nan", SIGHTINGS, "45.71", "nan", "sightings.csv:2:lat_deg", ["'nan'"]),
    ("latitude in minutes", SIGHTINGS, "45.71", "45°42'N", "sightings.csv:2:lat_deg", ["decimal"]),
    ("longitude 999", SIGHTINGS, "-109.54", "999", "sightings.csv:2:lon_deg", ["999"]),
    ("YAML NO", YAML, "kind: unknown", "kind: NO", "case.yaml:13:9", ["'NO'"]),
    ("an id twice", SIGHTINGS, "s3,airport", "s1,airport", "sightings.csv:4:id",
     ["'s1' a second time", "first in sightings.csv:2"]),
    ("an id of another table", STATEMENTS, "c3,gazette", "s1,gazette", "statements.csv:4:id",
     ["'s1' a second time", "first in sightings.csv:2"]),
    ("an id with a space", SIGHTINGS, "s1,", "s 1,", "sightings.csv:2:id", ["'s 1'"]),
    ("an id that is a formula", SIGHTINGS, "s1,", "=1,", "sightings.csv:2:id", ["'=1'"]),
    ("an unknown conflict", SIGHTINGS, "medium,s3,yes", "medium,s3; s7,yes",
     "sightings.csv:3:conflicts_with", ["'s7'"]),
    ("an unknown lineage", STATEMENTS, ",,s2", ",,c3", "statements.csv:2:lineage", ["'c3'"]),
    ("an unknown end", YAML, "# flight_end_sighting: s9 ", "flight_end_sighting: s9 ",
     "case.yaml:35:22", ["'s9'"]),
    ("an unknown geometry", SIGHTINGS, "near_nadir", "overhead", "sightings.csv:3:geometry",
     ["'overhead'", "near_nadir"]),
    ("an altitude upside down", SIGHTINGS, '"58,000 ft","62,000 ft"', '"62,000 ft","58,000 ft"',
     "sightings.csv:3:altitude_max", ["below"]),
    ("one bound of altitude", SIGHTINGS, '"58,000 ft","62,000 ft"', ',"62,000 ft"',
     "sightings.csv:3:altitude_max", ["one bound"]),
    ("an altitude in words", SIGHTINGS, '"58,000 ft"', "sixty thousand feet",
     "sightings.csv:3:altitude_min", ["'sixty thousand feet'", "not a number with a unit"]),
    ("an altitude in space", SIGHTINGS, '"62,000 ft"', "400 km", "sightings.csv:3:altitude_max",
     ["400,000 m"]),
    ("a flight level that is geometric", SIGHTINGS, "FL420,pressure", "FL420,geometric",
     "sightings.csv:4:altitude_max", ["flight level"]),
    ("unused without a reason", SIGHTINGS, AS_IT_IS, AS_IT_IS.replace("yes", "no"),
     "sightings.csv:2:why_not_used", ["without a reason"]),
    ("an altitude used that is not there", SIGHTINGS, AS_IT_IS, AS_IT_IS.replace("yes", "altitude"),
     "sightings.csv:2:use", ["no altitude"]),
    ("an unknown column", SIGHTINGS, "why_not_used,note", "why_not_used,notes",
     "sightings.csv:1:notes", ["Did you mean 'note'?"]),
    ("a column's unit in its name", SIGHTINGS, "altitude_min", "alt_ft", "sightings.csv:1:alt_ft",
     ["Did you mean altitude_min, written '60000 ft'?"]),
    ("a column missing", SIGHTINGS, "position_sd,", "lat_deg,", "sightings.csv:1:position_sd",
     ["no such column"]),
    ("a column twice", SIGHTINGS, "position_sd,", "lat_deg,", "sightings.csv:1:lat_deg",
     ["a second time"]),
    ("a cell too many", SIGHTINGS, '"58,000 ft"', "58,000 ft", "sightings.csv:3:(no heading)",
     ["without a heading", "quotes"]),
    ("a quote unclosed", SIGHTINGS, "a big white", '"a big white', "sightings.csv:2",
     ["quotes that do not match"]),
    ("a mistake below a cell of three lines", SIGHTINGS, "a big white circle in the sky,eyewitness",
     '"a\nbig\nthing",eyewitless', "sightings.csv:2:attribution", ["Did you mean 'eyewitness'?"]),
    ("semicolons", SIGHTINGS, ",", ";", "sightings.csv:1", ["semicolons", "commas"]),
    ("tabs", SIGHTINGS, ",", "\t", "sightings.csv:1", ["tabs", "commas"]),
    ("an unknown test", STATEMENTS, "near 45.78", "nearby 45.78", "statements.csv:2:test",
     ["is not a test"]),
    ("a test without a window", STATEMENTS, " during 2023-02-01T22:00Z..2023-02-02T02:00Z", "",
     "statements.csv:2:test", ["without a window"]),
    ("a test with a naive time", STATEMENTS, "T22:00Z..", "T22:00..", "statements.csv:2:test",
     ["time zone"]),
    ("a test of nothing testable", STATEMENTS, ",flight,yes,", ",flight,no,",
     "statements.csv:2:test", ["not testable"]),
    ("a claim without a unit", STATEMENTS, 'altitude,"57,000 ft"', "altitude,57000",
     "statements.csv:3:value_min", ["'57000'", "unit"]),
    ("a field missing", YAML, "title: A balloon over Montana", "", "case.yaml:1:title",
     ["expected a value"]),
    ("an unknown field", YAML, "summary:", "sumary:", "case.yaml:4:9", ["Did you mean 'summary'?"]),
    ("a field twice", YAML, "kind: unknown", "kind: unknown\n  kind: unknown", "case.yaml:14:3",
     ["'kind' a second time"]),
    ("a word for a list", YAML, "zones: [country, state, territorial_sea]", "zones: country",
     "case.yaml:39:8", ["a list"]),
    ("a word for a group", YAML, "balloon:\n  kind: unknown", "balloon: round\nx:\n  kind: unknown",
     "case.yaml:12:10", ["a group of fields"]),
    ("an anchor", YAML, "kind: unknown", "kind: &kind unknown", "case.yaml:13:9", ["'&kind'"]),
    ("a list inside itself", YAML, "[M0, M1a, M1b, M2, M12]", "&a [*a]", "case.yaml:37:13",
     ["anchor"]),
    ("a bracket unclosed", YAML, "M1b, M2, M12]", "M1b, M2", "case.yaml:", ["YAML"]),
    ("a tab for indentation", YAML, "  kind: unknown", "\tkind: unknown", "case.yaml:13", ["YAML"]),
    ("another engine", YAML, "[M0, M1a, M1b, M2, M12]", "[M0, M9]", "case.yaml:37:18",
     ["'M9'", "M0"]),
    ("a goal that is no site", YAML, "wind: climatology", "goals: [Nowhere]\nwind: climatology",
     "case.yaml:38:", ["'Nowhere'", "none is declared"]),
    ("no drift", YAML, "[M0, M1a, M1b, M2, M12]", "[M2]", "case.yaml:37:13", ["Add M0"]),
    ("an aim and nothing to judge it by", YAML, "[M0, M1a, M1b, M2, M12]", "[M0, M1b]",
     "case.yaml:37:13", ["Add M1a"]),
    ("a hypothesis twice", YAML, "[M0, M1a, M1b, M2, M12]", "[M0, M2, M2]", "case.yaml:37:13",
     ["Name each once"]),
    ("a launch without weight", YAML, "weight: 1", "weight: 0", "case.yaml:26:13", ["above zero"]),
    ("no launches", YAML, "\nlaunches:", "\nlaunches: []\nold:", "case.yaml:24:11",
     ["no launches"]),
    ("a span backwards", YAML, "start: 2023-02-01T06:00Z", "start: 2024-02-01T06:00Z",
     "case.yaml:9:8", ["does not end after its start"]),
    ("a diameter backwards", YAML, "diameter_max: 200 ft", "diameter_max: 20 ft",
     "case.yaml:15:17", ["Swap"]),
    ("an area in km", YAML, "2,000,000 km2", "2,000,000 km", "case.yaml:40:17", ["km2"]),
    ("a script for an address", SOURCES, "https://example.org/airport/log", "javascript:alert(1)",
     "sources.csv:3:url", ["javascript"]),
    ("a date in words", SOURCES, "2023-02-02", "last Thursday", "sources.csv:2:published",
     ["'last Thursday'"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("file", "old", "new", "place", "words"),
    [spoilt[1:] for spoilt in SPOILT],
    ids=[spoilt[0] for spoilt in SPOILT],
)
def test_a_mistake_is_named_with_its_place_and_remedy(folder, file, old, new, place, words):
    folder.change(file, old, new)
    mistakes = folder.mistakes()
    here = [line for line in mistakes if line.startswith(f"  {place}")]
    assert here, mistakes
    assert [word for word in words if not any(word in line for line in here)] == [], here
    assert all("; expected " in line for line in mistakes)


WRECKED = [
    ("is empty", b"", "empty"),
    ("is blank", b" \n\n", "empty"),
    ("is an image", b"\x89PNG\r\n\x1a\n\0\0\0", "binary"),
    ("is a zipped spreadsheet", b"PK\x03\x04rest", "binary"),
    ("is in Latin 1", "title,a\nMünchen,1\n".encode("latin-1"), "UTF-8"),
    ("is in UTF-16", "id,source\n".encode("utf-16"), "UTF-16"),
]


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize(("content", "word"), [w[1:] for w in WRECKED], ids=[w[0] for w in WRECKED])
def test_a_wrecked_file_is_one_mistake_and_no_avalanche(folder, file, content, word):
    folder.write(file, content)
    (mistake,) = folder.mistakes()
    assert mistake.startswith(f"  {file}:")
    assert word in mistake


@pytest.mark.parametrize("file", FILES)
def test_a_missing_file_is_named(folder, file):
    (folder.path / file).unlink()
    (mistake,) = folder.mistakes()
    assert mistake.startswith(f"  {file}:1: no such file")


@pytest.mark.parametrize("file", FILES)
def test_a_file_of_100_megabytes_is_refused_by_its_size(folder, file):
    with (folder.path / file).open("wb") as sparse:
        sparse.truncate(100_000_000)
    (mistake,) = folder.mistakes()
    assert mistake.startswith(f"  {file}:1: a file of 100 MB")


@pytest.mark.skipif(sys.platform == "win32", reason="no such files there")
@pytest.mark.parametrize("file", FILES)
def test_what_is_no_plain_file_is_never_waited_for(folder, file):
    (folder.path / file).unlink()
    os.mkfifo(folder.path / file)
    (mistake,) = folder.mistakes()
    assert "not a plain file" in mistake


@pytest.mark.parametrize("depth", [20, 600])
def test_nesting_without_end_is_refused(folder, depth):
    folder.change("case.yaml", "[M0, M1a, M1b, M2, M12]", "[" * depth + "]" * depth)
    assert any("nested too deeply" in mistake for mistake in folder.mistakes())


def test_a_control_character_is_named(folder):
    folder.change("case.yaml", "title: A", "title: \x07A")
    assert any("case.yaml:3: the character U+0007" in mistake for mistake in folder.mistakes())


@pytest.mark.parametrize("path", ["nowhere", "a-case/case.yaml", "a\0b", "x" * 5000])
def test_what_is_no_folder_is_named(folder, path):
    with pytest.raises(CaseError, match="a folder with"):
        load(folder.path.parent / path)


def test_a_dozen_mistakes_are_reported_at_once_each_in_its_place(folder):
    folder.change("case.yaml", "kind: unknown", "kind: NO")
    folder.change("case.yaml", "diameter_max: 200 ft", "diameter_max: 200")
    folder.change("case.yaml", "time_max: 2023-02-01T16:00Z", "time_max: 2023-02-01T16:00")
    folder.change("sources.csv", "airport,Example", "gazette,Example")
    folder.change("sightings.csv", "s1,gazette", "s1,gazett")
    folder.change("sightings.csv", "2023-02-01T21:16Z", "2023-02-01T21:16")
    folder.change("sightings.csv", "45.71", "145")
    folder.change("sightings.csv", '"58,000 ft"', "sixty thousand feet")
    folder.change(
        "sightings.csv", "s2,gazette,it hung there for an hour", 's2,gazette,"it\r\nhung"'
    )
    folder.change("sightings.csv", "80 km", "0 km")
    folder.change("sightings.csv", "C,D,disputed", "C,Z,disputed")
    folder.change("statements.csv", "near 45.78", "close to 45.78")
    folder.change("statements.csv", "c3,gazette", "c2,gazette")
    folder.change("statements.csv", "high,C,,", "high,C,s99,")
    assert [mistake.split(": ")[0].strip() for mistake in folder.mistakes()] == [
        "case.yaml:13:9",
        "case.yaml:15:17",
        "case.yaml:28:15",
        "sources.csv:3:id",
        "sightings.csv:2:time_min",
        "sightings.csv:2:lat_deg",
        "sightings.csv:2:source",
        "sightings.csv:3:altitude_min",
        "sightings.csv:5:position_sd",
        "sightings.csv:5:altitude_reliability",
        "sightings.csv:5:source",
        "statements.csv:2:test",
        "statements.csv:4:id",
        "statements.csv:4:conflicts_with",
    ]


def test_who_has_thousands_of_mistakes_is_shown_the_first(folder):
    folder.append("sightings.csv", "s1,gazette\n" * 2000)
    mistakes = folder.mistakes()
    assert len(mistakes) < 1000
    assert mistakes[-1].startswith("  ... and ")


TEXTS = st.one_of(
    st.text(), st.text(alphabet="id,;:\"'\n\r\t -[]{}&*#!|>%@`?<=\\0aNs1é\ufeff\u2028")
)
ANY = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


@ANY
@given(file=st.sampled_from(FILES), content=st.one_of(TEXTS.map(str.encode), st.binary()))
def test_a_file_of_anything_at_all_is_a_mistake_of_the_case(folder, file, content):
    before = (folder.path / file).read_bytes()
    try:
        folder.write(file, content)
        with pytest.raises(CaseError):
            folder.read()
    finally:
        folder.write(file, before)


@ANY
@given(file=st.sampled_from(FILES), data=st.data())
def test_anything_in_the_midst_of_a_file_is_read_or_is_a_mistake_of_the_case(folder, file, data):
    before = (folder.path / file).read_text(encoding="utf-8")
    start = data.draw(st.integers(0, len(before)))
    end = data.draw(st.integers(start, min(len(before), start + 30)))
    try:
        folder.write(file, before[:start] + data.draw(TEXTS) + before[end:])
        folder.read()
    except CaseError as error:
        assert "; expected none. Edit the files" in str(error)  # noqa: PT017 (or no error at all)
    finally:
        folder.write(file, before)
