"""Telemetry in WSPR call signs: vectors derived from the published encoding, and traps."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from overflight.case.load import load
from overflight.errors import CaseError
from overflight.imports.cells import locator
from overflight.imports.door import open_file
from overflight.imports.tracks import Answers
from overflight.imports.wspr import POWERS_DBM, decode, is_telemetry

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def mixed(value, bases):
    """Digits of a number in mixed bases, the last of which runs fastest."""
    digits = []
    for base in reversed(bases):
        value, digit = divmod(value, base)
        digits.append(digit)
    assert value == 0
    return digits[::-1]


def encoded(channel, subsquare, altitude_m, temperature_c, voltage_v, speed_kt, gps=1, basic=1):
    """A message as the protocol says to send it, from its words and not from the reader's code."""
    east, north = (ord(one) - ord("A") for one in subsquare)
    second, *last = mixed((east * 24 + north) * 1_068 + altitude_m // 20, [36, 26, 26, 26])
    call = channel[0] + DIGITS[second] + channel[1] + "".join(chr(ord("A") + n) for n in last)
    volts = (round((voltage_v - 3.0) / 0.05) + 20) % 40
    value = (temperature_c + 50) * 40 + volts
    value = ((value * 42 + speed_kt // 2) * 2 + gps) * 2 + basic
    a, b, c, d, power = mixed(value, [18, 18, 10, 10, 19])
    return call, f"{chr(ord('A') + a)}{chr(ord('A') + b)}{c}{d}", POWERS_DBM[power]


def test_a_message_worked_out_by_hand():
    """Both numbers in their mixed bases, by long division on paper."""
    assert (12 * 24 + 14) * 1_068 + 805 == ((18 * 26 + 10) * 26 + 8) * 26 + 5  # I, K, I, F
    value = (((32 * 40 + 34) * 42 + 25) * 2 + 1) * 2 + 1
    assert value == (((6 * 18 + 8) * 10 + 2) * 10 + 3) * 19 + 18  # G, I, 2, 3, 60 dBm
    assert encoded("Q6", "MO", 16_100, -18, 3.70, 50) == ("QI6KIF", "GI23", 60)
    found = decode("QI6KIF", "GI23", 60)
    assert (found.channel, found.subsquare, found.altitude_m) == ("Q6", "MO", 16_100.0)
    assert (found.temperature_c, found.voltage_v, found.speed_kt) == (-18, 3.70, 50)
    assert found.gps_valid


@given(
    st.sampled_from([a + b for a in "01Q" for b in "0123456789"]),
    st.tuples(*[st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWX")] * 2).map("".join),
    st.integers(0, 1_067), st.integers(-50, 39), st.integers(0, 39), st.integers(0, 41),
    st.booleans(),
)  # fmt: skip
def test_whatever_is_sent_is_read(channel, subsquare, level, temperature, step, speed, gps):
    volts = round(3.0 + 0.05 * step, 2)
    message = encoded(channel, subsquare, 20 * level, temperature, volts, 2 * speed, int(gps))
    assert is_telemetry(message[0])
    found = decode(*message)
    assert (found.channel, found.subsquare) == (channel, subsquare)
    assert (found.altitude_m, found.temperature_c) == (20.0 * level, temperature)
    assert (found.voltage_v, found.speed_kt, found.gps_valid) == (volts, 2 * speed, gps)


def test_extended_telemetry_and_what_is_none_is_not_read():
    assert decode(*encoded("Q6", "MO", 16_100, -18, 3.7, 50, basic=0)) is None
    assert decode("KD2XYZ", "FN20", 10) is None
    assert decode("QI6KIF", "GI23", 59) is None  # no power of WSPR
    assert decode("QZ6ZZZ", "GI23", 60) is None  # beyond the last sub-square
    assert not is_telemetry("9A1ABC")


GRIDS = ["EM12", "EM12", "EM22", "EM22"]
SUBS = ["XA", "XB", "AB", "BB"]


def spots(more=(), channel="Q6", call="KD2XYZ"):
    """Four pairs of messages ten minutes apart, each heard by two receivers."""
    lines = ["time,tx_sign,tx_loc,power,rx_sign"]
    for k, (grid, sub) in enumerate(zip(GRIDS, SUBS, strict=True)):
        code = encoded(channel, sub, 12_000 + 20 * k, -30, 4.2, 40)
        for rx in ("AA1A", "BB2B"):
            lines.append(f"2023-02-01 19:{10 * k:02d}:00Z,{call},{grid},10,{rx}")
            lines.append(f"2023-02-01 19:{10 * k + 2:02d}:00Z,{','.join(map(str, code))},{rx}")
    return "\n".join([*lines, *more]) + "\n"


def read(saved, text):
    return open_file(saved(text), Answers())


def test_pairs_of_messages_are_places_of_six_characters_with_an_altitude(saved):
    [track] = read(saved, spots()).tracks
    assert track.raw.id == "KD2XYZ/Q6"
    places = [locator(grid + sub) for grid, sub in zip(GRIDS, SUBS, strict=True)]
    assert track.raw.lat_deg.tolist() == [lat for lat, _, _ in places]
    assert track.raw.lon_deg.tolist() == [lon for _, lon, _ in places]
    assert track.raw.height_m.tolist() == [12_000.0, 12_020.0, 12_040.0, 12_060.0]
    assert 1_000.0 < track.place_sd_m < 3_000.0  # a square of some five by eight kilometres
    assert [str(at)[11:16] for at in track.raw.time] == ["19:00", "19:10", "19:20", "19:30"]


def test_the_locator_of_telemetry_is_never_a_place(saved):
    """It may name the far side of the earth; without its pair it is nothing."""
    alone = "\n".join(line for line in spots().splitlines() if "KD2XYZ" not in line)
    with pytest.raises(CaseError, match="belongs to no message"):
        read(saved, alone)


def test_what_cannot_be_joined_is_left_out_and_told(saved):
    dark = encoded("Q6", "AA", 9_000, -30, 4.2, 40, gps=0)
    other = encoded("Q6", "BB", 15_000, -30, 4.2, 40)
    more = [
        "2023-02-01 20:00:00Z,KD2XYZ,EM22,10,AA1A",
        f"2023-02-01 20:02:00Z,{','.join(map(str, dark))},AA1A",
        "2023-02-01 20:10:00Z,KD2XYZ,EM22,10,AA1A",
        "2023-02-01 20:10:00Z,W5ABC,EM23,10,AA1A",
        f"2023-02-01 20:12:00Z,{','.join(map(str, other))},AA1A",
        f"2023-02-01 20:22:00Z,{','.join(map(str, other))},AA1A",
    ]
    tracks = read(saved, spots(more)).tracks
    assert [len(one.raw.time) for one in tracks] == [4]
    told = " ".join(tracks[0].raw.notes)
    assert "without a fix of GPS" in told
    assert "several call signs" in told
    assert "without a call sign before it" in told


def test_two_channels_are_two_balloons(saved):
    lines = spots().splitlines() + [
        line.replace("19:", "21:") for line in spots(channel="03", call="W5ABC").splitlines()[1:]
    ]
    found = read(saved, "\n".join(lines)).tracks
    assert [one.raw.id for one in found] == ["KD2XYZ/Q6", "W5ABC/03"]


def test_telemetry_becomes_evidence_of_a_case(folder, saved, bring):
    found = bring(saved(spots(), "spots.csv"), folder, url="https://example.org/spots", every_s=0.0)
    assert any("WSPR" in what for what, _ in found.said)
    rows = [one for one in load(folder).sightings if one.source == "spots"]
    assert [round(one.altitude_min_m) for one in rows] == [11_970, 11_990, 12_010, 12_030]
    assert {str(one.attribution) for one in rows} == {"telemetry"}
