"""Forecast real flights from their track alone and write what came of it into docs/calibration.md.

Two things are put to the test: the filter for telemetry, on the long flights, and the particles
that ``overflight forecast`` flies, on the one flight here that floats where the climatology knows a
wind. Needs the telemetry beside the project; says so and stops where it is absent.
"""

import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from calibration_page import LONG, ROOT, TRACKS, put

from overflight import forecast
from overflight.calibration import forecasts, reading
from overflight.inference.middle import around
from overflight.inference.stratum import Settings
from overflight.physics.sphere import MEAN_RADIUS_M, lats_lons_deg

FLOWN = "shab14v_20220822"
HOUR_S = 3_600.0
FROM_H, LEADS_H = (3.0, 4.0, 5.0, 6.0, 7.0, 8.0), (1, 2, 3)  # after it passed 12 km on its way up
HEADINGS = (
    "id,source,quote,attribution,geometry,time_min,time_max,lat_deg,lon_deg,position_sd,"
    "altitude_min,altitude_max,altitude_kind,reliability,certainty,use"
)


def table_of_filter(found):
    lines = [
        "| flight | lead, h | forecasts | effective | in 50 % | in 90 % | median, km |"
        " 90 % region, km | last hour's velocity, km |",
        "|" + " --- |" * 9,
    ]
    for flight in (None, *dict.fromkeys(one.flight for one in found)):
        for lead in forecasts.of_leads(found, flight):
            shares = [
                f"{100 * lead.coverage(share):.0f} ± {100 * lead.binomial_sd(share):.0f}"
                for share in (0.5, 0.9)
            ]
            middles = [
                f"{lead.median_m(name) / 1e3:.0f}"
                for name in ("off_m", "radius_90_m", "kept_on_off_m")
            ]
            name = "all" if flight is None else flight.removesuffix(".csv.gz")
            cells = [name, f"{lead.lead_s / HOUR_S:g}", str(len(lead.parts)), str(lead.n_effective)]
            lines.append("| " + " | ".join([*cells, *shares, *middles]) + " |")
    return lines


def table_of_particles():
    (track,), _ = reading.read_tracks([TRACKS / f"{FLOWN}.csv.gz"])
    lines = [
        "| forecast from, h after 12 km | lead, h | off, km | 50 % region, km | 90 % region, km |"
        " in 50 % | in 90 % |",
        "|" + " --- |" * 7,
    ]
    for from_h in FROM_H:
        for lead_h, off_m, half_m, most_m in particles(track, from_h):
            inside = ["yes" if off_m <= radius_m else "no" for radius_m in (half_m, most_m)]
            told = [f"{value / 1e3:.0f}" for value in (off_m, half_m, most_m)]
            lines.append("| " + " | ".join([f"{from_h:g}", str(lead_h), *told, *inside]) + " |")
    return lines


def particles(track, from_h):
    """Lead, distance from the middle and the radii of 50 and 90 %, as overflight forecasts it."""
    up_s = float(track.time_s[np.argmax(track.height_m > 12_000.0)])
    last_s = up_s + from_h * HOUR_S
    with tempfile.TemporaryDirectory() as folder:
        case = Path(folder) / "flown"
        case.mkdir()
        write_case(track, up_s, last_s, case)
        made = forecast.run(case, max(LEADS_H), settings=Settings(n_threads=2))
    paths = made.flown.paths
    begin_s = (paths.epoch - epoch(track)).total_seconds() + paths.time_s[0]
    for lead_h in LEADS_H:
        column = round(lead_h * HOUR_S / (paths.time_s[1] - paths.time_s[0]))
        moment_s = begin_s + lead_h * HOUR_S
        if moment_s > reading.afloat(track)[1]:
            continue
        middle = around(paths.lat_deg[:, column], paths.lon_deg[:, column], paths.weight)
        truth = forecasts.there(track, moment_s)
        mean = normal(middle.lat_deg, middle.lon_deg)
        off_m = MEAN_RADIUS_M * float(np.arccos(np.clip(truth @ mean, -1.0, 1.0)))
        yield lead_h, off_m, middle.half_m, middle.most_m


def normal(lat_deg, lon_deg):
    lat, lon = np.radians(lat_deg), np.radians(lon_deg)
    return np.array([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])


def epoch(track):
    return track.epoch.astype("datetime64[us]").item().replace(tzinfo=UTC)


def write_case(track, up_s, last_s, folder):
    """A case of what a receiver heard up to a moment: a fix each half hour, with its height."""
    marks_s = np.arange(up_s, last_s + 1.0, 0.5 * HOUR_S)
    rows, heights = [], []
    for number, mark_s in enumerate(marks_s[1:]):
        index = int(np.argmin(np.abs(track.time_s - mark_s)))
        lat, lon = (float(x) for x in lats_lons_deg(track.normal[index]))
        height = float(track.height_m[index])
        heights.append(height)
        at = stamp(track, track.time_s[index])
        rows.append(
            f"f{number},beacon,,telemetry,nadir,{at},{at},{lat:.4f},{lon:.4f},500 m,"
            f"{height - 100:.0f} m,{height + 100:.0f} m,geometric,A,high,yes"
        )
    first = int(np.argmin(np.abs(track.time_s - up_s)))
    lat, lon = (float(x) for x in lats_lons_deg(track.normal[first]))
    low, high = max(min(heights[-4:]) - 500.0, 12_500.0), max(heights[-4:]) + 500.0
    up, start = stamp(track, up_s), stamp(track, up_s - HOUR_S)
    (folder / "case.yaml").write_text(
        f"title: A flight\nsummary: A flight\nspan:\n  start: {start}\n"
        f"  end: {stamp(track, last_s + 2.0 * HOUR_S)}\nballoon:\n  kind: unknown\n"
        f"  diameter_min: 3 m\n  diameter_max: 10 m\n  float_altitude_min: {low:.0f} m\n"
        f"  float_altitude_max: {high:.0f} m\nlaunches:\n  - id: up\n    weight: 1\n"
        f"    time_min: {stamp(track, up_s - 300.0)}\n    time_max: {up}\n    lat_deg: {lat:.4f}\n"
        f"    lon_deg: {lon:.4f}\n    position_sd: 5 km\n    source: beacon\n"
        "plausible_area: 2,000,000 km2\n",
        encoding="utf-8",
    )
    (folder / "sightings.csv").write_text("\n".join([HEADINGS, *rows]) + "\n", encoding="utf-8")
    (folder / "sources.csv").write_text(
        "id,publisher,title,published,url,copy_status\n"
        "beacon,the flight's beacon,Telemetry,2022,https://example.org/beacon,original\n",
        encoding="utf-8",
    )
    example = ROOT / "src" / "overflight" / "case" / "example" / "statements.csv"
    head = example.read_text(encoding="utf-8").splitlines()[0]
    (folder / "statements.csv").write_text(head + "\n", encoding="utf-8")


def stamp(track, time_s):
    at: datetime = epoch(track) + timedelta(seconds=float(time_s))
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def main():
    if not TRACKS.is_dir():
        print(f"the telemetry folder {TRACKS.name} is not beside the project", file=sys.stderr)
        return 2
    found = forecasts.study([TRACKS / f"{name}.csv.gz" for name in LONG])
    text = "\n".join(
        [
            *table_of_filter(found),
            "",
            f"The particles that `overflight forecast` flies, on {FLOWN}:",
            "",
            *table_of_particles(),
        ]
    )
    put("forecasts", text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
