"""When paths are within a distance of a site, found between their points too.

On a flat map about the site the way between two points of a path is straight, and a straight way
meets a circle where a quadratic says: a circle that is only grazed is found, and the crossing is
exact. Distances on the map are the ellipsoid's near the site; a case's circles reach as far as
:data:`overflight.case.watched.WIDEST_M`, where they are off by half a per cent.
"""

import numpy as np
from numpy.typing import NDArray

from overflight.case.model import Site
from overflight.fields.passages import AT_ONCE_POINTS, SHORTEST_S, Passages
from overflight.inference.posterior import Posterior
from overflight.inference.telemetry import plane
from overflight.physics.sphere import MEAN_RADIUS_M, n_vector, radii_m

Array = NDArray[np.float64]
Complex = NDArray[np.complex128]
Flags = NDArray[np.bool_]

_QUARTER_M = 1e7  # of the way around the earth: no circle and no step reaches so far


def visits(zone: str, site: Site, paths: Posterior) -> Passages:
    """Visits to the circle around a site, for a few paths at a time so that memory stays bounded.

    Parameters
    ----------
    zone
        What the visits shall be listed under.
    """
    n_paths, n_times = paths.lat_deg.shape
    step = max(AT_ONCE_POINTS // max(n_times, 1), 1)
    found = [
        _met(site, paths, np.arange(first, min(first + step, n_paths)))
        for first in range(0, n_paths, step)
    ]
    path, enter_s, exit_s, began, ended = (
        [np.concatenate(column) for column in zip(*found, strict=True)]
        if found
        else [np.zeros(0)] * 5
    )
    return Passages(
        (zone,), n_paths, path.astype(np.int64), np.full(path.size, zone), enter_s, exit_s,
        began.astype(np.bool_), ended.astype(np.bool_),
    )  # fmt: skip


def _met(
    site: Site, paths: Posterior, rows: NDArray[np.int64]
) -> tuple[NDArray[np.int64], Array, Array, Flags, Flags]:
    """Path, entry, exit of every visit of some paths, and whether it began or ended inside."""
    at = _on_map(site, paths.lat_deg[rows], paths.lon_deg[rows])
    first_share, last_share, inside = _chords(at, site.radius_m)
    row, k = np.nonzero(inside)
    low, high = first_share[row, k], last_share[row, k]
    span_s = paths.time_s[k + 1] - paths.time_s[k]
    enter_s, exit_s = paths.time_s[k] + low * span_s, paths.time_s[k] + high * span_s
    goes_on = np.zeros(row.size, dtype=np.bool_)  # this piece goes on in the next one
    goes_on[:-1] = (row[1:] == row[:-1]) & (k[1:] == k[:-1] + 1)
    goes_on[:-1] &= enter_s[1:] - exit_s[:-1] <= SHORTEST_S
    comes_on = np.append(False, goes_on[:-1])[: row.size]
    known = np.isfinite(at)
    before = np.zeros(at.shape, dtype=np.bool_)
    before[:, 1:] = known[:, :-1]
    after = np.zeros(at.shape, dtype=np.bool_)
    after[:, :-1] = known[:, 1:]
    began = (low <= 0.0) & ~before[row, k]
    ended = (high >= 1.0) & ~after[row, k + 1]
    return (
        rows[row[~comes_on]],
        enter_s[~comes_on],
        exit_s[~goes_on],
        began[~comes_on],
        ended[~goes_on],
    )


def _on_map(site: Site, lat_deg: Array, lon_deg: Array) -> Complex:
    """Places (path, time) as metres east + i north of a site, on the ellipsoid near it."""
    centre = np.array(n_vector(site.lat_deg, site.lon_deg))
    lat, lon = np.radians(lat_deg), np.radians(lon_deg)
    normal = np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], -1)
    at = plane.to_plane(centre, normal.reshape(-1, 3), 0.0).reshape(lat.shape)
    along_m, across_m = radii_m(centre[2])
    found = np.empty(at.shape, np.complex128)
    found.real, found.imag = at.real * across_m / MEAN_RADIUS_M, at.imag * along_m / MEAN_RADIUS_M
    found[~np.isfinite(lat_deg)] = np.nan
    return found


def _chords(at: Complex, radius_m: float) -> tuple[Array, Array, Flags]:
    """From which share of each step to which it lies inside a circle, (path, step), and whether.

    A step that is nowhere near is left out: on the far side of the earth the map is no map.
    """
    start, way = at[:, :-1], np.diff(at, axis=1)
    length2 = (way * way.conj()).real
    toward = (start * way.conj()).real
    beyond = (start * start.conj()).real - radius_m**2
    with np.errstate(invalid="ignore", divide="ignore"):
        root = np.sqrt(np.maximum(toward**2 - length2 * beyond, 0.0))
        near = np.maximum(abs(start), abs(at[:, 1:])) < _QUARTER_M
        meets = (toward**2 - length2 * beyond > 0.0) & near
        low = np.where(meets, np.clip((-toward - root) / length2, 0.0, 1.0), 0.0)
        high = np.where(meets, np.clip((-toward + root) / length2, 0.0, 1.0), 0.0)
        still = (length2 == 0.0) & (beyond <= 0.0)
    return low, np.where(still, 1.0, high), (meets & (high > low)) | still
