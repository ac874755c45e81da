"""The backward information filter: what later reports say about a state, as a Gaussian.

Along a pilot path the model is linearised, ``d' = A d - nu + G w`` with d the local difference
from the pilot, w standard normal noise and nu = G times the pilot's own noise. Every report has a
Gaussian stand-in at one moment. Then the probability of all later stand-ins given d is, exactly
for the linearised model, ``psi(d) = exp(-d'Hd/2 + b'd + c)``, and it runs backward from 1
(method 5; Mider, Schauer & van der Meulen 2021, *Electron. J. Stat.* 15, guided proposals)::

    W = I + Q H,  H~ = H W^-1,  b~ = W^-T b,  c~ = c + b'W^-1 Q b / 2 - ln|W| / 2
    psi-:  H = A'H~A,  b = A'(b~ + H~ nu),  c = c~ - b~'nu - nu'H~nu / 2

psi- knows the reports after a moment, psi also those due at it. ``inflate`` widens Q in this
recursion only: a defensive run (twist noise x 2) explores more and must find the same evidence.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from overflight.inference.small import (
    cholesky,
    dot,
    inverse,
    times,
    times_vector,
    transpose,
    transposed_times,
    transposed_times_vector,
)
from overflight.physics.kernel import bare_loop, loop

Array = NDArray[np.float64]
Parts = tuple[Array, Array, Array]


class StandIns(NamedTuple):
    """One Gaussian per report: at step ``due`` the balloon is near ``fix`` (local coordinates).

    It is about two coordinates that follow each other, of which ``axis`` is the first: 0 for a
    place, 3 for a level (its shape says nothing of the other one).
    """

    due: NDArray[np.int64]  # (report,)
    axis: NDArray[np.int64]  # (report,)
    fix: Array  # (report, 2) from the pilot
    shape: Array  # (report, 3) inverse covariance; zeros say nothing
    norm: Array  # (report,) log of the peak


class Linear(NamedTuple):
    """The model along the pilot; n local coordinates (four for a balloon that only drifts)."""

    pilot: Array  # (steps + 1, state)
    noises: Array  # (steps + 1, n) that make it; row 0 the start
    carry: Array  # (steps + 1, n, n) A into step k; row 0 is zero, nothing precedes the start
    reach: Array  # (steps + 1, n, n) G into step k


class Twist(NamedTuple):
    """What the filter needs at every step k = 0..steps, and the stand-ins it will settle."""

    pilot: Array
    curvature: Array  # psi: (steps + 1, n, n)
    slope: Array
    offset: Array
    pre_curvature: Array  # psi-
    pre_slope: Array
    pre_offset: Array
    carry: Array  # A into step k
    shift: Array  # nu = G times the pilot's noise
    reach: Array  # C G'
    spread: Array  # lower Cholesky factor of C = (I + G'HG)^-1
    spread_log: Array  # log |spread|
    due: NDArray[np.int64]
    axis: NDArray[np.int64]
    fix: Array
    fix_shape: Array
    fix_norm: Array


class _Room(NamedTuple):
    """Where the recursion works; the first of each is what it carries."""

    matrix: Array  # (6, n, n)
    vector: Array  # (5, n)


def flat(pilot: Array, n_reports: int, n_local: int = 4) -> Twist:
    """A twist that says nothing: the filter becomes the bootstrap filter."""
    n = pilot.shape[0]
    eye = np.tile(np.eye(n_local), (n, 1, 1))
    return Twist(
        pilot=pilot,
        curvature=np.zeros((n, n_local, n_local)),
        slope=np.zeros((n, n_local)),
        offset=np.zeros(n),
        pre_curvature=np.zeros((n, n_local, n_local)),
        pre_slope=np.zeros((n, n_local)),
        pre_offset=np.zeros(n),
        carry=np.zeros((n, n_local, n_local)),
        shift=np.zeros((n, n_local)),
        reach=eye.copy(),
        spread=eye,
        spread_log=np.zeros(n),
        due=np.full(n_reports, -1, dtype=np.int64),
        axis=np.zeros(n_reports, dtype=np.int64),
        fix=np.zeros((n_reports, 2)),
        fix_shape=np.zeros((n_reports, 3)),
        fix_norm=np.zeros(n_reports),
    )


def build(
    linear: Linear, stand_ins: StandIns, inflate: float = 1.0, undrawn: slice = slice(0)
) -> Twist:
    """Run the backward filter along a pilot.

    Parameters
    ----------
    linear
        The pilot and the model linearised along it.
    stand_ins
        One Gaussian per report.
    inflate
        Factor on the noise covariance Q; 1 for the sharpest twist, 2 for the defensive one.
    undrawn
        Noise that moves the pilot and not the particles, which change there in another way.
    """
    drawn = np.ones(linear.noises.shape[1])
    drawn[undrawn] = 0.0
    psi, pre, proposal, shift = _backward(linear, stand_ins, inflate, drawn)
    return Twist(
        pilot=linear.pilot,
        curvature=psi[0],
        slope=psi[1],
        offset=psi[2],
        pre_curvature=pre[0],
        pre_slope=pre[1],
        pre_offset=pre[2],
        carry=linear.carry,
        shift=shift,
        reach=proposal[0],
        spread=proposal[1],
        spread_log=proposal[2],
        due=stand_ins.due,
        axis=stand_ins.axis,
        fix=stand_ins.fix,
        fix_shape=stand_ins.shape,
        fix_norm=stand_ins.norm,
    )


def start_log(twist: Twist) -> float:
    """Log evidence of the stand-ins under the linearised model: psi averaged over the start.

    Exact where the model is linear and the stand-ins are the reports; elsewhere a guide to where
    work is worth while, never an answer.
    """
    slope, curvature = twist.slope[0], twist.curvature[0]
    ahead = -twist.shift[0]
    pull = twist.spread[0].T @ np.linalg.solve(
        twist.spread[0] @ twist.spread[0].T, twist.reach[0] @ (slope - curvature @ ahead)
    )
    at_mean = float(twist.offset[0] + ahead @ (slope - 0.5 * curvature @ ahead))
    return at_mean + 0.5 * float(pull @ pull) + float(twist.spread_log[0])


@loop
def _backward(
    linear: Linear, stand_ins: StandIns, inflate: float, drawn: Array
) -> tuple[Parts, Parts, Parts, Array]:
    """All steps of the recursion: psi, psi-, the proposal's parts, and nu."""
    n, m = linear.carry.shape[0], linear.carry.shape[1]
    psi = np.zeros((n, m, m)), np.zeros((n, m)), np.zeros(n)
    pre = np.zeros((n, m, m)), np.zeros((n, m)), np.zeros(n)
    proposal = np.zeros((n, m, m)), np.zeros((n, m, m)), np.zeros(n)
    shift, room = np.zeros((n, m)), _Room(np.zeros((6, m, m)), np.zeros((5, m)))
    _recur(linear, stand_ins, (inflate, drawn), (psi, pre, proposal), shift, room)
    return psi, pre, proposal, shift


