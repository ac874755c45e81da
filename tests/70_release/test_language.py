"""The page in another language: whole, filled in, escaped, and English where it has no words."""

import importlib.util
import json
import re
import string
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from breakouts import HOSTILE
from test_report import Parsed
from test_steeredwords import ANSWERS, section, words

from overflight.errors import OverflightError
from overflight.release import language, report
from overflight.release.language import catalogue, retell, several, speaking, tell, term
from overflight.release.wording import height, mass, moment, position, probable

OTHERS = language.codes()[1:]
ENGLISH = frozenset(re.findall(
    r"\w+", "the of and is are was were that with from for which not by than half twice wind level",
))  # fmt: skip
START = datetime(2023, 1, 20, tzinfo=UTC)


@pytest.fixture(scope="module")
def tool(root):
    found = importlib.util.spec_from_file_location("catalogue", root / "tools" / "catalogue.py")
    loaded = importlib.util.module_from_spec(found)
    found.loader.exec_module(loaded)
    return loaded


@pytest.fixture
def spanish_lacks(monkeypatch):
    """Take a message out of the Spanish catalogue, or change it."""

    def change(message, said=None):
        held = dict(catalogue("es").messages)
        held.pop(message)
        if said is not None:
            held[message] = said
        changed = replace(catalogue("es"), messages=held)
        monkeypatch.setattr(language, "catalogue", lambda code: changed)

    return change


@pytest.mark.parametrize("code", OTHERS)
def test_every_message_has_a_translation_with_its_placeholders(tool, code):
    assert tool.faults(code) == []
    assert len(catalogue(code).messages) > 700


def test_there_is_a_second_language():
    assert "es" in OTHERS


def test_a_missing_translation_is_named_and_english_stands_in(tool, spanish_lacks):
    spanish_lacks("Bottom line")
    assert tool.faults("es") == ["missing (page.html.j2): Bottom line"]
    with speaking("es"):
        assert tell("Bottom line") == "Bottom line"


def test_a_lost_or_invented_placeholder_is_named(tool, spanish_lacks):
    spanish_lacks("Winds: {wind}", "Vientos: {viento}")
    assert tool.faults("es") == ["other placeholders than its English: Winds: {wind}"]


def test_a_label_without_a_word_is_named(tool, monkeypatch):
    held = {one: said for one, said in catalogue("es").words.items() if one != "untestable"}
    changed = replace(catalogue("es"), words=held)
    monkeypatch.setattr(language, "catalogue", lambda code: changed)
    assert tool.faults("es") == ["no word for: untestable"]


def test_a_message_that_nobody_tells_any_more_is_named(tool, monkeypatch):
    told = tool.messages()
    del told["Bottom line"]
    monkeypatch.setattr(tool, "messages", lambda: told)
    assert tool.faults("es") == ["nobody tells: Bottom line"]


def example(spec):
    if "%" in spec and not spec.endswith("%"):
        return START
    return 1_234.5 if spec and spec[-1] in "efg%" else 1_234


@pytest.mark.parametrize("code", OTHERS)
def test_every_translation_can_be_filled_in(code):
    with speaking(code):
        for message, said in catalogue(code).messages.items():
            parts = [one for one in string.Formatter().parse(message) if one[1]]
            filled = tell(message, **{name: example(spec) for _, name, spec, _ in parts})
            assert not set(filled) & set("{}"), message
            assert said.strip(), message


@pytest.mark.parametrize("code", OTHERS)
def test_every_sentence_of_earlier_stages_is_known_by_its_form(code):
    """With numbers in place of its placeholders each is found, and nothing of it stays."""
    with speaking(code) as left:
        for form, said in catalogue(code).sentences.items():
            told = retell(re.sub(r"\{\w+\}", "7", form))
            assert "{" not in told, form
            literal = max(re.split(r"\{\w+\}", said), key=len).strip()
            assert literal in told, form
        assert left == []


def test_numbers_months_and_sides_are_those_of_the_language():
    said = (height(18_288.0), mass(9_360.3), mass(3.5), position(48.2, -176.6), probable(0.64))
    assert said == (
        "18.3 km (60,000 ft)", "9,400 kg (21,000 lb)", "3.5 kg (7.7 lb)",
        "48\u00b0 N, 177\u00b0 W", "likely (64 %)",
    )  # fmt: skip
    with speaking("es"):
        assert height(18_288.0) == "18,3 km (60\u202f000 ft)"
        assert mass(9_360.3) == "9400 kg (21\u202f000 lb)"
        assert mass(3.5) == "3,5 kg (7,7 lb)"
        assert position(48.2, -176.6) == "48\u00b0 N, 177\u00b0 O"
        assert probable(0.64) == "probable (64 %)"
        assert moment(START, 3_660.0) == "20 ene 01:01Z"
        assert several(1, " {count} contradiction:", " {count} contradictions:") == (
            " 1 contradicci\u00f3n:"
        )
    assert moment(START, 3_660.0) == "20 Jan 01:01Z"


