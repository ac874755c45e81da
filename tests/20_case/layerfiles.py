"""Files of zones, written by programs that are not ours."""

import json
import zipfile

import numpy as np
import shapely
from fastkml import KML, Document, Placemark
from fastkml.geometry import create_kml_geometry


def square(west=24.0, south=54.0, width=2.0, height=1.0):
    return shapely.box(west, south, west + width, south + height)


def written(path, shapes, crs="EPSG:4326", driver="GPKG", layer="zones", **columns):
    """A file of GDAL's: GeoPackage, shapefile, FlatGeobuf, KML, GeoJSON."""
    import pyogrio

    columns = columns or {"name": [f"Zone {k}" for k in range(len(shapes))]}
    kind = {shape.geom_type for shape in shapes if shape is not None}
    pyogrio.raw.write(
        str(path),
        np.array([None if s is None else shapely.to_wkb(s) for s in shapes], dtype=object),
        [np.array(values, dtype=object) for values in columns.values()],
        list(columns),
        geometry_type=kind.pop() if len(kind) == 1 else "Unknown",
        crs=crs,
        driver=driver,
        **({} if driver == "ESRI Shapefile" else {"layer": layer}),
    )
    return path


def kml(path, shapes, names):
    """A file of fastkml's."""
    document = Document(id="d")
    for number, (shape, name) in enumerate(zip(shapes, names, strict=True)):
        geometry = create_kml_geometry(shape)
        document.append(Placemark(id=f"p{number}", name=name, kml_geometry=geometry))
    root = KML()
    root.append(document)
    path.write_text(root.to_string(), encoding="utf-8")
    return path


def geojson(path, *features, **more):
    text = json.dumps({"type": "FeatureCollection", "features": list(features)} | more)
    path.write_text(text, encoding="utf-8")
    return path


def feature(geometry, **properties):
    if not isinstance(geometry, dict):
        geometry = json.loads(shapely.to_geojson(geometry))
    return {"type": "Feature", "properties": {"name": "east"} | properties, "geometry": geometry}


def ring(*corners, **properties):
    return feature({"type": "Polygon", "coordinates": [[list(c) for c in corners]]}, **properties)


def zipped(path, *files):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for file in files:
            packed.write(file, f"inner/{file.name}")
    return path
