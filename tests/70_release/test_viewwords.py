"""What the report says of views and opportunities: an answer first, and never more than that."""

import csv
import json
import re
from types import SimpleNamespace

import numpy as np
import pytest
from flown import EPOCH, posterior, southward

from overflight.case.model import Observer, Site
from overflight.fields import places, population
from overflight.ledgers import collected, seen
from overflight.release import viewpicture, viewtables, viewwords

WIND = "climatology: prior only"
BALLOON = SimpleNamespace(diameter_min_m=36.6, diameter_max_m=61.0)
PLACES = {"Near": (50.0, -110.0), "Beside": (48.0, -112.5), "Far": (0.0, 20.0)}


def sites(places=PLACES):
    return tuple(
        Site.model_validate(
            {
                "name": name,
                "kind": "town",
                "lat_deg": str(lat),
                "lon_deg": str(lon),
                "radius": "9 km",
            }
        )
        for name, (lat, lon) in places.items()
    )


def observers():
    rows = [
        {"name": "Town", "kind": "eye"},
        {"name": "Roof", "kind": "camera", "hours": "14:00-02:00"},
        {"name": "Long range", "kind": "radar", "range": "250 nmi", "antenna_height": "300 m"},
        {"name": "Scanner", "kind": "receiver"},
    ]
    return tuple(
        Observer.model_validate(row | {"lat_deg": "48", "lon_deg": "-110.5"}) for row in rows
    )


@pytest.fixture(scope="module")
def in_view():
    return collected.ledger(SimpleNamespace(sites=sites()), southward(n=60))


@pytest.fixture(scope="module")
def noticed():
    case = SimpleNamespace(observers=observers(), balloon=BALLOON)
    return seen.ledger(case, southward(n=60))


def texts(section):
    cells = [cell for table in section.tables for row in table.rows for cell in row]
    notes = [f"{table.caption} {table.note}" for table in section.tables]
    pictures = [f"{picture.caption} {picture.drawing}" for picture in section.pictures]
    return "\n".join(
        [section.question, section.answer, *section.basis, section.would_change, *cells, *notes,
         *pictures]
    )  # fmt: skip


def test_the_first_sentence_answers(in_view):
    answer = viewwords.collected(in_view, EPOCH, WIND).answer
    assert answer.startswith("Of the 3 sites of the case, 2 were more likely than not in its view")
    assert "Longest: Near, almost certain (> 99 %), for" in answer
    assert re.search(r"some 850,000 km\u00b2 of ground lay within its horizon, 520 km", answer)


def test_nothing_is_said_to_have_been_collected(in_view, noticed):
    words = texts(viewwords.collected(in_view, EPOCH, WIND))
    words += texts(viewwords.seen(noticed, EPOCH, WIND))
    assert not re.search(r"\b(was|were|been) (collected|recorded|photographed|imaged)\b", words)
    assert "Resolvable in principle" in words
    assert "not a claim that there was an instrument" in words
    assert "opportunity, not a detection" in words
    assert WIND in words


def test_tables_show_what_the_ledger_has(in_view):
    tables = {one.caption: one for one in viewwords.collected(in_view, EPOCH, WIND).tables}
    nearest = tables["How near it came"].rows
    assert [row[0] for row in nearest] == ["Near (town)", "Beside (town)", "Far (town)"]
    assert nearest[2][1] == "almost no chance (< 1 %)"
    times = tables["Time in view above an elevation"].rows
    assert {row[1] for row in times if row[0] == "Near (town)"} == {
        "the horizon", "5\u00b0", "10\u00b0", "20\u00b0", "45\u00b0",
    }  # fmt: skip
    assert len([row for row in times if row[0] == "Far (town)"]) == 1
    bounds = next(one for caption, one in tables.items() if "in principle" in caption)
    assert len(bounds.rows) == 4  # two sites that are in view, two bands
    assert all(len(row) == len(one.columns) for one in tables.values() for row in one.rows)


def test_without_sites_the_ground_is_still_told_of():
    section = viewwords.collected(
        collected.ledger(SimpleNamespace(sites=()), southward(n=10)), EPOCH, WIND
    )
    assert section.answer.startswith("Not answered for any site: the case names none")
    assert "of ground lay within its horizon" in section.answer
    assert [table.caption for table in section.tables] == ["Ground in view"]
    assert section.pictures == ()


def test_where_no_site_is_likely_the_likeliest_is_named():
    far = sites({"Far": (0.0, 20.0)})
    answer = collected.ledger(SimpleNamespace(sites=far), southward(n=10))
    text = viewwords.collected(answer, EPOCH, WIND).answer
    assert text.startswith("None of the 1 sites of the case was more likely than not")


def test_paths_that_never_fly_make_a_page_all_the_same():
    nowhere = np.full((3, 10), np.nan)
    drawn = posterior(nowhere, nowhere, np.arange(10) * 1_800.0)
    case = SimpleNamespace(sites=sites(), observers=observers(), balloon=BALLOON)
    section = viewwords.collected(collected.ledger(case, drawn), EPOCH, WIND)
    assert section.answer.startswith("None of the 3 sites")
    assert viewwords.seen(seen.ledger(case, drawn), EPOCH, WIND).answer.startswith("0 of the 4")


