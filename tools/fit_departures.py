"""Fit the departures of overflight.inference.telemetry.process to one flight, by likelihood.

Maximises the likelihood of the part afloat, cut into stretches of four days, with weak priors (a
factor of e on standard deviations, of two on times, half a Coriolis parameter on how fast a band
turns). Which flight it is, is said by who runs it:
``python tools/fit_departures.py ldb_anitalite``. A minute.
"""

import sys
from dataclasses import replace

import numpy as np
from calibration_page import TRACKS
from scipy.optimize import minimize

from overflight.calibration import reading
from overflight.inference.telemetry import gaps, plane, process
from overflight.inference.telemetry.smoother import smoothed
from overflight.inference.telemetry.track import Air, Nodes

HOUR_S = 3_600.0
STRETCH_S, NODE_S, MEAN_SD_M = 96 * HOUR_S, 1_200.0, 150.0
FREE = np.array([1, 3, 4, 5, 6])  # whose memory is fitted; weeks and the sun's are held
TURNS = np.array([3, 4, 5])  # whose turning is fitted
NONE = np.zeros(0, dtype=np.int64)


def no_wind(time_s, normal, height_m):
    zero = np.zeros(len(time_s))
    return Air(zero, zero, np.zeros(len(time_s), dtype=bool))


def stretches(name):
    (track,), _ = reading.read_tracks([TRACKS / f"{name}.csv.gz"])
    first, last = reading.afloat(track)
    for low in np.arange(first, last - 0.5 * STRETCH_S, STRETCH_S):
        rows = (track.time_s >= low) & (track.time_s < min(low + STRETCH_S, last))
        which = np.unique(np.floor(track.time_s[rows] / NODE_S), return_inverse=True)[1]
        time_s, height, *places = (
            np.bincount(which, values) / np.bincount(which)
            for values in (track.time_s[rows], track.height_m[rows], *track.normal[rows].T)
        )
        normal = np.stack(places, axis=1)
        normal /= np.linalg.norm(normal, axis=1, keepdims=True)
        sd_m = np.full(len(time_s), MEAN_SD_M)
        nodes = Nodes(time_s, normal, height, sd_m, np.zeros(len(time_s), dtype=bool))
        centre = nodes.normal[len(nodes.normal) // 2]
        height_m = float(nodes.height_m.mean())
        position = plane.to_plane(centre, nodes.normal, height_m)
        yield gaps.placed(nodes, centre, height_m, position, position, no_wind)


def main():
    if len(sys.argv) != 2 or not TRACKS.is_dir():
        print("name one flight of the telemetry folder beside the project", file=sys.stderr)
        return 2
    laid = list(stretches(sys.argv[1]))
    start = process.without_wind(5.0)
    n, free = len(start.sigma_mps), len(FREE)
    begin = np.log(np.concatenate([start.sigma_mps, start.tau_s[FREE]]))
    begin = np.concatenate([begin, start.inertial[TURNS]])
    width = np.concatenate([np.ones(n), np.full(free, 0.7), np.full(len(TURNS), 0.5)])

    def made(numbers):
        tau_s, inertial = start.tau_s.copy(), start.inertial.copy()
        tau_s[FREE] = np.exp(numbers[n : n + free])
        inertial[TURNS] = numbers[n + free :]
        return replace(start, sigma_mps=np.exp(numbers[:n]), tau_s=tau_s, inertial=inertial)

    def loss(numbers):
        one = made(numbers)
        total = 0.5 * float((((numbers - begin) / width) ** 2).sum())
        for part in laid:
            steps = gaps.moves_of(part, one, 1.0)
            rough = np.ones(len(part.position_m))
            found = smoothed(part.position_m, part.nodes.sd_m, steps, one.sigma_mps, rough, NONE)
            total -= found.log_evidence
        return total

    best = made(minimize(loss, begin, method="L-BFGS-B", options={"maxiter": 100, "eps": 1e-4}).x)
    print("sd per component, m/s:", np.round(best.sigma_mps, 2))
    print("e-folding time, h:    ", np.round(best.tau_s / HOUR_S, 1))
    print("turning, f:           ", np.round(best.inertial, 2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
