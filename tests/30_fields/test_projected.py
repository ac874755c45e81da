"""Grids of a projection: where their nodes lie, and where their winds blow."""

import numpy as np
import pyproj
import pytest

from overflight.fields.readers.projected import Native, turned

POLE_LAT_DEG, POLE_LON_DEG = 39.25, -162.0  # of the European climate model grids
CF = {
    "grid_mapping_name": "rotated_latitude_longitude",
    "grid_north_pole_latitude": POLE_LAT_DEG,
    "grid_north_pole_longitude": POLE_LON_DEG,
}
SPELLINGS = {
    "cf": lambda: pyproj.CRS.from_cf(CF),
    "cf on a sphere": lambda: pyproj.CRS.from_cf(CF | {"earth_radius": 6_371_229.0}),
    "wkt": lambda: pyproj.CRS.from_wkt(pyproj.CRS.from_cf(CF).to_wkt()),
    "proj": lambda: pyproj.CRS.from_user_input(
        f"+proj=ob_tran +o_proj=longlat +o_lon_p=0 +o_lat_p={POLE_LAT_DEG}"
        f" +lon_0={POLE_LON_DEG + 180.0} +to_meter=0.0174532925199433"
    ),
}


def closed_form(rlon_deg, rlat_deg):
    """Latitude and longitude of a rotated point, by spherical trigonometry."""
    x, y, pole = np.radians(rlon_deg), np.radians(rlat_deg), np.radians(POLE_LAT_DEG)
    lat = np.arcsin(np.sin(y) * np.sin(pole) + np.cos(y) * np.cos(x) * np.cos(pole))
    lon = np.arctan2(
        -np.cos(y) * np.sin(x), np.sin(y) * np.cos(pole) - np.cos(y) * np.cos(x) * np.sin(pole)
    )
    return np.degrees(lat), (np.degrees(lon) + POLE_LON_DEG + 180.0) % 360.0 - 180.0


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_rotated_pole_is_its_closed_form(spelling):
    """The nodes lie where trigonometry says, and a wind from the true west stays one."""
    axis = np.arange(-15.0, 15.1, 1.5)
    native = Native(axis, axis, SPELLINGS[spelling]())
    gx, gy = np.meshgrid(axis, axis)
    lat_deg, lon_deg = closed_form(gx, gy)
    got_lat_deg, got_lon_deg = native.degrees(gx, gy)
    np.testing.assert_allclose(got_lat_deg, lat_deg, atol=1e-6)
    np.testing.assert_allclose(got_lon_deg, lon_deg, atol=1e-6)
    assert 30.0 < lat_deg.min() < lat_deg.max() < 70.0

    step = 1e-4
    lat1, lon1 = closed_form(gx - step, gy)
    lat2, lon2 = closed_form(gx + step, gy)
    turn = np.arctan2(lat2 - lat1, (lon2 - lon1) * np.cos(np.radians(lat_deg)))
    east, north = turned(native, 10.0 * np.cos(turn), -10.0 * np.sin(turn))
    np.testing.assert_allclose(east, 10.0, atol=1e-4)
    np.testing.assert_allclose(north, 0.0, atol=1e-3)
