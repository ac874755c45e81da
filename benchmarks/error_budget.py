"""How far a track goes wrong when the wind is known less well: a table in kilometres.

Six simulated winter days stand for the truth. Parcels are carried by it at fixed pressure, and by
less: by the climatology, by its first field alone, by its fields every 24 and every 6 hours. The
distance to the true parcel is the price. Printed values of the data's own notes stand beside.

    python benchmarks/error_budget.py ../shared/data/winds/simulated_6day_3h_NH.nc

Two integrators: Heun steps in degrees of 111.195 km, as in the notes, and overflight's own midpoint
step on the ellipsoid at height.
"""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from overflight.fields import climatology, interpolation, merge
from overflight.fields.readers import netcdf
from overflight.physics import atmosphere
from overflight.physics.drift import Drift, LevelLaw, passive_step
from overflight.physics.kernel import loop
from overflight.physics.ou import displacement_sd_m, ou_step
from overflight.physics.sphere import n_vector
from overflight.physics.windgrid import WindGrid, steady

Array = NDArray[np.float64]

HOURS = (6, 12, 24, 48, 72)
CLIMATOLOGY_DAY = 23.0
DEGREE_M = 111_195.0
STEP_S = 900.0
ROWS = ("distance", "climatology", "frozen", "24 h fields", "6 h fields")
# Median and 90th percentile, km, as the notes of the data print them.
PRINTED_70_HPA = {
    "distance": ((358, 694), (699, 1327), (1421, 2378), (2808, 4024), (4324, 6396)),
    "climatology": ((211, 353), (392, 647), (759, 1229), (1598, 2782), (3099, 4351)),
    "frozen": ((23, 41), (67, 121), (227, 390), (692, 1005), (1185, 2224)),
    "24 h fields": ((19, 34), (42, 77), (70, 170), (145, 329), (188, 452)),
    "6 h fields": ((7, 15), (10, 18), (13, 25), (19, 47), (24, 49)),
}
PRINTED_24_H = {
    100.0: ((1753, 2549), (897, 1560), (302, 530), (96, 176), (11, 24)),
    50.0: ((1226, 2581), (718, 1157), (201, 324), (82, 139), (15, 36)),
    30.0: ((1145, 3065), (1134, 2244), (211, 386), (117, 263), (20, 50)),
}


@dataclass(frozen=True)
class Level:
    """Wind on one pressure level: (time, lat, lon), axes increasing, longitudes 0 to 360."""

    time_s: Array
    lat_deg: Array
    lon_deg: Array
    u_mps: Array
    v_mps: Array

    def every(self, stride: int) -> "Level":
        """Every so many fields."""
        kept = slice(None, None, stride)
        return Level(
            self.time_s[kept], self.lat_deg, self.lon_deg, self.u_mps[kept], self.v_mps[kept]
        )

    def frozen(self) -> "Level":
        """The first field, for good."""
        ends = self.time_s[[0, -1]]
        return Level(ends, self.lat_deg, self.lon_deg, self.u_mps[[0, 0]], self.v_mps[[0, 0]])


Carrier = Callable[[Level, Array, Array], tuple[Array, Array]]


def load(path: Path) -> xr.Dataset:
    """The simulated run as a canonical wind."""
    return merge.merge(netcdf.read(path))


def on_level(wind: xr.Dataset, level_hpa: float) -> Level:
    """One level of it."""
    at = int(np.argmin(np.abs(wind["pressure_pa"].values - 100.0 * level_hpa)))
    lon_deg = wind["lon_deg"].values % 360.0
    order = np.argsort(lon_deg)
    u_mps, v_mps = (
        wind[name].values[:, at][..., order].astype(np.float64) for name in ("u_mps", "v_mps")
    )
    return Level(interpolation.seconds(wind), wind["lat_deg"].values, lon_deg[order], u_mps, v_mps)


def of_climatology(like: Level, level_hpa: float) -> Level:
    """The climatology in the same box, on a fine grid."""
    lat_deg = np.arange(like.lat_deg[0], like.lat_deg[-1] + 1.25, 1.25)
    lon_deg = np.arange(like.lon_deg[0], like.lon_deg[-1] + 1.25, 1.25)
    u_mps, v_mps = climatology.evaluate(
        lat_deg[:, None], lon_deg[None, :], CLIMATOLOGY_DAY, 100.0 * level_hpa
    )
    twice = np.ones((2, 1, 1))
    return Level(like.time_s[[0, -1]], lat_deg, lon_deg, u_mps * twice, v_mps * twice)


