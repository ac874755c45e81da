"""How many particle-steps a second the march makes, and how true its ends are.

    python benchmarks/march_rate.py [--particles 100000] [--passes 3]

A synthetic wind over the whole globe: half a degree, 20 levels from 200 to 10 hPa, every 3 h. All
particles float on 70 hPa for 72 h in steps of 300 s: started anywhere between 60 S and 60 N in no
order, the same in the order of their cells, and close to one place. The truth is the plain
Runge-Kutta step in double precision on the same gridded wind, one particle at a time.

The limit: what reading the wind alone would allow, with every place known beforehand.
"""

import argparse
import math
import platform
import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from overflight.physics import blocks, fine
from overflight.physics.integrate import rk4_step
from overflight.physics.kernel import kernel, loop
from overflight.physics.lanes import LANES
from overflight.physics.march import march
from overflight.physics.rows import CELL
from overflight.physics.sphere import MEAN_RADIUS_M, n_vector, rate
from overflight.physics.windgrid import WindGrid, wind

Array = NDArray[np.float64]
Turn = Callable[..., tuple[float, float, float]]

LEVELS_HPA = (200, 175, 150, 125, 100, 90, 80, 70, 60, 50, 45, 40, 35, 30, 25, 20, 17.5, 15, 12.5,
              10)  # fmt: skip
WAVES = ((2, 1, 6, 5, 0.35, 0.10), (5, 3, 7, 9, 1.1, 0.15), (9, 5, 4, 6, 2.3, -0.2),
         (17, 9, 2, 3, 4.0, 0.4))  # fmt: skip
FLOAT_PA, HEIGHT_M, HOURS, STEP_S, EVERY_S = 7_000.0, 18_500.0, 72, 300.0, 10_800.0
N_STEPS = round(HOURS * 3_600.0 / STEP_S)


