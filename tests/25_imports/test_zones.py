"""Local times without a zone: never guessed where the heading says that they are local."""

from datetime import UTC, datetime

import numpy as np
import pytest

from overflight.case.load import load
from overflight.errors import CaseError
from overflight.imports import zones
from overflight.imports.cells import Clock
from overflight.imports.door import open_file
from overflight.imports.tracks import Answers


def fixes(heading, *, form="2023-02-01 {:02d}:{:02d}:00", offset_h=0):
    lines = [f"{heading},lat,lon,alt_m"]
    for k in range(12):
        hours, minutes = divmod(19 * 60 + 5 * k + 60 * offset_h, 60)
        lines.append(f"{form.format(hours, minutes)},{46.4 + 0.01 * k:.5f},{-111.0:.5f},18000")
    return "\n".join(lines) + "\n"


def first(saved, text, clock=Clock()):  # noqa: B008 (frozen)
    [track] = open_file(saved(text), Answers(clock=clock)).tracks
    return str(track.raw.time[0])[:16], dict(track.mapping)["clock"]


@pytest.mark.parametrize(
    "heading", ["Local time", "Time (local)", "Time (MDT)", "Datetime (CST)", "Date time local"]
)
def test_local_times_are_refused_until_somebody_says_the_offset(saved, heading):
    text = fixes(heading, offset_h=-7)
    with pytest.raises(CaseError, match=r"times without a zone.*--utc-offset=-07:00"):
        first(saved, text)
    time, how = first(saved, text, Clock(offset_s=zones.offset_s("-07:00")))
    assert time == "2023-02-01T19:00"
    assert "-07:00, as you said" in how


def test_without_a_word_of_local_utc_is_taken_and_told(saved):
    assert first(saved, fixes("time")) == ("2023-02-01T19:00", "no zone is named: UTC was taken")
    time, _ = first(saved, fixes("time", offset_h=2), Clock(offset_s=7_200.0))
    assert time == "2023-02-01T19:00"


@pytest.mark.parametrize(
    "form", ["2023-02-01T{:02d}:{:02d}:00Z", "2023-02-01T{:02d}:{:02d}:00-00:00"]
)
def test_times_that_name_a_zone_need_no_offset_and_take_none(saved, form):
    time, how = first(saved, fixes("Local time", form=form))
    assert (time, how) == ("2023-02-01T19:00", "UTC, as it says")
    with pytest.raises(CaseError, match="names a zone"):
        first(saved, fixes("Local time", form=form), Clock(offset_s=3_600.0))


def test_a_time_of_day_is_local_too_and_so_is_its_day(saved):
    text = fixes("local time", form="{:02d}:{:02d}:00", offset_h=-12)
    day = datetime(2023, 2, 1, tzinfo=UTC).date()
    with pytest.raises(CaseError, match="times without a zone"):
        first(saved, text, Clock(day=day))
    time, _ = first(saved, text, Clock(day=day, offset_s=-12 * 3_600.0))
    assert time == "2023-02-01T19:00"


def test_reports_are_held_to_the_same(folder, saved, bring):
    text = "Local time,lat,lon,description\n2023-02-01 15:10,45.8,-108.5,seen\n"
    path = saved(text, "reports.csv")
    given = {"kind": "sightings", "position_sd": "20km", "url": "https://example.org/r"}
    with pytest.raises(CaseError, match="--utc-offset"):
        bring(path, folder, **given)
    bring(path, folder, **given, answers=Answers(clock=Clock(offset_s=-25_200.0)))
    row = load(folder).sightings[-1]
    assert row.time_min == datetime(2023, 2, 1, 22, 10, tzinfo=UTC)


def test_files_that_say_their_clock_take_no_offset(saved):
    gpx = (
        '<gpx xmlns="http://www.topografix.com/GPX/1/1"><trk><trkseg><trkpt lat="46" lon="-111">'
        "<time>2023-02-01T19:00:00Z</time></trkpt><trkpt lat='46.1' lon='-111'>"
        "<time>2023-02-01T19:10:00Z</time></trkpt></trkseg></trk></gpx>"
    )
    with pytest.raises(CaseError, match="which is gpx"):
        open_file(saved(gpx), Answers(clock=Clock(offset_s=3_600.0)))


@pytest.mark.parametrize("text", ["7", "-0700pm", "+15:00", "-12:30", "MST", "--7"])
def test_offsets_that_no_clock_has_are_refused(text):
    with pytest.raises(CaseError, match="hours and minutes ahead of UTC"):
        zones.offset_s(text)
    assert np.isfinite(zones.offset_s("-0700"))
