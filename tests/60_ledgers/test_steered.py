"""Drift or steering: every rule of the verdict, on contests whose numbers are known."""

import math
from dataclasses import replace

import contests
import numpy as np
import pytest
from contests import CASE, changed, contest
from hypothesis import given
from hypothesis import strategies as st

from overflight.inference.contest import HYPOTHESES, Evidence
from overflight.ledgers import steered
from overflight.ledgers.steered import airspeed, evidence, levels, paths, residual, verdict
from overflight.ledgers.steered.evidence import Factor

L3, L20, L150 = math.log(3.0), math.log(20.0), math.log(150.0)
STRONG = 6.0


def judged(*args, **more):
    return steered.ledger(CASE, contest(*args, **more))


def label(answer, question):
    return answer.finding(question).label


# What the words mean.


@pytest.mark.parametrize(
    ("log", "word"),
    [
        (0.0, "weak"), (L3 - 1e-9, "weak"), (L3, "positive"), (L20 - 1e-9, "positive"),
        (L20, "strong"), (L150 - 1e-9, "strong"), (L150, "very strong"), (700.0, "very strong"),
    ],
)  # fmt: skip
def test_words_of_evidence_begin_at_3_20_and_150_on_either_side(log, word):
    assert evidence.strength_word(log) == evidence.strength_word(-log) == word
    assert evidence.strength(Factor(log + 1e-12, 0.0), "M2", "M0") == f"{word} for M2"
    if log > 0.0:
        assert evidence.strength(Factor(-log, 0.0), "M2", "M0") == f"{word} for M0"


def test_an_error_that_reaches_over_an_edge_gives_two_words():
    assert evidence.strength(Factor(L20, 0.1), "M2", "M0") == "positive to strong for M2"
    assert evidence.strength(Factor(-L20, 0.1), "M2", "M0") == "positive to strong for M0"
    assert evidence.strength(Factor(0.1, 0.1), "M2", "M0") == "weak for M0 to weak for M2"


@given(log=st.floats(-800.0, 800.0), against=st.booleans())
def test_no_probability_is_sharper_than_it_may_be(log, against):
    told = evidence.probability(log, against_drift=against)
    assert (0.05 if against else 0.01) <= told <= 0.99


def test_equal_evidence_is_equal_probability():
    answer = judged()
    assert [one.probability_fraction for one in answer.hypotheses] == [pytest.approx(0.2)] * 5
    assert all(one.probability_fraction == 0.5 for one in answer.comparisons)


def test_drift_is_never_more_probable_than_95_percent_and_nothing_else_than_99():
    answer = judged({"M0": -10.0})
    assert answer.hypotheses[0].probability_fraction == 0.95
    assert answer.comparison("M2", "M0").probability_fraction == pytest.approx(0.05)
    assert judged({"M2": -10.0}).hypotheses[3].probability_fraction == 0.99


def test_the_odds_that_make_it_even_undo_the_factor():
    one = judged({"M2": -60.0 + L20}).comparison("M2", "M0")
    assert one.even_odds == pytest.approx(1.0 / 20.0)
    assert one.even_odds * math.exp(one.factor.log) == pytest.approx(1.0)


def test_errors_of_two_evidences_add_in_squares():
    one = judged(log_sd=0.3).comparison("M1b", "M1a")
    assert one.factor.log_sd == pytest.approx(0.3 * math.sqrt(2.0))


# What is found, and what is not.


def test_nothing_is_found_where_all_predict_alike():
    answer = judged()
    assert answer.verdict == verdict.NO_SIGN
    assert [one.label for one in answer.findings] == ["no sign", "no sign"]


def test_aimed_changes_of_level_are_steering():
    logs = {"M1b": -60.0 + STRONG}
    answer = judged(logs, halved=logs, doubled=logs)
    assert answer.verdict == verdict.STEERED_BY_ALTITUDE
    assert label(answer, "propelled") == "no sign"


def test_changes_of_level_alone_are_never_called_steering():
    logs = {"M1a": -30.0, "M1b": -30.0}
    answer = judged(logs, halved=logs, doubled=logs)
    assert answer.verdict == verdict.NO_SIGN
    assert answer.comparison("M1a", "M0").strength == "very strong for M1a"


