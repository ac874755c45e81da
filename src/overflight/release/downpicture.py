"""The drawings of question 5: expected casualties against time, and along the track on a map."""

import math
from datetime import datetime, timedelta

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from overflight.ledgers.brought_down.answer import (
    ABOVE,
    AREA_FACTOR,
    BELOW,
    LIMIT,
    OPEN,
    BroughtDown,
)
from overflight.release.downwords import SAID
from overflight.release.language import tell, term
from overflight.release.sections import Picture
from overflight.release.staticmap import flat_map
from overflight.release.timeplot import Panel, stack
from overflight.release.worldmap import WIDTH, frame_around, path_of, unwrapped

Values = NDArray[np.float64]

_FLOOR = -8.0  # powers of ten: nobody at sea is drawn here


def pictures(answer: BroughtDown, epoch: datetime) -> tuple[Picture, ...]:
    """Both drawings, where there are two moments to draw."""
    if len(answer.moments) < 2:
        return ()
    return _against_time(answer, epoch), _on_a_map(answer)


def _against_time(answer: BroughtDown, epoch: datetime) -> Picture:
    times = [epoch + timedelta(seconds=one.time_s) for one in answer.moments]
    middle, factor = math.log10(LIMIT), math.log10(AREA_FACTOR * answer.population_factor)
    panels, said = [], []
    for number, way in enumerate(answer.ways):
        expected = np.array([one.risks[number].casualties for one in answer.moments]).T
        lines = np.log10(np.maximum(expected, 10.0**_FLOOR))
        high = max(math.ceil(float(lines.max())), -1)
        limits = (middle - factor, middle, middle + factor)
        panels.append(
            Panel(
                tell("Expected casualties {name}, 10 to the", name=term(way.name)),
                lines,
                _FLOOR,
                high,
                2.0,
                "",
                limits,
            )
        )
        said.append(
            tell("{name}, medians reach {most:.1e}", name=term(way.name), most=expected[2].max())
        )
    return Picture(
        stack(
            "down-casualties",
            tell("Expected casualties: {said}.", said="; ".join(said)),
            times,
            panels,
        ),
        tell(
            "Expected casualties against the moment at which it would have come down. Band:"
            " nine tenths and half of the paths; line: median; at sea, nobody, the lower"
            " edge. Dashed: the limit of 1e-4, and a factor of {factor:g} either way, by"
            " which casualty area and population together may be wrong.",
            factor=AREA_FACTOR * answer.population_factor,
        ),
    )


def _on_a_map(answer: BroughtDown) -> Picture:
    lat_deg = np.array([one.lat_deg for one in answer.moments])
    lon_deg = unwrapped(np.array([one.lon_deg for one in answer.moments]))
    frame = frame_around(lat_deg, lon_deg)
    x, y = frame.xy(lat_deg, lon_deg)
    stretches = []
    for one in answer.windows:
        if one.way != 0:
            continue
        part = slice(one.first, min(one.last + 2, len(x)))  # up to where the next begins
        for turn in (-360.0, 0.0, 360.0):
            shift = turn * frame.units_per_deg
            if (x[part] + shift).max() < 0.0 or (x[part] + shift).min() > WIDTH:
                continue
            d = path_of(x[part] + shift, y[part])
            stretches.append(
                Markup('<path class="stretch {}" d="{}"/>').format(one.label, d)
            )  # fmt: skip
    title = tell(
        "The middle of the paths, by what is expected below it. The tables below hold the same."
    )
    drawing = flat_map("down-map", title, frame, stretches)
    return Picture(
        drawing,
        tell(
            "The middle of the paths, coming down {name}. Solid: {below}; dotted: {open};"
            " dashed: {above}.",
            name=term(answer.ways[0].name),
            below=tell(SAID[BELOW]),
            open=tell(SAID[OPEN]),
            above=tell(SAID[ABOVE]),
        ),
    )
