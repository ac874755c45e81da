"""The tool as people install it: a built package, far from the source folder."""

import os
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def site(tmp_path_factory, root) -> Path:
    """A folder holding nothing but the installed package."""
    wheels, site = (tmp_path_factory.mktemp(name) for name in ("wheels", "site"))
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    offline = ["--no-deps", "--no-index"]
    subprocess.run(
        [*pip, "wheel", *offline, "--no-build-isolation", "--wheel-dir", wheels, root], check=True
    )
    subprocess.run([*pip, "install", *offline, "--target", site, *wheels.glob("*.whl")], check=True)
    return site


def in_site(site, *command):
    return subprocess.run(
        [sys.executable, *command],
        cwd=site,
        env=os.environ | {"PYTHONPATH": str(site)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
def test_the_installed_package_carries_the_case(site):
    where = in_site(site, "-c", "import overflight; print(overflight.__file__)").stdout
    assert Path(where.strip()).is_relative_to(site)
    case = site / "overflight" / "_cases" / "2023-conus"
    run = in_site(site, "-c", "from overflight.cli import main; main()", "validate", case)
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout.endswith("; no mistakes\n")


@pytest.mark.slow
@pytest.mark.parametrize("name", ["LICENSE", "NOTICE"])
def test_the_installed_package_carries_its_terms(site, root, name):
    (copy,) = site.glob(f"overflight-*.dist-info/licenses/{name}")
    assert copy.read_text() == (root / name).read_text()
