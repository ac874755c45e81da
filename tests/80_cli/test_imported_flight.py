"""From a file of telemetry to a release: the way that the owner of a balloon goes."""

import csv
import json
import sys

import numpy as np
import pytest
from quick import QUICK, validated

from overflight import account, cli
from overflight.case.load import load
from overflight.case.template import write_new

pytestmark = pytest.mark.slow

CASE = {
    "title: A balloon over Montana": "title: A solar balloon over New Mexico",
    "summary: An invented example. A white balloon drifted east over two towns on one afternoon.":
        "summary: A solar hot-air balloon, by its own telemetry.",
    "start: 2023-02-01T06:00Z": "start: 2022-08-22T15:00Z",
    "end: 2023-02-02T12:00Z": "end: 2022-08-23T01:30Z",
    "diameter_min: 90 ft": "diameter_min: 5 m",
    "diameter_max: 200 ft": "diameter_max: 7 m",
    "float_altitude_min: 50,000 ft": "float_altitude_min: 18 km",
    "float_altitude_max: 70,000 ft": "float_altitude_max: 22 km",
    "id: unknown-west": "id: albuquerque",
    "time_min: 2023-02-01T06:00Z": "time_min: 2022-08-22T15:45Z",
    "time_max: 2023-02-01T16:00Z": "time_max: 2022-08-22T16:15Z",
    "lat_deg: 46.9": "lat_deg: 34.6",
    "lon_deg: -114.0 ": "lon_deg: -106.6 ",
    "position_sd: 150 km": "position_sd: 30 km",
}  # fmt: skip


@pytest.fixture(scope="module")
def flown(tmp_path_factory, shared_data):
    """A new case, emptied of its example's rows; real telemetry imported; an account of it."""
    track = shared_data / "telemetry" / "raw_formats" / "shab14v_aprs.csv"
    if not track.exists():
        pytest.skip("the telemetry is not here")
    folder = tmp_path_factory.mktemp("imported")
    case = folder / "case"
    write_new(case)
    text = (case / "case.yaml").read_text(encoding="utf-8")
    for old, new in CASE.items():
        assert old in text
        text = text.replace(old, new, 1)
    (case / "case.yaml").write_text(text, encoding="utf-8")
    for name in ("sightings", "statements"):
        path = case / f"{name}.csv"
        heading = path.read_text(encoding="utf-8").partition("\n")[0]
        path.write_text(heading + "\n", encoding="utf-8")
    arguments = ["import", str(track), "--case", str(case), "--url", "https://example.org/shab14v",
                 "--source", "shab14v", "--every", "40min"]  # fmt: skip
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["overflight", *arguments])
        with pytest.raises(SystemExit) as end:
            cli.main()
    assert not end.value.code
    out = folder / "release"
    return load(case), account.run(case, out, settings=QUICK), out


def test_what_was_imported_is_the_evidence(flown):
    case, made, out = flown
    assert len(case.sightings) >= 5
    assert {str(one.attribution) for one in case.sightings} == {"telemetry"}
    with (out / "sightings.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["id"] for row in rows] == [one.id for one in case.sightings]
    assert made.report.exists()
    html = made.report.read_text(encoding="utf-8")
    assert "A solar balloon over New Mexico" in html
    assert "climatology: prior only" in html


def test_the_track_is_that_of_the_telemetry(flown):
    """At the time of every fix the paths pass it within tens of kilometres."""
    case, made, _ = flown
    paths = made.posterior
    for one in case.sightings[2:]:
        at = int(np.argmin(np.abs(paths.time_s - (one.time_min - case.epoch).total_seconds())))
        north_km = 111.2 * np.abs(paths.lat_deg[:, at] - one.lat_deg)
        east_km = 111.2 * np.abs(paths.lon_deg[:, at] - one.lon_deg) * np.cos(np.radians(34.6))
        assert np.average(np.hypot(north_km, east_km), weights=paths.weight) < 60.0, one.id


def test_it_crossed_new_mexico_and_every_ledger_is_whole(flown):
    _, made, out = flown
    zones = {zone.zone: zone.probability for zone in made.ledgers.traversed.zones}
    assert zones["US-NM"] > 0.8
    assert validated(out) == [  # nobody is named who could have seen it
        "brought_down", "carried", "claimed", "collected", "origin", "steered", "traversed",
    ]  # fmt: skip
    told = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    assert told["settings"]
