"""The embedded wind against its reference evaluations, and as a canonical field."""

import csv
from datetime import UTC, datetime

import numpy as np
import pytest

from overflight.errors import CoverageError
from overflight.fields import canonical, climatology
from overflight.physics.sphere import n_vector
from overflight.physics.windgrid import wind

START, END = datetime(2023, 1, 14, tzinfo=UTC), datetime(2023, 2, 5, tzinfo=UTC)

# (lat, lon, day, hPa, u, v): published with the fit, two of them between fitted levels.
REFERENCE = (
    (45.8, -108.5, 32.9, 70.0, 12.6645, -5.5056),
    (19.2, 110.0, 15.0, 100.0, 16.2226, 6.4218),
    (-33.5, -70.7, 288.3, 150.0, 29.9237, -0.5435),
    (89.0, 271.0, 350.0, 10.0, 5.8184, 2.8130),
    (38.97, -91.35, 33.8, 60.0, 15.8734, -1.1653),
    (60.0, -135.0, 29.0, 40.0, 15.9606, -10.2607),
)


@pytest.mark.parametrize(("lat", "lon", "day", "level_hpa", "u", "v"), REFERENCE)
def test_it_matches_the_reference_evaluations(lat, lon, day, level_hpa, u, v):
    found = climatology.evaluate(lat, lon, day, level_hpa * 100.0)
    assert np.array(found) == pytest.approx([u, v], abs=1e-3)


def test_it_matches_every_row_of_the_reference_file(shared_data):
    with (shared_data / "winds" / "climatology_reference.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 12
    for row in rows:
        lat, lon, day, level_hpa, u, v = [float(value) for value in list(row.values())[:6]]
        found = climatology.evaluate(lat, lon, day, level_hpa * 100.0)
        assert np.array(found) == pytest.approx([u, v], abs=1e-3)


@pytest.mark.parametrize("pressure_pa", [999.0, 20_001.0])
def test_it_refuses_to_extrapolate(pressure_pa):
    with pytest.raises(CoverageError, match="climatology is defined"):
        climatology.evaluate(0.0, 0.0, 0.0, pressure_pa)


@pytest.fixture(scope="module")
def field():
    return climatology.dataset(START, END)


def test_the_field_is_canonical_and_says_what_it_is(field):
    assert canonical.check(field) is field
    assert field.attrs["statement"] == "climatology: prior only"
    assert field["time"].values[0] <= np.datetime64("2023-01-14")
    assert field["time"].values[-1] >= np.datetime64("2023-02-05")


def test_sampling_the_field_is_close_to_the_harmonics_everywhere(field):
    grid = canonical.to_grid(field, START)
    rng = np.random.default_rng(5)
    misses = []
    for _ in range(400):
        lat = float(np.degrees(np.arcsin(rng.uniform(-0.99, 0.99))))
        lon = float(rng.uniform(-180, 180))
        time_s = float(rng.uniform(0, 22 * 86_400))
        pressure_pa = float(np.exp(rng.uniform(np.log(1_000), np.log(20_000))))
        sampled = wind(grid, time_s, np.log(pressure_pa), *n_vector(lat, lon))
        exact = climatology.evaluate(lat, lon, 13.0 + time_s / 86_400.0, pressure_pa)
        misses.append(np.subtract(sampled, exact))
    assert np.abs(misses).max() < 0.5
    assert np.sqrt(np.mean(np.square(misses))) < 0.06


def test_the_year_closes(field):
    before = climatology.evaluate(40.0, 10.0, 0.0, 5_000.0)
    after = climatology.evaluate(40.0, 10.0, 365.25, 5_000.0)
    np.testing.assert_allclose(before, after, atol=1e-9)
