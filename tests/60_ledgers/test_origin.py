"""The origin of flights whose launch is known: found, or refused where it must be."""

import math
from dataclasses import replace

import numpy as np
import pytest
import whence

from overflight.case.load import load
from overflight.case.template import write_new
from overflight.fields import places
from overflight.fields.synthetic import DAY_S, tilted, turning_normals_wind
from overflight.flight import winds
from overflight.flight.lines import DAYS_BACK, lines_back
from overflight.inference import origin as tracing
from overflight.inference.aloft import modest
from overflight.inference.density import systematic_rows, tail_fraction
from overflight.inference.sample import draw, references, task_of
from overflight.inference.stratum import Settings
from overflight.inference.work import Threads, Work
from overflight.ledgers import origin
from overflight.physics.sphere import distance_m, lat_lon_deg, n_vector
from overflight.physics.tangent import gone
from overflight.physics.windgrid import WindGrid

HOURS = (50, 56, 62, 70)
HOME, AWAY, AFAR = (30.0, 100.0), (42.0, 90.0), (12.0, 115.0)


@pytest.fixture(scope="module")
def wind():
    return whence.even_wind(18.0, 5.0)


@pytest.fixture(scope="module")
def known(tmp_path_factory, wind):
    """One flight from HOME, told with its own launch and another."""
    seen = whence.truth(wind, HOME, HOURS, 3)
    folder = tmp_path_factory.mktemp("known") / "case"
    case = whence.case_of(folder, {"home": HOME, "away": AWAY}, seen)
    return case, seen, whence.ledger_of(case, wind)


def test_the_launch_it_came_from_is_found_and_another_is_not(known):
    _, _, found = known
    home, away = found.candidates
    assert found.verdict == "told"
    assert found.begin_id == "s0"
    assert home.probability > 0.95
    assert home.tail > 0.01
    assert away.tail < 0.01
    assert home.n_near > 5.0
    assert home.probability + away.probability == pytest.approx(1.0)
    assert 0.0 <= home.when.p05_s < home.when.p50_s < home.when.p95_s <= 4.0 * 3_600.0


def test_the_days_before_grow_wider_and_hold_the_way(known):
    _, _, found = known
    assert [day.back_s for day in found.days] == [0.0, DAY_S, 2.0 * DAY_S]
    areas = [day.region_m2 for day in found.days]
    assert areas == sorted(areas)
    assert not any(day.too_wide for day in found.days)
    for day in found.days:
        assert sum(one.probability for one in day.regions) <= 1.0 + 1e-9
        assert day.dots_deg.shape[1] == 2
    last = found.days[-1]
    assert last.regions[0].name == "China"
    assert distance_m(last.lat_deg, last.lon_deg, *HOME) < 1_500e3


def test_launches_that_are_all_wrong_are_nowhere_consistent(tmp_path, known, wind):
    _, seen, _ = known
    case = whence.case_of(tmp_path / "wrong", {"away": AWAY, "afar": AFAR}, seen)
    found = whence.ledger_of(case, wind)
    assert found.verdict == "nowhere"
    assert all(one.tail < 0.01 for one in found.candidates)
    assert all(one.off_m > 1_000e3 for one in found.candidates)


def test_a_wind_that_begins_after_the_launch_ends_the_way_back(known, wind):
    case, _, _ = known
    begin_s = 20.0 * 3_600.0
    late = wind._replace(time_s=np.array([begin_s, wind.time_s[1]]))
    found = whence.ledger_of(case, late)
    assert found.verdict == "beyond the wind"
    assert all(math.isnan(one.tail) for one in found.candidates)
    assert found.wind_begins_s == begin_s
    assert found.days[-1].back_s == DAY_S  # 49 h less 24 is after 20, less 48 is not


def test_a_wide_error_is_no_answer_and_the_days_stop_there(known, wind):
    case, _, _ = known
    found = whence.ledger_of(case, wind, sd_mps=30.0)
    assert found.verdict == "too wide"
    assert found.days[-1].too_wide
    assert not any(day.too_wide for day in found.days[:-1])


def test_nothing_to_begin_at_is_not_asked(known):
    case, _, _ = known
    assert tracing.asked_of(case, {"s0": 0.4}) is None
    assert tracing.asked_of(case, {"s1": 0.9, "s2": 0.9}) == ("s1", "s1")
    assert origin.ledger(case, None, places.load(), 1).verdict == "not asked"


def test_reports_that_leave_the_wind_give_a_reason_and_no_error(known, wind):
    case, _, _ = known
    keep = np.abs(wind.lon_deg - 20.0) < 31.0
    narrow = wind._replace(
        lon_deg=wind.lon_deg[keep], uv_mps=np.ascontiguousarray(wind.uv_mps[:, :, :, keep])
    )
    found = whence.ledger_of(case, narrow)
    assert found.verdict == "not found"
    assert found.warnings


