"""Drawings and words of claims, of mass and of zones: numbers where they belong, text escaped."""

import math
import re
import sys
from pathlib import Path
from types import SimpleNamespace
from xml.etree import ElementTree

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "60_ledgers"))

from flown import EPOCH, southward

from overflight.case import predicates
from overflight.case.model import Balloon
from overflight.fields import places
from overflight.ledgers import carried, claimed, traversed
from overflight.ledgers.claimed import Claimed, ClaimLine, Numbers
from overflight.release import (
    carriedpicture,
    carriedwords,
    claimsjson,
    claimspicture,
    crossedpicture,
    verdicts,
)

DAY = (EPOCH, EPOCH.replace(day=2))


def line(name="S1", label=claimed.SUPPORTED, p=0.9, before=0.3, **changes):
    statement = SimpleNamespace(
        id=name, speaker="<b>who</b>", text="</table><script>", source="src", attribution="owner",
        reliability="B", lineage=(), conflicts_with=(), test=(predicates.InZone("US", *DAY),),
    )  # fmt: skip
    test = Numbers(p, before, 2.0, 0.4, 300.0, p, p, "", 0.02, 0.01)
    return ClaimLine(statement, label, 2, "because", changes.get("test", test))


def drawing(picture):
    """The drawing as XML: it must be well formed."""
    return ElementTree.fromstring(str(picture.drawing))


def test_a_claim_goes_from_its_probability_before_to_that_after():
    (picture,) = claimspicture.pictures(Claimed((line(p=0.9, before=0.3), line("S2", p=0.1))))
    rings = drawing(picture).iter("circle")
    before, after, *_ = [float(ring.get("cx")) for ring in rings]
    left, right = claimspicture.LEFT, claimspicture.WIDTH - claimspicture.RIGHT
    middle = 0.5 * (left + right)
    assert left < before < middle < after < right  # 0.5 lies in the middle
    ninety = middle + (right - left) * math.log(9.0) / (2.0 * math.log(99.0))
    assert after == pytest.approx(ninety, abs=1.0)


def test_without_tested_statements_there_is_no_drawing():
    assert claimspicture.pictures(Claimed((line(test=None),))) == ()


def test_names_of_statements_are_escaped():
    (picture,) = claimspicture.pictures(Claimed((line('"><svg onload=x>'),)))
    drawing(picture)
    assert "<svg onload" not in str(picture.drawing)


def test_the_first_sentence_says_which_hold_and_which_cannot_be():
    found = Claimed(
        (line("A1"), line("A2", claimed.CONTRADICTED), line("A3", claimed.IMPOSSIBLE),
         line("A4", claimed.CONSISTENT))
    )  # fmt: skip
    answer = verdicts.claims(found).answer
    first = answer.split(".")[0]
    assert re.search(r"part holds in A1; does not hold in A2; cannot be as stated in A3", first)
    assert "A4" not in answer
    nothing = verdicts.claims(Claimed((line(label=claimed.CONSISTENT),))).answer
    assert nothing.startswith("No statement's tested part is decided.")
    many = verdicts.claims(Claimed(tuple(line(f"B{k}") for k in range(20)))).answer
    assert "and 12 more" in many


PLACED = (45.0, -110.0)
FORMS = [
    predicates.InZone("US", *DAY), predicates.NeverInZone("US", *DAY),
    predicates.Near(*PLACED, 1e5, *DAY), predicates.AltitudeBand(1e4, 2e4, *DAY),
    predicates.Launched(*DAY), predicates.LaunchedNear(*PLACED, 1e5),
    predicates.Before("US", "CA"), predicates.Speed(10.0, 20.0, *DAY),
    predicates.Loitered(1e5, 36_000.0, *DAY), predicates.LoiteredIn("US", 36_000.0, *DAY),
    predicates.Visible(*PLACED, 5.0, *DAY), predicates.CouldBeSeen("there", *DAY),
    predicates.Size(10.0, 20.0), predicates.Mass(100.0, 200.0), predicates.Payload(100.0, 200.0),
    predicates.Moved("drifted"), predicates.Not((predicates.Moved("drifted"),)),
]  # fmt: skip


