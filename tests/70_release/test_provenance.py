"""A release that was changed by one byte is found out, and what changed is named."""

import json
import shutil
import subprocess
import sys
from datetime import date

import flown
import pytest
import wandering

from overflight.errors import OverflightError
from overflight.release import comparing, crate, provenance, verify
from overflight.release.provenance import MANIFEST, Origin

ORIGIN = Origin(
    "mine", {"case.yaml": "ab" * 32, "wind/era5.nc": "cd" * 32}, {"seed": 1, "wind": "x"},
    "overflight account CASE --seed 1", date(2026, 1, 2),
)  # fmt: skip


@pytest.fixture
def release(tmp_path):
    """A small release of every kind of file."""
    folder = tmp_path / "release"
    (folder / "case").mkdir(parents=True)
    (folder / "case" / "case.yaml").write_text("title: x\n")
    (folder / "zones.csv").write_text("zone,probability\r\nCA,0.9100\r\n")
    (folder / "answer.json").write_text(json.dumps({"speed_mps": [1.25, 2.5], "who": "a"}))
    (folder / "report.html").write_text("<p>It flew at 18.3 km for 12 days.</p>")
    wandering.tracks(folder)
    crate.write(folder, "Title <b>", "Summary", ORIGIN)
    (folder / MANIFEST).write_bytes(provenance.manifest(folder, ORIGIN))
    return folder


def test_an_untouched_release_is_right(release):
    checked = verify.check(release)
    assert checked.wrong == ()
    assert checked.n_files == 6
    verify.refuse_wrong(checked, release)


def test_a_flipped_bit_in_any_file_is_found_and_the_file_named(release):
    for path in [one for one in release.rglob("*") if one.is_file()]:
        raw = bytearray(path.read_bytes())
        for at in (0, len(raw) // 2, len(raw) - 2):
            raw[at] ^= 1
            path.write_bytes(raw)
            name = path.relative_to(release).as_posix()
            with pytest.raises(OverflightError, match=name.replace(".", r"\.")):
                verify.refuse_wrong(verify.check(release), release)
            raw[at] ^= 1
            path.write_bytes(raw)
    assert verify.check(release).wrong == ()


def test_every_flipped_byte_of_the_manifest_is_found(release):
    path = release / MANIFEST
    raw = path.read_bytes()
    for at in range(len(raw)):
        path.write_bytes(raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :])
        with pytest.raises(OverflightError):
            verify.refuse_wrong(verify.check(release), release)


@pytest.mark.parametrize("what", ["added", "missing", "emptied", "a link", "grown"])
def test_other_changes_are_named(what, release):
    path = release / "zones.csv"
    if what == "added":
        (release / "case" / "more.txt").write_text("")
    elif what == "missing":
        path.unlink()
    elif what == "emptied":
        path.write_bytes(b"")
    elif what == "grown":
        path.write_bytes(path.read_bytes() + b"\n")
    else:
        (release / "there").symlink_to(release / "zones.csv")
    (wrong,) = verify.check(release).wrong
    assert wrong.startswith({"added": "case/more.txt", "a link": "there"}.get(what, "zones.csv"))


def test_half_a_release_is_said_in_words(release, tmp_path):
    (release / MANIFEST).unlink()
    with pytest.raises(OverflightError, match="a folder without a manifest"):
        verify.check(release)
    with pytest.raises(OverflightError, match="no release folder"):
        verify.check(tmp_path / "none")


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"outputs_sha256": {"../secret": "00"}}', '{"outputs_sha256": {"a": 3}}',
     '{"outputs_sha256": {"/etc/passwd": "00"}}', "[" * 100_000, "\x00"],
)  # fmt: skip
def test_a_hostile_manifest_is_refused(text, release):
    (release / MANIFEST).write_text(text)
    with pytest.raises(OverflightError, match="changed or damaged"):
        verify.check(release)


def test_releases_of_other_versions_are_named(release):
    content = json.loads((release / MANIFEST).read_text())
    content["format"], content["made_with"]["overflight"] = 3, "2.0.0"
    (release / MANIFEST).write_bytes(provenance.sealed(content))
    with pytest.raises(OverflightError, match=r"format 3, made with overflight 2\.0\.0"):
        verify.check(release)


