"""How many particle-steps a second a graphics card makes, and how near that is to its limit.

    python benchmarks/cuda_rate.py [--particles 10000000] [--reference 20000]

The wind of march_rate.py (half a degree, 20 levels, every 3 h), on which balloons drift for 72 h in
steps of 600 s, with a level that moves and a noisy wind error: the step of the inference. Free
flights, and the guided filter without evidence. The limit: a kernel that only reads the wind, twice
a step, at places known beforehand. Beside it one core of the processor, with the plain kernels, and
how far the ends of the same balloons lie apart.

Without a card it says so. It has not been run on one yet.
"""

import argparse
import math
import sys
import time

import march_rate
import numpy as np
from numba import cuda
from numba.core import config

from overflight.errors import OverflightError
from overflight.flight import device, ensemble, ensemble_cuda
from overflight.flight.ensemble import Flight
from overflight.inference import guided, guided_cuda, twist
from overflight.inference.model import balloon, fly
from overflight.inference.reports import Reports, schedule
from overflight.physics.drift import Drift, LevelLaw
from overflight.physics.launch_cuda import device_loop, launched, resident
from overflight.physics.ou import ou_step
from overflight.physics.sphere import MEAN_RADIUS_M, n_vector
from overflight.physics.windgrid import steady

STEP_S, TAU_S, HOURS = 600.0, 86_400.0, 72
READS = 64  # winds that a thread of the limit reads one after the other


def flight(grid, hours):
    """A balloon whose level sinks and swings, over half of North America."""
    n_steps = round(hours * 3_600.0 / STEP_S)
    half = 2 * n_steps + 1
    law = LevelLaw(
        np.linspace(math.log(6_000.0), math.log(8_000.0), half),
        np.linspace(19_500.0, 17_500.0, half),
        np.full(half, 6_342.0),
        np.tile([0.6, 0.0, -0.8], (half, 1)),
        200.0,
    )
    table = steady(np.log([2_000.0, 15_000.0]), np.array([-90.0, 90.0]), np.full((2, 2), 2.0))
    place = n_vector(45.0, 250.0)
    return Drift(grid, table, 1.0, ou_step(TAU_S, STEP_S), law, 0.0, STEP_S, *place, 300e3), n_steps


@device_loop
def read_only(uv_mps, cells, found):
    """Read both times, both levels and four corners of a cell, then of its neighbours eastward."""
    i = cuda.grid(1)
    if i >= cells.shape[1]:
        return
    t, k, j, east = cells[0, i], cells[1, i], cells[2, i], cells[3, i]
    total = 0.0
    for read in range(READS):
        column = east + read // 8  # a balloon crosses a cell in some such number of steps
        if column >= uv_mps.shape[3] - 1:
            column -= uv_mps.shape[3] - 1
        for corner in range(4):
            row, place = j + corner // 2, column + corner % 2
            for when in range(2):
                for level in range(2):
                    total += uv_mps[t + when, k + level, row, place, 0]
                    total += uv_mps[t + when, k + level, row, place, 1]
    found[i] = total


def reading_rate(grid, n, passes):
    """Winds a second that the card reads for particles of a cloud, in no order."""
    rng = np.random.default_rng(0)
    corner = np.array([[3], [12], [270], [500]])
    spread = rng.integers(0, [[1], [3], [12], [12]], (4, n))
    cells, uv_mps = resident((corner + spread, grid.uv_mps))
    found = cuda.device_array(n, np.float64)

    def once():
        launched(read_only, n)(uv_mps, cells, found)
        cuda.synchronize()

    once()  # compiles
    return n * READS / march_rate.best_s(once, passes)


def no_evidence(drift, n_steps):
    """A twist that says nothing about no reports."""
    model, none, whole = balloon(), np.zeros(0), np.zeros(0, np.int64)
    still = fly(model.start, model.step, drift, np.zeros((n_steps + 1, 4)), 5)
    reports = Reports(
        np.zeros((0, 3)), whole, whole, whole, np.zeros((0, 3)), none, none, none, none
    )
    return model, drift, twist.flat(still, 0), reports, schedule(reports, n_steps)


def seconds(run):
    """Wall time of a second call; the first one compiles."""
    run()
    began = time.perf_counter()
    result = run()
    return time.perf_counter() - began, result


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--particles", type=int, default=10_000_000)
    parser.add_argument("--reference", type=int, default=20_000)
    parser.add_argument("--hours", type=int, default=HOURS)
    chosen = parser.parse_args()
    try:
        device.require()
    except OverflightError as error:
        print(error, file=sys.stderr)
        return 2
    n, few = chosen.particles, chosen.reference
    grid = march_rate.synthetic()
    drift, n_steps = flight(grid, chosen.hours)
    plan = [Flight(None, drift, n_steps)]
    card = "a simulated card" if config.ENABLE_CUDASIM else cuda.get_current_device().name
    print(f"{card}, {n:,} particles, {n_steps} steps")
    limit = reading_rate(grid, n, 3) / 2.0
    print(f"{'limit: reading the wind alone':<40}{limit / 1e6:>10.0f} M particle-steps/s")
    core_s, expected = seconds(lambda: ensemble.fly(plan, few, n_steps, 1, 1))
    core = few * n_steps / core_s
    print(f"{'one core, plain kernels, free flight':<40}{core / 1e6:>10.2f}")
    sizes = guided.Sizes(n, 10, n_steps, n_steps)
    jobs = {
        "free flight": lambda: ensemble_cuda.fly(plan, n, n_steps, 1),
        "guided filter": lambda: guided_cuda.run(*no_evidence(drift, n_steps), [1], sizes),
    }
    for name, job in jobs.items():
        took_s, result = seconds(job)
        rate = n * n_steps / took_s
        print(f"{name + ', copies included':<40}{rate / 1e6:>10.0f}"
              f"   {rate / core:.0f} cores, {rate / limit:.0%} of the limit")  # fmt: skip
        if name == "free flight":
            both = min(n, few)
            apart = np.abs(result[0][:both, -1] - expected[0][:both, -1]).max()
            print(f"{'largest distance from the processor':<40}{MEAN_RADIUS_M * apart:>10.2g} m")
    return 0


if __name__ == "__main__":
    sys.exit(main())
