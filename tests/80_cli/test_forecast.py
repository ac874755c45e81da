"""The forecast through the command line: what it says, and what it refuses."""

import csv
import json
from datetime import timedelta
from itertools import pairwise

import pytest
from quick import QUICK, validated
from typer.testing import CliRunner

from overflight import forecast, kept
from overflight.case.load import load
from overflight.case.model import Case
from overflight.case.template import write_new
from overflight.cli import app
from overflight.errors import CaseError, CoverageError, OverflightError
from overflight.fields import climatology, packed
from overflight.fields.error_growth import BASIS
from overflight.inference.stratum import Settings
from overflight.release import aheadwords, landwords
from overflight.release.provenance import sha256


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv(kept.SWITCH, str(tmp_path / "cache"))


@pytest.fixture(scope="module")
def case_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cases") / "small"
    write_new(folder)
    return folder


@pytest.fixture(scope="module")
def made(case_folder, tmp_path_factory):
    out = tmp_path_factory.mktemp("forecast") / "release"
    return forecast.run(case_folder, 48.0, out=out, settings=QUICK), out


WATCHED = """
sites:
  - name: Miles City
    lat_deg: 46.43
    lon_deg: -105.89
    radius: 60 nmi
    source: airport
  - name: Auckland
    lat_deg: -37.0
    lon_deg: 174.8
    radius: 20 km
descent:
  time_min: 2023-02-02T09:00Z
  time_max: 2023-02-02T11:00Z
  speed_min: 4 m/s
  speed_max: 8 m/s
"""
EAST = {
    "type": "Feature",
    "properties": {"name": "east", "ceiling": "FL900", "kind": "FIR"},
    "geometry": {
        "type": "Polygon",
        "coordinates": [[[-106, 40], [-60, 40], [-60, 55], [-106, 55], [-106, 40]]],
    },
}


@pytest.fixture(scope="module")
def watching(tmp_path_factory):
    """The small case with a zone, two sites and a descent."""
    folder = tmp_path_factory.mktemp("watching") / "small"
    write_new(folder)
    head = folder / "case.yaml"
    text = head.read_text(encoding="utf-8").replace("_sea]", "_sea, zones.geojson]")
    head.write_text(text + WATCHED, encoding="utf-8")
    (folder / "zones.geojson").write_text(json.dumps(EAST), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def landed(watching, tmp_path_factory):
    out = tmp_path_factory.mktemp("landed") / "release"
    asked = forecast.Asked(orders=("Miles City before North Dakota",))
    return forecast.run(watching, 24.0, out=out, settings=QUICK, asked=asked), out


def test_zones_and_sites_of_the_case_are_in_words_table_and_json(landed):
    found, out = landed
    own = {line.zone: line for line in found.ahead.zones if line.kind in ("zone", "site")}
    assert set(own) == {"zone:east", "site:Miles City", "site:Auckland"}
    assert own["site:Auckland"].enters == 0.0
    assert own["zone:east"].enters + own["zone:east"].inside_now > 0.5
    lines = "\n".join(aheadwords.lines(found.told))
    assert "Auckland, within 20 km: enters: almost no chance (< 1 %), Monte-Carlo error" in lines
    assert "Miles City, within 111.1 km, then North Dakota:" in lines
    with (out / "zones.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["zone"]: row for row in csv.DictReader(file)}
    assert rows["zone:east"]["name"] == "east (FIR), below FL900"
    # A flight information region is told as what it is in law, and never as a territory.
    assert rows["zone:east"]["law"] == "fir"
    assert {row["law"] for row in rows.values() if row["kind"] == "country"} == {"country"}
    heading = next(line for line in lines.splitlines() if "flight information regions" in line)
    assert "not an entry into sovereign airspace" in heading
    facts = {one["zone"]: one for one in aheadwords.facts(found.told)["zones"]}
    assert facts["zone:east"]["law"] == "fir"
    assert aheadwords.facts(found.told)["orders"][0]["other"] == "North Dakota"
    assert "zones.geojson" in json.loads((out / "manifest.json").read_text())["inputs_sha256"]


def test_it_comes_down_where_the_case_says_so(landed):
    found, out = landed
    told = landwords.facts(found.told)
    zones = {one["zone"]: one for one in told["zones"]}
    assert zones["US"]["probability"] > 0.9
    states = sum(one["probability"] for one in told["zones"] if one["kind"] == "state")
    assert 0.8 < states <= 1.0 + 1e-9
    assert told["begins_utc"]["p05"] >= "2023-02-02T09:00Z"
    assert told["begins_utc"]["p95"] <= "2023-02-02T11:00Z"
    assert told["wind_floor_hpa"] == 200.0
    lines = "\n".join(landwords.lines(found.told))
    assert "The wind's source ends at 200 hPa" in lines
    assert "No country's land" in lines
    with (out / "comes_down.csv").open(encoding="utf-8", newline="") as file:
        assert {row["zone"] for row in csv.DictReader(file)} == set(zones)
    points = json.loads((out / "comes_down.geojson").read_text(encoding="utf-8"))["features"]
    assert len(points) == landwords.POINTS
    last = found.flown.paths
    assert (last.height_m[:, -1] == 0.0).all()
    ends = {line.zone: line.inside_at_end for line in found.ahead.zones}
    assert ends["US"] == pytest.approx(zones["US"]["probability"], abs=1e-9)


def test_a_descent_of_the_case_beyond_the_forecast_is_told_and_not_made(watching):
    found = forecast.run(watching, 3.0, settings=QUICK)
    assert found.told.comes_down is None
    assert "it stays aloft" in landwords.lines(found.told)[-1]


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"descend_at": "12h"}, "without a speed"),
        ({"descent_speed": "5 m/s"}, "without --descend-at"),
        ({"descend_at": "30h", "descent_speed": "5 m/s"}, "after the end of the forecast"),
        ({"descend_at": "2023-02-01T12:00Z", "descent_speed": "5 m/s"}, "before the last evidence"),
        ({"orders": ("Montana after Idaho",)}, "'before' between"),
        ({"orders": ("Montana before Narnia",)}, "no zone 'Narnia'"),
        ({"orders": ("Montana before Nort Dakota",)}, "Did you mean"),
    ],
)
def test_what_cannot_be_asked_is_refused_before_any_work(asked, words, case_folder):
    with pytest.raises(OverflightError, match=words):
        forecast.run(case_folder, 24.0, settings=QUICK, asked=forecast.Asked(**asked))


