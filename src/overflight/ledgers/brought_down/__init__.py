"""Where and when it could have come down safely: an expectation of casualties along the track.

Geometry and public facts only: were it to come down from a moment of its flight, by whatever cause,
where would its pieces lie (:mod:`overflight.inference.scatter`), and how many people would they be
expected to hit, ``E = sum over classes of A_c * mean of the density where they fall`` (method 6.2;
14 CFR 450.101 for the limits, which are those of launches and serve as a yardstick only). Nobody is
taken to be sheltered and every piece to count, so the expectation is on the high side. Paths and
falls give a distribution; casualty area and population are wrong by factors that a reader is
told, not averaged over: a moment is called below the limit only where it is so with both against
it, above only where it is so with both in its favour.
"""

import numpy as np
from numpy.typing import NDArray

from overflight.case.model import Case, Geometry
from overflight.errors import InferenceError
from overflight.fields.population import Population
from overflight.inference.middle import around
from overflight.inference.scatter import Scatter
from overflight.ledgers.brought_down.answer import (
    ABOVE,
    AREA_FACTOR,
    BELOW,
    LIMIT,
    OPEN,
    PERSONNEL_LIMIT,
    QUANTILES,
    SURE,
    BroughtDown,
    Criteria,
    Footprint,
    Moment,
    Pieces,
    Remains,
    Risk,
    Way,
    Window,
)
from overflight.ledgers.brought_down.classes import falling
from overflight.ledgers.brought_down.footprint import footprint, own, typical, ways_m
from overflight.physics.debris import expected_casualties, individual_fraction
from overflight.physics.sphere import distance_m

__all__ = ["BroughtDown", "falling", "ledger"]

Array = NDArray[np.float64]


def ledger(case: Case, fell: Scatter, population: Population) -> BroughtDown:
    """Account for where it could have come down.

    Parameters
    ----------
    fell
        Falls of the classes of :func:`falling`.

    Raises
    ------
    InferenceError
        If from no moment two falls of a path end inside the wind.
    """
    told = falling(case)
    classes, ways = told.classes, told.ways
    down = np.isfinite(fell.lat_deg)
    begun = np.broadcast_to(np.isfinite(fell.from_lat_deg)[None, :, :, None], down.shape)
    several = (down.sum(axis=3) > 1).any(axis=2).all(axis=0)  # to see how they scatter
    if not several.any():
        raise InferenceError(
            found="no place from which two falls end inside the wind",
            expected="one at least",
            remedy="Bring a wind that reaches further in time and place.",
        )
    people = population.at(fell.lat_deg.ravel(), fell.lon_deg.ravel())
    density = np.where(down, people.density_perkm2.reshape(down.shape), np.nan)
    land, gridded = (one.reshape(down.shape) for one in (people.land, people.in_grid))
    moments = tuple(
        _moment(fell, int(k), (density[:, k], land[:, k]), (classes, ways), population.error_factor)
        for k in np.flatnonzero(several)
    )
    on_land = int((land & down).sum())
    missed = int((land & down & ~gridded).sum())
    outside = missed / on_land if population.grid is not None and on_land else 0.0
    return BroughtDown(
        classes=classes,
        ways=ways,
        sizes=told.sizes,
        moments=moments,
        windows=_windows(moments, ways),
        typical=tuple(typical([one.footprints[c] for one in moments]) for c in range(len(classes))),
        criteria=tuple(_criteria([one.risks[way] for one in moments]) for way in range(len(ways))),
        remains=_remains(case, fell, classes),
        step_s=float(np.diff(fell.time_s).max()) if len(fell.time_s) > 1 else 0.0,
        n_paths=down.shape[2],
        n_falls=down.shape[3],
        lost_fraction=float((begun & ~down).sum() / begun.sum()),
        outside_fraction=outside,
        wind_floor_pa=fell.wind_floor_pa,
        population=population.statement,
        population_factor=population.error_factor,
        notes=population.notes,
    )


def _moment(
    fell: Scatter,
    k: int,
    where: tuple[Array, NDArray[np.bool_]],
    told: tuple[tuple[Pieces, ...], tuple[Way, ...]],
    population_factor: float,
) -> Moment:
    density, land = where
    classes, ways = told
    flying = np.isfinite(fell.from_lat_deg[k])
    lat_deg, lon_deg = fell.from_lat_deg[k, flying], fell.from_lon_deg[k, flying]
    middle = around(lat_deg, lon_deg, np.full(len(lat_deg), 1.0 / len(lat_deg)))
    footprints = tuple(footprint(fell, c, k, land[c]) for c in range(len(classes)))
    risks = tuple(_risk(way, classes, density, footprints, population_factor) for way in ways)
    return Moment(float(fell.time_s[k]), middle.lat_deg, middle.lon_deg, footprints, risks)


