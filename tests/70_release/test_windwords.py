"""Soundings in words: what a person reads and what a program reads say the same."""

import json
from dataclasses import replace

import numpy as np
import pytest

from overflight.fields.soundings.profile import Profile
from overflight.release import windwords


@pytest.fixture
def profile():
    height = np.array([15_200.0, 12_000.0, 31_000.0])
    return Profile(
        id="S3140158", origin="flight.csv (table)",
        time=np.array(["2023-02-01T12:00:31", "2023-02-01T12:10", "2023-02-01T13:05:59"],
                      dtype="datetime64[ns]"),
        lat_deg=np.array([45.0, 45.2, 45.7]), lon_deg=np.array([-108.0, -107.5, -106.0]),
        height_m=height, pressure_pa=np.array([12_000.0, 19_000.0, 1_000.0]),
        u_mps=np.array([3.0, -30.0, 0.0]), v_mps=np.array([4.0, 40.0, 1.0]),
        height_kind="geopotential", pressure_basis="file", wind_basis="reported",
    )  # fmt: skip


def test_a_sounding_is_told_by_time_place_heights_and_wind(profile):
    text, _ = windwords.sounding(profile)
    assert text == (
        "S3140158 (flight.csv (table)): 3 points, 2023-02-01T12:00Z to 2023-02-01T13:05Z, near"
        " 45.30 -108.00, 12,000 to 31,000 m (geopotential), wind reported, at most 50 m/s"
    )


def test_what_was_repaired_stands_below_it_a_line_each(profile):
    notes = ("4 rows repeated a moment and were left out.", "The reported speed is 2.8 times")
    text, facts = windwords.sounding(replace(profile, notes=notes))
    first, *rest = text.split("\n")
    assert first == windwords.sounding(profile)[0]
    assert rest == [f"  {note}" for note in notes]
    assert facts["notes"] == list(notes)


def test_the_facts_of_a_sounding_are_json_with_units_in_their_names(profile):
    _, facts = windwords.sounding(profile)
    told = json.loads(json.dumps(facts, allow_nan=False))
    assert told["points"] == 3
    assert (told["height_min_m"], told["height_max_m"]) == (12_000.0, 31_000.0)
    assert told["largest_speed_mps"] == pytest.approx(50.0)
    assert told["lat_deg"] == pytest.approx(45.3)
    assert told["lon_deg"] == -108.0
    assert told["start"] == "2023-02-01T12:00Z"
    assert (told["wind_basis"], told["pressure_basis"]) == ("reported", "file")
    assert told["notes"] == []


def test_a_sounding_that_shows_no_wind_is_named_with_the_reason():
    text, facts = windwords.left_out("a.csv", "V42 lies on the ground.")
    assert text == "a.csv: V42 lies on the ground."
    assert facts == {"origin": "a.csv", "left_out": "V42 lies on the ground."}
    assert "id" not in facts  # so that a program tells it from a sounding


@pytest.mark.parametrize(
    ("size_bytes", "said"),
    [(0, "0 bytes"), (999, "999 bytes"), (1_000, "1.0 kB"), (19_402, "19 kB"), (2.5e6, "2.5 MB"),
     (5.3e9, "5.3 GB")],
)  # fmt: skip
def test_sizes_are_for_people(size_bytes, said):
    assert windwords.size(size_bytes) == said
