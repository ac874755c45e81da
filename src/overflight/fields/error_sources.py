"""How wrong the wind of each maker is: tables, grades, and where they are from.

The numbers are root mean squares per component of balloons in flight minus an analysis that was
interpolated to them, 16 to 22 km. No balloon has told the error over the northern mid-latitudes in
winter; the value used there is the weakest link.
"""

from dataclasses import dataclass

import numpy as np
import xarray as xr
from numpy.typing import NDArray

Array = NDArray[np.float64]

# Middles of the published bands; linear between. The south's middle latitudes are ocean.
_LATITUDES_DEG = (-90.0, -60.0, -40.0, -22.5, -7.5, 7.5, 22.5, 40.0, 60.0, 90.0)
_MODERN_MPS = (2.0, 2.0, 2.5, 3.0, 3.5, 3.5, 3.0, 2.2, 2.0, 2.0)
_OLDER_MPS = (2.5, 2.5, 3.2, 3.5, 4.1, 4.1, 3.5, 3.0, 2.5, 2.5)
# 40 to 100 hPa is where balloons flew. 20 hPa and up: 1.3, but zero-pressure balloons found more
# (above 5 m/s), and above 10 hPa nothing is known. Below 100 hPa: a prior, see the basis.
_LEVELS_HPA = (1.0, 10.0, 20.0, 40.0, 100.0, 250.0, 500.0, 1_000.0)
_LEVEL_FACTORS = (2.0, 1.3, 1.3, 1.0, 1.0, 1.6, 1.4, 1.2)

LEAD_DOUBLES_S = 5.0 * 86_400.0
UNKNOWN_LEAD_S = 86_400.0
PRIOR_ONLY = ("cmip", "simulated")

BASIS_MODERN = (
    "standard deviation per component at 16 to 22 km: 3.5 m/s within 15 degrees of the equator"
    " (Strateole-2 against ERA5, 3.76 and 3.24: Cadiou et al. 2026), 3.0 to 30, 2.2 to 50 north and"
    " 2.5 south (Loon: Friedrich et al. 2017), 2.0 poleward (Concordiasi, 0.9 to 2.3: Hoffmann et"
    " al. 2017); linear between the middles of the bands"
)
BASIS_OLDER = (
    "standard deviation per component at 16 to 22 km: 4.1 m/s within 15 degrees of the equator (the"
    " analyses of 2010 were 10 to 20 % worse than ERA5: Cadiou et al. 2026), 3.5 to 30, 3.0 to 50"
    " north and 3.2 south (2.5 to 3.5 of the zonal wind at 15-55 S against Loon: Friedrich et al."
    " 2017), 2.5 poleward; linear between the middles of the bands"
)
BASIS_LEVELS = (
    "level: 1.3 times as much from 20 hPa up (zero-pressure balloons, Duruisseau et al. 2017), up"
    " to twice at 1 hPa, where nothing was measured; below 100 hPa a prior: 1.6 times at 250 hPa,"
    " 1.4 at 500, 1.2 at 1,000, so that a gas balloon errs by 15 to 20 % of its way in two days"
    " (Baumann & Stohl 1997; Draxler)"
)


@dataclass(frozen=True)
class Grade:
    """How wrong one maker's wind is, against the table."""

    name: str
    table_mps: tuple[float, ...]
    factor: float
    why: str


