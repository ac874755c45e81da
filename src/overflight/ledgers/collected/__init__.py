"""What was in view: for how long, how near, and what no instrument there could have resolved.

Also how many people live in the ground that was in view (:mod:`.people`). For every site of a case
and every weighted path: when the balloon stood above some elevations, by
day and by night, how near it came, and the bounds that diffraction sets there (method 4). The
exposure of a site is T(e) = E[time with elevation >= e] over the paths. Nothing here says that
anything was recorded: the words are "in view" and "resolvable in principle".
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from overflight.case.model import Case, Site
from overflight.fields import skylines
from overflight.fields.population import Population
from overflight.fields.skylines import Standing
from overflight.inference.posterior import Posterior, effective_size
from overflight.inference.quantiles import Spread, monte_carlo_sd, spread, weighted_quantiles
from overflight.ledgers.collected.people import People, people_in_view
from overflight.physics import horizon, inview, resolution, swept, visible
from overflight.physics.sight import elevation_rad
from overflight.physics.sphere import n_vector
from overflight.physics.sun import sun_vector

Array = NDArray[np.float64]

ELEVATIONS_DEG = (0.0, 5.0, 10.0, 20.0, 45.0)
APERTURES_M = (0.05, 0.1, 0.2, 0.3, 0.5)  # method 4.3; ours, none is known of this balloon
FREQUENCIES_HZ = (150e6, 1.5e9, 10e9)  # method 4.3
BANDS = (("visible", resolution.VISIBLE_M), ("thermal", resolution.THERMAL_M))
MOST_PATHS = 1_000  # more are thinned to as many that are equally probable
NEVER_TIMED_BELOW = 0.01  # no quantiles of what fewer paths than this do
SWEPT = ((0, 0.5), (2, 0.25))  # rows of ELEVATIONS_DEG (the horizon, 10 degrees), cells in degrees
SWEPT_PATHS = 100  # equally probable ones
LEAST_SHARE = 0.05  # of the paths, that have a cell in view which is listed
_AT = (0.05, 0.5, 0.95)
_SITES_AT_ONCE = 20


_SMOOTH = "the ground is at sea level, and no mountain stands in the way"
_ALWAYS = (
    "no cloud; light bends as in the standard atmosphere, radio as in the mean one of ITU-R P.453",
    "apertures are examples: nothing public says what, if anything, was carried",
)


@dataclass(frozen=True)
class Level:
    """In view above one elevation. Times are given that it is in view at all."""

    elevation_deg: float
    probability: float
    probability_sd: float
    in_view: Spread | None  # time, per path
    mean_s: float  # over all paths, those that never are counted as none
    mean_day_s: float  # of it while the sun was up at the site


@dataclass(frozen=True)
class Bound:
    """What diffraction lets an aperture tell apart at the nearest; nothing says there was one.

    Quantiles 5, 50 and 95 % over the paths that come into view; ``along`` is along the ground.
    """

    band: str
    wavelength_m: float
    aperture_m: float
    across_m: tuple[float, float, float]
    along_m: tuple[float, float, float]


@dataclass(frozen=True)
class Loss:
    """What spreading alone takes from a radio signal at the nearest, in decibels."""

    frequency_hz: float
    decibels: tuple[float, float, float]


@dataclass(frozen=True)
class SiteLine:
    """One site. Triples are quantiles 5, 50 and 95 % over the paths."""

    name: str
    kind: str
    lat_deg: float
    lon_deg: float
    levels: tuple[Level, ...]  # light, with refraction
    radio: Level  # line of sight, elevation 0
    nearest_m: tuple[float, float, float] | None  # over the ground
    nearest_s: Spread | None  # when, since the case's epoch
    slant_m: tuple[float, float, float] | None  # given that it is in view
    bounds: tuple[Bound, ...]
    losses: tuple[Loss, ...]
    by_time: tuple[tuple[float, ...], ...]  # probability in view (elevation, time)


@dataclass(frozen=True)
class Ground:
    """Ground in view at one moment above an elevation; 5, 50, 95 % over paths and times."""

    elevation_deg: float
    reach_m: tuple[float, float, float]
    area_m2: tuple[float, float, float]


@dataclass(frozen=True)
class Swept:
    """Ground that is ever in view in the flight, land and sea alike, above an elevation.

    ``area_m2`` is 5, 50, 95 % over paths. ``cells`` are (latitude, longitude of the middle,
    probability that it is ever in view, mean time [s]) where at least one path in twenty has it
    in view.
    """

    elevation_deg: float
    cell_deg: float
    area_m2: tuple[float, float, float]
    cells: tuple[tuple[float, float, float, float], ...]


@dataclass(frozen=True)
class Collected:
    """Sites in the case's order, and the ground at large."""

    sites: tuple[SiteLine, ...]
    ground: tuple[Ground, ...]
    swept: tuple[Swept, ...]
    time_s: tuple[float, ...]
    n_effective: float
    n_paths: int
    people: People | None = None  # None where nobody was asked for
    assumptions: tuple[str, ...] = (_SMOOTH, *_ALWAYS)


