"""Where it was launched, in words: what the way back allows, and where it stops telling.

Numbers of the ledger only. A region larger than a continent is called no answer, and a single line
at one height is called that.
"""

import math
from datetime import datetime

import numpy as np

from overflight.flight.lines import DAYS_BACK
from overflight.ledgers.origin import FAR_OUT, Fan, Launched
from overflight.release import originrows
from overflight.release.language import mark, retell, tell, term
from overflight.release.sections import Section
from overflight.release.wording import duration, moment, percent, probable

QUESTION = mark("Where was it launched?")
CLOUD_CAPTION = mark(
    "Where it may have been when the track begins and on whole days before: equally"
    " probable places, paler the earlier; diamonds are the reported launches and the"
    " report that it is followed back from"
)


def section(origin: Launched, epoch: datetime, *, prior_only: bool) -> Section:
    """The section of the report, without its pictures."""
    if origin.verdict in ("not asked", "not found"):
        return _not_answered(origin)
    tables = [originrows.candidates_table(origin, epoch), originrows.days_table(origin, epoch)]
    tables += [originrows.lines_table(fan, epoch) for fan in origin.fans if fan.lines]
    return Section(
        anchor="origin",
        question=tell(QUESTION),
        answer=answer(origin, epoch, prior_only=prior_only),
        basis=_basis(origin, epoch, prior_only=prior_only),
        would_change=_would_change(origin, prior_only=prior_only),
        tables=tuple(tables),
    )


def _not_answered(origin: Launched) -> Section:
    begins = tell(
        "The way back begins at the first report after every launch window that is more"
        " likely right than wrong."
    )
    why = tell(
        "no report of a place after the launch windows is probably right, so there is"
        " nothing to follow back from"
    )
    if origin.verdict == "not found":
        why = tell(
            "no path through the reports after the launch was found that stays inside the winds"
        )
    return Section(
        anchor="origin",
        question=tell(QUESTION),
        answer=tell("Not answered: {why}.", why=why),
        basis=(begins, *map(retell, origin.warnings)),
        would_change=tell(
            "A dated report of a place soon after the launch, or winds of a wider area."
        ),
    )


def answer(origin: Launched, epoch: datetime, *, prior_only: bool) -> str:
    """The first sentences: an answer, or why there is none."""
    begin = f"{origin.begin_id} ({moment(epoch, origin.begin_s)})"
    if origin.verdict == "beyond the wind":
        return tell(
            "Not answered: the winds begin on {wind_begins}, after every reported launch,"
            " and the way back from {begin} ends there.",
            wind_begins=moment(epoch, origin.wind_begins_s),
            begin=begin,
        )
    if origin.verdict == "nowhere":
        return _nowhere(origin, begin)
    if origin.verdict == "too wide":
        return _too_wide(origin, begin, prior_only=prior_only)
    return _told(origin, begin, prior_only=prior_only)


def _nowhere(origin: Launched, begin: str) -> str:
    nearest = min(origin.candidates, key=lambda one: (-one.tail, one.off_m))
    none = (
        tell("none of the reported launches")
        if len(origin.candidates) > 1
        else tell("the reported launch")
    )
    verb = tell("is") if len(origin.candidates) > 1 else tell("is not")
    which = (
        tell("The nearest is {name}", name=nearest.name)
        if len(origin.candidates) > 1
        else tell("It lies")
    )
    comma = "," if len(origin.candidates) > 1 else ""
    return tell(
        "Nowhere that was reported: {none} {verb} consistent with where these winds trace"
        " the track back to from {begin}. Less than {share:.0f} % of the paths back lie"
        " as far out. {which}{comma} {off:,.0f} km from the middle of the paths.",
        none=none,
        verb=verb,
        begin=begin,
        share=100.0 * FAR_OUT,
        which=which,
        comma=comma,
        off=nearest.off_m / 1e3,
    )


def _too_wide(origin: Launched, begin: str, *, prior_only: bool) -> str:
    winds = tell("The season's usual winds") if prior_only else tell("These winds")
    days = [one.back_s for one in origin.days if one.too_wide]
    when = (
        tell("after {days_back}", days_back=originrows.days_back(days[0]))
        if days
        else tell("before it comes to a launch")
    )
    befores = sorted(one.before_s for one in origin.candidates)
    apart = duration(befores[0])
    if len(befores) > 1 and befores[-1] - befores[0] > 43_200.0:
        apart += tell(" to {befores}", befores=duration(befores[-1]))
    return tell(
        "{winds} cannot tell. Followed back from {begin}, the region that holds the"
        " balloon with 90 % probability is larger than a continent {when}; the reported"
        " launches lie {apart} before. {excluded}",
        winds=winds,
        begin=begin,
        when=when,
        apart=apart,
        excluded=_excluded(origin),
    )


def _excluded(origin: Launched) -> str:
    out = [one.name for one in origin.candidates if one.tail < FAR_OUT]
    if out:
        return tell("Not consistent with the track, even so: {out}.", out=", ".join(out))
    return (
        tell("No reported launch is excluded.")
        if len(origin.candidates) > 1
        else tell("It is not excluded.")
    )


