"""The skylines of the observers and sites of a case, from a grid of the ground's height.

Who is said to stand deeper than the grid's cells may be wrong is inside a mountain, and refused;
who stands a little too deep is lifted onto the ground, and that is said.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from overflight.errors import FieldError
from overflight.fields.elevation import AROUND_BYTES, FURTHEST_M, Elevation
from overflight.physics import horizon, skyline
from overflight.physics.skyline import Skylines

Array = NDArray[np.float64]

EYE_M = 2.0  # above the ground, of who says no height
_SLACK_M = 30.0  # below the ground, of who is lifted: cells are a mean of what they hold
_SLACK_SLOPE = 0.2  # and so much of a cell's width: the ground is not level within it
_MOST_SLACK_M = 300.0


@dataclass(frozen=True)
class Eye:
    """A place that looks: ``height_m`` above the sea, None to stand on the ground."""

    name: str
    lat_deg: float
    lon_deg: float
    height_m: float | None
    band: int


@dataclass(frozen=True)
class Standing:
    """What the grid says of eyes, in their order: heights used, skylines, and what was done."""

    heights_m: tuple[float, ...]
    lines: Skylines
    highest_rad: tuple[float, ...]  # of every skyline
    notes: tuple[str, ...]

    def only(self, rows: Sequence[int]) -> "Standing":
        """Some of the eyes, in another order; the notes are those of all."""
        at = np.asarray(rows, dtype=np.int64)
        return Standing(
            tuple(self.heights_m[row] for row in rows),
            Skylines(*(part[at].copy() for part in self.lines)),  # type: ignore[arg-type]
            tuple(self.highest_rad[row] for row in rows),
            self.notes,
        )


def standing(ground: Elevation, eyes: Sequence[Eye]) -> Standing:
    """Put eyes onto the ground and look around.

    Raises
    ------
    FieldError
        If an eye is inside a mountain, or no eye lies in the grid.
    """
    rows = np.zeros((len(eyes), skyline.N_AZIMUTHS))
    tables = np.zeros((len(eyes), skyline.N_ANGLES, horizon.N_NODES))
    dips_rad, known = np.zeros(len(eyes)), np.zeros(len(eyes), np.bool_)
    heights_m, highest_rad, notes = [], [], []
    for number, eye in enumerate(eyes):
        ground_m = ground.height_m(eye.lat_deg, eye.lon_deg)
        if ground_m is None:
            heights_m.append(max(eye.height_m or 0.0, 0.0))
            highest_rad.append(0.0)
            notes.append(f"{eye.name} lies outside {ground.name}: a smooth Earth is taken there")
            continue
        height_m, note = _stands(ground, eye, ground_m)
        notes += note
        angles = skyline.profile_rad(
            eye.lat_deg, eye.lon_deg, height_m, eye.band, ground.patches(eye.lat_deg, eye.lon_deg)
        )
        dips_rad[number] = skyline.smooth_rad(height_m, eye.band)
        rows[number] = [skyline.row_fraction(angle, dips_rad[number]) for angle in angles]
        tables[number] = skyline.reaches(height_m, eye.band)
        known[number] = True
        heights_m.append(height_m)
        highest_rad.append(float(angles.max()))
    if eyes and not known.any():
        raise FieldError(
            found=f"{ground.name} holds none of the {len(eyes)} sites and observers of the case",
            expected="the ground around one of them at least",
            remedy="Take the tile of their place, or leave elevation out of case.yaml.",
        )
    said = (
        f"hills stand as in {ground.name}, cells of {ground.cell_m:,.0f} m, as far as"
        f" {FURTHEST_M / 1e3:.0f} km or the grid goes; no trees or buildings",
        *notes,
    )
    lines = Skylines(rows, tables, dips_rad, known)
    return Standing(tuple(heights_m), lines, tuple(highest_rad), said)


def eye_bytes(n_eyes: int) -> int:
    """Memory of so many skylines, and of the ground around one of them.

    >>> eye_bytes(200) < 150_000_000
    True
    """
    each = 8 * (skyline.N_AZIMUTHS + skyline.N_ANGLES * horizon.N_NODES)
    return n_eyes * each + AROUND_BYTES


def none(n_eyes: int) -> Skylines:
    """No skylines: a smooth Earth."""
    return Skylines(
        np.zeros((n_eyes, 1)), np.zeros((n_eyes, 2, 2)), np.zeros(n_eyes),
        np.zeros(n_eyes, np.bool_),
    )  # fmt: skip


def _stands(ground: Elevation, eye: Eye, ground_m: float) -> tuple[float, list[str]]:
    """How high an eye is above the sea, and what is to be said of it."""
    if eye.height_m is None:
        return max(ground_m + EYE_M, 0.0), []
    if eye.height_m >= ground_m:
        return max(eye.height_m, 0.0), []
    slack_m = min(_MOST_SLACK_M, max(_SLACK_M, _SLACK_SLOPE * ground.cell_m))
    if eye.height_m < ground_m - slack_m:
        raise FieldError(
            found=f"{eye.name} at {eye.height_m:,.0f} m above the sea is inside the ground, which"
            f" is at {ground_m:,.0f} m there in {ground.name}",
            expected="a height above the sea on or over the ground",
            remedy="antenna_height is that of the ground and the mast together, above the sea;"
            f" leave it out to stand {EYE_M:g} m over the ground, or correct the place.",
        )
    lifted_m = max(ground_m + EYE_M, 0.0)
    note = (
        f"{eye.name} at {eye.height_m:,.0f} m was lifted to {lifted_m:,.0f} m, onto the ground of"
        f" {ground.name}"
    )
    return lifted_m, [note]