@bare_loop
def _recur(
    linear: Linear,
    stand_ins: StandIns,
    noise: tuple[float, Array],
    parts: tuple[Parts, Parts, Parts],
    shift: Array,
    room: _Room,
) -> None:
    (inflate, drawn), (psi, pre, proposal) = noise, parts
    h, b, c = room.matrix[0], room.vector[0], 0.0
    for step in range(linear.carry.shape[0] - 1, -1, -1):
        pre[2][step] = _noted(h, b, c, pre[0][step], pre[1][step])
        for report in range(stand_ins.due.size):
            if stand_ins.due[report] == step:
                fix, shape = stand_ins.fix[report], stand_ins.shape[report]
                c = _add(h, b, c, stand_ins.axis[report], fix, shape, stand_ins.norm[report])
        psi[2][step] = _noted(h, b, c, psi[0][step], psi[1][step])
        g = linear.reach[step]
        proposal[2][step] = _proposal(g, drawn, h, proposal[0][step], proposal[1][step], room)
        times_vector(g, linear.noises[step], shift[step])
        if step > 0:
            c = _earlier(linear.carry[step], g, shift[step], inflate, h, b, c, room)


@bare_loop
def _noted(h: Array, b: Array, c: float, curvature: Array, slope: Array) -> float:
    for row in range(b.size):
        slope[row] = b[row]
        for column in range(b.size):
            curvature[row, column] = h[row, column]
    return c


