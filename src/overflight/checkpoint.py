"""Finished units of work on disk, so that an interrupted account goes on where it stopped.

They lie beside the release, in ``NAME.partial``: where the release can be written they can be too,
a person sees them and may delete them, and they are gone when the release is there. Each is a file
of its own, written beside its place, forced to the disk and renamed into it; so a kill at any
moment leaves it whole or absent. One that is damaged, or of another account, is worked out again.

An account is the same if everything that decides its numbers is: see :func:`parts`.
"""

import hashlib
import json
import os
import platform
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, replace
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import overflight
from overflight.errors import OverflightError
from overflight.flight import device
from overflight.inference.stratum import Settings

Tell = Callable[[str], None]

FORMAT = 1  # of a unit's file; raise it when files of before must not be read
_ABOUT, _NEW, _UNIT = "checkpoint.json", ".new-", ".unit"
_PACKAGES = ("numpy", "numba", "llvmlite", "scipy", "xarray", "h5py", "zarr", "eccodes", "pyproj")


def parts(
    case: Mapping[str, str], wind: Sequence[str], settings: Settings, seed: int
) -> dict[str, str]:
    """Hashes of all that decides the numbers of an account, by what it is called in a sentence.

    Parameters
    ----------
    case
        Hashes of the case's files by name.
    wind
        Hashes of the wind files; none for the climatology, which is part of the program.

    Raises
    ------
    MissingExtraError, DeviceError
        Without the graphics card that the settings name.
    """
    # The number of threads changes nothing; the device has a name of its own.
    chosen = asdict(replace(settings, n_threads=0, device=""))
    return {
        "case": _hash(sorted(case.items())),
        "wind": _hash(list(wind)),
        "settings": _hash(sorted(chosen.items())),
        "seed": str(seed),
        "program": program(),
        "processor": processor(),
        "device": device.identity(settings.device),
    }


@cache
def program() -> str:
    """Hash of the program's own files and of the versions of what it computes with."""
    package = Path(overflight.__file__).parent
    files = (path for path in package.rglob("*") if path.is_file() and path.suffix != ".pyc")
    held = {
        path.relative_to(package).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
    }
    return _hash([sorted(held.items()), [(name, _version(name)) for name in _PACKAGES]])


def processor() -> str:
    """Hash of what compiled code depends on: the last digit of a sine is another one elsewhere."""
    # Not at the top: the first import of numba must be that of the kernels, which set its options.
    from llvmlite import binding  # noqa: PLC0415
    from numba.core import config  # noqa: PLC0415

    compiler = [binding.get_host_cpu_name(), binding.get_host_cpu_features().flatten()]
    switches = [
        str(getattr(config, name, None))
        for name in ("OPT", "CPU_NAME", "CPU_FEATURES", "DISABLE_JIT")
    ]
    return _hash([*compiler, *switches, platform.machine(), *platform.libc_ver()])


def place_of(release: Path) -> Path:
    """Where the checkpoint of a release lies."""
    return release.with_name(f"{release.name}.partial")


@contextmanager
def beside(
    release: Path, made_of: Mapping[str, str], *, resume: bool, tell: Tell
) -> "Iterator[Checkpoint]":
    """Keep finished units beside a release until the block ends well; then they are removed.

    Parameters
    ----------
    made_of
        The account's :func:`parts`.
    resume
        Use what an earlier run of the same account has kept. Without it all is worked out anew,
        and what is kept stays until the account is complete.
    tell
        Called with sentences for the person at the keyboard.

    Raises
    ------
    OverflightError
        If the folder cannot be written, or is something else.
    """
    kept = Checkpoint(place_of(release), made_of, resume=resume, tell=tell)
    try:
        yield kept
    except BaseException:
        kept.say_what_is_kept()
        raise
    kept.remove()


