"""The door for soundings: any file in, profiles out, found by content and not by name."""

from collections.abc import Callable, Sequence
from pathlib import Path

from overflight.errors import FieldError
from overflight.fields import sniff
from overflight.fields.soundings import (
    arm,
    igra,
    listings,
    making,
    sondehub,
    table,
    tidy,
    wyoming,
)
from overflight.fields.soundings.making import Raw
from overflight.fields.soundings.profile import Profile

_NETCDF = (b"\x89HDF", b"CDF\x01", b"CDF\x02")
_TEXTS: tuple[tuple[Callable[[str], bool], Callable[[str, str], list[Raw]]], ...] = (
    (igra.looks_like, igra.raws),
    (wyoming.looks_like, wyoming.raws),
    (listings.looks_like, listings.raws),
    (sondehub.looks_like, sondehub.raws),
)
FORMATS = (
    "a table with headings (CSV), IGRA version 2, a University of Wyoming list, SondeHub JSON, a"
    " Graw or EDT listing, or ARM NetCDF"
)


def is_sounding_file(path: Path) -> bool:
    """Whether a file may hold soundings: text that is no other known kind, or a NetCDF profile.

    Compressed text and archives may; what they hold is found when they are read.
    """
    with path.open("rb") as file:
        head = file.read(4)
    if head[:2] == b"\x1f\x8b" or head == b"PK\x03\x04":
        return True
    if head in _NETCDF:
        return arm.is_profile(path)
    try:
        return sniff.kind_of(path).key == "text"
    except FieldError:
        return False  # the door for winds says what it is


def read_all(paths: Sequence[Path]) -> tuple[list[Profile], list[str]]:
    """Profiles of several files, and what was left out, in words.

    A file whose soundings show no wind is left out like one of several soundings in a file.

    Raises
    ------
    FieldError
        If a file is of no known format or damaged, or no file holds a wind.
    """
    profiles: list[Profile] = []
    left: list[str] = []
    for path in paths:
        found, told = _sifted(path)
        profiles += found
        left += told
    if not profiles:
        raise _no_wind(f"{len(paths)} files" if len(paths) != 1 else paths[0].name, left)
    return profiles, left


def read_profiles(path: Path) -> tuple[list[Profile], list[str]]:
    """Read all soundings of a file.

    Returns
    -------
    profiles
        Those that show a wind.
    left
        A sentence for each sounding that shows none.

    Raises
    ------
    FieldError
        If the file is of no known format, damaged, or holds no wind at all.
    """
    profiles, left = _sifted(path)
    if not profiles:
        raise _no_wind(path.name, left)
    return profiles, left


def _sifted(path: Path) -> tuple[list[Profile], list[str]]:
    """The soundings of a file that show a wind, and a sentence for each that shows none."""
    profiles, left = [], []
    for raw in read_raw(path):
        if not raw.fixed_place and making.lies_still(raw):
            left.append(f"{raw.id} lies on the ground: it shows no wind.")
            continue
        made = making.profile(raw)
        if made is None:
            left.append(f"{raw.id} has too few points that show a wind.")
        else:
            profiles.append(made)
    return profiles, left


def _no_wind(where: str, left: list[str]) -> FieldError:
    return FieldError(
        found=f"{where}: {len(left)} soundings, none of which shows a wind",
        expected="positions that move with the air, or reported winds",
        remedy=" ".join(left[:3]) or "Check that the file is whole.",
    )


def read_raw(path: Path, also: str = "") -> list[Raw]:
    """All tracks of a file as they stand in it: not cleaned, whether they show a wind or not.

    ``also`` names what else the caller reads, for the message.

    Raises
    ------
    FieldError
        If the file is of no known format, or damaged.
    """
    with path.open("rb") as file:
        head = file.read(4)
    if head in _NETCDF:
        return arm.raws(path)
    text = table.read_text(path)
    for looks_like, raws in _TEXTS:
        if looks_like(text):
            return raws(text, path.name)
    found = table.parse(text, path.name)
    if found is not None:
        return tidy.raws(found, path.name)
    first = text.strip().splitlines()[0][:60] if text.strip() else ""
    raise FieldError(
        found=f"{path.name} is of no known sounding format (it begins {first!r})",
        expected=FORMATS + also,
        remedy="Write a first line of headings: time,lat,lon,alt_m; add u_mps,v_mps or"
        " pressure_hpa where you have them.",
    )
