"""A wind file in words: what ``overflight wind inspect`` prints."""

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from overflight.fields import coverage
from overflight.fields.look import ERROR_LATITUDES_DEG, Axis, Level, Look, Sample
from overflight.fields.readers.tdump import Track
from overflight.fields.soundings.profile import Profile
from overflight.fields.source import WindFile
from overflight.physics import atmosphere
from overflight.physics.sphere import wrapped_deg
from overflight.units import express

MOST_FILES = 8


def lines(seen: Look, files: tuple[WindFile, ...], to_fetch: str | None = None) -> Iterator[str]:
    """About a screen of text; ``to_fetch`` says what to do where it does not cover a case."""
    for file in files[:MOST_FILES]:
        yield f"{file.name}: {file.words}, {size(file.size_bytes)}, SHA-256 {file.sha256[:12]}"
    if len(files) > MOST_FILES:
        yield f"... and {len(files) - MOST_FILES} further files"
    yield f"{seen.title or 'no title'} (source: {seen.source}; {seen.product})"
    yield ""
    yield f"times       {_times(seen)}"
    for gap in seen.times.gaps[:5]:
        yield f"            no field from {gap.start} to {gap.end} ({gap.length_h:.3g} h)"
    yield f"latitudes   {_axis(seen.latitude, 'N', 'S')}"
    around = ", all around the globe" if seen.global_longitudes else ""
    yield f"longitudes  {_axis(seen.longitude, 'E', 'W')}{around}"
    yield f"variables   {', '.join(seen.variables)}; heights: {seen.height_basis}"
    yield f"missing     {sum(level.missing for level in seen.levels) or 'no'} values"
    yield ""
    yield from _table(seen.levels)
    yield ""
    yield f"error       {seen.error_statement}"
    if seen.prior_only:
        yield "            not a wind of those days: anything made from it is prior only"
    for sentence in seen.notes:
        yield f"note        {sentence}"
    if seen.shortages is not None:
        yield ""
        if seen.shortages:
            yield "It does not cover the case:"
            yield from (f"  {words}" for words in seen.shortages)
            if to_fetch is not None:
                yield to_fetch
        else:
            yield "It covers the case."
    if seen.attribution:
        yield ""
        yield f"to cite     {seen.attribution}"


def _times(seen: Look) -> str:
    times = seen.times
    if times.count == 1:
        said = f"one, {times.first}: a flight needs at least two"
    else:
        said = f"{times.count}, {times.first} to {times.last}, every {times.usual_step_h:.3g} h"
    if times.lead_max_h:
        said += f"; forecast leads {times.lead_min_h:.3g} to {times.lead_max_h:.3g} h"
    return said


def _axis(axis: Axis, above: str, below: str) -> str:
    def side(value: float) -> str:
        wrapped = value if above == "N" else wrapped_deg(value)
        return f"{abs(wrapped):.6g} {above if wrapped >= 0.0 else below}"

    uneven = "" if axis.even else " (uneven)"
    every = f"every {axis.spacing_deg:.4g}{uneven}" if axis.count > 1 else "one"
    return f"{side(axis.first_deg)} to {side(axis.last_deg)}, {every}, {axis.count} nodes"


def _table(levels: Iterable[Level]) -> Iterator[str]:
    places = " ".join(f"{lat:>5.0f}" for lat in ERROR_LATITUDES_DEG)
    yield "                     wind, m/s      error per component, m/s, at latitude"
    yield f"    hPa  height, m   rms largest   {places}"
    for level in levels:
        errors = " ".join(f"{sd:>5.1f}" for sd in level.error_sd_mps)
        yield (
            f"{level.pressure_hpa:>7.4g} {level.height_m:>10,.0f} {level.rms_speed_mps:>5.1f}"
            f" {level.largest_speed_mps:>7.1f}   {errors}"
        )


