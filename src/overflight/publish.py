"""From a finished account to a release of a level, with all that a stranger needs to repeat it."""

import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from overflight import checkpoint
from overflight.errors import OverflightError
from overflight.flight import device
from overflight.inference.stratum import Settings
from overflight.release import folder, provenance
from overflight.release.language import ENGLISH
from overflight.release.page import Made
from overflight.release.redact import leak, made, rows
from overflight.release.redact.levels import Level


@dataclass(frozen=True)
class How:
    """What an account was made of, and who its release is for."""

    inputs: Mapping[str, str]
    settings: Settings
    computer: str
    check: bool
    made_on: date | None = None
    level: Level = Level.FULL
    language: str = ENGLISH


def write(account: Made, source: Path, how: How, scratch: Path) -> None:
    """Write a release into an empty folder.

    What a level withholds is taken out of the case and out of everything that was worked out
    before any file is written; then every byte that was written is searched for it.

    Raises
    ------
    OverflightError
        If something that is withheld is found in the release.
    """
    if how.level is Level.FULL:
        folder.write(account, source, _origin(account, dict(how.inputs), how), scratch)
        return
    with tempfile.TemporaryDirectory(prefix="overflight-") as place:
        redacted = Path(place) / account.case.id
        withheld = rows.redact(source, account.case, how.level, redacted)
        shown = made.redact(account, redacted, withheld, how.level)
        inputs = provenance.case_hashes(redacted, shown.case.zone_files)
        kept = {name: digest for name, digest in how.inputs.items() if name.startswith("wind/")}
        folder.write(shown, redacted, _origin(shown, inputs | kept, how), scratch)
    leak.refuse(scratch, withheld)


def refuse_other(wanted: Mapping[str, str] | None, found: Mapping[str, str]) -> None:
    """Stop before anything is flown if an input is not the one that a release was made of.

    Raises
    ------
    OverflightError
        Naming every such input.
    """
    if wanted is None:
        return
    wrong = sorted(name for name in {*wanted, *found} if wanted.get(name) != found.get(name))
    if wrong:
        raise OverflightError(
            found=f"other inputs than the release was made of: {', '.join(wrong)}",
            expected="files with the hashes that its manifest names",
            remedy="Give those very files with --wind and --population.",
        )


def _origin(account: Made, inputs: dict[str, str], how: How) -> provenance.Origin:
    # The number of threads changes nothing, so it is not part of what a release is made of.
    told: dict[str, Any] = {
        "wind": account.posterior.wind_statement,
        "seed": account.posterior.seed,
        "leave_one_out": how.check,
        **asdict(replace(how.settings, n_threads=0)),
        "device": how.computer,
    }
    told.pop("n_threads")
    if how.language != ENGLISH:
        told["language"] = how.language
    return provenance.Origin(
        account.case.id, inputs, told, _command(told, inputs, how),
        how.made_on or provenance.today(), str(how.level),
        program={"program": checkpoint.program(), "processor": checkpoint.processor()},
    )  # fmt: skip


def _command(told: dict[str, Any], inputs: Mapping[str, str], how: How) -> str:
    """What to type for the same account; files by their names alone."""
    words = ["overflight account CASE", f"--seed {told['seed']}"]
    for option in ("wind", "population"):
        names = [name for name in inputs if name.startswith(f"{option}/")]
        words += [f"--{option} {name.partition('/')[2]}" for name in names]
    words += ["--leave-one-out"] if how.check else []
    words += ["--device cuda"] if how.computer != device.CPU else []
    words += [f"--level {how.level}"] if how.level is not Level.FULL else []
    words += [f"--language {how.language}"] if how.language != ENGLISH else []
    return " ".join(words)
