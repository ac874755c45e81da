"""What reports rest on: words, dates, copies, corrections; each observation counts once."""

import csv
import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from overflight.case import lineage, older, summary
from overflight.case.copying import Report, copy_probability, likelihood_ratio
from overflight.case.load import bundled, load
from overflight.case.model import Case, Use, json_schema
from overflight.case.vocabulary import Attribution, Modality, PartialDate
from overflight.inference import observations
from overflight.ledgers import evidence

ROW = {
    "source": "gazette", "attribution": "eyewitness", "geometry": "line_of_sight",
    "time_min": "2023-02-01T22:00Z", "time_max": "2023-02-02T00:00Z", "lat_deg": "45.78",
    "lon_deg": "-108.50", "position_sd": "20 km", "reliability": "C", "certainty": "medium",
}  # fmt: skip


def table(folder, name, *rows):
    """Add rows to a table of the example, with the columns that it lacks."""
    path = folder.path / name
    with path.open(encoding="utf-8", newline="") as file:
        old = list(csv.DictReader(file))
    columns = list(dict.fromkeys([*old[0], *(column for row in rows for column in row)]))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows([*old, *rows])


def with_columns(folder, *rows, sources=()):
    """The example with columns for what rows go back to, and rows more."""
    table(folder, "sightings.csv", *(ROW | row for row in rows))
    table(
        folder,
        "sources.csv",
        *(
            {"id": name, "publisher": "A paper", "url": f"https://example.org/{name}",
             "copy_status": "copy", "copies": of}
            for name, of in sources
        ),
    )  # fmt: skip


def used(case):
    return {one.id: one for one in observations.used_for_position(case)}


@pytest.mark.parametrize(
    ("copied", "ratio"), [((0.0, 0.0), 64.0), ((0.7, 0.7), 6.1191), ((1, 1), 4.0)]
)
def test_reports_that_may_be_copies_add_less(copied, ratio):
    """T27: three agreeing reports, with copy probabilities of the later two."""
    assert likelihood_ratio(0.8, 0.2, copied) == pytest.approx(ratio, abs=1e-4)


@given(st.floats(0.5, 0.99), st.floats(0.01, 0.5), st.lists(st.floats(0.0, 1.0), max_size=5))
def test_a_copy_never_adds_more_than_a_witness_and_never_speaks_against(p1, p0, copied):
    ratio = likelihood_ratio(p1, p0, tuple(copied))
    first = p1 / p0
    assert first * (1 - 1e-12) <= ratio <= first ** (1 + len(copied)) * (1 + 1e-9)


@pytest.mark.parametrize(
    ("first", "second", "same", "chance"),
    [
        ("official_anonymous", "official_anonymous", {"day"}, 0.7),
        ("official_anonymous", "official_anonymous", set(), 0.0),
        ("official_anonymous", "official_anonymous", {"root"}, 1.0),
        ("official_named", "eyewitness", {"article"}, 1.0),
        ("official_named", "foreign_government", {"day"}, 0.3),
        ("foreign_government", "foreign_government", {"day"}, 0.3),
        ("telemetry", "official_anonymous", {"day", "article"}, 0.0),
        ("eyewitness", "eyewitness", {"day"}, 0.0),
        ("imagery", "imagery", {"day", "root"}, 1.0),
    ],
)
def test_who_may_have_copied_whom(first, second, same, chance):
    days = [PartialDate.parse(f"2023-02-0{day}").earliest for day in (3, 4)]
    one = Report(Attribution(first), days[0], frozenset({"r"}), frozenset({"a paper"}))
    other = Report(
        Attribution(second),
        days["day" not in same],
        frozenset({"r"} if "root" in same else {"q"}),
        frozenset({"a paper"} if "article" in same else {"another"}),
    )
    assert copy_probability(one, other) == chance


def test_an_exact_copy_counts_once(folder):
    before = len(used(folder.read()))
    with_columns(folder, {"id": "x1"}, {"id": "x2", "copies": "x1"})
    case = folder.read()
    assert len(used(case)) == before + 1
    merge = case.merges[0]
    assert (merge.kept, merge.dropped, merge.widened) == ("x1", ("x2",), False)
    row = next(one for one in case.sightings if one.id == "x2")
    assert row.use is Use.NO
    assert "x1" in row.why_not_used


def test_a_copy_with_other_numbers_is_the_latest_and_reaches_the_first(folder):
    with_columns(
        folder,
        {"id": "x1", "reported": "2023-02-02"},
        {
            "id": "x2",
            "copies": "x1",
            "lat_deg": "46.78",
            "time_min": "2023-02-01T20:00Z",
            "reported": "2023-02-05",
        },
    )
    case = folder.read()
    row = used(case)["x2"]
    assert "x1" not in used(case)
    assert row.lat_deg == 46.78
    apart_m = math.radians(1.0) * 6_371_009.0
    assert row.position_sd_m == pytest.approx(math.hypot(20_000.0, apart_m), rel=1e-6)
    assert row.time_min.hour == 20
    assert case.merges[0].widened
    assert [one.lat_deg for one in case.merges[0].history] == [45.78, 46.78]
    assert case.merges[0].history[-1].position_sd_m == 20_000.0  # as it was written


