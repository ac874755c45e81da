"""A page as the real case makes it, with rows that try to break out of it."""

import os
import shutil
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from overflight.release.report import MapData, Marker, Page, render, write
from overflight.release.sections import Picture, Section, Table
from overflight.release.timeplot import Panel, stack

sys.path.append(str(Path(__file__).parent))
sys.path.append(str(Path(__file__).parent.parent / "60_ledgers"))  # made-up contests

from breakouts import HOSTILE

START = datetime(2023, 1, 20, tzinfo=UTC)
N_TRACKS, N_TIMES = 200, 150


def stamp(days):
    return (START + timedelta(days=float(days))).strftime("%Y-%m-%dT%H:%MZ")


def flights(n_tracks=N_TRACKS, n_times=N_TIMES):
    """Tracks from the South China Sea across the Pacific to the Carolinas, fourteen days and more.

    A slow wave and a random walk about it; each launches at its own time, so they begin with gaps.
    """
    rng = np.random.default_rng(7)
    day = np.linspace(0.0, 15.0, n_times)
    knots_day = [0, 3, 6, 8, 10, 12, 13, 15]
    lat = np.interp(day, knots_day, [19, 28, 44, 55, 61, 55, 46, 34])
    lon = np.interp(day, knots_day, [110, 140, 172, 193, 214, 240, 253, 281])
    wide = 0.4 + 1.2 * np.sqrt(np.minimum(day, 15.0 - day).clip(0.0))
    kicks = rng.normal(size=(2, n_tracks, n_times)).cumsum(axis=-1) / np.sqrt(n_times)
    lat_deg = lat + wide * (kicks[0] + rng.normal(size=(n_tracks, 1)))
    lon_deg = lon + 1.6 * wide * (kicks[1] + rng.normal(size=(n_tracks, 1)))
    lon_deg = (lon_deg + 180.0) % 360.0 - 180.0
    height_m = 18_500.0 + 900.0 * rng.normal(size=(n_tracks, 1)) + 250.0 * np.sin(2 * np.pi * day)
    late = rng.integers(0, 12, n_tracks)
    for row, first in enumerate(late):
        lat_deg[row, :first] = lon_deg[row, :first] = height_m[row, :first] = np.nan
    return day, lat_deg, lon_deg, height_m


def middle_of(lat_deg, lon_deg):
    lat, lon = np.radians(lat_deg), np.radians(lon_deg)
    x, y, z = np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)
    x, y, z = (np.nanmean(part, axis=0) for part in (x, y, z))
    few = np.isfinite(lat_deg).mean(axis=0) < 0.5
    lat, lon = np.degrees(np.arctan2(z, np.hypot(x, y))), np.degrees(np.arctan2(y, x))
    lat[few] = lon[few] = np.nan
    return lat, lon


def markers(day, lat, lon):
    """Forty reports: most near the middle, some far off, the last ones hostile."""
    rng = np.random.default_rng(11)
    found = []
    for n in range(40):
        k = int(np.clip(20 + n * 3.2, 0, len(day) - 1))
        far = n % 9 == 8
        hostile = HOSTILE[n - 32] if n >= 32 else ""
        found.append(
            Marker(
                id=f"S{n + 1:02d}" if n != 36 else HOSTILE[4],
                label=hostile or f"Seen from the ground, high and nearly still, report {n + 1}.",
                lat_deg=float(lat[k] + rng.normal() * (6.0 if far else 0.6)),
                lon_deg=float(lon[k] + rng.normal() * (9.0 if far else 0.9)),
                radius_m=float([5e3, 2e4, 6e4, 1.5e5, 4e5][n % 5]),
                geometry=["nadir", "near_nadir", "line_of_sight", "area", "proxy"][n % 5],
                time_min_iso=stamp(day[k] - 0.05 * (n % 4)),
                time_max_iso=stamp(day[k] + 0.02 * (n % 3)),
                used=not far,
                probability=None if far else float(np.clip(rng.beta(6, 1.2), 0.004, 0.996)),
                source_url={33: HOSTILE[6], 5: None}.get(n, f"https://example.org/{n}?a=1&b=2"),
                source_name=hostile or ["Daily Record", "City Gazette", "Weather office"][n % 3],
                altitude_min_m=18_000.0 if n % 8 == 0 else None,
                altitude_max_m=19_800.0 if n % 8 == 0 else None,
            )
        )
    return tuple(found)


def zones_table():
    columns = ("Zone", "Entered at all", "First entry, median", "5 to 95 %", "Time inside")
    rows = (
        ("Canada", "> 99 % \u00b1 0", "29 Jan 06:15Z", "28 Jan 20Z to 29 Jan 17Z", "62 h"),
        ("United States", "> 99 % \u00b1 0", "28 Jan 09:00Z", "27 Jan 22Z to 28 Jan 19Z", "5.1 d"),
        ("Japan", "41 % \u00b1 4", "22 Jan 11:00Z", "21 Jan to 24 Jan", "9.0 h (2.1 h to 19 h)"),
        ("Taiwan", "12 % \u00b1 3", "21 Jan 05:00Z", "20 Jan to 22 Jan", "3.4 h (1.0 h to 6 h)"),
    )
    return Table("Countries: entry and exit", columns, rows, "In UTC, given that it was entered.")


def hostile_table():
    columns = ("Tension", HOSTILE[1])
    rows = tuple((text, text) for text in HOSTILE)
    return Table("Tensions " + HOSTILE[0], columns, rows, HOSTILE[2])


