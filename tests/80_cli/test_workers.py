"""Other processes give the same account, byte for byte, also when one of them dies."""

import os
import re
import signal
import socket
import subprocess
import sys
import threading

import numpy as np
import pytest

from overflight import account, checkpoint, workers
from overflight.account import Running
from overflight.case.load import load
from overflight.case.template import write_new
from overflight.errors import MissingExtraError, OverflightError
from overflight.flight import winds
from overflight.inference.sample import task_of
from overflight.inference.stratum import Settings
from overflight.inference.work import Origin, Threads, Work

distributed = pytest.importorskip("distributed", reason="needs the extra dask")

# Dask leaves sockets and loops of its own to the collector; what is ours stays an error.
pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning:distributed"),
]

TINY = Settings(
    n_points=30, n_strata=6, n_filtered=6, n_runs=2, n_particles=16, n_draws=4, n_paths=40,
    n_starts=1, n_defensive=1,
)  # fmt: skip


def double(task, values: np.ndarray):
    return 2.0 * values + len(task.seen)


def fail(task, number: int):
    raise OverflightError(found=f"number {number}", expected="another", remedy="Choose another.")


def die(task, number: int):
    os.kill(os.getpid(), signal.SIGKILL)


def die_once(task, mark: str):
    try:
        os.open(mark, os.O_CREAT | os.O_EXCL)
    except FileExistsError:
        return "done by another"
    os.kill(os.getpid(), signal.SIGKILL)
    return "never"


def opened(task, number: int):
    return [len(workers._GROUNDS), os.getpid()]


@pytest.fixture(scope="module")
def crew():
    with workers.local(2) as hired:
        yield hired


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("workers") / "case"
    write_new(place)
    return place


@pytest.fixture(scope="module")
def task(folder):
    case = load(folder)
    wind = winds.of_climatology(case)
    return task_of(case, wind.grid, wind.error, TINY, 1)


@pytest.fixture
def origin(folder):
    from overflight.release import provenance

    parts = checkpoint.parts(provenance.case_hashes(folder), [], TINY, 1)
    return Origin(folder, (), parts)


def contents(release):
    found = (path for path in release.rglob("*") if path.is_file())
    return {str(path.relative_to(release)): path.read_bytes() for path in found}


def test_two_processes_one_of_them_killed_give_the_bytes_of_one(crew, folder, tmp_path):
    """A worker dies when the first filters are done: its units go to another."""
    account.run(folder, tmp_path / "one", settings=TINY)
    pids = list(crew._client.run(os.getpid).values())

    def kill(stage, done, total):
        if (stage, done) == ("paths", 7):
            os.kill(pids[0], signal.SIGKILL)

    account.run(
        folder, tmp_path / "two", settings=TINY, progress=kill, running=Running(workers=crew)
    )
    assert pids[0] not in crew._client.run(os.getpid).values()
    assert contents(tmp_path / "two") == contents(tmp_path / "one")


def test_no_other_client_is_needed(crew, task, origin, monkeypatch):
    """The cluster's own, which is nobody's default, is alone in a process of the command line."""

    def none(*given):
        pytest.fail("another client was asked for")

    crew.begin(origin)
    monkeypatch.setattr("distributed.client.default_client", none)
    ((_, answer),) = crew.each(double, task, [(np.ones(2),)])
    assert answer.tolist() == [2.0 + len(task.seen)] * 2


def test_a_unit_whose_worker_dies_is_done_by_another(crew, task, origin, tmp_path):
    crew.begin(origin)
    assert list(crew.each(die_once, task, [(str(tmp_path / "mark"),)])) == [(0, "done by another")]


@pytest.mark.slow
def test_a_unit_that_ends_every_worker_is_given_up_in_words(crew, task, origin):
    crew.begin(origin)
    with pytest.raises(OverflightError, match="ended every worker that tried it"):
        list(crew.each(die, task, [(1,)]))


def test_a_worker_that_sees_the_files_opens_them_and_is_sent_none(crew, task, origin, monkeypatch):
    monkeypatch.setattr(crew, "_send", lambda *_: pytest.fail("the wind was sent"))
    crew.begin(origin)
    values = np.arange(5.0)
    (answer,) = crew.each(double, task, [(values,)])
    np.testing.assert_array_equal(answer[1], double(task, values))


@pytest.mark.parametrize("lost", ["elsewhere", "changed"])
def test_a_worker_that_sees_no_such_files_is_sent_them_once(
    crew, task, origin, folder, monkeypatch, lost
):
    sent = []
    send = crew._send
    monkeypatch.setattr(crew, "_send", lambda to, *what: (sent.append(to), send(to, *what)))
    if lost == "elsewhere":
        origin = Origin(folder / "not-here", (), origin.parts | {"seed": lost})
    else:
        origin = Origin(folder, (), origin.parts | {"case": "another"})
    crew.begin(origin)
    answers = dict(crew.each(double, task, [(np.full(3, float(i)),) for i in range(12)]))
    assert sorted(answers) == list(range(12))
    np.testing.assert_array_equal(answers[11], double(task, np.full(3, 11.0)))
    first = len(sent)
    assert first >= 1
    list(crew.each(double, task, [(np.full(3, float(i)),) for i in range(12)]))
    assert len(set(sent)) <= 2  # no more than there are workers
    assert len(sent) - first <= 1  # only one that had no unit before


