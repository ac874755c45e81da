"""The job in OpenDrift: its fourth-order scheme on its own ellipsoid, at height 0.

    python benchmarks/peers/opendrift_job.py FOLDER

It has Runge-Kutta steps for ocean currents only, so the wind goes in as a current; currents above
15 m/s are holes to it unless it is told otherwise. Nothing else moves its particles. It is given
one level only.
"""

import logging
from datetime import timedelta

import job
import numpy as np
import xarray as xr
from opendrift.models.basemodel import OpenDriftSimulation
from opendrift.models.oceandrift import Lagrangian3DArray
from opendrift.readers.basereader.consts import standard_names
from opendrift.readers.reader_netCDF_CF_generic import Reader

CURRENTS = ("x_sea_water_velocity", "y_sea_water_velocity")
FASTEST_MPS = 120.0


class Carried(OpenDriftSimulation):
    """Elements that go where the current goes."""

    ElementType = Lagrangian3DArray
    required_variables = {name: {"fallback": None} for name in CURRENTS}  # noqa: RUF012

    def update(self):
        """One step."""
        self.advect_ocean_current()


def reader(given: job.Job) -> Reader:
    """The wind as a dataset in memory; the column at 360 degrees is the one at 0."""
    axes = {
        "time": given.time,
        "lat": ("lat", given.lat_deg, {"standard_name": "latitude", "units": "degrees_north"}),
        "lon": ("lon", given.lon_deg[:-1], {"standard_name": "longitude", "units": "degrees_east"}),
    }
    winds = {
        name: (
            ("time", "lat", "lon"),
            values[:, 0, :, :-1],
            {"standard_name": name, "units": "m s-1"},
        )
        for name, values in zip(CURRENTS, (given.u_mps, given.v_mps), strict=True)
    }
    return Reader(xr.Dataset(winds, coords=axes), name="synthetic")


def main() -> None:
    """Fly the job; its own clock of its main loop leaves start-up out."""
    given = job.read()
    for name in CURRENTS:
        standard_names[name] |= {"valid_min": -FASTEST_MPS, "valid_max": FASTEST_MPS}
    model = Carried(loglevel=logging.ERROR)
    model.set_config("drift:advection_scheme", "runge-kutta4")
    model.set_config("drift:max_speed", FASTEST_MPS)
    model.set_config("general:coastline_action", "none")
    model.add_reader(reader(given))
    begin = given.time[0].astype("datetime64[s]").item()
    model.seed_elements(
        lon=given.start_lon_deg, lat=given.start_lat_deg, time=begin, z=0.0, radius=0.0
    )
    hours = timedelta(hours=given.hours)
    with job.Clock() as clock:
        model.run(time_step=job.STEP_S, time_step_output=hours, duration=hours)
    clock.wall_s = model.timing["main loop"].total_seconds()
    ends_deg = np.full((2, len(given.start_lat_deg)), np.nan)
    ends_deg[:, model.elements.ID] = model.elements.lat, model.elements.lon
    job.write("opendrift", clock, *ends_deg)


if __name__ == "__main__":
    main()
