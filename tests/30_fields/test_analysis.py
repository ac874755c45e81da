"""The analysis of soundings: a Gaussian process that keeps its promises on real sondes."""

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from overflight.errors import FieldError
from overflight.fields import canonical, plausible
from overflight.fields.canonical import ALL, Need
from overflight.fields.soundings import (
    analysis,
    background,
    covariance,
    formats,
    gaussian,
    making,
    quality,
    table,
    tidy,
    validate,
)
from overflight.fields.soundings.gaussian import Fit
from overflight.fields.soundings.profile import Profile

START = np.datetime64("2023-02-01T12:00:00", "ns")


def sonde(lat=45.0, lon=-108.0, shift=(0.0, 0.0), name="a", start=START, top_m=25_000.0):
    """A sounding whose wind is the climatology's and a shift."""
    height = np.arange(2_000.0, top_m, 100.0)
    pressure = np.array([making._standard_pa(h, "geopotential", lat) for h in height])
    time = start + (1e9 * (height - height[0]) / 5.0).astype("timedelta64[ns]")
    where = (np.full(len(height), lat), np.full(len(height), lon))
    u, v = background.wind_mps(*where, pressure, time)
    return Profile(name, name, time, *where, height, pressure, u + shift[0], v + shift[1],
                   "geopotential", "file", "reported")  # fmt: skip


def fit_of(*profiles):
    return Fit(gaussian.layers(list(profiles), START))


def at(lat, lon, height_m=18_000.0, hours=1.0):
    n = np.size(lat)
    lat, lon = np.broadcast_to(lat, n).astype(float), np.broadcast_to(lon, n).astype(float)
    pressure = np.full(n, making._standard_pa(height_m, "geopotential", 45.0))
    sd = background.departure_sd_mps(lat, pressure, np.full(n, START))
    return covariance.points(lat, lon, np.full(n, height_m), np.full(n, 3_600.0 * hours), sd)


PRINTED = [
    # what, latitude, height, sd of its days, distance, height apart, lag, m/s, noise of two sondes
    ("GFS 40-60 N, 200 km", 50.0, 18e3, 5.4, 200e3, 0.0, 0.0, 2.3, 0.0),
    ("GFS 40-60 N, 500 km", 50.0, 18e3, 5.4, 500e3, 0.0, 0.0, 4.0, 0.0),
    ("GFS 40-60 N, 1000 km", 50.0, 18e3, 5.4, 1_000e3, 0.0, 0.0, 6.6, 0.0),
    ("GFS 40-60 N, 2000 km", 50.0, 18e3, 5.4, 2_000e3, 0.0, 0.0, 9.7, 0.0),
    ("GFS 250 hPa, 200 km", 50.0, 10e3, 17.9, 200e3, 0.0, 0.0, 10.1, 0.0),
    ("GFS 250 hPa, 500 km", 50.0, 10e3, 17.9, 500e3, 0.0, 0.0, 20.4, 0.0),
    ("GFS 250 hPa, 1000 km", 50.0, 10e3, 17.9, 1_000e3, 0.0, 0.0, 31.8, 0.0),
    ("GFS 250 hPa, 2000 km", 50.0, 10e3, 17.9, 2_000e3, 0.0, 0.0, 38.4, 0.0),
    ("GFS 250 hPa, 1 d", 50.0, 10e3, 17.9, 0.0, 0.0, 86_400.0, 24.3, 0.0),
    ("Europe 16-20 km, 300 km", 50.0, 18e3, 5.4, 300e3, 0.0, 0.0, 5.5, 0.7),
    ("Europe 16-20 km, 550 km", 50.0, 18e3, 5.4, 550e3, 0.0, 0.0, 6.3, 0.7),
    ("Europe 16-20 km, 950 km", 50.0, 18e3, 5.4, 950e3, 0.0, 0.0, 7.8, 0.7),
    ("Europe 16-20 km, 1600 km", 50.0, 18e3, 5.4, 1_600e3, 0.0, 0.0, 9.0, 0.7),
    ("Cincinnati 18.5 km, 0.5 km", 39.0, 18e3, 6.4, 0.0, 500.0, 0.0, 1.9, 0.0),
    ("Cincinnati 18.5 km, 1 km", 39.0, 18e3, 6.4, 0.0, 1_000.0, 0.0, 3.7, 0.0),
    ("Cincinnati 18.5 km, 2 km", 39.0, 18e3, 6.4, 0.0, 2_000.0, 0.0, 6.6, 0.0),
    ("Cincinnati 18.5 km, 3 km", 39.0, 18e3, 6.4, 0.0, 3_000.0, 0.0, 8.7, 0.0),
    ("Five sondes 16-20 km, 0.5 km", 48.0, 18e3, 5.4, 0.0, 500.0, 0.0, 3.9, 0.7),
    ("Five sondes 16-20 km, 1 km", 48.0, 18e3, 5.4, 0.0, 1_000.0, 0.0, 5.0, 0.7),
    ("Five sondes 16-20 km, 2 km", 48.0, 18e3, 5.4, 0.0, 2_000.0, 0.0, 4.6, 0.7),
    ("GFS 40-60 N, 1 d", 50.0, 18e3, 5.4, 0.0, 0.0, 86_400.0, 4.9, 0.0),
    ("GFS 40-60 N, 2 d", 50.0, 18e3, 5.4, 0.0, 0.0, 172_800.0, 6.4, 0.0),
    ("GFS 40-60 N, 4 d", 50.0, 18e3, 5.4, 0.0, 0.0, 345_600.0, 8.5, 0.0),
    ("Darwin 20-25 km, 12 h", -12.0, 22e3, 5.3, 0.0, 0.0, 43_200.0, 5.3, 0.7),
    ("Darwin 20-25 km, 24 h", -12.0, 22e3, 5.3, 0.0, 0.0, 86_400.0, 7.0, 0.7),
    ("Darwin 20-25 km, 48 h", -12.0, 22e3, 5.3, 0.0, 0.0, 172_800.0, 8.9, 0.7),
    ("EOSS, 20 km and 30 min", 40.0, 20e3, 5.4, 20e3, 0.0, 1_800.0, 1.7, 0.7),
]


