"""Where the covariance of the analysis of soundings is from: print it beside what the law has.

Departures of global analyses and forecasts from the climatology are correlated over distance (along
the line between two places, and across it), height and time; the lengths are least squares to that.
Then how much a sonde's wind changes with height, of sondes that validate nothing. Needs the wind
files and the telemetry beside the project.
"""

import sys
from functools import cache
from pathlib import Path

import numpy as np
from scipy.optimize import least_squares

from overflight.fields import climatology, source
from overflight.fields.soundings import background, formats, gaussian
from overflight.fields.soundings.covariance import DEFAULT
from overflight.fields.soundings.making import legs
from overflight.physics import atmosphere

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
DAILY = "gfs1p00_anl_daily_20190926-20191005_10-70-250-500hPa.nc"
HOURLY = "gfs1p00_20221107_09Z-24Z_5times_150-700hPa.nc"
HIGH = "gfs1p00_20221108_00Z_strat_5-250hPa.nc"
AUTUMN, WINTER = "gfs2p5_f072_valid_20111011_00Z.grib2", "gfs2p5_f120_valid_20110115_12Z.grib2"
MIDDLE_DEG, TROPICS_DEG = (30.0, 65.0), (-20.0, 20.0)
EARTH_KM = 6_371.0
DISTANCES_KM = np.array([200.0, 500.0, 800.0, 1_000.0, 1_500.0, 2_000.0])
N_PAIRS, FURTHEST_M, LATEST_H = 20_000, 7_000.0, 72.0
OTHER_SONDES = ("sonde_R3320833", "sonde_R3330518", "sonde_S3140158", "sonde_S3140515",
                "wsgc_elijah_20180808")  # fmt: skip


def matern(way):
    return (1.0 + way) * np.exp(-way)


@cache
def wind(name):
    return source.open_winds([SHARED / "winds" / name], cached=False).wind


@cache
def departures(name, moment, hpa):
    """(2, lat, lon) of one field from the climatology, as the analysis has it."""
    field = wind(name).isel(time=moment).sel(pressure_pa=100.0 * hpa)
    lat, lon = np.meshgrid(field["lat_deg"], field["lon_deg"], indexing="ij")
    day = climatology.day_of_year(background._aware(field["time"].values))
    level = np.clip(100.0 * hpa, 1_000.0, 20_000.0)
    whole = [np.full(lat.size, x) for x in (day, level)]
    usual = climatology.evaluate(lat.ravel(), lon.ravel(), *whole)
    return np.stack([field["u_mps"].values, field["v_mps"].values]) - np.reshape(
        usual, (2, *lat.shape)
    )


def along_and_across(hpa, band):
    """Correlations of the two components at the distances, (2, distance); each file counts once."""
    found = []
    for name, moments in ((DAILY, (0, 3, 6)), (HIGH, (0,)), (AUTUMN, (0,)), (WINTER, (0,))):
        if 100.0 * hpa in wind(name)["pressure_pa"].values:
            found.append(np.mean([of_field(name, k, hpa, band) for k in moments], axis=0))
    return np.mean(found, axis=0)


def of_field(name, moment, hpa, band):
    """The same of one field, from pairs of places drawn evenly over a band of latitude."""
    rng = np.random.default_rng(1)
    lat, lon = wind(name)["lat_deg"].values, wind(name)["lon_deg"].values
    departure = departures(name, moment, hpa)
    rows = []
    for distance in DISTANCES_KM / EARTH_KM:
        start = np.arcsin(rng.uniform(*np.sin(np.radians(band)), N_PAIRS))
        east, bearing = rng.uniform(0.0, 2.0 * np.pi, (2, N_PAIRS))
        end = np.arcsin(np.sin(start) * np.cos(distance)
                        + np.cos(start) * np.sin(distance) * np.cos(bearing))  # fmt: skip
        way = np.arctan2(np.sin(bearing) * np.sin(distance) * np.cos(start),
                         np.cos(distance) - np.sin(start) * np.sin(end))  # fmt: skip
        onward = np.arctan2(np.sin(way) * np.cos(start),
                            np.sin(end) * np.cos(start) * np.cos(way)
                            - np.cos(end) * np.sin(start))  # fmt: skip
        one = turned(at(lat, lon, departure, start, east), bearing)
        two = turned(at(lat, lon, departure, end, east + way), onward)
        variance = 0.5 * ((one**2).mean() + (two**2).mean())
        rows.append(1.0 - 0.5 * ((one - two) ** 2).mean(axis=1) / variance)
    return np.transpose(rows)


def at(lat_deg, lon_deg, departure, lat, lon):
    """The nearest node's departure."""
    step = lon_deg[1] - lon_deg[0]
    row = np.round((np.degrees(lat) - lat_deg[0]) / (lat_deg[1] - lat_deg[0])).astype(int)
    column = np.round((np.degrees(lon) - lon_deg[0]) / step).astype(int) % len(lon_deg)
    return departure[:, np.clip(row, 0, len(lat_deg) - 1), column]


