"""The winds of the tests as their makers write them: names, units and attributes as published."""

import numpy as np
import xarray as xr
from windfiles import LAT_DEG, LEVELS_HPA, LON_DEG, TIMES, truth

NORTH, EAST = {"units": "degrees_north"}, {"units": "degrees_east"}
NCEP = "US National Weather Service, National Centres for Environmental Prediction (NCEP)"


def hours_since(start):
    return (TIMES - np.datetime64(start)) / np.timedelta64(1, "h")


def dataset(attributes, axes, attrs):
    """u, v, z and t under the names of ``attributes``, on ``axes`` of (values, attributes)."""
    dims = tuple(axes)
    held = {
        name: (dims, values.astype("f4"), said)
        for (name, said), values in zip(attributes.items(), truth(), strict=True)
    }
    coords = {dim: (dim, np.asarray(values), said) for dim, (values, said) in axes.items()}
    return xr.Dataset(held, coords=coords, attrs=attrs)


def merra2():
    """MERRA-2 on pressure levels: long names stand where standard names should."""
    of = {
        name: {
            "long_name": said, "standard_name": said, "units": units,
            "missing_value": np.float32(1e15), "fmissing_value": np.float32(1e15),
            "vmax": np.float32(1e15), "vmin": np.float32(-1e15),
        }
        for name, said, units in (
            ("U", "eastward_wind", "m s-1"), ("V", "northward_wind", "m s-1"),
            ("H", "edge_heights", "m"), ("T", "air_temperature", "K"),
        )
    }  # fmt: skip
    minutes = ((TIMES - TIMES[0]) / np.timedelta64(1, "m")).astype("i4")
    axes = {
        "time": (minutes, {"units": "minutes since 2023-02-01 00:00:00", "long_name": "time",
                           "begin_date": 20230201, "begin_time": 0, "time_increment": 30000}),
        "lev": (LEVELS_HPA, {"units": "hPa", "long_name": "vertical level", "positive": "down",
                             "coordinate": "PLE", "standard_name": "model_layers"}),
        "lat": (LAT_DEG, NORTH), "lon": (LON_DEG, EAST),
    }  # fmt: skip
    said = ("MERRA2 inst3_3d_asm_Np: 3d,3-Hourly,Instantaneous,Pressure-Level,Assimilation,"
            "Assimilated Meteorological Fields")  # fmt: skip
    attrs = {
        "Conventions": "CF-1", "Institution": "NASA Global Modeling and Assimilation Office",
        "References": "http://gmao.gsfc.nasa.gov", "ShortName": "M2I3NPASM", "LongName": said,
        "Title": said, "VersionID": "5.12.4",
        "History": "Original file generated: Sat Feb 11 22:47:37 2023 GMT",
    }  # fmt: skip
    return dataset(of, axes, attrs)


def _psl(attrs, statistic, time, **more):
    """NCEP's reanalyses as the Physical Sciences Laboratory writes them."""
    of = {
        name: {"long_name": f"4xDaily {said}", "units": units, "var_desc": said,
               "level_desc": "Pressure Levels", "statistic": statistic, "GRIB_name": grib,
               "parent_stat": "Other"} | more
        for name, said, units, grib in (
            ("uwnd", "u-wind", "m/s", "UGRD"), ("vwnd", "v-wind", "m/s", "VGRD"),
            ("hgt", "Geopotential height", "m", "HGT"), ("air", "Air temperature", "degK", "TMP"),
        )
    }  # fmt: skip
    axes = {
        "time": (hours_since("1800-01-01"), {"units": "hours since 1800-01-01 00:00:0.0",
                                             "axis": "T", "standard_name": "time"} | time),
        "level": (LEVELS_HPA, {"units": "millibar", "positive": "down", "axis": "Z"}),
        "lat": (LAT_DEG, NORTH), "lon": (LON_DEG, EAST),
    }  # fmt: skip
    return dataset(of, axes, attrs)


def ncep1(statistic="Individual Obs", **time):
    """NCEP/NCAR Reanalysis 1: its title speaks of NMC, as NCEP was called."""
    attrs = {
        "Conventions": "COARDS", "title": "4x daily NMC reanalysis (2023)", "platform": "Model",
        "description": "Data is from NMC initialized reanalysis\n(4x/day).",
        "dataset_title": "NCEP-NCAR Reanalysis 1",
        "References": "http://www.psl.noaa.gov/data/gridded/data.ncep.reanalysis.html",
    }  # fmt: skip
    return _psl(attrs, statistic, time, dataset="NCEP Reanalysis Products")