def test_a_velocity_of_its_own_is_found_where_drift_and_changed_levels_both_fall_behind():
    logs = {"M2": -60.0 + STRONG, "M12": -60.0 + STRONG}
    assert judged(logs, halved=logs, doubled=logs).verdict == verdict.HAD_OWN_VELOCITY


def test_no_velocity_of_its_own_is_found_where_changed_levels_explain_as_much():
    logs = {"M1a": -57.2, "M1b": -54.6, "M2": -54.0, "M12": -54.0}
    answer = judged(logs, halved=logs, doubled=logs)
    assert label(answer, "propelled") == "undecided"
    assert "M1b predicts the reports about as well" in answer.finding("propelled").reasons[0]


def test_once_its_level_changed_an_engine_is_judged_beside_changes_of_level():
    logs = {"M1a": -30.0, "M1b": -30.0, "M2": -53.0, "M12": -30.0}  # M2 far ahead of M0: no matter
    answer = judged(logs, halved=logs, doubled=logs)
    assert verdict.asked("propelled", answer.comparisons) == ("M12", "M1a")
    assert answer.verdict == verdict.NO_SIGN
    logs["M12"] = -22.0
    found = judged(logs, halved=logs, doubled=logs)
    assert found.verdict == verdict.HAD_OWN_VELOCITY


def test_both_found_alike_leave_open_which_it_was():
    logs = {"M1b": -54.0, "M2": -54.0, "M12": -54.0}
    assert judged(logs, halved=logs, doubled=logs).verdict == verdict.ACTIVE


@pytest.mark.parametrize(("name", "said"), [("M1b", "steered by altitude"), ("M2", "propelled")])
def test_of_two_found_the_far_better_one_stays(name, said):
    logs = {"M1b": -54.0, "M2": -54.0, "M12": -54.0} | {name: -48.0}
    assert judged(logs, halved=logs, doubled=logs).verdict == said


@pytest.mark.parametrize(
    ("log", "log_sd", "said"),
    [
        (L20 + 0.1, 0.01, "found"),
        (L20 + 0.1, 0.1, "undecided"),  # two errors of 0.14 reach below 20
        (L20 - 0.1, 0.1, "undecided"),
        (L20 - 0.1, 0.01, "undecided"),  # positive, not strong
        (L3 + 0.1, 0.01, "undecided"),
        (L3 - 0.1, 0.01, "no sign"),
        (-9.0, 0.01, "no sign"),
    ],
)
def test_a_verdict_needs_strong_evidence_with_the_samplers_error_taken_off(log, log_sd, said):
    logs = {"M1b": -60.0 + log}
    answer = judged(logs, halved=logs, doubled=logs, log_sd=log_sd)
    assert label(answer, "aimed") == said


@pytest.mark.parametrize("share", ["halved", "doubled"])
def test_a_verdict_that_turns_with_the_winds_error_is_not_given(share):
    logs = {"M1b": -60.0 + STRONG}
    both = {"halved": logs, "doubled": logs} | {share: {"M1b": -60.5}}
    answer = judged(logs, **both)
    assert answer.verdict == verdict.UNDECIDED
    assert "does not stand" in answer.finding("aimed").reasons[0]


@pytest.mark.parametrize("share", ["halved", "doubled"])
def test_no_sign_is_not_said_where_other_wind_errors_would_make_it_strong(share):
    answer = judged(**{share: {"M2": -60.0 + STRONG}})
    assert label(answer, "propelled") == "undecided"
    assert "the evidence for it would be strong" in answer.finding("propelled").reasons[0]


def test_propulsion_must_stand_where_balloons_have_little_power():
    # All paths at 14 m/s: exp(-14^2 / 32) / 0.609 takes 5.6 from the log evidence.
    logs = {"M2": -60.0 + 5.0, "M12": -60.0 + 5.0}
    fast = contest(logs, halved=logs, doubled=logs)
    for name in ("M2", "M12"):
        n = len(fast.of(name).weight)
        fast = changed(fast, name, steady_mps=np.full(n, 14.0))
    answer = steered.ledger(CASE, fast)
    assert label(answer, "propelled") == "undecided"
    assert "airspeed prior of 4 m/s" in answer.finding("propelled").reasons[0]


