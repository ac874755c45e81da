"""Visits to a zone, cut to when the balloon is between two flight levels.

Flight levels are pressures. A path's pressure is the one at which it reads the wind, so a visit and
the wind that made it speak of the same air; between two points of a path the level is linear.
"""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from overflight.fields.passages import SHORTEST_S, Passages
from overflight.inference.posterior import Posterior
from overflight.physics import atmosphere

Array = NDArray[np.float64]
Bounds = tuple[float | None, float | None]  # lowest and highest pressure altitude, m


def within(found: Passages, zone: str, bounds_m: Bounds, paths: Posterior) -> Passages:
    """The same visits, those to one zone cut to when the path is between two levels.

    Parameters
    ----------
    bounds_m
        Pressure altitudes; None where there is no bound.
    """
    mine, kept = found.only(found.zone == zone), found.only(found.zone != zone)
    source: list[int] = []
    times: list[tuple[float, float]] = []
    for index, path in enumerate(mine.path.tolist()):
        visit_s = float(mine.enter_s[index]), float(mine.exit_s[index])
        inside = stretches(paths.time_s, _levels_m(paths.pressure_pa[path]), visit_s, bounds_m)
        source += [index] * len(inside)
        times += inside
    which = np.array(source, dtype=np.int64)
    enter_s, exit_s = np.array(times, dtype=np.float64).reshape(-1, 2).T
    began = mine.began_inside[which] & (enter_s <= mine.enter_s[which] + SHORTEST_S)
    ended = mine.ended_inside[which] & (exit_s >= mine.exit_s[which] - SHORTEST_S)
    cut = Passages(
        (), found.n_paths, mine.path[which], mine.zone[which], enter_s, exit_s, began, ended
    )
    return kept.joined(cut)


def _levels_m(pressure_pa: Array) -> Array:
    return np.array([atmosphere.pressure_altitude_m(one) for one in pressure_pa])


def stretches(
    time_s: Array, level_m: Array, visit_s: tuple[float, float], bounds_m: Bounds
) -> list[tuple[float, float]]:
    """Parts of a visit during which a level, linear between its times, lies within bounds."""
    low_m, high_m = bounds_m
    inner = time_s[(time_s > visit_s[0]) & (time_s < visit_s[1])]
    node_s = np.concatenate([visit_s[:1], inner, visit_s[1:]])
    known = np.isfinite(level_m)
    node_m = np.interp(node_s, time_s[known], level_m[known])
    edges_m = [edge for edge in bounds_m if edge is not None]
    found: list[tuple[float, float]] = []
    for k in range(len(node_s) - 1):
        rise_m = node_m[k + 1] - node_m[k]
        crossed = [(edge - node_m[k]) / rise_m for edge in edges_m] if rise_m else []
        shares = [0.0, *sorted(share for share in crossed if 0.0 < share < 1.0), 1.0]
        for first, last in pairwise(shares):
            middle_m = node_m[k] + 0.5 * (first + last) * rise_m
            if (low_m is not None and middle_m < low_m) or (
                high_m is not None and middle_m > high_m
            ):
                continue
            begin_s, end_s = (
                float(node_s[k] + share * (node_s[k + 1] - node_s[k])) for share in (first, last)
            )
            if found and begin_s - found[-1][1] <= SHORTEST_S:
                begin_s = found.pop()[0]
            found.append((begin_s, end_s))
    return found
