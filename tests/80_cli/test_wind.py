"""The wind commands, and an account in a wind file."""

import json
import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from quick import QUICK
from typer.testing import CliRunner

from overflight import account, kept
from overflight.case.load import load
from overflight.case.template import write_new
from overflight.cli import app
from overflight.errors import CoverageError, FieldError, OverflightError
from overflight.fields import climatology, packed, source
from overflight.flight import winds
from overflight.flight.needs import needed
from overflight.inference.sample import posterior


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv(kept.SWITCH, str(tmp_path / "cache"))


@pytest.fixture(scope="module")
def case_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cases") / "small"
    write_new(folder)
    return folder


@pytest.fixture(scope="module")
def wind_file(tmp_path_factory, case_folder):
    """Invented weather that covers the small case: the season's wind, six-hourly."""
    case = load(case_folder)
    day = timedelta(days=1)
    wind = climatology.dataset(case.span_start - day, case.span_end + day, 21_600.0, 5.0)
    wind.attrs = {
        "source": "gfs",
        "product": "analysis",
        "title": "invented <b>weather</b>",
        "attribution": "Nobody's data",
        "height_basis": "standard atmosphere",
    }
    path = tmp_path_factory.mktemp("winds") / "weather.nc"
    packed.write(wind, path)
    return path


def run(*arguments):
    return CliRunner().invoke(app, [str(a) for a in arguments])


def test_inspect_says_what_is_in_a_file(wind_file, case_folder, tmp_path):
    picture = tmp_path / "wind.svg"
    done = run("wind", "inspect", wind_file, "--case", case_folder, "--picture", picture,
               "--at", "45.8,-108.5,70 hPa,2023-02-01T18:00Z", "--quiet")  # fmt: skip
    assert done.exit_code == 0, done.output
    for said in ("invented <b>weather</b>", "every 6 h", "all around the globe", "It covers the",
                 "error per component", "Nobody's data", "eastward", "SHA-256"):  # fmt: skip
        assert said in done.output
    drawn = picture.read_text(encoding="utf-8")
    ET.fromstring(drawn)
    assert "<b>" not in drawn
    assert "&lt;b&gt;" in drawn
    assert "http" not in drawn.replace("http://www.w3.org/2000/svg", "")


def test_inspect_prints_json_with_points(wind_file):
    done = run("wind", "inspect", wind_file, "--json", "--quiet",
               "--at", "45.8,-108.5,FL600,2023-02-01T18:00:00+00:00",
               "--at", "45.8,251.5,18288 m,2023-02-01T18:00Z")  # fmt: skip
    told = json.loads(done.output)
    assert told["source"] == "gfs"
    assert [level["pressure_hpa"] for level in told["levels"]][:2] == [10.0, 20.0]
    flight_level, height = told["points"]
    assert flight_level["pressure_hpa"] == pytest.approx(71.7164, abs=1e-3)
    assert flight_level["u_mps"] == pytest.approx(height["u_mps"], abs=1e-6)
    assert told["shortages"] is None


def test_inspect_says_by_how_much_a_file_falls_short(wind_file, case_folder, tmp_path):
    wind = source.open_winds([wind_file], cached=False).wind
    packed.write(wind.isel(time=slice(0, 8), pressure_pa=slice(2, None)), tmp_path / "short.nc")
    done = run("wind", "inspect", tmp_path / "short.nc", "--case", case_folder, "--quiet")
    assert done.exit_code == 0
    assert "does not cover the case" in done.output
    assert "h before" in done.output
    assert f"overflight wind fetch {case_folder} --source era5" in done.output
    assert "north, west, south, east" in done.output
    words = ["--case", case_folder, "--json", "--quiet"]
    assert (
        "--source era5"
        in json.loads(run("wind", "inspect", tmp_path / "short.nc", *words).output)["to_fetch"]
    )
    assert json.loads(run("wind", "inspect", wind_file, *words).output)["to_fetch"] is None


