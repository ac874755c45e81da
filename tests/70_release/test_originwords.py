"""The origin in words, tables and maps: an answer where there is one, and plain refusals."""

import json
import math
import re
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from overflight.flight.lines import DAYS_BACK, Line
from overflight.inference.quantiles import Spread
from overflight.ledgers.origin import Candidate, Day, Fan, Launched, Region
from overflight.release import originpicture, origintables, originwords

EPOCH = datetime(2023, 3, 1, tzinfo=UTC)
DAY_S = 86_400.0


def candidate(name="east", **changes):
    plain = Candidate(
        name=name, lat_deg=19.2, lon_deg=110.5, before_s=3.0 * DAY_S, prior_probability=0.5,
        probability=0.72, probability_sd=0.04, off_m=400e3, tail=0.4, n_near=60.0, region_m2=2e12,
        when=Spread(0.0, 3e3, 7e3, 1e4, 14e3, 500.0),
    )  # fmt: skip
    return replace(plain, **changes)


def day(back, region_m2=1e12, left=0.0):
    dots = np.array([[20.0, 179.0], [21.0, -179.0], [40.0, 150.0]])
    regions = (Region("CN", "China", 0.6), Region("", "", 0.385))
    return Day(back * DAY_S, (4 - back) * DAY_S, 30.0, 175.0, region_m2, left, 900.0, regions, dots)


def fan(name="s2"):
    gone = np.full(len(DAYS_BACK), np.nan)
    lat = gone.copy()
    lat[:3] = 30.0
    low, high = gone.copy(), gone.copy()
    low[:3], high[:3] = [170.0, 150.0, 110.0], [-170.0, -140.0, -121.0]
    over = (("", "", "China", None, None, None), ("", "", "United States of America", None, None,
            None))  # fmt: skip
    apart = (2_000e3, 6_000e3, 10_500e3, math.nan, math.nan, math.nan)
    lines = (Line(18_000.0, lat, low), Line(20_000.0, lat, high))
    return Fan(name, 4.1 * DAY_S, lines, over, apart)


def launched(verdict="told", **changes):
    plain = Launched(
        verdict, "s1", 4.0 * DAY_S, ("s1", "s2"), ("s0",),
        (candidate(), candidate("west", probability=0.28, tail=0.05)),
        (day(0), day(1), day(2)), (fan(),), 0.0, (),
    )  # fmt: skip
    return replace(plain, **changes)


def section(origin, *, prior_only=False):
    return originwords.section(origin, EPOCH, prior_only=prior_only)


def test_the_first_sentence_names_the_likelier_launch_with_its_probability():
    told = section(launched())
    assert told.question == "Where was it launched?"
    assert told.answer.startswith("Of the reported launches east is likely (72 %)")
    assert "No reported launch is excluded." in told.answer
    assert "usual" not in told.answer
    assert "usual ones" in section(launched(), prior_only=True).answer


def test_a_launch_that_is_far_out_is_named():
    origin = launched(candidates=(candidate(), candidate("west", tail=0.0)))
    assert "Not consistent with the track, even so: west." in section(origin).answer


def test_nowhere_is_a_possible_answer_and_the_nearest_is_named():
    wrong = (
        candidate(tail=0.0, off_m=3_000e3), candidate("west", tail=0.004, off_m=2_150e3),
    )  # fmt: skip
    told = section(launched("nowhere", candidates=wrong)).answer
    assert told.startswith("Nowhere that was reported: none of the reported launches is consistent")
    assert "Less than 1 % of the paths" in told
    assert "The nearest is west, 2,150 km" in told
    alone = section(launched("nowhere", candidates=wrong[1:])).answer
    assert "the reported launch is not consistent" in alone
    assert "It lies 2,150 km" in alone


def test_usual_winds_say_what_they_cannot_tell():
    wide = (candidate(region_m2=8e13), candidate("west", before_s=7.0 * DAY_S, region_m2=2e14))
    origin = launched("too wide", candidates=wide, days=(day(0), day(1), day(2, 2e13)))
    told = section(origin, prior_only=True)
    assert told.answer.startswith("The season's usual winds cannot tell.")
    assert "larger than a continent after 2 d" in told.answer
    assert "3.0 d to 7.0 d before" in told.answer
    assert any("does not know in which direction" in line for line in told.basis)
    days = told.tables[1]
    assert days.rows[-1][3] == "20 million km2: larger than a continent"
    assert "The next days are not told" in days.note
    assert told.would_change.startswith("Winds of those days")
    assert section(origin).answer.startswith("These winds cannot tell.")