class Checkpoint:
    """A folder of finished units."""

    def __init__(
        self, place: Path, made_of: Mapping[str, str], *, resume: bool, tell: Tell
    ) -> None:
        self.place, self._made_of, self._tell = place, dict(made_of), tell
        self._key = _hash(sorted(made_of.items()))
        self._counts: dict[str, tuple[set[int], int]] = {}
        self._silent = False  # about a disk that is full
        _refuse_foreign(place)
        found = self._units()
        other = self._other_than(place) if found else []
        if resume:
            self._refuse_other_device(other)
        self._may_load = resume and not other
        self._say_what_is_found(len(found), other, resume=resume)
        try:
            if other:
                shutil.rmtree(place)
            place.mkdir(parents=True, exist_ok=True)
            for left in place.glob(f"{_NEW}*"):  # of a run that was killed while it wrote
                left.unlink(missing_ok=True)
            about = {"format": FORMAT, "made_of": self._made_of}
            _write(place / _ABOUT, json.dumps(about, indent=2).encode())
        except OSError as error:
            raise OverflightError(
                found=f"{place} cannot be written ({error.strerror})",
                expected="room beside the release for the checkpoint of a long run",
                remedy="Choose another --out, or mend that folder's permissions or disk.",
            ) from error

    def load(self, stage: str, index: int, of: int) -> bytes | None:
        """What is kept of a unit; None if nothing whole is, or all is worked out anew."""
        if not self._may_load:
            return None
        try:
            header, _, data = self._file(stage, index, of).read_bytes().partition(b"\n")
            told = json.loads(header)
            whole = told == self._header(stage, index, of, data)
        except (OSError, ValueError, RecursionError):
            return None
        if not whole:
            return None
        self._count(stage, index, of)
        return data

    def save(self, stage: str, index: int, of: int, data: bytes) -> None:
        """Keep a finished unit; where that fails, say so once and go on."""
        header = json.dumps(self._header(stage, index, of, data)).encode()
        try:
            self.place.mkdir(exist_ok=True)
            _write(self._file(stage, index, of), header + b"\n" + data)
        except OSError as error:
            if not self._silent:
                self._tell(
                    f"{self.place} cannot be written ({error.strerror}): going on, but an"
                    " interruption would lose what is worked out from here on."
                )
            self._silent = True
            return
        self._count(stage, index, of)

    def say_what_is_kept(self) -> None:
        """One sentence for who interrupted the run; an empty checkpoint is removed instead."""
        if not self._units():
            self.remove()
        elif self._counts:
            counts = ", ".join(
                f"{len(d)} of {of} {stage}" for stage, (d, of) in self._counts.items()
            )
            self._tell(
                f"{counts} are kept in {self.place}: the same command with --resume goes on there."
            )

    def remove(self) -> None:
        """Remove the folder."""
        shutil.rmtree(self.place, ignore_errors=True)

    def _say_what_is_found(self, n_found: int, other: Sequence[str], *, resume: bool) -> None:
        pieces = f"{n_found} finished piece{'' if n_found == 1 else 's'} of an interrupted run"
        if other:
            self._tell(
                f"{self.place} held {pieces} that differs in its {' and '.join(other)}:"
                " it is discarded, and all is worked out."
            )
        elif resume and not n_found:
            self._tell(f"{self.place} holds nothing to resume: all is worked out.")
        elif resume:
            self._tell(f"going on from {pieces} in {self.place}.")
        elif n_found:
            self._tell(
                f"{self.place} holds {pieces} of this very account, and all is worked out anew;"
                " stop this and add --resume to go on from there."
            )

    def _refuse_other_device(self, other: Sequence[str]) -> None:
        """Pieces that only the device tells apart are as good as these: they are not discarded."""
        if list(other) != ["device"]:
            return
        then = json.loads((self.place / _ABOUT).read_text("utf-8"))["made_of"].get("device")
        raise OverflightError(
            found=f"{self.place} holds pieces worked out on {then!r}, to go on with on"
            f" {self._made_of['device']!r}",
            expected="one device for a whole account: last digits differ between them",
            remedy="Name that device with --device, or leave --resume away: then all is worked out"
            " anew.",
        )

    def _other_than(self, place: Path) -> list[str]:
        """In what a checkpoint differs from this account."""
        try:
            about = json.loads((place / _ABOUT).read_text("utf-8"))
            made_of = about["made_of"] if about["format"] == FORMAT else {}
            return [name for name, one in self._made_of.items() if made_of.get(name) != one]
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return ["description"]

    def _units(self) -> list[Path]:
        return list(self.place.glob(f"*{_UNIT}"))

    def _file(self, stage: str, index: int, of: int) -> Path:
        return self.place / f"{stage.replace(' ', '-')}-{index + 1}-of-{of}{_UNIT}"

    def _header(self, stage: str, index: int, of: int, data: bytes) -> dict[str, object]:
        return {
            "format": FORMAT,
            "account": self._key,
            "unit": [stage, index, of],
            "sha256": hashlib.sha256(data).hexdigest(),
        }

    def _count(self, stage: str, index: int, of: int) -> None:
        self._counts.setdefault(stage, (set(), of))[0].add(index)


def _refuse_foreign(place: Path) -> None:
    """A folder that somebody uses for something else is left alone."""
    if place.is_dir():
        strangers = [p for p in place.iterdir() if not p.name.startswith(_NEW)]
        if not strangers or (place / _ABOUT).is_file():
            return
    elif not (place.exists() or place.is_symlink()):
        return
    raise OverflightError(
        found=f"{place} exists and is not a checkpoint of overflight",
        expected="that name free for what a long run keeps until it is complete",
        remedy="Choose another --out, or move that folder away.",
    )


def _write(file: Path, content: bytes) -> None:
    """Write in one piece: whatever happens, the file is whole, or as it was."""
    handle, name = tempfile.mkstemp(prefix=_NEW, dir=file.parent)
    try:
        with os.fdopen(handle, "wb") as new:
            new.write(content)
            new.flush()
            os.fsync(new.fileno())
        Path(name).replace(file)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise


def _hash(content: object) -> str:
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
