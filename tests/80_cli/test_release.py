"""A release through the command line: checked, made again, exported, redacted, and bad places."""

import csv
import errno
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

import pytest
from typer.testing import CliRunner

from overflight import account, cli, publish
from overflight.case.load import bundled
from overflight.cli import app
from overflight.errors import OverflightError
from overflight.release import provenance, verify
from overflight.release.redact import leak, rows
from overflight.release.redact.levels import Level
from overflight.terminal import explain

sys.path.append(str(Path(__file__).parent.parent / "70_release"))  # a case with withheld sources
import told
from test_report import Parsed

SCRIPTS_OF_A_PAGE = 5  # its own, its description for machines, the world, the map's data and tracks


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The least account of a case in which some sources are withheld."""
    folder = tmp_path_factory.mktemp("case") / "mine"
    told.write(folder)
    out = tmp_path_factory.mktemp("account") / "release"
    account.run(folder, out, settings=account._LEAST)
    return folder, out


class Done(NamedTuple):
    """What a command said, and its exit status."""

    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def typed(monkeypatch, capsys):
    """Type a command in this process, where compiled code is at hand."""

    def run(*words):
        monkeypatch.setattr(sys, "argv", ["overflight", *map(str, words)])
        status = 0
        try:
            cli.main()
        except SystemExit as end:
            status = end.code or 0
        return Done(status, *capsys.readouterr())

    return run


def test_a_release_made_again_is_the_same_to_the_byte(whole, tmp_path, typed):
    _, out = whole
    copy = shutil.copytree(out, tmp_path / "copy")
    done = typed("reproduce", copy, "--quiet")
    assert done.returncode == 0, done.stderr
    n_files = len([one for one in out.rglob("*") if one.is_file()])
    assert f"{n_files} files identical, 0 within 0, 0 different" in done.stdout
    assert "Not as it was" not in done.stdout


def test_another_seed_is_told_number_by_number(whole, tmp_path, typed):
    """A manifest that was sealed again by who changed it passes the check, and not the run."""
    _, out = whole
    copy = shutil.copytree(out, tmp_path / "copy")
    content = json.loads((copy / "manifest.json").read_text())
    content["settings"]["seed"] = 2
    (copy / "manifest.json").write_bytes(provenance.sealed(content))
    done = typed("reproduce", copy, "--quiet", "--tolerance", "0.001")
    assert done.returncode == 2
    assert "a second run differs in" in done.stderr
    assert "paths.nc: " in done.stderr
    assert "report.html: map tracks, l" in done.stderr


def test_a_changed_byte_is_named_without_running(whole, tmp_path, typed):
    _, out = whole
    copy = shutil.copytree(out, tmp_path / "copy")
    assert typed("reproduce", copy, "--check-only").returncode == 0
    raw = bytearray((copy / "paths.nc").read_bytes())
    raw[len(raw) // 2] ^= 1
    (copy / "paths.nc").write_bytes(raw)
    done = typed("reproduce", copy, "--check-only")
    assert done.returncode == 2
    assert "paths.nc: changed" in done.stderr


def test_formats_written_later_are_those_written_at_once(whole, tmp_path):
    _, out = whole
    done = CliRunner().invoke(
        app, ["export", str(out), "--format", "kmz,geojson,svg,netcdf", "--out", str(tmp_path)]
    )
    assert done.exit_code == 0, done.output
    for name in ("tracks.kmz", "tracks.geojson", "paths.nc", "figures/map.svg"):
        assert (tmp_path / name).read_bytes() == (out / name).read_bytes(), name
    assert verify.check(out).wrong == ()


def test_an_export_into_the_release_is_refused(whole):
    _, out = whole
    with pytest.raises(OverflightError, match="lies in the release"):
        CliRunner().invoke(
            app, ["export", str(out), "--format", "kml", "--out", str(out / "more")],
            catch_exceptions=False,
        )  # fmt: skip
    assert verify.check(out).wrong == ()


def test_the_public_release_holds_nothing_that_is_withheld(whole, tmp_path, typed):
    folder, out = whole
    public = tmp_path / "public"
    done = typed("redact", out, "--level", "public", "--out", public, "--quiet")
    assert done.returncode == 0, done.stderr
    case = account.load(folder)
    withheld = rows.redact(folder, case, Level.PUBLIC, tmp_path / "again" / "mine")
    assert leak.found(out, withheld) != []  # the whole release holds them
    assert leak.found(public, withheld) == []
    every = b"".join(path.read_bytes() for path in public.rglob("*") if path.is_file())
    for secret in (told.NAME, told.ALL, told.SPEAKER, told.QUOTE, told.SITE, told.HOUSE,
                   "43.1234", "44.1122", "46.2713", "45.1937"):  # fmt: skip
        assert secret.encode() not in every
    assert told.AIRFIELD.encode() in every
    assert verify.check(public).wrong == ()
    manifest = json.loads((public / "manifest.json").read_text())
    before = json.loads((out / "manifest.json").read_text())
    assert manifest["level"] == "public"
    for name, digest in before["inputs_sha256"].items():  # by which a name could be guessed
        assert digest.encode() not in every, name
    html = (public / "report.html").read_text(encoding="utf-8")
    assert "This is the public release" in html
    assert "2 sources are withheld" in html
    refused = typed("reproduce", public, "--quiet")
    assert refused.returncode == 2
    assert "a public release" in refused.stderr


def test_words_that_try_to_be_something_else_are_words_everywhere(whole):
    """A tag, a formula, three thousand letters and five scripts, in a name and in a statement."""
    _, out = whole
    names = [path.relative_to(out).as_posix() for path in out.rglob("*")]
    assert all(re.fullmatch(r"[A-Za-z0-9._/-]{1,80}", name) for name in names)  # none from a name
    for name in ("report.html", "embed.html"):
        page = Parsed((out / name).read_text(encoding="utf-8"))
        assert len([tag for tag, _ in page.elements if tag == "script"]) == SCRIPTS_OF_A_PAGE
        assert "window.__broken" not in "".join(t for k, a, t in page.raw if not a.get("type"))
    assert told.TAG in "".join(Parsed((out / "report.html").read_text("utf-8")).shown)
    every = set()
    for path in out.glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            cells = [cell for row in csv.reader(file) for cell in row]
        every |= set(cells)
        assert [c for c in cells if c[:1] in "=+@" and c and not is_number(c)] == [], path.name
        assert "\u202e" not in "".join(cells)
    assert f"'{told.FORMULA}" in every  # as text, which a spreadsheet shows and does not run
    with zipfile.ZipFile(out / "tracks.kmz") as file:
        ElementTree.fromstring(file.read("doc.kml"))
    for path in [*out.glob("*.json"), *out.glob("*.geojson"), *out.glob("*.jsonld")]:
        json.loads(path.read_text(encoding="utf-8"))
    with sqlite3.connect(f"file:{out / 'ledger.sqlite'}?mode=ro", uri=True) as database:
        assert told.FORMULA in "\n".join(database.iterdump())
    database.close()
    for path in (out / "figures").glob("*.svg"):
        ElementTree.fromstring(path.read_bytes())


def is_number(text):
    try:
        float(text)
    except ValueError:
        return False
    return True


def test_a_leak_stops_the_release_and_leaves_nothing(whole, tmp_path, monkeypatch):
    """Whatever writes a file that forgot: a ledger with a name in a free page."""
    _, out = whole
    write = publish.folder.write

    def forgetful(made, source, origin, scratch):
        write(made, source, origin, scratch)
        with sqlite3.connect(scratch / "ledger.sqlite") as file:
            file.execute("CREATE TABLE said (text TEXT)")
            file.execute("INSERT INTO said VALUES (?)", (told.SPEAKER,))
        file.close()

    monkeypatch.setattr(publish.folder, "write", forgetful)
    from overflight import reproduce

    with pytest.raises(OverflightError, match=r"ledger\.sqlite.*Tamsin Overbeck"):
        reproduce.redact(out, Level.PUBLIC, tmp_path / "public", reproduce.Inputs())
    assert list(tmp_path.iterdir()) == []  # nor what was worked out, which is not redacted


# ------------------------------------------------------------ bad places


def write_error(code, after=0):
    """A write that fails as a disk would, after some that do not."""
    left = [after]

    def failing(*told, **how):
        left[0] -= 1
        if left[0] < 0:
            raise OSError(code, os.strerror(code), "zones.csv")

    return failing


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EROFS, errno.EDQUOT])
def test_a_disk_that_fails_leaves_the_earlier_release(code, whole, tmp_path, monkeypatch):
    _, out = whole
    copy = shutil.copytree(out, tmp_path / "release")
    before = (copy / "manifest.json").read_bytes()
    monkeypatch.setattr("overflight.release.tables.write", write_error(code))
    with pytest.raises(OSError, match=os.strerror(code)):
        account.run(bundled("2023-conus"), copy, settings=account._LEAST)
    assert (copy / "manifest.json").read_bytes() == before
    assert verify.check(copy).wrong == ()
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["release", "release.partial"]  # what was worked out is kept


def test_a_full_disk_is_said_in_words(monkeypatch, capsys):
    def full():
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "out/report.html")

    monkeypatch.setattr(cli, "app", lambda **_: full())
    with pytest.raises(SystemExit) as end:
        cli.main()
    assert end.value.code == 2
    said = capsys.readouterr().err
    assert "No space left on device: out/report.html" in said
    assert "Traceback" not in said


def test_of_a_copy_the_file_that_has_no_room_is_named(capsys):
    """Copying tells the file that is read first, and there nothing is wrong."""
    explain(OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "here/read.csv", None, "disk/new.csv"))
    assert "No space left on device: disk/new.csv;" in capsys.readouterr().err
    explain(FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), "read.csv", None, "new.csv"))
    assert "No such file or directory: read.csv;" in capsys.readouterr().err


def test_a_write_that_fails_half_way_leaves_no_file(whole, tmp_path):
    """The real program, which may write no file over 100 kB: it fails as on a full disk."""
    _, out = whole
    code = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))\n"
        "from overflight import cli; sys.argv[0] = 'overflight'; cli.main()\n"
    )
    words = ["export", out, "--format", "geojson,kml", "--out", tmp_path / "more"]
    done = subprocess.run(
        [sys.executable, "-c", code, *map(str, words)], check=False, capture_output=True, text=True
    )
    assert done.returncode == 2, done.stderr
    assert "File too large" in done.stderr
    assert "Traceback" not in done.stderr
    assert list((tmp_path / "more").rglob("*")) == []


def test_two_runs_into_one_folder_are_refused(tmp_path):
    with (
        provenance.alone(tmp_path / "out"),
        pytest.raises(OverflightError, match="another run is writing"),
    ):
        account.run(bundled("2023-conus"), tmp_path / "out", settings=account._LEAST)
    with provenance.alone(tmp_path / "out"), provenance.alone(tmp_path / "other"):
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_run_that_was_killed_leaves_no_lock(tmp_path):
    code = (
        "import os, sys; from pathlib import Path; from overflight.release import provenance\n"
        "with provenance.alone(Path(sys.argv[1])): os._exit(9)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path / "out")], check=False)
    assert done.returncode == 9
    with provenance.alone(tmp_path / "out"):
        pass


def test_a_name_too_long_for_the_disk_is_said_in_words(tmp_path, typed):
    done = typed("account", bundled("2023-conus"), "--out", tmp_path / ("x" * 300), "--quiet")
    assert done.returncode == 2
    assert "File name too long" in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_long_name_in_any_script_can_be_a_release(tmp_path):
    name = "\u6c14\u7403\u0628\u0627\u0644\u0648\u0646" * 9  # 180 bytes and more
    with provenance.alone(tmp_path / name), provenance.whole(tmp_path / name) as scratch:
        (scratch / "manifest.json").write_text("{}")
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("command", ["reproduce", "export", "redact"])
def test_half_a_release_is_refused_in_words(command, tmp_path, typed):
    (tmp_path / "half").mkdir()
    (tmp_path / "half" / "report.html").write_text("<p>")
    more = {"export": ["--format", "kml"], "redact": ["--level", "public", "--out", "x"]}
    done = typed(command, tmp_path / "half", *more.get(command, []))
    assert done.returncode == 2
    assert "whole release" in done.stderr
    assert "Traceback" not in done.stderr


def test_wind_that_the_release_does_not_hold_is_asked_for(whole, tmp_path, typed):
    _, out = whole
    copy = shutil.copytree(out, tmp_path / "copy")
    content = json.loads((copy / "manifest.json").read_text())
    content["inputs_sha256"]["wind/era5.nc"] = "ab" * 32
    (copy / "manifest.json").write_bytes(provenance.sealed(content))
    done = typed("reproduce", copy, "--quiet")
    assert done.returncode == 2
    assert f"era5.nc  sha256 {'ab' * 32}" in done.stderr
    assert "--wind FILE" in done.stderr
