"""GRIB 1 and 2: the numbers of ecCodes, in our shape; damage told with its place."""

import numpy as np
import pytest
from gribfiles import encoded

from overflight.errors import FieldError, MissingExtraError
from overflight.fields import source
from overflight.fields.canonical import Need
from overflight.fields.readers import grib, grib_messages, grib_scan
from overflight.fields.readers.grib_grids import plan
from overflight.fields.readers.grib_messages import Grid

eccodes = pytest.importorskip("eccodes")

WITH_T = Need(variables=("u_mps", "v_mps", "z_m", "t_k"))
FIXTURES = [
    "ecmwf_0p75_natl_20111216_00Z_uv_100-1000hPa.grib1", "gfs2p5_f072_valid_20111011_00Z.grib2",
    "gfs2p5_f120_valid_20110115_12Z.grib2",
]  # fmt: skip
ROLES = {"u": "u_mps", "v": "v_mps", "gh": "z_m", "t": "t_k"}


HARMED = "cannot be decoded|twice|the date|end as it says|not wind|spherical|of the kind"


def straight(path):
    """Every field on pressure levels by a plain ecCodes loop: (name, hPa) -> lat, lon, values."""
    found = {}
    eccodes.codes_grib_multi_support_on()
    with path.open("rb") as file:
        while (message := eccodes.codes_grib_new_from_file(file)) is not None:
            name = eccodes.codes_get(message, "shortName")
            if eccodes.codes_get(message, "typeOfLevel") == "isobaricInhPa" and name in ROLES:
                found[name, eccodes.codes_get(message, "level")] = (
                    eccodes.codes_get_array(message, "latitudes"),
                    eccodes.codes_get_array(message, "longitudes"),
                    eccodes.codes_get_values(message),
                )
            eccodes.codes_release(message)
    return found


@pytest.mark.parametrize("name", FIXTURES)
def test_real_files_agree_with_a_plain_decoder_at_every_node(shared_data, name):
    path = shared_data / "winds" / name
    (piece,) = grib.read(path, WITH_T)
    expected = straight(path)
    assert {name for name, _ in expected} >= {"u", "v"}
    for (short, level), (lat, lon, values) in expected.items():
        field = piece[ROLES[short]].isel(time=0).sel(pressure_pa=100.0 * level)
        j = np.abs(piece["lat_deg"].values[:, None] - lat).argmin(0)
        i = np.abs(piece["lon_deg"].values[:, None] - ((lon + 180.0) % 360.0 - 180.0)).argmin(0)
        np.testing.assert_allclose(field.values[j, i], values, rtol=1e-5, atol=1e-5)
    assert len(expected) == sum(piece[v].sizes["pressure_pa"] for v in piece.data_vars)


def test_both_components_of_a_multi_field_message_are_found(shared_data):
    path = shared_data / "winds" / FIXTURES[1]
    whole = grib_scan.scan(path)
    fields = [field for field, _ in grib_messages.fields(path)]
    assert len(fields) > len(whole)  # u and v share messages
    (piece,) = grib.read(path)
    assert {"u_mps", "v_mps", "z_m"} <= set(piece.data_vars)
    assert piece["lead_s"].values.tolist() == [72 * 3_600.0]
    assert piece.attrs["source"] == "gfs"
    assert piece.attrs["product"] == "forecast"


def test_winds_along_a_lambert_grid_are_turned(shared_data):
    """The file's own note: u_east = u cos a + v sin a with a = sin(25 deg)(lon + 95 deg)."""
    (piece,) = grib.read(shared_data / "winds" / "nam_lambert81km_20041209_12Z_100-1000hPa.grib2")
    at = {"lat_deg": 38.8192, "lon_deg": -69.3741}
    value = piece.isel(time=0).sel(pressure_pa=25_000.0).interp(at)
    # 51, -2 along the grid at that node
    assert float(value["u_mps"]) == pytest.approx(49.716, abs=0.4)
    assert float(value["v_mps"]) == pytest.approx(-11.547, abs=0.4)
    assert float(value["z_m"]) == pytest.approx(10_612.0, abs=2.0)
    assert "projected grid" in piece.attrs["notes"]


