"""Proposals and weights of a block of particles: the twist at work (method 5).

All is written out for four local coordinates, so that every line is one vector instruction or a
few; what is the same for all lanes is read once. The same for any number of coordinates is in
:mod:`overflight.inference.weighing_more`.
"""

import math

import numpy as np
from numpy.typing import NDArray

from overflight.inference.lanes import (
    LOCAL,
    LOCAL_1,
    LOCAL_2,
    LOCAL_3,
    LOCALS,
    OFFSET_E,
    OFFSET_N,
    WEIGHT,
)
from overflight.inference.reports import GAUSSIAN, Reports, log_sum
from overflight.inference.twist import Twist
from overflight.physics.kernel import lane_kernel, lane_loop
from overflight.physics.lane_math import exponential
from overflight.physics.lanes import LANES, peek, poke
from overflight.physics.rows import NOISE, NOISE_1, NOISE_2, NOISE_3

Array = NDArray[np.float64]
Four = tuple[float, float, float, float]
Form = tuple[Four, Four, tuple[float, float, float], tuple[float, float], float, float]

FAR = 600.0  # edges beyond a disc: its density is then nothing to a double


@lane_kernel
def _form(curvature: Array, slope: Array, offset: float) -> Form:
    """A quadratic form as numbers: slope, diagonal, and what lies above the diagonal."""
    c = curvature
    return (
        (slope[0], slope[1], slope[2], slope[3]),
        (0.5 * c[0, 0], 0.5 * c[1, 1], 0.5 * c[2, 2], 0.5 * c[3, 3]),
        (0.5 * (c[0, 1] + c[1, 0]), 0.5 * (c[0, 2] + c[2, 0]), 0.5 * (c[0, 3] + c[3, 0])),
        (0.5 * (c[1, 2] + c[2, 1]), 0.5 * (c[1, 3] + c[3, 1])),
        0.5 * (c[2, 3] + c[3, 2]),
        offset,
    )


@lane_kernel
def _psi_log(form: Form, a: float, b: float, c: float, d: float) -> float:
    """Log of psi at a local difference from the pilot."""
    slope, half, first, second, last, offset = form
    value = offset + a * (slope[0] - half[0] * a - first[0] * b - first[1] * c - first[2] * d)
    value += b * (slope[1] - half[1] * b - second[0] * c - second[1] * d)
    return value + c * (slope[2] - half[2] * c - last * d) + d * (slope[3] - half[3] * d)


@lane_kernel
def _row(matrix: Array, i: int) -> Four:
    return matrix[i, 0], matrix[i, 1], matrix[i, 2], matrix[i, 3]


@lane_kernel
def _product(row: Four, a: float, b: float, c: float, d: float) -> float:
    return row[0] * a + row[1] * b + row[2] * c + row[3] * d


@lane_loop
def expect(told: Array, ahead: Array, twist: Twist, k: int) -> None:
    """Take psi- of step ``k`` out of the weights, and predict where step k leads without noise.

    The linearised model predicts: it steers the proposal only, and spares a second look at the
    wind.
    """
    form = _form(twist.pre_curvature[k], twist.pre_slope[k], twist.pre_offset[k])
    carry, shift = twist.carry[k + 1], twist.shift[k + 1]
    r0, r1, r2, r3 = _row(carry, 0), _row(carry, 1), _row(carry, 2), _row(carry, 3)
    s0, s1, s2, s3 = shift[0], shift[1], shift[2], shift[3]
    for lane in range(LANES):
        a, b = peek(told, LOCAL + lane), peek(told, LOCAL_1 + lane)
        c, d = peek(told, LOCAL_2 + lane), peek(told, LOCAL_3 + lane)
        poke(told, WEIGHT + lane, peek(told, WEIGHT + lane) - _psi_log(form, a, b, c, d))
        poke(ahead, LOCAL + lane, _product(r0, a, b, c, d) - s0)
        poke(ahead, LOCAL_1 + lane, _product(r1, a, b, c, d) - s1)
        poke(ahead, LOCAL_2 + lane, _product(r2, a, b, c, d) - s2)
        poke(ahead, LOCAL_3 + lane, _product(r3, a, b, c, d) - s3)


