"""Write a case whose truth is known, for the gallery: a flight drawn from the account's own priors.

    python tools/make_simulated_case.py [FOLDER]

Launch, level, and the wind's error are drawn as inference believes them to be, the flight is flown
in the embedded climatology plus that error, and what is reported of it is drawn from the likelihood
of the grades, stray reports with the rest. The seed was fixed before anything was looked at.
"""

import csv
import io
import sys
from datetime import timedelta
from pathlib import Path

import numpy as np

from overflight.calibration import worlds
from overflight.calibration.hearsay import EPOCH
from overflight.flight import winds
from overflight.physics.sphere import lat_lon_deg

SEED = 2026
FOLDER = Path(__file__).resolve().parents[1] / "cases" / "simulated-europe"
EVERY = 16  # steps of 450 s between rows of the truth: two hours

CASE = """\
# A made-up flight whose truth is known: tools/make_simulated_case.py drew it. truth.csv says where
# it was and which reports are stray; nothing of that is read by an account.
title: A made-up balloon over Europe
summary: >-
  Nobody saw this balloon. Its launch, its level, the wind's error and what is reported of it were
  drawn from the probabilities that an account works with, so that the answer can be held against
  the truth.

span:
  start: {start}
  end: {end}

balloon:
  kind: superpressure
  diameter_min: 30 m
  diameter_max: 50 m
  float_altitude_min: 16 km
  float_altitude_max: 20 km

launches:
{launches}
hypotheses: [M0]   # which is what flew
wind: climatology  # which, with its error, is what blew
zones: [country]
plausible_area: {area_km2:,.0f} km2
"""
LAUNCH = """\
  - id: {id}
    weight: {weight:g}
    time_min: {time_min}
    time_max: {time_max}
    lat_deg: {lat_deg:g}
    lon_deg: {lon_deg:g}
    position_sd: {sd_km:g} km
    source: made-up
"""


def stamp(at):
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


def case_text(case):
    launches = "".join(
        LAUNCH.format(
            id=one.id, weight=one.weight,
            time_min=stamp(one.time_min), time_max=stamp(one.time_max),
            lat_deg=one.lat_deg, lon_deg=one.lon_deg, sd_km=one.position_sd_m / 1e3,
        )
        for one in case.launches
    )  # fmt: skip
    return CASE.format(
        start=stamp(case.span_start), end=stamp(case.span_end), launches=launches,
        area_km2=case.plausible_area_m2 / 1e6,
    )  # fmt: skip


def sighting(one):
    """A row as a person would write it, with units."""
    heights = {}
    if one.altitude_min_m is not None:
        heights = {
            "altitude_min": f"{one.altitude_min_m:.0f} m",
            "altitude_max": f"{one.altitude_max_m:.0f} m",
            "altitude_kind": str(one.altitude_kind),
            "altitude_reliability": one.altitude_reliability.value,
        }
    return {
        "id": one.id, "source": one.source, "attribution": one.attribution.value,
        "geometry": one.geometry.value, "time_min": stamp(one.time_min),
        "time_max": stamp(one.time_max), "lat_deg": f"{one.lat_deg:.3f}",
        "lon_deg": f"{one.lon_deg:.3f}", "position_sd": f"{one.position_sd_m / 1e3:g} km",
        **heights, "reliability": one.reliability.value, "certainty": one.certainty.value,
        "use": "yes",
    }  # fmt: skip


SIGHTINGS = (
    "id", "source", "attribution", "geometry", "time_min", "time_max", "lat_deg", "lon_deg",
    "position_sd", "altitude_min", "altitude_max", "altitude_kind", "reliability",
    "altitude_reliability", "certainty", "use",
)  # fmt: skip


def table(columns, rows):
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def truth(flown):
    """Where it was, every two hours."""
    rows = []
    for k in range(0, len(flown.normal), EVERY):
        lat, lon = lat_lon_deg(*flown.normal[k].tolist())
        rows.append(
            {
                "time": stamp(EPOCH + timedelta(seconds=float(flown.time_s[k]))),
                "lat_deg": f"{lat:.4f}", "lon_deg": f"{lon:.4f}",
                "altitude_m": f"{flown.height_m[k]:.0f}",
            }
        )  # fmt: skip
    return table(("time", "lat_deg", "lon_deg", "altitude_m"), rows)


def stated(flown):
    """Statements about the middle of the flight, and whether each is true of it."""
    k = len(flown.normal) // 2
    lat, lon = lat_lon_deg(*flown.normal[k].tolist())
    km = float(flown.height_m[k]) / 1e3
    at = EPOCH + timedelta(seconds=float(flown.time_s[k]))
    window = f"{stamp(at - timedelta(hours=1))}..{stamp(at + timedelta(hours=1))}"
    near = "near {:.2f},{:.2f} within 250 km during {}"
    return [
        ("c1", "path", "It was near here.", near.format(lat, lon, window), True),
        ("c2", "path", "It was far to the south.", near.format(lat - 12.0, lon, window), False),
        ("c3", "altitude", "It flew at its level.",
         f"altitude {km - 0.5:.1f} km..{km + 0.5:.1f} km during {window}", True),
        ("c4", "altitude", "It flew two kilometres higher.",
         f"altitude {km + 1.5:.1f} km..{km + 2.5:.1f} km during {window}", False),
    ]  # fmt: skip


def statement(id_, topic, text, test):
    return {
        "id": id_, "source": "made-up", "said": "2023-02-05", "published": "2023-02-05",
        "speaker": "nobody", "attribution": "unresolved", "modality": "asserted", "topic": topic,
        "text": text, "scope": "flight", "testable": "yes", "test": test, "certainty": "medium",
        "reliability": "F",
    }  # fmt: skip


STATEMENTS = (
    "id", "source", "said", "published", "speaker", "role", "attribution", "modality", "topic",
    "text", "quantity", "value_min", "value_max", "scope", "testable", "test", "test_hint",
    "certainty", "reliability", "conflicts_with", "lineage",
)  # fmt: skip


def files(seed):
    """The files of the case, by name."""
    bare = worlds.bare()
    wind = winds.of_climatology(bare)
    flown = worlds.flown(worlds.World(wind.grid, wind.error), np.random.default_rng(seed))
    case = flown.case
    said = stated(flown)
    right = zip(case.sightings, flown.right, strict=True)
    return {
        "case.yaml": case_text(case),
        "sightings.csv": table(SIGHTINGS, map(sighting, case.sightings)),
        "sources.csv": table(
            ("id", "publisher", "published_note", "url", "copy_status"),
            [
                {
                    "id": "made-up", "publisher": "overflight", "published_note": "made up",
                    "url": "https://example.org/made-up", "copy_status": "made up",
                }
            ],
        ),
        "statements.csv": table(STATEMENTS, [statement(*one[:4]) for one in said]),
        "truth.csv": truth(flown),
        "truth_of_statements.csv": table(
            ("id", "true"), [{"id": one[0], "true": "yes" if one[4] else "no"} for one in said]
        ),
        "truth_of_sightings.csv": table(
            ("id", "right_about_the_place"),
            [{"id": one.id, "right_about_the_place": "yes" if yes else "no"} for one, yes in right],
        ),
    }  # fmt: skip


def main(folder=FOLDER):
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files(SEED).items():
        (folder / name).write_text(text, encoding="utf-8")
    print(folder)


if __name__ == "__main__":
    main(*sys.argv[1:2])
