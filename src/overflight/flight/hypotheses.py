"""How the balloon could have moved, and what is unknown about it for a whole flight.

M0, passive drift, has no engine and chooses nothing: it goes with the air at its float level. M1a
chooses another level now and then, M1b so that the wind there takes it where it wants to go; M2
drifts and has a velocity of its own; M12 does what M1a and M2 do (method 4).

What is unknown for a whole flight (method 2, 3) is drawn here once per stratum, from priors that
are stated as a table and printed in every account:

    launch            one of the case's candidates, with the case's weights
    launch time       uniform over the candidate's window
    float density     log-uniform over the case's float band (a superpressure balloon keeps the
                      density of the air around it; method 2)
    slow drift        normal, 100 m a day: gas lost, ballast dropped
    day-night swing   half-normal, 60 m (superpressure) or 2 km (zero-pressure)
    wind-error scale  log-normal with the wind's own width, mean square kept (method 3)
    wind-error time   log-normal around the wind's own median
    wind-error height log-normal around the wind's own median, where that wind has one
    wind-error bias   normal, east and north, where that wind has one
    rate of climb     uniform, 0.5 to 3 m/s, of balloons that choose levels; these have no float
                      density and no slow drift
    strictness of aim 1, 3 or 10, as likely (M1b)
    own velocity      sd of the steady part 1, 3 or 7 m/s, of the fluctuating part 0.3, 1.5 or
                      4 m/s, all as likely (M2, M12)

Apart from the launch they are six numbers or a few more; in the space of their normal quantiles the
prior is a standard normal, which is where :mod:`overflight.inference.outer` searches.
"""

import math
from dataclasses import dataclass, replace
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from overflight.case.model import Balloon, Case, Launch
from overflight.fields.error import WindError
from overflight.physics import atmosphere

DRIFTS, WANDERS, AIMS, DRIVES, BOTH = "M0", "M1a", "M1b", "M2", "M12"
HYPOTHESES = (DRIFTS, WANDERS, AIMS, DRIVES, BOTH)
CHOOSE_LEVELS, HAVE_ENGINES = (WANDERS, AIMS, BOTH), (DRIVES, BOTH)

CLIMB_MPS = (0.5, 3.0)
STRICTNESS = (1.0, 3.0, 10.0)
STEADY_MPS, GUST_MPS = (1.0, 3.0, 7.0), (0.3, 1.5, 4.0)

SWING_SD_M = {"superpressure": 60.0, "zero-pressure": 2_000.0, "unknown": 60.0}
SLOW_DRIFT_SD_MPS = 100.0 / 86_400.0
_NORMAL = NormalDist()

Array = NDArray[np.float64]


class Aloft(Launch):
    """A start in flight instead of a launch: made by the program, never read from a case.

    The balloon is at its float level from ``time_min`` on, which is also ``time_max``.
    """


@dataclass(frozen=True)
class Statics:
    """One draw of all that stays the same during a flight."""

    launch: int
    launch_s: float
    float_height_m: float
    slow_drift_mps: float
    swing_m: float
    wind_scale: float
    tau_s: float
    vertical_length_m: float = math.inf  # the error does not fade with height
    bias_u_mps: float = 0.0
    bias_v_mps: float = 0.0
    climb_mps: float = 0.0  # 0 where it chooses no levels
    strictness: float = 0.0  # 0 where it does so without aim
    own_steady_mps: float = 0.0
    own_gust_mps: float = 0.0
    aloft: bool = False  # at its float level from the start, with no climb


DIMENSIONS = 6  # launch time, float density, slow drift, swing, wind scale, wind-error time


def dimensions(error: WindError, hypothesis: str = DRIFTS) -> int:
    """How many numbers are unknown besides the launch: six, and what else there is.

    The wind's error adds one for a vertical length and two for a bias; a hypothesis one for a rate
    of climb, one for an aim, two for a velocity of its own.
    """
    more = (error.vertical_length_m_median is not None) + 2 * (error.bias_sd_mps > 0.0)
    more += (hypothesis in CHOOSE_LEVELS) + (hypothesis == AIMS) + 2 * (hypothesis in HAVE_ENGINES)
    return DIMENSIONS + more


def statics(
    case: Case, error: WindError, launch: int, normals: Array, hypothesis: str = DRIFTS
) -> Statics:
    """The constants at a point of the prior.

    Parameters
    ----------
    launch
        Index of the launch candidate.
    normals : (dimension,)
        Standard normals, one for each unknown (:func:`dimensions`): the prior is a standard
        normal in this space.
    """
    unit = np.array([_NORMAL.cdf(float(value)) for value in normals])
    common = dimensions(error)
    drawn = _statics(case, case.launches[launch], launch, error, unit[:common])
    return _steered(case, hypothesis, drawn, [float(value) for value in unit[common:]])


