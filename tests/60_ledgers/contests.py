"""Made-up contests: one whose every number is chosen, and one whose evidences are exact.

The exact one is the power problem: deviations from the mean wind on two axes, fixes at known
times, an Ornstein-Uhlenbeck error of unknown size and memory, and, for what is propelled, a
constant velocity of 1, 3 or 7 m/s per axis and a fluctuating one. All is Gaussian given the
unknowns, so evidences are sums of densities, and paths can be drawn without a sampler.
Kilometres and hours inside.
"""

import itertools
import math
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from statistics import NormalDist
from types import SimpleNamespace

import numpy as np

from overflight.inference.contest import HYPOTHESES, Contender, Contest, Evidence

EPOCH = datetime(2023, 1, 28, tzinfo=UTC)
KMH = 3.6  # km/h in 1 m/s
CASE = SimpleNamespace(balloon=SimpleNamespace(diameter_min_m=45.0, diameter_max_m=61.0))


def contender(
    name, log=-60.0, log_sd=0.05, *, n=300, n_times=241, n_seen=3, own_mps=0.0, ess=2_500.0, seed=1,
    error_sds=1.0, changes_m=0.0, warnings=(),
):  # fmt: skip
    """Equally weighted paths of five days at half hours.

    Speeds of their own are ``own_mps`` times half-normal numbers, constant in time; wind errors
    are draws of their prior times ``error_sds``, remembered for a day.
    """
    rng = np.random.default_rng([seed, *name.encode()])
    time_h = np.arange(n_times) * 0.5
    kept = np.exp(-0.5 / 24.0)
    noise = rng.normal(size=(2, n, n_times))
    error = noise.copy()
    for k in range(1, n_times):
        error[:, :, k] = kept * error[:, :, k - 1] + math.sqrt(1.0 - kept**2) * noise[:, :, k]
    sd = np.full((n, n_times), 3.0)
    own = own_mps * np.abs(rng.normal(size=(n, 1))) * np.ones(n_times)
    way = rng.uniform(0.0, 2.0 * math.pi, size=(n, 1))
    waves = np.sign(np.sin(2.0 * math.pi * time_h / 24.0)) * 0.5 * changes_m
    return Contender(
        evidence=Evidence(name, log, log_sd),
        weight=np.full(n, 1.0 / n),
        lat_deg=50.0 + 0.1 * error[0],
        lon_deg=-100.0 + time_h * 0.2 + 0.1 * error[1],
        height_m=18_500.0 + 200.0 * rng.normal(size=(n, 1)) + waves,
        own_east_mps=own * np.sin(way),
        own_north_mps=own * np.cos(way),
        steady_mps=own[:, 0],
        error_east_mps=error_sds * sd * error[0],
        error_north_mps=error_sds * sd * error[1],
        error_sd_mps=sd,
        log_mixture=-20.0 + 0.3 * rng.normal(size=(n, n_seen)),
        ess=ess,
        warnings=warnings,
    )


def contest(logs=None, *, log_sd=0.05, halved=None, doubled=None, ids=("S1", "S2", "S3"), **each):
    """A contest of chosen log evidences; ``each`` gives further arguments by hypothesis."""
    logs = dict.fromkeys(HYPOTHESES, -60.0) | (logs or {})
    known = {name: log for name, log in logs.items() if log is not None}

    def evidences(other):
        shifted = known | (other or {})
        return tuple(Evidence(name, shifted[name], log_sd) for name in known)

    own = {"M2": 2.0, "M12": 2.0}
    made = [
        contender(
            name, log,
            **({"log_sd": log_sd, "own_mps": own.get(name, 0.0), "n_seen": len(ids)}
               | each.get(name, {})),
        )
        for name, log in known.items()
    ]  # fmt: skip
    return Contest(
        epoch=EPOCH,
        time_s=np.arange(made[0].lat_deg.shape[1]) * 1_800.0,
        sighting_ids=tuple(ids),
        contenders=tuple(made),
        halved=evidences(halved),
        doubled=evidences(doubled),
        wind_statement="ERA5 analysis",
        seed=1,
    )


def changed(one, name, **fields):
    """The same contest with other fields for one contender."""
    contenders = (replace(c, **fields) if c.evidence.name == name else c for c in one.contenders)
    return replace(one, contenders=tuple(contenders))


@dataclass(frozen=True)
class Linear:
    """The power problem with its fixes: times (h), places (axis, fix) (km), errors (km)."""

    time_h: np.ndarray
    y_km: np.ndarray
    sd_km: float
    start_sd_km: float = 50.0
    grid_h: np.ndarray = None

    def without(self, index):
        """The same without one fix."""
        keep = np.arange(len(self.time_h)) != index
        return replace(self, time_h=self.time_h[keep], y_km=self.y_km[:, keep])


