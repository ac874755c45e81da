"""Who made a wind, and what it is: told from what the file says of itself.

The maker chooses the error model, so nothing is guessed: where no sign is found it is ``unknown``,
whose stated error is the widest.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import xarray as xr

ERA5 = "contains modified Copernicus Climate Change Service information (ERA5), CC BY 4.0"
ECMWF = "contains modified ECMWF information, CC BY 4.0; ECMWF is not responsible for any use"
NOAA = "NOAA data, public domain"

# Signs are looked for in this order, in the file's attributes joined and in small letters.
_SIGNS = (
    ("climatology", r"\bclimatology: prior only\b", ""),
    ("simulated", r"\bsimulat(ed|ion)\b.*not an analysis|^simulated\b|simulated 'true'", ""),
    ("cmip", r"\bcmip\d?\b", ""),
    ("merra2", r"\bmerra-?2?\b", "NASA GMAO MERRA-2, free to use with citation"),
    ("era5", r"\bera-?5t?\b|reanalysis-era5", ERA5),
    ("erai", r"\bera-?interim\b", ECMWF),
    ("ncep", r"\bncep[-/ ]?(ncar|doe)\b|reanalysis-?[12]\b|\bncep/doe\b", NOAA),
    ("cfsr", r"\bcfsr\b|\bcfsv2\b|climate forecast system", NOAA),
    ("jra55", r"\bjra-?(55|3q)\b", "Japan Meteorological Agency, JRA"),
    ("gefs", r"\bgefs\b|global ensemble forecast", NOAA),
    ("gdas", r"\bgdas\b", NOAA),
    ("gfs", r"\bgfs\b|global forecast system", NOAA),
    ("nam", r"\bnam\b|\bnorth american mesoscale\b|\beta model\b", NOAA),
    ("icon", r"\bicon\b|\bdwd\b", "Deutscher Wetterdienst, ICON"),
    ("ifs", r"\bifs\b|open data.*ecmwf|ecmwf.*open data", ECMWF),
)
_PRODUCTS = (
    ("simulation", r"\bsimulat(ed|ion)\b|\bmodel-output\b|free run"),
    ("ensemble mean", r"ensemble[ -]mean"),
    ("ensemble member", r"ensemble member|perturbed forecast"),
    ("analysis", r"\banalys[ie]s\b"),
    ("forecast", r"\bforecasts?\b(?! system)"),
)
_OF_SOURCE = {
    "era5": "reanalysis",
    "erai": "reanalysis",
    "ncep": "reanalysis",
    "cfsr": "reanalysis",
    "merra2": "reanalysis",
    "jra55": "reanalysis",
    "cmip": "simulation",
    "simulated": "simulation",
}
_SAID_IN = (
    "source", "title", "institution", "institute_id", "history", "summary", "references", "model",
    "model_id", "product", "mip_era", "met_data_source", "met_data_product", "dataset", "comment",
    "simulated", "not_an_analysis", "GRIB_centre", "valid_time_start", "Title", "LongName",
    "ShortName", "project_id",
)  # fmt: skip


@dataclass(frozen=True)
class Maker:
    """Source and product as in the canonical attributes, and the line a report must print."""

    source: str
    product: str
    title: str
    attribution: str


def by_eccodes(ds: xr.Dataset) -> bool:
    """Whether variables carry the marks of ecCodes, with which ECMWF makes NetCDF of GRIB."""
    return any("GRIB_paramId" in ds[name].attrs for name in ds.data_vars)


def of_attributes(attrs: Mapping[str, object], *, ecmwf_analysis: bool = False) -> Maker:
    """Tell the maker from global attributes.

    ``ecmwf_analysis`` says that the variables carry the marks of an ECMWF analysis on a grid; with
    nothing else said, that is ERA5 as the Climate Data Store delivers it.

    >>> of_attributes({"source": "NOAA GFS 1 degree 00 UTC analyses"}).product
    'analysis'
    >>> of_attributes({"history": "nobody knows"}).source
    'unknown'
    """
    if attrs.get("source") in {sign[0] for sign in _SIGNS} | {"soundings"} and "product" in attrs:
        return Maker(
            *(str(attrs.get(k, "")) for k in ("source", "product", "title", "attribution"))
        )
    said = " | ".join(f"{key} {attrs[key]!r}" for key in _SAID_IN if key in attrs).lower()
    centre = "european centre" in said or "ecmf" in said or "mars-client" in said
    source, attribution = "unknown", ""
    for name, sign, line in _SIGNS:
        if re.search(sign, said):
            source, attribution = name, line
            break
    else:
        if ecmwf_analysis or centre:
            source, attribution = ("era5", ERA5) if _looks_like_era5(said) else ("ifs", ECMWF)
    product = _OF_SOURCE.get(source) or _product(said)
    title = str(attrs.get("title") or attrs.get("source") or "").strip().splitlines()
    return Maker(source, product, title[0][:200] if title else "", attribution)


def _looks_like_era5(said: str) -> bool:
    """ECMWF's data store converts ERA5 with these tools; IFS forecasts come as GRIB."""
    return "grib_to_netcdf" in said or "cfgrib" in said or "cdo" in said


def _product(said: str) -> str:
    found = [name for name, sign in _PRODUCTS if re.search(sign, said)]
    return found[0] if found else "unknown"
