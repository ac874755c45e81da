"""Who has the word, and for how long; whose balloon it is; what nobody saw."""

import pytest

from overflight.case.draft.article import Article
from overflight.case.draft.propose import propose


def said(text, kinds=("claim", "quotation")):
    """The class of every proposal of these kinds."""
    found = propose(Article("a.txt", text, ""), published="2023-02-03").proposals
    return [one.attribution.value for one in found if one.kind in kinds]


NARRATED = "The balloon crossed Montana on Wednesday."


@pytest.mark.parametrize(
    ("text", "classes"),
    [
        (f"He asked reporters to wait.\n{NARRATED}", ["unresolved", "author"]),
        (f"The mayor asked for calm. {NARRATED}", ["official_named", "author"]),
        (
            f"NWS Grand Forks @NWSGrandForks\n\nIt is not one of ours today!\n\n{NARRATED}",
            ["official_named", "official_named", "author"],
        ),
        (
            "Dear Mr. Chairman:\n\nThe Department became aware of the object on January 27.\n\n"
            f"It was then over the Pacific.\n\nSincerely,\n\nJane Roe\n\n{NARRATED}",
            ["document", "document", "author"],
        ),
        (
            "Q: Did it fly over the base?\n\nMR. ROE: It passed to the north. It never came near.",
            ["unresolved", "official_named", "official_named"],
        ),
        (
            "DELTA 1482: It is a white balloon off our right side. It looks very large.",
            ["eyewitness"] * 2,
        ),
    ],
)
def test_the_word_is_kept_as_long_as_it_is_had(text, classes):
    assert said(text) == classes


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Loon Valley Wireless said one of its internet balloons came down there.", "owner"),
        ("Critics said the government should have brought down their balloon.", "group"),
        ("Some said that China launched its own balloon on Monday.", "group"),
    ],
)
def test_a_balloon_is_the_speakers_only_if_the_speaker_can_have_one(text, kind):
    assert said(text) == [kind]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("The pilots did not confirm the target, the Ministry of Defence mentioned.",
         "foreign_government"),
        ("It was there earlier than officials had said.", "author"),
        ("Officials believe the object came from an island, the paper reported.",
         "official_anonymous"),
        ("According to the sheriff's incident report, the caller saw a silver object.", "document"),
        ('"It just sat there," shrugs Jan Nowak, 61, of Sokolka.', "eyewitness"),
        ("A second balloon is over Latin America: Pentagon", "official_named"),
    ],
)  # fmt: skip
def test_who_has_the_last_word(text, kind):
    assert said(text)[0] == kind


def test_letters_that_an_article_explains_are_the_body():
    text = (
        "Two aircraft took off, the Ministry of National Defence (MApN) said in Bucharest."
        " The target was small, MApN added."
    )
    assert said(text) == ["foreign_government", "foreign_government"]


def test_what_a_model_supposes_nobody_saw():
    for text in (
        "The same model puts the balloon over British Columbia on Tuesday.",
        "The balloon would have passed over Alaska on Tuesday.",
        "No balloon had been launched from Hainan, the ministry said.",
    ):
        assert said(text, kinds=("sighting", "event", "order")) == []
    assert said("The balloon passed over Alaska on Tuesday.", kinds=("sighting",)) == ["author"]
