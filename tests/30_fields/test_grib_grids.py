"""The grids of GRIB: each value at its node, each wind true, whatever corner a file begins in."""

import numpy as np
import pytest
from gribfiles import NX, NY, POLE_LAT_DEG, encoded, grid_keys, nodes, reduced

from overflight.errors import FieldError
from overflight.fields.canonical import Need
from overflight.fields.readers import grib, grib_messages, model_levels
from overflight.fields.readers.grib_grids import plan

eccodes = pytest.importorskip("eccodes")

NUMBERS = np.arange(float(NX * NY)).reshape(NY, NX)
GRIDS = [(kind, edition) for kind in ("rotated_ll", "lambert", "polar_stereographic", "mercator")
         for edition in (1, 2)]  # fmt: skip
WINDS = Need(variables=("u_mps", "v_mps"))


def placed(tmp_path, data):
    """Where our reader puts the values 0, 1, 2, ... of a message: their latitudes, longitudes."""
    path = tmp_path / "x.grib"
    path.write_bytes(data)
    layout = plan(next(field for field, _ in grib_messages.fields(path)).grid, path.name)
    order = np.argsort(layout.laid_out(np.arange(NUMBERS.size, dtype=float)).ravel())
    lat, lon = layout.native.degrees(*np.meshgrid(layout.x, layout.y))
    return lat.ravel()[order], lon.ravel()[order]


def same_places(got, expected):
    """To a thousandth of a degree, along parallels as on the ground."""
    np.testing.assert_allclose(got[0], expected[0], atol=1e-3)
    apart = (got[1] - expected[1] + 180.0) % 360.0 - 180.0
    np.testing.assert_allclose(apart * np.cos(np.radians(got[0])), 0.0, atol=1e-3)


@pytest.mark.parametrize(
    ("kind", "edition", "flags"),
    [(*grid, {}) for grid in GRIDS]
    + [(*grid, {"jPointsAreConsecutive": 1}) for grid in GRIDS]
    # Edition 1 has no such flag, and ecCodes ignores it on grids of degrees.
    + [(kind, 2, {"alternativeRowScanning": 1}) for kind, edition in GRIDS[2:] if edition == 2],
)
def test_nodes_lie_where_eccodes_has_them(tmp_path, kind, edition, flags):
    data = encoded(eccodes, edition, NUMBERS, **grid_keys(kind, edition), **flags)
    same_places(placed(tmp_path, data), nodes(eccodes, data))


@pytest.mark.parametrize("kind", ["lambert", "polar_stereographic"])
@pytest.mark.parametrize("edition", [1, 2])
def test_nodes_of_the_southern_hemisphere_too(tmp_path, kind, edition):
    keys = grid_keys(kind, edition, south=True)
    got = placed(tmp_path, encoded(eccodes, edition, NUMBERS, **keys))
    assert (got[0] < -30.0).all()
    if (kind, edition) == ("polar_stereographic", 1):
        edition, keys = 2, grid_keys(kind, 2, south=True)  # ecCodes takes that one for northern
    same_places(got, nodes(eccodes, encoded(eccodes, edition, NUMBERS, **keys)))


@pytest.mark.parametrize(("kind", "edition"), GRIDS)
@pytest.mark.parametrize("i_back", [0, 1])
@pytest.mark.parametrize("j_up", [0, 1])
@pytest.mark.parametrize("columns", [0, 1])
def test_the_same_grid_told_from_any_corner_is_the_same(
    tmp_path, kind, edition, i_back, j_up, columns
):
    """La1 and Lo1 are the first node in the order of the file (ecCodes: always the same corner)."""
    keys = grid_keys(kind, edition)
    lat, lon = (side.reshape(NY, NX) for side in nodes(eccodes, encoded(eccodes, edition, NUMBERS,
                                                                         **keys)))  # fmt: skip
    turn = (slice(None, None, 1 if j_up else -1), slice(None, None, -1 if i_back else 1))
    keys |= {"iScansNegatively": i_back, "jScansPositively": j_up, "jPointsAreConsecutive": columns}
    if kind == "rotated_ll":
        for name, back in (("latitude", not j_up), ("longitude", i_back)):
            ends = [f"{name}Of{end}GridPointInDegrees" for end in ("First", "Last")]
            first, last = (keys[end] for end in (ends[::-1] if back else ends))
            keys |= {ends[0]: first, ends[1]: last}
    else:
        keys |= {"latitudeOfFirstGridPointInDegrees": lat[turn][0, 0],
                 "longitudeOfFirstGridPointInDegrees": lon[turn][0, 0] % 360.0}  # fmt: skip
    data = encoded(eccodes, edition, NUMBERS, **keys)
    expected = [side[turn].T if columns else side[turn] for side in (lat, lon)]
    same_places(placed(tmp_path, data), [side.ravel() for side in expected])


