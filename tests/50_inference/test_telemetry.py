"""Gaps of known tracks: the filter against the exact case, maps, mixtures, the model itself."""

import math

import numpy as np
import pytest

from overflight.inference import linear
from overflight.inference.telemetry import carried, gaps, mixture, plane, process, steering
from overflight.inference.telemetry.smoother import moves, smoothed
from overflight.inference.telemetry.track import Air, Track
from overflight.physics.ou import coriolis_radps, rotating_displacement_sd_m
from overflight.physics.sphere import n_vector

HOUR_S = 3_600.0
NONE = np.zeros(0, dtype=np.int64)


def still(time_s, normal, height_m):
    zero = np.zeros(len(time_s))
    return Air(zero, zero, np.zeros(len(time_s), dtype=bool))


def steps_of(time_s, tau_s, turn_radps):
    n, m = len(time_s), len(tau_s)
    turn = np.tile(np.asarray(turn_radps, float), (n, 1))
    return moves(time_s, np.asarray(tau_s, float), turn, np.zeros(n), np.zeros((n, m)))


def track_of(time_s, lat_deg, lon_deg, height_m=35e3):
    normal = np.array([n_vector(a, b) for a, b in zip(lat_deg, lon_deg, strict=True)])
    height = np.full(len(time_s), height_m)
    return Track("t", np.datetime64("2020-01-01"), np.asarray(time_s), normal, height, 50.0)


def simulated(model, seed, n=577, dt_s=600.0, lat_deg=-78.0, extra=0.0):
    """A track drawn from the model itself, on a plane about a place."""
    rng = np.random.default_rng(seed)
    time_s = dt_s * np.arange(n)
    f = coriolis_radps(lat_deg)
    daily = math.copysign(2.0 * math.pi / process.DAY_S, f)
    turn = f * model.inertial + daily * model.daily
    a = 1.0 / model.tau_s + 1j * turn
    m = len(a)

    def draw():
        return rng.normal(size=m) + 1j * rng.normal(size=m)

    e = model.sigma_mps * draw()
    x = np.zeros(n, complex)
    fine = 10
    decay = np.exp(-a * dt_s / fine)
    noise = model.sigma_mps * np.sqrt(1.0 - np.abs(decay) ** 2)
    for i in range(1, n):
        for _ in range(fine):
            new = decay * e + noise * draw()
            x[i] += 0.5 * dt_s / fine * (e + new).sum()
            e = new
        x[i] += x[i - 1] + extra * dt_s
    centre = np.array(n_vector(lat_deg, 20.0))
    normal = plane.from_plane(centre, x - x.mean(), 35e3)
    return Track("sim", np.datetime64("2020-01-01"), time_s, normal, np.full(n, 35e3), 50.0)


def test_the_filter_is_the_exact_one_of_the_reference_problem():
    """Both axes at once are twice one axis: method 9, appendix A3 of the reference values."""
    problem = linear.Problem(50.0, 50.0, (linear.Velocity(10.8, 12.0), linear.Velocity(18.0, 24.0)))
    observed = [(0, 3, 20), (24, 1100, 10), (54, 2900, 25), (84, 4310, 5), (120, 6001, 2)]
    exact = linear.solve(problem, observed, [69.0])
    time = np.array([0.0, 24.0, 54.0, 69.0, 84.0, 120.0])
    y = np.array([3.0, 1100.0, 2900.0, np.nan, 4310.0, 6001.0])
    sd = np.array([math.hypot(20.0, 0.0), 10.0, 25.0, 0.0, 5.0, 2.0])
    # Our filter begins at the first fix; a vague start before it plays the prior of the position.
    seen = (y - 50.0 * time) * (1.0 + 1.0j)
    time = np.concatenate([[-1e-9], time])
    seen, sd = np.concatenate([[0.0 + 0.0j], seen]), np.concatenate([[50.0], sd])
    steps = steps_of(time, [12.0, 24.0], [0.0, 0.0])
    found = smoothed(
        seen, sd, steps, np.array([10.8, 18.0]), np.ones(len(time)), np.array([4], dtype=np.int64)
    )
    middle = list(exact.time).index(69.0)
    assert found.log_evidence == pytest.approx(2.0 * exact.log_evidence, abs=1e-6)
    assert found.mean[0].real + 50.0 * 69.0 == pytest.approx(exact.mean[middle, 0], abs=1e-6)
    assert found.mean[0].real == pytest.approx(found.mean[0].imag, abs=1e-9)
    assert math.sqrt(found.variance[0]) == pytest.approx(exact.sd[middle, 0], rel=1e-8)


