"""Choose formats, and write them from a finished release."""

import csv
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from overflight.case.load import load
from overflight.errors import OverflightError
from overflight.release import figures, verify
from overflight.release.formats import cf, czml, geojson, gpx, kml, mfjson, plots, table
from overflight.release.formats.tracks import Tracks
from overflight.release.markers import markers
from overflight.release.provenance import FORMAT
from overflight.units import shorten

CASE = "case"  # the folder of a release with what it was made from
SIGHTINGS = "sightings.csv"
Writer = Callable[[Tracks, Path], list[Path]]

DRAWN: dict[str, Writer] = {
    "geojson": geojson.write,
    "kml": kml.write,
    "kmz": kml.write_zipped,
    "czml": czml.write,
    "mfjson": mfjson.write,
    "gpx": gpx.write,
    "csv": table.write,
    "png": plots.write,
}
COPIED = {"netcdf": cf.NAME, "svg": figures.FOLDER}
FORMATS = (*DRAWN, *COPIED)
AT_ONCE = ("geojson", "kmz")  # written with every account: two seconds, five megabytes


def chosen(text: str) -> tuple[str, ...]:
    """Formats out of a list with commas.

    >>> chosen("kml, geojson")
    ('kml', 'geojson')
    """
    names = [name.strip().lower() for name in text.split(",")]
    unknown = [name for name in names if name not in FORMATS]
    if unknown:
        raise OverflightError(
            found=f"the format {shorten(unknown[0])}",
            expected=f"some of {', '.join(FORMATS)}",
            remedy="Write them with commas between.",
        )
    return tuple(dict.fromkeys(names))


def tracks_of(release: Path) -> Tracks:
    """The paths of a release, and the sightings of its case.

    Raises
    ------
    OverflightError
        If the release lacks either, as one of an earlier version does.
    """
    lacking = [name for name in (cf.NAME, f"{CASE}/case.yaml") if not (release / name).is_file()]
    if lacking:
        raise OverflightError(
            found=f"{release} has no {lacking[0]}",
            expected="a whole release of this version, which holds its paths and its case",
            remedy="Make the account again, or take the file from an undamaged copy.",
        )
    found = cf.read(release / cf.NAME)
    return _marked(found, release)


def write(tracks: Tracks, names: Sequence[str], folder: Path) -> list[Path]:
    """Write some of :data:`DRAWN` into a folder."""
    return [path for name in names if name in DRAWN for path in DRAWN[name](tracks, folder)]


def export(release: Path, names: Sequence[str], out: Path) -> list[Path]:
    """Write formats from a finished release; files of these names in ``out`` are replaced.

    Raises
    ------
    OverflightError
        If ``out`` lies in the release, whose manifest names every file; if it is no release, or
        one of another format.
    """
    if release.resolve() in (out.resolve(), *out.resolve().parents):
        raise OverflightError(
            found=f"{out} lies in the release",
            expected="another folder: the manifest of a release names each of its files",
            remedy="Choose another --out.",
        )
    verify.refuse_format(verify.manifest_of(release), oldest=FORMAT)
    tracks = tracks_of(release)
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".export-", dir=out) as name:
        scratch = Path(name)
        write(tracks, names, scratch)
        for kind in names:
            if kind in COPIED:
                _copy(release / COPIED[kind], scratch / COPIED[kind])
        made = [path for path in sorted(scratch.rglob("*")) if path.is_file()]
        found = [out / path.relative_to(scratch) for path in made]
        for path, place in zip(made, found, strict=True):
            place.parent.mkdir(exist_ok=True)
            path.replace(place)
    return found


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, dirs_exist_ok=True)
    elif source.is_file():
        shutil.copyfile(source, target)
    else:
        raise OverflightError(
            found=f"the release has no {source.name}",
            expected="it, as every whole release has",
            remedy="Make the account again, or take it from an undamaged copy.",
        )


def _marked(tracks: Tracks, release: Path) -> Tracks:
    right: dict[str, float] = {}
    table_path = release / SIGHTINGS
    if table_path.is_file():
        with table_path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                if row.get("position_right_fraction"):
                    right[row["id"]] = float(row["position_right_fraction"])
    return replace(tracks, sightings=markers(load(release / CASE), right))
