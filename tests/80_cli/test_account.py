"""The main job through the command line: a small case, quick settings."""

import csv
import json
import re
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from overflight import account
from overflight.case.load import bundled
from overflight.case.template import write_new
from overflight.errors import CoverageError, OverflightError
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


def test_the_bundled_case_becomes_a_whole_release(quick):
    made, out = quick
    assert sorted(path.name for path in out.iterdir()) == [
        "manifest.json", "paths.csv", "report.html", "sightings.csv", "statements.csv",
        "zones.csv",
    ]  # fmt: skip
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


def test_everything_made_from_the_climatology_says_so(quick):
    made, out = quick
    html = (out / "report.html").read_text(encoding="utf-8")
    assert "climatology: prior only" in html
    assert made.posterior.wind_statement == "climatology: prior only"
    for table in out.glob("*.csv"):
        with table.open(encoding="utf-8", newline="") as file:
            assert {row["wind"] for row in csv.DictReader(file)} == {"climatology: prior only"}
    assert json.loads((out / "manifest.json").read_text())["settings"]["wind"]
    assert "Not answered" in html  # the steering verdict is refused


def test_the_paths_pass_where_they_must(quick):
    made, _ = quick
    zones = {zone.zone: zone.probability for zone in made.ledgers.traversed.zones}
    for name in ("US", "CA", "US-AK", "US-MT", "US-MO", "US-NC"):
        assert zones[name] > 0.8, name
    paths = made.posterior
    end = np.abs(paths.lat_deg[:, -1] - 33.57) + np.abs(paths.lon_deg[:, -1] + 78.85)
    assert np.median(end) < 0.4


def test_one_thread_or_three_give_identical_numbers(quick, tmp_path):
    made, out = quick
    again = account.run(
        bundled("2023-conus"), tmp_path / "again", settings=replace(QUICK, n_threads=3)
    )
    np.testing.assert_array_equal(again.posterior.lat_deg, made.posterior.lat_deg)
    assert again.posterior.log_evidence == made.posterior.log_evidence
    for path in out.iterdir():
        assert (tmp_path / "again" / path.name).read_bytes() == path.read_bytes(), path.name


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
        "case.yaml", "sightings.csv", "sources.csv", "statements.csv",
    }  # fmt: skip


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
