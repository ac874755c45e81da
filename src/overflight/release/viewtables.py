"""The numbers of what was in view and of who could have noticed: tables, JSON and CSV."""

import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from pathlib import Path

from overflight.ledgers.collected import Collected, Level, SiteLine
from overflight.ledgers.seen import ObserverLine, Opportunity, Seen
from overflight.release import csvsafe, peopletables
from overflight.release.language import tell, term
from overflight.release.ledgerjson import plain
from overflight.release.sections import Table
from overflight.release.wording import duration, moment, probable

SHOWN_APERTURE_M = 0.2  # in the report; the JSON file has all
KILOMETRE_M = 1e3
_QUANTILES = ("p05", "p25", "p50", "p75", "p95")


def in_view_tables(answer: Collected, epoch: datetime) -> tuple[Table, ...]:
    """The tables of the section on what was in view."""
    of_sites = (_nearest(answer, epoch), _times(answer), _bounds(answer))
    tables = (*of_sites, _ground(answer), *peopletables.people_tables(answer.people))
    return tuple(table for table in tables if table.rows)


def _nearest(answer: Collected, epoch: datetime) -> Table:
    return Table(
        caption=tell("How near it came"),
        columns=(
            tell("Site"),
            tell("In view at all"),
            tell("Radio line of sight"),
            tell("Nearest over the ground"),
            tell("When"),
        ),
        rows=tuple(
            (
                titled(one),
                probable(one.levels[0].probability),
                probable(one.radio.probability),
                kilometres(one.nearest_m),
                moment(epoch, one.nearest_s.p50_s, one.nearest_s.width_s) if one.nearest_s else "",
            )
            for one in answer.sites
        ),
        note=tell("Middle of the paths, and 5 to 95 % in brackets."),
    )


def _times(answer: Collected) -> Table:
    return Table(
        caption=tell("Time in view above an elevation"),
        columns=(
            tell("Site"),
            tell("Above"),
            tell("Probability"),
            tell("Median"),
            tell("5 to 95 %"),
            tell("By day"),
            tell("By night"),
        ),
        rows=tuple(
            (
                titled(one),
                tell("the horizon")
                if level.elevation_deg == 0.0
                else tell("{elevation:g}\u00b0", elevation=level.elevation_deg),
                probable(level.probability),
                duration(level.in_view.p50_s) if level.in_view else "",
                tell(
                    "{p05} to {p95}",
                    p05=duration(level.in_view.p05_s),
                    p95=duration(level.in_view.p95_s),
                )
                if level.in_view
                else "",
                duration(level.mean_day_s),
                duration(level.mean_s - level.mean_day_s),
            )
            for one in answer.sites
            for level in one.levels
            if level.in_view is not None or level.elevation_deg == 0.0
        ),
        note=(
            tell(
                "Quantiles are of the paths that bring the balloon so high above the site's"
                " horizon at all. Day and night are means over all paths; day is while the"
                " sun is up at the site."
            )
        ),
    )


def _bounds(answer: Collected) -> Table:
    return Table(
        caption=tell(
            "Resolvable in principle: bounds for an aperture of {aperture:g} m",
            aperture=SHOWN_APERTURE_M,
        ),
        columns=(
            tell("Site"),
            tell("Band"),
            tell("Distance"),
            tell("Across the line of sight"),
            tell("Along the ground"),
        ),
        rows=tuple(
            (
                titled(one),
                tell(
                    "{band}, {wavelength:g} \u00b5m",
                    band=term(bound.band),
                    wavelength=bound.wavelength_m * 1e6,
                ),
                kilometres(one.slant_m),
                _size(bound.across_m),
                _size(bound.along_m),
            )
            for one in answer.sites
            for bound in one.bounds
            if bound.aperture_m == SHOWN_APERTURE_M
        ),
        note=(
            tell(
                "Nothing finer can be told apart by any instrument of that aperture from the"
                " nearest point (diffraction); haze, motion and sampling make it worse. The"
                " aperture is an example: a bound on capability, not a claim that there was"
                " an instrument. Bounds go as one over the aperture."
            )
        ),
    )