@pytest.mark.parametrize("lat_deg", [78.0, -45.0])
def test_a_turning_departure_spreads_as_the_closed_form_says(lat_deg):
    f = coriolis_radps(lat_deg)
    time_s = np.linspace(0.0, 24 * HOUR_S, 97)
    seen = np.full(97, np.nan + 0j)
    seen[0] = 0.0
    mark = np.array([96], dtype=np.int64)
    steps = steps_of(time_s, [24 * HOUR_S], [f])
    found = smoothed(seen, np.full(97, 1e-6), steps, np.array([2.0]), np.ones(97), mark)
    wanted = rotating_displacement_sd_m(2.0, 24 * HOUR_S, f, 24 * HOUR_S)
    assert math.sqrt(found.variance[0]) == pytest.approx(wanted, rel=1e-9)


def test_it_turns_clockwise_in_the_north_and_the_other_way_in_the_south():
    for lat_deg in (60.0, -60.0):
        f = coriolis_radps(lat_deg)
        steps = steps_of(np.array([0.0, HOUR_S]), [1e9], [f])
        assert np.angle(steps.decay[1, 0]) == pytest.approx(-f * HOUR_S, rel=1e-6)


def test_a_circle_of_inertia_is_followed_through_its_gap():
    """A pure inertial circle at 60 S, hidden for a whole turn's half: the model must close it."""
    f = coriolis_radps(-60.0)
    time_s = np.arange(0.0, 72 * HOUR_S, 600.0)
    x = 10.0 / (1j * f) * (1.0 - np.exp(-1j * f * time_s))
    centre = np.array(n_vector(-60.0, 179.9))
    track = Track(
        "i", np.datetime64("2020-01-01"), time_s, plane.from_plane(centre, x, 35e3),
        np.full(len(time_s), 35e3), 50.0,
    )  # fmt: skip
    model = process.without_wind(5.0)
    laid, mark = gaps.lay(track, 30 * HOUR_S, 36 * HOUR_S, model, still)
    gap = gaps.infer(laid, mark, model)
    truth = plane.to_plane(gap.centre, track.normal[time_s == 33 * HOUR_S], gap.height_m)[0]
    straight = 0.5 * (x[180] + x[216]) - x[198]
    steps = gaps.moves_of(laid, model, 1.0)
    hour = np.flatnonzero(np.diff(laid.nodes.time_s) == HOUR_S)[0] + 1
    blue = model.inertial[3]
    assert 1.0 < blue < 1.2  # where balloons find the peak, in Coriolis parameters
    assert np.angle(steps.decay[hour, 3]) == pytest.approx(-blue * f * HOUR_S, rel=0.02)
    assert np.angle(steps.decay[hour, 2]) == pytest.approx(2.0 * np.pi / 24.0, rel=0.02)
    assert abs(gap.place.middle - truth) < 0.2 * abs(straight)


def test_the_roughness_of_a_part_is_the_mean_of_what_comes_and_goes():
    """The spread of the mean of an Ornstein-Uhlenbeck process, against draws of the process."""
    rng = np.random.default_rng(2)
    dt_s, n = 600.0, 72  # twelve hours
    keep = math.exp(-dt_s / process._ROUGH_S)
    value = process._ROUGH_LOG_SD * rng.normal(size=40_000)
    total = 0.5 * value
    for step in range(1, n + 1):
        noise = rng.normal(size=40_000)
        value = keep * value + process._ROUGH_LOG_SD * math.sqrt(1.0 - keep**2) * noise
        total += value * (1.0 if step < n else 0.5)
    assert (total / n).std() == pytest.approx(process.rough_log_sd(dt_s * n), rel=0.02)
    assert process.rough_log_sd(0.0) == process._ROUGH_LOG_SD
    assert process.rough_log_sd(0.01) == pytest.approx(process._ROUGH_LOG_SD, rel=1e-5)