def test_a_sentence_of_an_earlier_stage_is_told_again_with_its_numbers():
    with speaking("es"):
        told = retell("only 28 distinct starts remain; expected 200 or more")
        assert told == "solo quedan 28 comienzos distintos; se esperaban 200 o m\u00e1s"
        assert "0,018 a 0,2 kg/m\u00b2" in retell(
            "For air in a ballonet: a superpressure of 0 to 12 % of the pressure outside, and an"
            " envelope of 0.018 to 0.2 kg/m\u00b2 (Loon, 68.5 kg: 0.0956)."
        )
        assert term("Canada: land and 12 nmi sea, as mapped").startswith("Canad\u00e1: tierra")
        assert term("supported") == "apoyada"


def test_what_is_not_known_stays_and_is_noted():
    with speaking("es") as left:
        assert retell("This was never seen in any catalogue.") == (
            "This was never seen in any catalogue."
        )
        assert term("A name nobody knows at all") == "A name nobody knows at all"
    assert left == ["This was never seen in any catalogue."]
    with speaking("en") as left:
        assert retell("only 28 distinct starts remain; expected 200 or more")[0] == "o"
    assert left == []


@pytest.mark.parametrize("name", ANSWERS)
def test_every_verdict_on_steering_is_told_without_english(name):
    """Contests that we make up: every branch of the section, with tables and drawings."""
    with speaking("es") as left:
        told = section(ANSWERS[name])
        text = " ".join((words(ANSWERS[name]), told.question))
    drawn = " ".join(f"{one.caption} {one.drawing}" for one in told.pictures)
    shown = re.sub(r"<[^>]*>", " ", f"{text} {drawn}")
    assert left == []
    assert ENGLISH & set(re.findall(r"[^\W\d_]+", shown.lower())) == set()
    assert ENGLISH & set(re.findall(r"[^\W\d_]+", words(ANSWERS[name]).lower()))


@pytest.mark.parametrize("text", HOSTILE)
def test_text_of_a_case_is_never_a_message(text):
    """Braces in it are not placeholders, and it comes out as it went in."""
    with speaking("es"):
        assert tell("Zones: {licence}", licence=text) == f"Zonas: {text}"
        assert term(text) == text


def test_the_language_ends_with_its_block_however_that_ends():
    def fails():
        with speaking("es"):
            assert tell("yes") == "s\u00ed"
            raise KeyError

    with pytest.raises(KeyError):
        fails()
    assert tell("yes") == "yes"


@pytest.mark.parametrize("code", ["xx", "", "../es", "ES"])
def test_an_unknown_language_is_refused_with_those_there_are(code):
    with pytest.raises(OverflightError, match="one of en, es"), speaking(code):
        pass


@pytest.mark.parametrize("embed", [False, True])
def test_the_spanish_page_has_the_same_elements_and_says_its_language(page, embed):
    """Hostile names among them: none breaks out in any language."""
    english = Parsed(report.render(page, embed=embed))
    spanish = Parsed(report.render(replace(page, language="es"), embed=embed))
    assert [tag for tag, _ in spanish.elements] == [tag for tag, _ in english.elements]
    languages = [a["lang"] for tag, a in spanish.elements if tag == "html"]
    assert languages == ["es"]
    ours = [a["lang"] for tag, a in spanish.elements if "lang" in a and tag != "html"]
    assert set(ours) == {""}  # words of the case, whose language nobody says
    assert not any("lang" in a for tag, a in english.elements if tag != "html")
    policy = next(a["content"] for _, a in spanish.elements if "http-equiv" in a)
    script = next(t for tag, a, t in spanish.raw if tag == "script" and "type" not in a)
    assert report._hash(script) in policy


def test_nothing_of_the_frame_stays_english(page):
    shown = " ".join(Parsed(report.render(replace(page, language="es"))).shown)
    for message in ("Bottom line", "How to cite", "Essentially right", "Move west", "resets,"):
        assert message not in shown
    for message in ("Bottom line", "How to cite", "Essentially right", "resets,"):
        assert catalogue("es").messages[message] in shown


def test_the_script_says_nothing_english_to_a_reader():
    script = report.script("es")
    own = script[script.index("The page's own script") :]
    for said in (
        "half of them",
        "No sighting",
        '"Play"',
        ' rows"',
        "en-GB",
        '"Where"',
        "are in the",
    ):
        assert said not in own
    assert not re.search(r"</(script|style)|<!--", script, re.IGNORECASE)


def test_data_for_the_map_is_the_same_but_for_words(page):
    found = []
    for code in ("en", "es"):
        data = json.loads(Parsed(report.render(replace(page, language=code))).block("data"))
        for mark in data["sightings"]:
            for name in ("chance", "time", "geometry"):
                mark.pop(name)
        found.append(data)
    assert found[0] == found[1]
