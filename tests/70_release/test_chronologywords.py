"""The order of things in words, and the timeline."""

import json
import re
import xml.etree.ElementTree as ET

import pytest

from overflight.case.chronology.spans import Span
from overflight.case.load import bundled, load
from overflight.ledgers import chronology
from overflight.ledgers.chronology import Chronology, TimeLine
from overflight.release import chronologypicture, chronologywords
from overflight.release.timeplot import LEFT, RIGHT, WIDTH

DAY_S = 86_400.0


@pytest.fixture(scope="module")
def told():
    return chronology.ledger(load(bundled("2023-conus")))


def line(name, low, high, *, text="", because=(), kind="event"):
    span = Span(low, high)
    return TimeLine(name, kind, text, "document", "s", False, span, span, span, span, because)


def drawn(lines):
    (picture,) = chronologypicture.pictures(Chronology(tuple(lines), (), (), complete=True))
    text = str(picture.drawing)
    return ET.fromstring(text), picture


def bars(root):
    """(class, left, width) of every bar."""
    found = []
    for path in root.iter("path"):
        match = re.fullmatch(r"M(\d+) \d+h(\d+)v\d+h-\d+z", path.get("d", ""))
        if match:
            found.append((path.get("class"), int(match[1]), int(match[2])))
    return found


def test_a_bar_is_as_long_as_its_time_is_uncertain():
    root, _ = drawn(
        [line("a", 0.0, 10 * DAY_S), line("b", 0.0, 5 * DAY_S), line("c", DAY_S, DAY_S)]
    )
    widths = sorted(width for _, _, width in bars(root))
    assert widths[-1] == WIDTH - LEFT - RIGHT
    assert widths[-2] == pytest.approx(widths[-1] / 2, abs=1)
    assert 0 < widths[0] < 10  # a moment can still be seen


def test_what_relations_leave_is_drawn_dark_inside_what_is_stated():
    stated, left = Span(0.0, 10 * DAY_S), Span(4 * DAY_S, 5 * DAY_S)
    narrowed = TimeLine(
        "a", "event", "", "document", "s", False, stated, stated, left, left, ("r",)
    )
    root, _ = drawn([narrowed, line("b", 0.0, 10 * DAY_S)])
    (dark,) = [one for one in bars(root) if one[0] == "mark used"]
    light = max((one for one in bars(root) if one[0] != "mark used"), key=lambda one: one[2])
    assert light[1] < dark[1]
    assert dark[1] + dark[2] < light[1] + light[2]
    assert dark[2] == pytest.approx(light[2] / 10, abs=1)


def test_the_drawing_says_what_it_shows_and_hostile_ids_open_nothing():
    root, _ = drawn([line("<script>", 0.0, DAY_S), line("b", 0.0, DAY_S)])
    title = next(root.iter("title"))
    svg = next(root.iter("svg"))
    assert svg.get("aria-labelledby") == title.get("id")
    assert svg.get("role") == "img"
    assert "2 things" in title.text
    assert "<script>" in {text.text for text in root.iter("text")}
    assert not list(root.iter("script"))


def test_things_without_bounds_are_not_drawn_and_said_to_be_missing():
    lines = [line("a", 0.0, 1.0), line("b", 0.0, 9.0), line("c", -float("inf"), float("inf"))]
    root, picture = drawn(lines)
    assert "c" not in {text.text for text in root.iter("text")}
    assert "1 more" in picture.caption


def test_too_many_bars_keep_the_events():
    many = [line(f"s{i}", float(i), i + 1.0, kind="sighting") for i in range(200)]
    shown = chronologypicture.shown([*many, line("e", 500.0, 501.0)])
    assert len(shown) == chronologypicture.MOST_BARS
    assert "e" in {one.id for one in shown}


def test_one_thing_is_no_timeline():
    alone = Chronology((line("a", 0.0, 1.0),), (), (), complete=True)
    assert chronologypicture.pictures(alone) == ()


def test_the_section_tells_the_contradiction_in_words(told):
    section = chronologywords.section(told)
    assert "2 are part of a contradiction" in section.answer
    assert "nearly a week before" in section.answer
    clash = section.tables[0]
    assert clash.caption.startswith("Contradiction 1")
    assert {row[0] for row in clash.rows} == {"CN23-01", "CN23-05", "R01", "R02"}
    assert all(row[3] and row[4] for row in clash.rows)  # who says so, and where
    assert clash.note.startswith("They miss each other by 5.6 days")
    assert section.pictures


def test_no_order_is_said_to_be_no_order():
    section = chronologywords.section(
        Chronology((line("a", 0.0, 1.0), line("b", 0.0, 9.0)), (), (), complete=True)
    )
    assert "no order between them" in section.answer


def test_the_facts_are_json_with_every_bound(told):
    facts = json.loads(json.dumps(chronologywords.facts(told), allow_nan=False))
    assert len(facts["times"]) == len(told.times)
    assert len(facts["orders"]) == 7
    assert facts["contradictions"][0]["short_by_s"] == pytest.approx(482_400.0)
    launch = next(one for one in facts["times"] if one["id"] == "E01")
    assert launch["stated"]["begin_earliest_utc"] == ""
