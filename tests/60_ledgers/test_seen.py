"""Who could have noticed: range, horizon, hours, light and speed, on paths that are known."""

import json
import math
from dataclasses import asdict
from types import SimpleNamespace

import numpy as np
import pytest
from flown import EPOCH, posterior

from overflight.case.model import Observer
from overflight.ledgers import seen
from overflight.physics import watching
from overflight.release.ledgerjson import plain

HEIGHT_M = 19_000.0
EQUATOR_M = 111_319.49
BALLOON = SimpleNamespace(diameter_min_m=36.6, diameter_max_m=61.0)


def observer(kind, lat_deg=0.0, lon_deg=0.0, **more):
    row = {"name": kind, "kind": kind, "lat_deg": str(lat_deg), "lon_deg": str(lon_deg)}
    return Observer.model_validate(row | more)


def account(paths, *observers):
    return seen.ledger(SimpleNamespace(observers=observers, balloon=BALLOON), paths)


def overpass(speed_mps=20.0, hours=60.0, step_s=1_800.0, lat_deg=0.0, lon_deg=0.0, copies=1):
    time_s = np.arange(0.0, hours * 3_600.0 + 1.0, step_s)
    east_m = (time_s - 0.5 * time_s[-1]) * speed_mps
    lon = lon_deg + east_m / (EQUATOR_M * math.cos(math.radians(lat_deg)))
    lon = (np.tile(lon, (copies, 1)) + 180.0) % 360.0 - 180.0
    return posterior(
        np.full(lon.shape, lat_deg), lon, time_s, height_m=np.full(lon.shape, HEIGHT_M)
    )


def in_all_s(line):
    return line.careful.in_all.p50_s


def test_a_radar_s_stated_range_binds_before_its_horizon():
    answer = account(overpass(), observer("radar", range="250 nmi", antenna_height="30 m"))
    (line,) = answer.observers
    assert line.horizon_m == pytest.approx(572_200.0, rel=1e-3)
    reach_m = math.sqrt(463_000.0**2 - HEIGHT_M**2)
    assert in_all_s(line) == pytest.approx(2.0 * reach_m / 20.0, abs=1_200.0)
    (far,) = account(
        overpass(), observer("radar", range="2000 km", antenna_height="30 m")
    ).observers
    assert in_all_s(far) == pytest.approx(2.0 * 572_200.0 / 20.0, abs=1_200.0)


def test_a_radar_sees_its_speed_along_the_line_of_sight():
    """A straight pass at 20 m/s is below 10 m/s radially while tan(bearing off) is small."""
    (line,) = account(
        overpass(lat_deg=1.0, hours=40.0), observer("radar", range="400 km")
    ).observers
    miss_m = math.hypot(110_574.0, HEIGHT_M)
    below_m = miss_m * math.tan(math.asin(0.5))
    whole_m = math.sqrt(400_000.0**2 - miss_m**2)
    assert line.slower[0] == pytest.approx(below_m / whole_m, abs=0.03)
    assert line.slower[1:] == (1.0, 1.0)
    assert account(overpass(), observer("receiver")).observers[0].slower is None


def test_hours_are_utc_and_may_run_past_midnight():
    paths = overpass(speed_mps=0.01, hours=48.0)
    for hours, share in (("06:00-18:00", 0.5), ("22:00-04:00", 0.25), ("00:00-24:00", 1.0)):
        (line,) = account(paths, observer("receiver", hours=hours)).observers
        assert in_all_s(line) == pytest.approx(share * 48.0 * 3_600.0, abs=2_400.0)
    (line,) = account(paths, observer("receiver", hours="06:00-18:00")).observers
    assert [(w.begin_s, w.end_s, w.most) for w in line.careful.windows] == [
        (6 * 3_600.0, 17 * 3_600.0 + 3_000.0, 1.0),
        (30 * 3_600.0, 41 * 3_600.0 + 3_000.0, 1.0),
    ]
    assert watching.on_duty(0.0, 79_200.0, 14_400.0)
    assert not watching.on_duty(14_400.0, 79_200.0, 14_400.0)


def test_eyes_need_light_and_cameras_need_the_balloon_lit():
    """Still over 47 N 0 E on 1 February: sunset near 17:02 UTC, lit at height for half an hour."""
    time_s = np.arange(0.0, 86_401.0, 600.0)
    still = np.zeros((1, len(time_s)))
    paths = posterior(still + 47.0, still, time_s, height_m=still + HEIGHT_M)
    eye, camera, receiver = account(
        paths, observer("eye", 47.2), observer("camera", 47.2), observer("receiver", 47.2)
    ).observers
    assert in_all_s(receiver) == 86_400.0
    lit_h = in_all_s(camera) / 3_600.0
    assert lit_h == pytest.approx(9.6 + 2 * 31.4 / 60.0, abs=0.4)
    assert in_all_s(eye) <= eye.generous.in_all.p50_s <= in_all_s(camera)
    (window,) = eye.generous.windows
    assert window.end_s / 3_600.0 == pytest.approx(17.0 + 31.4 / 60.0, abs=0.3)
    at_midnight = eye.generous.by_time[0]
    assert at_midnight == 0.0


def test_an_eye_sees_less_far_than_a_camera_and_a_larger_balloon_further():
    paths = overpass(speed_mps=15.0, hours=20.0, lat_deg=20.0, lon_deg=-150.0)
    far = [observer("eye", 22.0 + 0.01, -150.0), observer("camera", 22.01, -150.0)]
    eye, camera = account(paths, *far).observers
    assert eye.careful.probability <= eye.generous.probability <= camera.careful.probability
    assert camera.careful.probability == 1.0


def test_the_antimeridian_is_a_place_like_others():
    here = account(overpass(), observer("receiver")).observers[0]
    there = account(overpass(lon_deg=180.0), observer("receiver", lon_deg=180.0)).observers[0]
    assert in_all_s(there) == pytest.approx(in_all_s(here), abs=600.0)


def test_paths_that_launch_late_or_never_are_counted_for_what_they_fly():
    paths = overpass(copies=4)
    lat, lon, high = paths.lat_deg.copy(), paths.lon_deg.copy(), paths.height_m.copy()
    for array in (lat, lon, high):
        array[0] = np.nan
        array[1, : array.shape[1] // 2] = np.nan
    late = posterior(lat, lon, paths.time_s, height_m=high)
    (line,) = account(late, observer("receiver")).observers
    assert line.careful.probability == pytest.approx(0.75)
    assert line.careful.in_all.p05_s < 0.7 * line.careful.in_all.p95_s
    assert max(line.careful.by_time) == pytest.approx(0.75)
    nowhere = posterior(lat * np.nan, lon * np.nan, paths.time_s)
    answer = account(nowhere, observer("eye"))
    assert answer.observers[0].careful.probability == 0.0
    assert json.dumps(plain(asdict(answer)), allow_nan=False)


def test_a_case_without_observers_answers_for_nobody():
    assert account(overpass()).observers == ()


def test_windows_need_one_path_in_twenty():
    share = np.array([0.04, 0.05, 0.5, 0.01, 1.0])
    found = seen.windows(np.arange(5.0), share)
    assert [(w.begin_s, w.end_s) for w in found] == [(1.0, 2.0), (4.0, 4.0)]
    many = seen.windows(np.arange(200.0), np.tile([0.0, 0.2], 100))
    assert len(many) == seen.MOST_WINDOWS
    assert EPOCH.tzinfo is not None
