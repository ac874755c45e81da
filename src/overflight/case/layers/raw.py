"""What a file of zones holds, before anything is made of it."""

import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from overflight.errors import CaseError
from overflight.units import shorten

Corners = NDArray[np.float64]  # (corner, 2): x or longitude first

LARGEST_BYTES = 400_000_000
MOST_FEATURES = 50_000
MOST_CORNERS = 5_000_000


@dataclass
class Feature:
    """One feature: its properties as text, its outlines, its points."""

    properties: dict[str, str]
    polygons: list[list[Corners]] = field(default_factory=list)  # rings, the outer one first
    points: list[tuple[float, float]] = field(default_factory=list)
    others: list[str] = field(default_factory=list)  # kinds of geometry that are no zone


@dataclass
class Source:
    """A file of zones as it was read."""

    driver: str
    crs: str  # anything pyproj knows; '' where the file does not say
    features: list[Feature]
    notes: list[str] = field(default_factory=list)
    layer: str = ""


def refused(path: Path, found: str, expected: str, remedy: str) -> CaseError:
    """Make the error that a file cannot be used."""
    return CaseError(f"{shorten(path.name)}: {found}", expected, remedy)


def checked(path: Path) -> Path:
    """Return a path that leads to a plain file of bearable size."""
    try:
        status = path.stat()
    except (OSError, ValueError) as error:
        raise refused(
            path, "no such file", "a file of zones", "Check the name and its permissions."
        ) from error
    if not stat.S_ISREG(status.st_mode):
        raise refused(path, "not a plain file", "a file of zones", "Name the file itself.")
    if status.st_size == 0:
        raise refused(path, "an empty file", "a file of zones", "Download or export it again.")
    if status.st_size > LARGEST_BYTES:
        raise refused(
            path,
            f"a file of {status.st_size / 1e6:,.0f} MB",
            f"at most {LARGEST_BYTES / 1e6:g} MB",
            "Cut out the zones that the case asks about.",
        )
    return path


class Counter:
    """Counts features and corners, and refuses what is beyond all reason."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._features = 0
        self._corners = 0

    def feature(self) -> None:
        """Count a feature."""
        self._features += 1
        self._refuse(self._features, MOST_FEATURES, "features")

    def corners(self, number: int) -> None:
        """Count corners."""
        self._corners += number
        self._refuse(self._corners, MOST_CORNERS, "corners")

    def _refuse(self, number: int, most: int, what: str) -> None:
        if number > most:
            raise refused(
                self._path,
                f"more than {most:,} {what}",
                "fewer",
                "Cut out the zones that the case asks about, or simplify them.",
            )


def add_shape(feature: Feature, shape: Any, counter: Counter) -> None:  # noqa: ANN401
    """Add the outlines and points of a shape of shapely to a feature."""
    import shapely  # type: ignore[import-untyped]  # noqa: PLC0415 (only where needed)

    if shape is None or shape.is_empty:
        return
    if shape.geom_type == "Polygon":
        rings = [shape.exterior, *shape.interiors]
        counter.corners(int(shapely.get_num_coordinates(shape)))
        feature.polygons.append(
            [np.asarray(shapely.get_coordinates(ring), dtype=np.float64) for ring in rings]
        )
    elif shape.geom_type == "Point":
        feature.points.append((float(shape.x), float(shape.y)))
    elif hasattr(shape, "geoms"):
        for part in shape.geoms:
            add_shape(feature, part, counter)
    else:
        feature.others.append(shape.geom_type)
