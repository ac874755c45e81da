"""What every test may use."""

import os
import pickle
import subprocess
import sys
from importlib import import_module
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


SIMULATED = {"NUMBA_ENABLE_CUDASIM": "1", "NUMBA_DISABLE_JIT": "1"}


@pytest.fixture(params=["simulated", pytest.param("real", marks=pytest.mark.gpu)])
def on_card(request, tmp_path):
    """Call "module:function" where kernels run on a graphics card: a simulated one, or a real one.

    The simulator runs the kernels' own lines as plain Python, thread by thread: it tests what they
    do, not how a card rounds. The module may lie beside the test.
    """
    if request.param == "real":
        return _really(request)

    def simulated(name, *arguments):
        job = tmp_path / "job.pickle"
        packed = pickle.dumps(arguments)
        job.write_bytes(pickle.dumps((str(request.path.parent), name, packed)))
        done = subprocess.run(
            [sys.executable, str(ROOT / "tests" / "simulate_card.py"), str(job)],
            env=os.environ | SIMULATED, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return pickle.loads(job.with_suffix(".done").read_bytes())

    return simulated


def _really(request):
    from overflight.errors import OverflightError
    from overflight.flight import device

    try:
        device.require()
    except OverflightError as error:
        pytest.skip(f"{error.found}: not compared with a real card")
    sys.path.insert(0, str(request.path.parent))

    def call(name, *arguments):
        module, _, function = name.partition(":")
        beside, loaded = request.path.with_name(f"{module}.py"), sys.modules.get(module)
        if loaded is not None and beside.exists() and Path(loaded.__file__) != beside:
            del sys.modules[module]  # one of the same name, beside other tests
        return getattr(import_module(module), function)(*arguments)

    return call
