"""A picture of a wind file: where it is, how it blows at one level, and which levels it has.

One SVG file that any browser opens, with no script and no request.
"""

from itertools import product
from math import ceil, hypot
from textwrap import wrap

import numpy as np
import xarray as xr
from markupsafe import Markup
from numpy.typing import NDArray

from overflight.fields.look import Look
from overflight.release.worldmap import WIDTH, Frame, frame_around, land_path, path_of

Values = NDArray[np.float64]

ARROWS_ACROSS = 36
USUAL_PA = 7_000.0  # the level shown unless another is asked for: some 18.5 km
_PANEL = 480  # drawing units below the map
_LETTERS = 150  # of a small line
_LONGEST_SPEED = 0.9  # of the room of an arrow, for the strongest wind
_STYLE = (
    "text{font:34px system-ui,sans-serif;fill:#1a1a1a}.small{font-size:28px;fill:#555}"
    ".sea{fill:#dbe9f4}.land{fill:#f4f1e6;stroke:#8a8a8a;stroke-width:2}"
    ".box{fill:none;stroke:#d55e00;stroke-width:5;stroke-dasharray:16 10}"
    ".arrow{fill:none;stroke:#0072b2;stroke-width:4}.bar{fill:#0072b2}.axis{stroke:#555}"
)


def draw(wind: xr.Dataset, seen: Look, pressure_pa: float | None = None) -> str:
    """Draw a wind.

    Parameters
    ----------
    pressure_pa
        The level nearest to it is shown; None for 70 hPa.
    """
    levels = wind["pressure_pa"].values
    level = int(np.argmin(np.abs(np.log(levels / (pressure_pa or USUAL_PA)))))
    time = wind.sizes["time"] // 2
    frame = _frame(wind)
    height = frame.height + _PANEL
    title = f"{seen.title or seen.source}: wind at {levels[level] / 100.0:g} hPa"
    moment = np.datetime_as_string(wind["time"].values[time], "m").replace("T", " ")
    parts = [
        Markup(
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {} {}" role="img"><title>{}'
            "</title><style>{}</style>"
        ).format(WIDTH, height, title, _STYLE),
        Markup('<rect width="{}" height="{}" fill="#fff"/>').format(WIDTH, height),
        Markup('<clipPath id="m"><rect width="{}" height="{}"/></clipPath>').format(
            WIDTH, frame.height
        ),
        Markup('<g clip-path="url(#m)"><rect class="sea" width="{}" height="{}"/>').format(
            WIDTH, frame.height
        ),
        Markup('<path class="land" d="{}"/>').format(land_path(frame)),
        _box(frame, wind),
        _arrows(frame, wind, time, level),
        Markup("</g>"),
        _lines(frame.height + 54, (f"Wind at {levels[level] / 100.0:g} hPa, {moment} UTC",), ""),
        _lines(frame.height + 96, _wrapped(seen.title, 1), "small"),
        _levels(frame, seen),
        Markup("</svg>\n"),
    ]  # fmt: skip
    return str(Markup("").join(parts))