def test_only_the_hidden_part_has_a_roughness_and_packets_of_its_own():
    model = process.without_wind(5.0)
    outside, inside = process.unknowns(model), process.unknowns(model, part_s=6 * HOUR_S)
    assert {(one.inertial, one.rough) for one in outside} == {(1.0, 1.0)}
    assert len(inside) == 9 * len(outside)
    # The weights of the roughness are those of a normal: mean zero and the stated spread.
    mine = [one for one in inside if one[:5] == inside[0][:5]]
    weight = np.exp([one.log_weight for one in mine])
    logs = np.log([one.rough for one in mine])
    weight /= weight.sum()
    assert weight @ logs == pytest.approx(0.0, abs=1e-12)
    assert math.sqrt(weight @ logs**2) == pytest.approx(process.rough_log_sd(6 * HOUR_S))


def test_the_packets_factor_scales_the_oscillation_near_f_alone():
    model = process.without_wind(5.0)
    plain = process.sigma_mps(model, process.Unknown(1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.0))
    louder = process.sigma_mps(model, process.Unknown(1.0, 1.0, 2.0, 1.5, 1.0, 1.0, 0.0))
    np.testing.assert_allclose(louder / plain, [1, 1, 2, 3, 2, 2, 2])


def test_what_the_model_draws_falls_inside_its_regions():
    """Sixty gaps of tracks that the model itself drew: about half inside 50 %, nine in ten."""
    model = process.without_wind(4.7)
    ranks = []
    for seed in range(12):
        track = simulated(model, seed)
        for start in (20, 32, 44, 56, 68):
            laid, mark = gaps.lay(track, start * HOUR_S, (start + 12) * HOUR_S, model, still)
            gap = gaps.infer(laid, mark, model)
            at = np.flatnonzero(track.time_s == (start + 6) * HOUR_S)
            truth = plane.to_plane(gap.centre, track.normal[at], gap.height_m)[0]
            ranks.append(gap.place.rank(truth))
    inside = np.array(ranks)
    assert 0.3 < np.mean(inside < 0.5) < 0.75
    assert np.mean(inside < 0.9) > 0.78
    assert inside.std() > 0.2


def test_the_pole_and_the_antimeridian_are_places_like_others():
    """The same track, seen from a pole or across 180 degrees, has the same gap."""
    time_s = np.arange(0.0, 48 * HOUR_S, 1_200.0)
    model = process.without_wind(5.0)
    found = []
    for lat_deg, lon_deg in ((89.5, 10.0), (80.0, 179.9)):
        centre = np.array(n_vector(lat_deg, lon_deg))
        x = 8.0 * (time_s - time_s.mean()) * np.exp(0.3j)
        track = Track(
            "p", np.datetime64("2020-01-01"), time_s, plane.from_plane(centre, x, 35e3),
            np.full(len(time_s), 35e3), 50.0,
        )  # fmt: skip
        laid, mark = gaps.lay(track, 18 * HOUR_S, 30 * HOUR_S, model, still)
        gap = gaps.infer(laid, mark, model)
        truth = plane.from_plane(centre, np.zeros(1, complex), 35e3)
        off_m = abs(gap.place.middle - plane.to_plane(gap.centre, truth, gap.height_m)[0])
        found.append((off_m, gap.place.radius_m(0.5)))
    for off_m, radius_m in found:
        assert math.isfinite(radius_m)
        assert off_m < 1.5 * radius_m
    assert found[0][1] == pytest.approx(found[1][1], rel=0.3)