@pytest.mark.parametrize("name", ["M0", "M1a", "M1b", "M2"])
def test_too_few_effective_paths_refuse_a_verdict(name):
    answer = judged(**{name: {"ess": 399.0}})
    question = "propelled" if name in ("M0", "M2") else "aimed"
    assert label(answer, question) == "refused"
    assert f"399 effective paths stand behind {name}" in answer.finding(question).reasons[0]
    assert label(judged(**{name: {"ess": 400.0}}), question) == "no sign"


@pytest.mark.parametrize("name", ["M0", "M1a", "M1b", "M2"])
@pytest.mark.parametrize("how", ["absent", "no path"])
def test_a_hypothesis_that_was_not_worked_out_refuses_its_question(name, how):
    answer = judged({name: None if how == "absent" else -math.inf})
    question = "propelled" if name in ("M0", "M2") else "aimed"
    assert label(answer, question) == "refused"
    assert f"hypothesis {name} was not worked out" in answer.finding(question).reasons[0]


def test_steering_is_not_found_while_its_rival_was_not_worked_out():
    logs = {"M1b": -60.0 + STRONG, "M2": None}
    rest = {"M1b": -60.0 + STRONG}
    answer = judged(logs, halved=rest, doubled=rest)
    assert label(answer, "aimed") == "undecided"
    assert "M2" in answer.finding("aimed").reasons[0]


def test_a_rough_sampler_refuses_a_verdict():
    answer = judged(log_sd=0.68)  # 0.96 of the factor
    assert answer.verdict == verdict.REFUSED
    assert "sampler's error is too large" in answer.finding("aimed").reasons[0]
    assert judged(log_sd=0.3).verdict != verdict.REFUSED


def test_without_other_wind_errors_there_is_no_verdict():
    answer = steered.ledger(CASE, replace(contest(), halved=()))
    assert answer.verdict == verdict.REFUSED
    assert "half and with twice" in answer.finding("aimed").reasons[0]


def test_a_prior_only_account_is_refused_in_words():
    answer = steered.ledger(CASE, None, steered.CLIMATOLOGY)
    assert answer.verdict == verdict.REFUSED
    assert "refuses" in answer.refusal
    assert answer.comparisons == answer.hypotheses == answer.residuals == ()
    assert steered.ledger(CASE, None).refusal == steered.NOT_COMPARED


def test_no_hypothesis_at_all_is_refused():
    answer = judged(dict.fromkeys(HYPOTHESES, -math.inf))
    assert answer.verdict == verdict.REFUSED
    assert answer.refusal


# The wind's error.


def test_errors_of_their_own_prior_fit_and_larger_ones_do_not():
    answer = judged()
    assert all(0.2 < one.p < 0.8 for one in answer.residuals)
    large = judged(**{name: {"error_sds": 3.0} for name in HYPOTHESES})
    assert all(one.p < 0.01 for one in large.residuals)
    assert large.verdict == verdict.FITS_NOTHING


def test_drift_alone_rejected_is_no_verdict_yet():
    answer = judged(M0={"error_sds": 3.0})
    assert answer.residual("M0").rejected
    assert answer.verdict == verdict.NO_SIGN


def test_a_winner_that_needs_impossible_winds_has_not_won():
    logs = {"M1b": -60.0 + STRONG}
    answer = judged(logs, halved=logs, doubled=logs, M1b={"error_sds": 3.0})
    assert label(answer, "aimed") == "undecided"
    assert "larger errors than this wind has" in answer.finding("aimed").reasons[0]


def test_independent_times_of_a_remembered_error_have_the_variance_of_its_mean_square():
    # 40,000 paths of five days in half hours: var of the mean of z^2 is 2 / n.
    rng = np.random.default_rng(4)
    kept = math.exp(-0.5 / 24.0)
    z = rng.normal(size=40_000)
    total = z**2
    for _ in range(240):
        z = kept * z + math.sqrt(1.0 - kept**2) * rng.normal(size=len(z))
        total += z**2
    found = 2.0 / np.var(total / 241.0)
    (n,) = residual.independent_times(np.array([5.0 * 86_400.0]))
    assert found == pytest.approx(n, rel=0.05)