def test_earlier_reports_are_named_and_not_used(tmp_path, known, wind):
    _, seen, _ = known
    with_early = {**seen, 3: HOME}
    case = whence.case_of(tmp_path / "early", {"home": HOME, "away": AWAY}, with_early)
    found = whence.ledger_of(case, wind)
    assert found.before == ("s0",)
    assert found.used == ("s1", "s2", "s3", "s4")


@pytest.mark.parametrize("start", [(45.0, 170.0), (-38.0, 172.0)])
def test_the_way_back_over_the_dateline(tmp_path, wind, start):
    seen = whence.truth(wind, start, HOURS, 5)
    assert min(lon for _, lon in seen.values()) < 0.0  # it has crossed
    far = (start[0], start[1] - 25.0)
    case = whence.case_of(tmp_path / "case", {"home": start, "away": far}, seen)
    home, away = whence.ledger_of(case, wind).candidates
    assert home.tail > 0.02
    assert home.probability > 0.9
    assert away.tail < 0.01


def test_the_way_back_over_a_pole(tmp_path):
    turning = tilted(90.0, height_m=18_500.0)
    lats, lons = np.linspace(-90.0, 90.0, 181), np.linspace(-180.0, 180.0, 181)
    winds_ = np.array(
        [[turning_normals_wind(turning, *n_vector(lat, lon)) for lon in lons] for lat in lats]
    )
    uv = np.broadcast_to(winds_, (2, 2, *winds_.shape)).astype(np.float32)
    grid = WindGrid(
        np.array([-DAY_S, 6.0 * DAY_S]), whence.LEVELS_LOG, lats, lons, np.ascontiguousarray(uv)
    )
    # The air turns about (-1, 0, 0): along the meridian of 90 E to the south, over the pole.
    start = min(((78.0, 90.0), (78.0, -90.0)), key=lambda at: ahead_of(grid, at))
    seen = whence.truth(grid, start, HOURS, 7)
    assert {round(lon / 90.0) for _, lon in seen.values()} != {round(start[1] / 90.0)}
    case = whence.case_of(tmp_path / "case", {"home": start, "away": (60.0, 0.0)}, seen)
    home, away = whence.ledger_of(case, grid).candidates
    assert home.tail > 0.02
    assert home.probability > 0.9
    assert away.tail < 0.01


def ahead_of(grid, start):
    """Least distance to the pole after a day and a half: small where the wind leads over it."""
    at = whence.truth(grid, start, (38,), 1)[38]
    return distance_m(*at, 90.0, 0.0)


def test_single_lines_flip_with_the_height():
    """East wind below 19 km, west wind above: one place, two origins a continent apart."""
    levels = np.array([whence.log_pressure_of(h) for h in (25_000.0, 19_000.0, 13_000.0)])
    uv = np.zeros((2, 3, 37, 73, 2), dtype=np.float32)
    uv[:, 0, ..., 0], uv[:, 1, ..., 0], uv[:, 2, ..., 0] = -24.0, 0.0, 24.0
    grid = WindGrid(
        np.array([0.0, 12.0 * DAY_S]), levels, np.linspace(-90, 90, 37), np.linspace(-180, 180, 73),
        uv,
    )  # fmt: skip
    fan = lines_back(grid, 45.0, -108.5, 10.0 * DAY_S, 1_200.0)
    assert [line.height_m for line in fan] == [
        14_000.0, 16_000.0, 18_000.0, 19_000.0, 20_000.0, 22_000.0, 24_000.0
    ]  # fmt: skip
    by_height = {line.height_m: line for line in fan}
    day = DAYS_BACK.index(3)
    assert by_height[19_000.0].lon_deg[day] == pytest.approx(-108.5, abs=0.01)
    assert by_height[16_000.0].lon_deg[day] < -115.0 < -102.0 < by_height[22_000.0].lon_deg[day]
    # 10 days at 10 m/s are 8640 km: the line is where the wind of its level comes from
    low = by_height[16_000.0]
    share = (whence.log_pressure_of(16_000.0) - levels[1]) / (levels[2] - levels[1])
    way_m = 24.0 * share * 3.0 * DAY_S
    per_deg_m = 79_081.3 - 0.0124 * 3_000.0  # of longitude at 45 N and 16 km
    assert -108.5 - low.lon_deg[day] == pytest.approx(way_m / per_deg_m, rel=1e-3)


def test_lines_end_with_the_wind_and_levels_it_lacks_are_left_out(wind):
    short = wind._replace(log_pressure=np.array([whence.log_pressure_of(h) for h in (21e3, 15e3)]))
    fan = lines_back(short, 40.0, 0.0, 1.5 * DAY_S, 1_200.0)
    assert [line.height_m for line in fan] == [16_000.0, 18_000.0, 19_000.0, 20_000.0]
    assert np.isfinite(fan[0].lat_deg[:2]).all()  # the wind begins a day before the case
    assert np.isnan(fan[0].lat_deg[2:]).all()