def test_the_map_carries_east_along():
    centre = np.array(n_vector(-75.0, 10.0))
    normal = np.array([n_vector(-75.0, 10.0), n_vector(-76.0, 20.0), n_vector(-80.0, 70.0)])
    angle, swing = plane.east_angles_rad(centre, normal)
    for place, turned in zip(normal, angle, strict=True):
        lon = math.atan2(place[1], place[0])
        ahead = place + 1e-6 * np.array([-math.sin(lon), math.cos(lon), 0.0])
        step = plane.to_plane(centre, np.array([place, ahead / np.linalg.norm(ahead)]), 0.0)
        assert np.angle(step[1] - step[0]) == pytest.approx(turned, abs=0.01)
    np.testing.assert_allclose(np.cumsum(swing), angle - angle[0], atol=1e-12)


def test_there_and_back_on_the_map():
    centre = np.array(n_vector(88.0, -170.0))
    x = np.array([0.0, 3e5 - 2e5j, -1e5 + 4e5j])
    back = plane.to_plane(centre, plane.from_plane(centre, x, 2e4), 2e4)
    np.testing.assert_allclose(back, x, atol=1e-3)


def test_a_mixture_says_what_its_draws_say():
    rng = np.random.default_rng(5)
    parts = mixture.of_logs(
        np.log([0.2, 0.5, 0.3]), np.array([0.0, 40e3 + 5e3j, -10e3j]), np.array([5e3, 9e3, 30e3])
    )
    which = rng.choice(3, size=200_000, p=parts.weight)
    noise = rng.normal(size=200_000) + 1j * rng.normal(size=200_000)
    drawn = parts.mean[which] + parts.sd_m[which] * noise
    away = np.abs(drawn - parts.middle)
    for share in (0.5, 0.9):
        assert np.mean(away < parts.radius_m(share)) == pytest.approx(share, abs=0.005)
    at = 20e3 - 15e3j
    assert parts.rank(at) == pytest.approx(np.mean(away < abs(at - parts.middle)), abs=0.005)
    score = np.abs(drawn - at).mean() - 0.5 * np.abs(drawn[:100_000] - drawn[100_000:]).mean()
    assert parts.energy_score_m(at) == pytest.approx(score, rel=0.01)


def test_one_round_normal_has_the_rayleigh_radii():
    one = mixture.of_logs(np.zeros(1), np.zeros(1, complex), np.array([1e4]))
    assert one.radius_m(0.5) == pytest.approx(11_774.1, rel=1e-4)
    assert one.radius_m(0.9) == pytest.approx(21_459.7, rel=1e-4)


def seen_laid(track, model):
    laid, _ = gaps.lay(track, 30 * HOUR_S, 36 * HOUR_S, model, still)
    return laid


def test_passive_tracks_are_not_called_steered_and_an_engine_against_a_known_wind_is():
    """With a wind that is known to 2 m/s, 12 m/s of its own shows; what drifts does not."""
    model = process.process(0.5, 2.0, 24 * HOUR_S, 1_000.0, process.DAY_LOG_SD)
    passive = [steering.weigh(seen_laid(simulated(model, k), model), model) for k in range(6)]
    assert not any(one.would_say_steered for one in passive)
    own = steering.weigh(seen_laid(simulated(model, 1, extra=12.0), model), model)
    assert own.probability > 0.95
    vague = process.without_wind(15.0)
    assert not steering.weigh(
        seen_laid(simulated(model, 1, extra=12.0), model), vague
    ).would_say_steered


def test_an_aircraft_is_not_carried_and_a_balloon_may_be():
    time_s = np.arange(0.0, 3 * HOUR_S, 30.0)
    fast = track_of(time_s, np.full(len(time_s), 45.0), 0.0029 * time_s)  # 230 m/s
    model = process.without_wind(20.0)
    assert carried.check(fast, model, still).rejected
    slow = simulated(process.without_wind(5.0), 3, n=200)
    assert not carried.check(slow, model, still).rejected


def test_many_tracks_are_judged_together():
    found = [carried.Carried(0.5 * p, 1.0, 20, 1, 1.0) for p in (1e-5, 1e-3, 0.4, 0.9)]
    assert carried.together_p(found) == pytest.approx(6e-4, rel=0.05)
    assert carried.together_p(found[2:]) == 1.0
