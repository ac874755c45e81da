"""On which device particles fly: everything else of an account is the processor's either way.

Free flights and filters are the two jobs that have a form for each device, with the same arguments
and, to round-off, the same results.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from overflight.errors import DeviceError
from overflight.flight import device, ensemble, ensemble_cuda
from overflight.flight.ensemble import Array, Flight
from overflight.inference import guided, guided_cuda
from overflight.inference.guided import Run, Sizes
from overflight.inference.model import Model
from overflight.inference.reports import Reports, Schedule
from overflight.inference.twist import Twist


@dataclass(frozen=True)
class Device:
    """Who flies: ``fly`` without evidence, ``filtered`` with it.

    As :func:`overflight.flight.ensemble.fly` and :func:`overflight.inference.guided.run` do.
    """

    fly: Callable[[list[Flight], int, int, int, int], list[Array]]
    filtered: Callable[
        [Model, Any, Twist, Reports, Schedule, Sequence[int], Sizes], tuple[Run, ...]
    ]


def _fly_on_card(
    flights: list[Flight], n_each: int, stride: int, seed: int, n_threads: int
) -> list[Array]:
    del n_threads  # of the processor
    with device.lent():
        return ensemble_cuda.fly(flights, n_each, stride, seed)


def _filtered_on_card(
    model: Model,
    parameters: Any,  # noqa: ANN401 (a model's own)
    *told: Any,  # noqa: ANN401 (as of guided.run)
) -> tuple[Run, ...]:
    with device.lent():
        return guided_cuda.run(model, parameters, *told)


_DEVICES: Mapping[str, Device] = {
    device.CPU: Device(ensemble.fly, guided.run),
    device.CUDA: Device(_fly_on_card, _filtered_on_card),
}


def named(name: str) -> Device:
    """The device of a name.

    Raises
    ------
    DeviceError
        If there is none of that name.
    """
    if name not in _DEVICES:
        raise DeviceError(
            found=f"a device {name!r}",
            expected=" or ".join(_DEVICES),
            remedy="Correct the name.",
        )
    return _DEVICES[name]
