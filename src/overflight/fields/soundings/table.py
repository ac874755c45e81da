"""Tables of soundings as text: bounded reading, columns by what their headings mean.

Files come from strangers: they are read as text only, up to a limit, also what is inside an
archive. A column is known by its heading and the unit in it; a table without headings is refused,
because numbers that only look like an altitude have misplaced balloons before.
"""

import csv
import gzip
import io
import re
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

from overflight.errors import FieldError

MOST_BYTES = 200_000_000
_DELIMITERS = ",;\t|"

# Heading without its unit, in small letters -> role.
_ROLES = {
    "time": ("time", "datetime", "timestamp", "date_time", "utc", "time_utc", "datetime_utc",
             "date time", "time (utc)", "gps_time", "utc_time", "iso_time"),
    "date": ("date", "day", "utc_date", "date_utc"),
    "lat": ("lat", "latitude", "lat_deg", "gps_lat", "gps latitude", "latitude_deg", "gps lat"),
    "lon": ("lon", "lng", "long", "longitude", "lon_deg", "gps_lon", "gps longitude",
            "longitude_deg", "gps lon", "gps long"),
    "height": ("alt", "altitude", "height", "alt_m", "altitude_m", "height_m", "gps altitude",
               "gps_alt", "gps_altitude", "z", "hgt", "elevation", "alt_ft", "altitude_ft",
               "alt_km", "altitude_km", "height_km", "gpsalt", "geometric height", "height_msl",
               "hgt/msl", "gps alt", "geoaltitude"),
    "geopotential": ("geopotential", "gph", "geopotential_height", "gpheight", "hght",
                     "geopotential height", "gpm", "geopot", "baroaltitude"),
    "pressure": ("p", "pres", "press", "pressure", "p_hpa", "pressure_hpa", "pres_hpa",
                 "p_pa", "pressure_pa"),
    "u": ("u", "u_ms", "u_mps", "u_wind", "ve_ms", "uwind", "wind_u", "u_velocity", "ve"),
    "v": ("v", "v_ms", "v_mps", "v_wind", "vn_ms", "vwind", "wind_v", "v_velocity", "vn"),
    "speed": ("speed", "wind_speed", "wspd", "ws", "vel_h", "windspeed", "wind speed", "sknt",
              "smps", "speed_ms", "speed_kmh", "speed_kph", "speed_mps", "spd", "speed_kt",
              "wind_speed_ms", "speed_knots", "ground_speed"),
    "from": ("wind_direction", "wdir", "wd", "drct", "wind direction", "winddirection",
             "wind_dir", "wind_from_deg", "wind_from", "dir"),
    "toward": ("heading", "course", "track", "cog"),
    "direction": ("direction",),  # from or toward: told by the track
    "id": ("serial", "sonde", "sonde_id", "callsign", "payload_callsign", "station", "flight",
           "nodeid", "id", "balloon", "name", "icao24"),
    "frame": ("frame", "packetid", "sequence"),
}  # fmt: skip
_BY_HEADING = {heading: role for role, headings in _ROLES.items() for heading in headings}
_UNIT = re.compile(r"^(?P<name>.*?)\s*[(\[](?P<unit>[^)\]]*)[)\]]\s*$")
_SUFFIXES = {"_ft": "ft", "_kmh": "km/h", "_kph": "km/h", "_kt": "kt", "_knots": "kt",
             "_hpa": "hpa", "_pa": "pa", "_mps": "m/s", "_ms": "m/s", "_km": "km",
             "_m": "m"}  # fmt: skip
FACTORS = {
    "m": 1.0, "meter": 1.0, "meters": 1.0, "gpm": 1.0, "km": 1e3, "ft": 0.3048, "feet": 0.3048,
    "m/s": 1.0, "mps": 1.0, "km/h": 1 / 3.6, "km/hr": 1 / 3.6, "kph": 1 / 3.6, "kt": 1852 / 3600,
    "kts": 1852 / 3600, "knot": 1852 / 3600, "knots": 1852 / 3600, "mph": 0.44704,
    "hpa": 100.0, "mb": 100.0, "mbar": 100.0, "pa": 1.0, "kpa": 1e3,
}  # fmt: skip


