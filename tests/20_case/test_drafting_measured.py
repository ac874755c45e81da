"""How often the drafting rules name the right speaker, on passages labelled before them."""

import importlib.util
import sys

import pytest

LEAST_RIGHT, MOST_AUTHOR = 0.85, 0.03


@pytest.fixture(scope="module")
def measuring(root):
    path = root / "tools" / "drafting_table.py"
    spec = importlib.util.spec_from_file_location("drafting_table", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules["drafting_table"] = module  # its dataclasses look themselves up there
    spec.loader.exec_module(module)
    yield module
    del sys.modules["drafting_table"]


@pytest.fixture(scope="module")
def testing_half(measuring):
    return measuring.judged(measuring.passages()[1])


def test_there_are_enough_passages_and_the_halves_share_none(measuring):
    tuning, testing = measuring.passages()
    assert len(tuning) + len(testing) >= 80
    assert {one["id"] for one in tuning}.isdisjoint(one["id"] for one in testing)
    assert abs(len(tuning) - len(testing)) <= 1


def test_no_passage_is_both_fitted_to_and_unseen(measuring):
    fitted = {one["text"] for _, listed in measuring.held("learned") for one in listed}
    fitted |= {one["text"] for one in measuring.passages()[0]}
    fresh = [one["text"] for _, listed in measuring.held("unseen") for one in listed]
    fresh += [one["text"] for one in measuring.passages()[1]]
    assert fitted.isdisjoint(fresh)
    assert (
        sum(len(one["says"]) for _, listed in measuring.held("learned") for one in listed) > 2_500
    )


def test_the_class_is_right_on_passages_to_which_nothing_was_fitted(measuring):
    found = measuring.unseen()
    told = measuring.counts(found)
    assert len(found) > 800
    assert told["right"] >= LEAST_RIGHT * len(found)
    assert told["author"] <= MOST_AUTHOR * len(found)
    named = [one for one in found if not any("speaker" in fault for fault in one.faults)]
    assert len(named) >= 0.95 * len(found)


def test_the_class_is_right_on_the_testing_half(measuring, testing_half):
    told = measuring.counts(testing_half)
    assert told["right"] >= LEAST_RIGHT * len(testing_half)
    assert told["author"] <= MOST_AUTHOR * len(testing_half)


def test_whole_articles_are_read_as_labelled(measuring):
    found = measuring.judged_articles()
    told = measuring.counts(found)
    assert told["right"] >= LEAST_RIGHT * len(found)
    assert [(one.passage, one.faults) for one in found if one.faults] == []


def test_passages_written_after_the_rules_are_read_better_than_at_first(measuring):
    """Nearly five hundred labels: what was gained on each file is kept."""
    seen = 0
    for name, listed, met in measuring.after():
        found = measuring.judged(listed)
        told = measuring.counts(found)
        assert len(found) == met["labels"], name
        assert sum(met[key] for key in ("right", "unresolved", "author", "wrong")) == len(found)
        assert told["right"] >= max(met["right"] + 1, 0.78 * len(found)), name
        assert told["author"] <= MOST_AUTHOR * len(found), name
        seen += len(found)
    assert seen > 480


def test_the_page_says_what_is_measured(measuring):
    assert measuring.PAGE.read_text(encoding="utf-8") == measuring.page(), "run 'make docs'"


def test_the_measure_notices_a_wrong_class(measuring):
    passage = {
        "id": "x", "text": "The balloon came down on Tuesday, the sheriff said.",
        "says": [{"at": "came down", "class": "telemetry"}],
    }  # fmt: skip
    told = measuring.counts(measuring.judged([passage]))
    assert told == {"right": 0, "unresolved": 0, "author": 0, "wrong": 1}
