"""Made-up falls and people whose expectations are known."""

from types import SimpleNamespace

import numpy as np

from overflight.fields import places
from overflight.fields.population import Population
from overflight.fields.population_grid import Grid
from overflight.inference.scatter import Scatter

N_CLASSES = 3


def scatter(begin_deg, east_deg=(0.0, 0.0), north_deg=None, hours=None, n_paths=1):
    """Falls that end the same steps east and north of every beginning (moment, 2), all classes."""
    begin = np.asarray(begin_deg, float)
    east = np.asarray(east_deg, float)
    north = np.zeros_like(east) if north_deg is None else np.asarray(north_deg, float)
    n_moments = len(begin)
    from_lat = np.repeat(begin[:, :1], n_paths, axis=1)
    from_lon = np.repeat(begin[:, 1:], n_paths, axis=1)
    shape = (N_CLASSES, n_moments, n_paths, len(east))
    lat = np.broadcast_to(from_lat[None, :, :, None] + north, shape).copy()
    lon = np.broadcast_to(from_lon[None, :, :, None] + east, shape).copy()
    time_s = 3_600.0 * np.asarray(np.arange(n_moments) if hours is None else hours, float)
    return Scatter(time_s, from_lat, from_lon, lat, lon, np.full(shape, 300.0), 20_000.0)


def people(density_of, factor=1.0, lat=(0.0, 60.0), lon=(-130.0, -60.0), step=0.25):
    """A grid that covers the falls: density per km2 as a function of latitude and longitude."""
    lat_edges = np.arange(lat[0], lat[1] + step / 2, step)
    lon_edges = np.arange(lon[0], lon[1] + step / 2, step)
    middle_lat = 0.5 * (lat_edges[1:] + lat_edges[:-1])[:, None]
    middle_lon = 0.5 * (lon_edges[1:] + lon_edges[:-1])[None, :]
    values = np.broadcast_to(
        density_of(middle_lat, middle_lon), (len(lat_edges) - 1, len(lon_edges) - 1)
    )
    grid = Grid(lat_edges, lon_edges, values.astype(np.float32), ())
    return Population(places.load(), grid, "a made-up grid", factor)


def case_of(*sightings, descent=None, diameter_m=50.0, payload_kg=None):
    balloon = SimpleNamespace(
        diameter_max_m=diameter_m, float_altitude_min_m=18_000.0, payload_max_kg=payload_kg
    )
    return SimpleNamespace(sightings=sightings, descent=descent, balloon=balloon)
