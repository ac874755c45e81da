"""Tracks made up for tests of the studies."""

import numpy as np
import pytest

from overflight.physics.sphere import lat_lon_deg, move, n_vector


@pytest.fixture(scope="session")
def drifting():
    """Make rows (seconds since 1970, lat, lon, height) of a balloon in a wind that changes."""

    def made(n, dt_s, lat_deg=50.0, lon_deg=0.0, u_mps=10.0, v_mps=2.0, height_m=18_000.0, seed=1):
        rng = np.random.default_rng(seed)
        keep = np.exp(-dt_s / 80_000.0)
        noise = 3.0 * np.sqrt(1.0 - keep**2) * rng.normal(size=(n, 2))
        at, e, rows = n_vector(lat_deg, lon_deg), np.zeros(2), []
        for i in range(n):
            time_s = 1.6e9 + dt_s * i
            lat, lon = lat_lon_deg(*at)
            wave_m = 900.0 * np.sin(2.0 * np.pi * time_s / 86_400.0)
            rows.append((time_s, lat, lon, height_m + wave_m))
            e = keep * e + noise[i]
            at = move(*at, u_mps + e[0], v_mps + e[1], height_m, dt_s)
        return np.array(rows)

    return made


@pytest.fixture
def written(tmp_path):
    """Write rows as a CSV and return its path."""

    def write(rows, name="track.csv", head="time,lat,lon,alt_m"):
        path = tmp_path / name
        lines = [f"{t:.0f},{lat:.5f},{lon:.5f},{h:.1f}" for t, lat, lon, h in rows]
        path.write_text("\n".join([head, *lines]) + "\n")
        return path

    return write