def simulate(seed, *, own_mps=0.0, sigma_mps=3.0, every_h=None, sd_km=10.0):
    """Fixes of a balloon in winds of a known error, with a constant velocity on one axis."""
    rng = np.random.default_rng(seed)
    time_h = np.array([0.0, 24.0, 54.0, 84.0, 120.0]) if every_h is None else np.arange(
        0.0, 121.0, every_h)  # fmt: skip
    cov = 50.0**2 + displacement(time_h, time_h, sigma_mps * KMH, 24.0)
    cov = cov + sd_km**2 * np.eye(len(time_h))
    y_km = np.linalg.cholesky(cov) @ rng.normal(size=(len(time_h), 2))
    y_km[:, 0] += own_mps * KMH * time_h
    return Linear(time_h, y_km.T, sd_km, grid_h=np.arange(0.0, 121.0, 12.0))


def displacement(s, t, sigma, tau):
    """Covariance of displacements by a stationary Ornstein-Uhlenbeck velocity, km^2."""
    s, t = np.meshgrid(s, t, indexing="ij")
    low = np.minimum(s, t)
    fade = np.exp(-s / tau) + np.exp(-t / tau) - np.exp(-np.abs(s - t) / tau) - 1.0
    return sigma**2 * tau**2 * (2.0 * low / tau + fade)


def velocity(s, t, sigma, tau):
    """Covariance of the velocity at s with the displacement at t, km^2/h."""
    s, t = np.meshgrid(s, t, indexing="ij")
    before = tau * (np.exp(-np.maximum(s - t, 0.0) / tau) - np.exp(-s / tau))
    after = tau * (1.0 - np.exp(-np.maximum(t - s, 0.0) / tau))
    return sigma**2 * (before + after)


def sizes(scale=1.0):
    """Sizes (km/h) and memories (h) of the wind's error, equally probable."""
    quantile = NormalDist().inv_cdf
    sigma = [scale * 3.0 * KMH * math.exp(0.25 * quantile((i + 0.5) / 11)) for i in range(11)]
    tau = [24.0 * math.exp(0.6 * quantile((j + 0.5) / 5)) for j in range(5)]
    return list(itertools.product(sigma, tau))


def own_prior(scale_mps=math.inf):
    """(log weight, variance of A per axis (m/s)^2) under a half-normal prior on top."""
    made = []
    for v0 in (1.0, 3.0, 7.0):
        share = 1.0 / (1.0 + (v0 / scale_mps) ** 2)
        made.append((share, 1.0 / (1.0 / v0**2 + 1.0 / scale_mps**2)))
    total = math.fsum(share for share, _ in made)
    return [(math.log(share / total), variance) for share, variance in made]


def unknowns(name, *, error_scale=1.0, scale_mps=math.inf):
    """All combinations of unknowns: (log prior, sigma, tau, variance of A, sigma of a)."""
    errors = sizes(error_scale)
    if name != "M2":
        return [(-math.log(len(errors)), sigma, tau, 0.0, 0.0) for sigma, tau in errors]
    return [
        (log - math.log(3 * len(errors)), sigma, tau, variance * KMH**2, own * KMH)
        for sigma, tau in errors
        for log, variance in own_prior(scale_mps)
        for own in (0.3, 1.5, 4.0)
    ]


def covariance(problem, unknown):
    """Covariance of the fixes on one axis."""
    _, sigma, tau, variance, own = unknown
    t = problem.time_h
    cov = problem.start_sd_km**2 + displacement(t, t, sigma, tau) + variance * np.outer(t, t)
    if own > 0.0:
        cov = cov + displacement(t, t, own, 12.0)
    return cov + problem.sd_km**2 * np.eye(len(t))


def exact_logs(problem, name, **more):
    """Log of prior times likelihood for every combination of unknowns."""
    logs = []
    for unknown in unknowns(name, **more):
        root = np.linalg.cholesky(covariance(problem, unknown))
        scaled = np.linalg.solve(root, problem.y_km.T)
        norm = np.log(np.diag(root)).sum() + 0.5 * len(root) * math.log(2.0 * math.pi)
        logs.append(unknown[0] - 0.5 * float((scaled**2).sum()) - 2.0 * norm)
    return np.array(logs)


def log_evidence(problem, name, **more):
    """Exact log evidence."""
    logs = exact_logs(problem, name, **more)
    return float(logs.max() + np.log(np.exp(logs - logs.max()).sum()))


class Weights:
    """Exact log evidences of many data sets with the same fixes: covariances are inverted once."""

    def __init__(self, problem, name, **more):
        known = unknowns(name, **more)
        covs = np.array([covariance(problem, unknown) for unknown in known])
        norm = np.linalg.slogdet(covs)[1] + covs.shape[-1] * math.log(2.0 * math.pi)
        self.inverse, self.log = np.linalg.inv(covs), np.array([u[0] for u in known]) - norm

    def log_evidence(self, y_km):
        """Exact log evidence of places (axis, fix)."""
        logs = self.log - 0.5 * np.einsum("ai,kij,aj->k", y_km, self.inverse, y_km)
        return float(logs.max() + np.log(np.exp(logs - logs.max()).sum()))