def test_a_wind_that_begins_after_the_evidence_is_refused(case_folder, tmp_path):
    case = load(case_folder)
    late = case.model_copy(
        update={
            "span": case.span.model_copy(
                update={"start": case.span.start + timedelta(days=3),
                        "end": case.span.end + timedelta(days=3)}
            )
        }
    )  # fmt: skip
    wind = weather(late, tmp_path / "late.nc", 48)
    with pytest.raises(CoverageError, match="after"):
        forecast.run(case_folder, 24.0, wind=[wind], settings=QUICK)


def only(tmp_path, keep):
    """The same case with some of its sightings."""
    other = tmp_path / "other"
    write_new(other)
    table = other / "sightings.csv"
    with table.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    with table.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        for row in rows:
            if row["id"] in keep:
                writer.writerow(row | {"conflicts_with": ""})
    statements = other / "statements.csv"
    statements.write_text(statements.read_text(encoding="utf-8").splitlines()[0] + "\n")
    return other


def weather(case_folder, path, hours):
    """The season's wind as an analysis that ends some hours after the span of the small case."""
    case = case_folder if isinstance(case_folder, Case) else load(case_folder)
    day = timedelta(days=1)
    wind = climatology.dataset(
        case.span_start - day, case.span_end + timedelta(hours=hours), 10_800.0, 5.0
    )
    wind.attrs = {
        "source": "gfs", "product": "analysis", "title": "invented", "attribution": "Nobody's data",
        "height_basis": "standard atmosphere",
    }  # fmt: skip
    packed.write(wind, path)
    return path


def case_end(case_folder):
    return load(case_folder).span_end


def test_it_begins_with_the_last_evidence_and_not_with_the_span(made, case_folder):
    case = load(case_folder)
    last = max(one.time_max for one in case.sightings)
    found, _ = made
    assert last < case.span_end
    begins = case.epoch + timedelta(seconds=found.flown.begin_s)
    assert timedelta(0) <= begins - last < timedelta(seconds=1_200)
    assert found.flown.covered_s == 48.0 * 3_600.0
    lines = "\n".join(aheadwords.lines(found.told))
    assert "climatology: prior only" in lines
    assert "had it flown on" not in lines


