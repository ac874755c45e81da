"""A pilot that settled on the lesser of two stories is mended from a neighbour's."""

import numpy as np

from overflight.calibration import simulated, worlds
from overflight.flight.hypotheses import statics
from overflight.inference.sample import references, task_of
from overflight.inference.stratum import nearest, once_more, prepare, reference_of
from overflight.inference.work import Threads, Work

WIND_SCALE = 4  # place among the normals of the prior


def test_where_the_wind_may_err_more_a_pilot_keeps_the_better_story():
    """A made-up flight with a stray report, which a large wind error meets at little cost.

    Between two scales of the error the evidence changes smoothly, by less than a unit here; a pilot
    that begins by believing every report loses eighteen units from one to the other.
    """
    made = worlds.world()
    rng = np.random.Generator(np.random.Philox(key=1, counter=[0, 0, 0, 6]))
    flown = worlds.flown(made, rng)
    task = task_of(flown.case, made.grid, made.error, simulated.SETTINGS, int(rng.integers(2**31)))
    known = references(task, Work(Threads(1)))
    launch = flown.statics.launch
    normals = np.zeros(9)
    normals[1] = _float_normal(task, launch, flown.statics.float_height_m)

    def guide_at(scale):
        normals[WIND_SCALE] = scale
        constants = statics(task.case, task.error, launch, normals)
        return prepare(task, constants, nearest(known, constants))

    good, bad = guide_at(0.0), guide_at(1.7)
    assert bad.forecast_log < good.forecast_log - 5.0
    mended = once_more(task, bad, reference_of(good))
    assert abs(mended.forecast_log - good.forecast_log) < 2.0
    assert mended.statics == bad.statics
    assert once_more(task, good, reference_of(bad)).forecast_log >= good.forecast_log


def _float_normal(task, launch, height_m):
    """Normal of the prior at which the balloon floats at a height."""
    tried = np.linspace(-2.5, 2.5, 101)
    heights = []
    for one in tried:
        normals = np.zeros(9)
        normals[1] = one
        heights.append(statics(task.case, task.error, launch, normals).float_height_m)
    return float(tried[np.argmin(np.abs(np.array(heights) - height_m))])