@pytest.mark.parametrize(
    "at",
    [
        "45.8,-108.5",
        "95,0,70 hPa,2023-02-01T00:00Z",
        "45,0,70 hPa,2023-02-01T00:00",
        "a,b,c,d",
        "45,0,70,2023-02-01",
    ],
)
def test_a_point_that_cannot_be_read_is_refused(wind_file, at):
    with pytest.raises(OverflightError, match=r"--at|not a number with a unit"):
        CliRunner().invoke(
            app, ["wind", "inspect", str(wind_file), "--at", at, "--quiet"], catch_exceptions=False
        )


def test_inspect_knows_a_trajectory_listing(shared_data):
    path = shared_data / "telemetry" / "raw_formats" / "hysplit_tdump14010100_dateline"
    done = run("wind", "inspect", path)
    assert "A track to compare with, not a wind." in done.output
    (one,) = json.loads(run("wind", "inspect", path, "--json").output)
    assert one["start"]["lat_deg"] == 50.0


def test_build_merges_files_to_one_and_cuts_to_a_case(wind_file, case_folder, tmp_path):
    wind = source.open_winds([wind_file], cached=False).wind
    for name, part in (("a.nc", slice(0, 6)), ("b.nc", slice(5, None))):
        packed.write(wind.isel(time=part), tmp_path / name)
    out = tmp_path / "one.nc"
    done = run("wind", "build", tmp_path / "a.nc", tmp_path / "b.nc", "--case", case_folder,
               "--out", out, "--quiet")  # fmt: skip
    assert done.exit_code == 0, done.output
    built = source.open_winds([out], cached=False).wind
    assert built.sizes["lon_deg"] < wind.sizes["lon_deg"]
    assert "there twice, and the same" in built.attrs["notes"]
    np.testing.assert_allclose(
        built["u_mps"], wind["u_mps"].sel({d: built[d] for d in built["u_mps"].dims}), atol=1e-6
    )
    assert run("wind", "build", out, "--out", tmp_path / "x.grib").exit_code != 0
    assert not (tmp_path / "x.grib").exists()


def sonde(path, lon, u_mps, v_mps, name, top_m=21_000.0):
    """A track that climbs from 16 km at 5 m/s in a steady wind, as a table."""
    height = np.arange(16_000.0, top_m, 50.0)
    seconds = (height - height[0]) / 5.0
    metres = np.radians(1.0) * (6_371_008.8 + height)
    lat = 45.0 + seconds * v_mps / metres
    along = lon + seconds * u_mps / (metres * np.cos(np.radians(lat)))
    clock = np.datetime64("2023-02-01T12:00:00") + seconds.astype("timedelta64[s]")
    rows = [f"{name},{t}Z,{a:.6f},{b:.6f},{h:.1f}"
            for t, a, b, h in zip(clock, lat, along, height, strict=True)]  # fmt: skip
    path.write_text("\n".join(["id,time,lat,lon,alt_m", *rows]), encoding="utf-8")


GROUNDED = [f"G1,2023-02-01T12:{minute:02}:00Z,45.0,-107.0,1200" for minute in range(30)]


@pytest.fixture
def soundings(tmp_path):
    folder = tmp_path / "soundings"
    folder.mkdir()
    sonde(folder / "west.csv", -108.0, 20.0, -4.0, "W1")
    sonde(folder / "east.csv", -106.0, 24.0, -2.0, "E1")
    with (folder / "east.csv").open("a", encoding="utf-8") as east:
        east.write("".join(f"\n{row}" for row in GROUNDED))
    return folder


def test_build_makes_a_wind_of_soundings_that_inspect_reads(soundings, tmp_path):
    out = tmp_path / "wind.nc"
    done = run("wind", "build", soundings, "--out", out, "--quiet")
    assert done.exit_code == 0, done.output
    assert "look at it with: overflight wind inspect" in done.output
    seen = run("wind", "inspect", out, "--quiet",
               "--at", "45,-107.9,70 hPa,2023-02-01T12:00Z")  # fmt: skip
    assert seen.exit_code == 0, seen.output
    for said in ("analysis of 2 soundings about the climatology (source: soundings; analysis)",
                 "every 6 h", "2 soundings were used", "G1", "error that came with it",
                 "RadioWinds"):  # fmt: skip
        assert said in seen.output
    (near, far) = json.loads(
        run("wind", "inspect", out, "--json", "--quiet",
            "--at", "45,-107.9,70 hPa,2023-02-01T12:00Z",
            "--at", "52,-99,70 hPa,2023-02-01T12:00Z").output
    )["points"]  # fmt: skip
    assert near["u_mps"] == pytest.approx(20.0, abs=1.5)
    assert near["v_mps"] == pytest.approx(-4.0, abs=1.5)
    assert near["sd_mps"] < 2.0 < far["sd_mps"]


