"""Words into one HTML file that needs nothing else and asks nobody anything.

The page's policy lets exactly one script and one style run, named by their hashes; both are ours
and hold nothing of the case. What comes from the case is escaped text, or JSON that is never run.
"""

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from urllib.parse import urlsplit

import jinja2
import numpy as np
from markupsafe import Markup

from overflight.errors import OverflightError
from overflight.files import write_whole
from overflight.release import about, encode, heights, staticmap
from overflight.release.language import ENGLISH, catalogue, retell, several, speaking, tell
from overflight.release.mapdata import MapData, Marker, middle_height_m, spread_m
from overflight.release.sections import Section, Table
from overflight.release.wording import height as feet
from overflight.release.wording import position
from overflight.release.worldmap import world_json

__all__ = ["MapData", "Marker", "Page", "policy", "render", "safe_url", "script", "style", "write"]

MAX_TRACKS, MAX_TIMES = 200, 160  # what a browser redraws without stutter
LONG_WORD = 22  # characters; longer ones may break anywhere
# Between a sign and its number, and a number and its unit, no line is broken.
_BESIDE = re.compile(
    r"(?<=[<>±]) (?=\d)|(?<=\d) (?=(?:%|±|km|m|ft|h|min|d|kg|lb|m/s|km²|°)(?![A-Za-z0-9]))"
)
_STAMP = re.compile(r"(?<![\w-])(\d{4})-(\d\d)-(?=\d\d(?![\w-])|\d\dT\d\d:\d\d)")
_UNKNOWN = Markup(' lang=""')  # of words of a case: nobody says which language they are in
SHOWN_URL = 46  # characters of an address that a narrow column can show


@dataclass(frozen=True)
class Page:
    """The report in the order it is read."""

    title: str
    bottom_line: tuple[str, ...]
    would_change: str
    prior_only: bool
    """Whether the winds are a climatology: then a banner says so before anything else."""
    wind_statement: str
    sections: tuple[Section, ...]
    map: MapData
    sources: Table
    statements: Table
    diagnostics: Table
    how_to_cite: str
    attributions: tuple[str, ...]
    version: str
    inputs_sha256: str
    generated: str = ""
    """Date of the run, ISO; empty to leave it out."""
    summary: str = ""
    """What the case is, under the title."""
    language: str = ENGLISH
    """What it is written in; the words around it follow."""
    caution: str = ""
    """What the banner says; empty for its own words."""
    methods: tuple[str, ...] = about.METHODS
    glossary: tuple[tuple[str, str], ...] = field(default=about.GLOSSARY)


def render(page: Page, *, embed: bool = False) -> str:
    """The whole file as text; the same page gives the same text.

    Parameters
    ----------
    embed
        Only the bottom line and the map, low enough to stand inside an article.
    """
    _fits(page.map)
    with speaking(page.language):
        return _rendered(page, embed=embed)


def _rendered(page: Page, *, embed: bool) -> str:
    told = script(page.language)
    return _template().render(
        page=page,
        embed=embed,
        own=Markup("") if page.language == ENGLISH else _UNKNOWN,
        policy=policy(told),
        style=Markup(style()),  # noqa: S704 - ours, and hashed
        script=Markup(told),  # noqa: S704 - ours, and hashed
        static_map=staticmap.draw(page.map),
        profile=heights.draw(page.map),
        world=Markup(world_json()),  # noqa: S704 - ours
        tracks=_tracks(page.map),
        data=_json(_map_json(page.map)),
        linked=_json(_linked(page)),
        middle=_middle_table(page.map),
        rows=[{"marker": m, **_marker_json(m)} for m in page.map.sightings],
    )


