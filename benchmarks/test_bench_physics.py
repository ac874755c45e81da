"""Nanoseconds per call of the functions in the innermost loop, on one core.

Outside the test folders on purpose: run ``pytest benchmarks`` by hand. The column ``ns_per_call``
of ``extra_info`` (with ``--benchmark-json``) is the number to compare; nothing here asserts a time.
"""

from collections.abc import Callable

import numba
import numpy as np
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from overflight.fields import synthetic
from overflight.physics import random, sphere, windgrid
from overflight.physics.integrate import midpoint_step
from overflight.physics.kernel import kernel
from overflight.physics.sphere import Vector
from overflight.physics.windgrid import WindGrid

CALLS = 100_000
HEIGHT_M = 19_000.0


@pytest.fixture(scope="module")
def grid() -> WindGrid:
    """Two days of hourly one-degree winds on eight levels (200 MB)."""
    return synthetic.sampled(
        synthetic.turning_flow(synthetic.tilted(45.0)),
        np.arange(0.0, 49.0) * 3_600.0,
        np.log(np.array([2e3, 3e3, 5e3, 7e3, 10e3, 12.5e3, 15e3, 20e3])),
        np.linspace(-90.0, 90.0, 181),
        np.linspace(-180.0, 180.0, 361),
    )


@pytest.fixture(scope="module")
def places() -> np.ndarray:
    """Places over mid-latitudes, in no order."""
    rng = np.random.default_rng(0)
    lats_deg, lons_deg = rng.uniform(30.0, 65.0, 1_000), rng.uniform(-180.0, 180.0, 1_000)
    pairs = zip(lats_deg, lons_deg, strict=True)
    return np.array([sphere.n_vector(lat, lon) for lat, lon in pairs])


@numba.njit(nogil=True, error_model="numpy")
def _winds(grid: WindGrid, places: np.ndarray, calls: int) -> float:
    total = 0.0
    for i in range(calls):
        x, y, z = places[i % 1_000]
        u_mps, v_mps = windgrid.wind(grid, 1_800.0, 8.8, x, y, z)
        total += u_mps + v_mps
    return total


@numba.njit(nogil=True, error_model="numpy")
def _normals(calls: int) -> float:
    total = 0.0
    for i in range(calls):
        a, b, c, d = random.normal4(20230128, i, 7)
        total += a + b + c + d
    return total


@numba.njit(nogil=True, error_model="numpy")
def _uniforms(calls: int) -> float:
    total = 0.0
    for i in range(calls):
        a, b, c, d = random.uniform4(20230128, i, 7)
        total += a + b + c + d
    return total


@numba.njit(nogil=True, error_model="numpy")
def _moves(places: np.ndarray, calls: int) -> float:
    total = 0.0
    for i in range(calls):
        x, y, z = places[i % 1_000]
        x, y, z = sphere.move(x, y, z, 12.0, -7.0, HEIGHT_M, 600.0)
        total += x + y + z
    return total


@kernel
def _rate(grid: WindGrid, time_s: float, x: float, y: float, z: float) -> Vector:
    u_mps, v_mps = windgrid.wind(grid, time_s, 8.8, x, y, z)
    return sphere.rate(x, y, z, u_mps, v_mps, HEIGHT_M)


@numba.njit(nogil=True, error_model="numpy")
def _steps(grid: WindGrid, places: np.ndarray, calls: int) -> float:
    total = 0.0
    for i in range(calls):
        x, y, z = places[i % 1_000]
        x, y, z = midpoint_step(_rate, grid, 1_800.0, (x, y, z), 600.0)
        total += x + y + z
    return total


def _measure(benchmark: BenchmarkFixture, loop: Callable[..., float], *inputs: object) -> None:
    loop(*inputs, 10)  # compile first
    benchmark.pedantic(loop, args=(*inputs, CALLS), rounds=15, warmup_rounds=1)
    benchmark.extra_info["ns_per_call"] = benchmark.stats.stats.min / CALLS * 1e9


@pytest.mark.benchmark(group="physics, 100,000 calls")
def test_wind(benchmark: BenchmarkFixture, grid: WindGrid, places: np.ndarray) -> None:
    """One wind from the grid."""
    _measure(benchmark, _winds, grid, places)


@pytest.mark.benchmark(group="physics, 100,000 calls")
def test_midpoint_step(benchmark: BenchmarkFixture, grid: WindGrid, places: np.ndarray) -> None:
    """One midpoint step: two winds and two displacements."""
    _measure(benchmark, _steps, grid, places)


@pytest.mark.benchmark(group="physics, 100,000 calls")
def test_move(benchmark: BenchmarkFixture, places: np.ndarray) -> None:
    """One displacement on the ellipsoid."""
    _measure(benchmark, _moves, places)


@pytest.mark.benchmark(group="physics, 100,000 calls")
def test_normal4(benchmark: BenchmarkFixture) -> None:
    """Four standard normals."""
    _measure(benchmark, _normals)


@pytest.mark.benchmark(group="physics, 100,000 calls")
def test_uniform4(benchmark: BenchmarkFixture) -> None:
    """Four uniforms."""
    _measure(benchmark, _uniforms)
