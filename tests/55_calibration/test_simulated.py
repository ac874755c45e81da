"""T17 for the engine: made-up flights, and the ranks of what is true of them."""

from dataclasses import replace

import numpy as np
import pytest

from overflight.calibration import choices, exact, hearsay, simulated, worlds
from overflight.calibration.ranks import N_DRAWS
from overflight.flight.hypotheses import DRIFTS, DRIVES
from overflight.inference import stratum
from overflight.inference.contest import Evidence
from overflight.inference.sample import references, task_of
from overflight.inference.work import Threads, Work
from overflight.physics.sphere import distance_m, lats_lons_deg
from overflight.release import rankpicture, rankwords

LIGHT = replace(simulated.SETTINGS, n_points=120, n_strata=16, n_filtered=24, n_paths=120)


@pytest.fixture(scope="module")
def made():
    return worlds.world()


def of(made, index, seed=1, **changes):
    """The flight that the study makes up at a place of its own, and the task of inferring it."""
    rng = np.random.Generator(np.random.Philox(key=seed, counter=[0, 0, 0, index]))
    flown = worlds.flown(made, rng, **changes)
    return flown, task_of(flown.case, made.grid, made.error, simulated.SETTINGS, 5)


def test_made_up_flights_are_draws_of_the_prior(made):
    """Sizes of the constants, and of the wind's error, as stated; no two flights alike."""
    flights = [of(made, index)[0] for index in range(200)]
    scale = np.array([one.statics.wind_scale for one in flights])
    assert np.mean(scale**2) == pytest.approx(1.0, abs=0.25)
    assert np.mean([one.statics.launch == 0 for one in flights]) == pytest.approx(0.6, abs=0.1)
    errors = np.array([one.error_normals[-1] for one in flights])
    assert np.abs(errors.mean(axis=0)).max() < 0.25
    assert errors.std() == pytest.approx(1.0, abs=0.12)
    assert np.corrcoef(errors[:-1, 0], errors[1:, 0])[0, 1] == pytest.approx(0.0, abs=0.22)


def test_right_reports_are_as_far_off_as_they_say_and_stray_ones_anywhere(made):
    rng, normal = np.random.default_rng(3), np.array([0.6, 0.3, 0.741619848709566])
    lat, lon = (float(one[0]) for one in lats_lons_deg(normal[None, :]))
    off, stray = {"nadir": [], "line_of_sight": []}, []
    for _ in range(3_000):
        cells, right = hearsay.place(normal, rng)
        there_m = distance_m(lat, lon, float(cells["lat_deg"]), float(cells["lon_deg"]))
        if right:
            sd_m = float(cells["position_sd"].removesuffix(" m"))
            off[cells["geometry"]].append(there_m / sd_m)
        else:
            stray.append(float(cells["lat_deg"]))
    # A normal's radius has mean square 2; a disc of twice the error 2 too, and its soft edge more.
    assert np.mean(np.square(off["nadir"])) == pytest.approx(2.0, abs=0.2)
    assert np.mean(np.square(off["line_of_sight"])) == pytest.approx(2.0, abs=0.25)
    assert max(off["line_of_sight"]) < 5.0
    assert (min(stray), max(stray)) == pytest.approx((28.0, 64.0), abs=1.0)
    assert np.mean(np.array(stray) < 44.9) == pytest.approx(0.5, abs=0.06)


def test_a_flight_with_an_engine_leaves_the_air(made):
    """Two flights of one draw differ by the velocity of their own alone, some metres a second."""
    apart = []
    for index in range(30):
        driven, _ = of(made, index, hypothesis=DRIVES)
        assert driven.statics.own_steady_mps in (1.0, 3.0, 7.0)
        lats, lons = lats_lons_deg(driven.normal)
        apart.append(np.isfinite(lats).all() and np.isfinite(lons).all())
    assert all(apart)
    passive = np.std([lats_lons_deg(of(made, i)[0].normal[-1:])[0][0] for i in range(60)])
    driven = np.std(
        [lats_lons_deg(of(made, i, hypothesis=DRIVES)[0].normal[-1:])[0][0] for i in range(60)]
    )
    assert driven > passive


@pytest.mark.parametrize("index", [26, 36, 82])
def test_one_stray_report_of_a_small_error_does_not_cost_two_good_ones(made, index):
    """Flights whose pilots were once bent to a stray fix, and gave up what was right: 11 to 15
    units of log evidence too low. Held against pilots that were told which reports are right."""
    flown, task = of(made, index)
    wrong = [one.id for one, right in zip(task.seen, flown.right, strict=True) if not right]
    launch = flown.statics.launch
    told = stratum.prepare(
        task, flown.statics, stratum.reference_noise(task.without(wrong), launch)
    )
    found = stratum.prepare(task, flown.statics, stratum.reference_noise(task, launch))
    assert found.forecast_log > told.forecast_log - 1.0


def test_the_ranks_of_a_few_flights_are_not_far_from_even(made):
    """Forty flights with a light engine: enough to see a mistake, not to see its absence."""
    found = simulated.study(40, 7, LIGHT, made=made)
    assert found.n_refused == 0
    assert found.ranks.shape == (len(simulated.STATISTICS), 40)
    assert (found.ranks >= 0).all()
    assert (found.ranks <= N_DRAWS).all()
    # What is constant in a flight takes as many values as strata carry it: few in a light engine.
    along = [
        p
        for name, p in zip(simulated.STATISTICS, found.evenness_p, strict=True)
        if name not in simulated.OF_STRATA
    ]
    assert min(along) > 0.0005
    assert found.ranks.mean() == pytest.approx(49.5, abs=6.0)
    probability, right = found.reports
    assert np.mean(probability) == pytest.approx(np.mean(right), abs=0.06)


