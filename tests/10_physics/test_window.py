"""The window that moves with a march through a mapped wind."""

import mmap
import sys
from pathlib import Path

import numpy as np
import pytest

from overflight.physics import window

linux = pytest.mark.skipif(sys.platform != "linux", reason="it counts pages as Linux lists them")
SHAPE = (8, 16, 256, 256, 2)  # 8 MB a time, more than the system reads at once


@pytest.fixture
def field(tmp_path):
    """A mapped wind, none of which is in memory; every time is its own number."""
    path = tmp_path / "uv"
    values = np.broadcast_to(np.arange(8, dtype=np.float32)[:, None, None, None, None], SHAPE)
    path.write_bytes(b"\0" * 128 + values.tobytes())  # with a header, as arrays in files have
    with path.open("rb") as file:
        mapping = mmap.mmap(file.fileno(), 0, flags=mmap.MAP_PRIVATE)
    return np.frombuffer(mapping, np.float32, offset=128).reshape(SHAPE)


def held_bytes(array):
    """How much of the map is in this program's memory."""
    start = array.__array_interface__["data"][0]
    inside = False
    for line in Path("/proc/self/smaps").read_text().splitlines():
        if "-" in line.split()[0]:
            low, high = (int(end, 16) for end in line.split()[0].split("-"))
            inside = low <= start < high
        elif inside and line.startswith("Rss:"):
            return 1024 * int(line.split()[1])
    return None


@linux
@pytest.mark.parametrize("forward", [True, False])
def test_no_more_than_a_window_is_held_on_the_way(field, forward):
    one = field[0].nbytes
    intervals = range(7) if forward else range(6, -1, -1)
    held = []
    for time in intervals:
        window.prepare(field, time, forward=forward)
        assert field[time].mean() == time
        assert field[time + 1].mean() == time + 1
        held.append(held_bytes(field))
    assert max(held) < 3.8 * one
    for time in intervals:  # without a window everything stays
        assert field[time].mean() == time
    assert held_bytes(field) > 6.5 * one


def test_what_was_left_behind_can_be_read_again(field):
    total = field.sum()
    window.release(field)
    window.release(field[2, 1:3])
    window.fetch(field)
    assert field.sum() == total


def test_a_plain_array_is_left_alone():
    plain = np.ones((3, 2))
    for time in (-1, 0, 1, 5):
        window.prepare(plain, time)
    window.release(plain)
    window.release(plain[:0])
    assert plain.all()
    assert window.mapping_of(plain) is None


def test_the_ends_of_a_wind_are_no_trouble(field):
    for time in (-1, 0, 6, 7, 99):
        for forward in (True, False):
            window.prepare(field, time, forward=forward)
    assert field[7].mean() == 7.0


def test_advice_that_the_system_refuses_does_no_harm(field, monkeypatch):
    monkeypatch.setattr(window, "_AWAY", 9_999)
    window.release(field)
    monkeypatch.setattr(window, "_AWAY", None)
    monkeypatch.setattr(window, "_AHEAD", None)
    window.prepare(field, 2)
    assert field[3].mean() == 3.0
