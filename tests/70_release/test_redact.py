"""What a level withholds is gone from the case, and the case can still be read."""

import csv
import hashlib
import json
import re

import numpy as np
import pytest
import test_leak
import told

from overflight.case.load import load
from overflight.release import provenance
from overflight.release.redact import leak, rows
from overflight.release.redact.levels import Level


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    folder = tmp_path_factory.mktemp("whole") / "mine"
    return told.write(folder), folder


@pytest.fixture(scope="module")
def public(whole, tmp_path_factory):
    case, folder = whole
    target = tmp_path_factory.mktemp("public") / "mine"
    withheld = rows.redact(folder, case, Level.PUBLIC, target)
    return load(target), target, withheld


def test_the_public_case_has_every_row_but_not_whose_they_are(whole, public):
    case, _ = whole
    shown, _, withheld = public
    assert len(shown.sightings) == len(case.sightings)
    assert len(shown.statements) == len(case.statements)
    assert withheld.n_sources == 2
    sources = {one.id for one in shown.sources}
    assert not sources & {"quillhaven-0203", "ostrander-letter"}
    new = withheld.renamed["ostrander-letter"]
    letter = next(one for one in shown.sightings if one.source == new)
    assert letter.quote.startswith("withheld")
    assert (letter.lat_deg, letter.lon_deg) == (43.0, -105.0)
    lantern = next(s for s in shown.sightings if s.source == withheld.renamed["quillhaven-0203"])
    assert lantern.quote == "a round thing, quite still"
    assert (lantern.lat_deg, lantern.lon_deg) == (45.7, -108.6)
    assert lantern.note == "[withheld] told the [withheld] from 45.7, -108.6"
    said = next(one for one in shown.statements if one.source == new)
    assert said.lineage == (letter.id,)
    assert said.speaker.startswith("a source that is withheld")


def test_positions_of_all_rows_are_on_the_grid_and_sites_are_not(public):
    shown, _, _ = public
    for one in (*shown.sightings, *shown.launches, *shown.observers):
        assert one.lat_deg * 10.0 == pytest.approx(round(one.lat_deg * 10.0), abs=1e-6)
    assert any(site.lat_deg == 45.81 for site in shown.sites)


def test_places_of_a_withheld_kind_are_gone(public):
    shown, folder, withheld = public
    assert withheld.hidden_names == {told.SITE, told.HOUSE, "Hollow Range"}
    assert not withheld.hidden_names & {one.name for one in shown.sites}
    assert [one.name for one in shown.areas] == ["Open Park"]
    assert "withheld_kinds" not in (folder / "case.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("level", "place"), [(Level.PUBLIC, (46.3, -107.4)), (Level.PARTNER, (46.27, -107.42))]
)
def test_sites_of_a_rounded_kind_stand_on_the_grid_of_the_level(level, place, whole, tmp_path):
    case, folder = whole
    withheld = rows.redact(folder, case, level, tmp_path / "mine")
    (shown,) = [one for one in load(tmp_path / "mine").sites if one.name == told.AIRFIELD]
    assert (shown.lat_deg, shown.lon_deg) == place
    assert withheld.rounded_names == {told.AIRFIELD}
    assert withheld.places[46.2713, -107.4189] == place
    assert leak.found(tmp_path / "mine", withheld) == []


def test_places_of_withheld_sites_and_zones_are_searched_for(public, tmp_path):
    """Wherever they come from: a note, a hash, an array, the name of a file."""
    _, _, withheld = public
    for name, (_, place) in told.SITES.items():
        (tmp_path / "a.txt").write_text(f"at {place[0]} and {place[1]}", encoding="utf-8")
        assert len(leak.found(tmp_path, withheld)) == 1, name
        (tmp_path / "a.txt").write_bytes(np.array(place, float).tobytes())
        assert len(leak.found(tmp_path, withheld)) == 1, name
    (tmp_path / "a.txt").write_text(hashlib.sha256(told.HOUSE.encode()).hexdigest())
    assert leak.found(tmp_path, withheld)[:1] == [f"a.txt: a hash of {told.HOUSE!r}"]
    (tmp_path / "a.txt").write_text("")
    (tmp_path / "ostrava-cottage.csv").write_text("")
    assert "the name of" in leak.found(tmp_path, withheld)[0]


