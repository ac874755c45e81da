"""What a case says of the ground: hills and people, refused before a path is flown."""

import shutil

import numpy as np
import pytest
import rasterio
from quick import QUICK
from rasterio import Affine

from overflight import account
from overflight.case.load import bundled, load
from overflight.errors import CaseError, FieldError

OBSERVER = """observers:
  - name: Lookout
    kind: eye
    lat_deg: 45.78
    lon_deg: -108.5
    antenna_height: 120 m
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(account, "_flown", lambda *given, **named: pytest.fail("it flew"))
    made = tmp_path / "case"
    shutil.copytree(bundled("2023-conus"), made)
    return made


def append(folder, text):
    path = folder / "case.yaml"
    path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")


def with_lookout(folder):
    path = folder / "case.yaml"
    text = path.read_text(encoding="utf-8")
    assert "observers:\n" in text
    path.write_text(text.replace("observers:\n", OBSERVER, 1), encoding="utf-8")


def tiff(path, values, cell_deg=0.01, west=-109.0, north=46.5):
    with rasterio.open(
        path, "w", driver="GTiff", width=values.shape[1], height=values.shape[0], count=1,
        dtype=values.dtype, crs="EPSG:4326", nodata=-32_768,
        transform=Affine(cell_deg, 0, west, 0, -cell_deg, north),
    ) as made:  # fmt: skip
        made.write(values, 1)


def refused(folder, tmp_path):
    with pytest.raises((FieldError, CaseError)) as caught:
        account.run(folder, tmp_path / "out", settings=QUICK)
    assert not (tmp_path / "out").exists()
    return caught.value


def test_an_observer_inside_a_mountain_is_refused(folder, tmp_path):
    tiff(folder / "hills.tif", np.full((150, 150), 1_850, np.int16))
    with_lookout(folder)
    append(folder, "elevation: hills.tif\n")
    error = refused(folder, tmp_path)
    assert "Lookout at 120 m above the sea is inside the ground, which is at 1,850 m" in error.found
    assert "antenna_height" in error.remedy


@pytest.mark.parametrize("key", ["elevation", "population"])
@pytest.mark.parametrize("name", ["../hills.tif", "/etc/hills.tif", "c:\\hills.tif"])
def test_a_case_may_not_reach_outside_its_folder(folder, tmp_path, key, name):
    append(folder, f"{key}: '{name}'\n")
    assert "inside the case's folder" in refused(folder, tmp_path).expected


def test_a_grid_of_holes_alone_is_refused(folder, tmp_path):
    tiff(folder / "usa_ppp_2020.tif", np.full((50, 50), -32_768, np.int16))
    append(folder, "population: usa_ppp_2020.tif\n")
    assert "no value" in refused(folder, tmp_path).found


def test_a_grid_that_does_not_say_what_it_counts_names_the_field(folder, tmp_path):
    tiff(folder / "people.tif", np.ones((50, 50), np.int16))
    append(folder, "population: people.tif\n")
    assert "population_unit: persons" in refused(folder, tmp_path).remedy


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("population_unit: heads", "one of persons, persons per km2"),
        ("population_holes: empty", "one of means, nobody"),
        ("elevations: a.tif", "unknown field 'elevations'"),
    ],
)
def test_words_that_are_not_known_are_told_where_they_stand(folder, line, said):
    append(folder, line + "\n")
    with pytest.raises(CaseError) as caught:
        load(folder)
    assert said in str(caught.value)
    assert "case.yaml:" in str(caught.value)
