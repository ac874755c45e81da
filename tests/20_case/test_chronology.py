"""Times between bounds and the relations between them, against trying every possibility."""

import itertools
import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from overflight.case.chronology import allen, order, phrases
from overflight.case.chronology.allen import Allen
from overflight.case.chronology.order import Link, Thing, solve
from overflight.case.chronology.phrases import DAY_S, HOUR_S, parse
from overflight.case.chronology.spans import Span, When, moment, span_of
from overflight.errors import CaseError

# Allen 1983, figure 4, in his letters: what A r1 B and B r2 C leave for A and C. Typed here from
# the ends of intervals by hand for four rows; the others are held against their mirror images.
LETTERS = dict(
    zip(
        ["<", ">", "d", "di", "o", "oi", "m", "mi", "s", "si", "f", "fi", "="],
        [
            Allen.BEFORE, Allen.AFTER, Allen.DURING, Allen.CONTAINS, Allen.OVERLAPS,
            Allen.OVERLAPPED_BY, Allen.MEETS, Allen.MET_BY, Allen.STARTS, Allen.STARTED_BY,
            Allen.FINISHES, Allen.FINISHED_BY, Allen.EQUALS,
        ],
        strict=True,
    )
)  # fmt: skip
ALL = " ".join(LETTERS)
KNOWN = {
    ("<", "<"): "<", ("<", ">"): ALL, ("<", "d"): "< o m d s", ("<", "di"): "<", ("<", "o"): "<",
    ("<", "oi"): "< o m d s", ("<", "m"): "<", ("<", "mi"): "< o m d s", ("<", "s"): "<",
    ("<", "si"): "<", ("<", "f"): "< o m d s", ("<", "fi"): "<",
    ("d", "<"): "<", ("d", ">"): ">", ("d", "d"): "d", ("d", "di"): ALL, ("d", "o"): "< o m d s",
    ("d", "oi"): "> oi mi d f", ("d", "m"): "<", ("d", "mi"): ">", ("d", "s"): "d",
    ("d", "si"): "> oi mi d f", ("d", "f"): "d", ("d", "fi"): "< o m d s",
    ("o", "<"): "<", ("o", ">"): "> oi di mi si", ("o", "d"): "o d s", ("o", "di"): "< o m di fi",
    ("o", "o"): "< o m", ("o", "oi"): "o oi d s f di si fi =", ("o", "m"): "<",
    ("o", "mi"): "oi di si", ("o", "s"): "o", ("o", "si"): "di fi o", ("o", "f"): "d s o",
    ("o", "fi"): "< o m",
    ("m", "<"): "<", ("m", ">"): "> oi mi di si", ("m", "d"): "o d s", ("m", "di"): "<",
    ("m", "o"): "<", ("m", "oi"): "o d s", ("m", "m"): "<", ("m", "mi"): "f fi =",
    ("m", "s"): "m", ("m", "si"): "m", ("m", "f"): "d s o", ("m", "fi"): "<",
    ("s", "di"): "< o m di fi", ("s", "o"): "< o m", ("s", "oi"): "oi d f", ("s", "mi"): "mi",
    ("s", "si"): "s si =", ("s", "f"): "d", ("s", "fi"): "< m o",
    ("f", "<"): "<", ("f", "di"): "> oi mi di si", ("f", "o"): "o d s", ("f", "oi"): "> oi mi",
    ("f", "m"): "m", ("f", "s"): "d", ("f", "si"): "> oi mi", ("f", "fi"): "f fi =",
}  # fmt: skip


@pytest.mark.parametrize(("pair", "those"), KNOWN.items(), ids=str)
def test_compositions_are_those_that_are_known(pair, those):
    first, second = (LETTERS[letter] for letter in pair)
    assert allen.compose(first, second) == {LETTERS[letter] for letter in those.split()}


def test_compositions_mirror_each_other_and_equals_changes_nothing():
    for first, second in itertools.product(Allen, Allen):
        mirrored = allen.compose(allen.inverse(second), allen.inverse(first))
        assert {allen.inverse(one) for one in allen.compose(first, second)} == mirrored
    for one in Allen:
        assert allen.compose(one, Allen.EQUALS) == {one} == allen.compose(Allen.EQUALS, one)


