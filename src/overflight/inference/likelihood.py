"""How probable the further kinds of report are, given a path: scalar functions, step by step.

A report is looked at (:func:`look`) at every step of its window, in order, with where the particle
is and where it was a step before; it keeps what it must in ``notes``, four numbers that begin at
zero. When the window closes, :func:`conclude` gives the log density of the report given the path,
if the report is right. Every density is normalised over what the reporter could have said, so
that it compares with that of a stray report; a silence has a probability instead.

Places are looked at in the plane around the report's own place: two coordinates of position, for
the balloon azimuthal equidistant, in which bearings and distances from the place are true.

Two ways to hold during a window. "At some time": the mean of the density over the window. And
"throughout": what is true or false (in view, in the region) must be so at every sample, and
multiplies; an error of measurement was made once, so the log of its density is averaged. Samples
are an hour or more apart and at most eight: one report never counts as hundreds.
"""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from overflight.inference.reports import (
    ALTITUDE,
    CROSSING,
    FIX,
    MOTION,
    ORDER,
    REGION,
    UNSEEN,
    Reports,
    log_sum,
)
from overflight.physics.kernel import kernel, loop
from overflight.physics.sight import elevation_rad
from overflight.physics.steered import HEIGHT

Array = NDArray[np.float64]

# What a report's detail holds, by kind.
#   FIX       inverse covariance (east-east, east-north, north-north); degrees of freedom, 0 normal
#   SIGHT     radius and soft edge of what is in view; sort of bearing (0 none, 1 von Mises, 2 a
#             word), its direction [rad], its kappa or half width [rad], soft edge of a word [rad];
#             standard deviation of the elevation (0 none) and the elevation [rad]. The curve holds
#             the balloon's height.
#   REGION    unused; soft edge
#   UNSEEN    unused; soft edge; 0 a chance per hour, 1 a share; the chance; hours of a step. The
#             curve holds the radius of what is in view.
#   CROSSING  first and last step of the window, its soft edge in steps
#   MOTION    seconds of a step; 0 heading, 1 speed, 2 both; heading [rad] and its sd; speed and its
#             sd; for both, east and north, and the inverse covariance
#   ALTITUDE  lower and upper edge of the band; how soft they are; the same for a second reading of
#             the band, of equal weight (0 none)
#   ORDER     radius and soft edge of a passage; soft edge in steps; the second place (3)
NO_BEARING, VON_MISES, COMPASS_WORD = 0, 1, 2
HEADING, SPEED, BOTH = 0, 1, 2
STUDENT_FREEDOM = 4.0
LEAST = 1e-300  # below it a density is nothing, and its log would be infinite


@kernel
def soft_log(beyond: float) -> float:
    """Log of a logistic indicator, ``beyond`` edges outside."""
    if beyond > 30.0:
        return -beyond
    return -math.log1p(math.exp(beyond))


@kernel
def phi(value: float) -> float:
    """The standard normal distribution function."""
    return 0.5 * math.erfc(-value * math.sqrt(0.5))


@kernel
def turned(angle: float) -> float:
    """The same angle, between -pi and pi."""
    return angle - 2.0 * math.pi * math.floor((angle + math.pi) / (2.0 * math.pi))


@kernel
def outside_m(corners: Array, first: int, after: int, east: float, north: float) -> float:
    """Distance from a closed outline, negative inside."""
    nearest, inside = math.inf, False
    ax, ay = corners[after - 1, 0], corners[after - 1, 1]
    for corner in range(first, after):
        bx, by = corners[corner, 0], corners[corner, 1]
        dx, dy = bx - ax, by - ay
        length = dx * dx + dy * dy
        share = ((east - ax) * dx + (north - ay) * dy) / length if length > 0.0 else 0.0
        share = min(1.0, max(0.0, share))
        off = math.hypot(east - ax - share * dx, north - ay - share * dy)
        nearest = min(nearest, off)
        if (ay > north) != (by > north) and east < ax + (north - ay) / (by - ay) * dx:
            inside = not inside
        ax, ay = bx, by
    return -nearest if inside else nearest


@kernel
def _crossed(
    corners: Array, first: int, after: int, way: tuple[float, float, float, float]
) -> float:
    """Share of a straight way at which it first crosses a line; 2 where it does not."""
    x, y = way[0], way[1]
    dx, dy = way[2] - x, way[3] - y
    earliest = 2.0
    for corner in range(first, after - 1):
        ax, ay = corners[corner, 0], corners[corner, 1]
        ex, ey = corners[corner + 1, 0] - ax, corners[corner + 1, 1] - ay
        turn = dx * ey - dy * ex
        if turn == 0.0:
            continue
        share = ((ax - x) * ey - (ay - y) * ex) / turn
        along = ((ax - x) * dy - (ay - y) * dx) / turn
        if 0.0 <= share <= 1.0 and 0.0 <= along <= 1.0:
            earliest = min(earliest, share)
    return earliest


