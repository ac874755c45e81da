"""The sightings of a case as what maps and files mark."""

from collections.abc import Mapping

from overflight.case.meaning import in_words
from overflight.case.model import Case, Sighting, Source, Use
from overflight.release.language import tell, term
from overflight.release.mapdata import Marker
from overflight.release.wording import height


def markers(case: Case, right: Mapping[str, float]) -> tuple[Marker, ...]:
    """Mark every sighting.

    Parameters
    ----------
    right
        Probability by id that a report is essentially right, of those that were judged.
    """
    sources = {source.id: source for source in case.sources}
    return tuple(
        _marker(one, sources[one.source], right.get(one.id)) for one in case.sightings
    )  # fmt: skip


def _marker(sighting: Sighting, source: Source, probability: float | None) -> Marker:
    return Marker(
        id=sighting.id,
        label=_label(sighting),
        lat_deg=sighting.lat_deg,
        lon_deg=sighting.lon_deg,
        radius_m=sighting.position_sd_m,
        geometry=in_words(sighting),
        time_min_iso=sighting.time_min.strftime("%Y-%m-%dT%H:%MZ"),
        time_max_iso=sighting.time_max.strftime("%Y-%m-%dT%H:%MZ"),
        used=sighting.use is Use.YES,
        probability=probability,
        source_url=source.url,
        source_name=source.publisher,
    )


def _label(sighting: Sighting) -> str:
    parts = [sighting.quote or sighting.note or ""]
    if sighting.altitude_min_m is not None and sighting.altitude_max_m is not None:
        parts.append(
            tell(
                "Altitude reported: {altitude_min} to {altitude_max}, kind {altitude_kind}.",
                altitude_min=height(sighting.altitude_min_m),
                altitude_max=height(sighting.altitude_max_m),
                altitude_kind=term(sighting.altitude_kind),
            )
        )
    if sighting.why_not_used:
        parts.append(
            tell("Not used for position: {why_not_used}", why_not_used=sighting.why_not_used)
        )
    return " ".join(part for part in parts if part)
