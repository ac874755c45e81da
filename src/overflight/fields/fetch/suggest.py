"""What to type, or to choose by hand, where a wind does not reach."""

from overflight.fields.fetch import arco
from overflight.fields.fetch.plan import Extent, hours, levels_within


def suggest(extent: Extent, case: str = "CASE") -> str:
    """The command that fetches what is missing, and how to get it by hand.

    Parameters
    ----------
    case
        Name of the case folder, for the command.
    """
    times = hours(extent, 1)
    days = f"{str(times[0])[:10]} to {str(times[-1])[:10]}"
    low, high = extent.pressure_min_pa / 100.0, extent.pressure_max_pa / 100.0
    if low < min(arco.LEVELS_HPA) or high > max(arco.LEVELS_HPA):
        return (
            f"No source offers {low:.3g} to {high:.4g} hPa: ERA5 reaches from 1 to 1,000 hPa. Keep"
            " the flight within that."
        )
    levels = levels_within(arco.LEVELS_HPA, extent, "ERA5")
    box = f"{extent.north_deg:g}, {extent.west_deg:g}, {extent.south_deg:g}, {extent.east_deg:g}"
    return (
        f"Fetch it: overflight wind fetch {case} --source era5. By hand: at the Climate Data Store,"
        " 'ERA5 hourly data on pressure levels': u-component of wind, v-component of wind,"
        f" geopotential; {days}, every hour ({str(times[0])[11:13]} h of the first day to"
        f" {str(times[-1])[11:13]} h of the last);"
        f" levels {', '.join(f'{p:g}' for p in levels)} hPa; north, west, south, east: {box};"
        " NetCDF or GRIB."
    )