def test_the_turn_of_a_lambert_grid_is_its_closed_form(shared_data):
    path = shared_data / "winds" / "nam_lambert81km_20041209_12Z_100-1000hPa.grib2"
    layout = plan(next(f for f, _ in grib_messages.fields(path)).grid, path.name)
    _, lon = layout.native.degrees(*np.meshgrid(layout.native.x, layout.native.y))
    a = np.sin(np.radians(25.0)) * np.radians((lon + 95.0 + 180.0) % 360.0 - 180.0)
    np.testing.assert_allclose(layout.native.turn_rad(), -a, atol=2e-5)


def message(values, short_name="u", level=50, *, date=20230201, hour=0, step=0, **keys):
    """A GRIB 2 message on a small regular grid."""
    handle = eccodes.codes_grib_new_from_samples("regular_ll_pl_grib2")
    rows, columns = values.shape
    given = {
        "Ni": columns, "Nj": rows, "latitudeOfFirstGridPointInDegrees": 60.0,
        "latitudeOfLastGridPointInDegrees": 60.0 - 5.0 * (rows - 1),
        "longitudeOfFirstGridPointInDegrees": 350.0,
        "longitudeOfLastGridPointInDegrees": (350.0 + 5.0 * (columns - 1)) % 360.0,
        "iDirectionIncrementInDegrees": 5.0, "jDirectionIncrementInDegrees": 5.0,
        "dataDate": date, "dataTime": 100 * hour, "stepRange": str(step),
        "typeOfLevel": "isobaricInhPa", "level": level, "shortName": short_name,
    } | keys  # fmt: skip
    for key, value in given.items():
        eccodes.codes_set(handle, key, value)
    eccodes.codes_set_values(handle, values.ravel())
    data = eccodes.codes_get_message(handle)
    eccodes.codes_release(handle)
    return data


def smooth(base=10.0, rows=9, columns=9):
    lat, lon = np.meshgrid(np.arange(rows), np.arange(columns), indexing="ij")
    return base + 3.0 * np.sin(0.3 * lat) + 2.0 * np.cos(0.4 * lon)


def field_of(path, need=WITH_T):
    (piece,) = grib.read(path, need)
    return piece


def test_values_land_on_their_nodes_whatever_the_scanning(tmp_path):
    """North to south and back, west to east and back, columns first: the same field."""
    values = smooth()
    expected = None
    for keys, stored in (
        ({}, values),
        ({"jScansPositively": 1, "latitudeOfFirstGridPointInDegrees": 20.0,
          "latitudeOfLastGridPointInDegrees": 60.0}, values[::-1]),
    ):  # fmt: skip
        path = tmp_path / "x.grib"
        path.write_bytes(message(stored, **keys) + message(stored + 1.0, "v", **keys))
        piece = field_of(path)
        expected = piece if expected is None else expected
        np.testing.assert_array_equal(piece["u_mps"], expected["u_mps"])
        np.testing.assert_allclose(piece["u_mps"][0, 0], values[::-1], atol=1e-3)
    np.testing.assert_array_equal(expected["lon_deg"], np.arange(-10.0, 31.0, 5.0))


