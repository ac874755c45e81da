"""Where it could have come down, in words, drawings and files."""

import csv
import json
import re
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

sys.path.append(str(Path(__file__).parent.parent / "60_ledgers"))
import itertools

from fallen import case_of, people, scatter

from overflight.ledgers import brought_down
from overflight.ledgers.brought_down.answer import ABOVE, BELOW, OPEN
from overflight.release import downpicture, downtables, downwords
from overflight.release.report import render

EPOCH = datetime(2023, 2, 1, tzinfo=UTC)
HOSTILE = "</script><img src=x onerror=alert(1)>"
WIND = "climatology: prior only"


@pytest.fixture(scope="module")
def answer():
    """Eastward across 110 W, where empty land becomes a town."""
    begin = [(45.0, -112.4 + k) for k in range(6)]
    fell = scatter(begin, [0.01, 0.02, 0.03], [0.01, 0.0, -0.01], n_paths=4)
    crowd = people(lambda _, lon: np.where(lon < -110.0, 0.0, 5_000.0), 2.0)
    return brought_down.ledger(case_of(), fell, crowd)


def test_the_first_sentence_answers_where_and_when(answer):
    told = downwords.section(answer, EPOCH)
    first = told.answer.split(". ")[0]
    assert "most surely from 1 Feb, about 00Z to 1 Feb, about 02Z" in first
    assert "fewer than one expected casualty in ten thousand" in first
    assert "during 50 % of the flight; during 50 %" in told.answer


def test_nothing_safe_is_said_so():
    fell = scatter([(45.0, -110.0)] * 3, [0.01, 0.02, 0.03])
    found = brought_down.ledger(case_of(), fell, people(lambda *_: 3.0, 10.0))
    told = downwords.section(found, EPOCH)
    assert told.answer.startswith("Coming down in pieces, at no moment that these data can vouch")
    assert "other > 99 % these data cannot say" in told.answer


def test_the_basis_names_the_errors_the_yardstick_and_the_end_of_the_wind(answer):
    said = " ".join(downwords.section(answer, EPOCH).basis)
    assert "factor of 2 either way; casualty area wrong by a factor of 3" in said
    assert "14 CFR 450.101" in said
    assert "wind's source ends at 200 hPa" in said
    deep = " ".join(downwords.section(replace(answer, wind_floor_pa=1e5), EPOCH).basis)
    assert "source ends" not in deep


def test_what_was_lost_or_had_no_value_is_said(answer):
    poor = replace(answer, lost_fraction=0.2, outside_fraction=0.3, notes=("grid: mended.",))
    said = downwords.section(poor, EPOCH).basis
    assert any("20 % of the falls leave the wind" in line for line in said)
    assert any("30 % of the falls on land" in line for line in said)
    assert said[-1] == "grid: mended."


def test_every_row_is_as_long_as_its_heading(answer):
    for table in downwords.section(answer, EPOCH).tables:
        assert table.rows
        assert {len(row) for row in table.rows} == {len(table.columns)}


def test_no_word_of_force(answer):
    told = downwords.section(answer, EPOCH)
    text = " ".join((told.answer, *told.basis, told.would_change)).lower()
    text += " ".join(cell for t in told.tables for row in t.rows for cell in row).lower()
    for word in ("shoot", "shot", "missile", "target", "weapon", "fire", "attack", "intercept"):
        assert not re.search(rf"\b{word}", text), word


def test_drawings_say_what_they_show_and_hold_no_style_or_script(answer):
    found = downpicture.pictures(answer, EPOCH)
    names = []
    for picture in found:
        drawing = str(picture.drawing)
        assert re.search(
            r'aria-labelledby="([\w-]+)"[^>]*><title id="\1">[^<]{40,}</title>', drawing
        )
        assert not re.search(r"<script|style=|nan|inf\b|href", drawing)
        names += re.findall(r' id="([\w-]+)"', drawing)
    assert len(names) == len(set(names)) == 3
    assert 'class="stretch below"' in str(found[1].drawing)
    assert 'class="stretch above"' in str(found[1].drawing)


def test_one_moment_is_not_drawn(answer):
    assert downpicture.pictures(replace(answer, moments=answer.moments[:1]), EPOCH) == ()


def test_the_page_shows_hostile_notes_as_text(page, answer):
    told = downwords.section(replace(answer, population=HOSTILE, notes=(HOSTILE,)), EPOCH)
    html = render(replace(page, sections=(told,)))
    assert "<img src=x" not in html
    assert "&lt;/script&gt;&lt;img src=x" in html


def test_files_come_back_as_they_went(answer, tmp_path):
    downtables.write(answer, EPOCH, WIND, tmp_path)
    text = (tmp_path / "brought_down.json").read_text(encoding="utf-8")
    found = json.loads(text, parse_constant=lambda word: pytest.fail(f"{word} is no JSON"))
    assert found["epoch_utc"] == "2023-02-01T00:00Z"
    assert found["wind"] == WIND
    first = answer.moments[0].risks[0]
    assert found["moments"][0]["risks"][0]["casualties"] == list(first.casualties)
    for name, n_rows in (
        ("brought_down.csv", 12), ("brought_down_footprints.csv", 18),
        ("brought_down_windows.csv", len(answer.windows)),
    ):  # fmt: skip
        with (tmp_path / name).open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        assert len(rows) == n_rows
        assert {row["wind"] for row in rows} == {WIND}
        assert None not in rows[0]


def test_stretches_join_and_carry_their_label(answer):
    features = downtables.stretches(answer, EPOCH, WIND)["features"]
    mine = [f for f in features if f["properties"]["coming_down"] == "in pieces"]
    assert [f["properties"]["expectation"] for f in mine] == [BELOW, ABOVE]
    ends = [f["geometry"]["coordinates"][-1][-1] for f in mine]
    begins = [f["geometry"]["coordinates"][0][0] for f in mine]
    assert ends[0] == begins[1]
    assert begins[0] == [-112.4, 45.0]
    assert OPEN not in {f["properties"]["expectation"] for f in mine}


@pytest.mark.parametrize("eastward", [True, False])
def test_a_stretch_over_the_antimeridian_is_cut_there(eastward, answer):
    lon = [177.0, 179.0, -179.0, -177.0, -175.0, -173.0]
    moments = tuple(
        replace(one, lat_deg=10.0 + k, lon_deg=lon[k] if eastward else lon[5 - k])
        for k, one in enumerate(answer.moments)
    )
    whole = replace(answer.windows[0], first=0, last=5)
    over = replace(answer, moments=moments, windows=(whole,))
    (feature,) = downtables.stretches(over, EPOCH, WIND)["features"]
    lines = feature["geometry"]["coordinates"]
    assert len(lines) == 2
    side = 180.0 if eastward else -180.0
    assert (lines[0][-1][0], lines[1][0][0]) == (side, -side)
    assert lines[0][-1][1] == lines[1][0][1] == (11.5 if eastward else 13.5)
    assert all(abs(b[0] - a[0]) <= 2.0 for line in lines for a, b in itertools.pairwise(line))
    assert str(downpicture.pictures(over, EPOCH)[1].drawing).count("stretch") >= 1


def test_json_holds_labels_of_all_kinds(answer):
    assert {one.label for one in answer.windows} == {BELOW, ABOVE}
