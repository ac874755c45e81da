"""Flights that are made up from the very priors of inference, in a wind that is known exactly.

A world has a smooth analytic wind over the ellipsoid, a stated error of that wind, two candidate
launches and a float band. A flight is a draw of all constants
(:mod:`overflight.flight.hypotheses`), flown with a step four times finer than inference takes, and
is then reported on (:mod:`overflight.calibration.hearsay`).
"""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from overflight.calibration import hearsay
from overflight.calibration.hearsay import EPOCH, Cells, Rng
from overflight.case.model import Case
from overflight.fields.error import WindError
from overflight.fields.synthetic import sampled
from overflight.flight.hypotheses import DRIFTS, Statics, dimensions, statics
from overflight.flight.levels import heights_along
from overflight.inference import rides
from overflight.inference.model import balloon, fly
from overflight.inference.stratum import Settings, drift_of, timetable
from overflight.physics.drift import Drift
from overflight.physics.steered import N_LOCAL, N_STATE, launched_steered, steered_step
from overflight.physics.sun import sun_vector
from overflight.physics.windgrid import WindGrid, steady

Array = NDArray[np.float64]

HOUR_S = 3_600.0
SPAN_S = 78.0 * HOUR_S
LAUNCH_S = 10.0 * HOUR_S  # windows of launches are open so long
FIRST_S, LAST_S = 16.0 * HOUR_S, 74.0 * HOUR_S  # between which windows of reports lie
STEP_S = 450.0  # of the made-up flight
MERIDIAN_DEG = 14.0  # whose passage is asked for
_FEWEST, _MOST = 4, 7  # reports


@dataclass(frozen=True)
class World:
    """What all made-up flights share."""

    grid: WindGrid
    error: WindError


@dataclass(frozen=True)
class Flown:
    """One made-up flight: what is true of it, every :data:`STEP_S` from ``start_s`` on.

    ``error_normals`` is the wind's error, east and north, in standard deviations. ``right``
    (sighting,) says which reports are right about the place.
    """

    case: Case
    statics: Statics
    start_s: float
    normal: Array  # (time, 3)
    height_m: Array  # (time,)
    error_normals: Array  # (time, 2)
    right: NDArray[np.bool_]

    @property
    def time_s(self) -> Array:
        """Times since the epoch."""
        return np.asarray(self.start_s + STEP_S * np.arange(len(self.normal)), dtype=np.float64)


@lru_cache(maxsize=4)
def world(sd_mps: float = 3.0) -> World:
    """The wind, and its error of this standard deviation per component."""
    lat_deg, lon_deg = np.arange(-90.0, 91.0, 3.0), np.arange(-180.0, 181.0, 3.0)
    time_s = np.arange(0.0, SPAN_S + 7.0 * HOUR_S, 6.0 * HOUR_S)
    log_pressure = np.log([3_000.0, 5_000.0, 7_000.0, 10_000.0, 15_000.0, 21_000.0])
    # A little more of it in the north, so that it changes along the way.
    bands_deg, share = np.array([-90.0, 30.0, 60.0, 90.0]), np.array([0.9, 0.9, 1.1, 1.1])
    error = WindError(
        sigma=steady(log_pressure, bands_deg, sd_mps * np.tile(share, (len(log_pressure), 1))),
        tau_s_median=24.0 * HOUR_S,
        tau_log_sd=0.6,
        scale_log_sd=0.4,
        prior_only=False,
        statement="a made-up wind",
        basis=(),
        vertical_length_m_median=1_000.0,
        vertical_length_log_sd=0.5,
        bias_sd_mps=0.5,
    )
    return World(sampled(_flow, time_s, log_pressure, lat_deg, lon_deg), error)


def _flow(
    time_s: Array, log_pressure: Array, x: Array, y: Array, z: Array
) -> tuple[Array, Array, Array]:
    """A westerly that grows downwards, with waves: some 10 m/s at 45 degrees and 70 hPa."""
    lon, lat = np.arctan2(y, x), np.arcsin(np.clip(z, -1.0, 1.0))
    below, day = log_pressure - math.log(7_000.0), 2.0 * np.pi * time_s / 86_400.0
    cosine, sine = np.cos(lat), np.sin(lat)
    u = cosine * (12.0 + 7.0 * below + 7.0 * np.sin(5.0 * lon - day / 5.0) * np.sin(4.0 * lat))
    v = cosine * (9.0 * np.cos(6.0 * lon - day / 4.0) + 3.0 * below)
    return (
        -u * np.sin(lon) - v * sine * np.cos(lon),
        u * np.cos(lon) - v * sine * np.sin(lon),
        v * cosine,
    )


