"""ARL packed data: the same winds as the decoded file, any grid, damage told."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from overflight.errors import FieldError
from overflight.fields import sniff, source
from overflight.fields.canonical import Need
from overflight.fields.readers import arl, netcdf

WITH_T = Need(variables=("u_mps", "v_mps", "z_m", "t_k"))


def pack(values):
    """Bytes, exponent, precision and first value of a field, by the published rules."""
    steps = np.diff(values, axis=1, prepend=values[:, :1])
    steps[1:, 0] = np.diff(values[:, 0])
    largest = float(np.abs(steps).max())
    exponent = int(np.floor(np.log2(largest))) + 1 if largest > 0.0 else 0
    scale = 2.0 ** (7 - exponent)
    packed = np.empty(values.shape, dtype=np.uint8)
    edge = float(values[0, 0])
    for j in range(values.shape[0]):  # each step from what a reader will have by then
        held = edge
        for i in range(values.shape[1]):
            step = int(np.clip(np.rint((values[j, i] - held) * scale + 127.0), 0, 255))
            packed[j, i] = step
            held += (step - 127.0) / scale
            if i == 0:
                edge = held
    return packed, exponent, 1.0 / scale / 2.0, float(values[0, 0])


def archive(times, levels_hpa, fields, grid=(22.0, 314.0, 1.0, 1.0, 0, 0, 0, 1, 1, 8.0, 292.0, 0)):
    """An ARL file: ``fields(time, level)`` gives {name: (y, x)}; the surface holds PRSS."""
    parts = []
    for hour, forecast in times:
        levels = [(0.0, {"PRSS": np.full_like(fields(hour, 0)["UWND"], 1_000.0)})]
        levels += [(p, fields(hour, k)) for k, p in enumerate(levels_hpa)]
        ny, nx = levels[0][1]["PRSS"].shape
        letters = "".join(chr(64 + n // 1_000) if n > 999 else "9" for n in (nx, ny))
        records, listing = [], ""
        for number, (height, named) in enumerate(levels):
            listing += f"{height:6.1f}{len(named):2d}"
            for name, values in named.items():
                packed, exponent, precision, first = pack(values)
                listing += f"{name:4s}{arl.checksum(packed):3d} "
                label = f"23 2 1{hour:2d}{forecast:2d}{number:2d}{letters}{name:4s}"
                label += f"{exponent:4d}{precision:14.7E}{first:14.7E}"
                records.append(label.encode() + packed.tobytes())
        head = "TEST" + "  0" + " 0" + "".join(f"{v:7.7s}" for v in map(_seven, grid))
        head += f"{nx % 1000:3d}{ny % 1000:3d}{len(levels):3d} 2{108 + len(listing):4d}"
        text = (head + listing).encode()
        label = f"23 2 1{hour:2d}{forecast:2d} 0{letters}INDX   0{0:14.7E}{0:14.7E}".encode()
        pages = (text[at : at + nx * ny] for at in range(0, len(text), nx * ny))
        parts += [label + page.ljust(nx * ny) for page in pages]
        parts += records
    return b"".join(parts)


def _seven(value):
    return f"{float(value):.5f}"


def winds(nx=23, ny=15):
    lat, lon = np.meshgrid(np.arange(ny), np.arange(nx), indexing="ij")

    def fields(hour, level):
        base = 10.0 + 5.0 * level + 0.2 * hour
        return {
            "HGTS": 16_000.0 + 4_500.0 * level + 3.0 * lat,
            "UWND": base + 2.0 * np.sin(0.2 * lat) + np.cos(0.1 * lon),
            "VWND": 3.0 * np.cos(0.15 * lon) - 0.1 * lat,
        }

    return fields


def test_the_real_file_agrees_with_its_decoded_twin(shared_data):
    """To half a unit of the twin's own packing: 0.01 m/s, 1 m, 0.01 K."""
    (ours,) = arl.read(shared_data / "winds" / "gdas_042.bin", WITH_T)
    (twin,) = netcdf.read(
        shared_data / "winds" / "gdas1deg_20100211-13_3h_caribbean_20-1000hPa.nc", WITH_T
    )
    for name, half in (("u_mps", 0.0051), ("v_mps", 0.0051), ("z_m", 0.51), ("t_k", 0.0051)):
        np.testing.assert_allclose(ours[name], twin[name], atol=half)
    for dim in ("time", "pressure_pa", "lat_deg", "lon_deg"):
        np.testing.assert_array_equal(ours[dim], twin[dim])
    assert ours["lead_s"].values.tolist() == [0.0, 10_800.0] * 6 + [0.0]