def test_a_correction_takes_the_place_of_what_it_corrects_and_is_not_widened(folder):
    with_columns(
        folder,
        {"id": "x1", "reported": "2023-02-05"},
        {"id": "x2", "corrects": "x1", "lat_deg": "46.78", "reported": "2023-02-02"},
    )
    case = folder.read()
    assert "x1" not in used(case)
    assert used(case)["x2"].position_sd_m == 20_000.0
    assert [one.id for one in case.merges[0].history] == ["x1", "x2"]


def test_a_row_of_two_observations_adds_to_neither(folder):
    with_columns(
        folder,
        {"id": "x1"},
        {"id": "x2", "lat_deg": "46.0"},
        {"id": "x3", "copies": "x1; x2", "lat_deg": "45.9", "reported": "2023-03-01"},
    )
    case = folder.read()
    assert {"x1", "x2"} <= used(case).keys()
    assert "x3" not in used(case)
    assert used(case)["x1"].position_sd_m == 20_000.0


def test_what_a_copy_of_a_source_repeats_counts_once(folder):
    """The same row in an article and in a wire's rewrite of it, which no cell of the row says."""
    with_columns(
        folder,
        {"id": "x1"},
        {"id": "x2", "source": "wire"},
        {"id": "x3", "source": "wire", "lat_deg": "46.2"},
        sources=(("wire", "gazette"),),
    )
    case = folder.read()
    assert "x2" not in used(case)
    assert {"x1", "x3"} <= used(case).keys()


def test_two_rewrites_of_one_article_are_one_and_a_digest_joins_no_two_others(folder):
    with_columns(
        folder,
        {"id": "x1", "source": "wire1"},
        {"id": "x2", "source": "wire2"},
        {"id": "x3", "source": "other"},
        {"id": "x4", "source": "digest"},
        sources=(("wire1", "gazette"), ("wire2", "gazette"), ("other", ""),
                 ("digest", "gazette; other")),
    )  # fmt: skip
    assert {"x1", "x2", "x3", "x4"} & used(folder.read()).keys() == {"x1", "x3"}


def test_a_statement_follows_its_evidence_to_the_row_that_stands_for_it(folder):
    with_columns(folder, {"id": "x1", "copies": "s2", "lat_deg": "45.80", "reported": "2023-02-09"})
    case = folder.read()
    assert case.merges[0].kept == "x1"
    assert set(case.statements[0].lineage) == {"s2", "x1"}


def test_two_that_copy_one_statement_are_one(folder):
    with_columns(
        folder, {"id": "x1", "copies": "c1"}, {"id": "x2", "copies": "c1", "lat_deg": "45.79"}
    )
    case = folder.read()
    assert used(case).keys() & {"x1", "x2", "s2"} == {"x2"}  # c1 goes back to s2
    graph = lineage.lineage(case)
    assert graph.roots["x1"] == graph.roots["x2"] == graph.roots["c1"] == {"s2"}


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (
            ({"id": "x1", "copies": "x2"}, {"id": "x2", "copies": "x1", "lat_deg": "46"}),
            "copies: a circle: x1 goes back to x2 goes back to x1",
        ),
        (
            ({"id": "x1", "copies": "x2"}, {"id": "x2", "corrects": "x1", "lat_deg": "46"}),
            "a circle: x1 goes back to x2 goes back to x1",
        ),
        (({"id": "x1", "copies": "x1"},), "x1 goes back to x1"),
        (({"id": "x1", "copies": "x9"},), "copies: 'x9' is unknown"),
        (({"id": "x1", "corrects": "c1"},), "corrects: 'c1' is unknown"),
        (({"id": "x1", "reported": "soon"},), "reported: 'soon' is not a date"),
    ],
)
def test_what_cannot_be_gone_back_to_is_refused_with_its_place(folder, rows, words):
    with_columns(folder, *rows)
    (mistake, *_) = folder.mistakes()
    assert mistake.startswith("  sightings.csv:")
    assert words in mistake


def test_circles_of_sources_are_refused(folder):
    with_columns(folder, {"id": "x1"}, sources=(("w1", "w2"), ("w2", "w1")))
    assert "sources.csv:" in folder.mistakes()[0]
    assert "w1 goes back to w2 goes back to w1" in folder.mistakes()[0]