def structure(row):
    _, lat, height, sd, distance, apart, lag, _, noise = row
    values = [np.array(float(x)) for x in (distance, apart, lag)]
    return float(covariance.structure_mps(sd, lat, height, *values, noise))


def test_the_law_goes_through_the_middle_of_the_measured_structure_functions():
    """No single law fits an analysis, which is smooth, and sondes, which are not."""
    ratios = {row[0]: structure(row) / row[7] for row in PRINTED}
    assert {name: r for name, r in ratios.items() if not 1 / 1.8 < r < 1.8} == {}
    assert float(np.median(list(ratios.values()))) == pytest.approx(1.0, abs=0.15)


def test_the_shares_of_the_variance_are_a_whole_everywhere():
    lat, height = (a.ravel() for a in np.meshgrid(np.arange(-90.0, 91.0, 2.5),
                                                  np.arange(0.0, 36_000.0, 500.0)))  # fmt: skip
    share = covariance.shares(lat, height, np.full(lat.size, 5.4))
    np.testing.assert_allclose(share.sum(axis=0), 1.0, rtol=1e-12)
    assert share.min() >= 0.0
    middle, tropics, small = share
    assert (middle[np.abs(lat) <= 15.0] == 0.0).all()
    assert (tropics[np.abs(lat) >= 30.0] == 0.0).all()
    assert small.max() <= 0.5


@settings(max_examples=25)
@given(st.integers(0, 2**32 - 1))
def test_the_covariance_of_any_winds_is_one(seed):
    """Positive whatever the places: poles, both hemispheres, all heights, days apart."""
    rng = np.random.default_rng(seed)
    n = 60
    lat, height = rng.uniform(-90.0, 90.0, n), rng.uniform(0.0, 34_000.0, n)
    lat[:10] = lat[0] + rng.normal(0.0, 1.0, 10)
    lat = np.clip(lat, -90.0, 90.0)
    lon = rng.uniform(-180.0, 180.0, n)
    where = covariance.points(lat, lon, height, rng.uniform(0.0, 3e5, n), rng.uniform(3.0, 20.0, n))
    matrix = covariance.between(where, where)
    np.testing.assert_allclose(matrix, matrix.T, atol=1e-9)
    np.testing.assert_allclose(np.diag(matrix), np.tile(where.sd_mps**2, 2), rtol=1e-6)
    assert np.linalg.eigvalsh(matrix)[0] > -1e-8 * np.trace(matrix)


