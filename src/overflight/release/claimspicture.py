"""The drawing of question 6: how far the other evidence moved each tested statement."""

import math

from markupsafe import Markup

from overflight.ledgers import claimed
from overflight.ledgers.claimed import Claimed, ClaimLine
from overflight.release.language import tell
from overflight.release.sections import Picture

WIDTH, LEFT, RIGHT, TOP, ROW, BOTTOM = 1_920, 250, 130, 70, 44, 60
MOST_ROWS = 60
MARKS_PERCENT = (1, 10, 50, 90, 99)
_EDGE = math.log(99.0)  # odds are drawn from 1 to 99 %


def pictures(line: Claimed) -> tuple[Picture, ...]:
    """Arrows from the probability before to that after, on a scale of odds; none without tests."""
    tested = [one for one in line.lines if one.test is not None and _told(one)][:MOST_ROWS]
    if not tested:
        return ()
    said = tell(
        "Probability of {n_tested} statements before any evidence and after all but their"
        " own: the table below holds the same.",
        n_tested=len(tested),
    )
    height = TOP + ROW * len(tested) + BOTTOM
    parts = [
        Markup(
            '<div class="scroll bare" role="region" aria-labelledby="claims-t" tabindex="0">'
            '<svg class="profile" viewBox="0 0 {} {}" role="img" aria-labelledby="claims-t">'
            '<title id="claims-t">{}</title>'
        ).format(WIDTH, height, said),
        *_grid(height),
        *(_row(one, TOP + ROW * index + ROW // 2) for index, one in enumerate(tested)),
        Markup("</svg></div>"),
    ]
    caption = tell(
        "From the probability before any evidence (ring) to that given all evidence but"
        " the statement's own (dot); bar: one standard error. The scale is that of odds:"
        " equal steps are equal factors."
    )
    return (Picture(Markup("").join(parts), caption),)


def _told(one: ClaimLine) -> bool:
    return one.test is not None and math.isfinite(one.test.log_bayes_factor)


def _x(probability: float) -> float:
    edge = 0.01
    inside = min(max(probability, edge), 1.0 - edge)
    return _x_of_odds(math.log(inside / (1.0 - inside)))


def _x_of_odds(log_odds: float) -> float:
    share = (min(max(log_odds, -_EDGE), _EDGE) + _EDGE) / (2.0 * _EDGE)
    return LEFT + share * (WIDTH - LEFT - RIGHT)


def _grid(height: int) -> list[Markup]:
    return [
        Markup(
            '<path class="grid" d="M{} {}V{}"/><text class="axis mid" x="{}" y="{}">{} %</text>'
        ).format(
            round(_x(mark / 100)), TOP - 10, height - BOTTOM, round(_x(mark / 100)), TOP - 24, mark
        )
        for mark in MARKS_PERCENT
    ]


def _row(one: ClaimLine, y: int) -> Markup:
    test = one.test
    if test is None:
        return Markup("")
    before, after = _x(test.prior_probability), _x(test.probability)
    inside = min(max(test.probability, 0.01), 0.99)
    odds, sd = math.log(inside / (1.0 - inside)), test.log_bayes_factor_sd
    low, high = _x_of_odds(odds - sd), _x_of_odds(odds + sd)
    firm = one.label in (claimed.SUPPORTED, claimed.CONTRADICTED, claimed.IMPOSSIBLE)
    name = one.statement.id if len(one.statement.id) <= 12 else one.statement.id[:11] + "\u2026"
    return Markup(
        '<text class="axis end" x="{}" y="{}">{}</text>'
        '<path class="{}" d="M{} {}H{}"/><path class="claim-error" d="M{} {}H{}"/>'
        '<circle class="claim-before" cx="{}" cy="{}" r="9"/>'
        '<circle class="{}" cx="{}" cy="{}" r="10"/>'
    ).format(
        LEFT - 24, y + 9, name, "claim-firm" if firm else "claim-open", round(before), y,
        round(after), round(low), y, round(high), round(before), y,
        "claim-after firm" if firm else "claim-after", round(after), y,
    )  # fmt: skip