def synthetic(
    levels_hpa: tuple[float, ...] = LEVELS_HPA, hours: int = HOURS, per_deg: int = 2
) -> WindGrid:
    """Jets in both hemispheres and four travelling waves, with some nodes a degree."""
    rows, columns = 180 * per_deg + 1, 360 * per_deg + 1
    lat_deg, lon_deg = np.linspace(-90.0, 90.0, rows), np.linspace(0.0, 360.0, columns)
    x, y = np.radians(lon_deg)[None, :], np.radians(lat_deg)[:, None]
    cosine, degrees = np.cos(y), lat_deg[:, None]
    pressure_pa = 100.0 * np.sort(np.array(levels_hpa, dtype=float))
    uv_mps = np.empty((hours // 3 + 2, len(pressure_pa), rows, columns, 2), np.float32)
    jets = 40.0 * np.exp(-(((degrees - 48.0) / 13.0) ** 2)) + 4.0
    jets += 28.0 * np.exp(-(((degrees + 50.0) / 15.0) ** 2)) - 12.0 * np.exp(
        -((degrees / 12.0) ** 2)
    )
    for level, p in enumerate(pressure_pa):
        z_km = -7.0 * math.log(p / 101_325.0)
        share = 0.6 + 0.4 * math.cos((z_km - 18.0) / 6.0) + 0.02 * (z_km - 18.0)
        for at in range(len(uv_mps)):
            u = share * jets * np.minimum(1.0, 3.0 * cosine) + 0.0 * x
            v = 0.0 * u
            for k, l, au, av, om, tilt in WAVES:  # noqa: E741
                phase = k * x + l * y - 2.0 * om * at / 8.0 + tilt * z_km
                u += au * np.sin(phase) * cosine
                v += av * np.cos(phase + 0.7 * k) * cosine**2
            uv_mps[at, level, ..., 0], uv_mps[at, level, ..., 1] = u, v
    times_s = np.arange(len(uv_mps)) * EVERY_S
    return WindGrid(times_s, np.log(pressure_pa), lat_deg, lon_deg, uv_mps)


def starts(kind: str, n: int) -> Array:
    """Unit normals in an order."""
    rng = np.random.default_rng(0)
    if kind == "cloud":
        lat_deg, lon_deg = 45.0 + rng.uniform(-3.0, 3.0, n), 250.0 + rng.uniform(-3.0, 3.0, n)
    else:
        lat_deg, lon_deg = rng.uniform(-60.0, 60.0, n), rng.uniform(0.0, 360.0, n)
    if kind == "sorted":
        order = np.lexsort((np.floor(2.0 * lon_deg), np.floor(2.0 * lat_deg)))
        lat_deg, lon_deg = lat_deg[order], lon_deg[order]
    return np.array([n_vector(lat, lon) for lat, lon in zip(lat_deg, lon_deg, strict=True)])


def flown(grid: WindGrid, places: Array, scheme: str, n_threads: int) -> Array:
    """Ends of the job."""
    n = len(places)
    return march(
        grid,
        places,
        np.full(n, math.log(FLOAT_PA)),
        np.full(n, HEIGHT_M),
        np.array([0.0, HOURS * 3_600.0]),
        step_s=STEP_S,
        scheme=scheme,
        n_threads=n_threads,
    )[-1]


@kernel
def turn(grid, time_s, x, y, z):
    u_mps, v_mps = wind(grid, time_s, math.log(FLOAT_PA), x, y, z)
    return rate(x, y, z, u_mps, v_mps, HEIGHT_M)


@loop
def plain(turn: Turn, grid: WindGrid, places: Array, n_steps: int) -> Array:
    """The same job, one particle at a time in double precision; ``turn`` knows the Earth."""
    ends = np.empty_like(places)
    for i in range(places.shape[0]):
        at = (places[i, 0], places[i, 1], places[i, 2])
        for step in range(n_steps):
            at = rk4_step(turn, grid, step * STEP_S, at, STEP_S)
        ends[i] = at
    return ends


def best_s(run: Callable[[], object], passes: int) -> float:
    """Least wall time of some passes."""
    return min(_timed(run) for _ in range(passes))


def _timed(run: Callable[[], object]) -> float:
    began = time.perf_counter()
    run()
    return time.perf_counter() - began


def reading_rate(grid: WindGrid, repeats: int = 40_000) -> float:
    """Winds a second where every place is known: the blocks' reading loop alone, one cloud."""
    block = blocks.blank()
    winds = np.zeros(2 * 2 * 2 * 361 * 721, np.float32)
    sheets = blocks.Sheets(
        winds, 2, 361, 721, -math.pi / 2.0, 0.0, *(360.0 / math.pi,) * 2, round_globe=True
    )
    block.cells[CELL : CELL + LANES] = 180 * 721 + np.arange(LANES) * 5
    _read(block, sheets, 1)
    return repeats * LANES / best_s(lambda: _read(block, sheets, repeats), 3)


@loop
def _read(block, sheets, repeats):
    for _ in range(repeats):
        fine.blow(block, sheets, 0, np.float32(0.3))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--particles", type=int, default=100_000)
    parser.add_argument("--passes", type=int, default=3)
    chosen = parser.parse_args()
    n = chosen.particles
    grid = synthetic()
    for scheme in ("rk4", "midpoint"):  # compile first
        flown(grid, starts("cloud", LANES), scheme, 1)
    print(f"{platform.processor() or platform.machine()}, {n:,} particles, {N_STEPS} steps")
    print(f"{'scheme':<10}{'order':<10}{'1 thread':>10}{'2 threads':>11}  M particle-steps/s")
    for scheme in ("rk4", "midpoint"):
        for kind in ("global", "sorted", "cloud"):
            places = starts(kind, n)
            took = [
                best_s(lambda t=t, p=places, s=scheme: flown(grid, p, s, t), chosen.passes)
                for t in (1, 2)
            ]
            print(
                f"{scheme:<10}{kind:<10}" + "".join(f"{n * N_STEPS / s / 1e6:>10.1f}" for s in took)
            )
    places = starts("global", min(n, 20_000))
    truth = plain(turn, grid, places, N_STEPS)
    for scheme in ("rk4", "midpoint"):
        miss_m = MEAN_RADIUS_M * np.linalg.norm(flown(grid, places, scheme, 2) - truth, axis=1)
        words = ", ".join(f"{np.quantile(miss_m, q):.2g}" for q in (0.5, 0.99, 0.999, 1.0))
        print(f"{scheme}: {words} m from the truth (median, 99 %, 99.9 %, largest)")
    print(f"reading alone: {reading_rate(grid) / 1e6:.0f} M winds/s; a step asks for 4 or 2")


if __name__ == "__main__":
    main()