def write(html: str, path: Path) -> None:
    """Write the file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, html.encode("utf-8", errors="replace"))


def safe_url(text: str | None) -> str | None:
    """The address if it is plainly one of the web, else None: then it is shown as text.

    >>> safe_url("https://example.org/a?b=1")
    'https://example.org/a?b=1'
    >>> safe_url("javascript:alert(1)"), safe_url("https://user@example.org/"), safe_url(None)
    (None, None, None)
    """
    if not text or not re.fullmatch(r"https?://[^\s\x00-\x1f\x7f\"'<>\\^`{|}]+", text, re.I):
        return None
    try:
        parts = urlsplit(text)
    except ValueError:
        return None
    return text if parts.hostname and "@" not in parts.netloc else None


def shown_url(url: str) -> str:
    """An address without its scheme, its middle left out where it is long.

    >>> shown_url("https://example.org/")
    'example.org'
    """
    bare = re.sub(r"^https?://(www\.)?", "", url, flags=re.IGNORECASE).rstrip("/")
    if len(bare) <= SHOWN_URL:
        return bare
    return f"{bare[: SHOWN_URL - 16]}\u2026{bare[-14:]}"


@lru_cache(maxsize=8)
def script(language: str = ENGLISH) -> str:
    """The text between ``<script>`` and ``</script>``: the map library, then the page's own.

    What a catalogue says of the script stands in place of what it names there.
    """
    own = _asset("templates", "page.js")
    for here, there in catalogue(language).script.items():
        own = own.replace(here, there)
    return _asset("assets", "map.min.js") + own


@lru_cache(maxsize=1)
def style() -> str:
    """The text between ``<style>`` and ``</style>``."""
    return _asset("templates", "page.css")


def policy(told: str = "") -> str:
    """The Content-Security-Policy: nothing from anywhere, but for one script and one style."""
    return (
        f"default-src 'none'; script-src '{_hash(told or script())}'; style-src '{_hash(style())}';"
        " img-src data:; base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii")


def _asset(folder: str, name: str) -> str:
    path = files("overflight.release") / folder / name
    return path.read_text(encoding="utf-8").replace("\r\n", "\n")


@lru_cache(maxsize=1)
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(lambda name: _asset("templates", name)),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        slug=slug,
        coordinate=_coordinate,
        km=_km,
        widths=_widths,
        tight=_tight,
        together=_together,
    )
    environment.globals.update(safe_url=safe_url, shown_url=shown_url, tell=tell, several=several)
    return environment.get_template("page.html.j2")


def _fits(data: MapData) -> None:
    n_times = len(data.time_iso)
    if data.n_tracks <= MAX_TRACKS and 0 < n_times <= MAX_TIMES:
        return
    raise OverflightError(
        found=f"{data.n_tracks} tracks at {n_times} times for the map",
        expected=f"at most {MAX_TRACKS} tracks at 1 to {MAX_TIMES} times",
        remedy="Draw fewer tracks from the posterior, at fewer times.",
    )


def _tracks(data: MapData) -> str:
    """All tracks and, as the last one, their middle."""
    return encode.encode(
        np.vstack([data.lat_deg, data.median_lat_deg]),
        np.vstack([data.lon_deg, data.median_lon_deg]),
    )


def _json(value: Mapping[str, object]) -> Markup:
    """JSON for a data block: no character in it can end the block or open a tag."""
    text = json.dumps(value, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)  # noqa: S704 - escaped above


def _map_json(data: MapData) -> dict[str, object]:
    left, right = heights.plot_range()
    return {
        "tracks": data.n_tracks,
        "times": list(data.time_iso),
        "lon_steps_per_deg": encode.LON_STEPS_PER_DEG,
        "lat_steps_per_deg": encode.LAT_STEPS_PER_DEG,
        "gap": encode.GAP,
        "half_km": _list(spread_m(data, 0.5) / 1_000.0),
        "height_km": _list(middle_height_m(data) / 1_000.0),
        "plot": [left, right],
        "sightings": [_marker_json(marker) for marker in data.sightings],
    }


def _list(values: encode.Degrees) -> list[float | None]:
    return [round(float(v), 1) if np.isfinite(v) else None for v in values]


def _marker_json(marker: Marker) -> dict[str, object]:
    return {
        "id": marker.id,
        "label": marker.label,
        "lat": round(marker.lat_deg, 4),
        "lon": round(marker.lon_deg, 4),
        "radius_m": round(marker.radius_m),
        "geometry": retell(_words(marker.geometry)),
        "time": _interval(marker),
        "from": marker.time_min_iso,
        "used": marker.used,
        "chance": _chance(marker.probability),
        "url": safe_url(marker.source_url),
        "source": marker.source_name,
    }


def _chance(probability: float | None) -> str:
    if probability is None:
        return tell("not judged")
    if probability < 0.01:
        return "< 1 %"
    return "> 99 %" if probability > 0.99 else f"{100.0 * probability:.0f} %"


def _words(name: str) -> str:
    return name.replace("_", " ")


def _utc(iso: str) -> str:
    """A time as a table shows it, with hyphens that do not break a line."""
    return iso.replace("T", " ").removesuffix("+00:00").removesuffix("Z").replace("-", "\u2011")


def _interval(marker: Marker) -> str:
    first, last = _utc(marker.time_min_iso), _utc(marker.time_max_iso)
    if first == last:
        return first
    if first[:10] == last[:10]:
        last = last[11:]
    return tell("{first} to {last}", first=first, last=last)


def _coordinate(marker: Marker) -> str:
    return position(marker.lat_deg, marker.lon_deg, 2)


def _km(length_m: float) -> str:
    return (
        tell("{length:,.1f} km", length=length_m / 1_000.0)
        if length_m < 10_000
        else tell("{length:,.0f} km", length=length_m / 1_000.0)
    )


def _widths(table: Table) -> list[str]:
    """The class of each column, by what three in four of its cells hold."""
    names = []
    for column in range(len(table.columns)):
        lengths = sorted(len(row[column]) for row in table.rows)
        usual = lengths[len(lengths) * 3 // 4] if lengths else 0
        names.append("long" if usual > 60 else "mid" if usual > 24 else "short")
    return names


def _tight(text: str) -> str:
    """A class for cells with a word too long for any column."""
    return " tight" if any(len(word) > LONG_WORD for word in text.split()) else ""


def _together(text: str) -> str:
    r"""Keep a number on the line of its sign or unit, and a date in one piece.

    >>> _together("likely (> 64 %), 3.0 h") == "likely (>\u00a064\u00a0%), 3.0\u00a0h"
    True
    >>> _together("not after 2023-01-15T10:00Z") == "not after 2023\u201101\u201115T10:00Z"
    True
    """
    dated = _STAMP.sub("\\1\u2011\\2\u2011", text)
    return _BESIDE.sub("\u00a0", dated)


def slug(text: str) -> str:
    """Words as a name that an address or a file can hold."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "section"


