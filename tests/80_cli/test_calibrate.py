"""The commands of calibration: numbers for people and for programs, refusals in words."""

import json
import math

import pytest
from typer.testing import CliRunner

from overflight.cli import app
from overflight.errors import CaseError


@pytest.fixture
def track(tmp_path):
    path = tmp_path / "track.csv"
    rows = ["time,lat,lon,alt_m"]
    for i in range(300):
        wave = 0.05 * math.sin(2.0 * math.pi * i / 70.0)
        rows.append(f"{1.6e9 + 120.0 * i:.0f},{50.0 + wave:.5f},{0.02 * i:.5f},{18_000 + i % 7}")
    path.write_text("\n".join(rows) + "\n")
    return path


def run(*arguments):
    return CliRunner().invoke(app, ["calibrate", *map(str, arguments)])


def test_json_has_what_it_promises(track, tmp_path):
    picture = tmp_path / "coverage.svg"
    done = run("flights", track, "--hide", "2h,3h,40h", "--json", "--quiet", "--picture", picture)
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)["gaps"]
    assert [one["gap_h"] for one in told] == [2.0, 3.0, 40.0]
    assert set(told[0]) >= {
        "gap_h", "n", "coverage_50", "coverage_80", "coverage_90", "coverage_95", "median_km",
        "p90_km", "crps_km", "steered_false_alarms",
    }  # fmt: skip
    assert told[0]["n"] > 10
    assert 0.0 <= told[0]["coverage_50"] <= told[0]["coverage_95"] <= 1.0
    assert told[2] == told[2] | {"n": 0, "coverage_90": None, "median_km": None}
    assert picture.read_text().startswith("<svg")


def test_people_are_told_what_the_numbers_rest_on(track):
    done = run("flights", track, "--hide", "2h", "--quiet")
    assert "no verdict on steering is issued" in done.stdout
    assert "climatology: prior only" in done.stdout


@pytest.mark.parametrize("hide", ["6", "h", "1s", "", "1h,2m/s", "900h"])
def test_odd_lengths_are_refused(track, hide):
    done = run("flights", track, "--hide", hide)
    assert done.exit_code != 0


def test_tracks_and_profiles_are_checked(track):
    told = json.loads(run("carried", track, "--json", "--quiet").stdout)
    assert told["tracks"][0]["carried_rejected"] is False
    done = run("profiles", track)
    assert done.exit_code != 0


@pytest.mark.parametrize("arguments", [("--cases", "3"), ("--cases", "1000000"), ("--seed", "-1")])
def test_a_study_of_no_use_is_refused_in_words(arguments):
    done = run("simulated", *arguments)
    assert done.exit_code != 0
    assert isinstance(done.exception, CaseError)
    assert "flights" in done.exception.expected


@pytest.mark.slow
def test_made_up_flights_are_told_of_as_json(tmp_path):
    picture = tmp_path / "ranks.svg"
    done = run("simulated", "--cases", "20", "--json", "--quiet", "--picture", picture)
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert (told["cases"], told["refused"]) == (20, 0)
    assert told["statistics"][0]["chi_squared_p"] is None  # twenty are too few for bins
    assert 0.0 < told["choices"]["false_alarms_averaged"] < 0.05
    assert picture.read_text().startswith("<svg")
