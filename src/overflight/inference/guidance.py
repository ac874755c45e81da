"""The guided filter's arithmetic for one particle: its proposal and what psi says (method 5).

Graphics cards, where every thread has one particle, use these as they are. The processor does the
same for blocks of particles (:mod:`overflight.inference.weighing`); tests compare the two.
"""

import numpy as np
from numpy.typing import NDArray

from overflight.errors import DeviceError
from overflight.inference.reports import DISC, Reports
from overflight.inference.twist import Twist
from overflight.physics.kernel import kernel

Array = NDArray[np.float64]
Normals = tuple[float, float, float, float]

# Rows of a report's books: the sum of densities over the open window; what the stand-in gave; and,
# once settled, the log of the mixture and of its good part.
TOTAL, LENT, MIXTURE, GOOD = 0, 1, 2, 3


def only_known(reports: Reports) -> None:
    """Refuse the kinds of report that only the processor weighs."""
    n_unknown = int((reports.kind > DISC).sum())
    if n_unknown:
        raise DeviceError(
            found=f"{n_unknown} reports that are neither a round fix nor a disc of visibility",
            expected="only those two kinds, which the graphics card can weigh",
            remedy="Run the account on the processor: it weighs every kind.",
        )


@kernel
def propose(
    twist: Twist, index: int, local: Array, normals: Normals, noise: Array, pull: Array
) -> float:
    """Write the guided noise; return log N(w; 0, I) - log q(w).

    ``local`` is where the particle would come out with no noise. With psi's slope there,
    ``b - H local``, the noise is normal with covariance C = (I + G'HG)^-1 and mean C G' of that
    slope; ``spread`` is C's lower Cholesky factor.
    """
    for row in range(4):
        value = twist.slope[index, row]
        for column in range(4):
            value -= twist.curvature[index, row, column] * local[column]
        pull[row] = value
    drawn = 0.0
    prior = 0.0
    for row in range(4):
        value = 0.0
        for column in range(4):
            value += twist.reach[index, row, column] * pull[column]
        for column in range(row + 1):
            value += twist.spread[index, row, column] * normals[column]
        noise[row] = value
        prior += value * value
        drawn += normals[row] * normals[row]
    return float(0.5 * (drawn - prior) + twist.spread_log[index])


@kernel
def psi_log(curvature: Array, slope: Array, offset: float, local: Array) -> float:
    """Log of psi at a local difference from the pilot."""
    value = offset
    for row in range(4):
        bent = 0.0
        for column in range(4):
            bent += curvature[row, column] * local[column]
        value += local[row] * (slope[row] - 0.5 * bent)
    return float(value)


@kernel
def stand_in_log(twist: Twist, report: int, local: Array) -> float:
    """Log of a report's Gaussian stand-in at its moment, in the pilot's local coordinates."""
    east = local[0] - twist.fix[report, 0]
    north = local[1] - twist.fix[report, 1]
    first, second = twist.fix_shape[report, 0], twist.fix_shape[report, 2]
    cross = twist.fix_shape[report, 1]
    square = first * east * east + 2.0 * cross * east * north + second * north * north
    return float(twist.fix_norm[report] - 0.5 * square)
