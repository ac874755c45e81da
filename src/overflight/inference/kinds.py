"""From one sighting to the numbers that the engine weighs it by: one function for each kind.

Each gives the density of the report if it is right (:mod:`overflight.inference.likelihood` says
what the numbers are), the density of a stray report in the same unit, and where one makes sense a
Gaussian stand-in for pilot and twist: moments of the place that the report leaves open, with twice
the variance (method 6). Silence, motion and order have none; they count in the weights alone.
"""

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from overflight.case.kinds import (
    CLEAR_SHARE,
    PUBLIC_PER_HOUR,
    Attendance,
    Direction,
)
from overflight.case.model import Geometry, Sighting
from overflight.inference import outlines
from overflight.inference.likelihood import BOTH, COMPASS_WORD, HEADING, SPEED, VON_MISES
from overflight.inference.reports import (
    CROSSING,
    DISC,
    FIX,
    GAUSSIAN,
    MOTION,
    N_DETAIL,
    ORDER,
    REGION,
    SIGHT,
    UNSEEN,
    disc_log_norm,
    gaussian_log_norm,
)
from overflight.inference.told import STRAY_SPREAD, Built, Told, Window, stride_of, window_of
from overflight.physics.sight import arc_m
from overflight.physics.sphere import n_vector
from overflight.physics.tangent import gone

Array = NDArray[np.float64]

EDGE_M = 10_000.0  # soft edge of a region (method 4)
DRIFT_SPEED_MPS = 12.0  # usual ground speed; turns times into distances
BEARING_SD_DEG, ELEVATION_SD_DEG = 15.0, 10.0  # of a person without an instrument (method 4)
WORD_HALF_DEG, WORD_SOFT_DEG = 11.25, 10.0  # of one of sixteen compass words (method 4)
SPEED_SHARE, LEAST_SPEED_SD_MPS = 0.25, 2.0  # error of a speed that states none
FASTEST_MPS = 60.0  # a stray report of motion is anything up to this
INFLATED = 2.0  # variance of a stand-in over that of the place it stands for (method 6)


def build(told: Told) -> Built | None:
    """Put a sighting into numbers; None where it lies outside the flight and can only be wrong."""
    return _BUILDERS.get(told.sighting.geometry, _place)(told)


def _place(told: Told) -> Built | None:
    """A place with an error: a normal or Student's t, round or an ellipse."""
    window, sighting = window_of(told), told.sighting
    if window is None:
        return None
    if sighting.outline is not None:
        return _region(told)
    covariance = _covariance(told)
    inverse = np.linalg.inv(covariance)
    shape = (float(inverse[0, 0]), float(inverse[0, 1]), float(inverse[1, 1]))
    norm = gaussian_log_norm(shape)
    round_and_normal = sighting.position_sd_minor_m is None and sighting.tails == "normal"
    if round_and_normal and sighting.when == "at_some_time":
        return Built(GAUSSIAN, told.place, window, norm, told.stray_log, shape)
    heavy = sighting.tails == "heavy"
    detail = np.zeros(N_DETAIL)
    detail[:4] = *shape, 4.0 if heavy else 0.0
    # A t of four degrees has the peak of its normal, and twice its scale as variance.
    widened = INFLATED if heavy else 1.0
    return _placed(
        told, Built(FIX, told.place, window, norm, told.stray_log, detail=detail),
        told.place, widened * covariance,
    )  # fmt: skip


def _covariance(told: Told) -> Array:
    """Covariance of a place, east and north [m2]: its error, rounding, timing and the step."""
    sighting = told.sighting
    major_m = sighting.position_sd_m
    minor_m = sighting.position_sd_minor_m or major_m
    axis = math.radians(sighting.position_axis_deg or 0.0)
    along, across = (
        np.array([math.sin(axis), math.cos(axis)]),
        np.array([math.cos(axis), -math.sin(axis)]),
    )
    step_m = DRIFT_SPEED_MPS * told.table.dt_s / math.sqrt(12.0)
    clock_m = DRIFT_SPEED_MPS * (sighting.timing_sd_s or 0.0)
    rounded_m2 = (sighting.rounding_m or 0.0) ** 2 / 12.0
    return np.asarray(
        major_m**2 * np.outer(along, along)
        + minor_m**2 * np.outer(across, across)
        + (step_m**2 + clock_m**2 + rounded_m2) * np.eye(2)
    )


