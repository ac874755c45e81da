"""Hills in the way: grids of heights in their forms, skylines in the two ledgers, and refusals."""

from datetime import timedelta
from types import SimpleNamespace

import numpy as np
import pytest
import rasterio
import xarray as xr
from flown import EPOCH, posterior
from rasterio import Affine

from overflight.case import predicates
from overflight.case.model import Observer, Site
from overflight.errors import FieldError
from overflight.fields import elevation, skylines
from overflight.fields.skylines import Eye
from overflight.inference.predicates import Given, judge
from overflight.inference.viewed import Hills, Spot
from overflight.ledgers import collected, seen
from overflight.physics import horizon

HEIGHT_M = 19_000.0
EQUATOR_M = 111_319.49
CELL_DEG = 1.0 / 120.0
BALLOON = SimpleNamespace(diameter_min_m=36.6, diameter_max_m=61.0)


def dem(path, heights, *, west=-2.0, north=2.0, nodata=-32_768, crs="EPSG:4326", units=None):
    with rasterio.open(
        path, "w", driver="GTiff", width=heights.shape[1], height=heights.shape[0], count=1,
        dtype="int16", crs=crs, transform=Affine(CELL_DEG, 0, west, 0, -CELL_DEG, north),
        nodata=nodata, compress="deflate", tiled=True,
    ) as made:  # fmt: skip
        made.write(heights.astype(np.int16), 1)
        if units:
            made.units = (units,)
    return path


def plain(height_m=0):
    return np.full((480, 480), height_m, np.int16)


def walled(height_m=2_500, away_deg=0.3):
    """A wall along a meridian in the east of the middle."""
    heights = plain()
    heights[:, 240 + round(away_deg / CELL_DEG)] = height_m
    return heights


def standing(path, *eyes):
    with elevation.opened(path) as ground:
        return skylines.standing(ground, eyes)


def eye(height_m=None, lat_deg=0.0, lon_deg=0.0, band=horizon.LIGHT, name="Lookout"):
    return Eye(name, lat_deg, lon_deg, height_m, band)


def overpass(speed_mps=20.0, hours=60.0, step_s=1_200.0):
    time_s = np.arange(0.0, hours * 3_600.0 + 1.0, step_s)
    lon = ((time_s - 0.5 * time_s[-1]) * speed_mps / EQUATOR_M)[None]
    return posterior(np.zeros(lon.shape), lon, time_s, height_m=np.full(lon.shape, HEIGHT_M))


def watched_s(stands, kind="camera", **more):
    row = {"name": "Lookout", "kind": kind, "lat_deg": "0", "lon_deg": "0"} | more
    case = SimpleNamespace(observers=(Observer.model_validate(row),), balloon=BALLOON)
    (line,) = seen.ledger(case, overpass(), stands).observers
    return line.careful.in_all.p50_s, line


def site_line(stands):
    one = Site.model_validate({"name": "A", "lat_deg": "0", "lon_deg": "0", "radius": "9 km"})
    return collected.ledger(SimpleNamespace(sites=(one,)), overpass(), None, stands).sites[0]


def test_flat_ground_changes_nothing(tmp_path):
    flat = dem(tmp_path / "flat.tif", plain())
    stands = standing(flat, eye(30.0, band=horizon.RADIO))
    hilly, line = watched_s(stands, "radar", range="2000 km", antenna_height="30 m")
    smooth, other = watched_s(None, "radar", range="2000 km", antenna_height="30 m")
    assert hilly == pytest.approx(smooth, abs=1.0)
    assert line.horizon_m == pytest.approx(other.horizon_m, rel=1e-3)
    site = site_line(standing(flat, eye(0.0), eye(0.0, band=horizon.RADIO)))
    for with_hills, without in zip(site.levels, site_line(None).levels, strict=True):
        assert with_hills.mean_s == pytest.approx(without.mean_s, rel=5e-3)
    assert site.radio.mean_s == pytest.approx(site_line(None).radio.mean_s, rel=5e-3)


def test_a_wall_in_the_east_hides_the_east(tmp_path):
    """A ridge of 2,500 m 33 km away stands at 4.2 degrees: 19 km over it are seen to 212 km."""
    path = dem(tmp_path / "wall.tif", walled())
    stands = standing(path, eye(2.0, band=horizon.RADIO))
    angle = stands.highest_rad[0]
    away_m = 0.3 * EQUATOR_M
    assert np.tan(angle) == pytest.approx(2_498.0 / away_m - away_m / 2 / 8.5e6, rel=0.05)
    east_m = horizon.ray_arc_m(angle, 2.0, HEIGHT_M, horizon.RADIO)
    west_m = sum(horizon.ray_arc_m(0.0, 0.0, z, horizon.RADIO) for z in (2.0, HEIGHT_M))
    found, line = watched_s(stands, "radar", range="2000 km", antenna_height="2 m")
    assert found == pytest.approx((east_m + west_m) / 20.0, abs=1_300.0)
    assert line.skyline_rad == pytest.approx(angle)