@given(st.dictionaries(st.integers(0, 7), st.lists(st.integers(0, 7), max_size=3)))
def test_a_circle_is_found_exactly_if_there_is_one(links):
    back = {str(n): [str(to) for to in links.get(n, [])] for n in range(8)}
    left = {row: set(to) for row, to in back.items()}
    while True:  # take away what goes back to nothing that is left
        gone = {row for row, to in left.items() if not to & left.keys()}
        if not gone:
            break
        left = {row: to for row, to in left.items() if row not in gone}
    found = lineage.circle(back)
    assert bool(found) == bool(left)
    for one, to in zip(found, found[1:] + found[:1], strict=True):
        assert to in back[one]
    if not found:
        ends = lineage.roots(back)
        for row, those in ends.items():
            assert all(not back[end] for end in those)
            assert bool(back[row]) == (row not in those)


def test_older_words_are_read_as_those_of_today_and_said_with_their_place(folder):
    folder.change("statements.csv", "eyewitness,asserted,path", "press_opinion,estimated,path")
    case = folder.read()
    row = case.statements[0]
    assert (row.attribution, row.modality, row.manner) == ("author", "asserted", "estimated")
    assert case.notes == (
        "statements.csv:2:attribution: 'press_opinion' is read as 'author'",
        "statements.csv:2:modality: 'estimated' is read as 'asserted', and kept as the manner",
    )


def test_a_word_of_no_vocabulary_is_refused_with_its_place(folder):
    folder.change("statements.csv", "eyewitness,asserted,path", "eyewitness,mumbled,path")
    assert folder.mistakes()[0].startswith(
        "  statements.csv:2:modality: 'mumbled'; expected one of"
    )


@pytest.mark.parametrize(
    ("text", "precision"),
    [("2023", "year"), ("2023-02", "month"), ("2023-02-04", "day"), ("2023-02-04T15Z", "hour"),
     ("2023-02-04T15:00Z", "minute"), ("2023-02-04T15:00-07:00", "minute"),
     ("2023-02-04T15:00:30Z", "second")],
)  # fmt: skip
def test_a_dates_precision_is_its_prefix(text, precision):
    assert PartialDate.parse(text).precision == precision


def test_information_is_not_later_than_its_report(folder):
    rows = (folder.path / "statements.csv").read_text().splitlines()
    rows = [f"{rows[0]},informed", f"{rows[1]},2023-02-09", *(f"{row}," for row in rows[2:])]
    folder.write("statements.csv", "\n".join(rows) + "\n")
    assert folder.mistakes()[0].startswith("  statements.csv:2:informed: informed 2023-02-09")


def test_events_and_relations_are_read_and_their_mistakes_placed(folder):
    folder.write("events.csv", "id,text,when,until,source,attribution,certainty\n"
                 "e1,It rose,2023-02-01,,gazette,document,high\n"
                 "e2,It fell,2023-02-03Z..2023-02-01Z,,gazette,document,high\n"
                 "s1,Twice,2023-02-03,,gazette,document,high\n")  # fmt: skip
    folder.write("relations.csv", "id,first,relation,second,source,attribution,certainty\n"
                 "r1,e1,befor,e2,gazette,document,high\n"
                 "r2,e1,before,e9,nobody,document,high\n"
                 "r3,e1,before,e1,gazette,document,high\n")  # fmt: skip
    told = folder.mistakes()
    places = [
        "events.csv:3:when",
        "events.csv:4:id",
        "relations.csv:2:relation",
        "relations.csv:3:second",
        "relations.csv:3:source",
        "relations.csv:4:second",
    ]
    for place in places:
        assert any(line.startswith(f"  {place}: ") for line in told), (place, told)


def test_the_real_case_counts_as_it_did_and_shows_its_one_contradiction():
    from overflight.case.chronology.of_case import order_of, sentences

    case = load(bundled("2023-conus"))
    assert case.notes == ()
    assert case.merges == ()
    assert len(observations.used_for_position(case)) == 39
    (clash,) = order_of(case).contradictions
    assert {one.id for one in sentences(case, clash)} == {"CN23-01", "CN23-05", "R01", "R02"}
    assert clash.short_by_s == pytest.approx(5.583 * 86_400, rel=0.01)


def test_every_row_of_the_shared_tables_has_a_place_in_the_vocabulary(shared_data):
    """Cases from 2019 to 2026, in the words of their compilers."""
    with (shared_data / "case" / "statements.csv").open(encoding="utf-8", newline="") as file:
        statements = list(csv.DictReader(file))
    with (shared_data / "case" / "sightings.csv").open(encoding="utf-8", newline="") as file:
        sightings = list(csv.DictReader(file))
    assert (len(statements), len(sightings)) == (96, 94)
    classes = [older.attribution(row["attribution_class"]) for row in statements]
    classes += [older.attribution(row["source_class"]) for row in sightings]
    assert {Attribution.OWNER, Attribution.TELEMETRY, Attribution.DOCUMENT} <= set(classes)
    manners = {row["modality"]: older.modality(row["modality"]) for row in statements}
    assert manners["denied"] is Modality.DENIED
    assert manners["forecast"] is Modality.PREDICTED
    assert manners["refused"] is Modality.QUOTED
    for row in statements:
        for column in ("date_said", "publication_date"):
            assert PartialDate.parse(row[column]).precision in ("year", "month", "day")


