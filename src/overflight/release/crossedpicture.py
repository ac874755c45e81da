"""The drawing of question 1: when each likely country and state was first entered and last left."""

from datetime import datetime, timedelta

from markupsafe import Markup

from overflight.ledgers.traversed import Traversed, ZoneLine
from overflight.release import timeplot
from overflight.release.language import tell, term
from overflight.release.sections import Picture

LIKELY = 0.5  # less probable zones stand in the tables alone
KINDS = ("country", "state")
MOST_ROWS = 40
NAMED, ROW, TOP, BOTTOM = 400, 42, 30, 70
_LONGEST_NAME = 26


def pictures(line: Traversed, epoch: datetime) -> tuple[Picture, ...]:
    """A row for each zone, by first entry; none where no zone is likely."""
    zones = [one for one in line.zones if one.kind in KINDS and one.probability >= LIKELY]
    zones = sorted(zones, key=lambda one: one.first_entry.p50_s)[:MOST_ROWS]
    if not zones:
        return ()
    first_s = min(one.first_entry.p05_s for one in zones)
    last_s = max(one.last_exit.p95_s for one in zones)
    times = [epoch + timedelta(seconds=at) for at in (first_s, max(last_s, first_s + 60.0))]
    height = TOP + ROW * len(zones) + BOTTOM
    axes = timeplot.frame(times, 0.0, 1.0, top=TOP, bottom=height - BOTTOM)
    said = tell(
        "First entry and last exit of {n_zones} countries and states; the tables hold more.",
        n_zones=len(zones),
    )
    parts = [
        Markup(
            '<div class="scroll bare" role="region" aria-labelledby="crossed-t" tabindex="0">'
            '<svg class="profile" viewBox="-{} 0 {} {}" role="img" aria-labelledby="crossed-t">'
            '<title id="crossed-t">{}</title>'
        ).format(NAMED - timeplot.LEFT, timeplot.WIDTH + NAMED - timeplot.LEFT, height, said),
        timeplot.days(axes, times),
        *(_row(one, axes, epoch, TOP + ROW * index + ROW // 2) for index, one in enumerate(zones)),
        Markup("</svg></div>"),
    ]
    caption = tell(
        "Countries and states that it was likelier over than not, by first entry. Thick:"
        " from the median first entry to the median last exit; thin: 5 to 95 % of either,"
        " given that it was there."
    )
    return (Picture(Markup("").join(parts), caption),)


def _row(one: ZoneLine, axes: timeplot.Frame, epoch: datetime, y: int) -> Markup:
    def x(time_s: float) -> int:
        return round(axes.x(epoch + timedelta(seconds=time_s)))

    enter, leave = one.first_entry, one.last_exit
    name = term(one.name)
    name = name if len(name) <= _LONGEST_NAME else name[: _LONGEST_NAME - 1] + "\u2026"
    return Markup(
        '<text class="axis end" x="{}" y="{}">{}</text>'
        '<path class="claim-error" d="M{} {}H{}M{} {}H{}"/>'
        '<path class="stay" d="M{} {}H{}"/>'
    ).format(
        timeplot.LEFT - 16, y + 9, name, x(enter.p05_s), y, x(enter.p95_s), x(leave.p05_s), y,
        x(leave.p95_s), x(enter.p50_s), y, max(x(leave.p50_s), x(enter.p50_s) + 3),
    )  # fmt: skip
