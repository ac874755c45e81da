"""A case in which some sources are withheld: their names and words are made up."""

import csv
import shutil

from overflight.case.load import bundled, load

NAME, ALL = "Quillhaven Lantern", "Ostrander \u00c9vrard & S\u00f8nner"
SPEAKER, QUOTE = "Tamsin Overbeck", "it hung over the grain silo like a second moon"
SITE = "Marrowgate Field"
AIRFIELD, HOUSE = "Pemberlow Strip", "Ostrava Cottage"
SITES = {  # name: kind, place
    SITE: ("training area", ("44.1122", "-105.3344")),
    AIRFIELD: ("airfield", ("46.2713", "-107.4189")),
    HOUSE: ("private house", ("45.1937", "-106.8264")),
}
PLACES = {"told-1": ("45.7312", "-108.6147"), "told-2": ("43.1234", "-104.8765")}

SOURCES = (
    {"id": "quillhaven-0203", "publisher": NAME, "title": "A light over Quillhaven",
     "published": "2023-02-03", "url": "https://quillhaven-lantern.example.org/0203",
     "copy_status": "original", "archived_sha256": "ab" * 32, "withhold": "name"},
    {"id": "ostrander-letter", "publisher": ALL, "published": "2023-02-04",
     "url": "https://example.org/ostrander", "copy_status": "letter", "withhold": "all"},
)  # fmt: skip
# An open source whose words try to be something else, or are merely long or of other scripts.
TAG, FORMULA = "<script>window.__broken = 1</script>", '=HYPERLINK("https://example.org/x","open")'
SCRIPTS = (
    "\u6c14\u7403 \u0628\u0627\u0644\u0648\u0646 \u202egnp.exe \u0baa\u0bb2\u0bc2\u0ba9 \U0001f388"
)
STRANGE = {"id": "strange-1", "publisher": f"{TAG} \"' & ]]> {SCRIPTS} {'x' * 3_000}",
           "title": FORMULA, "published": "2023-02-04", "url": "https://example.org/strange",
           "copy_status": "original"}  # fmt: skip
SIGHTING = {
    "attribution": "eyewitness", "geometry": "line_of_sight", "time_min": "2023-02-01T20:00Z",
    "position_sd": "20 km", "reliability": "B", "certainty": "medium", "use": "yes",
}  # fmt: skip
SIGHTINGS = (
    SIGHTING | {"id": "told-1", "source": "quillhaven-0203", "time_max": "2023-02-01T22:00Z",
                "lat_deg": "45.7312", "lon_deg": "-108.6147", "quote": "a round thing, quite still",
                "note": f"{SPEAKER} told the {NAME} from 45.7312, -108.6147"},
    SIGHTING | {"id": "told-2", "source": "ostrander-letter", "time_max": "2023-02-02T22:00Z",
                "lat_deg": "43.1234", "lon_deg": "-104.8765", "quote": QUOTE,
                "note": "in a letter"},
)  # fmt: skip
WINDOW = "2023-02-01T00:00Z..2023-02-03T00:00Z"
STATEMENT = {
    "id": "told-3", "source": "ostrander-letter", "said": "2023-02-04", "speaker": SPEAKER,
    "role": "retired surveyor", "attribution": "eyewitness", "modality": "asserted",
    "topic": "path", "text": "It stood near the mill for an hour.", "scope": "flight",
    "testable": "yes",
    "test": "near 43.1234,-104.8765 within 100 km during 2023-02-01T00:00Z..2023-02-03T00:00Z",
    "certainty": "medium", "reliability": "C", "lineage": "told-2",
}  # fmt: skip
STRANGELY_SAID = STATEMENT | {
    "id": "told-4", "source": "strange-1", "speaker": f"@SUM(1+1) {SCRIPTS}", "role": TAG,
    "text": FORMULA, "test": "", "testable": "no", "lineage": "",
}  # fmt: skip
ZONES = """{"type": "FeatureCollection", "features": [
 {"type": "Feature", "properties": {"name": "Hollow Range", "kind": "training area",
  "owner": "Marrowgate Trust"}, "geometry": {"type": "Polygon", "coordinates":
  [[[-106.0, 44.0], [-105.0, 44.0], [-105.0, 45.0], [-106.0, 44.0]]]}},
 {"type": "Feature", "properties": {"name": "Open Park", "kind": "park"}, "geometry":
  {"type": "Polygon", "coordinates":
  [[[-103.0, 42.0], [-102.0, 42.0], [-102.0, 43.0], [-103.0, 42.0]]]}}]}
"""


def write(folder):
    """The bundled case with three rows more, whose sources are withheld."""
    shutil.copytree(bundled("2023-conus"), folder)
    _add(folder / "sources.csv", (*SOURCES, STRANGE))
    _add(folder / "sightings.csv", SIGHTINGS)
    _add(folder / "statements.csv", (STATEMENT, STRANGELY_SAID))
    head = folder / "case.yaml"
    text = head.read_text(encoding="utf-8")
    text = text.replace("zones: [country, state, territorial_sea]",
                        "zones: [country, state, territorial_sea, own.geojson]")  # fmt: skip
    text = text.replace(
        "observers:\n",
        """observers:
  - name: Roof camera
    kind: camera
    lat_deg: 45.7655
    lon_deg: -108.5533
""",
    )
    listed = "".join(
        f"  - {{name: {name}, kind: {kind}, lat_deg: {place[0]}, lon_deg: {place[1]},"
        " radius: 20 km}\n"
        for name, (kind, place) in SITES.items()
    )
    text = text.replace("sites:\n", f"""withheld_kinds: [Training area]
withheld_from_partners: [private house]
rounded_kinds: [airfield]
sites:
{listed}""")  # fmt: skip
    text = text.replace("summary: >-\n", f"summary: >-\n  First told by the {NAME.upper()}.\n")
    head.write_text(f"# {SPEAKER} is the neighbour\n{text}", encoding="utf-8")
    (folder / "own.geojson").write_text(ZONES, encoding="utf-8")
    return load(folder)


def _add(path, rows):
    with path.open(encoding="utf-8", newline="") as file:
        known = list(csv.DictReader(file))
    names = list(dict.fromkeys([*known[0], *(name for row in rows for name in row)]))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names, restval="")
        writer.writeheader()
        writer.writerows([*known, *rows])
