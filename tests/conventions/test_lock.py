"""The locked packages are those the project declares, and name no machine."""

import re
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

LOCKS = ["run", "dev"]


def lock(root, name):
    return (root / "requirements" / f"{name}.lock").read_text()


def pins(root, name) -> dict[str, list[str]]:
    """Package -> its versions (one per Python, where they differ)."""
    found: dict[str, list[str]] = {}
    for line in lock(root, name).splitlines():
        pin = Requirement(line)
        (version,) = pin.specifier
        found.setdefault(canonicalize_name(pin.name), []).append(version.version)
    return found


def declared(root, name) -> list[Requirement]:
    project = tomllib.loads((root / "pyproject.toml").read_text())
    groups = project["dependency-groups"]
    wanted = {"run": ["build"], "dev": ["build", "test", "lint", "docs", "card"]}[name]
    lines = project["project"]["dependencies"] + [line for g in wanted for line in groups[g]]
    return [Requirement(line) for line in lines]


@pytest.mark.parametrize("name", LOCKS)
def test_every_declared_package_is_pinned_to_a_version_it_allows(root, name):
    versions = pins(root, name)
    wrong = [
        str(need)
        for need in declared(root, name)
        if not all(
            need.specifier.contains(v) for v in versions.get(canonicalize_name(need.name), [""])
        )
    ]
    assert wrong == []


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_is_nothing_but_exact_versions(root, name):
    exact = re.compile(r"[a-z0-9-]+==[0-9][\w.]*( ; [\w.' <>=!()*]+)?")
    assert [line for line in lock(root, name).splitlines() if not exact.fullmatch(line)] == []


def test_people_run_what_was_tested(root):
    run, dev = (pins(root, name) for name in LOCKS)
    assert {package: run[package] for package in run if run[package] != dev.get(package)} == {}
