"""The commands about wind files: look at them, build one, fetch one."""

import json
from collections.abc import Callable, Iterable
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from overflight.errors import OverflightError
from overflight.terminal import CasePath, JsonProgress, Quiet, plain

if TYPE_CHECKING:
    import xarray as xr

    from overflight.fields.canonical import Need
    from overflight.fields.fetch.plan import Plan

Report = Callable[[str, int, int], None]  # (stage, done, total)

app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="Look at, build and fetch wind files."
)

Files = Annotated[
    list[Path],
    typer.Argument(metavar="FILE...", help="Wind files, Zarr stores, or folders of files."),
]
OfCase = Annotated[
    Path | None,
    typer.Option("--case", metavar="CASE", exists=True, file_okay=False, help="A case folder."),
]


@app.command()
def inspect(
    files: Files,
    case: OfCase = None,
    at: Annotated[
        list[str] | None,
        typer.Option(
            metavar="LAT,LON,LEVEL,TIME",
            help="Print the wind at a point, e.g. '45.8,-108.5,70 hPa,2023-02-01T18:00Z'.",
        ),
    ] = None,
    picture: Annotated[
        Path | None,
        typer.Option(metavar="FILE.svg", dir_okay=False, help="Draw the wind on a map."),
    ] = None,
    level: Annotated[
        str, typer.Option(metavar="LEVEL", help="The level of the picture.")
    ] = "70 hPa",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,  # noqa: FBT002
    quiet: Quiet = False,  # noqa: FBT002
    json_progress: JsonProgress = False,  # noqa: FBT002
) -> None:
    """Say what is in wind files.

    Levels, times, box, missing values, how wrong it may be, and whether it covers a case. Any
    file that is not a usable wind is refused with the reason.

    Example: overflight wind inspect era5.nc --case cases/2023-conus --picture era5.svg
    """
    from overflight.fields import sniff
    from overflight.fields.readers import tdump

    if all(path.is_file() and tdump.looks_like(sniff.head_of(path)) for path in files):
        _say(_tracks(files), as_json=as_json)
        return
    if soundings := _sounding_files(files):
        _say(_soundings(soundings), as_json=as_json)
        return
    from overflight.fields import look, source
    from overflight.fields.advice import suggest
    from overflight.fields.extent import extent_of
    from overflight.progress import shown

    need = None if case is None else _need(case)
    with shown(quiet, json_progress) as report:
        opened = source.open_winds(files, progress=report)
    seen = look.look(opened.wind, need)
    to_fetch = suggest(extent_of(need), str(case)) if need and seen.shortages else None
    points = [look.at(opened.wind, *_point(text)) for text in at or ()]
    if picture is not None:
        from overflight.release import windpicture
        from overflight.release.report import write

        write(windpicture.draw(opened.wind, seen, _pressure(level)), picture)
    if as_json:
        told = {**asdict(seen), "to_fetch": to_fetch}
        told["files"] = [asdict(file) for file in opened.files]
        typer.echo(json.dumps({**told, "points": [asdict(point) for point in points]}, indent=2))
        return
    from overflight.release import windwords

    for line in windwords.lines(seen, opened.files, to_fetch):
        typer.echo(plain(line))
    for point in points:
        for line in windwords.sample(point):
            typer.echo(plain(line))
    if picture is not None:
        typer.echo(f"Picture: {plain(picture)}")


@app.command()
def build(
    files: Files,
    out: Annotated[
        Path, typer.Option("--out", metavar="FILE.nc", dir_okay=False, help="The file to write.")
    ] = Path("wind.nc"),
    case: OfCase = None,
    quiet: Quiet = False,  # noqa: FBT002
    json_progress: JsonProgress = False,  # noqa: FBT002
) -> None:
    """Make one compact wind file of several, or of soundings.

    Gridded files are merged; soundings become an objective analysis with its own error. With a
    case, only what it needs is kept. The file is NetCDF, 16 bits a value, exact to 0.005 m/s.

    Example: overflight wind build january.grib february.grib --case my-case --out wind.nc
    """
    from overflight.fields import canonical, packed, source
    from overflight.progress import shown

    if out.suffix.lower() != ".nc":
        raise OverflightError(
            found=f"--out {out.name}",
            expected="a name that ends in .nc",
            remedy="The file will be NetCDF: call it so.",
        )
    need = canonical.ALL if case is None else _need(case)
    with shown(quiet, json_progress) as report:
        if soundings := _sounding_files(files):
            wind = _analysed(soundings, need, report)
        else:
            wind = source.open_winds(files, need, progress=report).wind
        packed.write(wind, out)
    from overflight.release.windwords import size

    typer.echo(
        f"{plain(out)}: {size(out.stat().st_size)}; look at it with: overflight wind inspect"
    )