def test_a_length_that_changes_with_height_keeps_the_covariance_one():
    """Layers that rise and fall as one, with lengths of their own: the hardest case."""
    law = covariance.Covariance(middle_height_m=1e7, middle_length_m=(500e3, 2_000e3))
    lat, lon = (a.ravel() for a in np.meshgrid(np.arange(40.0, 58.0, 3.0),
                                               np.arange(0.0, 24.0, 4.0)))  # fmt: skip
    n = lat.size
    two = covariance.points(np.tile(lat, 2), np.tile(lon, 2), np.repeat([10.4e3, 18.4e3], n),
                            np.zeros(2 * n), np.full(2 * n, 50.0))  # fmt: skip
    matrix = covariance.between(two, two, law)
    assert np.linalg.eigvalsh(matrix)[0] > 0.0


def test_winds_along_the_line_between_two_places_stay_alike_further_than_across():
    """In middle latitudes and in the mean of both as the law says; in the tropics alike."""
    for lat, even in ((50.0, False), (0.0, True)):
        lon = np.degrees(1_000e3 / (6_371_008.8 * np.cos(np.radians(lat))))
        two = covariance.points(np.full(2, lat), np.array([0.0, lon]), np.full(2, 10_400.0),
                                np.zeros(2), np.full(2, 14.0))  # fmt: skip
        cov = covariance.between(two, two) / 14.0**2
        along, across = cov[0, 1], cov[2, 3]
        share = covariance.shares(np.array([lat]), np.array([10_400.0]), np.array([14.0]))[:, 0]
        zero = np.array(0.0)
        mean = covariance.correlation(np.array(1_000e3), zero, zero, share, 10_400.0)
        assert 0.5 * (along + across) == pytest.approx(float(mean), abs=0.02)
        if even:
            assert along == pytest.approx(across, abs=0.03)
        else:
            assert along == pytest.approx(0.51, abs=0.06)  # global analyses at 250 hPa: 0.55, 0.03
            assert across == pytest.approx(0.0, abs=0.06)


def test_the_wind_that_is_made_of_soundings_hardly_diverges():
    """A wind of a stream function turns far more than it diverges; one like the small part not."""
    fit = fit_of(sonde(shift=(8.0, -3.0)), sonde(50.0, -100.0, (-6.0, 5.0), "b"))
    step = 0.5
    lat, lon = (a.ravel() for a in np.meshgrid(np.arange(38.0, 56.0, step),
                                               np.arange(-118.0, -90.0, step)))  # fmt: skip
    departure, _ = fit.predict(at(lat, lon))
    u, v = departure.reshape(2, len(np.arange(-118.0, -90.0, step)), -1)
    cos = np.cos(np.radians(np.arange(38.0, 56.0, step)))
    u_east, u_north = np.gradient(u, axis=0) / cos, np.gradient(u * cos, axis=1) / cos
    v_east, v_north = np.gradient(v, axis=0) / cos, np.gradient(v * cos, axis=1) / cos
    divergence, curl = u_east + v_north, v_east - u_north
    assert np.sqrt((divergence**2).mean()) < 0.35 * np.sqrt((curl**2).mean())