def test_the_release_is_whole_and_can_be_checked(made):
    found, out = made
    assert sorted(path.name for path in out.iterdir()) == [
        "ahead.json", "manifest.json", "paths.geojson", "report.txt", "schemas", "zones.csv",
    ]  # fmt: skip
    assert validated(out) == ["ahead"]
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    for name, digest in manifest["outputs_sha256"].items():
        assert sha256(out / name) == digest
    assert manifest["settings"]["hours"] == 48.0
    with (out / "zones.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["wind"] for row in rows} == {"climatology: prior only"}
    assert {row["zone"] for row in rows} == {line.zone for line in found.ahead.zones}
    features = json.loads((out / "paths.geojson").read_text(encoding="utf-8"))["features"]
    assert len(features) == 100
    for one in features:
        for part in one["geometry"]["coordinates"]:
            assert all(abs(a[0] - b[0]) <= 180.0 for a, b in pairwise(part))


def test_the_balloon_over_montana_goes_east(made):
    found, _ = made
    first, *_, last = aheadwords.middles(found.flown)
    assert last.lon_deg > first.lon_deg + 5.0
    assert last.half_m > 2.0 * first.half_m
    assert last.most_m > last.half_m
    zones = {line.zone: line for line in found.ahead.zones}
    assert zones["US"].inside_now > 0.9
    assert zones["US-ND"].enters > 0.1
    assert sum(z.inside_at_end for z in found.ahead.zones if z.kind == "country") <= 1.0 + 1e-9


def test_a_time_known_to_hours_is_never_told_in_minutes(made):
    found, out = made
    with (out / "zones.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["zone"]: row for row in csv.DictReader(file)}
    told = {one["zone"]: one for one in aheadwords.facts(found.told)["zones"]}
    wide = [z for z in found.ahead.zones if z.entry and z.entry.width_s >= 6 * 3_600.0]
    assert wide
    for line in wide:
        assert rows[line.zone]["entry_p50_utc"].endswith(":00Z")
        assert all(one.endswith(":00Z") for one in told[line.zone]["entry_utc"].values())
    hourly = aheadwords.moment(found.told.case.epoch, wide[0].entry.p50_s, wide[0].entry.width_s)
    assert any(hourly in words for words in aheadwords.lines(found.told))
    assert ":" not in hourly


def test_the_same_seed_gives_the_same_files_on_any_number_of_threads(made, case_folder, tmp_path):
    _, out = made
    again = tmp_path / "again"
    forecast.run(
        case_folder, 48.0, out=again, settings=Settings(**(vars(QUICK) | {"n_threads": 1}))
    )
    for path in (one for one in out.rglob("*") if one.is_file()):
        name = path.relative_to(out)
        assert (again / name).read_bytes() == path.read_bytes(), name


def test_a_wind_that_ends_early_covers_what_it_can_and_says_so(case_folder, tmp_path):
    wind = weather(case_folder, tmp_path / "weather.nc", 12)
    found = forecast.run(case_folder, 72.0, wind=[wind], settings=QUICK)
    assert 20.0 * 3_600.0 < found.flown.covered_s < 30.0 * 3_600.0
    lines = "\n".join(aheadwords.lines(found.told))
    assert "The wind ends" in lines
    assert "were asked for" in lines
    until = case_end(case_folder) + timedelta(hours=12)
    assert f"it is valid until {until.day} Feb {until:%H:%M}Z" in lines
    facts = aheadwords.facts(found.told)
    assert facts["covered_h"] < facts["asked_h"] == 72.0
    assert BASIS in facts["basis"]
    assert not facts["wind_prior_only"]


def test_a_wind_that_ends_before_the_evidence_is_refused(case_folder, tmp_path):
    wind = weather(case_folder, tmp_path / "weather.nc", -15)  # at 00 UTC, the evidence at 00:30
    with pytest.raises(CoverageError, match="h before"):
        forecast.run(case_folder, 24.0, wind=[wind], settings=QUICK)


@pytest.mark.parametrize("hours", [0.0, -3.0, 241.0, float("nan"), float("inf")])
def test_odd_lengths_are_refused_before_any_work(hours, tmp_path):
    with pytest.raises(CaseError, match="a forecast of"):
        forecast.run(tmp_path / "no such case", hours)


def test_no_evidence_is_refused(case_folder):
    unused = load(case_folder).model_copy(update={"sightings": ()})
    with pytest.raises(CaseError, match="no sighting whose position counts"):
        forecast.until_last_evidence(unused)


def test_one_fix_is_enough_and_is_wide(tmp_path):
    folder = only(tmp_path, {"s2"})
    found = forecast.run(folder, 6.0, settings=QUICK)
    first, *_, last = aheadwords.middles(found.flown)
    assert last.most_m > first.most_m > 50_000.0


def test_a_flight_that_ended_is_told_as_had_it_flown_on(tmp_path):
    folder = tmp_path / "ended"
    write_new(folder)
    head = folder / "case.yaml"
    text = head.read_text(encoding="utf-8")
    text = text.replace("# flight_end_sighting: s9 ", "flight_end_sighting: s3 ")
    head.write_text(text, encoding="utf-8")
    found = forecast.run(folder, 2.0, settings=QUICK)
    assert any("had it flown on" in line for line in aheadwords.lines(found.told))
    assert aheadwords.facts(found.told)["flight_ended"]


def test_a_folder_that_is_no_release_is_left_alone(case_folder, tmp_path):
    keep = tmp_path / "thesis"
    keep.mkdir()
    (keep / "chapter.txt").write_text("years of work")
    with pytest.raises(OverflightError, match="not a release"):
        forecast.run(case_folder, 24.0, out=keep, settings=QUICK)
    assert (keep / "chapter.txt").read_text() == "years of work"


def test_the_command_prints_json(case_folder, monkeypatch):
    run = forecast.run
    monkeypatch.setattr(forecast, "run", lambda *a, **k: run(*a, **(k | {"settings": QUICK})))
    done = CliRunner().invoke(
        app,
        ["forecast", str(case_folder), "--hours", "3", "--json", "--quiet",
         "--order", "Montana before North Dakota"],
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert told["asked_h"] == told["covered_h"] == 3.0
    assert told["middle"][0]["time_utc"] == told["begins_utc"]
    assert told["comes_down"] is None
    (order,) = told["orders"]
    ways = ("first", "second", "only_one", "only_other", "neither")
    assert sum(order[way] for way in ways) == pytest.approx(1.0)
    done = CliRunner().invoke(app, ["forecast", str(case_folder), "--hours", "-1"])
    assert done.exit_code != 0