@app.command()
def compare(
    tracks: Annotated[
        list[Path],
        typer.Argument(metavar="TRACK...", exists=True, dir_okay=False, help="HYSPLIT listings."),
    ],
    wind: Annotated[
        list[Path],
        typer.Option("--wind", metavar="FILE", exists=True, help="A wind file or folder; repeat."),
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,  # noqa: FBT002
    quiet: Quiet = False,  # noqa: FBT002
    json_progress: JsonProgress = False,  # noqa: FBT002
) -> None:
    """Fly HYSPLIT trajectories again in a wind of yours.

    Says how far the two come apart, and how far the wind's error alone would carry a balloon.
    Ours starts where the listing does and keeps to its pressures.

    Example: overflight wind compare tdump --wind era5.nc
    """
    from overflight.fields.readers import tdump
    from overflight.flight import compare as flight_compare
    from overflight.progress import shown
    from overflight.release.comparewords import compared

    listed = [(path.name, track) for path in tracks for track in tdump.read(path)]
    with shown(quiet, json_progress) as report:
        found = flight_compare.of_files([track for _, track in listed], wind, progress=report)
    named = zip(listed, found, strict=True)
    _say((compared(name, one) for (name, _), one in named), as_json=as_json)


@app.command()
def fetch(
    case: CasePath,
    source: Annotated[
        str, typer.Option(metavar="SOURCE", help="era5, gfs, ecmwf or igra (radiosondes).")
    ] = "era5",
    out: Annotated[
        Path, typer.Option("--out", metavar="FOLDER", file_okay=False, help="Where files go.")
    ] = Path("wind"),
    every: Annotated[
        int | None,
        typer.Option(metavar="HOURS", help="Hours between fields; else what the source has."),
    ] = None,
    dry_run: Annotated[  # noqa: FBT002
        bool, typer.Option("--dry-run", help="Say how much would be fetched, and stop.")
    ] = False,
    ask: Annotated[  # noqa: FBT002
        bool, typer.Option("--ask", help="With --dry-run: ask the archive for sizes.")
    ] = False,
    quiet: Quiet = False,  # noqa: FBT002
    json_progress: JsonProgress = False,  # noqa: FBT002
) -> None:
    """Download the wind that a case needs.

    Its times, levels and box only. Stop it at any moment: the same command goes on where it was
    cut. Only this command and 'account --cluster' use a network.

    Example: overflight wind fetch my-case --source era5 --dry-run
    """
    from overflight.fields.extent import extent_of
    from overflight.fields.fetch import job
    from overflight.progress import shown

    planned = job.plan(source, extent_of(_need(case)), every_h=every, probe=ask and dry_run)
    for line in _fetch_words(planned):
        typer.echo(plain(line))
    if dry_run:
        return
    try:
        with shown(quiet, json_progress) as report:
            files = job.run(planned, out, report)
    except OSError as error:
        raise OverflightError(
            found=f"{out} cannot be written ({error.strerror or error})",
            expected="a folder with room for the files",
            remedy="Make room, or name another folder with --out; then run the same command again.",
        ) from error
    typer.echo(f"{plain(out)}: {len(files)} files. Attribution: {plain(planned.attribution)}")
    typer.echo(f"Next: overflight wind build {plain(out)} --case {plain(case)} --out wind.nc")


def _fetch_words(planned: "Plan") -> list[str]:
    """What a fetch will cost, in sentences."""
    from overflight.release.windwords import size

    minutes = planned.minutes()
    time = f"{60.0 * minutes:.0f} s" if minutes < 1.0 else f"{minutes:,.0f} minutes"
    return [
        f"{planned.source}: {len(planned.parts)} files in {planned.requests:,} requests;"
        f" {planned.download_bytes:,} bytes ({size(planned.download_bytes)}) to download,"
        f" {time} at 50 Mbit/s; {size(planned.disk_bytes)} stay on disk.",
        *(f"Sizes: {basis}." for basis in planned.basis),
    ]


def _need(case: Path) -> "Need":
    from overflight.case.load import load
    from overflight.flight.needs import needed

    return needed(load(case))


def _say(lines: Iterable[tuple[str, dict[str, Any]]], *, as_json: bool) -> None:
    """Print what each line says, or the same as JSON."""
    told = list(lines)
    if as_json:
        typer.echo(json.dumps([facts for _, facts in told], indent=2))
        return
    for text, _ in told:
        typer.echo(plain(text, lines=True))


def _tracks(files: list[Path]) -> Iterable[tuple[str, dict[str, Any]]]:
    """What a HYSPLIT listing holds: it is a track to compare with, not a wind."""
    from overflight.fields.readers import tdump
    from overflight.release.windwords import track

    for path in files:
        for one in tdump.read(path):
            yield track(path.name, one)


def _soundings(files: list[Path]) -> Iterable[tuple[str, dict[str, Any]]]:
    """What soundings hold."""
    from overflight.fields.soundings import formats
    from overflight.release.windwords import left_out, sounding

    for path in files:
        profiles, left = formats.read_profiles(path)
        for one in profiles:
            yield sounding(one)
        for sentence in left:
            yield left_out(path.name, sentence)


def _analysed(files: list[Path], need: "Need", report: Report) -> "xr.Dataset":
    """A wind of soundings, by objective analysis."""
    from overflight.fields import plausible
    from overflight.fields.soundings import analysis, formats

    profiles, left = formats.read_all(files)
    grid = analysis.default_grid(profiles, need)
    wind = analysis.analyse(profiles, grid, left, progress=report)
    return plausible.accepted(wind)


def _sounding_files(files: list[Path]) -> list[Path]:
    """All files, if each may hold soundings; what they hold is found when they are read."""
    from overflight.fields import sniff
    from overflight.fields.readers import zarr_store
    from overflight.fields.soundings import formats

    found = sniff.files_of(files, texts=True)
    fine = all(
        path.is_file() and formats.is_sounding_file(path) and not zarr_store.looks_like_zip(path)
        for path in found
    )
    return found if fine else []


def _point(text: str) -> tuple[datetime, float, float, float]:
    """Read LAT,LON,LEVEL,TIME in the order that :func:`overflight.fields.look.at` takes."""
    from overflight.physics.sphere import wrapped_deg

    parts = [part.strip() for part in text.split(",")]
    try:
        lat_deg, lon_deg = float(parts[0]), float(parts[1])
        moment = datetime.fromisoformat(parts[3])
        if len(parts) == 4 and -90.0 <= lat_deg <= 90.0 and moment.tzinfo is not None:
            return moment, _pressure(parts[2]), lat_deg, wrapped_deg(lon_deg)
    except (ValueError, IndexError):
        pass
    raise OverflightError(
        found=f"--at {text}",
        expected="latitude, longitude, level and time in UTC, with commas",
        remedy="Write it like '45.8,-108.5,70 hPa,2023-02-01T18:00Z'.",
    )


def _pressure(text: str) -> float:
    """A level: a pressure, or a flight level or height of the standard atmosphere."""
    from overflight import units
    from overflight.physics import atmosphere

    plain_text = text.strip()
    if plain_text.upper().startswith("FL") and plain_text[2:].strip().isdigit():
        altitude_m = float(plain_text[2:]) * units.FLIGHT_LEVEL_M
        return float(atmosphere.pressure_pa_of_altitude(altitude_m))
    if plain_text.endswith(("ft", "km", "m")) and not plain_text.endswith("Pa"):
        return float(atmosphere.pressure_pa_of_altitude(units.parse(plain_text, "m")))
    return float(units.parse(plain_text, "pa"))
