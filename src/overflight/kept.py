"""Where things are kept between runs: winds that were read, and compiled code.

Compiled code is run as it lies there. So its folder must be one that only this user can write to;
:func:`doubt` says what is wrong with one that is not.
"""

import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import platformdirs

SWITCH = "OVERFLIGHT_CACHE"  # a folder, or "off"

_COMPILED = "compiled"
_OTHERS = stat.S_IWGRP | stat.S_IWOTH


def winds() -> Path | None:
    """Where winds are kept; None where the person said "off"."""
    return _place("winds", "")


def compiled() -> Path | None:
    """Where compiled code is kept; None where the person said "off"."""
    return _place(_COMPILED, _COMPILED)


def _place(usual: str, below: str) -> Path | None:
    wanted = os.environ.get(SWITCH, "")
    if wanted.lower() == "off":
        return None
    if wanted:
        return Path(wanted).absolute() / below
    return Path(platformdirs.user_cache_dir("overflight")) / usual


def room_bytes() -> int:
    """How much of the disk winds may take: half of what is free; 0 without such a folder."""
    place = winds()
    if place is None:
        return 0
    with suppress(OSError):
        there = next(parent for parent in (place, *place.parents) if parent.exists())
        if os.access(there, os.W_OK):
            return shutil.disk_usage(there).free // 2
    return 0


def can_be_written(place: Path) -> bool:
    """Whether files can be put there, as far as permissions tell; the folder need not exist."""
    there = next(folder for folder in _upward(place.absolute()) if folder.exists())
    return there.is_dir() and os.access(there, os.W_OK)


def doubt(place: Path) -> str | None:
    """Why code must not be run from a folder, in words; None where nothing speaks against it.

    The folder must be this user's and closed to the writing of others, and nobody else may be
    able to put another in its place. A folder that is not there yet is judged by those above it.
    """
    if not hasattr(os, "geteuid"):  # Windows: a user's own folders are closed by the system
        return None
    try:
        place = place.resolve()
    except (OSError, RuntimeError):  # a link to itself
        return f"{place} leads nowhere"
    for folder in _upward(place):
        try:
            found = folder.stat()
        except FileNotFoundError:
            continue
        except OSError as error:
            return f"{folder} cannot be looked at: {error.strerror}"
        doubted = _doubt_of(folder, found, last=folder == place)
        if doubted:
            return doubted
    return None


def _upward(place: Path) -> Iterator[Path]:
    yield place
    yield from place.parents


def _doubt_of(folder: Path, found: os.stat_result, *, last: bool) -> str | None:
    mine = os.geteuid()
    if found.st_uid not in ((mine,) if last else (mine, 0)):
        return f"{folder} belongs to another user"
    writers = found.st_mode & _OTHERS
    if not last:
        if found.st_mode & stat.S_ISVTX:  # as /tmp: others may add, but not replace what is mine
            return None
        if found.st_gid == os.getegid():  # the user's own group, which many systems let write
            writers &= ~stat.S_IWGRP
    if writers:
        return f"others may write to {folder}; close it with: chmod go-w {folder}"
    return None


def size_bytes(place: Path | None) -> int:
    """How much the files below a folder take."""
    total = 0
    for file in place.rglob("*") if place else ():
        try:
            found = file.stat()
        except OSError:  # another process just removed it
            continue
        total += found.st_size if stat.S_ISREG(found.st_mode) else 0
    return total
