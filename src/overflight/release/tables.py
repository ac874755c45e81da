"""The numbers of an account as CSV tables, for spreadsheets and scripts.

Cells that come from a case are data: a spreadsheet must show them, not run them
(:mod:`overflight.release.csvsafe`).
"""

import json
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import numpy as np

from overflight.case.meaning import in_words
from overflight.inference.posterior import Posterior
from overflight.release import (
    claimsjson,
    csvsafe,
    downtables,
    evidencetables,
    ledgerjson,
    origintables,
    schemas,
    steeredtables,
    viewtables,
    zonetables,
)
from overflight.release.page import Made

PATHS = 100  # paths written out whole


def write(made: Made, folder: Path) -> None:
    """Write every table of an account into a folder."""
    _zones(made, folder)
    _sightings(made, folder / "sightings.csv")
    _statements(made, folder / "statements.csv")
    _paths(made.posterior, folder / "paths.csv")
    steeredtables.write(made.steered, made.posterior.wind_statement, folder)
    _origin(made, folder)
    drawn = made.posterior
    downtables.write(made.brought_down, drawn.epoch, drawn.wind_statement, folder)
    if made.collected is not None and made.seen is not None:
        viewtables.write(made.collected, made.seen, drawn.epoch, drawn.wind_statement, folder)
    evidencetables.write(made, folder)
    told = {"epoch": drawn.epoch, "wind": drawn.wind_statement}
    ledgerjson.write("traversed", folder, made.traversed, **told)
    ledgerjson.write("carried", folder, made.carried, wind=drawn.wind_statement)
    ledgerjson.write("claimed", folder, claimsjson.file_of(made.claimed), wind=drawn.wind_statement)
    schemas.write(folder, [name for name in schemas.ROOT if (folder / f"{name}.json").exists()])
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


def _zones(made: Made, folder: Path) -> None:
    """Every zone with all its times, what came before what, and the sea drawn in two ways."""
    line, posterior = made.traversed, made.posterior
    rows = zonetables.zone_rows(line, posterior.epoch)
    _write(folder / "zones.csv", zonetables.ZONE_COLUMNS, rows, posterior)
    _write(folder / "orders.csv", zonetables.ORDER_COLUMNS, zonetables.order_rows(line), posterior)
    _write(folder / "seas.csv", zonetables.SEA_COLUMNS, zonetables.sea_rows(line), posterior)


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


def _origin(made: Made, folder: Path) -> None:
    """Launch candidates, countries by day, and the whole ledger for programs."""
    origin, posterior = made.origin, made.posterior
    rows = origintables.candidate_rows(origin, posterior.epoch)
    _write(folder / "origin.csv", origintables.CANDIDATE_COLUMNS, rows, posterior)
    rows = origintables.region_rows(origin, posterior.epoch)
    _write(folder / "origin_regions.csv", origintables.REGION_COLUMNS, rows, posterior)
    told = origintables.facts(origin, posterior.epoch, posterior.wind_statement)
    text = json.dumps(told, indent=2, allow_nan=False) + "\n"
    (folder / "origin.json").write_text(text, encoding="utf-8")


def _left_out(made: Made, path: Path) -> None:
    rows = [
        (
            one.sighting_id,
            one.geometry,
            f"{one.off_m:.0f}" if one.is_aloft else "",
            f"{one.spread_m:.0f}" if one.is_aloft else "",
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
