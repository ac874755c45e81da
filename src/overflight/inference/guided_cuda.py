"""The guided filter on a graphics card, with the arguments and results of :mod:`.guided`.

All of a run stays on the card: the host only says which steps come next, reads three sums now and
then, and decides about resampling as the processor's filter does. Whole paths are not moved when
particles are resampled; who descends from whom is noted, and the drawn paths are put together at
the end from that.
"""

import math
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from overflight.flight import device
from overflight.flight.ensemble_cuda import WindOnCard
from overflight.inference.guidance import GOOD, MIXTURE, only_known
from overflight.inference.guided import FINAL, RESAMPLE, Run, Sizes
from overflight.inference.model import Model
from overflight.inference.reports import Reports, Schedule
from overflight.inference.twist import Twist
from overflight.physics.drift import Drift
from overflight.physics.random import uniform4

Array = NDArray[np.float64]

_BYTES = 8


def run(
    model: Model,
    parameters: Any,
    twist: Twist,
    reports: Reports,
    plan: Schedule,
    keys: Sequence[int],
    sizes: Sizes,
    room_bytes: int | None = None,
) -> tuple[Run, ...]:
    """Run guided filters on the card, one key's after the other; as :func:`.guided.run`.

    The wind of a :class:`~overflight.physics.drift.Drift` is streamed (once for all where it fits),
    other parameters lie on the card.

    Parameters
    ----------
    room_bytes
        Memory on the card that may be used; what it can spare if not given.

    Raises
    ------
    MissingExtraError, DeviceError
        Without the package for cards, without a card, with too small a one, or with reports of a
        kind that only the processor weighs.
    """
    only_known(reports)
    room = device.room_bytes(room_bytes)
    n_steps = twist.slope.shape[0] - 1
    each = particle_bytes(n_steps // sizes.stride + 1, len(reports.first), model.n_state)
    device.refuse_crowd(sizes.n_particles, each, room)
    wind: Any = None
    if isinstance(parameters, Drift):
        wind = WindOnCard(parameters.grid, room)
        wind.cut(parameters, n_steps)  # refused before anything flies
    return tuple(
        _run(model, parameters, (twist, reports, plan), np.uint64(key), sizes, wind) for key in keys
    )


def particle_bytes(n_outputs: int, n_reports: int, n_state: int = 5) -> int:
    """Memory on the card that each particle of a filter takes; while resampling, twice its state.

    >>> particle_bytes(1, 0, 5)
    200
    """
    return _BYTES * (3 * n_outputs + 2 * (n_state + 4 + 4 * n_reports) + 4)


def _run(
    model: Model, parameters: Any, guide: tuple[Any, Any, Any], key: Any, sizes: Sizes, wind: Any
) -> Run:
    filter_run = _Filter(model, guide, key, sizes, guide[0].slope.shape[0] - 1)
    filter_run.fly(parameters, wind)
    return filter_run.finish()


@cache
def _loops(model: Model) -> Any:
    from overflight.inference import steps_cuda

    return steps_cuda.loops(model)


class _Filter:
    """One run: its arrays on the card, and who descended from whom."""

    def __init__(
        self, model: Model, guide: tuple[Any, Any, Any], key: Any, sizes: Sizes, n_steps: int
    ) -> None:
        from numba import cuda

        from overflight.inference import steps_cuda
        from overflight.physics import weights_cuda
        from overflight.physics.launch_cuda import resident

        self._cuda, self._steps, self._weights = cuda, steps_cuda, weights_cuda
        self._loops, self._key, self._sizes, self._n_steps = _loops(model), key, sizes, n_steps
        self._guide = resident(steps_cuda.Guide(*guide))
        self._n_reports = len(guide[1].first)
        n, n_outputs = sizes.n_particles, n_steps // sizes.stride + 1
        self._cloud = steps_cuda.Cloud(
            cuda.device_array((model.n_state, n), np.float64),
            cuda.device_array((4, n), np.float64),
            cuda.device_array(n, np.float64),
            cuda.to_device(np.zeros((4 * max(self._n_reports, 1), n))),
            cuda.device_array((n_outputs, 3, n), np.float64),
            cuda.to_device(np.zeros(1, dtype=np.int64)),
        )
        self._ancestor = cuda.to_device(np.arange(n, dtype=np.int32))
        self._sums = weights_cuda.sums(n)
        self._stream = cuda.stream()
        self._events: list[tuple[int, Any]] = []  # steps of resampling, and each one's parents
        self._ess = np.empty(n_outputs)
        self._log_evidence = 0.0

    def fly(self, parameters: Any, wind: Any) -> None:
        """Take all steps."""
        from overflight.physics.drift_cuda import without_wind
        from overflight.physics.launch_cuda import resident

        if wind is None:
            held = resident(parameters)
            self._begin(held)
            self._march(held, 0, self._n_steps)
            return
        held = resident(without_wind(parameters))
        self._begin(held)
        for stretch, grid in wind.through(parameters, self._n_steps, self._stream):
            self._march(held._replace(grid=grid), stretch.first, stretch.last)

    def _launch(self, loop: Any, count: int, *arguments: Any) -> None:
        from overflight.physics.launch_cuda import launched

        launched(loop, count, self._stream)(*arguments)

    def _begin(self, parameters: Any) -> None:
        n = self._sizes.n_particles
        self._launch(self._loops.begin, n, parameters, self._guide, self._key, self._cloud)
        self._look(0)

    def _march(self, parameters: Any, first: int, last: int) -> None:
        """Take steps, stopping wherever the weights are looked at."""
        sizes, at = self._sizes, first
        while at < last:
            stop = min((at // by + 1) * by for by in (sizes.stride, sizes.every))
            stop = min(stop, last)
            steps = self._steps.Steps(at, stop, sizes.stride)
            self._launch(
                self._loops.advance, sizes.n_particles, parameters, self._guide, self._key,
                self._cloud, steps,
            )  # fmt: skip
            self._look(stop)
            at = stop

    def _look(self, k: int) -> None:
        """Note the effective sample size where a path point is kept; resample where it is due."""
        sizes = self._sizes
        kept = k % sizes.stride == 0
        considered = k % sizes.every == 0 and 0 < k < self._n_steps
        if not (kept or considered):
            return
        mean_log, ess = self._measure()
        if kept:
            self._ess[k // sizes.stride] = ess
        if considered and ess < 0.5 * sizes.n_particles:
            self._log_evidence += mean_log
            self._resample(k)

    def _measure(self) -> tuple[float, float]:
        """Log of the mean weight, and Kish's effective sample size."""
        loops, sums, weight_log = self._weights, self._sums, self._cloud.weight_log
        n_chunks = sums.parts.shape[1]
        self._launch(loops.chunk_highest, n_chunks, weight_log, sums)
        self._launch(loops.whole_highest, 1, sums)
        self._launch(loops.chunk_sums, n_chunks, weight_log, sums)
        self._launch(loops.whole_sums, 1, sums)
        high, total, squares = self._host(sums.found)
        if high == -math.inf:
            return high, 0.0
        return float(high + math.log(total / self._sizes.n_particles)), float(total**2 / squares)

    def _chosen(self, n_draws: int, stream_number: int, k: int) -> Any:
        """Systematic draws by weight, as the weights were measured last."""
        parents = self._cuda.device_array(n_draws, np.int32)
        start = uniform4(self._key, stream_number, k)[0]
        self._launch(self._weights.choose, n_draws, self._sums, start, parents)
        return parents

    def _taken(self, rows: Any, parents: Any) -> Any:
        """Rows of numbers of the parents, in new memory."""
        taken = self._cuda.device_array((*rows.shape[:-1], parents.shape[0]), rows.dtype)
        loop = self._weights.gather_rows if rows.ndim > 1 else self._weights.gather_numbers
        self._launch(loop, parents.shape[0], rows, parents, taken)
        return taken

    def _resample(self, k: int) -> None:
        """Replace the particles by systematic draws of equal weight."""
        parents = self._chosen(self._sizes.n_particles, RESAMPLE, k)
        cloud = self._cloud
        self._cloud = cloud._replace(
            states=self._taken(cloud.states, parents),
            local=self._taken(cloud.local, parents),
            books=self._taken(cloud.books, parents),
        )
        self._ancestor = self._taken(self._ancestor, parents)
        self._launch(self._weights.level, self._sizes.n_particles, cloud.weight_log)
        self._events.append((k, parents))

    def finish(self) -> Run:
        """Weigh the particles, draw whole paths, and bring the result from the card."""
        sizes, n_reports = self._sizes, self._n_reports
        mean_log, ess = self._measure()
        self._ess[-1] = ess
        chosen = self._chosen(sizes.n_draws, FINAL, 0)
        by_report = self._host(self._taken(self._cloud.books, chosen))
        by_report = by_report.reshape(-1, 4, sizes.n_draws)[:n_reports].transpose(2, 0, 1)
        return Run(
            self._log_evidence + mean_log,
            self._traced(chosen),
            np.ascontiguousarray(by_report[:, :, MIXTURE]),
            np.ascontiguousarray(by_report[:, :, GOOD]),
            self._host(self._taken(self._ancestor, chosen)).astype(np.int64),
            self._ess,
            len(np.unique(self._host(self._ancestor))),
            int(self._host(self._cloud.lost)[0]),
            np.ascontiguousarray(self._host(self._taken(self._cloud.states, chosen)).T),
        )

    def _traced(self, place: Any) -> Array:
        """The drawn paths, put together backwards through the resamplings."""
        n_outputs = len(self._ess)
        drawn = self._cuda.device_array((n_outputs, 3, self._sizes.n_draws), np.float64)
        last = n_outputs
        for k, parents in [*reversed(self._events), (-1, None)]:
            first = k // self._sizes.stride + 1  # points up to k were made by the parents
            self._launch(
                self._weights.trace, self._sizes.n_draws, self._cloud.paths, first, last, place,
                drawn,
            )  # fmt: skip
            if parents is not None:
                place, last = self._taken(parents, place), first
        return np.ascontiguousarray(self._host(drawn).transpose(2, 0, 1))

    def _host(self, array: Any) -> NDArray[Any]:
        from overflight.physics.launch_cuda import fetched

        return fetched(array, self._stream)
