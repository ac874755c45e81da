"""Drafting from the command line: nothing enters a case before a person says so."""

import csv
import hashlib
import json
import re

import pytest
from typer.testing import CliRunner

from overflight.case.chronology.of_case import order_of, sentences
from overflight.case.load import load
from overflight.case.template import write_new
from overflight.cli import app
from overflight.errors import CaseError, OverflightError

TEXT = (
    "BILLINGS, Mont. — The balloon was seen over Billings, Montana, at 4:21 p.m. on Feb. 1 at "
    "about 60,000 feet, a senior official said.\n\n=cmd said a caller \x1b[2J of it. “It hung "
    "there,” Jane Doe, a resident of Billings, said.\n\nCritics accused the senator "
    "of hiding the bill.\n"
)
URL = "https://example.org/gazette/draft"


@pytest.fixture
def case(tmp_path):
    write_new(tmp_path / "case")
    return tmp_path / "case"


@pytest.fixture
def article(tmp_path):
    path = tmp_path / "An article.txt"
    path.write_text(TEXT, encoding="utf-8", newline="")
    return path


def run(*arguments, say=""):
    done = CliRunner().invoke(app, ["draft", *map(str, arguments)], input=say)
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.output


def tables(case):
    return {path.name: path.read_bytes() for path in case.glob("*.csv")}


def proposals(case):
    with (case / "draft" / "an-article.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def decide(case, *, choose, **cells):
    rows = proposals(case)
    for row in rows:
        if choose(row):
            row.update({"accept": "yes", **cells})
    with (case / "draft" / "an-article.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)


def draft(case, article, *more):
    return run(article, "--case", case, "--published", "2023-02-02", "--url", URL, *more)


def test_json_points_at_the_characters_of_the_file(article):
    told = json.loads(run(article, "--json", "--published", "2023-02-02"))
    text = article.read_bytes().decode("utf-8")
    assert told["articles"][0]["text"] == text
    assert told["articles"][0]["text_sha256"] == hashlib.sha256(text.encode()).hexdigest()
    assert {one["kind"] for one in told["proposals"]} >= {"claim", "quotation", "sighting", "event"}
    for one in told["proposals"]:
        assert one["text"] == text[one["start"] : one["end"]]
        assert {"speaker", "attribution_class", "modality", "scope", "confidence"} <= one.keys()


def test_drafting_leaves_the_case_as_it_was(case, article):
    before = tables(case)
    assert "Nothing is in the case yet" in draft(case, article)
    assert tables(case) == before
    assert (case / "draft" / "an-article.txt").read_bytes() == article.read_bytes()
    load(case)


def test_what_is_accepted_in_the_table_enters_the_case(case, article):
    before = tables(case)
    draft(case, article)
    decide(case, choose=lambda row: row["time_min"] or row["kind"] == "quotation")
    assert "2 accepted and entered" in run("--accept", "--case", case)
    after, found = tables(case), load(case)
    assert all(after[name].startswith(raw) for name, raw in before.items())
    sighting, statement = found.sightings[-1], found.statements[-1]
    assert (sighting.attribution, sighting.altitude_min_m) == ("official_anonymous", 18288.0)
    assert sighting.time_min.isoformat() == "2023-02-01T23:16:00+00:00"
    assert (statement.text, statement.attribution) == ("It hung there", "eyewitness")
    source = next(one for one in found.sources if one.id == statement.source)
    assert source.archived_sha256 == hashlib.sha256(article.read_bytes()).hexdigest()
    assert {row["accept"] for row in proposals(case)} == {"", "entered"}
    assert "0 accepted and entered" in run("--accept", "--case", case)  # not a second time
    assert tables(case) == after


def test_out_of_scope_stays_out_of_scope(case, article):
    draft(case, article)
    decide(case, choose=lambda row: row["scope"] == "out_of_scope")
    run("--accept", "--case", case)
    statement = load(case).statements[-1]
    assert (statement.scope, statement.testable, statement.test) == ("out_of_scope", "no", None)


def test_a_formula_in_the_text_enters_as_text(case, article):
    draft(case, article)
    decide(case, choose=lambda row: "cmd" in row["statement"], statement="=cmd()")
    run("--accept", "--case", case)
    assert load(case).statements[-1].text == "'=cmd()"


def test_review_accepts_edits_refuses_and_goes_on_later(case, article):
    draft(case, article)
    shown = run("--review", "--case", case, say="e\nspeaker=a source\nnonsense\n\na\nr\nq\n")
    assert "\\x1b[2J" in shown
    assert "\x1b" not in shown
    assert "'nonsense' is no field" in shown
    assert load(case).statements[-1].speaker == "a source"
    first, second, *rest = (row["accept"] for row in proposals(case))
    assert (first, second) == ("entered", "no")
    assert set(rest) == {""}
    again = run("--review", "--case", case, say="q\n")
    assert f"{len([r for r in proposals(case)[2:] if r['scope'] == 'flight'])} open" in again


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ({"attribution": "officials"}, "statements.csv:"),
        ({"said": "soon"}, "'soon' is not a date"),
        ({"certainty": "sure"}, "expected one of high, medium"),
        ({"start": "5", "end": "99999"}, "no stretch of the text"),
        ({"accept": "perhaps"}, "expected yes, no or an empty cell"),
    ],
)
def test_what_does_not_fit_is_refused_and_nothing_is_written(case, article, cells, words):
    draft(case, article)
    before = tables(case)
    decide(case, choose=lambda row: row["kind"] == "quotation", **cells)
    with pytest.raises(CaseError, match=words):
        run("--accept", "--case", case)
    assert tables(case) == before
    assert not list(case.glob(".*.part"))


