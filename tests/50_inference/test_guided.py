"""T11 to T13: the guided filter against exact and published evidence."""

import math

import numpy as np
import pytest
from jet import MODEL, fixes, guide, jet

from overflight.inference import guided, twist
from overflight.inference.linear import Problem, Velocity, solve
from overflight.inference.model import fly
from overflight.inference.reports import schedule

A3_H = (0.0, 24.0, 54.0, 84.0, 120.0)
A3_KM = (3.0, 1100.0, 2900.0, 4310.0, 6001.0)
A3_SD_KM = (20.0, 10.0, 25.0, 5.0, 2.0)
A5_XY_KM = (
    (-39.412715917608686, -39.02299897520801),
    (1085.8848032103729, 180.82432582202662),
    (3294.3790068041367, 121.62411098669722),
    (4076.1043682304485, -642.0106747080397),
    (5809.566276296929, -467.9279066689028),
)
STRATA = (
    -74.583, -72.430, -70.468, -68.701, -67.134, -65.773, -64.594, -63.628, -62.853, -62.274,
    -61.898, -61.724, -61.739, -61.961, -62.380, -62.997, -63.821, -64.841, -66.063, -67.487,
)  # fmt: skip


def filtered(parameters, tw, reports, plan, key, n, every=12):
    sizes = guided.Sizes(n_particles=n, n_draws=20, stride=4, every=every)
    return guided.run(MODEL, parameters, tw, reports, plan, [key], sizes)[0]


def linear_problem():
    """A3 on the x axis; the y axis is observed so vaguely that it says nothing."""
    parameters = jet(0.5, shear=0.0, speed_kmh=50.0, sd_kmh=10.8)
    vague_km = [1e5] * 5
    reports = fixes([int(2 * t) for t in A3_H], [(x, 0.0) for x in A3_KM], A3_SD_KM, vague_km)
    vague = sum(-0.5 * math.log(2 * math.pi) - math.log(sd) for sd in vague_km)
    exact = solve(
        Problem(50.0, 50.0, (Velocity(10.8, 12.0),)),
        list(zip(A3_H, A3_KM, A3_SD_KM, strict=True)),
    ).log_evidence
    return parameters, reports, exact + vague


def test_in_the_linear_case_the_guided_filter_is_exact_and_has_no_scatter():
    parameters, reports, exact = linear_problem()
    tw, plan = guide(parameters, reports, 240)
    logs = [filtered(parameters, tw, reports, plan, key, 50).log_evidence for key in range(5)]
    # The vague axis adds at most ln det(1 + S / sd^2), a few 1e-6.
    assert logs == pytest.approx([exact] * 5, abs=2e-4)
    assert np.ptp(logs) < 1e-6


@pytest.mark.parametrize(("n", "sd"), [(1_000, 0.398), (10_000, 0.138)])
def test_with_a_flat_twist_it_is_the_bootstrap_filter(n, sd):
    parameters, reports, exact = linear_problem()
    still = fly(MODEL.start, MODEL.step, parameters, np.zeros((241, 4)), 4)
    tw, plan = twist.flat(still, 5), schedule(reports, 240)
    runs = 40
    logs = np.array(
        [
            filtered(parameters, tw, reports, plan, 7 * key + 1, n, every=6).log_evidence
            for key in range(runs)
        ]
    )
    log_mean = np.logaddexp.reduce(logs) - math.log(runs)
    assert abs(log_mean - exact) < 4 * logs.std() / math.sqrt(runs)
    assert sd / 1.6 < logs.std() < sd * 1.6


@pytest.fixture(scope="module")
def strata():
    reports = fixes([0, 48, 108, 168, 240], A5_XY_KM, A3_SD_KM)
    return reports, [
        (parameters := jet((i + 0.5) / 20), guide(parameters, reports, 240), i) for i in range(20)
    ]


def jet_log_evidence(strata, n, seed, inflate=1.0):
    reports, flights = strata
    logs = []
    for parameters, (tw, plan), i in flights:
        wider = tw if inflate == 1.0 else guide(parameters, reports, 240, inflate)[0]
        logs.append(filtered(parameters, wider, reports, plan, 1000 * seed + i, n).log_evidence)
    return np.array(logs)


def log_mean(logs):
    return float(np.logaddexp.reduce(logs) - math.log(len(logs)))


def test_the_sheared_jet_gives_the_published_evidence_and_scatter(strata):
    runs = np.array([jet_log_evidence(strata, 250, seed) for seed in range(6)])
    totals = np.array([log_mean(row) for row in runs])
    assert totals.mean() == pytest.approx(-62.975, abs=0.03)
    assert totals.std(ddof=1) < 0.01
    np.testing.assert_allclose(runs.mean(axis=0), STRATA, atol=0.05)


def test_a_defensive_twist_finds_the_same_evidence(strata):
    totals = [log_mean(jet_log_evidence(strata, 1_000, seed, inflate=2.0)) for seed in range(3)]
    assert log_mean(np.array(totals)) == pytest.approx(-62.964, abs=0.1)


def test_weights_keep_the_likelihoods(strata):
    """T13: dividing by psi instead of psi- would drop every likelihood and read about -26."""
    assert log_mean(jet_log_evidence(strata, 100, 3)) < -60.0


def test_the_same_key_gives_the_same_bits_and_another_key_does_not(strata):
    reports, flights = strata
    parameters, (tw, plan), _ = flights[12]
    first, again, other = (filtered(parameters, tw, reports, plan, key, 60) for key in (5, 5, 6))
    np.testing.assert_array_equal(first.paths, again.paths)
    assert first.log_evidence == again.log_evidence != other.log_evidence
