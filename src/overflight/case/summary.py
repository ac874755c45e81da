"""What a case that has no mistakes holds, in lines."""

from collections.abc import Iterator

from overflight.case import settle
from overflight.case.chronology.of_case import order_of, sentences
from overflight.case.model import Case, Use

MOST_SHOWN = 10


def lines(case: Case) -> Iterator[str]:
    """What was noticed: older words, observations told twice, contradictions; then counts."""
    yield from case.notes[:MOST_SHOWN]
    if len(case.notes) > MOST_SHOWN:
        yield f"... and {len(case.notes) - MOST_SHOWN:,} more words of earlier tables"
    if case.merges:
        yield settle.account(sum(one.use is not Use.NO for one in case.sightings), case.merges)
    yield from _contradictions(case)
    counts = ", ".join(
        f"{len(rows):,} {noun}{'' if len(rows) == 1 else 's'}"
        for rows, noun in (
            (case.sightings, "sighting"),
            (case.statements, "statement"),
            (case.sources, "source"),
            (case.areas, "zone"),
            (case.events, "event"),
            (case.relations, "relation"),
        )
        if rows or noun not in ("zone", "event", "relation")
    )
    yield f"{case.id}: {counts}; no mistakes"


def _contradictions(case: Case) -> Iterator[str]:
    if not case.relations:
        return
    found = order_of(case).contradictions
    for number, one in enumerate(found[:MOST_SHOWN], start=1):
        yield f"contradiction {number}: these cannot all be true, though any all but one can"
        for said in sentences(case, one):
            yield f"  {said.text} [{said.id}, {said.attribution}, {said.source}]"
    if len(found) > MOST_SHOWN:
        yield f"... and {len(found) - MOST_SHOWN:,} more contradictions"