def starts(n: int = 600) -> tuple[Array, Array]:
    """Latitudes and longitudes of the parcels."""
    rng = np.random.default_rng(0)
    return rng.uniform(35.0, 55.0, n), rng.uniform(180.0, 290.0, n)


def _wind(level: Level, time_s: float, lat_deg: Array, lon_deg: Array) -> tuple[Array, Array]:
    """Bilinear in space, linear in time; NaN outside the box."""
    t = min(int(np.searchsorted(level.time_s, time_s, "right")) - 1, len(level.time_s) - 2)
    share = (time_s - level.time_s[t]) / (level.time_s[t + 1] - level.time_s[t])
    j, j_share, in_rows = _cell(level.lat_deg, lat_deg)
    i, i_share, in_columns = _cell(level.lon_deg, lon_deg)
    found = []
    for values in (level.u_mps, level.v_mps):
        field = (1.0 - share) * values[t] + share * values[t + 1]
        low = (1.0 - i_share) * field[j, i] + i_share * field[j, i + 1]
        high = (1.0 - i_share) * field[j + 1, i] + i_share * field[j + 1, i + 1]
        blown = (1.0 - j_share) * low + j_share * high
        found.append(np.where(in_rows & in_columns, blown, np.nan))
    return found[0], found[1]


def _cell(axis: Array, value: Array) -> tuple[NDArray[np.int64], Array, NDArray[np.bool_]]:
    inside = (value >= axis[0]) & (value <= axis[-1])
    index = np.clip(np.searchsorted(axis, value, "right") - 1, 0, len(axis) - 2)
    return index, (value - axis[index]) / (axis[index + 1] - axis[index]), inside


def heun(level: Level, lat_deg: Array, lon_deg: Array) -> tuple[Array, Array]:
    """Carry parcels in degrees; latitudes and longitudes at HOURS, (hour, parcel)."""

    def rate(time_s: float, lat: Array, lon: Array) -> tuple[Array, Array]:
        u_mps, v_mps = _wind(level, time_s, lat, lon)
        return v_mps / DEGREE_M, u_mps / (DEGREE_M * np.cos(np.radians(lat)))

    lat, lon = lat_deg.copy(), lon_deg.copy()
    kept = []
    for step in range(round(HOURS[-1] * 3_600.0 / STEP_S)):
        time_s = step * STEP_S
        a_lat, a_lon = rate(time_s, lat, lon)
        b_lat, b_lon = rate(time_s + STEP_S, lat + STEP_S * a_lat, lon + STEP_S * a_lon)
        lat, lon = lat + 0.5 * STEP_S * (a_lat + b_lat), lon + 0.5 * STEP_S * (a_lon + b_lon)
        if (step + 1) * STEP_S / 3_600.0 in HOURS:
            kept.append((lat, lon))
    return np.array([one[0] for one in kept]), np.array([one[1] for one in kept])


@loop
def _carried(drift: Drift, places: Array, n_steps: int) -> Array:
    paths = np.empty((places.shape[0], n_steps, 3))
    state, after, noise = np.zeros(5), np.empty(5), np.zeros(4)
    for parcel in range(places.shape[0]):
        state[:3] = places[parcel]
        state[3:] = 0.0
        for step in range(n_steps):
            passive_step(drift, step, state, noise, after)
            state, after = after, state
            paths[parcel, step] = state[:3]
    return paths


def on_ellipsoid(level: Level, lat_deg: Array, lon_deg: Array) -> tuple[Array, Array]:
    """The same by overflight's own step, 19 km up; (hour, parcel)."""
    n_steps = round(HOURS[-1] * 3_600.0 / STEP_S)
    log_p = np.log(np.array([6_000.0, 8_000.0]))
    uv = np.stack([level.u_mps, level.v_mps], axis=-1)[:, None].repeat(2, axis=1)
    grid = WindGrid(level.time_s, log_p, level.lat_deg, level.lon_deg, uv.astype(np.float32))
    half = 2 * n_steps + 1
    law = LevelLaw(
        np.full(half, np.log(7_000.0)),
        np.full(half, float(atmosphere.height_m_of_pressure(7_000.0))),
        np.full(half, interpolation.SCALE_HEIGHT_M),
        np.zeros((half, 3)),
        0.0,
    )
    none = steady(log_p, np.array([-90.0, 90.0]), np.zeros((2, 2)))
    step = ou_step(86_400.0, STEP_S)
    drift = Drift(grid, none, 1.0, step, law, 0.0, STEP_S, 1.0, 0.0, 0.0, 0.0)
    places = np.array([n_vector(a, b) for a, b in zip(lat_deg, lon_deg, strict=True)])
    marks = [round(hour * 3_600.0 / STEP_S) - 1 for hour in HOURS]
    paths = np.asarray(_carried(drift, places, n_steps))[:, marks].transpose(1, 0, 2)
    lat = np.degrees(np.arctan2(paths[..., 2], np.hypot(paths[..., 0], paths[..., 1])))
    return lat, np.degrees(np.arctan2(paths[..., 1], paths[..., 0])) % 360.0


