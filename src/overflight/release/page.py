"""Lay an account out as one page: the first screen, the map, the sections, the inputs."""

from dataclasses import dataclass, replace
from datetime import timedelta
from importlib.metadata import version

import numpy as np

from overflight.case.model import Case
from overflight.fields import population
from overflight.inference.leave_one_out import LeftOut
from overflight.inference.posterior import Posterior
from overflight.ledgers.brought_down import BroughtDown
from overflight.ledgers.carried import Carried
from overflight.ledgers.chronology import Chronology
from overflight.ledgers.claimed import Claimed
from overflight.ledgers.collected import Collected
from overflight.ledgers.evidence import Evidence
from overflight.ledgers.origin import Launched
from overflight.ledgers.seen import Seen
from overflight.ledgers.steered import Steered
from overflight.ledgers.traversed import Traversed
from overflight.physics.sphere import lats_lons_deg
from overflight.release import (
    about,
    carriedwords,
    chronologywords,
    downpicture,
    downwords,
    originpicture,
    originwords,
    steeredwords,
    verdicts,
    viewwords,
    words,
)
from overflight.release.language import ENGLISH, retell, several, speaking, tell, term
from overflight.release.markers import markers
from overflight.release.report import MapData, Page
from overflight.release.sections import Picture, Section, Table
from overflight.release.wording import percent

MAP_TRACKS, MAP_TIMES = 200, 150


@dataclass(frozen=True)
class Made:
    """Everything that a release tells of."""

    case: Case
    posterior: Posterior
    traversed: Traversed
    steered: Steered
    carried: Carried
    claimed: Claimed
    origin: Launched
    brought_down: BroughtDown
    left_out: tuple[LeftOut, ...]
    attributions: tuple[str, ...]  # of the winds
    wind_basis: tuple[str, ...]  # how wrong the winds may be, and what was noticed about them
    computed_on: tuple[str, ...] = ()  # sentences, where that is not a processor
    collected: Collected | None = None
    seen: Seen | None = None
    evidence: Evidence | None = None
    chronology: Chronology | None = None
    withheld: tuple[str, ...] = ()  # sentences on what a release of this level leaves out


def layout(made: Made, inputs_sha256: str, language: str = ENGLISH) -> Page:
    """Compose the page, in a language of :mod:`overflight.release.language`."""
    with speaking(language) as left:
        laid = _laid(made, inputs_sha256, language)
        if not left:
            return laid
        note = several(
            len(set(left)),
            "One sentence that another part of the program writes is not translated yet.",
            "{count} sentences that other parts of the program write are not translated yet.",
        )
        return replace(laid, methods=(*laid.methods, note))


def _laid(made: Made, inputs_sha256: str, language: str) -> Page:
    case, posterior, release = made.case, made.posterior, version("overflight")
    return Page(
        title=case.title,
        bottom_line=words.bottom_line(case, posterior, made.traversed, made.steered),
        would_change=words.would_change(posterior),
        prior_only=posterior.prior_only,
        wind_statement=retell(posterior.wind_statement),
        sections=(
            words.traversed(made.traversed, posterior.epoch),
            _origin(made),
            steeredwords.section(made.steered, posterior.wind_statement),
            carriedwords.section(made.carried),
            *_in_view(made),
            downwords.section(
                made.brought_down,
                posterior.epoch,
                downpicture.pictures(made.brought_down, posterior.epoch),
            ),
            verdicts.claims(made.claimed),
            *((chronologywords.section(made.chronology),) if made.chronology else ()),
        ),
        map=_map(made),
        sources=_sources(case),
        statements=_statements(made.claimed),
        methods=(
            *map(tell, about.METHODS),
            *((retell(made.evidence.account),) if made.evidence else ()),
            *(tell("Of the winds: {line}", line=line) for line in map(retell, made.wind_basis)),
            *map(retell, (*made.computed_on, *made.withheld)),
        ),
        diagnostics=_diagnostics(made),
        how_to_cite=(
            tell(
                "overflight {release}: {title}. Inputs {inputs_sha256}, seed {seed}.",
                release=release,
                title=case.title,
                inputs_sha256=inputs_sha256[:12],
                seed=posterior.seed,
            )
        ),
        attributions=_attributions(made),
        version=release,
        language=language,
        glossary=tuple((tell(word), tell(meaning)) for word, meaning in about.GLOSSARY),
        inputs_sha256=inputs_sha256,
    )


