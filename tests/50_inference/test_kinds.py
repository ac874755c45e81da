"""Every further kind of report: closed forms on simple paths, the filter against brute force."""

import math
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import numpy as np
import pytest
from jet import MODEL, fixes, guide, jet
from pydantic import ConfigDict

from overflight.case.kinds import Details
from overflight.case.vocabulary import Geometry, Grade
from overflight.errors import DeviceError
from overflight.flight.hypotheses import Statics
from overflight.inference import guided, twist
from overflight.inference.guidance import only_known
from overflight.inference.likelihood import along, outside_m, phi
from overflight.inference.model import balloon, fly
from overflight.inference.observations import Timetable, altitude_logs, evidence
from overflight.inference.outlines import moments
from overflight.inference.reports import (
    CROSSING,
    FIX,
    MOTION,
    N_DETAIL,
    ORDER,
    REGION,
    SIGHT,
    UNSEEN,
    nothing_further,
    schedule,
)
from overflight.physics.kernel import loop
from overflight.physics.sight import arc_m
from overflight.physics.sphere import n_vector
from overflight.physics.tangent import gone

EPOCH = datetime(2023, 2, 1, tzinfo=UTC)
TABLE = Timetable(0, 72, 1_200.0)  # a day
STATICS = Statics(0, 0.0, 19_000.0, 0.0, 0.0, 1.0, 43_200.0)
TOWARDS = balloon().towards
CASE = SimpleNamespace(
    epoch=EPOCH, span_start=EPOCH, span_end=EPOCH + timedelta(days=10), plausible_area_m2=1e12
)
HOME = (45.0, -100.0)


class Cells(Details):
    """The columns that only some kinds have, read from a row that has others too."""

    model_config = ConfigDict(extra="ignore")


def row(geometry, opens_h=12.0, closes_h=None, **cells):
    """A sighting; cells are columns as in the table."""
    columns = {field.alias or name: name for name, field in Details.model_fields.items()}
    plain = {name: field.default for name, field in Details.model_fields.items()}
    read = Cells.model_validate({k: v for k, v in cells.items() if k in columns})
    plain |= {name: getattr(read, name) for name in plain}
    plain |= {
        "lat_deg": HOME[0], "lon_deg": HOME[1], "position_sd_m": 50e3, "geometry": geometry,
        "reliability": Grade.C, "altitude_reliability": Grade.C, "altitude_kind": "unknown",
        "may_copy": (), "copy_probability": None,
        "time_min": EPOCH + timedelta(hours=opens_h),
        "time_max": EPOCH + timedelta(hours=opens_h if closes_h is None else closes_h),
    }  # fmt: skip
    return SimpleNamespace(**plain | {k: v for k, v in cells.items() if k not in columns})


def told(sighting):
    return evidence(CASE, [sighting], STATICS, TABLE)


def good(sighting, path):
    """Density of a report if right, given a path (step, 3)."""
    reports = told(sighting).reports
    assert reports.kind[0] >= FIX
    return math.exp(along(TOWARDS, reports, 0, path))


def at(east_m, north_m, steps=73, home=HOME):
    """A balloon that stays at a place."""
    return np.tile(gone(*n_vector(*home), east_m, north_m), (steps, 1))


def moving(east_mps, north_mps, start=(0.0, 0.0)):
    seconds = 1_200.0 * np.arange(73)
    home = n_vector(*HOME)
    return np.array(
        [gone(*home, start[0] + east_mps * t, start[1] + north_mps * t) for t in seconds]
    )


@pytest.mark.parametrize(
    "cells",
    [
        {"bearing": "40 deg"},
        {"bearing": "40 deg", "bearing_sd": "1 deg"},
        {"bearing": "NE"},
        {"bearing": "N", "bearing_sd": "20 deg"},
    ],
)
def test_a_bearing_is_a_density_over_the_compass_and_points_the_right_way(cells):
    sight, around = row(Geometry.LINE_OF_SIGHT, **cells), np.radians(np.arange(0.0, 360.0, 0.1))
    plain = good(row(Geometry.LINE_OF_SIGHT, when="throughout"), at(0.0, 50e3))
    reports = told(sight).reports
    values = [
        math.exp(along(TOWARDS, reports, 0, at(50e3 * math.sin(a), 50e3 * math.cos(a))))
        for a in around
    ]
    assert sum(values) * math.radians(0.1) == pytest.approx(plain, rel=2e-3)
    said = 45.0 if cells["bearing"] == "NE" else 0.0 if cells["bearing"] == "N" else 40.0
    mean = np.angle(np.sum(values * np.exp(1j * around)))
    assert math.degrees(mean) == pytest.approx(said, abs=0.05)


