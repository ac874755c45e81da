"""What interpolation misses: predicted from thinned files, held against what was left out."""

import math

import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st

from overflight.fields import interpolation, merge, structure
from overflight.fields.readers import netcdf

DIMS = ("time", "pressure_pa", "lat_deg", "lon_deg")
WITHIN = 1.3  # the factor that is promised of the middle level
SIMULATED = "simulated_6day_3h_NH.nc"
GDAS = "gdas1deg_20100211-13_3h_caribbean_20-1000hPa.nc"
ERA5 = "era5_hourly_portugal_20221013-17_37lev.nc"


@pytest.fixture(scope="module")
def opened(shared_data):
    kept = {}

    def wind(name):
        if name not in kept:
            kept[name] = merge.merge(netcdf.read(shared_data / "winds" / name))
        return kept[name]

    return wind


def made(u_mps, hours, levels_hpa=(30, 50, 70, 100), lat=None, lon=None):
    shape = u_mps.shape
    lat = 30.0 + np.arange(shape[2]) if lat is None else lat
    lon = np.arange(shape[3]) * 1.0 if lon is None else lon
    start = np.datetime64("2023-02-01T00", "ns")
    return xr.Dataset(
        {name: (DIMS, u_mps.astype(np.float32)) for name in ("u_mps", "v_mps", "z_m")},
        coords={
            "time": start + (np.asarray(hours) * 3_600e9).astype("timedelta64[ns]"),
            "pressure_pa": np.array(levels_hpa, float)[: shape[1]] * 100.0,
            "lat_deg": lat,
            "lon_deg": lon,
        },
    )


def missed_between(wind, stride):
    """Mean square of a component by level where every so many fields are kept, others left out."""
    u = np.stack([wind[name].values.astype(float) for name in ("u_mps", "v_mps")])
    weight = np.cos(np.radians(wind["lat_deg"].values))[:, None] * np.ones(u.shape[-1])
    sums = []
    for start in range(0, u.shape[1] - stride, stride):
        for inside in range(1, stride):
            share = inside / stride
            guess = (1.0 - share) * u[:, start] + share * u[:, start + stride]
            squares = (u[:, start + inside] - guess) ** 2
            sums.append((squares * weight).sum(axis=(2, 3)).mean(axis=0) / weight.sum())
    return np.mean(sums, axis=0)


def promised(wind, stride):
    """The same as predicted from the fields that are kept: course 4 f (1 - f) in the interval."""
    estimate = interpolation.of_field(wind.isel(time=slice(None, None, stride)))
    share = np.arange(1, stride) / stride
    course = np.mean(4.0 * share * (1.0 - share)) / np.mean([2.0 / 3.0, 8.0 / 15.0])
    return estimate.time_variance.mean(axis=0) * course


@pytest.mark.parametrize(
    ("name", "first", "stride", "low_hpa", "high_hpa", "worst"),
    [
        (SIMULATED, 4, 2, 20, 300, 1.35),  # 6 h
        (SIMULATED, 4, 4, 20, 300, 1.5),  # 12 h
        (SIMULATED, 4, 8, 50, 100, 2.0),  # 24 h, told by six fields
        (GDAS, 0, 2, 20, 500, 1.35),
        (GDAS, 0, 4, 20, 500, 1.6),
    ],
)
def test_held_out_times_are_missed_by_as_much_as_predicted(
    opened, name, first, stride, low_hpa, high_hpa, worst
):
    wind = opened(name).isel(time=slice(first, None))
    levels_hpa = wind["pressure_pa"].values / 100.0
    chosen = (levels_hpa >= low_hpa) & (levels_hpa <= high_hpa)
    ratio = np.sqrt(promised(wind, stride) / missed_between(wind, stride))[chosen]
    assert 1.0 / WITHIN < np.median(ratio) < WITHIN
    assert 1.0 / worst < ratio.min()
    assert ratio.max() < worst


def by_day(wind):
    """The days of an hourly file that has no nights."""
    days = wind["time"].values.astype("datetime64[D]")
    return [np.flatnonzero(days == day) for day in np.unique(days)]