@kernel
def bearing_log(sort: float, off: float, width: float, soft: float) -> float:
    """Log density of a bearing that is off by an angle, without its constant factor.

    A measured one is von Mises with concentration ``width``; a compass word is even over
    ``width`` either way, and its edges are soft.
    """
    if sort == NO_BEARING:
        return 0.0
    if sort == VON_MISES:
        return width * (math.cos(off) - 1.0)
    return math.log(max(phi((off + width) / soft) - phi((off - width) / soft), LEAST))


@kernel
def _moment_logs(
    reports: Reports, report: int, k: int, east: float, north: float
) -> tuple[float, float]:
    """Of one moment: log of what is true or false, and of what was measured."""
    further, kind = reports.further, reports.kind[report]
    if kind == FIX:
        first, cross = further.detail[report, 0], further.detail[report, 1]
        second, freedom = further.detail[report, 2], further.detail[report, 3]
        square = first * east * east + 2.0 * cross * east * north + second * north * north
        if freedom > 0.0:
            return 0.0, -(0.5 * freedom + 1.0) * math.log1p(square / freedom)
        return 0.0, -0.5 * square
    edge = further.detail[report, 1]
    if kind == REGION:
        first_corner, after = further.corner[report, 0], further.corner[report, 1]
        beyond = outside_m(further.corners, first_corner, after, east, north)
        return soft_log(beyond / edge), 0.0
    detail, off_m = further.detail[report], math.hypot(east, north)
    measured = bearing_log(
        detail[2], turned(math.atan2(east, north) - detail[3]), detail[4], detail[5]
    )
    if detail[6] > 0.0:
        height = further.curve[further.curve_at[report] + k - reports.first[report]]
        off = (elevation_rad(off_m, height) - detail[7]) / detail[6]
        measured -= 0.5 * off * off
    return soft_log((off_m - detail[0]) / edge), measured


@kernel
def _look_moment(
    reports: Reports, report: int, k: int, east: float, north: float, notes: Array
) -> None:
    """Notes: the sum of densities; or the two logs and the number of samples."""
    stride, since = reports.further.stride[report], k - reports.first[report]
    if stride > 0 and since % stride != 0:
        return
    held, measured = _moment_logs(reports, report, k, east, north)
    if stride == 0:
        notes[0] += math.exp(reports.log_norm[report] + held + measured)
    else:
        notes[0] += held
        notes[1] += measured
        notes[2] += 1.0


@kernel
def _look_unseen(
    reports: Reports, report: int, k: int, east: float, north: float, notes: Array
) -> None:
    """Notes: the log chance of silence so far; or the best view so far."""
    further = reports.further
    detail = further.detail[report]
    reach = further.curve[further.curve_at[report] + k - reports.first[report]]
    view = math.exp(soft_log((math.hypot(east, north) - reach) / detail[1]))
    if detail[2] == 0.0:
        notes[0] += detail[4] * math.log1p(-detail[3] * view)
    else:
        notes[0] = max(notes[0], view)


@kernel
def _nearest(way: tuple[float, float, float, float]) -> tuple[float, float]:
    """Least distance from the origin along a straight way, and at which share of it."""
    x, y = way[0], way[1]
    dx, dy = way[2] - x, way[3] - y
    length = dx * dx + dy * dy
    share = min(1.0, max(0.0, -(x * dx + y * dy) / length)) if length > 0.0 else 1.0
    return math.hypot(x + share * dx, y + share * dy), share


@loop
def _look_order(
    towards: Any, reports: Reports, report: int, k: int, now: Array, before: Array, notes: Array
) -> None:
    """Notes: least distance from the first place and when, from the second and when."""
    off, was = np.empty(2), np.empty(2)
    opening = k == reports.first[report]
    for which in range(2):
        place = reports.place[report] if which == 0 else reports.further.detail[report, 3:6]
        towards(now, place, off)
        if opening:
            distance, share = math.hypot(off[0], off[1]), 1.0
        else:
            towards(before, place, was)
            distance, share = _nearest((was[0], was[1], off[0], off[1]))
        if opening or distance < notes[2 * which]:
            notes[2 * which], notes[2 * which + 1] = distance, k - 1.0 + share


