"""How often predictions of one kind held the truth, and how many of them are independent."""

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


class Predicted(Protocol):
    """One prediction of a place, over a stretch of a flight."""

    @property
    def flight(self) -> str:
        """Whose."""

    @property
    def start_s(self) -> float:
        """When the stretch begins."""

    @property
    def rank(self) -> float:
        """Share of the prediction nearer to its middle than the truth."""


class Counted:
    """What any set of predictions can be asked; a subclass brings the fields."""

    parts: Sequence[Predicted]
    n_effective: int

    def coverage(self, share: float) -> float:
        """How often the truth lay in the region of a share; NaN without predictions."""
        return float(np.mean([one.rank <= share for one in self.parts])) if self.parts else math.nan

    def binomial_sd(self, share: float) -> float:
        """Standard error of that, were it exact, with the effective number of predictions."""
        return math.sqrt(share * (1.0 - share) / self.n_effective) if self.n_effective else math.nan

    def over(self, name: str, statistic: Callable[[Array], float]) -> float:
        """A statistic of one number of all predictions; NaN without any."""
        values = np.array([getattr(one, name) for one in self.parts])
        return float(statistic(values)) if len(values) else math.nan


def n_apart(parts: Iterable[Predicted], length_s: float) -> int:
    """How many stretches of one length fit without overlap, flight by flight."""
    count, free_s = 0, dict[str, float]()
    for one in sorted(parts, key=lambda part: part.start_s):
        if one.start_s >= free_s.get(one.flight, -math.inf):
            count, free_s[one.flight] = count + 1, one.start_s + length_s
    return count