@pytest.mark.parametrize("name", [told.SITE, told.HOUSE])
@pytest.mark.parametrize("place", ["netcdf", "free pages", "png", "zip", "zip, name", "hash"])
def test_names_of_withheld_sites_are_found_in_every_hiding_place(name, place, public, tmp_path):
    _, _, withheld = public
    raw = name.encode()
    (tmp_path / "made").mkdir()
    (tmp_path / "made" / "a.bin").write_bytes({
        "netcdf": lambda: test_leak.netcdf(tmp_path, title=f"above {name}"),
        "free pages": lambda: test_leak.database(tmp_path, deleted=True, text=name),
        "png": lambda: test_leak.png((b"tEXt", b"Comment\0above " + raw)),
        "zip": lambda: test_leak.zipped("doc.kml", b"<name>" + raw),
        "zip, name": lambda: test_leak.zipped(f"{name}.kml", b""),
        "hash": lambda: b"id-" + hashlib.md5(raw.lower()).hexdigest()[:16].encode(),
    }[place]())  # fmt: skip
    assert any(name in line for line in leak.found(tmp_path / "made", withheld))


def test_corners_of_withheld_zones_are_searched_for_and_shared_ones_are_not(tmp_path):
    told.write(tmp_path / "mine")
    path = tmp_path / "mine" / "own.geojson"
    zones = json.loads(path.read_text(encoding="utf-8"))
    for one, third in zip(zones["features"], ([-105.123, 45.456], [-102.5, 42.75]), strict=True):
        ring = one["geometry"]["coordinates"][0]
        one["geometry"]["coordinates"] = [[[-103.789, 42.321], ring[1], third, [-103.789, 42.321]]]
    path.write_text(json.dumps(zones), encoding="utf-8")
    withheld = rows.redact(
        tmp_path / "mine", load(tmp_path / "mine"), Level.PUBLIC, tmp_path / "case"
    )
    assert withheld.places[45.456, -105.123] == (45.5, -105.1)
    assert (42.321, -103.789) not in withheld.places
    assert leak.found(tmp_path / "case", withheld) == []


def test_a_site_that_is_shown_exactly_is_no_leak_of_an_observer_beside_it(tmp_path):
    folder = tmp_path / "mine"
    told.write(folder)
    head = (folder / "case.yaml").read_text(encoding="utf-8")
    head = head.replace(
        "lat_deg: 45.7655\n    lon_deg: -108.5533", "lat_deg: 45.81\n    lon_deg: -108.54"
    )
    assert "45.81\n    lon_deg: -108.54" in head
    (folder / "case.yaml").write_text(head, encoding="utf-8")
    withheld = rows.redact(folder, load(folder), Level.PUBLIC, tmp_path / "case")
    assert leak.found(tmp_path / "case", withheld) == []


def test_a_zone_in_a_folder_of_layers_is_redacted_where_it_lies(tmp_path):
    folder = tmp_path / "mine"
    told.write(folder)
    (folder / "layers").mkdir()
    (folder / "own.geojson").rename(folder / "layers" / "own.geojson")
    head = (folder / "case.yaml").read_text(encoding="utf-8")
    (folder / "case.yaml").write_text(head.replace("own.geojson", "layers/own.geojson"), "utf-8")
    rows.redact(folder, load(folder), Level.PUBLIC, tmp_path / "case")
    assert [one.name for one in load(tmp_path / "case").areas] == ["Open Park"]


def test_a_statement_about_a_withheld_observer_loses_its_test(tmp_path):
    folder = tmp_path / "mine"
    told.write(folder)
    head = (folder / "case.yaml").read_text(encoding="utf-8")
    head = head.replace("withheld_kinds: [Training area]", "withheld_kinds: [camera]")
    (folder / "case.yaml").write_text(head, encoding="utf-8")
    path = folder / "statements.csv"
    with path.open(encoding="utf-8", newline="") as file:
        said = list(csv.DictReader(file))
    said[0] |= {"test": f"seen by Roof camera during {told.WINDOW}", "testable": "yes"}
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(said[0]))
        writer.writeheader()
        writer.writerows(said)
    case = load(folder)
    assert "Roof camera" in str(case.statements[0].test)
    rows.redact(folder, case, Level.PUBLIC, tmp_path / "case")
    shown = load(tmp_path / "case")
    assert "Roof camera" not in {one.name for one in shown.observers}
    assert not shown.statements[0].test
    assert shown.statements[0].text == case.statements[0].text