def apart_km(one: tuple[Array, Array], other: tuple[Array, Array]) -> Array:
    """Great-circle distances."""
    lat_a, lat_b = np.radians(one[0]), np.radians(other[0])
    turn = np.radians(other[1] - one[1])
    half = np.sin(0.5 * (lat_b - lat_a)) ** 2
    half = half + np.cos(lat_a) * np.cos(lat_b) * np.sin(0.5 * turn) ** 2
    radius_km = DEGREE_M / 1_000.0 * 180.0 / np.pi
    return np.asarray(2.0 * radius_km * np.arcsin(np.sqrt(np.clip(half, 0.0, 1.0))))


def budget(wind: xr.Dataset, level_hpa: float, carrier: Carrier = heun) -> dict[str, Array]:
    """Median and 90th percentile by row and hour, km: name -> (hour, 2)."""
    truth = on_level(wind, level_hpa)
    lat_deg, lon_deg = starts()
    true = carrier(truth, lat_deg, lon_deg)
    less = {
        "climatology": of_climatology(truth, level_hpa),
        "frozen": truth.frozen(),
        "24 h fields": truth.every(8),
        "6 h fields": truth.every(2),
    }
    found = {"distance": apart_km((lat_deg, lon_deg), true)}
    found |= {name: apart_km(carrier(one, lat_deg, lon_deg), true) for name, one in less.items()}
    return {name: np.nanpercentile(km, (50.0, 90.0), axis=1).T for name, km in found.items()}


def promised_km(wind: xr.Dataset, level_hpa: float, stride: int) -> Array:
    """Median miss that the error model promises for every so many fields, by hour.

    The interpolation's standard deviation, remembered for 24 h as inference takes it.
    """
    at = int(np.argmin(np.abs(wind["pressure_pa"].values - 100.0 * level_hpa)))
    missed = interpolation.of_field(wind.isel(time=slice(None, None, stride)))
    sd_mps = float(np.sqrt(missed.time_variance[:, at].mean()))
    return np.array(
        [1.17741e-3 * displacement_sd_m(sd_mps, 86_400.0, 3_600.0 * hour) for hour in HOURS]
    )


def _line(name: str, values: Array, printed: tuple[tuple[int, int], ...]) -> str:
    cells = [
        f"{value[0]:6.0f}/{value[1]:<5.0f}({known[0]}/{known[1]})".ljust(24)
        for value, known in zip(values, printed, strict=True)
    ]
    return f"{name:<14}" + "".join(cells) + "\n"


def main() -> None:
    """Print the tables."""
    default = Path(__file__).resolve().parents[2] / "shared/data/winds/simulated_6day_3h_NH.nc"
    wind = load(Path(sys.argv[1]) if len(sys.argv) > 1 else default)
    out = sys.stdout.write
    for title, carrier in (("Heun, degrees", heun), ("overflight's step", on_ellipsoid)):
        out(f"\n70 hPa, {title}: median/90th percentile in km (as printed in the notes)\n")
        out(" " * 14 + "".join(f"{hour} h".ljust(24) for hour in HOURS) + "\n")
        table = budget(wind, 70.0, carrier)
        for row in ROWS:
            out(_line(row, table[row], PRINTED_70_HPA[row]))
    out("\n24 h, other levels, Heun\n")
    for level_hpa, printed in PRINTED_24_H.items():
        table = budget(wind, level_hpa)
        day = np.array([table[row][HOURS.index(24)] for row in ROWS])
        out(_line(f"{level_hpa:g} hPa", day, printed))
    out("\nPromised by the error model for 70 hPa, median in km at the same hours\n")
    for name, stride in (("24 h fields", 8), ("6 h fields", 2)):
        km = promised_km(wind, 70.0, stride)
        out(f"{name:<14}" + "".join(f"{value:6.0f}".ljust(24) for value in km) + "\n")


if __name__ == "__main__":
    main()