def test_the_p_of_drift_is_not_rejected_too_often_when_it_is_true():
    # The prior's own paths, one at a time: p below 0.1 in about a tenth of them.
    one = contests.contender("M0", n=4_000)
    p = [
        residual.fit_p(e[None], n[None], np.ones(1), np.arange(241) * 1_800.0)[0]
        for e, n in zip(one.error_east_mps / 3.0, one.error_north_mps / 3.0, strict=True)
    ]
    assert np.mean(np.array(p) < 0.1) == pytest.approx(0.10, abs=0.02)
    assert np.mean(np.array(p) < 0.01) == pytest.approx(0.01, abs=0.008)


def test_the_largest_lasting_error_is_found_where_it_was_put():
    one = contest()
    east = np.zeros_like(one.of("M0").error_east_mps)
    east[:, 96:144] = 6.0  # two standard deviations eastwards on the third day
    there = changed(one, "M0", error_east_mps=east, error_north_mps=0.0 * east)
    day = steered.ledger(CASE, there).residual("M0").sustained
    assert (day.begin_s, day.end_s) == (96 * 1_800.0, 143 * 1_800.0)
    assert (day.size_mps, day.size_sds) == (pytest.approx(6.0), pytest.approx(2.0))
    assert day.towards_deg == pytest.approx(90.0)


# Own airspeed.


def constant(speeds_mps, name="M2", n=1_000):
    """A contest whose own speeds are exactly these, in equal parts."""
    made = contest(M2={"n": n}, M12={"n": n})
    speed = np.resize(np.array(speeds_mps, dtype=float), n)
    course = np.broadcast_to(speed[:, None], made.of(name).own_east_mps.shape)
    return changed(
        made, name, own_east_mps=course.copy(), own_north_mps=0.0 * course, steady_mps=speed
    )


def test_limits_are_quantiles_of_the_speed_without_a_prior_on_top():
    answer = steered.ledger(CASE, constant(np.linspace(0.0, 10.0, 1_000)))
    broad = answer.airspeed.under[-1]
    assert broad.scale_mps == math.inf
    assert broad.mean.p95_mps == pytest.approx(9.5, abs=0.02)
    assert broad.sustained.p95_mps == pytest.approx(9.5, abs=0.02)
    assert broad.over_drift == answer.comparison("M2", "M0").factor


def test_a_smaller_scale_gives_a_lower_limit():
    under = judged().airspeed.under
    limits = [one.mean.p95_mps for one in under]
    assert limits == sorted(limits)
    assert judged().airspeed.default.scale_mps == 4.0


def test_the_prior_mean_of_the_factor_is_its_monte_carlo_mean():
    rng = np.random.default_rng(2)
    spread = np.repeat([1.0, 3.0, 7.0], 100_000)
    square = (spread[:, None] ** 2 * rng.normal(size=(300_000, 2)) ** 2).sum(axis=1)
    for scale in (2.0, 4.0, 8.0):
        exact = math.exp(airspeed.prior_mean_log(scale))
        assert np.exp(-square / (2.0 * scale**2)).mean() == pytest.approx(exact, rel=0.01)
    assert airspeed.prior_mean_log(math.inf) == 0.0


def test_a_day_of_engine_in_five_of_drift_is_seen_in_the_fastest_day_only():
    made = contest()
    east = np.zeros_like(made.of("M2").own_east_mps)
    east[:, 100:148] = 5.0
    speed = steered.ledger(
        CASE,
        changed(
            made, "M2", own_east_mps=east, own_north_mps=0.0 * east, steady_mps=0.0 * east[:, 0]
        ),
    ).airspeed
    assert speed.default.sustained.p50_mps == pytest.approx(5.0)
    assert speed.default.mean.p50_mps == pytest.approx(5.0 * 48.0 / 241.0)


def test_heavy_paths_count_for_more():
    value, weight = np.array([[1.0], [2.0], [3.0], [np.nan]]), np.array([0.1, 0.1, 0.7, 0.1])
    ((low,), *_, (high,)) = paths.bands(value, weight)
    assert (low, high) == (1.0, 3.0)
    assert paths.quantiles(value[:, 0], weight, (0.5,))[0] == pytest.approx(2.75)
    assert math.isnan(paths.quantiles(value[3:, 0], weight[3:], (0.5,))[0])


def test_a_flight_of_some_hours_is_its_own_fastest_day():
    value = np.full((2, 100), np.nan)
    value[0, 90:], value[1, 95:] = 2.0, np.arange(5.0)
    found = paths.largest_sustained(value, np.arange(100) * 1_800.0)
    assert found.tolist() == [2.0, 2.0]


