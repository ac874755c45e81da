"""Workers in other processes and on other machines, by Dask: the same numbers as in one process.

A unit of work (:mod:`overflight.inference.work`) travels as a function's name and a few kilobytes
to megabytes of arguments; case and wind do not travel with it. A worker opens them by their path
when the first unit asks for them, if it can see files there that are the same; else they are sent
to it, once. A unit whose worker is lost is given to another, and a worker that comes later is as
good as the first.

Whoever may reach the scheduler or a worker may run programs there; so keep them on a network that
you trust, or give them certificates. That is so for every Dask cluster.
"""

import asyncio
import hashlib
import pickle
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any, TypeVar

from overflight import checkpoint
from overflight.case.load import load
from overflight.case.model import Case, Sighting
from overflight.errors import MissingExtraError, OverflightError
from overflight.fields.error import WindError
from overflight.flight import device, winds
from overflight.flight.winds import Wind
from overflight.inference import packing
from overflight.inference.stratum import Settings, Task
from overflight.inference.work import Origin, Row, Workers
from overflight.physics.windgrid import WindGrid
from overflight.release import provenance

T = TypeVar("T")
Tell = Callable[[str], None]
Ground = tuple[Case, WindGrid, WindError]

PATIENCE_S = 20.0  # to reach a scheduler
ARRIVAL_S = 120.0  # for the first worker of a cluster that may just be starting
_NAME = "overflight"


@contextmanager
def hired(
    n_workers: int | None, address: str | None, tell: Tell, device_name: str = device.CPU
) -> Iterator[Workers | None]:
    """Workers as the command line names them; None where it names none."""
    if n_workers is not None or address is not None:
        device.refuse_elsewhere(device_name)
    if n_workers is not None and address is not None:
        raise OverflightError(
            found="both --workers and --cluster",
            expected="processes of this machine, or a cluster",
            remedy="Leave one of the two away.",
        )
    if n_workers is not None:
        with local(n_workers) as crew:
            yield crew
    elif address is not None:
        with at(address, tell=tell) as crew:
            yield crew
    else:
        yield None


