"""What interpolation adds to a wind's error: between its times, nodes and levels.

The estimate comes from the file itself. Every other field, row or column is left out and
interpolated from its neighbours; the mean square miss at two spacings gives a power law, continued
to half the smaller one, which is the file's own (:func:`structure.exponent_at_half`). Where a file
is too short for that, or a gap longer than what it can show, tabulated changes of the wind stand in
(:mod:`overflight.fields.structure`).

Between evenly spaced fields the miss comes and goes faster than a flight notices; its mean square
over the interval is taken, one number for all times. A gap of more than one and a half usual steps
(the night of a file of day hours) gets its own course: the neighbours' value at its ends, the most
in its middle. Half way between two levels the miss is largest too, and zero on a level.

It does not know what the file's own model never resolved: that is part of the error of the source,
which was measured against interpolated analyses.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from overflight.fields import structure

Array = NDArray[np.float64]
Part = dict[str, int | slice | NDArray[np.int64]]

DEGREE_M = 111_195.0
SCALE_HEIGHT_M = 6_342.0  # near 19 km; turns ln p into metres, for thicknesses only
LONG = 1.5  # usual steps that make a gap of its own
_MOST_FIELDS, _MOST_NODES = 12, 96  # what is looked at, per estimate and along an axis
_LONE_H = (0.0, 1.0, 3.0, 6.0, 12.0, 24.0, 48.0)
_SHARES = (0.25, 0.5, 0.75)


@dataclass(frozen=True)
class Interpolation:
    """Mean square error per component that interpolation adds, m2/s2.

    ``time_s`` counts from the wind's first time; one entry means the same at all times.
    """

    time_s: Array  # (node,)
    time_variance: Array  # (node, level)
    space_variance: Array  # (level,)
    layer_variance: Array  # (level - 1,), half way between two levels
    basis: tuple[str, ...]

    def typical_mps(self, level: int) -> float:
        """Standard deviation per component on a level at most times."""
        at_most = float(np.median(self.time_variance[:, level]))
        return math.sqrt(at_most + float(self.space_variance[level]))

    def worst_mps(self, level: int) -> float:
        """The same where time is interpolated worst: in the middle of the longest gap."""
        at_worst = float(np.max(self.time_variance[:, level]))
        return math.sqrt(at_worst + float(self.space_variance[level]))

    def words(self, level: int) -> str:
        """What interpolation adds on a level, for people."""
        usual, worst = self.typical_mps(level), self.worst_mps(level)
        if self.time_s[0] < 0.0:  # one field, which ages both ways
            nodes = math.sqrt(float(self.space_variance[level]))
            return (
                f"interpolation adds {nodes:.1f} m/s; one time only, {worst:.1f} more two days off"
            )
        told = f"interpolation adds {usual:.1f} m/s"
        return told if worst < 1.5 * usual else f"{told}, up to {worst:.1f} in gaps of time"


def of_field(wind: xr.Dataset) -> Interpolation:
    """Estimate what interpolation in a canonical wind misses."""
    time_s, by_time, told = _in_time(wind)
    by_row, told_row = _along(wind, "lat_deg")
    by_column, told_column = _along(wind, "lon_deg")
    basis = (
        f"interpolation in time: {told}",
        f"interpolation in the horizontal: {told_row}; {told_column}",
        "interpolation between levels: none on a level, most half way between two",
        f"tabulated changes of the wind, where used: {structure.VALID}",
    )
    return Interpolation(time_s, by_time, by_row + by_column, _between_levels(wind), basis)


def seconds(wind: xr.Dataset) -> Array:
    """Times since the first, s."""
    moments = wind["time"].values
    return np.asarray((moments - moments[0]) / np.timedelta64(1, "s"), dtype=np.float64)


def _in_time(wind: xr.Dataset) -> tuple[Array, Array, str]:
    """Nodes in time, mean squares (node, level), and how they were found."""
    time_s = seconds(wind)
    level = structure.level_factor(wind["pressure_pa"].values.astype(np.float64)) ** 2
    if len(time_s) == 1:
        lags_s = np.array(_LONE_H) * 3_600.0
        nodes_s = np.concatenate([-lags_s[:0:-1], lags_s])
        lone = structure.change(np.abs(nodes_s) + 1e-6)[:, None] * level
        return nodes_s, lone, "one field only; it ages by the tabulated change of the wind"
    gaps_s = np.diff(time_s)
    usual_s = float(np.median(gaps_s))
    known_s, known, samples = _left_out_times(wind, time_s, usual_s)
    if len(known_s):
        told = f"every other field left out, {_hours(known_s[0])} apart and wider"
    else:
        known_s, known = _from_change(wind, time_s)
        told = "too few fields to leave one out; tabulated changes, scaled by this wind's own"
    usual = structure.usual_exponent(float(known_s[0]))
    law = _Law(known_s, known, structure.change, usual, samples)
    short = law.mean(np.minimum(gaps_s, LONG * usual_s))
    if gaps_s.max() <= LONG * usual_s:
        return np.zeros(1), short.mean(axis=0)[None], told
    is_long = gaps_s > LONG * usual_s
    midway = np.minimum(law.midway(gaps_s), _most(wind, gaps_s, is_long, level))
    nodes_s, values = _with_gaps(time_s, is_long, short, midway)
    count, widest_h = int(is_long.sum()), gaps_s.max() / 3_600.0
    return nodes_s, values, f"{told}; {count} longer gaps, up to {widest_h:.0f} h, on their own"


def _most(wind: xr.Dataset, gaps_s: Array, is_long: NDArray[np.bool_], level: Array) -> Array:
    """Bound of the midway error of long gaps: 3/4 of the mean square change across them.

    D(T/2) - D(T)/4 with a D that does not fall. Few gaps tell their change badly, so that the mean
    of theirs and of the tabulated one is taken.
    """
    chosen = np.flatnonzero(is_long)[:_MOST_FIELDS]
    changes = [_missed(wind, {"time": i}, {"time": i + 1}, {"time": i}, 0.0) for i in chosen]
    own = np.mean(_positive(np.array(changes)), axis=0)
    return np.asarray(0.375 * (own + structure.change(gaps_s)[:, None] * level))


def _with_gaps(
    time_s: Array, is_long: NDArray[np.bool_], short: Array, midway: Array
) -> tuple[Array, Array]:
    """Nodes at all times and inside the long gaps, and their mean squares (node, level)."""
    nodes_s, values = [], []
    for index in range(len(time_s)):
        beside = [gap for gap in (index - 1, index) if 0 <= gap < len(is_long)]
        usual = [gap for gap in beside if not is_long[gap]]
        nodes_s.append(time_s[index])
        values.append(np.mean(short[usual], axis=0) if usual else np.zeros(short.shape[1]))
        if index < len(is_long) and is_long[index]:
            for share in _SHARES:
                nodes_s.append((1.0 - share) * time_s[index] + share * time_s[index + 1])
                values.append(4.0 * share * (1.0 - share) * midway[index])
    return np.array(nodes_s), np.array(values)


@dataclass(frozen=True)
class _Law:
    """The midway error by spacing: measured at some, continued at both ends."""

    spacing: Array  # (measured,), increasing
    variance: Array  # (measured, level)
    tabulated: Callable[[Array], Array]
    usual_exponent: float  # of such winds below the smallest spacing
    samples: int  # independent cases behind the exponent that was measured

    def exponent(self) -> Array:
        """Power of the spacing below the smallest that was measured, by level.

        A few cases tell it badly: they count against the usual one, which weighs two.
        """
        usual = np.full(self.variance.shape[1], self.usual_exponent)
        if len(self.spacing) < 2:
            return usual
        seen = np.log(self.variance[1] / self.variance[0])
        own = structure.exponent_at_half(seen / np.log(self.spacing[1] / self.spacing[0]))
        return np.asarray((self.samples * own + 2.0 * usual) / (self.samples + 2.0))

    def midway(self, spacing: Array) -> Array:
        """Mean square half way between nodes so far apart, (spacing, level)."""
        wanted, first, last = np.log(spacing), self.spacing[0], self.spacing[-1]
        inside = np.stack(
            [np.exp(np.interp(wanted, np.log(self.spacing), np.log(v))) for v in self.variance.T],
            axis=-1,
        )
        shorter = np.minimum(spacing / first, 1.0)[:, None] ** self.exponent()
        ends = structure.midway(self.tabulated, np.append(np.maximum(spacing, last), last))
        return np.asarray(inside * shorter * (ends[:-1] / ends[-1])[:, None])

    def mean(self, spacing: Array) -> Array:
        """Mean square over the whole interval: two thirds of midway if rough, 8/15 if smooth."""
        share = 2.0 / 3.0 - (2.0 / 45.0) * np.clip(self.exponent() - 1.0, 0.0, 3.0)
        return self.midway(spacing) * share


def _left_out_times(wind: xr.Dataset, time_s: Array, usual_s: float) -> tuple[Array, Array, int]:
    """Midway errors from fields that stand half way between two others.

    Returns their spacings, the mean squares (spacing, level), and how many fields stand in the
    middle of the second spacing.
    """
    place = {round(float(t) / 60.0): index for index, t in enumerate(time_s)}
    spacings, found, samples = [], [], []
    for steps in (1, 2, 4, 8):
        half = round(steps * usual_s / 60.0)
        triples = [
            (place[minute - half], index, place[minute + half])
            for minute, index in place.items()
            if minute - half in place and minute + half in place
        ]
        if not triples:
            continue
        every = -(-len(triples) // _MOST_FIELDS)
        chosen = triples[::every]
        sums = [_missed(wind, {"time": a}, {"time": b}, {"time": c}, 0.5) for a, b, c in chosen]
        spacings.append(2.0 * half * 60.0)
        found.append(np.mean(sums, axis=0))
        samples.append(len(chosen))
    return np.array(spacings), _positive(np.array(found)), samples[1] if len(samples) > 1 else 0


def _from_change(wind: xr.Dataset, time_s: Array) -> tuple[Array, Array]:
    """The tabulated midway error, scaled by how much this wind changes from field to field."""
    step_s = np.diff(time_s)
    changed = _positive(
        np.array(
            [
                _missed(wind, {"time": i}, {"time": i + 1}, {"time": i}, 0.0)
                for i in range(min(len(step_s), _MOST_FIELDS))
            ]
        )
    )
    ratio = np.mean(changed / structure.change(step_s[: len(changed)])[:, None], axis=0)
    spacing_s = np.array([float(np.median(step_s))])
    return spacing_s, structure.midway(structure.change, spacing_s)[:, None] * ratio


def _along(wind: xr.Dataset, dim: str) -> tuple[Array, str]:
    """Mean square over a cell by level, from rows or columns that were left out."""
    axis = wind[dim].values.astype(np.float64)
    name = "rows" if dim == "lat_deg" else "columns"
    n_levels = wind.sizes["pressure_pa"]
    if len(axis) == 1:
        return np.zeros(n_levels), f"one of {name} only, nothing to interpolate"
    step_deg = float(np.median(np.diff(axis)))
    spacings, found = [], []
    for steps in (1, 2, 4):
        if 2 * steps < len(axis):
            spacings.append(2.0 * steps * step_deg)
            found.append(_left_out_nodes(wind, dim, steps, step_deg))
    if found:
        many = len(axis) * wind.sizes["time"]
        law = _Law(np.array(spacings), _positive(np.array(found)), structure.apart, 2.0, many)
        return law.mean(np.array([step_deg]))[0], f"every other of {name} left out"
    wide = np.cos(np.radians(wind["lat_deg"].values.mean())) if dim == "lon_deg" else 1.0
    spacing_m = np.array([step_deg * DEGREE_M * max(float(wide), 0.05)])
    level = structure.level_factor(wind["pressure_pa"].values.astype(np.float64)) ** 2
    midway = structure.midway(structure.apart, spacing_m)
    return np.asarray(midway * 2.0 / 3.0 * level), f"too few {name}, tabulated differences"


def _left_out_nodes(wind: xr.Dataset, dim: str, steps: int, step_deg: float) -> Array:
    """Mean square miss, as half way, where a row or column is left out between two others."""
    axis = wind[dim].values.astype(np.float64)
    n = len(axis)
    inner = np.arange(steps, n - steps)
    # Across the outside of a box that straddles 180 degrees nothing is interpolated.
    inner = inner[axis[inner + steps] - axis[inner - steps] < 2.0 * steps * step_deg * LONG]
    inner = inner[:: -(-len(inner) // _MOST_NODES)] if len(inner) else inner
    times = np.unique(np.linspace(0, wind.sizes["time"] - 1, 4).round().astype(int))
    share = (axis[inner] - axis[inner - steps]) / (axis[inner + steps] - axis[inner - steps])
    squares = [
        _missed(
            wind,
            {"time": t, dim: inner - steps},
            {"time": t, dim: inner},
            {"time": t, dim: inner + steps},
            share.reshape((-1, 1) if dim == "lat_deg" else (1, -1)),
        )
        for t in times
    ]
    usual = 4.0 * float(np.mean(share * (1.0 - share))) if len(inner) else 1.0
    return np.asarray(np.mean(squares, axis=0) / usual)


def _between_levels(wind: xr.Dataset) -> Array:
    """Mean square half way between neighbouring levels."""
    log_p = np.log(wind["pressure_pa"].values.astype(np.float64))
    thick_m = SCALE_HEIGHT_M * np.diff(log_p)
    middle_pa = np.exp(0.5 * (log_p[:-1] + log_p[1:]))
    told = structure.midway(structure.above, thick_m) * structure.level_factor(middle_pa) ** 2
    if len(log_p) < 3:
        return np.asarray(told)
    times = np.unique(np.linspace(0, wind.sizes["time"] - 1, 4).round().astype(int))
    inner = np.arange(1, len(log_p) - 1)
    share = (log_p[inner] - log_p[inner - 1]) / (log_p[inner + 1] - log_p[inner - 1])
    missed = [
        _missed(
            wind,
            {"time": t, "pressure_pa": inner - 1},
            {"time": t, "pressure_pa": inner},
            {"time": t, "pressure_pa": inner + 1},
            share[:, None, None],
        )
        for t in times
    ]
    midway = _positive(np.mean(missed, axis=0)[None])[0] / (4.0 * share * (1.0 - share))
    width_m = thick_m[:-1] + thick_m[1:]
    beside = [
        [i for i in (layer - 1, layer) if 0 <= i < len(midway)] for layer in range(len(thick_m))
    ]
    return np.array(
        [np.mean(midway[i] * (thick_m[layer] / width_m[i]) ** 3) for layer, i in enumerate(beside)]
    )


def _missed(
    wind: xr.Dataset,
    before: Part,
    left_out: Part,
    after: Part,
    share: float | Array,
) -> Array:
    """Mean square of a component: what is left out against the interpolation; by level."""
    every: Part = {
        dim: slice(None, None, max(1, wind.sizes[dim] // _MOST_NODES))
        for dim in ("lat_deg", "lon_deg")
    }
    rows = wind["lat_deg"].values.astype(np.float64)[{**every, **left_out}["lat_deg"]]
    weight = np.cos(np.radians(rows))[:, None] + 1e-6
    total, count = np.zeros(1), np.zeros(1)
    for name in ("u_mps", "v_mps"):
        low, middle, high = (
            wind[name].isel({**every, **part}).values.astype(np.float64)
            for part in (before, left_out, after)
        )
        squares = (middle - (1.0 - share) * low - share * high) ** 2
        known = np.isfinite(squares)
        total = total + (np.where(known, squares, 0.0) * weight).sum(axis=(-2, -1))
        count = count + (known * weight).sum(axis=(-2, -1))
    return np.where(count > 0.0, total / np.maximum(count, 1e-12), np.nan)


def _positive(variance: Array) -> Array:
    """Levels without data get the mean of the others; nothing is exactly zero."""
    if not variance.size:
        return variance
    mean = np.nanmean(variance) if np.isfinite(variance).any() else 1.0
    return np.maximum(np.where(np.isfinite(variance), variance, mean), 1e-8)


def _hours(time_s: float) -> str:
    return f"{time_s / 3_600.0:g} h"