def _middle_table(data: MapData) -> Table:
    """What the map shows of the tracks, as numbers."""
    half, most = spread_m(data, 0.5), spread_m(data, 0.9)
    height = middle_height_m(data)
    rows = []
    for k, iso in enumerate(data.time_iso):
        lat, lon = float(data.median_lat_deg[k]), float(data.median_lon_deg[k])
        if not (np.isfinite(lat) and np.isfinite(lon)):
            continue
        rows.append(
            (
                _utc(iso),
                position(lat, lon, 1),
                tell("{half:,.0f} km", half=half[k] / 1_000.0) if np.isfinite(half[k]) else "",
                tell("{most:,.0f} km", most=most[k] / 1_000.0) if np.isfinite(most[k]) else "",
                feet(float(height[k])) if np.isfinite(height[k]) else "",
                tell(
                    "{sum} of {n_tracks}",
                    sum=np.isfinite(data.lat_deg[:, k]).sum(),
                    n_tracks=data.n_tracks,
                ),
            )
        )
    return Table(
        caption=tell("The middle of the tracks, and how far they lie from it"),
        columns=(
            tell("Time (UTC)"),
            tell("Middle"),
            tell("Half within"),
            tell("Nine tenths within"),
            tell("Height"),
            tell("In the air"),
        ),
        rows=tuple(rows),
        note=tell(
            "The middle is the mean position of the tracks in the air, not a path of its own."
        ),
    )


def _linked(page: Page) -> dict[str, object]:
    """The report described for machines, with schema.org's words."""
    described: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "Report",
        "name": page.title,
        "abstract": " ".join(page.bottom_line),
        "version": page.version,
        "identifier": f"sha256:{page.inputs_sha256}",
    }
    if page.generated:
        described["dateCreated"] = page.generated
    return described
