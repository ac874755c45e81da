"""What the report says of drift and steering, from contests we make up."""

import csv
import json
import math
import re
from dataclasses import replace

import contests
import pytest
from contests import CASE, contest

from overflight.inference.contest import HYPOTHESES
from overflight.ledgers import steered
from overflight.release import steeredpicture, steeredtables, steeredwords
from overflight.release.report import render

HOSTILE = '</script><img src=x onerror="window.__broken = 1">'
STRONG = {"M1b": -54.0}
FAST = {"M2": -54.0, "M12": -54.0}


def judged(*args, **more):
    return steered.ledger(CASE, contest(*args, **more))


def section(answer):
    return steeredwords.section(answer, "ERA5 analysis")


def words(answer):
    """All that a section says, as one text."""
    told = section(answer)
    cells = [cell for table in told.tables for row in table.rows for cell in row]
    return " ".join((told.answer, *told.basis, told.would_change, *cells))


ANSWERS = {
    "no sign": judged(),
    "steered": judged(STRONG, halved=STRONG, doubled=STRONG),
    "propelled": judged(FAST, halved=FAST, doubled=FAST),
    "either": judged(STRONG | FAST, halved=STRONG | FAST, doubled=STRONG | FAST),
    "undecided": judged(STRONG, halved={"M1b": -60.0}, doubled=STRONG),
    "refused": judged(M2={"ess": 12.0}),
    "rough": judged(log_sd=2.0),
    "nothing": judged(**{name: {"error_sds": 4.0} for name in HYPOTHESES}),
    "climatology": steered.ledger(CASE, None, steered.CLIMATOLOGY),
    "not compared": steered.ledger(CASE, None),
}


@pytest.mark.parametrize(
    ("name", "begins"),
    [
        ("no sign", "No sign of steering, and none of own speed above "),
        ("steered", "Steered by altitude is almost certain (99 %), if "),
        ("propelled", "That it had a velocity of its own is almost certain (99 %), if "),
        ("either", "It moved of itself: "),
        ("undecided", "Not decided whether it changed its level with an aim: "),
        ("refused", "Not answered whether "),
        ("rough", "Not answered whether "),
        ("nothing", "Neither: the reported track follows these winds under no hypothesis"),
        ("climatology", "Not answered. With a wind climatology"),
        ("not compared", "Not answered. This account follows passive drift only"),
    ],
)
def test_the_first_sentence_answers_the_question(name, begins):
    told = section(ANSWERS[name])
    assert told.question == "Did it drift or was it steered?"
    assert told.answer.startswith(begins)
    assert told.would_change
    assert steeredwords.headline(ANSWERS[name])


@pytest.mark.parametrize("name", ANSWERS)
def test_every_probability_word_stands_with_its_number(name):
    said = words(ANSWERS[name])
    for match in re.finditer(r"\b(?:almost certain|(?:very )?(?:un)?likely|roughly even)\b", said):
        assert said[match.end() :].startswith(" ("), said[match.start() : match.end() + 30]


@pytest.mark.parametrize("name", ANSWERS)
def test_every_bayes_factor_stands_with_its_error(name):
    said = words(ANSWERS[name])
    for match in re.finditer(r"ln Bayes factor (?=-?\d)", said):
        assert re.match(r"-?\d+\.\d+ \u00b1 \d", said[match.end() :])


@pytest.mark.parametrize("name", ["no sign", "undecided", "refused", "rough", "nothing"])
def test_steering_is_claimed_by_no_other_verdict(name):
    for text in (steeredwords.headline(ANSWERS[name]), section(ANSWERS[name]).answer):
        assert not re.match(r"Steered by altitude is|That it had a velocity|It moved", text)


def test_drift_is_bounded_and_never_confirmed():
    sure = judged({"M0": -40.0})
    said = words(sure)
    assert "does not show that it could not steer" in section(sure).answer
    assert "never told above 95 %" in said
    assert "very likely (95 % at most)" in said
    assert "> 99 %" not in said


def test_the_order_is_pictures_then_hypotheses_then_comparisons_limits_reports():
    told = section(ANSWERS["no sign"])
    assert [table.caption.split(":")[0].split(" (")[0] for table in told.tables] == [
        "The hypotheses", "What the reports prefer", "Own airspeed", "What the limit would take",
        "What drives it", "Changes of level by 500 m or more",
    ]  # fmt: skip
    assert [picture.caption.split()[0] for picture in told.pictures] == ["How", "The", "Height"]
    assert told.basis[0].startswith("Steered by altitude (M1b over M1a): no sign.")
    assert told.basis[1].startswith("A velocity of its own (M2 over M0): no sign.")


def test_changed_levels_are_said_to_be_no_steering():
    logs = {"M1a": -40.0, "M1b": -40.0}
    answer = judged(logs, halved=logs, doubled=logs)
    assert section(answer).answer.startswith("No sign of steering")
    assert any("is no steering: levels must be aimed" in line for line in section(answer).basis)


def test_what_would_flip_it_is_said_as_odds():
    even = judged({"M2": -60.0 + math.log(50.0)})
    assert (
        "M2 and M0 come out even for whoever gave M0 odds of 50 to 1" in section(even).would_change
    )
    less = judged({"M2": -60.0 - math.log(50.0)})
    assert "for whoever gave M2 odds of 50 to 1" in section(less).would_change