@pytest.mark.parametrize("name", [ERA5, "era5_hourly_portugal_20231012-15_37lev.nc"])
def test_hourly_day_hours_are_missed_by_as_much_as_predicted(opened, name):
    """Every other hour of some days: hours in between against the prediction, nights apart."""
    wind = opened(name)
    kept = np.concatenate([day[::2] for day in by_day(wind)])
    estimate = interpolation.of_field(wind.isel(time=kept))
    usual = np.median(estimate.time_variance, axis=0)
    actual = np.mean([missed_between(wind.isel(time=day), 2) for day in by_day(wind)], axis=0)
    levels_hpa = wind["pressure_pa"].values / 100.0
    chosen = (levels_hpa >= 10.0) & (levels_hpa <= 300.0)
    ratio = np.sqrt(usual / np.mean([2 / 3, 8 / 15]) / actual)[chosen]
    assert 1.0 / WITHIN < np.median(ratio) < WITHIN


def test_a_gap_in_hourly_fields_is_missed_by_as_much_as_predicted(opened):
    """The middle of three days is taken out in turn: seven hours between the ends."""
    wind = opened(ERA5)
    levels_hpa = wind["pressure_pa"].values / 100.0
    chosen = (levels_hpa >= 20.0) & (levels_hpa <= 200.0)
    found = []
    for day in by_day(wind)[1:4]:
        kept = np.setdiff1d(np.arange(wind.sizes["time"]), day[1:-1])
        estimate = interpolation.of_field(wind.isel(time=kept))
        inside_s = interpolation.seconds(wind)[day[1:-1]]
        course = np.stack(
            [np.interp(inside_s, estimate.time_s, v) for v in estimate.time_variance.T], axis=-1
        )
        actual = missed_between(wind.isel(time=day), len(day) - 1)
        found.append((course.mean(axis=0)[chosen], actual[chosen]))
    predicted, actual = np.mean(found, axis=0)
    assert 1.0 / 1.6 < np.median(np.sqrt(predicted / actual)) < 1.6


def test_thinned_rows_and_columns_are_missed_by_as_much_as_predicted(opened):
    """Every other row and column of a 2.8 degree field, from what is kept alone."""
    wind = opened(SIMULATED).isel(time=slice(4, None, 9))
    for dim in ("lat_deg", "lon_deg"):
        thin = interpolation._along(wind.isel({dim: slice(None, None, 2)}), dim)[0]
        step = float(np.median(np.diff(wind[dim].values)))
        truth = interpolation._left_out_nodes(wind, dim, 1, step)
        ratio = np.sqrt(thin / np.mean([2 / 3, 8 / 15]) / truth)
        assert 1.0 / 1.6 < np.median(ratio) < 1.6


def random_walks(rng, n_times=65):
    steps = rng.normal(0.0, 1.0, (n_times, 3, 8, 8))
    return np.cumsum(steps, axis=0)


def test_a_random_walk_is_missed_by_what_theory_says():
    """Of unit steps an hour: T/6 on average over intervals of T hours, T well above the step."""
    walks = random_walks(np.random.default_rng(5), 65)
    estimate = interpolation.of_field(made(walks, np.arange(65), levels_hpa=(50, 70, 100)))
    # Half way between two fields of an interval twice as long: exactly T/4 with T = 2.
    spacing, found, _ = interpolation._left_out_times(
        made(walks, np.arange(65)), np.arange(65) * 3_600.0, 3_600.0
    )
    assert spacing[:3] == pytest.approx([7_200.0, 14_400.0, 28_800.0])
    assert found.mean(axis=1)[:3] == pytest.approx([0.5, 1.0, 2.0], rel=0.25)
    # An interval of one step: T/4 at most, the smoothing law allows for less.
    assert 0.02 < estimate.time_variance.mean() < 1.0 / 6.0 * 1.3


def test_a_wind_that_changes_evenly_is_missed_by_nothing():
    line = np.arange(9.0)[:, None, None, None] + np.arange(6.0)[None, None, :, None]
    estimate = interpolation.of_field(made(line * np.ones((9, 4, 6, 7)), np.arange(9) * 3))
    assert estimate.time_variance.max() < 1e-6
    assert estimate.space_variance.max() < 1e-6
    assert estimate.layer_variance.max() < 1e-6
    assert len(estimate.time_s) == 1


