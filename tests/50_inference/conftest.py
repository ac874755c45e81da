"""Let the tests of inference share their model problems."""

import sys
from pathlib import Path

import pytest

from overflight.case.load import load
from overflight.case.template import write_new
from overflight.flight import winds
from overflight.inference import sample
from overflight.inference.stratum import Settings
from overflight.inference.work import Threads, Work

sys.path.insert(0, str(Path(__file__).parent))

QUICK = Settings(
    n_points=40, n_strata=4, n_filtered=4, n_runs=2, n_particles=16, n_draws=4, n_paths=40,
    n_starts=1, n_defensive=0, n_threads=1,
)  # fmt: skip


@pytest.fixture(scope="session")
def small(tmp_path_factory):
    """The new case as a task, and its posterior with the least work."""
    folder = tmp_path_factory.mktemp("case") / "small"
    write_new(folder)
    case = load(folder)
    wind = winds.of_climatology(case)
    task = sample.task_of(case, wind.grid, wind.error, QUICK, 1)
    work = Work(Threads(1))
    return task, sample.draw(task, sample.references(task, work), work)
