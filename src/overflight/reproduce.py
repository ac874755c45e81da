"""Run again what a release was made from, and compare; or redact it for others by the same way.

Everything needed is in the release but the files of wind, which are told by their hashes.
"""

import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from overflight import checkpoint
from overflight.account import Running, run, silent
from overflight.answers import Progress
from overflight.errors import OverflightError
from overflight.flight import device
from overflight.inference.stratum import Settings
from overflight.release import comparing, copies, provenance, recipe, verify
from overflight.release.comparing import Compared
from overflight.release.redact.levels import Level
from overflight.release.verify import Checked

ELSEWHERE = 0.05  # what may differ on another processor or by another version, unless told


@dataclass(frozen=True)
class Inputs:
    """Files that a release does not hold, and how many threads to take."""

    wind: Sequence[Path] = ()
    people: Path | None = None
    n_threads: int = 2


@dataclass(frozen=True)
class Reproduced:
    """A release against a second run; ``elsewhere`` says what is not as it was then."""

    compared: Compared
    tolerance: float
    elsewhere: tuple[str, ...]


def reproduce(
    release: Path, inputs: Inputs, *, tolerance: float | None = None, progress: Progress = silent
) -> Reproduced:
    """Make a release again and compare number by number.

    Parameters
    ----------
    tolerance
        Relative difference that is let pass. Without it: none on the same processor with the same
        program, else :data:`ELSEWHERE`.

    Raises
    ------
    OverflightError
        If the release is not whole and unchanged, or cannot be made again from what it holds.
    """
    checked = verify.check(release)
    verify.refuse_wrong(checked, release)
    elsewhere = differs(checked)
    allowed = (ELSEWHERE if elsewhere else 0.0) if tolerance is None else tolerance
    with _again(release, checked, inputs, Level.FULL, progress) as made:
        return Reproduced(comparing.compare(release, made, allowed), allowed, elsewhere)


def redact(
    release: Path, level: Level, out: Path, inputs: Inputs, *, progress: Progress = silent
) -> None:
    """Make a release for others out of a full one: run it again, and write what the level allows.

    Raises
    ------
    OverflightError
        If the release cannot be made again, or something withheld is in what was written.
    """
    checked = verify.check(release)
    verify.refuse_wrong(checked, release)
    provenance.refuse_foreign(out)
    with _case(release, checked) as case, _nothing_kept(out):
        _run(case, checked, inputs, level, out, progress)


@contextmanager
def _nothing_kept(out: Path) -> Iterator[None]:
    """Keep no finished pieces beside a release that failed: they tell what it was to withhold."""
    place = checkpoint.place_of(out)
    before = place.exists()  # of an account that may go on yet
    try:
        yield
    finally:
        if not before:
            shutil.rmtree(place, ignore_errors=True)


def differs(checked: Checked) -> tuple[str, ...]:
    """What is not as it was when a release was made, and may change the last digits."""
    now, then = provenance.made_with(), checked.manifest.get("made_with", {})
    told = [
        f"{name} {then.get(name, 'not told')} then, {now.get(name, 'none')} now"
        for name in sorted({*now, *then})
        if now.get(name) != then.get(name)
    ]
    made_by = checked.manifest.get("made_by_sha256")
    made_by = made_by if isinstance(made_by, dict) else {}
    if made_by.get("processor") != checkpoint.processor():
        told.append("another processor, or other settings of its compiler")
    if made_by.get("program") != checkpoint.program():
        told.append("another program: overflight's own files are not the same")
    return tuple(told)


@contextmanager
def _again(
    release: Path, checked: Checked, inputs: Inputs, level: Level, progress: Progress
) -> Iterator[Path]:
    with _case(release, checked) as case:
        out = case.parent / "again"
        _run(case, checked, inputs, level, out, progress)
        yield out


@contextmanager
def _case(release: Path, checked: Checked) -> Iterator[Path]:
    """A copy of the release's case in a folder of the case's own name."""
    _refuse_what_cannot(release, checked)
    with tempfile.TemporaryDirectory(prefix="overflight-") as place:
        folder = Path(place) / "case" / recipe.read(checked.manifest).case_id
        shutil.copytree(release / copies.FOLDER, folder)
        yield folder


def _refuse_what_cannot(release: Path, checked: Checked) -> None:
    told = checked.manifest
    verify.refuse_format(told, oldest=provenance.FORMAT)
    if told.get("kind") != "account":
        raise OverflightError(
            found=f"a release of kind {told.get('kind')}",
            expected="an account",
            remedy="Use --check-only to check its hashes.",
        )
    if told.get("level") != str(Level.FULL):
        raise OverflightError(
            found=f"a {told.get('level')} release: its case is not the one it was worked out from",
            expected="the full release",
            remedy="Use --check-only here; who holds the full release can run it again.",
        )
    if not (release / copies.FOLDER / "case.yaml").is_file():
        raise OverflightError(
            found=f"{release} holds no case",
            expected="the folder case with the case it was made from",
            remedy="Take an undamaged copy of the release.",
        )


def _run(
    case: Path, checked: Checked, inputs: Inputs, level: Level, out: Path, progress: Progress
) -> None:
    told = recipe.read(checked.manifest)
    _refuse_lacking(told.inputs, inputs, case)
    on = device.CPU if told.device == device.CPU else "cuda"
    run(
        case,
        out,
        wind=inputs.wind,
        people=inputs.people,
        seed=told.seed,
        settings=Settings(**told.settings, n_threads=inputs.n_threads, device=on),
        check=told.leave_one_out,
        progress=progress,
        running=Running(
            made_on=told.made_on,
            inputs=told.inputs,
            level=level,
            language=told.language,
        ),
    )


def _refuse_lacking(hashes: Mapping[str, str], inputs: Inputs, case: Path) -> None:
    """Ask for the files that a release tells by their hashes alone."""
    wanted = [name for name in hashes if name.startswith("wind/") and not inputs.wind]
    for name in hashes:
        held = list(case.rglob(name.partition("/")[2])) if name.startswith("population/") else []
        if name.startswith("population/") and not held and inputs.people is None:
            wanted.append(name)
    if wanted:
        lines = "\n  ".join(f"{name.partition('/')[2]}  sha256 {hashes[name]}" for name in wanted)
        option = "--wind FILE" if wanted[0].startswith("wind/") else "--population FILE"
        raise OverflightError(
            found="a release that was made with files it does not hold",
            expected="those very files",
            remedy=f"Give them with {option}:\n  {lines}",
        )
