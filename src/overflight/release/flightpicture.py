"""How often the truth lay inside: a picture of a study on flights, one SVG file.

For each length that was hidden: the share of truths inside the region of each stated probability,
against that probability; on the diagonal all is right. The grey band is within two
standard errors of it for the effective number of parts.
"""

import numpy as np
from markupsafe import Markup

from overflight.calibration.flights import Length, Study

_SIDE, _GAP, _LEFT, _TOP = 300, 60, 70, 70  # drawing units of a panel and about it
_STYLE = (
    "text{font:15px system-ui,sans-serif;fill:#1a1a1a}.small{font-size:13px;fill:#555}"
    ".frame{fill:none;stroke:#555}.band{fill:#e3e3e3}.ideal{stroke:#888;stroke-dasharray:5 4}"
    ".seen{fill:none;stroke:#0072b2;stroke-width:2.5}.dot{fill:#d55e00}"
)
_POINTS = (0.5, 0.8, 0.9, 0.95)


def draw(found: Study) -> str:
    """Draw a study."""
    lengths = [one for one in found.lengths if one.parts]
    width = _LEFT + len(lengths) * (_SIDE + _GAP)
    height = _TOP + _SIDE + 70
    title = "Share of truths inside regions of a stated probability"
    parts = [
        Markup(
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {} {}" role="img"><title>{}'
            "</title><style>{}</style>"
        ).format(width, height, title, _STYLE),
        Markup('<rect width="{}" height="{}" fill="#fff"/>').format(width, height),
        Markup('<text x="{}" y="26">{}</text>').format(_LEFT, title),
    ]
    parts += [_panel(one, _LEFT + i * (_SIDE + _GAP)) for i, one in enumerate(lengths)]
    return str(Markup("").join([*parts, Markup("</svg>\n")]))


def _panel(one: Length, left: int) -> Markup:
    """One length: the curve, the four shares that are in the table, and the band of chance."""
    stated = np.linspace(0.0, 1.0, 51)
    seen = np.array([one.coverage(share) for share in stated])
    spread = 2.0 * np.array([one.binomial_sd(share) for share in stated])
    upper, lower = np.minimum(stated + spread, 1.0), np.maximum(stated - spread, 0.0)
    band = [*zip(stated, upper, strict=True), *zip(stated[::-1], lower[::-1], strict=True)]
    hours = one.gap_s / 3_600.0
    words = f"{len(one.parts)} parts, {one.n_effective} side by side"
    return Markup("").join(
        [
            Markup('<path class="band" d="{}Z"/>').format(_path(band, left)),
            Markup('<path class="ideal" d="{}"/>').format(_path([(0.0, 0.0), (1.0, 1.0)], left)),
            Markup('<path class="seen" d="{}"/>').format(
                _path(list(zip(stated, seen, strict=True)), left)
            ),
            *(
                Markup('<circle class="dot" cx="{}" cy="{}" r="5"/>').format(
                    *_at(share, one.coverage(share), left)
                )
                for share in _POINTS
            ),
            Markup('<rect class="frame" x="{}" y="{}" width="{}" height="{}"/>').format(
                left, _TOP, _SIDE, _SIDE
            ),
            Markup('<text x="{}" y="{}">{} h hidden</text>').format(left, _TOP - 12, f"{hours:g}"),
            Markup('<text class="small" x="{}" y="{}">{}</text>').format(
                left, _TOP + _SIDE + 44, words
            ),
            *_ticks(left),
        ]
    )


def _ticks(left: int) -> list[Markup]:
    told = []
    for share in (0.0, 0.5, 0.9):
        x, _ = _at(share, 0.0, left)
        _, y = _at(0.0, share, left)
        label = f"{100.0 * share:.0f} %"
        told.append(
            Markup('<text class="small" x="{}" y="{}">{}</text>').format(
                x - 8, _TOP + _SIDE + 20, label
            )
        )
        told.append(
            Markup('<text class="small" x="{}" y="{}" text-anchor="end">{}</text>').format(
                left - 6, y + 5, label
            )
        )
    return told


def _at(stated: float, seen: float, left: int) -> tuple[float, float]:
    return round(left + stated * _SIDE, 1), round(_TOP + (1.0 - seen) * _SIDE, 1)


def _path(points: list[tuple[float, float]], left: int) -> str:
    return "M" + "L".join(f"{x:g},{y:g}" for x, y in (_at(*point, left) for point in points))
