"""When something was: dates and clock times of running text, against the day of publication.

"Wednesday" is the last one before the article appeared, "last week" seven days,
a clock time without
a zone is as wide as the zones it may be in. Without a day of publication a relative date stays
unresolved, and says so.
"""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_MONTHS = (
    "january february march april may june july august september october november december".split()
)
_DAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
_MONTH = (
    r"(?:Jan(?:uary|\.)?|Feb(?:ruary|\.)?|Mar(?:ch|\.)?|Apr(?:il|\.)?|May|June?\.?|July?\.?"
    r"|Aug(?:ust|\.)?|Sept?(?:ember|\.)?|Oct(?:ober|\.)?|Nov(?:ember|\.)?|Dec(?:ember|\.)?)"
)
_DAY = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
_NUMBERS = {
    w: n
    for n, w in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve".split()
    )
}
_NUMBERS |= {"a": 1, "an": 1, "several": 4, "a few": 3, "a couple of": 2, "few": 3}
_COUNT = (
    r"\d{1,3}|a few|a couple of|several|few|an?|one|two|three|four|five|six|seven|eight|nine|ten"
    r"|eleven|twelve"
)
_SPAN_DAYS = {
    "day": 1,
    "week": 7,
    "month": 30.4,
    "year": 365.25,
    "hour": 1 / 24,
    "minute": 1 / 1440,
}

DATE = re.compile(
    rf"(?<!\w)(?:(?P<iso>\d{{4}}-\d{{2}}-\d{{2}})"
    rf"|(?P<m1>{_MONTH}) ?(?P<d1>\d{{1,2}})(?:st|nd|rd|th)?(?!\d|:\d)(?:,? (?P<y1>\d{{4}}))?"
    rf"|(?:the )?(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? (?P<m2>{_MONTH})(?:,? (?P<y2>\d{{4}}))?"
    rf"|(?P<part>early|late|mid)?[- ]?(?P<m3>{_MONTH})(?:,? (?P<y3>\d{{4}}))"
    rf"|(?:in|since|of|early|late|mid|last|by|until) ?[- ]?(?P<m4>January|February|March|April"
    rf"|June|July|August|September|October|November|December)(?! \d)"
    rf"|(?:(?P<last>last|this past|next) )?(?P<wd>{_DAY})(?!\w)"
    rf"|(?P<rel>yesterday|today|tonight|tomorrow|last night|this morning|this afternoon"
    rf"|this evening|last week|this week|last month|last year|earlier this week"
    rf"|earlier this month)"
    rf"|(?P<n>{_COUNT}) (?P<unit>day|week|month|year|hour)s? (?P<way>ago|earlier this year)"
    rf"|(?:in|since|during|of) (?P<y4>(?:19|20)\d{{2}}))(?![\w])",
    re.IGNORECASE,
)
CLOCK = re.compile(
    r"(?<![\w:.,$])(?:(?:at |around |about |by |until |shortly (?:before|after) |just (?:before"
    r"|after) )?)"
    r"(?:(?:(?:between|from) )?(?P<h0>\d{1,2})(?:[:.](?P<m0>\d{2}))? ?(?:and|to|-"
    r"|–) ?(?=\d{1,2}(?:[:.]\d{2})? ?[ap]\.? ?m))?"
    r"(?:(?P<h>\d{1,2})(?:[:.](?P<m>\d{2}))? ?(?P<ap>[ap])\.? ?m\b\.?|(?P<h24>[01]?\d"
    r"|2[0-3])[:h.](?P<m24>[0-5]\d)(?=\s?(?:Z\b|UTC|GMT|[A-Z]{1,4}T\b|hours|local|(?:on|in|,|\."
    r"|;|\)|and|to|[-–])|\s|$))"
    r"|(?P<mil>[0-2]\d[0-5]\d) ?(?P<milz>Z|GMT|UTC|hours)|(?P<word>noon|midnight))"
    r"\s?\(?(?P<zone>Z\b|UTC|GMT|[ECMP][SD]?T\b|AK[SD]?T|HST|AST|ADT|NST|NDT|BST|CE[S]?T|EE[S]?T"
    r"|MSK|KST|JST|CST|IST|local time|local|Eastern(?: (?:Standard |Daylight )?[Tt]ime)?"
    r"|Central(?: [Tt]ime)?|Mountain(?: [Tt]ime)?|Pacific(?: [Tt]ime)?|Alaska(?: [Tt]ime)?)?\)?",
)
_VAGUE = re.compile(
    r"\b(?:(?:early|late|mid)?[- ]?(?P<part>morning|afternoon|evening|night|dawn|dusk|sunset"
    r"|sunrise|midday|predawn|overnight))\b",
    re.IGNORECASE,
)
_PARTS = {"morning": (5, 12), "afternoon": (12, 18), "evening": (17, 22), "night": (18, 30),
"dawn": (4, 9), "dusk": (15, 22), "sunset": (15, 22),
          "sunrise": (4, 10), "midday": (11, 14), "predawn": (2, 7), "overnight": (20,
          30)}  # fmt: skip