def _attributions(made: Made) -> tuple[str, ...]:
    return (
        tell("Made with Natural Earth."),
        tell("\u00a9 OpenStreetMap contributors (Open Database License): 12-nautical-mile limits."),
        retell(population.ATTRIBUTION),
        *map(retell, made.attributions),
        *dict.fromkeys(
            tell("Zones: {licence}", licence=area.licence)
            for area in made.case.areas
            if area.licence
        ),
        tell(
            "Facts compiled from the press, official and operator sources cited row by"
            " row; positions assigned by the compiler."
        ),
    )


def _origin(made: Made) -> Section:
    """The launch, with its maps."""
    origin, posterior = made.origin, made.posterior
    told = originwords.section(origin, posterior.epoch, prior_only=posterior.prior_only)
    spots = {one.id: (one.lat_deg, one.lon_deg) for one in made.case.sightings}
    pictures = []
    if origin.days:
        begin = {origin.begin_id: spots[origin.begin_id]}
        drawing = originpicture.cloud(origin, begin)
        pictures.append(Picture(drawing, tell(originwords.CLOUD_CAPTION)))
    fan = originwords.shown_fan(origin)
    if fan is not None:
        drawing = originpicture.lines(fan, spots[fan.begin_id])
        pictures.append(Picture(drawing, originwords.lines_caption(fan)))
    return replace(told, pictures=tuple(pictures))


def _in_view(made: Made) -> tuple[Section, ...]:
    epoch, wind = made.posterior.epoch, made.posterior.wind_statement
    found = []
    if made.collected is not None:
        found.append(viewwords.collected(made.collected, epoch, wind))
    if made.seen is not None and made.seen.observers:
        found.append(viewwords.seen(made.seen, epoch, wind))
    return tuple(found)


def _map(made: Made) -> MapData:
    posterior = made.posterior
    columns = np.unique(
        np.linspace(0, len(posterior.time_s) - 1, MAP_TIMES).round().astype(np.int64)
    )
    rows = np.unique(posterior.equal_rows(MAP_TRACKS))
    stamps = [
        (posterior.epoch + timedelta(seconds=float(posterior.time_s[c]))).strftime(
            "%Y-%m-%dT%H:%MZ"
        )
        for c in columns
    ]
    lat, lon = posterior.lat_deg[:, columns], posterior.lon_deg[:, columns]
    middle_lat, middle_lon = _middle(lat, lon, posterior.weight)
    return MapData(
        time_iso=tuple(stamps),
        lat_deg=lat[rows],
        lon_deg=lon[rows],
        height_m=posterior.height_m[np.ix_(rows, columns)],
        median_lat_deg=middle_lat,
        median_lon_deg=middle_lon,
        sightings=markers(made.case, posterior.sighting_probability),
    )