def test_a_bearing_is_taken_where_the_observer_stands():
    """At 60 N a place 300 km east lies under a meridian that leans 4.7 degrees."""
    sight = row(
        Geometry.LINE_OF_SIGHT, bearing="90 deg", bearing_sd="0.5 deg", lat_deg=60.0,
        position_sd_m=200e3,
    )  # fmt: skip
    home = (60.0, -100.0)
    there = good(sight, at(300e3, 0.0, home=home))
    aside = good(sight, at(300e3, 300e3 * math.tan(math.radians(4.7)), home=home))
    assert there > 1e6 * aside


@pytest.mark.parametrize(
    ("elevation_deg", "arc_km"), [(0.0, 529.68), (5.0, 188.36), (10.0, 103.24), (30.0, 32.69)]
)
def test_an_elevation_points_to_the_traced_distance(elevation_deg, arc_km):
    """Optical arcs of a ray trace to 19 km (method 4.1); one radius meets them to 0.5 %."""
    assert arc_m(math.radians(elevation_deg), 19_000.0) == pytest.approx(1e3 * arc_km, rel=5e-3)
    if elevation_deg == 0.0:
        return
    sight = row(
        Geometry.LINE_OF_SIGHT, elevation=f"{elevation_deg} deg", elevation_sd="0.2 deg",
        position_sd_m=150e3,
    )  # fmt: skip
    heard = told(sight).reports
    logs = [along(TOWARDS, heard, 0, at(0.0, share * arc_km * 1e3)) for share in (0.9, 1.0, 1.1)]
    assert logs[1] > max(logs[0], logs[2]) + 1.0


def over_the_plane(sighting, half_m, n=61):
    axis = np.linspace(-half_m, half_m, n)
    heard = told(sighting).reports
    values = [[math.exp(along(TOWARDS, heard, 0, at(x, y))) for x in axis] for y in axis]
    return np.array(values), axis, (axis[1] - axis[0]) ** 2


@pytest.mark.parametrize("tails", ["normal", "heavy"])
def test_an_ellipse_integrates_to_one_and_leans_along_its_axis(tails):
    fix = row(
        Geometry.NADIR, position_sd_m=60e3, position_sd_minor="20 km", position_axis="NE",
        tails=tails, rounding="10 km", timing_sd="10 min",
    )  # fmt: skip
    values, axis, cell = over_the_plane(fix, 700e3 if tails == "heavy" else 300e3)
    # Student's t leaves 1.6 % of itself beyond 700 km.
    assert values.sum() * cell == pytest.approx(1.0, abs=0.02 if tails == "heavy" else 1e-3)
    share = values / values.sum()
    if tails == "normal":
        x = (share.sum(axis=0) * axis**2).sum()
        xy = (share * axis[None, :] * axis[:, None]).sum()
        added = 10e3**2 / 12.0 + (12.0 * 600.0) ** 2 + (12.0 * 1_200.0) ** 2 / 12.0
        assert x == pytest.approx(0.5 * (60e3**2 + 20e3**2) + added, rel=0.01)
        assert xy == pytest.approx(0.5 * (60e3**2 - 20e3**2), rel=0.02)


def test_a_region_is_even_over_its_area_and_soft_at_its_edge():
    corners = ((44.0, -101.0), (46.0, -101.0), (46.0, -99.0), (45.0, -99.0), (45.0, -100.0),
               (44.0, -100.0))  # fmt: skip
    region = row(Geometry.REGION, outline="; ".join(f"{a} {b}" for a, b in corners))
    values, _, cell = over_the_plane(region, 300e3, n=91)
    assert values.sum() * cell == pytest.approx(1.0, rel=2e-3)
    inside, edge = at(-40e3, 20e3), at(0.0, -50e3)
    assert good(region, edge) == pytest.approx(0.5 * good(region, inside), rel=0.05)


