"""The middle of paths, where longitudes and means are treacherous."""

from types import SimpleNamespace

import numpy as np
import pytest

from overflight.release.aheadwords import middles


def flown(lat, lon, weight=None):
    lat, lon = np.asarray(lat, float), np.asarray(lon, float)
    weight = np.full(len(lat), 1.0 / len(lat)) if weight is None else np.asarray(weight)
    time_s = 43_200.0 * np.arange(lat.shape[1])
    paths = SimpleNamespace(time_s=time_s, lat_deg=lat, lon_deg=lon, weight=weight)
    return SimpleNamespace(paths=paths)


def test_the_middle_lies_between_across_the_antimeridian_and_over_a_pole():
    first, last = middles(flown([[0.0, 89.0], [0.0, 89.0]], [[179.0, 0.0], [-179.0, 180.0]]))
    assert abs(first.lon_deg) == pytest.approx(180.0)
    assert first.most_m == pytest.approx(111_195.0, rel=1e-3)
    assert last.lat_deg == pytest.approx(90.0)
    assert last.half_m == pytest.approx(111_195.0, rel=1e-3)


def test_paths_all_in_one_place_have_no_spread():
    one, _ = middles(flown(np.full((5, 2), 90.0), np.zeros((5, 2))))
    assert (one.half_m, one.most_m) == pytest.approx((0.0, 0.0), abs=1.0)


def test_paths_that_are_gone_do_not_count_and_none_left_ends_the_list():
    lat = np.array([[10.0, 10.0, np.nan], [20.0, np.nan, np.nan]])
    found = middles(flown(lat, np.where(np.isfinite(lat), 5.0, np.nan), [0.9, 0.1]))
    assert len(found) == 2
    assert found[1].lat_deg == pytest.approx(10.0)
    assert found[1].most_m == pytest.approx(0.0, abs=1.0)
