"""What the report says, from ledgers we make up."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import numpy as np
import pytest

from overflight.case.predicates import (
    AltitudeBand,
    Before,
    InZone,
    Launched,
    Near,
    NeverInZone,
    Speed,
)
from overflight.inference.quantiles import Spread
from overflight.ledgers import steered
from overflight.ledgers.traversed import LaunchLine, LevelLine, Traversed, ZoneLine
from overflight.release import verdicts, words
from overflight.release.wording import moment, percent, probable, word

EPOCH = datetime(2023, 2, 1, tzinfo=UTC)
START, END = EPOCH, EPOCH + timedelta(hours=30)


@pytest.mark.parametrize(
    ("fraction", "said"),
    [
        (0.0, "almost no chance"), (0.0499, "almost no chance"), (0.05, "very unlikely"),
        (0.20, "unlikely"), (0.45, "roughly even"), (0.55, "likely"), (0.80, "very likely"),
        (0.95, "almost certain"), (1.0, "almost certain"),
    ],
)  # fmt: skip
def test_probability_words_follow_the_scale_with_half_open_bins(fraction, said):
    assert word(fraction) == said
    assert percent(fraction) in probable(fraction)  # never a word without its number


def test_a_wide_time_is_never_told_to_the_minute():
    assert moment(EPOCH, 12_345.0, 7 * 3_600.0) == "1 Feb, about 03Z"
    assert ":" not in moment(EPOCH, 12_345.0, 3 * 86_400.0)


def spread(middle_s, width_s):
    low, high = middle_s - width_s / 2, middle_s + width_s / 2
    return Spread(low, middle_s - width_s / 4, middle_s, middle_s + width_s / 4, high, 60.0)


def traversed(probability, n_effective=500.0):
    zone = ZoneLine(
        "US", "United States of America", "country", probability, 0.01, 0.0, 0.0,
        spread(7_200.0, 900.0), spread(86_400.0, 900.0), spread(79_200.0, 900.0),
    )  # fmt: skip
    launches = (LaunchLine("a", 0.5, 0.97, 0.6), LaunchLine("b", 0.5, 0.03, 0.4))
    level = LevelLine(
        "above FL600", 7_171.6, 0.9, spread(3_600.0, 60.0), spread(90_000.0, 60.0), (0.1, 0.5, 0.9)
    )
    return Traversed((zone,), (level,), launches, ("S1",), n_effective)


def test_times_are_withheld_where_a_few_paths_stand_for_all():
    sure = words.traversed(traversed(0.9), EPOCH).tables[0].rows[0]
    thin = words.traversed(traversed(0.02), EPOCH).tables[0].rows[0]
    assert "1 Feb 02:00Z \u00b1 1 min" in sure
    assert thin[2] == "too few paths to say"
    assert not any("Z" in cell for cell in thin)


def test_what_a_case_watches_has_tables_of_its_own_and_what_nobody_meets_is_said():
    line = traversed(0.9)
    site = replace(line.zones[0], zone="site:X", name="X, within 20 km", kind="site")
    told = replace(line, zones=(*line.zones, site), unreached=("Y, within 5 km",))
    section = words.traversed(told, EPOCH)
    captions = [table.caption for table in section.tables]
    assert "Sites of this case: when inside" in captions
    assert not any(caption.startswith("Zones of this case") for caption in captions)
    assert "Fewer than one path in a hundred came to Y, within 5 km." in section.basis
    assert all("this case" not in t.caption for t in words.traversed(line, EPOCH).tables)


def test_a_level_has_a_first_and_a_last_time_above_it():
    row = words.traversed(traversed(0.9), EPOCH).tables[-2].rows[0]
    assert row[0] == "above FL600"
    assert row[2].startswith("1 Feb 01:00Z")
    assert row[4].startswith("2 Feb 01:00Z")


def test_the_launch_is_told_with_and_without_the_reports_that_decide_it():
    table = words.traversed(traversed(0.9), EPOCH).tables[-1]
    assert table.rows[0] == ("a", "50 %", "almost certain (97 %)", "60 %")
    assert "S1" in table.note


@pytest.mark.parametrize(
    ("predicate", "said"),
    [
        (InZone("US-MT", START, END), "over US-MT at some time between 1 Feb 00:00Z"),
        (NeverInZone("JP", START, END), "never over JP"),
        (Near(45.8, -108.5, 150e3, START, END), "within 150 km of 45.80, -108.50"),
        (AltitudeBand(18_288.0, 19_812.0, START, END), "at 18.3 km (60,000 ft) to 19.8 km"),
        (Launched(START, END), "launched between"),
        (Before("US-AK", "CA"), "over US-AK before CA"),
        (Speed(10.0, 20.0, START, END), "mean speed 10 to 20 m/s"),
    ],
)
def test_every_predicate_can_be_said_in_words(predicate, said):
    assert said in verdicts.in_words(predicate)


@pytest.mark.parametrize(
    ("winds", "days", "said"),
    [
        (0.6, (1, 9), "2 launch dates were reported; 1 February is almost certain (97 %)"),
        (0.1, (1, 9), "the evidence is divided"),
        (0.6, (1, 1), "2 launches were reported; the one named a is almost certain (97 %)"),
    ],
)
def test_launches_are_told_by_their_dates_or_names_and_doubts_as_doubts(winds, days, said):
    line = traversed(0.9)
    launches = (LaunchLine("a", 0.5, 0.97, winds), LaunchLine("b", 0.5, 0.03, 1.0 - winds))
    case = SimpleNamespace(
        launches=[
            SimpleNamespace(id=name, time_min=EPOCH, time_max=EPOCH + timedelta(days=day))
            for name, day in zip("ab", days, strict=True)
        ],
        statements=(),
    )
    posterior = SimpleNamespace(
        sighting_ids=("x",), sighting_probability={"x": 0.9}, epoch=EPOCH,
        time_s=np.array([0.0, 9e5]), wind_statement="climatology: prior only", prior_only=True,
    )  # fmt: skip
    sentences = words.bottom_line(
        case, posterior, replace(line, launches=launches),
        steered.ledger(case, None, steered.CLIMATOLOGY),
    )  # fmt: skip
    assert any(said in sentence for sentence in sentences)
    assert any("this account refuses one" in sentence for sentence in sentences)