def test_other_scanning_modes_are_laid_out_by_their_flags():
    keys = {
        "Ni": 3, "Nj": 2, "latitudeOfFirstGridPointInDegrees": 10.0,
        "latitudeOfLastGridPointInDegrees": 5.0, "longitudeOfFirstGridPointInDegrees": 0.0,
        "longitudeOfLastGridPointInDegrees": 10.0,
    }  # fmt: skip
    north_first = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])

    def laid(stored, **more):
        grid = plan(Grid("regular_ll", "x", keys | more), "x")
        return grid.laid_out(np.asarray(stored, dtype=float)), grid

    up = north_first[::-1]
    np.testing.assert_array_equal(laid(north_first.ravel())[0], up)
    np.testing.assert_array_equal(laid([1, 4, 2, 5, 3, 6], jPointsAreConsecutive=1)[0], up)
    np.testing.assert_array_equal(laid([1, 2, 3, 6, 5, 4], alternativeRowScanning=1)[0], up)
    backward, grid = laid(
        [3, 2, 1, 6, 5, 4], iScansNegatively=1, longitudeOfFirstGridPointInDegrees=10.0,
        longitudeOfLastGridPointInDegrees=0.0,
    )  # fmt: skip
    np.testing.assert_array_equal(backward, up)
    np.testing.assert_array_equal(grid.x, [0.0, 5.0, 10.0])


def test_a_reduced_grid_is_filled_up_along_its_rows():
    """A wave of wavenumber one keeps its shape on rows of every length."""
    lengths = np.array([20, 24, 32])
    rows = [np.cos(2 * np.pi * np.arange(n) / n) for n in lengths]
    keys = {"pl": lengths, "latitudes": np.array([10.0, 0.0, -10.0]),
            "longitudeOfFirstGridPointInDegrees": 0.0,
            "longitudeOfLastGridPointInDegrees": 360.0 - 360.0 / 32}  # fmt: skip
    grid = plan(Grid("reduced_gg", "x", keys), "x")
    full = grid.laid_out(np.concatenate(rows))
    expected = np.cos(2 * np.pi * np.arange(32) / 32)
    np.testing.assert_allclose(full, np.broadcast_to(expected, (3, 32)), atol=0.02)
    np.testing.assert_allclose(full[0], expected, atol=1e-12)  # the southern row is complete
    assert "filled up" in grid.note


def test_missing_values_become_nan(tmp_path):
    values = smooth()
    values[3, 4] = 9999.0
    path = tmp_path / "x.grib"
    bits = {"bitmapPresent": 1, "missingValue": 9999}
    path.write_bytes(message(values, **bits) + message(values, "v", **bits))
    piece = field_of(path)
    assert np.argwhere(np.isnan(piece["u_mps"].values)).tolist() == [[0, 0, 5, 4]]


PACKINGS = [(1, "grid_simple"), (1, "grid_second_order"), (1, "grid_ieee")] + [
    (2, f"grid_{name}") for name in ("simple", "complex", "complex_spatial_differencing", "jpeg",
                                     "png", "ccsds", "ieee")  # second order it writes wrongly
]  # fmt: skip


@pytest.mark.parametrize(
    ("edition", "packing", "missing"),
    [(*one, False) for one in PACKINGS]
    # ecCodes writes no map of missing values beside packing of second order.
    + [(*one, True) for one in PACKINGS if one != (1, "grid_second_order")],
)
def test_every_packing_gives_what_eccodes_gives(tmp_path, edition, packing, missing):
    """With a map of missing values too; winds of both signs, of 40 m/s and of 1 mm/s."""
    rng = np.random.default_rng(7)
    values = smooth(-5.0, 24, 40) * 4.0 + rng.normal(0.0, 1.0, (24, 40))
    values[0, 0] = 0.001
    keys = {
        "gridType": "regular_ll", "Ni": 40, "Nj": 24, "latitudeOfFirstGridPointInDegrees": 0.0,
        "latitudeOfLastGridPointInDegrees": 46.0, "longitudeOfFirstGridPointInDegrees": 0.0,
        "longitudeOfLastGridPointInDegrees": 78.0, "iDirectionIncrementInDegrees": 2.0,
        "jDirectionIncrementInDegrees": 2.0, "jScansPositively": 1,
    }  # fmt: skip
    if missing:
        values[3:6, 7] = 9999.0
        keys |= {"bitmapPresent": 1, "missingValue": 9999}
    data = encoded(eccodes, edition, values, **keys | {"bitsPerValue": 16, "packingType": packing})
    handle = eccodes.codes_new_from_message(data)
    assert eccodes.codes_get(handle, "packingType") == packing
    expected = eccodes.codes_get_values(handle).reshape(24, 40)
    eccodes.codes_release(handle)
    path = tmp_path / "x.grib"
    path.write_bytes(data)
    got = field_of(path)["u_mps"].values[0, 0]
    assert np.isnan(got).sum() == (3 if missing else 0)
    there = np.isfinite(got)
    np.testing.assert_array_equal(~there, values == 9999.0)
    np.testing.assert_allclose(got[there], expected[there], rtol=1e-5, atol=1e-7)
    np.testing.assert_allclose(got[there], values[there], atol=5e-3)


