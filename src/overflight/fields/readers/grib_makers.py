"""Who made the fields of a GRIB file, and what they are: told from its codes."""

from overflight.fields.readers.grib_messages import Field
from overflight.fields.readers.makers import ECMWF, ERA5, NOAA

_ECMWF_CLASSES = {"ea": ("era5", ERA5), "ei": ("erai", ECMWF), "od": ("ifs", ECMWF)}
# NCEP's numbers of generating processes (its table A).
_NCEP = {
    81: "gfs", 82: "gdas", 96: "gfs", 84: "nam", 85: "nam", 89: "nam", 107: "gefs", 10: "gefs",
    11: "gefs", 180: "ncep", 197: "ncep",
}  # fmt: skip
_WORDS = {
    "era5": "ERA5", "erai": "ERA-Interim", "ifs": "ECMWF IFS", "gfs": "NOAA GFS",
    "gdas": "NOAA GDAS", "gefs": "NOAA GEFS", "nam": "NOAA NAM", "ncep": "NCEP reanalysis",
    "icon": "DWD ICON", "unknown": "GRIB",
}  # fmt: skip


def attributes(group: list[Field]) -> dict[str, object]:
    """Canonical attributes of fields of one run."""
    first = group[0]
    source, attribution = _source(first)
    product = _product(group, source)
    leads_h = sorted({one.lead_s / 3_600.0 for one in group})
    said = f", leads {leads_h[0]:g} to {leads_h[-1]:g} h" if leads_h[-1] > 0.0 else ""
    told: dict[str, object] = {
        "source": source,
        "product": product,
        "title": f"{_WORDS[source]} {product}{said}",
        "attribution": attribution,
    }
    if first.member is not None:
        told["member"] = first.member
    if first.derived == "spread":
        told["sd_basis"] = "ensemble spread"
    return told


def _source(one: Field) -> tuple[str, str]:
    if one.centre == "ecmf":
        return _ECMWF_CLASSES.get(one.mars_class, ("ifs", ECMWF))
    if one.centre == "kwbc":
        if one.member is not None or one.derived:
            return "gefs", NOAA
        return _NCEP.get(one.process, "unknown"), NOAA
    if one.centre == "edzw":
        return "icon", "Deutscher Wetterdienst, ICON"
    return "unknown", ""


def _product(group: list[Field], source: str) -> str:
    first = group[0]
    if first.derived in ("mean", "spread"):
        return "ensemble mean"
    if source in ("era5", "erai", "ncep"):
        return "reanalysis"
    if first.member is not None:
        return "ensemble member"
    return "analysis" if all(one.lead_s == 0.0 for one in group) else "forecast"