@pytest.mark.slow
def test_the_law_is_what_global_analyses_show(shared_data, root):
    """No sounding has a say in it: lengths and times of the weather are least squares to fields."""
    assert shared_data.is_dir()
    sys.path.insert(0, str(Path(root) / "benchmarks"))
    import wind_covariance as measured

    law = covariance.DEFAULT
    for hpa, length, time in zip(
        (250.0, 70.0), law.middle_length_m, law.middle_time_s, strict=True
    ):
        told = measured.along_and_across(hpa, measured.MIDDLE_DEG)
        assert measured.length_km(told, stream=True) == pytest.approx(length / 1e3, rel=0.04)
        found = measured.time_h(hpa, measured.MIDDLE_DEG)
        assert found == pytest.approx(time / 3_600.0, rel=0.04)
        # A stream function, not a wind that is alike in all directions, through the same points.
        assert told[0][-1] - told[1][-1] > 0.4
    told = measured.along_and_across(70.0, measured.TROPICS_DEG)
    length = measured.length_km(told, stream=False)
    assert length == pytest.approx(law.tropics_length_m / 1e3, rel=0.04)
    assert measured.height_km(measured.MIDDLE_DEG) == pytest.approx(
        law.middle_height_m / 1e3, rel=0.04
    )


def test_near_a_sounding_the_analysis_is_the_sounding():
    fit = fit_of(sonde(shift=(8.0, -3.0)))
    departure, sd = fit.predict(at(45.0, -108.0))
    np.testing.assert_allclose(departure[:, 0], [8.0, -3.0], atol=0.4)
    assert sd[0] < 1.0


def test_far_from_all_it_is_the_climatology_and_its_error():
    fit = fit_of(sonde(shift=(8.0, -3.0)))
    far = at(-20.0, 60.0)
    departure, sd = fit.predict(far)
    np.testing.assert_allclose(departure, 0.0, atol=0.01)
    np.testing.assert_allclose(sd, far.sd_mps, rtol=1e-3)


@settings(max_examples=15)
@given(st.floats(-60.0, 60.0), st.floats(-179.0, 179.0), st.floats(10_000.0, 24_000.0))
def test_more_soundings_never_make_it_worse(lat, lon, height_m):
    one, other = sonde(shift=(5.0, 0.0)), sonde(50.0, -100.0, (-3.0, 2.0), "b")
    where = at(lat, lon, height_m)
    _, alone = fit_of(one).predict(where)
    _, both = fit_of(one, other).predict(where)
    assert both[0] <= alone[0] + 1e-6
    assert alone[0] <= where.sd_mps[0] + 1e-6


@pytest.mark.parametrize(("lat", "turned"), [(45.0, 72.0), (85.0, 200.0)])
def test_nothing_depends_on_where_longitude_begins(lat, turned):
    def predicted(lon):
        profiles = [sonde(lat, lon, (6.0, 2.0)), sonde(lat - 4.0, lon + 9.0, (1.0, -4.0), "b")]
        for i, one in enumerate(profiles):  # the same departures whatever the climatology there
            profiles[i] = replace(one, lon_deg=(one.lon_deg + 180.0) % 360.0 - 180.0)
        known = gaussian.layers(profiles, START)
        return Fit(known).predict(at(lat - 2.0, lon + 4.0))

    here, there = predicted(10.0), predicted(10.0 + turned)
    np.testing.assert_allclose(here[0], there[0], atol=0.05)
    np.testing.assert_allclose(here[1], there[1], rtol=1e-6)


def test_leaving_out_by_the_inverse_is_leaving_out():
    profiles = [sonde(45.0, lon, (u, 0.0), str(u)) for lon, u in ((-108.0, 4.0), (-104.0, 6.0),
                                                                  (-99.0, 1.0))]  # fmt: skip
    known = gaussian.layers(profiles, START)
    rows = np.flatnonzero(known.sounding == 1)
    miss, spread = Fit(known).without(rows)
    rest = Fit(known.take(np.flatnonzero(known.sounding != 1)))
    departure, sd = rest.predict(known.at.take(rows))
    np.testing.assert_allclose(miss, (known.departure_mps[:, rows] - departure).ravel(), atol=1e-6)
    total = np.sqrt(np.diag(spread).reshape(2, -1).mean(axis=0))
    np.testing.assert_allclose(total, np.sqrt(sd**2 + covariance.NOISE_MPS**2), rtol=1e-3)


