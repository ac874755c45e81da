"""Units of work: who does them, and where finished ones are kept.

An account is a few stages of independent units: the pilot of a launch, the guide of a stratum, a
stratum's filters, a sighting left out. A unit is a function of the task, which all share, and of
a few arguments of its own; its answer depends on nothing else. So it does not matter who works on
which unit when: threads of this process (:class:`Threads`), other processes and machines
(:mod:`overflight.workers`), or an earlier run that was interrupted (:mod:`overflight.checkpoint`).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar

from overflight.inference import packing
from overflight.inference.stratum import Task

T = TypeVar("T")

Row = tuple[object, ...]  # the arguments of one unit after the task


@dataclass(frozen=True)
class Origin:
    """Where a task comes from, for those who open case and wind themselves.

    ``parts`` are hashes of what decides the numbers: case, wind, program and more.
    """

    folder: Path
    wind: tuple[Path, ...]
    parts: Mapping[str, str]


class Workers(Protocol):
    """Who works."""

    def begin(self, origin: Origin) -> None:
        """Hear what the work will be on, before the first unit."""

    def each(
        self, function: Callable[..., T], task: Task, rows: Sequence[Row]
    ) -> Iterator[tuple[int, T]]:
        """Work out ``function(task, *row)`` for all rows.

        ``function`` is one of a module, with annotations. Yields (index, answer) as units are
        finished, in any order; raises the first error.
        """


class Store(Protocol):
    """Where finished units are kept; ``of`` is how many the stage has."""

    def load(self, stage: str, index: int, of: int) -> bytes | None:
        """What is kept of a unit; None if nothing whole is."""

    def save(self, stage: str, index: int, of: int, data: bytes) -> None:
        """Keep a finished unit."""


@dataclass(frozen=True)
class Threads:
    """Threads of this process: compiled loops release Python's lock."""

    n_threads: int

    def begin(self, origin: Origin) -> None:
        """Nothing to do: the task is at hand."""

    def each(
        self, function: Callable[..., T], task: Task, rows: Sequence[Row]
    ) -> Iterator[tuple[int, T]]:
        """Work out all rows; a single thread is the caller's own."""
        if self.n_threads == 1:  # handing each over would cost more than short ones take
            yield from ((i, function(task, *row)) for i, row in enumerate(rows))
            return
        pool = ThreadPoolExecutor(self.n_threads)
        try:
            waiting = {pool.submit(function, task, *row): i for i, row in enumerate(rows)}
            for done in as_completed(waiting):
                yield waiting[done], done.result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


@dataclass(frozen=True)
class Work:
    """Workers, and what was kept of an earlier run."""

    workers: Workers
    store: Store | None = None

    def all_of(
        self,
        stage: str,
        function: Callable[..., T],
        task: Task,
        rows: Sequence[Row],
        finished: Callable[[], None] = lambda: None,
    ) -> list[T]:
        """Answers of ``function(task, *row)`` for all rows, in their order.

        Parameters
        ----------
        stage
            What the units are, in the plural; unlike that of any other stage of the account.
        finished
            Called after every unit.
        """
        shared = packing.shared_arrays(grid=task.grid, error=task.error)
        answers: dict[int, T] = {}
        for index in range(len(rows)):
            kept = self.store and self.store.load(stage, index, len(rows))
            if kept:
                try:
                    answers[index] = packing.unpack(kept, packing.kinds_of(function), shared)
                except packing.DAMAGED:
                    continue
                finished()
        missing = [index for index in range(len(rows)) if index not in answers]
        for place, answer in self.workers.each(function, task, [rows[i] for i in missing]):
            answers[missing[place]] = answer
            if self.store is not None:
                data = packing.pack(answer, shared)
                self.store.save(stage, missing[place], len(rows), data)
            finished()
        return [answers[index] for index in range(len(rows))]
