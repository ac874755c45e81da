"""Ranks of truths as a picture, one SVG file: a panel for each statistic.

Drawn is how far the distribution function of the ranks is from an even one; the curve of even ranks
stays inside the grey band, at all ranks together, in 95 of 100 studies.
"""

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from overflight.calibration.ranks import N_DRAWS, band, shares
from overflight.calibration.simulated import STATISTICS, Study

Array = NDArray[np.float64]

_COLUMNS, _WIDE, _HIGH, _GAP, _LEFT, _TOP = 4, 250, 160, 40, 60, 70  # drawing units
_STYLE = (
    "text{font:15px system-ui,sans-serif;fill:#1a1a1a}.small{font-size:13px;fill:#555}"
    ".frame{fill:none;stroke:#555}.band{fill:#e3e3e3}.ideal{stroke:#888;stroke-dasharray:5 4}"
    ".seen{fill:none;stroke:#0072b2;stroke-width:2}"
)


def draw(found: Study) -> str:
    """Draw a study."""
    n_rows = -(-len(STATISTICS) // _COLUMNS)
    width = _LEFT + _COLUMNS * (_WIDE + _GAP)
    height = _TOP + n_rows * (_HIGH + _GAP + 40)
    title = f"Ranks of {len(found.ranked)} truths among {N_DRAWS} draws: distance from even"
    low, high = band(len(found.ranked))
    even = np.asarray((np.arange(N_DRAWS) + 1.0) / (N_DRAWS + 1.0), dtype=np.float64)
    reach = 1.3 * max(float(np.abs(edge - even).max()) for edge in (low, high))
    off = [shares(row) - even for row in found.ranks]
    reach = max(reach, 1.1 * max(float(np.abs(one).max()) for one in off))
    parts = [
        Markup(
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {} {}" role="img"><title>{}'
            "</title><style>{}</style>"
        ).format(width, height, title, _STYLE),
        Markup('<rect width="{}" height="{}" fill="#fff"/>').format(width, height),
        Markup('<text x="{}" y="26">{}</text>').format(_LEFT, title),
    ]
    for index, (name, curve) in enumerate(zip(STATISTICS, off, strict=True)):
        corner = (
            _LEFT + (index % _COLUMNS) * (_WIDE + _GAP),
            _TOP + (index // _COLUMNS) * (_HIGH + _GAP + 40),
        )
        parts.append(_panel(name, (even, low - even, curve, high - even), reach, corner))
    return str(Markup("").join([*parts, Markup("</svg>\n")]))


def _panel(
    name: str, curves: tuple[Array, Array, Array, Array], reach: float, corner: tuple[int, int]
) -> Markup:
    """One statistic: band, curve and frame; ``curves`` are ranks, low edge, curve, high edge."""
    even, low, seen, high = curves
    left, top = corner

    def path(x: Array, y: Array) -> str:
        across, down = left + _WIDE * x, top + 0.5 * _HIGH * (1.0 - y / reach)
        return "M" + "L".join(f"{a:.1f} {b:.1f}" for a, b in zip(across, down, strict=True))

    there_and_back = path(np.append(even, even[::-1]), np.append(high, low[::-1]))
    return Markup("").join(
        [
            Markup('<path class="band" d="{}Z"/>').format(there_and_back),
            Markup('<path class="ideal" d="{}"/>').format(
                path(np.array([0.0, 1.0]), np.array([0.0, 0.0]))
            ),
            Markup('<path class="seen" d="{}"/>').format(path(even, seen)),
            Markup('<rect class="frame" x="{}" y="{}" width="{}" height="{}"/>').format(
                left, top, _WIDE, _HIGH
            ),
            Markup('<text x="{}" y="{}">{}</text>').format(left, top - 10, name),
            *(
                Markup('<text class="small" x="{}" y="{}" text-anchor="end">{}</text>').format(
                    left - 5, top + 5 + 0.5 * _HIGH * (1.0 - share), f"{share * reach:+.2f}"
                )
                for share in (0.8, 0.0, -0.8)
                if left == _LEFT
            ),
        ]
    )
