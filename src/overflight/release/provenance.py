"""What a release was made of: hashes, versions, seed, command.

A stranger can check every file of a release against its manifest, and every input against its
own copy. But for the day it was made, which the manifest declares, no clock enters: the same inputs
give the same release, byte for byte.
"""

import hashlib
import json
import os
import platform
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from importlib.metadata import version
from pathlib import Path
from typing import IO, Any

from overflight import locks
from overflight.errors import OverflightError

FORMAT = 2  # of a release; 1 had no copy of the case and no file of all paths
CASE_FILES = (
    "case.yaml", "sightings.csv", "sources.csv", "statements.csv", "sites.csv", "observers.csv",
    "events.csv", "relations.csv",
)  # fmt: skip
MANIFEST, CRATE = "manifest.json", "ro-crate-metadata.json"
SIGNATURE = f"{MANIFEST}.sig"  # added later, if anybody signs
PACKAGES = (
    "overflight", "numpy", "numba", "llvmlite", "scipy", "xarray", "h5py", "h5netcdf", "shapely",
    "pydantic",
)  # fmt: skip
STAMPS = (f"{MANIFEST}: made_on", f"{CRATE}: datePublished")
_OWN_HASH = "manifest_sha256"


@dataclass(frozen=True)
class Origin:
    """What a release was made of and how, as its manifest tells it."""

    case_id: str
    inputs: dict[str, str]  # hashes by name
    settings: dict[str, Any]  # the seed among them
    command: str
    made_on: date
    level: str = "full"
    kind: str = "account"
    program: dict[str, str] = field(default_factory=dict)  # hashes of what decides the last digit


def today() -> date:
    """The day in UTC, or that of SOURCE_DATE_EPOCH, as other builds read it."""
    stamp = os.environ.get("SOURCE_DATE_EPOCH", "")
    now = datetime.fromtimestamp(int(stamp), UTC) if stamp.isdigit() else datetime.now(UTC)
    return now.date()


def made_with() -> dict[str, str]:
    """Versions of what the numbers come from."""
    return {"python": platform.python_version(), **{name: version(name) for name in PACKAGES}}


def sha256(path: Path) -> str:
    """Hash of a file, hexadecimal."""
    with path.open("rb") as file:  # some are larger than memory
        return hashlib.file_digest(file, "sha256").hexdigest()


def case_hashes(folder: Path, zone_files: Sequence[str] = ()) -> dict[str, str]:
    """Hashes of the files that a case is made of, by name; the last are those of its zones."""
    names = (*CASE_FILES, *zone_files)
    return {name: sha256(folder / name) for name in names if (folder / name).exists()}


def inputs_sha256(hashes: dict[str, str]) -> str:
    """One hash over all inputs, for the foot of the report."""
    return hashlib.sha256(json.dumps(hashes, sort_keys=True).encode()).hexdigest()


def manifest(release: Path, origin: Origin) -> bytes:
    """Describe a finished release folder; the last line is a hash of all the others."""
    outputs = {
        path.relative_to(release).as_posix(): sha256(path)
        for path in sorted(release.rglob("*"))
        if path.is_file()
    }
    return sealed(
        {
            "format": FORMAT,
            "kind": origin.kind,
            "level": origin.level,
            "case_id": origin.case_id,
            "made_on": origin.made_on.isoformat(),
            "time_stamps": list(STAMPS),
            "made_with": made_with(),
            "made_by_sha256": origin.program,
            "command": origin.command,
            "settings": origin.settings,
            "inputs_sha256": origin.inputs,
            "outputs_sha256": outputs,
        }
    )


def sealed(content: dict[str, Any]) -> bytes:
    """The manifest's bytes, with a hash of its other content as its last member."""
    inner = {name: value for name, value in content.items() if name != _OWN_HASH}
    digest = hashlib.sha256(json.dumps(inner, indent=2).encode()).hexdigest()
    return (json.dumps(inner | {_OWN_HASH: digest}, indent=2) + "\n").encode()


def refuse_foreign(release: Path) -> None:
    """Leave a folder alone that somebody uses for something else.

    Raises
    ------
    OverflightError
        If ``release`` exists and is not a release.
    """
    if release.exists() and not _is_ours(release):
        raise OverflightError(
            found=f"{release} exists and is not a release of overflight",
            expected="a new folder, or an earlier release to replace",
            remedy="Choose another --out, or move that folder away.",
        )


@contextmanager
def alone(release: Path) -> Iterator[None]:
    """Hold a release's name for one run; two at once would mix what they keep beside it.

    The lock is the system's, on a file beside the release: it ends with the process, however that
    ends. Where there are no locks (Windows, some network disks) it goes without.

    Raises
    ------
    OverflightError
        If another run holds it.
    """
    release.parent.mkdir(parents=True, exist_ok=True)
    place = release.parent / f".{hashlib.sha256(release.name.encode()).hexdigest()[:16]}.lock"
    while True:
        with place.open("a", encoding="ascii") as file:
            if not locks.taken(file):
                raise OverflightError(
                    found=f"another run is writing {release}",
                    expected="one run for each folder",
                    remedy="Wait until it is done, or choose another --out.",
                )
            if _is_still(file, place):
                try:
                    yield
                finally:
                    with suppress(OSError):
                        place.unlink()
                return


def _is_still(file: IO[str], place: Path) -> bool:
    """Whether the open file is the one that has the name now: another run may have ended."""
    try:
        return os.path.samestat(os.fstat(file.fileno()), place.stat())
    except FileNotFoundError:
        return False


@contextmanager
def whole(release: Path) -> Iterator[Path]:
    """Give a folder to write into that becomes ``release`` only if all goes well.

    An interrupted or failed run leaves no trace, and an earlier release stays until the new one
    is complete. A folder that is no release of ours is never replaced.

    Raises
    ------
    OverflightError
        If ``release`` exists and is not a release.
    """
    refuse_foreign(release)
    release.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=f".{release.name[:40]}-", dir=release.parent))
    try:
        yield scratch
        scratch.chmod(0o755)
        if release.exists():
            old = scratch.with_name(scratch.name + "-old")
            release.rename(old)
            scratch.rename(release)
            shutil.rmtree(old, ignore_errors=True)
        else:
            os.replace(scratch, release)  # noqa: PTH105 (atomic on every system)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _is_ours(folder: Path) -> bool:
    return folder.is_dir() and ((folder / MANIFEST).is_file() or not any(folder.iterdir()))