def test_the_pole_is_a_place_like_any_other():
    """Soundings around the pole in one steady flow across it: so it blows at the pole."""
    profiles = []
    for lon in range(-180, 180, 45):
        one = sonde(87.0, float(lon), name=str(lon))
        flow = np.radians(lon)  # 10 m/s along the meridian of 0, read in local east and north
        u, v = background.wind_mps(one.lat_deg, one.lon_deg, one.pressure_pa, one.time)
        profiles.append(replace(one, u_mps=u - 10.0 * np.sin(flow), v_mps=v - 10.0 * np.cos(flow)))
    departure, sd = fit_of(*profiles).predict(at(np.array([89.99, 89.99]), np.array([0.0, 90.0])))
    # northward at 0 E is against the flow's x; at 90 E east is -x
    np.testing.assert_allclose(departure[1, 0], -10.0, atol=1.0)
    np.testing.assert_allclose(departure[0, 1], -10.0, atol=1.0)
    assert (sd < 0.5 * at(89.0, 0.0).sd_mps[0]).all()


def europe(shared_data):
    path = shared_data / "telemetry" / "tracks" / "sondehub_europe_20241003_1215.csv.gz"
    profiles, left = formats.read_profiles(path)
    return path, profiles, left


def ascending(profiles):
    return [one for one in profiles if one.height_m[-1] - one.height_m[0] > 300.0]


def darwin(shared_data):
    paths = sorted((shared_data / "telemetry" / "tracks").glob("arm_*"))
    return [formats.read_profiles(path)[0][0] for path in paths]


SETS = ("Europe", "Darwin", "central United States")


@pytest.fixture(scope="module")
def closed(root):
    sys.path.insert(0, str(Path(root) / "benchmarks"))
    import closed_wind

    return closed_wind


@pytest.fixture(scope="module")
def results(shared_data, closed):
    sets = closed.ascents(shared_data / "telemetry" / "tracks")
    return {name: validate.cross_validate(profiles) for name, profiles in sets.items()}


@pytest.mark.parametrize(
    ("which", "n_soundings", "of_climatology", "of_nearest"),
    [("Europe", 57, 0.72, 0.65), ("Darwin", 12, 0.45, 0.9), (SETS[2], 3, 0.25, 0.98)],
)
def test_real_soundings_are_predicted_better_than_by_the_rivals(
    results, which, n_soundings, of_climatology, of_nearest
):
    """On the same layers; three balloons of one morning leave little to do for an analysis."""
    result = results[which]
    assert result.rejected == ()
    assert result.n_soundings == n_soundings
    assert result.whole.n_shared > 0.97 * result.whole.n_layers
    assert result.whole.error_mps < of_climatology * result.whole.climatology_mps
    assert result.whole.error_mps < of_nearest * result.whole.nearest_mps
    for band in result.bands:  # in each band of height too
        assert band.error_mps < band.climatology_mps
        assert band.error_mps < 1.01 * band.nearest_mps


@pytest.mark.parametrize("which", SETS)
def test_the_stated_errors_are_those_that_are_made(results, which):
    whole = results[which].whole
    assert 0.45 < whole.coverage_50 < 0.58
    assert 0.85 < whole.coverage_90 < 0.95


def test_the_jet_is_predicted_no_worse_than_by_the_climatology(results):
    """Fourteen sondes, two of which contradict each other: there is little to be had, not less."""
    (jet,) = (band for band in results["Europe"].bands if band.low_m == 10_000.0)
    assert jet.error_mps < 0.97 * jet.climatology_mps
    assert jet.error_mps < 0.7 * jet.nearest_mps


def test_the_nearest_sounding_that_lacks_a_layer_is_replaced_by_the_next():
    near = sonde(45.0, -107.9, (3.0, 0.0), "near", top_m=15_000.0)
    next_one = sonde(45.0, -107.5, (0.0, 4.0), "next")
    known = gaussian.layers([sonde(), near, next_one], START)
    miss = validate.nearest_miss_mps(known)[:, known.sounding == 0]
    height = known.at.height_m[known.sounding == 0]
    # The wind differs from the climatology by the shift; the climatology itself a little by place.
    np.testing.assert_allclose(miss[0][height < 14_000.0], -3.0, atol=0.3)
    np.testing.assert_allclose(miss[1][height > 16_000.0], -4.0, atol=0.5)
    np.testing.assert_allclose(miss[0][height > 16_000.0], 0.0, atol=0.5)