def test_a_wind_of_soundings_covers_a_case_that_it_was_built_for(soundings, case_folder, tmp_path):
    """Also where and when no sounding was; and it is a wind of those days, not prior only."""
    out = tmp_path / "wind.nc"
    done = run("wind", "build", soundings, "--case", case_folder, "--out", out, "--quiet")
    assert done.exit_code == 0, done.output
    seen = run("wind", "inspect", out, "--case", case_folder, "--quiet")
    assert "It covers the case." in seen.output
    found = winds.of_files(load(case_folder), case_folder, [out], progress=source.silent)
    assert not found.error.prior_only


def test_inspect_says_what_soundings_hold(soundings):
    done = run("wind", "inspect", soundings)
    assert done.exit_code == 0, done.output
    west = next(line for line in done.output.splitlines() if line.startswith("W1"))
    assert "100 points" in west
    assert "16,000 to 20,950 m (geometric), wind track, at most 2" in west
    assert "east.csv: G1 lies on the ground" in done.output
    told = json.loads(run("wind", "inspect", soundings, "--json").output)
    assert [one.get("id") for one in told] == ["E1", None, "W1"]
    assert told[1]["origin"] == "east.csv"


def test_a_sounding_cannot_write_to_the_terminal(tmp_path):
    sonde(tmp_path / "a.csv", -108.0, 20.0, -4.0, "W1\x1b]0;title\x07\x9b")
    done = run("wind", "inspect", tmp_path / "a.csv")
    assert done.exit_code == 0, done.output
    assert not {"\x1b", "\x07", "\x9b"} & set(done.output)


def test_soundings_that_show_no_wind_make_none(tmp_path):
    ground = tmp_path / "ground.csv"
    ground.write_text("\n".join(["id,time,lat,lon,alt_m", *GROUNDED]), encoding="utf-8")
    done = run("wind", "build", ground, "--out", tmp_path / "no.nc", "--quiet")
    assert isinstance(done.exception, FieldError)
    assert "none of which shows a wind" in str(done.exception)
    assert not (tmp_path / "no.nc").exists()


@pytest.mark.parametrize(
    ("pattern", "told"),
    [
        ("winds/gdas_042.bin", "ARL packed"),
        ("winds/era5_hourly_*.nc", "NetCDF"),
        ("winds/era5_2deg*.nc", "NetCDF-4"),
        ("winds/era5_utm32*00.nc", "NetCDF-3"),
        ("winds/simulated*.nc", "NetCDF-4"),
        ("winds/gefs*.nc", "NetCDF-4"),
        ("winds/cmip6_ukesm_5day", "NetCDF-4"),
        ("winds/*.grib*", "GRIB"),
        ("telemetry/raw_formats/twpsonde*.cdf", "points"),
        ("telemetry/raw_formats/graw_*", "Graw"),
        ("telemetry/raw_formats/edt_*", "EDT table"),
        ("telemetry/raw_formats/shab14v_aprs.csv", "points"),
        ("telemetry/raw_formats/hysplit_*", "trajectory 1, forward"),
    ],
)
def test_inspect_knows_every_kind_of_real_file(shared_data, pattern, told):
    found = sorted(shared_data.glob(pattern))
    assert found
    for path in found:
        done = run("wind", "inspect", path, "--quiet")
        assert done.exit_code == 0, (path.name, done.exception)
        assert told in done.output, path.name


def test_a_web_page_is_named_what_it_is(tmp_path):
    (tmp_path / "era5.nc").write_text("<!DOCTYPE html><html>Sign in</html>", encoding="utf-8")
    done = run("wind", "inspect", tmp_path / "era5.nc", "--quiet")
    assert "web page" in str(done.exception)


