"""The words for how fast it may have moved of itself, and what that would have taken."""

from overflight.ledgers.steered import Steered
from overflight.ledgers.steered.paths import SUSTAINED_S
from overflight.release.language import tell
from overflight.release.wording import duration

LIMITS_PATHS = 2_000.0  # effective paths that a 95 % limit should rest on


def speed(answer: Steered) -> tuple[str, ...]:
    """The limits of its own airspeed, or why there are none."""
    known = answer.airspeed
    if known is None:
        return (
            tell("No hypothesis with a velocity of its own was worked out, so none is bounded."),
        )
    usual = known.default
    if usual.thin:
        return (
            tell(
                "Only {n_effective:.0f} effective paths stand behind the airspeed: no limit"
                " is told.",
                n_effective=usual.n_effective,
            ),
        )
    said = tell(
        "Own airspeed, if it had one: below {p95:.1f} m/s in the mean over the flight (95"
        " %; the sampler's error of this limit is {p95_sd:.1f}), below {p95_2:.1f} m/s in"
        " its fastest {day}; median {p50:.1f} m/s. Over all hypotheses at equal odds,"
        " most without an engine: below {averaged_p95:.1f} m/s. The prior keeps the"
        " constant part near or below {scale:.0f} m/s (half-normal); the table has it"
        " with half, twice and without.",
        p95=usual.mean.p95_mps,
        p95_sd=usual.mean.p95_sd_mps,
        p95_2=usual.sustained.p95_mps,
        day=_day(known.sustained_s),
        p50=usual.mean.p50_mps,
        averaged_p95=usual.averaged_p95_mps,
        scale=usual.scale_mps,
    )
    if usual.n_effective < LIMITS_PATHS:
        said += tell(
            " A 95 % limit should rest on {wanted:,.0f} effective paths; this one"
            " has {n_effective:,.0f}.",
            wanted=LIMITS_PATHS,
            n_effective=usual.n_effective,
        )
    return (said,)


def _day(span_s: float) -> str:
    return tell("day") if span_s >= SUSTAINED_S else duration(span_s)


def effort(answer: Steered) -> tuple[str, ...]:
    """What it would take to hold the limit."""
    known = answer.airspeed
    if known is None or known.default.thin or not known.power:
        return ()
    sizes = tell(" and ").join(f"{one.diameter_m:.0f} m" for one in known.power)
    powers = tell(" and ").join(f"{_kilo(one.power_w)} kW" for one in known.power)
    return (
        tell(
            "To hold {speed:.1f} m/s for {flown} a sphere of {sizes} would need about"
            " {powers}, day and night (an estimate: drag coefficient 0.25, half of the"
            " electric power turned into thrust).",
            speed=known.power[0].speed_mps,
            flown=duration(known.flown_s),
            sizes=sizes,
            powers=powers,
        ),
    )


def _kilo(value: float) -> str:
    return (
        tell("{value:,.2g}", value=value / 1_000.0)
        if value < 99_500.0
        else tell("{value:,.0f}", value=value / 1_000.0)
    )
