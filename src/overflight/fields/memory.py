"""Whether something fits into memory, asked before it is made.

Systems promise memory that they do not have, and end the program when it is used; by then nobody
can say why. So the sizes, which are known beforehand, are compared with what is free, on the
machine and in the container that the program may run in.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from contextvars import ContextVar
from pathlib import Path

from overflight import kept
from overflight.errors import CapacityError, FieldError

# At its peak a wind is held once as read, once joined, and its u and v once more for the kernels;
# measured: 1.8 times for one file of 40 times, one more where pieces are joined.
COPIES = 2.5
_BYTES = 4  # of a value
# Other readers hold all of a file; these go through the cache, one time after the other.
_OTHERWISE = (
    " Or make NetCDF of it on latitudes and longitudes and pressure levels, each file by itself"
    " (overflight wind build ONE --out one.nc, cdo -f nc4 copy): that is read through the cache, a"
    " time after the other, where the disk has room."
)
_LISTING = Path("/proc/meminfo")
_MEMBERSHIP = Path("/proc/self/cgroup")
_GROUPS = Path("/sys/fs/cgroup")
# The limit, what is in use, and the counts of cached files in it, of both versions of cgroups.
_VERSIONS = (
    ("memory.max", "memory.current", ("active_file", "inactive_file")),
    (
        "memory.limit_in_bytes",
        "memory.usage_in_bytes",
        ("total_active_file", "total_inactive_file"),
    ),
)


def free_bytes() -> int | None:
    """Memory that can be had; None if not known.

    On Linux it is what is free, on the machine or below the limit of its container, whichever is
    less. Elsewhere it is all there is.
    """
    free = [room for room in (_of_machine(), *_of_containers()) if room is not None]
    return min(free) if free else None


def _of_machine() -> int | None:
    with suppress(OSError, ValueError, IndexError):
        for line in _LISTING.read_text("ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return 1024 * int(line.split()[1])
    with suppress(AttributeError, ValueError, OSError):  # Windows has no sysconf
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return None


def _of_containers() -> Iterator[int]:
    """What is left below the limit of every group that the program is in, and of their parents.

    Files that the system keeps in memory count as in use there, but are dropped when memory is
    wanted, so they are taken off.
    """
    folders: list[Path] = []
    with suppress(OSError, ValueError):
        for line in _MEMBERSHIP.read_text("utf-8").splitlines():
            _, kinds, path = line.split(":", 2)
            if kinds in ("", "memory"):
                root = _GROUPS / kinds
                own = root / path.lstrip("/")
                # In a container the path may be that outside; the root is then its own.
                folders += [own, *(p for p in own.parents if p.is_relative_to(root))]
    for folder in dict.fromkeys([*folders, _GROUPS, _GROUPS / "memory"]):
        for limit, used, cached in _VERSIONS:
            with suppress(OSError, ValueError):  # "max" is no number: no limit
                room = int((folder / limit).read_text("ascii"))
                taken = int((folder / used).read_text("ascii"))
                yield max(room - max(taken - _cached_bytes(folder, cached), 0), 0)


def _cached_bytes(folder: Path, names: tuple[str, ...]) -> int:
    total = 0
    with suppress(OSError, ValueError):
        for line in (folder / "memory.stat").read_text("ascii").splitlines():
            name, value = line.split()
            total += int(value) if name in names else 0
    return total


class _Told(BaseException):
    """How large a field is that a reader was about to load; no reader mends it by mistake."""

    def __init__(self, variables: int, shape: tuple[int, int, int, int]) -> None:
        super().__init__(variables, shape)
        self.variables, self.shape = variables, shape


_asked: ContextVar[bool] = ContextVar("_asked", default=False)


def asked(read: Callable[[], object]) -> tuple[int, tuple[int, int, int, int]] | None:
    """Ask a reader how large a field it would load, and load nothing.

    Every reader calls :func:`check` when it knows the size and before it loads; here it gets no
    further than that.

    Returns
    -------
    variables, shape
        As :func:`check` was given them, of the first field; None where there is none.
    """
    token = _asked.set(True)
    try:
        read()
    except _Told as told:
        return told.variables, told.shape
    finally:
        _asked.reset(token)
    return None


def check(
    variables: int, shape: tuple[int, int, int, int], origin: str, *, filed: bool = False
) -> None:
    """Refuse a wind that memory cannot hold, nor, for readers that use it, the cache's disk.

    Where memory is not known, nothing is refused.

    Parameters
    ----------
    variables
        How many are loaded.
    shape
        Times, levels, rows and columns of each.
    origin
        Name of the file, for messages.
    filed
        Whether the reader puts into a file what is large (:mod:`.backed`).

    Raises
    ------
    FieldError
        With what is wanted and what is free.
    """
    if _asked.get():
        raise _Told(variables, shape)
    free, room = free_bytes(), kept.room_bytes() if filed else 0
    values = variables
    for length in shape:
        values *= length
    needed = COPIES * _BYTES * values
    if free is None or needed <= free or needed <= room:
        return
    times, levels, rows, columns = shape
    fitting = int(free * times // needed)
    on_disk = f", or {room / 1e9:,.1f} GB of disk for the cache" if room else ""
    raise FieldError(
        found=f"{origin}: {variables} variables at {times:,} times on {levels:,} levels of"
        f" {rows:,} by {columns:,} nodes, which take {needed / 1e9:,.1f} GB of memory",
        expected=f"at most the {free / 1e9:,.1f} GB that are free{on_disk}",
        remedy="Take a part of it: name the case, whose times, levels and box are enough"
        " (overflight wind build FILES --case CASE --out wind.nc), or fetch fewer levels or times:"
        f" {fitting:,} of these times fit.{'' if filed else _OTHERWISE}",
    )


def require(what: str, fixed_bytes: float, n_particles: int, each_bytes: float) -> None:
    """Refuse a run whose particles memory cannot hold, with how many fit.

    Ask before anything is allocated; it takes a millisecond. Where memory is not known,
    nothing is refused.

    >>> require("one balloon", 1_000.0, 1, 100.0)

    Parameters
    ----------
    what
        What is to be flown, for the message: "a free flight of 20 days".
    fixed_bytes
        What is taken whatever the number of particles.
    each_bytes
        What every particle takes besides: its state, its books, and its path if that is kept.

    Raises
    ------
    CapacityError
        With what is wanted, what is free, and the number of particles that fit.
    """
    free, needed = free_bytes(), fixed_bytes + each_bytes * n_particles
    if free is None or needed <= free:
        return
    fitting = max(int((free - fixed_bytes) // each_bytes), 0) if each_bytes > 0.0 else 0
    fewer = (
        f"At most {fitting:,} particles fit: ask for no more"
        if fitting
        else "Not one particle fits: free memory"
    )
    raise CapacityError(
        found=f"{what} with {n_particles:,} particles, which takes {_size(needed)} of memory",
        expected=f"at most the {_size(free)} that are free",
        remedy=f"{fewer}, keep fewer points of each path, or use a machine with more memory.",
    )


def _size(n_bytes: float) -> str:
    """A size for people, in GB above one and MB below."""
    return f"{n_bytes / 1e9:,.1f} GB" if n_bytes >= 1e9 else f"{n_bytes / 1e6:,.1f} MB"