def test_outlines_know_inside_and_distance():
    square = np.array([[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]])
    assert outside_m(square, 0, 4, 0.0, 0.25) == pytest.approx(-0.75)
    assert outside_m(square, 0, 4, 4.0, 5.0) == pytest.approx(5.0)
    area, mean, covariance = moments(1e5 * square, 10.0)
    assert area == pytest.approx(4e10, rel=1e-3)
    assert mean == pytest.approx((0.0, 0.0), abs=1.0)
    assert covariance[0, 0] == pytest.approx(1e10 / 3.0, rel=1e-3)


def test_at_some_time_is_the_mean_over_the_window():
    fix = row(Geometry.NADIR, 6.0, 12.0, tails="heavy")
    path = moving(12.0, 0.0, start=(-400e3, 0.0))
    each = [good(row(Geometry.NADIR, step / 3.0, tails="heavy"), path) for step in range(18, 37)]
    assert good(fix, path) == pytest.approx(np.mean(each), rel=1e-9)


def test_throughout_wants_all_of_the_window_and_counts_one_error_once():
    """In view: every sample must be. A fix: its error was made once, however long it held."""
    always = row(Geometry.LINE_OF_SIGHT, 0.0, 24.0, when="throughout")
    once = row(Geometry.LINE_OF_SIGHT, 0.0, 24.0, bearing="N", bearing_sd="180 deg")
    leaving = moving(6.0, 0.0)  # out of sight after five hours
    assert good(always, at(0.0, 0.0)) > 1e4 * good(always, leaving)
    assert good(once, at(0.0, 0.0)) < 10.0 * good(once, leaving)
    long = row(Geometry.NADIR, 0.0, 24.0, when="throughout")
    short = row(Geometry.NADIR, 12.0, 12.0, when="throughout")
    assert good(long, at(30e3, 0.0)) == pytest.approx(good(short, at(30e3, 0.0)), rel=1e-9)
    steps = told(long).reports.further.stride[0]
    assert 72 // steps + 1 <= 8


def test_silence_counts_by_the_hours_in_view_and_never_proves_absence():
    near, far = at(0.0, 20e3), at(0.0, 400e3)
    public = row(Geometry.NOT_SEEN, 6.0, 16.0)
    chance = 0.01 * 0.5 / (1.0 + math.exp((20e3 - 100e3) / 10e3))
    hours = 31 / 3.0
    assert good(public, near) == pytest.approx((1.0 - chance) ** hours, rel=1e-6)
    assert good(public, far) == pytest.approx(1.0, abs=1e-6)
    radar = row(Geometry.NOT_SEEN, 6.0, 16.0, attendance="instrument")
    assert good(radar, near) == pytest.approx(1.0 - 0.9, abs=1e-3)
    report = told(radar).reports  # a watcher who is not to be relied on says nothing
    assert math.exp(report.log_bad[0]) == pytest.approx(0.3)
    beyond = row(Geometry.NOT_SEEN, 30.0, 40.0, attendance="instrument")
    assert good(beyond, near) == pytest.approx(1.0)  # it was no longer in the air


def test_nothing_is_seen_below_the_horizon():
    radar = row(Geometry.NOT_SEEN, 6.0, 16.0, attendance="instrument", position_sd_m=450e3)
    assert good(radar, at(0.0, 600e3)) == pytest.approx(1.0, abs=2e-3)  # the horizon is at 530 km


LINE = "44 -99; 46 -99"


@pytest.mark.parametrize(("opens_h", "closes_h"), [(1.0, 3.0), (2.0, 2.0), (10.0, 12.0)])
def test_a_crossing_is_a_density_of_its_time(opens_h, closes_h):
    """Against the normal distribution, for a path that crosses at a known time."""
    crossing = row(Geometry.CROSSING, opens_h, closes_h, outline=LINE, timing_sd="30 min")
    path = moving(12.0, 0.0)
    lon = np.degrees(np.arctan2(path[:, 1], path[:, 0]))
    when_h = np.interp(-99.0, lon, np.arange(73) / 3.0)
    closes = max(closes_h, opens_h + 0.05)
    inside = phi((when_h - opens_h) / 0.5) - phi((when_h - closes) / 0.5)
    expected = inside / (3_600.0 * (closes - opens_h))
    assert good(crossing, path) == pytest.approx(expected, rel=0.02)