def _middle(lat: np.ndarray, lon: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The mean position of the flying paths on the sphere; NaN where under half of them fly."""
    phi, lam = np.radians(lat), np.radians(lon)
    vectors = np.stack([np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)])
    flying = np.isfinite(lat)
    share = (flying * weight[:, None]).sum(axis=0) / weight.sum()
    mean = (np.where(flying, vectors, 0.0) * weight[None, :, None]).sum(axis=1)
    mean[:, share < 0.5] = np.nan
    return lats_lons_deg(mean.T)


def _sources(case: Case) -> Table:
    return Table(
        caption=tell("Sources"),
        columns=(tell("Id"), tell("Publisher"), tell("Published"), tell("Copy"), tell("Address")),
        rows=tuple(
            (
                s.id,
                s.publisher,
                s.published.text if s.published else "",
                term(s.copy_status or ""),
                s.url or "",
            )
            for s in case.sources
        ),
        own=(1, 3),
        note=tell(
            "Addresses as consulted; many are copies of an original, which the column Copy says."
        ),
    )


def _statements(line: Claimed) -> Table:
    return Table(
        caption=tell("All statements"),
        columns=(
            tell("Id"),
            tell("Said"),
            tell("Who"),
            tell("Attribution"),
            tell("How"),
            tell("Grade"),
            tell("Statement"),
            tell("Verdict"),
            tell("Source"),
        ),
        rows=tuple(
            (
                one.statement.id,
                one.statement.said.text if one.statement.said else "",
                one.statement.speaker,
                term(str(one.statement.attribution)),
                term(str(one.statement.modality)),
                f"{one.statement.reliability}{one.credibility}",
                one.statement.text,
                verdicts.verdict(one),
                one.statement.source,
            )
            for one in line.lines
        ),
        note=(
            tell(
                "Grade: reliability of the source (A to F), then what the other evidence"
                " makes of the statement (1 confirmed to 6 cannot be judged)."
            )
        ),
        choices=(3, 4, 7),
        own=(2, 6),
    )


def _diagnostics(made: Made) -> Table:
    d, posterior = made.posterior.diagnostics, made.posterior
    rows = [
        (
            tell("Log evidence of passive drift"),
            tell(
                "{log_evidence:.2f} \u00b1 {log_evidence_sd:.2f}",
                log_evidence=posterior.log_evidence,
                log_evidence_sd=posterior.log_evidence_sd,
            ),
        ),
        (
            tell("Scatter of one set of filters"),
            tell("{sd:.2f}", sd=np.std(d.log_evidence_runs, ddof=1)),
        ),
        (
            tell("Error from the choice of constants"),
            tell("{log_evidence_strata_sd:.2f}", log_evidence_strata_sd=d.log_evidence_strata_sd),
        ),
        (
            tell("Defensive run (twist noise doubled)"),
            tell("{log_evidence_defensive:.2f}", log_evidence_defensive=d.log_evidence_defensive)
            if d.log_evidence_defensive is not None
            else tell("not run"),
        ),
        (tell("Effective sample size"), f"{d.ess:.0f}"),
        (tell("Distinct starts among the kept paths"), f"{d.distinct_ancestors}"),
        (tell("Smallest effective share during a run"), percent(d.min_ess_fraction)),
        (
            tell("Strata filtered, and effectively carrying the answer"),
            tell(
                "{n_strata}, {effective_strata:.1f}",
                n_strata=d.n_strata,
                effective_strata=d.effective_strata,
            ),
        ),
        (tell("Particles a filter, filters a stratum"), f"{d.n_particles}, {d.n_runs}"),
        (
            tell("Steps and their length"),
            tell("{n_steps} of {dt:.0f} min", n_steps=d.n_steps, dt=d.dt_s / 60),
        ),
        (tell("Warnings"), "; ".join(map(retell, d.warnings)) or tell("none")),
    ]
    rows += _left_out(made)
    return Table(
        caption=tell("How the sampler fared"),
        columns=(tell("Quantity"), tell("Value")),
        rows=tuple(rows),
        note=tell("Numbers depend on the seed only within the stated errors, and not on threads."),
    )


def _left_out(made: Made) -> list[tuple[str, str]]:
    if not made.left_out:
        return []
    inside = {q: sum(one.inside(q) for one in made.left_out) for q in (0.5, 0.9)}
    return [
        (
            tell("Left out in turn: reports inside the 50 and 90 % region"),
            tell(
                "{half} and {most} of {n_left_out}",
                half=inside[0.5],
                most=inside[0.9],
                n_left_out=len(made.left_out),
            ),
        )
    ]
