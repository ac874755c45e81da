"""A case arrives as its files say: nothing guessed, nothing lost, everything in SI."""

import csv
import json
import subprocess
import sys
from datetime import UTC, datetime

import pytest

from overflight.case import predicate_text, predicates
from overflight.case.load import FILES, bundled, load
from overflight.case.model import (
    MEAN_RELIABILITY,
    Geometry,
    Grade,
    PartialDate,
    Use,
    json_schema,
)
from overflight.case.template import write_new
from overflight.errors import CaseError

T0 = datetime(2023, 2, 1, 22, tzinfo=UTC)
T1 = datetime(2023, 2, 2, 2, tzinfo=UTC)
WINDOW = "2023-02-01T15:00-07:00..2023-02-02T02:00Z"


def test_the_example_is_a_valid_case_in_si(folder):
    case = folder.read()
    assert case.id == "a-case"
    assert case.epoch == case.span_start == datetime(2023, 2, 1, 6, tzinfo=UTC)
    assert case.span_end == datetime(2023, 2, 2, 12, tzinfo=UTC)
    assert case.balloon.diameter_min_m == pytest.approx(90 * 0.3048)
    assert case.balloon.payload_min_kg is None
    assert case.plausible_area_m2 == pytest.approx(2e12)
    assert case.sightings[0].position_sd_m == pytest.approx(50e3)
    assert case.sightings[0].geometry is Geometry.LINE_OF_SIGHT
    assert case.sightings[1].altitude_min_m == pytest.approx(58_000 * 0.3048)
    assert case.sightings[1].time_min == datetime(2023, 2, 1, 23, 41, tzinfo=UTC)
    assert case.statements[0].test == (
        predicates.Near(45.78, -108.5, 60e3, T0, T1),
    )  # fmt: skip
    assert case.statements[0].lineage == ("s2",)
    assert case.statements[2].test is None


def test_the_example_explains_itself(folder):
    lines = (folder.path / "case.yaml").read_text(encoding="utf-8").splitlines()
    assert sum("#" in line for line in lines) > 10


def test_a_new_case_never_touches_what_exists(folder):
    before = {file: (folder.path / file).read_bytes() for file in FILES}
    with pytest.raises(CaseError, match="exists already"):
        write_new(folder.path)
    with pytest.raises(CaseError, match="exists already"):
        write_new(folder.path / "case.yaml")
    assert {file: (folder.path / file).read_bytes() for file in FILES} == before