def test_the_sister_cases_are_in_order(shared_data):
    """Rows of one case, in the order of the table, with times as stated."""
    from overflight.case.chronology.order import Link, Thing, solve
    from overflight.case.chronology.phrases import parse
    from overflight.case.chronology.spans import Span, seconds
    from overflight.case.vocabulary import read_time

    with (shared_data / "case" / "sightings.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    things = [
        Thing(row["event_id"], Span(*(seconds(read_time(row[f"time_utc_{end}"]))
                                      for end in ("min", "max"))))
        for row in rows
    ]  # fmt: skip
    first = {row["event_id"].split("-")[0]: row["event_id"] for row in reversed(rows)}
    order = ["JP19", "JP20", "JP21", "HI22", "CN23", "AK23", "YK23", "LH23", "TW24", "LT25", "LT26"]
    links = [Link(f"r{i}", first[a], parse("before"), first[b])
             for i, (a, b) in enumerate(itertools.pairwise(order))]  # fmt: skip
    found = solve(things, links)
    assert found.contradictions == ()
    assert all(check.by_times == "holds" for check in found.checks)
    wrong = solve(things, [*links, Link("bad", first["LT25"], parse("days before"), first["AK23"])])
    assert [step.kind for step in wrong.contradictions[0].steps].count("relation") <= 1


def test_the_schema_describes_what_is_in_the_files_and_nothing_else():
    fields = json_schema()["properties"]
    assert {"events", "relations"} <= fields.keys()
    assert not {"merges", "notes"} & fields.keys()
    assert set(Case.model_fields) >= fields.keys() - {"plausible_area"}


def test_what_was_noticed_is_said_before_the_counts(folder):
    folder.change("statements.csv", "eyewitness,asserted,path", "press_opinion,asserted,path")
    with_columns(folder, {"id": "x1"}, {"id": "x2", "copies": "x1"})
    *noticed, counts = summary.lines(folder.read())
    assert counts == "a-case: 7 sightings, 3 statements, 2 sources; no mistakes"
    assert noticed[0].startswith("statements.csv:2:attribution")
    assert noticed[1].endswith("x1 stands for x2.")
    case = load(bundled("2023-conus"))
    told = list(summary.lines(case))
    assert told[0].startswith("contradiction 1: these cannot all be true")
    assert len(told) == 6  # four sentences and the counts


def test_a_row_that_may_copy_another_stays_and_says_how_probable_that_is(folder):
    second = {"id": "x2", "may_copy": "x1", "copy_probability": "0.7", "lat_deg": "45.79"}
    with_columns(folder, {"id": "x1"}, second)
    case = folder.read()
    assert {"x1", "x2"} <= set(used(case))  # both are weighed: the second less
    assert used(case)["x2"].copy_probability == 0.7
    found = [one for one in evidence.ledger(case).echoes if one.later == "x2"]
    assert [(one.earlier, one.copy_probability) for one in found] == [("x1", 0.7)]


def test_a_copy_of_a_row_that_may_be_one_is_no_surer(folder):
    with_columns(
        folder,
        {"id": "x1"},
        {"id": "x2", "may_copy": "x1", "copy_probability": "0.7", "lat_deg": "45.9"},
        {"id": "x3", "copies": "x2", "lat_deg": "46.0", "reported": "2023-03-01"},
    )
    kept = used(folder.read())["x3"]
    assert (kept.may_copy, kept.copy_probability) == (("x1",), 0.7)


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ({"may_copy": "s1"}, "may_copy without copy_probability"),
        ({"copy_probability": "0.7"}, "copy_probability without may_copy"),
        ({"may_copy": "s1", "copy_probability": "1"}, "names it under copies"),
        ({"may_copy": "s1", "copy_probability": "0"}, "leaves may_copy and copy_probability empty"),
        ({"may_copy": "s1", "copy_probability": "likely"}, "a number between 0 and 1"),
        ({"may_copy": "x9", "copy_probability": "0.5"}, "'x9' is unknown"),
        ({"may_copy": "x1", "copy_probability": "0.5"}, "x1 goes back to x1"),
    ],
)
def test_copies_that_are_no_possibility_are_refused(folder, cells, words):
    with_columns(folder, {"id": "x1", **cells})
    assert any(words in mistake for mistake in folder.mistakes())
