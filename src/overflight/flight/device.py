"""The door to a graphics card: whether there is one, and whether a job fits on it.

Nothing here or behind it loads the compiler for cards before it is asked; without the package for
them everything else works.
"""

from importlib import metadata
from typing import Any

from overflight.errors import DeviceError, MissingExtraError

SHARE = 0.8  # of the card's free memory that one job takes; the rest is for its code and stacks
WIND_SHARE = 0.25  # of that, at most, for the times of the wind that lie on the card


def require() -> Any:
    """The package ``numba.cuda``, once it is known to have a card to work with.

    Raises
    ------
    MissingExtraError
        Without the package for cards.
    DeviceError
        Without a card or its driver.
    """
    from numba.core import config

    if not getattr(config, "ENABLE_CUDASIM", False):
        _installed()
    from numba import cuda

    if not cuda.is_available():
        raise DeviceError(
            found="no graphics card that CUDA can use",
            expected="an NVIDIA card of compute capability 8.0 or newer, and its driver",
            remedy="Run on the processor, or see what 'nvidia-smi' says.",
        )
    return cuda


def _installed() -> None:
    try:
        metadata.version("numba-cuda")
    except metadata.PackageNotFoundError:
        raise MissingExtraError(
            found="the package numba-cuda is not installed",
            expected="it, to run on a graphics card",
            remedy="Install the extra 'cuda' ('overflight doctor' shows the command),"
            " or run on the processor.",
        ) from None


def room_bytes(given: int | None = None) -> int:
    """Memory on the card that a job may take: what is given, else what the card can spare.

    Raises what :func:`require` raises, either way.
    """
    cuda = require()
    if given is not None:
        return given
    free = cuda.current_context().get_memory_info().free
    return int(SHARE * min(free, 2**62))  # a simulated card's has no end
