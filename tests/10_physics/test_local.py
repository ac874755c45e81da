"""Small angles against trigonometry."""

import math

import numpy as np
import pytest

from overflight.physics import local, sphere
from overflight.physics.tangent import basis

f32 = np.float32


def exact(lat, lon, a, b):
    """Normal of the place at offsets a, b in the plane that touches at lat, lon."""
    x, y, z = sphere.n_vector(math.degrees(lat), math.degrees(lon))
    ex, ey, nx, ny, nz = basis(x, y, z)
    p = np.array([x + a * ex + b * nx, y + a * ey + b * ny, z + b * nz])
    return p / np.linalg.norm(p)


@pytest.mark.parametrize("lat_deg", [-70.0, -33.0, 0.0, 12.0, 45.0, 75.0])
@pytest.mark.parametrize("size", [1e-3, 4e-3])
def test_shift_is_where_the_plane_says(lat_deg, size):
    lat = math.radians(lat_deg)
    sine, cosine = f32(math.sin(lat)), f32(math.cos(lat))
    for bearing in np.radians(np.arange(0.0, 360.0, 15.0)):
        a, b = size * math.sin(bearing), size * math.cos(bearing)
        there = exact(lat, 0.0, a, b)
        dlon, dlat = local.shift(f32(a), f32(b), sine, cosine, f32(1.0) / cosine)
        lon = math.atan2(there[1], there[0])
        # Single precision of the offsets, and the fifth order that is left out.
        bound = 3e-7 * size + (size / math.cos(lat)) ** 5
        assert abs(dlon - lon) * math.cos(lat) < bound
        assert abs(dlat - (math.asin(there[2]) - lat)) < bound


def test_what_shift_leaves_out_is_of_the_fifth_order():
    lat, misses = math.radians(60.0), []
    for size in (0.08, 0.04):
        there = exact(lat, 0.0, size * 0.6, size * 0.8)
        latitude = f32(math.sin(lat)), f32(math.cos(lat)), f32(1.0 / math.cos(lat))
        dlon, dlat = local.shift(f32(size * 0.6), f32(size * 0.8), *latitude)
        lon, north = math.atan2(there[1], there[0]), math.asin(there[2]) - lat
        misses.append(math.hypot((dlon - lon) * math.cos(lat), dlat - north))
    assert misses[0] / misses[1] > 2.0**4.5


@pytest.mark.parametrize("lat_deg", [-70.0, 0.0, 45.0, 75.0])
def test_a_turned_wind_moves_the_normal_as_the_wind_there_does(lat_deg):
    lat, height_m = math.radians(lat_deg), 19_000.0
    x, y, z = sphere.n_vector(lat_deg, 0.0)
    along_m, across_m = sphere.radii_m(z)
    n_perm, m_perm = 1.0 / (across_m + height_m), 1.0 / (along_m + height_m)
    frame = basis(x, y, z)
    for dlat, dlon in ((1e-3, 2e-3), (-2e-3, 1e-3), (5e-3, -5e-3)):
        px, py, pz = sphere.n_vector(math.degrees(lat + dlat), math.degrees(dlon))
        for u, v in ((30.0, 0.0), (0.0, 30.0), (-50.0, 20.0)):
            rate = sphere.rate(px, py, pz, u, v, height_m)
            east, north, up = local.turned(
                f32(u), f32(v), f32(dlon), f32(dlat), f32(math.sin(lat)), f32(math.cos(lat)),
                f32(m_perm / n_perm),
            )  # fmt: skip
            made = (
                east * n_perm * frame[0] + north * m_perm * frame[2] + up * n_perm * x,
                east * n_perm * frame[1] + north * m_perm * frame[3] + up * n_perm * y,
                north * m_perm * frame[4] + up * n_perm * z,
            )
            assert np.abs(np.array(made) - rate).max() < 4e-7 * 60.0 / 6.4e6


def test_angles_everywhere():
    rng = np.random.default_rng(1)
    normals = rng.normal(size=(20_000, 3))
    normals /= np.linalg.norm(normals, axis=1)[:, None]
    for x, y, z in [*normals, (1.0, 1e-9, 0.0), (-1.0, -1e-9, 1e-9), (0.6, 0.6, -0.529)]:
        secant, far_lon, far_lat = local.tangents(x, y, z)
        lat, lon = local.latitude_rad(z, far_lat), local.longitude_rad(x, y, far_lon)
        assert abs(lat - math.atan2(z, math.hypot(x, y))) < 3e-12
        assert abs(lon - math.atan2(y, x)) < 3e-12
        assert secant * math.hypot(x, y) == pytest.approx(1.0, rel=1e-14)


def test_radii_at_all_latitudes_and_heights():
    for height_m in (0.0, 19_000.0, 40_000.0):
        over = 1.0 / (local.MIDDLE_N_M + height_m), 1.0 / (local.MIDDLE_M_M + height_m)
        for lat_deg in np.linspace(-90.0, 90.0, 181):
            z = math.sin(math.radians(lat_deg))
            along_m, across_m = sphere.radii_m(z)
            n, m = local.over_radii(z, *over)
            assert n * (across_m + height_m) == pytest.approx(1.0, abs=2e-10)
            assert m * (along_m + height_m) == pytest.approx(1.0, abs=2e-10)
