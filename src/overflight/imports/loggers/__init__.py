"""Telemetry as loggers and receivers write it: IGC, GPX, KML, sentences, aircraft transponders."""

from collections.abc import Callable
from pathlib import Path

from overflight.fields.soundings import formats, table
from overflight.fields.soundings.making import Raw
from overflight.imports.loggers import adsb, gpx, igc, kml, sentences

_HEAD = 65_536
_KINDS: tuple[tuple[Callable[[str], bool], Callable[[str, str], list[Raw]]], ...] = (
    (igc.looks_like, igc.raws),
    (gpx.looks_like, gpx.raws),
    (adsb.looks_like, adsb.raws),
    (kml.looks_like, kml.raws),
    (sentences.looks_like, sentences.raws),
)


def raws(path: Path) -> list[Raw]:
    """All tracks of a file, as they stand in it; what it is, is found by content.

    These kinds are telemetry and never a wind: a glider and an aircraft do not go with the air.

    Raises
    ------
    FieldError
        If the file is of no known format, damaged or too large.
    """
    head = table.read_bytes(path)[:_HEAD]
    if b"\x00" not in head:
        text = head.decode("latin-1").removeprefix("\xef\xbb\xbf")
        for looks_like, read in _KINDS:
            if looks_like(text):
                return read(table.read_text(path), path.name)
    return formats.read_raw(path, also=", IGC, GPX, KML, or a track of a transponder (readsb)")