def flown(made: World, rng: Rng, hypothesis: str = DRIFTS, error_factor: float = 1.0) -> Flown:
    """Draw a flight from the priors, fly it, and draw what is reported of it.

    Parameters
    ----------
    hypothesis
        M0, or M2 with a velocity of its own.
    error_factor
        How much more the wind errs than its stated error; inference does not hear of it.
    """
    case = bare()
    launch = int(rng.choice(len(case.launches), p=[one.weight for one in case.launches]))
    normals = rng.standard_normal(dimensions(made.error, hypothesis))
    drawn = statics(case, made.error, launch, normals, hypothesis)
    table = timetable(case, Settings(dt_s=STEP_S, output_s=STEP_S), drawn)
    drift = drift_of(case, made.grid, made.error, drawn, table)
    drift = drift._replace(error_scale=drift.error_scale * error_factor)
    states = _states(drift, drawn, hypothesis, table.n_steps, rng)
    time_s = np.asarray(table.start_s + STEP_S * np.arange(len(states)), dtype=np.float64)
    suns = np.array([sun_vector(EPOCH.timestamp() + t) for t in time_s])
    normal = np.ascontiguousarray(states[:, :3])
    height_m = heights_along(drawn, time_s, normal, suns)
    told, right = _told(table.start_s, normal, height_m, rng)
    return Flown(_case(told), drawn, table.start_s, normal, height_m, states[:, 3:5], right)


def _states(drift: Drift, drawn: Statics, hypothesis: str, n_steps: int, rng: Rng) -> Array:
    """States (time, number) of a flight: its normal and the wind's error first."""
    if hypothesis == DRIFTS:
        model = balloon()
        noise = rng.standard_normal((n_steps + 1, 4))
        return np.asarray(fly(model.start, model.step, drift, noise, model.n_state))
    noise = rng.standard_normal((n_steps + 1, N_LOCAL))
    flight = rides.flight_of(drift, drawn)
    return np.asarray(fly(launched_steered, steered_step, flight, noise, N_STATE))


def _told(
    start_s: float, normal: Array, height_m: Array, rng: Rng
) -> tuple[list[Cells], NDArray[np.bool_]]:
    """Rows of sightings, and which of them are right about the place."""
    rows, right = [], []
    for index in range(int(rng.integers(_FEWEST, _MOST + 1))):
        opens_s, closes_s, about_s = hearsay.window_s(FIRST_S, LAST_S, rng)
        now = round((about_s - start_s) / STEP_S)
        cells, is_right = hearsay.place(normal[now], rng)
        when = {"time_min": hearsay.moment(opens_s), "time_max": hearsay.moment(closes_s)}
        cells |= when | hearsay.altitude(float(height_m[now]), rng)
        rows.append({"id": f"s{index}", "source": "made-up"} | cells)
        right.append(is_right)
    return rows, np.array(right)


@lru_cache(maxsize=1)
def bare() -> Case:
    """The case before anything is reported; a case has one report at least, which says nothing."""
    when = {"time_min": hearsay.moment(FIRST_S), "time_max": hearsay.moment(LAST_S)}
    return _case([{"id": "s0", "source": "made-up"} | when | hearsay.NOTHING])


def _case(sightings: list[Cells]) -> Case:
    """The case of a world, with these sightings; its cells are read as a person's would be."""
    launches = [
        {
            "id": name, "weight": weight, "lat_deg": lat, "lon_deg": lon, "position_sd": "60 km",
            "time_min": hearsay.moment(0.0), "time_max": hearsay.moment(LAUNCH_S),
            "source": "made-up",
        }
        for name, weight, lat, lon in (("south", "0.6", "43", "0"), ("north", "0.4", "49", "3"))
    ]  # fmt: skip
    source = {
        "id": "made-up", "publisher": "overflight", "published_note": "made up",
        "url": "https://example.org/made-up", "copy_status": "made up",
    }  # fmt: skip
    return Case.model_validate(
        {
            "id": "made-up",
            "title": "A made-up flight",
            "summary": "Drawn from the priors.",
            "span": {"start": hearsay.moment(0.0), "end": hearsay.moment(SPAN_S)},
            "balloon": {
                "kind": "superpressure", "diameter_min": "30 m", "diameter_max": "50 m",
                "float_altitude_min": "16 km", "float_altitude_max": "20 km",
            },
            "launches": launches,
            "plausible_area": f"{hearsay.plausible_area_m2():.0f} m2",
            "sources": [source],
            "sightings": sightings,
        }
    )  # fmt: skip
