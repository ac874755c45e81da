"""A distribution of what was carried, under assumptions that are ours (:mod:`.lift`).

Where bounds say what cannot be, a distribution says what is usual for balloons of that kind: with
spreads for the shape, the air's density, the superpressure and the envelope, at the heights of the
paths. Told twice: with no air in a ballonet, and with up to 0.7 of the volume (method 3.2).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from overflight.case.model import Balloon
from overflight.inference import lift
from overflight.inference.posterior import Posterior
from overflight.inference.quantiles import QUANTILES, weighted_quantiles

Array = NDArray[np.float64]

N_DRAWS = 200  # of a balloon, for every path
N_SIZES = 9


@dataclass(frozen=True)
class Floats:
    """Float heights of weighted paths, (path,), and the key of the draws."""

    height_m: Array
    weight: Array
    seed: int

    @classmethod
    def of(cls, paths: Posterior) -> "Floats":
        """Those of a posterior."""
        return cls(paths.float_height_m, paths.weight, paths.seed)


@dataclass(frozen=True)
class Masses:
    """Quantiles of a mass."""

    p05_kg: float
    p25_kg: float
    p50_kg: float
    p75_kg: float
    p95_kg: float


@dataclass(frozen=True)
class Assumed:
    """The distribution under one assumption, of balloons that float."""

    ballonet: bool  # whether up to 0.7 of the volume may hold air
    solids: Masses  # envelope, payload and ballast
    payload: Masses  # payload and ballast
    floats_fraction: float  # of the draws: those whose envelope is not too heavy
    above_claim_fraction: float | None  # that float the least claimed payload; None without one


@dataclass(frozen=True)
class BySize:
    """The same at one diameter, with a ballonet as far as the kind of balloon has one."""

    diameter_m: float
    solids: Masses
    payload: Masses


def assumed(balloon: Balloon, floats: Floats) -> tuple[Assumed, ...]:
    """The distribution without and with a ballonet; once for an open balloon, which has none."""
    kinds = (False,) if balloon.kind == "zero-pressure" else (False, True)
    return tuple(_assumed(balloon, floats, ballonet=one) for one in kinds)


def _assumed(balloon: Balloon, floats: Floats, *, ballonet: bool) -> Assumed:
    drawn = lift.draws(balloon, floats.height_m, N_DRAWS, floats.seed, ballonet=ballonet)
    up = drawn.payload_kg > 0.0
    weight = np.broadcast_to(floats.weight[:, None], up.shape)
    claim_kg, above = balloon.payload_min_kg, None
    if claim_kg:
        above = float(weight[up & (drawn.payload_kg > claim_kg)].sum() / weight[up].sum())
    return Assumed(
        ballonet=ballonet,
        solids=_masses(drawn.solids_kg[up], weight[up]),
        payload=_masses(drawn.payload_kg[up], weight[up]),
        floats_fraction=float(weight[up].sum() / weight.sum()),
        above_claim_fraction=above,
    )


def by_size(balloon: Balloon, floats: Floats) -> tuple[BySize, ...]:
    """The distribution at diameters over the reported range; empty where it is one size."""
    low_m, high_m = balloon.diameter_min_m, balloon.diameter_max_m
    if not high_m > low_m:
        return ()
    return tuple(_at(balloon, floats, d) for d in np.linspace(low_m, high_m, N_SIZES).tolist())


def _at(balloon: Balloon, floats: Floats, diameter_m: float) -> BySize:
    drawn = lift.draws(
        balloon, floats.height_m, N_DRAWS, floats.seed, broad_m=(diameter_m, diameter_m)
    )
    weight = np.broadcast_to(floats.weight[:, None], drawn.solids_kg.shape).ravel()
    return BySize(
        diameter_m,
        _masses(drawn.solids_kg.ravel(), weight),
        _masses(np.maximum(drawn.payload_kg, 0.0).ravel(), weight),
    )


def _masses(value_kg: Array, weight: Array) -> Masses:
    return Masses(*weighted_quantiles(value_kg, weight, QUANTILES))
