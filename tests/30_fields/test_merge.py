"""Pieces of one wind join; what does not belong together is refused with how it differs."""

import numpy as np
import pytest
import xarray as xr

from overflight.errors import FieldError
from overflight.fields import canonical, merge

TIMES = np.datetime64("2023-02-01T00", "ns") + np.arange(4) * np.timedelta64(6, "h")
LAT, LON = np.arange(40.0, 46.0), np.arange(-10.0, -2.0)
LEVELS = np.array([5_000.0, 10_000.0])


def piece(names=("u_mps", "v_mps", "z_m"), times=TIMES, levels=LEVELS, lat=LAT, lon=LON, **more):
    """Values that tell where they belong."""
    shape = np.ix_(np.arange(len(times)), levels, lat, lon)
    since = ((times - TIMES[0]) / np.timedelta64(1, "h"))[shape[0]]
    values = since + shape[1] / 1e3 + shape[2] / 10.0 + shape[3] / 100.0
    wind = xr.Dataset(
        {n: (canonical.DIMS, (values + 100.0 * k).astype("f4")) for k, n in enumerate(names)},
        coords={"time": times, "pressure_pa": levels, "lat_deg": lat, "lon_deg": lon},
        attrs={"source": "era5"} | {k: v for k, v in more.items() if k != "lead_s"},
    )
    if "lead_s" in more:
        wind = wind.assign_coords(lead_s=("time", np.asarray(more["lead_s"], float)))
    return wind


def same(wind, whole):
    for name in whole.data_vars:
        np.testing.assert_array_equal(wind[name], whole[name])
    for dim in canonical.DIMS:
        np.testing.assert_array_equal(wind[dim], whole[dim])


@pytest.mark.parametrize(
    "parts",
    [
        lambda w: [w[["u_mps"]], w[["v_mps", "z_m"]]],
        lambda w: [w.isel(time=[2, 3]), w.isel(time=[0, 1])],
        lambda w: [w.isel(pressure_pa=[1]), w.isel(pressure_pa=[0])],
        lambda w: [w.isel(time=[i], pressure_pa=[k]) for i in range(4) for k in range(2)],
        lambda w: [w.isel(time=[0, 1, 2]), w.isel(time=[2, 3])],
        lambda w: [w[["u_mps"]].isel(time=[i]) for i in range(4)] + [w[["v_mps", "z_m"]]],
        lambda w: [w],
    ],
    ids=["variables", "times", "levels", "each", "overlap", "mixed", "whole"],
)
def test_parts_in_any_order_make_the_whole(parts):
    whole = piece()
    same(merge.merge(parts(whole)), whole)


def test_an_overlap_is_named():
    whole = piece()
    wind = merge.merge([whole.isel(time=[0, 1, 2]), whole.isel(time=[2, 3])])
    assert "there twice, and the same" in wind.attrs["notes"]


def test_of_two_forecasts_for_one_time_the_shorter_lead_counts():
    old = piece(times=TIMES[:2], lead_s=[21_600.0, 43_200.0], product="forecast")
    new = piece(times=TIMES[1:3], lead_s=[0.0, 21_600.0], product="analysis")
    new["u_mps"] = new["u_mps"] + 50.0
    for order in ([old, new], [new, old]):
        wind = merge.merge([one.copy(deep=True) for one in order])
        np.testing.assert_array_equal(wind["u_mps"][1], new["u_mps"][0])
        assert wind["lead_s"].values.tolist() == [21_600.0, 0.0, 21_600.0]
        assert "shortest lead" in wind.attrs["notes"]
        assert "mixed" in wind.attrs["notes"]
        assert wind.attrs["product"] == "forecast"
        assert "leads from 0 to 6 h" in wind.attrs["notes"]


def test_gaps_are_named_with_their_length():
    wind = merge.merge([piece(times=TIMES[[0, 1, 3]]).assign_coords(
        time=TIMES[0] + np.array([0, 1, 18]) * np.timedelta64(1, "h"))])  # fmt: skip
    assert "time" in wind.dims
    long = merge.merge([piece(times=TIMES[0] + np.array([0, 1, 2, 19]) * np.timedelta64(1, "h"))])
    assert (
        "No field between 2023-02-01 02:00 UTC and 2023-02-01 19:00 UTC (17 h)."
        in (long.attrs["notes"])
    )


