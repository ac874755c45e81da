"""The evidence for other programs: grades as tags, verdicts as ClaimReview, lineage as PROV.

- ``tags.csv``: Admiralty grades, and machine tags of the MISP taxonomies ``admiralty-scale`` and
  ``estimative-language``.
- ``claims.jsonld``: a schema.org ``ClaimReview`` for every statement that was tested; what is out
  of scope or cannot be tested is not reviewed.
- ``prov.json``: the lineage as W3C PROV-JSON.

All text is that of strangers: it is written as data, without controls, and "<" is escaped so that
a page may hold the JSON as it is.
"""

import json
from pathlib import Path
from typing import Any

from overflight.case.lineage import COPIES, CORRECTS
from overflight.case.model import Case
from overflight.case.vocabulary import Attribution
from overflight.ledgers import claimed
from overflight.ledgers.claimed import Claimed, ClaimLine
from overflight.ledgers.evidence import Evidence
from overflight.release import csvsafe, verdicts
from overflight.release.formats.text import plain
from overflight.release.wording import word

_PERSONS = {Attribution.OFFICIAL_NAMED, Attribution.EXPERT_NAMED, Attribution.EYEWITNESS}
_ESTIMATES = {"roughly even": "roughly-even-chance"}  # the others are ours with hyphens
TESTED = (claimed.SUPPORTED, claimed.CONTRADICTED, claimed.CONSISTENT)
_QUALIFIED = "prov:QUALIFIED_NAME"


def write(case: Case, judged: Claimed, evidence: Evidence, version: str, folder: Path) -> None:
    """Write the three files."""
    csvsafe.write_table(folder / "tags.csv", ("id", "admiralty", "tag"), tag_rows(case, judged))
    _write_json(folder / "claims.jsonld", reviews(case, judged, version))
    _write_json(folder / "prov.json", provenance(case, evidence, version))


def tags(line: ClaimLine) -> tuple[str, ...]:
    """The machine tags of a statement; a likelihood only where it was tested."""
    found = [
        f'admiralty-scale:source-reliability="{line.statement.reliability.value.lower()}"',
        f'admiralty-scale:information-credibility="{line.credibility}"',
    ]
    if line.test is not None and line.label in TESTED:
        said = word(line.test.probability)
        likelihood = _ESTIMATES.get(said, said.replace(" ", "-"))
        found.append(f'estimative-language:likelihood-probability="{likelihood}"')
    return tuple(found)


def tag_rows(case: Case, judged: Claimed) -> list[tuple[str, str, str]]:
    """A row for each tag; a sighting has a reliability, and 6 for what is not judged."""
    rows = [
        (line.statement.id, f"{line.statement.reliability}{line.credibility}", tag)
        for line in judged.lines
        for tag in tags(line)
    ]
    return rows + [
        (one.id, f"{one.reliability}6", tag)
        for one in case.sightings
        for tag in (
            f'admiralty-scale:source-reliability="{one.reliability.value.lower()}"',
            'admiralty-scale:information-credibility="6"',
        )
    ]


def reviews(case: Case, judged: Claimed, version: str) -> dict[str, Any]:
    """The tested statements as schema.org ClaimReview."""
    sources = {one.id: one for one in case.sources}
    graph = []
    for line in judged.lines:
        if line.label not in TESTED or line.test is None:
            continue
        said, source = line.statement, sources[line.statement.source]
        part = "; and ".join(verdicts.in_words(one) for one in said.test or ())
        kind = "Person" if said.attribution in _PERSONS else "Organization"
        appearance = {
            "@type": "CreativeWork",
            "url": source.url,
            "publisher": {"@type": "Organization", "name": clean(source.publisher)},
        }
        graph.append(
            {
                "@type": "ClaimReview",
                "@id": f"urn:overflight:{case.id}:{said.id}",
                "claimReviewed": clean(said.text),
                "reviewAspect": part,
                "reviewBody": line.reason,
                "itemReviewed": {
                    "@type": "Claim",
                    "author": {"@type": kind, "name": clean(said.speaker)},
                    "datePublished": said.said.text,
                    "appearance": appearance,
                },
                "author": {"@type": "SoftwareApplication", "name": f"overflight {version}"},
                "reviewRating": {
                    "@type": "Rating",
                    "worstRating": 1,
                    "bestRating": 5,
                    "ratingValue": 6 - line.credibility,
                    "alternateName": verdicts.verdict(line),
                },
            }
        )
    return {"@context": "https://schema.org", "@graph": graph}