def written(tmp_path, edition, u, v, keys):
    """A file of u and v, and what is read of it."""
    path = tmp_path / "x.grib"
    path.write_bytes(b"".join(encoded(eccodes, edition, values, **keys, shortName=name)
                              for name, values in (("u", u), ("v", v))))  # fmt: skip
    (piece,) = grib.read(path, WINDS)
    return piece.isel(time=0, pressure_pa=0)


ALONG_GRID, TRUE = 0x88, 0x80  # the flags of resolution and components, increments given


def rotated_turn(edition, keys):
    """Latitudes, and the angle at each node between the ways to the two north poles: sine rule."""
    lat, _ = nodes(eccodes, encoded(eccodes, edition, NUMBERS, **keys))
    x = np.radians(-10.0 + 2.0 * np.arange(NX))
    sine = np.cos(np.radians(POLE_LAT_DEG)) * np.sin(x) / np.cos(np.radians(lat.reshape(NY, NX)))
    return lat, np.arcsin(sine)


@pytest.mark.parametrize("edition", [1, 2])
@pytest.mark.parametrize("flags", [ALONG_GRID, TRUE])
def test_a_west_wind_on_a_rotated_grid_stays_one(tmp_path, edition, flags):
    """Along the grid it is turned by the angle of spherical trigonometry; true it is left."""
    keys = grid_keys("rotated_ll", edition) | {"resolutionAndComponentFlags": flags}
    lat, turn = rotated_turn(edition, keys)
    assert np.abs(np.degrees(turn)).max() > 10.0
    if flags == TRUE:
        turn = 0.0 * turn
    wind = written(tmp_path, edition, 10.0 * np.cos(turn), 10.0 * np.sin(turn), keys)
    np.testing.assert_allclose(wind["u_mps"], 10.0, atol=0.01)
    np.testing.assert_allclose(wind["v_mps"], 0.0, atol=0.01)
    assert lat.min() < float(wind["lat_deg"].min()) < float(wind["lat_deg"].max()) < lat.max()


def test_model_levels_on_a_rotated_grid_become_pressure_levels_of_true_winds(tmp_path):
    """Each level with its own speed, over a surface that lowers the lower ones."""
    keys = grid_keys("rotated_ll", 2) | {"resolutionAndComponentFlags": ALONG_GRID}
    _, turn = rotated_turn(2, keys)
    keys |= {"typeOfLevel": "hybrid", "typeOfFirstFixedSurface": 105}
    levels = np.arange(40, 100)
    surface_pa = 101_325.0 - 5_000.0 * NUMBERS / NUMBERS.size
    parts = [encoded(eccodes, 2, np.log(surface_pa), **keys | {"level": 1, "shortName": "lnsp"})]
    for level in levels.tolist():
        pressure_pa = model_levels.l137().full_pressure_pa(np.array([level]), surface_pa)[0]
        speed_mps = 4.0 * np.log(pressure_pa / 1_000.0)
        for name, share in (("u", np.cos(turn)), ("v", np.sin(turn))):
            parts.append(encoded(eccodes, 2, speed_mps * share,
                                 **keys | {"level": level, "shortName": name}))  # fmt: skip
    path = tmp_path / "x.grib"
    path.write_bytes(b"".join(parts))
    (piece,) = grib.read(path, WINDS)
    wind = piece.isel(time=0, pressure_pa=slice(0, -2))  # the lowest ones lie underground here
    expected = 4.0 * np.log(wind["pressure_pa"] / 1_000.0) + 0.0 * wind["u_mps"]
    np.testing.assert_allclose(wind["u_mps"], expected, atol=0.02)
    np.testing.assert_allclose(wind["v_mps"], 0.0, atol=0.02)
    assert wind.sizes["pressure_pa"] == len(levels) - 2


