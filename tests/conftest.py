"""What every test may use."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

from overflight import kept

settings.register_profile("fast", max_examples=50, deadline=None)
settings.register_profile("ci", max_examples=200, deadline=None)
settings.load_profile("ci" if os.environ.get("CI") == "true" else "fast")

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session", autouse=True)
def _keep_apart_from_the_persons_own(tmp_path_factory):
    """Winds and compiled code are kept for the processes of one test run, and for no other."""
    before = os.environ.get(kept.SWITCH)
    os.environ[kept.SWITCH] = str(tmp_path_factory.mktemp("kept"))
    yield
    if before is None:
        del os.environ[kept.SWITCH]
    else:
        os.environ[kept.SWITCH] = before


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The test data beside the project; absent, they skip a test, or fail it in CI."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        reason = f"the test data folder {folder.name} is not beside the project"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return folder


@pytest.fixture(scope="session")
def root() -> Path:
    """The project's root folder."""
    return ROOT
