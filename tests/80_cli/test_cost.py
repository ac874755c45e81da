"""What an account will take, told beforehand: true of the run that follows, and nothing written."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta

import pytest
import rasterio
from quick import QUICK
from typer.testing import CliRunner

from overflight import account, cost, kept
from overflight.case.load import bundled, load
from overflight.cli import app
from overflight.errors import CapacityError, FieldError
from overflight.fields import climatology, memory, packed, population_raster, source
from overflight.flight import winds
from overflight.flight.needs import needed
from overflight.inference.stratum import Settings

CASE = bundled("2023-conus")


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv(kept.SWITCH, str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture(scope="module")
def wind_file(tmp_path_factory):
    """Invented weather of the bundled case: the season's wind, every six hours."""
    case, day = load(CASE), timedelta(days=1)
    wind = climatology.dataset(case.span_start - day, case.span_end + day, 21_600.0, 2.5)
    wind.attrs = {"source": "gfs", "product": "analysis", "title": "invented",
                  "attribution": "Nobody's", "height_basis": "standard atmosphere"}  # fmt: skip
    path = tmp_path_factory.mktemp("winds") / "weather.nc"
    packed.write(wind, path)
    return path


def run(*arguments):
    return CliRunner().invoke(app, ["account", str(CASE), *map(str, arguments)])


def test_a_dry_run_tells_and_writes_nothing(tmp_path, monkeypatch, wind_file, cache):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(account, "run", lambda *given, **named: pytest.fail("it ran"))
    for more in ((), ("--wind", wind_file, "--leave-one-out")):
        done = run("--dry-run", *more)
        assert done.exit_code == 0, done.output
        for said in ("launch candidates: 2", "strata: 80", "28,800", "particle-steps",
                     "wind field", "paths", "report", "bytes", "disk", "time: about"):  # fmt: skip
            assert said in done.output
        assert "pilots searched once more: at most 80, by the time told 32" in done.output
        assert ("left out in turn: 3" in done.output) == bool(more)
    assert list(tmp_path.iterdir()) == []
    assert not cache.exists()


def test_the_size_of_a_wind_is_that_of_the_wind(wind_file):
    case = load(CASE)
    told = winds.size_of_case(case, CASE, [wind_file])
    wind = source.open_winds([wind_file], needed(case)).wind
    assert (told.times, told.levels, told.rows, told.columns) == wind["u_mps"].shape
    told = winds.size_of_case(case, CASE, [])
    laid = winds.of_climatology(case).grid.uv_mps.shape
    assert (told.times, told.levels, told.rows, told.columns + 1) == laid[:4]


@pytest.mark.parametrize(
    "name",
    ["gdas_042.bin", "era5_utm32_2025_05_01_00.nc", "ifs_ml137_1p5_europe_20181115_12Z.grib"],
)
def test_the_size_of_any_kind_of_file_is_told(shared_data, name):
    """Of a projected grid, its own nodes; of model levels, those under the ground too."""
    if name.endswith("grib"):
        pytest.importorskip("eccodes")
    path = shared_data / "winds" / name
    shape = source.open_winds([path], cached=False).wind["u_mps"].shape
    told = source.size_of([path])
    assert told.times == shape[0]
    assert told.levels >= shape[1]
    assert "utm" in name or (told.rows, told.columns) == shape[2:]


def test_more_work_takes_more():
    plain = cost.estimate(CASE, [], Settings())
    for more in ({"n_particles": 800}, {"n_paths": 8_000}, {"n_draws": 240}, {"n_strata": 200}):
        assert cost.estimate(CASE, [], replace(Settings(), **more)).peak_bytes > plain.peak_bytes
    checked = cost.estimate(CASE, [], Settings(), check=True)
    assert checked.particle_steps > 3 * plain.particle_steps
    assert checked.work_s > plain.work_s
    half = cost.estimate(CASE, [], replace(Settings(), n_threads=1))
    assert half.memory_bytes["particles"] * 2 == plain.memory_bytes["particles"]


def test_what_memory_cannot_hold_is_refused_with_what_fits(monkeypatch):
    settings = replace(QUICK, n_particles=10**8)
    found = cost.estimate(CASE, [], settings)
    monkeypatch.setattr(memory, "free_bytes", lambda: 4_000_000_000)
    with pytest.raises(CapacityError) as refusal:
        cost.refuse(found, settings)
    assert "100,000,000 particles" in refusal.value.found
    fitting = int(refusal.value.remedy.split("At most ")[1].split()[0].replace(",", ""))
    fewer = replace(QUICK, n_particles=fitting)
    cost.refuse(cost.estimate(CASE, [], fewer), fewer)
    more = replace(QUICK, n_particles=fitting + 1)
    with pytest.raises(CapacityError):
        cost.refuse(cost.estimate(CASE, [], more), more)