def test_the_limit_over_all_hypotheses_counts_most_as_standing():
    made = constant(np.linspace(0.0, 10.0, 1_000))
    made = replace(made, contenders=made.contenders[:4])  # one of four has an engine
    broad = steered.ledger(CASE, made).airspeed.under[-1]
    assert broad.averaged_p95_mps == pytest.approx(8.0, abs=0.02)  # 5 % of all is 20 % of a fourth
    standing = judged({"M2": -90.0, "M12": -90.0}).airspeed.under[-1]
    assert standing.averaged_p95_mps == 0.0


def test_power_grows_with_the_cube_of_speed_and_the_square_of_size():
    assert airspeed.power_w(45.0, 0.116, 3.0) == pytest.approx(1_245.0, rel=2e-3)
    ratio = airspeed.power_w(90.0, 0.1, 6.0) / airspeed.power_w(45.0, 0.1, 3.0)
    assert ratio == pytest.approx(32.0)
    small, large = judged().airspeed.power
    assert (small.diameter_m, large.diameter_m) == (45.0, 61.0)
    assert small.energy_j == pytest.approx(small.power_w * 5.0 * 86_400.0)


def test_too_few_paths_give_no_limit():
    assert judged(M2={"ess": 39.0}).airspeed.under[-1].thin


# Against the exact answers of a linear problem.


@pytest.fixture(scope="module")
def linear():
    problem = contests.simulate(13, own_mps=6.0, every_h=12.0, sd_km=80.0)
    return problem, contests.linear_contest(problem)


def test_evidence_under_another_prior_of_airspeed_is_exact(linear):
    problem, made = linear
    drift = contests.log_evidence(problem, "M0")
    for one in steered.ledger(CASE, made).airspeed.under:
        exact = contests.log_evidence(problem, "M2", scale_mps=one.scale_mps) - drift
        error = math.hypot(one.over_drift.log_sd, 0.02)
        assert one.over_drift.log == pytest.approx(exact, abs=4.0 * error)
        assert one.over_drift.log_sd < 0.2


def test_evidence_without_a_report_is_exact(linear):
    problem, made = linear
    for index, one in enumerate(steered.ledger(CASE, made).drivers):
        rest = problem.without(index)
        exact = contests.log_evidence(rest, "M2") - contests.log_evidence(rest, "M0")
        if not one.thin:
            assert one.propelled.log == pytest.approx(exact, abs=4.0 * one.propelled.log_sd)
    assert sum(not one.thin for one in steered.ledger(CASE, made).drivers) >= 8


# Of 500 flights in docs/explanation/steering.md: found, no sign; the rest is undecided.
DOCUMENTED = {
    (0.0, 3.0, None): (0.002, 0.776),
    (0.0, 4.5, None): (0.004, 0.224),
    (3.0, 3.0, None): (0.004, 0.44),
    (5.0, 3.0, None): (0.078, 0.152),
    (10.0, 3.0, None): (0.884, 0.0),
    (15.0, 3.0, None): (1.0, 0.0),
    (0.0, 3.0, 12.0): (0.0, 0.762),
    (0.0, 4.5, 12.0): (0.022, 0.094),
    (3.0, 3.0, 12.0): (0.004, 0.38),
    (5.0, 3.0, 12.0): (0.076, 0.132),
    (10.0, 3.0, 12.0): (0.846, 0.0),
    (15.0, 3.0, 12.0): (1.0, 0.0),
    (0.0, 3.0, 6.0): (0.0, 0.806),
    (0.0, 4.5, 6.0): (0.008, 0.072),
    (3.0, 3.0, 6.0): (0.0, 0.344),
    (5.0, 3.0, 6.0): (0.044, 0.086),
    (10.0, 3.0, 6.0): (0.826, 0.0),
    (15.0, 3.0, 6.0): (1.0, 0.0),
}


