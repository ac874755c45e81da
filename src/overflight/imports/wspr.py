"""WSPR messages that carry telemetry in their call sign, locator and power: the U4B protocol.

Pico balloons send two messages of type 1. The first is ordinary: call sign, four characters of the
locator, power. In the slot of two minutes that follows comes one whose call sign nobody has: it
begins with ``0``, ``1`` or ``Q``, and with its third character, a digit, names the channel. What is
left of it is a number that holds the fifth and sixth character of the locator and the altitude;
locator and power hold temperature, voltage, speed and whether GPS had a fix.

The encoding is that of QRP Labs, as published by Traquito (https://traquito.github.io/faq/ and
/pro/decode, read in November 2026) and in the "U4BProtocol Specification" v1.1 (basic telemetry).
The locator of such a message is no place, so it must never be read as one.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from overflight.imports.cells import number

_CALL = re.compile(r"[01Q][0-9A-Z]\d[A-Z]{3}", re.ASCII)
_GRID = re.compile(r"[A-R]{2}\d\d", re.ASCII)
POWERS_DBM = (*(10 * tens + ones for tens in range(6) for ones in (0, 3, 7)), 60)
ALTITUDES, ALTITUDE_STEP_M = 1_068, 20.0  # 0 to 21,340 m
SUBSQUARES = 24
_TEMPERATURES, _VOLTAGES, _SPEEDS = 90, 40, 42
SLOT_S = 120
_BASIC = 1  # of the lowest bit; 0 is extended telemetry, whose meaning its owner knows


@dataclass(frozen=True)
class Telemetry:
    """What one message holds."""

    channel: str  # first and third character of its call sign
    subsquare: str  # fifth and sixth character of the locator
    altitude_m: float
    temperature_c: int
    voltage_v: float
    speed_kt: int
    gps_valid: bool


@dataclass(frozen=True)
class Paired:
    """Messages of a call sign with the telemetry that followed each; rows are those of the file."""

    call: str
    channel: str
    rows: tuple[int, ...]
    locators: tuple[str, ...]
    altitude_m: tuple[float, ...]
    notes: tuple[str, ...]


def is_telemetry(call: str) -> bool:
    """Whether a call sign is one of those that carry telemetry.

    >>> is_telemetry("Q42ABC"), is_telemetry("KD2XYZ")
    (True, False)
    """
    return bool(_CALL.fullmatch(call.strip().upper()))


def decode(call: str, grid: str, power_dbm: float) -> Telemetry | None:
    """Read a message of basic telemetry; None for extended telemetry and what is none.

    Parameters
    ----------
    call, grid
        As heard: six characters, and four.
    power_dbm
        One of the nineteen powers of WSPR.

    >>> decode("QI6KIF", "GI23", 60)
    Telemetry(channel='Q6', subsquare='MO', altitude_m=16100.0, temperature_c=-18, \
voltage_v=3.7, speed_kt=50, gps_valid=True)
    """
    call, grid = call.strip().upper(), grid.strip().upper()
    if not _CALL.fullmatch(call) or not _GRID.fullmatch(grid) or power_dbm not in POWERS_DBM:
        return None
    place, level = divmod(
        _joined((int(call[1], 36), 36), *((ord(one) - ord("A"), 26) for one in call[3:])),
        ALTITUDES,
    )
    if place >= SUBSQUARES**2:
        return None
    value = _joined(
        *((ord(one) - ord("A"), 18) for one in grid[:2]),
        *((int(one), 10) for one in grid[2:]),
        (POWERS_DBM.index(int(power_dbm)), len(POWERS_DBM)),
    )
    value, basic = divmod(value, 2)
    value, gps = divmod(value, 2)
    value, speed = divmod(value, _SPEEDS)
    temperature, voltage = divmod(value, _VOLTAGES)
    if basic != _BASIC or temperature >= _TEMPERATURES:
        return None
    return Telemetry(
        channel=call[0] + call[2],
        subsquare="".join(chr(ord("A") + one) for one in divmod(place, SUBSQUARES)),
        altitude_m=ALTITUDE_STEP_M * level,
        temperature_c=temperature - 50,
        voltage_v=round(3.0 + 0.05 * ((voltage + 20) % _VOLTAGES), 2),
        speed_kt=2 * speed,
        gps_valid=bool(gps),
    )


def _joined(*digits: tuple[int, int]) -> int:
    """A number from digits, each with how many values it can have."""
    value = 0
    for digit, base in digits:
        value = base * value + digit
    return value


Message = tuple[str, str, float]  # call, grid, power


def pair(
    time: np.ndarray, calls: Sequence[str], grids: Sequence[str], powers: Sequence[str]
) -> list[Paired]:
    """Join every ordinary message with the telemetry of the next slot.

    A message is heard by many: each counts once. Of several that differ the one that most heard is
    taken, and none where they are even. Where several call signs sent before the telemetry it may
    be of any, and is left out.
    """
    plain: dict[int, Counter[Message]] = defaultdict(Counter)
    coded: dict[tuple[int, str], Counter[Message]] = defaultdict(Counter)
    first: dict[tuple[int, Message], int] = {}
    for row, (at, call, grid, power) in enumerate(zip(time, calls, grids, powers, strict=True)):
        if np.isnat(at):
            continue
        slot = int(at.astype("datetime64[s]").astype(np.int64)) // SLOT_S
        heard = (call.strip().upper(), grid.strip().upper()[:4], number(power))
        first.setdefault((slot, heard), row)
        if is_telemetry(call):
            coded[slot, heard[0][0] + heard[0][2]][heard] += 1
        elif _GRID.fullmatch(heard[1]):
            plain[slot][heard] += 1
    lost: Counter[str] = Counter()
    made: dict[tuple[str, str], list[tuple[int, str, float]]] = defaultdict(list)
    for (slot, channel), messages in sorted(coded.items()):
        before, told = plain.get(slot - 1, Counter()), _most_heard(messages)
        if len({call for call, _, _ in before}) != 1:
            lost["without a call sign before it" if not before else _SEVERAL] += 1
            continue
        who, found = _most_heard(before), decode(*told) if told else None
        if who is None or found is None or not found.gps_valid:
            lost[_why(found, told)] += 1
            continue
        locator = who[1] + found.subsquare
        made[who[0], channel].append((first[slot - 1, who], locator, found.altitude_m))
    notes = tuple(f"{count:,} messages of telemetry left out: {why}" for why, count in lost.items())
    return [
        Paired(
            call,
            channel,
            rows=tuple(row for row, _, _ in told),
            locators=tuple(locator for _, locator, _ in told),
            altitude_m=tuple(high_m for _, _, high_m in told),
            notes=notes,
        )
        for (call, channel), told in made.items()
    ]


_SEVERAL = "several call signs sent before it, and it may be of any"


def _why(found: Telemetry | None, told: Message | None) -> str:
    if told is None:
        return "heard differently by as many receivers"
    if found is None:
        return "extended telemetry, or damaged"
    return "without a fix of GPS" if not found.gps_valid else "its call sign was heard in two ways"


def _most_heard(messages: Counter[Message]) -> Message | None:
    ranked = messages.most_common(2)
    if len(ranked) > 1 and ranked[0][1] == ranked[1][1]:
        return None
    return ranked[0][0]