def test_only_the_first_passage_counts_and_only_through_the_line():
    there = moving(12.0, 0.0)  # over the line after 1.8 hours
    back = np.concatenate([there[:12], there[11::-1], at(0.0, 0.0, 49)])  # and again after 5.5
    late = row(Geometry.CROSSING, 5.0, 6.0, outline=LINE, timing_sd="20 min")
    only_back = np.concatenate([there[11::-1], at(0.0, 0.0, 61)])  # after 1.9 hours
    assert good(late, back) < 1e-8
    soon = row(Geometry.CROSSING, 0.0, 3.0, outline=LINE, timing_sd="20 min")
    assert good(soon, only_back) > 1e-6
    assert good(soon, moving(12.0, 0.0, start=(0.0, 300e3))) == 0.0  # past its end


@pytest.mark.parametrize("cells", [{}, {"heading_sd": "40 deg"}])
def test_a_heading_alone_is_a_density_over_the_compass(cells):
    values = []
    for deg in range(0, 360, 3):
        heading = row(Geometry.MOTION, 6.0, 9.0, heading=f"{deg} deg", **cells)
        values.append(good(heading, moving(7.0, 7.0)))
    assert sum(values) * math.radians(3.0) == pytest.approx(1.0, rel=1e-3)
    assert 3 * int(np.argmax(values)) == pytest.approx(45, abs=3)  # meridians lean on the way


def test_a_velocity_is_normal_in_its_vector():
    report = row(
        Geometry.MOTION, 0.0, 1.0, heading="90 deg", speed="10 m/s", speed_sd="2 m/s",
        heading_sd="10 deg",
    )  # fmt: skip
    aside = 10.0 * math.tan(math.radians(10.0))
    peak = 1.0 / (2.0 * math.pi * 2.0 * aside)
    assert good(report, moving(10.0, 0.0)) == pytest.approx(peak, rel=1e-3)
    assert good(report, moving(12.0, 0.0)) == pytest.approx(peak * math.exp(-0.5), rel=5e-3)
    assert good(report, moving(10.0, aside)) == pytest.approx(peak * math.exp(-0.5), rel=0.02)


def test_a_speed_alone_does_not_ask_which_way():
    report = row(Geometry.MOTION, 3.0, 9.0, speed="20 kt", speed_sd="1 m/s")
    speed = 20.0 * 1852.0 / 3600.0
    for way in range(0, 360, 45):
        path = moving(speed * math.sin(math.radians(way)), speed * math.cos(math.radians(way)))
        assert good(report, path) == pytest.approx(1.0 / math.sqrt(2 * math.pi), rel=0.01)


def test_an_order_asks_for_both_places_and_which_came_first():
    order = row(
        Geometry.ORDER, 0.0, 24.0, position_sd_m=20e3, then_lat_deg="45.0", then_lon_deg="-97.0"
    )
    assert good(order, moving(12.0, 0.0)) == pytest.approx(1.0, abs=0.05)
    assert good(order, moving(12.0, 0.0)[::-1]) < 1e-6
    assert good(order, moving(12.0, 0.0, start=(0.0, 200e3))) < 1e-6


def test_a_landing_is_about_the_last_step_and_a_launch_may_have_an_outline():
    landing = told(row(Geometry.LANDING, 20.0, 30.0)).reports
    assert (landing.first[0], landing.last[0], landing.moments[0]) == (72, 72, 1.0)
    assert told(row(Geometry.LANDING, 2.0, 3.0)).inside.size == 0
    launch = row(Geometry.LAUNCH, -1.0, 1.0, outline="44 -101; 46 -101; 46 -99; 44 -99")
    path = moving(12.0, 0.0)
    assert good(launch, path) == pytest.approx(1.0 / (222e3 * 157e3), rel=0.05)