@kernel
def _look_altitude(reports: Reports, report: int, k: int, height_m: float, notes: Array) -> None:
    """Notes: the sum of shares; or the log of their product."""
    stride, detail = reports.further.stride[report], reports.further.detail[report]
    if stride > 0 and (k - reports.first[report]) % stride != 0:
        return
    inside = phi((height_m - detail[0]) / detail[2]) - phi((height_m - detail[1]) / detail[2])
    if detail[3] > 0.0:
        other = phi((height_m - detail[0]) / detail[3]) - phi((height_m - detail[1]) / detail[3])
        inside = 0.5 * (inside + other)
    if stride > 0:
        notes[0] += math.log(max(inside, LEAST))
        notes[2] = 1.0
    else:
        notes[0] += math.exp(reports.log_norm[report]) * inside


@loop
def look(
    towards: Any, reports: Reports, report: int, k: int, now: Array, before: Array, notes: Array
) -> None:
    """Note what a step means for an open report.

    Parameters
    ----------
    towards
        Scalar ``towards(a, b, offset)``: the way from b to a, in the directions at b.
    now, before : (3,) or more
        Position at step k, and at the step before (anything at the first); where altitudes are
        asked for, ``now`` is a whole state of :mod:`overflight.physics.steered`.
    notes : (N_NOTES,)
        Changed in place.
    """
    kind, off = reports.kind[report], np.empty(2)
    if kind == ORDER:
        _look_order(towards, reports, report, k, now, before, notes)
    elif kind == ALTITUDE:
        _look_altitude(reports, report, k, now[HEIGHT], notes)
    elif kind == MOTION:
        if k > reports.first[report]:
            towards(now, before, off)
            notes[0] += off[0]
            notes[1] += off[1]
    else:
        towards(now, reports.place[report], off)
        if kind == UNSEEN:
            _look_unseen(reports, report, k, off[0], off[1], notes)
        elif kind != CROSSING:
            _look_moment(reports, report, k, off[0], off[1], notes)
        elif k > 0 and notes[0] == 0.0:
            was, corner = np.empty(2), reports.further.corner[report]
            towards(before, reports.place[report], was)
            share = _crossed(
                reports.further.corners, corner[0], corner[1], (was[0], was[1], off[0], off[1])
            )
            if share <= 1.0:  # notes: the step of the first passage, plus one
                notes[0] = k + share


@kernel
def _motion_log(detail: Array, east: float, north: float) -> float:
    """Log density of a report of motion without its constant, given the mean velocity."""
    if detail[1] == BOTH:
        e, n = east - detail[6], north - detail[7]
        square = detail[8] * e * e + 2.0 * detail[9] * e * n + detail[10] * n * n
        return float(-0.5 * square)
    if detail[1] == SPEED:
        off = float((math.hypot(east, north) - detail[4]) / detail[5])
        return -0.5 * off * off
    off = turned(math.atan2(east, north) - detail[2])
    total = -math.inf
    for turn in range(-2, 3):  # a wrapped normal
        each = (off + 2.0 * math.pi * turn) / detail[3]
        total = log_sum(total, -0.5 * each * each)
    return total


@kernel
def _passage_log(kind: int, log_norm: float, detail: Array, notes: Array) -> float:
    """Log density of a report of a line's first crossing, or of the order of two passages."""
    if kind == ORDER:
        passed = soft_log((notes[0] - detail[0]) / detail[1])
        passed += soft_log((notes[2] - detail[0]) / detail[1])
        return float(passed + math.log(max(phi((notes[3] - notes[1]) / detail[2]), LEAST)))
    if notes[0] == 0.0:
        return -math.inf
    step = notes[0] - 1.0
    inside = phi((step - detail[0]) / detail[2]) - phi((step - detail[1]) / detail[2])
    return float(log_norm + math.log(max(inside, LEAST)))


@loop
def conclude(reports: Reports, report: int, notes: Array) -> float:
    """Log density of a report whose window has closed, if it is right."""
    kind, log_norm = reports.kind[report], reports.log_norm[report]
    detail = reports.further.detail[report]
    if kind == UNSEEN:
        return float(notes[0]) if detail[2] == 0.0 else math.log1p(-detail[3] * notes[0])
    if kind == MOTION:
        elapsed = (reports.last[report] - reports.first[report]) * detail[0]
        return float(log_norm + _motion_log(detail, notes[0] / elapsed, notes[1] / elapsed))
    if kind in (ORDER, CROSSING):
        return _passage_log(kind, log_norm, detail, notes)
    if reports.further.stride[report] > 0:
        return float(log_norm + notes[0] + notes[1] / notes[2])
    mean = notes[0] / reports.moments[report]
    return math.log(mean) if mean > 0.0 else -math.inf


@loop
def along(towards: Any, reports: Reports, report: int, states: Array) -> float:
    """Log density of a report, if right, given a whole path (step, state)."""
    notes = np.zeros(4)
    for k in range(reports.first[report], reports.last[report] + 1):
        look(towards, reports, report, k, states[k], states[max(k - 1, 0)], notes)
    return conclude(reports, report, notes)
