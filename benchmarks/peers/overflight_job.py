"""The job as a peer does it, in a process of its own: the same files, one thread.

    python benchmarks/peers/overflight_job.py FOLDER

A grid needs two levels, so one that is given alone is there twice.
"""

import job  # first: it allows one thread
import numpy as np

from overflight.physics.lanes import LANES
from overflight.physics.march import march
from overflight.physics.sphere import lat_lon_deg, n_vector
from overflight.physics.windgrid import WindGrid

HEIGHT_M = 18_500.0


def main() -> None:
    """Fly the job, after a block of its own that loads the compiled code."""
    given = job.read()
    wind_mps, levels = np.stack([given.u_mps, given.v_mps], axis=-1), given.log_pressure
    if len(levels) == 1:
        wind_mps, levels = np.repeat(wind_mps, 2, axis=1), np.r_[levels, levels + 0.1]
    grid = WindGrid(
        (given.time - given.time[0]) / np.timedelta64(1, "s"),
        levels,
        given.lat_deg,
        given.lon_deg,
        wind_mps,
    )

    def fly(places, seconds):
        n = len(places)
        held = np.full(n, given.start_log_pressure), np.full(n, HEIGHT_M)
        when_s = np.array([0.0, seconds])
        return march(grid, places, *held, when_s, step_s=job.STEP_S, scheme="rk4", n_threads=1)[-1]

    starts_deg = zip(given.start_lat_deg, given.start_lon_deg, strict=True)
    places = np.array([n_vector(lat_deg, lon_deg) for lat_deg, lon_deg in starts_deg])
    fly(np.resize(places, (LANES, 3)), job.STEP_S)
    with job.Clock() as clock:
        ends = fly(places, given.hours * 3_600.0)
    job.write("overflight", clock, *np.array([lat_lon_deg(*end) for end in ends]).T)


if __name__ == "__main__":
    main()