_MODERN = {
    "era5": Grade("ERA5", _MODERN_MPS, 1.0, "the measured analysis"),
    "ifs": Grade("ECMWF IFS", _MODERN_MPS, 1.0, "taken as the reanalysis of the same model"),
    "gfs": Grade("NOAA GFS", _MODERN_MPS, 1.1, "a tenth more than ERA5, a prior"),
    "gdas": Grade("NOAA GDAS", _MODERN_MPS, 1.1, "a tenth more than ERA5, a prior"),
    "gefs": Grade("NOAA GEFS", _MODERN_MPS, 1.1, "a tenth more than ERA5, a prior"),
    "icon": Grade("DWD ICON", _MODERN_MPS, 1.1, "a tenth more than ERA5, a prior"),
    "nam": Grade("NOAA NAM", _MODERN_MPS, 1.3, "a regional model with a low top, a prior"),
    "merra2": Grade("NASA MERRA-2", _OLDER_MPS, 1.0, "measured"),
    "erai": Grade("ERA-Interim", _OLDER_MPS, 1.0, "measured"),
    "cfsr": Grade("NCEP CFS reanalysis", _OLDER_MPS, 1.0, "measured"),
    "jra55": Grade("JRA reanalysis", _OLDER_MPS, 1.0, "taken as its contemporaries"),
    "ncep": Grade(
        "NCEP reanalysis", _OLDER_MPS, 1.2,
        "a fifth more than its successors: tracks err twice as far as ECMWF's, Hertzog 2004",
    ),
}  # fmt: skip
_UNKNOWN = Grade("wind of unknown origin", _MODERN_MPS, 1.5, "nobody says who made it: half more")
# A member departs from the truth by the mean's error and by its own; a mean is too smooth.
_PRODUCTS = {
    "ensemble member": (1.3, "one member of an ensemble, perturbed on purpose: 1.3 times"),
    "ensemble mean": (1.1, "an ensemble mean is smoother than any wind that blew: 1.1 times"),
}


def grade(source: str) -> Grade:
    """The grade of a maker.

    >>> grade("merra2").name, grade("somebody").factor
    ('NASA MERRA-2', 1.5)
    """
    return _MODERN.get(source, _UNKNOWN)


def product_factor(product: str) -> tuple[float, str]:
    """Factor on the standard deviation, and its reason; 1 and nothing for most."""
    return _PRODUCTS.get(product, (1.0, ""))


def latitudes_deg() -> Array:
    """Latitudes between which the tables are linear."""
    return np.array(_LATITUDES_DEG)


def sigma_mps(graded: Grade, pressure_pa: Array, lat_deg: Array) -> Array:
    """Standard deviation per component of an analysis, (level, lat).

    >>> float(sigma_mps(grade("era5"), np.array([7_000.0]), np.array([40.0]))[0, 0])
    2.2
    """
    level = np.interp(np.log(pressure_pa / 100.0), np.log(_LEVELS_HPA), _LEVEL_FACTORS)
    by_latitude = np.interp(lat_deg, _LATITUDES_DEG, graded.table_mps)
    return np.asarray(graded.factor * level[:, None] * by_latitude[None, :])


def leads_s(wind: xr.Dataset) -> tuple[Array, str]:
    """Forecast lead by time, and a sentence about it.

    Forecasts that do not tell their lead count as a day old.
    """
    forecast = str(wind.attrs.get("product", "unknown")) in {
        "forecast", "ensemble mean", "ensemble member",
    }  # fmt: skip
    none = UNKNOWN_LEAD_S if forecast else 0.0
    if "lead_s" not in wind.coords:
        told = "lead: not told, taken as one day" if forecast else "lead: none, analyses"
        return np.full(wind.sizes["time"], none), told
    known = wind["lead_s"].values.astype(np.float64)
    leads = np.maximum(np.where(np.isfinite(known), known, none), 0.0)
    if not leads.any():
        return leads, "lead: none, analyses"
    return leads, (
        f"lead: {leads.min() / 3_600.0:g} to {leads.max() / 3_600.0:g} h; the error grows by a"
        " fifth of the analysis's own a day, interpolated between the published comparisons"
    )


def growth(lead_s: Array) -> Array:
    """Factor on the standard deviation of an analysis: 1 + lead / 5 days.

    >>> float(growth(np.array(86_400.0)))
    1.2
    """
    return np.asarray(1.0 + np.asarray(lead_s) / LEAD_DOUBLES_S)