intervals = st.tuples(st.integers(0, 6), st.integers(1, 6)).map(lambda ab: (ab[0], ab[0] + ab[1]))


@given(intervals, intervals, intervals)
def test_three_intervals_agree_with_the_composition(a, b, c):
    assert allen.relation(a, c) in allen.compose(allen.relation(a, b), allen.relation(b, c))
    assert allen.relation(b, a) is allen.inverse(allen.relation(a, b))


@given(*[st.tuples(st.integers(0, 3), st.integers(0, 2)) for _ in range(4)])
def test_no_relation_is_called_possible_that_is_not(a, b, c, d):
    spans = [Span(float(low), float(low + width)) for low, width in (a, b, c, d)]
    # Four numbers with gaps of a quarter between them can stand in any order that reals can.
    ends = [[low + k / 4.0 for k in range(4 * width + 1)] for low, width in (a, b, c, d)]
    found = {
        allen.relation((w, x), (y, z)) for w, x, y, z in itertools.product(*ends) if w < x and y < z
    }
    assert allen.possible(*spans) == found


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("3 days after", 2 * DAY_S, 4 * DAY_S),
        ("Three Days Later", 2 * DAY_S, 4 * DAY_S),
        ("a day before", -2 * DAY_S, 0.0),
        ("2 hours before", -2.5 * HOUR_S, -1.5 * HOUR_S),
        ("exactly 2 hours after", 2 * HOUR_S, 2 * HOUR_S),
        ("at least 2 weeks after", 14 * DAY_S, math.inf),
        ("less than 5 minutes after", 0.0, 300.0),
        ("weeks after", 10.5 * DAY_S, 84 * DAY_S),
        ("days later", 1.5 * DAY_S, 21 * DAY_S),
        ("within 2 hours of", -2 * HOUR_S, 2 * HOUR_S),
        ("within 2 hours after", 0.0, 2 * HOUR_S),
        ("the same day as", -DAY_S, DAY_S),
        ("the next day", 0.0, 2 * DAY_S),
        ("about 8 hours after", 6 * HOUR_S, 10 * HOUR_S),
        ("nearly a week before", -7 * DAY_S, -3.5 * DAY_S),
        ("a few hours after", 1.5 * HOUR_S, 7.5 * HOUR_S),
    ],
)
def test_words_mean_a_stretch(text, low, high):
    """Two moments may lie anywhere inside, and nowhere outside."""
    things = {
        at: solve(
            [Thing("a", Span(at, at)), Thing("b", Span(0.0, 0.0))],
            [Link("r", "a", parse(text), "b")],
        )
        for edge, inward in ((low, 1.0), (high, -1.0))
        if math.isfinite(edge)
        for at in ((edge + inward, edge - inward) if low != high else (edge, edge + 1, edge - 1))
    }
    for at, found in things.items():
        assert bool(found.contradictions) == (not low <= at <= high), at


@pytest.mark.parametrize("text", ["", "sometime", "3 after", "-3 days after", "3 days", "affter"])
def test_what_is_no_relation_is_refused_with_a_suggestion(text):
    with pytest.raises(CaseError, match="relation"):
        parse(text)


def test_a_misspelt_relation_has_a_suggestion():
    with pytest.raises(CaseError, match="Did you mean 'before'"):
        parse("befor")


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("2023-02-04T15:00Z", "2023-02-04T15:00:00", "2023-02-04T15:01:00"),
        ("2023-02-04T15:00:30Z", "2023-02-04T15:00:30", "2023-02-04T15:00:31"),
        ("2023-02-04T15Z", "2023-02-04T15:00:00", "2023-02-04T16:00:00"),
        ("2023-02-04Z", "2023-02-04T00:00:00", "2023-02-05T00:00:00"),
        ("2023-02-04-05:00", "2023-02-04T05:00:00", "2023-02-05T05:00:00"),
        ("2023-02-04", "2023-02-03T10:00:00", "2023-02-05T12:00:00"),
        ("2023-02", "2023-01-31T10:00:00", "2023-03-01T12:00:00"),
        ("2023", "2022-12-31T10:00:00", "2024-01-01T12:00:00"),
    ],
)
def test_a_time_is_as_long_as_it_is_precise(text, low, high):
    span = span_of(text)
    assert [moment(at).isoformat()[:19] for at in (span.low_s, span.high_s)] == [low, high]


