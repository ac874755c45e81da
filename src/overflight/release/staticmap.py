"""The map as a drawing that needs no script: for print, and where scripts are off."""

from collections.abc import Sequence
from math import ceil, radians

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from overflight.physics.sphere import wrapped_deg
from overflight.release.language import tell
from overflight.release.mapdata import EARTH_MEAN_RADIUS_M, MapData, Marker
from overflight.release.worldmap import WIDTH, Frame, frame_around, land_path, path_of, unwrapped

MAX_TRACKS = 80  # on paper more lines only fill in
CIRCLE_POINTS = 36
DOT = 14
LETTER, LINE = 20, 44  # room for a letter of a label, and for a line of it
GRID_NAME = 110  # room for the name of a meridian
GRID_DEG = (5.0, 10.0, 20.0, 30.0, 45.0)

Values = NDArray[np.float64]


def draw(data: MapData) -> Markup:
    """The whole map as one SVG element; class names only, the page's style colours it."""
    frame = frame_of(data)
    parts = [
        Markup(
            '<svg class="static-map" viewBox="0 0 {} {}" role="img" aria-labelledby="static-t">'
        ).format(WIDTH, frame.height),
        Markup('<title id="static-t">{}</title>').format(
            tell(
                "Flat map of {n_tracks} tracks, their middle and {n_sightings} sightings. The"
                " tables below hold the same.",
                n_tracks=data.n_tracks,
                n_sightings=len(data.sightings),
            )
        ),
        Markup('<clipPath id="static-c"><rect width="{}" height="{}"/></clipPath>').format(
            WIDTH, frame.height
        ),
        Markup('<rect class="sea" width="{}" height="{}"/>').format(WIDTH, frame.height),
        Markup('<g clip-path="url(#static-c)"><path class="land" d="{}"/>').format(
            land_path(frame)
        ),
        grid_lines(frame),
        _tracks(data, frame),
        _sightings(data, frame),
        Markup("</g></svg>"),
    ]
    return Markup("").join(parts)


def frame_of(data: MapData) -> Frame:
    """A frame around all sightings and nineteen in twenty of the tracks' positions."""
    marks_lat = np.array([m.lat_deg for m in data.sightings], dtype=np.float64)
    marks_lon = np.array([m.lon_deg for m in data.sightings], dtype=np.float64)
    lat, lon = data.lat_deg.ravel(), data.lon_deg.ravel()
    known = np.isfinite(lat) & np.isfinite(lon)
    if known.any():
        low, high = np.quantile(lat[known], [0.025, 0.975])
        known &= (lat >= low) & (lat <= high)
    return frame_around(
        np.concatenate([lat[known], marks_lat, data.median_lat_deg]),
        np.concatenate([lon[known], marks_lon, data.median_lon_deg]),
    )


def flat_map(name: str, title: str, frame: Frame, inside: Sequence[Markup]) -> Markup:
    """A map with land, meridians and parallels, and whatever is drawn inside.

    Parameters
    ----------
    name
        Of the drawing, one of its kind on the page.
    title
        What it shows, for those who do not see it.
    """
    return Markup("").join(
        [
            Markup(
                '<div class="scroll bare" role="region" aria-labelledby="{n}-t" tabindex="0">'
                '<svg class="static-map wide-map" viewBox="0 0 {w} {h}" role="img"'
                ' aria-labelledby="{n}-t"><title id="{n}-t">{t}</title>'
                '<clipPath id="{n}-c"><rect width="{w}" height="{h}"/></clipPath>'
                '<rect class="sea" width="{w}" height="{h}"/><g clip-path="url(#{n}-c)">'
                '<path class="land" d="{land}"/>'
            ).format(w=WIDTH, h=frame.height, n=name, t=title, land=land_path(frame)),
            grid_lines(frame),
            *inside,
            Markup("</g></svg></div>"),
        ]
    )


