"""The words for question 2: whether it drifted or was steered, how surely, and why not more.

A word never stands without its number, and a number of a sampler never without its error.
"""

from overflight.inference.contest import DRIFTS, WANDERS
from overflight.ledgers.steered import Steered
from overflight.ledgers.steered.evidence import LOG_STRONG, MOST_PASSIVE_FRACTION, Comparison
from overflight.ledgers.steered.verdict import (
    ACTIVE,
    AIMED,
    FITS_NOTHING,
    FOUND,
    HAD_OWN_VELOCITY,
    NO_SIGN,
    PROPELLED,
    REFUSED,
    STEERED_BY_ALTITUDE,
    Finding,
    asked,
    in_numbers,
    with_error,
)
from overflight.release import airspeedwords, steeredpicture, steeredtables
from overflight.release.language import mark, retell, tell, term
from overflight.release.sections import Section
from overflight.release.wording import moment, probable

QUESTION = mark("Did it drift or was it steered?")

_DRIFT_ASSUMED = mark(
    "Passive drift was assumed throughout. That paths through the sightings exist under"
    " it shows only that drift is possible, not that it happened."
)
_WOULD_ASK = mark(
    "Winds of those days with a known error (ERA5, GFS, soundings), and every hypothesis"
    " compared in them; then an upper limit on the balloon's own airspeed can be given."
)
_STRENGTHEN = mark(
    "Measurements of how wrong these winds were in that week (radiosondes, other"
    " balloons), heights measured along the flight, or a near standstill where the winds"
    " of every level within reach blow."
)
_ASKED_IN_WORDS = {
    AIMED: mark("Steered by altitude ({challenger} over {base})"),
    PROPELLED: mark("A velocity of its own ({challenger} over {base})"),
}
_WHETHER = {
    AIMED: mark("whether it changed its level with an aim"),
    PROPELLED: mark("whether it had a velocity of its own"),
}
_NEVER_CONFIRMED = mark(
    "Drift can be bounded, never confirmed: every other hypothesis holds flights that hardly differ"
    " from it. Its probability is never told above {most:.0f} %."
)


def headline(answer: Steered) -> str:
    """The answer in a sentence or two, for the first screen."""
    if answer.refusal:
        return tell(
            "Whether it was steered is not answered here. {refusal}", refusal=retell(answer.refusal)
        )
    return _answer(answer)


def section(answer: Steered, wind_statement: str) -> Section:
    """Question 2: whether it drifted or was steered."""
    stated = tell(
        "The winds say of themselves: {wind_statement}.", wind_statement=retell(wind_statement)
    )
    if answer.refusal:
        return Section(
            anchor="steered",
            question=tell(QUESTION),
            answer=tell("Not answered. {refusal}", refusal=retell(answer.refusal)),
            basis=(stated, tell(_DRIFT_ASSUMED)),
            would_change=tell(_WOULD_ASK),
            pictures=steeredpicture.pictures(answer),
        )
    return Section(
        anchor="steered",
        question=tell(QUESTION),
        answer=_answer(answer),
        basis=(
            *(_finding(answer, one) for one in answer.findings),
            *_level_changes(answer),
            *airspeedwords.speed(answer),
            *airspeedwords.effort(answer),
            *_error(answer),
            *_driven(answer),
            tell(_NEVER_CONFIRMED, most=100.0 * MOST_PASSIVE_FRACTION),
            tell(
                "Every hypothesis is averaged over its levels, launch times and wind errors"
                " before it is compared; the size, memory and bias of the wind's error are"
                " unknowns of each."
            ),
            *(f"{one.name}: {retell(text)}." for one in answer.hypotheses for text in one.warnings),
            stated,
        ),
        would_change=_change(answer),
        tables=steeredtables.shown(answer),
        pictures=steeredpicture.pictures(answer),
    )


