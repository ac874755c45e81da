"""What a report holds for its own script, read back: the map's numbers and its tracks.

They are taken out of the page, so that the rest of it is words and numbers that a person can read.
"""

import json
import re
import zlib
from dataclasses import dataclass
from typing import Any

from overflight.release import encode

_BLOCK = '<script type="{}" id="{}">(.*?)</script>'
_DATA = re.compile(_BLOCK.format("application/json", "data"), re.DOTALL)
_TRACKS = re.compile(_BLOCK.format("text/plain", "tracks"), re.DOTALL)
_PATH = re.compile(r'(?<=\sd=")[^"<>]*(?=")')
_COMMAND = re.compile(r"([A-Za-z])(?=[-\d.])")


@dataclass(frozen=True)
class Embedded:
    """A page in its parts; ``tracks`` are (track, time), the last one their middle."""

    rest: str  # the page without the two blocks
    data: dict[str, Any]
    lat_deg: encode.Degrees
    lon_deg: encode.Degrees


def read(html: str) -> Embedded | None:
    """Take a page apart; None where it holds no map, or one that cannot be read.

    Examples
    --------
    >>> read("<p>no map</p>") is None
    True
    """
    data, tracks = _DATA.search(html), _TRACKS.search(html)
    if data is None or tracks is None:
        return None
    try:
        told = json.loads(data[1])
        lat_deg, lon_deg = encode.decode(tracks[1], told["tracks"] + 1, len(told["times"]))
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError, zlib.error):
        return None
    rest = _TRACKS.sub("", _DATA.sub("", html))
    return Embedded(rest, told, lat_deg, lon_deg)


def drawn(text: str) -> str:
    """A drawing whose numbers stand apart from the letters before them.

    Examples
    --------
    >>> drawn('<path class="d" d="M1 2L3.5 4H7"/>')
    '<path class="d" d="M 1 2L 3.5 4H 7"/>'
    """
    return _PATH.sub(lambda found: _COMMAND.sub(r"\1 ", found[0]), text)
