"""GeoTIFFs of people: the forms they come in, their sums, their holes, and what is refused."""

import sys
import tracemalloc

import numpy as np
import pytest
import rasterio
from rasterio import Affine
from rasterio.warp import transform as warped

from overflight.errors import CapacityError, FieldError, MissingExtraError
from overflight.fields import memory, places, population, population_cells, population_grid
from overflight.fields.population_units import per_cell_of

WEST_DEG, NORTH_DEG, CELL_DEG = -112.0, 49.0, 1.0 / 12.0
NODATA = -99_999.0


def from_origin(west, north, wide, high):
    return Affine(wide, 0.0, west, 0.0, -high, north)


def tiff(path, values, *, crs="EPSG:4326", corner=None, nodata=NODATA, units=None, **how):
    corner = corner or from_origin(WEST_DEG, NORTH_DEG, CELL_DEG, CELL_DEG)
    layers = values if values.ndim == 3 else values[None]
    how = {"compress": "lzw"} | how
    with rasterio.open(
        path, "w", driver="GTiff", width=layers.shape[2], height=layers.shape[1],
        count=len(layers), dtype=layers.dtype, crs=crs, transform=corner, nodata=nodata, **how,
    ) as made:  # fmt: skip
        made.write(layers)
        if units:
            made.units = (units,) * len(layers)
    return path


def crowd(rows=36, columns=60, seed=1):
    """People as they live: most cells empty, a few full."""
    people = np.random.default_rng(seed).lognormal(0.0, 2.0, (rows, columns))
    return np.where(people < 1.0, 0.0, people).astype(np.float32)


def persons_of(grid):
    wide = np.radians(np.diff(grid.lon_edges_deg))
    high = np.diff(np.sin(np.radians(grid.lat_edges_deg)))
    area_km2 = 6_371.0087714**2 * high[:, None] * wide
    return float(np.nansum(grid.density_perkm2.astype(float) * area_km2))


@pytest.mark.parametrize(
    "how",
    [
        {"compress": "lzw"},
        {"compress": "deflate", "predictor": 3},
        {"tiled": True, "blockxsize": 16, "blockysize": 16},
        {"BIGTIFF": "YES"},
    ],
)
def test_a_geotiff_is_read_where_it_says_and_sums_to_its_people(tmp_path, how):
    people = crowd()
    grid = population_grid.read(tiff(tmp_path / "usa_ppp_2020.tif", people, **how))
    assert persons_of(grid) == pytest.approx(float(people.sum()), rel=1e-5)
    lat, lon = NORTH_DEG - 10.5 * CELL_DEG, WEST_DEG + 20.5 * CELL_DEG
    cell_km2 = 6_371.0087714**2 * np.radians(CELL_DEG) * np.diff(
        np.sin(np.radians([lat - CELL_DEG / 2, lat + CELL_DEG / 2]))
    )  # fmt: skip
    found = grid.at(np.array([lat]), np.array([lon]))
    assert found == pytest.approx(people[10, 20] / cell_km2, rel=1e-5)


def test_merged_cells_keep_the_number_of_people(tmp_path, monkeypatch):
    people = crowd(37, 61)
    people[5:9, 7:20] = NODATA
    path = tiff(tmp_path / "a.tif", people, corner=from_origin(-112.0, 49.0, 0.02, 0.02))
    fine = population_grid.read(path, "persons")
    monkeypatch.setattr(population_cells, "MOST_CELLS", 200)
    monkeypatch.setattr(population_cells, "STRIP_CELLS", 500)  # several strips
    coarse = population_grid.read(path, "persons")
    assert coarse.density_perkm2.size <= 200
    assert persons_of(coarse) == pytest.approx(float(people[people > 0].sum()), rel=1e-5)
    assert persons_of(coarse) == pytest.approx(persons_of(fine), rel=1e-5)
    assert any("of them were merged" in note for note in coarse.notes)
    assert coarse.lat_edges_deg[[0, -1]] == pytest.approx(fine.lat_edges_deg[[0, -1]])