def test_altitude_of_no_stated_kind_is_half_one_and_half_the_other():
    bands = {
        kind: row(Geometry.NADIR, altitude_min_m=19_200.0, altitude_max_m=19_900.0)
        for kind in ("geometric", "pressure", "unknown")
    }
    logs = {}
    for kind, band in bands.items():
        band.altitude_kind = kind
        logs[kind] = altitude_logs(CASE, [band], STATICS)[1][0]
    mixed = np.logaddexp(logs["geometric"], logs["pressure"]) - math.log(2.0)
    assert logs["unknown"] == pytest.approx(mixed)
    assert logs["geometric"] != logs["pressure"]


def test_an_altitude_held_throughout_is_not_held_by_a_climb_through_it():
    band = {"altitude_min_m": 14_000.0, "altitude_max_m": 16_000.0, "altitude_kind": "geometric"}
    climb = {  # it passes the band within seven minutes
        when: altitude_logs(CASE, [row(Geometry.NADIR, 0.0, 2.0, when=when, **band)], STATICS)[1]
        for when in ("at_some_time", "throughout")
    }
    assert climb["throughout"][0] < climb["at_some_time"][0] - 3.0


# The filter on the plane of the sheared jet, km and h, against weights of a free ensemble.

STEPS = 60


def plane(kind, window, *, detail=(), corners=(), curve=0.0, stride=0, sd=0.0, aim=(0.0, 0.0)):
    """A vague fix at the end, and one report of a further kind around ``aim``."""
    first, last = window
    reports = fixes([STEPS, 0], [(1_600.0, 350.0), aim], [300.0, 1.0])
    numbers = np.zeros((2, N_DETAIL))
    numbers[1, : len(detail)] = detail
    points = np.array(corners, dtype=np.float64).reshape(-1, 2)
    spread = [sd**2, 0.0, sd**2]
    return reports._replace(
        first=np.array([STEPS, first]),
        last=np.array([STEPS, last]),
        kind=np.array([0, kind]),
        log_norm=np.array([reports.log_norm[0], 0.0]),
        log_good=np.log([1.0, 0.8]),
        log_bad=np.array([-math.inf, math.log(0.2 * 0.005)]),
        moments=np.array([1.0, last - first + 1.0]),
        further=nothing_further(2)._replace(
            detail=numbers,
            corners=points,
            corner=np.array([[0, 0], [0, len(points)]]),
            curve=np.full(last - first + 1, curve),
            stride=np.array([0, stride]),
            slot=np.array([-1, 0]),
            aim=reports.place,
            spread=np.array([[0.0, 0.0, 0.0], spread]),
            due=np.array([0, (first + last) // 2]),
            gauge=np.array([0.0, 10.0]),
        ),
    )


SQUARE = ((-150.0, -150.0), (150.0, -150.0), (150.0, 150.0), (-150.0, 150.0))
HERE = (640.0, 140.0)  # where most free flights are at step 30
PLANE = {
    "heavy fix": plane(FIX, (25, 35), detail=(1e-4, 3e-5, 1e-4, 4.0), sd=140.0, aim=HERE),
    "throughout": plane(
        FIX, (25, 35), detail=(1e-4, 3e-5, 1e-4, 0.0), sd=120.0, aim=HERE, stride=4
    ),
    "bearing": plane(
        SIGHT, (28, 32), detail=(300.0, 10.0, 1.0, 0.8, 15.0), sd=200.0, aim=(500.0, 0.0)
    ),
    "region": plane(REGION, (25, 35), detail=(0.0, 10.0), corners=SQUARE, sd=120.0, aim=HERE),
    "silence": plane(UNSEEN, (10, 50), detail=(0.0, 10.0, 1.0, 0.9, 0.5), curve=150.0, aim=HERE),
    "crossing": plane(
        CROSSING, (0, 45), detail=(26.0, 32.0, 3.0), sd=250.0, aim=HERE,
        corners=((0.0, -300.0), (0.0, 300.0)),
    ),
    "motion": plane(MOTION, (20, 40), detail=(0.5, 2, 0, 0, 0, 0, 50.0, 12.0, 0.005, 0.0, 0.005)),
    "order": plane(
        ORDER, (10, 55), detail=(120.0, 20.0, 2.0, 1_200.0, 250.0, 0.0), aim=(400.0, 60.0)
    ),
}  # fmt: skip


@loop
def _free(towards, states, reports, gave):
    for path in range(states.shape[0]):
        gave[path] = along(towards, reports, 1, states[path])


@pytest.fixture(scope="module")
def free():
    """Free flights of the jet."""
    parameters, rng = jet(0.6), np.random.default_rng(11)
    states = np.array(
        [
            fly(MODEL.start, MODEL.step, parameters, rng.standard_normal((STEPS + 1, 4)), 4)
            for _ in range(30_000)
        ]
    )
    return parameters, states


@pytest.mark.parametrize("name", PLANE)
def test_the_filter_agrees_with_a_weighted_free_ensemble(name, free):
    parameters, states = free
    reports = PLANE[name]
    gave = np.empty(len(states))
    _free(MODEL.towards, states, reports, gave)
    fix_log = -0.5 * ((states[:, STEPS, :2] - reports.place[0, :2]) ** 2).sum(axis=1) / 300.0**2
    log_weight = (
        fix_log + reports.log_norm[0] + np.logaddexp(np.log(0.8) + gave, reports.log_bad[1])
    )
    weight = np.exp(log_weight)
    expected, error = weight.mean(), weight.std() / math.sqrt(len(weight))
    tw, plan = guide(parameters, reports, STEPS)
    sizes = guided.Sizes(n_particles=2_000, n_draws=500, stride=4, every=12)
    runs = guided.run(MODEL, parameters, tw, reports, plan, list(range(1, 9)), sizes)
    each = np.exp([one.log_evidence for one in runs])
    scatter = each.std(ddof=1) / math.sqrt(len(each))
    assert abs(each.mean() - expected) < 4.0 * math.hypot(error, scatter)
    assert math.hypot(error, scatter) < 0.05 * expected  # or it would show nothing
    share = weight / weight.sum()
    mean = share @ states[:, 28, :2]
    n_effective = 1.0 / (share**2).sum()
    spread = np.sqrt(share @ (states[:, 28, :2] - mean) ** 2)
    paths = np.array([one.paths[:, 7, :2].mean(axis=0) for one in runs])
    tolerance = 4.0 * np.hypot(spread / math.sqrt(n_effective), paths.std(axis=0, ddof=1) / 8**0.5)
    assert (np.abs(paths.mean(axis=0) - mean) < tolerance + 1.0).all()


@pytest.mark.parametrize("name", PLANE)
def test_a_path_keeps_what_each_report_gave_it(name):
    """Dividing it out gives the posterior without it, also after a resampling while it was open."""
    parameters, reports = jet(0.6), PLANE[name]
    sharp = fixes([24, 0], [(480.0, 90.0), (0.0, 0.0)], [40.0, 1.0])
    place = np.stack([sharp.place[0], reports.place[1]])
    first, last = reports.first.copy(), reports.last.copy()
    first[0] = last[0] = 24  # a fix that few free particles meet, while most reports are open
    reports = reports._replace(
        place=place, first=first, last=last, shape=sharp.shape, log_norm=sharp.log_norm * [1, 0]
    )
    still = fly(MODEL.start, MODEL.step, parameters, np.zeros((STEPS + 1, 4)), 4)
    sizes = guided.Sizes(n_particles=200, n_draws=50, stride=1, every=12)
    tw, plan = twist.flat(still, 2), schedule(reports, STEPS)
    run = guided.run(MODEL, parameters, tw, reports, plan, [5], sizes)[0]
    assert run.ess[24] < 100.0  # resampled there
    for draw in range(0, 50, 7):
        gave = along(MODEL.towards, reports, 1, np.ascontiguousarray(run.paths[draw]))
        mixture = np.logaddexp(reports.log_good[1] + gave, reports.log_bad[1])
        assert run.log_density[draw, 1] == pytest.approx(gave, rel=1e-9)
        assert run.log_mixture[draw, 1] == pytest.approx(mixture, rel=1e-9)


def test_a_card_refuses_the_kinds_that_it_cannot_weigh():
    with pytest.raises(DeviceError, match="1 reports that are neither"):
        only_known(PLANE["region"])
    only_known(fixes([0], [(0.0, 0.0)], [1.0]))