def _placed(told: Told, built: Built, aim: tuple[float, float, float], spread: Array) -> Built:
    """Give a report its stand-in around a place, and its samples."""
    area_m2 = 2.0 * math.pi * math.sqrt(float(np.linalg.det(spread)))
    return Built(
        **{name: getattr(built, name) for name in ("kind", "place", "window", "log_norm")},
        stray_log=built.stray_log,
        detail=built.detail,
        corners=built.corners,
        curve=built.curve,
        stride=stride_of(told, built.window),
        aim=aim,
        spread=(float(spread[0, 0]), float(spread[0, 1]), float(spread[1, 1])),
        due=built.due or (built.window.first + built.window.last) // 2,
        gauge=built.stray_log - told.stray_place_log(area_m2),
    )


def _sight(told: Told) -> Built | None:
    """In view from a place, perhaps with a bearing and an elevation."""
    window, sighting = window_of(told), told.sighting
    if window is None:
        return None
    radius_m = 2.0 * sighting.position_sd_m  # a uniform disc with that sd on either axis
    norm, stray = disc_log_norm(radius_m, EDGE_M), told.stray_log
    directed = sighting.bearing is not None or sighting.elevation_deg is not None
    if not directed and sighting.when == "at_some_time":
        return Built(DISC, told.place, window, norm, stray, (radius_m, EDGE_M, 0.0))
    detail = np.zeros(N_DETAIL)
    detail[:2] = radius_m, EDGE_M
    if sighting.bearing is not None:
        norm += _bearing(sighting.bearing, sighting.bearing_sd_deg, detail)
        stray -= math.log(2.0 * math.pi)
    if sighting.elevation_deg is not None:
        sd = math.radians(sighting.elevation_sd_deg or ELEVATION_SD_DEG)
        detail[6], detail[7] = sd, math.radians(sighting.elevation_deg)
        norm -= math.log(sd * math.sqrt(2.0 * math.pi))
        stray -= math.log(0.5 * math.pi)
    heights = told.heights_m(window)
    built = Built(SIGHT, told.place, window, norm, stray, detail=detail, curve=heights)
    aim, spread = _sector(told, detail, float(np.median(heights)))
    return _placed(told, built, aim, spread)


def _bearing(bearing: Direction, sd_deg: float | None, detail: Array) -> float:
    """Write a bearing; return the log of its normalisation, 1/rad."""
    detail[3] = math.radians(bearing.deg)
    if bearing.word:
        half = math.radians(WORD_HALF_DEG)
        detail[2], detail[4] = COMPASS_WORD, half
        detail[5] = math.radians(sd_deg or WORD_SOFT_DEG)
        return -math.log(2.0 * half)
    kappa = math.radians(sd_deg or BEARING_SD_DEG) ** -2
    detail[2], detail[4] = VON_MISES, kappa
    return -math.log(2.0 * math.pi) - _bessel_log(kappa)


def _bessel_log(kappa: float) -> float:
    """Log of I0(kappa) exp(-kappa); the asymptotic series is good to 1e-7 from 50 on."""
    if kappa < 50.0:
        return math.log(float(np.i0(kappa))) - kappa
    series = 1.0 + 1.0 / (8.0 * kappa) + 9.0 / (128.0 * kappa**2) + 225.0 / (3072.0 * kappa**3)
    return math.log(series) - 0.5 * math.log(2.0 * math.pi * kappa)


