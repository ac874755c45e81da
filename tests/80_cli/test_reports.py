"""Accounts of reports of every kind, and of reports that a careless table may hold."""

import csv
import re
from datetime import timedelta

import numpy as np
import pytest
from quick import QUICK

from overflight import account
from overflight.case.load import load
from overflight.case.template import write_new
from overflight.errors import CaseError, CoverageError
from overflight.fields import climatology, packed
from overflight.flight.needs import needed

BLOCK = re.compile(r"^```csv\n(.*?)^```", re.DOTALL | re.MULTILINE)
ALL = {
    "source": "gazette", "attribution": "eyewitness", "geometry": "nadir",
    "time_min": "2023-02-01T22:00Z", "time_max": "2023-02-01T22:10Z", "position_sd": "30 km",
    "reliability": "C", "certainty": "medium", "use": "yes",
}  # fmt: skip
STATEMENTS = (
    "id,source,said,speaker,attribution,modality,topic,text,testable,certainty,reliability\n"
)


def fix(name, lat_deg, lon_deg, **cells):
    return ALL | {"id": name, "lat_deg": str(lat_deg), "lon_deg": str(lon_deg)} | cells


def case_of(folder, rows, **changes):
    """The small case with other sightings, and other lines of its head."""
    write_new(folder)
    headings = list(dict.fromkeys(name for row in rows for name in row)) or list(fix("a", 0, 0))
    with (folder / "sightings.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, headings, restval="")
        writer.writeheader()
        writer.writerows(rows)
    (folder / "statements.csv").write_text(STATEMENTS, encoding="utf-8")
    text = (folder / "case.yaml").read_text(encoding="utf-8")
    for name, value in changes.items():
        text = re.sub(rf"^( *(?:- )?){name}: [^\n]*", rf"\g<1>{name}: {value}", text, flags=re.M)
    (folder / "case.yaml").write_text(text, encoding="utf-8")
    return folder


def made_of(tmp_path, rows, **changes):
    made = account.run(
        case_of(tmp_path / "case", rows, **changes), tmp_path / "out", settings=QUICK
    )
    paths = made.posterior
    assert np.isfinite(paths.log_evidence)
    assert paths.weight.sum() == pytest.approx(1.0)
    assert np.isfinite(paths.lat_deg[:, -1]).all()
    assert np.isfinite(paths.log_mixture).all()
    return made


def table(tmp_path):
    with (tmp_path / "out" / "sightings.csv").open(encoding="utf-8", newline="") as file:
        return {row["id"]: row for row in csv.DictReader(file)}


def test_a_case_of_all_kinds_becomes_a_release_and_each_is_listed_in_words(tmp_path, root):
    page = (root / "docs" / "how-to" / "write-sightings.md").read_text(encoding="utf-8")
    rows = [row for block in BLOCK.findall(page) for row in csv.DictReader(block.splitlines())]
    made, listed = made_of(tmp_path, rows), table(tmp_path)
    assert set(listed) == {row["id"] for row in rows}
    assert listed["v1"]["reported"] == "in view from here, toward SE, 35 deg above the horizon"
    assert listed["n2"]["reported"] == "not seen from here"
    assert listed["m2"]["reported"] == "moved, toward 100.0 deg, at 15 m/s"
    assert all(0.0 <= float(row["position_right_fraction"]) <= 1.0 for row in listed.values())
    html = made.report.read_text(encoding="utf-8")
    assert "passed here, and later another place, at 45.78 -108.50" in html
    paths = made.posterior
    for name in ("x1", "m2", "n1", "v2", "o1"):  # each can be taken out again
        without = paths.without((name,)).weight
        column = paths.sighting_ids.index(name)
        ratio = np.log(without / paths.weight) + paths.log_mixture[:, column]
        assert np.ptp(ratio) < 1e-9


def test_silence_far_away_asks_for_no_wind_there(tmp_path):
    rows = [fix("a", 45.78, -108.5), fix("o", 45.0, -107.0, geometry="order",
            then_lat_deg="40.0", then_lon_deg="-100.0")]  # fmt: skip
    silent = fix("n", -40.0, 30.0, geometry="not_seen")
    without = needed(load(case_of(tmp_path / "without", rows)))
    assert needed(load(case_of(tmp_path / "with", [*rows, silent]))) == without
    assert without.south_deg < 40.0 - 5.0  # the second place of an order counts


def test_two_places_at_once_both_stay_and_share_the_belief(tmp_path):
    rows = [fix("here", 45.78, -108.5), fix("there", 38.0, -95.0, source="airport")]
    paths = made_of(tmp_path, rows).posterior
    right = paths.sighting_probability
    assert (paths.weight @ (paths.right_probability.prod(axis=1))) < 0.02  # never both
    assert 0.0 <= right["there"] < right["here"] <= 1.0  # the drift from the west is nearer


def test_one_report_is_enough(tmp_path):
    paths = made_of(tmp_path, [fix("only", 45.78, -108.5)]).posterior
    assert paths.sighting_ids == ("only",)
    assert paths.sighting_probability["only"] > 0.5


def test_no_report_is_refused_with_what_to_do(tmp_path):
    none = [fix("a", 45.78, -108.5, use="no", why_not_used="a kite")]
    for rows, why in ((none, "no sighting that is used"), ([], "no rows")):
        folder = tmp_path / why.replace(" ", "-")
        with pytest.raises(CaseError, match=why):
            account.run(case_of(folder, rows), tmp_path / "out", settings=QUICK)
    assert not (tmp_path / "out").exists()


def test_reports_of_one_and_the_same_moment(tmp_path):
    at_once = {"time_min": "2023-02-01T22:00Z", "time_max": "2023-02-01T22:00Z"}
    rows = [
        fix("a", 45.7, -108.6, **at_once),
        fix("b", 45.8, -108.4, source="airport", **at_once),
        fix("c", 45.9, -108.5, attribution="imagery", position_sd="50 km", **at_once),
    ]
    paths = made_of(tmp_path, rows).posterior
    assert min(paths.sighting_probability.values()) > 0.5


def test_the_order_of_rows_does_not_matter_and_a_copy_is_refused(tmp_path):
    early = {"time_min": "2023-02-01T19:00Z", "time_max": "2023-02-01T19:10Z"}
    rows = [fix("early", 46.2, -111.0, **early), fix("late", 45.78, -108.5)]
    for name in ("forth", "back"):
        (tmp_path / name).mkdir()
    forth = made_of(tmp_path / "forth", rows).posterior
    back = made_of(tmp_path / "back", rows[::-1]).posterior
    assert back.log_evidence == pytest.approx(forth.log_evidence, abs=1e-6)
    assert back.sighting_probability == pytest.approx(forth.sighting_probability, abs=1e-6)
    np.testing.assert_allclose(back.lat_deg[:, -1], forth.lat_deg[:, -1], atol=1e-6)
    with pytest.raises(CaseError, match=r"sightings\.csv:4:id: the same report"):
        load(case_of(tmp_path / "copied", [*rows, rows[0] | {"id": "again"}]))


@pytest.mark.parametrize("pole_deg", [90.0, -90.0])
def test_a_report_at_a_pole(tmp_path, pole_deg):
    start_deg = 88.0 if pole_deg > 0.0 else -88.0
    rows = [fix("pole", pole_deg, 0.0, position_sd="100 km")]
    made = made_of(tmp_path, rows, lat_deg=start_deg, lon_deg=40.0)
    paths = made.posterior
    assert paths.sighting_probability["pole"] > 0.3
    assert (np.abs(paths.lat_deg[:, -1]) <= 90.0).all()


def test_a_report_on_the_date_line_means_the_same_from_either_side(tmp_path):
    found = []
    for name, lon in (("east", 179.99), ("west", -179.99)):
        (tmp_path / name).mkdir()
        early = {"time_min": "2023-02-01T18:00Z", "time_max": "2023-02-01T18:10Z"}
        rows = [fix("before", 46.5, 177.5, **early), fix("on", 46.0, lon)]
        made = made_of(tmp_path / name, rows, lat_deg=46.9, lon_deg=175.0)
        found.append(made.posterior)
        assert made.posterior.sighting_probability["on"] > 0.4
    assert found[0].log_evidence == pytest.approx(found[1].log_evidence, abs=0.05)


def test_a_report_outside_the_wind_file_is_refused(tmp_path):
    folder = case_of(tmp_path / "case", [fix("far", -40.0, 30.0), fix("near", 45.78, -108.5)])
    case, day = load(folder), timedelta(days=1)
    wind = climatology.dataset(case.span_start - day, case.span_end + day, 21_600.0, 5.0)
    wind = wind.sel(lat_deg=slice(20.0, 70.0))
    wind.attrs = {
        "source": "gfs", "product": "analysis", "title": "a region", "attribution": "nobody",
        "height_basis": "standard atmosphere",
    }  # fmt: skip
    packed.write(wind, tmp_path / "weather.nc")
    with pytest.raises(CoverageError, match="it begins at 20 N"):
        account.run(folder, tmp_path / "out", settings=QUICK, wind=[tmp_path / "weather.nc"])
    assert not (tmp_path / "out").exists()
