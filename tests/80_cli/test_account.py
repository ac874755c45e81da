"""The main job through the command line: a small case, quick settings."""

import csv
import json
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import jsonschema
import numpy as np
import pytest
from quick import validated

from overflight import account
from overflight.case.load import bundled
from overflight.case.template import write_new
from overflight.errors import CoverageError, FieldError, OverflightError
from overflight.inference.stratum import Settings
from overflight.release.provenance import sha256

QUICK = Settings(
    n_points=60, n_strata=6, n_filtered=6, n_runs=3, n_particles=32, n_draws=8, n_paths=120,
    n_starts=1, n_defensive=1,
)  # fmt: skip


@pytest.fixture(scope="module")
def quick(tmp_path_factory):
    out = tmp_path_factory.mktemp("account") / "release"
    return account.run(bundled("2023-conus"), out, settings=QUICK), out


def test_every_ledger_file_is_what_its_schema_in_the_release_says(quick):
    """Real data, by a validator that is not ours; a file with NaN or infinity is no JSON."""
    _, out = quick
    names = validated(out)
    assert names == [
        "brought_down", "carried", "claimed", "collected", "origin", "seen", "steered", "traversed",
    ]  # fmt: skip
    claims = json.loads((out / "claimed.json").read_text(encoding="utf-8"))
    claims["statements"][0]["text"] = 5
    shape = json.loads((out / "schemas" / "claimed.schema.json").read_text(encoding="utf-8"))
    assert not jsonschema.Draft202012Validator(shape).is_valid(claims)


def test_the_bundled_case_becomes_a_whole_release(quick):
    made, out = quick
    assert sorted(path.name for path in out.iterdir()) == sorted([
        "brought_down.csv", "brought_down.geojson", "brought_down.json",
        "brought_down_footprints.csv", "brought_down_windows.csv", "carried.json", "case",
        "chronology.json", "claimed.json", "claims.jsonld", "collected.csv", "collected.json",
        "collected_ground.csv", "collected_people.csv", "embed.html", "figures", "ledger.sqlite",
        "manifest.json", "orders.csv", "origin.csv", "origin.json", "origin_regions.csv",
        "paths.csv", "paths.nc", "prov.json", "report.html", "ro-crate-metadata.json", "schemas",
        "seas.csv", "seen.csv", "seen.json", "sightings.csv", "statements.csv", "steered.csv",
        "steered.json",
        "tags.csv", "tracks.geojson", "tracks.kmz", "traversed.json", "zones.csv",
    ])  # fmt: skip
    assert made.report == out / "report.html"
    assert made.report.stat().st_size < 2_000_000