def test_strips_do_not_change_a_grid(tmp_path, monkeypatch):
    path = tiff(tmp_path / "a.tif", crowd())
    whole = population_grid.read(path, "persons per km2")
    monkeypatch.setattr(population_cells, "STRIP_CELLS", 130)
    parted = population_grid.read(path, "persons per km2")
    assert np.array_equal(whole.density_perkm2, parted.density_perkm2)


def test_a_large_grid_takes_little_memory(tmp_path, monkeypatch):
    """Sixteen million cells in an eighth of the 64 MB that they take as they are."""
    path = tmp_path / "large.tif"
    corner = from_origin(-180.0, 84.0, 360.0 / 8_000, 360.0 / 8_000)
    with rasterio.open(
        path, "w", driver="GTiff", width=8_000, height=2_000, count=1, dtype="float32",
        crs="EPSG:4326", transform=corner, nodata=NODATA, compress="deflate", tiled=True,
    ) as made:  # fmt: skip
        made.write(np.full((200, 8_000), 3.0, np.float32), 1, window=((0, 200), (0, 8_000)))
    monkeypatch.setattr(population_cells, "MOST_CELLS", 1_000_000)
    monkeypatch.setattr(population_cells, "STRIP_CELLS", 100_000)
    tracemalloc.start()
    grid = population_grid.read(path, "persons")
    _, most_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert persons_of(grid) == pytest.approx(3.0 * 200 * 8_000, rel=1e-5)
    assert most_bytes < 16e6