@pytest.mark.parametrize("text", ["2023-02-30", "2023-02-04T15:00", "yesterday", "2023-02-04+15:00",
                                  "2023-02-05Z..2023-02-01Z"])  # fmt: skip
def test_times_that_are_none_are_refused(text):
    with pytest.raises(CaseError):
        When.parse(text)


WORDS = ["before", "after", "not after", "within 1 hours of", "2 hours after", "the same hour",
         "at least 3 hours before", "exactly 2 hours before"]  # fmt: skip


@st.composite
def networks(draw, most=4):
    """A few moments on whole hours between bounds, and a few relations between them."""
    n = draw(st.integers(2, most))
    things = []
    for number in range(n):
        low = draw(st.integers(0, 4))
        width = draw(st.integers(0, 3))
        things.append(Thing(f"e{number}", Span(low * HOUR_S, (low + width) * HOUR_S)))
    links = []
    for number in range(draw(st.integers(1, 5))):
        first, second = draw(st.permutations(range(n)).map(lambda p: p[:2]))
        word = draw(st.sampled_from(WORDS))
        links.append(Link(f"r{number}", f"e{first}", parse(word), f"e{second}"))
    return things, links


def choices(things, links, step=0.5):
    """Every choice of half hours that satisfies all relations.

    All bounds are on halves of hours; a strict one needs a time in between, which quarters are.
    """
    spans = [one.begin for one in things]
    grids = [
        [one.low_s + k * step * HOUR_S / 2.0
         for k in range(int((one.high_s - one.low_s) / (step * HOUR_S / 2.0)) + 1)]
        for one in spans
    ]  # fmt: skip
    names = [one.id for one in things]
    for chosen in itertools.product(*grids):
        at = dict(zip(names, chosen, strict=True))
        if all(_holds(link, at) for link in links):
            yield at


def _holds(link, at):
    both = (at[link.first], at[link.second])
    return all(
        (both[one.of[0]] - both[one.minus[0]] < one.most_s)
        if one.strict
        else (both[one.of[0]] - both[one.minus[0]] <= one.most_s)
        for one in link.phrase.differences
    )


@given(networks(most=3))
def test_a_network_agrees_exactly_if_some_choice_of_times_does(network):
    things, links = network
    found = solve(things, links)
    possible = list(choices(things, links))
    assert bool(found.contradictions) == (not possible)
    if possible:
        for one in found.dated:
            times = [at[one.thing.id] for at in possible]
            # Bounds are never inside what is possible, and reach it to a step of the grid.
            assert one.begin.low_s <= min(times) + 1e-3
            assert one.begin.high_s >= max(times) - 1e-3
            assert min(times) - one.begin.low_s <= 0.5 * HOUR_S
            assert one.begin.high_s - max(times) <= 0.5 * HOUR_S


@given(networks(most=4))
def test_a_contradiction_is_one_and_none_of_its_sentences_is_idle(network):
    things, links = network
    found = solve(things, links)
    for clash in found.contradictions:
        named = {step.id for step in clash.steps if step.kind == "relation"}
        assert named, "the times of one thing cannot contradict themselves"
        kept = [link for link in links if link.id in named]
        assert solve(_only(things, clash), kept).contradictions
        for left in kept:
            rest = [link for link in kept if link is not left]
            agrees = solve(_only(things, clash), rest)
            assert not agrees.contradictions
        for step in clash.steps:
            if step.kind in ("not before", "not after"):
                assert not solve(_only(things, clash, without=step), kept).contradictions


def _only(things, clash, without=None):
    """The things with just those bounds that a contradiction names, or without one of them."""
    steps = [step for step in clash.steps if step is not without]
    limits = {(step.id, step.kind): step.at_s for step in steps}
    return [
        Thing(
            one.id,
            Span(
                limits.get((one.id, "not before"), -math.inf),
                limits.get((one.id, "not after"), math.inf),
            ),
        )
        for one in things
    ]


def test_who_contradicts_is_shown_with_the_fewest_sentences():
    """A long way around and a short one: the short one is told."""
    names = [f"e{i}" for i in range(9)]
    things = [Thing(name, Span()) for name in names]
    ring = [Link(f"long{i}", names[i], parse("before"), names[(i + 1) % 8]) for i in range(8)]
    short = [
        Link("s1", "e0", parse("before"), "e8"),
        Link("s2", "e8", parse("2 days before"), "e0"),
    ]
    found = solve(things, ring + short)
    assert {step.id for step in found.contradictions[0].steps} == {"s1", "s2"}
    assert len(found.contradictions) == 2
    assert {step.id for step in found.contradictions[1].steps} == {one.id for one in ring}


