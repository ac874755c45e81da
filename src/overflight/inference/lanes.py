"""What the filter notes of a block of particles, and how a model's functions fill it in.

Rows of one flat array beside the flight's own (:mod:`overflight.physics.rows`): four local
coordinates from the pilot, the log weight, the way to a reported place; then what only balloons
need that do more than drift: further local coordinates, and room to work.
"""

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from overflight.physics.blocks import Block
from overflight.physics.kernel import lane_kernel, lane_loop
from overflight.physics.lane_random import draw_words, normals
from overflight.physics.lanes import LANES, peek, poke
from overflight.physics.local import arc_tangent_rad
from overflight.physics.rows import (
    ERROR_E,
    ERROR_N,
    FURTHER,
    MORE_NOISE,
    N_FURTHER,
    NOISE,
    NOISE_1,
    NOISE_2,
    NOISE_3,
    WAS_ERROR_E,
    WAS_ERROR_N,
    WAS_FURTHER,
    WAS_X,
    WAS_Y,
    WAS_Z,
    X,
    Y,
    Z,
)  # fmt: skip
from overflight.physics.sphere import MEAN_RADIUS_M
from overflight.physics.tangent import basis

Array = NDArray[np.float64]

LOCAL, LOCAL_1, LOCAL_2, LOCAL_3, WEIGHT, OFFSET_E, OFFSET_N = (row * LANES for row in range(7))
SCRATCH, PULL = 14 * LANES, 15 * LANES
N_TOLD = 26 * LANES

# Rows in the order of a state, of its local coordinates and of its noise.
STATE = (X, Y, Z, ERROR_E, ERROR_N, *(FURTHER + row * LANES for row in range(N_FURTHER)))
WAS = (
    WAS_X, WAS_Y, WAS_Z, WAS_ERROR_E, WAS_ERROR_N,
    *(WAS_FURTHER + row * LANES for row in range(N_FURTHER)),
)  # fmt: skip
LOCALS = (LOCAL, LOCAL_1, LOCAL_2, LOCAL_3, *(row * LANES for row in range(7, 14)))
NOISES = (NOISE, NOISE_1, NOISE_2, NOISE_3, *(MORE_NOISE + row * LANES for row in range(7)))
N_LOOKED = 6  # entries of a state that reports look at
_NEAREST = 1e-12


class Marcher(NamedTuple):
    """A model's functions for blocks.

    ``prepare(parameters, n_steps)`` makes, in Python, what the others take as ``prepared``.
    ``enter(block, prepared)`` follows when states were put into the rows; ``step(block, prepared,
    k)`` takes a step under the noise in its rows and notes the states before it;
    ``difference(block, told, reference)`` and ``towards(block, told, place)`` fill the rows of the
    local coordinates and of the offset. ``draw(block, k)`` draws the normals of step k;
    ``choose(block, told, twist, prepared, k)`` is what the balloons decide before they leave step
    k. The last three are those of :mod:`overflight.inference.weighing`.
    """

    prepare: Any
    enter: Any
    step: Any
    difference: Any
    towards: Any
    draw: Any
    choose: Any
    expect: Any
    propose: Any
    look_ahead: Any


@lane_kernel
def _stretch_m(east: float, north: float, cosine: float) -> float:
    """Metres along the great circle over the sine of its angle; at nothing, the radius."""
    sine = max(math.sqrt(east * east + north * north), _NEAREST)
    near, far = min(sine, abs(cosine)), max(sine, abs(cosine))
    angle = arc_tangent_rad(near / far)
    angle = 0.5 * math.pi - angle if sine > abs(cosine) else angle
    angle = math.pi - angle if cosine < 0.0 else angle
    return MEAN_RADIUS_M * angle / sine


@lane_loop
def balloon_difference(block: Block, told: Array, reference: Array) -> None:
    """Way from the reference (tangent.way_m) and difference of the errors in its basis."""
    wide = block.wide
    px, py, pz = reference[0], reference[1], reference[2]
    first, second = reference[3], reference[4]
    ex, ey, nx, ny, nz = basis(px, py, pz)
    for lane in range(LANES):
        x, y, z = peek(wide, X + lane), peek(wide, Y + lane), peek(wide, Z + lane)
        east, north = x * ex + y * ey, x * nx + y * ny + z * nz
        stretch = _stretch_m(east, north, x * px + y * py + z * pz)
        poke(told, LOCAL + lane, east * stretch)
        poke(told, LOCAL_1 + lane, north * stretch)
    for lane in range(LANES):
        x, y, z = peek(wide, X + lane), peek(wide, Y + lane), peek(wide, Z + lane)
        east, north = peek(wide, ERROR_E + lane), peek(wide, ERROR_N + lane)
        square = x * x + y * y
        secant = 1.0 / math.sqrt(square)
        inward = north * z
        vx = -(east * y + inward * x) * secant
        vy = (east * x - inward * y) * secant
        vz = north * square * secant
        to_east, to_north = vx * ex + vy * ey, vx * nx + vy * ny + vz * nz
        was, now = east * east + north * north, to_east * to_east + to_north * to_north
        stretch = math.sqrt(was / now) if now > 0.0 else 1.0
        poke(told, LOCAL_2 + lane, to_east * stretch - first)
        poke(told, LOCAL_3 + lane, to_north * stretch - second)


@lane_loop
def balloon_towards(block: Block, told: Array, place: Array) -> None:
    """Way from every lane to a place (tangent.way_m)."""
    wide = block.wide
    px, py, pz = place[0], place[1], place[2]
    for lane in range(LANES):
        x, y, z = peek(wide, X + lane), peek(wide, Y + lane), peek(wide, Z + lane)
        square = x * x + y * y
        secant = 1.0 / math.sqrt(square)
        along = px * x + py * y
        east = (py * x - px * y) * secant
        north = pz * square * secant - z * along * secant
        stretch = _stretch_m(east, north, along + pz * z)
        poke(told, OFFSET_E + lane, east * stretch)
        poke(told, OFFSET_N + lane, north * stretch)


@lane_loop
def draw_four(block: Block, k: int) -> None:
    """Draw the four normals of a step."""
    draw_words(block.words, k)
    normals(block.words, block.wide, NOISE)


@lane_loop
def choose_nothing(block: Block, told: Array, twist: Any, prepared: Any, k: int) -> None:
    """A balloon that drifts decides nothing."""