def test_where_nobody_has_a_layer_there_is_no_nearest_sounding():
    low = sonde(lon=-107.0, name="low", top_m=15_000.0)
    known = gaussian.layers([sonde(), low], START)
    miss = validate.nearest_miss_mps(known)[0]
    alone = (known.sounding == 0) & (known.at.height_m > 15_600.0)
    assert np.isnan(miss[alone]).all()
    assert np.isfinite(miss[~alone]).all()


def test_a_table_of_the_bands_can_be_read(results):
    told = list(validate.lines(results["Europe"]))
    assert told[0].split()[:2] == ["height,", "km"]
    assert told[1].startswith("10 to 16")
    assert told[-1].startswith("all")
    assert f"{results['Europe'].whole.nearest_mps:.2f}" in told[-1]


def test_the_sonde_that_is_too_fast_is_caught_by_its_neighbours_alone(shared_data):
    """Its reported velocity is 2.8 times its track's; here the reported one is believed first."""
    path, profiles, _ = europe(shared_data)
    raws = {raw.id: raw for raw in tidy.raws(table.parse(table.read_text(path), "x"), "x")}
    raw = raws["406962-426801"]
    rows, _ = making._ordered(raw)
    ups = ascending(profiles)
    for i, one in enumerate(ups):
        if one.id == raw.id:
            seconds = one.time.astype(float)
            told = raw.time[rows].astype(float)
            ups[i] = replace(one, u_mps=np.interp(seconds, told, raw.u_mps[rows]),
                             v_mps=np.interp(seconds, told, raw.v_mps[rows]))  # fmt: skip
    known = gaussian.layers(ups, ups[0].time[0])
    verdict = quality.judge(known)
    assert [ups[n].id for n in verdict.soundings] == ["406962-426801"]
    assert verdict.n_layers <= 0.03 * len(known)


def test_a_field_from_soundings_is_canonical_and_says_what_it_used():
    profiles = [sonde(45.0, -108.0, (5.0, 0.0)), sonde(48.0, -100.0, (3.0, 2.0), "b")]
    need = Need(pressure_min_pa=4_000.0, pressure_max_pa=20_000.0)
    grid = analysis.default_grid(profiles, need, spacing_deg=2.0)
    wind = analysis.analyse(profiles, grid, ["c lies on the ground."])
    canonical.check(plausible.check(wind))
    assert wind.attrs["source"] == "soundings"
    assert wind.attrs["sd_basis"] == "analysis"
    assert "2 soundings were used" in wind.attrs["notes"]
    assert "c lies on the ground." in wind.attrs["notes"]
    near = wind["sd_mps"].sel(lat_deg=46.0, lon_deg=-108.0).isel(time=2).interp(pressure_pa=7e3)
    far = wind["sd_mps"].sel(lat_deg=38.0, lon_deg=-92.0).isel(time=0).interp(pressure_pa=7e3)
    assert float(near) < 0.6 * float(far)
    assert wind["pressure_pa"].values[0] <= 4_000.0
    assert wind["pressure_pa"].values[-1] >= 20_000.0


def test_a_grid_across_180_degrees_and_over_a_pole():
    straddling = [sonde(60.0, 178.0), sonde(60.0, -176.0, name="b")]
    lon = analysis.default_grid(straddling, ALL).lon_deg
    assert (np.abs(lon) > 165.0).all()
    polar = analysis.default_grid([sonde(86.0, 10.0)], ALL)
    assert len(polar.lon_deg) == 360
    assert polar.lat_deg[-1] == 90.0


