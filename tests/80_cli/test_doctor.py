"""What ``overflight doctor`` says about an installation."""

import shlex
import socket
import sys

import pytest
from typer.testing import CliRunner

from overflight import installed
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