def _sector(told: Told, detail: Array, height_m: float) -> tuple[tuple[float, float, float], Array]:
    """Stand-in of a sight: middle and covariance of the sector that it leaves open."""
    radius_m = float(detail[0])
    if detail[2] == 0.0 and detail[6] == 0.0:
        return told.place, radius_m**2 * np.eye(2)  # as of a disc (pilot.stand_ins)
    far_m, far_m2 = 2.0 * radius_m / 3.0, radius_m**2 / 18.0
    if detail[6] > 0.0:
        edges = [max(detail[7] + sign * detail[6], 0.0) for sign in (-1.0, 1.0)]
        outer, inner = (min(float(arc_m(edge, height_m)), radius_m) for edge in edges)
        far_m, far_m2 = 0.5 * (outer + inner), (0.5 * (outer - inner)) ** 2 + EDGE_M**2
    if detail[2] == 0.0:  # somewhere on a ring
        return told.place, INFLATED * 0.5 * (far_m**2 + far_m2) * np.eye(2)
    width = 1.0 / math.sqrt(detail[4])
    if detail[2] == COMPASS_WORD:
        width = math.hypot(detail[4] / math.sqrt(3.0), detail[5])
    sine, cosine = math.sin(detail[3]), math.cos(detail[3])
    along, across = np.array([sine, cosine]), np.array([cosine, -sine])
    across_m2 = (far_m**2 + far_m2) * width**2 + 1e6
    spread = far_m2 * np.outer(along, along) + across_m2 * np.outer(across, across)
    return gone(*told.place, far_m * sine, far_m * cosine), INFLATED * spread


def _region(told: Told) -> Built | None:
    """Somewhere inside an outline, whose edge is soft; even over its area."""
    window = window_of(told)
    if window is None or told.sighting.outline is None:
        return None
    corners = outlines.flat_m(told.place, told.sighting.outline)
    area_m2, mean, spread = outlines.moments(corners, EDGE_M)
    detail = np.zeros(N_DETAIL)
    detail[1] = EDGE_M
    stray = told.stray_place_log(area_m2)
    norm = -math.log(area_m2)
    built = Built(REGION, told.place, window, norm, stray, detail=detail, corners=corners)
    return _placed(told, built, gone(*told.place, *mean), INFLATED * spread)


def _unseen(told: Told) -> Built:
    """Silence of a watcher. It needs no wrong version: an inattentive one is silent everywhere."""
    window, sighting = window_of(told), told.sighting
    watch = sighting.attendance or Attendance(PUBLIC_PER_HOUR, per_hour=True)
    clear = sighting.clear_sky_fraction or (CLEAR_SHARE if watch.per_hour else 1.0)
    detail = np.zeros(N_DETAIL)
    detail[1:5] = (
        EDGE_M, 0.0 if watch.per_hour else 1.0, watch.value * clear, told.table.dt_s / 3_600.0
    )  # fmt: skip
    if window is None:  # it was not in the air: out of everybody's view
        at = 0 if told.closes_s < told.table.start_s else told.table.n_steps
        window, reach = Window(at, at, 1), np.full(1, -1e9)
    else:
        horizon = [float(arc_m(0.0, height)) for height in told.heights_m(window)]
        reach = np.minimum(2.0 * sighting.position_sd_m, horizon)
    due = (window.first + window.last) // 2
    return Built(UNSEEN, told.place, window, 0.0, 0.0, detail=detail, curve=reach, due=due)


def _crossing(told: Told) -> Built | None:
    """The first passage through a line lies in the window."""
    sighting, table = told.sighting, told.table
    opens, closes = table.step(told.opens_s), table.step(told.closes_s)
    soft = max(sighting.timing_sd_s or 0.0, table.dt_s / math.sqrt(12.0)) / table.dt_s
    last = min(table.n_steps, math.ceil(closes + 5.0 * soft))
    if last < 1 or opens > table.n_steps or sighting.outline is None:
        return None
    closes = max(closes, opens + 0.1 * soft)
    width_s = (closes - opens) * table.dt_s
    detail = np.zeros(N_DETAIL)
    detail[:3] = opens, closes, soft
    corners = outlines.flat_m(told.place, sighting.outline)
    mean, along = outlines.line_moments(corners)
    late_m = DRIFT_SPEED_MPS * table.dt_s * math.hypot(soft, (closes - opens) / math.sqrt(12.0))
    span_s = (told.case.span_end - told.case.span_start).total_seconds()
    stray = -math.log(max(span_s, STRAY_SPREAD * width_s))
    due = min(max(round(0.5 * (opens + closes)), 0), last)
    built = Built(
        CROSSING, told.place, Window(0, last, last + 1), -math.log(width_s), stray,
        detail=detail, corners=corners, due=due,
    )  # fmt: skip
    aim = gone(*told.place, *mean)
    return _placed(told, built, aim, INFLATED * (along + late_m**2 * np.eye(2)))


