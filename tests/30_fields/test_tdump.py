"""HYSPLIT listings are tracks to compare with."""

import numpy as np
import pytest

from overflight.errors import FieldError
from overflight.fields import sniff, source
from overflight.fields.readers import tdump

REAL = "hysplit_tdump14010100_dateline"


def listing(direction="BACKWARD", diagnostics=("PRESSURE",), wrap=False):
    head = [
        "     1     1", "    GDAS    23     2     1     0     0", f"     2 {direction} OMEGA   ",
        "    23     2     1    18   45.780 -108.500 18000.0",
        "    23     2     1    18   45.780 -108.500 20000.0",
        f"     {len(diagnostics)} " + " ".join(diagnostics),
    ]  # fmt: skip
    rows = []
    for step in range(3):
        for number in (1, 2):
            row = (
                f"{number:6d}     1    23     2     1{18 - step:6d}     0     0{-step:8.1f}"
                f"{45.78 + step:9.3f}{-108.5 - 0.5 * step:9.3f}{17_000.0 + number:9.1f}"
            )
            more = "".join(f"{70.0 + step:9.1f}" for _ in diagnostics)
            rows += [row, more] if wrap else [row + more]
    return head + rows


def test_the_real_listing_crosses_the_date_line(shared_data):
    path = shared_data / "telemetry" / "raw_formats" / REAL
    assert sniff.kind_of(path).key == "tdump"
    (track,) = tdump.read(path)
    assert track.direction == "FORWARD"
    assert str(track.time[0])[:13] == "2014-01-01T00"
    assert track.lat_deg[0] == 50.0
    assert np.abs(np.diff(track.lon_deg)).max() > 300.0  # +180 to -180
    assert track.pressure_pa[0] == pytest.approx(88_380.0)
    assert (np.diff(track.time) == np.timedelta64(1, "h")).all()


@pytest.mark.parametrize("wrap", [False, True])
def test_two_trajectories_are_told_apart(wrap):
    one, other = tdump.parse(listing(wrap=wrap), "x")
    assert (one.number, other.number) == (1, 2)
    assert one.lat_deg.tolist() == [45.78, 46.78, 47.78]
    assert other.height_m[0] == 17_002.0
    assert one.pressure_pa.tolist() == [7_000.0, 7_100.0, 7_200.0]
    assert one.time[0] > one.time[-1]  # backward


def test_the_pressure_is_found_by_its_name():
    tracks = tdump.parse(listing(diagnostics=("THETA", "PRESSURE", "RAIN")), "x")
    assert tracks[0].pressure_pa[1] == 7_100.0
    assert tdump.parse(listing(diagnostics=("THETA",)), "x")[0].pressure_pa is None


@pytest.mark.parametrize(
    ("spoil", "line"),
    [
        (lambda t: [*t[:-1], t[-1][:40]], 12),
        (lambda t: [*t[:8], "what is this", *t[9:]], 9),
        (lambda t: t[:2], 3),
        (lambda t: t[:6], 7),
    ],
    ids=["cut", "words", "head", "empty"],
)
def test_a_malformed_listing_names_the_line(spoil, line):
    with pytest.raises(FieldError, match=rf"x:{line}:"):
        tdump.parse(spoil(listing()), "x")


def test_a_listing_is_no_wind(tmp_path):
    path = tmp_path / "tdump"
    path.write_text("\n".join(listing()), encoding="ascii")
    with pytest.raises(FieldError, match="tracks, not winds"):
        source.open_winds([path], cached=False)
