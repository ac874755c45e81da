"""Where a balloon was when its track begins: from all that was seen later, and from no launch.

The flight of this run begins in the air, at the first good report after every launch window. Its
start is drawn widely about that report, and the width is taken out of the weights again: what is
left is what the later reports say, as if any place were as likely as any other.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from overflight.case.meaning import PREDICTABLE
from overflight.case.model import Case, Geometry, Sighting, Use
from overflight.flight.hypotheses import Aloft, Statics
from overflight.flight.needs import end
from overflight.inference.leave_one_out import lighter
from overflight.inference.posterior import Posterior
from overflight.inference.sample import draw, references
from overflight.inference.stratum import Settings, Task, drift_of
from overflight.inference.told import Timetable
from overflight.inference.work import Threads, Work
from overflight.physics.drift import level_at, lift_m, moved, spread_mps
from overflight.physics.kernel import loop
from overflight.physics.sphere import n_vector
from overflight.physics.tangent import basis, carried, way_m
from overflight.physics.windgrid import wind

Array = NDArray[np.float64]

RIGHT = 0.5  # least probability of being right, for a report to begin from
MARK_S = 3_600.0  # the start lies on a mark of the clock: winds have their times there
_WIDER = 3.0  # the start is drawn so much more widely than the report
_REACH_MPS = 15.0  # and by what a balloon goes in the report's window
_WIDEST_M = 2.5e6
_FLAT_SD = 2.5  # within so many sds of its draw the start is even, after the weights


@dataclass(frozen=True)
class Start:
    """Weighted states at one moment; ``weight`` sums to 1."""

    time_s: float
    states: Array  # (path, 5) unit normal, and the wind error felt there, in sds
    weight: Array  # (path,)
    statics: tuple[Statics, ...]
    used: tuple[str, ...]  # reports of place that count
    warnings: tuple[str, ...]


def good_reports(case: Case, right: Mapping[str, float]) -> tuple[Sighting, ...]:
    """Reports of a place after every launch window that are probably right, the earliest first.

    Parameters
    ----------
    right
        Posterior probability that each used report is essentially right.
    """
    opens = max(launch.time_max for launch in case.launches)
    found = [
        one
        for one in case.sightings
        if one.use is Use.YES
        and one.geometry in PREDICTABLE
        and one.geometry is not Geometry.LANDING
        and opens <= one.time_min < end(case)
        and right.get(one.id, 0.0) >= RIGHT
    ]
    return tuple(sorted(found, key=lambda one: (one.time_min, one.id)))


def begins(case: Case, sighting: Sighting) -> datetime:
    """The last full hour before a report's window opens."""
    opens_s = (sighting.time_min - case.epoch).total_seconds()
    return case.epoch + timedelta(seconds=MARK_S * (math.ceil(opens_s / MARK_S) - 1))


def modest(settings: Settings) -> Settings:
    """Settings for this run: those of the runs without one sighting, or fewer where asked for."""
    less = lighter(settings)
    return replace(
        less,
        n_strata=min(less.n_strata, settings.n_strata),
        n_filtered=min(less.n_filtered, settings.n_filtered),
        n_runs=min(less.n_runs, settings.n_runs),
        n_particles=min(less.n_particles, settings.n_particles),
        n_paths=settings.n_paths,
    )


def aloft(task: Task, sighting: Sighting) -> Task:
    """The task of the flight from there on, with the reports from there on."""
    at = begins(task.case, sighting)
    window_s = (sighting.time_max - sighting.time_min).total_seconds()
    wide_m = math.hypot(_WIDER * sighting.position_sd_m, _REACH_MPS * window_s)
    begun = Aloft.model_construct(
        id="aloft",
        weight=1.0,
        time_min=at,
        time_max=at,
        lat_deg=sighting.lat_deg,
        lon_deg=sighting.lon_deg,
        position_sd_m=min(wide_m, _WIDEST_M),
        source=sighting.source,
        note="",
    )
    later = task.without(
        [
            one.id
            for one in (*task.seen, *task.heard)
            if one.time_max < at or one.geometry is Geometry.LAUNCH
        ]
    )
    case = task.case.model_copy(update={"launches": (begun,)})
    other = replace(later, case=case, settings=modest(task.settings))
    vars(other)["searched"] = task.searched  # made once: it can be as large as the wind
    return other