def band_m(balloon: Balloon) -> tuple[float, float]:
    """Heights that a balloon may choose from."""
    return balloon.float_altitude_min_m, balloon.float_altitude_max_m


def _steered(case: Case, hypothesis: str, drawn: Statics, unit: list[float]) -> Statics:
    """Add what a hypothesis beyond drift leaves unknown."""
    left = iter(unit)
    if hypothesis in CHOOSE_LEVELS:
        low, high = CLIMB_MPS
        drawn = replace(
            drawn,
            float_height_m=0.5 * sum(band_m(case.balloon)),
            slow_drift_mps=0.0,
            climb_mps=low + next(left) * (high - low),
        )
    if hypothesis == AIMS:
        drawn = replace(drawn, strictness=_one_of(STRICTNESS, next(left)))
    if hypothesis in HAVE_ENGINES:
        steady, gust = _one_of(STEADY_MPS, next(left)), _one_of(GUST_MPS, next(left))
        drawn = replace(drawn, own_steady_mps=steady, own_gust_mps=gust)
    return drawn


def _one_of(values: tuple[float, ...], fraction: float) -> float:
    return values[min(int(fraction * len(values)), len(values) - 1)]


def even_normals(n: int, seed: int, stream: int, n_dimensions: int = DIMENSIONS) -> Array:
    """Points that fill a standard normal of many dimensions evenly, shape (n, n_dimensions).

    A Latin hypercube (McKay, Beckman & Conover 1979) through the normal quantile: every unknown
    alone is filled evenly, and together they are independent.
    """
    rng = np.random.Generator(np.random.Philox(key=seed, counter=[0, 0, 0, stream]))
    ranks = rng.permuted(np.tile(np.arange(n), (n_dimensions, 1)), axis=1).T
    unit = (ranks + rng.random((n, n_dimensions))) / n
    return np.array(
        [[_NORMAL.inv_cdf(min(max(float(u), 1e-12), 1.0 - 1e-12)) for u in row] for row in unit]
    )


def _statics(case: Case, launch: Launch, index: int, error: WindError, unit: Array) -> Statics:
    inside = np.clip(unit, 1e-6, 1.0 - 1e-6)
    opens_s = (launch.time_min - case.epoch).total_seconds()
    closes_s = (launch.time_max - case.epoch).total_seconds()
    scale = error.scale_log_sd
    length_m, bias_mps = _further(error, inside[DIMENSIONS:])
    return Statics(
        launch=index,
        launch_s=opens_s + float(inside[0]) * (closes_s - opens_s),
        float_height_m=_float_height_m(case.balloon, float(inside[1])),
        slow_drift_mps=SLOW_DRIFT_SD_MPS * _NORMAL.inv_cdf(float(inside[2])),
        swing_m=SWING_SD_M[case.balloon.kind] * abs(_NORMAL.inv_cdf(float(inside[3]))),
        wind_scale=math.exp(scale * _NORMAL.inv_cdf(float(inside[4])) - scale**2),
        tau_s=error.tau_s_median * math.exp(error.tau_log_sd * _NORMAL.inv_cdf(float(inside[5]))),
        vertical_length_m=length_m,
        bias_u_mps=bias_mps[0],
        bias_v_mps=bias_mps[1],
        aloft=isinstance(launch, Aloft),
    )


def begun_at(statics: Statics, launch_s: float) -> Statics:
    """The same flight, told from another moment on: a float level that drifts is another then."""
    moved_m = statics.slow_drift_mps * (launch_s - statics.launch_s)
    return replace(statics, launch_s=launch_s, float_height_m=statics.float_height_m + moved_m)


def _further(error: WindError, unit: Array) -> tuple[float, tuple[float, float]]:
    """Vertical length and bias, where the wind's error has them."""
    normals = [_NORMAL.inv_cdf(float(value)) for value in unit]
    length_m = math.inf
    if error.vertical_length_m_median is not None:
        spread = error.vertical_length_log_sd * normals.pop(0)
        length_m = error.vertical_length_m_median * math.exp(spread)
    if error.bias_sd_mps > 0.0:
        return length_m, (error.bias_sd_mps * normals[0], error.bias_sd_mps * normals[1])
    return length_m, (0.0, 0.0)


def _float_height_m(balloon: Balloon, fraction: float) -> float:
    """Height of the ``fraction`` point of a log-uniform density prior over the float band."""
    thick = math.log(atmosphere.density_kgm3(balloon.float_altitude_min_m))
    thin = math.log(atmosphere.density_kgm3(balloon.float_altitude_max_m))
    return float(atmosphere.height_m_of_density(math.exp(thick + fraction * (thin - thick))))