def test_an_account_that_does_not_fit_is_refused_before_a_path_is_flown(tmp_path, monkeypatch):
    monkeypatch.setattr(account, "_flown", lambda *given, **named: pytest.fail("it flew"))
    with pytest.raises(CapacityError, match="100,000,000 particles"):
        account.run(CASE, tmp_path / "out", settings=replace(QUICK, n_particles=10**8))
    assert not (tmp_path / "out").exists()


def test_a_dry_run_that_does_not_fit_says_all_and_refuses(monkeypatch):
    monkeypatch.setattr(memory, "free_bytes", lambda: 1_000_000)
    done = run("--dry-run")
    assert isinstance(done.exception, CapacityError)
    assert "particle-steps" in done.output


# The system's usual count of a program's peak takes in the program that started it.
PEAK = """
import re, sys
from pathlib import Path
from overflight import account
from overflight.inference.stratum import Settings
account.run(Path(sys.argv[1]), Path(sys.argv[2]), settings=Settings(),
            wind=[Path(one) for one in sys.argv[3:]])
print(re.search(r"VmHWM:\\s*(\\d+) kB", Path("/proc/self/status").read_text())[1])
"""


@pytest.mark.slow
@pytest.mark.timeout(1_800)
@pytest.mark.skipif(sys.platform != "linux", reason="the peak is in kilobytes on Linux")
@pytest.mark.parametrize("from_files", [False, True], ids=["climatology", "files"])
def test_the_memory_told_is_right_within_a_quarter(tmp_path, wind_file, from_files):
    paths = [wind_file] if from_files else []
    folder = tmp_path / "case"
    shutil.copytree(CASE, folder)
    head = (folder / "case.yaml").read_text(encoding="utf-8")
    # With real settings the other hypotheses take twenty minutes more in a wind of three weeks.
    told_of = head.replace("hypotheses: [M0, M1a, M1b, M2, M12]", "hypotheses: [M0]")
    assert told_of != head
    (folder / "case.yaml").write_text(told_of, encoding="utf-8")
    told = cost.estimate(folder, paths, Settings()).peak_bytes
    done = subprocess.run(
        [sys.executable, "-c", PEAK, str(folder), str(tmp_path / "out"), *map(str, paths)],
        check=True, capture_output=True, text=True, env=dict(os.environ),
    )  # fmt: skip
    measured = 1024 * json.loads(done.stdout.splitlines()[-1])
    assert told == pytest.approx(measured, rel=0.25)


def test_what_lies_below_is_counted(tmp_path):
    """A grid of people by its head, hills by who looks, falls with what particles leave free."""
    folder = tmp_path / "case"
    shutil.copytree(CASE, folder)
    plain = cost.estimate(folder, [], Settings())
    assert plain.memory_bytes["falls and people"] > population_raster.BYTES
    assert plain.peak_bytes < sum(plain.memory_bytes.values())
    crowd = tmp_path / "usa_ppp_2020.tif"
    with rasterio.open(
        crowd, "w", driver="GTiff", width=8_000, height=4_000, count=1, dtype="float32",
        crs="EPSG:4326", transform=rasterio.Affine(0.01, 0, -120, 0, -0.01, 60), sparse_ok=True,
        tiled=True,
    ):  # fmt: skip
        pass
    peopled = cost.estimate(folder, [], Settings(), people=crowd)
    assert peopled.memory_bytes["grid of people"] >= 4 * 32_000_000
    assert peopled.work_s > plain.work_s + 1.0
    done = CliRunner().invoke(
        app, ["account", str(folder), "--dry-run", "--population", str(crowd)]
    )
    assert done.exit_code == 0, done.output
    assert "grid of people:" in done.output
    head = folder / "case.yaml"
    text = head.read_text(encoding="utf-8") + "elevation: hills.tif\n"
    head.write_text(text, encoding="utf-8")
    hilly = cost.estimate(folder, [], Settings())
    assert ("skylines" in hilly.memory_bytes) == bool(load(folder).sites or load(folder).observers)


def test_a_grid_of_people_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(FieldError, match="no file"):
        cost.estimate(CASE, [], Settings(), people=tmp_path / "none.tif")