def ncep2(**more):
    """NCEP-DOE Reanalysis 2."""
    attrs = {
        "Conventions": "CF-1.0", "title": "4x Daily NCEP/DOE Reanalysis 2", "platform": "Model",
        "comments": "Data is from\nNCEP/DOE AMIP-II Reanalysis (Reanalysis-2)\n(4x/day).",
        "source": "NCEP/DOE AMIP-II Reanalysis (Reanalysis-2) Model",
        "institution": "National Centers for Environmental Prediction",
        "dataset_title": "NCEP-DOE AMIP-II Reanalysis",
        "References": "https://www.psl.noaa.gov/data/gridded/data.ncep.reanalysis2.html",
    }  # fmt: skip
    return _psl(attrs, "Individual Obs", {}, **more)


def thredds(process, kind, reftime):
    """NCEP's GRIB as a THREDDS server subsets it; ``reftime`` is one hour, or one a time."""
    of = {
        f"{name}_isobaric": {"long_name": f"{name} @ Isobaric surface", "units": units,
                             "abbreviation": short, "grid_mapping": "LatLon_Projection",
                             "Grib2_Level_Type": 100, "coordinates": "reftime"}
        for name, short, units in (
            ("u-component_of_wind", "UGRD", "m/s"), ("v-component_of_wind", "VGRD", "m/s"),
            ("Geopotential_height", "HGT", "gpm"), ("Temperature", "TMP", "K"),
        )
    }  # fmt: skip
    axes = {
        "time1": (hours_since("2023-02-01"), {
            "units": "Hour since 2023-02-01T00:00:00Z", "standard_name": "time",
            "long_name": "GRIB forecast or observation time", "calendar": "proleptic_gregorian"}),
        "isobaric3": (100.0 * LEVELS_HPA, {"units": "Pa", "long_name": "Isobaric surface",
                                           "positive": "down", "Grib_level_type": 100}),
        "lat": (LAT_DEG, NORTH), "lon": (LON_DEG, EAST),
    }  # fmt: skip
    attrs = {
        "Originating_or_generating_Center": NCEP, "Originating_or_generating_Subcenter": "0",
        "GRIB_table_version": "2,1", "Type_of_generating_process": kind,
        "Analysis_or_forecast_generating_process_identifier_defined_by_originating_centre": process,
        "file_format": "GRIB-2", "Conventions": "CF-1.6", "featureType": "GRID",
        "history": "Read using CDM IOSP GribCollection v3",
    }  # fmt: skip
    base = ("time1", np.array(reftime, float)) if np.ndim(reftime) else ((), float(reftime))
    told = {"units": "Hour since 2023-02-01T00:00:00Z", "long_name": "GRIB reference time",
            "standard_name": "forecast_reference_time", "calendar": "standard"}  # fmt: skip
    return dataset(of, axes, attrs).assign_coords(reftime=(*base, told))


def jra55():
    """JRA-55 as NCL makes NetCDF of its GRIB 1: the maker is named in each variable."""
    of = {
        f"{short}_GDS0_ISBL": {
            "center": "Japanese Meteorological Agency - Tokyo (RSMC)", "long_name": said,
            "units": units, "parameter_number": number, "level_indicator": 100,
            "gds_grid_type": 0, "parameter_table_version": 200, "_FillValue": np.float32(1e20),
        }
        for short, said, units, number in (
            ("UGRD", "u-component of wind", "m s**-1", 33),
            ("VGRD", "v-component of wind", "m s**-1", 34),
            ("HGT", "Geopotential height", "gpm", 7), ("TMP", "Temperature", "K", 11),
        )
    }  # fmt: skip
    axes = {
        "initial_time0_hours": (hours_since("1800-01-01"),
                                {"units": "hours since 1800-01-01 00:00", "long_name":
                                 "initial time"}),
        "lv_ISBL1": (LEVELS_HPA.astype("i4"), {"units": "hPa", "long_name": "isobaric level"}),
        "g0_lat_2": (LAT_DEG, NORTH), "g0_lon_3": (LON_DEG, EAST),
    }  # fmt: skip
    attrs = {
        "title": "NCL: convert-GRIB-to-netCDF", "Conventions": "None",
        "grib_source": "anl_p125_ugrd.2023020100_2023021018.grb",
    }  # fmt: skip
    return dataset(of, axes, attrs)