_OFFSETS = {
    "Z": (0, 0), "UTC": (0, 0), "GMT": (0, 0), "EST": (-5, -5), "EDT": (-4, -4), "CST": (-6, -6),
    "CDT": (-5, -5), "MST": (-7, -7), "MDT": (-6, -6),
    "PST": (-8, -8), "PDT": (-7, -7), "AKST": (-9, -9), "AKDT": (-8, -8), "HST": (-10, -10),
    "AST": (-4, -4), "ADT": (-3, -3), "BST": (1, 1),
    "CET": (1, 1), "CEST": (2, 2), "EET": (2, 2), "EEST": (3, 3), "MSK": (3, 3), "KST": (9, 9),
    "JST": (9, 9), "IST": (1, 5.5), "hours": (-12, 14),
    "NST": (-3.5, -3.5), "NDT": (-2.5, -2.5),
}  # fmt: skip
_ZONES = {"ET": "America/New_York", "EASTERN": "America/New_York", "CT": "America/Chicago",
"CENTRAL": "America/Chicago", "MT": "America/Denver",
          "MOUNTAIN": "America/Denver", "PT": "America/Los_Angeles",
          "PACIFIC": "America/Los_Angeles", "AKT": "America/Anchorage",
          "ALASKA": "America/Anchorage"}  # fmt: skip
_ANYWHERE = (-12.0, 14.0)
_HEADER = 400  # characters of an article in which its own date may stand


@dataclass(frozen=True)
class When:
    """A time as precisely as the text gives it: UTC bounds, and how they were found."""

    start: int
    end: int
    text: str
    earliest: datetime | None
    latest: datetime | None
    precision: str
    """moment, hours, day, week, month, year, or unresolved."""
    how: str = ""


def published(said: str, text: str) -> tuple[date | None, str]:
    """Day of publication: what the person or page says, else a date in the head of the text.

    >>> published("", "FEB. 3, 2023The balloon was seen.")[0].isoformat()
    '2023-02-03'
    """
    iso = re.match(r"\s*(\d{4})-(\d{2})-(\d{2})", said) or re.match(
        r"\s*(\d{4})(\d{2})(\d{2})\b", said
    )
    if iso:
        day = _day(int(iso[1]), int(iso[2]), int(iso[3]))
        if day:
            return day, "as the page or the person says"
    for source, why in (
        (said, "as the page says"),
        (text[:_HEADER], "a date in the head of the text"),
    ):
        for match in re.finditer(DATE.pattern.replace("(?![\\w])", ""), source, re.IGNORECASE):
            year = match["y1"] or match["y2"]
            if match["iso"] or year:
                found = _calendar(match, None)
                if found and found[0] == found[1]:
                    return found[0], why
    return None, "no day of publication is known"