def picture():
    """Two panels with a caption and a name that try to break out."""
    spread = np.linspace(-2.0, 2.0, 5)[:, None] * np.linspace(0.2, 1.0, 40)
    panels = [Panel(name, spread, -2.0, 2.0, 1.0, "", (-1.6, 1.6)) for name in HOSTILE[:2]]
    times = [START + timedelta(hours=float(h)) for h in range(40)]
    return Picture(stack("drawn", HOSTILE[3], times, panels), "Drawn " + HOSTILE[0])


def sections():
    return (
        Section(
            anchor="traversed",
            question="How did it traverse?",
            answer="Over Canada > 99 %, the United States > 99 %, Japan 41 %, Taiwan 12 %.",
            basis=(
                "Every path is cut at the borders; the probability is the share of paths inside.",
                "Times are given no sharper than their own spread.",
                "Airspace identification zones are not sovereign airspace and are not listed.",
            ),
            would_change="A wind analysis of those days, or dated positions in the gaps.",
            tables=(zones_table(),),
        ),
        Section(
            anchor="steered",
            question="Did it drift or was it steered?",
            answer="Not answered. With a wind climatology a verdict would be an accident.",
            basis=("Passive drift was assumed throughout.",),
            would_change="Winds of those days with a known error.",
            pictures=(picture(),),
        ),
        Section(
            anchor='Carried & more "q"',
            question="What did it carry? <b>",
            answer="Between 900 and 4,100 kg with envelope. These are bounds, not an estimate.",
            basis=HOSTILE,
            would_change=HOSTILE[0],
            tables=(hostile_table(),),
        ),
    )


def statements():
    columns = ("Id", "Said", "Who", "Attribution", "Grade", "Statement", "Verdict", "Source")
    said = (
        "the balloon was at about sixty thousand feet, well above air traffic, and drifting east"
        " with the winds."
    )
    rows = []
    for n in range(60):
        verdict = "supported" if n % 3 else "untestable"
        who = ("A spokesperson", "official named", "B2", f"Statement {n}: {said}", verdict)
        rows.append((f"T{n:03d}", f"{n % 28 + 1} Feb 2023", *who, "SRC1"))
    rows += [(f"H{n}", "", text, text, "F6", text, text, text) for n, text in enumerate(HOSTILE)]
    note = "Grade: reliability, then credibility."
    return Table("All statements", columns, tuple(rows), note, choices=(3, 6))


def sources():
    columns = ("Id", "Publisher", "Published", "Copy", "Address")
    address = "https://www.example.org/2023/02/{:02d}/a-long-title-of-an-article-on-a-balloon.html"
    rows = [(f"SRC{n}", "Daily Record", "3 Feb 2023", "read", address.format(n)) for n in range(30)]
    rows += [(f"BAD{n}", text, text, text, text) for n, text in enumerate(HOSTILE)]
    return Table("Sources", columns, tuple(rows))


def map_data():
    day, lat_deg, lon_deg, height_m = flights()
    lat, lon = middle_of(lat_deg, lon_deg)
    return MapData(
        time_iso=tuple(stamp(d) for d in day),
        lat_deg=lat_deg,
        lon_deg=lon_deg,
        height_m=height_m,
        median_lat_deg=lat,
        median_lon_deg=lon,
        sightings=markers(day, lat, lon),
    )


def make_page():
    return Page(
        title="The balloon of January and February 2023",
        summary="It crossed the North Pacific, Alaska, Canada and the United States.",
        bottom_line=(
            "A balloon that only drifted fits 31 of the 35 public position reports used here, from"
            " 20 January to 4 February.",
            "It was almost certainly over: Canada, United States.",
            "Of the reported launch dates, 20 January is likely (64 %) given these sightings and"
            " winds; the contradicting reports stay in the case.",
            "Whether it was steered cannot be said from these winds: that verdict is refused here.",
            "Of 96 public statements, 24 can be tested on the track; the others are listed.",
        ),
        would_change=(
            "A wind analysis of those days (ERA5 or GFS, 50 to 100 hPa) would narrow the track from"
            " hundreds of kilometres to tens and allow a test of steering."
        ),
        prior_only=True,
        wind_statement="climatology: prior only",
        sections=sections(),
        map=map_data(),
        sources=sources(),
        statements=statements(),
        diagnostics=Table("How the sampler fared", ("Quantity", "Value"), (("Warnings", "none"),)),
        how_to_cite="overflight 0.1.0: The balloon of 2023. Inputs 0123456789ab, seed 1.",
        attributions=("Made with Natural Earth.", "\u00a9 OpenStreetMap contributors (ODbL)."),
        version="0.1.0",
        inputs_sha256="0123456789abcdef" * 4,
        generated="2026-01-01",
    )


@pytest.fixture(scope="session")
def page():
    return make_page()


@pytest.fixture(scope="session")
def html(page):
    return render(page)


@pytest.fixture(scope="session")
def report(html, tmp_path_factory):
    path = tmp_path_factory.mktemp("report") / "report.html"
    write(html, path)
    return path


@pytest.fixture(scope="session")
def embedded(page, tmp_path_factory):
    """The map alone, as it stands in an article."""
    path = tmp_path_factory.mktemp("embedded") / "embed.html"
    write(render(page, embed=True), path)
    return path


@pytest.fixture(scope="session")
def chromium():
    """Where Chromium is; its absence skips a test, except in CI, where it fails it."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        reason = "chromium is not installed (Debian and Ubuntu: apt-get install chromium)"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return found
