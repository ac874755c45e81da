"""What to type, or to choose by hand, where a wind does not reach a case.

ERA5 is advised: it reaches back to 1940, and as high as any balloon. Nothing is asked of a network
here: that is done by :mod:`overflight.fields.fetch`, when a person types the command.
"""

import shlex
from math import ceil, floor

from overflight.fields.extent import Extent, hours, levels_within

ERA5_LEVELS_HPA = (1.0, 2.0, 3.0, 5.0, 7.0, 10.0, 20.0, 30.0, 50.0, 70.0, 100.0, 125.0, 150.0,
                   175.0, 200.0, 225.0, 250.0, 300.0, 350.0, 400.0, 450.0, 500.0, 550.0, 600.0,
                   650.0, 700.0, 750.0, 775.0, 800.0, 825.0, 850.0, 875.0, 900.0, 925.0, 950.0,
                   975.0, 1000.0)  # fmt: skip
ERA5_HOUR_S = 46.0  # to download an hour of wind at 50 Mbit/s
LONG_S = 7_200.0  # a longer download is worth thinning
THINNED_H = 3


def suggest(extent: Extent, case: str = "CASE") -> str:
    """The command that fetches what is missing, and how to get it by hand.

    Parameters
    ----------
    case
        The case's folder, for the command.
    """
    low, high = extent.pressure_min_pa / 100.0, extent.pressure_max_pa / 100.0
    if low < min(ERA5_LEVELS_HPA) or high > max(ERA5_LEVELS_HPA):
        return (
            f"No source offers {low:.3g} to {high:.4g} hPa: ERA5 reaches from 1 to 1,000 hPa. Keep"
            " the flight within that."
        )
    times = hours(extent, 1)
    levels = levels_within(ERA5_LEVELS_HPA, extent, "ERA5")
    edges = (
        ceil(extent.north_deg),
        floor(extent.west_deg),
        floor(extent.south_deg),
        ceil(extent.east_deg),
    )
    return (
        f"Fetch u, v and geopotential: {_command(len(times), case)}. By hand: at the Climate Data"
        " Store, 'ERA5 hourly data on pressure levels': u-component of wind, v-component of wind,"
        f" geopotential; {str(times[0])[:10]} to {str(times[-1])[:10]}, every hour"
        f" ({str(times[0])[11:13]} h of the first day to {str(times[-1])[11:13]} h of the last);"
        f" levels {', '.join(f'{p:g}' for p in levels)} hPa; north, west, south, east:"
        f" {', '.join(f'{edge:g}' for edge in edges)}; NetCDF or GRIB."
    )


def _command(n_hours: int, case: str) -> str:
    """The command, with every third hour only where all of them would take hours to come."""
    command = f"overflight wind fetch {shlex.quote(case)} --source era5"
    whole_s = n_hours * ERA5_HOUR_S
    if whole_s < LONG_S:
        return command
    return (
        f"{command} --every {THINNED_H} (about {whole_s / THINNED_H / 3_600.0:.1f} hours at 50"
        f" Mbit/s; every hour of wind, without --every, about {whole_s / 3_600.0:.0f})"
    )
