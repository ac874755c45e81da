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

from overflight import kept

NAME = "overflight"
UNION = "all"  # the extra made of other extras

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


def winds() -> str:
    """Where winds that were read are kept between runs, and how much they take."""
    place = kept.winds()
    if place is None:
        return f"none ({kept.SWITCH}=off)"
    size_bytes, code = kept.size_bytes(place), kept.compiled()
    if code is not None and place in code.parents:  # both were moved to one folder
        size_bytes -= kept.size_bytes(code)
    return f"{place} ({_megabytes(size_bytes)}; set {kept.SWITCH} to a folder or to 'off')"


def compiled() -> str:
    """Where compiled code is kept between runs, how much it takes, or why it is not used."""
    place = kept.compiled()
    if place is None:
        return f"none ({kept.SWITCH}=off): every run compiles"
    doubt = kept.doubt(place)
    if doubt:
        return f"{place} (not used, so every run compiles: {doubt})"
    size = _megabytes(kept.size_bytes(place))
    if not kept.can_be_written(place):
        return f"{place} ({size}; cannot be written: every run compiles what is not there)"
    return f"{place} ({size})"


def _megabytes(size_bytes: int) -> str:
    return f"{size_bytes / 1e6:,.1f} MB"


def version() -> str:
    """Return the version of overflight that is installed."""
    return metadata.version(NAME)


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None
