"""Hypotheses beyond drift, from a case to a contest."""

import math
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from overflight.case.load import load
from overflight.case.template import write_new
from overflight.flight import winds
from overflight.flight.hypotheses import (
    AIMS,
    BOTH,
    CHOOSE_LEVELS,
    DRIFTS,
    DRIVES,
    GUST_MPS,
    HAVE_ENGINES,
    HYPOTHESES,
    STEADY_MPS,
    STRICTNESS,
    WANDERS,
    band_m,
    dimensions,
    even_normals,
    statics,
)
from overflight.inference import rides, rivals, sample, strata
from overflight.inference.contest import Contest
from overflight.inference.stratum import Settings
from overflight.inference.work import Threads, Work

QUICK = Settings(
    n_points=40, n_strata=2, n_filtered=3, n_runs=2, n_particles=16, n_draws=4, n_paths=30,
    n_starts=1, n_defensive=0,
)  # fmt: skip


@pytest.fixture(scope="module")
def task(tmp_path_factory):
    """A small case with altitudes; its wind is called one of those days."""
    folder = tmp_path_factory.mktemp("case") / "small"
    write_new(folder)
    case = load(folder)
    wind = winds.of_climatology(case)
    return sample.task_of(case, wind.grid, replace(wind.error, prior_only=False), QUICK, 3)


@pytest.fixture(scope="module")
def held(task) -> Contest:
    work = Work(Threads(2))
    stages = []
    known = sample.references(task, work)
    found = rivals.contest(task, known, work, lambda stage, done, total: stages.append(stage))
    assert {"M1b", "M12 at twice error"} <= set(stages)
    return found


def test_every_hypothesis_has_its_evidence_three_times(held):
    for evidences in ([one.evidence for one in held.contenders], held.halved, held.doubled):
        assert tuple(one.name for one in evidences) == HYPOTHESES
        assert all(np.isfinite([one.log, one.log_sd]).all() for one in evidences)
    assert {one.log for one in held.halved}.isdisjoint(one.log for one in held.doubled)


def test_paths_do_what_their_hypothesis_allows(task, held):
    low, high = band_m(task.case.balloon)
    for one in held.contenders:
        name = one.evidence.name
        flying = np.isfinite(one.lat_deg)
        assert one.weight.sum() == pytest.approx(1.0)
        assert np.isfinite(one.height_m[flying]).all()
        assert np.isfinite(one.error_east_mps[flying]).all()
        assert (one.error_sd_mps[flying] > 0.0).all()
        afloat = one.height_m[:, -1]
        assert ((afloat > low - 500.0) & (afloat < high + 500.0)).all()
        own = np.hypot(one.own_east_mps, one.own_north_mps)[flying]
        if name in HAVE_ENGINES:
            assert (own > 0.0).all()
            assert (one.steady_mps > 0.0).all()
        else:
            assert (own == 0.0).all()
            assert (one.steady_mps == 0.0).all()
        changes = np.ptp(one.height_m[:, -20:], axis=1)
        assert (changes.max() > 400.0) == (name in CHOOSE_LEVELS), name


def test_the_contest_is_the_same_again(task, held):
    work = Work(Threads(1))
    known = sample.references(task, work)
    for name in (DRIFTS, WANDERS, AIMS):  # each begins from the pilots of the one before
        rival = task.at(rivals.settings_of(task.settings, name, rivals.AS_STATED))
        filtered = strata.strata_of(rival, known, work)
        assert rivals.evidence_of(name, strata.weigh(filtered)) == held.of(name).evidence
        known = filtered.known


@pytest.mark.parametrize(("enough", "n_filtered"), [(True, 1), (False, 3)])
def test_strata_are_filtered_in_turns_until_it_is_enough(task, enough, n_filtered):
    work, told = Work(Threads(1)), []
    known = sample.references(task, work)
    rival = task.at(rivals.settings_of(task.settings, DRIFTS, rivals.AS_STATED))
    filtered = strata.strata_of(
        rival, known, work, lambda *done: told.append(done), each=1, enough=lambda so_far: enough
    )
    assert len(filtered.strata) == len(filtered.prior_log) == n_filtered
    assert told[-1][0] == told[-1][1]
    runs = [run.log_evidence for one in filtered.strata for run in one.runs]
    assert len(set(runs)) == len(runs)  # no turn repeats the numbers of another