def turned(departure, bearing):
    """Components along a bearing and across it."""
    u, v = departure
    return np.stack([u * np.sin(bearing) + v * np.cos(bearing),
                     u * np.cos(bearing) - v * np.sin(bearing)])  # fmt: skip


def length_km(correlations, *, stream):
    """Least squares, with a share that is uncorrelated already at the first distance."""

    def off(guess):
        way = DISTANCES_KM / guess[0]
        both = [matern(way), matern(way) - (way**2 * np.exp(-way) if stream else 0.0)]
        told = correlations if stream else np.mean(correlations, axis=0, keepdims=True)
        return ((1.0 - guess[1]) * np.array(both[: len(told)]) - told).ravel()

    return float(least_squares(off, [700.0, 0.05]).x[0])


def alike(one, other, lat, band):
    """Correlation of two fields over a band of latitude."""
    weight = (np.cos(np.radians(lat)) * (lat >= band[0]) * (lat <= band[1]))[:, None]
    cov, *variances = ((weight * a * b).sum() for a, b in ((one, other), (one, one), (other,) * 2))
    return float(cov / np.sqrt(np.prod(variances)))


def height_km(band):
    """Least squares of the correlation in height, 4 to 31 km, of fields no more than 7 km apart."""
    pairs = []
    for name in (HIGH, AUTUMN, WINTER):
        hpa = wind(name)["pressure_pa"].values / 100.0
        z = np.array([atmosphere.pressure_altitude_m(100.0 * float(p)) for p in hpa])
        lat = wind(name)["lat_deg"].values
        for i, j in np.argwhere(np.abs(z[:, None] - z[None, :]) < FURTHEST_M):
            if i < j and min(z[i], z[j]) > 4_000.0 and z[i] + z[j] < 62_000.0:
                two = (departures(name, 0, float(hpa[k])) for k in (i, j))
                pairs.append((abs(z[i] - z[j]) / 1e3, alike(*two, lat, band)))
    apart, value = np.transpose(pairs)
    return float(least_squares(lambda x: matern(apart / x[0]) - value, [3.0]).x[0])


def time_h(hpa, band):
    """Least squares of the correlation in time, of fields up to three days apart."""
    pairs = []
    for name in (DAILY, HOURLY):
        if 100.0 * hpa not in wind(name)["pressure_pa"].values:
            continue
        hours = (wind(name)["time"].values - np.datetime64("2000-01-01")) / np.timedelta64(1, "h")
        lags = hours[None, :] - hours[:, None]
        for i, j in np.argwhere((lags > 0.0) & (lags <= LATEST_H)):
            two = (departures(name, int(k), hpa) for k in (i, j))
            pairs.append((lags[i, j], alike(*two, wind(name)["lat_deg"].values, band)))
    lag, value = np.transpose(pairs)
    return float(least_squares(lambda x: matern(lag / x[0]) - value, [20.0]).x[0])


def with_height_mps(low_m, high_m):
    """Rms vector difference of layers of a sonde 0.5, 1, 2 and 3 km apart, of other days."""
    tracks = SHARED / "telemetry" / "tracks"
    up = [legs(formats.read_profiles(tracks / f"{n}.csv.gz")[0][0])[0] for n in OTHER_SONDES]
    known = gaussian.layers(up, up[0].time[0])
    inside = np.flatnonzero((known.at.height_m >= low_m) & (known.at.height_m < high_m))
    height, number = known.at.height_m[inside], known.sounding[inside]
    apart = height[None, :] - height[:, None]
    off = known.departure_mps[:, inside][:, :, None] - known.departure_mps[:, inside][:, None, :]
    pairs = [(number[:, None] == number[None, :]) & (np.abs(apart - h) < 180.0)
             for h in (500.0, 1_000.0, 2_000.0, 3_000.0)]  # fmt: skip
    return [float(np.sqrt((off[:, use] ** 2).sum(axis=0).mean())) for use in pairs]


def main():
    if not SHARED.is_dir():
        print("the data are not beside the project", file=sys.stderr)
        return 2
    print(f"the law: {DEFAULT}")
    for name, band, stream, levels in (("middle", MIDDLE_DEG, True, (250.0, 150.0, 100.0, 70.0)),
                                       ("tropics", TROPICS_DEG, False, (100.0, 70.0))):  # fmt: skip
        for hpa in levels:
            told = along_and_across(hpa, band)
            print(f"{name}, {hpa:.0f} hPa: {length_km(told, stream=stream):.0f} km; along "
                  + " ".join(f"{v:5.2f}" for v in told[0]) + "  across "
                  + " ".join(f"{v:5.2f}" for v in told[1]))  # fmt: skip
        print(f"{name}, height: {height_km(band):.1f} km")
        for hpa in (250.0, 70.0):
            print(f"{name}, time at {hpa:.0f} hPa: {time_h(hpa, band):.0f} h")
    for low, high in ((16e3, 20e3), (24e3, 34e3)):
        print(f"five sondes, {low / 1e3:.0f}-{high / 1e3:.0f} km, 0.5 1 2 3 km apart: "
              + " ".join(f"{v:.1f}" for v in with_height_mps(low, high)) + " m/s")  # fmt: skip
    return 0


if __name__ == "__main__":
    sys.exit(main())