def test_a_new_case_is_whole_or_not_there(tmp_path, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("pathlib.Path.rename", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_new(tmp_path / "mine")
    assert list(tmp_path.iterdir()) == []


def test_a_new_case_needs_a_place(tmp_path):
    with pytest.raises(CaseError, match="not a folder"):
        write_new(tmp_path / "nowhere" / "mine")


def test_the_marks_that_spreadsheets_leave_are_no_mistakes(folder):
    plain = folder.read()
    for file in FILES:
        text = (folder.path / file).read_text(encoding="utf-8")
        folder.write(file, b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    folder.append("sightings.csv", "\r\n,,,,,,,,,,,,,,,,,,,\r\n\r\n")
    assert folder.read() == plain


def test_yaml_decides_no_type(folder):
    folder.change("case.yaml", "title: A balloon over Montana", "title: NO")
    folder.change("case.yaml", "summary: An", "summary: 0x1F 1:30 1e3 ~ 2023-02-01 An")
    case = folder.read()
    assert case.title == "NO"
    assert case.summary.startswith("0x1F 1:30 1e3 ~ 2023-02-01 An")


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", '=HYPERLINK("http://x","y")', "+1"])
def test_what_a_cell_says_passes_unchanged(folder, text):
    quoted = '"' + text.replace('"', '""') + '"'
    folder.change("sightings.csv", "a big white circle in the sky", quoted)
    assert folder.read().sightings[0].quote == text


def test_what_a_row_leaves_out_has_a_plain_meaning(folder):
    folder.change("sightings.csv", "C,D,disputed,s2,yes", "C,,disputed,s2,")
    folder.change("sightings.csv", "FL420,pressure", "FL420,")
    sighting = folder.read().sightings[2]
    assert sighting.altitude_reliability is sighting.reliability is Grade.C
    assert sighting.use is Use.YES
    assert sighting.altitude_kind == "pressure"  # a flight level says so itself
    assert folder.read().sightings[0].altitude_kind == "unknown"


def test_the_weights_of_launches_count_against_each_other(folder):
    text = (folder.path / "case.yaml").read_text(encoding="utf-8")
    launch = text[text.index("  - id:") : text.index("\n# flight_end")]
    other = launch.replace("unknown-west", "unknown-east").replace("weight: 1", "weight: 3")
    folder.write("case.yaml", text.replace(launch, launch + other))
    assert [launch.weight for launch in folder.read().launches] == [0.25, 0.75]


def test_debris_may_be_found_after_the_flight(folder):
    folder.change("case.yaml", "# flight_end_sighting: s9 ", "flight_end_sighting: s2 ")
    folder.change("sightings.csv", "line_of_sight,2023-02-01T23:30Z", "debris,2023-02-02T01:30Z")
    folder.change("sightings.csv", "2023-02-02T00:30Z", "2023-02-02T02:30Z")
    assert folder.read().sightings[2].geometry is Geometry.DEBRIS


def test_one_sighting_at_least_is_used(folder):
    folder.change("sightings.csv", "yes,,", "no,a reason,")
    (mistake,) = folder.mistakes()
    assert mistake.startswith("  sightings.csv:1: no sighting that is used")


def test_rows_of_a_broken_table_are_not_missed_by_the_others(folder):
    folder.change("sightings.csv", "s2,gazette", 's2,"gaz" ette')
    (mistake,) = folder.mistakes()
    assert mistake.startswith("  sightings.csv:3: quotes")


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        (f"in US-MT during {WINDOW}", predicates.InZone("US-MT", T0, T1)),
        (f"never in US+12nmi during {WINDOW}", predicates.NeverInZone("US+12nmi", T0, T1)),
        (
            f"near 45.78, -108.5 within 150 km during {WINDOW}",
            predicates.Near(45.78, -108.5, 150e3, T0, T1),
        ),
        (
            f"altitude 50,000 ft..20 km during {WINDOW}",
            predicates.AltitudeBand(15_240.0, 20_000.0, T0, T1),
        ),
        (f"launched {WINDOW}", predicates.Launched(T0, T1)),
        ("CA-YT before US-ID", predicates.Before("CA-YT", "US-ID")),
        (f"speed 10 m/s..36 km/h during {WINDOW}", predicates.Speed(10.0, 10.0, T0, T1)),
    ],
)
def test_a_test_says_what_a_path_must_do(text, meant):
    assert predicate_text.parse(text) == meant


def test_several_tests_hold_together():
    both = predicate_text.parse_all(f"CA-YT before US-ID ; launched {WINDOW}")
    assert both == (predicates.Before("CA-YT", "US-ID"), predicates.Launched(T0, T1))


@pytest.mark.parametrize(
    "text",
    [
        "",
        ";",
        "up",
        "in Montana during " + WINDOW,
        "in US-MT",
        "in US-MT during 2023-02-01..2023-02-02",
        "in US-MT during 2023-02-02T00:00Z..2023-02-01T00:00Z",
        "in US-MT during 2023-02-01T00:00Z..2023-02-01T00:00Z",
        "near 95,0 within 5 km during " + WINDOW,
        "near 45,0 within 5 during " + WINDOW,
        "near 45,0 within 0 km during " + WINDOW,
        "altitude 20 km..10 km during " + WINDOW,
        "altitude FL500..FL600 during " + WINDOW,
        "speed 10 kg..20 kg during " + WINDOW,
        "US-MT before",
        "in US-MT during " + "2023" * 1000,
    ],
)
def test_a_test_that_cannot_be_meant_is_refused(text):
    with pytest.raises(CaseError):
        predicate_text.parse_all(text)


def test_a_zone_of_a_kind_that_is_not_watched_cannot_be_tested(folder):
    folder.change("case.yaml", "zones: [country, state, territorial_sea]", "zones: [country]")
    old = "near 45.78,-108.50 within 60 km during 2023-02-01T22:00Z..2023-02-02T02:00Z"
    folder.change("statements.csv", old, "US-ID before US-MT")
    mistakes = folder.mistakes()
    assert mistakes[0].startswith("  statements.csv:2:test: zone 'US-ID' is a state")


@pytest.mark.parametrize(
    ("text", "earliest", "latest"),
    [
        ("2023", datetime(2023, 1, 1, tzinfo=UTC), datetime(2023, 12, 31, 23, 59, 59, tzinfo=UTC)),
        (
            "2024-02",
            datetime(2024, 2, 1, tzinfo=UTC),
            datetime(2024, 2, 29, 23, 59, 59, tzinfo=UTC),
        ),
        ("2023-02-01T15:00-07:00", T0, T0),
    ],
)
def test_a_date_is_as_precise_as_its_source(text, earliest, latest):
    date = PartialDate.parse(text)
    assert (date.text, date.earliest, date.latest) == (text, earliest, latest)


def test_better_grades_are_more_probably_right():
    means = [MEAN_RELIABILITY[grade] for grade in "ABCDE"]
    assert means == sorted(means, reverse=True)
    assert MEAN_RELIABILITY[Grade.F] == 0.5  # nothing known


def test_a_case_never_changes(folder):
    case = folder.read()
    with pytest.raises(ValueError, match="frozen"):
        case.title = "Another"


def test_the_schema_names_the_fields_of_the_files():
    schema = json.loads(json.dumps(json_schema()))
    assert {"title", "span", "launches", "plausible_area"} <= set(schema["properties"])
    assert {"position_sd", "altitude_min"} <= set(schema["$defs"]["Sighting"]["properties"])


def test_the_case_that_comes_with_overflight_is_valid():
    case = load(bundled("2023-conus"))
    assert case.id == "2023-conus"
    with (bundled("2023-conus") / "sightings.csv").open(encoding="utf-8", newline="") as rows:
        assert len(case.sightings) == sum(1 for _ in csv.DictReader(rows))


@pytest.mark.parametrize("name", ["1999-nowhere", "..", "../cases/2023-conus", ""])
def test_a_case_that_does_not_come_with_overflight_is_named(name):
    with pytest.raises(CaseError, match="no bundled case"):
        bundled(name)


def test_reading_a_case_loads_no_numbers_package():
    done = subprocess.run(
        [sys.executable, "-c", "import overflight.case.load, sys; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert loaded & {"numpy", "numba", "xarray", "scipy", "pandas", "typer", "rich"} == set()