def start(task: Task, sighting: Sighting) -> Start:
    """Draw weighted states at the begin of the track, given all that was seen from there on.

    Raises
    ------
    InferenceError
        When no path through the later reports stays inside the wind data.
    """
    flying = aloft(task, sighting)
    work = Work(Threads(1))
    drawn = draw(flying, references(flying, work), work)
    states = _states(flying, drawn)
    weight = drawn.weight * _evened(flying, states)
    return Start(
        time_s=float(drawn.time_s[0]),
        states=states,
        weight=weight / weight.sum(),
        statics=_ends(drawn),
        used=drawn.sighting_ids,
        warnings=drawn.diagnostics.warnings,
    )


def _ends(drawn: Posterior) -> tuple[Statics, ...]:
    return drawn.ends.statics if drawn.ends is not None else ()


def _evened(task: Task, states: Array) -> Array:
    """One over the density that starts were drawn with, within :data:`_FLAT_SD` of its middle."""
    begun = task.case.launches[0]
    centre = n_vector(begun.lat_deg, begun.lon_deg)
    off = np.array([math.hypot(*way_m(*centre, *row[:3])) for row in states])
    return np.exp(0.5 * np.minimum(off / begun.position_sd_m, _FLAT_SD) ** 2)


def _states(task: Task, drawn: Posterior) -> Array:
    """Where each path begins, and the wind error that its first displacement shows.

    A path's first displacement, less that by the wind, is ``gain e + noise``; so e given it is
    normal about ``gain d / (gain^2 + var)`` with the variance ``var / (gain^2 + var)``, and is
    drawn from there. (What later displacements would add is small: in a step of twenty minutes an
    error of a day forgets little.)
    """
    lat, lon = (np.radians(a[:, :2]) for a in (drawn.lat_deg, drawn.lon_deg))
    places = np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], -1)
    states = np.zeros((len(places), 5))
    states[:, :3] = places[:, 0]
    dt_s = task.settings.output_s
    table = Timetable(round(float(drawn.time_s[0]) / dt_s), 1, dt_s)
    rng = np.random.Generator(np.random.Philox(key=task.seed, counter=[0, 0, 0, 41]))
    spare = rng.standard_normal((len(places), 2))
    statics = _ends(drawn)
    for one in dict.fromkeys(statics):
        rows = np.array([row for row, mine in enumerate(statics) if mine == one])
        drift = drift_of(task.case, task.grid, task.error, one, table)
        states[rows, 3:] = _felt(drift, places[rows, 0], places[rows, 1], spare[rows])
    return states


@loop
def _felt(drift: Any, first: Array, second: Array, spare: Array) -> Array:
    felt = np.empty((first.shape[0], 2))
    ou, dt_s = drift.ou, drift.dt_s
    noise = ou.noise_xe * ou.noise_xe + ou.noise_x * ou.noise_x
    known, left = ou.gain_s / (ou.gain_s**2 + noise), math.sqrt(noise / (ou.gain_s**2 + noise))
    for row in range(first.shape[0]):
        a, b = first[row], second[row]
        rise_m = lift_m(drift.level, 0, a[0], a[1], a[2])
        log_pressure, height_m = level_at(drift.level, 1, rise_m)
        mx, my, mz = a[0] + b[0], a[1] + b[1], a[2] + b[2]
        size = math.sqrt(mx * mx + my * my + mz * mz)
        mx, my, mz = mx / size, my / size, mz / size
        u_mps, v_mps = wind(drift.grid, drift.start_s + 0.5 * dt_s, log_pressure, mx, my, mz)
        blown = moved(
            (a[0], a[1], a[2]), basis(mx, my, mz), mz, height_m,
            (u_mps + drift.bias_u_mps) * dt_s, (v_mps + drift.bias_v_mps) * dt_s,
        )  # fmt: skip
        way = way_m(blown[0], blown[1], blown[2], b[0], b[1], b[2])
        east_m, north_m = carried(
            way[0], way[1], basis(blown[0], blown[1], blown[2]), basis(a[0], a[1], a[2])
        )
        sd_mps = spread_mps(drift.error, drift.start_s, log_pressure, a[0], a[1], a[2])
        sd_mps *= drift.error_scale
        felt[row, 0] = known * east_m / sd_mps + left * spare[row, 0]
        felt[row, 1] = known * north_m / sd_mps + left * spare[row, 1]
    return felt
