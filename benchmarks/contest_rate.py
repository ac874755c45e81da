"""When each part of an account is done, of a case in winds of the size of its days.

    python benchmarks/contest_rate.py [CASE] [--leave-one-out] [--wave 12]

Without weather files at hand the winds are made up: the season's own, every 6 h on 2.5 degrees,
with travelling waves of stream function besides, so that every day differs. Fields and work are as
large as those of a reanalysis on that grid; what the account says of the case means nothing. The
moments are those at which a stage said that it was done, from the start of the program on.
"""

import argparse
import resource
import tempfile
import time
from datetime import timedelta
from pathlib import Path

import numpy as np
import xarray as xr

from overflight import account
from overflight.case.load import load
from overflight.fields import climatology, packed
from overflight.physics.sphere import MEAN_RADIUS_M

STARTED = time.perf_counter()
EVERY_S, GRID_DEG = 21_600.0, 2.5
N_WAVES, FAR_DEG = 24, 2.0
DAYS_AROUND = 3  # before and after the flight


def weather(case: Path, wave_ms: float) -> xr.Dataset:
    """The season's wind with waves that travel: rotational, of ``wave_ms`` in the mean square."""
    held = load(case)
    day = timedelta(days=DAYS_AROUND)
    wind = climatology.dataset(held.span_start - day, held.span_end + day, EVERY_S, GRID_DEG)
    rng = np.random.default_rng(1)
    lat, lon = np.radians(wind["lat_deg"].values), np.radians(wind["lon_deg"].values)
    second = EVERY_S * np.arange(wind.sizes["time"])
    east = np.zeros((len(second), len(lat), len(lon)))
    north = np.zeros_like(east)
    for _ in range(N_WAVES):
        round_, up = rng.integers(1, 9), rng.uniform(1.0, 7.0)
        phase = rng.uniform(0.0, 2.0 * np.pi, 2)
        speed = rng.uniform(-15.0, 15.0) / MEAN_RADIUS_M * round_
        along = round_ * lon[None, None, :] + phase[0] - speed * second[:, None, None]
        across = up * lat[None, :, None] + phase[1]
        size = wave_ms / np.hypot(round_, up) * np.sqrt(4.0 / N_WAVES)
        edge = np.cos(lat)[None, :, None]  # no wave at a pole
        east -= size * up * np.cos(across) * np.cos(along) * edge
        north -= size * round_ * np.sin(across) * np.sin(along) * edge
    for name, more in (("u", east), ("v", north)):
        wind[f"{name}_mps"] = wind[f"{name}_mps"] + more[:, None].astype(np.float32)
    wind.attrs = {
        "source": "gfs", "product": "analysis", "title": "made-up weather",
        "attribution": "nobody's data", "height_basis": "standard atmosphere",
    }  # fmt: skip
    return wind


class Clock:
    """Tells when each stage was done."""

    def __init__(self) -> None:
        self.done: dict[str, float] = {}

    def __call__(self, stage: str, done: int, total: int) -> None:
        if done >= total:
            if stage not in self.done:
                print(f"{time.perf_counter() - STARTED:7.1f} s  {stage}", flush=True)
            self.done[stage] = time.perf_counter() - STARTED


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("case", nargs="?", type=Path, default=Path("cases/2023-conus"))
    parser.add_argument("--leave-one-out", action="store_true")
    parser.add_argument("--wave", type=float, default=12.0, help="m/s of the waves")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "weather.nc"
        packed.write(weather(asked.case, asked.wave), path)
        print(f"{time.perf_counter() - STARTED:7.1f} s  (weather made up)", flush=True)
        account.run(
            asked.case, Path(folder) / "out", wind=[path], check=asked.leave_one_out,
            progress=Clock(),
        )  # fmt: skip
    spent = sum(resource.getrusage(who).ru_utime
                for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))  # fmt: skip
    print(f"{time.perf_counter() - STARTED:7.1f} s  all, {spent:.0f} s of processors")


if __name__ == "__main__":
    main()