@lane_loop
def propose(told: Array, ahead: Array, wide: Array, twist: Twist, index: int) -> None:
    """Turn normals into guided noise, and weigh: log N(w; 0, I) - log q(w).

    ``ahead`` is where the particles would come out with no noise. With psi's slope there,
    ``b - H ahead``, the noise is normal with covariance C = (I + G'HG)^-1 and mean C G' of that
    slope; ``spread`` is C's lower Cholesky factor.
    """
    curvature, slope = twist.curvature[index], twist.slope[index]
    h0, h1, h2, h3 = (
        _row(curvature, 0),
        _row(curvature, 1),
        _row(curvature, 2),
        _row(curvature, 3),
    )
    b0, b1, b2, b3 = slope[0], slope[1], slope[2], slope[3]
    reach, spread = twist.reach[index], twist.spread[index]
    g0, g1, g2, g3 = _row(reach, 0), _row(reach, 1), _row(reach, 2), _row(reach, 3)
    l0, l1, l2, l3 = _row(spread, 0), _row(spread, 1), _row(spread, 2), _row(spread, 3)
    log_spread = twist.spread_log[index]
    for lane in range(LANES):
        a, b = peek(ahead, LOCAL + lane), peek(ahead, LOCAL_1 + lane)
        c, d = peek(ahead, LOCAL_2 + lane), peek(ahead, LOCAL_3 + lane)
        e, f = b0 - _product(h0, a, b, c, d), b1 - _product(h1, a, b, c, d)
        g, h = b2 - _product(h2, a, b, c, d), b3 - _product(h3, a, b, c, d)
        n0, n1 = peek(wide, NOISE + lane), peek(wide, NOISE_1 + lane)
        n2, n3 = peek(wide, NOISE_2 + lane), peek(wide, NOISE_3 + lane)
        w0 = _product(g0, e, f, g, h) + l0[0] * n0
        w1 = _product(g1, e, f, g, h) + l1[0] * n0 + l1[1] * n1
        w2 = _product(g2, e, f, g, h) + l2[0] * n0 + l2[1] * n1 + l2[2] * n2
        w3 = _product(g3, e, f, g, h) + l3[0] * n0 + l3[1] * n1 + l3[2] * n2 + l3[3] * n3
        drawn = n0 * n0 + n1 * n1 + n2 * n2 + n3 * n3
        prior = w0 * w0 + w1 * w1 + w2 * w2 + w3 * w3
        poke(told, WEIGHT + lane, peek(told, WEIGHT + lane) + 0.5 * (drawn - prior) + log_spread)
        poke(wide, NOISE + lane, w0)
        poke(wide, NOISE_1 + lane, w1)
        poke(wide, NOISE_2 + lane, w2)
        poke(wide, NOISE_3 + lane, w3)


@lane_loop
def look_ahead(told: Array, twist: Twist, k: int) -> None:
    """Put psi of step ``k`` into the weights."""
    form = _form(twist.curvature[k], twist.slope[k], twist.offset[k])
    for lane in range(LANES):
        a, b = peek(told, LOCAL + lane), peek(told, LOCAL_1 + lane)
        c, d = peek(told, LOCAL_2 + lane), peek(told, LOCAL_3 + lane)
        poke(told, WEIGHT + lane, peek(told, WEIGHT + lane) + _psi_log(form, a, b, c, d))


@lane_loop
def add_density(told: Array, reports: Reports, report: int, total: Array) -> None:
    """Add to a report's sum its density where the lanes are (reports.density_log)."""
    first, cross, second = reports.shape[report]
    log_norm = reports.log_norm[report]
    if reports.kind[report] == GAUSSIAN:
        for lane in range(LANES):
            east, north = peek(told, OFFSET_E + lane), peek(told, OFFSET_N + lane)
            square = first * east * east + 2.0 * cross * east * north + second * north * north
            density = exponential(log_norm - 0.5 * square)
            poke(total, lane, peek(total, lane) + density)
        return
    norm, per_edge = math.exp(log_norm), 1.0 / cross
    for lane in range(LANES):
        east, north = peek(told, OFFSET_E + lane), peek(told, OFFSET_N + lane)
        beyond = (math.sqrt(east * east + north * north) - first) * per_edge
        poke(total, lane, peek(total, lane) + norm / (1.0 + exponential(min(beyond, FAR))))


@lane_loop
def lend(told: Array, twist: Twist, report: int, lent: Array) -> None:
    """Note the log of a report's Gaussian stand-in at its moment."""
    east_m, north_m = twist.fix[report, 0], twist.fix[report, 1]
    first, cross, second = twist.fix_shape[report]
    norm, axis = twist.fix_norm[report], twist.axis[report]
    one, other = LOCALS[axis], LOCALS[axis + 1]
    for lane in range(LANES):
        east, north = peek(told, one + lane) - east_m, peek(told, other + lane) - north_m
        square = first * east * east + 2.0 * cross * east * north + second * north * north
        poke(lent, lane, norm - 0.5 * square)


@lane_loop
def settle(
    told: Array, reports: Reports, report: int, rows: tuple[Array, Array, Array, Array]
) -> None:
    """Replace a report's stand-in by its likelihood, in the weights.

    Parameters
    ----------
    rows : four of (lane,)
        Sum of densities and log of the stand-in; receive the log of the mixture and of its good
        part.
    """
    total, lent, mixture, good = rows
    for lane in range(LANES):
        good[lane] = math.log(total[lane] / reports.moments[report])
        mixture[lane] = log_sum(reports.log_good[report] + good[lane], reports.log_bad[report])
        told[WEIGHT + lane] += mixture[lane] - lent[lane]