def test_a_sighting_without_a_place_is_refused_with_what_it_lacks(case, article):
    draft(case, article)
    decide(case, choose=lambda row: row["kind"] == "sighting", lat_deg="", time_min="")
    with pytest.raises(CaseError, match="has no time_min, lat_deg"):
        run("--accept", "--case", case)


def test_a_source_needs_an_address(case, article):
    run(article, "--case", case, "--published", "2023-02-02")
    decide(case, choose=lambda row: row["kind"] == "quotation")
    with pytest.raises(CaseError, match="no web address"):
        run("--accept", "--case", case)


def test_a_text_that_was_changed_is_noticed(case, article):
    draft(case, article)
    (case / "draft" / "an-article.txt").write_text("another", encoding="utf-8")
    with pytest.raises(CaseError, match="has changed since it was drafted"):
        run("--review", "--case", case)


def test_drafting_again_keeps_what_was_decided(case, article):
    draft(case, article)
    decide(case, choose=lambda row: row["kind"] == "quotation")
    before = proposals(case)
    assert "drafted before" in draft(case, article)
    assert proposals(case) == before


def test_a_folder_is_drafted_and_copies_are_told(tmp_path, article):
    folder = tmp_path / "papers"
    folder.mkdir()
    for name in ("a.txt", "b.txt"):
        (folder / name).write_text(TEXT, encoding="utf-8")
    (folder / "c.pdf").write_text("no article", encoding="utf-8")
    told = json.loads(run(folder, "--json"))
    assert [one["file"] for one in told["articles"]] == ["a.txt", "b.txt"]
    assert all(one["same_as"] for one in told["proposals"] if one["article"] == "b.txt")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "nothing to draft"),
        (["--review"], "no case"),
        (["gone.txt"], "is not there"),
        (["{article}", "--published", "Friday"], "is no day of publication"),
        (["{article}", "--home", "USA"], "is no state"),
        (["{article}", "{article}", "--url", URL], "one --url for 2 articles"),
    ],
)
def test_mistakes_at_the_keyboard_are_said(article, arguments, words):
    with pytest.raises(OverflightError, match=words):
        run(*(argument.format(article=article) for argument in arguments))


def test_the_example_of_the_documentation_is_what_is_printed(root):
    page = (root / "docs" / "how-to" / "draft-article.md").read_text(encoding="utf-8")
    shown = page.split("```text\n")[1].split("```")[0]
    article = root / "docs" / "how-to" / "article.txt"
    assert article.read_text(encoding="utf-8") == shown
    example = page.split("```console\n")[1].split("```")[0]
    typed, _, printed = example.partition("\n")
    assert typed == "$ overflight draft docs/how-to/article.txt --published 2023-02-02"
    assert run(article, "--published", "2023-02-02") == printed


FIRST = (
    "The balloon was launched from Hainan on Jan. 28, 2023, officials said. The balloon left Alaska"
    " two days after the launch, the Navy said. The balloon left Alaska before it entered Canada, "
    "the Navy said.\n\nOfficials denied that it was launched before the summit.\n"
)
SECOND = "It entered Canada a week before the balloon left Alaska, a Canadian official said.\n"


def decided(case, name, choose, **cells):
    path = case / "draft" / f"{name}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        if choose(row):
            row.update({"accept": "yes", **cells})
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)


