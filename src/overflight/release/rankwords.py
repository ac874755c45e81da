"""The study on made-up flights, in words and as facts for JSON."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from overflight.calibration.choices import Bin, reliability
from overflight.calibration.exact import Guard, Known
from overflight.calibration.ranks import N_DRAWS
from overflight.calibration.simulated import OF_STRATA, REJECTED, STATISTICS, Study

FEWEST = 20  # flights below which ranks say nothing
_BINNED = 100  # flights from which chi-squared may be believed: five in each of twenty bins


@dataclass(frozen=True)
class Choice:
    """What is exactly known of the choice between drift and an own velocity."""

    known: Known
    fixed: Guard  # wind that errs 1.5 times as much as assumed, its error held fixed
    averaged: Guard  # the same, averaged over


def lines(found: Study, choice: Choice) -> list[str]:
    """Ranks, reports and choices as tables, and what they show."""
    n = len(found.ranked)
    told = [
        f"{n} made-up flights (seed {found.seed}), {found.n_refused} without an answer; ranks of"
        f" the truth among {N_DRAWS} paths.",
        "",
        f"{'what is ranked':38s} {'p, bins':>9s} {'p, curve':>9s}",
    ]
    told += [f"{name:38s} {_p(bins):>9s} {_p(curve):>9s}" for name, bins, curve in table(found)]
    return [
        *told, "", verdict(found), "",
        "Reports of a place: probability of being right, and how many are.",
        *_bins(report_bins(found)), "",
        "Drift or an own velocity, where it is exact: probability of the latter, and how often it"
        " is true.",
        *_bins(choice.known.choices.bins), "",
        *choice_words(choice),
    ]  # fmt: skip


def table(found: Study) -> list[tuple[str, float, float]]:
    """Name, chi-squared p and p of the whole curve; the former NaN where flights are too few."""
    binned = found.chi_squared_p
    if len(found.ranked) < _BINNED:
        binned = tuple(math.nan for _ in binned)
    return list(zip(STATISTICS, binned, found.evenness_p, strict=True))


def verdict(found: Study) -> str:
    """One sentence: which ranks are uneven, if any."""
    uneven = [name for name, *values in table(found) if any(p < REJECTED for p in values)]
    if not uneven:
        return f"No rank is uneven (p below {REJECTED:g})."
    named = "; ".join(uneven)
    told = f"Uneven (p below {REJECTED:g}): {named}. The engine is not calibrated there."
    if set(uneven) & set(OF_STRATA):
        told += (
            " What is constant in a flight has one value a stratum: where few strata carry the"
            " answer, the ranks of such values pile up at both ends."
        )
    return told


def report_bins(found: Study) -> tuple[Bin, ...]:
    """How often reports were right, by the probability that the engine gave them."""
    return reliability(*found.reports)


def choice_words(choice: Choice) -> list[str]:
    """Sentences on the identity and on a wind that errs more than is assumed."""
    n = len(choice.known.under_drive)
    return [
        f"Mean of 1/BF under an own velocity: {choice.known.identity:.3f}, of {n:,} data sets;"
        " exactly one if Bayes factors are right.",
        f"A wind that errs {choice.fixed.sd_mps / 3.0:g} times as much as assumed makes an own"
        f" velocity certain (above 95 %) in {100.0 * choice.fixed.certain:.1f} % of passive flights"
        f" with its error held fixed, in {100.0 * choice.averaged.certain:.1f} % averaged over.",
    ]


def facts(found: Study, choice: Choice) -> dict[str, Any]:
    """The same for JSON; numbers that do not exist are null."""
    return {
        "cases": len(found.ranked),
        "refused": found.n_refused,
        "seed": found.seed,
        "draws": N_DRAWS,
        "statistics": [
            {
                "name": name,
                "chi_squared_p": None if math.isnan(binned) else binned,
                "evenness_p": curve,
                "rejected": bool(binned < REJECTED or curve < REJECTED),
            }
            for name, binned, curve in table(found)
        ],
        "reports": _bin_facts(report_bins(found)),
        "choices": {
            "data_sets": 2 * len(choice.known.under_drive),
            "bins": _bin_facts(choice.known.choices.bins),
            "mean_inverse_bayes_factor": choice.known.identity,
            "false_alarms_fixed": choice.fixed.certain,
            "false_alarms_averaged": choice.averaged.certain,
            "truth_over_assumed": choice.fixed.sd_mps / 3.0,
        },
    }


def _bin_facts(bins: Sequence[Bin]) -> list[dict[str, Any]]:
    return [
        {
            "low": one.low,
            "high": one.high,
            "n": one.n,
            "mean": one.mean if one.n else None,
            "observed": one.observed if one.n else None,
            "standard_errors_off": one.off,
        }
        for one in bins
    ]


def _bins(bins: Sequence[Bin]) -> list[str]:
    told = [f"{'between':>12s} {'n':>8s} {'mean':>8s} {'true':>8s} {'errors off':>11s}"]
    for one in bins:
        between = f"{one.low:g}-{one.high:g}"
        if one.n:
            numbers = f"{one.mean:8.4f} {one.observed:8.4f} {one.off:11.1f}"
            told.append(f"{between:>12s} {one.n:8d} {numbers}")
        else:
            told.append(f"{between:>12s} {0:8d}")
    return told


def _p(value: float) -> str:
    return "-" if math.isnan(value) else f"{value:.4f}"
