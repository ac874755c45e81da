"""What a draft proposes: one thing that the text says, pointing at the characters that say it."""

from dataclasses import asdict, dataclass
from typing import Any, Literal

from overflight.case.draft.days import When
from overflight.case.draft.gazetteer import Mention
from overflight.case.draft.quantities import Quantity
from overflight.case.vocabulary import Attribution, Modality, Scope

Kind = Literal["claim", "quotation", "sighting", "event", "order"]
KINDS: tuple[Kind, ...] = ("claim", "quotation", "sighting", "event", "order")


@dataclass(frozen=True)
class Proposal:
    """Something that the text says; ``text`` is exactly what stands there."""

    id: str
    article: str
    kind: Kind
    start: int
    end: int
    text: str
    speaker: str
    attribution: Attribution
    modality: Modality
    scope: Scope
    topic: str
    confidence: float
    """From 0 to 1: how sure the rules are of speaker and class. It is no probability."""
    reasons: tuple[str, ...] = ()
    whens: tuple[When, ...] = ()
    said: str = ""
    """The day on which it was said or printed, as precisely as known."""
    places: tuple[Mention, ...] = ()
    quantities: tuple[Quantity, ...] = ()
    bearing: str = ""
    heading: str = ""
    geometry: str = ""
    relation: str = ""
    """Of an order: how the first stands to the second, as ``relations.csv`` has it."""
    first: str = ""
    second: str = ""
    """Of an order: the ids of its two events, '' where the text does not hold one."""
    when: str = ""
    """Of an event: the cell ``when`` of ``events.csv``."""
    same_as: tuple[str, ...] = ()

    def facts(self) -> dict[str, Any]:
        """As JSON shows it."""
        return {
            "id": self.id, "article": self.article, "kind": self.kind, "start": self.start,
            "end": self.end, "text": self.text, "speaker": self.speaker,
            "attribution_class": self.attribution.value, "modality": self.modality.value,
            "scope": self.scope.value, "topic": self.topic, "said": self.said,
            "confidence": round(self.confidence, 2), "reasons": list(self.reasons),
            "times": [_when(one) for one in self.whens],
            "places": [_place(one) for one in self.places],
            "quantities": [asdict(one) for one in self.quantities],
            "bearing": self.bearing, "heading": self.heading, "geometry": self.geometry,
            "relation": self.relation, "first": self.first, "second": self.second,
            "when": self.when, "same_as": list(self.same_as),
        }  # fmt: skip


def _when(one: When) -> dict[str, Any]:
    bounds = {
        name: value.isoformat().replace("+00:00", "Z") if value else None
        for name, value in (("earliest", one.earliest), ("latest", one.latest))
    }
    span = {"start": one.start, "end": one.end, "text": one.text}
    return {**span, **bounds, "precision": one.precision, "how": one.how}


def _place(one: Mention) -> dict[str, Any]:
    candidates = [
        {"name": place.name, "zone": place.zone, "kind": place.kind, "lat_deg": place.lat_deg,
         "lon_deg": place.lon_deg, "sd_km": place.sd_km}
        for place in one.candidates
    ]  # fmt: skip
    return {"start": one.start, "end": one.end, "text": one.text, "candidates": candidates}
