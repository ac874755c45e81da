"""A case to import into, whose span takes in a given year."""

import shutil
from pathlib import Path

import pytest

from overflight import case as package
from overflight.imports import plan

EXAMPLE = Path(package.__file__).parent / "example"


@pytest.fixture
def folder(tmp_path):
    target = tmp_path / "case"
    shutil.copytree(EXAMPLE, target)
    return target


@pytest.fixture
def wide(folder):
    """The same case, whose span is twenty-five years."""
    path = folder / "case.yaml"
    text = path.read_text("utf-8").replace("start: 2023-02-01T06:00Z", "start: 2000-01-01T00:00Z")
    path.write_text(text.replace("end: 2023-02-02T12:00Z", "end: 2026-01-01T00:00Z"), "utf-8")
    return folder


@pytest.fixture
def saved(tmp_path):
    def save(content, name="file.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return save


@pytest.fixture
def bring():
    def bring(path, case, escape=str, *, dry=False, **choices):
        given = plan.Choices(**({"url": "https://example.org/file"} | choices))
        return plan.bring_in(path, case, given, escape, dry=dry)

    return bring
