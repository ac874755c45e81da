"""The kinds of sighting: how each is written, what it means, and what is refused."""

import csv
import io
import re

import pytest

from overflight.case.kinds import Details, Direction, read_outline
from overflight.case.meaning import KINDS, OF_A_PLACE, PREDICTABLE, in_words
from overflight.case.vocabulary import Geometry

BLOCK = re.compile(r"^```csv\n(.*?)^```", re.DOTALL | re.MULTILINE)
BASE = {
    "id": "k1", "source": "gazette", "attribution": "eyewitness", "geometry": "nadir",
    "time_min": "2023-02-01T20:00Z", "time_max": "2023-02-01T21:00Z", "lat_deg": "45.78",
    "lon_deg": "-108.50", "position_sd": "20 km", "reliability": "C", "certainty": "medium",
    "use": "yes",
}  # fmt: skip


def table(*rows):
    headings = list(dict.fromkeys(name for one in rows for name in one))
    out = io.StringIO()
    writer = csv.DictWriter(out, headings, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def examples(root):
    page = (root / "docs" / "how-to" / "write-sightings.md").read_text(encoding="utf-8")
    return BLOCK.findall(page)


def write(folder, *rows):
    folder.write("sightings.csv", table(*rows))
    folder.write(
        "statements.csv",
        "id,source,said,speaker,attribution,modality,topic,text,testable,certainty,reliability\n",
    )


def test_every_example_of_the_guide_can_be_read_and_every_kind_is_shown(root, folder):
    blocks, shown, columns = examples(root), set(), set()
    assert len(blocks) == 8
    for block in blocks:
        write(folder)
        folder.write("sightings.csv", block)
        for sighting in folder.read().sightings:
            shown.add(sighting.geometry)
            columns |= {
                n for n, f in Details.model_fields.items() if getattr(sighting, n) != f.default
            }
            assert in_words(sighting)
    assert {one for one in Geometry if not KINDS[one].uses <= KINDS[Geometry.NADIR].uses} <= shown
    assert columns == set(Details.model_fields), "a column without an example"


def test_every_kind_is_listed_once_and_every_column_belongs_to_a_kind():
    assert set(KINDS) == set(Geometry)
    assert frozenset().union(*(kind.uses for kind in KINDS.values())) == set(Details.model_fields)
    assert PREDICTABLE < OF_A_PLACE < set(Geometry)


def test_an_outline_says_where_even_across_the_date_line(folder):
    outline = "-10 178; -10 -178; -14 -178; -14 178"
    place = {"lat_deg": "", "lon_deg": "", "position_sd": ""}
    write(folder, BASE | place | {"geometry": "region", "outline": outline})
    sighting = folder.read().sightings[0]
    assert sighting.lat_deg == pytest.approx(-12.0, abs=0.05)
    assert abs(sighting.lon_deg) == pytest.approx(180.0, abs=0.01)
    assert sighting.position_sd_m == pytest.approx(111e3 * 4 / 12**0.5, rel=0.1)
    assert sighting.outline == read_outline(outline)


@pytest.mark.parametrize(
    ("said", "means"),
    [("NE", 45.0), ("south-west", 225.0), ("Northwest", 315.0), ("nnw", 337.5),
     ("359.5 deg", 359.5), ("360 deg", 0.0), ("12°", 12.0)],
)  # fmt: skip
def test_directions_are_read_as_people_write_them(folder, said, means):
    write(folder, BASE | {"geometry": "line_of_sight", "bearing": said})
    bearing = folder.read().sightings[0].bearing
    assert isinstance(bearing, Direction)
    assert bearing.deg == pytest.approx(means)
    assert bool(bearing.word) == said.replace("-", "").isalpha()


WRONG = [
    ({"bearing": "NE"}, "bearing", "a bearing of a sighting whose geometry is nadir"),
    ({"geometry": "line_of_sight", "bearing": "north by north"}, "bearing", "a direction such as"),
    ({"geometry": "line_of_sight", "bearing": "45"}, "bearing", "Write the number and deg"),
    ({"geometry": "line_of_sight", "bearing": "400 deg"}, "bearing", "between 0 and 360 deg"),
    ({"geometry": "line_of_sight", "bearing_sd": "5 deg"}, "bearing_sd", "without a bearing"),
    ({"geometry": "line_of_sight", "elevation": "95 deg"}, "elevation", "between 0 and 90 deg"),
    ({"geometry": "region"}, "outline", "nothing; expected outline"),
    ({"geometry": "region", "outline": "45 -109; 46 -109"}, "outline", "an outline of two corners"),
    ({"geometry": "region", "outline": "45 -109; 46"}, "outline", "'46' is no corner"),
    ({"geometry": "region", "outline": "45 -109; 95 -109; 45 -100"}, "outline", "is no corner"),
    ({"geometry": "crossing", "outline": "45 -109"}, "outline", "1 corners"),
    ({"geometry": "motion"}, "heading", "expected heading or speed"),
    ({"geometry": "motion", "heading": "E", "speed_sd": "2 kt"}, "speed_sd", "without a speed"),
    ({"geometry": "motion", "speed": "30"}, "speed", "has no unit"),
    ({"geometry": "order", "then_lat_deg": "45"}, "then_lon_deg", "order needs"),
    ({"geometry": "not_seen", "attendance": "1.5"}, "attendance", "silence never proves"),
    ({"geometry": "not_seen", "attendance": "1"}, "attendance", "is no attendance"),
    ({"geometry": "not_seen", "clear_sky": "0"}, "clear_sky", "is no probability"),
    ({"geometry": "not_seen", "when": "throughout"}, "when", "belongs to"),
    ({"when": "always"}, "when", "one of at_some_time, throughout"),
    ({"tails": "fat"}, "tails", "one of normal, heavy"),
    ({"position_sd_minor": "10 km"}, "position_sd_minor", "without a position_axis"),
    ({"position_sd_minor": "30 km", "position_axis": "N"}, "position_sd_minor", "above position"),
    ({"timing_sd": "10"}, "timing_sd", "has no unit"),
    ({"rounding": "0 km"}, "rounding", "not above zero"),
]  # fmt: skip


@pytest.mark.parametrize(("cells", "column", "why"), WRONG)
def test_a_mistake_names_its_column(folder, cells, column, why):
    write(folder, BASE, BASE | {"id": "k2"} | cells)
    mistakes = folder.mistakes()
    assert len(mistakes) == 1
    assert f"sightings.csv:3:{column}: " in mistakes[0]
    assert why in mistakes[0]


def test_the_same_report_twice_is_refused_and_two_witnesses_are_not(folder):
    write(folder, BASE, BASE | {"id": "k2", "note": "copied"})
    assert "the same report of the same source a second time" in folder.mistakes()[0]
    assert "(first in sightings.csv:2" in folder.mistakes()[0]
    unused = {"id": "k2", "use": "no", "why_not_used": "repeated"}
    write(folder, BASE, BASE | unused)
    assert len(folder.read().sightings) == 2
    write(folder, BASE, BASE | {"id": "k2", "source": "airport"})
    assert len(folder.read().sightings) == 2
