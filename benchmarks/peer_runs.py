"""Run other trajectory models on the same job, each by an interpreter of its own.

The job goes to them as files (benchmarks/peers/job.py). Their ends are compared with plain
Runge-Kutta steps in double precision: on the Earth that each of them has, which shows its scheme,
and on the ellipsoid at the balloon's height, which shows what its Earth costs.
"""

import json
import math
import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

import march_rate
import numpy as np
from march_rate import Array, Turn

from overflight.errors import OverflightError
from overflight.physics.kernel import kernel
from overflight.physics.sphere import MEAN_RADIUS_M, lat_lon_deg, n_vector, rate
from overflight.physics.windgrid import WindGrid, wind

ROOT = Path(__file__).resolve().parents[1]
SCRIPTS = ROOT / "benchmarks" / "peers"
NAUTICAL_RADIUS_M = 1_852.0 * 60.0 * 180.0 / math.pi  # a minute of arc is a nautical mile


@kernel
def turn_at_sea_level(grid, time_s, x, y, z):
    """On the ellipsoid, at height 0."""
    u_mps, v_mps = wind(grid, time_s, math.log(march_rate.FLOAT_PA), x, y, z)
    return rate(x, y, z, u_mps, v_mps, 0.0)


@kernel
def turn_on_sphere(grid, time_s, x, y, z):
    """On the sphere of Parcels."""
    u_mps, v_mps = wind(grid, time_s, math.log(march_rate.FLOAT_PA), x, y, z)
    cosine = max(math.sqrt(x * x + y * y), 1e-12)
    east, north = u_mps / (NAUTICAL_RADIUS_M * cosine), v_mps / (NAUTICAL_RADIUS_M * cosine)
    return -y * east - x * z * north, x * east - y * z * north, cosine * cosine * north


class Peer(NamedTuple):
    """A tool, and the Earth it moves particles on."""

    name: str
    earth: str
    turn: Turn


PEERS = {
    "overflight": Peer("overflight", "ellipsoid at 18.5 km", march_rate.turn),
    "parcels": Peer("Parcels", "sphere of 6,366.7 km", turn_on_sphere),
    "opendrift": Peer("OpenDrift", "ellipsoid at height 0", turn_at_sea_level),
}
OURS = "overflight"
# The wind of each job: 70 hPa alone; with all levels, 70 hPa one of them; the same with 72.5 hPa in
# its place, so that everyone has to interpolate between levels.
BETWEEN_HPA = tuple(72.5 if level == 70 else level for level in march_rate.LEVELS_HPA)
LEVELS_HPA = {"one": (80, 70, 60), "on": march_rate.LEVELS_HPA, "between": BETWEEN_HPA}
TRUTH_PARTICLES = 10_000  # the truth is slow


class Job(NamedTuple):
    """The files of a job, and who flies it with which interpreter."""

    folder: Path
    pythons: dict[str, Path]
    grid: WindGrid
    places: Array
    n_steps: int


def pythons(names: Iterable[str], given: Iterable[str]) -> dict[str, Path]:
    """The interpreter of each peer: as given ("parcels=PATH"), or where "make peers" puts it."""
    chosen = dict(one.partition("=")[::2] for one in given)
    for name in (*names, *chosen):
        if name not in PEERS or name == OURS:
            raise OverflightError(
                found=f"{name!r} is not a peer",
                expected=f"one of {', '.join(sorted(set(PEERS) - {OURS}))}",
                remedy="A new peer needs a script in benchmarks/peers and a line in peer_runs.py.",
            )
    found = {OURS: Path(sys.executable)}
    for name in names:
        path = Path(chosen.get(name, ROOT / f".venv-peers-{name}" / "bin" / "python"))
        if not path.is_file():
            raise OverflightError(
                found=f"there is no interpreter for {PEERS[name].name} at {path}",
                expected="one that has it installed",
                remedy=f"Run 'make peers', or give --peer-python {name}=PATH.",
            )
        found[name] = path
    return found


