"""The command line: reads files, calls one function, prints. No reasoning lives here.

Heavy packages (numba, xarray) load inside the command that needs them, so that ``--help`` and
``validate`` start in half a second; a test sees to it. Exit status: 0 done, 1 a fault of the
program, 2 the person at the keyboard can mend it, 130 interrupted.
"""

import platform
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from overflight import (
    cli_calibrate,
    cli_draft,
    cli_import,
    cli_layers,
    cli_release,
    cli_wind,
    installed,
)
from overflight.errors import OverflightError
from overflight.terminal import (
    CasePath,
    Cluster,
    Device,
    DeviceName,
    JsonProgress,
    Language,
    LevelChoice,
    LevelName,
    OutFolder,
    Quiet,
    Resume,
    Seed,
    Threads,
    Workers,
    explain,
    own_up,
    plain,
    teller,
)

if TYPE_CHECKING:
    from overflight.account import Account

FAULT, CAN_BE_MENDED, INTERRUPTED = 1, 2, 130

# No rich markup: what a case says must never be read as instructions to the terminal.
app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, rich_markup_mode=None)
app.add_typer(cli_wind.app, name="wind")
app.add_typer(cli_calibrate.app, name="calibrate")
app.add_typer(cli_layers.app, name="layers")
app.command()(cli_draft.draft)
app.command("import")(cli_import.import_files)
app.command()(cli_import.archive)


def _show_version(wanted: bool) -> None:  # noqa: FBT001 (typer calls it so)
    if wanted:
        typer.echo(f"overflight {installed.version()}")
        raise typer.Exit


@app.callback()
def overflight(
    version: Annotated[  # noqa: FBT002 (the callback does the work)
        bool,
        typer.Option(
            "--version", callback=_show_version, is_eager=True, help="Print the version and stop."
        ),
    ] = False,
) -> None:
    """Account for a balloon overflight from public evidence and the winds."""


@app.command()
def new(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder to make.")],
) -> None:
    """Write a commented case to edit.

    That is case.yaml and the three tables beside it; an existing folder is left as it is.

    Example: overflight new my-case
    """
    from overflight.case.template import write_new

    write_new(folder)
    typer.echo(f"{plain(folder)}: edit its files, then run: overflight validate {plain(folder)}")


@app.command()
def validate(case: CasePath) -> None:
    """Check a case and report all its mistakes.

    Each comes with its file, line, column and remedy; the exit status is then 2.

    Example: overflight validate cases/2023-conus
    """
    from overflight.case import summary
    from overflight.case.load import load

    for line in summary.lines(load(case)):
        typer.echo(plain(line))


@app.command()
def doctor() -> None:
    """Say what is installed and how to add the rest.

    For each part that is missing it prints the exact command. It asks nothing of a network.

    Example: overflight doctor
    """
    packages = installed.packages()
    typer.echo(f"overflight {installed.version()}")
    typer.echo(f"Python {platform.python_version()} ({platform.platform()}): {sys.executable}")
    typer.echo(f"threads: {installed.n_threads()} (set NUMBA_NUM_THREADS to change it)")
    typer.echo(f"winds kept in: {plain(installed.winds())}")
    typer.echo(f"compiled code kept in: {plain(installed.compiled())}")
    typer.echo("network: used by 'wind fetch' and 'account --cluster' only, and only when typed")
    for extra in dict.fromkeys(package.extra for package in packages):  # in the order declared
        members = [package for package in packages if package.extra == extra]
        typer.echo(f"\n{f'extra {extra}' if extra else 'always needed'}:")
        for package in members:
            typer.echo(f"  {package.requirement:<28} {package.found or 'not installed'}")
        missing = [package for package in members if package.found is None]
        if missing:
            typer.echo(f"  to install: {installed.command(missing)}")
    if any(package.found is None and package.extra is None for package in packages):
        raise typer.Exit(CAN_BE_MENDED)


