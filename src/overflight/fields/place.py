"""Where winds are kept between runs, and how much room is there."""

import os
import shutil
from contextlib import suppress
from pathlib import Path

import platformdirs

SWITCH = "OVERFLIGHT_CACHE"  # a folder, or "off"


def folder() -> Path | None:
    """Where winds are kept between runs; None where the person said "off"."""
    wanted = os.environ.get(SWITCH, "")
    if wanted.lower() == "off":
        return None
    return Path(wanted) if wanted else Path(platformdirs.user_cache_dir("overflight")) / "winds"


def room_bytes() -> int:
    """How much of the disk there may be taken: half of what is free; 0 without such a folder."""
    place = folder()
    if place is None:
        return 0
    with suppress(OSError):
        there = next(parent for parent in (place, *place.parents) if parent.exists())
        if os.access(there, os.W_OK):
            return shutil.disk_usage(there).free // 2
    return 0
