"""Measure all kernels, compare with what was measured before, and write the tables of the page.

    python benchmarks/table.py [--particles 100000] [--passes 3] [--write] [--check]
    python benchmarks/table.py --peers parcels opendrift [--peer-particles 10000] --write
    python benchmarks/table.py --no-kernels --peers parcels --peer-job between --write

The jobs are those of march_rate.py and drift_rate.py. Every pass runs each of them once, so that
what else the machine does hits all alike; medians count. ``--write`` adds a record to
docs/benchmarks.json and writes the tables into docs/benchmarks.md; ``--check`` writes nothing and
ends with status 1 where a row lost more than a tenth. With ``--peers`` other models fly the same
wind, in turn with us.
"""

import argparse
import os
import platform
import re
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import drift_rate
import march_rate
import numba
import numpy as np
import peer_runs
import record
from march_rate import N_STEPS, Array, WindGrid

from overflight.errors import OverflightError
from overflight.physics.drift import Drift
from overflight.physics.lanes import LANES

PAGE = peer_runs.ROOT / "docs" / "benchmarks.md"
RECORDS = peer_runs.ROOT / "docs" / "benchmarks.json"
SCHEMES = {"Runge-Kutta": "rk4", "midpoint": "midpoint"}
FEW_LEVELS_HPA = (80, 70, 60)


class Job(NamedTuple):
    """One row: what it is, and what runs it with some number of particles."""

    kernel: str
    start: str
    field: str
    threads: int
    run: Callable[[int], object]


def jobs(n: int) -> list[Job]:
    """All rows, in the order of the table, for as many as ``n`` particles."""
    grid = march_rate.synthetic()
    threads = (1, 2) if (os.cpu_count() or 1) > 1 else (1,)
    starts = {start: march_rate.starts(start, n) for start in ("global", "sorted", "cloud")}
    marches = [
        march(grid, name, start, places, n_threads)
        for name in SCHEMES
        for start, places in starts.items()
        for n_threads in threads
    ]
    other_fields = [
        march(other, "Runge-Kutta", "global", starts["global"], 1)
        for other in (march_rate.synthetic(FEW_LEVELS_HPA, per_deg=nodes) for nodes in (1, 4))
    ]
    return [*marches, *other_fields, *drifts(grid, threads)]


def march(grid: WindGrid, name: str, start: str, places: Array, n_threads: int) -> Job:
    """Free flights on levels."""

    def run(n: int) -> object:
        return march_rate.flown(grid, places[:n], SCHEMES[name], n_threads)

    return Job(name, start, size(grid), n_threads, run)


def drifts(grid: WindGrid, threads: tuple[int, ...]) -> list[Job]:
    """Flights with moving level and noise, free and in the filter."""
    plans = {
        start: drift_rate.drift(grid, N_STEPS, drift_rate.DT_S, start_sd_m)
        for start, start_sd_m in (("cloud", 100e3), ("wide", 2_000e3))
    }
    free = [drift(start, plan, n_threads) for start, plan in plans.items() for n_threads in threads]
    step = partial(drift_rate.filtered, n_steps=N_STEPS)
    filtered = [
        Job("filter step", start, size(grid), 1, partial(step, plan))
        for start, plan in plans.items()
    ]
    return free + filtered


def drift(start: str, plan: Drift, n_threads: int) -> Job:
    """Flights that see nothing."""

    def run(n: int) -> None:
        drift_rate.free(plan, n, N_STEPS, n_threads)

    return Job("free drift", start, size(plan.grid), n_threads, run)


def size(grid: WindGrid) -> str:
    """Nodes of a field."""
    n_times, n_levels, n_rows, n_columns = grid.uv_mps.shape[:4]
    return f"{n_rows} x {n_columns} x {n_levels} x {n_times}"


def yardstick(repeats: int = 60) -> float:
    """How often a second a fixed NumPy calculation is done: reading, products and roots."""
    rng = np.random.default_rng(0)
    table, where = rng.random(2**18, np.float32), rng.integers(0, 2**18, 2**17)
    began = time.perf_counter()
    for _ in range(repeats):
        np.sqrt(table[where] * table[: 2**17] + 1.0).sum()
    return repeats / (time.perf_counter() - began)