def test_a_site_behind_a_wall_has_the_wall_s_times(tmp_path):
    path = dem(tmp_path / "wall.tif", walled())
    stands = standing(path, eye(0.0), eye(0.0, band=horizon.RADIO))
    hidden, open_ = site_line(stands), site_line(None)
    east_m = horizon.ray_arc_m(stands.highest_rad[0], 0.0, HEIGHT_M, horizon.LIGHT)
    west_m = horizon.ray_arc_m(0.0, 0.0, HEIGHT_M, horizon.LIGHT)
    assert hidden.levels[0].mean_s == pytest.approx((east_m + west_m) / 20.0, rel=0.01)
    assert hidden.levels[0].mean_s < 0.75 * open_.levels[0].mean_s
    assert hidden.radio.mean_s < 0.8 * open_.radio.mean_s
    # Above ten degrees nothing is hidden by four.
    assert hidden.levels[2].mean_s == pytest.approx(open_.levels[2].mean_s, rel=0.01)
    assert max(hidden.by_time[0][len(hidden.by_time[0]) // 2 + 15 :]) == 0.0


def test_a_higher_wall_never_shows_more(tmp_path):
    found = [
        watched_s(standing(dem(tmp_path / f"{m}.tif", walled(m)), eye(2.0)))[0]
        for m in (0, 500, 1_500, 4_000)
    ]
    assert found == sorted(found, reverse=True)
    assert found[0] > found[-1]


def test_who_says_no_height_stands_on_the_ground(tmp_path):
    path = dem(tmp_path / "a.tif", plain(1_500))
    stands = standing(path, eye(None), eye(1_490.0, name="Mast"), eye(1_600.0, name="Tower"))
    assert stands.heights_m == (1_502.0, 1_502.0, 1_600.0)
    assert any("Mast at 1,490 m was lifted to 1,502 m" in note for note in stands.notes)
    assert not any("Tower" in note for note in stands.notes)
    # On a plain the ground around is what the horizon is made by, not the sea.
    assert stands.highest_rad[0] == pytest.approx(0.0, abs=2e-3)


def test_inside_a_mountain_is_refused_with_the_ground_s_height(tmp_path):
    path = dem(tmp_path / "a.tif", plain(1_850))
    with pytest.raises(FieldError) as caught:
        standing(path, eye(120.0))
    assert "Lookout at 120 m above the sea is inside the ground" in caught.value.found
    assert "1,850 m there in a.tif" in caught.value.found
    assert "antenna_height" in caught.value.remedy


def test_outside_of_the_grid_the_earth_is_smooth_and_that_is_said(tmp_path):
    path = dem(tmp_path / "a.tif", walled())
    stands = standing(path, eye(2.0), eye(2.0, lat_deg=40.0, name="Far"))
    assert stands.lines.known.tolist() == [True, False]
    assert any("Far lies outside a.tif" in note for note in stands.notes)
    with pytest.raises(FieldError, match="holds none of the 1"):
        standing(path, eye(2.0, lat_deg=40.0))


def test_holes_and_the_floor_of_the_sea_are_the_sea(tmp_path):
    heights = plain(-3_000)
    heights[:200] = -32_768
    stands = standing(dem(tmp_path / "a.tif", heights), eye(0.0))
    assert stands.highest_rad[0] == pytest.approx(0.0, abs=1e-4)


@pytest.mark.parametrize("flipped", [False, True])
def test_netcdf_and_geotiff_have_the_same_skyline(tmp_path, flipped):
    heights = walled()[:, :]
    heights[100, 240:260] = 3_000
    tiff = standing(dem(tmp_path / "a.tif", heights), eye(2.0))
    lat = 2.0 - CELL_DEG * (np.arange(480) + 0.5)
    lon = -2.0 + CELL_DEG * (np.arange(480) + 0.5)
    field = xr.DataArray(heights, {"lat": lat, "lon": lon}, ("lat", "lon"), name="z")
    field.attrs["units"] = "m"
    path = tmp_path / "a.nc"
    (field[::-1] if flipped else field).to_netcdf(path, engine="h5netcdf")
    netcdf = standing(path, eye(2.0))
    assert netcdf.lines.rows == pytest.approx(tiff.lines.rows, abs=1e-3)


def test_a_grid_around_the_globe_has_no_seam(tmp_path):
    """ETOPO begins at 180 degrees west: an eye at 179.9 east looks over it."""
    lat, lon = np.arange(-89.5, 90.0), np.arange(-179.5, 180.0)
    heights = np.zeros((180, 360), np.float32)
    heights[90, 1] = 6_000.0  # 178.5 W, half a degree north
    field = xr.DataArray(heights, {"lat": lat, "lon": lon}, ("lat", "lon"), name="z")
    field.to_netcdf(tmp_path / "a.nc", engine="h5netcdf")
    stands = standing(tmp_path / "a.nc", eye(100.0, lat_deg=0.5, lon_deg=179.5))
    assert stands.highest_rad[0] > 0.0
    mirror = standing(tmp_path / "a.nc", eye(100.0, lat_deg=0.5, lon_deg=-176.5))
    assert mirror.highest_rad[0] == pytest.approx(stands.highest_rad[0], abs=2e-3)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"units": "feet"}, "the unit 'feet'"),
        ({"crs": "EPSG:32612"}, "a map of its own"),
        ({"crs": None}, "where on the Earth"),
        ({"north": 95.0}, "95 degrees"),
        ({"nodata": None, "heights": np.full((480, 480), -32_768)}, "from -32,768"),
        ({"heights": np.full((480, 480), 29_000)}, "heights of the ground in metres"),
    ],
)
def test_what_is_no_grid_of_heights_is_refused(tmp_path, changes, said):
    heights = changes.pop("heights", plain()) if "heights" in changes else plain()
    path = dem(tmp_path / "a.tif", heights, **changes)
    with pytest.raises(FieldError) as caught:
        standing(path, eye(2.0))
    assert said in str(caught.value)
    assert caught.value.remedy