def test_heights_on_a_grid_between_the_nodes_are_moved_onto_them():
    """CMIP keeps u and v on one grid and zg half a cell away."""
    wind = piece(("u_mps", "v_mps"))
    between = piece(("z_m",), lat=LAT[:-1] + 0.5, lon=LON + 0.5)
    made = merge.merge([wind, between])
    whole = piece(("z_m",))
    inside = (slice(None), slice(None), slice(1, -1), slice(1, None))
    np.testing.assert_allclose(made["z_m"].values[inside], whole["z_m"].values[inside], rtol=1e-5)
    assert "another grid" in made.attrs["notes"]


def test_staggered_heights_around_the_globe_meet_across_180_degrees():
    lon = np.arange(-180.0, 180.0, 30.0)
    wind = piece(("u_mps", "v_mps"), lon=lon)
    between = piece(("z_m",), lon=lon + 15.0)
    between["z_m"][...] = np.cos(np.radians(lon + 15.0)).astype("f4")
    made = merge.merge([wind, between])
    expected = np.cos(np.radians(lon)) * np.cos(np.radians(15.0))
    np.testing.assert_allclose(made["z_m"][0, 0, 0], expected, atol=1e-6)


def test_members_give_their_mean_and_what_one_more_would_differ():
    rng = np.random.default_rng(3)
    members = [piece(member=n, source="gefs") for n in range(20)]
    for one in members:
        for name in ("u_mps", "v_mps"):
            one[name] = one[name] + rng.normal(0.0, 2.0, one[name].shape).astype("f4")
    wind = merge.merge(members)
    assert float(wind["sd_mps"].mean()) == pytest.approx(2.0 * np.sqrt(21 / 20), rel=0.02)
    assert float((wind["u_mps"] - piece()["u_mps"]).std()) == pytest.approx(2 / 20**0.5, rel=0.1)
    assert wind.attrs["member_count"] == 20
    assert "member" not in wind.attrs


@pytest.mark.parametrize(
    ("pieces", "said"),
    [
        (lambda: [piece(), piece(source="gfs")], "winds of era5 and gfs together"),
        (lambda: [piece(times=TIMES[:2]), piece(times=TIMES[2:], lat=LAT[:-1])],
         "different grids: lat_deg 40 to 45 every 1 and 40 to 44"),
        (lambda: [piece(times=TIMES[:2]), piece(times=TIMES[1:]) + 1.0],
         "two different fields of u_mps at 50 hPa and 2023-02-01 06:00 UTC"),
        (lambda: [piece(("u_mps",)), piece(("v_mps",), times=TIMES[:3])], "v_mps is missing at 1"),
        (lambda: [piece(("u_mps",)), piece(("v_mps",), levels=LEVELS[:1])], "missing on 100 hPa"),
        (lambda: [piece(), piece(times=TIMES[:1], levels=[7_000.0])],
         "missing on 3 of 12 times and levels, first 70 hPa"),
        (lambda: [piece(member=1), piece(member=2, lat=LAT[:-1])], "members that differ in lat"),
        (lambda: [piece(member=1), piece(member=2), piece()], "together with a run of no member"),
    ],
    ids=["sources", "grids", "versions", "times", "levels", "holes", "members", "mixed"],
)  # fmt: skip
def test_what_does_not_belong_together_is_refused(pieces, said):
    parts = pieces()
    for one in parts:
        one.attrs.setdefault("source", "era5")
    with pytest.raises(FieldError, match=said) as refusal:
        merge.merge(parts)
    assert refusal.value.remedy


def test_five_hundred_files_merge():
    times = TIMES[0] + np.arange(500) * np.timedelta64(1, "h")
    wind = merge.merge([piece(times=times[i : i + 1]) for i in range(500)][::-1])
    np.testing.assert_array_equal(wind["time"], times)
    assert float(wind["u_mps"][499, 0, 0, 0]) == pytest.approx(499.0 + 5.0 + 4.0 - 0.1)