def test_both_wind_errors_and_all_airspeed_priors_are_shown():
    comparisons, limits = section(ANSWERS["no sign"]).tables[1:3]
    assert comparisons.columns[4:6] == ("With half the wind's error", "With twice")
    assert [row[0] for row in limits.rows] == ["2 m/s", "4 m/s", "8 m/s", "broad alone"]


def test_a_limit_of_few_paths_is_said_to_be_so_or_withheld():
    few = judged(M2={"ess": 500.0})
    assert any("should rest on 2,000 effective paths" in line for line in section(few).basis)
    none = judged(M2={"ess": 30.0})
    assert "too few paths to say" in words(none)
    assert any("no limit is told" in line for line in section(none).basis)
    assert "own speed above" not in section(none).answer
    assert [picture.caption.split()[0] for picture in section(none).pictures] == ["The", "Height"]


def test_what_was_not_worked_out_is_said_to_be_so():
    answer = judged({"M2": None, "M12": None})
    assert any("No hypothesis with a velocity of its own" in line for line in section(answer).basis)
    without = steered.ledger(CASE, replace(contest(), halved=(), doubled=()))
    assert "not worked out" in [cell for row in section(without).tables[1].rows for cell in row]


def test_reports_that_matter_most_come_first():
    made = contest(ids=("calm", "decisive", "third"))
    mixture = made.of("M2").log_mixture.copy()
    mixture[:, 1] -= 2.0
    answer = steered.ledger(CASE, contests.changed(made, "M2", log_mixture=mixture))
    table = next(t for t in section(answer).tables if t.caption.startswith("What drives it"))
    assert table.rows[0][0] == "decisive"
    (said,) = (line for line in section(answer).basis if line.startswith("Of single reports"))
    assert said.startswith("Of single reports decisive counts most: without it the ln Bayes")
    assert "M2 over M0" in said
    moved = [abs(effect.moved_log) for effect in steeredtables.by_effect(answer)]
    assert moved == sorted(moved, reverse=True)


def test_nothing_is_worked_out_without_a_contest():
    told = section(ANSWERS["climatology"])
    assert told.tables == told.pictures == ()
    assert "upper limit on the balloon's own airspeed" in told.would_change


# Drawings.


@pytest.mark.parametrize("name", ["no sign", "steered", "nothing"])
def test_drawings_say_what_they_show_and_hold_no_style_or_script(name):
    for picture in steeredpicture.pictures(ANSWERS[name]):
        drawing = str(picture.drawing)
        assert re.search(r'aria-labelledby="([\w-]+)"><title id="\1">[^<]{40,}</title>', drawing)
        assert not re.search(r"<script|style=|nan|inf\b|href", drawing)
        numbers = [float(n) for n in re.findall(r'(?<=[ "MVH])-?\d+(?=[ "MVHlz])', drawing)]
        assert max(map(abs, numbers)) < 2_500


def test_names_of_drawings_are_unique():
    found = [str(one.drawing) for one in steeredpicture.pictures(ANSWERS["no sign"])]
    names = [name for drawing in found for name in re.findall(r' id="([\w-]+)"', drawing)]
    assert len(names) == len(set(names)) == 3


def test_the_page_holds_the_drawings_and_shows_hostile_names_as_text(page):
    answer = judged(ids=(HOSTILE, "S2", "S3"), M0={"warnings": (HOSTILE,)})
    told = section(replace(answer, wind_statement=HOSTILE))
    html = render(replace(page, sections=(told,)))
    assert html.count('class="profile"') == 1 + 3
    assert "<img src=x" not in html
    assert "&lt;/script&gt;&lt;img src=x" in html


# Files.


@pytest.mark.parametrize("name", ANSWERS)
def test_json_comes_back_as_it_went(name, tmp_path):
    steeredtables.write(ANSWERS[name], "ERA5 analysis", tmp_path)
    text = (tmp_path / "steered.json").read_text(encoding="utf-8")
    found = json.loads(text, parse_constant=lambda word: pytest.fail(f"{word} is no JSON"))
    answer = ANSWERS[name]
    assert found["verdict"] == answer.verdict
    assert found["wind"] == "ERA5 analysis"
    assert [one["factor"]["log"] for one in found["comparisons"]] == [
        one.factor.log for one in answer.comparisons
    ]
    assert steeredtables.facts(answer, "ERA5 analysis") == found


def test_the_series_are_a_table_that_names_its_wind(tmp_path):
    steeredtables.write(ANSWERS["no sign"], "ERA5 analysis", tmp_path)
    with (tmp_path / "steered.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 150
    assert {row["wind"] for row in rows} == {"ERA5 analysis"}
    assert rows[0]["time_utc"] == "2023-01-28T00:00Z"
    quantiles = [float(rows[0][f"own_airspeed_p{q}_mps"]) for q in ("05", "25", "50", "75", "95")]
    assert quantiles == sorted(quantiles)


def test_without_a_contest_there_is_no_series(tmp_path):
    steeredtables.write(ANSWERS["climatology"], "climatology: prior only", tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["steered.json"]
