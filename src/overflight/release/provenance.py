"""What a release was made of: hashes, versions, seed, command.

A stranger can check every file of a release against its manifest, and every input against its
own copy. No clock enters: the same inputs give the same release, byte for byte.
"""

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

from overflight.errors import OverflightError

PACKAGES = ("overflight", "numpy", "numba", "xarray", "shapely", "pydantic")


def sha256(path: Path) -> str:
    """Hash of a file, hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def case_hashes(folder: Path) -> dict[str, str]:
    """Hashes of the files that a case is made of, by name."""
    names = ("case.yaml", "sightings.csv", "sources.csv", "statements.csv")
    return {name: sha256(folder / name) for name in names if (folder / name).exists()}


def inputs_sha256(hashes: dict[str, str]) -> str:
    """One hash over all inputs, for the foot of the report."""
    return hashlib.sha256(json.dumps(hashes, sort_keys=True).encode()).hexdigest()


def manifest(release: Path, inputs: dict[str, str], settings: dict[str, Any]) -> dict[str, Any]:
    """Describe a finished release folder."""
    outputs = {
        path.relative_to(release).as_posix(): sha256(path)
        for path in sorted(release.rglob("*"))
        if path.is_file()
    }
    return {
        "made_with": {name: version(name) for name in PACKAGES},
        "settings": settings,
        "inputs_sha256": inputs,
        "outputs_sha256": outputs,
    }


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
    scratch = Path(tempfile.mkdtemp(prefix=f".{release.name}-", dir=release.parent))
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
    return folder.is_dir() and ((folder / "manifest.json").is_file() or not any(folder.iterdir()))