@pytest.mark.parametrize(
    ("crs", "corner", "rows", "columns"),
    [
        ("ESRI:54009", from_origin(-9_000_000.0, 5_800_000.0, 1_000.0, 1_000.0), 300, 400),
        ("EPSG:5070", from_origin(-900_000.0, 2_900_000.0, 1_000.0, 1_000.0), 200, 300),
        ("EPSG:32612", from_origin(300_000.0, 5_400_000.0, 1_000.0, 1_000.0), 250, 250),
    ],
)
@pytest.mark.parametrize("unit", ["persons", "persons per km2"])
def test_a_projected_grid_keeps_its_people(tmp_path, crs, corner, rows, columns, unit):
    """Mollweide as of GHS-POP, Albers, UTM; densities by the map's own scale of areas."""
    people = crowd(rows, columns)
    people[:4] = NODATA
    path = tiff(tmp_path / "a.tif", people, crs=crs, corner=corner)
    grid = population_grid.read(path, unit)
    tolerance = 2e-3 if unit == "persons" else 6e-3  # sphere and ellipsoid, UTM's 0.9996
    assert persons_of(grid) == pytest.approx(float(people[people > 0].sum()), rel=tolerance)
    assert any("middle" in note for note in grid.notes)
    x, y = corner.c + corner.a * columns / 2, corner.f + corner.e * rows / 2
    lon, lat = warped(crs, "EPSG:4326", [x], [y])
    near = [
        grid.at(np.array([lat[0] + i / 25]), np.array([lon[0] + j / 25]))
        for i in range(-5, 6)
        for j in range(-5, 6)
    ]
    whole = people[rows // 2 - 20 : rows // 2 + 20, columns // 2 - 20 : columns // 2 + 20]
    assert np.mean(near) == pytest.approx(float(whole.mean()), rel=0.35)


@pytest.mark.parametrize(
    ("name", "per_cell"),
    [
        ("usa_ppp_2020_1km_Aggregated_UNadj.tif", True),
        ("usa_pd_2020_1km.tif", False),
        ("gpw_v4_population_density_rev11_2020_30_sec.tif", False),
        ("gpw_v4_population_count_rev11_2020_15_min.tif", True),
        ("GHS_POP_E2020_GLOBE_R2023A_54009_1000_V1_0.tif", True),
        ("usa_pop_2020_CN_100m_R2025A_v1.tif", True),
        ("landscan-global-2022.tif", True),
    ],
)
def test_makers_names_tell_counts_from_densities(name, per_cell):
    assert per_cell_of("", "", "the layer", name) is per_cell


def test_what_the_case_says_stands_before_name_and_units(tmp_path):
    assert per_cell_of("persons per km2", "persons", "the layer", "usa_ppp_2020.tif") is False
    with pytest.raises(FieldError, match="population_unit") as caught:
        population_grid.read(tiff(tmp_path / "people.tif", crowd()))
    assert "persons per km2" in caught.value.expected


@pytest.mark.parametrize(
    ("values", "more", "said"),
    [
        (np.full((9, 9), np.nan, np.float32), {}, "no value"),
        (np.full((9, 9), NODATA, np.float32), {}, "no value"),
        (np.linspace(-3.0, 3.0, 81, dtype=np.float32).reshape(9, 9), {}, "negative values"),
        (np.full((9, 9), 1e9, np.float32), {}, "reaches"),
        (np.ones((2, 9, 9), np.float32), {}, "2 layers"),
        (np.ones((9, 9), np.float32), {"crs": None}, "where on the Earth"),
        (np.ones((9, 9), np.float32), {"corner": from_origin(0.0, 95.0, 1.0, 1.0)}, "95 degrees"),
        (
            np.ones((9, 9), np.float32),
            {"corner": Affine(0.9, 0.3, 0.0, 0.3, -0.9, 50.0)},
            "askew",
        ),
    ],
)
def test_what_cannot_be_people_is_refused(tmp_path, values, more, said):
    path = tiff(tmp_path / "a.tif", values, **more)
    with pytest.raises(FieldError) as caught:
        population_grid.read(path, "persons")
    assert said in str(caught.value)
    assert caught.value.remedy


@pytest.mark.parametrize(
    "content", [b"II*\x00", b"II*\x00" + bytes(100), b"MM\x00+" + b"\xff" * 99]
)
def test_a_damaged_geotiff_is_refused(tmp_path, content):
    path = tmp_path / "usa_ppp_2020.tif"
    path.write_bytes(content)
    with pytest.raises(FieldError, match="cannot be read"):
        population_grid.read(path)


def test_a_geotiff_cut_short_is_refused(tmp_path):
    path = tiff(tmp_path / "usa_ppp_2020.tif", crowd(200, 200), compress=None)
    path.write_bytes(path.read_bytes()[:60_000])
    with pytest.raises(FieldError, match="cut short"):
        population_grid.read(path)


def test_holes_and_marks_are_told_and_filled_as_asked(tmp_path):
    people = np.full((36, 60), 0.2, np.float32)
    people[:, :30] = NODATA
    people[0, 40] = -5.0
    path = tiff(tmp_path / "a.tif", people)
    atlas = places.load()
    filled = population.of_file(atlas, path, unit="persons per km2")
    empty = population.of_file(atlas, path, unit="persons per km2", empty=True)
    here = np.array([47.5]), np.array([-111.0])
    assert filled.at(*here).density_perkm2[0] > 1.0
    assert empty.at(*here).density_perkm2[0] == 0.0
    assert any("1 cells of -5" in note for note in filled.notes)
    assert any("nobody is taken to live" in note for note in empty.notes)


def test_a_grid_many_times_off_its_censuses_is_told(tmp_path):
    corner = from_origin(-120.0, 48.0, 0.5, 0.5)
    low = tiff(tmp_path / "a.tif", np.full((20, 40), 0.1, np.float32), corner=corner)
    right = tiff(tmp_path / "b.tif", np.full((20, 40), 9.0, np.float32), corner=corner)
    notes = [
        population.of_file(places.load(), path, unit="persons per km2").notes
        for path in (low, right)
    ]
    assert any("where censuses count" in note for note in notes[0])
    assert not any("where censuses count" in note for note in notes[1])


def test_without_rasterio_the_remedy_names_it(tmp_path, monkeypatch):
    path = tiff(tmp_path / "usa_ppp_2020.tif", crowd())
    monkeypatch.setitem(sys.modules, "rasterio", None)
    with pytest.raises(MissingExtraError) as caught:
        population_grid.read(path)
    assert "gis" in caught.value.expected
    assert "gdal_translate" in caught.value.remedy


def test_cells_beyond_memory_are_refused_where_merging_does_not_help(tmp_path, monkeypatch):
    path = tiff(tmp_path / "usa_ppp_2020.tif", crowd())
    monkeypatch.setattr(memory, "free_bytes", lambda: 100)
    with pytest.raises(CapacityError, match="2,160 cells"):
        population_grid.read(path)
