"""What ``overflight doctor`` says about an installation."""

import shlex
import socket
import sys

import pytest
from typer.testing import CliRunner

from overflight import installed, kept
from overflight.cli import app


def doctor():
    return CliRunner().invoke(app, ["doctor"])


def test_it_names_every_package_that_is_always_needed(root):
    import tomllib

    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    needed = {p.name for p in installed.packages() if p.extra is None}
    declared = {installed.parse([line])[0].name for line in project["dependencies"]}
    assert {name.replace(".", "-") for name in declared} == {n.replace(".", "-") for n in needed}


def test_it_names_every_extra(root):
    import tomllib

    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    extras = {p.extra for p in installed.packages()} - {None}
    assert extras == set(project["optional-dependencies"]) - {installed.UNION}


def test_a_missing_extra_comes_with_the_command_that_adds_it(monkeypatch):
    missing = installed.parse(["no-such-wind-reader[fast]>=2,<3; extra == 'grib'"])
    assert missing[0].found is None
    monkeypatch.setattr(installed, "packages", lambda: missing)
    result = doctor()
    assert result.exit_code == 0
    line = next(row for row in result.output.splitlines() if "to install: " in row)
    typed = shlex.split(line.partition("to install: ")[2])
    assert typed == [sys.executable, "-m", "pip", "install", "no-such-wind-reader[fast]>=2,<3"]


def test_a_missing_necessity_is_status_2(monkeypatch):
    monkeypatch.setattr(installed, "packages", lambda: installed.parse(["no-such-core>=1"]))
    assert doctor().exit_code == 2


def test_it_asks_nothing_of_a_network(monkeypatch):
    def refuse(*_args, **_kwargs):
        pytest.fail("a socket was opened")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    assert doctor().exit_code == 0


@pytest.mark.parametrize(("wanted", "said"), [("3", "threads: 3 "), ("many", "threads: ")])
def test_the_number_of_threads_can_be_set(monkeypatch, wanted, said):
    monkeypatch.setenv("NUMBA_NUM_THREADS", wanted)
    assert said in doctor().output
    assert installed.n_threads() >= 1


def test_it_says_where_winds_and_code_are_kept_and_how_much(monkeypatch, tmp_path):
    monkeypatch.setenv(kept.SWITCH, str(tmp_path))
    (tmp_path / "wind").mkdir()
    (tmp_path / "wind" / "u_mps.npy").write_bytes(bytes(2_000_000))
    (tmp_path / "compiled").mkdir(mode=0o700)
    (tmp_path / "compiled" / "one.code").write_bytes(bytes(1_000_000))
    told = doctor().output
    assert f"winds kept in: {tmp_path} (2.0 MB;" in told
    assert f"compiled code kept in: {tmp_path / 'compiled'} (1.0 MB)" in told


def test_it_says_when_code_is_not_kept_and_why(monkeypatch, tmp_path):
    monkeypatch.setenv(kept.SWITCH, "off")
    assert (
        "compiled code kept in: none (OVERFLIGHT_CACHE=off): every run compiles" in doctor().output
    )
    monkeypatch.setenv(kept.SWITCH, str(tmp_path))
    (tmp_path / "compiled").mkdir()
    (tmp_path / "compiled").chmod(0o777)
    assert f"chmod go-w {tmp_path / 'compiled'}" in doctor().output


def test_it_says_when_code_cannot_be_written(monkeypatch, tmp_path):
    monkeypatch.setenv(kept.SWITCH, str(tmp_path))
    monkeypatch.setattr(kept.os, "access", lambda *_: False)
    assert "cannot be written: every run compiles what is not there" in doctor().output
