"""The drawing of question 3: mass against size, with the claimed payload."""

from collections.abc import Callable

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from overflight.ledgers.carried import Carried
from overflight.ledgers.carried.assumed import Masses
from overflight.release.language import tell
from overflight.release.sections import Picture
from overflight.release.timeplot import nice_step
from overflight.release.worldmap import path_of

Values = NDArray[np.float64]

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 1_920, 760, 150, 130, 60, 90


def pictures(line: Carried) -> tuple[Picture, ...]:
    """Payload and all that is held up, against the diameter; none where it is one size."""
    if len(line.by_size) < 2:
        return ()
    size_m = np.array([one.diameter_m for one in line.by_size])
    payload = np.array([_five(one.payload) for one in line.by_size]).T / 1e3
    solids = np.array([one.solids.p50_kg for one in line.by_size]) / 1e3
    step = nice_step(float(max(payload.max(), solids.max())))
    high = step * np.ceil(float(max(payload.max(), solids.max())) / step)

    def x(value: Values) -> Values:
        share = (value - size_m[0]) / (size_m[-1] - size_m[0])
        return np.asarray(LEFT + share * (WIDTH - LEFT - RIGHT))

    def y(value: Values) -> Values:
        return np.asarray(HEIGHT - BOTTOM - value / high * (HEIGHT - TOP - BOTTOM))

    at = x(size_m)
    claim_kg = line.ballonet.payload_kg if line.ballonet is not None else None
    parts = [
        _opened(),
        *_across(np.arange(0.0, high + 0.5 * step, step), y),
        *_along(size_m, x),
        _band("band wide", at, y(payload[0]), y(payload[4])),
        _band("band half", at, y(payload[1]), y(payload[3])),
        Markup('<path class="middle" d="{}"/>').format(path_of(at, y(payload[2]))),
        Markup('<path class="report" d="{}"/>').format(path_of(at, y(solids))),
    ]
    if claim_kg is not None and claim_kg / 1e3 <= high:
        claim_y = round(float(y(np.array(claim_kg / 1e3))))
        parts.append(
            Markup('<path class="expected" d="M{} {}H{}"/>').format(LEFT, claim_y, WIDTH - RIGHT)
        )
    caption = tell(
        "Payload and ballast against the diameter, tonnes, under the assumptions below."
        " Band: nine tenths and half of the draws; line in it: median; thin line: median"
        " of all that is held up, the envelope too"
    ) + (tell("; dashed: the least payload that was claimed.") if claim_kg is not None else ".")
    return (Picture(Markup("").join([*parts, Markup("</svg></div>")]), caption),)


def _five(one: Masses) -> tuple[float, ...]:
    return tuple(getattr(one, f"p{q}_kg") for q in ("05", "25", "50", "75", "95"))


def _opened() -> Markup:
    return Markup(
        '<div class="scroll bare" role="region" aria-labelledby="carried-t" tabindex="0">'
        '<svg class="profile" viewBox="0 0 {} {}" role="img" aria-labelledby="carried-t">'
        '<title id="carried-t">{}</title>'
    ).format(
        WIDTH, HEIGHT, tell("Payload against the diameter; the tables below hold its numbers.")
    )


def _across(values: Values, y: Callable[[Values], Values]) -> list[Markup]:
    """Lines of equal mass, named at the left."""
    return [
        Markup('<path class="grid" d="M{} {}H{}"/><text class="axis end" x="{}" y="{}">{} t</text>')
        .format(LEFT, at, WIDTH - RIGHT, LEFT - 14, at + 9, tell("{value:g}", value=value))
        for value in values.tolist()
        for at in (round(float(y(np.array(value)))),)
    ]  # fmt: skip


def _along(size_m: Values, x: Callable[[Values], Values]) -> list[Markup]:
    """Lines of equal size, named below."""
    step = nice_step(float(size_m[-1] - size_m[0]))
    values = np.arange(np.ceil(size_m[0] / step), np.floor(size_m[-1] / step) + 0.5) * step
    return [
        Markup('<path class="grid" d="M{} {}V{}"/><text class="axis mid" x="{}" y="{}">{} m</text>')
        .format(at, TOP, HEIGHT - BOTTOM, at, HEIGHT - BOTTOM + 40, tell("{value:g}", value=value))
        for value in values.tolist()
        for at in (round(float(x(np.array(value)))),)
    ]  # fmt: skip


def _band(name: str, at: Values, low: Values, high: Values) -> Markup:
    outline = path_of(np.concatenate([at, at[::-1]]), np.concatenate([low, high[::-1]]), close=True)
    return Markup('<path class="{}" d="{}"/>').format(name, outline)
