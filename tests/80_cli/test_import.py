"""Import and archive through the command line."""

import sys

import numpy as np
import pytest

from overflight import cli
from overflight.case.load import load
from overflight.case.template import write_new


@pytest.fixture
def case(tmp_path):
    write_new(tmp_path / "case")
    return tmp_path / "case"


@pytest.fixture
def run(monkeypatch):
    """The command line as a terminal calls it: its exit status."""

    def run(arguments):
        monkeypatch.setattr(sys, "argv", ["overflight", *arguments])
        try:
            cli.main()
        except SystemExit as end:
            return end.code or 0
        return 0

    return run


@pytest.fixture
def track(tmp_path):
    seconds = np.datetime64("2023-02-01T19:00:00") + np.arange(180) * np.timedelta64(60, "s")
    rows = [
        f"{at}Z,{46.4 - 0.003 * k:.5f},{-111.0 + 0.012 * k:.5f},{18_000 + 5 * (k % 7)}"
        for k, at in enumerate(seconds)
    ]
    path = tmp_path / "track.csv"
    path.write_text("time,lat,lon,alt_m\n" + "\n".join(rows), "utf-8")
    return path


def test_imported_fixes_are_a_valid_case_with_copies(case, track, run, capsys):
    given = ["import", str(track), "--case", str(case), "--url", "https://example.org/t"]
    assert run([*given, "--every", "60min"]) == 0
    assert "written            3 rows of sightings.csv" in capsys.readouterr().out
    assert run(["validate", str(case)]) == 0
    assert run(["archive", str(case), str(track)]) == 0
    assert run(["archive", str(case), "--verify"]) == 0
    assert "1 copies, all as they were" in capsys.readouterr().out
    assert len([one for one in load(case).sightings if one.source == "track"]) == 3


def test_mistakes_end_with_two_and_change_nothing(case, track, run, capsys):
    before = {one.name: one.read_bytes() for one in case.iterdir()}
    for more in ([], ["--every", "soon"], ["--url", "ftp://x"], ["--date", "2023-13-01"],
                 ["--source", "../x"]):  # fmt: skip
        assert run(["import", str(track), "--case", str(case), *more]) == 2
        assert "Traceback" not in capsys.readouterr().err
    assert run(["archive", str(case), str(case)]) == 2
    assert {one.name: one.read_bytes() for one in case.iterdir() if one.is_file()} == before


def test_a_hostile_name_is_text(case, track, run, capsys):
    name = track.with_name("=\u202ecmd|' \x1b[2J.csv")
    track.rename(name)
    given = ["import", str(name), "--case", str(case), "--url", "https://example.org/t"]
    assert run(given) == 0
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert "\u202e" not in out
    source = load(case).sources[-1]
    assert source.title is not None
    assert source.title.startswith("'=_cmd")


def test_fixes_can_be_the_first_sightings_of_a_case(case, track, run, capsys):
    """Who begins with telemetry has no other sighting; the example's are taken out."""
    path = case / "sightings.csv"
    path.write_text(path.read_text("utf-8").partition("\n")[0] + "\n", "utf-8")
    statements = case / "statements.csv"
    statements.write_text(statements.read_text("utf-8").partition("\n")[0] + "\n", "utf-8")
    assert run(["validate", str(case)]) == 2
    assert "no sighting that is used" in capsys.readouterr().err
    given = ["import", str(track), "--case", str(case), "--url", "https://example.org/t"]
    assert run([*given, "--as", "track"]) == 0
    assert run(["validate", str(case)]) == 2  # a track beside it is no sighting
    assert run([*given, "--every", "60min"]) == 0
    assert run(["validate", str(case)]) == 0
    assert len(load(case).sightings) == 3
