"""What forbids a claim that no path makes true: the level, the speed, the distance, the time.

Told from the widest paths that still meet the evidence, those with twice the wind's error. The
reason is that of the part of the claim that hardly any of them does; where each part happens, and
never all of them, that is the reason.
"""

from collections.abc import Sequence
from datetime import timedelta

from overflight.case import predicates
from overflight.inference import predicates as judging
from overflight.inference.predicates import Given

RARE = 0.01


def binding(tests: Sequence[predicates.Predicate], given: Given) -> str:
    """Say what forbids a claim, a sentence."""
    said = [_limit(test, given) for test in tests if not _happens(test, given)]
    if not said:
        return (
            "Each part of it happens, and no path does all of it."
            if len(tests) > 1
            else "Only paths that its own evidence speaks for do it."
        )
    return " ".join(said)


def _happens(test: predicates.Predicate, given: Given) -> bool:
    found = judging.judge([test], given)
    total = float(given.paths.weight @ found.fits)
    return total > 0.0 and float(given.paths.weight @ found.share) / total >= RARE


def _limit(test: predicates.Predicate, given: Given) -> str:
    """The nearest that paths come to one part of a claim."""
    match test:
        case predicates.AltitudeBand() | predicates.Speed():
            what = "height" if isinstance(test, predicates.AltitudeBand) else "mean speed"
            said = _reached(what, *judging.extremes(test, given), test)
        case predicates.Near() | predicates.LaunchedNear():
            least_m = judging.nearest_m(test, given)
            said = f"Distance: the nearest path is {least_m / 1e3:,.0f} km away, not in reach."
        case predicates.Launched():
            first, last = (
                f"{given.epoch + timedelta(seconds=float(at)):%d %b %H:%M}Z"
                for at in (given.paths.launch_s.min(), given.paths.launch_s.max())
            )
            said = f"Time: the launches considered lie between {first} and {last}."
        case predicates.Loitered() | predicates.LoiteredIn():
            said = f"Stay: no path stays {test.duration_s / 3_600.0:.0f} h so near in that time."
        case predicates.Visible():
            said = f"Height above the horizon: no path rises {test.elevation_deg:.0f}\u00b0 there."
        case predicates.CouldBeSeen():
            said = f"Opportunity: no path gives {test.observer} one in that time."
        case predicates.InZone() | predicates.Before():
            said = f"Zone: no path is over {' and '.join(predicates.zones(test))} as stated."
        case predicates.Size() | predicates.Mass() | predicates.Payload():
            said = "Lift: nothing that floats at these heights has that size or mass."
        case _:
            said = "Nearly every path does what it denies."
    return said


def _reached(
    what: str, low: float, high: float, test: predicates.AltitudeBand | predicates.Speed
) -> str:
    if isinstance(test, predicates.AltitudeBand):
        return (
            f"Level out of reach: {what}s then lie between {low / 1e3:.1f} and {high / 1e3:.1f} km,"
            f" and {test.low_m / 1e3:.1f} to {test.high_m / 1e3:.1f} km are claimed."
        )
    return (
        f"Speed out of reach: the {what} of paths is {low:.0f} to {high:.0f} m/s, and"
        f" {test.low_mps:.0f} to {test.high_mps:.0f} m/s are claimed."
    )
