"""The weights that choose a class, and what they look at."""

import math
import os
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from overflight.case.draft import flyers, frames, gazetteer, learned, whence
from overflight.case.draft.article import Article
from overflight.case.draft.propose import propose, ruled
from overflight.case.draft.traits import Heard, traits
from overflight.case.vocabulary import Attribution

TEXT = (
    "A farmer checking fence came across a white box. Dale Roe said the box was humming. The"
    " Buffalo County sheriff's office said it was a research balloon. It was taken away. Radar"
    " showed nothing."
)


def classes(text, home="US"):
    """The class of every claim and quotation."""
    found = propose(Article("a.txt", text, ""), home=home).proposals
    return [one.attribution.value for one in found if one.kind in {"claim", "quotation"}]


def by_rules(text, home="US"):
    """The class of every clause, by the rules alone."""
    parts = frames.paragraphs(text)
    voiced, _ = ruled(text, parts, gazetteer.embedded().find(text), home)
    return [one.speaker.attribution.value for said in voiced for one in said.clauses]


def seen(text):
    """The traits of every clause."""
    parts = frames.paragraphs(text)
    voiced, people = ruled(text, parts, gazetteer.embedded().find(text), "US")
    heard = [Heard(said.frame, clause) for said in voiced for clause in said.clauses]
    return [traits(heard, index, text, people) for index in range(len(heard))]


def test_the_weights_are_whole_and_for_classes_of_the_vocabulary():
    weights = learned.embedded()
    assert set(weights.classes) <= set(Attribution)
    assert len(set(weights.classes)) == len(weights.classes) > 12
    assert len(weights.of) > 5_000
    assert all(len(of) == len(weights.classes) for of in weights.of.values())
    assert all(isinstance(one, int) for of in weights.of.values() for one in of)
    assert learned.BIAS in weights.of


def test_probabilities_are_those_of_the_softmax_of_the_sums():
    weights = learned.Weights(
        (Attribution.OWNER, Attribution.GROUP), {learned.BIAS: (0, 0), "a": (100, -50), "b": (0, 7)}
    )
    found = weights.probabilities({"a", "b", "never seen"})
    odds = math.exp(1.0), math.exp(-0.43)
    assert found[Attribution.OWNER] == pytest.approx(odds[0] / sum(odds), rel=1e-12)
    assert sum(found.values()) == pytest.approx(1.0)


def test_a_clause_without_a_known_trait_has_the_shares_of_the_labels():
    weights = learned.embedded()
    found = weights.probabilities(())
    assert sum(found.values()) == pytest.approx(1.0)
    assert learned.decided(found)[1] <= 1.0


def chances(**told):
    return {Attribution(name): share for name, share in told.items()}


@pytest.mark.parametrize(
    ("told", "kind"),
    [
        (chances(author=0.66, owner=0.34), "author"),
        (chances(author=0.64, owner=0.36), "owner"),
        (chances(author=0.6, owner=0.21, group=0.19), "unresolved"),
        (chances(owner=0.3, group=0.29, author=0.28), "owner"),
        (chances(owner=0.24, group=0.23, author=0.22), "unresolved"),
        (chances(hearsay=1.0, author=0.0), "hearsay"),
    ],
)
def test_the_author_is_taken_only_where_that_is_likely(told, kind):
    assert learned.decided(told)[0].value == kind


@given(st.lists(st.floats(0.0, 1.0), min_size=2, max_size=8).filter(lambda shares: sum(shares) > 0))
def test_whatever_the_chances_a_doubtful_author_is_never_proposed(shares):
    kinds = list(Attribution)[: len(shares)]
    told = {kind: one / sum(shares) for kind, one in zip(kinds, shares, strict=True)}
    kind, sure = learned.decided(told)
    assert 0.0 <= sure <= 1.0
    if kind is Attribution.AUTHOR:
        assert told[kind] >= learned.LEAST_SURE_OF_THE_AUTHOR


def test_a_proposal_says_where_the_weights_differ_from_the_rules():
    text = "State television in Pyongyang said it was a fair answer. It showed no pictures of them."
    differ = [
        one
        for one in propose(Article("a.txt", text, "")).proposals
        if any("by the words around it" in reason for reason in one.reasons)
    ]
    assert all("by the rules alone" in " ".join(one.reasons) for one in differ)
    told = zip(by_rules(text), classes(text), strict=True)
    assert len(differ) == sum(first != second for first, second in told)