def test_one_file_without_wind_does_not_spoil_a_folder_of_soundings(tmp_path):
    folder = tmp_path / "sondes"
    folder.mkdir()
    sonde(folder / "a.csv", -108.0, 20.0, -4.0, "W1")
    (folder / "b.csv").write_text("\n".join(["id,time,lat,lon,alt_m", *GROUNDED]), encoding="utf-8")
    done = run("wind", "build", folder, "--out", tmp_path / "some.nc", "--quiet")
    assert done.exit_code == 0, done.output
    assert "G1 lies on the ground" in run("wind", "inspect", tmp_path / "some.nc").output


@pytest.fixture(scope="module")
def made(wind_file, case_folder, tmp_path_factory):
    out = tmp_path_factory.mktemp("account") / "release"
    return account.run(case_folder, out, wind=[wind_file], settings=QUICK), out


def test_an_account_in_a_wind_file_is_no_longer_prior_only(made):
    run_made, out = made
    assert not run_made.posterior.prior_only
    assert run_made.posterior.diagnostics.dt_s == 600.0
    page = (out / "report.html").read_text(encoding="utf-8")
    assert "Nobody&#39;s data" in page
    assert "Prior only." not in page
    steered = json.loads((out / "steered.json").read_text(encoding="utf-8"))
    assert [one["name"] for one in steered["hypotheses"]] == ["M0", "M1a", "M1b", "M2", "M12"]
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    assert "wind/weather.nc" in manifest["inputs_sha256"]
    assert manifest["settings"]["wind"].startswith("NOAA GFS analysis, every 6 h")


def test_the_wind_of_the_case_file_is_used_and_stays_inside_the_folder(
    wind_file, case_folder, made, tmp_path
):
    folder = tmp_path / "case"
    write_new(folder)
    text = (folder / "case.yaml").read_text(encoding="utf-8")
    for name in ("weather.nc", "../weather.nc", "/etc/hosts", "C:\\wind.nc"):
        (folder / "case.yaml").write_text(
            text.replace("wind: climatology", f"wind: {name}"), encoding="utf-8"
        )
        case = load(folder)
        if name == "weather.nc":
            (folder / name).write_bytes(wind_file.read_bytes())
            found = winds.of_case(case, folder, [])
            assert found.files[0].name == "weather.nc"
            assert not found.error.prior_only
            continue
        with pytest.raises(FieldError, match="inside the case's folder"):
            winds.of_case(case, folder, [])
    assert winds.of_case(case, folder, [winds.Path("climatology")]).error.prior_only


def test_a_wind_that_does_not_reach_is_refused_with_what_to_fetch(wind_file, case_folder, tmp_path):
    wind = source.open_winds([wind_file], cached=False).wind
    packed.write(wind.sel(lat_deg=slice(20.0, 45.0)).isel(time=slice(0, 7)), tmp_path / "s.nc")
    with pytest.raises(CoverageError) as refusal:
        account.run(case_folder, tmp_path / "out", wind=[tmp_path / "s.nc"], settings=QUICK)
    said = str(refusal.value)
    assert "it ends at 45 N" in said
    assert "h before" in said
    assert "Fetch u, v and geopotential" in said
    assert f"overflight wind fetch {case_folder} --source era5" in said
    assert "levels 30, 50, 70, 100, 125, 150, 175, 200 hPa" in said
    assert not (tmp_path / "out").exists()


def test_a_single_time_carries_no_flight(wind_file, case_folder, tmp_path):
    wind = source.open_winds([wind_file], cached=False).wind
    packed.write(wind.isel(time=[0]), tmp_path / "one.nc")
    with pytest.raises(CoverageError, match="a single time"):
        winds.of_files(
            load(case_folder), case_folder, [tmp_path / "one.nc"], progress=source.silent
        )


