"""Whose clock a table's times are: of UTC, of the zone that a cell names, or local and of nobody.

A time without a zone is taken as UTC, which telemetry uses, and told. Where the heading says that
it is local, UTC would be wrong by hours and the abbreviation of a zone may mean several: somebody
has to say the offset.
"""

import re
from collections.abc import Sequence

import numpy as np

from overflight.errors import CaseError
from overflight.imports import cells
from overflight.units import shorten

_LOCAL = re.compile(
    r"\blocal\b|\b(?:[ECMPA]|AK|N|B|I|J|K|MS|CE|EE|WE|HA?|AE|AC|AW|NZ)[SD]?T\b", re.IGNORECASE
)
_NAMED = re.compile(r"(?:Z|\bUTC|\bGMT|(?<=[\d ])[-+]\d{2}:?\d{2})\s*(?:\(UTC\))?$")
_OFFSET = re.compile(r"(?:UTC|GMT)?(?P<sign>[-+])(?P<hours>\d{1,2})(?::?(?P<minutes>[0-5]\d))?")
_LEAST_S, _MOST_S = -12 * 3_600.0, 14 * 3_600.0


def offset_s(text: str) -> float:
    """Seconds by which a clock is ahead of UTC.

    Raises
    ------
    CaseError
        If it is no offset that a clock on earth has.

    >>> offset_s("-07:00"), offset_s("+5:30"), offset_s("Z")
    (-25200.0, 19800.0, 0.0)
    """
    plain = text.strip().upper()
    if plain in ("Z", "UTC", "GMT"):
        return 0.0
    match = _OFFSET.fullmatch(plain)
    if match:
        seconds = 3_600.0 * int(match["hours"]) + 60.0 * int(match["minutes"] or 0)
        seconds = -seconds if match["sign"] == "-" else seconds
        if _LEAST_S <= seconds <= _MOST_S:
            return seconds
    raise CaseError(
        found=f"--utc-offset {shorten(text)}",
        expected="hours and minutes ahead of UTC, from -12:00 to +14:00",
        remedy="For 7 hours behind UTC, as in Denver in winter, say --utc-offset=-07:00.",
    )


def names_zone(text: str) -> bool:
    """Whether a cell says of which zone its time is; seconds since 1970 are of UTC.

    >>> names_zone("2023-02-01T10:00Z"), names_zone("2023-02-01 10:00-07:00")
    (True, True)
    >>> names_zone("2023-02-01 10:00"), names_zone("06-02-2023"), names_zone("1675245600")
    (False, False, True)
    """
    cell = text.strip().strip('"')
    of_a_clock = ":" in cell or "T" in cell
    return bool(of_a_clock and _NAMED.search(cell)) or bool(np.isfinite(cells.number(cell)))


def to_utc(
    time: np.ndarray, texts: Sequence[str], headings: Sequence[str], name: str, clock: cells.Clock
) -> tuple[np.ndarray, str]:
    """Times of a table as UTC, and in words how that is known.

    Parameters
    ----------
    time
        As the cells ``texts`` were read: those that name a zone are UTC already.
    headings
        Of the columns that the times stand in.

    Raises
    ------
    CaseError
        If the heading says local time and nobody the offset, or both a cell and somebody do.
    """
    filled = [one for one in texts if one.strip()]
    zoned = sum(names_zone(one) for one in filled)
    if zoned > 0.5 * len(filled):
        if clock.offset_s is not None:
            example = next(one for one in filled if names_zone(one))
            raise CaseError(
                found=f"--utc-offset, and {shorten(name)} names a zone: {shorten(example)}",
                expected="one of the two",
                remedy="Leave --utc-offset out: these times are known.",
            )
        return time, ""
    if clock.offset_s is not None:
        ahead = np.timedelta64(int(clock.offset_s), "s")
        hours, minutes = divmod(abs(int(clock.offset_s)) // 60, 60)
        sign = "-" if clock.offset_s < 0.0 else "+"
        return time - ahead, f"local time of {sign}{hours:02d}:{minutes:02d}, as you said"
    local = next((one for one in headings if _LOCAL.search(one)), None)
    if local is not None:
        raise CaseError(
            found=f"{shorten(name)}: times without a zone under {shorten(local)}",
            expected="the offset of that clock from UTC, on those days",
            remedy="Say --utc-offset=-07:00 if it was 7 hours behind UTC, as in Denver in winter.",
        )
    return time, "no zone is named: UTC was taken"