def test_traits_are_the_same_in_every_process():
    """Sums of whole numbers do not depend on the order of a set, which differs there."""
    script = (
        "import sys; from overflight.case.draft.article import Article\n"
        "from overflight.case.draft.propose import propose\n"
        "for one in propose(Article('a', sys.argv[1], '')).proposals:\n"
        "    print(one.attribution.value, repr(one.confidence), one.reasons)\n"
    )
    told = {
        subprocess.run(
            [sys.executable, "-c", script, TEXT], check=True, capture_output=True, text=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    }  # fmt: skip
    assert len(told) == 1
    assert told.pop().count("\n") >= 4


def test_traits_tell_the_rules_the_words_and_the_neighbours():
    found = seen(TEXT)
    assert len(found) == 5
    assert {"rule=eyewitness", "speaker:dale", "says:humming", "before=author"} <= found[1]
    assert {"rule=official_named", "word=organisation", "ending:iff's"[:11]} & found[2]
    assert "after=none" in found[-1]
    assert "earlier=none" in found[0]


def test_a_bare_name_after_a_trade_is_the_one_of_that_trade():
    assert classes(TEXT)[:2] == ["author", "eyewitness"]
    assert by_rules("Dale Roe said the box was humming.") == ["unresolved"]


@pytest.mark.parametrize(
    ("text", "last"),
    [
        ("The search is off, County Undersheriff Tina Roe said. “They will turn up,” Roe said.",
         "official_named"),
        ("We asked meteorologist Kayla Roe. She says it was a weather balloon.", "expert_named"),
        ("The Colombian Aerospace Force saw it. No harm was done, the force added.",
         "foreign_government"),
        ("Residents called 40 times, according to the sheriff's office.", "official_named"),
        ("Two people briefed on the search said it was over.", "official_anonymous"),
        ("Q: The Pentagon says that it has most of the debris.", "official_named"),
        ("Ms. ROE. No, sir. The gates were widened in February.", "official_named"),
        ("Statement by the Minister of National Defence. A jet brought it down. It was small.",
         "foreign_government"),
        ("Dr. Roe is doubtful. In her view the balloon was lost.", "unresolved"),
        ("The case is blown out of proportion, believes the political scientist Hans Roe.",
         "expert_named"),
        ("Word around the airfield was that the Army had lost a balloon.", "hearsay"),
    ],
)  # fmt: skip
def test_rules_that_the_learned_passages_asked_for(text, last):
    assert by_rules(text)[-1] == last


@pytest.mark.parametrize(
    ("text", "bodies", "names"),
    [
        ("Sceye's latest airship stayed over New Mexico.", set(), {"Sceye"}),
        ("A balloon built by students at Holdrege Middle School is missing.",
         {"students", "school"}, {"Holdrege"}),
        ("The club launched its third balloon of the year.", {"club"}, set()),
        ("The craft belonged to Upland Stratospherics, a company of 30.", set(), {"Upland"}),
        ("The sheriff's office took 30 calls about China's balloon.", set(), set()),
    ],
)  # fmt: skip
def test_who_flew_it_is_read_from_the_article(text, bodies, names):
    found = flyers.flyers(text)
    assert found.bodies == bodies
    assert found.names == names


def test_whoever_flew_it_speaks_as_its_owner_and_others_do_not():
    text = (
        "Sceye's airship stayed aloft all night, the company said. A rival firm doubted it. The"
        " mayor said that he saw nothing."
    )
    assert by_rules(text) == ["owner", "group", "official_named"]


@pytest.mark.parametrize(
    ("text", "is_abroad"),
    [
        ("PALESTINE, Texas — Police closed the road.", False),
        ("WARSAW, Poland — Police closed the road.", True),
        ("VILNIUS — Police closed the road.", True),
        ("Police closed a road near Vilnius. Lithuanian border guards came.", True),
        ("Police closed the road. The balloon came from China.", False),
        ("Police in Billings closed the road. Chinese officials and Beijing said nothing.", False),
        ("The jet flew out of Langley. Police closed the road.", False),
    ],
)
def test_an_article_is_written_from_where_its_places_are(text, is_abroad):
    known = gazetteer.embedded()
    parts = frames.paragraphs(text)
    assert whence.abroad(text, parts, known, known.find(text), "US") is is_abroad
    if is_abroad:
        assert by_rules("The police said so. " + text, "US")[0] in {
            "foreign_government", "official_named",
        }  # fmt: skip


def test_the_home_state_is_not_abroad():
    text = "VILNIUS — Police closed the road."
    known = gazetteer.embedded()
    assert not whence.abroad(text, frames.paragraphs(text), known, known.find(text), "LT")


@pytest.mark.slow
def test_the_file_holds_the_weights_of_the_passages(root):
    """Fitted anew, they decide alike; and left out in turn, passages fare better than by rules."""
    tool = root / "tools" / "train_drafting.py"
    done = subprocess.run(
        [sys.executable, str(tool), "--check"], check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