def ledger(
    case: Case, drawn: Posterior, crowd: Population | None = None, standing: Standing | None = None
) -> Collected:
    """Account for every site of the case, and for the ground below and who lives there.

    Parameters
    ----------
    drawn
        Weighted paths; beyond :data:`MOST_PATHS` of them, equally probable ones stand for all.
    crowd
        Where people live; without it nobody is counted.
    standing
        Where the sites lie and what hills are around them, for light and then for radio; without it
        the Earth is smooth.
    """
    rows, weight = thinned(drawn)
    suns = np.array([sun_vector(drawn.epoch.timestamp() + t) for t in drawn.time_s])
    paths = _Paths(
        inview.Flown(
            drawn.lat_deg[rows], drawn.lon_deg[rows], drawn.height_m[rows], drawn.time_s, suns
        ),
        weight,
        min(effective_size(drawn.weight), float(drawn.diagnostics.distinct_ancestors)),
        standing,
    )
    light = horizon.reach(np.radians(ELEVATIONS_DEG), horizon.LIGHT).arc_m
    radio = horizon.reach(np.zeros(1), horizon.RADIO).arc_m
    arcs_m = np.concatenate([light, radio])
    lines = [
        line
        for first in range(0, len(case.sites), _SITES_AT_ONCE)
        for line in _lines(case.sites, first, paths, arcs_m)
    ]
    return Collected(
        sites=tuple(lines),
        ground=_ground(paths, light),
        swept=tuple(_swept(drawn, light, row, cell_deg) for row, cell_deg in SWEPT),
        time_s=tuple(drawn.time_s.tolist()),
        n_effective=paths.n_effective,
        n_paths=len(rows),
        **({} if standing is None else {"assumptions": (*standing.notes, *_ALWAYS)}),
        people=None if crowd is None else people_in_view(drawn, crowd, ELEVATIONS_DEG, light),
    )


@dataclass(frozen=True)
class _Paths:
    """What is flown here, with the weights of the paths."""

    flown: inview.Flown
    weight: Array
    n_effective: float
    standing: Standing | None


def thinned(drawn: Posterior) -> tuple[NDArray[np.int64], Array]:
    """Rows of the paths that are accounted for, and their weights, which sum to one."""
    if len(drawn.weight) <= MOST_PATHS:
        return np.arange(len(drawn.weight)), drawn.weight / drawn.weight.sum()
    return drawn.equal_rows(MOST_PATHS), np.full(MOST_PATHS, 1.0 / MOST_PATHS)


