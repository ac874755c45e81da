"""Read KMZ: a zip archive with one KML file or several, every one of which is read and named."""

import zipfile
from dataclasses import replace
from pathlib import Path

from overflight.errors import CaseError, FieldError, OverflightError
from overflight.fields.soundings.making import Raw
from overflight.imports.loggers import kml
from overflight.units import shorten

_MOST_FILES = 200


def members(path: Path) -> list[str]:
    """Names of the KML files in an archive; none where it is no archive.

    What a Mac keeps beside each file is none.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            return [
                one
                for one in archive.namelist()
                if one.lower().endswith(".kml") and not one.startswith("__MACOSX/")
            ]
    except (OSError, zipfile.BadZipFile, NotImplementedError, ValueError):
        return []


def raws(path: Path, names: list[str]) -> list[Raw]:
    """The tracks of all KML files of an archive; a file without one is told.

    The archive must have been checked (:func:`overflight.imports.rows.check_archive`).

    Raises
    ------
    CaseError
        If no file holds a track, or there are too many.
    """
    if len(names) > _MOST_FILES:
        raise CaseError(
            found=f"{shorten(path.name)} holds {len(names):,} KML files",
            expected=f"at most {_MOST_FILES}",
            remedy="Take out those of the balloon, and import them.",
        )
    found: list[Raw] = []
    without: list[str] = []
    with zipfile.ZipFile(path) as archive:
        for name in names:
            try:
                text = archive.read(name).decode("utf-8-sig", "replace")
                tracks = kml.raws(text, name)
            except OverflightError as error:
                without.append(f"{shorten(name)}: {error.found}")
                continue
            for one in tracks:
                # Tracks are named by their file; those of one file also by their number.
                told = name if len(tracks) == 1 else f"{name}: {one.id}"
                found.append(replace(one, id=told))
    if not found:
        raise FieldError(
            found=f"{shorten(path.name)}: {len(names)} KML files, none with a place that has a"
            f" time ({'; '.join(without[:5])})",
            expected="Placemarks with TimeStamp and Point, or gx:Track with when and gx:coord",
            remedy="Export the track with its times; a drawn line says where and not when.",
        )
    read = f"{len(names)} KML files were read: {', '.join(shorten(one) for one in names[:20])}."
    notes = (read, *(f"No track in {one}." for one in without[:20]))
    return [replace(one, notes=(*one.notes, *notes)) for one in found]