def _ground(answer: Collected) -> Table:
    ever = {one.elevation_deg: one.area_m2 for one in answer.swept}
    return Table(
        caption=tell("Ground in view"),
        columns=(
            tell("Above"),
            tell("Reach"),
            tell("Area at one moment"),
            tell("Area in the whole flight"),
        ),
        rows=tuple(
            (
                tell("the horizon")
                if one.elevation_deg == 0.0
                else tell("{elevation:g}\u00b0", elevation=one.elevation_deg),
                kilometres(one.reach_m),
                tell("{area_m2:,.0f} km\u00b2", area_m2=one.area_m2[1] / 1e6),
                _areas(ever[one.elevation_deg]) if one.elevation_deg in ever else "",
            )
            for one in answer.ground
        ),
        note=(
            tell(
                "Land and sea. At one moment: from the middle height of the paths. In the"
                " whole flight: cells of half or a quarter of a degree; collected_ground.csv"
                " has for how long."
            )
        ),
    )


def _areas(quantiles_m2: tuple[float, float, float]) -> str:
    low, middle, high = (tell("{one:.2g}", one=one / 1e12) for one in quantiles_m2)
    return tell("{middle} million km\u00b2 ({low} to {high})", middle=middle, low=low, high=high)


def seen_tables(answer: Seen, epoch: datetime) -> tuple[Table, ...]:
    """The tables of the section on who could have noticed."""
    return tuple(
        table
        for table in (_observers(answer), _windows(answer, epoch), _radial(answer))
        if table.rows
    )


def _observers(answer: Seen) -> Table:
    return Table(
        caption=tell("Opportunities, not detections"),
        columns=(
            tell("Observer"),
            tell("Horizon"),
            tell("Stated range"),
            tell("Reckoning"),
            tell("Probability"),
            tell("Time"),
        ),
        rows=tuple(
            (
                titled(one),
                tell("{horizon:,.0f} km", horizon=one.horizon_m / KILOMETRE_M),
                ""
                if one.range_m is None
                else tell("{range:,.0f} km", range=one.range_m / KILOMETRE_M),
                name,
                probable(found.probability),
                tell(
                    "{p50} ({p05} to {p95})",
                    p50=duration(found.in_all.p50_s),
                    p05=duration(found.in_all.p05_s),
                    p95=duration(found.in_all.p95_s),
                )
                if found.in_all
                else "",
            )
            for one in answer.observers
            for name, found in reckonings(one)
        ),
        note=tell(
            "Careful and generous reckonings differ for eyes only: in the balloon's size and sky."
        ),
    )


def reckonings(one: ObserverLine) -> tuple[tuple[str, Opportunity], ...]:
    """The reckonings that are told of an observer, with their names."""
    if one.kind == "eye":
        return ((tell("careful"), one.careful), (tell("generous"), one.generous))
    return (("", one.careful),)


def _windows(answer: Seen, epoch: datetime) -> Table:
    return Table(
        caption=tell("When"),
        columns=(tell("Observer"), tell("From"), tell("To"), tell("Most paths at once")),
        rows=tuple(
            (
                titled(one),
                moment(epoch, window.begin_s),
                moment(epoch, window.end_s),
                probable(window.most),
            )
            for one in answer.observers
            for window in one.generous.windows
        ),
        note=(
            tell(
                "While at least one path in twenty gives an opportunity, for eyes in the"
                " generous reckoning; sampled every ten minutes or less."
            )
        ),
    )


def _radial(answer: Seen) -> Table:
    return Table(
        caption=tell("Speed along the line of sight of a radar"),
        columns=(tell("Radar"), tell("Below 10 m/s"), tell("Below 20 m/s"), tell("Below 40 m/s")),
        rows=tuple(
            (titled(one), *(f"{100.0 * part:.0f} %" for part in one.slower))
            for one in answer.observers
            if one.slower is not None
        ),
        note=tell("Shares of the time in view and in range. No probability of detection follows."),
    )


def titled(one: SiteLine | ObserverLine) -> str:
    """A name and what it is."""
    return f"{one.name} ({term(one.kind)})" if one.kind else one.name


def kilometres(quantiles_m: tuple[float, float, float] | None) -> str:
    """A distance with its 5 to 95 %.

    >>> kilometres((18_000.0, 40_000.0, 123_000.0))
    '40 km (18 to 123)'
    """
    if quantiles_m is None:
        return ""
    low, middle, high = (tell("{one:,.0f}", one=one / KILOMETRE_M) for one in quantiles_m)
    return tell("{middle} km ({low} to {high})", middle=middle, low=low, high=high)


def _size(quantiles_m: tuple[float, float, float]) -> str:
    low, middle, high = (tell("{one:.2g}", one=one) for one in quantiles_m)
    return tell("{middle} m ({low} to {high})", middle=middle, low=low, high=high)


