"""A stratum of a balloon that does more than drift: flight, choices and pilot (method 4).

:mod:`overflight.inference.steering` has the compiled model; here it is filled from a case.
"""

import math

import numpy as np
from numpy.typing import NDArray

from overflight.case.model import Case
from overflight.flight.band import mean_over
from overflight.flight.hypotheses import Statics, band_m
from overflight.inference import pilot
from overflight.inference.jumps import N_CELLS, Choices
from overflight.inference.model import Model
from overflight.inference.reports import Reports
from overflight.inference.steering import BAND_PILOT, steered
from overflight.inference.twist import Linear, StandIns
from overflight.physics import atmosphere
from overflight.physics.band import Band, band_roots, band_rows
from overflight.physics.drift import Drift
from overflight.physics.ou import ou_step
from overflight.physics.sphere import n_vector
from overflight.physics.steered import N_LOCAL, Curve, Steered
from overflight.physics.windgrid import WindGrid

Array = NDArray[np.float64]

LEVEL_MEMORY_S = 12 * 3_600.0  # mean time between choices of a level (method 4)
GOAL_MEMORY_S = 48 * 3_600.0
OWN_MEMORY_S = 12 * 3_600.0  # e-folding time of the fluctuating own velocity
_REGION_MARGIN_DEG = 10.0
_HEIGHTS_M = np.arange(0.0, 45_001.0, 100.0)


def flight_of(drift: Drift, constants: Statics) -> Steered:
    """What a step needs, for one stratum."""
    heights_m = drift.level.height_m[::2]
    afloat = int(np.argmax(heights_m >= constants.float_height_m - 1.0))
    return Steered(
        drift=drift,
        curve=Curve(0.0, 100.0, np.log([atmosphere.pressure_pa(z) for z in _HEIGHTS_M])),
        afloat_step=afloat,
        climb_mps=constants.climb_mps,
        own_steady_mps=constants.own_steady_mps,
        own_gust_mps=constants.own_gust_mps,
        own_ou=ou_step(OWN_MEMORY_S, drift.dt_s),
    )


def choices_of(case: Case, constants: Statics, dt_s: float) -> Choices:
    """How levels and goals are chosen; nothing is, where the balloon keeps to its level."""
    low_m, high_m = band_m(case.balloon)
    aims = constants.strictness > 0.0
    return Choices(
        chance=-math.expm1(-dt_s / LEVEL_MEMORY_S) if constants.climb_mps > 0.0 else 0.0,
        low_m=low_m - constants.float_height_m,
        high_m=high_m - constants.float_height_m,
        beta=constants.strictness,
        goal_chance=-math.expm1(-dt_s / GOAL_MEMORY_S) if aims else 0.0,
        goals=_declared(case),
        region=_region(case),
    )


def _declared(case: Case) -> Array:
    """Unit vectors of the places that a case declares as possible goals."""
    places = [n_vector(*place) for place in case.goal_places_deg]
    return np.array(places, dtype=np.float64).reshape(-1, 3)


def _region(case: Case) -> Array:
    """South, north, west and east of what was flown over, as the sightings have it, degrees.

    A little wider than the sightings reach. The box goes the way around the globe on which they lie
    closest together; it may pass 180 degrees, and east is never west of west.
    """
    places = [(one.lat_deg, one.lon_deg) for one in case.sightings]
    places += [(one.lat_deg, one.lon_deg) for one in case.launches]
    lats = [lat for lat, _ in places]
    lons = np.sort([lon % 360.0 for _, lon in places])
    gaps = np.diff(lons, append=lons[0] + 360.0)
    widest = int(np.argmax(gaps))
    west = float(lons[(widest + 1) % len(lons)])
    east = west + 360.0 - float(gaps[widest])
    return np.array(
        [
            max(-90.0, min(lats) - _REGION_MARGIN_DEG),
            min(90.0, max(lats) + _REGION_MARGIN_DEG),
            west - _REGION_MARGIN_DEG,
            east + _REGION_MARGIN_DEG,
        ]
    )


def band_wind(case: Case, searched: WindGrid) -> WindGrid:
    """Mean wind of the heights that a balloon may choose from, for pilots."""
    low_m, high_m = band_m(case.balloon)
    heights_m = low_m + (np.arange(N_CELLS) + 0.5) / N_CELLS * (high_m - low_m)
    return mean_over(searched, [math.log(atmosphere.pressure_pa(z)) for z in heights_m])


def model_of(case: Case, constants: Statics, dt_s: float) -> Model:
    """The filter's model of a hypothesis beyond drift."""
    return steered(choices_of(case, constants, dt_s))


def find(
    flight: Steered,
    choices: Choices,
    winds: tuple[WindGrid, WindGrid],
    reports: Reports,
    noises: Array,
    known: Array,
    widths: tuple[float, ...] = pilot.NEAR,
) -> tuple[Linear, StandIns]:
    """Find the pilot of a stratum, from the noise of one that drifts or rides.

    Where levels are chosen the winds of the band are those along a neighbour's pilot; twice, where
    there is none: along the first.

    Parameters
    ----------
    winds
        The wind to search in, and what the pilot flies in: the mean over the band where levels are
        chosen, else the same.
    noises : (steps + 1, 4 or 11)
    known : (steps + 1, entry)
        Rows of a neighbour that rides the same band; empty if there is none.
    widths
        As of :func:`overflight.inference.pilot.find`.

    Returns
    -------
    linear, stand_ins
        As of :func:`overflight.inference.pilot.find`; the pilot's rows go on with the winds of the
        band, as particles need them.
    """
    n_steps = len(noises) - 1
    chooses = choices.chance > 0.0
    guess = np.zeros((n_steps + 1, N_LOCAL))
    guess[:, : noises.shape[1]] = noises
    low_m, cell_m, n_cells = 0.0, 1.0, 2
    if chooses:
        n_cells = N_CELLS
        low_m, cell_m = choices.low_m, (choices.high_m - choices.low_m) / N_CELLS
    searching = flight._replace(drift=flight.drift._replace(grid=winds[1]))
    spread = band_roots(known) if chooses and known.size else np.zeros((n_steps + 1, 3, 3))
    decay = math.exp(-flight.drift.dt_s / LEVEL_MEMORY_S)
    believe, patient = widths != pilot.AT_ONCE, not chooses
    for _ in range(2 if chooses and not known.size else 1):
        band = Band(searching, decay, spread)
        linear, standing = pilot.find(
            BAND_PILOT, band, reports, guess, widths, believe=believe, patient=patient
        )
        if chooses:
            rows = band_rows(flight, winds[0], linear.pilot, low_m, cell_m, n_cells)
            spread, guess = band_roots(rows), linear.noises
    if not chooses:
        rows = _level_rows(linear.pilot, n_cells)
    return linear._replace(pilot=rows), standing


def _level_rows(states: Array, n_cells: int) -> Array:
    """Rows of a pilot whose band has no depth."""
    rows = np.zeros((len(states), states.shape[1] + 2 + 2 * n_cells))
    rows[:, : states.shape[1]] = states
    rows[:, states.shape[1] + 1] = 1.0
    return rows