def find(text: str, start: int, end: int, day: date | None, clock: str = "") -> list[When]:
    """Every time in a stretch of text; ``clock`` is the time zone of the place, if one is known."""
    dates = []
    for match in DATE.finditer(text, start, end):
        found = _calendar(match, day) or _relative(match, day)
        if found is None:
            how = "relative to a day of publication that is not known"
            dates.append(
                When(match.start(), match.end(), match.group(), None, None, "unresolved", how)
            )
            continue
        first, last, precision, how = found
        dates.append(
            When(match.start(), match.end(), match.group(), _from(first), _to(last), precision, how)
        )
    clocks = [*CLOCK.finditer(text, start, end)]
    if not clocks:
        return [_part_of_day(text, start, end, one, clock) for one in dates]
    base = next((one for one in dates if one.precision == "day" and one.earliest), None)
    if base is None and day is not None and not any(one.precision == "day" for one in dates):
        return [
            *dates,
            *(_unknown(match, "a clock time; on which day is not said") for match in clocks),
        ]
    if base is None or base.earliest is None:
        return [
            *dates,
            *(_unknown(match, "a clock time; its day is not known") for match in clocks),
        ]
    made = [_moment(match, base.earliest.date(), clock) for match in clocks]
    return [*[one for one in dates if one is not base], *made, base]


def _unknown(match: re.Match[str], how: str) -> When:
    return When(match.start(), match.end(), match.group().strip(), None, None, "unresolved", how)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


_Found = tuple[date, date, str, str]


def _calendar(match: re.Match[str], day: date | None) -> _Found | None:
    if match["iso"]:
        exact = _day(*(int(part) for part in match["iso"].split("-")))
        return (exact, exact, "day", "as written") if exact else None
    month_text = match["m1"] or match["m2"] or match["m3"] or match["m4"]
    if match["y4"]:
        year = int(match["y4"])
        return date(year, 1, 1), date(year, 12, 31), "year", "as written"
    if not month_text:
        return None
    month = next(i for i, name in enumerate(_MONTHS, 1) if name.startswith(month_text.lower()[:3]))
    year_text = match["y1"] or match["y2"] or match["y3"]
    if not year_text and day is None:
        return None
    year = int(year_text) if year_text else _year(month, match["d1"] or match["d2"], day)
    how = "as written" if year_text else "the year is that nearest before publication"
    number = match["d1"] or match["d2"]
    if number:
        exact = _day(year, month, int(number))
        return (exact, exact, "day", how) if exact else None
    return date(year, month, 1), date(year, month, monthrange(year, month)[1]), "month", how


def _year(month: int, number: str | None, day: date | None) -> int:
    """The year in which a day and month were last before publication; a week ahead is ahead."""
    if day is None:
        return 1
    named = _day(day.year, month, int(number or 1)) or date(day.year, month, 1)
    return day.year - 1 if named > day + timedelta(days=60) else day.year


def _relative(match: re.Match[str], day: date | None) -> _Found | None:
    if day is None:
        return None
    if match["wd"]:
        back = (day.weekday() - _DAYS.index(match["wd"].lower())) % 7
        if (match["last"] or "").lower() == "next":
            ahead = day + timedelta(days=7 - back)
            return ahead, ahead, "day", "the next one after publication"
        found = day - timedelta(days=back)
        return found, found, "day", "the last one up to publication"
    if match["n"]:
        number = (
            _NUMBERS.get(match["n"].lower()) or int(match["n"])
            if match["n"].lower() in _NUMBERS or match["n"].isdigit()
            else 1
        )
        days = number * _SPAN_DAYS[match["unit"].lower()]
        middle = day - timedelta(days=days)
        slack = timedelta(days=max(0.0, days * 0.15 if days >= 7 else 0.0))
        precision = "day" if days < 7 else "week" if days < 28 else "month"
        return (
            middle - slack,
            middle + slack,
            precision,
            f"about {days:.0f} days before publication",
        )
    return _spoken((match["rel"] or "").lower(), day)


