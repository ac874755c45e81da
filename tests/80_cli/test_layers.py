"""The commands on layers, as typed: what is printed, kept, refused."""

import json
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from overflight.case.template import write_new
from overflight.cli import app

RING = [[-109, 45], [-107, 45], [-107, 47], [-109, 47], [-109, 45]]
BOW = [[-109, 45], [-107, 47], [-107, 45], [-109, 47], [-109, 45]]


@pytest.fixture
def case(tmp_path):
    write_new(tmp_path / "case")
    return tmp_path / "case"


def zones(path, *rings, **properties):
    features = [
        {
            "type": "Feature",
            "properties": {"name": f"zone {k}"} | properties,
            "geometry": {"type": "Polygon", "coordinates": [one]},
        }
        for k, one in enumerate(rings)
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


def typed(*arguments):
    return CliRunner().invoke(app, [str(a) for a in arguments], catch_exceptions=False)


def test_add_list_validate_remove(case, tmp_path):
    file = zones(tmp_path / "f.geojson", RING, BOW)
    before = (case / "case.yaml").read_bytes()
    done = typed("layers", "add", file, "--case", case, "--kind", "FIR", "--licence", "CC0, nobody")
    assert done.exit_code == 0
    assert "crosses itself near 46.0000, -108.0000" in done.output
    assert "layer f with 2 zones" in done.output
    listed = typed("layers", "list", "--case", case).output
    assert "zone 1 (fir)" in listed
    assert "licence: CC0, nobody" in listed
    assert "SHA-256" in listed
    assert "2 zones" in typed("validate", case).output
    assert typed("layers", "remove", "f", "--case", case).exit_code == 0
    assert (case / "case.yaml").read_bytes() == before
    assert "no layers" in typed("layers", "list", "--case", case).output


def test_a_mistake_ends_with_status_2_and_no_traceback(case, tmp_path):
    file = zones(tmp_path / "f.geojson", [[0, 0], [1, 91], [1, 0], [0, 0]])
    for arguments in (
        ["add", file, "--case", case],
        ["add", tmp_path / "none.kml", "--case", case],
        ["add", zones(tmp_path / "g.geojson", RING), "--case", case, "--kind", "castle"],
        ["remove", "none", "--case", case],
    ):
        done = subprocess.run(
            [sys.executable, "-c", "from overflight.cli import main; main()", "layers",
             *map(str, arguments)],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 2, done.stderr
        assert "Traceback" not in done.stderr
        assert "expected" in done.stderr
    assert not (case / "layers").exists()


def test_a_terminal_is_not_obeyed(case, tmp_path):
    file = zones(tmp_path / "e\x1b[2J.geojson", RING, name="a\x1b[2Jb")
    done = typed("layers", "add", file, "--case", case)
    assert done.exit_code == 0
    assert "\x1b" not in done.output + typed("layers", "list", "--case", case).output