def _lines(every: tuple[Site, ...], first: int, paths: _Paths, arcs_m: Array) -> list[SiteLine]:
    sites = every[first : first + _SITES_AT_ONCE]
    sights = _sights(paths.standing, (first, len(sites), len(every)))
    n_paths, n_rows = len(paths.weight), len(arcs_m)
    places = np.array([n_vector(site.lat_deg, site.lon_deg) for site in sites])
    seconds = np.empty((n_paths, len(sites), n_rows, 2))
    nearest = np.empty((n_paths, len(sites), 3))
    share = np.empty((len(sites), n_rows, len(paths.flown.time_s)))
    inview.in_view(paths.flown, places, arcs_m, sights, visible.SUNSET_RAD, seconds, nearest)
    inview.share_in_view(paths.flown, paths.weight, places, arcs_m, sights, share)
    return [
        _line(site, paths, seconds[:, i], nearest[:, i], share[i]) for i, site in enumerate(sites)
    ]


def _sights(standing: Standing | None, part: tuple[int, int, int]) -> inview.Sights:
    """The skylines of some sites: for light those of the sites, for radio those after them."""
    first, number, every = part
    ups_rad = np.radians([*ELEVATIONS_DEG, 0.0])
    eyes = np.full((number, len(ups_rad)), -1, np.int64)
    if standing is None:
        return inview.Sights(skylines.none(1), eyes, ups_rad)
    of_light = np.arange(first, first + number)
    eyes[:, :-1], eyes[:, -1] = of_light[:, None], of_light + every
    eyes[~standing.lines.known[of_light]] = -1
    return inview.Sights(standing.lines, eyes, ups_rad)


def _line(site: Site, paths: _Paths, seconds: Array, nearest: Array, share: Array) -> SiteLine:
    levels = [
        _level(elevation_deg, paths, seconds[:, row])
        for row, elevation_deg in enumerate((*ELEVATIONS_DEG, 0.0))
    ]
    known = np.isfinite(nearest[:, 0])
    seen = known & (seconds[:, 0, 0] > 0.0)
    enough = float(paths.weight @ seen) >= NEVER_TIMED_BELOW
    slants_m = np.array([horizon.slant_m(arc, high) for arc, _, high in nearest[seen]])
    up_rad = np.array([elevation_rad(arc, high) for arc, _, high in nearest[seen]])
    weight = paths.weight
    return SiteLine(
        name=site.name,
        kind=site.kind,
        lat_deg=site.lat_deg,
        lon_deg=site.lon_deg,
        levels=tuple(levels[:-1]),
        radio=levels[-1],
        nearest_m=_three(nearest[known, 0], weight[known]) if known.any() else None,
        nearest_s=spread(nearest[known, 1], weight[known], paths.n_effective)
        if known.any()
        else None,
        slant_m=_three(slants_m, weight[seen]) if enough else None,
        bounds=_bounds(slants_m, up_rad, weight[seen]) if enough else (),
        losses=_losses(slants_m, weight[seen]) if enough else (),
        by_time=tuple(tuple(row) for row in share[: len(ELEVATIONS_DEG)].round(4).tolist()),
    )


def _level(elevation_deg: float, paths: _Paths, seconds: Array) -> Level:
    weight = paths.weight
    ever = seconds[:, 0] > 0.0
    probability = min(1.0, float(weight @ ever))
    timed = probability >= NEVER_TIMED_BELOW
    return Level(
        elevation_deg=elevation_deg,
        probability=probability,
        probability_sd=monte_carlo_sd(probability, paths.n_effective),
        in_view=spread(seconds[ever, 0], weight[ever], paths.n_effective * probability)
        if timed
        else None,
        mean_s=float(weight @ seconds[:, 0]),
        mean_day_s=float(weight @ seconds[:, 1]),
    )