@given(arrays(np.float64, (6, 9), elements=st.integers(-30_000, 30_000).map(lambda n: n / 100)))
def test_unpacking_undoes_packing_within_the_precision(values):
    packed, exponent, precision, first = pack(values)
    found = arl.unpack(packed, exponent, first)
    assert np.abs(found - values).max() <= 2.0 * precision + 1e-9


def test_a_written_file_comes_back(tmp_path):
    path = tmp_path / "any.name"
    path.write_bytes(archive([(0, 0), (3, 3), (6, 0)], [100.0, 50.0], winds()))
    assert sniff.kind_of(path).key == "arl"
    (piece,) = arl.read(path)
    fields = winds()
    for at, hour in enumerate((0, 3, 6)):
        for k in range(2):
            np.testing.assert_allclose(
                piece["u_mps"][at, 1 - k], fields(hour, k)["UWND"], atol=0.02
            )
    assert piece["lat_deg"].values[0] == 8.0
    assert piece["lon_deg"].values[0] == -68.0


def test_a_grid_wider_than_999_columns_is_counted_by_letters(tmp_path):
    path = tmp_path / "x"
    grid = (2.0, 359.75, 0.25, 0.25, 0, 0, 0, 1, 1, 0.0, 0.0, 0)
    path.write_bytes(archive([(0, 0)], [50.0], winds(1_440, 9), grid))
    (piece,) = arl.read(path)
    assert piece.sizes["lon_deg"] == 1_440
    np.testing.assert_allclose(np.diff(piece["lon_deg"]), 0.25)


def test_winds_on_a_polar_grid_are_turned_to_true_north(tmp_path):
    """Along the grid's y is north on the reference meridian, right of north in the east of it."""
    nx = ny = 31
    grid = (90.0, 0.0, 60.0, -80.0, 200.0, 0.0, 90.0, 16.0, 16.0, 90.0, 0.0, 0.0)

    def fields(hour, level):
        del hour
        rows = np.arange(ny)[:, None] + np.zeros((ny, nx))
        return {"UWND": 0.01 * rows, "VWND": 10.0 + 0.01 * rows,
                "HGTS": 16_000.0 + 4_500.0 * level + rows}  # fmt: skip

    path = tmp_path / "x"
    path.write_bytes(archive([(0, 0)], [100.0, 50.0], fields, grid))
    (piece,) = arl.read(path, Need(south_deg=60.0, north_deg=75.0, west_deg=-120.0, east_deg=-40.0))
    on = piece.isel(time=0, pressure_pa=0).interp(lat_deg=65.0, lon_deg=-80.0)
    assert float(on["v_mps"]) == pytest.approx(10.1, abs=0.15)
    assert float(on["u_mps"]) == pytest.approx(0.1, abs=0.15)
    east = piece.isel(time=0, pressure_pa=0).interp(lat_deg=65.0, lon_deg=-50.0)
    assert float(east["u_mps"]) == pytest.approx(10.1 * np.sin(np.radians(30.0)) + 0.1, abs=0.25)


def test_cut_and_damaged_files_are_told(tmp_path):
    whole = archive([(0, 0), (6, 0)], [100.0, 50.0], winds())
    path = tmp_path / "x"
    path.write_bytes(whole[:-100])
    with pytest.raises(FieldError, match=r"ends 100 bytes before .* after 1 complete times"):
        arl.read(path)
    spoiled = bytearray(whole)
    spoiled[len(whole) - 50] ^= 0x55
    path.write_bytes(bytes(spoiled))
    with pytest.raises(FieldError, match="checksum"):
        arl.read(path)
    path.write_bytes(whole.replace(b" 2 200", b" 2 200").replace(b"INDX", b"JNDX", 1))
    with pytest.raises(FieldError):
        source.open_winds([path], cached=False)


def test_sigma_levels_are_refused_by_name(tmp_path):
    whole = archive([(0, 0)], [100.0, 50.0], winds())
    at = whole.index(b" 23 15") if b" 23 15" in whole else 50 + 93
    head = bytearray(whole)
    head[50 + 102 : 50 + 104] = b" 1"
    path = tmp_path / "x"
    path.write_bytes(bytes(head))
    assert at
    with pytest.raises(FieldError, match="sigma"):
        arl.read(path)