@contextmanager
def local(n_workers: int) -> Iterator["Crew"]:
    """So many processes of this machine, one thread each.

    Raises
    ------
    MissingExtraError
        Without Dask.
    OverflightError
        If there is not one worker at least.
    """
    if n_workers < 1:
        raise OverflightError(
            found=f"{n_workers} workers",
            expected="one at least",
            remedy="Give the number of processes, best that of the processor's cores.",
        )
    distributed = _dask()
    # No limit of Dask's own on memory: it would pause workers that all hold the same wind.
    with (
        distributed.LocalCluster(
            n_workers=n_workers,
            threads_per_worker=1,
            memory_limit=None,
            dashboard_address="127.0.0.1:0",
            silence_logs="CRITICAL",
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        client.run(_ignore_interrupts)
        yield Crew(client, "the processes of this machine")


@contextmanager
def at(address: str, *, tell: Tell = print) -> Iterator["Crew"]:
    """The workers of a Dask cluster that runs already.

    Parameters
    ----------
    address
        Of its scheduler.
    tell
        Called with a sentence where the last digits of numbers may differ.

    Raises
    ------
    MissingExtraError
        Without Dask.
    OverflightError
        If no scheduler answers there, or it has no workers.
    """
    distributed = _dask()
    try:
        _knock(distributed, address)
        client = distributed.Client(address, timeout=PATIENCE_S, set_as_default=False)
    except (OSError, ValueError, TypeError) as error:  # TimeoutError is an OSError
        raise OverflightError(
            found=f"no Dask scheduler at {address} within {PATIENCE_S:.0f} s"
            f" ({type(error).__name__}: {error})",
            expected="the address that 'dask scheduler' prints, such as tcp://10.0.0.5:8786",
            remedy="Check that it runs, that this machine may reach it, and its port.",
        ) from error
    with client:
        try:
            client.wait_for_workers(1, timeout=ARRIVAL_S)
        except TimeoutError as error:
            raise OverflightError(
                found=f"the scheduler at {address} had no worker for {ARRIVAL_S:.0f} s",
                expected="one worker at least",
                remedy="Start workers ('dask worker ADDRESS'), or look why they wait in a queue.",
            ) from error
        yield Crew(client, f"the cluster at {address}", tell)


def _knock(distributed: Any, address: str) -> None:  # noqa: ANN401 (Dask has no types)
    """Ask whether a scheduler is there: a client would wait for ever for a server that is mute."""

    async def connect() -> None:
        options = distributed.Security().get_connection_args("client")
        comm = await distributed.comm.connect(address, timeout=PATIENCE_S, **options)
        comm.abort()

    async def in_time() -> None:
        await asyncio.wait_for(connect(), PATIENCE_S + 1.0)

    with ThreadPoolExecutor(1) as apart:  # this thread may have a loop of its own, as in a notebook
        apart.submit(asyncio.run, in_time()).result()


@cache
def opened(folder: Path, *wind: Path) -> tuple[Case, Wind]:
    """A case and its wind, opened once in each process: for functions of your own on a cluster.

    Parameters
    ----------
    folder
        The case's.
    wind
        Files or folders; none for what the case says itself.
    """
    case = load(folder)
    return case, winds.of_case(case, folder, wind)


class Crew:
    """The workers of a Dask client; see :class:`overflight.inference.work.Workers`."""

    def __init__(self, client: Any, name: str, tell: Tell = print) -> None:  # noqa: ANN401
        self._client, self._name, self._tell = client, name, tell
        self._origin: Origin | None = None

    def begin(self, origin: Origin) -> None:
        """Refuse workers that would give other numbers; let the others open case and wind.

        Raises
        ------
        OverflightError
            If a worker has no overflight, or another version of it or of what it computes with; or
            if the work is for a graphics card.
        """
        device.refuse_elsewhere(origin.parts.get("device", device.CPU))
        self._origin = origin
        # A function of the standard library, for a worker that may have no other.
        found = self._client.run(metadata.version, _NAME, on_error="return")
        lacking = [where for where, answer in found.items() if not isinstance(answer, str)]
        if lacking:
            raise _refused(lacking, "no overflight")
        kinds = {checkpoint.processor(), *self._client.run(_prepare, origin).values()}
        if len(kinds) > 1:
            self._tell(
                f"{self._name}: processors of {len(kinds)} kinds; the last digits of a number may"
                " depend on which of them worked it out."
            )

    def each(
        self, function: Callable[..., T], task: Task, rows: Sequence[Row]
    ) -> Iterator[tuple[int, T]]:
        """Work out all rows.

        Raises
        ------
        OverflightError
            What a unit raised; or if workers keep dying of one, or the scheduler is lost.
        """
        distributed = _dask()
        shared = packing.shared_arrays(grid=task.grid, error=task.error)
        kinds = packing.kinds_of(function)
        order = Order.of(task, self._origin)

        def given(index: int) -> Any:  # noqa: ANN401 (Dask has no types)
            data = packing.pack(rows[index], shared)
            return self._client.submit(_unit, function, order, data, pure=False)

        waiting = {given(index): index for index in range(len(rows))}
        try:
            finished = distributed.as_completed(list(waiting), loop=self._client.loop)
            for future in finished:
                index = waiting.pop(future)
                address, answer = self._result(future)
                if answer is None:
                    self._send(address, order, task)
                    again = given(index)
                    waiting[again] = index
                    finished.add(again)
                else:
                    yield index, packing.unpack(answer, kinds, shared)
        finally:
            with suppress(Exception):  # the scheduler may be gone
                self._client.cancel(list(waiting))

    def _result(self, future: Any) -> tuple[str, bytes | None]:  # noqa: ANN401
        distributed = _dask()
        try:
            answer: tuple[str, bytes | None] = future.result()
        except distributed.KilledWorker as error:
            raise OverflightError(
                found=f"one piece of work ended every worker that tried it ({error})",
                expected="workers with the memory that the case needs",
                remedy="Give each more memory, or have fewer on a machine; the logs of the workers"
                " say more. --resume goes on from here.",
            ) from error
        except (distributed.CancelledError, distributed.comm.CommClosedError) as error:
            raise OverflightError(
                found=f"{self._name} went away ({type(error).__name__})",
                expected="a scheduler that runs until the account is complete",
                remedy="Start it again; --resume goes on from here.",
            ) from error
        except ModuleNotFoundError as error:
            raise _refused(["a worker that came later"], f"no {error.name}") from error
        return answer

    def _send(self, address: str, order: "Order", task: Task) -> None:
        """Send case and wind to a worker that does not see them."""
        blob = pickle.dumps((task.case, task.grid, task.error))
        with suppress(OSError, KeyError, ValueError):  # gone meanwhile: another gets its units
            self._client.run(_receive, order.ground, blob, workers=[address])


@dataclass(frozen=True)
class Order:
    """A task without its wind: what a worker must be told."""

    ground: str  # name of the case and wind together
    name: str  # of the whole
    origin: Origin | None
    settings: Settings
    seed: int
    seen: tuple[Sighting, ...]
    heard: tuple[Sighting, ...]

    @classmethod
    def of(cls, task: Task, origin: Origin | None) -> "Order":
        """The order for a task; without an origin its wind is always sent."""
        # A worker has the threads that its cluster gives it: a unit takes one.
        settings = replace(task.settings, n_threads=1)
        inside = pickle.dumps((settings, task.seed, task.seen, task.heard))
        if origin is None:
            ground = hashlib.sha256(pickle.dumps((task.case, task.grid, task.error))).hexdigest()
        else:
            ground = hashlib.sha256(repr(sorted(origin.parts.items())).encode()).hexdigest()
        name = hashlib.sha256(inside + ground.encode()).hexdigest()
        return cls(ground, name, origin, settings, task.seed, task.seen, task.heard)


# What follows runs on a worker.

_GROUNDS: dict[str, Ground] = {}  # by name, the latest last
_TASKS: dict[str, Task] = {}
_LOCK = threading.Lock()  # several threads of a worker open one wind once


def _ignore_interrupts() -> None:
    """Ctrl-C reaches all processes of a terminal; the first of them ends the others in order."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _prepare(origin: Origin, dask_worker: Any = None) -> str:  # noqa: ANN401 (Dask gives it)
    """Check that this worker would give the same numbers; say its processor."""
    if checkpoint.program() != origin.parts["program"]:
        where = _address() if dask_worker is None else str(dask_worker.address)
        found = f"another version ({metadata.version('overflight')}, or of its packages)"
        raise _refused([where], found)
    return checkpoint.processor()


def _unit(function: Callable[..., object], order: Order, data: bytes) -> tuple[str, bytes | None]:
    """Work out one unit; (this worker's address, answer), no answer where it lacks the wind."""
    task = _task(order)
    if task is None:
        return _address(), None
    shared = packing.shared_arrays(grid=task.grid, error=task.error)
    row = packing.unpack(data, packing.kinds_of(function), shared)
    return _address(), packing.pack(function(task, *row), shared)


def _task(order: Order) -> Task | None:
    with _LOCK:
        if order.name in _TASKS:
            return _TASKS[order.name]
        if order.ground not in _GROUNDS:
            if order.origin is None:
                return None
            _prepare(order.origin)
            found = _opened(order.origin)
            if found is None:
                return None
            _remember(_GROUNDS, order.ground, found)
        task = Task(*_GROUNDS[order.ground], order.settings, order.seed, order.seen, order.heard)
        _remember(_TASKS, order.name, task)
        return task


def _opened(origin: Origin) -> Ground | None:
    """Case and wind by their path, if this worker sees the same files there."""
    try:
        case = load(origin.folder)
        hashes = provenance.case_hashes(origin.folder, case.zone_files)
        wind = winds.of_case(case, origin.folder, origin.wind)
    except (OverflightError, OSError):
        return None
    mine = checkpoint.parts(hashes, [file.sha256 for file in wind.files], Settings(), 0)
    if any(mine[name] != origin.parts[name] for name in ("case", "wind")):
        return None
    return case, wind.grid, wind.error


def _receive(name: str, blob: bytes) -> None:
    with _LOCK:
        _remember(_GROUNDS, name, pickle.loads(blob))  # noqa: S301 (from our own client)


def _remember(known: dict[str, T], name: str, value: T, most: int = 4) -> None:
    known[name] = value
    while len(known) > most:
        del known[next(iter(known))]


def _address() -> str:
    return str(_dask().get_worker().address)


def _refused(where: Sequence[str], what: str) -> OverflightError:
    return OverflightError(
        found=f"{what} on {', '.join(where[:3])}{' and others' if len(where) > 3 else ''}",
        expected=f"overflight {metadata.version('overflight')} with the same packages as here",
        remedy="Install there what is installed here (the lock file names the versions), and start"
        " the workers anew.",
    )


def _dask() -> Any:  # noqa: ANN401 (Dask has no types)
    try:
        import distributed  # noqa: PLC0415 (an extra)
    except ImportError as error:
        raise MissingExtraError(
            found="work for several processes or machines, without Dask",
            expected="the extra 'dask'",
            remedy="Type: pip install 'overflight[dask]', or leave --workers and --cluster away.",
        ) from error
    return distributed