def test_runs_that_are_valid_at_one_time_stay_apart_and_the_newest_counts(tmp_path):
    path = tmp_path / "x.grib"
    parts = []
    for level in (20, 50, 100):
        for hour, step, base in ((0, 0, 10.0), (0, 6, 11.0), (6, 0, 12.0)):
            parts += [message(smooth(base), n, level, hour=hour, step=step) for n in ("u", "v")]
    path.write_bytes(b"".join(parts))
    assert len(grib.read(path)) == 2
    wind = source.open_winds([path], cached=False).wind
    assert wind.sizes["time"] == 2
    np.testing.assert_allclose(wind["u_mps"][1, 0], smooth(12.0)[::-1], atol=1e-3)
    assert wind["lead_s"].values.tolist() == [0.0, 0.0]


def test_members_of_an_ensemble_become_mean_and_spread(tmp_path):
    path = tmp_path / "x.grib"
    ens = {"productDefinitionTemplateNumber": 1, "numberOfForecastsInEnsemble": 2}
    parts = []
    for number, shift in ((1, -2.0), (2, 2.0)):
        for level in (50, 100):
            parts += [message(smooth() + shift, n, level, **ens, perturbationNumber=number)
                      for n in ("u", "v")]  # fmt: skip
    path.write_bytes(b"".join(parts))
    assert sorted(piece.attrs["member"] for piece in grib.read(path)) == [1, 2]
    wind = source.open_winds([path], cached=False).wind
    np.testing.assert_allclose(wind["u_mps"][0, 0], smooth()[::-1], atol=1e-3)
    np.testing.assert_allclose(wind["sd_mps"], np.sqrt(8.0 * 1.5), atol=1e-2)


def test_only_the_needed_messages_are_decoded(tmp_path, monkeypatch):
    path = tmp_path / "x.grib"
    path.write_bytes(b"".join(message(smooth(), n, level) for level in (10, 20, 50, 70, 100, 200)
                              for n in ("u", "v", "r")))  # fmt: skip
    decoded = []
    values = grib_messages.Decoder.values
    monkeypatch.setattr(
        grib_messages.Decoder, "values", lambda self: decoded.append(self.index) or values(self)
    )
    piece = field_of(path, Need(pressure_min_pa=5_500.0, pressure_max_pa=6_500.0))
    assert piece["pressure_pa"].values.tolist() == [5_000.0, 7_000.0]
    assert len(decoded) == 4


def test_a_file_put_together_with_itself_is_read_once(tmp_path):
    """The same bytes again, or the same values in another packing."""
    values = smooth(rows=5, columns=5).round()
    runs = ((50, 0, 0), (50, 0, 6), (50, 6, 0), (100, 0, 0), (100, 0, 6), (100, 6, 0))
    whole, repacked = (
        b"".join(message(values + hour + 2.0 * step, name, level, hour=hour, step=step, **packing)
                 for level, hour, step in runs for name in ("u", "v"))
        for packing in ({}, {"packingType": "grid_ieee"})
    )  # fmt: skip
    path = tmp_path / "x.grib"
    path.write_bytes(whole)
    expected = source.open_winds([path], cached=False).wind
    assert "twice" not in expected.attrs["notes"]
    for more in (whole, repacked):
        path.write_bytes(whole + more)
        wind = source.open_winds([path], cached=False).wind
        np.testing.assert_array_equal(wind["u_mps"], expected["u_mps"])
        np.testing.assert_array_equal(wind["lead_s"], expected["lead_s"])
        assert "there twice, and the same" in wind.attrs["notes"]


