"""Numbers as people read them: probability words, times no sharper than they are, two units.

Probability words follow the US intelligence community's scale (ICD 203, 2015): one row of words,
never without the number, never sharper than 1 or 99 %.
"""

from datetime import UTC, datetime, timedelta

from overflight.units import express

_WORDS = (
    (0.05, "almost no chance"),
    (0.20, "very unlikely"),
    (0.45, "unlikely"),
    (0.55, "roughly even"),
    (0.80, "likely"),
    (0.95, "very likely"),
)
_SURE = "almost certain"

COARSE_S = 6 * 3_600.0  # beyond this 5-95 % width a time is told by the hour (method 7)


def percent(fraction: float) -> str:
    """A probability in per cent, never sharper than 1 or 99 %.

    >>> percent(0.004), percent(0.5), percent(0.9973)
    ('< 1 %', '50 %', '> 99 %')
    """
    if fraction < 0.01:
        return "< 1 %"
    if fraction > 0.99:
        return "> 99 %"
    return f"{100.0 * fraction:.0f} %"


def word(fraction: float) -> str:
    """The ICD 203 word; bins are half open, a value on an edge belongs to the upper bin.

    >>> word(0.55), word(0.5499), word(0.95)
    ('likely', 'roughly even', 'almost certain')
    """
    return next((text for edge, text in _WORDS if fraction < edge), _SURE)


def probable(fraction: float) -> str:
    """Word and number together, as they must always stand.

    >>> probable(0.64)
    'likely (64 %)'
    """
    return f"{word(fraction)} ({percent(fraction)})"


def moment(epoch: datetime, time_s: float, width_s: float = 0.0) -> str:
    """A time in UTC, no sharper than its 5 to 95 % width allows.

    Minutes below half an hour of width, quarter hours below six, hours below two days, then days.

    >>> start = datetime(2023, 2, 1, tzinfo=UTC)
    >>> moment(start, 3_660.0), moment(start, 3_660.0, 7_200.0), moment(start, 3_660.0, 50_000.0)
    ('1 Feb 01:01Z', '1 Feb 01:00Z', '1 Feb, about 01Z')
    """
    at = epoch.astimezone(UTC) + timedelta(seconds=time_s)
    if width_s >= 2 * 86_400.0:
        return f"{at.day} {at:%b}"
    if width_s >= COARSE_S:
        at = _rounded(at, 3_600.0)
        return f"{at.day} {at:%b}, about {at:%H}Z"
    at = _rounded(at, 900.0 if width_s >= 1_800.0 else 60.0)
    return f"{at.day} {at:%b} {at:%H:%M}Z"


def _rounded(at: datetime, step_s: float) -> datetime:
    day = at.replace(hour=0, minute=0, second=0, microsecond=0)
    return day + timedelta(seconds=round((at - day).total_seconds() / step_s) * step_s)


def duration(time_s: float) -> str:
    """A length of time in the unit that suits it.

    >>> duration(1_500.0), duration(16_000.0), duration(400_000.0)
    ('25 min', '4.4 h', '4.6 d')
    """
    if time_s < 5_400.0:
        return f"{time_s / 60.0:.0f} min"
    if time_s < 48 * 3_600.0:
        return f"{time_s / 3_600.0:.1f} h"
    return f"{time_s / 86_400.0:.1f} d"


def height(height_m: float) -> str:
    """Kilometres and feet.

    >>> height(18_288.0)
    '18.3 km (60,000 ft)'
    """
    feet = round(express(height_m, "m", "ft") / 100.0) * 100
    return f"{height_m / 1_000.0:.1f} km ({feet:,} ft)"


def mass(mass_kg: float) -> str:
    """Kilograms and pounds to two significant figures or so.

    >>> mass(9_360.3)
    '9,400 kg (21,000 lb)'
    """
    return f"{_round(mass_kg):,} kg ({_round(express(mass_kg, 'kg', 'lb')):,} lb)"


def _round(value: float) -> int:
    return int(float(f"{value:.2g}"))
