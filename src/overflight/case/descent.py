"""How a flight ends, where a case says so: when it begins to come down, and how fast it falls.

The speed is that near the sea, under its parachute or what is left of the balloon; higher up it
falls faster, as the air is thinner (method 6.1).
"""

import re
from datetime import datetime, timedelta
from typing import Annotated

from pydantic import Field, ValidationInfo, field_validator

from overflight import units
from overflight.case.rows import Windowed, ordered
from overflight.case.vocabulary import Id, Text, quantity, read_time
from overflight.errors import CaseError
from overflight.units import shorten

SLOWEST_MPS, FASTEST_MPS = 0.5, 60.0  # beyond, the fall is not the quasi-steady one assumed here


def speed_mps(text: str) -> float:
    """Read a speed near the sea.

    >>> speed_mps("5 m/s")
    5.0
    """
    speed = units.parse(text, "mps")
    if SLOWEST_MPS <= speed <= FASTEST_MPS:
        return speed
    raise CaseError(
        found=f"{shorten(text)} near the sea",
        expected=f"between {SLOWEST_MPS:g} and {FASTEST_MPS:g} m/s",
        remedy="Write the speed under its parachute, as its maker or a measurement gives it.",
    )


SpeedMps = Annotated[float, quantity("mps", positive=True, read=speed_mps)]


class Descent(Windowed):
    """The group ``descent`` of ``case.yaml``: bounds, as elsewhere.

    It begins to come down at some moment of the window, each as probable, and falls at some speed
    between the two.
    """

    speed_min_mps: SpeedMps = Field(alias="speed_min")
    speed_max_mps: SpeedMps = Field(alias="speed_max")
    source: Id | None = None
    note: Text = ""

    @field_validator("speed_max_mps")
    @classmethod
    def _bounds_are_ordered(cls, value: float, info: ValidationInfo) -> float:
        if "speed_min_mps" in info.data:
            ordered(info.data["speed_min_mps"], value, "speed", "below")
        return value


def asked(at: str, speed: str | None, stated: Descent | None, last: datetime) -> Descent:
    """The descent that a person asks for, in place of what the case states.

    Parameters
    ----------
    at
        A moment, or how long after the last evidence, such as ``12 h``.
    speed
        Near the sea, one or two with ``..`` between; None for that of the case.
    last
        The last evidence.

    Raises
    ------
    CaseError
        For what is neither, or where nobody says how fast it falls.
    """
    if speed is None and stated is None:
        raise CaseError(
            found="a descent without a speed",
            expected="--descent-speed, or a group descent in case.yaml",
            remedy="Give the speed near the sea, such as '4 m/s..7 m/s' under a parachute.",
        )
    begin = last + timedelta(seconds=units.parse(at, "s")) if _LENGTH.search(at) else read_time(at)
    if speed is None and stated is not None:
        return stated.model_copy(update={"time_min": begin, "time_max": begin})
    slow, dots, fast = str(speed).partition("..")
    bounds = [speed_mps(one.strip()) for one in ((slow, fast) if dots else (slow, slow))]
    ordered(bounds[0], bounds[1], "speed", "below")
    return Descent.model_construct(
        time_min=begin, time_max=begin, speed_min_mps=bounds[0], speed_max_mps=bounds[1]
    )


_LENGTH = re.compile(r"^\s*[-+]?[\d.,]+\s*[a-z]+\s*$")  # '12 h'; a moment has a 'T'