def grid_lines(frame: Frame) -> Markup:
    """Meridians and parallels with their names."""
    step = next((s for s in GRID_DEG if frame.width_deg / s <= 9.0), GRID_DEG[-1])
    lines, texts = [], []
    for n in range(
        ceil(frame.west_deg / step), int((frame.west_deg + frame.width_deg) // step) + 1
    ):
        x = round((n * step - frame.west_deg) * frame.units_per_deg)
        lines.append(f"M{x} 0V{frame.height}")
        if x < WIDTH - GRID_NAME:  # one that the edge would cut is left out
            texts.append(_text(x + 8, frame.height - 14, _lon_name(n * step), "grid-t"))
    for n in range(
        ceil(frame.south_deg / step), int((frame.south_deg + frame.height_deg) // step) + 1
    ):
        y = round((frame.south_deg + frame.height_deg - n * step) * frame.units_per_lat_deg)
        lines.append(f"M0 {y}H{WIDTH}")
        texts.append(_text(10, y - 10, _lat_name(n * step), "grid-t"))
    return Markup('<path class="grid" d="{}"/>').format("".join(lines)) + Markup("").join(texts)


def _lon_name(lon_deg: float) -> str:
    east = wrapped_deg(lon_deg)
    if east in (0.0, -180.0):
        return f"{abs(east):.0f}\u00b0"
    return f"{abs(east):.0f}\u00b0 {tell('E') if east > 0 else tell('W')}"


def _lat_name(lat_deg: float) -> str:
    return f"{abs(lat_deg):.0f}\u00b0 {tell('N') if lat_deg >= 0 else tell('S')}"


def _tracks(data: MapData, frame: Frame) -> Markup:
    n_drawn = min(MAX_TRACKS, data.n_tracks)
    chosen = np.unique(np.linspace(0, data.n_tracks - 1, n_drawn).astype(np.int64))
    paths = [_line(data.lat_deg[row], data.lon_deg[row], frame, "track", 14.0) for row in chosen]
    middle = [
        _line(data.median_lat_deg, data.median_lon_deg, frame, name, 2.0)
        for name in ("casing", "middle")
    ]
    return Markup("").join([*paths, *middle])


def _line(lat_deg: Values, lon_deg: Values, frame: Frame, name: str, step: float) -> Markup:
    x, y = frame.xy(lat_deg, unwrapped(lon_deg))
    d = path_of(x, y, step=step)
    if len(x) and np.nanmax(x, initial=0.0) > WIDTH:  # it leaves in the east, enters in the west
        d += path_of(x - 360.0 * frame.units_per_deg, y, step=step)
    return Markup('<path class="{}" d="{}"/>').format(name, d)


def _sightings(data: MapData, frame: Frame) -> Markup:
    """Circles, then diamonds over them, then the names that find room; the used ones first."""
    marks = sorted(data.sightings, key=lambda m: (not m.used, -(m.probability or 0.0), m.id))
    spots = [_spot(mark, frame) for mark in marks]
    reaches, diamonds, names = [], [], []
    taken = [(x - DOT, y - DOT, x + DOT, y + DOT) for x, y in spots]
    for mark, (x, y) in zip(marks, spots, strict=True):
        kind = "used" if mark.used else "unused"
        reaches.append(Markup('<path class="reach {}" d="{}"/>').format(kind, _circle(mark, frame)))
        diamonds.append(
            Markup('<path class="mark {}" d="M{} {}l{d} {d}l-{d} {d}l-{d}-{d}z"/>').format(
                kind, x, y - DOT, d=DOT
            )
        )
        for left, middle in _places(x, y, LETTER * len(mark.id)):
            room = (left, middle - LINE // 2, left + LETTER * len(mark.id), middle + LINE // 2)
            if left > 0 and room[2] < WIDTH and not any(_overlap(room, one) for one in taken):
                taken.append(room)
                names.append(_text(left, middle + 12, mark.id, "mark-t"))
                break
    return Markup("").join([*reaches, *reversed(diamonds), *names])


def _places(x: int, y: int, width: int) -> tuple[tuple[int, int], ...]:
    """Where a name may stand beside its mark, best first: left end and middle height."""
    right, left = x + DOT + 6, x - DOT - 6 - width
    return ((right, y), (left, y), (right, y + LINE), (left, y - LINE), (right, y - LINE))


def _spot(mark: Marker, frame: Frame) -> tuple[int, int]:
    x, y = frame.xy(np.array([mark.lat_deg]), np.array([mark.lon_deg]))
    return round(float(x[0])), round(float(y[0]))


def _overlap(a: tuple[int, ...], b: tuple[int, ...]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def _circle(mark: Marker, frame: Frame) -> str:
    """The marker's circle on the ground: points at one distance in every direction."""
    angle = min(mark.radius_m / EARTH_MEAN_RADIUS_M, 1.5)
    bearing = np.linspace(0.0, 2.0 * np.pi, CIRCLE_POINTS, endpoint=False)
    lat = radians(mark.lat_deg)
    sin_lat = np.sin(lat) * np.cos(angle) + np.cos(lat) * np.sin(angle) * np.cos(bearing)
    east = np.sin(bearing) * np.sin(angle) * np.cos(lat)
    turn = np.arctan2(east, np.cos(angle) - np.sin(lat) * sin_lat)
    # the centre comes first, so that the frame places the circle by it and not by its edge
    lat_deg = np.concatenate([[mark.lat_deg], np.degrees(np.arcsin(sin_lat))])
    lon_deg = mark.lon_deg + np.concatenate([[0.0], np.degrees(turn)])
    x, y = frame.xy(lat_deg, lon_deg)
    return path_of(x[1:], y[1:], close=True)


def _text(x: int, y: int, text: str, name: str) -> Markup:
    return Markup('<text class="{}" x="{}" y="{}">{}</text>').format(name, x, y, text)
