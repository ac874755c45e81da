"""People below: the embedded means against censuses, and grids of every kind of trouble."""

import csv
from importlib.resources import files

import numpy as np
import pytest
import xarray as xr
from pyproj import Geod

from overflight.errors import CapacityError, FieldError
from overflight.fields import memory, places, population, population_grid
from overflight.physics.sphere import MEAN_RADIUS_M

MONTANA, NEVADA, OCEAN = (46.9, -110.4), (39.3, -116.6), (30.0, -60.0)


def at(crowd, *spots):
    lat, lon = np.array(spots, dtype=np.float64).T
    return crowd.at(lat, lon)


def table():
    text = (files("overflight.fields") / "data" / "population.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


@pytest.fixture(scope="module")
def means():
    return population.embedded(places.load())


def test_states_and_provinces_sum_to_their_censuses():
    """50 states and the District of Columbia 2020; provinces and territories 2021."""
    for country, persons in (("US", 331_449_281), ("CA", 36_991_981)):
        parts = [int(row["persons"]) for row in table() if row["zone"].startswith(country + "-")]
        assert sum(parts) == persons


def test_areas_are_those_of_the_borders():
    geod = Geod(ellps="WGS84")
    for row in table():
        if row["zone"] in {"US-MT", "CA-YT", "CN", "JP", "LU", "US-AK"}:
            shape = places.load().shape(row["zone"])
            area_km2 = abs(geod.geometry_area_perimeter(shape)[0]) / 1e6
            assert float(row["area_km2"]) == pytest.approx(area_km2, rel=5e-3)


def test_published_densities_are_met(means):
    """Census densities are per land area: lakes and bays in the outlines make a mean lower."""
    found = at(means, MONTANA, NEVADA, (40.2, -74.6), (35.0, 105.0), (36.2, 138.3), (64.0, -135.0))
    published = [2.9, 10.9, 488.0, 148.0, 340.0, 0.1]
    assert found.density_perkm2 == pytest.approx(published, rel=0.25)
    assert found.land.all()
    assert not found.in_grid.any()


def test_nobody_lives_at_sea_or_nowhere(means):
    found = at(means, OCEAN, (np.nan, np.nan), (20.0, 179.9), (20.0, 180.1))
    assert (found.density_perkm2 == 0.0).all()
    assert not found.land.any()


def test_longitudes_may_run_on(means):
    here = at(means, MONTANA, (46.9, 249.6), (62.0, 179.0), (66.5, -179.0))
    assert here.density_perkm2[0] == here.density_perkm2[1] > 0.0
    assert here.land.tolist() == [True, True, False, True]  # Chukotka reaches over 180


def test_land_without_a_figure_has_the_mean_of_land(means):
    assert at(means, (9.5, 45.5)).density_perkm2[0] == population.UNKNOWN_PERKM2


def grid_file(path, values, units="persons per km2", name="population_density", **changes):
    n_lat, n_lon = values.shape[-2:]
    coords = {"lat": 49.5 - np.arange(n_lat), "lon": -119.5 + np.arange(n_lon)} | changes
    dims = ("lat", "lon") if values.ndim == 2 else ("year", "lat", "lon")
    field = xr.DataArray(values, coords, dims, name=name, attrs={"units": units} if units else {})
    field.to_netcdf(path, engine="h5netcdf")
    return path


def test_a_grid_is_read_where_it_says(tmp_path):
    values = np.arange(50.0).reshape(5, 10)  # rows from the north
    grid = population_grid.read(grid_file(tmp_path / "a.nc", values))
    assert grid.at(np.array([49.4, 45.6]), np.array([-119.4, -110.6])).tolist() == [0.0, 49.0]
    assert grid.at(np.array([48.6, 48.6]), np.array([-117.4, 242.6])).tolist() == [12.0, 12.0]
    assert np.isnan(
        grid.at(np.array([50.1, 49.0, np.nan]), np.array([-115.0, -100.0, -115.0]))
    ).all()


def test_counts_become_densities_and_that_is_said(tmp_path):
    grid = population_grid.read(grid_file(tmp_path / "a.nc", np.full((5, 10), 7e4), "persons"))
    bounds = np.sin(np.radians([47.0, 48.0]))
    cell_km2 = (MEAN_RADIUS_M / 1e3) ** 2 * np.radians(1.0) * (bounds[1] - bounds[0])
    found = grid.at(np.array([47.5]), np.array([-115.5]))
    assert found == pytest.approx([7e4 / cell_km2], rel=1e-5)
    assert any("divided by the cells' areas" in note for note in grid.notes)


@pytest.mark.parametrize(
    "units",
    [
        "persons per km2", "Persons per square kilometer", "people/km^2", "inhabitants km-2",
        "1/km2", "km-2", "persons per sq. km", "count per km**2",
    ],
)  # fmt: skip
def test_densities_are_known_by_their_units(units, tmp_path):
    grid = population_grid.read(grid_file(tmp_path / "a.nc", np.full((5, 10), 3.0), units))
    assert grid.at(np.array([47.5]), np.array([-115.5])) == pytest.approx([3.0])


@pytest.mark.parametrize("units", ["", "1", "m", "persons per m2", "persons per km", "K", "10 km2"])
def test_other_units_are_refused(units, tmp_path):
    path = grid_file(tmp_path / "a.nc", np.full((5, 10), 3.0), units)
    with pytest.raises(FieldError, match="units"):
        population_grid.read(path)


def test_holes_are_filled_from_the_means_and_said(tmp_path, means):
    values = np.full((5, 10), 0.2)
    values[2, 9] = np.nan  # around 47.5 N 110.5 W, Montana
    crowd = population.of_file(places.load(), grid_file(tmp_path / "a.nc", values))
    found = at(crowd, (47.5, -110.5), (47.5, -111.5), NEVADA, OCEAN)
    montana, nevada = at(means, MONTANA, NEVADA).density_perkm2
    assert found.density_perkm2 == pytest.approx([montana, 0.2, nevada, 0.0])
    assert found.in_grid.tolist() == [False, True, False, False]
    assert any("2 % of the cells" in note for note in crowd.notes)
    assert crowd.error_factor < population.MEANS_FACTOR


def test_where_a_grid_has_people_there_is_land(tmp_path):
    """The borders are coarse: a pier or a small island may lie outside."""
    values = np.zeros((5, 10))
    values[0, 0] = 7.0
    path = grid_file(tmp_path / "a.nc", values, lat=30.0 - np.arange(5), lon=-60.0 + np.arange(10))
    found = at(population.of_file(places.load(), path), (30.0, -60.0), (30.0, -59.0))
    assert found.land.tolist() == [True, False]


def test_a_mark_for_no_value_is_a_hole_and_said(tmp_path):
    values = np.full((5, 10), 0.2)
    values[0, :3] = -9_999.0
    grid = population_grid.read(grid_file(tmp_path / "a.nc", values))
    assert np.isnan(grid.at(np.array([49.5]), np.array([-119.5]))).all()
    assert any("3 cells of -9999" in note for note in grid.notes)


def test_negative_people_are_refused(tmp_path):
    values = np.linspace(-3.0, 3.0, 50).reshape(5, 10)
    with pytest.raises(FieldError, match="negative"):
        population_grid.read(grid_file(tmp_path / "a.nc", values))


@pytest.mark.parametrize(
    ("values", "changes", "words"),
    [
        (np.full((5, 10), 1e7), {}, "reaches 10,000,000"),
        (np.full((5, 10), np.nan), {}, "no value"),
        (np.full((3, 5, 10), 1.0), {"year": [2000, 2010, 2020]}, "further axis"),
        (np.full((5, 10), 1.0), {"lat": [49.0, 48.0, 48.5, 47.0, 46.0]}, "rise or fall"),
        (np.full((5, 10), 1.0), {"lat": 5e6 - 1e3 * np.arange(5)}, "rise or fall"),
        (np.full((5, 10), 1.0), {"lon": 50.0 * np.arange(10.0)}, "rise or fall"),
    ],
)
def test_what_cannot_be_a_grid_of_people_is_refused(values, changes, words, tmp_path):
    with pytest.raises(FieldError, match=words):
        population_grid.read(grid_file(tmp_path / "a.nc", values, **changes))


def test_one_layer_of_a_further_axis_is_fine(tmp_path):
    path = grid_file(tmp_path / "a.nc", np.full((1, 5, 10), 4.0), year=[2020])
    assert population_grid.read(path).at(np.array([47.5]), np.array([-115.5])) == [4.0]


def test_two_variables_that_both_could_be_are_refused(tmp_path):
    one = xr.open_dataset(grid_file(tmp_path / "a.nc", np.full((5, 10), 4.0)))
    both = one.assign(pop_count=one["population_density"])
    both.to_netcdf(tmp_path / "b.nc", engine="h5netcdf")
    with pytest.raises(FieldError, match="2 variables"):
        population_grid.read(tmp_path / "b.nc")


@pytest.mark.parametrize("content", [b"", b"hello people", b"\x89HDF\r\n\x1a\n" + bytes(50)])
def test_what_is_no_netcdf_is_refused(content, tmp_path):
    path = tmp_path / "people.nc"
    path.write_bytes(content)
    with pytest.raises(FieldError):
        population_grid.read(path)
    with pytest.raises(FieldError, match="no file"):
        population_grid.read(tmp_path / "absent.nc")


def test_a_grid_that_memory_cannot_hold_is_refused(tmp_path, monkeypatch):
    path = grid_file(tmp_path / "a.nc", np.full((5, 10), 4.0))
    monkeypatch.setattr(memory, "free_bytes", lambda: 100)
    with pytest.raises(CapacityError, match="50 cells"):
        population_grid.read(path)
