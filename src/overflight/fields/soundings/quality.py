"""Soundings that cannot be believed, told by their neighbours alone.

Each sounding is predicted from all the others. Its mean difference from the prediction, over all
its layers, is a vector whose covariance is known; a sounding whose mean is far larger than that
allows is left out, and the others are judged again without it. (The mean, because a wrong scale or
clock shifts a whole sounding, while fine layers of air differ from any prediction.) Then single
layers likewise. The limits leave room for heavy tails: of good soundings none should go.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from overflight.fields.soundings.covariance import DEFAULT, Covariance
from overflight.fields.soundings.gaussian import Fit, Layers

Rows = NDArray[np.intp]

WHOLE_LIMIT = 20.0  # squared mean difference; normal errors exceed it once in 20,000 soundings
LAYER_LIMIT = 5.0  # difference of a layer, in standard deviations
_ROUNDS = 12


@dataclass(frozen=True)
class Verdict:
    """What was left out: whole soundings by number with their measure, and single layers."""

    soundings: dict[int, float]
    n_layers: int
    kept: Rows  # layers that remain


def judge(known: Layers, law: Covariance = DEFAULT) -> Verdict:
    """Say which soundings and layers to leave out.

    A lone sounding has no neighbours to be judged by and stays.
    """
    rows = np.arange(len(known))
    rejected: dict[int, float] = {}
    for _ in range(_ROUNDS):
        fit = Fit(known.take(rows), law)
        numbers = np.unique(fit.known.sounding)
        if len(numbers) < 3:
            break
        measures = {int(n): _measure(fit, np.flatnonzero(fit.known.sounding == n)) for n in numbers}
        worst = max(measures, key=lambda n: measures[n])
        if measures[worst] <= WHOLE_LIMIT:
            break
        rejected[worst] = measures[worst]
        rows = rows[known.sounding[rows] != worst]
    rows, n_layers = _without_layers(known, rows, law)
    return Verdict(rejected, n_layers, rows)


def _measure(fit: Fit, rows: Rows) -> float:
    """Square of a sounding's mean difference, in units of its covariance: 2 on average."""
    miss, covariance = fit.without(rows)
    mean = np.kron(np.eye(2), np.full(len(rows), 1.0 / len(rows)))
    shift = mean @ miss
    return float(shift @ np.linalg.solve(mean @ covariance @ mean.T, shift))


def _without_layers(known: Layers, rows: Rows, law: Covariance) -> tuple[Rows, int]:
    """Leave out layers that differ too far from what the rest, their own sounding too, predicts."""
    dropped = 0
    for _ in range(_ROUNDS):
        if len(rows) < 10:
            break
        fit = Fit(known.take(rows), law)
        miss, variance = fit.alone()
        far = np.sqrt((miss**2 / variance).sum(axis=0))
        bad = far > LAYER_LIMIT
        if not bad.any():
            break
        # One disturbed layer spoils the prediction of its neighbours: take the worst tenth first.
        bad &= far >= np.quantile(far[bad], 0.5)
        dropped += int(bad.sum())
        rows = rows[~bad]
    return rows, dropped