def test_a_study_does_not_depend_on_who_does_what(made):
    one, two = (simulated.study(3, 5, LIGHT, made=made, n_processes=n) for n in (1, 2))
    np.testing.assert_array_equal(one.ranks, two.ranks)


def test_an_engine_that_is_told_of_a_smaller_error_is_found_out(made):
    """Seeded mistake: 0.3 of the wind's error. The scale of it is then taken too large."""
    sigma = made.error.sigma
    blind = replace(made.error, sigma=sigma._replace(sigma_mps=0.3 * sigma.sigma_mps))

    def share_below(index):
        flown, _ = of(made, index, seed=9)
        task = task_of(flown.case, made.grid, blind, LIGHT, 5)
        work = Work(Threads(1))
        paths = simulated.draw(task, references(task, work), work)
        drawn = paths.wind_scale[paths.equal_rows(N_DRAWS)]
        return float(np.mean(drawn < flown.statics.wind_scale))

    assert np.mean([share_below(index) for index in range(12)]) < 0.3  # a half if all were right


@pytest.mark.slow
def test_ranks_of_150_flights_are_even(made):
    """The first 150 of the published study, constants of a flight among them."""
    found = simulated.study(150, 1, made=made)
    assert found.n_refused == 0
    for name, binned, curve in zip(
        simulated.STATISTICS, found.chi_squared_p, found.evenness_p, strict=True
    ):
        assert binned > 0.005, name
        assert curve > 0.005, name


@pytest.mark.slow
@pytest.mark.timeout(3_600)
def test_the_engines_choices_are_calibrated(made):
    """Thirty flights, half with a velocity of their own, and forty passive ones in a wind that errs
    1.5 times as much as stated: fewer than one in twenty may be called propelled."""
    found = simulated.contested(made, 30, 21)
    assert all(one.off < 3.0 for one in found.bins if one.n >= 3)
    assert found.probability.mean() == pytest.approx(0.5, abs=0.15)
    assert simulated.alarms(made, 40, 22).alarms < 0.05


def exactly(data, seed):
    """A contest that is solved, not sampled: the linear problem's two evidences."""
    del seed
    rivals = {
        name: exact.rival([exact.reference(own=name == DRIVES)], exact.THE_FIXES)
        for name in (DRIFTS, DRIVES)
    }
    return [Evidence(name, float(one.log_evidence(data)[0]), 0.0) for name, one in rivals.items()]


def linear_data(name, rng):
    return exact.drawn(exact.reference(own=name == DRIVES), exact.THE_FIXES, 1, rng)


def test_a_contest_that_is_right_is_found_calibrated():
    """The study of choices with a linear-Gaussian stand-in for the engine."""
    names = [DRIVES if index % 2 else DRIFTS for index in range(1_500)]
    found = choices.study(linear_data, exactly, names, 3)
    assert all(one.off < 3.0 for one in found.bins)
    assert found.probability.mean() == pytest.approx(0.5, abs=0.02)


def test_a_contest_that_exaggerates_is_not():
    names = [DRIVES if index % 2 else DRIFTS for index in range(1_500)]

    def boastful(data, seed):
        return [replace(one, log=3.0 * one.log) for one in exactly(data, seed)]

    found = choices.study(linear_data, boastful, names, 3)
    assert max(one.off for one in found.bins) > 4.0


@pytest.mark.slow
def test_the_engines_evidences_enter_the_same_study(made):
    """One flight of each kind: the engine's two hypotheses, made up and worked out."""
    light = replace(LIGHT, n_strata=6, n_filtered=4, n_paths=8, n_draws=1)
    found = choices.study(
        lambda name, rng: worlds.flown(made, rng, name),
        lambda flown, seed: simulated.evidences(made, flown, light, seed),
        [DRIFTS, DRIVES],
        1,
    )
    assert ((found.probability >= 0.0) & (found.probability <= 1.0)).all()


@pytest.fixture(scope="module")
def told():
    rng = np.random.default_rng(1)
    ranked = tuple(
        simulated.Ranked(
            rng.integers(100, size=len(simulated.STATISTICS)), np.array([0.99, 0.2]),
            np.array([True, False]), 500.0,
        )
        for _ in range(120)
    )  # fmt: skip
    guards = (exact.Guard(4.5, False, 0.24, 0.5), exact.Guard(4.5, False, 0.002, 0.5))
    choice = rankwords.Choice(exact.known(2_000, 1), *guards)
    return simulated.Study(ranked, 0, 1), choice


def test_the_study_in_words(told):
    text = "\n".join(rankwords.lines(*told))
    assert "120 made-up flights" in text
    assert "No rank is uneven" in text
    assert "24.0 %" in text
    facts = rankwords.facts(*told)
    assert facts["cases"] == 120
    assert len(facts["statistics"]) == len(simulated.STATISTICS)
    assert facts["reports"][2]["n"] == 120


def test_uneven_ranks_are_said(told):
    study, choice = told
    bent = tuple(replace(one, ranks=one.ranks // 2) for one in study.ranked)
    text = "\n".join(rankwords.lines(replace(study, ranked=bent), choice))
    assert "Uneven" in text
    assert "not calibrated" in text


def test_the_picture_has_a_panel_for_each_statistic(told):
    drawn = rankpicture.draw(told[0])
    assert drawn.startswith("<svg")
    assert drawn.count('class="frame"') == len(simulated.STATISTICS)
    assert "nan" not in drawn.lower()