def sample(point: Sample) -> Iterator[str]:
    """The wind at a point, in words."""
    altitude_m = atmosphere.pressure_altitude_m(100.0 * point.pressure_hpa)
    place = f"{coverage.latitude(point.lat_deg)}, {coverage.longitude(point.lon_deg)}"
    yield (
        f"at {point.time}, {place}, {point.pressure_hpa:g} hPa"
        f" (pressure altitude {altitude_m:,.0f} m, {express(altitude_m, 'm', 'ft'):,.0f} ft):"
    )
    yield f"  eastward {point.u_mps:.3f} m/s, northward {point.v_mps:.3f} m/s"
    yield f"  geopotential height {point.z_m:,.1f} m"
    if point.t_k is not None:
        yield f"  temperature {point.t_k:.2f} K"
    if point.sd_mps is not None:
        yield f"  error that came with it {point.sd_mps:.2f} m/s per component"


def size(size_bytes: float) -> str:
    """A number of bytes for people.

    >>> size(19_402), size(5_300_000_000)
    ('19 kB', '5.3 GB')
    """
    for unit, factor in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if size_bytes >= factor:
            value = size_bytes / factor
            return f"{value:.1f} {unit}" if value < 10.0 else f"{value:.0f} {unit}"
    return f"{size_bytes:.0f} bytes"


def track(name: str, one: Track) -> tuple[str, dict[str, Any]]:
    """A trajectory of a HYSPLIT listing, in words and as facts."""
    first, last = (np.datetime_as_string(one.time[end], "m") for end in (0, -1))
    facts = {
        "file": name,
        "trajectory": one.number,
        "direction": one.direction,
        "meteorology": list(one.meteorology),
        "points": len(one.time),
        "start": {"time": f"{first}Z", "lat_deg": one.lat_deg[0], "lon_deg": one.lon_deg[0],
                  "height_m": one.height_m[0]},
        "end": {"time": f"{last}Z", "lat_deg": one.lat_deg[-1], "lon_deg": one.lon_deg[-1],
                "height_m": one.height_m[-1]},
    }  # fmt: skip
    text = (
        f"{name}: trajectory {one.number}, {one.direction.lower()}, {len(one.time)} points in"
        f" {', '.join(one.meteorology)}: {first}Z {one.lat_deg[0]:.3f} {one.lon_deg[0]:.3f}"
        f" {one.height_m[0]:,.0f} m to {last}Z {one.lat_deg[-1]:.3f} {one.lon_deg[-1]:.3f}"
        f" {one.height_m[-1]:,.0f} m above the ground. A track to compare with, not a wind."
    )
    return text, facts


def sounding(one: Profile) -> tuple[str, dict[str, Any]]:
    """A sounding, in words and as facts."""
    first, last = (f"{np.datetime_as_string(one.time[end], 'm')}Z" for end in (0, -1))
    low, high = float(np.min(one.height_m)), float(np.max(one.height_m))
    speed = np.hypot(one.u_mps, one.v_mps)
    facts = {
        "id": one.id,
        "origin": one.origin,
        "points": one.n_points,
        "start": first,
        "end": last,
        "lat_deg": float(np.mean(one.lat_deg)),
        "lon_deg": float(one.lon_deg[0]),
        "height_min_m": low,
        "height_max_m": high,
        "height_kind": one.height_kind,
        "pressure_basis": one.pressure_basis,
        "wind_basis": one.wind_basis,
        "largest_speed_mps": float(speed.max()),
        "notes": list(one.notes),
    }
    text = (
        f"{one.id} ({one.origin}): {one.n_points:,} points, {first} to {last}, near"
        f" {facts['lat_deg']:.2f} {one.lon_deg[0]:.2f}, {low:,.0f} to {high:,.0f} m"
        f" ({one.height_kind}), wind {one.wind_basis}, at most {speed.max():.0f} m/s"
    )
    return "\n  ".join((text, *one.notes)), facts


def left_out(name: str, sentence: str) -> tuple[str, dict[str, Any]]:
    """A sounding that shows no wind."""
    return f"{name}: {sentence}", {"origin": name, "left_out": sentence}
