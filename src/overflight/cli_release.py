"""What is done with a finished release: export, reproduce, redact, sign."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from overflight import installed
from overflight.terminal import JsonProgress, LevelName, Quiet, Threads, plain

if TYPE_CHECKING:
    from overflight.release.verify import Checked
    from overflight.reproduce import Reproduced

Release = Annotated[
    Path,
    typer.Argument(metavar="RELEASE", exists=True, file_okay=False, help="A release folder."),
]
Wind = Annotated[
    list[Path] | None,
    typer.Option(metavar="FILE", help="Wind file that it was made with; several times."),
]
People = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Grid of people that it was made with, if it was given one."),
]
_OF_A_FILE = 2  # differences that are told of each file


def export(
    release: Release,
    formats: Annotated[
        str,
        typer.Option(
            "--format",
            metavar="NAMES",
            help="With commas between: geojson, kml, kmz, czml, mfjson, gpx, csv, netcdf, svg, png"
            " (extra plot).",
        ),
    ],
    out: Annotated[
        Path, typer.Option("--out", metavar="DIR", file_okay=False, help="Where files are written.")
    ] = Path("overflight-export"),
) -> None:
    """Write a finished release in other formats.

    From the paths that the release holds, so nothing is computed anew and nothing else is told.

    Example: overflight export out/2023-conus --format kml,gpx --out out/maps
    """
    from overflight.release.formats import writing

    for path in writing.export(release, writing.chosen(formats), out):
        typer.echo(plain(path))


def reproduce(
    release: Release,
    wind: Wind = None,
    population: People = None,
    tolerance: Annotated[
        float | None,
        typer.Option(
            min=0.0,
            max=1.0,
            help="Relative difference that is let pass. Without it: none where program and"
            " processor are the same, else 0.05.",
        ),
    ] = None,
    check_only: Annotated[  # noqa: FBT002
        bool, typer.Option("--check-only", help="Check all hashes; run nothing.")
    ] = False,
    signers: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            exists=True,
            dir_okay=False,
            help="Also refuse a release that none of these signed: names and public keys, as in"
            " OpenSSH's allowed_signers.",
        ),
    ] = None,
    threads: Threads = 0,
    quiet: Quiet = False,  # noqa: FBT002
    json_progress: JsonProgress = False,  # noqa: FBT002
) -> None:
    """Make a release again and say what differs.

    First every file is checked against the manifest. Exit status 2 if anything differs.

    Example: overflight reproduce out/2023-conus
    """
    from overflight.release import verify

    checked = verify.check(release)
    verify.refuse_wrong(checked, release)
    typer.echo(f"{checked.n_files} files are as the manifest says.")
    typer.echo(
        f"The manifest's own SHA-256, to compare with a published one: {checked.manifest_sha256}"
    )
    _tell_signer(release, checked, signers)
    if check_only:
        return
    from overflight import reproduce as again
    from overflight.progress import shown

    inputs = again.Inputs(wind or (), population, threads or installed.n_threads())
    with shown(quiet, json_progress) as report:
        found = again.reproduce(release, inputs, tolerance=tolerance, progress=report)
    _tell_compared(found)


def _tell_compared(found: "Reproduced") -> None:
    """Say how a second run compares; an error if it differs."""
    from overflight.errors import OverflightError

    for line in found.elsewhere:
        typer.echo(f"Not as it was: {plain(line)}")
    compared = found.compared
    typer.echo(
        f"{len(compared.identical)} files identical, {len(compared.close)} within"
        f" {found.tolerance:g}, {len(compared.different)} different"
        f" (largest difference of a number {compared.largest:.2g} of its size)."
    )
    if compared.same:
        return
    shown_ones = [one for name in compared.different for one in compared.first(name, _OF_A_FILE)]
    lines = [str(one) for one in shown_ones]
    if len(compared.differences) > len(lines):
        lines.append(f"... and {len(compared.differences) - len(lines):,} more")
    raise OverflightError(
        found=f"a second run differs in {len(compared.differences):,} places",
        expected=f"the same within {found.tolerance:g}",
        remedy="What differs:\n  " + "\n  ".join(lines),
    )


def redact(
    release: Release,
    level: LevelName,
    out: Annotated[
        Path, typer.Option("--out", metavar="DIR", file_okay=False, help="The new release.")
    ],
    wind: Wind = None,
    population: People = None,
    threads: Threads = 0,
    quiet: Quiet = False,  # noqa: FBT002
    json_progress: JsonProgress = False,  # noqa: FBT002
) -> None:
    """Make a release for partners or the public out of a full one.

    The account is run again from what the release holds; what the level withholds is taken out
    before any file is written, and every byte is searched for it.

    Example: overflight redact out/2023-conus --level public --out out/2023-conus-public
    """
    from overflight import reproduce as again
    from overflight.progress import shown
    from overflight.release.redact.levels import Level

    inputs = again.Inputs(wind or (), population, threads or installed.n_threads())
    with shown(quiet, json_progress) as report:
        again.redact(release, Level(level.value), out, inputs, progress=report)
    typer.echo(f"Searched for all that is withheld, and found none of it: {plain(out)}")


def sign(
    release: Release,
    key: Annotated[
        Path,
        typer.Option(
            "--key",
            metavar="FILE",
            exists=True,
            dir_okay=False,
            help="Private key of OpenSSH; or a public one, if an agent holds the private half.",
        ),
    ],
) -> None:
    """Sign a finished release with a key of OpenSSH.

    The signature stands beside the manifest, which names every other file by its hash. Signed with
    the ssh-keygen that is installed; it asks for the passphrase itself.

    Example: overflight sign out/2023-conus --key ~/.ssh/id_ed25519
    """
    from overflight.release import signing

    typer.echo(f"Signed: {plain(signing.sign(release, key))}")


def _tell_signer(release: Path, checked: "Checked", signers: Path | None) -> None:
    from overflight.release import signing
    from overflight.release.provenance import SIGNATURE

    if signers is not None:
        found = signing.signer(release, checked, signers)
        typer.echo(f"Signed by {plain(found.principal)}: {plain(found.told)}")
    elif (release / SIGNATURE).is_file():
        typer.echo(f"It holds a signature, {SIGNATURE}; --signers FILE checks whose it is.")