def _answer(answer: Steered) -> str:
    """The verdict: the first sentence answers, the next bounds."""
    if answer.verdict == FITS_NOTHING:
        return tell(
            "Neither: the reported track follows these winds under no hypothesis,"
            " drifting or steered. The winds are further off than they state, or the"
            " reports are not of a balloon in them."
        )
    if answer.verdict == NO_SIGN:
        limit = _limit(answer)
        return tell(
            "No sign of steering{bound}. The winds explain the reports about as well as"
            " any steering does: that bounds what it did, and does not show that it could"
            " not steer.{changed_level}",
            bound=tell(", and none of {limit}", limit=limit) if limit else "",
            changed_level=_changed_level(answer),
        )
    if answer.verdict == STEERED_BY_ALTITUDE:
        return tell(
            "Steered by altitude is {sure}, if aimed and aimless changes of level were"
            " equally probable before: the reports fit aimed changes far better.",
            sure=_sure(answer, AIMED),
        )
    if answer.verdict == HAD_OWN_VELOCITY:
        return tell(
            "That it had a velocity of its own is {sure}, if that and drift were equally"
            " probable before.{speed}",
            sure=_sure(answer, PROPELLED),
            speed=_range(answer),
        )
    if answer.verdict == ACTIVE:
        return tell(
            "It moved of itself: aimed changes of level are {sure}, a velocity of its own"
            " {other}, each at equal odds before; the reports do not tell which of the"
            " two it was.",
            sure=_sure(answer, AIMED),
            other=_sure(answer, PROPELLED),
        )
    said = tell("Not answered") if answer.verdict == REFUSED else tell("Not decided")
    limit = _limit(answer) if answer.verdict != REFUSED else ""
    return tell(
        "{said} {open_question}.{bound}{changed_level}",
        said=said,
        open_question=_open_question(answer),
        bound=tell(" There is no sign of {limit}.", limit=limit) if limit else "",
        changed_level=_changed_level(answer),
    )


def _open_question(answer: Steered) -> str:
    """Which question stays open, and the first reason why."""
    for one in answer.findings:
        if one.label == answer.verdict and one.reasons:
            return f"{tell(_WHETHER[one.question])}: {retell(one.reasons[0])}"
    return tell("whether it was steered: the hypotheses cannot be told apart")


def _changed_level(answer: Steered) -> str:
    """That it changed its level, where that is clear; a reader would take it for steering."""
    compared = answer.comparison(WANDERS, DRIFTS)
    if compared is None or compared.factor.low_log < LOG_STRONG:
        return ""
    return tell(
        " It changed its level ({factor} for that); without a sign of an aim that is no steering.",
        factor=retell(in_numbers(compared.factor)),
    )


def _sure(answer: Steered, question: str) -> str:
    compared = answer.comparison(*asked(question, answer.comparisons))
    return probable(compared.probability_fraction) if compared else ""


def _limit(answer: Steered) -> str:
    """What its own airspeed was not above, where enough paths say so."""
    known = answer.airspeed
    if known is None or known.default.thin:
        return ""
    limit_mps = known.default.mean.p95_mps
    return tell(
        "own speed above {limit:.1f} m/s (mean over the flight, 95 % limit)", limit=limit_mps
    )


def _range(answer: Steered) -> str:
    """How fast it was of itself, where enough paths say so."""
    known = answer.airspeed
    if known is None or known.default.thin:
        return ""
    mean = known.default.mean
    return tell(
        " The mean of that velocity over the flight was {p05:.1f} to {p95:.1f} m/s (5 to 95 %).",
        p05=mean.p05_mps,
        p95=mean.p95_mps,
    )


def _finding(answer: Steered, one: Finding) -> str:
    challenger, base = asked(one.question, answer.comparisons)
    named = tell(_ASKED_IN_WORDS[one.question], challenger=challenger, base=base)
    compared = answer.comparison(*asked(one.question, answer.comparisons))
    said = f"{named}: {term(one.label)}."
    if compared is not None:
        said += f" {_sentence(_compared(compared))}"
    if one.reasons:
        said += " " + _sentence("; ".join(map(retell, one.reasons)))
    return said


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def _compared(one: Comparison) -> str:
    """A factor with everything that belongs to it."""
    again = [
        tell("{found} with {share} the wind's error", found=retell(with_error(found)), share=share)
        for share, found in ((tell("half"), one.halved), (tell("twice"), one.doubled))
        if found is not None
    ]
    told = tell(
        "evidence {strength} ({factors})",
        strength=steeredtables.strength(one.strength),
        factors=", ".join((retell(in_numbers(one.factor)), *again)),
    )
    if one.base == DRIFTS and one.probability_fraction <= 1.0 - MOST_PASSIVE_FRACTION:
        probability = tell("very unlikely (no less than 5 % is told)")
    else:
        probability = probable(one.probability_fraction)
    return tell(
        "{told}; {challenger} is {probability} at equal odds before",
        told=told,
        challenger=one.challenger,
        probability=probability,
    )


