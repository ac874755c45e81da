"""The numbers of an account as CSV tables, for spreadsheets and scripts.

Cells that come from a case are data: a spreadsheet must show them, not run them
(:mod:`overflight.release.csvsafe`).
"""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import numpy as np

from overflight.case.meaning import in_words
from overflight.inference.posterior import Posterior
from overflight.release import csvsafe
from overflight.release.page import Made

PATHS = 100  # paths written out whole


def write(made: Made, folder: Path) -> None:
    """Write every table of an account into a folder."""
    _zones(made, folder / "zones.csv")
    _sightings(made, folder / "sightings.csv")
    _statements(made, folder / "statements.csv")
    _paths(made.posterior, folder / "paths.csv")
    if made.left_out:
        _left_out(made, folder / "leave_one_out.csv")


def _write(
    path: Path,
    columns: tuple[str, ...],
    rows: Sequence[tuple[str, ...]],
    posterior: Posterior,
) -> None:
    """Write a table; its last column says what wind every row was made with."""
    stated = [(*row, posterior.wind_statement) for row in rows]
    csvsafe.write_table(path, (*columns, "wind"), stated)


def _zones(made: Made, path: Path) -> None:
    line = made.traversed
    epoch = made.posterior.epoch

    def stamp(time_s: float) -> str:
        return (epoch + timedelta(seconds=time_s)).strftime("%Y-%m-%dT%H:%MZ")

    columns = ["zone", "name", "kind", "probability_fraction", "probability_sd"]
    columns += [f"{event}_p{q}_utc" for event in ("entry", "exit") for q in ("05", "50", "95")]
    columns += ["inside_p05_s", "inside_p50_s", "inside_p95_s"]
    columns += ["began_inside_fraction", "ended_inside_fraction"]
    rows = []
    for zone in line.zones:
        times = [
            stamp(value)
            for spread in (zone.first_entry, zone.last_exit)
            for value in (spread.p05_s, spread.p50_s, spread.p95_s)
        ]
        inside = [zone.inside.p05_s, zone.inside.p50_s, zone.inside.p95_s]
        rows.append(
            (
                zone.zone,
                zone.name,
                zone.kind,
                f"{zone.probability:.4f}",
                f"{zone.probability_sd:.4f}",
                *times,
                *(f"{value:.0f}" for value in inside),
                f"{zone.began_inside_fraction:.3f}",
                f"{zone.ended_inside_fraction:.3f}",
            )
        )
    _write(path, tuple(columns), rows, made.posterior)


def _sightings(made: Made, path: Path) -> None:
    position = made.posterior.sighting_probability
    altitude = made.posterior.altitude_probability
    rows = [
        (
            s.id,
            s.source,
            str(s.geometry),
            in_words(s),
            s.time_min.isoformat(),
            s.time_max.isoformat(),
            f"{s.lat_deg:.4f}",
            f"{s.lon_deg:.4f}",
            f"{s.position_sd_m:.0f}",
            str(s.reliability),
            str(s.use),
            f"{position[s.id]:.3f}" if s.id in position else "",
            f"{altitude[s.id]:.3f}" if s.id in altitude else "",
            " ".join(s.conflicts_with),
            s.why_not_used or "",
            s.note or "",
        )
        for s in made.case.sightings
    ]
    columns = (
        "id",
        "source",
        "geometry",
        "reported",
        "time_min_utc",
        "time_max_utc",
        "lat_deg",
        "lon_deg",
        "position_sd_m",
        "reliability",
        "use",
        "position_right_fraction",
        "altitude_right_fraction",
        "conflicts_with",
        "why_not_used",
        "note",
    )
    _write(path, columns, rows, made.posterior)


def _statements(made: Made, path: Path) -> None:
    rows = []
    for one in made.claimed.lines:
        test = one.test
        numbers = (
            (
                f"{test.probability:.4f}",
                f"{test.prior_probability:.4f}",
                f"{test.log_bayes_factor:.3f}",
                f"{test.log_bayes_factor_sd:.3f}",
            )
            if test is not None
            else ("", "", "", "")
        )
        statement = one.statement
        rows.append(
            (
                statement.id,
                statement.source,
                statement.speaker,
                str(statement.attribution),
                str(statement.reliability),
                str(one.credibility),
                statement.text,
                one.label,
                *numbers,
                one.reason,
                " ".join(statement.conflicts_with),
            )
        )
    columns = (
        "id",
        "source",
        "speaker",
        "attribution",
        "reliability",
        "credibility",
        "text",
        "verdict",
        "probability_fraction",
        "prior_probability_fraction",
        "bayes_factor_log",
        "bayes_factor_log_sd",
        "reason",
        "conflicts_with",
    )
    _write(path, columns, rows, made.posterior)


def _paths(posterior: Posterior, path: Path) -> None:
    """A hundred equally probable paths, a point every hour."""
    rows = []
    hourly = np.flatnonzero(np.isclose(posterior.time_s % 3_600.0, 0.0))
    kept = posterior.equal_rows(PATHS)
    for number, row in enumerate(kept):
        for column in hourly:
            if not np.isfinite(posterior.lat_deg[row, column]):
                continue
            at = posterior.epoch + timedelta(seconds=float(posterior.time_s[column]))
            rows.append(
                (
                    str(number),
                    at.strftime("%Y-%m-%dT%H:%MZ"),
                    f"{posterior.lat_deg[row, column]:.4f}",
                    f"{posterior.lon_deg[row, column]:.4f}",
                    f"{posterior.height_m[row, column]:.0f}",
                )
            )
    _write(path, ("path", "time_utc", "lat_deg", "lon_deg", "height_m"), rows, posterior)


def _left_out(made: Made, path: Path) -> None:
    rows = [
        (
            one.sighting_id,
            one.geometry,
            f"{one.off_m:.0f}",
            f"{one.spread_m:.0f}",
            f"{one.rank_fraction:.3f}",
            "yes" if one.inside(0.5) else "no",
            "yes" if one.inside(0.9) else "no",
            f"{one.n_effective:.0f}",
        )
        for one in made.left_out
    ]
    columns = (
        "sighting",
        "geometry",
        "off_m",
        "predictive_spread_m",
        "rank_fraction",
        "inside_50",
        "inside_90",
        "effective_paths",
    )
    _write(path, columns, rows, made.posterior)