@dataclass(frozen=True)
class Column:
    """One column that means something: its place, and the factor to SI that its heading names."""

    index: int
    factor: float | None  # None where the heading names no unit


@dataclass(frozen=True)
class Table:
    """Rows of text under known headings."""

    columns: dict[str, Column]  # by role
    rows: list[list[str]]
    first_line: int  # of the first row in the file, for messages


def read_bytes(path: Path, most: int = MOST_BYTES) -> bytes:
    """The content of a file, unpacked if it is compressed; never more than ``most`` bytes.

    Raises
    ------
    FieldError
        If it is larger, also when unpacked, or the archive is damaged or holds several files.
    """
    if path.stat().st_size > most:
        raise _too_large(path, most)
    data = path.read_bytes()
    try:
        if data[:2] == b"\x1f\x8b":
            with gzip.GzipFile(fileobj=io.BytesIO(data)) as packed:
                data = packed.read(most + 1)
        elif data[:4] == b"PK\x03\x04":
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                names = [name for name in archive.namelist() if not name.endswith("/")]
                if len(names) != 1:
                    raise FieldError(
                        found=f"{path.name} is an archive of {len(names)} files",
                        expected="one sounding file in an archive",
                        remedy="Unpack it and name the files.",
                    )
                with archive.open(names[0]) as packed:
                    data = packed.read(most + 1)
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile, RuntimeError) as error:
        raise FieldError(
            found=f"{path.name} cannot be unpacked ({error})",
            expected="a whole archive",
            remedy="Fetch it again.",
        ) from None
    if len(data) > most:
        raise _too_large(path, most)
    return data


def read_text(path: Path) -> str:
    """The text of a file: UTF-8, else Latin-1, which every byte fits.

    Raises
    ------
    FieldError
        If it is too large, or no text.
    """
    data = read_bytes(path)
    if b"\x00" in data[:65_536]:
        raise FieldError(
            found=f"{path.name} is not text",
            expected="soundings as text, JSON or NetCDF",
            remedy="Export it as CSV.",
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def parse(text: str, name: str) -> Table | None:
    """Read a table with headings; None where the first line is no set of known headings."""
    lines = text.splitlines()
    if not lines:
        return None
    delimiter = max(_DELIMITERS, key=lines[0].count)
    if lines[0].count(delimiter) == 0:
        return None
    columns: dict[str, Column] = {}
    for index, heading in enumerate(next(csv.reader([lines[0]], delimiter=delimiter))):
        found = _meaning(heading)
        if found is not None and found[0] not in columns:
            columns[found[0]] = Column(index, found[1])
    if not {"lat", "lon"} <= set(columns):
        return None
    try:
        rows = list(csv.reader(lines[1:], delimiter=delimiter, strict=False))
    except csv.Error as error:
        raise FieldError(
            found=f"{name} is no proper table ({error})",
            expected="rows of cells with one separator",
            remedy="Export it again as CSV.",
        ) from None
    return Table(columns, [row for row in rows if any(cell.strip() for cell in row)], 2)


def _meaning(heading: str) -> tuple[str, float | None] | None:
    """Role of a heading, and the factor of the unit that it names."""
    plain = heading.strip().strip("\ufeff").lower()
    unit: str | None = None
    match = _UNIT.match(plain)
    if match and plain not in _BY_HEADING:
        plain, unit = match["name"].strip(), match["unit"].strip()
    role = _BY_HEADING.get(plain)
    if role is None:
        return None
    if unit is None:
        unit = next((u for suffix, u in _SUFFIXES.items() if plain.endswith(suffix)), None)
    if plain == "sknt":
        unit = "kt"
    return role, FACTORS.get(unit) if unit else None


def _too_large(path: Path, most: int) -> FieldError:
    return FieldError(
        found=f"{path.name} is larger than {most / 1e6:,.0f} MB, or becomes so when unpacked",
        expected="soundings of some megabytes",
        remedy="Cut out the times or stations that are needed.",
    )