@app.command()
def demo(
    out: OutFolder = Path("overflight-demo"),
    threads: Threads = 0,
    seed: Seed = 1,
    language: Language = "en",
    quiet: Quiet = False,  # noqa: FBT002
    json_progress: JsonProgress = False,  # noqa: FBT002
    show: Annotated[  # noqa: FBT002
        bool, typer.Option("--open", help="Open the report in a browser when it is ready.")
    ] = False,
) -> None:
    """Account for the bundled 2023 overflight, in about a minute.

    Real public evidence, the embedded climatology for wind, one HTML report. Needs no network.

    Example: overflight demo --out out/2023-conus
    """
    from overflight.case.load import bundled

    made = _account(
        bundled("2023-conus"), out, threads, seed, check=False,
        progress=(quiet, json_progress), language=language,
    )  # fmt: skip
    _summary(made)
    if show:
        typer.launch(str(made.report))


@app.command()
def account(
    case: CasePath,
    out: OutFolder = Path("overflight-account"),
    wind: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FILE|climatology",
            help="Wind file, Zarr store or folder; may be given several times. Without it, what"
            " case.yaml says.",
        ),
    ] = None,
    population: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Grid of people, NetCDF or GeoTIFF: whom a fall would have met. Without it, what"
            " case.yaml says, else means of states and countries.",
        ),
    ] = None,
    threads: Threads = 0,
    workers: Workers = None,
    cluster: Cluster = None,
    device: Device = DeviceName.CPU,
    seed: Seed = 1,
    leave_one_out: Annotated[  # noqa: FBT002
        bool,
        typer.Option(
            "--leave-one-out",
            help="Also predict every sighting from all the others, and print the table; minutes.",
        ),
    ] = False,
    level: LevelName = LevelChoice.FULL,
    language: Language = "en",
    resume: Resume = False,  # noqa: FBT002
    dry_run: Annotated[  # noqa: FBT002
        bool,
        typer.Option(
            "--dry-run", help="Say what it would take in work, memory, disk and time, and stop."
        ),
    ] = False,
    quiet: Quiet = False,  # noqa: FBT002
    json_progress: JsonProgress = False,  # noqa: FBT002
) -> None:
    """Make an account of a case: paths, ledgers, one HTML report.

    The release folder appears only when it is complete. Until then finished pieces of work are
    kept in DIR.partial beside it; after an interruption --resume goes on from there.

    Example: overflight account cases/2023-conus --out out/2023-conus
    """
    if dry_run:
        _tell_cost(case, wind or (), threads, device, check=leave_one_out, people=population)
        return
    made = _account(
        case, out, threads, seed, wind=wind or (), people=population, check=leave_one_out,
        progress=(quiet, json_progress), resume=resume, elsewhere=(workers, cluster),
        device=device, level=level, language=language,
    )  # fmt: skip
    _summary(made)
    _left_out(made)


@app.command()
def forecast(
    case: CasePath,
    hours: Annotated[float, typer.Option(help="How far, up to 240 h.")] = 72.0,
    wind: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FILE|climatology",
            help="Wind file or folder that reaches beyond the evidence; several times.",
        ),
    ] = None,
    order: Annotated[
        list[str] | None,
        typer.Option(metavar="'ONE before OTHER'", help="How probable that order is; repeat."),
    ] = None,
    descend_at: Annotated[
        str | None,
        typer.Option(metavar="TIME|HOURS", help="When it begins to come down, such as 12h."),
    ] = None,
    descent_speed: Annotated[
        str | None,
        typer.Option(metavar="SPEED", help="Near the sea, such as '4 m/s..7 m/s'."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", file_okay=False, help="Also write words, table and paths."),
    ] = None,
    threads: Threads = 0,
    seed: Seed = 1,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,  # noqa: FBT002
    quiet: Quiet = False,  # noqa: FBT002
    json_progress: JsonProgress = False,  # noqa: FBT002
) -> None:
    """Forecast a case from its last evidence.

    Which countries, states and territorial seas it enters and leaves, when, how surely, and where
    it is at the end. Times are no sharper than they are known. Wind that ends earlier is said.

    Example: overflight forecast cases/2023-conus --hours 72
    """
    import json

    from overflight.forecast import Asked, run
    from overflight.inference.stratum import Settings
    from overflight.progress import shown
    from overflight.release import aheadwords, landwords

    with shown(quiet, json_progress) as report:
        made = run(
            case, hours, out=out, wind=wind or (), seed=seed, progress=report,
            asked=Asked(tuple(order or ()), descend_at, descent_speed),
            settings=Settings(n_threads=threads or installed.n_threads()),
        )  # fmt: skip
    if as_json:
        told = aheadwords.facts(made.told) | {"comes_down": landwords.facts(made.told)}
        typer.echo(json.dumps(told, indent=2))
        return
    for line in (*aheadwords.lines(made.told), *landwords.lines(made.told)):
        typer.echo(plain(line))
    if out is not None:
        typer.echo(f"Written to: {plain(out)}")


