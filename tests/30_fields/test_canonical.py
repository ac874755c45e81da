"""The one shape of wind: what is refused, and how it is laid out for the kernels."""

from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pytest
import xarray as xr

from overflight.errors import FieldError
from overflight.fields import canonical, layout
from overflight.physics.sphere import n_vector
from overflight.physics.windgrid import wind

EPOCH = datetime(2023, 1, 14, tzinfo=UTC)
GLOBE = np.arange(-180.0, 180.0, 30.0)


def field(lon_deg=GLOBE, lat_deg=(-60.0, 0.0, 60.0), u=None, times=2):
    """Wind that blows as told by ``u`` (a function of longitude), northward by latitude."""
    lon, lat = np.asarray(lon_deg, float), np.asarray(lat_deg, float)
    shape = (times, 2, len(lat), len(lon))
    east = np.cos(np.radians(lon)) if u is None else u(lon)
    return xr.Dataset(
        {
            "u_mps": (canonical.DIMS, np.broadcast_to(east, shape)),
            "v_mps": (canonical.DIMS, np.broadcast_to(lat[:, None] / 10.0, shape)),
            "z_m": (canonical.DIMS, np.full(shape, 20_000.0)),
        },
        coords={
            "time": np.datetime64("2023-01-14", "ns") + np.arange(times) * np.timedelta64(6, "h"),
            "pressure_pa": [5_000.0, 10_000.0],
            "lat_deg": lat,
            "lon_deg": lon,
        },
    )


def at(grid, lat_deg, lon_deg, time_s=3_600.0):
    return wind(grid, time_s, np.log(7_000.0), *n_vector(lat_deg, lon_deg))


def test_canonical_wind_passes_unchanged():
    whole = field()
    assert canonical.check(whole) is whole


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda w: w.drop_vars("z_m"), "lacks z_m"),
        (lambda w: w.transpose("lat_deg", ...), "u_mps has dimensions"),
        (lambda w: w.isel(pressure_pa=slice(None, None, -1)), "pressure_pa does not increase"),
        (lambda w: w.isel(lat_deg=[0, 1, 1]), "lat_deg does not increase"),
        (lambda w: w.drop_vars("lon_deg"), "lon_deg has no values"),
        (lambda w: w.assign_coords(lon_deg=w["lon_deg"] + 180.0), "lon_deg from 0 to 330"),
        (lambda w: w.assign_coords(lat_deg=w["lat_deg"] * 2.0), "lat_deg from -120 to 120"),
        (lambda w: w.assign_coords(time=[0.0, 6.0]), "time is of type float64"),
        (lambda w: w.assign_coords(lat_deg=[-60.0, np.nan, 60.0]), "lat_deg does not increase"),
    ],
    ids=[
        "variable", "order", "descending", "repeated", "counted", "0-360", "beyond", "undecoded",
        "nan",
    ],
)  # fmt: skip
def test_a_departure_from_the_shape_is_named_with_its_remedy(spoil, said):
    with pytest.raises(FieldError, match=said) as refusal:
        canonical.check(spoil(field()))
    assert refusal.value.remedy


def test_round_the_globe_the_first_column_comes_again():
    grid = layout.to_grid(field(), EPOCH)
    assert grid.lon_deg[-1] - grid.lon_deg[0] == 360.0
    np.testing.assert_array_equal(grid.uv_mps[:, :, :, -1], grid.uv_mps[:, :, :, 0])
    between_150_and_180 = np.interp(170.0, [150.0, 180.0], [np.cos(np.radians(150.0)), -1.0])
    assert at(grid, 0.0, 170.0)[0] == pytest.approx(between_150_and_180, abs=1e-6)


def test_the_winds_sit_where_they_were():
    grid = layout.to_grid(field(), EPOCH)
    assert grid.uv_mps.dtype == np.float32
    assert grid.uv_mps.flags["C_CONTIGUOUS"]
    assert at(grid, 30.0, 60.0) == pytest.approx((0.5, 3.0), abs=1e-6)
    assert at(grid, -60.0, -90.0) == pytest.approx((0.0, -6.0), abs=1e-6)


def test_a_box_across_180_degrees_is_one_box():
    west_to_east = np.array([150.0, 165.0, -180.0, -165.0, -150.0])
    straddling = field(np.sort(west_to_east), u=lambda lon: np.mod(lon, 360.0))
    grid = layout.to_grid(straddling, EPOCH)
    np.testing.assert_array_equal(grid.lon_deg, [150.0, 165.0, 180.0, 195.0, 210.0])
    for lon_deg, expected in ((157.0, 157.0), (179.0, 179.0), (-170.0, 190.0)):
        assert at(grid, 0.0, lon_deg)[0] == pytest.approx(expected, abs=1e-3)
    for outside in (0.0, 140.0, -140.0):
        assert np.isnan(at(grid, 0.0, outside)).all()


def test_a_box_elsewhere_is_not_closed():
    grid = layout.to_grid(field(np.array([-120.0, -110.0, -100.0])), EPOCH)
    np.testing.assert_array_equal(grid.lon_deg, [-120.0, -110.0, -100.0])
    assert np.isnan(at(grid, 0.0, -90.0)).all()


def test_time_counts_from_the_epoch_in_any_zone():
    grid = layout.to_grid(field(), EPOCH + timedelta(hours=2))
    np.testing.assert_array_equal(grid.time_s, [-7_200.0, 14_400.0])
    elsewhere = (EPOCH + timedelta(hours=2)).astimezone(timezone(timedelta(hours=-7)))
    np.testing.assert_array_equal(layout.to_grid(field(), elsewhere).time_s, grid.time_s)


def test_an_epoch_without_a_zone_is_refused():
    with pytest.raises(FieldError, match="without a time zone"):
        layout.to_grid(field(), datetime(2023, 1, 14))  # noqa: DTZ001


def test_a_single_time_is_refused_rather_than_stretched():
    with pytest.raises(FieldError, match="a single time"):
        layout.to_grid(field(times=1), EPOCH)