@pytest.mark.parametrize("edition", [1, 2])
@pytest.mark.parametrize("south", [False, True])
@pytest.mark.parametrize("flags", [ALONG_GRID, TRUE])
def test_a_west_wind_on_a_polar_stereographic_grid_stays_one(tmp_path, edition, south, flags):
    """Its x points east on the meridian of its orientation, and turns with the longitude."""
    keys = grid_keys("polar_stereographic", edition, south=south)
    keys |= {"resolutionAndComponentFlags": flags}
    where = grid_keys("polar_stereographic", 2, south=south)
    _, lon = nodes(eccodes, encoded(eccodes, 2, NUMBERS, **where))
    turn = np.radians(lon - 249.0) * (-1.0 if south else 1.0) * (flags == ALONG_GRID)
    wind = written(tmp_path, edition, 10.0 * np.cos(turn), 10.0 * np.sin(turn), keys)
    np.testing.assert_allclose(wind["u_mps"], 10.0, atol=0.02)
    np.testing.assert_allclose(wind["v_mps"], 0.0, atol=0.02)


def test_a_rotated_grid_turned_about_its_own_pole_is_refused(tmp_path):
    """ecCodes turns it about the Earth's axis, the text of the WMO about the grid's."""
    path = tmp_path / "x.grib"
    keys = grid_keys("rotated_ll", 2) | {"angleOfRotationInDegrees": 30.0}
    path.write_bytes(encoded(eccodes, 2, NUMBERS, **keys))
    with pytest.raises(FieldError, match="about its own pole by 30 degrees"):
        grib.read(path)


@pytest.mark.parametrize("edition", [1, 2])
@pytest.mark.parametrize(("west_deg", "east_deg"), [(-10.0, 40.0), (10.0, 60.0), (150.0, 205.0)])
def test_a_part_of_a_reduced_grid_is_filled_up_along_its_own_rows(
    tmp_path, edition, west_deg, east_deg
):
    """What is linear along each row is had exactly, from rows that begin and end apart."""

    def field(lat_deg, lon_deg):
        return 5.0 + 0.2 * (lon_deg - west_deg) + 0.1 * lat_deg

    path = tmp_path / "x.grib"
    path.write_bytes(b"".join(reduced(eccodes, edition, field, west_deg, east_deg, name)
                              for name in ("u", "v")))  # fmt: skip
    (piece,) = grib.read(path, WINDS)
    wind = piece["u_mps"].isel(time=0, pressure_pa=0)
    ahead = (wind["lon_deg"].values - west_deg) % 360.0
    expected = field(wind["lat_deg"].values[:, None], west_deg + ahead)
    np.testing.assert_allclose(wind, expected, atol=1e-3)
    lost = east_deg - west_deg - (ahead.max() - ahead.min())
    assert 0.0 <= lost < 3 * 360.0 / 60  # of the coarsest row, a spacing on either side, and a rest
    assert wind.sizes["lat_deg"] == 13
    assert "that all rows reach" in piece.attrs["notes"]


def test_a_part_of_a_reduced_grid_too_narrow_for_its_rows_is_refused(tmp_path):
    path = tmp_path / "x.grib"
    path.write_bytes(reduced(eccodes, 2, lambda lat, lon: lat, 1.0, 8.0))
    with pytest.raises(FieldError, match="narrower than two nodes"):
        grib.read(path)


def test_fewer_values_than_the_nodes_of_a_reduced_part_are_damage(tmp_path):
    data = bytearray(reduced(eccodes, 2, lambda lat, lon: lat, 10.0, 60.0))
    at = 16
    while data[at + 4] != 3:
        at += int.from_bytes(data[at : at + 4], "big")
    data[at + 9] += 1  # one node more than there are values
    path = tmp_path / "x.grib"
    path.write_bytes(data)
    with pytest.raises(FieldError, match="values on a grid of"):
        grib.read(path)


def test_spherical_harmonics_are_refused_with_how_to_make_a_grid_of_them(tmp_path):
    handle = eccodes.codes_grib_new_from_samples("sh_pl_grib2")
    path = tmp_path / "x.grib"
    for name, found in (("u", "spherical harmonics"), ("vo", r"not wind: it holds vo")):
        eccodes.codes_set(handle, "shortName", name)
        path.write_bytes(eccodes.codes_get_message(handle))
        with pytest.raises(FieldError, match=found) as refusal:
            grib.read(path)
        assert "grid=0.25/0.25" in refusal.value.remedy
        assert "cdo" in refusal.value.remedy
    eccodes.codes_release(handle)