def _told(origin: Launched, begin: str, *, prior_only: bool) -> str:
    reached = [one for one in origin.candidates if math.isfinite(one.tail)]
    beyond = [one.name for one in origin.candidates if not math.isfinite(one.tail)]
    best = max(reached, key=lambda one: one.probability)
    if len(reached) == 1:
        speaks = tell("allows") if best.tail >= FAR_OUT else tell("speaks against")
        said = tell(
            "The way back from {begin} {speaks} {name}: {tail} of the paths lie as far"
            " out or further.",
            begin=begin,
            speaks=speaks,
            name=best.name,
            tail=percent(best.tail),
        )
    else:
        said = tell(
            "Of the reported launches {name} is {probability}, by the later reports and"
            " the winds alone, followed back from {begin}. {excluded}",
            name=best.name,
            probability=probable(best.probability),
            begin=begin,
            excluded=_excluded(origin),
        )
    if prior_only:
        said += tell(" The winds are the season's usual ones, not those of the days.")
    if beyond:
        said += tell(" The winds do not reach back to {beyond}.", beyond=", ".join(beyond))
    return said


def _basis(origin: Launched, epoch: datetime, *, prior_only: bool) -> tuple[str, ...]:
    n_used, early = len(origin.used), ", ".join(origin.before)
    told = [
        tell(
            "The track begins at {begin_id}, the first report after every launch window that"
            " is probably right. Where it was then, and which wind error it felt, follows"
            " from the {n_used} reports from there on; no launch enters.",
            begin_id=origin.begin_id,
            n_used=n_used,
        )
        + (
            tell(
                " Earlier reports ({early}) are left out: the candidates were made of them.",
                early=early,
            )
            if early
            else ""
        ),
        tell(
            "From there each path flies back through the winds with an error of its own."
            " Weighted by how far the air has spread, the cloud of paths is the likelihood of"
            " a launch at every place: the same that balloons launched everywhere would give."
        ),
        tell(
            "The balloon is taken to be at its float level all the way; the half hour of the"
            " climb is left out, for which 30 km are added to the error of each candidate's"
            " place."
        ),
        *_of_lines(origin, prior_only=prior_only),
    ]
    if prior_only:
        told.append(
            tell(
                "The climatology knows how widely the weather departs from the usual wind, so"
                " the region grows honestly; it does not know in which direction it departed"
                " on those days."
            )
        )
    left = [day for day in origin.days if day.left_fraction > 0.005]
    if left:
        gone = percent(left[-1].left_fraction)
        told.append(
            tell(
                "Paths leave the winds' box or levels on the way back ({gone} by {time});"
                " what lies beyond is not known.",
                gone=gone,
                time=moment(epoch, left[-1].time_s),
            )
        )
    told += [tell("Of this run: {line}.", line=retell(line)) for line in origin.warnings]
    return tuple(told)


def _of_lines(origin: Launched, *, prior_only: bool) -> tuple[str, ...]:
    """What single lines at fixed heights have to say, and that they are no answer."""
    fan = shown_fan(origin)
    if fan is None:
        return ()
    day = _last_day(fan)
    ends = "; ".join(
        f"{line.height_m / 1e3:.0f} km {term(over[day] or tell(originrows.SEA))}"
        for line, over in zip(fan.lines, fan.over, strict=True)
        if over[day] is not None
    )
    wind = tell(", in the usual winds") if prior_only else ""
    return (
        tell(
            "Single lines back from {begin_id}, one a height{wind}, lie up to {apart:,.0f} km"
            " apart after {days} d: {ends}. So a line at one height says more of the"
            " height that was chosen than of the launch; it is no answer.",
            begin_id=fan.begin_id,
            wind=wind,
            apart=fan.apart_m[day] / 1e3,
            days=DAYS_BACK[day],
            ends=ends,
        ),
    )


def _would_change(origin: Launched, *, prior_only: bool) -> str:
    parts = [tell("a dated position between the launch and {begin}", begin=origin.begin_id)]
    parts.append(tell("a measured altitude on the way"))
    if prior_only:
        parts.insert(0, tell("winds of those days (ERA5 or GFS, from the launches on)"))
    if origin.verdict == "beyond the wind":
        parts.insert(0, tell("winds that begin before the reported launches"))
    text = ", ".join(parts[:-1]) + tell(", or {parts}.", parts=parts[-1])
    return text[0].upper() + text[1:]


def shown_fan(origin: Launched) -> Fan | None:
    """The lines that are drawn: those from the sharpest begin that still are two after a day."""
    return next((fan for fan in reversed(origin.fans) if np.isfinite(fan.apart_m).any()), None)


def _last_day(fan: Fan) -> int:
    """Index of the last day on which at least two lines are in the wind."""
    return int(np.flatnonzero(np.isfinite(fan.apart_m))[-1])


def lines_caption(fan: Fan) -> str:
    """What the map of single lines shows."""
    return tell(
        "Single lines back from {begin_id} at fixed heights, up to {days} d: not an"
        " answer, but how much one depends on the height",
        begin_id=fan.begin_id,
        days=DAYS_BACK[_last_day(fan)],
    )
