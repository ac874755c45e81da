"""Wind tests on real balloons, with no analysis: print them beside what was measured before.

A: a balloon's own ascent predicts where its descent lands. B: a neighbour of the same morning
predicts a whole flight. D: a sonde six hours old predicts the next ascent. F: how much sondes
differ with their distance. Then the analysis of soundings, each left out in turn, beside the
climatology and the nearest sounding. Needs the telemetry beside the project.
"""

import sys
from itertools import pairwise, permutations
from pathlib import Path

import numpy as np

from overflight.fields.soundings import formats, validate
from overflight.fields.soundings.covariance import points
from overflight.fields.soundings.making import airborne, binned, cut, legs
from overflight.flight.profile_drift import carry, disagreement_mps

TRACKS = Path(__file__).resolve().parents[2] / "shared" / "data" / "telemetry" / "tracks"
BINS_M = ((200e3, 400e3), (400e3, 700e3), (700e3, 1_200e3), (1_200e3, 2_000e3))
BANDS_M = ((16e3, 20e3), (20e3, 24e3), (25e3, 31e3))


def profile(path):
    (one,), _ = formats.read_profiles(path)
    return one


def own_ascent(tracks=TRACKS):
    """Test A: {flight: (miss, drift of the descent, rms difference of the two winds)}."""
    found = {}
    for path in sorted([*tracks.glob("pyb_*"), *tracks.glob("sonde_*")]):
        if path.name.startswith("pyb_18-6-16"):
            continue  # seven fixes
        rise, fall = legs(profile(path))
        if rise is None or fall is None or fall.n_points < 8:
            continue
        done = carry(rise, fall)
        found[path.stem] = (done.miss_m, done.flown_m, disagreement_mps(rise, fall))
    return found


def neighbours(tracks=TRACKS):
    """Test B: {(from, to): (miss, distance flown, rms difference, metres beyond the profile)}."""
    names = ("eoss_322-22", "eoss_323-22", "eoss_324-22")
    whole = {name[5:8]: profile(tracks / f"{name}.csv.gz") for name in names}
    rises = {name: legs(one)[0] for name, one in whole.items()}
    found = {}
    for one, other in permutations(whole, 2):
        done = carry(rises[one], airborne(whole[other]))
        apart = disagreement_mps(rises[one], rises[other])
        found[one, other] = (done.miss_m, done.flown_m, apart, done.extrapolated_m)
    return found


def six_hours_old(tracks=TRACKS):
    """Test D: (miss, distance flown) of each ascent as far as the sonde before it reached."""
    sondes = [legs(profile(path))[0] for path in sorted(tracks.glob("arm_*"))]
    done = [
        carry(old, cut(new, np.flatnonzero(new.height_m <= old.height_m.max())))
        for old, new in pairwise(sondes)
    ]
    return np.array([(one.miss_m, one.flown_m) for one in done])


def apart(tracks=TRACKS):
    """Test F: rms vector difference by band of height and bin of distance, m/s."""
    profiles, _ = formats.read_profiles(tracks / "sondehub_europe_20241003_1215.csv.gz")
    up = [binned(one) for one in profiles if one.height_m[-1] - one.height_m[0] > 300.0]
    columns = {
        name: np.concatenate([getattr(one, name) for one in up])
        for name in ("lat_deg", "lon_deg", "height_m", "u_mps", "v_mps")
    }
    which = np.concatenate([np.full(one.n_points, i) for i, one in enumerate(up)])
    zero = np.zeros(len(which))
    place = points(columns["lat_deg"], columns["lon_deg"], zero, zero, zero).place
    chord = np.sqrt(np.maximum(2.0 - 2.0 * place @ place.T, 0.0)) * 6_371_000.0
    off2 = sum((columns[n][:, None] - columns[n][None, :]) ** 2 for n in ("u_mps", "v_mps"))
    level = np.abs(columns["height_m"][:, None] - columns["height_m"][None, :]) < 250.0
    pairs = level & (which[:, None] < which[None, :])
    table = np.full((len(BANDS_M), len(BINS_M)), np.nan)
    for i, (low, high) in enumerate(BANDS_M):
        inside = (columns["height_m"] >= low) & (columns["height_m"] < high)
        for j, (near, far) in enumerate(BINS_M):
            use = pairs & (chord >= near) & (chord < far) & inside[:, None] & inside[None, :]
            if use.sum() >= 10:
                table[i, j] = np.sqrt(off2[use].mean())
    return table


def ascents(tracks=TRACKS):
    """The sets of soundings by name: what went up, one profile a sonde."""
    many, _ = formats.read_profiles(tracks / "sondehub_europe_20241003_1215.csv.gz")
    return {
        "Europe": [one for one in many if one.height_m[-1] - one.height_m[0] > 300.0],
        "Darwin": [profile(path) for path in sorted(tracks.glob("arm_*"))],
        "central United States": [legs(profile(p))[0] for p in sorted(tracks.glob("eoss_*"))],
    }


def main():
    if not TRACKS.is_dir():
        print(f"the telemetry folder {TRACKS.name} is not beside the project", file=sys.stderr)
        return 2
    a = np.array(list(own_ascent().values()))
    print(f"A  own ascent, {len(a)} flights: landing off by {_spread(a[:, 0] / 1e3)} km of"
          f" {np.median(a[:, 1]) / 1e3:.1f}; winds differ by {np.median(a[:, 2]):.1f} m/s"
          "   (before: median 2.6, quartiles 1.9 and 4.2, most 10.4, of 24.0; 2.7)")  # fmt: skip
    before = {("322", "323"): 2.8, ("322", "324"): 5.2, ("324", "322"): 1.6, ("324", "323"): 0.2,
              ("323", "322"): 9.0, ("323", "324"): 8.4}  # fmt: skip
    for pair, (miss, flown, off, beyond) in neighbours().items():
        print(f"B  {pair[0]} > {pair[1]}: {miss / 1e3:.1f} km of {flown / 1e3:.0f}, winds differ by"
              f" {off:.1f} m/s, {beyond / 1e3:.1f} km beyond the profile   (before:"
              f" {before[pair]})")  # fmt: skip
    d = six_hours_old()
    print(f"D  six hours old, {len(d)} pairs: {np.median(d[:, 0]) / 1e3:.1f} km, 90 %"
          f" {np.quantile(d[:, 0], 0.9) / 1e3:.1f}, of {np.median(d[:, 1]) / 1e3:.0f}"
          "   (before: 4.9, 13.7, of 24)")  # fmt: skip
    print("F  m/s at 200-400, 400-700, 700-1200, 1200-2000 km   (before: 5.5 6.3 7.8 9.0 /"
          " 5.1 7.1 6.7 9.1 / 4.0 6.2 - 10.5)")  # fmt: skip
    for (low, high), row in zip(BANDS_M, apart(), strict=True):
        print(f"   {low / 1e3:.0f}-{high / 1e3:.0f} km  " + "  ".join(f"{v:4.1f}" for v in row))
    for name, profiles in ascents().items():
        result = validate.cross_validate(profiles)
        left = ", ".join(result.rejected) or "none"
        print(f"\n{name}, {result.n_soundings} soundings, left out: {left}; rms of the vector, m/s")
        print("\n".join(validate.lines(result)))
    return 0


def _spread(values):
    low, middle, high = np.quantile(values, [0.25, 0.5, 0.75])
    return f"{middle:.1f} ({low:.1f}, {high:.1f}; most {values.max():.1f})"


if __name__ == "__main__":
    sys.exit(main())
