"""Read telemetry as SondeHub's JSON gives it: radiosondes and amateur balloons.

A list of frames, or frames by serial number and time. One frame is often heard by several
receivers: it counts once.
"""

import json
from collections.abc import Iterator
from typing import Any

import numpy as np

from overflight.errors import FieldError
from overflight.fields.soundings.making import Raw, components
from overflight.fields.soundings.tidy import moment

_SERIALS = ("serial", "payload_callsign")
_DEPTH = 3  # of dictionaries by serial and time


def looks_like(text: str) -> bool:
    """Whether text is JSON with telemetry in it."""
    head = text.lstrip()[:4_000]
    return head[:1] in "[{" and any(f'"{name}"' in head for name in (*_SERIALS, "alt"))


def raws(text: str, name: str) -> list[Raw]:
    """One sounding for each serial number.

    Raises
    ------
    FieldError
        If the JSON is damaged, or holds no frame with time, place and altitude.
    """
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise FieldError(
            found=f"{name} is no whole JSON ({str(error)[:80]})",
            expected="telemetry of SondeHub",
            remedy="Fetch it again.",
        ) from None
    sondes: dict[str, list[dict[str, Any]]] = {}
    for frame in _frames(content, _DEPTH):
        serial = next((str(frame[key]) for key in _SERIALS if key in frame), name)
        sondes.setdefault(serial, []).append(frame)
    if not sondes:
        raise FieldError(
            found=f"{name} holds no telemetry",
            expected="frames with datetime, lat, lon and alt",
            remedy="Export the telemetry of the sondes, not their settings.",
        )
    return [_raw(serial, frames, name) for serial, frames in sondes.items()]


def _frames(content: Any, depth: int) -> Iterator[dict[str, Any]]:  # noqa: ANN401 (JSON)
    """Every dictionary that is a frame, at any level."""
    if isinstance(content, dict):
        if {"lat", "lon", "alt"} <= set(content):
            yield content
        elif depth:
            for inner in content.values():
                yield from _frames(inner, depth - 1)
    elif isinstance(content, list):
        for inner in content:
            yield from _frames(inner, depth)


def _raw(serial: str, frames: list[dict[str, Any]], name: str) -> Raw:
    once: dict[Any, dict[str, Any]] = {}
    for frame in frames:
        key = (frame.get("frame"), str(frame.get("datetime", frame.get("time", ""))))
        once.setdefault(key, frame)
    kept = list(once.values())
    heard = len(frames) - len(kept)
    speed, heading = (_numbers(kept, key) for key in ("vel_h", "heading"))
    u, v = components(speed, heading, coming_from=False)
    told = bool(np.isfinite(u).any())
    pressure = 100.0 * _numbers(kept, "pressure")
    return Raw(
        id=serial,
        origin=f"{name}, SondeHub",
        time=np.array(
            [moment(str(f.get("datetime", f.get("time", "")))) for f in kept], "datetime64[ns]"
        ),
        lat_deg=_numbers(kept, "lat"),
        lon_deg=_numbers(kept, "lon"),
        height_m=_numbers(kept, "alt"),
        height_kind="geometric",
        pressure_pa=pressure if np.isfinite(pressure).any() else None,
        u_mps=u if told else None,
        v_mps=v if told else None,
        notes=(f"{heard} receptions of frames already heard were left out.",) if heard else (),
    )


def _numbers(frames: list[dict[str, Any]], key: str) -> np.ndarray:
    def number(value: Any) -> float:  # noqa: ANN401 (JSON)
        try:
            return float(value)
        except (TypeError, ValueError):
            return float("nan")

    return np.array([number(frame.get(key)) for frame in frames])
