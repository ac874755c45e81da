"""Run the study on real flights and write its part of docs/calibration.md, with its picture.

Needs the telemetry beside the project; says so and stops where it is absent.
"""

import sys

from calibration_page import IMAGES, LONG, TRACKS, put

from overflight.calibration import flights
from overflight.release import flightpicture, flightwords

PICTURE = IMAGES / "calibration-flights.svg"
SHORT = ("shab14v_20220822", "pico_icspace25_20210430")
HOUR_S = 3_600.0


def files(names):
    return [TRACKS / f"{name}.csv.gz" for name in names]


def table(rows):
    head = (
        "| flight | hidden, h | parts | effective | in 50 % | in 80 % | in 90 % | in 95 % |"
        " median, km | 90 %, km | CRPS, km | cubic, km | ratio | would say steered |"
    )
    return [head, "|" + " --- |" * 14, *rows]


def row(name, one):
    shares = [
        f"{100 * one.coverage(share):.0f} ± {100 * one.binomial_sd(share):.0f}"
        for share in flights.SHARES
    ]
    median, cubic = one.quantile_m(0.5), one.hermite_median_m()
    cells = [
        name, f"{one.gap_s / HOUR_S:g}", str(len(one.parts)), str(one.n_effective), *shares,
        f"{median / 1e3:.1f}", f"{one.quantile_m(0.9) / 1e3:.1f}",
        f"{one.mean_score_m() / 1e3:.1f}", f"{cubic / 1e3:.1f}", f"{median / cubic:.2f}",
        str(one.n_steered()),
    ]  # fmt: skip
    return "| " + " | ".join(cells) + " |"


def rows_of(study):
    told = [row("all", one) for one in study.lengths if one.parts]
    for track in study.flights:
        name = track.name.removesuffix(".csv.gz")
        told += [row(name, one) for one in study.of_flight(track.name) if one.parts]
    return told


def main():
    if not TRACKS.is_dir():
        print(f"the telemetry folder {TRACKS.name} is not beside the project", file=sys.stderr)
        return 2
    long = flights.study(files(LONG), [HOUR_S * hours for hours in (6, 12, 24, 48)])
    short = flights.study(files(SHORT), [HOUR_S * hours for hours in (1, 2, 3)])
    PICTURE.write_text(flightpicture.draw(long), encoding="utf-8")
    text = "\n".join(
        [
            *table(rows_of(long)),
            "",
            "Short flights, for which six hours are too long:",
            "",
            *table(rows_of(short)),
            "",
            *(f"- {line}" for line in flightwords.remarks(long) if "standard error" not in line),
        ]
    )
    put("flights", text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