def _level_changes(answer: Steered) -> tuple[str, ...]:
    compared = answer.comparison(WANDERS, DRIFTS)
    if compared is None:
        return ()
    return (
        tell(
            "Changes of level at all (M1a over M0): {compared}. That a balloon changed its"
            " level is no steering: levels must be aimed.",
            compared=_compared(compared),
        ),
    )


def _error(answer: Steered) -> tuple[str, ...]:
    """What error of the wind drift needs."""
    found = answer.residual(DRIFTS)
    if found is None or answer.epoch is None:
        return ()
    fits = (
        tell("more than this wind states")
        if found.rejected
        else tell("no more than this wind states")
    )
    said = tell(
        "Drift needs wind errors that are {fits} (posterior-predictive p {p}, about"
        " {n_independent:.0f} independent times of 24 h memory)",
        fits=fits,
        p=_p(found.p),
        n_independent=found.n_independent,
    )
    if found.sustained is not None:
        day = found.sustained
        said += tell(
            "; the largest that lasts is {size:.1f} m/s towards {towards:.0f} degrees"
            " ({size_sds:.1f} standard deviations), from {begin} to {end}",
            size=day.size_mps,
            towards=day.towards_deg,
            size_sds=day.size_sds,
            begin=moment(answer.epoch, day.begin_s),
            end=moment(answer.epoch, day.end_s),
        )
    return (
        tell(
            "{said}. A report that no path comes near counts as wrong instead: see its"
            " probability.",
            said=said,
        ),
    )


def _p(p: float) -> str:
    told = steeredtables.fit(p)
    return told if told.startswith("<") else f"= {told}"


def _driven(answer: Steered) -> tuple[str, ...]:
    """The report that moves the verdict most."""
    moved = steeredtables.by_effect(answer)
    if not moved:
        return ()
    most = moved[0]
    said = tell(
        "Of single reports {sighting_id} counts most: without it the ln Bayes factor of"
        " {one} over {other} is {without}, not {whole}.",
        sighting_id=most.driver.sighting_id,
        one=most.names[0],
        other=most.names[1],
        without=retell(with_error(most.without)),
        whole=retell(with_error(most.whole)),
    )
    n_thin = sum(one.thin for one in answer.drivers)
    if n_thin:
        said += tell(
            " Without {n_thin} of the {n_drivers} too few paths remain to say: only a run"
            " without them would tell.",
            n_thin=n_thin,
            n_drivers=len(answer.drivers),
        )
    return (said,)


def _change(answer: Steered) -> str:
    """What would change the verdict: other odds before, then other evidence."""
    sentences = []
    for question in (AIMED, PROPELLED):
        compared = answer.comparison(*asked(question, answer.comparisons))
        if compared is None:
            continue
        finding = answer.finding(question)
        if finding is None or finding.label == REFUSED:
            continue
        side = compared.challenger if compared.factor.log < 0.0 else compared.base
        sentences.append(
            tell(
                "{challenger} and {base} come out even for whoever gave {side} odds of {odds}"
                " before.",
                challenger=compared.challenger,
                base=compared.base,
                side=side,
                odds=steeredtables.odds(compared, side),
            )
        )
    if answer.verdict == REFUSED:
        sentences.append(
            tell("A longer run, of every hypothesis and with half and twice the error.")
        )
    if any(one.label == FOUND for one in answer.findings):
        sentences.append(
            tell("A verdict falls if these winds are more than twice as wrong as stated.")
        )
    return " ".join([*sentences, tell(_STRENGTHEN)])
