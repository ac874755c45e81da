"""One balloon predicted from the profile of another, and whether the two saw one air.

No analysis of the wind is involved: a closed test of profiles against each other.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations
from pathlib import Path

from overflight.errors import FieldError
from overflight.fields.soundings import formats
from overflight.fields.soundings.making import airborne, legs
from overflight.fields.soundings.profile import Profile
from overflight.flight.profile_drift import Drifted, carry, disagreement_mps, of_one_air_mass

_MOST = 40  # profiles: their pairs grow with the square


@dataclass(frozen=True)
class Pair:
    """A profile, and a flight that was predicted from it."""

    profile: str
    flight: str
    drifted: Drifted
    disagreement_mps: float  # rms vector difference of the two ascents; NaN where none is shared
    consistent: bool  # whether both may have flown in one air mass


def pairs(paths: Sequence[Path]) -> tuple[list[Pair], list[str]]:
    """Predict every flight from the ascent of every other.

    Raises
    ------
    FieldError
        If a file cannot be read, or fewer than two ascents are left.
    """
    profiles, left = formats.read_all(paths)
    rises: list[tuple[str, Profile, Profile]] = []
    for one in profiles:
        rise, _ = legs(one)
        if rise is None:
            left.append(f"{one.id} shows no ascent.")
        else:
            rises.append((one.id, rise, airborne(one)))
    if not 2 <= len(rises) <= _MOST:
        raise FieldError(
            found=f"{len(rises)} ascents",
            expected=f"2 to {_MOST}, each to be predicted from the others",
            remedy="Name two files or more with an ascent each."
            if len(rises) < 2
            else "Name fewer files.",
        )
    return [
        Pair(
            name,
            other,
            carry(rise, flown),
            disagreement_mps(rise, other_rise),
            of_one_air_mass(rise, other_rise),
        )
        for (name, rise, _), (other, other_rise, flown) in permutations(rises, 2)
    ], left