@pytest.mark.slow
def test_very_many_soundings_are_worked_out_tile_by_tile(monkeypatch):
    """The nearest layers say nearly all: tiles change little, and memory stays bounded."""
    rng = np.random.default_rng(5)
    profiles = [
        sonde(float(lat), float(lon), tuple(rng.normal(0, 4, 2)), f"{lat}{lon}", top_m=22_000.0)
        for lat in range(30, 61, 6) for lon in range(-30, 31, 12)
    ]  # fmt: skip
    times = START + np.arange(2) * np.timedelta64(1, "h")
    grid = analysis.Grid(times, np.array([6_000.0, 7_000.0]), np.arange(32.0, 58.0, 5.0),
                         np.arange(-25.0, 26.0, 10.0))  # fmt: skip
    whole = analysis.analyse(profiles, grid, [])
    monkeypatch.setattr(analysis, "MOST_LAYERS", 250)
    tiled = analysis.analyse(profiles, grid, [])
    assert float(np.abs(whole["u_mps"] - tiled["u_mps"]).max()) < 0.8
    np.testing.assert_allclose(whole["sd_mps"], tiled["sd_mps"], rtol=0.1)


def test_nothing_to_analyse_is_said():
    grid = analysis.default_grid([sonde()], ALL)
    with pytest.raises(FieldError, match="no soundings"):
        analysis.analyse([], grid, [])


def test_a_balloons_own_ascent_predicts_its_landing(shared_data, closed):
    found = np.array(list(closed.own_ascent(shared_data / "telemetry" / "tracks").values()))
    assert len(found) == 13
    miss, drift, wind = found.T
    assert np.median(miss) <= 2_600.0
    assert np.quantile(miss, 0.75) <= 4_200.0
    assert miss.max() <= 10_400.0
    assert np.median(drift) == pytest.approx(24_000.0, rel=0.02)
    assert np.median(wind) <= 2.7


def test_a_neighbour_predicts_a_flight_and_a_short_profile_does_worse(shared_data, closed):
    found = closed.neighbours(shared_data / "telemetry" / "tracks")
    inside = [miss for miss, _, _, beyond in found.values() if beyond == 0.0]
    outside = [miss for miss, _, _, beyond in found.values() if beyond > 0.0]
    assert len(inside) == 4
    assert np.median(inside) <= np.median([2_800.0, 5_200.0, 1_600.0, 200.0])
    assert max(inside) <= 5_600.0
    assert min(outside) > max(inside)


def test_a_sonde_of_six_hours_ago_predicts_the_next_ascent(shared_data, closed):
    miss, flown = closed.six_hours_old(shared_data / "telemetry" / "tracks").T
    assert len(miss) == 11
    assert np.median(miss) <= 5_300.0
    assert np.quantile(miss, 0.9) <= 14_000.0
    assert np.median(flown) == pytest.approx(24_000.0, rel=0.05)


def test_winds_differ_with_distance_as_was_measured(shared_data, closed):
    table_mps = closed.apart(shared_data / "telemetry" / "tracks")
    printed = np.array([[5.5, 6.3, 7.8, 9.0], [5.1, 7.1, 6.7, 9.1], [4.0, 6.2, np.nan, 10.5]])
    both = np.isfinite(table_mps) & np.isfinite(printed)
    assert both.sum() >= 9
    assert np.abs(table_mps[both] / printed[both] - 1.0).max() < 0.25
    assert float(np.median(table_mps[both] / printed[both])) == pytest.approx(1.0, abs=0.1)


def test_a_profile_of_another_day_is_told_from_a_neighbours(shared_data):
    from overflight.flight.profile_drift import disagreement_mps, of_one_air_mass

    tracks = shared_data / "telemetry" / "tracks"
    names = ("eoss_322-22", "eoss_323-22", "eoss_324-22", "sonde_S3140158", "wsgc_elijah_20180808")
    one, two, three, *others = (
        making.legs(formats.read_profiles(tracks / f"{name}.csv.gz")[0][0])[0] for name in names
    )
    for pair in ((one, two), (two, three), (one, three)):
        assert of_one_air_mass(*pair)
        assert disagreement_mps(*pair) < 3.0
    for other in (*others, darwin(shared_data)[4]):
        assert not of_one_air_mass(one, other)