def _bounds(slants_m: Array, up_rad: Array, weight: Array) -> tuple[Bound, ...]:
    # On the horizon the ground is seen edge on; a degree up is the lowest that is told of.
    lifted_rad = np.maximum(up_rad, math.radians(1.0))
    along = [resolution.along_m(*one) for one in zip(slants_m, lifted_rad, strict=True)]
    across_m, along_m = _three(slants_m, weight), _three(np.array(along), weight)

    def at(
        range_m: tuple[float, float, float], wavelength_m: float, aperture_m: float
    ) -> tuple[float, float, float]:
        near, middle, far = (
            resolution.diffraction_m(one, wavelength_m, aperture_m) for one in range_m
        )
        return near, middle, far

    return tuple(
        Bound(
            band=band,
            wavelength_m=wavelength_m,
            aperture_m=aperture_m,
            across_m=at(across_m, wavelength_m, aperture_m),
            along_m=at(along_m, wavelength_m, aperture_m),
        )
        for band, wavelength_m in BANDS
        for aperture_m in APERTURES_M
    )


def _losses(slants_m: Array, weight: Array) -> tuple[Loss, ...]:
    ranges_m = _three(slants_m, weight)
    found = []
    for frequency_hz in FREQUENCIES_HZ:
        near, middle, far = (resolution.free_space_loss_log(r, frequency_hz) for r in ranges_m)
        found.append(Loss(frequency_hz, (near, middle, far)))
    return tuple(found)


def _ground(paths: _Paths, arcs_m: Array) -> tuple[Ground, ...]:
    """By the heights of all paths at all times, each path weighted by its probability."""
    known = np.isfinite(paths.flown.height_m)
    if not known.any():
        return ()
    weight = np.broadcast_to(paths.weight[:, None], known.shape)[known]
    heights_m = _three(paths.flown.height_m[known], weight)
    found = []
    for row, elevation_deg in enumerate(ELEVATIONS_DEG):
        # Reach rises with height, so the quantiles of one are the other's.
        near, middle, far = (horizon.reach_m(arcs_m, row, height_m) for height_m in heights_m)
        found.append(
            Ground(
                elevation_deg=elevation_deg,
                reach_m=(near, middle, far),
                area_m2=(
                    horizon.cap_area_m2(near),
                    horizon.cap_area_m2(middle),
                    horizon.cap_area_m2(far),
                ),
            )
        )
    return tuple(found)


def _swept(drawn: Posterior, arcs_m: Array, row: int, cell_deg: float) -> Swept:
    n_lat, n_lon = round(180.0 / cell_deg), round(360.0 / cell_deg)
    areas_m2 = swept.cell_areas_m2(n_lat, n_lon)
    ever, mean_s = np.zeros((n_lat, n_lon)), np.zeros((n_lat, n_lon))
    seconds = np.empty((n_lat, n_lon))
    stands_for_s = np.gradient(drawn.time_s) if len(drawn.time_s) > 1 else np.zeros(1)
    rows, copies = np.unique(drawn.equal_rows(SWEPT_PATHS), return_counts=True)
    weight = copies / SWEPT_PATHS
    found_m2 = np.empty(len(rows))
    for number, path in enumerate(rows):
        seconds[:] = 0.0
        swept.sweep(
            drawn.lat_deg[path], drawn.lon_deg[path], drawn.height_m[path], stands_for_s, arcs_m,
            row, seconds,
        )  # fmt: skip
        ever += weight[number] * (seconds > 0.0)
        mean_s += weight[number] * seconds
        found_m2[number] = areas_m2 @ (seconds > 0.0).sum(axis=1)
    i, j = np.nonzero(ever >= LEAST_SHARE - 1e-9)
    lat_deg, lon_deg = -90.0 + (i + 0.5) * cell_deg, -180.0 + (j + 0.5) * cell_deg
    cells = np.stack([lat_deg, lon_deg, ever[i, j].round(4), mean_s[i, j].round()], axis=-1)
    return Swept(
        elevation_deg=ELEVATIONS_DEG[row],
        cell_deg=cell_deg,
        area_m2=_three(found_m2, weight),
        cells=tuple((a, b, c, d) for a, b, c, d in cells.tolist()),
    )


def _three(value: Array, weight: Array) -> tuple[float, float, float]:
    low, middle, high = weighted_quantiles(value, weight, _AT)
    return low, middle, high