@pytest.fixture
def two_articles(case, tmp_path):
    for name, text in (("first", FIRST), ("second", SECOND)):
        (tmp_path / f"{name}.txt").write_text(text, encoding="utf-8")
    run(
        tmp_path / "first.txt", tmp_path / "second.txt", "--case", case, "--published", "2023-02-05"
    )
    for name in ("first", "second"):
        path = case / "draft" / f"{name}.json"
        facts = json.loads(path.read_text(encoding="utf-8"))
        url = f"https://example.org/{name}"
        path.write_text(json.dumps(facts | {"url": url}), encoding="utf-8")
    return case


def told_in_order(row):
    return row["kind"] in {"event", "order"}


def test_accepted_events_and_orders_enter_the_chronology_and_not_the_statements(two_articles):
    case = two_articles
    before = tables(case)
    decided(case, "first", told_in_order)
    run("--accept", "--case", case)
    found, after = load(case), tables(case)
    launch = next(one for one in found.events if "Hainan" in one.text)
    assert (launch.when.text, launch.attribution) == ("2023-01-28", "official_anonymous")
    assert launch.source == "first"
    assert "first, second" not in launch.note
    texts = {one.id: one.text for one in found.events}
    assert [
        (texts[one.first], one.relation.text, texts[one.second]) for one in found.relations
    ] == [
        ("The balloon left Alaska", "two days after", "the launch"),
        ("The balloon left Alaska", "before", "it entered Canada"),
    ]
    assert all(
        one.quote in FIRST and one.attribution == "official_named" for one in found.relations
    )
    # What is denied bounds nothing: it stays a statement.
    new = after["statements.csv"][len(before["statements.csv"]) :].decode()
    assert new.count("\n") == new.count(",denied,order,") == 1
    assert after["sightings.csv"] == before["sightings.csv"]


def test_two_articles_that_contradict_each_other_are_found_with_the_fewest_sentences(two_articles):
    case = two_articles
    decided(case, "first", told_in_order)
    run("--accept", "--case", case)
    assert order_of(load(case)).contradictions == ()
    # The second article's events are the same words as the first one's: they need no second row.
    decided(case, "second", lambda row: row["kind"] == "order")
    run("--accept", "--case", case)
    found = load(case)
    assert {one.source for one in found.events} == {"first"}
    [clash] = order_of(found).contradictions
    told = sentences(found, clash)
    assert {one.source for one in told} == {"first", "second"}
    assert {one.attribution for one in told} == {"official_named", "official_anonymous"}
    assert sorted(one.quote[:22] for one in told) == [
        "It entered Canada a we", "The balloon left Alask",
    ]  # fmt: skip
    shown = CliRunner().invoke(app, ["validate", str(case)]).output
    assert "a week before" in shown


def test_an_order_needs_both_of_its_events(two_articles):
    case = two_articles
    before = tables(case)
    decided(case, "first", lambda row: row["kind"] == "order" and row["modality"] == "asserted")
    with pytest.raises(CaseError, match=r"which is not in the case.*Accept"):
        run("--accept", "--case", case)
    assert tables(case) == before
    decided(case, "first", lambda row: row["kind"] == "order", second="")
    with pytest.raises(CaseError, match="has no second"):
        run("--accept", "--case", case)
    assert tables(case) == before


def test_an_order_may_name_an_event_of_another_article_that_enters_with_it(two_articles):
    case = two_articles
    with (case / "draft" / "second.csv").open(encoding="utf-8", newline="") as file:
        [alaska] = [row["id"] for row in csv.DictReader(file) if "Alaska" in row["statement"]
                    and row["kind"] == "event"]  # fmt: skip
    decided(case, "second", lambda row: row["kind"] == "event")
    decided(
        case, "first",
        lambda row: row["kind"] == "event" or (row["kind"] == "order" and "Canada" in row["text"]),
    )  # fmt: skip
    decided(case, "first", lambda row: row["relation"] == "before", first=f"second:{alaska}")
    assert "accepted and entered" in run("--accept", "--case", case)
    found = load(case)
    [relation] = found.relations
    events = {one.id: one for one in found.events}
    assert (events[relation.first].source, events[relation.second].source) == ("second", "first")


def test_the_review_shows_what_an_order_stands_between(two_articles):
    shown = run("--review", "--case", two_articles, say="s\n" * 12 + "q\n")
    assert re.search(r"first: a1\.p\d+ \(The balloon left Alaska\)", shown)
    assert "relation: two days after" in shown
