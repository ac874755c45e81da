"""Original files of the test data: each as its tidy counterpart, or refused in words."""

from datetime import date

import numpy as np
import pytest

from overflight.errors import OverflightError
from overflight.fields.soundings import table, tidy
from overflight.imports import cells, door, evidence, models
from overflight.imports.tracks import Answers

DMY = Answers(cells.Clock(order="dmy"))
DAY = Answers(cells.Clock(day=date(2022, 4, 9)))
PAIRS = [
    ("anitalite_BalloonGPS.txt.gz", "ldb_anitalite", Answers()),
    ("shab14v_aprs.csv", "shab14v_20220822", Answers()),
    ("eoss_322-22_original.csv.gz", "eoss_322-22", DAY),
    ("icspace24_original.csv", "pico_icspace24_20210122", Answers()),
    ("icspace25_original.csv", "pico_icspace25_20210430", Answers()),
    ("pyballoon_18-4-6_1_original.csv", "pyb_18-4-6_1", DMY),
    ("bg7zdq_serial_log.txt.gz", "lora_BG7ZDQ_20250706", Answers()),
    ("wsgc/actual.csv", "wsgc_elijah_20180808", Answers()),
    ("twpsondewnpnC3.b1.20060119.112000.custom.cdf",
     "arm_twpsondewnpnC3.b1.20060119.112000", Answers()),
]  # fmt: skip


def opened(shared_data, name, answers=None):
    path = shared_data / "telemetry" / "raw_formats" / name
    return door.open_file(path, answers or Answers())


@pytest.mark.parametrize(("name", "tidy_name", "answers"), PAIRS, ids=[one[0] for one in PAIRS])
def test_an_original_comes_out_as_its_tidy_track(shared_data, name, tidy_name, answers):
    (track,) = opened(shared_data, name, answers).tracks
    kept = evidence.keep(track, name, 0.0, None)
    path = shared_data / "telemetry" / "tracks" / f"{tidy_name}.csv.gz"
    (known,) = tidy.raws(table.parse(table.read_text(path), path.name), path.name)
    at = {second: row for row, second in enumerate(known.time.astype("datetime64[s]"))}
    seconds = kept.time.astype("datetime64[s]")
    pairs = [(row, at[second]) for row, second in enumerate(seconds) if second in at]
    assert len(pairs) > 0.97 * len(kept.time) > 20
    ours, theirs = np.array(pairs).T
    # Of two fixes in one moment (a clock of minutes) either may have been kept.
    north = np.abs(kept.lat_deg[ours] - known.lat_deg[theirs])
    assert np.quantile(north, 0.99) < 1e-5
    assert north.max() < 0.011
    turn = (kept.lon_deg[ours] - known.lon_deg[theirs] + 180.0) % 360.0 - 180.0
    assert np.quantile(np.abs(turn), 0.99) < 1e-5
    both = np.isfinite(kept.height_m[ours] + known.height_m[theirs])
    assert both.mean() > 0.95
    up = np.abs(kept.height_m[ours][both] - known.height_m[theirs][both])
    assert np.quantile(up, 0.99) < 1.0
    assert up.max() < 100.0
    lost = {line for lines in kept.dropped.values() for line in lines.tolist()}
    assert len(lost) + len(kept.time) == len(track.raw.time)  # every row is accounted for


def test_traps_are_told(shared_data):
    def told(name, answers=None):
        kept = evidence.keep(opened(shared_data, name, answers).tracks[0], name, 0.0, None)
        return kept, "\n".join(": ".join(pair) for pair in evidence.account(kept, 0))

    _, words = told("eoss_322-22_original.csv.gz", DAY)
    assert "FEET: none is named, and in metres they contradict the pressure" in words
    _, words = told("wsgc/actual.csv")
    assert "no balloon flies at 106," in words
    kept, words = told("icspace25_original.csv")
    assert "reception: a fix may be 44 s older" in words
    assert 150.0 < kept.position_sd_m < 300.0  # 0.0066 deg over the square root of twelve
    kept, words = told("anitalite_BalloonGPS.txt.gz")
    assert "longitude passes 180 degrees" in words
    assert kept.step_s == 60.0
    assert kept.position_sd_m > 300.0
    kept, _ = told("icspace24_original.csv")
    assert not (np.abs(kept.height_m - 1_342.0) < 1.0).any()  # of a 9.8 km float
    _, words = told("bg7zdq_serial_log.txt.gz")
    assert "5 damaged sentences were left out" in words
    _, words = told("twpsondewnpnC3.b1.20060119.112000.custom.cdf")
    assert "15 no place on the earth" in words


def test_one_frame_of_many_receivers_counts_once(shared_data):
    name = "sondehub_receptions_excerpt.csv.gz"
    one, two = opened(shared_data, name).tracks
    assert [one.raw.id, two.raw.id] == ["402-2-01164", "406962-426801"]
    kept = evidence.keep(one, name, 0.0, None)
    assert len(kept.time) == 84
    assert len(set(kept.time.tolist())) == 84
    with pytest.raises(OverflightError, match=r"2 tracks.*Say --id"):
        evidence.choose((one, two), "", name)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("eoss_322-22_original.csv.gz", "without a date.*Say --date"),
        ("pyballoon_18-4-6_1_original.csv", "day and month may be either.*--dates dmy"),
        ("wsgc/ASTRA_prediction.csv", "counts from 0.*--start"),
        ("wsgc/ASTA_prediction.csv", "counts from 0.*--start"),
        ("wsgc/UWYO_prediction.csv", "without a date"),
    ],
)
def test_what_a_file_does_not_say_is_asked(shared_data, name, words):
    with pytest.raises(OverflightError, match=words):
        opened(shared_data, name)


@pytest.mark.parametrize(
    "name",
    ["wsgc/Cambridge_1.2.csv", "wsgc/Cambridge_1.4.csv", "wsgc/Cambridge_2.25.csv",
     "wsgc/Cambridge_prediction.csv", "wsgc/s3_lnz_prediction.json.txt"],
)  # fmt: skip
def test_predictions_are_known_by_what_is_in_them(shared_data, name):
    found = opened(shared_data, name)
    assert found.model or models.why_computed(found.tracks[0], "track.csv")


def test_no_observed_track_is_taken_for_a_model(shared_data):
    for name, _, answers in PAIRS:
        (track,) = opened(shared_data, name, answers).tracks
        assert not models.why_computed(track, "track.csv")


def test_every_original_is_read_or_refused(shared_data):
    folder = shared_data / "telemetry" / "raw_formats"
    for path in sorted(one for one in folder.rglob("*") if one.is_file()):
        try:
            assert door.open_file(path, Answers()).tracks
        except OverflightError as error:
            assert error.remedy  # noqa: PT017