def test_winds_that_begin_too_late_say_so():
    nothing = {"probability": math.nan, "probability_sd": math.nan, "tail": math.nan,
               "off_m": math.nan, "region_m2": math.nan, "n_near": 0.0, "when": None}  # fmt: skip
    origin = launched("beyond the wind", candidates=(candidate(**nothing),), wind_begins_s=DAY_S)
    told = section(origin)
    assert told.answer.startswith("Not answered: the winds begin on 2 Mar 00:00Z")
    assert told.tables[0].rows[0][2] == "beyond the winds"
    half = launched(candidates=(candidate(), candidate("west", **nothing)))
    assert "The winds do not reach back to west." in section(half).answer


@pytest.mark.parametrize("verdict", ["not asked", "not found"])
def test_without_a_way_back_there_is_a_reason(verdict):
    told = section(Launched(verdict, warnings=("no path; expected one.",)))
    assert told.answer.startswith("Not answered: no ")
    assert not told.tables
    json.dumps(origintables.facts(Launched(verdict), EPOCH, "made up"), allow_nan=False)


def test_single_lines_are_told_to_flip_and_to_be_no_answer():
    told = section(launched())
    (line,) = [one for one in told.basis if one.startswith("Single lines")]
    assert "up to 10,500 km apart after 3 d: 18 km China; 20 km United States of America" in line
    assert "it is no answer" in line
    table = told.tables[2]
    assert table.rows[0][0] == "18.0 km (59,100 ft)"
    assert table.rows[0][3] == "30\u00b0 N, 110\u00b0 E (China)"
    assert table.rows[0][4] == "beyond the winds"
    assert table.rows[-1][1:4] == ("2,000 km", "6,000 km", "10,500 km")
    assert "not an answer" in table.note


def test_too_few_paths_are_not_a_probability():
    row = section(launched(candidates=(candidate(n_near=3.0),))).tables[0].rows[0]
    assert row[2] == "too few paths to say"
    assert row[4] == ""


def test_paths_that_left_the_wind_and_warnings_are_told():
    origin = launched(days=(day(0), day(1, left=0.12)), warnings=("only 30 distinct starts",))
    basis = " ".join(section(origin).basis)
    assert "(12 % by 4 Mar 00:00Z)" in basis
    assert "only 30 distinct starts" in basis
    assert "Earlier reports (s0) are left out" in basis


def test_every_table_is_as_wide_as_its_columns():
    for table in section(launched()).tables:
        assert {len(row) for row in table.rows} == {len(table.columns)}
    for columns, rows in (
        (origintables.CANDIDATE_COLUMNS, origintables.candidate_rows(launched(), EPOCH)),
        (origintables.REGION_COLUMNS, origintables.region_rows(launched(), EPOCH)),
    ):
        assert {len(row) for row in rows} == {len(columns)}


def test_the_facts_hold_the_numbers():
    told = origintables.facts(launched(), EPOCH, "made up")
    again = json.loads(json.dumps(told, allow_nan=False))
    assert again["verdict"] == "told"
    assert again["begins_utc"] == "2023-03-05T00:00Z"
    assert again["candidates"][0]["probability_fraction"] == 0.72
    assert again["candidates"][0]["launch_p05_utc"] == "2023-03-01T00:00Z"
    assert again["days"][1]["regions"][1]["zone"] is None
    assert again["single_lines"][0]["lines"][0]["days"][2]["over"] == "China"
    assert again["single_lines"][0]["farthest_apart_km"] == {"1": 2000.0, "2": 6000.0, "3": 10500.0}


def test_the_maps_hold_every_place_inside_their_frame():
    drawings = [
        originpicture.cloud(launched(), {"s1": (30.0, 178.0)}),
        originpicture.lines(fan(), (45.0, -108.5)),
    ]
    for drawing in drawings:
        width, height = map(int, re.search(r'viewBox="0 0 (\d+) (\d+)"', drawing).groups())
        for x, y in re.findall(r'class="mark \w+" d="M(-?\d+) (-?\d+)', drawing):
            assert 0 <= int(x) <= width
            assert 0 <= int(y) <= height
        assert "style=" not in drawing  # the page's policy would ignore it
    assert "20 km" in drawings[1]
    assert "s2" in drawings[1]


def test_names_of_a_case_are_escaped_in_the_maps():
    origin = launched(candidates=(candidate("<script>"),))
    assert "<script>" not in originpicture.cloud(origin, {"<b>": (30.0, 178.0)})