def provenance(case: Case, evidence: Evidence, version: str) -> dict[str, Any]:
    """The lineage as PROV-JSON: rows are entities, who speaks is an agent."""
    told: dict[str, Any] = {
        "prefix": {
            "case": f"urn:overflight:{case.id}:",
            "overflight": "urn:overflight:terms:",
            "xsd": "http://www.w3.org/2001/XMLSchema#",
        },
        "entity": {
            **{_name(one.id): _source(one.publisher, one.url) for one in case.sources},
            **{
                _name(one.id): _entity("Sighting", one.quote or one.note, str(one.attribution))
                for one in case.sightings
            },
            **{
                _name(one.id): _entity("Statement", one.text, str(one.attribution))
                for one in case.statements
            },
            _name("account."): {"prov:type": _type("overflight:Account")},
        },
        "activity": {_name("run."): {"overflight:version": version}},
        "agent": {},
        "wasAttributedTo": {},
        "wasDerivedFrom": {
            f"_:d{number}": _derivation(link.of, link.to, link.how)
            for number, link in enumerate(evidence.lineage.links)
        },
        "used": {
            f"_:u{number}": {"prov:activity": _name("run."), "prov:entity": _name(name)}
            for number, name in enumerate(_evidence(case))
        },
        "wasGeneratedBy": {
            "_:g0": {"prov:entity": _name("account."), "prov:activity": _name("run.")}
        },
    }
    speakers = {one.speaker: f"speaker.{i}" for i, one in enumerate(case.statements)}
    for speaker, name in speakers.items():
        told["agent"][_name(name)] = {"prov:label": clean(speaker)}
    for number, one in enumerate(case.statements):
        told["wasAttributedTo"][f"_:a{number}"] = {
            "prov:entity": _name(one.id),
            "prov:agent": _name(speakers[one.speaker]),
        }
    return told


def _evidence(case: Case) -> list[str]:
    return [one.id for one in case.sightings] + [one.id for one in case.statements]


def _derivation(of: str, to: str, how: str) -> dict[str, Any]:
    kind = {COPIES: "prov:Quotation", CORRECTS: "prov:Revision"}.get(how, "prov:PrimarySource")
    return {
        "prov:generatedEntity": _name(of),
        "prov:usedEntity": _name(to),
        "prov:type": _type(kind),
    }


def _source(publisher: str, url: str) -> dict[str, Any]:
    return {
        "prov:type": _type("overflight:Source"),
        "prov:label": clean(publisher),
        "prov:location": url,
    }


def _entity(kind: str, text: str, attribution: str) -> dict[str, Any]:
    return {
        "prov:type": _type(f"overflight:{kind}"),
        "prov:value": clean(text),
        "overflight:attribution": attribution,
    }


def _type(name: str) -> dict[str, str]:
    return {"$": name, "type": _QUALIFIED}


def _name(name: str) -> str:
    """A qualified name; ids of a case are letters, digits, '.', '_' and '-'."""
    return f"case:{name}"


def clean(text: str) -> str:
    r"""Text without controls and marks that reorder it; not marked as in a spreadsheet.

    >>> clean("=1+1"), clean("a\x1bb")
    ('=1+1', 'ab')
    """
    return plain(text)


def _write_json(path: Path, content: dict[str, Any]) -> None:
    text = json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False)
    path.write_text(text.replace("<", "\\u003c") + "\n", encoding="utf-8")
