"""The evidence for other programs: SQLite that Datasette opens, tags, ClaimReview, PROV."""

import asyncio
import csv
import io
import json
import sqlite3
from contextlib import closing

import pytest

from overflight.case.load import bundled, load
from overflight.case.vocabulary import Scope
from overflight.ledgers import chronology, claimed, evidence
from overflight.ledgers.claimed import Claimed, ClaimLine, Numbers
from overflight.release import csvsafe, evidencefiles, ledgerfile

HOSTILE = (
    '=HYPERLINK("https://example.org/x","open")',
    "+1+1",
    "</script><script>window.__broken = 1</script>",
    "\u202egnp.exe\x1b[2J\x00",
    "'); DROP TABLE statements; --",
    "A" * 5_000,
)


def judged(case):
    """Verdicts of every kind, made up: what is tested here is how they are told."""
    labels = [
        (claimed.SUPPORTED, 1, 0.97),
        (claimed.CONTRADICTED, 5, 0.02),
        (claimed.CONSISTENT, 3, 0.5),
        (claimed.UNTESTABLE, 6, None),
    ]
    lines = []
    for number, one in enumerate(case.statements):
        label, credibility, p = labels[number % 4]
        if one.scope is not Scope.FLIGHT:
            label, credibility, p = claimed.OUT_OF_SCOPE, 6, None
        test = None if p is None else Numbers(p, 0.5, 1.0, 0.2, 200.0, p, p, "")
        lines.append(ClaimLine(one, label, credibility, "Because.", test))
    return Claimed(tuple(lines))


@pytest.fixture(scope="module")
def case():
    return load(bundled("2023-conus"))


@pytest.fixture(scope="module")
def spoilt(case):
    """The real case with text that tries to be more than text."""

    def with_text(rows, field, start):
        return tuple(
            one.model_copy(update={field: HOSTILE[(n + start) % len(HOSTILE)]})
            for n, one in enumerate(rows)
        )

    return case.model_copy(
        update={
            "statements": with_text(with_text(case.statements, "text", 0), "speaker", 1),
            "sightings": with_text(case.sightings, "note", 2),
            "sources": with_text(case.sources, "publisher", 3),
            "events": with_text(case.events, "text", 4),
        }
    )


def written(case, folder):
    told = ledgerfile.Told(
        case, judged(case), evidence.ledger(case), chronology.ledger(case), {"CN23-14": 0.9},
        {"case": case.id, "version": "1"},
    )  # fmt: skip
    ledgerfile.write(told, folder / "ledger.sqlite")
    return folder / "ledger.sqlite"


def query(path, sql, *values):
    with closing(sqlite3.connect(path)) as database:
        return database.execute(sql, values).fetchall()


def test_every_row_is_there_and_every_reference_leads_somewhere(case, tmp_path):
    path = written(case, tmp_path)
    for table in ("sources", "sightings", "statements", "events", "relations"):
        assert query(path, f"SELECT count(*) FROM {table}") == [(len(getattr(case, table)),)]
    assert query(path, "PRAGMA foreign_key_check") == []
    assert query(path, "PRAGMA integrity_check") == [("ok",)]
    assert query(path, "SELECT count(*) FROM results") == [(len(case.statements),)]
    text, speaker = query(path, "SELECT text, speaker FROM statements WHERE id = 'S56'")[0]
    row = next(one for one in case.statements if one.id == "S56")
    assert (text, speaker) == (row.text, row.speaker)
    found = query(path, "SELECT position_right_fraction FROM sightings WHERE id = 'CN23-14'")
    assert found == [(0.9,)]
    assert query(path, "SELECT goes_back_to FROM lineage WHERE item = 'S01' AND how = 'lineage'"
                 ) == [("CN23-03",)]  # fmt: skip


def test_the_contradiction_of_the_real_case_is_in_the_file(case, tmp_path):
    path = written(case, tmp_path)
    rows = query(path, "SELECT item FROM contradictions ORDER BY step")
    assert {row[0] for row in rows} == {"CN23-01", "CN23-05", "R01", "R02"}
    assert query(path, "SELECT narrowed_by FROM times WHERE item = 'E10'") == [("R06",)]


def test_the_views_answer(case, tmp_path):
    path = written(case, tmp_path)
    tested = query(path, "SELECT id, verdict, url FROM tested_statements")
    assert len(tested) == sum(one.test is not None for one in judged(case).lines)
    assert all(url.startswith("http") for _, _, url in tested)
    roots = {row[0] for row in query(path, "SELECT id FROM roots")}
    assert "CN23-03" in roots
    assert "S01" not in roots
    times = [row[0] for row in query(path, "SELECT begin_earliest_utc FROM timeline")]
    assert times[0] is None  # the launch: its two reports contradict each other
    assert times[1:] == sorted(times[1:])
    assert len(times) == 50


