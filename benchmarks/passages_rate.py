"""Measure how long it takes to find every visit of many paths to all countries and states.

    python benchmarks/passages_rate.py [--paths 100000] [--steps 1500] [--threads 2]

Paths drift around the northern hemisphere at 10 to 40 m/s, a point every ten minutes, in single
precision, because in double precision the paths alone would be 2.4 GB. Printed: the time from a
standing start (zones are read and laid out, code is compiled or loaded) and of a second time, the
peak of this process's memory, paths and answer included, and how far entries are from a reference
that asks :mod:`shapely` every second.
"""

import argparse
import resource
import time

import numpy as np

from overflight.fields import places

KINDS = ("country", "state")
STEP_S = 600.0
BLOCK = 500  # paths made at once
LIMIT_S, LIMIT_BYTES = 20.0, 2 * 2**30


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--paths", type=int, default=100_000)
    parser.add_argument("--steps", type=int, default=1_500)
    parser.add_argument("--threads", type=int, default=2)
    asked = parser.parse_args()
    lat, lon = drifting(asked.paths, asked.steps)
    time_s = STEP_S * np.arange(asked.steps)
    print(f"{asked.paths:,} paths x {asked.steps:,} points, {asked.threads} threads")
    world = places.Places()
    for name in ("standing start", "again"):
        began, worked = time.perf_counter(), time.process_time()
        n_visits = world.passages(lat, lon, time_s, KINDS, asked.threads).path.size
        took_s, work_s = time.perf_counter() - began, time.process_time() - worked
        print(
            f"{name}: {took_s:.1f} s ({'within' if took_s < LIMIT_S else 'BEYOND'}"
            f" {LIMIT_S:.0f} s),"
            f" {work_s:.1f} s of processors, {n_visits:,} visits"
        )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    word = "within" if peak < LIMIT_BYTES else "BEYOND"
    print(f"peak of memory: {peak / 2**30:.2f} GiB ({word} {LIMIT_BYTES / 2**30:.0f} GiB)")
    few = slice(0, min(40, asked.paths))
    off_s = against_reference(lat[few], lon[few], time_s, world)
    print(
        f"{off_s.size} entries of {len(lat[few])} paths against asking every second: worst"
        f" {off_s.max():.2f} s"
    )


def drifting(n_paths: int, n_points: int) -> tuple[np.ndarray, np.ndarray]:
    """Paths that start over East Asia and drift east in a wavy wind."""
    lat, lon = (np.empty((n_paths, n_points), np.float32) for _ in range(2))
    when_s = STEP_S * np.arange(n_points)
    for first in range(0, n_paths, BLOCK):
        rng = np.random.default_rng(first)
        n = min(BLOCK, n_paths - first)
        speed = rng.uniform(10.0, 40.0, (n, 1))
        period_s = rng.uniform(2.0, 8.0, (n, 1)) * 86_400.0
        phase = rng.uniform(0.0, 2.0 * np.pi, (n, 1))
        swing = rng.uniform(2.0, 12.0, (n, 1))
        wave = swing * np.sin(2.0 * np.pi * when_s / period_s + phase)
        inertial = 0.05 * np.sin(when_s * 1.1e-4 + phase)
        lat[first : first + n] = rng.uniform(20.0, 60.0, (n, 1)) + wave + inertial
        east = speed * when_s / (111_320.0 * np.cos(np.radians(45.0)))
        whole = rng.uniform(90.0, 130.0, (n, 1)) + east + 0.05 * np.cos(when_s * 1.1e-4 + phase)
        lon[first : first + n] = (whole + 180.0) % 360.0 - 180.0
    return lat, lon


def against_reference(
    lat: np.ndarray, lon: np.ndarray, time_s: np.ndarray, world: places.Places
) -> np.ndarray:
    """How far first entries are from the first second at which a zone holds the path [s]."""
    found = world.passages(lat, lon, time_s, KINDS)
    off = []
    for path in range(len(lat)):
        fine_s = np.arange(0.0, time_s[-1], 1.0)
        at_lat = np.interp(fine_s, time_s, lat[path].astype(float))
        at_lon = np.interp(fine_s, time_s, np.unwrap(lon[path].astype(float), period=360.0))
        for zone in np.unique(found.zone[found.path == path]):
            inside = world.contains(zone, at_lat, at_lon)
            told_s = found.first_entry_s(str(zone))[path]
            long_enough = found.time_inside_s(str(zone))[path] > 2.0
            if long_enough and inside.any():
                off.append(abs(told_s - fine_s[inside.argmax()]))
    return np.array(off)


if __name__ == "__main__":
    main()