def test_a_long_gap_has_its_own_course_and_the_file_times_do_not():
    rng = np.random.default_rng(2)
    hours = np.array([0, 1, 2, 3, 4, 5, 22, 23, 24, 25, 26, 27])
    field = made(rng.normal(0.0, 2.0, (12, 4, 5, 5)), hours)
    estimate = interpolation.of_field(field)
    middle = int(np.argmax(estimate.time_variance[:, 1]))
    assert estimate.time_s[middle] == pytest.approx(13.5 * 3_600.0)
    at_times = np.isin(estimate.time_s, hours * 3_600.0)
    assert at_times.sum() == 12
    assert np.ptp(estimate.time_variance[at_times, 1]) < 1e-12
    quarter = estimate.time_variance[middle - 1, 1]
    assert quarter == pytest.approx(0.75 * estimate.time_variance[middle, 1])


def test_a_lone_field_ages_and_few_fields_lean_on_the_table():
    rng = np.random.default_rng(3)
    lone = interpolation.of_field(made(rng.normal(size=(1, 4, 5, 5)), [0]))
    now = int(np.argmin(np.abs(lone.time_s)))
    assert lone.time_variance[now, 0] < 1e-3
    day = int(np.argmin(np.abs(lone.time_s - 86_400.0)))
    assert math.sqrt(2.0 * lone.time_variance[day, 0]) == pytest.approx(6.5, rel=0.01)
    two = interpolation.of_field(made(rng.normal(size=(2, 4, 5, 5)), [0, 6]))
    assert two.time_variance.shape == (1, 4)
    assert "too few fields" in two.basis[0]


def test_two_rows_lean_on_the_table_and_one_adds_nothing():
    field = made(np.random.default_rng(4).normal(size=(4, 4, 2, 1)), [0, 3, 6, 9])
    estimate = interpolation.of_field(field)
    assert "too few rows" in estimate.basis[1]
    assert "one of columns only" in estimate.basis[1]
    assert (estimate.space_variance > 0.0).all()


def test_missing_values_do_not_spread():
    rng = np.random.default_rng(6)
    field = rng.normal(size=(7, 4, 9, 9))
    whole = interpolation.of_field(made(field, np.arange(7) * 3))
    field[:, :, 3, 4] = np.nan
    field[:, 2] = np.nan  # a whole level
    holed = interpolation.of_field(made(field, np.arange(7) * 3))
    for part in (holed.time_variance, holed.space_variance, holed.layer_variance):
        assert np.isfinite(part).all()
    assert holed.time_variance[0, 0] == pytest.approx(whole.time_variance[0, 0], rel=0.2)


def test_a_box_across_the_date_line_is_not_interpolated_across_its_outside():
    lon = np.array([-180.0, -179.0, -178.0, -177.0, 176.0, 177.0, 178.0, 179.0])
    eastward = np.where(lon < 0.0, lon + 360.0, lon)
    field = np.ones((4, 4, 5, 1)) * eastward
    estimate = interpolation._along(made(field, [0, 3, 6, 9], lon=lon), "lon_deg")[0]
    assert estimate.max() < 1e-6


def test_the_tabulated_middle_of_two_days_is_the_measured_one():
    """GFS at 70 hPa: 2.9, 3.7, 2.1 and 3.9 m/s from changes over one and two days."""
    for day, two, middle in ((3.9, 5.1, 2.9), (4.9, 6.4, 3.7), (3.2, 4.8, 2.1), (5.0, 6.1, 3.9)):
        squares = {24.0: day**2, 48.0: two**2}

        def change(hours, squares=squares):
            return np.array([squares[float(h)] for h in np.atleast_1d(hours)])

        got = math.sqrt(float(structure.midway(change, np.array([48.0]))[0]))
        assert got == pytest.approx(middle, abs=0.1)


def test_the_tables_stay_within_what_was_measured():
    hours = np.array([1.0, 6.0, 24.0, 48.0]) * 3_600.0
    rms = np.sqrt(2.0 * structure.change(hours))
    assert (rms >= [1.1, 3.6, 3.2, 4.8]).all()
    assert (rms <= [1.7, 7.2, 9.6, 14.5]).all()
    apart = np.sqrt(2.0 * structure.apart(np.array([2e5, 5e5, 1e6, 2e6])))
    assert (apart >= [1.8, 3.1, 4.8, 7.2]).all()
    assert (apart <= [5.5, 6.3, 7.8, 9.7]).all()


@given(st.floats(1.0, 1e6), st.floats(1.01, 3.0))
def test_wider_gaps_are_missed_by_no_less(spacing_s, factor):
    near, far = structure.midway(structure.change, np.array([spacing_s, factor * spacing_s]))
    assert near > 0.0
    assert near <= far * 1.2  # the table is of few digits