def _frame(wind: xr.Dataset) -> Frame:
    lat, lon = np.meshgrid(wind["lat_deg"].values, wind["lon_deg"].values, indexing="ij")
    step = max(1, lat.size // 5_000)
    return frame_around(lat.ravel()[::step], lon.ravel()[::step])


def _box(frame: Frame, wind: xr.Dataset) -> Markup:
    """The edge of the data; none where they go round the globe."""
    lon = np.sort(np.mod(wind["lon_deg"].values - frame.west_deg, 360.0)) + frame.west_deg
    if lon[-1] - lon[0] > 350.0:
        return Markup("")
    south, north = (float(wind["lat_deg"].values[end]) for end in (0, -1))
    west, east = float(lon[0]), float(lon[-1])
    x, y = frame.xy(np.array([south, north, north, south]), np.array([west, west, east, east]))
    return Markup('<path class="box" d="{}"/>').format(path_of(x, y, close=True))


def _arrows(frame: Frame, wind: xr.Dataset, time: int, level: int) -> Markup:
    """Arrows at some of the nodes, the longest for the strongest wind among them."""
    room = WIDTH / ARROWS_ACROSS
    lat, lon = wind["lat_deg"].values, wind["lon_deg"].values
    every = (_every(lat, frame.units_per_lat_deg, room), _every(lon, frame.units_per_deg, room))
    u = wind["u_mps"][time, level].values[:: every[0], :: every[1]]
    v = wind["v_mps"][time, level].values[:: every[0], :: every[1]]
    strongest = float(np.nanmax(np.hypot(u, v))) or 1.0
    scale = _LONGEST_SPEED * room / strongest
    shapes = []
    rows, columns = lat[:: every[0]], lon[:: every[1]]
    for j, i in product(range(len(rows)), range(len(columns))):
        x, y = frame.xy(np.array([rows[j]]), np.array([columns[i]]))
        along, up = float(u[j, i]) * scale, float(v[j, i]) * scale
        if np.isfinite(along + up) and 0 <= x[0] <= WIDTH and 0 <= y[0] <= frame.height:
            shapes.append(_arrow(float(x[0]), float(y[0]), along, -up))
    return Markup('<path class="arrow" d="{}"/>').format("".join(shapes))


def _every(axis: Values, units_per_deg: float, room: float) -> int:
    if len(axis) < 2:
        return 1
    return max(1, ceil(room / (float(np.median(np.diff(axis))) * units_per_deg)))


def _arrow(x: float, y: float, dx: float, dy: float) -> str:
    """A shaft about its node, with a head."""
    length = hypot(dx, dy)
    if length < 3.0:
        return f"M{x - 2:.0f} {y:.0f}h4"
    tip_x, tip_y = x + dx / 2.0, y + dy / 2.0
    ux, uy = dx / length, dy / length
    head = min(14.0, 0.5 * length)
    left = (tip_x - head * (ux + 0.5 * uy), tip_y - head * (uy - 0.5 * ux))
    right = (tip_x - head * (ux - 0.5 * uy), tip_y - head * (uy + 0.5 * ux))
    return (
        f"M{x - dx / 2:.0f} {y - dy / 2:.0f}L{tip_x:.0f} {tip_y:.0f}"
        f"M{left[0]:.0f} {left[1]:.0f}L{tip_x:.0f} {tip_y:.0f}L{right[0]:.0f} {right[1]:.0f}"
    )


def _wrapped(text: str, most: int) -> tuple[str, ...]:
    """Lines that fit the drawing's width; what does not fit in ``most`` lines is cut."""
    lines = wrap(text, _LETTERS)
    if len(lines) > most:
        lines = [*lines[: most - 1], f"{lines[most - 1][: _LETTERS - 2]} \u2026"]
    return tuple(lines)


def _lines(top: float, lines: tuple[str, ...], kind: str) -> Markup:
    return Markup("").join(
        Markup('<text class="{}" x="20" y="{}">{}</text>').format(kind, f"{top + 38 * n:.0f}", line)
        for n, line in enumerate(lines)
    )


def _levels(frame: Frame, seen: Look) -> Markup:
    """A bar for each level, its length the rms speed; pressures and heights beside a few."""
    top = frame.height + 130
    fastest = max(level.rms_speed_mps for level in seen.levels) or 1.0
    step = (WIDTH - 40.0) / len(seen.levels)
    tall = _PANEL - 300.0
    shapes, texts, free = [], [], 0.0
    for index, level in enumerate(seen.levels):
        bar = tall * level.rms_speed_mps / fastest
        x = 20.0 + index * step
        shapes.append(f"M{x:.0f} {top + tall:.0f}h{0.8 * step:.0f}v{-bar:.0f}h{-0.8 * step:.0f}z")
        if x >= free:
            texts.append(
                Markup('<text class="small" x="{}" y="{}">{} hPa</text>').format(
                    f"{x:.0f}", f"{top + tall + 36:.0f}", f"{level.pressure_hpa:.4g}"
                )
            )
            free = x + 170.0
    note = f"rms wind by level, the longest bar {fastest:.0f} m/s; {seen.error_statement}"
    return (
        Markup('<path class="bar" d="{}"/>').format("".join(shapes))
        + Markup("").join(texts)
        + _lines(top + tall + 80.0, _wrapped(note, 2), "small")
    )