def test_turns_share_the_expectation_by_their_numbers():
    none = strata.Filtered([], np.zeros(0), 1.0, 1, 0, [])
    first, then = np.log([0.2, 0.3, 0.1, 0.6]), np.log([0.4, 0.2])
    both = strata._joined(strata._joined(none, [None] * 4, first), [None] * 2, then)
    expected = (4.0 * np.exp(first).sum() + 2.0 * np.exp(then).sum()) / 6.0
    assert np.exp(both.prior_log).sum() == pytest.approx(expected)


@pytest.mark.parametrize(
    ("scatter", "tried", "enough"),
    [(0.0, 40.0, True), (1.0, 40.0, False), (1.0, 1.5, True), (50.0, 40.0, True)],
)
def test_filters_end_where_more_would_change_no_verdict(task, scatter, tried, enough):
    """Their error is small, or small beside that of the strata tried, or hopeless."""
    rng = np.random.default_rng(4)
    done = [
        SimpleNamespace(
            constant_log=0.0,
            runs=[SimpleNamespace(log_evidence=scatter * e) for e in rng.normal(size=4)],
        )
        for _ in range(8)
    ]
    filtered = strata.Filtered(done, np.full(8, -math.log(8.0)), tried, 40, 0, [])
    rival = task.at(replace(task.settings, n_filtered=24))
    assert rivals._enough_of(rival)(filtered) == enough


@pytest.mark.parametrize("name", HYPOTHESES)
def test_constants_fill_their_priors(task, name):
    n = dimensions(task.error, name)
    points = [statics(task.case, task.error, 0, row, name) for row in even_normals(300, 5, 0, n)]
    climbs = np.array([one.climb_mps for one in points])
    if name in CHOOSE_LEVELS:
        assert climbs.min() == pytest.approx(0.5, abs=0.02)
        assert climbs.max() == pytest.approx(3.0, abs=0.02)
        assert len({one.float_height_m for one in points}) == 1
    else:
        assert (climbs == 0.0).all()
    expected = {
        "strictness": STRICTNESS if name == AIMS else (0.0,),
        "own_steady_mps": STEADY_MPS if name in HAVE_ENGINES else (0.0,),
        "own_gust_mps": GUST_MPS if name in HAVE_ENGINES else (0.0,),
    }
    for field, values in expected.items():
        drawn = [getattr(one, field) for one in points]
        assert set(drawn) == set(values)
        share = [drawn.count(value) / len(drawn) for value in values]
        assert share == pytest.approx([1.0 / len(values)] * len(values), abs=0.01)


def test_the_region_of_goals_goes_the_short_way_round(task):
    first, second = task.case.sightings[0], task.case.sightings[1]
    case = task.case.model_copy(
        update={
            "sightings": (
                first.model_copy(update={"lat_deg": 60.0, "lon_deg": 178.0}),
                second.model_copy(update={"lat_deg": 50.0, "lon_deg": -170.0}),
            ),
            "launches": tuple(
                one.model_copy(update={"lat_deg": 55.0, "lon_deg": 175.0})
                for one in task.case.launches
            ),
        }
    )
    choices = rides.choices_of(case, statics(case, task.error, 0, np.zeros(9), AIMS), 600.0)
    assert choices.region.tolist() == [40.0, 70.0, 165.0, 200.0]


def test_drift_and_an_engine_choose_no_level(task):
    for name in (DRIFTS, DRIVES):
        point = statics(task.case, task.error, 0, np.zeros(dimensions(task.error, name)), name)
        assert rides.choices_of(task.case, point, 600.0).chance == 0.0
    for name in (WANDERS, BOTH):
        point = statics(task.case, task.error, 0, np.zeros(dimensions(task.error, name)), name)
        choices = rides.choices_of(task.case, point, 600.0)
        assert choices.chance == pytest.approx(1.0 - np.exp(-600.0 / 43_200.0))
        assert choices.beta == 0.0