def test_a_release_of_the_first_format_can_be_checked(release):
    content = json.loads((release / MANIFEST).read_text())
    old = {name: content[name] for name in ("made_with", "settings", "outputs_sha256")}
    (release / MANIFEST).write_text(json.dumps(old, indent=2))
    checked = verify.check(release)
    assert (checked.format, checked.wrong) == (1, ())


def test_the_crate_loads_and_tells_the_run(release):
    code = (
        "import sys, json\n"
        "from rocrate.rocrate import ROCrate\n"
        "crate = ROCrate(sys.argv[1])\n"
        "run = crate.get('#run')\n"
        "print(json.dumps([run.type, run['instrument']['name'], len(run['object']),"
        " len(run['result']), str(crate.root_dataset['datePublished']), crate.name,"
        " sorted(e.id for e in crate.data_entities)]))\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code, str(release)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    kind, instrument, n_inputs, n_results, day, title, files = json.loads(done.stdout)
    assert (kind, instrument) == ("CreateAction", "overflight")
    assert n_inputs == 2 + len(ORIGIN.settings)
    assert n_results == 4
    assert day == "2026-01-02"
    assert title == "Title <b>"
    assert files == ["answer.json", "case/case.yaml", "paths.nc", "report.html", "zones.csv"]


def test_hashes_of_the_crate_are_those_of_the_files(release):
    graph = json.loads((release / provenance.CRATE).read_text())["@graph"]
    told = {one["@id"]: one for one in graph}
    assert told["report.html"]["sha256"] == provenance.sha256(release / "report.html")
    assert told["#wind/era5.nc"]["sha256"] == "cd" * 32
    listed = {part["@id"] for part in told["./"]["hasPart"]}
    assert listed == {
        path.relative_to(release).as_posix()
        for path in release.rglob("*")
        if path.is_file() and path.name not in {MANIFEST, provenance.CRATE}
    }


def test_the_day_can_be_told(monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1675209600")
    assert provenance.today() == date(2023, 2, 1)


# ------------------------------------------------------------ number by number


@pytest.fixture
def copy(release, tmp_path):
    return shutil.copytree(release, tmp_path / "copy")


def test_a_copy_is_identical(release, copy):
    found = comparing.compare(release, copy, 0.0)
    assert found.same
    assert len(found.identical) == 7


def test_a_changed_number_is_named_with_its_place_and_size(release, copy):
    (copy / "zones.csv").write_text("zone,probability\r\nCA,0.8645\r\n")
    (one,) = comparing.compare(release, copy, 0.0).differences
    assert (one.file, one.where) == ("zones.csv", "line 2, probability")
    assert one.size == pytest.approx(0.05)
    assert str(one) == "zones.csv: line 2, probability: 0.9100 before, 0.8645 now, 0.05 of its size"
    assert comparing.compare(release, copy, 0.051).same
    assert not comparing.compare(release, copy, 0.049).same


def test_differences_in_every_kind_of_file_are_found(release, copy):
    (copy / "answer.json").write_text(json.dumps({"speed_mps": [1.25, 3.0], "who": "a"}))
    (copy / "report.html").write_text("<p>It flew at 18.4 km for 12 days.</p>")
    drawn = wandering.paths()
    moved = wandering.paths(height_m=drawn.height_m + 100.0)
    assert drawn.epoch == flown.EPOCH
    wandering.cf.write(moved, wandering.ABOUT, copy / "paths.nc")
    found = comparing.compare(release, copy, 0.001)
    assert {(one.file, one.where.partition("[")[0]) for one in found.differences} == {
        ("answer.json", "speed_mps"), ("paths.nc", "alt"),
    }  # fmt: skip
    assert found.close == ("report.html",)  # one in its last decimal
    assert found.largest == pytest.approx(1 / 6)


@pytest.mark.parametrize("change", ["words", "missing", "more", "length"])
def test_other_words_and_files_are_never_within_a_tolerance(change, release, copy):
    if change == "words":
        (copy / "report.html").write_text("<p>It hung at 18.3 km for 12 days.</p>")
    elif change == "missing":
        (copy / "report.html").unlink()
    elif change == "more":
        (copy / "more.csv").write_text("a\r\n1\r\n")
    else:
        (copy / "answer.json").write_text(json.dumps({"speed_mps": [1.25], "who": "a"}))
    assert not comparing.compare(release, copy, 0.5).same