def test_an_error_comes_back_as_it_was(crew, task, origin):
    crew.begin(origin)
    with pytest.raises(OverflightError) as caught:
        list(crew.each(fail, task, [(3,), (3,)]))
    assert str(caught.value) == "number 3; expected another. Choose another."


def test_order_does_not_matter_to_the_one_who_asks(crew, task, origin):
    crew.begin(origin)
    rows = [(np.full(2, float(i)),) for i in range(9)]
    by_processes = Work(crew).all_of("doubles", double, task, rows)
    by_threads = Work(Threads(2)).all_of("doubles", double, task, rows)
    np.testing.assert_array_equal(by_processes, by_threads)


def test_workers_of_another_version_are_refused(crew, origin):
    other = Origin(origin.folder, (), origin.parts | {"program": "another"})
    with pytest.raises(
        OverflightError, match=r"another version .* on tcp://.*; expected overflight"
    ):
        crew.begin(other)


def test_workers_without_overflight_are_refused(crew, origin, monkeypatch):
    monkeypatch.setattr(workers, "_NAME", "overflight-not-installed")
    with pytest.raises(OverflightError, match="no overflight on"):
        crew.begin(origin)


@pytest.mark.parametrize(
    "address", ["tcp://127.0.0.1:{free}", "127.0.0.1:{free}", "nonsense://x", "tcp://no such:1"]
)
def test_an_address_where_nobody_answers_is_said_in_time(address, monkeypatch):
    monkeypatch.setattr(workers, "PATIENCE_S", 2.0)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        free = taken.getsockname()[1]
    with (
        pytest.raises(OverflightError, match=r"no Dask scheduler at .* within 2 s"),
        workers.at(address.format(free=free)),
    ):
        pass


def test_a_server_that_is_no_scheduler_is_said_in_time(monkeypatch):
    monkeypatch.setattr(workers, "PATIENCE_S", 2.0)
    with socket.create_server(("127.0.0.1", 0)) as mute:
        port = mute.getsockname()[1]
        with (
            pytest.raises(OverflightError, match="no Dask scheduler"),
            workers.at(f"tcp://127.0.0.1:{port}"),
        ):
            pass


def test_a_scheduler_without_workers_is_said_in_time(monkeypatch):
    monkeypatch.setattr(workers, "ARRIVAL_S", 0.5)
    with (
        distributed.LocalCluster(n_workers=0, dashboard_address="127.0.0.1:0") as empty,
        pytest.raises(OverflightError, match="had no worker for"),
        workers.at(empty.scheduler_address),
    ):
        pass


def test_a_running_cluster_works_as_well(task, origin):
    with (
        distributed.LocalCluster(
            n_workers=1, threads_per_worker=2, dashboard_address="127.0.0.1:0", processes=True
        ) as cluster,
        workers.at(cluster.scheduler_address, tell=lambda words: None) as hired,
    ):
        hired.begin(origin)
        values = np.arange(4.0)
        ((_, answer),) = hired.each(double, task, [(values,)])
        np.testing.assert_array_equal(answer, double(task, values))


def test_a_scheduler_that_goes_away_is_said(task, origin):
    cluster = distributed.LocalCluster(
        n_workers=1, dashboard_address="127.0.0.1:0", silence_logs="CRITICAL"
    )
    with workers.at(cluster.scheduler_address, tell=lambda words: None) as hired:
        hired.begin(origin)
        threading.Timer(1.0, cluster.close).start()
        with pytest.raises(OverflightError, match="went away"):
            list(hired.each(nap, task, [(60,)]))


def nap(task, seconds: int):
    import time

    time.sleep(seconds)


@pytest.mark.parametrize("count", [0, -1])
def test_no_workers_at_all_are_refused(count):
    with (
        pytest.raises(OverflightError, match=f"{count} workers; expected one at least"),
        workers.local(count),
    ):
        pass


def test_processes_and_a_cluster_at_once_are_refused():
    with (
        pytest.raises(OverflightError, match="both --workers and --cluster"),
        workers.hired(2, "tcp://127.0.0.1:1", print),
    ):
        pass


def test_without_dask_the_command_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with (
        pytest.raises(MissingExtraError, match=r"pip install 'overflight\[dask\]'"),
        workers.local(2),
    ):
        pass


def test_without_workers_dask_is_not_loaded():
    program = (
        "import sys; from overflight import account, workers\n"
        "with workers.hired(None, None, print) as crew: print(crew, 'distributed' in sys.modules)\n"
        "from numba.core import config; print(config.OPT + 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert done.stdout.split() == ["None", "False", "1"], done.stderr


def test_what_a_unit_is_told_is_small(task, origin):
    import pickle

    assert len(pickle.dumps(workers.Order.of(task, origin))) < 20_000


@pytest.mark.slow
def test_the_example_of_the_documentation_runs(root, tmp_path):
    page = (root / "docs" / "how-to" / "scale-out.md").read_text(encoding="utf-8")
    (program,) = [code for code in re.findall(r"```python\n(.*?)```", page, re.DOTALL)
                  if "client.map" in code]  # fmt: skip
    (tmp_path / "screen.py").write_text(program, encoding="utf-8")
    write_new(tmp_path / "my-case")
    done = subprocess.run(
        [sys.executable, "screen.py"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    shares = [float(line.split()[-1]) for line in done.stdout.splitlines()]
    assert len(shares) == 4
    assert all(0.0 <= share <= 1.0 for share in shares)
    assert len(set(shares)) > 1
