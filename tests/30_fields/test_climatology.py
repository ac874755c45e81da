"""The embedded wind against its reference evaluations, and as a canonical field."""

import csv
from datetime import UTC, datetime, timedelta
from importlib.resources import files

import numpy as np
import pytest

from overflight.errors import CoverageError, FieldError
from overflight.fields import canonical, climatology, layout
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


def test_many_points_at_once_are_as_good_as_one_by_one():
    columns = np.array(REFERENCE).T
    u, v = climatology.evaluate(*columns[:3], columns[3] * 100.0)
    np.testing.assert_allclose(u, columns[4], atol=1e-3)
    np.testing.assert_allclose(v, columns[5], atol=1e-3)
    assert climatology.evaluate(np.zeros((3, 1)), np.zeros(4), 0.0, 5_000.0)[0].shape == (3, 4)


def test_between_the_levels_it_is_linear_in_the_logarithm_of_pressure():
    levels_pa = np.array([5_000.0, np.sqrt(5_000.0 * 7_000.0), 7_000.0])
    for component in climatology.evaluate(52.0, 21.0, 100.0, levels_pa):
        assert component[1] == pytest.approx(0.5 * (component[0] + component[2]), abs=1e-12)


@pytest.mark.parametrize("pressure_pa", [999.0, 20_001.0, np.nan])
def test_it_refuses_to_extrapolate(pressure_pa):
    with pytest.raises(CoverageError, match="climatology is defined"):
        climatology.evaluate(0.0, 0.0, 0.0, pressure_pa)


def test_one_level_out_of_many_that_it_does_not_reach_is_refused():
    with pytest.raises(CoverageError, match="a pressure of 900 Pa"):
        climatology.evaluate(0.0, 0.0, 0.0, [5_000.0, 900.0])


def test_there_is_no_wind_beyond_a_pole():
    with pytest.raises(CoverageError, match="a latitude of 91"):
        climatology.evaluate(91.0, 0.0, 0.0, 5_000.0)


@pytest.fixture(scope="module")
def field():
    return climatology.dataset(START, END)


def test_the_field_is_canonical_and_says_what_it_is(field):
    assert canonical.check(field) is field
    assert field.attrs["statement"] == "climatology: prior only"
    assert field["time"].values[0] <= np.datetime64("2023-01-14")
    assert field["time"].values[-1] >= np.datetime64("2023-02-05")


def test_its_levels_are_the_fitted_ones(field):
    np.testing.assert_allclose(
        field["pressure_pa"].values / 100.0, [10, 20, 30, 50, 70, 100, 150, 200]
    )
    assert float(field["z_m"].sel(pressure_pa=7_000.0).max()) == pytest.approx(18_441.6, abs=0.1)


def test_the_nodes_are_the_harmonics_themselves(field):
    node = field.isel(time=9, lat_deg=50, lon_deg=30)
    exact = climatology.evaluate(
        float(node["lat_deg"]), float(node["lon_deg"]), 22.0, node["pressure_pa"].values
    )
    np.testing.assert_allclose([node["u_mps"].values, node["v_mps"].values], exact, atol=1e-9)


@pytest.mark.parametrize(
    ("spacing_deg", "most_mps", "rms_mps"), [(5.0, 1.5, 0.15), (2.5, 0.38, 0.037)]
)
def test_between_the_nodes_it_errs_by_what_the_docstring_says(spacing_deg, most_mps, rms_mps):
    rng = np.random.default_rng(5)
    lat, lon = np.degrees(np.arcsin(rng.uniform(-1, 1, 20_000))), rng.uniform(-180, 180, 20_000)
    square, worst = [], 0.0
    for day in (15, 105, 196, 288):  # the seasons
        start = datetime(2023, 1, 1, tzinfo=UTC) + timedelta(days=day)
        nodes = climatology.dataset(start, start + timedelta(days=1), spacing_deg=spacing_deg)
        for level_pa in nodes["pressure_pa"].values:
            exact = climatology.evaluate(lat, lon, day, level_pa)
            at_level = nodes.isel(time=0).sel(pressure_pa=level_pa)
            miss = bilinear(at_level, spacing_deg, lat, lon) - exact
            square.append(np.mean(miss**2))
            worst = max(worst, np.abs(miss).max())
    assert 0.8 * most_mps < worst < most_mps
    assert np.sqrt(np.mean(square)) == pytest.approx(rms_mps, rel=0.05)


def bilinear(nodes, spacing_deg, lat, lon):
    uv = np.stack([nodes["u_mps"].values, nodes["v_mps"].values])
    uv = np.concatenate([uv, uv[:, :, :1]], axis=2)
    j, i = (lat + 90.0) / spacing_deg, (lon + 180.0) / spacing_deg
    south, west = np.minimum(j.astype(int), uv.shape[1] - 2), i.astype(int)
    a, b = j - south, i - west
    low = (1 - b) * uv[:, south, west] + b * uv[:, south, west + 1]
    high = (1 - b) * uv[:, south + 1, west] + b * uv[:, south + 1, west + 1]
    return (1 - a) * low + a * high


@pytest.mark.parametrize("pressure_pa", [1_000.0, 4_000.0, 6_000.0, 20_000.0])
def test_the_kernels_sample_what_the_harmonics_say(field, pressure_pa):
    grid = layout.to_grid(field, START)
    rng = np.random.default_rng(6)
    for _ in range(100):
        lat = float(np.degrees(np.arcsin(rng.uniform(-0.99, 0.99))))
        lon, time_s = float(rng.uniform(-180, 180)), float(rng.uniform(0, 22 * 86_400))
        sampled = wind(grid, time_s, np.log(pressure_pa), *n_vector(lat, lon))
        exact = climatology.evaluate(lat, lon, 13.0 + time_s / 86_400.0, pressure_pa)
        np.testing.assert_allclose(sampled, exact, atol=0.4)


def test_the_year_closes():
    before = climatology.evaluate(40.0, 10.0, 0.0, 5_000.0)
    after = climatology.evaluate(40.0, 10.0, 365.25, 5_000.0)
    np.testing.assert_allclose(before, after, atol=1e-9)


@pytest.mark.parametrize(
    ("start", "end", "options", "said"),
    [
        (END, START, {}, "expected an end after the start"),
        (START, END, {"step_s": 0.0}, "a step above zero"),
        (START, END, {"spacing_deg": 7.0}, "a grid of 7 degrees"),
    ],
)
def test_a_field_that_cannot_be_is_refused(start, end, options, said):
    with pytest.raises(FieldError, match=said):
        climatology.dataset(start, end, **options)


def test_whoever_made_the_data_is_named():
    for owner in ("Naval Research Laboratory", "ERA-Interim", "CC BY 4.0", "NCEP-DOE", "HWM14"):
        assert owner in climatology.ATTRIBUTION
    notice = files("overflight.fields").joinpath("data/NOTICE_NRL.txt").read_text("utf-8")
    assert "AUTHORIZATION TO USE AND DISTRIBUTE" in notice


def test_what_ships_is_the_published_fit(shared_data):
    ours = files("overflight.fields").joinpath("data")
    for name in ("climatology_harmonics.npz", "transient_departures.json"):
        theirs = (shared_data / "winds" / name).read_bytes()
        assert ours.joinpath(name).read_bytes() == theirs
