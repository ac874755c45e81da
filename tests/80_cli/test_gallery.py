"""Worked accounts under ``cases/``: each is sound, and says what the gallery says it does."""

import csv
import importlib.util

import numpy as np
import pytest

from overflight import account
from overflight.case.load import load
from overflight.physics.sphere import n_vector

CASES = ("2023-conus", "2023-pico", "simulated-europe")


def table(path):
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.mark.parametrize("name", CASES)
def test_the_case_has_no_mistake_and_says_what_it_is(root, name):
    folder = root / "cases" / name
    assert load(folder).sightings
    assert (folder / "README.md").is_file()
    assert f"cases/{name}" in (root / "docs" / "gallery.md").read_text(encoding="utf-8")


def test_no_case_is_missing_here(root):
    assert {path.parent.name for path in root.glob("cases/*/case.yaml")} == set(CASES)


def test_the_made_up_case_is_what_its_tool_makes(root):
    found = importlib.util.spec_from_file_location(
        "make_simulated_case", root / "tools" / "make_simulated_case.py"
    )
    tool = importlib.util.module_from_spec(found)
    found.loader.exec_module(tool)
    for name, text in tool.files(tool.SEED).items():
        assert (tool.FOLDER / name).read_text(encoding="utf-8") == text, name


@pytest.fixture(scope="module")
def made_up(root, tmp_path_factory):
    out = tmp_path_factory.mktemp("gallery") / "out"
    account.run(root / "cases" / "simulated-europe", out)
    return out


def probabilities(out):
    return {
        row["id"]: (row["verdict"], float(row["probability_fraction"] or "nan"))
        for row in table(out / "statements.csv")
    }


@pytest.mark.slow
def test_the_account_tells_true_from_false_statements_and_stray_reports(root, made_up):
    truth = table(root / "cases" / "simulated-europe" / "truth_of_statements.csv")
    found = probabilities(made_up)
    for row in truth:
        refuted = {"contradicted", "impossible as stated"}
        assert found[row["id"]][0] in ({"supported"} if row["true"] == "yes" else refuted)
    right = table(root / "cases" / "simulated-europe" / "truth_of_sightings.csv")
    given = {r["id"]: float(r["position_right_fraction"]) for r in table(made_up / "sightings.csv")}
    for row in right:
        assert (given[row["id"]] > 0.5) == (row["right_about_the_place"] == "yes")
    assert given["s0"] < 0.01


@pytest.mark.slow
def test_the_true_flight_lies_among_the_paths(root, made_up):
    """Its depth among them: at every hour, how many paths are nearer their middle than the truth.

    Ranks along one flight go together, so only a truth that is nearly always at the rim would tell.
    """
    paths = {}
    for row in table(made_up / "paths.csv"):
        place = n_vector(float(row["lat_deg"]), float(row["lon_deg"]))
        paths.setdefault(row["time_utc"], []).append(place)
    ranks = []
    for row in table(root / "cases" / "simulated-europe" / "truth.csv"):
        there = paths.get(row["time"].replace(":00Z", "Z"))
        if there is None or len(there) < 100:
            continue
        cloud = np.array(there)
        middle = cloud.mean(axis=0)
        off = np.linalg.norm(cloud - middle, axis=1)
        true = np.array(n_vector(float(row["lat_deg"]), float(row["lon_deg"])))
        ranks.append(float(np.mean(off < np.linalg.norm(true - middle))))
    assert len(ranks) > 20
    assert np.mean(ranks) < 0.9
    assert np.quantile(ranks, 0.5) < 0.95


@pytest.mark.slow
def test_the_hobby_balloon_is_not_decided(root, tmp_path):
    """The embedded winds cannot say; the numbers of the gallery page within their spread."""
    account.run(root / "cases" / "2023-pico", tmp_path / "out")
    found = probabilities(tmp_path / "out")
    undecided = {"consistent (not decided)", "untestable"}
    assert {found["Q1"][0], found["S122a"][0]} <= undecided
    assert found["S122"][0] == "untestable"
    assert 0.001 < found["Q1"][1] < 0.04
    assert 0.09 < found["S122a"][1] < 0.20