def test_missing_values_are_the_same_as_missing_values(tmp_path):
    values = smooth()
    values[2, 3] = 9999.0
    path = tmp_path / "x.grib"
    path.write_bytes(2 * message(values, bitmapPresent=1, missingValue=9999))
    assert int(np.isnan(field_of(path)["u_mps"]).sum()) == 1


def test_a_field_that_is_there_twice_and_differs_is_refused_by_name(tmp_path):
    path = tmp_path / "x.grib"
    path.write_bytes(message(smooth(), hour=6) + message(smooth(), "v", hour=6)
                     + message(smooth(), "v", hour=6) + message(smooth(10.1), hour=6))  # fmt: skip
    with pytest.raises(FieldError, match=r"u at 50 hPa and 2023-02-01 06:00 twice.*fields 1 and 4"):
        grib.read(path)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda d: d[: len(d) // 2], "ends inside message"),
        (lambda d: d[:-3], "ends inside message 3"),
        (lambda d: d[:20], "ends inside message 1"),
        (lambda d: d[: len(d) // 3 + 30] + b"\0" * 9 + d[len(d) // 3 + 39 :], HARMED),
        (lambda d: d + b"\0" * 70_000, "no message"),
        (lambda d: b"", "is empty"),
        (lambda d: b"GRIB", "ends inside|holds no"),
        (lambda d: b"x" * 500, "holds no GRIB"),
    ],
    ids=["half", "tail", "head", "hole", "junk", "empty", "four letters", "text"],
)  # fmt: skip
def test_damage_is_told(tmp_path, spoil, said):
    whole = message(smooth()) + message(smooth(), "v") + message(smooth(), "t")
    path = tmp_path / "x.grib"
    path.write_bytes(spoil(whole))
    with pytest.raises(FieldError, match=said) as refusal:
        grib.read(path)
    assert refusal.value.remedy


def test_a_bulletin_header_before_a_message_does_no_harm(tmp_path):
    path = tmp_path / "x.grib"
    path.write_bytes(b"\x01\r\r\n123 \r\r\nHUSA50 KWBC 010000\r\r\n" + message(smooth())
                     + b"\r\r\n\x03" + message(smooth(), "v") + b"\n")  # fmt: skip
    assert {"u_mps", "v_mps"} <= set(field_of(path).data_vars)


@pytest.mark.parametrize(
    ("at", "value", "said"),
    [
        (("section", 3, 6), 255, "a grid of 4,278,190,161 points"),
        (("section", 3, 9), 255, "on a grid of"),  # number of points
        (("section", 3, 33), 200, "on a grid of"),  # columns
        (("section", 4, 0), 90, "beyond its message"),  # its length
        (("section", 5, 19), 77, "values of 77 bits"),
        (("section", 5, 7), 99, "on a grid of"),  # number of values
        (("section", 7, 4), 9, "after section"),  # its number
    ],
)
def test_a_message_whose_sections_contradict_each_other_never_reaches_the_decoder(
    tmp_path, monkeypatch, at, value, said
):
    """A decoder stops the whole program at some of these."""
    data = bytearray(message(smooth()))
    start = 16
    while data[start + 4] != at[1]:
        start += int.from_bytes(data[start : start + 4], "big")
    data[start + at[2]] = value
    path = tmp_path / "x.grib"
    path.write_bytes(message(smooth(), "v") + data)
    monkeypatch.setattr(grib, "fields", lambda path: pytest.fail("it was decoded"))
    with pytest.raises(FieldError, match=said) as refusal:
        grib.read(path)
    assert "after 1 whole messages" in refusal.value.found


def test_edition_1_is_checked_too(tmp_path):
    handle = eccodes.codes_grib_new_from_samples("regular_ll_pl_grib1")
    eccodes.codes_set_values(handle, np.arange(16.0 * 31.0))
    data = bytearray(eccodes.codes_get_message(handle))
    eccodes.codes_release(handle)
    assert grib_scan.list_messages(bytes(data), "x")
    data[8 + int.from_bytes(data[8:11], "big") + 6] = 200  # columns, high byte
    with pytest.raises(FieldError, match="values on a grid of"):
        grib_scan.list_messages(bytes(data), "x")


def test_any_field_of_a_multi_field_message_is_found_again(shared_data):
    """Straight to a field, in any order, gives what going through the file gives."""
    path = shared_data / "winds" / FIXTURES[1]
    listed, sums = [], {}
    for field, decoder in grib_messages.fields(path):
        if field.role in ("u_mps", "v_mps"):
            listed.append(field)
            sums[field.index] = np.nansum(decoder.values())
    assert {field.part for field in listed} == {0, 1}
    picked = [field for field in listed if field.part == 1][::-3] + listed[:3]
    again = {field.index: np.nansum(d.values()) for field, d in grib_messages.chosen(path, picked)}
    assert again == {field.index: sums[field.index] for field in picked}


def test_parts_of_a_hectopascal_are_levels_of_their_own(tmp_path):
    path = tmp_path / "x.grib"
    parts = []
    for scaled, factor in ((150, 0), (100, 0), (7, -1), (40, 2)):
        keys = {"typeOfFirstFixedSurface": 100, "scaleFactorOfFirstFixedSurface": factor,
                "scaledValueOfFirstFixedSurface": scaled}  # fmt: skip
        parts += [message(smooth(), name, 50, **keys) for name in ("u", "v")]
    path.write_bytes(b"".join(parts))
    np.testing.assert_allclose(field_of(path)["pressure_pa"], [0.4, 70.0, 100.0, 150.0])


def test_the_spread_of_an_ensemble_becomes_an_error_and_never_a_height(tmp_path):
    path = tmp_path / "x.grib"
    spread = {"productDefinitionTemplateNumber": 2, "derivedForecast": 4}
    parts = [message(smooth(3.0), n, 50, **spread) for n in ("u", "v", "gh")]
    parts += [message(smooth(3.0), n, 100, **spread) for n in ("u", "v")]
    path.write_bytes(b"".join(parts) + message(smooth(9.0), "gh", 200, **spread))
    (piece,) = grib.read(path, Need(variables=("u_mps", "v_mps", "z_m", "sd_mps")))
    assert list(piece.data_vars) == ["sd_mps"]
    np.testing.assert_allclose(piece["sd_mps"][0, 0], smooth(3.0)[::-1], atol=1e-3)


def test_one_component_alone_is_a_piece(tmp_path):
    path = tmp_path / "x.grib"
    path.write_bytes(message(smooth(), "v"))
    assert list(field_of(path).data_vars) == ["v_mps"]


def test_spherical_harmonics_and_surface_fields_are_refused_by_name(tmp_path):
    handle = eccodes.codes_grib_new_from_samples("sh_pl_grib2")
    eccodes.codes_set(handle, "shortName", "u")
    path = tmp_path / "x.grib"
    path.write_bytes(eccodes.codes_get_message(handle))
    eccodes.codes_release(handle)
    with pytest.raises(FieldError, match="spherical harmonics"):
        grib.read(path)
    path.write_bytes(message(smooth(), "t"))
    with pytest.raises(FieldError, match=r"not wind: it holds t \(isobaricInhPa\)"):
        grib.read(path, Need(variables=("u_mps", "v_mps", "z_m")))


def test_without_the_package_its_name_and_command_are_said(tmp_path, monkeypatch):
    path = tmp_path / "x.grib"
    path.write_bytes(message(smooth()))
    monkeypatch.setattr(grib_messages, "import_module", lambda name: 1 / 0)
    with pytest.raises(MissingExtraError, match=r"pip install 'overflight\[grib\]'"):
        grib.read(path)
