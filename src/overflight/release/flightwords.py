"""The studies on telemetry, in words, as facts for JSON, and as a picture."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from overflight.calibration.flights import SHARES, Length, Study
from overflight.calibration.neighbours import Pair
from overflight.calibration.passive import Checked
from overflight.inference.telemetry.carried import REJECTED, together_p

_HOUR_S = 3_600.0
_NAMED = 5
_MANY = 30  # tracks of a file beyond which only those that do not go with the air are listed


def facts(found: Study) -> dict[str, Any]:
    """The study for JSON; numbers that do not exist are null."""
    return {
        "gaps": [_facts(one) for one in found.lengths],
        "flights": [
            {
                "name": track.name,
                "hours": _number((track.time_s[-1] - track.time_s[0]) / _HOUR_S, 1),
                "wind": wind.statement,
                "notes": list(track.notes),
                "carried_p": checked.result.p if checked else None,
                "carried_rejected": checked.result.rejected if checked else None,
                "gaps": [_facts(one) for one in found.of_flight(track.name)],
            }
            for track, wind, checked in zip(found.flights, found.winds, found.checked, strict=True)
        ],
        "left_out": list(found.left_out),
        "remarks": remarks(found),
    }


def _facts(one: Length) -> dict[str, Any]:
    told: dict[str, Any] = {"gap_h": _number(one.gap_s / _HOUR_S, 3), "n": len(one.parts)}
    for share in SHARES:
        told[f"coverage_{100 * share:.0f}"] = _number(one.coverage(share), 3)
    return told | {
        "median_km": _number(one.quantile_m(0.5) / 1e3, 2),
        "p90_km": _number(one.quantile_m(0.9) / 1e3, 2),
        "crps_km": _number(one.mean_score_m() / 1e3, 2),
        "steered_false_alarms": one.n_steered(),
        "n_effective": one.n_effective,
        "hermite_median_km": _number(one.hermite_median_m() / 1e3, 2),
        "wind_known_fraction": _number(
            float(np.mean([part.known_share for part in one.parts])) if one.parts else math.nan, 3
        ),
    }


def lines(found: Study) -> list[str]:
    """The study as a table and what must be known to read it."""
    told = [f"{len(found.flights)} flights: " + ", ".join(track.name for track in found.flights)]
    told += [f"  {track.name}: {note}" for track in found.flights for note in track.notes]
    told += [
        "",
        "hidden, h  parts  effective   inside 50 %  80 %  90 %  95 %   median, km  90 %, km"
        "   CRPS, km   cubic, km   steered",
    ]
    told += [_row(one) for one in found.lengths]
    if len(found.flights) > 1:
        for track in found.flights:
            told += ["", track.name, *(_row(one) for one in found.of_flight(track.name))]
    return [*told, "", *remarks(found)]


def _row(one: Length) -> str:
    hours = one.gap_s / _HOUR_S
    if not one.parts:
        return f"{hours:9g} {0:6d}   no flight is long enough afloat"
    shares = "".join(f"{100.0 * one.coverage(share):6.0f}" for share in SHARES[1:])
    return (
        f"{hours:9g} {len(one.parts):6d} {one.n_effective:10d} {100.0 * one.coverage(0.5):13.0f}"
        f"{shares} {one.quantile_m(0.5) / 1e3:12.1f} {one.quantile_m(0.9) / 1e3:9.1f}"
        f" {one.mean_score_m() / 1e3:10.1f} {one.hermite_median_m() / 1e3:11.1f}"
        f" {one.n_steered():9d}"
    )


def remarks(found: Study) -> list[str]:
    """What the numbers rest on, one sentence each."""
    parts = [part for one in found.lengths for part in one.parts]
    known = float(np.mean([part.known_share for part in parts]))
    told = [
        "Errors are taken at the middle of what is hidden; regions are discs about the mean;"
        " CRPS is the energy score. Hidden parts overlap: 'effective' of them fit side by side.",
        *(
            f"{one.gap_s / _HOUR_S:g} h: standard error of the coverage at 50 % is"
            f" {100.0 * one.binomial_sd(0.5):.0f}, at 90 % {100.0 * one.binomial_sd(0.9):.0f}"
            " points."
            for one in found.lengths
            if one.parts
        ),
        "The cubic passes both ends with the velocities of the hours beside them.",
    ]
    statements = list(dict.fromkeys(wind.statement for wind in found.winds))
    told.append("Wind: " + "; ".join(statements) + ".")
    if known < 0.995:
        told.append(
            f"At {100.0 * (1.0 - known):.0f} % of the places the wind source does not reach: there"
            " the prior is a departure of mean zero with the standard deviation of the source at"
            " its nearest level and of the wind itself there; nothing was extrapolated."
        )
    if any(wind.error.prior_only for wind in found.winds):
        told.append(
            "With this wind no verdict on steering is issued: 'steered' counts where one would have"
            " been, at equal odds before and a posterior above 95 %."
        )
    told += [
        f"{_checked(one)}. The numbers above then say nothing about drifting balloons."
        for one in found.checked
        if one is not None and one.result.rejected
    ]
    if found.left_out:
        told += _left_out(found.left_out)
    return told


def checked_lines(found: Sequence[Checked], left: Sequence[str]) -> list[str]:
    """Whether tracks go with the air, in words."""
    rejected = [one for one in found if one.result.rejected]
    shown = found if len(found) <= _MANY else rejected[:_MANY]
    told = [_checked(one) for one in shown]
    if len(found) > 1:
        together = together_p([one.result for one in found])
        told.append(
            f"{len(rejected)} of {len(found)} tracks are not explained by the air (p below"
            f" {REJECTED:g}); if all were carried by it, so many would be with probability"
            f" {together:.2g}."
        )
        driven = [one.driven for one in found]
        told.append(
            f"{sum(one.rejected for one in driven)} are not explained by the air and a velocity of"
            f" their own either; were all, so many would be with probability"
            f" {together_p(driven):.2g}."
        )
        if together < REJECTED:
            told.append("As a whole these tracks do not follow any wind of the stated error.")
    told += _left_out(left)
    return told


def _checked(one: Checked) -> str:
    verdict = "is not carried by the air" if one.result.rejected else "may be carried by the air"
    if one.result.rejected and one.driven.rejected:
        verdict += ", nor by the air and a velocity of its own"
    told = f"{one.track.name} {verdict}: p = {one.result.p:.2g}"
    told += f" and {one.driven.p:.2g} with a velocity of its own"
    told += f" ({one.result.n_nodes} fixes; departures of {one.sd_mps:.0f} m/s allowed"
    if one.result.known_share < 0.995:
        unknown = 100.0 * (1.0 - one.result.known_share)
        told += f"; the wind source does not reach {unknown:.0f} % of them: mean zero there"
    return told + ")"


def checked_facts(found: Sequence[Checked], left: Sequence[str]) -> dict[str, Any]:
    """The same for JSON."""
    return {
        "tracks": [
            {
                "name": one.track.name,
                "p": one.result.p,
                "carried_rejected": one.result.rejected,
                "p_misfit": one.result.misfit_p,
                "p_indifference": one.result.indifference_p,
                "p_with_own_velocity": one.driven.p,
                "own_velocity_rejected": one.driven.rejected,
                "fixes": one.result.n_nodes,
                "wind_known_fraction": _number(one.result.known_share, 3),
                "departure_sd_mps": _number(one.sd_mps, 1),
                "notes": list(one.track.notes),
            }
            for one in found
        ],
        "together_p": together_p([one.result for one in found]),
        "together_p_with_own_velocity": together_p([one.driven for one in found]),
        "left_out": list(left),
    }


def pair_lines(found: Sequence[Pair], left: Sequence[str]) -> list[str]:
    """What profiles say about each other's flights, in words."""
    told = ["profile > flight: off at the end, km, of flown, km; winds differ, m/s; one air?"]
    for one in found:
        beyond = one.drifted.extrapolated_m
        told.append(
            f"{one.profile} > {one.flight}: {one.drifted.miss_m / 1e3:.1f} of"
            f" {one.drifted.flown_m / 1e3:.1f}; {one.disagreement_mps:.1f};"
            f" {'consistent' if one.consistent else 'INCONSISTENT: of another air mass'}"
            + (f"; {beyond / 1e3:.1f} km beyond the profile's heights" if beyond > 0.0 else "")
        )
    told += _left_out(left)
    return told


def pair_facts(found: Sequence[Pair], left: Sequence[str]) -> dict[str, Any]:
    """The same for JSON."""
    return {
        "pairs": [
            {
                "profile": one.profile,
                "flight": one.flight,
                "miss_km": _number(one.drifted.miss_m / 1e3, 2),
                "flown_km": _number(one.drifted.flown_m / 1e3, 2),
                "extrapolated_km": _number(one.drifted.extrapolated_m / 1e3, 2),
                "disagreement_mps": _number(one.disagreement_mps, 2),
                "consistent": one.consistent,
            }
            for one in found
        ],
        "left_out": list(left),
    }


def _left_out(left: Sequence[str]) -> list[str]:
    """What could not be used, a few by name."""
    told = [f"Left out: {sentence}" for sentence in left[:_NAMED]]
    more = len(left) - _NAMED
    return [*told, f"Left out: {more} more"] if more > 0 else told


def _number(value: float, digits: int) -> float | None:
    """For JSON, which has no NaN."""
    return None if math.isnan(value) else round(float(value), digits)
