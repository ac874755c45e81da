"""What is installed here: versions, extras and the command that adds a missing one.

Reads package metadata only. Nothing is imported and nothing is asked of a network, so it also
works on a broken installation, which is when it is needed.
"""

import os
import re
import shlex
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from platformdirs import user_cache_dir

NAME = "overflight"
UNION = "all"  # the extra made of other extras
CACHE_SWITCH = "OVERFLIGHT_CACHE"

_REQUIREMENT = re.compile(r"(?P<name>[\w.-]+)(?P<needs>[^;]*)(?:;(?P<marker>.*))?")
_EXTRA = re.compile(r"extra\s*==\s*['\"](?P<extra>[\w-]+)['\"]")


@dataclass(frozen=True)
class Package:
    """A package that overflight uses, and the version that is here."""

    name: str
    needs: str  # its parts and versions, e.g. ">=2.1" or "[array]>=2025.1"
    found: str | None  # None: not installed
    extra: str | None  # None: always needed

    @property
    def requirement(self) -> str:
        """What an installer is told, e.g. ``numpy>=2.1``."""
        return self.name + self.needs


def parse(requirements: Iterable[str]) -> tuple[Package, ...]:
    """Read requirement lines as package metadata writes them, and look each package up.

    >>> [(p.name, p.needs, p.extra) for p in parse(["cfgrib>=0.9; extra == 'grib'"])]
    [('cfgrib', '>=0.9', 'grib')]
    """
    packages = []
    for line in requirements:
        match = _REQUIREMENT.match(line)
        extra = _EXTRA.search((match and match["marker"]) or "")
        if match is None or match["name"] == NAME or (extra and extra["extra"] == UNION):
            continue
        packages.append(
            Package(
                name=match["name"],
                needs=match["needs"].strip(),
                found=_version(match["name"]),
                extra=extra["extra"] if extra else None,
            )
        )
    return tuple(packages)


def packages() -> tuple[Package, ...]:
    """List the packages that overflight needs or can use."""
    return parse(metadata.requires(NAME) or ())


def command(missing: Iterable[Package]) -> str:
    """Say what to type so that ``missing`` are installed beside this Python.

    The packages themselves are named, not ``overflight[extra]``: that works for an installation
    from a folder too.
    """
    return shlex.join(
        [sys.executable, "-m", "pip", "install", *(package.requirement for package in missing)]
    )


def n_threads() -> int:
    """Threads that the compiled loops use: ``NUMBA_NUM_THREADS``, else the cores this may use."""
    wanted = os.environ.get("NUMBA_NUM_THREADS", "")
    if wanted.isdecimal() and int(wanted) > 0:
        return int(wanted)
    if hasattr(os, "sched_getaffinity"):  # not on macOS and Windows
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def cache() -> str:
    """Where winds that were read are kept between runs, and how much they take."""
    wanted = os.environ.get(CACHE_SWITCH, "")
    if wanted.lower() == "off":
        return f"none ({CACHE_SWITCH}=off)"
    place = Path(wanted) if wanted else Path(user_cache_dir(NAME)) / "winds"
    size = sum(file.stat().st_size for file in place.rglob("*") if file.is_file())
    return f"{place} ({size / 1e6:,.1f} MB; set {CACHE_SWITCH} to a folder or to 'off')"


def version() -> str:
    """Return the version of overflight that is installed."""
    return metadata.version(NAME)


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None