def _spoken(words: str, day: date) -> _Found | None:
    """Read "yesterday", "last week" and such."""
    one = timedelta(days=1)
    monday, first = day - one * day.weekday(), day.replace(day=1)
    today = (day, day, "day", "the day of publication")
    before = (day - one, day - one, "day", "the day before publication")
    week = (monday, day, "week", "the week of publication")
    told: dict[str, _Found] = {
        "yesterday": before,
        "last night": before,
        "tomorrow": (day + one, day + one, "day", "the day after publication"),
        "this week": week,
        "earlier this week": week,
        "last week": (monday - 7 * one, monday - one, "week", "the week before publication"),
        "earlier this month": (first, day, "month", "the month of publication"),
        "last month": (
            (first - one).replace(day=1), first - one, "month", "the month before publication",
        ),
        "last year": (
            date(day.year - 1, 1, 1), date(day.year - 1, 12, 31), "year",
            "the year before publication",
        ),
    }  # fmt: skip
    for name in ("today", "tonight", "this morning", "this afternoon", "this evening"):
        told[name] = today
    return told.get(words)


def _from(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _to(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 23, 59, 59, tzinfo=UTC)


def _offsets(zone: str, clock: str, day: datetime) -> tuple[float, float, str]:
    """Hours from UTC that a clock time may be at, and how that is known."""
    named = zone.strip().rstrip(".")
    if named in _OFFSETS:
        return *_OFFSETS[named], f"zone {named}"
    place = _ZONES.get(named.split()[0].upper() if named else "", "") or clock
    if place:
        try:
            offset = day.replace(tzinfo=ZoneInfo(place)).utcoffset()
        except (ZoneInfoNotFoundError, ValueError, OSError):
            offset = None
        if offset is not None:
            hours = offset.total_seconds() / 3600.0
            return hours, hours, f"the clock of {place}"
    return *_ANYWHERE, "local time of an unknown zone: any is possible"


def _moment(match: re.Match[str], day: date, clock: str) -> When:
    hour, minute = _hour(match)
    local = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(
        hours=hour, minutes=minute
    )
    zone = match["zone"] or match["milz"] or ""
    low, high, how = _offsets(zone, clock, local)
    precise = match["m"] or match["m24"] or match["mil"]
    around = timedelta(minutes=5 if precise else 30)
    earliest, latest = local - timedelta(hours=high) - around, local - timedelta(hours=low) + around
    if match["h0"]:  # "between 10 and 11 a.m."
        first = timedelta(
            hours=int(match["h0"]) % 12 + (12 if hour >= 12 else 0), minutes=int(match["m0"] or 0)
        )
        earliest -= max(timedelta(0), timedelta(hours=hour, minutes=minute) - first)
    precision = "moment" if high == low else "hours"
    return When(match.start(), match.end(), match.group().strip(), earliest, latest, precision, how)


def _hour(match: re.Match[str]) -> tuple[int, int]:
    if match["word"]:
        return (12, 0) if match["word"].lower() == "noon" else (0, 0)
    if match["mil"]:
        return int(match["mil"][:2]), int(match["mil"][2:])
    if match["h24"]:
        return int(match["h24"]), int(match["m24"])
    hour = int(match["h"]) % 12 + (12 if match["ap"].lower() == "p" else 0)
    return hour, int(match["m"] or 0)


def _part_of_day(text: str, start: int, end: int, one: When, clock: str) -> When:
    """Narrow "Friday morning" to some hours, in the zone of the place or in any."""
    part = _VAGUE.search(text, start, end)
    if (
        part is None
        or one.precision != "day"
        or one.earliest is None
        or abs(part.start() - one.end) > 12
    ):
        return one
    first, last = _PARTS[part["part"].lower()]
    low, high, how = _offsets("", clock, one.earliest)
    earliest = one.earliest + timedelta(hours=first - high)
    latest = one.earliest + timedelta(hours=last - low)
    stop = max(one.end, part.end())
    return When(
        one.start,
        stop,
        text[one.start : stop],
        earliest,
        latest,
        "hours",
        f"{part.group().strip()}, {how}",
    )
