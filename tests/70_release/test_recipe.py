"""A manifest from elsewhere is read with care: what makes no sense is named, and nothing is run."""

import json
from dataclasses import asdict, fields
from datetime import date

import pytest

from overflight import reproduce
from overflight.errors import OverflightError
from overflight.inference.stratum import Settings
from overflight.release import provenance, recipe, verify
from overflight.release.formats import writing
from overflight.release.provenance import MANIFEST, Origin
from overflight.release.redact.levels import Level

TOLD = {"wind": "x", "seed": 7, "leave_one_out": True, **asdict(Settings()), "device": "cpu"}


@pytest.fixture
def release(tmp_path):
    """A release as far as anything looks before it runs."""
    folder = tmp_path / "release"
    (folder / "case").mkdir(parents=True)
    (folder / "case" / "case.yaml").write_text("title: x\n")
    origin = Origin("mine", {"case.yaml": "ab" * 32}, TOLD, "overflight ...", date(2026, 1, 2))
    (folder / MANIFEST).write_bytes(provenance.manifest(folder, origin))
    return folder


def changed(release, **members):
    """Members written anew, and sealed as if they had always been so; None takes one out."""
    path = release / MANIFEST
    content = json.loads(path.read_text()) | members
    kept = {name: value for name, value in content.items() if value is not None}
    path.write_bytes(provenance.sealed(kept))


def test_what_was_told_is_what_is_read(release):
    found = recipe.read(verify.manifest_of(release))
    assert (found.case_id, found.made_on, found.seed) == ("mine", date(2026, 1, 2), 7)
    assert (found.leave_one_out, found.device) == (True, "cpu")
    assert Settings(**found.settings) == Settings()
    assert set(found.settings) == {one.name for one in fields(Settings)} - {"n_threads", "device"}


@pytest.mark.parametrize(
    "members",
    [
        *({name: None} for name in ("settings", "inputs_sha256", "made_on", "case_id")),
        {"settings": []},
        {"settings": {}},
        *(
            {"settings": TOLD | one}
            for one in (
                {"seed": "x"}, {"seed": True}, {"seed": -1}, {"seed": 1.5}, {"seed": None},
                {"n_particles": -3}, {"n_particles": "many"}, {"n_particles": 0},
                {"n_particles": 10**30}, {"n_runs": None}, {"dt_s": 0}, {"dt_s": "long"},
                {"dt_s": float("inf")}, {"dt_s": float("nan")}, {"dt_s": []},
            )
        ),
        {"inputs_sha256": []},
        {"inputs_sha256": {"case.yaml": 5}},
        {"made_on": "yesterday"},
        {"made_on": 5},
        {"case_id": ""},
        {"case_id": 7},
        {"case_id": "/"},
    ],
)  # fmt: skip
def test_a_member_that_makes_no_sense_is_named_and_nothing_is_run(members, release, monkeypatch):
    changed(release, **members)
    assert verify.check(release).wrong == ()  # its seal is right: who wrote it sealed it
    monkeypatch.setattr(reproduce, "run", lambda *_, **__: pytest.fail("it ran"))
    (name, value), *_ = members.items()
    inner = {k for k, v in value.items() if TOLD.get(k) != v} if isinstance(value, dict) else set()
    with pytest.raises(OverflightError, match=r"manifest\.json says") as caught:
        reproduce.reproduce(release, reproduce.Inputs())
    assert caught.value.found.split(" of ")[-1] in {name, "seed", *inner}


def test_a_case_of_a_name_that_is_a_path_stays_in_its_folder(release):
    changed(release, case_id="../../../etc/mine")
    assert recipe.read(verify.manifest_of(release)).case_id == "mine"


def test_settings_that_this_version_does_not_know_are_left_out(release):
    changed(release, settings=TOLD | {"n_wings": 2})
    assert "n_wings" not in recipe.read(verify.manifest_of(release)).settings


@pytest.mark.parametrize("what", ["reproduce", "redact", "export"])
@pytest.mark.parametrize(
    ("found", "remedy"),
    [(1, "Make an account of its case again"), (3, "Install the version"), (0, "Install"),
     ("2", "Install"), (True, "Install"), (2.0, "Install"), ([], "Install")],
)  # fmt: skip
def test_a_release_of_another_version_is_refused_and_the_version_named(
    what, found, remedy, release, tmp_path
):
    changed(release, format=found, made_with={"overflight": "0.0.9"})
    do = {
        "reproduce": lambda: reproduce.reproduce(release, reproduce.Inputs()),
        "redact": lambda: reproduce.redact(
            release, Level.PUBLIC, tmp_path / "out", reproduce.Inputs()
        ),
        "export": lambda: writing.export(release, ("kml",), tmp_path / "out"),
    }[what]
    with pytest.raises(OverflightError, match=r"made with overflight 0\.0\.9") as caught:
        do()
    assert f"a release of format {found}," in caught.value.found
    assert caught.value.remedy.startswith(remedy)
    assert not (tmp_path / "out").exists()