@pytest.mark.parametrize("form", FORMS, ids=lambda form: type(form).__name__)
def test_every_form_has_words_of_its_own(form):
    said = verdicts.in_words(form)
    assert said
    assert "object at" not in said
    assert ("between 1 Feb" in said) == hasattr(form, "start")


def test_the_forms_are_all_that_there_are():
    assert {type(form) for form in FORMS} == set(predicates.Predicate.__args__)


def test_a_claim_in_json_keeps_its_text_and_has_no_number_that_is_none():
    facts = claimsjson.file_of(Claimed((line(), line("S2", test=None)))).statements
    assert facts[0].text == "</table><script>"
    assert facts[0].test.probability == 0.9
    assert facts[1].test is None


def balloon(**changes):
    fields = {
        "kind": "superpressure", "diameter_min": "36.6 m", "diameter_max": "61 m",
        "float_altitude_min": "18 km", "float_altitude_max": "20 km", "payload_min": "2,000 lb",
    }  # fmt: skip
    known = {name: value for name, value in (fields | changes).items() if value is not None}
    return Balloon.model_validate(known)


def mass(**changes):
    floats = carried.Floats(np.linspace(18_000.0, 19_500.0, 50), np.full(50, 0.02), 1)
    return carried.ledger(balloon(**changes), (18_000.0, 19_500.0), floats)


def test_mass_grows_with_size_and_stays_within_its_bounds():
    """Physics: the cube of the diameter, and no draw far beyond the bound of a full sphere."""
    found = mass()
    middles = [one.solids.p50_kg for one in found.by_size]
    assert middles == sorted(middles)
    assert middles[-1] / middles[0] == pytest.approx((61.0 / 36.6) ** 3, rel=0.05)
    for one in found.assumed:
        assert one.solids.p95_kg < 1.02 * found.solids_max_kg
        assert one.payload.p50_kg < one.solids.p50_kg
    without, with_air = found.assumed
    assert with_air.payload.p50_kg < without.payload.p50_kg
    assert 0.0 < with_air.above_claim_fraction < without.above_claim_fraction <= 1.0


def test_the_section_on_mass_answers_first_and_shows_tensions():
    section = carriedwords.section(mass())
    assert section.answer.startswith("Envelope, payload and ballast together: between")
    assert "in tension" in section.answer
    assert len(section.pictures) == 1
    drawing(section.pictures[0])
    assert "dashed: the least payload" in section.pictures[0].caption
    unclaimed = carriedwords.section(mass(payload_min=None))
    assert "no claim" in str(unclaimed.tables)


def test_one_size_has_no_drawing_against_size_and_an_open_balloon_one_row():
    assert carriedpicture.pictures(mass(diameter_max="36.6 m")) == ()
    assert len(mass(kind="zero-pressure").assumed) == 1


def test_zones_are_drawn_by_first_entry_and_only_likely_ones():
    paths, atlas = southward(), places.load()
    passages = atlas.passages(paths.lat_deg, paths.lon_deg, paths.time_s, ("country", "state"))
    case = SimpleNamespace(launches=(SimpleNamespace(id="first", weight=1.0, time_max=EPOCH),
                                     SimpleNamespace(id="second", weight=1.0, time_max=EPOCH)),
                           sightings=())  # fmt: skip
    found = traversed.ledger(case, paths, passages, atlas)
    (picture,) = crossedpicture.pictures(found, EPOCH)
    names = [text.text for text in drawing(picture).iter("text") if text.get("class") == "axis end"]
    assert names[:2] == ["Canada", "Alberta"]
    assert "Montana" in names
    assert crossedpicture.pictures(SimpleNamespace(zones=()), EPOCH) == ()
