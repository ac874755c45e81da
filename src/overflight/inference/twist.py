"""The backward information filter: what later reports say about a state, as a Gaussian.

Along a pilot path the model is linearised, ``d' = A d - nu + G w`` with d the local difference
from the pilot, w standard normal noise and nu = G times the pilot's own noise. Every report has a
Gaussian stand-in at one moment. Then the probability of all later stand-ins given d is, exactly
for the linearised model, ``psi(d) = exp(-d'Hd/2 + b'd + c)``, and it runs backward from 1
(SCIENCE 2.3; Mider, Schauer & van der Meulen 2021, *Electron. J. Stat.* 15, guided proposals)::

    W = I + Q H,  H~ = H W^-1,  b~ = W^-T b,  c~ = c + b'W^-1 Q b / 2 - ln|W| / 2
    psi-:  H = A'H~A,  b = A'(b~ + H~ nu),  c = c~ - b~'nu - nu'H~nu / 2

psi- knows the reports after a moment, psi also those due at it. ``inflate`` widens Q in this
recursion only: a defensive run (twist noise x 2) explores more and must find the same evidence.
"""

import math
from typing import NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


class StandIns(NamedTuple):
    """One Gaussian per report: at step ``due`` the balloon is near ``fix`` (local coordinates)."""

    due: NDArray[np.int64]  # (report,)
    fix: Array  # (report, 2) from the pilot, east and north
    shape: Array  # (report, 3) inverse covariance; zeros say nothing
    norm: Array  # (report,) log of the peak


class Linear(NamedTuple):
    """The model along the pilot."""

    pilot: Array  # (steps + 1, state)
    noises: Array  # (steps + 1, 4) that make it; row 0 the start
    carry: Array  # (steps + 1, 4, 4) A into step k; row 0 is zero, nothing precedes the start
    reach: Array  # (steps + 1, 4, 4) G into step k


class Twist(NamedTuple):
    """What the filter needs at every step k = 0..steps, and the stand-ins it will settle."""

    pilot: Array
    curvature: Array  # psi: (steps + 1, 4, 4)
    slope: Array
    offset: Array
    pre_curvature: Array  # psi-
    pre_slope: Array
    pre_offset: Array
    reach: Array  # C G'
    spread: Array  # lower Cholesky factor of C = (I + G'HG)^-1
    spread_log: Array  # log |spread|
    due: NDArray[np.int64]
    fix: Array
    fix_shape: Array
    fix_norm: Array


def flat(pilot: Array, n_reports: int) -> Twist:
    """A twist that says nothing: the filter becomes the bootstrap filter."""
    n = pilot.shape[0]
    eye = np.tile(np.eye(4), (n, 1, 1))
    return Twist(
        pilot=pilot,
        curvature=np.zeros((n, 4, 4)),
        slope=np.zeros((n, 4)),
        offset=np.zeros(n),
        pre_curvature=np.zeros((n, 4, 4)),
        pre_slope=np.zeros((n, 4)),
        pre_offset=np.zeros(n),
        reach=eye.copy(),
        spread=eye,
        spread_log=np.zeros(n),
        due=np.full(n_reports, -1, dtype=np.int64),
        fix=np.zeros((n_reports, 2)),
        fix_shape=np.zeros((n_reports, 3)),
        fix_norm=np.zeros(n_reports),
    )


def build(linear: Linear, stand_ins: StandIns, inflate: float = 1.0) -> Twist:
    """Run the backward filter along a pilot.

    Parameters
    ----------
    linear
        The pilot and the model linearised along it.
    stand_ins
        One Gaussian per report.
    inflate
        Factor on the noise covariance Q; 1 for the sharpest twist, 2 for the defensive one.
    """
    parts = _backward(
        linear.carry, linear.reach, linear.noises, stand_ins.due, stand_ins.fix,
        stand_ins.shape, stand_ins.norm, inflate,
    )  # fmt: skip
    return Twist(
        linear.pilot, *parts, stand_ins.due, stand_ins.fix, stand_ins.shape, stand_ins.norm
    )


@numba.njit(nogil=True, error_model="numpy")
def _backward(carry, reach, noises, due, fix, shape, norm, inflate):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202, PLR0913, PLR0917
    n = carry.shape[0]
    curvature, slope, offset = np.zeros((n, 4, 4)), np.zeros((n, 4)), np.zeros(n)
    pre_curvature, pre_slope, pre_offset = np.zeros((n, 4, 4)), np.zeros((n, 4)), np.zeros(n)
    pull, spread, spread_log = np.zeros((n, 4, 4)), np.zeros((n, 4, 4)), np.zeros(n)
    eye = np.eye(4)
    h, b, c = np.zeros((4, 4)), np.zeros(4), 0.0
    for step in range(n - 1, -1, -1):
        pre_curvature[step], pre_slope[step], pre_offset[step] = h, b, c
        for report in range(due.size):
            if due[report] == step:
                c = _add(h, b, c, fix[report], shape[report], norm[report])
        h = 0.5 * (h + h.T)
        curvature[step], slope[step], offset[step] = h, b, c
        g = np.ascontiguousarray(reach[step])
        precision = eye + g.T @ h @ g
        covariance = np.linalg.inv(precision)
        covariance = 0.5 * (covariance + covariance.T)
        lower = np.linalg.cholesky(covariance)
        spread[step] = lower
        pull[step] = covariance @ g.T
        for row in range(4):
            spread_log[step] += math.log(lower[row, row])
        if step == 0:
            break
        a = np.ascontiguousarray(carry[step])
        q = inflate * (g @ g.T)
        w_inverse = np.linalg.inv(eye + q @ h)
        h_tilde = h @ w_inverse
        b_tilde = w_inverse.T @ b
        c = c + 0.5 * (b @ (w_inverse @ (q @ b))) - 0.5 * math.log(np.linalg.det(eye + q @ h))
        nu = g @ noises[step]
        bent = h_tilde @ nu
        c = c - b_tilde @ nu - 0.5 * (nu @ bent)
        b = a.T @ (b_tilde + bent)
        h = a.T @ h_tilde @ a
    return (
        curvature, slope, offset, pre_curvature, pre_slope, pre_offset, pull, spread, spread_log,
    )  # fmt: skip


@numba.njit(nogil=True, error_model="numpy")
def _add(h, b, c, fix, shape, norm):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202, PLR0913, PLR0917
    """Multiply psi by a stand-in, in place; return the new offset."""
    first, cross, second = shape[0], shape[1], shape[2]
    h[0, 0] += first
    h[0, 1] += cross
    h[1, 0] += cross
    h[1, 1] += second
    east, north = fix[0], fix[1]
    b[0] += first * east + cross * north
    b[1] += cross * east + second * north
    return (
        c + norm - 0.5 * (first * east * east + 2.0 * cross * east * north + second * north * north)
    )
