"""Telemetry of strangers: in any order, repeated, torn, rounded, on either side of 180 degrees."""

import numpy as np
import pytest

from overflight.calibration import reading
from overflight.errors import OverflightError


def only(path):
    (track,), _ = reading.read_tracks([path])
    return track


def test_rows_out_of_order_and_repeated_give_the_same_track(drifting, written):
    rows = drifting(300, 120.0)
    mixed = np.concatenate([rows, rows[:80]])[np.random.default_rng(0).permutation(380)]
    one, other = only(written(rows)), only(written(mixed, "mixed.csv"))
    np.testing.assert_array_equal(one.time_s, other.time_s)
    np.testing.assert_array_equal(one.normal, other.normal)
    assert any("out of order" in note for note in other.notes)
    assert any("80 rows repeated" in note for note in other.notes)


@pytest.mark.parametrize(
    "head",
    ["Time (UTC),Latitude,Longitude,Altitude (ft)", "datetime,gps_lat,gps_lon,alt_ft"],
)
def test_feet_are_feet_by_their_heading(drifting, written, head):
    rows = drifting(50, 120.0)
    feet = rows * np.array([1.0, 1.0, 1.0, 1.0 / 0.3048])
    np.testing.assert_allclose(
        only(written(feet, head=head)).height_m, only(written(rows)).height_m, atol=0.1
    )


def test_kilometres_are_kilometres(drifting, written):
    rows = drifting(50, 120.0) * np.array([1.0, 1.0, 1.0, 1e-3])
    track = only(written(rows, head="time,lat,lon,alt_km"))
    assert 16e3 < np.median(track.height_m) < 20e3


def test_two_places_at_once_are_refused_and_a_single_slip_is_said(drifting, written):
    rows = drifting(300, 120.0)
    other = rows + np.array([0.0, 0.0, 5.0, 0.0])
    with pytest.raises(OverflightError, match="in two places"):
        only(written(np.concatenate([rows, other])))
    track = only(written(np.concatenate([rows, other[150:151]]), "slip.csv"))
    assert any("two places at once" in note for note in track.notes)
    assert len(track.time_s) == 299


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (np.empty((0, 4)), "without a row"),
        (np.array([[1.6e9, 50.0, 0.0, 18e3]]), "one fix at a time of its own"),
        (np.array([[1.6e9, 50.0, 0.0, 18e3]] * 40), "one fix at a time of its own"),
        (np.array([[1.6e9 + i, 0.0, 0.0, 0.0] for i in range(40)]), "no fix"),
    ],
)
def test_what_is_no_track_is_refused_in_words(written, rows, words):
    with pytest.raises(OverflightError, match=words):
        reading.read_tracks([written(rows)])


def test_an_old_fix_heard_again_is_no_wait(written, drifting):
    rows = drifting(100, 120.0)
    again = rows[::7] + np.array([50.0, 0.0, 0.0, 0.0])
    track = only(written(np.concatenate([rows, again])))
    assert any("repeat the place and height" in note for note in track.notes)
    assert len(track.time_s) == 100


def test_a_hundred_thousand_rows_become_few(drifting, written):
    rows = drifting(2_000, 60.0)
    dense = np.repeat(rows, 50, axis=0)
    dense[:, 0] += np.tile(np.arange(50), 2_000)
    dense[:, 1:] += np.random.default_rng(0).normal(scale=1e-5, size=(100_000, 3))
    track = only(written(dense))
    assert len(track.time_s) <= 4_001
    assert any("first of each half minute" in note for note in track.notes)


def test_afloat_leaves_out_the_ascent(written):
    time_s = 1.6e9 + 60.0 * np.arange(600)
    height = np.minimum(300.0 * np.arange(600), 18_000.0)
    rows = np.stack([time_s, np.full(600, 50.0), 0.001 * np.arange(600), height], axis=1)
    first, last = reading.afloat(only(written(rows)))
    assert 45 * 60.0 < first < 90 * 60.0
    assert last > 580 * 60.0


def test_rounding_widens_a_fix(drifting, written):
    rows = drifting(300, 120.0)
    coarse = rows.copy()
    coarse[:, 1:3] = np.round(coarse[:, 1:3], 2)
    assert only(written(rows)).fix_sd_m < 60.0
    assert only(written(coarse)).fix_sd_m == pytest.approx(np.hypot(50.0, 321.0), rel=0.02)


def test_a_clock_that_starts_at_its_epoch_is_no_part_of_the_flight(drifting, written):
    rows = drifting(300, 120.0)
    stray = np.concatenate([[[1.0e9, 50.0, 0.0, 0.0], [2.5e9, 50.0, 0.0, 0.0]], rows])
    track = only(written(stray, "stray.csv"))
    np.testing.assert_array_equal(track.time_s, only(written(rows)).time_s)
    assert any("2 rows lie more than ten days" in note for note in track.notes)


def test_moments_that_are_all_one_are_refused_while_the_places_move(drifting, written):
    rows = drifting(4_000, 120.0)
    rows[:, 0] = 1.6e9
    with pytest.raises(OverflightError, match="no fix at a time of its own"):
        reading.read_tracks([written(rows)])


def test_heights_that_no_balloon_has_are_unknown(drifting, written):
    rows = drifting(100, 120.0)
    rows[10:20, 3] = 1e9
    track = only(written(rows))
    assert np.isnan(track.height_m).sum() == 10
    assert any("10 heights at which no balloon flies" in note for note in track.notes)


def test_a_track_of_years_is_refused(written):
    day = np.arange(500.0)
    rows = np.stack([1.5e9 + 86_400.0 * day, np.full(500, 50.0), 0.1 * day, np.full(500, 12e3)], 1)
    with pytest.raises(OverflightError, match="499 days are no single flight"):
        reading.read_tracks([written(rows)])


def test_a_flight_of_35_days_in_a_hundred_thousand_rows_is_read_in_bounded_memory(
    drifting, written
):
    """Sixteen times over and in any order: the same as once and in order."""
    import tracemalloc

    rows = drifting(6_300, 480.0)
    path = written(
        np.tile(rows, (16, 1))[np.random.default_rng(3).permutation(100_800)], "many.csv"
    )
    tracemalloc.start()
    track = only(path)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 250e6
    np.testing.assert_array_equal(track.time_s, only(written(rows)).time_s)
    assert track.time_s[-1] / 86_400.0 == pytest.approx(35.0, abs=0.01)