def write(
    in_view: Collected, seen: Seen, epoch: datetime, wind_statement: str, folder: Path
) -> None:
    """Write collected.json and its tables, and seen.json and .csv where a case has observers."""
    # The cells go into a table of their own: as JSON they would be most of the file.
    brief = replace(in_view, swept=tuple(replace(one, cells=()) for one in in_view.swept))
    _write_json(folder / "collected.json", asdict(brief), epoch, wind_statement)
    columns, rows = _cell_rows(in_view)
    csvsafe.write_table(folder / "collected_ground.csv", *_stated(columns, rows, wind_statement))
    if in_view.people is not None:
        columns, rows = peopletables.rows(in_view.people)
        name = "collected_people.csv"
        csvsafe.write_table(folder / name, *_stated(columns, rows, wind_statement))
    columns, rows = _site_rows(in_view)
    csvsafe.write_table(folder / "collected.csv", *_stated(columns, rows, wind_statement))
    if seen.observers:
        _write_json(folder / "seen.json", asdict(seen), epoch, wind_statement)
        columns, rows = _observer_rows(seen, epoch)
        csvsafe.write_table(folder / "seen.csv", *_stated(columns, rows, wind_statement))


def _write_json(path: Path, facts: dict[str, object], epoch: datetime, wind: str) -> None:
    whole = {**plain(facts), "epoch": epoch.isoformat(), "wind": wind}
    path.write_text(json.dumps(whole, allow_nan=False) + "\n", encoding="utf-8")


def _stated(
    columns: Sequence[str], rows: Sequence[tuple[str, ...]], wind: str
) -> tuple[list[str], list[tuple[str, ...]]]:
    return [*columns, "wind"], [(*row, wind) for row in rows]


def _site_rows(answer: Collected) -> tuple[list[str], list[tuple[str, ...]]]:
    columns = ["site", "kind", "line_of_sight", "elevation_deg", "probability_fraction"]
    columns += ["probability_sd", *(f"in_view_{q}_s" for q in _QUANTILES)]
    columns += ["mean_s", "mean_day_s", *(f"nearest_{q}_m" for q in ("p05", "p50", "p95"))]
    rows = [
        (
            one.name,
            one.kind,
            band,
            f"{level.elevation_deg:g}",
            f"{level.probability:.4f}",
            f"{level.probability_sd:.4f}",
            *_spread(level),
            f"{level.mean_s:.0f}",
            f"{level.mean_day_s:.0f}",
            *(f"{value:.0f}" for value in one.nearest_m or ()),
            *("" for _ in range(0 if one.nearest_m else 3)),
        )
        for one in answer.sites
        for band, level in (*(("light", one) for one in one.levels), ("radio", one.radio))
    ]
    return columns, rows


def _cell_rows(answer: Collected) -> tuple[list[str], list[tuple[str, ...]]]:
    columns = ["elevation_deg", "cell_deg", "lat_deg", "lon_deg", "probability_fraction", "mean_s"]
    rows: list[tuple[str, ...]] = [
        (
            f"{one.elevation_deg:g}",
            f"{one.cell_deg:g}",
            f"{lat_deg:.3f}",
            f"{lon_deg:.3f}",
            f"{probability:.2f}",
            f"{mean_s:.0f}",
        )
        for one in answer.swept
        for lat_deg, lon_deg, probability, mean_s in one.cells
    ]
    return columns, rows


def _spread(level: Level) -> tuple[str, ...]:
    if level.in_view is None:
        return ("",) * len(_QUANTILES)
    return tuple(f"{getattr(level.in_view, f'{q}_s'):.0f}" for q in _QUANTILES)


def _observer_rows(answer: Seen, epoch: datetime) -> tuple[list[str], list[tuple[str, ...]]]:
    columns = ["observer", "kind", "reckoning", "probability_fraction", "probability_sd"]
    columns += ["window_begin_utc", "window_end_utc", "most_fraction"]

    def stamp(time_s: float) -> str:
        return f"{epoch + timedelta(seconds=time_s):%Y-%m-%dT%H:%MZ}"

    rows: list[tuple[str, ...]] = []
    for one in answer.observers:
        for name, found in (("careful", one.careful), ("generous", one.generous)):
            chance = (
                f"{found.probability:.4f}",
                f"{found.probability_sd:.4f}",
            )
            spans = [
                (stamp(window.begin_s), stamp(window.end_s), f"{window.most:.3f}")
                for window in found.windows
            ]
            rows += [(one.name, one.kind, name, *chance, *span) for span in spans or [("", "", "")]]
    return columns, rows
