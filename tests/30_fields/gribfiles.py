"""GRIB messages of many grids, made by ecCodes for the tests."""

import numpy as np

POLE_LAT_DEG, POLE_LON_DEG = 39.25, -162.0  # of the European rotated grids
SOUTH_WEST = {"iScansNegatively": 0, "jScansPositively": 1}
SPACING_M = 50_000.0
RADIUS_M = 6_367_470.0  # of shape 0, the sphere of the samples
NX, NY = 13, 10


def encoded(eccodes, edition, values, **keys):
    """One message, its values in the order of the file and packed finely."""
    handle = eccodes.codes_grib_new_from_samples(f"GRIB{edition}")
    given = {"centre": 98, "dataDate": 20230201, "dataTime": 0, "typeOfLevel": "isobaricInhPa",
             "level": 50, "shortName": "u", "bitsPerValue": 24} | keys  # fmt: skip
    grid_first = sorted(given.items(), key=lambda item: item[0] != "gridType")
    for key, value in grid_first:
        eccodes.codes_set(handle, key, value)
    eccodes.codes_set_values(handle, np.asarray(values, dtype=float).ravel())
    data = eccodes.codes_get_message(handle)
    eccodes.codes_release(handle)
    return data


def grid_keys(kind, edition, *, south=False):
    """A grid of NX by NY nodes whose values begin in its south-western corner."""
    if kind == "rotated_ll":
        return SOUTH_WEST | {
            "gridType": kind, "Ni": NX, "Nj": NY, "latitudeOfFirstGridPointInDegrees": -10.0,
            "latitudeOfLastGridPointInDegrees": 8.0, "longitudeOfFirstGridPointInDegrees": 350.0,
            "longitudeOfLastGridPointInDegrees": 14.0, "iDirectionIncrementInDegrees": 2.0,
            "jDirectionIncrementInDegrees": 2.0,
            "latitudeOfSouthernPoleInDegrees": -POLE_LAT_DEG,
            "longitudeOfSouthernPoleInDegrees": POLE_LON_DEG + 180.0,
        }  # fmt: skip
    if kind == "mercator":
        scale = RADIUS_M * np.cos(np.radians(20.0))
        rows = scale * np.log(np.tan(np.pi / 4.0 + np.radians([10.0, 20.0]) / 2.0))
        return SOUTH_WEST | {
            "gridType": kind, "Ni": NX, "Nj": NY, "latitudeOfFirstGridPointInDegrees": 10.0,
            "latitudeOfLastGridPointInDegrees": 20.0, "longitudeOfFirstGridPointInDegrees": 250.0,
            "longitudeOfLastGridPointInDegrees": 262.0,
            "DiInMetres": round(scale * np.radians(1.0)),  # edition 1 counts metres
            "DjInMetres": round(float(rows[1] - rows[0]) / (NY - 1)),
            "LaDInDegrees": 20.0,
        }  # fmt: skip
    sign = -1.0 if south else 1.0
    keys = SOUTH_WEST | {
        "gridType": kind, "Nx": NX, "Ny": NY, "DxInMetres": SPACING_M, "DyInMetres": SPACING_M,
        "projectionCentreFlag": 128 if south else 0,
    }  # fmt: skip
    if kind == "lambert":
        keys |= {"latitudeOfFirstGridPointInDegrees": 38.0 * sign,
                 "longitudeOfFirstGridPointInDegrees": 250.0, "LoVInDegrees": 262.5,
                 "Latin1InDegrees": 38.5 * sign, "Latin2InDegrees": 45.0 * sign}  # fmt: skip
    else:
        keys |= {"latitudeOfFirstGridPointInDegrees": 48.0 * sign,
                 "longitudeOfFirstGridPointInDegrees": 300.0,
                 "orientationOfTheGridInDegrees": 249.0}  # fmt: skip
    return keys | ({"LaDInDegrees": 60.0 * sign} if edition == 2 else {})


def nodes(eccodes, data):
    """Latitude and longitude of each value of a message, by ecCodes' own iterator.

    The values must be 0, 1, 2, ...: the iterator turns them round together with the nodes.
    """
    handle = eccodes.codes_new_from_message(data)
    iterator = eccodes.codes_grib_iterator_new(handle, 0)
    found = []
    while node := eccodes.codes_grib_iterator_next(iterator):
        found.append(node)
    eccodes.codes_grib_iterator_delete(iterator)
    eccodes.codes_release(handle)
    lat, lon, number = np.array(sorted(found, key=lambda node: node[2])).T
    np.testing.assert_allclose(number, np.arange(len(number)), atol=0.01)
    return lat, lon


def reduced(eccodes, edition, field, west_deg, east_deg, short_name="u"):
    """A part of the reduced Gaussian grid N32, 25 to 60 N, with ``field(lat_deg, lon_deg)``."""
    handle = eccodes.codes_grib_new_from_samples(f"reduced_gg_pl_32_grib{edition}")
    lat = eccodes.codes_get_array(handle, "distinctLatitudes")
    rows = np.flatnonzero((lat > 25.0) & (lat < 60.0))
    lengths = eccodes.codes_get_array(handle, "pl")[rows]
    values = []
    for row, length in zip(rows, lengths, strict=True):
        lon = np.arange(length) * (360.0 / length)
        ahead = (lon - west_deg) % 360.0
        order = np.argsort(ahead)
        inside = order[ahead[order] <= (east_deg - west_deg) % 360.0 + 1e-9]
        values += [field(lat[row], west_deg + ahead[i]) for i in inside]
    keys = {
        "Nj": len(rows), "latitudeOfFirstGridPointInDegrees": lat[rows[0]],
        "latitudeOfLastGridPointInDegrees": lat[rows[-1]], "dataDate": 20230201,
        "longitudeOfFirstGridPointInDegrees": west_deg % 360.0,
        "longitudeOfLastGridPointInDegrees": east_deg % 360.0, "level": 50,
        "bitsPerValue": 24, "shortName": short_name,
    }  # fmt: skip
    for key, value in keys.items():
        eccodes.codes_set(handle, key, value)
    eccodes.codes_set_array(handle, "pl", lengths)
    eccodes.codes_set_values(handle, np.array(values))
    data = eccodes.codes_get_message(handle)
    eccodes.codes_release(handle)
    return data
