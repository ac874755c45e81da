"""Where it came from, as two flat maps: the cloud of paths day by day, and single lines by height.

Classes only; the page's style colours them, and what the drawing says stands in tables too.
"""

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from overflight.ledgers.origin import Candidate, Fan, Launched
from overflight.release.language import tell
from overflight.release.staticmap import flat_map
from overflight.release.worldmap import WIDTH, Frame, frame_around, path_of, unwrapped

Values = NDArray[np.float64]

_DOT, _MARK = 5, 14  # drawing units
_STEPS = 4  # shades of days
_ROOM, _LINE = 200, 40  # of a name: its length and a line


def cloud(origin: Launched, places: dict[str, tuple[float, float]]) -> Markup:
    """Equally probable places of the balloon on whole days before, and the candidates.

    Parameters
    ----------
    places
        Latitude and longitude of the report that the track begins with, by its identifier.
    """
    dots = [day.dots_deg for day in origin.days]
    marks = np.array([(one.lat_deg, one.lon_deg) for one in origin.candidates])
    frame = _frame(np.concatenate([*dots, marks, np.array([*places.values()]).reshape(-1, 2)]))
    drawn = [
        _dots(day.dots_deg, frame, f"day-{min(index, _STEPS - 1)}")
        for index, day in reversed(list(enumerate(origin.days)))
    ]
    return flat_map(
        "origin-cloud",
        tell(
            "Places of the balloon on {n_days} days before the track begins, and the {n_candidates}"
            " reported launches. The tables below hold the same.",
            n_days=len(origin.days),
            n_candidates=len(origin.candidates),
        ),
        frame,
        [*drawn, *_launches(origin.candidates, frame), *_begins(places, frame)],
    )


def lines(fan: Fan, start_deg: tuple[float, float]) -> Markup:
    """Single lines back, each with its height in kilometres at its end."""
    paths = []
    for line in fan.lines:
        there = np.isfinite(line.lat_deg)
        lat = np.concatenate([[start_deg[0]], line.lat_deg[there]])
        lon = np.concatenate([[start_deg[1]], line.lon_deg[there]])
        paths.append((line.height_m, lat, unwrapped(lon)))
    frame = _frame(np.concatenate([np.stack(one[1:], axis=1) for one in paths]))
    drawn, ends = [], []
    for height_m, lat, lon in paths:
        x, y = frame.xy(lat, lon)
        d = path_of(x, y)
        shift = 360.0 * frame.units_per_deg
        if x.min() < 0.0:
            d += path_of(x + shift, y)
        if x.max() > WIDTH:
            d += path_of(x - shift, y)
        drawn.append(Markup('<path class="single" d="{}"/>').format(d))
        for place_x, place_y in zip(x[1:] % shift, y[1:], strict=True):
            drawn.append(_dot(place_x, place_y, "single-dot"))
        ends.append((float(x[-1] % shift), float(y[-1]), f"{height_m / 1e3:.0f} km"))
    drawn += [_name(x, y, text) for x, y, text in _apart(ends)]
    return flat_map(
        "origin-lines",
        tell(
            "Single lines back from {begin_id} at {n_lines} heights. The table below holds"
            " the same.",
            begin_id=fan.begin_id,
            n_lines=len(fan.lines),
        ),
        frame,
        [*drawn, *_begins({fan.begin_id: start_deg}, frame)],
    )


def _apart(ends: list[tuple[float, float, str]]) -> list[tuple[float, float, str]]:
    """Names moved down until none lies over another.

    >>> _apart([(0.0, 0.0, "18 km"), (60.0, 10.0, "19 km"), (900.0, 5.0, "20 km")])
    [(0.0, 0.0, '18 km'), (60.0, 40.0, '19 km'), (900.0, 5.0, '20 km')]
    """
    placed: list[tuple[float, float, str]] = []
    for x, y, text in sorted(ends, key=lambda one: one[1]):
        below = y
        for a, b, _ in placed:
            if abs(x - a) < _ROOM and abs(below - b) < _LINE:
                below = b + _LINE
        placed.append((x, below, text))
    order = [text for _, _, text in ends]
    return sorted(placed, key=lambda one: order.index(one[2]))


def _frame(places_deg: Values) -> Frame:
    return frame_around(places_deg[:, 0], places_deg[:, 1])


def _at(lat_deg: float, lon_deg: float, frame: Frame) -> tuple[float, float]:
    x, y = frame.xy(np.array([lat_deg]), np.array([lon_deg]))
    return float(x[0]), float(y[0])


def _dots(places_deg: Values, frame: Frame, name: str) -> Markup:
    """One path of small squares: a circle each would be ten times the bytes."""
    spots = [_at(lat, lon, frame) for lat, lon in places_deg]
    d = "".join(f"M{x - _DOT:.0f} {y:.0f}h{2 * _DOT}" for x, y in spots)
    return Markup('<path class="origin-dots {}" d="{}"/>').format(name, d)


def _dot(x: float, y: float, name: str) -> Markup:
    return Markup('<circle class="{}" cx="{}" cy="{}" r="8"/>').format(name, round(x), round(y))


def _launches(candidates: tuple[Candidate, ...], frame: Frame) -> list[Markup]:
    """Diamonds, with names below each other where they would overlap."""
    drawn: list[Markup] = []
    spots: list[tuple[float, float]] = []
    for one in candidates:
        x, y = _at(one.lat_deg, one.lon_deg, frame)
        near = sum(abs(x - a) < _ROOM and abs(y - b) < _LINE for a, b in spots)
        spots.append((x, y))
        drawn += [_diamond(x, y, "unused"), _name(x, y + _LINE * near, one.name)]
    return drawn


def _begins(places: dict[str, tuple[float, float]], frame: Frame) -> list[Markup]:
    spots = [(name, *_at(*place, frame)) for name, place in places.items()]
    return [_diamond(x, y, "used") + _name(x, y, name) for name, x, y in spots]


def _diamond(x: float, y: float, kind: str) -> Markup:
    return Markup('<path class="mark {}" d="M{} {}l{d} {d}l-{d} {d}l-{d}-{d}z"/>').format(
        kind, round(x), round(y) - _MARK, d=_MARK
    )


def _name(x: float, y: float, text: str) -> Markup:
    """A label right of its mark, or left of it near the map's edge."""
    left = x + 20 + 20 * len(text) > WIDTH
    return Markup('<text class="mark-t" x="{}" y="{}"{}>{}</text>').format(
        round(x - 20 if left else x + 20),
        round(y + 12),
        Markup(' text-anchor="end"') if left else "",
        text,
    )