def test_contradicting_reports_all_reach_the_release(quick):
    _, out = quick
    with (out / "sightings.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["id"]: row for row in csv.DictReader(file)}
    assert len(rows) == 42
    for one, other in (("CN23-01", "CN23-03"), ("CN23-07a", "CN23-07b"), ("CN23-19a", "CN23-19b")):
        assert other in rows[one]["conflicts_with"]
        assert one in rows[other]["conflicts_with"]
    assert rows["CN23-04"]["why_not_used"]
    html = (out / "report.html").read_text(encoding="utf-8")
    assert all(name in html for name in rows)


def test_the_release_says_how_many_observations_there_are_and_in_what_order(quick):
    made, out = quick
    html = (out / "report.html").read_text(encoding="utf-8")
    assert "40 used sightings are 40 observations" in html
    assert "In what order did it happen" in html
    assert 'aria-labelledby="timeline-t"' in html
    told = json.loads((out / "chronology.json").read_text(encoding="utf-8"))
    assert len(told["contradictions"]) == len(made.ledgers.chronology.clashes) == 1
    with closing(sqlite3.connect(out / "ledger.sqlite")) as database:
        rows = dict(database.execute("SELECT statement, credibility FROM results"))
        lost = database.execute("PRAGMA foreign_key_check").fetchall()
    assert rows == {one.statement.id: one.credibility for one in made.ledgers.claimed.lines}
    assert lost == []


def test_everything_made_from_the_climatology_says_so(quick):
    made, out = quick
    html = (out / "report.html").read_text(encoding="utf-8")
    assert "climatology: prior only" in html
    assert made.posterior.wind_statement == "climatology: prior only"
    for table in out.glob("*.csv"):
        if table.name == "tags.csv":
            continue  # what sources are; no wind is in it
        with table.open(encoding="utf-8", newline="") as file:
            assert {row["wind"] for row in csv.DictReader(file)} == {"climatology: prior only"}
    assert json.loads((out / "manifest.json").read_text())["settings"]["wind"]
    assert "Not answered" in html  # the steering verdict is refused
    answer = json.loads((out / "steered.json").read_text(encoding="utf-8"))
    assert (answer["verdict"], answer["wind"]) == ("refused", "climatology: prior only")


def test_the_usual_winds_say_that_they_cannot_tell_the_launch(quick):
    made, out = quick
    found = made.ledgers.origin
    assert found.verdict == "too wide"
    assert found.begin_id == "CN23-05"
    assert found.before == ("CN23-01", "CN23-02", "CN23-03")
    told = json.loads((out / "origin.json").read_text(encoding="utf-8"))
    assert told["verdict"] == "too wide"
    assert told["wind"] == "climatology: prior only"
    html = (out / "report.html").read_text(encoding="utf-8")
    assert "Where was it launched?" in html
    assert "usual winds cannot tell" in html
    # Even in the season's mean wind single lines part by thousands of kilometres with the height.
    assert max(found.fans[0].apart_m[:5]) > 3_000e3


def test_the_paths_pass_where_they_must(quick):
    made, _ = quick
    zones = {zone.zone: zone.probability for zone in made.ledgers.traversed.zones}
    for name in ("US", "CA", "US-AK", "US-MT", "US-MO", "US-NC"):
        assert zones[name] > 0.8, name
    paths = made.posterior
    end = np.abs(paths.lat_deg[:, -1] - 33.57) + np.abs(paths.lon_deg[:, -1] + 78.85)
    assert np.median(end) < 0.4


def test_where_it_came_down_was_in_view(quick):
    """Myrtle Beach lies 19 km from the last report; over Billings it was seen on two days."""
    made, _ = quick
    sites = {one.name: one for one in made.ledgers.collected.sites}
    assert sites["Myrtle Beach"].levels[0].probability > 0.99
    assert sites["Myrtle Beach"].levels[3].probability > 0.9  # above 20 degrees
    assert sites["Billings Logan"].levels[0].in_view.p50_s > 86_400.0
    assert {one.name for one in made.ledgers.seen.observers if one.generous.probability > 0.9} == {
        "Billings", "Charlotte", "Myrtle Beach",
    }  # fmt: skip


def test_one_thread_or_three_give_identical_numbers(quick, tmp_path):
    made, out = quick
    again = account.run(
        bundled("2023-conus"), tmp_path / "again", settings=replace(QUICK, n_threads=3)
    )
    np.testing.assert_array_equal(again.posterior.lat_deg, made.posterior.lat_deg)
    assert again.posterior.log_evidence == made.posterior.log_evidence
    for path in (one for one in out.rglob("*") if one.is_file()):
        name = path.relative_to(out)
        assert (tmp_path / "again" / name).read_bytes() == path.read_bytes(), name


def test_another_seed_gives_other_paths(quick, tmp_path):
    made, _ = quick
    other = account.run(bundled("2023-conus"), tmp_path / "other", seed=2, settings=QUICK)
    assert not np.array_equal(other.posterior.lat_deg[:, -1], made.posterior.lat_deg[:, -1])
    assert other.posterior.log_evidence == pytest.approx(made.posterior.log_evidence, abs=6.0)


def test_the_manifest_names_every_file_and_its_hash(quick):
    _, out = quick
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    for name, digest in manifest["outputs_sha256"].items():
        assert sha256(out / name) == digest
    assert set(manifest["inputs_sha256"]) == {
        "case.yaml", "events.csv", "relations.csv", "sightings.csv", "sources.csv",
        "statements.csv",
    }  # fmt: skip


def test_it_could_have_come_down_safely_at_sea_but_not_over_the_carolinas(quick):
    """Nobody lives below for days over the Pacific; the last morning crosses 50 to 90 per km2."""
    made, _ = quick
    found = made.ledgers.brought_down
    assert 0.3 < found.share(0, "below") < 0.7
    assert found.lost_fraction == 0.0
    first, last = found.moments[0], found.moments[-1]
    assert last.time_s - first.time_s > 15 * 86_400.0
    longest = max(found.windows, key=lambda one: one.end_s - one.begin_s if one.way == 0 else 0.0)
    assert longest.label == "below"
    assert longest.land_fraction < 0.05
    inland = [one for one in found.moments if one.lon_deg > -95.0 and one.lat_deg > 34.5]
    assert all(one.risks[0].below_fraction == 0.0 for one in inland if -95.0 < one.lon_deg < -81.0)
    assert found.typical[0].own_along_sd_m < 20_000.0  # in a wind that ends at 200 hPa
    remains = {one.pieces: one for one in found.remains}
    heavy = remains["structure and dense parts"]
    assert heavy.off_m < heavy.most_m  # the reported field lies among the falls


@pytest.mark.parametrize(
    ("people", "words"),
    [("none.nc", "no file"), ("people.tif", "GeoTIFF"), ("people.nc", "NetCDF")],
)
def test_people_that_cannot_be_read_stop_a_run_before_it_flies(people, words, tmp_path):
    (tmp_path / "people.tif").write_bytes(b"II*\x00" + bytes(60))
    (tmp_path / "people.nc").write_bytes(b"people, people")
    stages = []
    with pytest.raises(FieldError, match=words):
        account.run(
            bundled("2023-conus"), tmp_path / "out", people=tmp_path / people, settings=QUICK,
            progress=lambda stage, *_: stages.append(stage),
        )  # fmt: skip
    assert set(stages) == {"wind"}
    assert not (tmp_path / "out").exists()


def test_people_of_a_case_lie_inside_its_folder(tmp_path):
    case = tmp_path / "mine"
    write_new(case)
    path = case / "case.yaml"
    path.write_text(
        path.read_text(encoding="utf-8") + "\npopulation: ../people.nc\n", encoding="utf-8"
    )
    with pytest.raises(FieldError, match=r"population: \.\./people\.nc"):
        account.run(case, tmp_path / "out", settings=QUICK)


def test_a_folder_that_is_no_release_is_left_alone(tmp_path):
    keep = tmp_path / "thesis"
    keep.mkdir()
    (keep / "chapter.txt").write_text("years of work")
    with pytest.raises(OverflightError, match="not a release"):
        account.run(bundled("2023-conus"), keep, settings=QUICK)
    assert (keep / "chapter.txt").read_text() == "years of work"


def test_a_float_band_beyond_the_wind_is_refused(tmp_path):
    case = tmp_path / "high"
    write_new(case)
    text = (case / "case.yaml").read_text(encoding="utf-8")
    text = re.sub(r"float_altitude_max:.*", "float_altitude_max: 120,000 ft", text)
    (case / "case.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(CoverageError, match="where the embedded climatology is defined"):
        account.run(case, tmp_path / "out", settings=QUICK)
    assert not (tmp_path / "out").exists()


def test_a_new_case_from_the_template_can_be_accounted_for(tmp_path):
    write_new(tmp_path / "mine")
    made = account.run(tmp_path / "mine", tmp_path / "out", settings=QUICK)
    assert made.report.exists()
    assert abs(made.posterior.weight.sum() - 1.0) < 1e-9


def test_hostile_cells_are_shown_as_text_in_every_output(tmp_path):
    case = tmp_path / "hostile"
    shutil.copytree(bundled("2023-conus"), case)
    table = case / "statements.csv"
    text = table.read_text(encoding="utf-8")
    with table.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    rows[0]["text"] = "<script>alert(1)</script>"
    rows[1]["text"] = '=HYPERLINK("http://example.org","x")'
    rows[2]["speaker"] = "</script><img src=x onerror=alert(2)>"
    with table.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    assert text != table.read_text(encoding="utf-8")
    out = tmp_path / "out"
    account.run(case, out, settings=QUICK)
    html = (out / "report.html").read_text(encoding="utf-8")
    assert "<script>alert(1)" not in html
    assert "<img src=x" not in html
    assert "&lt;script&gt;alert(1)" in html
    with (out / "statements.csv").open(encoding="utf-8", newline="") as file:
        cells = [cell for row in csv.reader(file) for cell in row]
    assert "<script>alert(1)</script>" in cells
    assert any(cell.startswith("'=HYPERLINK(") for cell in cells)
    assert not any(cell.startswith("=") for cell in cells)


def test_an_interrupted_run_leaves_no_release(tmp_path):
    """Only what it has finished stays, and a word on how to go on from there."""
    out = tmp_path / "out" / "release"
    command = Path(sys.executable).with_name("overflight")
    program = [str(command), "account", str(bundled("2023-conus")), "--out", str(out)]
    with subprocess.Popen([*program, "--json-progress"], stderr=subprocess.PIPE, text=True) as run:
        for line in run.stderr:
            if json.loads(line).get("stage") == "paths":
                break
        run.send_signal(signal.SIGINT)
        rest = run.stderr.read()
        assert run.wait(timeout=120) == 130
    assert "2 of 2 launches" in rest
    assert "the same command with --resume goes on there" in rest
    assert "interrupted: no release was written" in rest
    assert [path.name for path in out.parent.iterdir()] == ["release.partial"]


COUNTED = """
import sys
from dataclasses import replace
from pathlib import Path
from numba.core import event
from overflight import account
from overflight.case.load import bundled

class Listener(event.Listener):
    def on_start(self, happened):
        print("compiled", happened.data["dispatcher"].py_func.__qualname__)
    def on_end(self, happened):
        pass

event.register("numba:compile", Listener())
account.run(bundled("2023-conus"), Path(sys.argv[1]), settings=replace(account._LEAST, n_threads=2))
"""


@pytest.mark.slow
def test_a_warmed_account_compiles_nothing(tmp_path):
    for code in ("from overflight import account; account.warm()", COUNTED):
        done = subprocess.run(
            [sys.executable, "-c", code, str(tmp_path / "release")],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert done.stdout == ""
