"""What others call our variables, and the units they write them in.

A CF standard name decides; a variable's own name counts only where it has none, and never against
its units. So a file whose ``u`` says it is northward wind is believed.
"""

import re
from dataclasses import dataclass

from overflight.errors import FieldError

GRAVITY_MPS2 = 9.80665  # WMO: geopotential to geopotential height

# Canonical name, or the name of what one is made of.
STANDARD_NAMES = {
    "eastward_wind": "u_mps",
    "northward_wind": "v_mps",
    "x_wind": "x_mps",  # along the grid's own x
    "y_wind": "y_mps",
    "grid_eastward_wind": "x_mps",
    "grid_northward_wind": "y_mps",
    "wind_speed": "speed_mps",
    "wind_from_direction": "wind_from_deg",
    "geopotential_height": "z_m",
    "height": "z_m",
    "edge_heights": "z_m",  # no CF names: MERRA-2 and GEOS repeat the long name
    "mid_layer_heights": "z_m",
    "geopotential": "geopotential_m2s2",
    "air_temperature": "t_k",
    "lagrangian_tendency_of_air_pressure": "omega_paps",
    "vertical_air_velocity_expressed_as_tendency_of_pressure": "omega_paps",
    "omega": "omega_paps",  # likewise
    "specific_humidity": "q_fraction",
    "surface_pressure": "surface_pa",  # likewise
    "surface_air_pressure": "surface_pa",
    "surface_altitude": "surface_m",
}
OWN_NAMES = {
    "u_mps": ("u", "ua", "uwnd", "ugrd", "u_component_of_wind", "u-component_of_wind_isobaric",
              "u-component_of_wind", "u_component_of_wind_isobaric", "u_wind", "uwind", "u_pl",
              "ugrd_pressure", "u_mps", "u_grd", "var131", "u_velocity", "zonal_wind"),
    "v_mps": ("v", "va", "vwnd", "vgrd", "v_component_of_wind", "v-component_of_wind_isobaric",
              "v-component_of_wind", "v_component_of_wind_isobaric", "v_wind", "vwind", "v_pl",
              "vgrd_pressure", "v_mps", "v_grd", "var132", "v_velocity", "meridional_wind"),
    "z_m": ("gh", "zg", "hgt", "h", "geopotential_height", "geopotential_height_isobaric",
            "hgtprs", "z_m", "var156", "height"),
    "geopotential_m2s2": ("z", "geopotential", "phi", "var129"),
    "t_k": ("t", "ta", "air", "temp", "tmp", "temperature", "temperature_isobaric", "t_k",
            "var130"),
    "omega_paps": ("w", "wap", "omega", "vvel", "vertical_velocity", "omega_paps", "var135",
                   "vertical_velocity_pressure_isobaric"),
    "q_fraction": ("q", "hus", "shum", "qv", "specific_humidity", "var133"),
    "surface_pa": ("sp", "ps", "pres_sfc", "surface_pressure", "var134"),
    "log_surface_pressure": ("lnsp", "var152"),
    "speed_mps": ("wind_speed", "wspd", "ws"),
    "wind_from_deg": ("wind_direction", "wind_from_direction", "wdir", "wd"),
    "sd_mps": ("sd_mps",),
}  # fmt: skip
# What NCL appends to the names of GRIB 1 and 2 on pressure levels, and JMA to those of JRA-3Q.
_OF_PRESSURE_LEVELS = re.compile(r"(_(gds)?\d+_isbl|_p\d+_l100_g[a-z]+\d+|-pres-(an|fc)-\w+)$")
_BY_OWN_NAME = {name: role for role, names in OWN_NAMES.items() for name in names}

