"""Orders of running text: which two things they stand between, and how a chronology reads them."""

import pytest

from overflight.case.chronology.phrases import parse
from overflight.case.draft.article import Article
from overflight.case.draft.propose import propose


def drafted(text):
    found = propose(Article("a.txt", text, ""), published="2023-02-06").proposals
    names = {one.id: one for one in found}
    events = [one for one in found if one.kind == "event"]
    orders = [one for one in found if one.kind == "order"]
    return names, events, orders


@pytest.mark.parametrize(
    ("text", "first", "relation", "second"),
    [
        ("It came down on Feb. 4, three days after it was seen over Billings, a spokesman said.",
         "It came down on Feb. 4", "three days after", "it was seen over Billings"),
        ("The balloon left Alaska before it entered Canada, the Navy said.",
         "The balloon left Alaska", "before", "it entered Canada"),
        ("After the launch, the balloon drifted east.",
         "the balloon drifted east", "after", "the launch"),
        ("The airport was closed on Feb. 1, and the same day the balloon left the state.",
         "the balloon left the state", "the same day as", "The airport was closed on Feb. 1"),
        ("The balloon crossed the coast on the same day as the meeting in Geneva.",
         "The balloon crossed the coast", "the same day as", "the meeting in Geneva"),
        ("Officials said Friday that the balloon was seen weeks before the pilots were told.",
         "the balloon was seen", "weeks before", "the pilots were told"),
        ("“We tracked the balloon for days before it crossed the coast,” said Gen. Roe.",
         "We tracked the balloon for days", "before", "it crossed the coast"),
        ("The balloon had left the state by the time the jets arrived.",
         "The balloon had left the state", "not after", "the jets arrived"),
    ],
)  # fmt: skip
def test_an_order_stands_between_two_things_that_the_text_says(text, first, relation, second):
    names, events, [order] = drafted(text)
    assert order.relation == relation
    assert parse(order.relation).differences
    assert (names[order.first].text, names[order.second].text) == (first, second)
    assert all(text[one.start : one.end] == one.text for one in events)


def test_two_days_later_looks_back_to_what_was_told_before_it_and_says_so():
    names, _, [order] = drafted(
        "The balloon was launched from Hainan on Jan. 28. Two days later it entered Canada."
    )
    assert order.relation == "two days after"
    assert names[order.first].text == "it entered Canada"
    assert "launched" in names[order.second].text
    assert any("told last" in reason for reason in order.reasons)
    _, _, [alone] = drafted("Two days later the balloon entered Canada.")
    assert (alone.second, alone.reasons[-1][:21]) == ("", "what it looks back to")


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("The balloon was launched from Hainan on Jan. 28, officials said.", "2023-01-28"),
        ("The balloon was launched from Hainan before Feb. 1.", "..2023-02-01"),
        ("The balloon was found near Hainan, officials said Friday.", ""),
        ("The balloon landed in Billings at 4 p.m. on Feb. 1.",
         "2023-02-01T22:30Z..2023-02-01T23:30Z"),
        ("The balloon left Alaska on Jan. 30 and reached Montana on Feb. 1.",
         "2023-01-30..2023-02-01"),
        ("The balloon left Hainan in January 2023.", "2023-01-01..2023-01-31"),
    ],
)  # fmt: skip
def test_an_event_is_as_precise_as_its_own_words(text, when):
    _, [event], _ = drafted(text)
    assert event.when == when


@pytest.mark.parametrize(
    "text",
    [
        "Officials denied that the balloon left Alaska before it entered Canada.",
        "The balloon will leave Alaska before it enters Canada, forecasters predicted.",
    ],
)
def test_what_is_denied_or_foreseen_is_no_event(text):
    _, events, _ = drafted(text)
    assert events == []


def test_what_is_told_twice_in_the_same_words_is_one_event():
    _, events, orders = drafted(
        "The balloon left Alaska before it entered Canada. The balloon left Alaska two days after "
        "the launch, the Navy said."
    )
    assert [one.text for one in events] == [
        "The balloon left Alaska", "it entered Canada", "the launch",
    ]  # fmt: skip
    assert orders[0].first == orders[1].first
