"""Lay an account out as one page: the first screen, the map, the sections, the inputs."""

from dataclasses import dataclass
from datetime import timedelta
from importlib.metadata import version
from pathlib import Path

import numpy as np

from overflight.case.meaning import in_words
from overflight.case.model import Case, Sighting, Use
from overflight.inference.leave_one_out import LeftOut
from overflight.inference.posterior import Posterior
from overflight.ledgers.carried import Carried
from overflight.ledgers.claimed import Claimed
from overflight.ledgers.traversed import Traversed
from overflight.physics.sphere import lats_lons_deg
from overflight.release import about, verdicts, words
from overflight.release.report import MapData, Marker, Page, render
from overflight.release.report import write as write_html
from overflight.release.sections import Table
from overflight.release.wording import height, percent

MAP_TRACKS, MAP_TIMES = 200, 150


@dataclass(frozen=True)
class Made:
    """Everything that a release tells of."""

    case: Case
    posterior: Posterior
    traversed: Traversed
    carried: Carried
    claimed: Claimed
    left_out: tuple[LeftOut, ...]
    attributions: tuple[str, ...]  # of the winds
    wind_basis: tuple[str, ...]  # how wrong the winds may be, and what was noticed about them
    computed_on: tuple[str, ...] = ()  # sentences, where that is not a processor


def write(made: Made, inputs_sha256: str, path: Path) -> None:
    """Write the report, whole or not at all."""
    write_html(render(layout(made, inputs_sha256)), path)


def layout(made: Made, inputs_sha256: str) -> Page:
    """Compose the page."""
    case, posterior, release = made.case, made.posterior, version("overflight")
    return Page(
        title=case.title,
        bottom_line=words.bottom_line(case, posterior, made.traversed),
        would_change=words.would_change(posterior),
        prior_only=posterior.prior_only,
        wind_statement=posterior.wind_statement,
        sections=(
            words.traversed(made.traversed, posterior.epoch),
            words.steered(posterior),
            words.carried(made.carried),
            verdicts.claims(made.claimed),
        ),
        map=_map(made),
        sources=_sources(case),
        statements=_statements(made.claimed),
        methods=(
            *about.METHODS,
            *(f"Of the winds: {line}" for line in made.wind_basis),
            *made.computed_on,
        ),
        diagnostics=_diagnostics(made),
        how_to_cite=(
            f"overflight {release}: {case.title}. Inputs {inputs_sha256[:12]}, seed"
            f" {posterior.seed}."
        ),
        attributions=(
            "Made with Natural Earth.",
            "\u00a9 OpenStreetMap contributors (Open Database License): 12-nautical-mile limits.",
            *made.attributions,
            "Facts compiled from the press, official and operator sources cited row by row;"
            " positions assigned by the compiler.",
        ),
        version=release,
        inputs_sha256=inputs_sha256,
    )


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
        sightings=tuple(_marker(made, sighting) for sighting in made.case.sightings),
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


def _marker(made: Made, sighting: Sighting) -> Marker:
    source = next(s for s in made.case.sources if s.id == sighting.source)
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
        probability=made.posterior.sighting_probability.get(sighting.id),
        source_url=source.url,
        source_name=source.publisher,
    )


def _label(sighting: Sighting) -> str:
    parts = [sighting.quote or sighting.note or ""]
    if sighting.altitude_min_m is not None and sighting.altitude_max_m is not None:
        parts.append(
            f"Altitude reported: {height(sighting.altitude_min_m)} to"
            f" {height(sighting.altitude_max_m)}, kind {sighting.altitude_kind}."
        )
    if sighting.why_not_used:
        parts.append(f"Not used for position: {sighting.why_not_used}")
    return " ".join(part for part in parts if part)


def _sources(case: Case) -> Table:
    return Table(
        caption="Sources",
        columns=("Id", "Publisher", "Published", "Copy", "Address"),
        rows=tuple(
            (
                s.id,
                s.publisher,
                s.published.text if s.published else "",
                s.copy_status or "",
                s.url or "",
            )
            for s in case.sources
        ),
        note="Addresses as consulted; many are copies of an original, which the column Copy says.",
    )


def _statements(line: Claimed) -> Table:
    return Table(
        caption="All statements",
        columns=(
            "Id",
            "Said",
            "Who",
            "Attribution",
            "How",
            "Grade",
            "Statement",
            "Verdict",
            "Source",
        ),
        rows=tuple(
            (
                one.statement.id,
                one.statement.said.text if one.statement.said else "",
                one.statement.speaker,
                str(one.statement.attribution),
                str(one.statement.modality),
                f"{one.statement.reliability}{one.credibility}",
                one.statement.text,
                verdicts.verdict(one),
                one.statement.source,
            )
            for one in line.lines
        ),
        note=(
            "Grade: reliability of the source (A to F), then what the other evidence makes of the"
            " statement (1 confirmed to 6 cannot be judged)."
        ),
    )


def _diagnostics(made: Made) -> Table:
    d, posterior = made.posterior.diagnostics, made.posterior
    rows = [
        (
            "Log evidence of passive drift",
            f"{posterior.log_evidence:.2f} \u00b1 {posterior.log_evidence_sd:.2f}",
        ),
        ("Scatter of one set of filters", f"{np.std(d.log_evidence_runs, ddof=1):.2f}"),
        ("Error from the choice of constants", f"{d.log_evidence_strata_sd:.2f}"),
        (
            "Defensive run (twist noise doubled)",
            f"{d.log_evidence_defensive:.2f}"
            if d.log_evidence_defensive is not None
            else "not run",
        ),
        ("Effective sample size", f"{d.ess:.0f}"),
        ("Distinct starts among the kept paths", f"{d.distinct_ancestors}"),
        ("Smallest effective share during a run", percent(d.min_ess_fraction)),
        (
            "Strata filtered, and effectively carrying the answer",
            f"{d.n_strata}, {d.effective_strata:.1f}",
        ),
        ("Particles a filter, filters a stratum", f"{d.n_particles}, {d.n_runs}"),
        ("Steps and their length", f"{d.n_steps} of {d.dt_s / 60:.0f} min"),
        ("Warnings", "; ".join(d.warnings) or "none"),
    ]
    if made.left_out:
        inside = {q: sum(one.inside(q) for one in made.left_out) for q in (0.5, 0.9)}
        rows.append(
            (
                "Left out in turn: reports inside the 50 and 90 % region",
                f"{inside[0.5]} and {inside[0.9]} of {len(made.left_out)}",
            )
        )
    return Table(
        caption="How the sampler fared",
        columns=("Quantity", "Value"),
        rows=tuple(rows),
        note="Numbers depend on the seed only within the stated errors, and not on threads.",
    )
