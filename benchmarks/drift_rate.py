"""How many particle-steps a second drift and filter make: moving level, noise, twist, weights.

    python benchmarks/drift_rate.py [--particles 100000] [--passes 3] [--long]

The synthetic wind of benchmarks/march_rate.py. Balloons start about 70 hPa on a level that sinks a
little and rises by day; the wind's error is an Ornstein-Uhlenbeck process that also fades with
height. Free flights, and steps of the guided filter with a twist of full matrices. ``--long`` also
flies a million balloons for 20 days in steps of 600 s on all processors, and prints the peak of the
memory.
"""

import argparse
import math
import os
import resource
import time

import march_rate
import numpy as np
from numpy.typing import NDArray

from overflight.flight.ensemble import Flight, fly
from overflight.inference import guided, twist
from overflight.inference.model import balloon
from overflight.inference.reports import Reports, schedule
from overflight.physics.drift import Drift, LevelLaw
from overflight.physics.ou import ou_step
from overflight.physics.sphere import n_vector
from overflight.physics.windgrid import WindGrid, steady

Array = NDArray[np.float64]

DT_S, TAU_S, DAY_S = 300.0, 86_400.0, 86_400.0


def drift(grid: WindGrid, n_steps: int, dt_s: float, start_sd_m: float) -> Drift:
    """A balloon with everything on: sinking, rising by day, under a fading error."""
    half = np.arange(2 * n_steps + 1)
    height_m = 18_500.0 - 0.01 * half
    angle = 2.0 * math.pi * half * 0.5 * dt_s / DAY_S
    law = LevelLaw(
        math.log(7_000.0) + (18_500.0 - height_m) / 6_300.0,
        height_m,
        np.full(len(half), 6_300.0),
        np.stack([np.cos(angle), -np.sin(angle), 0.0 * angle], axis=1),
        150.0,
    )
    table = steady(
        np.log([5_000.0, 7_000.0, 9_000.0]),
        np.array([-60.0, -30.0, 0.0, 30.0, 60.0]),
        np.random.default_rng(0).uniform(1.0, 4.0, (3, 5)),
    )
    place = n_vector(45.0, 250.0)
    return Drift(
        grid, table, 1.0, ou_step(TAU_S, dt_s), law, 0.0, dt_s, *place, start_sd_m, TAU_S, 800.0,
        0.2, -0.1,
    )  # fmt: skip


def free(plan: Drift, n: int, n_steps: int, n_threads: int) -> None:
    """Fly balloons that see nothing."""
    fly([Flight(None, plan, n_steps)] * n_threads, n // n_threads, n_steps, 1, n_threads)


def filtered(plan: Drift, n: int, n_steps: int) -> None:
    """Take filter steps with all terms of the twist in use, and resample every six hours."""
    rng = np.random.default_rng(1)
    full = rng.normal(size=(n_steps + 1, 4, 4)) * np.array([1e-6, 1e-6, 0.1, 0.1])
    spread = np.tile(np.eye(4), (n_steps + 1, 1, 1))
    guide = twist.flat(np.tile([*n_vector(45.0, 250.0), 0.0, 0.0], (n_steps + 1, 1)), 0)
    guide = guide._replace(curvature=full.transpose(0, 2, 1) @ full, spread=spread)
    none = np.zeros(0, dtype=np.int64)
    empty = Reports(
        np.zeros((0, 3)), none, none, none, np.zeros((0, 3)), *(np.zeros(0) for _ in range(4))
    )
    sizes = guided.Sizes(n, 1, n_steps, round(21_600.0 / DT_S))
    guided.run(balloon(), plan, guide, empty, schedule(empty, n_steps), [1], sizes)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--particles", type=int, default=100_000)
    parser.add_argument("--passes", type=int, default=3)
    parser.add_argument("--long", action="store_true")
    chosen = parser.parse_args()
    n, n_steps = chosen.particles, march_rate.N_STEPS
    if chosen.long:
        long()
        return
    grid = march_rate.synthetic()
    for order, start_sd_m in (("cloud", 100e3), ("wide", 2_000e3)):
        plan = drift(grid, n_steps, DT_S, start_sd_m)
        free(plan, 64, n_steps, 1)
        filtered(plan, 64, n_steps)
        for name, run in (
            ("free, 1 thread", lambda p=plan: free(p, n, n_steps, 1)),
            ("free, 2 threads", lambda p=plan: free(p, n, n_steps, 2)),
            ("filter, 1 thread", lambda p=plan: filtered(p, n, n_steps)),
        ):
            took_s = march_rate.best_s(run, chosen.passes)
            print(f"{order:<8}{name:<18}{n * n_steps / took_s / 1e6:>8.1f} M particle-steps/s")


def long() -> None:
    """A million paths, 20 days, 600 s."""
    n_threads, n_steps, dt_s = os.cpu_count() or 1, 2_880, 600.0
    grid = march_rate.synthetic(levels_hpa=(90, 70, 50), hours=20 * 24)
    plan = drift(grid, n_steps, dt_s, 100e3)
    fly([Flight(None, plan, n_steps)], 64, n_steps, 1, 1)
    began = time.perf_counter()
    fly([Flight(None, plan, n_steps)] * n_threads, 1_000_000 // n_threads, 432, 1, n_threads)
    took_s = time.perf_counter() - began
    peak_bytes = 1_024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(
        f"1,000,000 paths, 20 days: {took_s:.0f} s on {n_threads} threads,"
        f" {1e6 * n_steps / took_s / 1e6:.1f} M particle-steps/s, peak {peak_bytes / 2**30:.2f} GiB"
    )


if __name__ == "__main__":
    main()