def rates(own_mps, sigma_mps, every_h, n):
    """Shares of flights of the power problem in which propulsion is found, and has no sign."""
    made = {"every_h": every_h, "sd_km": 5.0 if every_h == 6.0 else 10.0}
    fixes = contests.simulate(0, **made)
    under = {
        key: [contests.Weights(fixes, name, **more) for name in ("M0", "M2")]
        for key, more in (
            ("main", {}), ("halved", {"error_scale": 0.5}), ("doubled", {"error_scale": 2.0}),
        )
    }  # fmt: skip
    labels = []
    for seed in range(n):
        key = [seed, int(own_mps), int(10 * sigma_mps)]
        seen = contests.simulate(key, own_mps=own_mps, sigma_mps=sigma_mps, **made)
        logs = {k: [w.log_evidence(seen.y_km) for w in both] for k, both in under.items()}
        labels.append(ruled(logs))
    return labels.count("found") / n, labels.count("no sign") / n


def ruled(logs):
    """What the rule says of propulsion, where changes of level explain nothing."""

    def evidences(key):
        m0, m2 = logs[key]
        named = {"M0": m0, "M1a": m0 - 1.0, "M1b": m0 - 1.0, "M2": m2, "M12": m2 - 1.0}
        return tuple(Evidence(name, log, 0.02) for name, log in named.items())

    small = {name: {"n": 2, "n_times": 3} for name in HYPOTHESES}
    made = contest({one.name: one.log for one in evidences("main")}, log_sd=0.02, **small)
    made = replace(made, halved=evidences("halved"), doubled=evidences("doubled"))
    told = verdict.findings(verdict.Judged(made, evidence.compare(made), None, {}))
    return told[1].label


def test_passive_flights_are_not_called_propelled_and_ten_metres_a_second_are():
    assert rates(0.0, 3.0, None, 60)[0] <= 1 / 60
    assert rates(0.0, 4.5, None, 60)[0] <= 3 / 60  # the wind half as wrong again as it says
    assert rates(10.0, 3.0, None, 60)[0] >= 0.75


@pytest.mark.slow
@pytest.mark.parametrize("truth", DOCUMENTED, ids=str)
def test_the_documented_rates_of_the_rule(truth):
    assert rates(*truth, 500) == pytest.approx(DOCUMENTED[truth], abs=0.004)


# Levels.


def test_changes_of_level_are_counted_and_drift_and_ascent_are_not():
    time_s = np.arange(481) * 1_800.0
    drifting = 18_000.0 + 100.0 * time_s / 86_400.0
    ascending = np.minimum(11_000.0 + 5.0 * time_s, 18_000.0)
    stepping = 18_000.0 + 1_000.0 * (np.floor(time_s / 86_400.0) % 2)
    small = 18_000.0 + 0.45 * (stepping - 18_000.0)
    enough = 18_000.0 + 0.55 * (stepping - 18_000.0)
    height_m = np.vstack([drifting, ascending, stepping, small, enough, np.full(481, np.nan)])
    assert levels.changes(height_m, time_s).tolist() == [0.0, 0.0, 9.0, 0.0, 9.0, 0.0]


def test_heights_of_level_changers_are_told(linear):
    answer = judged(M1b={"changes_m": 2_000.0})
    aimed = next(one for one in answer.heights if one.name == "M1b")
    assert aimed.changes.p50_count >= 8
    assert [one.name for one in answer.heights] == ["M0", "M1a", "M1b"]


# Odd input.


def test_paths_before_their_launch_do_not_count():
    made = contest()
    one = made.of("M2")
    late = {}
    for field in ("own_east_mps", "own_north_mps", "height_m", "error_east_mps", "error_north_mps"):
        value = getattr(one, field).copy()
        value[::2, :60] = np.nan
        late[field] = value
    answer = steered.ledger(CASE, changed(made, "M2", **late))
    assert np.isfinite(answer.airspeed.by_time_mps).all()
    assert math.isfinite(answer.airspeed.default.mean.p95_mps)


def test_a_likelihood_of_zero_is_said_to_be_untold():
    made = contest()
    mixture = made.of("M2").log_mixture.copy()
    mixture[0, 1] = -math.inf
    answer = steered.ledger(CASE, changed(made, "M2", log_mixture=mixture))
    assert [one.thin for one in answer.drivers] == [False, True, False]


def test_one_moment_is_no_reason_to_fail():
    one = {name: {"n_times": 1} for name in HYPOTHESES}
    answer = judged(**one)
    assert answer.verdict in (verdict.NO_SIGN, verdict.UNDECIDED)