# Spelling of units, blanks and stars taken out -> factor to SI, by what they measure.
_SPEED = {
    "ms-1": 1.0, "m/s": 1.0, "mps": 1.0, "mss-1": 1.0, "meterspersecond": 1.0, "meter/sec": 1.0,
    "m/sec": 1.0, "meterspersec": 1.0, "metrespersecond": 1.0, "knots": 1852 / 3600,
    "knot": 1852 / 3600, "kt": 1852 / 3600, "kts": 1852 / 3600, "kn": 1852 / 3600,
    "km/h": 1 / 3.6, "kmh-1": 1 / 3.6, "cm/s": 0.01, "cms-1": 0.01,
}  # fmt: skip
_LENGTH = {
    "m": 1.0, "meter": 1.0, "meters": 1.0, "metre": 1.0, "metres": 1.0, "gpm": 1.0, "km": 1e3,
    "geopotentialmeter": 1.0, "geopotentialmeters": 1.0, "dam": 10.0, "gpdam": 10.0, "gpkm": 1e3,
}  # fmt: skip
_GEOPOTENTIAL = {
    "m2s-2": 1.0, "m2/s2": 1.0, "m2sec-2": 1.0, "m2/sec2": 1.0, "j/kg": 1.0, "jkg-1": 1.0,
}  # fmt: skip
PRESSURE = {
    "pa": 1.0, "pascal": 1.0, "pascals": 1.0, "hpa": 100.0, "hectopascal": 100.0, "mb": 100.0,
    "hectopascals": 100.0, "mbar": 100.0, "millibar": 100.0, "millibars": 100.0, "kpa": 1e3,
    "mbars": 100.0,
}  # fmt: skip
UNITS = {
    "u_mps": _SPEED,
    "v_mps": _SPEED,
    "x_mps": _SPEED,
    "y_mps": _SPEED,
    "speed_mps": _SPEED,
    "sd_mps": _SPEED,
    "wind_from_deg": {"degree": 1.0, "degrees": 1.0, "deg": 1.0, "degreestrue": 1.0},
    "z_m": _LENGTH,
    "surface_m": _LENGTH,
    "geopotential_m2s2": _GEOPOTENTIAL,
    "t_k": {"k": 1.0, "kelvin": 1.0, "kelvins": 1.0, "degk": 1.0},
    "omega_paps": {"pas-1": 1.0, "pa/s": 1.0, "hpa/s": 100.0},
    "q_fraction": {"kgkg-1": 1.0, "kg/kg": 1.0, "1": 1.0, "": 1.0, "g/kg": 1e-3, "gkg-1": 1e-3},
    "surface_pa": PRESSURE,
    "log_surface_pressure": {"": 1.0, "~": 1.0, "1": 1.0, "numeric": 1.0},
}
_INDISPENSABLE = {
    "u_mps", "v_mps", "x_mps", "y_mps", "speed_mps", "wind_from_deg", "z_m", "geopotential_m2s2",
}  # fmt: skip
_RAISED = str.maketrans("¹²³⁻", "123-", "+")  # no unit has a plus but in front of its power
_NAMELESS_UNITS = {"", "none", "unknown", "dimensionless"}


@dataclass(frozen=True)
class Role:
    """What a variable is to us, and the factor that brings it to SI."""

    name: str
    factor: float
    assumed: bool  # its file names no units; SI was assumed


def spelled(units: object) -> str:
    """Units without blanks, stars and capitals.

    >>> spelled("m s**-1"), spelled("Millibars"), spelled("m^2 s^-2"), spelled("m+2 s-2")
    ('ms-1', 'millibars', 'm2s-2', 'm2s-2')
    """
    text = str(units).lower().translate(_RAISED) if units is not None else ""
    for sign in ("**", "^", " ", "_", ".", "(", ")"):
        text = text.replace(sign, "")
    return text


def role_of(
    name: str, standard_name: str | None, units: object, long_name: str = ""
) -> Role | None:
    """Say what a variable is to us; None if it is nothing to us.

    Raises
    ------
    FieldError
        If it is a wind or a height in units that are not known.
    """
    role = STANDARD_NAMES.get((standard_name or "").strip().lower())
    if role is None and not (standard_name or "").strip():
        role = _BY_OWN_NAME.get(_OF_PRESSURE_LEVELS.sub("", name.lower()))
    if role is None:
        return None
    unit = spelled(units)
    if role == "geopotential_m2s2" and unit in _LENGTH:
        role = "z_m"  # called z, but a height
    elif role == "z_m" and unit in _GEOPOTENTIAL:
        role = "geopotential_m2s2"
    if unit in UNITS[role]:
        return Role(role, UNITS[role][unit], assumed=False)
    if unit in _NAMELESS_UNITS:
        return Role(role, 1.0, assumed=True)
    if role not in _INDISPENSABLE or (standard_name is None and role not in ("u_mps", "v_mps")):
        return None  # 'h' in kilograms is something else, and temperature can be done without
    raise FieldError(
        found=f"{name} ({long_name or standard_name or role}) in units of {units!r}",
        expected=f"one of {', '.join(sorted(UNITS[role]))}",
        remedy="Convert it, or correct its units attribute.",
    )