def _risk(
    way: Way,
    classes: tuple[Pieces, ...],
    density: Array,
    footprints: tuple[Footprint, ...],
    population_factor: float,
) -> Risk:
    casualties, alone = np.zeros(density.shape[1]), 0.0
    for c in way.classes:
        perm2 = _path_means(density[c]) * 1e-6
        area_m2 = classes[c].area_m2
        casualties += np.array([expected_casualties(area_m2, each, 1.0) for each in perm2])
        foot = footprints[c]
        alone += individual_fraction(area_m2, foot.own_along_sd_m, foot.own_across_sd_m)
    casualties = casualties[np.isfinite(casualties)]
    factor = AREA_FACTOR * population_factor
    worst = float(np.mean(casualties * factor < LIMIT))
    best = float(np.mean(casualties / factor < LIMIT))
    return Risk(
        casualties=tuple(np.quantile(casualties, QUANTILES).tolist()),
        below_fraction=float(np.mean(casualties < LIMIT)),
        below_worst_fraction=worst,
        below_best_fraction=best,
        personnel_below_fraction=float(np.mean(casualties < PERSONNEL_LIMIT)),
        individual_fraction=alone,
        label=BELOW if worst >= SURE else ABOVE if best <= 1.0 - SURE else OPEN,
    )


def _criteria(risks: list[Risk]) -> Criteria:
    alone = [one.individual_fraction for one in risks]
    return Criteria(
        public_fraction=float(np.mean([one.below_fraction for one in risks])),
        personnel_fraction=float(np.mean([one.personnel_below_fraction for one in risks])),
        individual_least_fraction=min(alone),
        individual_most_fraction=max(alone),
    )


def _path_means(density_perkm2: Array) -> Array:
    """Mean density where each path's falls end; NaN for a path of which none is down."""
    down = np.isfinite(density_perkm2)
    number = down.sum(axis=1)
    total = np.where(down, density_perkm2, 0.0).sum(axis=1)
    return np.where(number > 0, total / np.maximum(number, 1), np.nan)


def _windows(moments: tuple[Moment, ...], ways: tuple[Way, ...]) -> tuple[Window, ...]:
    """Stretches of one label; each moment reaches half way to its neighbours."""
    time_s = np.array([one.time_s for one in moments])
    edges_s = np.concatenate([time_s[:1], 0.5 * (time_s[1:] + time_s[:-1]), time_s[-1:]])
    found = []
    for way in range(len(ways)):
        labels = [one.risks[way].label for one in moments]
        first = 0
        for k in range(1, len(labels) + 1):
            if k < len(labels) and labels[k] == labels[first]:
                continue
            part = moments[first:k]
            below = float(np.mean([one.risks[way].below_fraction for one in part]))
            number = ways[way].classes[0]
            land = float(np.mean([one.footprints[number].land_fraction for one in part]))
            bounds = float(edges_s[first]), float(edges_s[k])
            found.append(Window(way, labels[first], first, k - 1, *bounds, below, land))
            first = k
    return tuple(found)


def _remains(case: Case, fell: Scatter, classes: tuple[Pieces, ...]) -> tuple[Remains, ...]:
    """The falls from the end of the flight, beside reported remains."""
    found = []
    for sighting in case.sightings:
        if sighting.geometry is not Geometry.DEBRIS:
            continue
        for number, pieces in enumerate(classes):
            down = np.isfinite(fell.lat_deg[number, -1])
            lat_deg, lon_deg = fell.lat_deg[number, -1][down], fell.lon_deg[number, -1][down]
            if not lat_deg.size:
                continue
            middle = around(lat_deg, lon_deg, np.full(lat_deg.size, 1.0 / lat_deg.size))
            report = sighting.lat_deg, sighting.lon_deg
            off_m = distance_m(middle.lat_deg, middle.lon_deg, *report)
            from_middle_m = [
                distance_m(middle.lat_deg, middle.lon_deg, *one)
                for one in zip(lat_deg.tolist(), lon_deg.tolist(), strict=True)
            ]
            own_m = np.hypot(*(own(one) for one in ways_m(fell, number, -1)))
            further = float(np.mean(np.array(from_middle_m) > off_m))
            found.append(
                Remains(
                    sighting=sighting.id,
                    pieces=pieces.name,
                    off_m=off_m,
                    half_m=middle.half_m,
                    most_m=middle.most_m,
                    own_half_m=float(np.median(own_m)),
                    further_fraction=further,
                    position_sd_m=sighting.position_sd_m,
                )
            )
    return tuple(found)