def prepare(folder: Path, levels: str, n: int, hours: int, found: dict[str, Path]) -> Job:
    """Write the wind on some levels of :data:`LEVELS_HPA`, the starts, and for how long to fly."""
    grid, float_log = march_rate.synthetic(LEVELS_HPA[levels]), math.log(march_rate.FLOAT_PA)
    shown = slice(None)
    if levels == "one":
        at = int(np.argmin(np.abs(grid.log_pressure - float_log)))
        shown = slice(at, at + 1)
    elif "opendrift" in found:
        raise OverflightError(
            found=f"OpenDrift is to fly the job {levels!r}",
            expected="the job 'one'",
            remedy="benchmarks/peers/opendrift_job.py gives it one level; leave OpenDrift out.",
        )
    uv_mps = grid.uv_mps[:, shown]
    np.savez(
        folder / "wind.npz",
        time_s=grid.time_s,
        log_pressure=grid.log_pressure[shown],
        lat_deg=grid.lat_deg,
        lon_deg=grid.lon_deg,
        u_mps=uv_mps[..., 0],
        v_mps=uv_mps[..., 1],
    )
    places = march_rate.starts("global", n)
    lat_deg, lon_deg = np.array([lat_lon_deg(*place) for place in places]).T
    np.savez(
        folder / "starts.npz",
        lat_deg=lat_deg,
        lon_deg=lon_deg % 360.0,
        log_pressure=float_log,
        hours=hours,
    )
    return Job(folder, found, grid, places, round(hours * 3_600.0 / march_rate.STEP_S))


def run(job: Job, name: str) -> dict[str, Any]:
    """Fly the job once; what the peer says of it."""
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    if name == OURS:
        environment = dict(os.environ)
    done = subprocess.run(
        [str(job.pythons[name]), str(SCRIPTS / f"{name}_job.py"), str(job.folder)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise OverflightError(
            found=f"{PEERS[name].name} failed: {done.stderr.strip()[-800:]}",
            expected="the versions of benchmarks/peers/requirements-*.txt",
            remedy="Run 'make peers' again, or leave it out.",
        )
    return json.loads((job.folder / f"{name}.json").read_text())


def per_core_mps(report: dict[str, Any], n_particle_steps: int) -> float:
    """Million particle-steps a second of processor time, whoever else had the cores meanwhile."""
    return n_particle_steps / (report["stepping_s"] * report["cores"]) / 1e6


def interleaved(job: Job, passes: int) -> list[dict[str, Any]]:
    """We and a peer, we and the next, and all of it again: a row for each."""
    n = len(job.places)
    rates: dict[str, list[float]] = {name: [] for name in job.pythons}
    ratios: dict[str, list[float]] = {name: [] for name in job.pythons}
    reports = {}
    for _ in range(passes):
        for name in set_apart(job.pythons):
            for one in (OURS, name):
                reports[one] = run(job, one)
                rates[one].append(per_core_mps(reports[one], n * job.n_steps))
            ratios[name].append(rates[OURS][-1] / rates[name][-1])
    return [
        {
            "tool": PEERS[name].name,
            "version": reports[name]["version"],
            "earth": PEERS[name].earth,
            "particles": n,
            "per_core_mps": rates[name],
            "times_slower": ratios[name] or None,
            "peak_mib": reports[name]["peak_mib"],
            "own_earth": ends(job, name, PEERS[name].turn),
            "ellipsoid": ends(job, name, march_rate.turn),
        }
        for name in job.pythons
    ]


def set_apart(names: Iterable[str]) -> list[str]:
    """The peers without ourselves."""
    return [name for name in names if name != OURS]


def ends(job: Job, name: str, turn: Turn) -> dict[str, Any]:
    """How far the ends that a peer wrote lie from the truth on some Earth."""
    with np.load(job.folder / f"{name}.npz") as file:
        ends_deg = zip(file["lat_deg"], file["lon_deg"], strict=True)
        places = np.array([n_vector(*at) for at in ends_deg])
    some = slice(TRUTH_PARTICLES)
    truth = march_rate.plain(turn, job.grid, job.places[some], job.n_steps)
    return apart(places[some], truth)


def apart(places: Array, truth: Array) -> dict[str, Any]:
    """Distances in numbers; lost particles are counted, not averaged."""
    miss_m = MEAN_RADIUS_M * np.linalg.norm(places - truth, axis=1)
    known_m = miss_m[np.isfinite(miss_m)]
    median_m, p99_m, largest_m = (
        np.quantile(known_m, (0.5, 0.99, 1.0)) if len(known_m) else np.full(3, math.nan)
    )
    return {
        "particles": len(miss_m),
        "lost": len(miss_m) - len(known_m),
        "median_m": float(f"{median_m:.3g}"),
        "p99_m": float(f"{p99_m:.3g}"),
        "largest_m": float(f"{largest_m:.3g}"),
    }