def test_relations_of_a_contradiction_do_not_move_other_times():
    things = [Thing(name, Span(0.0, 10 * HOUR_S)) for name in "abc"]
    links = [
        Link("r1", "a", parse("before"), "b"),
        Link("r2", "b", parse("before"), "a"),
        Link("r3", "c", parse("at least 4 hours before"), "a"),
    ]
    found = solve(things, links)
    times = {one.thing.id: one for one in found.dated}
    assert times["b"].because == ()
    assert times["b"].begin == Span(0.0, 10 * HOUR_S)
    assert times["c"].begin.high_s == pytest.approx(6 * HOUR_S, abs=1e-5)
    assert times["c"].because == ("r3",)
    assert [check.contradicted for check in found.checks] == [True, True, False]


def test_what_lasts_is_inside_what_it_is_said_to_be_during():
    day = span_of("2023-02-04Z")
    things = [
        Thing("closed", Span(day.low_s + 4 * HOUR_S, day.low_s + 5 * HOUR_S), Span()),
        Thing("end", day),
        Thing("after", Span(day.low_s, day.low_s + 9 * HOUR_S)),
    ]
    links = [
        Link("r1", "end", parse("during"), "closed"),
        Link("r2", "closed", parse("before"), "after"),
    ]
    found = {one.thing.id: one for one in solve(things, links).dated}
    assert found["end"].begin.low_s == day.low_s + 4 * HOUR_S
    assert found["end"].begin.high_s == pytest.approx(day.low_s + 9 * HOUR_S, abs=1e-5)


def test_a_long_chain_is_one_contradiction_if_its_ends_meet():
    n = 2_000
    numbers = list(range(n))
    random.Random(3).shuffle(numbers)
    things = [Thing(f"e{i}", Span(0.0, 1e6)) for i in numbers]
    links = [Link(f"r{i}", f"e{i}", parse("before"), f"e{(i + 1) % n}") for i in numbers]
    found = solve(things, links)
    assert len(found.contradictions) == 1
    assert len(found.contradictions[0].steps) == n
    agreeing = solve(things, [link for link in links if link.id != "r77"])
    assert agreeing.contradictions == ()
    assert all(len(one.because) <= 2 * order.MOST_BECAUSE for one in agreeing.dated)


def test_too_many_contradictions_are_said_to_be_too_many(monkeypatch):
    monkeypatch.setattr(order, "MOST_CONTRADICTIONS", 2)
    things = [Thing(f"e{i}", Span()) for i in range(8)]
    links = [
        Link(f"r{i}{way}", f"e{i}", parse(way), f"e{i + 1}")
        for i in (0, 2, 4, 6)
        for way in ("before", "after")
    ]
    found = solve(things, links)
    assert len(found.contradictions) == 2
    assert not found.complete


def test_every_word_that_is_promised_is_read():
    for unit in phrases.UNITS_S:
        for form in (f"{unit}s after", f"2 {unit}s before", f"an {unit} later", f"several {unit}s"
                     " earlier than", f"within 3 {unit}s of"):  # fmt: skip
            assert parse(form).differences
    for one in Allen:
        assert parse(one.value).differences


def test_a_long_text_is_cut_between_words_and_says_so():
    """A sentence that ends inside a word reads like a mistake of ours."""
    from types import SimpleNamespace

    from overflight.case.chronology.of_case import label

    def cut(text, most=40):
        return label(SimpleNamespace(note=text, quote=""), most)

    text = "First satellite find, off Hainan, about 48,000 ft and 1-2 h after launch"
    assert cut(text) == "First satellite find, off Hainan \u2026"
    assert (
        cut(text, 70) == "First satellite find, off Hainan, about 48,000 ft and 1-2 h after \u2026"
    )
    assert cut("seen.") == "seen."
    assert cut("\u6c14" * 60) == "\u6c14" * 38 + " \u2026"  # a script without spaces
    assert all(len(cut(text, most)) <= most for most in range(10, 80))