def _motion(told: Told) -> Built | None:
    """The mean ground velocity over the window: its direction, its size, or both."""
    window, sighting = window_of(told), told.sighting
    if window is None or told.table.n_steps < 1:
        return None
    first, last = window.first, window.last
    if first == last:  # a velocity needs two places
        first, last = (first - 1, last) if last > 0 else (first, last + 1)
    detail = np.zeros(N_DETAIL)
    detail[0] = told.table.dt_s
    if sighting.heading is not None:
        detail[2] = math.radians(sighting.heading.deg)
        detail[3] = math.radians(sighting.heading_sd_deg or _heading_sd_deg(sighting.heading))
    if sighting.speed_mps is not None:
        detail[4] = sighting.speed_mps
        usual = max(SPEED_SHARE * sighting.speed_mps, LEAST_SPEED_SD_MPS)
        detail[5] = sighting.speed_sd_mps or usual
    norm, stray = _motion_logs(sighting, detail)
    due = (first + last) // 2
    inside = Window(first, last, last - first + 1)
    return Built(MOTION, told.place, inside, norm, stray, detail=detail, due=due)


def _heading_sd_deg(heading: Direction) -> float:
    if heading.word:
        return math.hypot(WORD_HALF_DEG / math.sqrt(3.0), WORD_SOFT_DEG)
    return BEARING_SD_DEG


def _motion_logs(sighting: Sighting, detail: Array) -> tuple[float, float]:
    """Write what is known; return the logs of the normalisation and of a stray report."""
    root = math.sqrt(2.0 * math.pi)
    if sighting.speed_mps is None:
        detail[1] = HEADING
        return -math.log(root * detail[3]), -math.log(2.0 * math.pi)
    if sighting.heading is None:
        detail[1] = SPEED
        return -math.log(root * detail[5]), -math.log(max(FASTEST_MPS, STRAY_SPREAD * detail[5]))
    detail[1] = BOTH
    sine, cosine = math.sin(detail[2]), math.cos(detail[2])
    along, across = np.array([sine, cosine]), np.array([cosine, -sine])
    # A slow motion's direction says little of its parts: never better than the speed itself.
    aside_mps = max(detail[4] * math.tan(min(detail[3], 1.2)), 0.1 * detail[5])
    covariance = detail[5] ** 2 * np.outer(along, along) + aside_mps**2 * np.outer(across, across)
    inverse = np.linalg.inv(covariance)
    detail[6:8] = detail[4] * along
    detail[8:11] = inverse[0, 0], inverse[0, 1], inverse[1, 1]
    spread = 2.0 * math.pi * detail[5] * aside_mps
    stray = -math.log(max(math.pi * FASTEST_MPS**2, STRAY_SPREAD * spread))
    return gaussian_log_norm((inverse[0, 0], inverse[0, 1], inverse[1, 1])), stray


def _order(told: Told) -> Built | None:
    """It passed this place and then another, by its nearest approaches in the window."""
    window, sighting, table = window_of(told), told.sighting, told.table
    if window is None or sighting.then_lat_deg is None or sighting.then_lon_deg is None:
        return None
    detail = np.zeros(N_DETAIL)
    soft = max(sighting.timing_sd_s or 0.0, table.dt_s / math.sqrt(12.0)) / table.dt_s
    detail[:3] = 2.0 * sighting.position_sd_m, EDGE_M, soft
    detail[3:6] = n_vector(sighting.then_lat_deg, sighting.then_lon_deg)
    due = (window.first + window.last) // 2
    return Built(ORDER, told.place, window, 0.0, -math.log(2.0), detail=detail, due=due)


_BUILDERS: dict[Geometry, Callable[[Told], Built | None]] = {
    Geometry.LINE_OF_SIGHT: _sight,
    Geometry.REGION: _region,
    Geometry.NOT_SEEN: _unseen,
    Geometry.CROSSING: _crossing,
    Geometry.MOTION: _motion,
    Geometry.ORDER: _order,
}
