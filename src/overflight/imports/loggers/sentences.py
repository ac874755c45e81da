"""Read logs of receivers that hold sentences as amateur balloons send them.

A sentence begins with ``$$`` and a call sign, then a number, a time in UTC, latitude, longitude and
altitude in metres, with commas (UKHAS convention). What stands before it on the line, such as the
receiver's own clock in local time, is not used. A sentence that is cut, merged or altered is left
out and counted; one with a checksum (CRC-16 after ``*``) must match it.
"""

import re

import numpy as np

from overflight.errors import FieldError
from overflight.fields.soundings.making import Raw
from overflight.fields.soundings.tidy import moment

_SENTENCE = re.compile(r"\$\$+([A-Za-z0-9_/-]{2,20}),([^\r\n$]*)")
_TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?Z?", re.ASCII)
_CLOCK = re.compile(r"\d{2}:?\d{2}:?\d{2}", re.ASCII)
_SUM = re.compile(r"^(.*)\*([0-9A-Fa-f]{4})\s*$")


def looks_like(text: str) -> bool:
    """Whether text holds sentences.

    >>> looks_like("19:26 > $$AB1CD,0,2025-07-06T11:26:11Z,20.05,110.33,63.0")
    True
    """
    return bool(_SENTENCE.search(text))


def raws(text: str, name: str) -> list[Raw]:
    """One track for each call sign.

    Raises
    ------
    FieldError
        If no sentence is whole, or sentences have no date.
    """
    tracks: dict[str, list[tuple[np.datetime64, float, float, float]]] = {}
    damaged, undated = 0, 0
    for match in _SENTENCE.finditer(text):
        row = _row(match[1], match[2])
        if row is None:
            fields = match[2].split(",")
            undated += len(fields) > 1 and bool(_CLOCK.fullmatch(fields[1].strip()))
            damaged += 1
        else:
            tracks.setdefault(match[1], []).append(row)
    if not tracks:
        why = "have a time of day without a date" if undated else "are damaged"
        raise FieldError(
            found=f"{name}: {damaged} sentences, all of which {why}",
            expected="$$CALL,number,2025-07-06T11:26:11Z,latitude,longitude,altitude,...",
            remedy="Make a table time,lat,lon,alt_m of it, with the date that you know.",
        )
    told = [f"{damaged} damaged sentences were left out."] if damaged else []
    told.append("Times are those inside the sentences; the receiver's own clock was not used.")
    return [
        Raw(
            id=call,
            origin=f"{name}, sentences",
            time=np.array([row[0] for row in rows], "datetime64[ns]"),
            lat_deg=np.array([row[1] for row in rows]),
            lon_deg=np.array([row[2] for row in rows]),
            height_m=np.array([row[3] for row in rows]),
            height_kind="geometric",
            notes=tuple(told),
        )
        for call, rows in tracks.items()
    ]


def _row(call: str, rest: str) -> tuple[np.datetime64, float, float, float] | None:
    """Time and place of a sentence; None if it is not whole."""
    if summed := _SUM.match(rest):
        if _crc(f"{call},{summed[1]}") != int(summed[2], 16):
            return None
        rest = summed[1]
    fields = [one.strip() for one in rest.split(",")]
    if len(fields) < 5 or not _TIME.fullmatch(fields[1]):
        return None
    try:
        lat, lon, height = (float(one) for one in fields[2:5])
    except ValueError:
        return None
    whole = "." in fields[2] and "." in fields[3] and abs(lat) <= 90.0 and abs(lon) <= 180.0
    return (moment(fields[1]), lat, lon, height) if whole else None


def _crc(text: str) -> int:
    """CRC-16/CCITT-FALSE, as the sentences carry it.

    >>> hex(_crc("123456789"))
    '0x29b1'
    """
    value = 0xFFFF
    for byte in text.encode("latin-1", "replace"):
        value ^= byte << 8
        for _ in range(8):
            value = (value << 1) ^ (0x1021 if value & 0x8000 else 0)
        value &= 0xFFFF
    return value
