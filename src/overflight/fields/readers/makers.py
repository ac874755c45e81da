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
MERRA2 = "NASA GMAO MERRA-2, free to use with citation"
JMA = "Japan Meteorological Agency, JRA"

# Signs are looked for in this order, in the file's attributes joined and in small letters.
_SIGNS = (
    ("climatology", r"\bclimatology: prior only\b", ""),
    ("simulated", r"\bsimulat(ed|ion)\b.*not an analysis|^simulated\b|simulated 'true'", ""),
    ("cmip", r"\bcmip\d?\b", ""),
    ("merra2", r"\bmerra-?2?\b|\bm2[a-z][0-9a-z]n[a-z]{4}\b", MERRA2),  # a short name: M2I3NPASM
    ("era5", r"\bera-?5t?\b|reanalysis-era5", ERA5),
    ("erai", r"\bera-?interim\b|'ei\.(oper|mnth|moda)\.", ECMWF),
    ("ncep", r"\bncep[-/ ]?(ncar|doe)\b|reanalysis-?[12]\b|\bncep/doe\b", NOAA),
    ("ncep", r"\bn(cep|mc) reanalysis\b|data\.ncep\.reanalysis", NOAA),  # NMC: NCEP until 1995
    ("cfsr", r"\bcfsr\b|\bcfsv2\b|climate forecast system", NOAA),
    ("jra55", r"\bjra-?(55|3q)\b|\bjapanese (55-year )?reanalysis\b|'anl_p125", JMA),
    ("gefs", r"\bgefs\b|global ensemble forecast", NOAA),
    ("gdas", r"\bgdas\b", NOAA),
    ("gfs", r"\bgfs\b|global forecast system", NOAA),
    ("nam", r"\bnam\b|\bnorth american mesoscale\b|\beta model\b", NOAA),
    ("icon", r"\bicon\b|\bdwd\b|\bedzw\b", "Deutscher Wetterdienst, ICON"),
    ("ifs", r"\bifs\b|open data.*ecmwf|ecmwf.*open data", ECMWF),
    ("unknown", r"\bkwbc\b|us national weather service", NOAA),  # which model is not told
)
_PRODUCTS = (
    ("simulation", r"\bsimulat(ed|ion)\b|\bmodel-output\b|free run"),
    ("ensemble mean", r"ensemble[ -]mean|grib_datatype 'em'"),
    ("ensemble member", r"ensemble member|perturbed forecast|grib_datatype '(cf|pf)'"),
    ("analysis", r"\banalys[ie]s\b|grib_datatype 'an'"),
    ("forecast", r"\bforecasts?\b(?! system)|grib_datatype 'fc'"),
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
_PROCESS = "analysis_or_forecast_generating_process_identifier_defined_by_originating_centre"
_SAID_IN = (  # whatever their capitals
    "source", "title", "institution", "institute_id", "history", "summary", "references", "model",
    "model_id", "product", "mip_era", "met_data_source", "met_data_product", "dataset", "comment",
    "simulated", "not_an_analysis", "grib_centre", "valid_time_start", "longname", "shortname",
    "project_id", "dataset_title", "grib_source", "type_of_generating_process",
    _PROCESS, "generating_process_or_model", "originating_or_generating_center", "center",
    "rda_dataset_group", "grib_datatype",
)  # fmt: skip
_SAID_OF_VARIABLES = ("center", "dataset", "rda_dataset_group", "GRIB_centre", "GRIB_dataType")
_TITLES = ("title", "dataset_title", "source", _PROCESS)


@dataclass(frozen=True)
class Maker:
    """Source and product as in the canonical attributes, and the line a report must print."""

    source: str
    product: str
    title: str
    attribution: str


def marked_by_ecmwf(ds: xr.Dataset) -> bool:
    """Whether variables carry the marks with which ECMWF makes NetCDF of its GRIB.

    The same tool makes it of other centres' GRIB, and then names them.
    """
    ours = str(ds.attrs.get("GRIB_centre", "ecmf")) == "ecmf"
    return ours and any("GRIB_paramId" in ds[name].attrs for name in ds.data_vars)


def of_dataset(ds: xr.Dataset) -> Maker:
    """Tell the maker from global attributes, and from what some archives say of each variable."""
    said: dict[str, object] = {}
    for name in ds.data_vars:
        for key in _SAID_OF_VARIABLES:
            if ds[name].ndim > 1 and key in ds[name].attrs:
                said.setdefault(key, ds[name].attrs[key])
    return of_attributes(
        {**said, **{str(key): value for key, value in ds.attrs.items()}},
        ecmwf_analysis=marked_by_ecmwf(ds),
    )


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
    folded = {key.lower(): value for key, value in attrs.items()}
    said = " | ".join(f"{key} {folded[key]!r}" for key in _SAID_IN if key in folded).lower()
    centre = "european cent" in said or "ecmf" in said or "mars-client" in said
    source, attribution = "unknown", ""
    for name, sign, line in _SIGNS:
        if re.search(sign, said):
            source, attribution = name, line
            break
    else:
        if ecmwf_analysis or centre:
            source, attribution = ("era5", ERA5) if _looks_like_era5(said) else ("ifs", ECMWF)
    product = _OF_SOURCE.get(source) or _product(said)
    title = next((str(folded[key]).strip() for key in _TITLES if folded.get(key)), "")
    return Maker(source, product, title.splitlines()[0][:200] if title else "", attribution)


def _looks_like_era5(said: str) -> bool:
    """ECMWF's data store converts ERA5's analyses with these tools; forecasts are the IFS's."""
    converted = "grib_to_netcdf" in said or "cfgrib" in said or "cdo" in said
    return converted and not re.search(r"grib_datatype '(fc|cf|pf)'", said)


def _product(said: str) -> str:
    found = [name for name, sign in _PRODUCTS if re.search(sign, said)]
    return found[0] if found else "unknown"
