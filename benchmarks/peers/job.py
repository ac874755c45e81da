"""What a peer is given and what it gives back: files, so that each may have packages of its own.

The folder holds ``wind.npz`` (``time_s``; ``log_pressure``, one or many; ``lat_deg``, ``lon_deg``
with both 0 and 360; ``u_mps`` and ``v_mps`` by time, level, latitude, longitude) and ``starts.npz``
(``lat_deg``, ``lon_deg``; for all, the ``log_pressure`` they float on and for how many ``hours``).
A peer writes ``NAME.npz`` with its ends, NaN where it lost a particle, and ``NAME.json``.
"""

import json
import os
import re
import resource
import sys
import time
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

# One core for everyone; read by the packages when they are loaded.
for name in ("OMP_NUM", "OPENBLAS_NUM", "MKL_NUM", "NUMEXPR_NUM", "NUMBA_NUM", "POLARS_MAX"):
    os.environ[f"{name}_THREADS"] = "1"

import numpy as np  # noqa: E402

STEP_S = 300.0
EPOCH = np.datetime64("2026-01-01T00:00:00", "ns")


class Job(NamedTuple):
    """The wind, the starts, and the level and hours of all of them."""

    time: np.ndarray
    log_pressure: np.ndarray
    lat_deg: np.ndarray
    lon_deg: np.ndarray
    u_mps: np.ndarray
    v_mps: np.ndarray
    start_lat_deg: np.ndarray
    start_lon_deg: np.ndarray
    start_log_pressure: float
    hours: int


class Clock:
    """Wall time of a block, and how many cores it kept busy."""

    def __enter__(self):
        self.wall_s, self.cores = time.perf_counter(), time.process_time()
        return self

    def __exit__(self, *_):
        self.wall_s = time.perf_counter() - self.wall_s
        self.cores = (time.process_time() - self.cores) / self.wall_s


def read() -> Job:
    """The job in the folder that the command line names."""
    folder = Path(sys.argv[1])
    with np.load(folder / "wind.npz") as wind, np.load(folder / "starts.npz") as starts:
        time_ns = EPOCH + (1e9 * wind["time_s"]).astype("timedelta64[ns]")
        names = ("log_pressure", "lat_deg", "lon_deg", "u_mps", "v_mps")
        return Job(
            time_ns,
            *(wind[name] for name in names),
            starts["lat_deg"],
            starts["lon_deg"],
            float(starts["log_pressure"]),
            int(starts["hours"]),
        )


def peak_mib() -> float:
    """Largest memory of this program; the system's usual count includes the one that started it."""
    status = Path("/proc/self/status")
    if status.is_file():
        return int(re.search(r"VmHWM:\s*(\d+) kB", status.read_text())[1]) / 2**10
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return used / (2**20 if sys.platform == "darwin" else 2**10)


def write(package: str, clock: Clock, lat_deg: np.ndarray, lon_deg: np.ndarray) -> None:
    """Give back ends, and what stepping took apart from start-up and reading."""
    folder = Path(sys.argv[1])
    np.savez(folder / f"{package}.npz", lat_deg=lat_deg, lon_deg=lon_deg)
    report = {
        "version": version(package),
        "numpy": np.__version__,
        "stepping_s": clock.wall_s,
        "cores": clock.cores,
        "peak_mib": peak_mib(),
    }
    (folder / f"{package}.json").write_text(json.dumps(report))
