"""One trajectory in a process of its own: how long from typing to the answer?

    python benchmarks/cold_start.py

The synthetic wind of ``march_rate.py`` is stored once (1.1 GB, under ``out/``). Then processes are
started that each open it mapped into memory, carry one balloon through 864 Runge-Kutta steps of
300 s, and end: with the compiled code that is kept, with none yet, and with keeping turned off.
The wind comes from the system's memory of files, as it does in a second run.
"""

import argparse
import json
import math
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

FOLDER = Path("out") / "cold-start"
HOURS, STEP_S = 72, 300.0


def store(folder: Path) -> None:
    """Write the field, unless it is there."""
    if (folder / "uv_mps.npy").is_file():
        return
    import numpy as np
    from march_rate import synthetic

    grid = synthetic()
    folder.mkdir(parents=True, exist_ok=True)
    axes = {name: getattr(grid, name) for name in ("time_s", "log_pressure", "lat_deg", "lon_deg")}
    np.savez(folder / "axes.npz", **axes)
    np.save(folder / "new.npy", grid.uv_mps)
    (folder / "new.npy").rename(folder / "uv_mps.npy")


def one(folder: Path, began_s: float) -> None:
    """Fly one balloon and print its end, and the seconds since the process was started."""
    took = {"python": time.time() - began_s}
    import numpy as np

    from overflight.physics.march import march
    from overflight.physics.sphere import n_vector
    from overflight.physics.windgrid import WindGrid

    took["imports"] = time.time() - began_s
    # Copy on write: an array like any other to the compiler, of which only what is read is loaded.
    uv_mps = np.load(folder / "uv_mps.npy", mmap_mode="c").view(np.ndarray)
    with np.load(folder / "axes.npz") as axes:
        grid = WindGrid(*(axes[name] for name in WindGrid._fields[:4]), uv_mps)
    start, level = np.array([n_vector(45.0, 250.0)]), np.array([math.log(7_000.0)])
    took["wind and first kernel"] = time.time() - began_s
    ends = march(
        grid, start, level, np.array([18_500.0]), np.array([0.0, HOURS * 3_600.0]), step_s=STEP_S
    )
    took["march"] = time.time() - began_s
    print(json.dumps({"end": ends[-1, 0].tolist(), "took": took}))


def timed(folder: Path, kept: str | None) -> tuple[float, dict]:
    """Wall time of one process, and what it says."""
    environment = dict(os.environ)
    if kept is not None:
        environment["OVERFLIGHT_CACHE"] = kept
    began_s = time.time()
    done = subprocess.run(
        [sys.executable, __file__, "--one", str(began_s), "--folder", str(folder)],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return time.time() - began_s, json.loads(done.stdout)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("--passes", type=int, default=5)
    parser.add_argument("--one", type=float, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.one is not None:
        one(chosen.folder, chosen.one)
        return
    store(chosen.folder)
    with tempfile.TemporaryDirectory() as kept:
        empty_s, first = timed(chosen.folder, kept)
        runs = [timed(chosen.folder, kept) for _ in range(chosen.passes)]
    warm_s, last = min(runs, key=lambda run: run[0])
    off_s, plain = min(
        (timed(chosen.folder, "off") for _ in range(min(2, chosen.passes))), key=lambda run: run[0]
    )
    if not first["end"] == last["end"] == plain["end"]:
        sys.exit("the ends differ")
    print(f"compiled code kept    {warm_s:6.2f} s (best of {chosen.passes})")
    print(f"none kept yet         {empty_s:6.2f} s")
    print(f"keeping turned off    {off_s:6.2f} s")
    before = 0.0
    for part, at in last["took"].items():
        print(f"  {part:<22}{at - before:6.2f} s")
        before = at
    print(f"  {'end of the process':<22}{warm_s - before:6.2f} s")


if __name__ == "__main__":
    main()
