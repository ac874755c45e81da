"""Polygons laid out by cell, as :mod:`overflight.physics.crossing` needs them."""

import numpy as np
import numpy.typing as npt

from overflight.physics.crossing import AT_COLUMN, AT_ROW, CELL_DEG, N_COLUMNS, N_ROWS, Cells

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int64]

_BESIDE_DEG = 1e-9  # an edge this near to a cell is one of its edges
_N_CELLS = N_ROWS * N_COLUMNS


def of_edges(edges_deg: Floats, edge_zone: Indices) -> Cells:
    """Lay out polygons by their edges.

    Parameters
    ----------
    edges_deg : (edge, end, 2)
        Longitude and latitude, within [-180, 180]: polygons are cut at the antimeridian.
    edge_zone : (edge,)
        Each zone's edges form closed rings; it is what an odd number of its edges surrounds.
    """
    cell, edge = _touched(edges_deg)
    order = np.lexsort((edge_zone[edge], cell))
    cell, edge = cell[order], edge[order]
    point_cell, zone = _holding(edges_deg, edge_zone)
    order = np.lexsort((zone, point_cell))
    return Cells(
        _starts(cell),
        np.ascontiguousarray(edges_deg[edge].reshape(-1, 4)),
        edge_zone[edge].astype(np.int32),
        _starts(point_cell),
        zone[order].astype(np.int32),
        _quiet(cell),
    )


def _starts(cell: Indices) -> npt.NDArray[np.int32]:
    """Where the entries of each cell begin once they are sorted by cell."""
    counts = np.bincount(cell, minlength=_N_CELLS)
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)


def _quiet(busy_cell: Indices) -> npt.NDArray[np.bool_]:
    """Whether neither a cell nor any beside it has an edge; the map goes around."""
    busy = np.zeros((N_ROWS + 2, N_COLUMNS), dtype=np.bool_)
    busy[1:-1].ravel()[busy_cell] = True
    busy |= np.roll(busy, 1, axis=1) | np.roll(busy, -1, axis=1)
    return np.asarray(~(busy[:-2] | busy[1:-1] | busy[2:])).ravel()


def _runs(first: Indices, last: Indices) -> tuple[Indices, Indices]:
    """All whole numbers from first to last of each, and of which one: ([3, 4, 9], [0, 0, 1])."""
    counts = np.maximum(last - first + 1, 0)
    of = np.repeat(np.arange(counts.size), counts)
    before = np.cumsum(counts) - counts
    return first[of] + np.arange(of.size) - before[of], of


def _row(lat_deg: Floats) -> Indices:
    return np.clip(np.floor((lat_deg + 90.0) / CELL_DEG), 0, N_ROWS - 1).astype(np.int64)


def _column(lon_deg: Floats) -> Indices:
    return np.clip(np.floor((lon_deg + 180.0) / CELL_DEG), 0, N_COLUMNS - 1).astype(np.int64)


def _touched(edges_deg: Floats) -> tuple[Indices, Indices]:
    """Every cell that an edge touches, and that edge: row by row, the columns of the part in it."""
    (x1, y1), (x2, y2) = edges_deg[:, 0].T, edges_deg[:, 1].T
    low, high = np.minimum(y1, y2) - _BESIDE_DEG, np.maximum(y1, y2) + _BESIDE_DEG
    row, edge = _runs(_row(low), _row(high))
    bottom = np.clip(row * CELL_DEG - 90.0 - _BESIDE_DEG, low[edge], high[edge])
    top = np.clip((row + 1) * CELL_DEG - 90.0 + _BESIDE_DEG, low[edge], high[edge])
    rise = (y2 - y1)[edge]
    with np.errstate(divide="ignore", invalid="ignore"):
        ends = [
            np.clip((level - y1[edge]) / rise, 0.0, 1.0) * (x2 - x1)[edge] + x1[edge]
            for level in (bottom, top)
        ]
    flat = np.abs(rise) < _BESIDE_DEG
    west = np.where(flat, np.minimum(x1, x2)[edge], np.minimum(*ends)) - _BESIDE_DEG
    east = np.where(flat, np.maximum(x1, x2)[edge], np.maximum(*ends)) + _BESIDE_DEG
    column, part = _runs(_column(west), _column(east))
    return row[part] * N_COLUMNS + column, edge[part]


def _holding(edges_deg: Floats, edge_zone: Indices) -> tuple[Indices, Indices]:
    """Every cell whose point a zone holds, and that zone: between every other two edges."""
    (x1, y1), (x2, y2) = edges_deg[:, 0].T, edges_deg[:, 1].T
    low, high = np.minimum(y1, y2), np.maximum(y1, y2)
    # Rows whose point lies in [low, high): each corner belongs to one of its edges.
    first = np.ceil((low + 90.0) / CELL_DEG - AT_ROW).astype(np.int64)
    last = np.ceil((high + 90.0) / CELL_DEG - AT_ROW).astype(np.int64) - 1
    row, edge = _runs(first, last)
    at_deg = (row + AT_ROW) * CELL_DEG - 90.0
    met = x1[edge] + (at_deg - y1[edge]) / (y2 - y1)[edge] * (x2 - x1)[edge]
    order = np.lexsort((met, row, edge_zone[edge]))
    row, met, zone = row[order], met[order], edge_zone[edge][order]
    begin, end = met[::2], met[1::2]  # of one row and zone: rings are closed
    column, pair = _runs(
        np.ceil((begin + 180.0) / CELL_DEG - AT_COLUMN).astype(np.int64),
        np.ceil((end + 180.0) / CELL_DEG - AT_COLUMN).astype(np.int64) - 1,
    )
    return row[::2][pair] * N_COLUMNS + column, zone[::2][pair]