def measured(all_jobs: list[Job], n: int, passes: int) -> list[dict[str, Any]]:
    """Every job once a pass; rates, and rates in the unit of the yardstick around each."""
    for job in all_jobs:
        job.run(job.threads * LANES)  # compiles
    rows = [
        {
            "kernel": job.kernel,
            "start": job.start,
            "particles": n,
            "field": job.field,
            "threads": job.threads,
            "cores": [],
            "per_core_mps": [],
            "relative": [],
        }
        for job in all_jobs
    ]
    for _ in range(passes):
        before = yardstick()
        for job, row in zip(all_jobs, rows, strict=True):
            began_cpu_s = time.process_time()
            took_s = march_rate.best_s(lambda job=job: job.run(n), 1)
            cores = (time.process_time() - began_cpu_s) / took_s
            after = yardstick()
            rate = n * N_STEPS / took_s / job.threads
            row["cores"].append(round(cores, 2))
            row["per_core_mps"].append(round(rate / 1e6, 3))
            row["relative"].append(float(f"{rate * 2.0 / (before + after):.4g}"))
            before = after
    return rows


def misses(n: int) -> dict[str, dict[str, Any]]:
    """How far our ends lie from the truth."""
    grid, places = march_rate.synthetic(FEW_LEVELS_HPA), march_rate.starts("global", n)
    truth = march_rate.plain(march_rate.turn, grid, places, N_STEPS)
    return {
        name: peer_runs.apart(march_rate.flown(grid, places, scheme, 1), truth)
        for name, scheme in SCHEMES.items()
    }


def processor() -> str:
    """The processor's name."""
    cpuinfo = Path("/proc/cpuinfo")
    text = cpuinfo.read_text() if cpuinfo.is_file() else ""
    found = re.search(r"^model name\s*: (.+)$", text, re.MULTILINE)
    return found[1] if found else platform.processor() or platform.machine()


def measure(chosen: argparse.Namespace) -> record.Record:
    """A new record."""
    pythons = peer_runs.pythons(chosen.peers, chosen.peer_python)  # refuses before it measures
    made = {
        "date": datetime.now(UTC).date().isoformat(),
        "processor": processor(),
        "cores": os.cpu_count(),
        "versions": {
            "Python": platform.python_version(),
            "numba": numba.__version__,
            "NumPy": np.__version__,
        },
        "passes": chosen.passes,
        "note": chosen.note,
        "rows": [],
        "ends": {},
    }
    if not chosen.no_kernels:
        made["rows"] = measured(jobs(chosen.particles), chosen.particles, chosen.passes)
        made["ends"] = misses(min(chosen.particles, peer_runs.TRUTH_PARTICLES))
    if chosen.peers:
        with tempfile.TemporaryDirectory() as folder:
            n = chosen.peer_particles
            job = peer_runs.prepare(Path(folder), chosen.peer_job, n, chosen.peer_hours, pythons)
            made["peers"] = peer_runs.interleaved(job, chosen.passes)
    return made


def count(text: str) -> int:
    """A number of things, one at least."""
    number = int(text)
    if number < 1:
        problem = f"{text} is not 1 or more"
        raise argparse.ArgumentTypeError(problem)
    return number


def options() -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--particles", type=count, default=100_000)
    parser.add_argument("--passes", type=count, default=3)
    parser.add_argument("--peers", nargs="+", default=[], metavar="NAME", help="other models")
    parser.add_argument("--peer-particles", type=count, default=10_000)
    parser.add_argument(
        "--peer-job", choices=list(peer_runs.LEVELS_HPA), default="one", help="levels of their wind"
    )
    parser.add_argument("--peer-hours", type=count, default=march_rate.HOURS, help="of flight")
    parser.add_argument("--no-kernels", action="store_true", help="the peers alone")
    parser.add_argument("--peer-python", nargs="+", default=[], metavar="NAME=PATH")
    parser.add_argument("--note", default="", help="a sentence for the tables")
    parser.add_argument("--write", action="store_true", help="write the record and the tables")
    parser.add_argument("--check", action="store_true", help="compare only: status 1 for a loss")
    return parser.parse_args()


def main() -> int:
    """Measure, print, and write if asked."""
    chosen = options()
    try:
        earlier = record.load(RECORDS)
        made = measure(chosen)
        tables = {} if chosen.no_kernels else {"bench": record.kernels(made, earlier)}
        if chosen.peers:
            tables[f"peers, {chosen.peer_job}"] = record.peers(made)
        print("\n\n".join(tables.values()))
        if chosen.write and not chosen.check:
            for name, text in tables.items():
                record.put(PAGE, name, text)
            record.save(RECORDS, [*record.load(RECORDS), made])
    except OverflightError as error:
        print(error, file=sys.stderr)
        return 2
    slower = record.lost(made, earlier)
    for row in slower:
        print(f"slower by more than {record.LOSS:.0%}: {row}", file=sys.stderr)
    return 1 if chosen.check and slower else 0


if __name__ == "__main__":
    sys.exit(main())