def test_paths_that_leave_the_data_are_given_up_and_said(wind_file, case_folder, tmp_path):
    """Data that end in the middle of the flight: some particles are lost, and a warning says so."""
    case = load(case_folder)
    need = needed(case)
    wind = source.open_winds([wind_file], need, cached=False).wind
    wind.attrs["source"] = "unknown"
    path = tmp_path / "narrow.nc"
    packed.write(wind.sel(lat_deg=slice(need.south_deg - 5.0, need.north_deg + 5.0)), path)
    blown = winds.of_files(case, case_folder, [path], progress=source.silent)
    wide = replace(blown.error, sigma=blown.error.sigma._replace(
        sigma_mps=12.0 * blown.error.sigma.sigma_mps))  # fmt: skip
    drawn = posterior(case, blown.grid, wide, replace(QUICK, dt_s=600.0), 1)
    assert np.isfinite(drawn.log_evidence)
    assert np.isfinite(drawn.lat_deg[:, -1]).all()
    assert any("left the wind data" in warning for warning in drawn.diagnostics.warnings)


def test_a_listing_is_flown_again_in_the_wind_and_put_beside_it(tmp_path, wind_file, case_folder):
    """The listing goes due east at 40 km an hour; its name and model are a stranger's text."""
    case = load(case_folder)
    begin = case.span_start + timedelta(hours=6)
    lines = ["     1     1", f"    GDAS{begin:%y %m %d %H}     0     0", "     1 FORWARD  OMEGA   ",
             "    x", "     1 PRESSURE"]  # fmt: skip
    for hour in range(25):
        now = begin + timedelta(hours=hour)
        lines.append(f"     1     1 {now:%y %m %d %H}     0     0 {hour:7.1f}   45.000"
                     f" {-110.0 + 0.5 * hour:8.3f}  18400.0     70.0")  # fmt: skip
    listing = tmp_path / "tdump_\x1b[2J"
    listing.write_text("\n".join(lines))
    done = run("wind", "compare", listing, "--wind", wind_file, "--quiet")
    assert done.exit_code == 0, done.output
    assert "\x1b" not in done.output
    assert "trajectory 1 (forward, in GDAS" in done.output
    rows = [line.split() for line in done.output.splitlines() if line.strip()[:1].isdigit()]
    assert [float(row[0]) for row in rows] == [1, 3, 6, 12, 24]
    told = json.loads(
        run("wind", "compare", listing, "--wind", wind_file, "--quiet", "--json").output
    )
    assert told[0]["points"][-1]["apart_km"] == pytest.approx(float(rows[-1][1]), abs=0.5)
    late = run("wind", "compare", listing, "--wind", tmp_path / "none.nc")
    assert late.exit_code == 2
    wrong = run("wind", "compare", wind_file, "--wind", wind_file)
    assert isinstance(wrong.exception, FieldError)
    assert "trajectory listing of HYSPLIT" in str(wrong.exception.expected)


def test_what_comes_down_falls_through_the_wind_below_the_flight(wind_file, case_folder, tmp_path):
    """The flight reads the levels it needs, a fall all that the file has, and never less."""
    case, deep = load(case_folder), tmp_path / "deep.nc"
    wind = source.open_winds([wind_file], cached=False).wind
    levels = [*wind["pressure_pa"].values, 50_000.0, 100_000.0]
    packed.write(wind.reindex(pressure_pa=levels, method="nearest"), deep)
    for path, floor_pa in ((deep, 100_000.0), (wind_file, 20_000.0)):
        flown = winds.of_case(case, case_folder, [path])
        fallen = winds.column(case, case_folder, [path], flown)
        assert np.exp(flown.grid.log_pressure[-1]) == pytest.approx(20_000.0, rel=1e-3)
        assert np.exp(fallen.grid.log_pressure[-1]) == pytest.approx(floor_pa, rel=1e-3)
        assert not fallen.error.prior_only
    embedded = winds.of_climatology(case)
    assert winds.column(case, case_folder, [], embedded) is embedded


def test_where_memory_cannot_hold_the_wind_below_that_of_the_flight_serves(
    wind_file, case_folder, monkeypatch
):
    case = load(case_folder)
    flown = winds.of_case(case, case_folder, [wind_file])

    def full(*_, **__):
        raise FieldError(found="too much", expected="less", remedy="Take less.")

    monkeypatch.setattr(winds, "onward", full)
    assert winds.column(case, case_folder, [wind_file], flown) is flown