for command in (cli_release.export, cli_release.reproduce, cli_release.redact, cli_release.sign):
    app.command()(command)


def _tell_cost(
    case: Path, wind: Sequence[Path], threads: int, device: str, *, check: bool, people: Path | None
) -> None:
    """Print what an account would take; refuse one that memory cannot hold."""
    from overflight import cost
    from overflight.inference.stratum import Settings

    settings = Settings(n_threads=threads or installed.n_threads(), device=str(device))
    found = cost.estimate(case, wind, settings, check=check, people=people)
    typer.echo("\n".join(cost.words(found)))
    cost.refuse(found, settings)


def _account(
    case: Path,
    out: Path,
    threads: int,
    seed: int,
    *,
    wind: Sequence[Path] = (),
    people: Path | None = None,
    check: bool,
    progress: tuple[bool, bool],
    resume: bool = False,
    elsewhere: tuple[int | None, str | None] = (None, None),
    device: str = DeviceName.CPU,
    level: str = LevelChoice.FULL,
    language: str = "en",
) -> "Account":
    from overflight.account import Running, run
    from overflight.inference.stratum import Settings
    from overflight.progress import shown
    from overflight.release.redact.levels import Level
    from overflight.workers import hired

    tell = teller(as_json=progress[1])
    with hired(*elsewhere, tell, device) as crew, shown(*progress) as report:
        return run(
            case,
            out,
            wind=wind,
            people=people,
            seed=seed,
            settings=Settings(n_threads=threads or installed.n_threads(), device=str(device)),
            check=check,
            progress=report,
            running=Running(
                resume=resume, workers=crew, tell=tell, level=Level(str(level)), language=language
            ),
        )


def _summary(made: "Account") -> None:
    """Ten lines, the last of them where the report is."""
    from overflight.release.words import summary

    for line in summary(made.case, made.posterior, made.ledgers):
        typer.echo(plain(line))
    typer.echo(f"Report: {plain(made.report)}")


def _left_out(made: "Account") -> None:
    if not made.left_out:
        return
    typer.echo("\nsighting      off, km  spread, km   rank  inside 50 %  inside 90 %")
    for one in made.left_out:
        off_km, spread_km = one.off_m / 1e3, one.spread_m / 1e3
        place = f"{off_km:>8.0f} {spread_km:>11.0f}" if one.is_aloft else f"{'none aloft then':>20}"
        typer.echo(
            f"{plain(one.sighting_id):<12} {place}"
            f" {one.rank_fraction:>6.2f}  {'yes' if one.inside(0.5) else 'no':>11}"
            f"  {'yes' if one.inside(0.9) else 'no':>11}"
        )
    inside = sum(one.inside(0.9) for one in made.left_out)
    typer.echo(f"{inside} of {len(made.left_out)} inside the 90 % region")


def main() -> None:
    """Run the command line; say what went wrong in words, and end with the right status."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a letter the terminal lacks must not end the run
            stream.reconfigure(errors="backslashreplace")
    try:
        app(prog_name=installed.NAME)
    except SystemExit as end:
        if end.code == INTERRUPTED:
            typer.echo("interrupted: no release was written", err=True)
        raise
    except OverflightError as error:
        typer.echo(f"overflight: {plain(error, lines=True)}", err=True)
        sys.exit(CAN_BE_MENDED)
    except OSError as error:  # a folder that may not be written, a full disk
        explain(error)
        sys.exit(CAN_BE_MENDED)
    except Exception as error:  # the last line of defence
        own_up(error)
        sys.exit(FAULT)