def jra3q():
    """JRA-3Q as the Geoscience Data Exchange delivers it."""
    of = {
        f"{short}-pres-an-ll125": {"long_name": said, "units": units}
        for short, said, units in (
            ("ugrd", "U-component of wind", "m s-1"), ("vgrd", "V-component of wind", "m s-1"),
            ("hgt", "Geopotential height", "gpm"), ("tmp", "Temperature", "K"),
        )
    }  # fmt: skip
    axes = {
        "time": (hours_since("1947-09-01"), {"units": "hours since 1947-09-01 00:00:00"}),
        "pressure_level": (LEVELS_HPA, {"units": "hPa", "long_name": "pressure level"}),
        "lat": (LAT_DEG, NORTH), "lon": (LON_DEG, EAST),
    }  # fmt: skip
    title = "Japanese Reanalysis for Three Quarters of a Century (JRA-3Q)"
    return dataset(of, axes, {"title": title})


def converted(centre, kind):
    """GRIB of any centre, made NetCDF by cfgrib."""
    of = {
        name: {"units": units, "GRIB_paramId": number, "GRIB_dataType": kind,
               "GRIB_typeOfLevel": "isobaricInhPa", "standard_name": said}
        for name, said, units, number in (
            ("u", "eastward_wind", "m s**-1", 131), ("v", "northward_wind", "m s**-1", 132),
            ("gh", "geopotential_height", "gpm", 156), ("t", "air_temperature", "K", 130),
        )
    }  # fmt: skip
    axes = {
        "time": (hours_since("1970-01-01"), {"units": "hours since 1970-01-01",
                                             "standard_name": "time"}),
        "isobaricInhPa": (LEVELS_HPA, {"units": "hPa", "standard_name": "air_pressure"}),
        "latitude": (LAT_DEG, NORTH), "longitude": (LON_DEG, EAST),
    }  # fmt: skip
    names = {"kwbc": "US National Weather Service - NCEP", "edzw": "Offenbach", "egrr": "Exeter",
             "ecmf": "European Centre for Medium-Range Weather Forecasts"}  # fmt: skip
    attrs = {
        "GRIB_edition": 2, "GRIB_centre": centre, "GRIB_centreDescription": names[centre],
        "GRIB_subCentre": 0, "Conventions": "CF-1.7", "institution": names[centre],
        "history": 'GRIB to CDM+CF via cfgrib-0.9.15.0/ecCodes-2.41.0 with {"source": "wind.grib"}',
    }  # fmt: skip
    return dataset(of, axes, attrs)


def wrf():
    """What WRF itself writes: staggered winds on eta levels, places that differ by node."""
    sizes = {"bottom_top": 4, "south_north": 5, "west_east": 6}
    sizes |= {f"{dim}_stag": size + 1 for dim, size in sizes.items()}
    flat = ("Time", "south_north", "west_east")
    fields = {
        "XLAT": (flat, "degree_north"), "XLONG": (flat, "degree_east"),
        "U": (("Time", "bottom_top", "south_north", "west_east_stag"), "m s-1"),
        "V": (("Time", "bottom_top", "south_north_stag", "west_east"), "m s-1"),
        "PH": (("Time", "bottom_top_stag", "south_north", "west_east"), "m2 s-2"),
    }  # fmt: skip
    made = xr.Dataset(
        {
            name: (dims, np.ones((1, *(sizes[dim] for dim in dims[1:])), "f4"),
                   {"MemoryOrder": "XYZ", "FieldType": 104, "units": units})
            for name, (dims, units) in fields.items()
        },
        attrs={"TITLE": " OUTPUT FROM WRF V4.4 MODEL", "MAP_PROJ": 1},
    )  # fmt: skip
    minutes = {"units": "minutes since 2023-02-01 00:00:00", "FieldType": 104}
    return made.assign_coords(XTIME=("Time", np.array([0.0], "f4"), minutes))


def projection(mapping, x, y, units):
    """A CF file on a grid of any projection."""
    dims = ("time", "plev", "y", "x")
    shape = (1, 2, len(y), len(x))
    fields = {
        name: (dims, np.ones(shape, "f4"), {"standard_name": said, "units": unit,
                                            "grid_mapping": "crs"})
        for name, said, unit in (
            ("ua", "eastward_wind", "m s-1"), ("va", "northward_wind", "m s-1"),
            ("zg", "geopotential_height", "m"),
        )
    }  # fmt: skip
    return xr.Dataset(
        {**fields, "crs": ((), 0, mapping)},
        coords={
            "time": ("time", [0], {"units": "hours since 2023-02-01"}),
            "plev": ("plev", [5_000.0, 10_000.0], {"units": "Pa"}),
            "y": ("y", y, {"standard_name": "projection_y_coordinate", "units": units}),
            "x": ("x", x, {"standard_name": "projection_x_coordinate", "units": units}),
        },
    )
