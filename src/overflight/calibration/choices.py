"""Whether probabilities of hypotheses mean what they say.

The hypothesis is drawn, data are made up under it, and the probability that inference gives it is
noted. Among all cases with a probability near p the share in which it was true is then p, and over
all cases the mean probability is the prior (Schad, Nicenboim & Bürkner 2023, "Workflow techniques
for the robust use of Bayes factors"; method 6).
"""

import math
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from overflight.inference.contest import DRIFTS, DRIVES, Contest, Evidence

Array = NDArray[np.float64]
Rng = np.random.Generator
Data = TypeVar("Data")
Contested = Contest | Sequence[Evidence]

EDGES = (0.0, 0.05, 0.2, 0.45, 0.55, 0.8, 0.95, 1.0)  # the bins of method 6
CERTAIN = 0.95  # from which a verdict would be spoken


@dataclass(frozen=True)
class Bin:
    """Cases whose probability lies in [low, high): its mean, and how often it came true."""

    low: float
    high: float
    n: int
    mean: float
    observed: float

    @property
    def sd(self) -> float:
        """Standard error of ``observed`` if the probabilities are right."""
        return math.sqrt(max(self.mean * (1.0 - self.mean), 1e-12) / max(self.n, 1))

    @property
    def off(self) -> float:
        """How far ``observed`` is from the mean, in standard errors."""
        return abs(self.observed - self.mean) / self.sd if self.n else 0.0


@dataclass(frozen=True)
class Choices:
    """Probabilities that were given to a hypothesis, and whether it was true; (case,) each."""

    probability: Array
    true: NDArray[np.bool_]

    @property
    def bins(self) -> tuple[Bin, ...]:
        """Reliability by probability."""
        return reliability(self.probability, self.true)

    @property
    def alarms(self) -> float:
        """Share of cases without it in which it would be called certain."""
        wrong = self.probability[~self.true]
        return float(np.mean(wrong > CERTAIN)) if len(wrong) else math.nan


def reliability(
    probability: Array, true: NDArray[np.bool_], edges: Sequence[float] = EDGES
) -> tuple[Bin, ...]:
    """Sort cases by probability into bins; the last holds 1 itself."""
    place = np.clip(np.searchsorted(edges, probability, side="right") - 1, 0, len(edges) - 2)
    found = []
    for index in range(len(edges) - 1):
        mine = place == index
        n = int(mine.sum())
        mean, share = (
            (float(probability[mine].mean()), float(true[mine].mean())) if n else (math.nan,) * 2
        )
        found.append(Bin(edges[index], edges[index + 1], n, mean, share))
    return tuple(found)


def probability(log_bayes_factor: Array, prior: float = 0.5) -> Array:
    """Probability of the second of two hypotheses, from the log of its Bayes factor."""
    odds = np.clip(log_bayes_factor + math.log(prior / (1.0 - prior)), -700.0, 700.0)
    return np.asarray(1.0 / (1.0 + np.exp(-odds)))


def of_contest(
    found: Contested, hypothesis: str = DRIVES, against: Sequence[str] = (DRIFTS,)
) -> float:
    """Probability of a hypothesis among itself and some others, all equally probable before."""
    evidences = [one.evidence for one in found.contenders] if isinstance(found, Contest) else found
    logs = {one.name: one.log for one in evidences}
    mine = logs[hypothesis]
    return math.exp(mine - float(np.logaddexp.reduce([mine, *(logs[name] for name in against)])))


def study(
    make_up: Callable[[str, Rng], Data],
    contest: Callable[[Data, int], Contested],
    hypotheses: Sequence[str],
    seed: int,
    n_threads: int = 2,
) -> Choices:
    """Make up data under each of some hypotheses and let them contest.

    Parameters
    ----------
    make_up
        Data of a hypothesis, from a generator of its own.
    contest
        Works the data out, from a seed; hears nothing of the truth.
    hypotheses
        The truth of every case: M0 or M2.

    Returns
    -------
    choices
        Probability of M2 against M0 at even odds; it means what it says if half of
        ``hypotheses`` are M2.
    """

    def work(index: int) -> float:
        rng = np.random.Generator(np.random.Philox(key=seed, counter=[0, 0, 1, index]))
        data = make_up(hypotheses[index], rng)
        return of_contest(contest(data, int(rng.integers(2**31))))

    with ThreadPoolExecutor(n_threads) as pool:
        found = list(pool.map(work, range(len(hypotheses))))
    return Choices(np.array(found), np.array([name == DRIVES for name in hypotheses]))