def test_what_is_no_file_or_damaged_is_refused(tmp_path):
    for content in (b"hills", b"II*\x00" + bytes(40), b"\x89HDF\r\n\x1a\n" + bytes(50)):
        (tmp_path / "a.tif").write_bytes(content)
        with pytest.raises(FieldError):
            standing(tmp_path / "a.tif", eye(2.0))
    with pytest.raises(FieldError, match="no file"):
        standing(tmp_path / "none.tif", eye(2.0))


def claimed_share(test, stands, rows=(), **observer):
    """Whether the one path of an overpass fits a claim, with hills or without."""
    known = [Observer.model_validate({"name": "Lookout", "lat_deg": "0", "lon_deg": "0"} | one)
             for one in ([observer] if observer else [])]  # fmt: skip
    case = SimpleNamespace(observers=tuple(known), balloon=BALLOON)
    hills = Hills(stands if observer else None, tuple(rows), None if observer else stands)
    judged = judge((test,), Given(overpass(), None, EPOCH, case, hills=hills))
    (share,) = judged.share
    return share


def test_a_claim_of_a_view_is_put_to_the_hills_that_stand_there(tmp_path):
    """In the west of a wall in the east; the balloon comes from the west and goes on over the wall.

    The wall, 2.5 km high and 33 km away, hides what is lower than four degrees behind it, and
    nothing before the balloon is overhead.
    """
    spot = Spot(0.0, 0.0)
    wall = standing(dem(tmp_path / "wall.tif", walled()), eye())
    flat = standing(dem(tmp_path / "flat.tif", plain()), eye())
    middle = EPOCH + timedelta(hours=30)
    late = (middle + timedelta(hours=4), middle + timedelta(hours=6))  # 290 to 430 km beyond it
    early = (middle - timedelta(hours=6), middle - timedelta(hours=4))
    for window, behind_wall in ((late, 0.0), (early, 1.0)):
        test = predicates.Visible(*spot, 0.0, *window)
        assert claimed_share(test, None) == 1.0  # a smooth Earth
        assert claimed_share(test, flat, [spot]) == 1.0
        assert claimed_share(test, wall, [spot]) == behind_wall
        assert claimed_share(test, wall, [Spot(9.0, 9.0)]) == 1.0  # not the place asked of
        seen = predicates.CouldBeSeen("Lookout", *window)
        assert claimed_share(seen, None, kind="radar", range="600 km") == 1.0
        assert claimed_share(seen, wall, kind="radar", range="600 km") == behind_wall
    high = predicates.Visible(*spot, 8.0, middle - timedelta(hours=1), middle + timedelta(hours=1))
    assert claimed_share(high, wall, [spot]) == 1.0