def test_a_member_of_a_cloud_ranks_evenly_whatever_its_shape():
    """Tails of places drawn from the cloud itself: uniform (Kolmogorov distance)."""
    rng = np.random.default_rng(8)
    n = 1_500
    angle = rng.normal(0.0, 0.9, n)  # a bow with a gap: neither normal nor of one piece
    angle += np.sign(angle) * 0.4
    lat, lon = 50.0 + 6.0 * np.cos(angle) + rng.normal(0, 1.0, n), 175.0 + 15.0 * angle
    cloud = np.array([n_vector(*one) for one in zip(lat, lon, strict=True)])
    tails = []
    for held in range(120):
        others = np.delete(np.arange(n), held)
        tails.append(
            tail_fraction(
                cloud[others], np.ones(n - 1), others, cloud[held], 1.0, n_ranks=200, seed=held
            )
        )
    ranked = np.sort(tails)
    apart = np.abs(ranked - (np.arange(120) + 0.5) / 120.0).max()
    assert apart < 1.63 / math.sqrt(120.0)  # 1 %
    far = np.array(n_vector(0.0, 0.0))
    assert tail_fraction(cloud, np.ones(n), np.arange(n), far, 100e3) < 0.01


def test_rows_are_taken_in_proportion_to_their_weight():
    rows = systematic_rows(np.array([1.0, 0.0, 3.0]), 8)
    assert np.bincount(rows, minlength=3).tolist() == [2, 0, 6]


def test_the_way_back_agrees_with_flights_forward_from_the_launches(tmp_path, known, wind):
    """Two engines, one likelihood: the account's own filter weighs the same two launches."""
    _, seen, _ = known
    more = replace(whence.LIGHT, n_strata=10, n_filtered=12, n_runs=4, n_particles=80, n_paths=300)
    case = whence.case_of(tmp_path / "case", {"home": HOME, "near": (28.0, 104.0)}, seen)
    task, work = task_of(case, wind, whence.error_of(), more, 1), Work(Threads(1))
    forward = draw(task, references(task, work), work).launch_probability
    home, near = whence.ledger_of(case, wind, more).candidates
    assert home.probability_sd == pytest.approx(near.probability_sd)
    assert 0.05 < forward["home"] < 0.3
    assert home.probability == pytest.approx(forward["home"], abs=4.0 * home.probability_sd)


@pytest.mark.slow
def test_regions_hold_the_launch_as_often_as_they_say(tmp_path, wind):
    """Forty flights: how far out the true launch lies is even between 0 and 1."""
    tails = []
    for seed in range(40):
        seen = whence.truth(wind, HOME, HOURS, 100 + seed)
        rng = np.random.default_rng(seed)
        off = {
            hour: lat_lon_deg(*moved(place, rng.normal(0.0, 30e3, 2)))
            for hour, place in seen.items()
        }
        case = whence.case_of(tmp_path / f"c{seed}", {"home": moved_home(rng)}, off)
        tails.append(whence.ledger_of(case, wind, seed=seed).candidates[0].tail)
    inside = np.array([np.mean(np.array(tails) >= 1.0 - level) for level in (0.5, 0.9)])
    assert inside[0] == pytest.approx(0.5, abs=2.6 * math.sqrt(0.25 / 40))
    assert inside[1] == pytest.approx(0.9, abs=2.6 * math.sqrt(0.09 / 40))


def moved(place_deg, offset_m):
    return gone(*n_vector(*place_deg), *offset_m)


def moved_home(rng):
    """Where the launch was reported: off by the error that the case states."""
    return lat_lon_deg(*moved(HOME, rng.normal(0.0, 60e3, 2)))


def test_the_bundled_example_has_an_origin_in_the_usual_winds(tmp_path):
    """The template: three reports within hours, a launch of unknown place, the climatology."""
    write_new(tmp_path / "mine")
    case = load(tmp_path / "mine")
    blown = winds.of_climatology(case)
    settings = replace(whence.LIGHT, dt_s=blown.step_s)
    task = task_of(case, blown.grid, blown.error, settings, 1)
    asked = tracing.asked_of(case, {one.id: 0.9 for one in case.sightings})
    found = origin.ledger(case, tracing.traced(task, *asked), places.load(), 1)
    assert found.verdict in ("told", "too wide")
    assert found.candidates[0].tail > 0.01


def test_the_same_seed_gives_the_same_cloud_on_any_threads(known, wind):
    case, _, _ = known
    one = whence.traced_of(case, wind)
    three = whence.traced_of(case, wind, replace(whence.LIGHT, n_threads=3))
    np.testing.assert_array_equal(one.vectors, three.vectors)
    np.testing.assert_array_equal(one.weight_log, three.weight_log)
    other = whence.traced_of(case, wind, seed=2)
    assert not np.array_equal(one.vectors, other.vectors)


def test_settings_are_never_heavier_than_those_of_the_account():
    assert modest(Settings()).n_filtered == 12
    assert modest(whence.LIGHT).n_filtered == 4
    assert modest(whence.LIGHT).n_paths == 120
