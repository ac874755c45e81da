"""The job as a peer does it, in a process of its own: the same files, one thread.

    python benchmarks/peers/overflight_job.py FOLDER

A grid needs two levels, so the one given is there twice.
"""

import math

import job  # first: it allows one thread
import numpy as np

from overflight.physics.lanes import LANES
from overflight.physics.march import march
from overflight.physics.sphere import lat_lon_deg, n_vector
from overflight.physics.windgrid import WindGrid

FLOAT_PA, HEIGHT_M = 7_000.0, 18_500.0


def main() -> None:
    """Fly the job, after a block of its own that loads the compiled code."""
    given = job.read()
    wind_mps = np.stack([given.u_mps, given.v_mps], axis=-1)[:, None]
    grid = WindGrid(
        (given.time - given.time[0]) / np.timedelta64(1, "s"),
        np.log([FLOAT_PA, FLOAT_PA + 1_000.0]),
        given.lat_deg,
        given.lon_deg,
        np.repeat(wind_mps, 2, axis=1),
    )

    def fly(places, seconds):
        n = len(places)
        levels = np.full(n, math.log(FLOAT_PA)), np.full(n, HEIGHT_M)
        when_s = np.array([0.0, seconds])
        return march(grid, places, *levels, when_s, step_s=job.STEP_S, scheme="rk4", n_threads=1)[
            -1
        ]

    starts_deg = zip(given.start_lat_deg, given.start_lon_deg, strict=True)
    places = np.array([n_vector(lat_deg, lon_deg) for lat_deg, lon_deg in starts_deg])
    fly(np.resize(places, (LANES, 3)), job.STEP_S)
    with job.Clock() as clock:
        ends = fly(places, job.HOURS * 3_600.0)
    job.write("overflight", clock, *np.array([lat_lon_deg(*end) for end in ends]).T)


if __name__ == "__main__":
    main()
