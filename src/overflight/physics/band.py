"""The pilot of a balloon that chooses its level: it rides all levels of the band at once.

Between two choices a balloon feels the wind of one level; over many, it feels the mean wind of the
band and a departure from it. Choices come at random times, so that departure is forgotten
exponentially, and its covariance is that of the winds of the band: to second order it is an
Ornstein-Uhlenbeck process, and the level itself is a third part of it, correlated with both. A
pilot flies in the band's mean wind with that departure as further noise. So one pilot knows of all
levels, where a pilot at one level would have to guess the others from a slope of the wind.

A balloon that chooses nothing has a band of no depth: its departure is nothing.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from overflight.physics.drift import Push, launched, pushed_step
from overflight.physics.kernel import kernel, loop
from overflight.physics.steered import (
    BAND_CELL,
    BAND_LOW,
    BAND_WINDS,
    FELT,
    HEIGHT,
    N_STATE,
    STEADY,
    TARGET,
    Steered,
    carry_own,
    common_difference,
    log_pressure_of_height,
    own_displacement,
)
from overflight.physics.tangent import basis, carried
from overflight.physics.windgrid import WindGrid, wind

Array = NDArray[np.float64]

_LEAST_SD_MPS = 0.05  # of a band whose winds are one: its covariance still has a root


class Band(NamedTuple):
    """What a pilot's step needs; the drift in ``steered`` has the band's mean wind."""

    steered: Steered
    decay: float  # of the departure over a step
    spread: Array  # (steps + 1, 3, 3) lower roots of the covariance of level [m] and wind [m/s]


@kernel
def _wandered(band: Band, k: int, kept: float, state: Array, noise: Array, after: Array) -> None:
    """Write level and departure after a step: what is kept, and new noise."""
    root, fresh = band.spread[k], math.sqrt(1.0 - kept * kept)
    after[TARGET] = kept * state[TARGET] + fresh * root[0, 0] * noise[4]
    east = fresh * (root[1, 0] * noise[4] + root[1, 1] * noise[5])
    north = fresh * (root[2, 0] * noise[4] + root[2, 1] * noise[5] + root[2, 2] * noise[6])
    here, there = basis(state[0], state[1], state[2]), basis(after[0], after[1], after[2])
    felt_east, felt_north = carried(state[FELT], state[FELT + 1], here, there)
    after[FELT], after[FELT + 1] = kept * felt_east + east, kept * felt_north + north


@kernel
def band_step(band: Band, step: int, state: Array, noise: Array, after: Array) -> None:
    """Advance a pilot by one step; arguments as of :func:`overflight.physics.steered.steered_step`.

    The departure holds over the step: it lasts twelve hours, and a step a fraction of one.
    """
    steered = band.steered
    drift = steered.drift
    east_mps, north_mps = own_displacement(steered, state, noise)
    push = Push(
        1.0, drift.bias_u_mps, drift.bias_v_mps, east_mps + state[FELT],
        north_mps + state[FELT + 1], 0.0, 0.0, 0.0, 0.0, 0.0,
    )  # fmt: skip
    pushed_step(drift, step, state, noise, push, after)
    carry_own(steered, state, noise, after)
    _wandered(band, step + 1, band.decay, state, noise, after)
    after[HEIGHT] = drift.level.height_m[2 * step + 2] + after[TARGET]


@kernel
def launched_band(band: Band, noise: Array, state: Array) -> None:
    """Draw a pilot's start: its first level is as uncertain as all that follow."""
    steered = band.steered
    launched(steered.drift, noise, state)
    for row in range(HEIGHT, N_STATE):
        state[row] = 0.0
    _wandered(band, 0, 0.0, state, noise, state)
    state[HEIGHT] = steered.drift.level.height_m[0] + state[TARGET]
    for row in range(STEADY, FELT):
        state[row] = noise[row]


@kernel
def band_difference(reference: Array, state: Array, local: Array) -> None:
    """Local coordinates of one pilot around another."""
    common_difference(reference, state, local)
    east, north = carried(
        state[FELT],
        state[FELT + 1],
        basis(state[0], state[1], state[2]),
        basis(reference[0], reference[1], reference[2]),
    )
    local[4] = state[TARGET] - reference[TARGET]
    local[5], local[6] = east - reference[FELT], north - reference[FELT + 1]


@loop
def band_rows(
    steered: Steered, winds: WindGrid, pilot: Array, low_m: float, cell_m: float, n_cells: int
) -> Array:
    """Put behind every row of a pilot what each cell of the band has for a wind there.

    Where the data end, a cell has the wind of the whole band.

    Parameters
    ----------
    winds
        The wind itself, not its mean over the band.
    pilot : (steps + 1, 16)
    low_m
        Lowest height of the band over the law's.

    Returns
    -------
    rows : (steps + 1, 18 + 2 cells)
    """
    rows = np.zeros((pilot.shape[0], BAND_WINDS + 2 * n_cells))
    drift = steered.drift
    for k in range(pilot.shape[0]):
        rows[k, :N_STATE] = pilot[k]
        rows[k, BAND_LOW], rows[k, BAND_CELL] = low_m, cell_m
        mean_u, mean_v, n_known = 0.0, 0.0, 0
        for cell in range(n_cells):
            height_m = drift.level.height_m[2 * k] + low_m + (cell + 0.5) * cell_m
            level = log_pressure_of_height(steered.curve, height_m)
            time_s = drift.start_s + k * drift.dt_s
            u, v = wind(winds, time_s, level, pilot[k, 0], pilot[k, 1], pilot[k, 2])
            rows[k, BAND_WINDS + 2 * cell], rows[k, BAND_WINDS + 2 * cell + 1] = u, v
            if not math.isnan(u):
                mean_u, mean_v, n_known = mean_u + u, mean_v + v, n_known + 1
        for cell in range(n_cells):
            at = BAND_WINDS + 2 * cell
            known = not math.isnan(rows[k, at])
            rows[k, at] = rows[k, at] - mean_u / n_known if known else 0.0
            rows[k, at + 1] = rows[k, at + 1] - mean_v / n_known if known else 0.0
    return rows


def band_roots(rows: Array) -> Array:
    """Roots of the covariance of level and wind over the band, at every row.

    Parameters
    ----------
    rows : (steps + 1, 18 + 2 cells)
        Of :func:`band_rows`.

    Returns
    -------
    spread : (steps + 1, 3, 3)
    """
    n_cells = (rows.shape[1] - BAND_WINDS) // 2
    cell_m = rows[:, BAND_CELL, None]
    level = cell_m * (np.arange(n_cells) + 0.5 - 0.5 * n_cells)
    winds = rows[:, BAND_WINDS:].reshape(len(rows), n_cells, 2)
    parts = np.concatenate([level[:, :, None], winds], axis=2)
    covariance: Array = np.einsum("kci,kcj->kij", parts, parts) / n_cells
    covariance[:, 0, 0] += cell_m[:, 0] ** 2 / 12.0
    covariance[:, [1, 2], [1, 2]] += _LEAST_SD_MPS**2
    return np.asarray(np.linalg.cholesky(covariance))
