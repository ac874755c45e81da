"""The job in Parcels 4: its own Runge-Kutta kernel on its own sphere.

    python benchmarks/peers/parcels_job.py FOLDER

Positions are in double precision; its default is single. Its field gets a few columns more than
the globe has, and particles that leave it at one side come back at the other. A particle beyond a
pole is out of its grid: it is given up here, as lost. Its depth is ln p.
"""

import job
import numpy as np
import parcels
import xarray as xr
from parcels._core.particle import get_default_particle

HALO = 60  # columns: near the poles a step spans many degrees
FIRST_ERROR = 50  # status codes from here on are errors


def field(given: job.Job) -> parcels.FieldSet:
    """The wind, wrapped around the globe and a bit further."""
    columns = np.r_[-HALO - 1 : -1, 0 : len(given.lon_deg), 1 : HALO + 1]
    turns = np.r_[np.full(HALO, -360.0), np.zeros(len(given.lon_deg)), np.full(HALO, 360.0)]
    axes = {
        "time": given.time,
        "depth": ("depth", given.log_pressure, {"axis": "Z", "positive": "down"}),
        "latitude": ("latitude", given.lat_deg, {"axis": "Y"}),
        "longitude": ("longitude", given.lon_deg[columns] + turns, {"axis": "X"}),
    }
    winds = {
        name: xr.DataArray(
            values[..., columns],
            dims=("time", "depth", "latitude", "longitude"),
            coords=axes,
        )
        for name, values in (("U", given.u_mps), ("V", given.v_mps))
    }
    made = parcels.convert.copernicusmarine_to_sgrid(fields=winds)
    return parcels.FieldSet.from_sgrid_conventions(made, mesh="spherical")


def GiveUp(particles, fieldset):  # noqa: N802 - the case that Parcels uses for kernels
    """Remove what its own kernel could not move."""
    wrong = particles.state >= FIRST_ERROR
    particles[wrong].state = parcels.StatusCode.Delete


def Around(particles, fieldset):  # noqa: N802
    """Come back at the other side of the globe."""
    beyond_deg = particles.x + particles.dx
    particles.dx -= 360.0 * np.floor(beyond_deg / 360.0)


def fly(
    fields: parcels.FieldSet, level: float, lat_deg, lon_deg, seconds: float
) -> parcels.ParticleSet:
    """Advect some particles."""
    flying = parcels.ParticleSet(
        fields,
        pclass=get_default_particle(np.float64),
        x=lon_deg,
        y=lat_deg,
        z=np.full(len(lon_deg), level),
    )
    flying.execute(
        [parcels.kernels.AdvectionRK4, GiveUp, Around],
        dt=np.timedelta64(round(job.STEP_S), "s"),
        runtime=np.timedelta64(round(seconds), "s"),
        verbose_progress=False,
    )
    return flying


def main() -> None:
    """Fly the job, after a step of its own that loads what is loaded at first use."""
    given = job.read()
    fields = field(given)
    level = given.start_log_pressure
    fly(fields, level, given.start_lat_deg[:2], given.start_lon_deg[:2], job.STEP_S)
    with job.Clock() as clock:
        flown = fly(fields, level, given.start_lat_deg, given.start_lon_deg, given.hours * 3_600.0)
    ends_deg = np.full((2, len(given.start_lat_deg)), np.nan)
    ends_deg[:, np.asarray(flown.particle_id)] = flown.y, flown.x
    job.write("parcels", clock, *ends_deg)


if __name__ == "__main__":
    main()
