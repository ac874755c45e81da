"""Did it drift or was it steered? The ledger of question 2.

What inference says of every hypothesis (:mod:`overflight.inference.contest`) becomes a verdict, or
the reason why there is none; an upper limit on the balloon's own airspeed; the error of the wind
that its paths need; which reports drive all this; and the heights of each hypothesis.

Drift is never confirmed: every other hypothesis holds flights that hardly differ from it. It can
only be said how far from it the reports allow a balloon to have been.
"""

from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from overflight.case.model import Case
from overflight.inference.contest import AIMS, DRIFTS, WANDERS, Contender, Contest
from overflight.inference.needed import Needed, of_contender
from overflight.ledgers.steered.airspeed import Airspeed, own_airspeed
from overflight.ledgers.steered.evidence import (
    Comparison,
    Hypothesis,
    compare,
    probabilities,
    told,
    usable,
)
from overflight.ledgers.steered.levels import Heights, heights
from overflight.ledgers.steered.reports import Driver, drivers
from overflight.ledgers.steered.residual import Residual, errors_needed
from overflight.ledgers.steered.verdict import (
    AIMED,
    PROPELLED,
    REFUSED,
    Finding,
    Judged,
    asked,
    findings,
    overall,
)

__all__ = ["AIMED", "CLIMATOLOGY", "NOT_COMPARED", "PROPELLED", "Steered", "asked", "ledger"]

CLIMATOLOGY = (
    "With a wind climatology a steering verdict would be an accident of the weather, so this"
    " account refuses one."
)
NOT_COMPARED = (
    "This account follows passive drift only, and a verdict needs another hypothesis to hold it"
    " against."
)

SERIES = 150  # times at which what changes with time is told


@dataclass(frozen=True)
class Steered:
    """The ledger of question 2.

    ``verdict`` is one of the labels of :mod:`overflight.ledgers.steered.verdict`. Where the
    question was not asked at all, ``refusal`` says why and the rest is empty, but for the error of
    the wind that drift needs. ``time_s`` are the times of all series, from ``epoch``.
    """

    verdict: str
    refusal: str
    findings: tuple[Finding, ...] = ()
    hypotheses: tuple[Hypothesis, ...] = ()
    comparisons: tuple[Comparison, ...] = ()
    airspeed: Airspeed | None = None
    residuals: tuple[Residual, ...] = ()
    drivers: tuple[Driver, ...] = ()
    heights: tuple[Heights, ...] = ()
    epoch: datetime | None = None
    time_s: tuple[float, ...] = ()
    wind_statement: str = ""
    seed: int = 0

    def comparison(self, challenger: str, base: str) -> Comparison | None:
        """A comparison, if both hypotheses were worked out."""
        named = (
            one for one in self.comparisons if (one.challenger, one.base) == (challenger, base)
        )
        return next(named, None)

    def finding(self, question: str) -> Finding | None:
        """What is said to one question."""
        return next((one for one in self.findings if one.question == question), None)

    def residual(self, name: str) -> Residual | None:
        """The residual under one hypothesis."""
        return next((one for one in self.residuals if one.name == name), None)


def ledger(
    case: Case, contest: Contest | None, reason: str = "", drifting: Needed | None = None
) -> Steered:
    """Say whether the balloon drifted or was steered, or why that cannot be said.

    Parameters
    ----------
    contest
        What inference says of every hypothesis; None where they were not compared.
    reason
        Why they were not compared, a sentence.
    drifting
        The error of the wind that drift needs, to be told where they were not compared.
    """
    if contest is None:
        return _refused(case, reason or NOT_COMPARED, drifting)
    columns = _columns(len(contest.time_s))
    known = usable(contest)
    if not known:
        nothing = "No path under any hypothesis fits the reports, so there is nothing to compare."
        return Steered(verdict=REFUSED, refusal=nothing)
    worked_out = [one for one in contest.contenders if one.evidence.name in known]
    residuals = tuple(errors_needed(of_contender(contest, one), columns) for one in worked_out)
    judged = Judged(
        contest=contest,
        comparisons=compare(contest),
        airspeed=own_airspeed(contest, case.balloon, columns),
        fit_p={one.name: one.p for one in residuals},
    )
    found = findings(judged)
    return Steered(
        verdict=overall(found, judged),
        refusal="",
        findings=found,
        hypotheses=_hypotheses(worked_out, judged),
        comparisons=judged.comparisons,
        airspeed=judged.airspeed,
        residuals=residuals,
        drivers=drivers(contest),
        heights=tuple(
            heights(contest, one, columns)
            for one in worked_out
            if one.evidence.name in (DRIFTS, WANDERS, AIMS)
        ),
        epoch=contest.epoch,
        time_s=tuple(contest.time_s[columns].tolist()),
        wind_statement=contest.wind_statement,
        seed=contest.seed,
    )


def _refused(case: Case, reason: str, drifting: Needed | None) -> Steered:
    """No verdict: what is left to see is how far the wind must be off, were it drift."""
    if drifting is None:
        return Steered(verdict=REFUSED, refusal=reason)
    columns = _columns(len(drifting.time_s))
    return Steered(
        verdict=REFUSED,
        refusal=reason,
        residuals=(errors_needed(drifting, columns),),
        epoch=case.epoch,
        time_s=tuple(drifting.time_s[columns].tolist()),
    )


def _columns(n_times: int) -> NDArray[np.int64]:
    return np.unique(np.linspace(0, n_times - 1, SERIES).round().astype(np.int64))


def _hypotheses(worked_out: list[Contender], judged: Judged) -> tuple[Hypothesis, ...]:
    share = probabilities({name: one.log for name, one in judged.evidence.items()})
    return tuple(
        Hypothesis(
            name=one.evidence.name,
            log_evidence=one.evidence.log,
            log_evidence_sd=one.evidence.log_sd,
            probability_fraction=told(one.evidence.name, share[one.evidence.name]),
            ess=one.ess,
            fit_p=judged.fit_p[one.evidence.name],
            warnings=one.warnings,
        )
        for one in worked_out
    )
