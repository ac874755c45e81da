"""The commands that put stated probabilities to the test, on real flights and on made-up ones."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from overflight.errors import CaseError
from overflight.terminal import JsonProgress, Quiet, plain

app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="Test the model on real and made-up flights."
)

_SHORTEST_S, _LONGEST_S = 1_800.0, 120 * 3_600.0
_MOST_LENGTHS = 12
_MOST_CASES, _SEEDS, _DATA_SETS = 100_000, 2**31, 200_000

Telemetry = Annotated[
    list[Path],
    typer.Argument(
        metavar="FILE...", exists=True, dir_okay=False, help="Telemetry: time, lat, lon, altitude."
    ),
]
WindOf = Annotated[
    list[Path] | None,
    typer.Option(
        metavar="FILE|climatology", help="Wind file or folder; repeat. Else the climatology."
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command()
def flights(
    files: Telemetry,
    hide: Annotated[
        str, typer.Option(metavar="LENGTHS", help="What to hide, with commas.")
    ] = "6h,12h,24h,48h",
    wind: WindOf = None,
    picture: Annotated[
        Path | None,
        typer.Option(metavar="FILE.svg", dir_okay=False, help="Draw the coverage."),
    ] = None,
    as_json: AsJson = False,  # noqa: FBT002
    quiet: Quiet = False,  # noqa: FBT002
    json_progress: JsonProgress = False,  # noqa: FBT002
) -> None:
    """Hide parts of known flights and predict them.

    Says how often the truth lay inside the 50, 80, 90 and 95 % regions, how far off the middle
    was, and how often a passive flight would have been called steered.

    Example: overflight calibrate flights anita2.csv --hide 6h,12h,24h,48h
    """
    from overflight.calibration import flights as study_of_flights
    from overflight.progress import shown
    from overflight.release import flightwords

    lengths_s = _lengths_s(hide)
    with shown(quiet, json_progress) as report:
        found = study_of_flights.study(files, lengths_s, wind or (), progress=report)
    if picture is not None:
        from overflight.release import flightpicture
        from overflight.release.report import write

        write(flightpicture.draw(found), picture)
    _say(flightwords.lines(found), flightwords.facts(found), as_json=as_json)
    if picture is not None and not as_json:
        typer.echo(f"Picture: {plain(picture)}")


@app.command()
def carried(
    files: Telemetry,
    wind: WindOf = None,
    as_json: AsJson = False,  # noqa: FBT002
    quiet: Quiet = False,  # noqa: FBT002
    json_progress: JsonProgress = False,  # noqa: FBT002
) -> None:
    """Say whether tracks go with the air.

    A track whose velocities no wind of the stated error explains is rejected: an aircraft, a
    made-up feed. A slow track may pass though it follows no wind.

    Example: overflight calibrate carried track.csv
    """
    from overflight.calibration import passive
    from overflight.progress import shown
    from overflight.release import flightwords

    with shown(quiet, json_progress) as report:
        found, left = passive.check_files(files, wind or (), progress=report)
    _say(
        flightwords.checked_lines(found, left),
        flightwords.checked_facts(found, left),
        as_json=as_json,
    )


@app.command()
def profiles(files: Telemetry, as_json: AsJson = False) -> None:  # noqa: FBT002
    """Predict each flight from the ascent of each other.

    Says how far off it ends and whether both flew in one air mass; a profile of another day or
    place is flagged as inconsistent.

    Example: overflight calibrate profiles one.csv two.csv
    """
    from overflight.calibration import neighbours
    from overflight.release import flightwords

    found, left = neighbours.pairs(files)
    _say(flightwords.pair_lines(found, left), flightwords.pair_facts(found, left), as_json=as_json)


@app.command()
def simulated(
    cases: Annotated[int, typer.Option(metavar="N", help="Flights to make up.")] = 100,
    seed: Annotated[int, typer.Option(help="Of all random numbers.")] = 1,
    picture: Annotated[
        Path | None, typer.Option(metavar="FILE.svg", dir_okay=False, help="Draw the ranks.")
    ] = None,
    as_json: AsJson = False,  # noqa: FBT002
    quiet: Quiet = False,  # noqa: FBT002
    json_progress: JsonProgress = False,  # noqa: FBT002
) -> None:
    """Make flights up from the priors, infer them, and rank the truths.

    Ranks are even if the engine does what its assumptions say. Beside it: how far Bayes factors can
    be trusted, where they are known exactly.

    Example: overflight calibrate simulated --cases 500
    """
    from overflight.calibration import exact
    from overflight.calibration import simulated as study_of_ranks
    from overflight.progress import shown
    from overflight.release import rankwords

    if not rankwords.FEWEST <= cases <= _MOST_CASES or not 0 <= seed < _SEEDS:
        raise CaseError(
            found=f"--cases {cases} --seed {seed}",
            expected=f"{rankwords.FEWEST} to {_MOST_CASES:,} flights; a seed from 0 to 2^31 - 1",
            remedy="A hundred flights take some minutes; five hundred tell more.",
        )
    with shown(quiet, json_progress) as report:
        found = study_of_ranks.study(cases, seed, progress=report)
    choice = rankwords.Choice(exact.known(_DATA_SETS, seed), *exact.guarded(seed))
    if picture is not None:
        from overflight.release import rankpicture
        from overflight.release.report import write

        write(rankpicture.draw(found), picture)
    _say(rankwords.lines(found, choice), rankwords.facts(found, choice), as_json=as_json)
    if picture is not None and not as_json:
        typer.echo(f"Picture: {plain(picture)}")


def _say(lines: Sequence[str], facts: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(facts, indent=2))
        return
    for line in lines:
        typer.echo(plain(line))


def _lengths_s(text: str) -> list[float]:
    """Lengths with their units, in seconds, each once.

    Raises
    ------
    CaseError
        If one is no time, or none that can be studied.
    """
    from overflight import units

    lengths_s = list(dict.fromkeys(units.parse(part, "s") for part in text.split(",")))
    wrong = [one for one in lengths_s if not _SHORTEST_S <= one <= _LONGEST_S]
    if wrong or not 0 < len(lengths_s) <= _MOST_LENGTHS:
        raise CaseError(
            found=f"--hide {text}",
            expected=f"up to {_MOST_LENGTHS} lengths between 30 min and 120 h",
            remedy="Write them like --hide 6h,12h,24h,48h.",
        )
    return lengths_s
