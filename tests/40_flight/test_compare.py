"""A HYSPLIT listing against a wind: exact where they are one flow, apart where they differ."""

import math
from dataclasses import replace

import numpy as np
import pytest
import xarray as xr

from overflight import kept
from overflight.errors import CoverageError, FieldError
from overflight.fields import canonical, packed, source, synthetic
from overflight.fields.readers import tdump
from overflight.flight.compare import compare, of_files
from overflight.physics import sphere
from overflight.release import comparewords

LEVELS_PA = np.array([5_000.0, 7_000.0, 10_000.0])
HOURS = 48
TURNING = synthetic.tilted(30.0, height_m=18_442.0)  # geometric height of 70 hPa


def field(*, factor=1.0, source="era5", hours=HOURS + 1):
    """The flow that turns the whole air, as a global wind every 3 h."""
    lat, lon = np.linspace(-90.0, 90.0, 181), np.arange(-180.0, 180.0, 1.0)
    wind = np.array(
        [
            [synthetic.turning_normals_wind(TURNING, *sphere.n_vector(a, b)) for b in lon]
            for a in lat
        ]
    )
    times = np.datetime64("2023-02-01", "ns") + np.arange(0, hours + 2, 3) * np.timedelta64(1, "h")
    shape = (len(times), 3, 181, 360)
    u, v = (np.broadcast_to(factor * wind[..., k], shape).astype(np.float32) for k in (0, 1))
    z = np.broadcast_to(np.array([20_600.0, 18_400.0, 16_200.0])[:, None, None], shape)
    return xr.Dataset(
        {"u_mps": (canonical.DIMS, u), "v_mps": (canonical.DIMS, v),
         "z_m": (canonical.DIMS, z.astype(np.float32))},
        coords={"time": times, "pressure_pa": LEVELS_PA, "lat_deg": lat, "lon_deg": lon},
        attrs={"source": source, "product": "reanalysis", "title": "a turning", "notes": "",
               "attribution": "nobody", "height_basis": "file"},
    )  # fmt: skip


def listing(lat_deg=40.0, lon_deg=170.0, *, backward=False, pressure=True, hours=HOURS):
    """A listing of the exact track, written as HYSPLIT writes one."""
    start = sphere.n_vector(lat_deg, lon_deg)
    sign = -1 if backward else 1
    first = 48 if backward else 0
    lines = ["     1     1", "    GDAS    23     2     1     0     0",
             f"     1 {'BACKWARD' if backward else 'FORWARD '} OMEGA",
             f"    23     2     1     0 {lat_deg:8.3f} {lon_deg:8.3f} 18400.0",
             "     1 PRESSURE" if pressure else "     1 THETA"]  # fmt: skip
    for hour in range(hours + 1):
        lat, lon = sphere.lat_lon_deg(*synthetic.turned(TURNING, *start, sign * hour * 3_600.0))
        day, clock = divmod(first + sign * hour, 24)
        lines.append(f"     1     1    23     2 {1 + day:5d} {clock:5d}     0     0 "
                     f"{sign * hour:7.1f} {lat:8.3f} {lon:8.3f}  18442.0     70.0")  # fmt: skip
    (track,) = tdump.parse(lines, "x.tdump")
    return track


@pytest.mark.parametrize("backward", [False, True])
def test_the_same_flow_ends_at_the_same_place_across_180_degrees(backward):
    found = compare(listing(backward=backward), field())
    assert found.track.direction == ("BACKWARD" if backward else "FORWARD")
    assert found.apart_m[0] == 0.0
    # Rounded to 0.001 degree in the listing; ours on a grid of one degree.
    assert found.apart_m[-1] < 1_500.0
    assert found.way_m[-1] > 2_000_000.0
    text, facts = comparewords.compared("x.tdump", found)
    assert "do not contradict each other" in text
    assert facts["points"][-1]["hours"] == (-48.0 if backward else 48.0)


def test_a_wind_a_fifth_faster_is_apart_by_a_fifth_and_said_to_be_another():
    found = compare(listing(lat_deg=10.0), field(factor=1.2))
    assert found.apart_m[-1] == pytest.approx(0.2 * found.way_m[-1], rel=0.05)
    assert found.apart_m[-1] > found.most_within_m[-1]
    assert "times farther apart" in comparewords.compared("x.tdump", found)[0]


def test_what_the_error_of_the_wind_allows_is_its_formula():
    """ERA5 at 40 N and 70 hPa: some 2.2 m/s, 24 h, and a bias of 0.5 m/s."""
    found = compare(listing(), field())
    one, t, tau = found.half_within_m[24] / 1.17741, 86_400.0, 86_400.0
    drift = math.sqrt(2.0) * tau * math.sqrt(t / tau - 1.0 + math.exp(-t / tau))
    sd_mps = math.sqrt(one**2 - (0.5 * t) ** 2) / drift
    assert 1.8 < sd_mps < 3.5
    assert found.most_within_m[24] / found.half_within_m[24] == pytest.approx(2.14597 / 1.17741)


def test_without_pressures_the_heights_serve_and_it_says_so():
    found = compare(listing(pressure=False), field())
    assert "standard atmosphere" in found.levels
    assert found.apart_m[-1] < 1_500.0


def test_a_wind_of_no_real_day_gives_no_verdict():
    text, facts = comparewords.compared("x", compare(listing(), field(source="simulated")))
    assert "says nothing about the listing" in text
    assert facts["prior_only"] is True


def test_a_wind_that_ends_before_the_track_is_refused_by_how_much():
    with pytest.raises(CoverageError, match="24 h before"):
        compare(listing(), field(hours=24))


def test_several_tracks_open_the_wind_once_and_are_what_they_are_alone(tmp_path, monkeypatch):
    packed.write(field(), tmp_path / "wind.nc")
    tracks = [listing(hours=12), listing(lat_deg=10.0, hours=30)]
    lifted = replace(tracks[1], pressure_pa=0.8 * tracks[1].pressure_pa)
    opened, real = [], source.open_winds
    monkeypatch.setattr(source, "open_winds", lambda *a, **k: opened.append(a) or real(*a, **k))
    monkeypatch.setenv(kept.SWITCH, str(tmp_path / "cache"))
    together = of_files([tracks[0], lifted], [tmp_path / "wind.nc"])
    assert len(opened) == 1
    for track, found in zip([tracks[0], lifted], together, strict=True):
        (alone,) = of_files([track], [tmp_path / "wind.nc"])
        for name in ("lat_deg", "lon_deg", "apart_m", "half_within_m", "most_within_m"):
            assert np.array_equal(getattr(found, name), getattr(alone, name)), name


def test_a_single_point_is_no_track():
    with pytest.raises(FieldError, match="single point"):
        compare(listing(hours=0), field())
