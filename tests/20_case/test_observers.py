"""Observers of a case: what is read, and every mistake in its place with its remedy."""

import math

import pytest

from overflight.case.observers import Observer
from overflight.errors import CaseError
from overflight.units import parse

OBSERVERS = """
observers:
  - name: Long-range radar
    kind: radar
    lat_deg: 47.5
    lon_deg: -111.2
    antenna_height: 3,700 ft
    range: 250 nmi
    hours: 22:00-06:00
  - name: Town
    kind: eye
    lat_deg: 45.78
    lon_deg: -108.5
"""


def test_observers_are_read_in_si(folder):
    folder.append("case.yaml", OBSERVERS)
    radar, eye = folder.read().observers
    assert (radar.name, radar.kind) == ("Long-range radar", "radar")
    assert radar.antenna_height_m == pytest.approx(parse("3,700 ft", "m"))
    assert radar.range_m == 463_000.0
    assert radar.hours_s == (79_200.0, 21_600.0)
    assert (eye.range_m, eye.antenna_height_m, eye.hours_s) == (None, 0.0, (0.0, 86_400.0))


def test_a_case_without_observers_has_none(folder):
    assert folder.read().observers == ()


@pytest.mark.parametrize(
    ("line", "wrong", "found", "expected"),
    [
        ("lat_deg: 47.5", "lat_deg: 91", "latitude 91 is beyond a pole", "from -90 to 90"),
        ("lon_deg: -111.2", "lon_deg: 200", "longitude 200", "from -180 to 180"),
        ("3,700 ft", "37,000 ft", "above every mountain", "9,000 m above the sea"),
        ("3,700 ft", "-2 km", "inside the ground", "-430"),
        ("3,700 ft", "FL390", "a pressure", "height above the sea"),
        ("3,700 ft", "3700", "has no unit", "60 m"),
        ("kind: radar", "kind: sonar", "sonar", "one of eye, camera, radar, receiver"),
        ("    range: 250 nmi\n", "", "a radar without a range", "250 nmi"),
        ("250 nmi", "0 km", "not above zero", "positive"),
        ("22:00-06:00", "22:00-25:00", "22:00-25:00", "06:00-22:00"),
        ("22:00-06:00", "22:00-22:00", "22:00-22:00", "06:00-22:00"),
        ("22:00-06:00", "05:75-22:00", "05:75-22:00", "06:00-22:00"),
        ("22:00-06:00", "evenings", "evenings", "06:00-22:00"),
        ("name: Town", "name: long-range RADAR", "a second time", "every observer"),
        ("range: 250 nmi", "reach: 250 nmi", "unknown field 'reach'", "antenna_height"),
        ("range: 250 nmi", "range: 250 nmi\n    source: nobody", "nobody", ""),
    ],
)
def test_mistakes_are_told_where_they_stand(folder, line, wrong, found, expected):
    folder.append("case.yaml", OBSERVERS.replace(line, wrong, 1))
    with pytest.raises(CaseError) as caught:
        folder.read()
    text = str(caught.value)
    assert found in text
    assert expected in text
    assert "case.yaml:" in text


def test_two_hundred_observers_are_enough(folder):
    row = "  - {name: n%d, kind: eye, lat_deg: 1, lon_deg: 1}"
    rows = "\n".join(row % number for number in range(201))
    folder.append("case.yaml", f"\nobservers:\n{rows}\n")
    with pytest.raises(CaseError, match="201 observers"):
        folder.read()


def test_an_observer_may_stand_at_a_site_of_the_same_name(folder):
    folder.append(
        "case.yaml",
        "\nsites:\n  - {name: Town, lat_deg: 45.8, lon_deg: -108.5, radius: 20 km}\n" + OBSERVERS,
    )
    assert len(folder.read().observers) == 2


@pytest.mark.parametrize("height", ["-430 m", "8849 m", "9000 m"])
def test_the_lowest_shore_and_the_highest_mountain_are_on_earth(height):
    row = {"name": "x", "kind": "eye", "lat_deg": "0", "lon_deg": "0", "antenna_height": height}
    assert math.isfinite(Observer.model_validate(row).antenna_height_m)


TABLE = """name,kind,lat_deg,lon_deg,antenna_height,range,hours
Long-range radar,radar,47.5,-111.2,"3,700 ft",250 nmi,22:00-06:00
Town,eye,45.78,-108.5,,,
"""


def test_a_table_stands_in_for_the_list(folder):
    folder.append("case.yaml", OBSERVERS)
    listed = folder.read().observers
    folder.change("case.yaml", OBSERVERS, "")
    folder.write("observers.csv", TABLE)
    assert folder.read().observers == listed
    folder.write("sites.csv", "name,lat_deg,lon_deg,radius\nTown,45.78,-108.5,20 km\n")
    assert [site.name for site in folder.read().sites] == ["Town"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (TABLE.replace("47.5", "91"), "observers.csv:2:lat_deg: latitude 91 is beyond a pole"),
        (TABLE.replace("eye", "ear"), "observers.csv:3:kind: 'ear'"),
        (TABLE.replace("hours", "shift"), "observers.csv:2:shift: unknown field 'shift'"),
        (TABLE.replace(",", ";"), "observers.csv:1: semicolons"),
        (TABLE.replace("Town", "Long-range radar"), "observers.csv:3:name: the name"),
        ("", "observers.csv"),
    ],
)
def test_mistakes_in_a_table_are_told_where_they_stand(folder, text, said):
    folder.write("observers.csv", text)
    if not text:
        folder.append("case.yaml", OBSERVERS)
        said = "observers here, and a file observers.csv"
    with pytest.raises(CaseError) as caught:
        folder.read()
    assert said in str(caught.value)


def test_goals_may_be_sites_of_a_table(folder):
    folder.write("sites.csv", "name,lat_deg,lon_deg,radius\nTown,45.78,-108.5,20 km\n")
    folder.append("case.yaml", "\ngoals: [Town]\n")
    assert folder.read().goal_places_deg == ((45.78, -108.5),)