def test_opportunities_are_told_with_their_windows(noticed):
    section = viewwords.seen(noticed, EPOCH, WIND)
    assert section.answer.startswith("4 of the 4 observers of the case more likely than not")
    tables = {one.caption: one for one in section.tables}
    rows = tables["Opportunities, not detections"].rows
    assert [(row[0], row[3]) for row in rows] == [
        ("Town (eye)", "careful"), ("Town (eye)", "generous"), ("Roof (camera)", ""),
        ("Long range (radar)", ""), ("Scanner (receiver)", ""),
    ]  # fmt: skip
    assert rows[3][2] == "463 km"
    assert tables["When"].rows
    assert tables["Speed along the line of sight of a radar"].rows[0][1:] == ("100 %",) * 3


def test_drawings_are_of_the_likeliest_and_say_so(in_view, noticed):
    (picture,) = viewpicture.in_view(in_view, EPOCH)
    assert "Near: at most 100 %" in str(picture.drawing)
    assert "Far" not in str(picture.drawing)
    (other,) = viewpicture.seen(noticed, EPOCH)
    assert "Scanner" in str(other.drawing)
    assert "nan" not in str(picture.drawing) + str(other.drawing)


def test_hostile_names_stay_text(tmp_path):
    name = "<script>window.__broken = 1</script>"
    case = SimpleNamespace(sites=sites({name: (50.0, -110.0), "=1+1": (49.0, -110.0)}))
    answer = collected.ledger(case, southward(n=10))
    (picture,) = viewpicture.in_view(answer, EPOCH)
    assert "<script>" not in str(picture.drawing)
    empty = seen.ledger(SimpleNamespace(observers=(), balloon=BALLOON), southward(n=10))
    viewtables.write(answer, empty, EPOCH, WIND, tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "collected.csv", "collected.json", "collected_ground.csv",
    ]  # fmt: skip
    assert "'=1+1" in (tmp_path / "collected.csv").read_text(encoding="utf-8")


def test_files_hold_the_whole_ledger(in_view, noticed, tmp_path):
    viewtables.write(in_view, noticed, EPOCH, WIND, tmp_path)
    facts = json.loads((tmp_path / "collected.json").read_text(encoding="utf-8"))
    assert facts["wind"] == WIND
    assert facts["epoch"] == EPOCH.isoformat()
    assert len(facts["sites"][0]["bounds"]) == 10
    assert facts["sites"][2]["slant_m"] is None
    with (tmp_path / "collected.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 3 * 6
    assert {row["wind"] for row in rows} == {WIND}
    with (tmp_path / "collected_ground.csv").open(encoding="utf-8", newline="") as file:
        cells = list(csv.DictReader(file))
    assert len(cells) == sum(len(one.cells) for one in in_view.swept)
    assert {row["elevation_deg"] for row in cells} == {"0", "10"}
    level = in_view.sites[0].levels[1]
    assert float(rows[1]["mean_s"]) == pytest.approx(level.mean_s, abs=0.5)
    assert float(rows[1]["in_view_p95_s"]) == pytest.approx(level.in_view.p95_s, abs=0.5)
    with (tmp_path / "seen.csv").open(encoding="utf-8", newline="") as file:
        windows = list(csv.DictReader(file))
    assert {row["reckoning"] for row in windows} == {"careful", "generous"}
    assert json.loads((tmp_path / "seen.json").read_text(encoding="utf-8"))["n_paths"] == 200


@pytest.fixture(scope="module")
def peopled():
    crowd = population.embedded(places.load())
    return collected.ledger(SimpleNamespace(sites=sites()), southward(n=20), crowd)


def test_people_are_in_view_and_never_more_than_that(peopled, noticed, tmp_path):
    section = viewwords.collected(peopled, EPOCH, WIND)
    assert re.search(
        r"some [\d.]+ million people lived in ground that was in view above the horizon, and"
        r" [\d,]+ \([\d,]+ to [\d,]+, and beyond that a factor of 6 either way by where they are"
        r" taken to live\) in ground above which it stood 10\u00b0 or more\. In view is not seen\.",
        section.answer,
    )
    assert not re.search(r"people (were|was) (seen|watched|collected)", texts(section))
    tables = {table.caption: table for table in section.tables}
    rows = tables["People in view in the whole flight"].rows
    assert [row[0] for row in rows] == [
        "the horizon",
        "5\u00b0",
        "10\u00b0",
        "20\u00b0",
        "45\u00b0",
    ]
    assert rows[2][3] == "a factor of 6"
    zones = [row[1] for row in tables["People in view by country and state"].rows]
    assert "Montana" in zones
    assert "Canada" in zones
    viewtables.write(peopled, noticed, EPOCH, WIND, tmp_path)
    with (tmp_path / "collected_people.csv").open(encoding="utf-8", newline="") as file:
        told = [row for row in csv.DictReader(file) if row["zone"] == ""]
    assert len(told) == 5
    assert float(told[0]["persons_p50"]) == round(peopled.people.levels[0].persons[2])


def test_hills_are_told_where_they_are_known(peopled):
    assert "no mountain stands in the way" in texts(viewwords.collected(peopled, EPOCH, WIND))
