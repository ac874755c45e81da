"""How far the reports could be expected to decide a claim, before anybody looks at what they say.

Paths are taken from before the evidence, some of which the claim is true of and some not. Each in
turn is made the truth: every report of the case is made up anew from it, at its own time, with its
own error and reliability, and the other paths are weighted by what was made up. The log Bayes
factor for the claim that comes out, squared and averaged over truths, is what the reports can be
expected to tell (method 8: untestable below ln 1.5 under the claim and under its opposite).

Few paths near a made-up truth make a Bayes factor noisy. Likelihoods are therefore raised to a
power at which enough paths count, and the square that the same weights give for the same claim
dealt out at random is taken off.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from overflight.case.model import MEAN_RELIABILITY, Case, Sighting, Use
from overflight.inference import copied
from overflight.inference.posterior import Posterior
from overflight.physics.sphere import MEAN_RADIUS_M

Array = NDArray[np.float64]

N_TRUTHS = 32  # on either side of a claim
LEAST_TRUTHS = 4
ENOUGH = 40.0  # effective paths
LEVEL_SD_M = 500.0  # of a reported height, beside half the width of its band
_ROUNDS = 30  # of bisection


@dataclass(frozen=True)
class Outlook:
    """What made-up reports are made of.

    ``place`` (path, report, 3) are unit vectors at the report's time, ``height_m`` (path, report);
    NaN where a path does not fly. ``trust`` and ``level_trust`` are the probabilities of being
    essentially right; zero where a report says nothing of it.
    """

    report_ids: tuple[str, ...]
    place: Array
    height_m: Array
    sd_m: Array
    level_sd_m: Array
    trust: Array
    level_trust: Array
    area_m2: float
    weight: Array
    seed: int


def outlook(case: Case, before: Posterior) -> Outlook:
    """Look at every report that counts, from paths that have not seen it."""
    used = [one for one in case.sightings if one.use is not Use.NO]
    middles = [one.time_min + (one.time_max - one.time_min) / 2 for one in used]
    times_s = np.array([(middle - case.epoch).total_seconds() for middle in middles])
    lat, lon = np.radians(before.lat_deg), np.radians(before.lon_deg)
    normals = np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=-1)
    nearest = np.abs(before.time_s[None, :] - times_s[:, None]).argmin(axis=1)
    return Outlook(
        report_ids=tuple(one.id for one in used),
        place=normals[:, nearest],
        height_m=before.height_m[:, nearest],
        sd_m=np.array([max(one.position_sd_m, 1_000.0) for one in used]),
        level_sd_m=np.array([_level_sd_m(one) for one in used]),
        trust=np.array(
            [
                MEAN_RELIABILITY[one.reliability]
                * (one.use is Use.YES)
                * (1.0 - copied.chance(case, one))
                for one in used
            ]
        ),
        level_trust=np.array(
            [
                MEAN_RELIABILITY[one.altitude_reliability]
                * (one.altitude_min_m is not None)
                * (1.0 - copied.chance(case, one, altitude=True))
                for one in used
            ]
        ),
        area_m2=case.plausible_area_m2,
        weight=before.weight,
        seed=before.seed,
    )


def _level_sd_m(one: Sighting) -> float:
    if one.altitude_min_m is None or one.altitude_max_m is None:
        return LEVEL_SD_M
    return LEVEL_SD_M + 0.5 * (one.altitude_max_m - one.altitude_min_m)


def expected_log(
    seen: Outlook, share: Array, without: tuple[str, ...] = ()
) -> tuple[float, float] | None:
    """Root mean square of ln Bayes factor to be expected if a claim is true, and if it is not.

    Parameters
    ----------
    share : (path,)
        How far the claim is true of each path.
    without
        Reports that are not to be used.

    Returns
    -------
    None where too few paths are on either side.
    """
    weight = seen.weight / seen.weight.sum()
    probability = float(weight @ share)
    rng = np.random.default_rng([seen.seed, 14])
    sides = [weight * share, weight * (1.0 - share)]
    if min(int((side > 1e-12).sum()) for side in sides) < LEAST_TRUTHS:
        return None
    found = []
    dealt = share[rng.permutation(len(share))]
    columns = [i for i, one in enumerate(seen.report_ids) if one not in without]
    for side in sides:
        truths = rng.choice(len(side), N_TRUTHS, p=side / side.sum())
        logs = _log_likelihoods(seen, truths, columns, rng)
        logs[np.arange(N_TRUTHS), truths] = -np.inf  # not itself
        again = _weights(logs, weight)
        at = _logit(again @ share, again) - _logit_of(probability)
        chance = _logit(again @ dealt, again) - _logit_of(float(weight @ dealt))
        found.append(math.sqrt(max(0.0, float((at**2).mean() - (chance**2).mean()))))
    return found[0], found[1]


def _log_likelihoods(
    seen: Outlook, truths: NDArray[np.int64], columns: list[int], rng: np.random.Generator
) -> Array:
    """Log likelihood of every path under what is made up of every truth, (truth, path)."""
    logs = np.zeros((len(truths), len(seen.weight)))
    for column in columns:
        place, height_m = seen.place[:, column], seen.height_m[:, column]
        cosine = np.clip(place[truths] @ place.T, -1.0, 1.0)
        apart_m = MEAN_RADIUS_M * np.arccos(cosine)
        # The made-up report is off in a random direction: so is every path from it, about.
        off2 = (seen.sd_m[column] ** 2) * rng.chisquare(2.0, len(truths))[:, None]
        turn = np.cos(rng.uniform(0.0, 2.0 * math.pi, len(truths)))[:, None]
        far2 = apart_m**2 + off2 - 2.0 * apart_m * np.sqrt(off2) * turn
        logs += _mixed(
            -0.5 * far2 / seen.sd_m[column] ** 2 - math.log(2.0 * math.pi * seen.sd_m[column] ** 2),
            -math.log(max(seen.area_m2, 50.0 * math.pi * seen.sd_m[column] ** 2)),
            float(seen.trust[column]),
            rng.uniform(size=len(truths)),
        )
        told_m = height_m[truths] + seen.level_sd_m[column] * rng.normal(size=len(truths))
        above = (height_m[None, :] - told_m[:, None]) / seen.level_sd_m[column]
        logs += _mixed(
            -0.5 * above**2, math.log(0.2), float(seen.level_trust[column]),
            rng.uniform(size=len(truths)),
        )  # fmt: skip
    return logs


def _mixed(right: Array, stray: float, trust: float, drawn: Array) -> Array:
    """Log of a mixture; nothing where the report says nothing, or is made up as a stray one."""
    if trust <= 0.0:
        return np.zeros_like(right)
    known = np.where(np.isfinite(right), right, stray)
    mixed = np.logaddexp(math.log(trust) + known, math.log1p(-trust) + stray)
    return np.where(drawn[:, None] < trust, mixed, 0.0)


def _weights(logs: Array, weight: Array) -> Array:
    """Weights (truth, path) at the highest power, up to one, at which enough paths count."""
    base = np.log(np.maximum(weight, 1e-300))
    low, high = np.zeros(len(logs)), np.ones(len(logs))
    for _ in range(_ROUNDS):
        power = 0.5 * (low + high)
        enough = 1.0 / (_normed(logs, base, power) ** 2).sum(axis=1) >= ENOUGH
        low, high = np.where(enough, power, low), np.where(enough, high, power)
    whole = 1.0 / (_normed(logs, base, np.ones(len(logs))) ** 2).sum(axis=1) >= ENOUGH
    return _normed(logs, base, np.where(whole, 1.0, low))


def _normed(logs: Array, base: Array, power: Array) -> Array:
    there = np.isfinite(logs)
    scaled = np.where(there, power[:, None] * np.where(there, logs, 0.0) + base, -np.inf)
    weight = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    return np.asarray(weight / weight.sum(axis=1, keepdims=True))


def _logit(probability: Array, weight: Array) -> Array:
    edge = 0.5 / (1.0 / (weight**2).sum(axis=1) + 1.0)
    inside = np.clip(probability, edge, 1.0 - edge)
    return np.asarray(np.log(inside / (1.0 - inside)))


def _logit_of(probability: float) -> float:
    inside = min(max(probability, 1e-6), 1.0 - 1e-6)
    return math.log(inside / (1.0 - inside))