def test_the_same_ledger_gives_the_same_bytes(case, tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        written(case, tmp_path / name)
    one, other = ((tmp_path / name / "ledger.sqlite").read_bytes() for name in "ab")
    assert one == other


def test_a_row_that_leads_nowhere_leaves_no_file(case, tmp_path):
    broken = case.model_copy(update={"sources": case.sources[1:]})
    told = evidence.ledger(case)
    parts = ledgerfile.Told(broken, judged(case), told, chronology.ledger(case), {}, {})
    with pytest.raises(sqlite3.IntegrityError):
        ledgerfile.write(parts, tmp_path / "ledger.sqlite")
    assert list(tmp_path.iterdir()) == []


def test_hostile_text_is_text(spoilt, tmp_path):
    path = written(spoilt, tmp_path)
    assert query(path, "SELECT count(*) FROM statements") == [(len(spoilt.statements),)]
    with closing(sqlite3.connect(path)) as database:
        for (table,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'"):
            for row in database.execute(f"SELECT * FROM {table}"):
                for value in row:
                    if isinstance(value, str):
                        assert value == csvsafe.cell(value), value
                        assert "\x1b" not in value
                        assert "\u202e" not in value


PAGES = (
    "statements.json?_size=200&_shape=array",
    "tested_statements.json?_shape=array",
    "timeline.json?_shape=array",
    "statements.csv?_size=max",
    "statements",
)


def test_datasette_opens_it(spoilt, tmp_path):
    """Tables, references and views as a browser would ask for them, without a network."""
    from datasette.app import Datasette

    path = written(spoilt, tmp_path)

    async def asked():
        served = Datasette([], immutables=[str(path)])
        await served.invoke_startup()
        answers = {}
        for name in PAGES:
            answers[name] = await served.client.get(f"/ledger/{name}")
        database = served.get_database("ledger")
        keys = await database.foreign_keys_for_table("statements")
        return answers, keys

    answers, keys = asyncio.run(asked())
    assert all(answer.status_code == 200 for answer in answers.values())
    assert len(answers["statements.json?_size=200&_shape=array"].json()) == 80
    assert {key["other_table"] for key in keys} == {"items", "sources"}
    assert "<script>window" not in answers["statements"].text
    cells = csv.reader(io.StringIO(answers["statements.csv?_size=max"].text))
    assert not [cell for row in cells for cell in row if cell.startswith(("=", "+", "@"))]


def files(case, folder):
    evidencefiles.write(case, judged(case), evidence.ledger(case), "1", folder)
    with (folder / "tags.csv").open(encoding="utf-8", newline="") as file:
        tags = list(csv.reader(file))
    told = (folder / name for name in ("claims.jsonld", "prov.json"))
    return (tags, *(json.loads(path.read_text(encoding="utf-8")) for path in told))


# The taxonomies admiralty-scale and estimative-language of MISP, as published.
RELIABILITY, CREDIBILITY = set("abcdef"), set("123456")
LIKELIHOOD = {
    "almost-no-chance", "very-unlikely", "unlikely", "roughly-even-chance", "likely",
    "very-likely", "almost-certain",
}  # fmt: skip


def test_tags_are_those_of_the_taxonomies(case, tmp_path):
    tags, _, _ = files(case, tmp_path)
    seen = set()
    for row in tags[1:]:
        space, _, rest = row[2].partition(":")
        predicate, _, value = rest.partition("=")
        known = {
            ("admiralty-scale", "source-reliability"): RELIABILITY,
            ("admiralty-scale", "information-credibility"): CREDIBILITY,
            ("estimative-language", "likelihood-probability"): LIKELIHOOD,
        }[space, predicate]
        assert value.strip('"') in known
        seen.add(predicate)
        assert row[1][0] in "ABCDEF"
        assert row[1][1] in CREDIBILITY
    assert len(seen) == 3


def test_only_what_was_tested_is_reviewed(case, tmp_path):
    _, reviews, _ = files(case, tmp_path)
    assert reviews["@context"] == "https://schema.org"
    out = {f"urn:overflight:{case.id}:{one.id}" for one in case.statements
           if one.scope is not Scope.FLIGHT}  # fmt: skip
    assert len(reviews["@graph"]) == sum(one.test is not None for one in judged(case).lines)
    for one in reviews["@graph"]:
        assert one["@id"] not in out
        rating = one["reviewRating"]
        assert rating["worstRating"] <= rating["ratingValue"] <= rating["bestRating"]
        assert one["itemReviewed"]["author"]["name"]
        assert one["itemReviewed"]["appearance"]["url"].startswith("http")
        assert rating["alternateName"].startswith("part tested")


def test_prov_refers_to_nothing_that_it_does_not_declare(case, tmp_path):
    _, _, prov = files(case, tmp_path)
    declared = {kind: set(prov[kind]) for kind in ("entity", "activity", "agent")}
    for one in prov["wasDerivedFrom"].values():
        assert {one["prov:generatedEntity"], one["prov:usedEntity"]} <= declared["entity"]
    for one in prov["used"].values():
        assert one["prov:entity"] in declared["entity"]
        assert one["prov:activity"] in declared["activity"]
    for one in prov["wasAttributedTo"].values():
        assert one["prov:entity"] in declared["entity"]
        assert one["prov:agent"] in declared["agent"]
    names = {name.partition(":")[0] for kind in declared.values() for name in kind}
    assert names <= prov["prefix"].keys()
    assert len(declared["entity"]) == len(case.sources) + len(case.sightings) + 80 + 1
    derived = prov["wasDerivedFrom"].values()
    assert any(one["prov:usedEntity"] == "case:CN23-03" for one in derived)


def test_json_of_hostile_text_ends_no_script_and_hides_nothing(spoilt, tmp_path):
    tags, reviews, _ = files(spoilt, tmp_path)
    for name in ("claims.jsonld", "prov.json"):
        text = (tmp_path / name).read_text(encoding="utf-8")
        assert "<" not in text
        assert "\u202e" not in text
        assert "\\u001b" not in text
    assert any("</script>" in one["claimReviewed"] for one in reviews["@graph"])
    assert not [cell for row in tags for cell in row if cell.startswith(("=", "+", "@"))]
