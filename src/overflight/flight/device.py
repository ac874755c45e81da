"""The door to a graphics card: whether there is one, and whether a job fits on it.

Nothing here or behind it loads the compiler for cards before it is asked; without the package for
them everything else works.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import metadata
from typing import Any

from overflight.errors import DeviceError, MissingExtraError

CPU, CUDA = "cpu", "cuda"  # the devices by name
SHARE = 0.8  # of the card's free memory that one job takes; the rest is for its code and stacks
WIND_SHARE = 0.25  # of that, at most, for the times of the wind that lie on the card

_PACKAGE = "numba-cuda"
_ALONE = threading.Lock()  # a job takes what the card can spare, so one works there at a time


def require() -> Any:
    """The package ``numba.cuda``, once it is known to have a card to work with.

    Raises
    ------
    MissingExtraError
        Without the package for cards.
    DeviceError
        Without a card or its driver, or where the driver refuses.
    """
    if not _simulated():
        _installed()
    from numba import cuda

    if not cuda.is_available():
        raise DeviceError(
            found="no graphics card that CUDA can use",
            expected="an NVIDIA card of compute capability 8.0 or newer, and its driver",
            remedy="Run on the processor (--device cpu), or see what 'nvidia-smi' says.",
        )
    with _in_words(cuda):
        cuda.current_context()
    return cuda


def identity(name: str) -> str:
    """What computes, as a release tells it: the same where numbers are the same to the last digit.

    Raises what :func:`require` raises, for a card.
    """
    if name == CPU:
        return CPU
    cuda = require()
    if _simulated():
        return f"{CUDA}: simulated"
    card = cuda.get_current_device()
    model = card.name.decode() if isinstance(card.name, bytes) else str(card.name)
    capability = ".".join(map(str, card.compute_capability))
    return f"{CUDA}: {model}, {capability}, {_PACKAGE} {metadata.version(_PACKAGE)}"


def refuse_elsewhere(name: str) -> None:
    """Refuse other processes or machines for work on a card.

    A card takes a whole account; further processes would only share its memory.

    Raises
    ------
    DeviceError
        If ``name`` is not the processor's.
    """
    if name != CPU:
        raise DeviceError(
            found="work on a graphics card, with --workers or --cluster",
            expected="one process for one card",
            remedy="Leave --workers and --cluster away, or --device cuda.",
        )


@contextmanager
def lent() -> Iterator[None]:
    """The card, for one job at a time; others wait.

    Raises
    ------
    DeviceError
        Where the card or its driver fails in the middle.
    MissingExtraError
        Without the package for cards.
    """
    with _ALONE, _in_words(require()):
        yield


@contextmanager
def _in_words(cuda: Any) -> Iterator[None]:
    """Say what the driver says."""
    errors = cuda.cudadrv.error
    try:
        yield
    except (errors.CudaSupportError, cuda.cudadrv.driver.CudaAPIError) as error:
        words = " ".join(str(error).split())
        raise DeviceError(
            found=f"a graphics card that fails ({words})",
            expected="one that works, with memory that no other program takes meanwhile",
            remedy="See what 'nvidia-smi' says and try again (--resume goes on from what was kept),"
            " or run on the processor (--device cpu).",
        ) from error


def _simulated() -> bool:
    """Whether numba runs kernels as plain Python, without a card."""
    from numba.core import config

    return bool(getattr(config, "ENABLE_CUDASIM", False))


def _installed() -> None:
    try:
        metadata.version(_PACKAGE)
    except metadata.PackageNotFoundError:
        raise MissingExtraError(
            found=f"the package {_PACKAGE} is not installed",
            expected="it, to run on a graphics card: the extra 'cuda'",
            remedy="Type: pip install 'overflight[cuda]', or run on the processor (--device cpu).",
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


def refuse_crowd(n_particles: int, each_bytes: int, room: int) -> None:
    """Refuse more particles than the card holds beside the wind.

    Parameters
    ----------
    room
        Memory on the card, bytes: :func:`room_bytes`.

    Raises
    ------
    DeviceError
        With what fits.
    """
    fit = int((1.0 - WIND_SHARE) * room / each_bytes)
    if n_particles > fit:
        raise DeviceError(
            found=f"{n_particles:,} particles of {each_bytes:,} bytes each on the graphics card",
            expected=f"at most {fit:,}, which it can spare memory for",
            remedy="Take fewer particles and more runs, or a longer stride between path points.",
        )
