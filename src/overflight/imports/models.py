"""Tracks that somebody computed: they are kept beside the evidence and never among it."""

import json

import numpy as np

from overflight.errors import FieldError
from overflight.fields.readers import tdump
from overflight.fields.soundings.making import Raw
from overflight.fields.soundings.tidy import moment
from overflight.imports.tracks import Found

_EVEN = 0.6  # share of equal steps from which a path was computed
_WORDS = ("predict", "forecast", "trajectory")


def of_tdump(listed: list[tdump.Track], name: str) -> list[Found]:
    """The trajectories of a HYSPLIT listing; heights are above the ground, so none is taken."""
    made = []
    for one in listed:
        raw = Raw(
            id=f"trajectory {one.number}", origin=f"{name}, HYSPLIT",
            time=one.time.astype("datetime64[ns]"), lat_deg=one.lat_deg, lon_deg=one.lon_deg,
            height_m=np.full(len(one.time), np.nan), height_kind="geometric",
            pressure_pa=one.pressure_pa,
            notes=(f"Computed {one.direction.lower()} with {', '.join(one.meteorology)}.",
                   "Heights in the listing are above the ground and were not taken."),
        )  # fmt: skip
        made.append(Found(raw, np.arange(1, len(one.time) + 1)))
    return made


def is_prediction(text: str) -> bool:
    """Whether text is JSON that calls itself a prediction, with waypoints."""
    head = text.lstrip()[:2_000]
    return head[:1] == "{" and '"launchTime"' in head and '"Prediction"' in head


def of_prediction(text: str, name: str) -> list[Found]:
    """The waypoints of a prediction: seconds since its launch time.

    Raises
    ------
    FieldError
        If it is damaged.
    """
    try:
        content = json.loads(text)
        start = moment(str(content["launchTime"]))
        rows = [
            (float(p["timestamp"]), float(p["lat"]), float(p["lng"]), float(p["alt"]))
            for p in content["waypoints"]
        ]
        seconds, lat, lon, height = np.array(rows, dtype=np.float64).T
        time = start + (1e9 * seconds).astype("timedelta64[ns]")
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError) as error:
        raise FieldError(
            found=f"{name} is no whole prediction ({str(error)[:60]})",
            expected="JSON with launchTime and waypoints of timestamp, lat, lng, alt",
            remedy="Fetch it again.",
        ) from None
    raw = Raw(
        id=name, origin=f"{name}, prediction", time=time, lat_deg=lat, lon_deg=lon, height_m=height,
        height_kind="geometric", notes=(f"Its launch time is {start}Z.",),
    )  # fmt: skip
    return [Found(raw, np.arange(1, len(rows) + 1))]


def why_computed(found: Found, name: str) -> str:
    """Why a track looks computed and not observed; empty if it does not.

    >>> time = np.datetime64("2020-01-01", "ns") + np.arange(9) * np.timedelta64(60, "s")
    >>> raw = Raw("a", "a", time, np.arange(9.0), np.arange(9.0), 300.0 * np.arange(9), "geometric")
    >>> why_computed(Found(raw, np.arange(9)), "a.csv")
    'its heights change by exactly the same amount from step to step'
    """
    word = next((one for one in _WORDS if one in name.lower()), "")
    if word:
        return f"its name says {word!r}"
    raw = found.raw
    rise = np.diff(raw.height_m)
    if len(rise) < 5:
        return ""
    same = np.abs(np.diff(rise)) < 1e-6 * np.maximum(np.abs(rise[1:]), 1.0)
    moving = np.abs(rise[1:]) > 20.0
    if moving.sum() > 4 and float(np.mean(same[moving])) > _EVEN:
        return "its heights change by exactly the same amount from step to step"
    return ""