@bare_loop
def _proposal(
    reach: Array, drawn: Array, h: Array, pull: Array, spread: Array, room: _Room
) -> float:
    """C = (I + G'HG)^-1: write C G' and the Cholesky factor of C; return the factor's log det.

    Noise that is not drawn has no part in G here.
    """
    m = reach.shape[0]
    g, hg, precision = room.matrix[1], room.matrix[2], room.matrix[3]
    covariance, work = room.matrix[4], room.matrix[5]
    for row in range(m):
        for column in range(m):
            g[row, column] = reach[row, column] * drawn[column]
    times(h, g, hg)
    transposed_times(g, hg, precision)
    for row in range(m):
        precision[row, row] += 1.0
    inverse(precision, covariance, work)
    log_det = 0.0
    cholesky(covariance, spread)
    transpose(g, hg)
    times(covariance, hg, pull)
    for row in range(m):
        log_det += math.log(spread[row, row])
    return log_det


@bare_loop
def _earlier(
    a: Array, g: Array, nu: Array, inflate: float, h: Array, b: Array, c: float, room: _Room
) -> float:
    """Carry psi (h, b in place, c returned) from after a step to before it."""
    m = a.shape[0]
    q, w, w_inverse = room.matrix[1], room.matrix[2], room.matrix[3]
    scratch, work = room.matrix[4], room.matrix[5]
    b_tilde, bent, qb, vector = room.vector[1], room.vector[2], room.vector[3], room.vector[4]
    transpose(g, scratch)
    times(g, scratch, q)
    for row in range(m):
        for column in range(m):
            q[row, column] *= inflate
    times(q, h, w)
    for row in range(m):
        w[row, row] += 1.0
    determinant = inverse(w, w_inverse, work)
    times_vector(q, b, qb)
    times_vector(w_inverse, qb, vector)
    c += 0.5 * dot(b, vector) - 0.5 * math.log(determinant)
    transposed_times_vector(w_inverse, b, b_tilde)
    times(h, w_inverse, scratch)
    for row in range(m):  # H W^-1 is symmetric; rounding is not
        for column in range(m):
            w[row, column] = 0.5 * (scratch[row, column] + scratch[column, row])
    times_vector(w, nu, bent)
    c += -dot(b_tilde, nu) - 0.5 * dot(nu, bent)
    for row in range(m):
        vector[row] = b_tilde[row] + bent[row]
    transposed_times_vector(a, vector, b)
    times(w, a, scratch)
    transposed_times(a, scratch, h)
    return c


@bare_loop
def _add(h: Array, b: Array, c: float, axis: int, fix: Array, shape: Array, norm: float) -> float:
    """Multiply psi by a stand-in, in place; return the new offset."""
    first, cross, second = shape[0], shape[1], shape[2]
    h[axis, axis] += first
    h[axis, axis + 1] += cross
    h[axis + 1, axis] += cross
    h[axis + 1, axis + 1] += second
    east, north = fix[0], fix[1]
    b[axis] += first * east + cross * north
    b[axis + 1] += cross * east + second * north
    square = first * east * east + 2.0 * cross * east * north + second * north * north
    return float(c + norm - 0.5 * square)