def drawn(problem, name, *, n=2_000, seed=0):
    """Exact posterior draws of wind error, own velocity and places at the fixes."""
    rng = np.random.default_rng([seed, *name.encode()])
    logs, known = exact_logs(problem, name), unknowns(name)
    share = np.exp(logs - logs.max())
    picks = rng.choice(len(known), size=n, p=share / share.sum())
    t, g = problem.time_h, problem.grid_h
    error, own = np.zeros((2, n, len(g))), np.zeros((2, n, len(g)))
    steady, place, sd = np.zeros((2, n)), np.zeros((2, n, len(t))), np.zeros((n, len(g)))
    for index in np.unique(picks):
        sigma = known[index][1]
        rows = np.flatnonzero(picks == index)
        sd[rows] = sigma
        for axis, draws in enumerate(conditioned(problem, known[index], rng, len(rows))):
            error[axis, rows], fluctuation, steady[axis, rows], place[axis, rows] = draws
            own[axis, rows] = fluctuation + steady[axis, rows, None]
    off = (place - problem.y_km[:, None, :]) / problem.sd_km
    mixture = -0.5 * (off**2).sum(axis=0) - 2.0 * math.log(problem.sd_km * math.sqrt(2 * math.pi))
    flat = np.full((n, len(g)), 18_500.0) + 100.0 * rng.normal(size=(n, 1))
    return Contender(
        evidence=Evidence(name, log_evidence(problem, name), 0.02),
        weight=np.full(n, 1.0 / n), lat_deg=np.zeros_like(flat), lon_deg=np.zeros_like(flat),
        height_m=flat, own_east_mps=own[0] / KMH, own_north_mps=own[1] / KMH,
        steady_mps=np.hypot(*steady) / KMH, error_east_mps=error[0] / KMH,
        error_north_mps=error[1] / KMH, error_sd_mps=sd / KMH, log_mixture=mixture, ess=float(n),
        warnings=(),
    )  # fmt: skip


def conditioned(problem, unknown, rng, n):
    """Draws for each axis: error and fluctuation on the grid, A, places at the fixes."""
    _, sigma, tau, variance, own = unknown
    t, g = problem.time_h, problem.grid_h
    m, k = len(g), len(t)
    own = max(own, 1e-6)
    with_y = np.zeros((2 * m + 1 + k, k))
    with_y[:m] = velocity(g, t, sigma, tau)
    with_y[m : 2 * m] = velocity(g, t, own, 12.0)
    with_y[2 * m] = variance * t
    with_y[2 * m + 1 :] = covariance(problem, unknown) - problem.sd_km**2 * np.eye(k)
    prior = np.zeros((2 * m + 1 + k, 2 * m + 1 + k))
    apart = np.abs(g[:, None] - g)
    prior[:m, :m] = sigma**2 * np.exp(-apart / tau)
    prior[m : 2 * m, m : 2 * m] = own**2 * np.exp(-apart / 12.0)
    prior[2 * m, 2 * m] = variance
    prior[2 * m + 1 :, 2 * m + 1 :] = with_y[2 * m + 1 :]
    prior[: 2 * m + 1, 2 * m + 1 :] = with_y[: 2 * m + 1]
    prior[2 * m + 1 :, : 2 * m + 1] = with_y[: 2 * m + 1].T
    gain = np.linalg.solve(covariance(problem, unknown), with_y.T).T
    cov = prior - gain @ with_y.T
    value, vector = np.linalg.eigh(0.5 * (cov + cov.T))
    root = vector * np.sqrt(np.maximum(value, 0.0))
    for y in problem.y_km:
        made = gain @ y + rng.normal(size=(n, len(root))) @ root.T
        yield made[:, :m], made[:, m : 2 * m], made[:, 2 * m], made[:, 2 * m + 1 :]


def linear_contest(problem, *, n=2_000, paths=True):
    """The power problem as a contest; changes of level explain nothing in it."""
    drift = drawn(problem, "M0", n=n)
    own = drawn(problem, "M2", n=n if paths else 50)

    def named(like, name, by):
        return replace(like, evidence=Evidence(name, like.evidence.log + by, 0.02))

    contenders = (
        drift, named(drift, "M1a", -0.5), named(drift, "M1b", -0.6), own, named(own, "M12", -0.5),
    )  # fmt: skip

    def under(scale):
        m0 = log_evidence(problem, "M0", error_scale=scale)
        m2 = log_evidence(problem, "M2", error_scale=scale)
        logs = {"M0": m0, "M1a": m0 - 0.5, "M1b": m0 - 0.6, "M2": m2, "M12": m2 - 0.5}
        return tuple(Evidence(name, log, 0.02) for name, log in logs.items())

    return Contest(
        epoch=EPOCH, time_s=problem.grid_h * 3_600.0,
        sighting_ids=tuple(f"F{k}" for k in range(len(problem.time_h))), contenders=contenders,
        halved=under(0.5), doubled=under(2.0), wind_statement="a made-up wind", seed=0,
    )  # fmt: skip