def test_every_site_may_be_withheld(tmp_path):
    """A table of which nothing is left is left out."""
    folder = tmp_path / "mine"
    told.write(folder)
    head = (folder / "case.yaml").read_text(encoding="utf-8")
    before, _, rest = head.partition("sites:\n")
    after = rest[rest.index("\nobservers:") :] if "\nobservers:" in rest else ""
    names = [line for line in rest.splitlines() if line.startswith("  - ")]
    assert names
    (folder / "case.yaml").write_text(
        before.replace("rounded_kinds: [airfield]\n", "")
        .replace("withheld_from_partners: [private house]\n", "") + after, encoding="utf-8",
    )  # fmt: skip
    (folder / "sites.csv").write_text(
        f"name,kind,lat_deg,lon_deg,radius\n{told.SITE},training area,44.1122,-105.3344,20 km\n",
        encoding="utf-8",
    )
    case = load(folder)
    rows.redact(folder, case, Level.PUBLIC, tmp_path / "case")
    assert load(tmp_path / "case").sites == ()


@pytest.mark.parametrize("list_", ["withheld_kinds", "withheld_from_partners", "rounded_kinds"])
def test_a_kind_that_nothing_has_is_a_mistake(list_, tmp_path):
    """It would be published for one letter."""
    from overflight.errors import CaseError

    folder = tmp_path / "mine"
    told.write(folder)
    path = folder / "case.yaml"
    text = re.sub(rf"^{list_}: .*$", f"{list_}: [airfeild]", path.read_text("utf-8"), flags=re.M)
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CaseError, match=r"case\.yaml:\d+:\d*.*airfeild"):
        load(folder)


def test_a_zone_cannot_be_rounded(tmp_path):
    from overflight.errors import CaseError

    folder = tmp_path / "mine"
    told.write(folder)
    path = folder / "case.yaml"
    text = path.read_text("utf-8").replace("rounded_kinds: [airfield]", "rounded_kinds: [park]")
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CaseError, match="a kind of sites that is no zone's"):
        load(folder)


def test_comments_and_other_properties_of_zones_are_gone(public):
    _, folder, withheld = public
    assert leak.found(folder, withheld) == []
    text = "".join(path.read_text(encoding="utf-8") for path in folder.iterdir())
    for secret in (told.NAME, told.SPEAKER, told.QUOTE, "Marrowgate", "neighbour", "quillhaven"):
        assert secret.casefold() not in text.casefold()
    assert {path.name for path in folder.iterdir()} <= {*provenance.CASE_FILES, "own.geojson"}
    assert json.loads((folder / "own.geojson").read_text())["features"]


def test_a_partner_learns_names_but_not_those_withheld_altogether(whole, tmp_path):
    case, folder = whole
    withheld = rows.redact(folder, case, Level.PARTNER, tmp_path / "mine")
    shown = load(tmp_path / "mine")
    assert told.NAME in {one.publisher for one in shown.sources}
    assert told.ALL not in {one.publisher for one in shown.sources}
    names = {one.name for one in shown.sites}
    assert {told.SITE, told.AIRFIELD} <= names
    assert told.HOUSE not in names
    letter = next(s for s in shown.sightings if s.source == withheld.renamed["ostrander-letter"])
    assert letter.quote == told.QUOTE
    assert (letter.lat_deg, letter.lon_deg) == (43.12, -104.88)


def test_what_another_source_says_openly_is_not_searched_for(whole, tmp_path):
    case, folder = whole
    text = (folder / "sources.csv").read_text(encoding="utf-8")
    changed = text.replace(told.NAME, case.sources[0].publisher)
    copy = tmp_path / "copy"
    told.write(copy)
    (copy / "sources.csv").write_text(changed, encoding="utf-8")
    withheld = rows.redact(copy, load(copy), Level.PUBLIC, tmp_path / "mine")
    assert "openly" in withheld.not_searched[case.sources[0].publisher]


def test_a_case_without_marks_only_loses_digits(tmp_path):
    from overflight.case.load import bundled

    folder = bundled("2023-conus")
    case = load(folder)
    withheld = rows.redact(folder, case, Level.PUBLIC, tmp_path / "case")
    shown = load(tmp_path / "case")
    assert withheld.strings == ()
    assert [one.id for one in shown.sightings] == [one.id for one in case.sightings]
    assert [one.text for one in shown.statements] == [one.text for one in case.statements]
    assert leak.found(tmp_path / "case", withheld) == []


@pytest.mark.parametrize("mark", ["names", "yes", "ALL"])
def test_a_mark_that_is_no_mark_is_a_mistake_of_the_case(mark, tmp_path):
    from overflight.errors import CaseError

    told.write(tmp_path / "mine")
    path = tmp_path / "mine" / "sources.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(",all\n", f",{mark}\n"), "utf-8")
    with pytest.raises(CaseError, match=r"sources\.csv:\d+:withhold"):
        load(tmp_path / "mine")
